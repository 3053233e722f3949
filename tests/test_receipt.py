"""The privacy receipt: it shows the files as they are, explains all of it, and tells nothing of who was counted."""

from __future__ import annotations

import datetime
import html
import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from locales import languages, words
from referral.datafiles import BASE
from referral.published import Published
from referral.publishing import Publishing
from referral.store import Store
from referral.tables import GRAINS as DECLARED_GRAINS
from referral.tickets import EPOCH
from tests.running import Server, make_app
from tests.test_content_lint import LONGEST, length, sentences
from tests.test_privacy import FULL
from web.kept import COUNTERS, GRAINS, PUBLISHED, TICKETS
from web.receipt import explained
from web.service import Service
from web.settings import EXIT, Settings

Door = tuple[FlaskClient, Service]
PATH = "/privacy"
UNKNOWN = "Dat weten we niet."
MADE = datetime.date(2027, 1, 4)


def store_of(service: Service) -> Store:
    return service.counter.store


def plain(part: str) -> str:
    """The words of a part of a page."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", part).split()))


def table(page: str, caption: str) -> list[tuple[str, ...]]:
    """The rows of the table with that caption, as words."""
    body = page.split(f"<caption>{caption}</caption>")[1].split("<tbody>")[1].split("</tbody>")[0]
    return [
        tuple(plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL))
        for row in body.split("</tr>")[:-1]
    ]


def change(path: Path, *statements: str) -> None:
    """Does to a file what nobody should."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for sql in statements:
            conn.execute(sql)


