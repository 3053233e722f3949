"""The commands of whoever publishes, as a real process: release, monitor, partner import, database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from referral.published import Published
from tests.populations import population
from tests.releasing import fill
from tests.running import ROOT, Command
from web.publishing_cli import in_words

GOOD, WRONG, USAGE = 0, 1, 2
NEW_YEAR = "2027-01-01"
EXAMPLE = (ROOT / "docs/partner-figures.md").read_text("utf-8").partition("```csv\n")[2].partition("```")[0]
SHIPPED = "partners-var-2022"
SHIPPED_TEXT = (ROOT / f"referral/content/{SHIPPED}.csv").read_text("utf-8")


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """The data folder with a year of 300 contacts."""
    fill(tmp_path / "meldroute.db", population(3, 300))
    return tmp_path


def test_a_release_is_made_once_and_printed_for_ever(meldroute: Command, filled: Path) -> None:
    first = meldroute("release", "2026", "1", "--json")
    again = meldroute("release", "2026", "1", "--json", MELDROUTE_TODAY="2028-05-05")

    assert (first.returncode, again.returncode) == (GOOD, GOOD)
    assert first.stdout == again.stdout
    assert json.loads(first.stdout)["id"] == "2026Q1"
    assert Published(filled / "meldroute.db").body("2026Q1") == first.stdout.rstrip("\n")


def test_a_release_can_be_read_by_people(meldroute: Command, filled: Path) -> None:
    said = meldroute("release", "2026", "4", MELDROUTE_TODAY=NEW_YEAR)

    assert said.returncode == GOOD
    assert "release 2026Q4, made 2027-01-01, rounded to 5" in said.stdout
    assert "left out: form_municipality: with so few contacts it would be nearly empty" in said.stdout
    assert "too_few" not in said.stdout


def test_every_reason_to_leave_a_table_out_is_a_sentence() -> None:
    """Of the description of the interface: a new reason needs a sentence too."""
    schemas = json.loads((ROOT / "web/openapi.json").read_text("utf-8"))["components"]["schemas"]
    reasons = schemas["Release"]["properties"]["omitted"]["items"]["properties"]["why"]["enum"]
    release = {"id": "2026Q4", "made": "2027-01-01", "base": 5, "tables": [], "few": False, "step": 0}

    for why in reasons:
        said = in_words({**release, "omitted": [{"table": "form_age", "why": why}]})
        (sentence,) = (line for line in said.splitlines() if line.startswith("left out: form_age: "))
        assert (why in sentence.split(), len(sentence.split()) > 6) == (False, True)
    assert "'later'" in in_words({**release, "omitted": [{"table": "form_age", "why": "later"}]})


@pytest.mark.parametrize(
    ("arguments", "today", "says"),
    [
        (("2026", "4"), "2026-12-31", "2026Q4: the quarter has not ended: it can be made from 2027-01-01"),
        (("2025", "4"), NEW_YEAR, "2025Q4: nothing is published: the counters have no cells of 2025"),
        (("2027", "1"), "2027-04-01", "2027Q1: nothing is published: the counters have no cells of 2027"),
    ],
)
def test_a_release_that_cannot_be_made_says_why(
    meldroute: Command, filled: Path, arguments: tuple[str, ...], today: str, says: str
) -> None:
    done = meldroute("release", *arguments, MELDROUTE_TODAY=today)

    assert (done.returncode, done.stdout) == (WRONG, "")
    assert done.stderr == f"meldroute: {says}\n"


def test_a_release_without_a_database_says_so(meldroute: Command, tmp_path: Path) -> None:
    done = meldroute("release", "2026", "1")

    assert done.returncode == WRONG
    assert f"there is no file {tmp_path / 'meldroute.db'}" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("2026",), (), ("2026", "1", "--due"), ("2026", "5")])
def test_a_release_needs_to_know_which(meldroute: Command, arguments: tuple[str, ...]) -> None:
    assert meldroute("release", *arguments).returncode == USAGE


def test_a_timer_makes_what_is_due_and_may_find_nothing(meldroute: Command, filled: Path) -> None:
    first = meldroute("release", "--due", MELDROUTE_TODAY="2026-07-01")
    second = meldroute("release", "--due", MELDROUTE_TODAY="2026-07-02")
    early = meldroute("release", "--due", MELDROUTE_TODAY="2999-07-02")

    assert (first.returncode, first.stdout) == (GOOD, "2026Q1: made\n2026Q2: made\n")
    assert (second.returncode, second.stdout) == (GOOD, "")
    assert "MELDROUTE_TODAY is set: done as if it were 2999-07-02" in early.stderr


def test_the_standing_of_every_quarter_can_be_listed(meldroute: Command, filled: Path) -> None:
    meldroute("release", "2026", "1", MELDROUTE_TODAY="2026-04-02")

    said = meldroute("release", "--list", MELDROUTE_TODAY="2026-11-24").stdout.splitlines()

    assert said == [
        "2026Q1: made on 2026-04-02",
        "2026Q2: can be made since 2026-07-01; it needs 25 new contacts",
        "2026Q3: can be made since 2026-10-01; it needs 25 new contacts",
        "2026Q4: the quarter has not ended: it can be made from 2027-01-01",
    ]


def test_the_monitor_of_a_year(meldroute: Command, filled: Path) -> None:
    meldroute("release", "--due", MELDROUTE_TODAY=NEW_YEAR)

    data = json.loads(meldroute("monitor", "2026").stdout)

    assert (data["year"], data["base"], data["previous_year"]) == (2026, 5, None)
    assert [release["id"] for release in data["releases"]] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert all(cell["value"] % 5 == 0 for release in data["releases"] for t in release["tables"] for cell in t["cells"])
    assert {figure["import"] for figure in data["partners"]} == {SHIPPED}


def test_the_monitor_goes_to_a_file(meldroute: Command, filled: Path) -> None:
    meldroute("release", "2026", "1")
    done = meldroute("monitor", "2026", "--format", "json", "-o", str(filled / "monitor.json"))

    assert (done.returncode, done.stdout) == (GOOD, "")
    assert (filled / "monitor.json").read_text("utf-8") == meldroute("monitor", "2026").stdout


def test_the_ending_of_the_file_tells_the_format(meldroute: Command, filled: Path) -> None:
    meldroute("release", "2026", "1")

    for file, asked, starts in (
        ("x.json", (), b"{"),
        ("x.csv", (), b"year,"),
        ("dutch.csv", ("--format", "csv-nl"), b"\xef\xbb\xbf"),
        ("x.nl.csv", ("--format", "csv-nl"), b"\xef\xbb\xbf"),
        ("x.ods", (), b"PK"),
        ("x.html", (), b"<!doctype html>"),
        ("X.PDF", (), b"%PDF"),
        ("x.zip", (), b"PK"),
        ("x", ("--format", "html"), b"<!doctype html>"),
    ):
        done = meldroute("monitor", "2026", *asked, "-o", str(filled / file))

        assert (done.returncode, done.stdout, done.stderr) == (GOOD, "", "")
        assert (filled / file).read_bytes()[: len(starts)] == starts, file


@pytest.mark.parametrize(
    ("file", "asked", "says"),
    [
        ("x.csv", ("--format", "pdf"), "x.csv does not fit --format pdf: let it end in .pdf"),
        ("x.txt", ("--format", "csv-nl"), "x.txt does not fit --format csv-nl: let it end in .csv"),
        ("x.txt", (), "x.txt does not say which format: let it end in one of .json, .csv, .ods, .html, .pdf, .zip"),
        ("x", (), "x does not say which format: let it end in one of .json, .csv, .ods, .html, .pdf, .zip"),
    ],
)
def test_a_file_of_another_ending_is_refused(
    meldroute: Command, tmp_path: Path, file: str, asked: tuple[str, ...], says: str
) -> None:
    done = meldroute("monitor", "2026", *asked, "-o", str(tmp_path / file))

    assert (done.returncode, done.stdout, done.stderr) == (USAGE, "", f"meldroute: {tmp_path}/{says}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_year_without_a_release_has_no_monitor(meldroute: Command, filled: Path) -> None:
    done = meldroute("monitor", "2026")

    assert (done.returncode, done.stderr) == (
        WRONG,
        "meldroute: there is no release of 2026 yet: see `meldroute release`\n",
    )


def test_the_database_is_checked_with_its_releases(meldroute: Command, filled: Path) -> None:
    meldroute("release", "2026", "1")
    good = json.loads(meldroute("database", "check", "--json").stdout)
    published = filled / "meldroute.db.published"
    published.write_bytes(published.read_bytes().replace(b'"value":10', b'"value":15'))
    bad = meldroute("database", "check", "--json")

    assert good == {"ok": True, "contacts": 300, "problems": []}
    assert bad.returncode == WRONG
    assert json.loads(bad.stdout)["problems"] == ["release 2026Q1 is not what was frozen, or one before it is missing"]


def test_counters_are_destroyed_after_a_look(meldroute: Command, filled: Path) -> None:
    meldroute("release", "--due", MELDROUTE_TODAY=NEW_YEAR)
    later = {"MELDROUTE_TODAY": "2029-01-01"}

    early = meldroute("database", "destroy", MELDROUTE_TODAY="2028-12-31")
    dry = meldroute("database", "destroy", "--dry-run", **later)
    left = json.loads(meldroute("database", "check", "--json").stdout)["contacts"]
    done = meldroute("database", "destroy", **later)

    assert early.stdout == "no counters are to be destroyed: they stay 2 years after a year's last release\n"
    assert dry.stdout == "2026: the counters would be destroyed, the releases stay\n"
    assert left == 300
    assert done.stdout == "2026: the counters are destroyed, the releases stay\n"
    assert json.loads(meldroute("database", "check", "--json").stdout) == {"ok": True, "contacts": 0, "problems": []}
    assert json.loads(meldroute("monitor", "2026").stdout)["releases"][-1]["id"] == "2026Q4"


def test_a_partner_file_is_kept_and_shown(meldroute: Command, filled: Path) -> None:
    ours = filled / "partners-ours.csv"
    first, second = SHIPPED_TEXT.splitlines()[:2]
    ours.write_text(f"{first}\n{second.replace(second.split(',')[0], 'een_andere_reeks', 1)}\n", "utf-8")
    meldroute("release", "2026", "1")

    done = meldroute("partner", "import", str(ours))
    figures = json.loads(meldroute("monitor", "2026").stdout)["partners"]

    assert (done.returncode, done.stdout) == (GOOD, "partners-ours: figures kept: 1\n")
    assert [figure["series"] for figure in figures if figure["import"] == "partners-ours"] == ["een_andere_reeks"]


def test_what_is_withheld_is_not_kept(meldroute: Command, filled: Path) -> None:
    """Everything in the published file may be read by anybody."""
    (filled / "ours.csv").write_text(EXAMPLE, "utf-8")

    assert meldroute("partner", "import", str(filled / "ours.csv")).returncode == GOOD
    kept = Published(filled / "meldroute.db").imports()["ours"]

    assert {figure["status"] for figure in kept} == {"shown", "withheld", "not_available"}
    assert all(figure["value"] is None for figure in kept if figure["status"] != "shown")
    assert b",2,meldingen" not in Published(filled / "meldroute.db").path.read_bytes()


def test_a_partner_file_without_a_figure_replaces_nothing(meldroute: Command, filled: Path) -> None:
    ours = filled / "ours.csv"
    ours.write_text(EXAMPLE, "utf-8")
    meldroute("partner", "import", str(ours))
    ours.write_text(EXAMPLE.splitlines()[0] + "\n", "utf-8")

    done = meldroute("partner", "import", str(ours))

    assert (done.returncode, "no line below the header" in done.stderr) == (WRONG, True)
    assert Published(filled / "meldroute.db").imports()["ours"]


def test_a_series_stands_in_one_partner_file_only(meldroute: Command, filled: Path) -> None:
    (filled / "again.csv").write_text(SHIPPED_TEXT, "utf-8")
    (filled / f"{SHIPPED}.csv").write_text(SHIPPED_TEXT, "utf-8")

    again = meldroute("partner", "import", str(filled / "again.csv"))

    assert again.returncode == WRONG
    assert SHIPPED in again.stderr
    assert meldroute("partner", "import", str(filled / f"{SHIPPED}.csv")).returncode == GOOD


def test_a_partner_file_that_is_wrong_is_refused_whole(meldroute: Command, filled: Path) -> None:
    wrong = filled / "wrong.csv"
    wrong.write_text("jaar,aantal\n2022,3\n", "utf-8")

    done = meldroute("partner", "import", str(wrong))

    assert done.returncode == WRONG
    assert f"{wrong}: line 1:" in done.stderr
    assert Published(filled / "meldroute.db").imports() == {}


def test_the_partner_files_are_listed(meldroute: Command, filled: Path) -> None:
    (filled / "ours.csv").write_text(EXAMPLE, "utf-8")
    meldroute("partner", "import", str(filled / "ours.csv"))

    said = meldroute("partner", "list")
    listed = json.loads(meldroute("partner", "list", "--json").stdout)["imports"]

    assert said.returncode == GOOD
    assert [line.partition(";")[0] for line in said.stdout.splitlines()] == [
        "ours: imported",
        f"{SHIPPED}: ships with meldroute, cannot be removed",
    ]
    ours = {"name": "ours", "imported": True, "replaces_shipped": False, "partners": ["Voorbeeldpartner"]}
    assert listed[0] == ours | {"series": ["meldingen_partner"], "years": [2025], "figures": 5, "shown": 2}
    assert (listed[1]["name"], listed[1]["imported"], listed[1]["replaces_shipped"]) == (SHIPPED, False, False)
    assert listed[1]["figures"] == listed[1]["shown"] + SHIPPED_TEXT.count(",NA,")


def test_a_partner_file_is_removed(meldroute: Command, filled: Path) -> None:
    (filled / "ours.csv").write_text(EXAMPLE, "utf-8")
    meldroute("partner", "import", str(filled / "ours.csv"))
    meldroute("release", "2026", "1")

    done = meldroute("partner", "remove", "ours")
    again = meldroute("partner", "remove", "ours")

    assert (done.returncode, done.stdout) == (GOOD, "ours: removed\n")
    assert again.returncode == WRONG
    assert again.stderr == "meldroute: there is no import ours: `meldroute partner list` says which there are\n"
    assert {figure["import"] for figure in json.loads(meldroute("monitor", "2026").stdout)["partners"]} == {SHIPPED}
    assert b"Voorbeeldpartner" not in Published(filled / "meldroute.db").path.read_bytes()
    assert json.loads(meldroute("database", "check", "--json").stdout)["ok"]


def test_what_ships_is_not_removed_but_may_be_replaced(meldroute: Command, filled: Path) -> None:
    early = meldroute("partner", "remove", SHIPPED)
    nothing_made = not Published(filled / "meldroute.db").path.exists()
    (filled / f"{SHIPPED}.csv").write_text(EXAMPLE, "utf-8")
    meldroute("partner", "import", str(filled / f"{SHIPPED}.csv"))
    replaced = meldroute("partner", "list").stdout
    done = meldroute("partner", "remove", SHIPPED)

    assert (early.returncode, nothing_made) == (WRONG, True)
    assert early.stderr == (
        f"meldroute: {SHIPPED} ships with meldroute and was not imported: no command removes it. "
        f"To show other figures in its place, import a file {SHIPPED}.csv\n"
    )
    assert replaced.startswith(f"{SHIPPED}: imported in the place of the one that ships with meldroute; 5 figures")
    assert (done.returncode, done.stdout) == (GOOD, f"{SHIPPED}: removed: the one that ships is shown again\n")
    assert "ships with meldroute, cannot be removed" in meldroute("partner", "list").stdout


def test_a_series_does_not_come_back_beside_itself(meldroute: Command, filled: Path) -> None:
    """Two imports of one series could tell what each withholds, also where a removal brings the shipped one back."""
    (filled / f"{SHIPPED}.csv").write_text(EXAMPLE, "utf-8")
    (filled / "again.csv").write_text(SHIPPED_TEXT, "utf-8")
    for name in (SHIPPED, "again"):
        assert meldroute("partner", "import", str(filled / f"{name}.csv")).returncode == GOOD

    refused = meldroute("partner", "remove", SHIPPED)

    assert (refused.returncode, "stands in the import again already" in refused.stderr) == (WRONG, True)
    assert set(Published(filled / "meldroute.db").imports()) == {SHIPPED, "again"}
    assert meldroute("partner", "remove", "again").returncode == GOOD
    assert meldroute("partner", "remove", SHIPPED).returncode == GOOD
