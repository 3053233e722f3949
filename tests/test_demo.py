"""A demonstration says so in every view, export and file, counts nobody, and never mixes with real counts."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from odfdo import Document
from openapi_schema_validator import OAS30Validator
from playwright.sync_api import Browser

from referral.published import Published
from referral.store import Store
from tests.populations import population
from tests.releasing import fill
from tests.running import ROOT, Command, Server, make_app, running
from tests.test_accessibility import TAGS
from tests.test_privacy import FULL
from web.demo import People
from web.monitor.formats import FORMATS
from web.service import Content
from web.settings import Settings

GOOD, WRONG, USAGE = 0, 1, 2
MARK, MADE_UP, STRIP = "Demonstratie: verzonnen cijfers", "(verzonnen)", "Demonstratie: er wordt niets geteld."
TODAY = "2026-11-24"
DEMONSTRATION = {"MELDROUTE_TODAY": TODAY}
QUARTERS = ["2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]


def command(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command as a real process, on that day."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MELDROUTE_")}
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        cwd=ROOT,
        env={**ours, **DEMONSTRATION, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A demonstration, only to be looked at or copied, and what the command said."""
    folder = tmp_path_factory.mktemp("demonstrations") / "new" / "demo"
    done = command("demo", str(folder))
    assert (done.returncode, done.stderr) == (GOOD, "")
    return folder, done.stdout


@pytest.fixture(scope="module")
def demo(built: tuple[Path, str]) -> Path:
    return built[0]


@pytest.fixture
def copy(demo: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(demo, tmp_path / "copy"))


@pytest.fixture(scope="module")
def served(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server on a copy of it, told to count."""
    folder = Path(shutil.copytree(demo, tmp_path_factory.mktemp("served") / "demo"))
    with running(folder, MELDROUTE_COUNTING="on", **DEMONSTRATION) as found:
        yield found


@pytest.fixture
def real(tmp_path: Path, meldroute: Command) -> Path:
    """An installation with contacts and a release of its own, and none of it made up."""
    fill(tmp_path / "meldroute.db", population(3, 300))
    assert meldroute("release", "2026", "1", MELDROUTE_TODAY="2026-04-01").returncode == GOOD
    return tmp_path / "meldroute.db"


def get(url: str) -> str:
    """The text of a page, whatever its status."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()


def monitor(database: Path, name: str, year: str = "2025") -> bytes:
    """The monitor in a format, made by the command."""
    target = database.with_name(f"monitor-{name}")
    done = command("monitor", year, "--format", name, "-o", str(target), MELDROUTE_DATABASE=str(database))
    assert done.returncode == GOOD, done.stderr
    return target.read_bytes()


def counters(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path / "meldroute.db")) as conn:
        return conn.execute("SELECT * FROM cell ORDER BY period, table_id, key").fetchall()


# --- it is built ----------------------------------------------------------------------------------------------------


def test_it_builds_the_years_and_says_what_to_do_next(built: tuple[Path, str]) -> None:
    folder, said = built
    database = folder / "meldroute.db"

    assert ", ".join(QUARTERS) in said
    assert f"MELDROUTE_DATABASE={database} meldroute serve" in said
    assert sorted(path.name for path in folder.iterdir()) == [
        "meldroute.db", "meldroute.db.made", "meldroute.db.published", "meldroute.db.tickets",
    ]  # fmt: skip
    releases = Published(database).releases()
    assert [one["id"] for one in releases] == QUARTERS
    assert all(one["demonstration"] is True for one in releases)
    assert [one["made"] for one in releases][2:5] == ["2025-10-01", "2026-01-01", "2026-04-01"]
    assert not any(one["few"] for one in releases)


def test_the_files_are_in_order(demo: Path) -> None:
    done = command("database", "check", "--json", MELDROUTE_DATABASE=str(demo / "meldroute.db"))

    report = json.loads(done.stdout)
    assert (done.returncode, report["ok"], report["demonstration"]) == (GOOD, True, True)
    said = command("database", "check", MELDROUTE_DATABASE=str(demo / "meldroute.db")).stdout
    assert said.endswith(f"{report['contacts']} made-up contacts: a demonstration\n")