def contacts(client: FlaskClient, number: int) -> None:
    """So many contacts, by the door that everybody uses."""
    for place in range(number):
        assert client.post("/", data={**FULL, "q-leeftijd": ("23_plus", "onder_18")[place % 2]}).status_code == 200


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which 30 contacts of 2026 were counted and their release was frozen; only to be copied."""
    folder = tmp_path_factory.mktemp("frozen")
    client, service = door_on(folder, "2026-12-20")
    contacts(client, 30)
    publishing_of(service).release(2026, 4, MADE)
    service.counter.close()
    return folder


@pytest.fixture
def year(frozen: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(frozen, tmp_path / "year"))


def door_on(folder: Path, day: str, **choices: Any) -> Door:
    """A client on that day, and the service behind it."""
    app, service = make_app(folder, today=Settings.from_environment({"MELDROUTE_TODAY": day}).today, **choices)
    return app.test_client(use_cookies=False), service


def publishing_of(service: Service) -> Publishing:
    titles = {name: table.title for name, table in service.content.reading.tables.items()}
    return Publishing(
        store_of(service),
        Published(service.settings.database),
        service.content.card,
        titles,
        service.content.script.asked,
    )


# --- it shows what is there -----------------------------------------------------------------------------------------


def test_every_table_and_column_of_the_files_is_there(door: Door) -> None:
    """As another program finds them in the files, with their types."""
    client, service = door
    published = Published(service.settings.database)
    published.keep_import("partner", [])
    page = client.get(PATH).text
    captions = set()
    for path in (service.settings.database, Path(f"{service.settings.database}.tickets"), published.path):
        with closing(sqlite3.connect(path)) as conn:
            for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                columns = [f"{row[1]} {row[2]}" for row in conn.execute(f"PRAGMA table_info({name})")]
                assert [row[0] for row in table(page, f"Tabel {name}")] == columns
                captions.add(f"Tabel {name}")
        assert f">{path.name}</code></h2>" in page
    assert set(re.findall(r"<caption>(Tabel [^<]+)<", page)) == captions
    assert ">meldroute.db.key</code></h2>" in page
    assert str(service.settings.database.parent) not in page


def test_of_our_schema_nothing_is_unexplained(door: Door) -> None:
    """And nothing is explained that is not there."""
    client, service = door
    published = Published(service.settings.database)
    published.keep_import("partner", [])
    shapes = store_of(service).schema()
    for known, shape in ((COUNTERS, shapes["main"]), (TICKETS, shapes["tickets"]), (PUBLISHED, published.schema())):
        assert all(column.about for columns in explained(known, shape).values() for column in columns)
        assert {name: set(columns) for name, columns in shape.items()} == {
            name: set(columns) for name, columns in known.columns.items()
        }
    page = client.get(PATH).text
    assert UNKNOWN not in page
    assert 'class="error"' not in page


@pytest.mark.parametrize(
    ("end", "statement", "shown", "row"),
    [
        ("", "CREATE TABLE visit (address TEXT)", "Tabel visit", ("address TEXT", UNKNOWN)),
        ("", "ALTER TABLE cell ADD COLUMN moment TEXT", "Tabel cell", ("moment TEXT", UNKNOWN)),
        ("", "CREATE VIEW seen AS SELECT period AS p FROM cell", "Tabel seen", ("p TEXT", UNKNOWN)),
        (".tickets", "CREATE TABLE visit (address TEXT)", "Tabel visit", ("address TEXT", UNKNOWN)),
        (".tickets", "ALTER TABLE epoch_1 ADD COLUMN moment TEXT", "Tabel epoch_1", ("moment TEXT", UNKNOWN)),
        (".published", "CREATE TABLE visit (address TEXT)", "Tabel visit", ("address TEXT", UNKNOWN)),
        (".published", "ALTER TABLE release ADD COLUMN moment TEXT", "Tabel release", ("moment TEXT", UNKNOWN)),
    ],
)
def test_what_nobody_explained_stands_there_as_such(
    door: Door, end: str, statement: str, shown: str, row: tuple[str, ...]
) -> None:
    """A table, view or column that was put in a file while the server runs, in the row and at the top of the page."""
    client, service = door
    Published(service.settings.database).keep_import("partner", [])
    assert "niet kunnen uitleggen" not in client.get(PATH).text
    change(Path(f"{service.settings.database}{end}"), statement)
    page = client.get(PATH).text
    assert row in table(page, shown)
    assert "in een bestand staat iets wat we hier niet kunnen uitleggen" in page.split("<h2")[0]


def test_a_file_that_nobody_explained_is_named(door: Door) -> None:
    """A copy beside the database, say. A journal is ours: it stands there only while a contact is written."""
    client, service = door
    before = client.get(PATH).text
    for end in ("-journal", ".tickets-journal", "-mj0A1B2C3D9", ".published-journal"):
        Path(f"{service.settings.database}{end}").touch()
    assert client.get(PATH).text == before
    Path(f"{service.settings.database}.copy").touch()
    assert '<li><code translate="no">meldroute.db.copy</code></li>' in client.get(PATH).text.split("<h2")[0]


def test_everything_that_can_be_counted_is_there(door: Door) -> None:
    """Each declared table with its lists and its period, and each list with all of its values and their labels."""
    client, service = door
    page, tables, reading = client.get(PATH).text, service.content.tables, service.content.reading
    assert GRAINS.keys() == set(DECLARED_GRAINS)
    for grain, caption in GRAINS.items():
        assert table(page, caption) == [
            (f"{reading.tables[one.id].title} {one.id}", " ".join(reading.dimensions[name] for name in one.dimensions))
            for one in tables.tables.values()
            if one.grain == grain
        ]
    year = str(service.settings.now().year)
    assert table(page, "Lijsten") == [
        (
            f"{reading.dimensions[name]} {name}",
            " ".join(f"{reading.label(name, value)} {value}" for value in tables.values(name, year)),
        )
        for name in tables.dimensions
    ]


def test_how_long_counters_stay_is_the_setting(tmp_path: Path) -> None:
    """In the words of the file of the counters."""
    client, _ = door_on(tmp_path, "2026-11-24", keep_counters=7)
    assert "Ze mogen 7 jaar blijven na de laatste cijfers van hun jaar." in client.get(PATH).text


# --- it tells nothing of who was counted ----------------------------------------------------------------------------


def test_the_page_is_the_same_before_and_after_contacts(door: Door) -> None:
    """Byte for byte, with its headers: after contacts, after tickets that wait, and after they are forgotten."""
    client, service = door
    store = store_of(service)
    before = client.get(PATH)
    for number in (1, 2, 40):
        contacts(client, number)
        after = client.get(PATH)
        assert (after.data, list(after.headers)) == (before.data, list(before.headers))
    assert store.contacts() == 43
    cells = {cell: 1 for cell in store.counts(service.settings.now().year) if cell.table == "month"}
    store.add_sums(cells, {bytes([place]) * 16: int(time.time() // EPOCH) for place in range(99)})
    assert client.get(PATH).data == before.data
    store.advance(time.time() + 3 * EPOCH)
    assert client.get(PATH).data == before.data
    assert not [n for n in set(re.findall(r"\d+", before.text)) if int(n) >= BASE]


def test_the_page_is_the_same_after_contacts_beside_a_release(year: Path) -> None:
    """Also where figures of the same year are published: it shows no figure of those either."""
    client, _ = door_on(year, "2027-01-05")
    before = client.get(PATH)
    contacts(client, 3)
    assert client.get(PATH).data == before.data
    (release,) = Published(year / "meldroute.db").releases()
    assert str(release["sha256"]) not in before.text
    without_dates = re.sub(r"<code[^>]*>[^<]*</code>", "", before.text.split("<main")[1])
    assert re.findall(r"\b30\b", without_dates) == []


def test_reading_the_schema_reads_no_row_and_writes_nothing(door: Door) -> None:
    """The files are the same bytes afterwards, and no statement names a table's rows."""
    client, service = door
    contacts(client, 1)
    path = service.settings.database
    files = (path, Path(f"{path}.tickets"))
    before = [file.read_bytes() for file in files]
    asked: list[str] = []
    with store_of(service)._reading() as db:
        db.conn.set_trace_callback(asked.append)
        client.get(PATH)
        db.conn.set_trace_callback(None)
    assert len(asked) >= 8
    for sql in asked:
        assert re.search(r"\b(main|tickets)\.(sqlite_schema|secure_delete|journal_mode|synchronous)\b", sql) or (
            sql.startswith("-- PRAGMA") and "table_xinfo" in sql
        ), sql
    assert [file.read_bytes() for file in files] == before


