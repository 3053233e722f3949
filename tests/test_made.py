"""The register of releases: a release that was made here is never made a second time with other figures."""

from __future__ import annotations

import contextlib
import datetime
import json
import shutil
from pathlib import Path

import pytest

from referral.datafiles import StoreError
from referral.published import Lost, Published
from referral.publishing import Publishing
from referral.store import Store
from tests.populations import population, shipped
from tests.releasing import fill
from tests.running import Command

GOOD, WRONG = 0, 1
NEW_YEAR = "2027-01-01"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the first two releases of a year, and beside it a copy after the first."""
    path = tmp_path_factory.mktemp("made") / "meldroute.db"
    fill(path, population(3, 300))
    content, published = shipped(), Published(path)
    with contextlib.closing(Store(path, content.tables)) as store:
        publishing = Publishing(store, published, content.card, {}, content.script.asked)
        publishing.release(2026, 1, datetime.date(2027, 1, 1))
        shutil.copy(published.path, path.with_name("older"))
        publishing.release(2026, 2, datetime.date(2027, 1, 1))
    return path.parent


@pytest.fixture
def database(tmp_path: Path, made: Path) -> Path:
    """A copy of that folder, for one test."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "meldroute.db"


def test_every_release_is_registered_with_its_hash(database: Path) -> None:
    published = Published(database)

    assert published.made.hashes() == {one["id"]: one["sha256"] for one in published.releases()}
    assert published.made.path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in database.parent.glob("*.made*")] == ["meldroute.db.made"]


@pytest.mark.parametrize(("older", "named"), [(False, "2026Q1, 2026Q2"), (True, "2026Q2")])
def test_a_lost_release_is_not_made_anew(meldroute: Command, database: Path, older: bool, named: str) -> None:
    """The second draw and the first, which somebody kept, would tell small counts."""
    published = Published(database)
    kept = published.path.with_name("kept")
    published.path.rename(kept)
    if older:
        shutil.copy(database.with_name("older"), published.path)

    for arguments in (("2026", "2"), ("2026", "4"), ("--due",)):
        done = meldroute("release", *arguments, MELDROUTE_TODAY=NEW_YEAR)
        assert done.returncode == WRONG
        assert f"does not hold {named} as made here before: put the file back from a copy" in done.stderr
    report = json.loads(meldroute("database", "check", "--json").stdout)
    assert not report["ok"]
    assert any(named in problem for problem in report["problems"])

    kept.replace(published.path)
    assert json.loads(meldroute("database", "check", "--json").stdout)["ok"]
    assert meldroute("release", "2026", "4", MELDROUTE_TODAY=NEW_YEAR).returncode == GOOD


def test_another_year_can_be_released_all_the_same(database: Path) -> None:
    """The figures of two years share no contact. What was lost stays missed."""
    published = Published(database)
    published.path.unlink()
    with pytest.raises(Lost):
        published.freeze("2026Q3", lambda: {"id": "2026Q3", "year": 2026})

    published.freeze("2027Q1", lambda: {"id": "2027Q1", "year": 2027})

    assert list(published.made.hashes()) == ["2026Q1", "2026Q2", "2027Q1"]
    assert "2026Q1, 2026Q2" in published.check()[0]


@pytest.mark.parametrize("arguments", [("2026", "1"), ("2026", "4"), ("--due",)])
def test_releases_that_the_register_lacks_come_into_it(
    meldroute: Command, database: Path, arguments: tuple[str, ...]
) -> None:
    """Of an installation from before the register, or after a kill between the two files."""
    published = Published(database)
    published.made.path.unlink()
    assert published.check() == [
        "meldroute.db.made lacks 2026Q1, 2026Q2: `meldroute release --due` mends it",
    ]

    assert meldroute("release", *arguments, MELDROUTE_TODAY=NEW_YEAR).returncode == GOOD

    assert {"2026Q1", "2026Q2"} <= published.made.hashes().keys()
    assert published.check() == []


@pytest.mark.parametrize("text", ["2026Q1\n", "2026Q1 " + "a" * 63 + "\n", "2026Q5 " + "a" * 64 + "\n", "é", "x"])
def test_a_register_that_is_none_is_refused(meldroute: Command, database: Path, text: str) -> None:
    published = Published(database)
    published.made.path.write_text(text, "utf-8")

    with pytest.raises(StoreError, match="is not a register of releases"):
        published.freeze("2026Q4", lambda: {})
    assert "is not a register of releases" in published.check()[0]
    done = meldroute("release", "2026", "4", MELDROUTE_TODAY=NEW_YEAR)
    assert (done.returncode, done.stdout) == (WRONG, "")
    assert "Traceback" not in done.stderr


def test_a_backup_that_holds_what_was_lost_can_be_put_back(meldroute: Command, database: Path, tmp_path: Path) -> None:
    saved, before = tmp_path / "saved.zip", Published(database).releases()
    meldroute("database", "backup", str(saved), MELDROUTE_TODAY=NEW_YEAR)
    Published(database).path.unlink()

    assert meldroute("database", "restore", str(saved)).returncode == GOOD
    assert Published(database).releases() == before
    assert Published(database).made.hashes() == {one["id"]: one["sha256"] for one in before}


def test_a_backup_from_before_what_was_lost_is_refused(meldroute: Command, database: Path, tmp_path: Path) -> None:
    """Else the lost release would be made anew after all."""
    saved = tmp_path / "saved.zip"
    meldroute("database", "backup", str(saved), MELDROUTE_TODAY=NEW_YEAR)
    done = meldroute("release", "2026", "3", MELDROUTE_TODAY=NEW_YEAR)
    assert done.returncode == GOOD, done.stderr
    Published(database).path.unlink()

    done = meldroute("database", "restore", str(saved))

    assert done.returncode == WRONG
    assert "does not hold the releases that are out" in done.stderr


def test_what_was_lost_for_good_stays_known_wherever_a_backup_goes(
    meldroute: Command, database: Path, tmp_path: Path
) -> None:
    """The next year goes on without the lost file; its backup can be put back, here and elsewhere."""
    Published(database).path.unlink()
    Published(database).freeze("2027Q1", lambda: {"id": "2027Q1", "year": 2027, "quarter": 1, "made": "2027-04-01"})
    saved, other = tmp_path / "saved.zip", tmp_path / "elsewhere" / "meldroute.db"
    other.parent.mkdir()
    assert meldroute("database", "backup", str(saved), MELDROUTE_TODAY="2027-04-01").returncode == GOOD

    assert meldroute("database", "restore", str(saved)).returncode == GOOD
    assert meldroute("database", "restore", str(saved), MELDROUTE_DATABASE=str(other)).returncode == GOOD

    for path in (database, other):
        assert list(Published(path).made.hashes()) == ["2026Q1", "2026Q2", "2027Q1"]
        with pytest.raises(Lost):
            Published(path).freeze("2026Q1", lambda: {"id": "2026Q1", "year": 2026})