def test_the_mark_is_part_of_what_is_hashed(copy: Path) -> None:
    """Whoever takes it out of a release breaks the chain."""
    published = Published(copy / "meldroute.db")
    assert published.check() == []
    with closing(sqlite3.connect(published.path, isolation_level=None)) as conn:
        conn.execute("DROP TRIGGER release_stays_as_it_is")
        (sql,) = ["UPDATE release SET body = replace(body, '\"demonstration\":true,', '') WHERE id = '2025Q1'"]
        assert conn.execute(sql).rowcount == 1
        conn.execute(
            "CREATE TRIGGER release_stays_as_it_is BEFORE UPDATE ON release\n"
            "BEGIN SELECT RAISE(ABORT, 'a release never changes'); END"
        )
    assert published.check()[0].startswith("release 2025Q1 is not what was frozen")


def test_the_same_people_come_every_time(content: Content) -> None:
    """Only the rounding has a chance of its own. Everybody came to an advice and counts once in every table."""
    first, again = (People(content, Settings().languages, 2025, "last_year").counts() for _ in range(2))

    assert first == again
    assert first != People(content, Settings().languages, 2024, "last_year").counts()
    totals = {name: sum(n for cell, n in first.items() if cell.table == name) for name in content.tables.tables}
    assert set(totals.values()) == {540}


def test_a_content_with_other_ids_gets_people_too(tmp_path: Path, content: Content) -> None:
    """What stands in demo.toml and not in the content is never chosen."""
    found = People(content, ["fr"], 2025, "this_year").counts()

    assert {cell.key for cell in found if cell.table == "language"} == {("overig",)}


@pytest.mark.parametrize("there", ["meldroute.db", "notes.txt", ".hidden"])
def test_a_folder_that_holds_anything_stays_as_it_is(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")

    done = command("demo", str(tmp_path))

    assert (done.returncode, done.stdout) == (WRONG, "")
    assert "is not empty: a demonstration gets a folder of its own" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_file_is_no_folder_and_a_folder_must_be_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    assert command("demo", str(tmp_path / "file")).returncode == WRONG
    assert command("demo").returncode == USAGE


def test_in_january_there_is_last_year_only(tmp_path: Path) -> None:
    """By its own clock, with an empty folder that is there already."""
    done = command("demo", str(tmp_path), MELDROUTE_TODAY="2026-01-01")

    assert done.returncode == GOOD
    assert [one["id"] for one in Published(tmp_path / "meldroute.db").releases()] == QUARTERS[:4]


# --- every format says so -------------------------------------------------------------------------------------------


def ours(names: list[str]) -> list[str]:
    """The files of a bundle that hold figures of ours; what partners counted is not made up."""
    return [name for name in names if "/partner_" not in name and not name.endswith("SHA256SUMS")]


def pages_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in opened]


def sheets_of(body: bytes) -> dict[str, list[list[object]]]:
    return {sheet.name: [list(row) for row in sheet.get_values()] for sheet in Document(io.BytesIO(body)).body.tables}


def says_so(name: str, body: bytes) -> bool:
    """Whether a file says of itself that its figures are made up: each part of it that can be taken out."""
    ending = name.rpartition(".")[2]
    if ending == "json" and not name.endswith("metadata.json"):
        data = json.loads(body)
        return data["notice"] == MARK and all(one["demonstration"] is True for one in data["releases"])
    if ending == "csv":
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";" if b";Jaar;" in body else ","))
        return rows[0][0] in ("demonstration", "Demonstratie") and {row[0] for row in rows[1:]} == {MARK}
    if ending == "ods":
        sheets = {name: rows for name, rows in sheets_of(body).items() if not name.startswith("Partner")}
        cover, _notes, *tables = sheets.values()
        return [MARK] in cover and all(row[-1] == MARK for rows in tables for row in rows)
    if ending == "pdf":
        pages = pages_of(body)
        with pypdfium2.PdfDocument(body) as opened:
            title = opened.get_metadata_value("Title")
        return MARK in title and len(pages) > 5 and all(page.count(MARK) >= 2 for page in pages)
    text = body.decode()
    if ending == "html" and MARK not in text.partition("</title>")[0]:
        return False
    return MARK in text and (MADE_UP in text or name.endswith("metadata.json"))


