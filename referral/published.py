"""The file of what is published: frozen releases in a chain of hashes, partner imports, and what was destroyed.

It stands beside the file of the counters and apart from it: whoever shows figures opens this file only, so no page
can come near a raw counter. Everything in it may be read by anybody.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from referral.datafiles import StoreError
from referral.made import Made
from referral.release import Release
from referral.served import Served

_SCHEMA = (
    """CREATE TABLE destroyed (
    year INTEGER NOT NULL PRIMARY KEY,
    made TEXT NOT NULL
) STRICT""",
    """CREATE TABLE partner_import (
    name TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE release (
    place INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT""",
    """CREATE TRIGGER release_stays BEFORE DELETE ON release
BEGIN SELECT RAISE(ABORT, 'a release is never taken back'); END""",
    """CREATE TRIGGER release_stays_as_it_is BEFORE UPDATE ON release
BEGIN SELECT RAISE(ABORT, 'a release never changes'); END""",
)
_COLUMNS = """SELECT t.name, c.name, c.type FROM sqlite_schema AS t JOIN pragma_table_xinfo(t.name) AS c
WHERE t.type IN ('table', 'view') ORDER BY t.name, c.cid"""
_APPLICATION = 0x6D656C70  # "melp"
_PATIENCE = 90.0
"""Seconds to wait for another that makes a release: longer than the solver may take."""


def canonical(release: Release) -> str:
    """The one way that a release is written, now and for ever."""
    return json.dumps(release, ensure_ascii=False, separators=(",", ":"))


def link(before: str, body: str) -> str:
    """The hash of a release in the chain: of the hash before it ("" for the first) and its own bytes."""
    return hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()


class Lost(StoreError):
    """Releases that were made here are not in the file; the message says what to do."""


class Published:
    """The published file of an installation. Every use opens it anew; a file that is not there holds nothing."""

    def __init__(self, database: Path) -> None:
        self.path = database.resolve().with_name(f"{database.name}.published")
        self.made = Made(database.resolve().with_name(f"{database.name}.made"))
        self.served = Served(database)

    def releases(self, year: int | None = None) -> list[Release]:
        """The releases of a year, or all, in the order in which they were made; each with its `sha256`."""
        return [
            {**json.loads(body), "sha256": digest}
            for body, digest in self._rows("SELECT body, hash FROM release ORDER BY place")
            if year in (None, json.loads(body)["year"])
        ]

    def body(self, name: str) -> str | None:
        """A release as it was frozen, byte for byte; None where there is none of that name."""
        return next((body for (body,) in self._rows("SELECT body FROM release WHERE id = ?", [name])), None)

    def freeze(self, name: str, make: Callable[[], Release]) -> str:
        """The frozen release of that name; where there is none yet, the one that `make` gives, frozen for ever.

        Only one process at a time makes one: who comes second gets what the first froze. Raises Lost where a release
        of the same year was made here and is not in the file.
        """
        with self._writing() as conn:
            there = dict(conn.execute("SELECT id, hash FROM release ORDER BY place"))
            if lost := self.made.lost(there, name.partition("Q")[0]):
                raise Lost(self.missing(lost))
            if name in there:
                (body,) = conn.execute("SELECT body FROM release WHERE id = ?", [name]).fetchone()
            else:
                body = canonical(make())
                there[name] = link(next(reversed(there.values()), ""), body)
                conn.execute("INSERT INTO release (id, body, hash) VALUES (?, ?, ?)", [name, body, there[name]])
        self.register()  # after the commit: what is registered is always on the disk already
        return str(body)

    def register(self) -> None:
        """Write the releases down that are in the file and not in the register, as after a kill in between."""
        if self._unregistered():
            with self._writing() as conn:  # one process at a time
                self.made.note(dict(conn.execute("SELECT id, hash FROM release")))

    def _unregistered(self) -> list[str]:
        known = self.made.hashes()
        return [name for (name,) in self._rows("SELECT id FROM release ORDER BY place") if name not in known]

    def missing(self, lost: Sequence[str]) -> str:
        """Why nothing can be made: these releases are not in the file though they were made."""
        return (
            f"{self.path.name} does not hold {', '.join(lost)} as made here before: put the file back from a copy. "
            "Made anew the figures would differ, and the two together tell small counts"
        )

    def imports(self) -> dict[str, list[dict[str, Any]]]:
        """What is shown of the partner imports, by name, in the order of their names."""
        return {n: json.loads(body) for n, body in self._rows("SELECT name, body FROM partner_import ORDER BY name")}

    def keep_import(self, name: str, shown: Sequence[Mapping[str, Any]]) -> None:
        """Keep what is shown of a partner import; one of the same name is replaced.

        Never the file itself: it holds the figures that are withheld.
        """
        body = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
        with self._writing() as conn:
            conn.execute("INSERT OR REPLACE INTO partner_import VALUES (?, ?)", [name, body])

    def remove_import(self, name: str) -> None:
        """Keep nothing of a partner import any more; where there is none of that name, nothing changes."""
        with self._writing() as conn:
            conn.execute("DELETE FROM partner_import WHERE name = ?", [name])

    def destroyed(self) -> dict[int, datetime.date]:
        """The years whose raw counters were destroyed, and on which day."""
        return {year: datetime.date.fromisoformat(made) for year, made in self._rows("SELECT * FROM destroyed")}

    def record_destruction(self, year: int, on: datetime.date) -> None:
        """Write down that the raw counters of a year are gone."""
        with self._writing() as conn:
            conn.execute("INSERT OR IGNORE INTO destroyed VALUES (?, ?)", [year, on.isoformat()])

    def check(self) -> list[str]:
        """What is wrong with the file, as sentences: its shape, the chain of its releases, and what is missing."""
        try:
            problems = self.damage()
            if lost := self.made.lost(dict(self._rows("SELECT id, hash FROM release"))):
                problems.append(self.missing(lost))
            if names := self._unregistered():
                problems.append(f"{self.made.path.name} lacks {', '.join(names)}: `meldroute release --due` mends it")
            return problems
        except (StoreError, sqlite3.Error, OSError, ValueError) as error:
            return [f"{self.path.name}: {error}"]

    def damage(self) -> list[str]:
        """The same of what is in the file alone. Raises what reading raises."""
        problems = [f"{self.path.name} is damaged: {row[0]}" for row in self._rows("PRAGMA integrity_check")]
        problems = [problem for problem in problems if not problem.endswith(": ok")]
        before = ""
        for name, body, digest in self._rows("SELECT id, body, hash FROM release ORDER BY place"):
            if digest != link(before, body) or json.loads(body)["id"] != name:
                problems.append(f"release {name} is not what was frozen, or one before it is missing")
            before = digest
        return problems

    def schema(self) -> dict[str, dict[str, str]]:
        """Table → column → type, as the file is now: of a file that is refused, too."""
        if not self._there():
            return {}
        found: dict[str, dict[str, str]] = {}
        with closing(self._open("ro")) as conn:
            for table, column, kind in conn.execute(_COLUMNS):
                found.setdefault(table, {})[column] = kind
        return found

    def _there(self) -> bool:
        """Whether anything was ever kept; a first release that was refused leaves an empty file."""
        return self.path.exists() and self.path.stat().st_size > 0

    def _rows(self, sql: str, values: list[Any] | None = None) -> list[Any]:
        if not self._there():
            return []
        for mode in ("ro", "rw"):  # a killed process can leave a journal, which only a writer may play back
            with closing(self._open(mode)) as conn:
                try:
                    _recognise(conn, self.path)
                    return conn.execute(sql, values or []).fetchall()
                except sqlite3.OperationalError:
                    if mode == "rw":
                        raise
        raise AssertionError("unreachable")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._open("rwc")) as conn:
            conn.execute("PRAGMA secure_delete = ON")
            conn.execute("BEGIN IMMEDIATE")
            if not conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                for sql in _SCHEMA:
                    conn.execute(sql)
                conn.execute(f"PRAGMA application_id = {_APPLICATION}")
            _recognise(conn, self.path)
            yield conn
            conn.execute("COMMIT")

    def _open(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.path.as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE, isolation_level=None)


def _recognise(conn: sqlite3.Connection, path: Path) -> None:
    found = tuple(sql for (sql,) in conn.execute("SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name"))
    (application,) = conn.execute("PRAGMA application_id").fetchone()
    if (found, application) != (_SCHEMA, _APPLICATION):
        raise StoreError(f"{path.name} is not a file of releases of this version of meldroute: refused as it is")
