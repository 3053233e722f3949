"""The commands of whoever publishes, as a real process: release, monitor, partner import, database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from referral.published import Published
from tests.populations import population
from tests.releasing import fill
from tests.running import ROOT, Command

GOOD, WRONG, USAGE = 0, 1, 2
NEW_YEAR = "2027-01-01"


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
    assert "left out: form_municipality (too_few)" in said.stdout


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

    assert (first.returncode, first.stdout) == (GOOD, "2026Q1: made\n2026Q2: made\n")
    assert (second.returncode, second.stdout) == (GOOD, "")


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
    assert {figure["import"] for figure in data["partners"]} == {"partners-var-2022"}


def test_the_monitor_goes_to_a_file(meldroute: Command, filled: Path) -> None:
    meldroute("release", "2026", "1")
    done = meldroute("monitor", "2026", "--format", "json", "-o", str(filled / "monitor.json"))

    assert (done.returncode, done.stdout) == (GOOD, "")
    assert (filled / "monitor.json").read_text("utf-8") == meldroute("monitor", "2026").stdout


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
    shipped = (Path(__file__).parent.parent / "referral/content/partners-var-2022.csv").read_text("utf-8")
    ours = filled / "partners-ours.csv"
    first, second = shipped.splitlines()[:2]
    ours.write_text(f"{first}\n{second.replace(second.split(',')[0], 'een_andere_reeks', 1)}\n", "utf-8")
    meldroute("release", "2026", "1")

    done = meldroute("partner", "import", str(ours))
    figures = json.loads(meldroute("monitor", "2026").stdout)["partners"]

    assert (done.returncode, done.stdout) == (GOOD, "partners-ours: figures kept: 1\n")
    assert [figure["series"] for figure in figures if figure["import"] == "partners-ours"] == ["een_andere_reeks"]


def test_what_is_withheld_is_not_kept(meldroute: Command, filled: Path) -> None:
    """Everything in the published file may be read by anybody."""
    example = (ROOT / "docs/partner-figures.md").read_text("utf-8").partition("```csv\n")[2].partition("```")[0]
    (filled / "ours.csv").write_text(example, "utf-8")

    assert meldroute("partner", "import", str(filled / "ours.csv")).returncode == GOOD
    kept = Published(filled / "meldroute.db").imports()["ours"]

    assert {figure["status"] for figure in kept} == {"shown", "withheld", "not_available"}
    assert all(figure["value"] is None for figure in kept if figure["status"] != "shown")
    assert b",2,meldingen" not in Published(filled / "meldroute.db").path.read_bytes()


def test_a_partner_file_without_a_figure_replaces_nothing(meldroute: Command, filled: Path) -> None:
    example = (ROOT / "docs/partner-figures.md").read_text("utf-8").partition("```csv\n")[2].partition("```")[0]
    ours = filled / "ours.csv"
    ours.write_text(example, "utf-8")
    meldroute("partner", "import", str(ours))
    ours.write_text(example.splitlines()[0] + "\n", "utf-8")

    done = meldroute("partner", "import", str(ours))

    assert (done.returncode, "no line below the header" in done.stderr) == (WRONG, True)
    assert Published(filled / "meldroute.db").imports()["ours"]


def test_a_series_stands_in_one_partner_file_only(meldroute: Command, filled: Path) -> None:
    shipped = (Path(__file__).parent.parent / "referral/content/partners-var-2022.csv").read_text("utf-8")
    (filled / "again.csv").write_text(shipped, "utf-8")
    (filled / "partners-var-2022.csv").write_text(shipped, "utf-8")

    again = meldroute("partner", "import", str(filled / "again.csv"))

    assert again.returncode == WRONG
    assert "partners-var-2022" in again.stderr
    assert meldroute("partner", "import", str(filled / "partners-var-2022.csv")).returncode == GOOD


def test_a_partner_file_that_is_wrong_is_refused_whole(meldroute: Command, filled: Path) -> None:
    wrong = filled / "wrong.csv"
    wrong.write_text("jaar,aantal\n2022,3\n", "utf-8")

    done = meldroute("partner", "import", str(wrong))

    assert done.returncode == WRONG
    assert f"{wrong}: line 1:" in done.stderr
    assert Published(filled / "meldroute.db").imports() == {}