@pytest.mark.parametrize("year", ["2025", "2026"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_so(copy: Path, name: str, year: str) -> None:
    """All that the command makes, and each file in the bundle."""
    body = monitor(copy / "meldroute.db", name, year)
    if name != "zip":
        assert says_so(f"monitor.{FORMATS[name].suffix}", body)
        return
    with zipfile.ZipFile(io.BytesIO(body)) as bundle:
        names = ours(bundle.namelist())
        assert len(names) > 10
        assert {one.partition("/")[0] for one in bundle.namelist()} == {f"demonstratie-{year}"}
        assert [one for one in names if not says_so(one, bundle.read(one))] == []


def test_a_release_says_so_on_the_command_line(demo: Path) -> None:
    said = command("release", "2025", "4", MELDROUTE_DATABASE=str(demo / "meldroute.db")).stdout

    assert said.startswith("a demonstration: all figures are made up\n")


def test_a_table_and_a_chart_say_so_wherever_they_are_taken(copy: Path) -> None:
    """Each caption and each chart names the months, and with them that they are made up."""
    html = monitor(copy / "meldroute.db", "html").decode()
    before_partners = html.partition('id="partners"')[0]

    captions = before_partners.split("<caption>")[1:]
    charts = before_partners.split("<svg ")[1:]
    assert len(captions) > 5
    assert len(charts) > 5
    assert all(MADE_UP in part.partition("</caption>")[0] for part in captions)
    assert all(MADE_UP in part.partition("</title>")[0] for part in charts)


# --- it is served ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/monitor/2025", "/monitor/2026", "/monitor"])
def test_a_page_of_the_monitor_says_so(served: Server, path: str) -> None:
    assert f"<strong>{MARK}</strong>" in get(f"{served.url}{path.lstrip('/')}")


@pytest.mark.parametrize(
    "path", ["/?taal=nl", "/embed/frame?taal=nl", "/?taal=nl&voor=young", "/toegankelijkheid/nl", "/privacy/nl"]
)
def test_a_page_of_the_dialogue_says_so(served: Server, path: str) -> None:
    page = get(f"{served.url}{path.lstrip('/')}")

    assert page.count(STRIP) == 1
    assert '<aside class="column">' in page


def test_an_advice_and_an_error_say_so(copy: Path) -> None:
    client = make_app(copy)[0].test_client(use_cookies=False)

    assert STRIP in client.post("/", data=FULL).text
    assert STRIP in client.post("/note", data={**FULL, "taal": "nl", "voor": "professional"}).text
    assert STRIP in client.get("/nothing", headers={"Accept-Language": "nl"}).text


def test_downloads_are_called_after_it(served: Server) -> None:
    with urllib.request.urlopen(f"{served.url}monitor/2025/csv", timeout=30) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="meldroute-demonstratie-2025.csv"'
        assert says_so("monitor.csv", answer.read())


def test_what_is_served_is_what_is_described(served: Server) -> None:
    spec = json.loads(get(f"{served.url}api/v1/openapi.json"))
    schema = OAS30Validator({"$ref": "#/components/schemas/Monitor", "components": spec["components"]})
    data = json.loads(get(f"{served.url}api/v1/monitor/2026"))

    assert [error.message for error in schema.iter_errors(data)] == []
    assert data["notice"] == MARK
    assert data["previous_year"]["releases"][0]["demonstration"] is True
    described = spec["components"]["schemas"]
    assert "demonstration" not in described["Release"]["required"]
    assert "notice" not in described["Monitor"]["required"]


def test_nobody_is_counted_there(served: Server) -> None:
    """Not even where counting is switched on."""
    before = counters(served.folder)
    turn = {"language": "nl", "audience": "public", "answers": {"gevaar": ["ja"]}}
    asked = urllib.request.Request(
        f"{served.url}api/v1/turns", json.dumps(turn).encode(), {"Content-Type": "application/json"}
    )

    with urllib.request.urlopen(asked, timeout=30) as answer:
        taken = json.loads(answer.read())

    assert (taken["counted"], bool(taken["referral"])) == (False, True)
    assert counters(served.folder) == before
    assert json.loads(get(f"{served.url}readyz"))["counting"] == "off"
    assert "this is a demonstration: all figures are made up, and nobody is counted" in served.written()


def test_the_file_itself_takes_nobody(copy: Path, content: Content) -> None:
    """Also a server that began while it could not read the mark, and tells what waited later."""
    before = counters(copy)
    cells = {cell: 1 for cell, n in People(content, ["nl"], 2025, "last_year").counts().items() if n}
    with closing(Store(copy / "meldroute.db", content.tables)) as store:
        store.add_sums(cells, {b"a ticket of sums": 1})
        assert store.check() == []
    app, service = make_app(copy)
    service.settings = Settings(database=copy / "meldroute.db")
    assert app.test_client(use_cookies=False).post("/", data=FULL).status_code == 200

    assert counters(copy) == before


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_it_can_be_seen_and_axe_finds_nothing(browser: Browser, served: Server, width: int) -> None:
    for path in ("?taal=nl", "monitor/2026", "monitor"):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(f"{served.url}{path}")
        assert page.get_by_text(STRIP if path.startswith("?") else MARK, exact=False).first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, options={"runOnly": TAGS})
        assert found.violations_count == 0, found.generate_report()
        page.close()


# --- a real installation --------------------------------------------------------------------------------------------


def test_a_real_installation_says_nothing_of_it(real: Path, served: Server) -> None:
    for name in FORMATS:
        body = monitor(real, name, "2026")
        parts = [body]
        if name in ("zip", "ods"):
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                parts = [archive.read(one) for one in archive.namelist()]
        texts = [*(part.decode(errors="ignore") for part in parts), *(pages_of(body) if name == "pdf" else ())]
        assert not [text for text in texts if "emonstrati" in text or MADE_UP in text], name
    client = make_app(real.parent)[0].test_client(use_cookies=False)
    for path in (
        "/?taal=nl",
        "/monitor",
        "/monitor/2026",
        "/privacy/nl",
        "/toegankelijkheid/nl",
        "/api/v1/monitor/2026",
    ):
        assert "emonstrati" not in client.get(path).text, path
    assert "emonstrati" not in client.post("/", data=FULL).text
    # Nothing is added for it to the page that everybody downloads.
    assert "<aside" not in client.get("/?taal=nl").text
    assert '</header><aside class="column"><p class="lost">' in get(f"{served.url}?taal=nl")


# --- never mixed ----------------------------------------------------------------------------------------------------


def replace_published(database: Path, other: Path) -> None:
    """What somebody does who copies the wrong file."""
    for end in (".published", ".made"):
        shutil.copy(f"{other}{end}", f"{database}{end}")


def test_releases_of_a_demonstration_are_refused_beside_real_counters(
    real: Path, demo: Path, meldroute: Command
) -> None:
    replace_published(real, demo / "meldroute.db")

    checked = meldroute("database", "check", "--json")
    assert checked.returncode == WRONG
    assert json.loads(checked.stdout)["problems"] == [
        "2025Q1 is of a demonstration and the counters are not: take the file of releases away"
    ]
    for arguments in (("2026", "2"), ("2025", "1"), ("--due",)):
        done = meldroute("release", *arguments, MELDROUTE_TODAY="2027-01-01")
        assert (done.returncode, "is of a demonstration" in done.stderr) == (WRONG, True), arguments
    assert len(Published(real).releases()) == len(QUARTERS)
    page = make_app(real.parent)[0].test_client().get("/monitor/2025").text
    assert MARK in page


def test_the_register_of_a_real_installation_stays_its_own(real: Path, demo: Path, meldroute: Command) -> None:
    """Also where the wrong file was copied without its register: else taking it away again would not help."""
    own, register = Path(f"{real}.published").read_bytes(), Path(f"{real}.made").read_bytes()
    shutil.copy(f"{demo / 'meldroute.db'}.published", f"{real}.published")

    assert json.loads(meldroute("database", "check", "--json").stdout)["problems"][0].startswith("2025Q1 is of a demo")
    assert meldroute("release", "--due", MELDROUTE_TODAY="2027-01-01").returncode == WRONG
    assert Path(f"{real}.made").read_bytes() == register
    Path(f"{real}.published").write_bytes(own)
    done = meldroute("release", "--due", MELDROUTE_TODAY="2027-01-01")
    assert (done.returncode, "2026Q4: made" in done.stdout) == (GOOD, True)


def test_real_releases_are_refused_beside_made_up_counters(real: Path, copy: Path) -> None:
    replace_published(copy / "meldroute.db", real)

    checked = command("database", "check", MELDROUTE_DATABASE=str(copy / "meldroute.db"))
    done = command("release", "2026", "3", MELDROUTE_DATABASE=str(copy / "meldroute.db"))

    assert (checked.returncode, done.returncode) == (WRONG, WRONG)
    assert "the counters are those of a demonstration, and 2026Q1 is a real release" in checked.stdout
    assert "the counters are those of a demonstration" in done.stderr


def test_a_next_release_of_a_demonstration_says_so_too(copy: Path) -> None:
    """Its year is whole already: the quarter can be made when it has ended."""
    later = {"MELDROUTE_DATABASE": str(copy / "meldroute.db"), "MELDROUTE_TODAY": "2027-01-02"}

    done = command("release", "--due", **later)

    assert (done.returncode, done.stdout) == (GOOD, "2026Q4: made\n")
    assert Published(copy / "meldroute.db").releases()[-1]["demonstration"] is True
    assert says_so("monitor.csv", monitor(copy / "meldroute.db", "csv", "2026"))


def test_a_backup_keeps_the_mark(copy: Path, real: Path, tmp_path: Path) -> None:
    saved, elsewhere = tmp_path / "saved.zip", tmp_path / "elsewhere" / "meldroute.db"
    elsewhere.parent.mkdir()
    done = command(
        "database", "backup", str(saved), "--between-releases", MELDROUTE_DATABASE=str(copy / "meldroute.db")
    )
    assert done.returncode == GOOD, done.stderr

    assert command("database", "restore", str(saved), MELDROUTE_DATABASE=str(elsewhere)).returncode == GOOD
    report = json.loads(command("database", "check", "--json", MELDROUTE_DATABASE=str(elsewhere)).stdout)
    assert (report["ok"], report["demonstration"]) == (True, True)
    with_real = command("database", "restore", str(saved), MELDROUTE_DATABASE=str(real))
    assert with_real.returncode == WRONG
    assert len(Published(real).releases()) == 1


@pytest.mark.parametrize("made_up", [True, False])
def test_a_backup_of_one_never_takes_the_place_of_the_other(
    made_up: bool, copy: Path, tmp_path: Path, meldroute: Command
) -> None:
    """Where nothing was published yet, only the counters tell them apart."""
    ours, theirs = tmp_path / "meldroute.db", copy / "meldroute.db"
    fill(ours, population(3, 300))
    for end in (".published", ".made"):
        Path(f"{theirs}{end}").unlink()
    source, target = (theirs, ours) if made_up else (ours, theirs)
    saved = tmp_path / "saved.zip"
    done = command("database", "backup", str(saved), "--between-releases", MELDROUTE_DATABASE=str(source))
    assert done.returncode == GOOD, done.stderr

    done = command("database", "restore", str(saved), MELDROUTE_DATABASE=str(target))

    assert done.returncode == WRONG
    assert "of a demonstration, unlike what is there: use a folder of its own" in done.stderr


def test_real_counters_never_become_a_demonstration(tmp_path: Path, content: Content) -> None:
    """Neither are made-up contacts ever added to a file of real ones."""
    fill(tmp_path / "meldroute.db", population(3, 300))
    with closing(Store(tmp_path / "meldroute.db", content.tables, demonstration=True)) as store:
        assert store.check() == ["meldroute.db is not a store of this version of meldroute: refused as it is"]
