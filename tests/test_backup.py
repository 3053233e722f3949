"""Backups: at releases, whole, and put back only where no server runs and the releases are the same."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from tests.populations import population
from tests.releasing import fill
from tests.running import Command, running

GOOD, WRONG = 0, 1
SPRING = "2026-04-01"


@pytest.fixture
def filled(tmp_path: Path, meldroute: Command) -> Path:
    """A data folder with half a year of contacts and the release of its first quarter."""
    fill(tmp_path / "meldroute.db", population(3, 300), 2)
    assert meldroute("release", "2026", "1", MELDROUTE_TODAY=SPRING).returncode == GOOD
    return tmp_path


def contacts(meldroute: Command) -> int:
    report = json.loads(meldroute("database", "check", "--json").stdout)
    assert report["ok"], report
    return int(report["contacts"])


def test_what_is_backed_up_can_be_put_back(meldroute: Command, filled: Path, tmp_path: Path) -> None:
    counted, released = contacts(meldroute), meldroute("release", "2026", "1", "--json").stdout
    saved = tmp_path / "saved.zip"
    assert meldroute("database", "backup", str(saved), MELDROUTE_TODAY=SPRING).returncode == GOOD
    other = tmp_path / "elsewhere"
    other.mkdir()
    elsewhere = {"MELDROUTE_DATABASE": str(other / "counters.db")}

    done = meldroute("database", "restore", str(saved), **elsewhere)

    assert (done.returncode, done.stdout) == (GOOD, f"{other / 'counters.db'} is restored\n")
    assert json.loads(meldroute("database", "check", "--json", **elsewhere).stdout)["contacts"] == counted
    assert meldroute("release", "2026", "1", "--json", **elsewhere).stdout == released
    assert sorted(path.name for path in other.iterdir()) == [
        "counters.db", "counters.db.made", "counters.db.published", "counters.db.tickets",
    ]  # fmt: skip


def test_a_backup_belongs_to_the_day_of_a_release(meldroute: Command, filled: Path, tmp_path: Path) -> None:
    """Two copies of one day tell what was counted between them."""
    saved = tmp_path / "saved.zip"
    refused = meldroute("database", "backup", str(saved), MELDROUTE_TODAY="2026-04-02")

    assert refused.returncode == WRONG
    assert "two copies tell what was counted between them" in refused.stderr
    assert not saved.exists()
    asked = meldroute("database", "backup", str(saved), "--between-releases", MELDROUTE_TODAY="2026-04-02")
    assert asked.returncode == GOOD


def test_a_backup_holds_no_ticket_and_no_key_and_replaces_nothing(
    meldroute: Command, filled: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.zip"
    meldroute("database", "backup", str(saved), MELDROUTE_TODAY=SPRING)

    with zipfile.ZipFile(saved) as archive:
        assert archive.namelist() == ["meldroute.db", "meldroute.db.published", "meldroute.db.made", "SHA256SUMS"]
    assert saved.stat().st_mode & 0o777 == 0o600
    again = meldroute("database", "backup", str(saved), MELDROUTE_TODAY=SPRING)
    assert (again.returncode, again.stderr) == (WRONG, f"meldroute: {saved} is there already\n")


def test_nothing_is_put_back_under_a_running_server(meldroute: Command, filled: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.zip"
    meldroute("database", "backup", str(saved), MELDROUTE_TODAY=SPRING)
    with running(filled):
        for arguments in (("restore", str(saved)), ("canonical",)):
            done = meldroute("database", *arguments)
            assert done.returncode == WRONG
            assert done.stderr == f"meldroute: a server uses {filled / 'meldroute.db'}: stop it first\n"
    assert meldroute("database", "restore", str(saved)).returncode == GOOD


def test_older_counters_do_not_come_under_newer_releases(meldroute: Command, filled: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.zip"
    meldroute("database", "backup", str(saved), MELDROUTE_TODAY=SPRING)
    meldroute("release", "2026", "2", MELDROUTE_TODAY="2026-07-01")

    done = meldroute("database", "restore", str(saved))

    assert done.returncode == WRONG
    assert "does not hold the releases that are out" in done.stderr
    assert contacts(meldroute) > 0
    assert meldroute("release", "2026", "2").returncode == GOOD


@pytest.mark.parametrize("damage", ["cut", "changed", "another file"])
def test_a_damaged_backup_is_refused_and_changes_nothing(
    meldroute: Command, filled: Path, tmp_path: Path, damage: str
) -> None:
    saved = tmp_path / "saved.zip"
    meldroute("database", "backup", str(saved), MELDROUTE_TODAY=SPRING)
    before = {path.name: path.read_bytes() for path in filled.iterdir() if path != saved}
    if damage == "cut":
        saved.write_bytes(saved.read_bytes()[:2000])
    elif damage == "another file":
        saved.write_text("no zip", "utf-8")
    else:
        with zipfile.ZipFile(saved) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["meldroute.db"] = parts["meldroute.db"][:-1] + b"!"
        with zipfile.ZipFile(saved, "w") as archive:
            for name, body in parts.items():
                archive.writestr(name, body)

    done = meldroute("database", "restore", str(saved))

    assert done.returncode == WRONG
    assert str(saved) in done.stderr
    assert {path.name: path.read_bytes() for path in filled.iterdir() if path != saved} == before


def test_a_counter_file_is_written_anew_without_its_leftovers(meldroute: Command, filled: Path) -> None:
    """After `destroy` the file keeps its size; written anew it is as small as what it holds."""
    meldroute("release", "--due", MELDROUTE_TODAY="2027-01-01")
    meldroute("database", "destroy", MELDROUTE_TODAY="2029-01-01")
    database = filled / "meldroute.db"
    size = database.stat().st_size

    assert meldroute("database", "canonical").returncode == GOOD
    assert database.stat().st_size < size
    with contextlib.closing(sqlite3.connect(database)) as conn:
        assert conn.execute("SELECT count(*) FROM cell").fetchone() == (0,)
    assert contacts(meldroute) == 0
