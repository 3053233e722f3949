"""The two SQLite files of the store: made once, recognised or refused, and silent about the time."""

from __future__ import annotations

import datetime
import os
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from referral.tables import period_of

BASE = 2**40
"""Zero: a counter is stored as BASE + n, which SQLite always writes in six bytes, so a cell never moves."""


class StoreError(Exception):
    """The file is not a store of ours, or not of this version. It is refused, never repaired."""


@dataclass(frozen=True)
class Kind:
    """What a file of ours looks like inside: its schema, word for word, and the numbers in its header."""

    name: str
    listing: str
    schema: tuple[str, ...]
    application_id: int
    version: int | None  # None: the header's version number holds the epoch
    auto_vacuum: str


COUNTERS = Kind(
    "main",
    "SELECT sql FROM main.sqlite_schema ORDER BY name",
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
TICKETS = Kind(
    "tickets",
    "SELECT sql FROM tickets.sqlite_schema ORDER BY name",
    tuple(
        f"CREATE TABLE epoch_{parity} (hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 16))"
        " STRICT, WITHOUT ROWID"
        for parity in (0, 1)
    ),
    0x6D656C74,  # "melt"
    None,
    "FULL",  # gives back the pages of a busy hour: else the size would tell of it for ever
)


class DataFiles:
    """The file of the counters, `path`, and beside it the file of the ticket hashes."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.tickets = self.path.with_name(self.path.name + ".tickets")

    def connect(self, *, create: bool, patience: float) -> sqlite3.Connection:
        """A connection to both files, the second attached as `tickets`. `create` makes what is missing."""
        if create:
            _make(self.path)
        try:
            conn = sqlite3.connect(
                _uri(self.path), uri=True, timeout=patience, isolation_level=None, check_same_thread=False
            )
            try:
                self._open(conn, create)
            except BaseException:
                conn.close()
                raise
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise StoreError(f"{self.path.name}: {error}") from error
        return conn

    def _open(self, conn: sqlite3.Connection, create: bool) -> None:
        conn.execute("PRAGMA temp_store = MEMORY")
        _take(conn, self.path, COUNTERS, create)
        if create:
            _make(self.tickets)
        conn.execute("ATTACH DATABASE ? AS tickets", [_uri(self.tickets)])
        _take(conn, self.tickets, TICKETS, create)
        if self._super_journals():
            self._sweep(conn)

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


def _make(path: Path) -> None:
    """Create the file, empty and for its owner alone, unless it is there."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _uri(path: Path) -> str:
    return f"{path.as_uri()}?mode=rw"


def _take(conn: sqlite3.Connection, path: Path, kind: Kind, create: bool) -> None:
    """Recognise an open file or refuse it; an empty one becomes ours first, if `create`."""
    conn.execute(f"PRAGMA {kind.name}.secure_delete = ON")
    conn.execute(f"PRAGMA {kind.name}.synchronous = FULL")
    (mode,) = conn.execute(f"PRAGMA {kind.name}.journal_mode").fetchone()
    if mode != "delete":
        raise StoreError(f"{path.name} is in journal mode {mode}, which keeps the order of contacts: refused")
    if create and _state(conn, kind) == ((), 0, 0):
        _found(conn, kind)
    schema, application_id, version = _state(conn, kind)
    if (schema, application_id) != (kind.schema, kind.application_id) or kind.version not in (None, version):
        raise StoreError(f"{path.name} is not a store of this version of meldroute: refused as it is")


def _state(conn: sqlite3.Connection, kind: Kind) -> tuple[tuple[str, ...], int, int]:
    schema = conn.execute(kind.listing).fetchall()
    (application_id,) = conn.execute(f"PRAGMA {kind.name}.application_id").fetchone()
    (version,) = conn.execute(f"PRAGMA {kind.name}.user_version").fetchone()
    return tuple(sql for (sql,) in schema), application_id, version


def _found(conn: sqlite3.Connection, kind: Kind) -> None:
    conn.execute(f"PRAGMA {kind.name}.auto_vacuum = {kind.auto_vacuum}")
    conn.execute("BEGIN IMMEDIATE")
    if not _state(conn, kind)[0]:  # else another process was faster
        for sql in kind.schema:
            conn.execute(sql.replace("CREATE TABLE ", f"CREATE TABLE {kind.name}.", 1))
        conn.execute(f"PRAGMA {kind.name}.application_id = {kind.application_id}")
        conn.execute(f"PRAGMA {kind.name}.user_version = {kind.version or 0}")
    conn.execute("COMMIT")