# --- protection -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", ".tickets"])
def test_protection_is_that_of_the_connection_that_counts(door: Door, end: str) -> None:
    """All of it holds; and what is switched off on that connection is seen."""
    client, service = door
    caption = f"Bescherming van meldroute.db{end}"
    assert [row[1] for row in table(client.get(PATH).text, caption)] == [
        "Ja secure_delete = 1",
        "Ja journal_mode = delete",
        "Ja synchronous = 2",
        "Ja 0600",
    ]
    name = "tickets" if end else "main"
    with store_of(service)._reading() as db:
        for pragma in ("secure_delete = OFF", "journal_mode = PERSIST", "synchronous = NORMAL"):
            db.execute(f"PRAGMA {name}.{pragma}")
    Path(f"{service.settings.database}{end}").chmod(0o640)
    page = client.get(PATH).text
    assert [row[1] for row in table(page, caption)] == [
        "Nee secure_delete = 0",
        "Nee journal_mode = persist",
        "Nee synchronous = 1",
        "Nee 0640",
    ]
    assert page.count('<td class="error">Nee') == 4


def test_the_key_and_who_may_read_it(door: Door) -> None:
    """It is looked at from outside; its bytes are on no page."""
    client, service = door
    key = Path(f"{service.settings.database}.key")
    assert table(client.get(PATH).text, f"Bescherming van {key.name}") == [
        ("Alleen het account van de server mag het bestand openen.", "Ja 0600")
    ]
    key.chmod(0o644)
    page = client.get(PATH).text
    assert table(page, f"Bescherming van {key.name}")[0][1] == "Nee 0644"
    key.unlink()
    assert "Dit bestand is er nog niet." in client.get(PATH).text.split("meldroute.db.key")[1]


