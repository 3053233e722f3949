"""The two SQLite files of the store: made once, recognised or refused, and silent about the time."""

from __future__ import annotations

import datetime
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from referral.tables import period_of

BASE = 2**40
"""Zero: a counter is stored as BASE + n, which SQLite always writes in six bytes, so a cell never moves."""


class StoreError(Exception):
    """The file is not a store of ours, or not of this version. It is refused, never repaired."""


@dataclass(frozen=True)
class Kind:
    """What a file of ours looks like inside: its schema, word for word, and the numbers in its header."""

    schema: tuple[str, ...]
    application_id: int
    version: int | None  # None: the header's version number holds the epoch
    auto_vacuum: str


COUNTERS = Kind(
    (
        f"""CREATE TABLE cell (
    period TEXT NOT NULL CHECK (period GLOB '[0-9][0-9][0-9][0-9]*' AND length(period) <= 7),
    table_id TEXT NOT NULL,
    key TEXT NOT NULL,
    n INTEGER NOT NULL CHECK (n >= {BASE}),
    PRIMARY KEY (period, table_id, key)
) STRICT, WITHOUT ROWID""",
    ),
    0x6D656C64,  # "meld"
    1,
    "NONE",
)
DEMONSTRATION = replace(COUNTERS, application_id=0x64656D6F)  # "demo"
"""Counters of nobody, for a demonstration: the file itself says so, and keeps saying it wherever it is copied to."""
TICKETS = Kind(
    tuple(
        f"CREATE TABLE epoch_{parity} (hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 16)) STRICT, WITHOUT ROWID"
        for parity in (0, 1)
    ),
    0x6D656C74,  # "melt"
    None,
    "FULL",  # gives back the pages of a busy hour: else the size would tell of it for ever
)


class DataFiles:
    """The file of the counters, `path`, and beside it the file of the ticket hashes.

    demonstration: counters of a demonstration and no others; without it, those of one are recognised but never made.
    """

    def __init__(self, path: Path, demonstration: bool = False) -> None:
        self.path, self.demonstration = path.resolve(), demonstration
        self.tickets = self.path.with_name(self.path.name + ".tickets")

    def connect(self, *, create: bool, patience: float) -> sqlite3.Connection:
        """A connection to both files, the second attached as `tickets`. `create` makes what is missing.

        Each file is looked at through a connection of its own. A statement that was prepared before the second
        is attached, a BEGIN above all, would be taken from Python's cache later and know only the first.
        """
        counters = (DEMONSTRATION,) if self.demonstration else (COUNTERS, DEMONSTRATION)
        for path, kinds in ((self.path, counters), (self.tickets, (TICKETS,))):
            with _refusing(path), closing(_open(path, create, patience)) as conn:
                _take(conn, path, kinds, create)
        conn = _open(self.path, False, patience)
        try:
            conn.execute("ATTACH DATABASE ? AS tickets", [_uri(self.tickets, False)])
            conn.execute("PRAGMA temp_store = MEMORY")
            for name in ("main", "tickets"):
                conn.execute(f"PRAGMA {name}.secure_delete = ON")
                conn.execute(f"PRAGMA {name}.synchronous = FULL")
            if self._super_journals():
                self._sweep(conn)
        except BaseException:
            conn.close()
            raise
        return conn

    def _super_journals(self) -> list[Path]:
        return [p for p in self.path.parent.iterdir() if p.name.startswith(f"{self.path.name}-mj")]

    def _sweep(self, conn: sqlite3.Connection) -> None:
        """Remove the super-journals of killed commits: each would tell the time of a contact for ever.

        SQLite removes one only while a journal still names it. Under the exclusive lock every journal has
        been played back and nobody else is committing, so none of them is in use.
        """
        conn.execute("BEGIN EXCLUSIVE")
        for path in self._super_journals():
            path.unlink()
        conn.execute("COMMIT")

    def strays(self) -> list[Path]:
        """Files beside ours that a write-ahead log would leave: they hold contacts in their order."""
        names = [f"{path.name}{end}" for path in (self.path, self.tickets) for end in ("-wal", "-shm")]
        return [self.path.with_name(name) for name in names if self.path.with_name(name).exists()]

    def hide_time(self) -> None:
        """Set the times of the files and of their folder, where a journal was, to the quarter's start."""
        start = quarter_start(time.time())
        for path in (self.path, self.tickets, self.path.parent):
            with suppress(OSError):  # not ours to set: `meldroute` then needs a folder of its own
                os.utime(path, (start, start))


def quarter_start(now: float) -> float:
    """The first second (UTC) of the quarter that `now` lies in."""
    day = datetime.datetime.fromtimestamp(now, datetime.UTC).date()
    month = 3 * int(period_of("quarter", day)[-1]) - 2
    return datetime.datetime(day.year, month, 1, tzinfo=datetime.UTC).timestamp()


def _uri(path: Path, create: bool) -> str:
    # Nobody but SQLite may open the files: closing one would drop all locks of this process on it.
    return f"{path.as_uri()}?mode={'rwc' if create else 'rw'}"


def _open(path: Path, create: bool, patience: float) -> sqlite3.Connection:
    uri = _uri(path, create)
    return sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Tell a file that SQLite cannot read from one that is only out of reach for now."""
    try:
        yield
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path.name}: {error}: refused as it is") from error


def _take(conn: sqlite3.Connection, path: Path, kinds: Sequence[Kind], create: bool) -> None:
    """Recognise an open file or refuse it; an empty one becomes the first of these kinds, if `create`."""
    (mode,) = conn.execute("PRAGMA journal_mode").fetchone()
    if mode != "delete":
        raise StoreError(f"{path.name} is in journal mode {mode}, which keeps the order of contacts: refused")
    if create and _state(conn) == ((), 0, 0):
        _found(conn, path, kinds[0])
    schema, application_id, version = _state(conn)
    found = schema, application_id
    if not any(found == (kind.schema, kind.application_id) and kind.version in (None, version) for kind in kinds):
        raise StoreError(f"{path.name} is not a store of this version of meldroute: refused as it is")


def _state(conn: sqlite3.Connection) -> tuple[tuple[str, ...], int, int]:
    schema = conn.execute("SELECT sql FROM sqlite_schema ORDER BY name").fetchall()
    (application_id,) = conn.execute("PRAGMA application_id").fetchone()
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    return tuple(sql for (sql,) in schema), application_id, version


def _found(conn: sqlite3.Connection, path: Path, kind: Kind) -> None:
    path.chmod(0o600)
    conn.execute(f"PRAGMA auto_vacuum = {kind.auto_vacuum}")
    conn.execute("BEGIN IMMEDIATE")
    if not _state(conn)[0]:  # else another process was faster
        for sql in kind.schema:
            conn.execute(sql)
        conn.execute(f"PRAGMA application_id = {kind.application_id}")
        conn.execute(f"PRAGMA user_version = {kind.version or 0}")
    conn.execute("COMMIT")