# --- what is published ----------------------------------------------------------------------------------------------


def test_without_a_published_file_the_page_says_so(door: Door) -> None:
    """And makes none, nor anything else in the folder."""
    client, service = door
    page = client.get(PATH).text
    part = page.split("meldroute.db.published</code></h2>")[1].split("<h2")[0]
    assert "Dit bestand is er nog niet." in part
    assert "<table" not in part
    assert {file.name for file in service.settings.database.parent.iterdir()} == {
        "meldroute.db",
        "meldroute.db.tickets",
        "meldroute.db.key",
    }


def test_a_frozen_release_its_base_and_its_chain(year: Path) -> None:
    """The last release by name; that it is rounded and that nothing was changed is computed, not claimed."""
    client, _ = door_on(year, "2027-01-05")
    page = client.get(PATH).text
    assert "De laatste publicatie is 2026Q4." in page
    assert table(page, "Bescherming van meldroute.db.published") == [
        ("Elk cijfer is afgerond op een veelvoud van 5.", "Ja"),
        ("De controlegetallen van alle publicaties kloppen.", "Ja"),
    ]
    assert "moeten nu worden vernietigd" not in page


def test_a_release_that_was_changed_is_seen(year: Path) -> None:
    """By its hash, though the triggers stand there again."""
    client, service = door_on(year, "2027-01-05")
    file = Published(service.settings.database).path
    with closing(sqlite3.connect(file)) as conn:
        (trigger,) = conn.execute("SELECT sql FROM sqlite_schema WHERE name = 'release_stays_as_it_is'").fetchone()
    change(
        file,
        "DROP TRIGGER release_stays_as_it_is",
        """UPDATE release SET body = replace(body, '"value":30', '"value":35')""",
        trigger,
    )
    page = client.get(PATH).text
    assert table(page, f"Bescherming van {file.name}") == [("De controlegetallen van alle publicaties kloppen.", "Nee")]
    assert "De laatste publicatie" not in page


def test_a_figure_that_is_not_rounded_is_seen(door: Door) -> None:
    """In a chain that holds."""
    client, service = door
    published = Published(service.settings.database)
    cells = [{"key": {}, "value": 5}, {"key": {}, "value": 6}]
    body = {"id": "2026Q1", "year": 2026, "quarter": 1, "base": 5, "made": "2026-04-01", "tables": [{"cells": cells}]}
    published.freeze("2026Q1", lambda: body)
    assert table(client.get(PATH).text, f"Bescherming van {published.path.name}") == [
        ("Elk cijfer is afgerond op een veelvoud van 5.", "Nee"),
        ("De controlegetallen van alle publicaties kloppen.", "Ja"),
    ]


def test_counters_that_had_their_time_and_counters_that_are_gone(year: Path) -> None:
    """Overdue from the day that the setting gives; once destroyed, with the day."""
    client, service = door_on(year, "2029-01-03")
    assert "Vernietigde tellers" not in client.get(PATH).text
    client, service = door_on(year, "2029-01-05")
    assert "De tellers van 2026 moeten nu worden vernietigd." in client.get(PATH).text
    publishing_of(service).destroy(2026, datetime.date(2029, 1, 6))
    page = client.get(PATH).text
    assert "De tellers van 2026 zijn vernietigd op 6 januari 2029." in page
    assert "moeten nu worden vernietigd" not in page


# --- when a file is out of reach ------------------------------------------------------------------------------------


def test_when_the_store_is_away_the_page_says_so(door: Door) -> None:
    """It claims nothing of the files then, still explains what is declared, and shows them again when they are back."""
    client, service = door
    before, path = client.get(PATH).text, service.settings.database
    store_of(service).close()
    path.rename(path.with_name("elsewhere"))
    page = client.get(PATH)
    assert page.status_code == 200
    assert page.text.count("Dit bestand is nu niet te lezen.") == 2
    assert "<caption>Tabel cell<" not in page.text
    assert "Bescherming van meldroute.db<" not in page.text
    for caption in (*GRAINS.values(), "Lijsten"):
        assert table(page.text, caption) == table(before, caption)
    assert not path.exists()
    path.with_name("elsewhere").rename(path)
    assert client.get(PATH).text == before


def test_a_published_file_that_is_no_database_is_out_of_reach(door: Door) -> None:
    """The rest of the page stands."""
    client, service = door
    Published(service.settings.database).path.write_text("no database at all, but longer than nothing " * 99)
    page = client.get(PATH).text
    assert page.count("Dit bestand is nu niet te lezen.") == 1
    assert "<caption>Tabel cell<" in page


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
def test_it_comes_in_every_language(door: Door, language: str) -> None:
    """By its address; the other languages stand there as links, and no link has a query."""
    client, _ = door
    page = client.get(f"{PATH}/{language}", headers={"Accept-Language": "fr"}).text
    assert f'<html lang="{words(language).tag}"' in page
    others = re.findall(rf'href="{PATH}/([\w-]+)"', page)
    assert sorted([*others, language]) == sorted(languages())
    assert [link for link in re.findall(r'href="([^"]+)"', page) if "?" in link] == []
    assert ('<span lang="nl">Vorm en melder</span>' in page) == (words(language).tag != "nl")


def test_a_plain_answer_comes_first(door: Door, tmp_path: Path) -> None:
    """What is kept, what is not and who sees it, in at most four sentences before any table; a rehearsal keeps less."""
    first = plain(re.split(r"</h1>|<h2>", door[0].get(PATH).text)[1].partition("</p>")[0])
    assert first.startswith("We vragen geen naam en bewaren je antwoorden niet.")
    for said in ("één op bij een paar totalen", "blijft hooguit vier uur", "iedereen kan de afgeronde cijfers zien"):
        assert said in first
    assert len(sentences(first)) <= 4
    assert [one for one in sentences(first) if length(one) > LONGEST["anybody"]] == []
    (tmp_path / "rehearsal").mkdir()
    rehearsal = make_app(tmp_path / "rehearsal", counting=False)[0].test_client().get(PATH).text
    said = plain(re.split(r"</h1>|<h2>", rehearsal)[1].partition("</p>")[0])
    assert "We tellen hier niets mee." in said
    assert "tellen we één op" not in said


def test_no_number_outlives_what_the_plain_answer_says() -> None:
    """A ticket goes after two epochs at most."""
    assert 2 * EPOCH == 4 * 3600


def test_a_language_that_is_not_there_has_no_page(door: Door) -> None:
    """Not even a page in another language."""
    client, _ = door
    assert client.get(f"{PATH}/klingon").status_code == 404


def test_the_way_out_and_112_are_there(door: Door) -> None:
    """As on every page; the title says nothing of what this site is about."""
    client, service = door
    answer = client.get(PATH)
    assert f'href="{EXIT}" target="_top"' in answer.text
    assert f'href="tel:{service.content.card.alarm_number}"' in answer.text
    assert "<title>Wat bewaren we?</title>" in answer.text
    assert "leave.js" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_sticks_out(server: Server, browser: Browser, width: int, scheme: Any) -> None:
    """On a small and a large screen, in both colour schemes; no table is wider than the page."""
    with closing(browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)) as context:
        page = context.new_page()
        page.goto(f"{server.url.rstrip('/')}{PATH}/nl")
        expect(page.get_by_role("table", name="Tabel cell", exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = (
            "[...document.querySelectorAll('table')].filter((one) => one.scrollWidth > one.parentElement.clientWidth)"
        )
        assert page.evaluate(f"{wide}.map((one) => one.caption.textContent)") == []
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        assert found.response["violations"] == []
        assert context.cookies() == []
