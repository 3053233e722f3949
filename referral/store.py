"""The counters in SQLite: every contact one durable transaction, and nothing in the files that tells when.

Beside the counters stands a file with the hashes of the tickets counted in the last two to four hours. One
transaction covers both (with a rollback journal SQLite commits them as one), so a ticket is counted exactly
once, even through a kill. This is how the files keep silent:

- All cells of a year are there before its first contact, in one order, and every counter is of one width.
  A write moves nothing: the same contacts give the same bytes in any order.
- After each commit the times of the files and of their folder become the start of the quarter. What cannot be
  set, an inode's change time, `advance` makes new by the clock, contact or not.
- The journal, which holds the pages as they were, is gone after each commit; so is what was deleted.
- The number of hashes is blurred: each epoch begins with 0 to 255 that belong to nobody. They are random like
  the others, and a page can keep no more than the order in which random numbers came.
- The change counter in a file's header counts transactions. The tables say how many contacts there were; it
  adds how often a year was prepared or an epoch begun by the clock, and how many contacts waited together.
"""

from __future__ import annotations

import datetime
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from sqlite_utils import Database

from referral.counts import Tally
from referral.datafiles import BASE, DEMONSTRATION, DataFiles, StoreError
from referral.tables import Cell, Tables, disagreements
from referral.tickets import EPOCH

_ADD = "INSERT INTO cell (n, period, table_id, key) VALUES (?, ?, ?, ?)"
_RAISE = "UPDATE cell SET n = n + ? WHERE period = ? AND table_id = ? AND key = ?"
_NOTE = (
    "INSERT OR IGNORE INTO tickets.epoch_0 VALUES (?)",
    "INSERT OR IGNORE INTO tickets.epoch_1 VALUES (?)",
)
_FORGET = ("DELETE FROM tickets.epoch_0", "DELETE FROM tickets.epoch_1")
_MAX_DECOYS = 255
_COLUMNS = (
    """SELECT 'main', t.name, c.name, c.type FROM main.sqlite_schema AS t
    JOIN pragma_table_xinfo(t.name, 'main') AS c WHERE t.type IN ('table', 'view') ORDER BY t.name, c.cid""",
    """SELECT 'tickets', t.name, c.name, c.type FROM tickets.sqlite_schema AS t
    JOIN pragma_table_xinfo(t.name, 'tickets') AS c WHERE t.type IN ('table', 'view') ORDER BY t.name, c.cid""",
)
_PROTECTION = ("secure_delete", "journal_mode", "synchronous")


class Store:
    """The counters of one data folder. Safe for threads; several processes may hold the same files.

    Connects when first used, and anew after every error: of a connection that failed nothing is trusted.
    `create=False` never makes a file. Neither does a store that was connected before: a folder that went away
    (a disk not mounted) is waited for, not replaced. `patience`: seconds to wait for another's lock.
    `demonstration`: made-up counters, for whoever makes them; every other store adds nothing to such a file.
    """

    def __init__(
        self, path: Path, tables: Tables, *, create: bool = True, patience: float = 5.0, demonstration: bool = False
    ) -> None:
        self.tables = tables
        self._files = DataFiles(path, demonstration)
        self._create, self._patience = create, patience
        self._lock = RLock()
        self._db: Database | None = None
        self._late: dict[int, frozenset[str]] = {}

    def prepare(self, today: datetime.date) -> None:
        """Make sure that the files are ours and that the year has its cells: at start, and by the timer."""
        with self._writing() as db:
            self._fill(db, today.year)

    def advance(self, now: float) -> None:
        """Let the clock begin the epoch that `now` lies in, which forgets the tickets past their time."""
        with self._writing() as db:
            self._begin(db, int(now // EPOCH), by_clock=True)

    def add(self, tally: Tally, ticket: bytes, bucket: int) -> bool:
        """Count a contact. True: its count is on the disk, from now or before. False: the ticket expired.

        Never in a demonstration: also False.
        """
        with self._writing() as db:
            if self._made_up(db):
                return False
            # The timer may be late, and an epoch that it begins after this would forget this ticket.
            self._begin(db, bucket)
            if bucket < _epoch(db) - 1:
                return False
            if _note(db, ticket, bucket):
                self._raise(db, dict.fromkeys(tally.cells, 1))
        return True

    def add_sums(self, sums: Mapping[Cell, int], tickets: Mapping[bytes, int]) -> None:
        """Count contacts that waited as sums, in one transaction, and note their tickets (hash → bucket).

        Adds nothing if every one of them was counted in the meantime through another process.
        A ticket that expired while it waited is noted all the same: it does no harm. To a demonstration nothing is
        added but by whoever makes it.
        """
        with self._writing() as db:
            if self._made_up(db) and not self._files.demonstration:
                return
            self._begin(db, max(tickets.values()))
            oldest = _epoch(db) - 1
            if sum(_note(db, ticket, max(bucket, oldest)) for ticket, bucket in tickets.items()):
                self._raise(db, sums)

    def counts(self, year: int) -> dict[Cell, int]:
        """All counters of a year."""
        return {cell: n for cell, n in self._counters() if cell.year == year}

    def years(self) -> list[int]:
        """The years that have counters, in order."""
        return sorted({cell.year for cell, _ in self._counters()})

    def destroy(self, year: int) -> None:
        """Take the counters of a year out of the file, to the last byte."""
        with self._writing() as db:
            db.execute("DELETE FROM cell WHERE period GLOB ?", [f"{year}*"])
            self._late.pop(year, None)

    def contacts(self) -> int:
        """All contacts ever counted; a table counts all of a year unless it left the content in between."""
        totals: dict[int, dict[str, int]] = {}
        for cell, n in self._counters():
            of_year = totals.setdefault(cell.year, {})
            of_year[cell.table] = of_year.get(cell.table, 0) + n
        return sum(max(of_year.values()) for of_year in totals.values())

    def check(self, year: int | None = None) -> list[str]:
        """What is wrong with the files, as sentences; empty when nothing is. year: of the counters only those."""
        try:
            with self._reading() as db:
                damage = [
                    row[0] for name in ("main", "tickets") for row in db.execute(f"PRAGMA {name}.integrity_check")
                ]
                return [
                    *(f"damaged: {what}" for what in damage if what != "ok"),
                    *(f"{path.name} holds contacts in their order: remove it" for path in self._files.strays()),
                    *disagreements(self.tables, {c: n for c, n in self._counters() if year in (None, c.year)}),
                ]
        except (StoreError, sqlite3.Error, OSError) as error:
            return [str(error)]

    def demonstration(self) -> bool:
        """Whether the counters are made up, as their file says itself."""
        with self._reading() as db:
            return self._made_up(db)

    def schema(self) -> dict[str, dict[str, dict[str, str]]]:
        """File ("main", "tickets") → table → column → type, as the files are now. Reads no row of a table."""
        found: dict[str, dict[str, dict[str, str]]] = {"main": {}, "tickets": {}}
        with self._reading() as db:
            for file, table, column, kind in (row for sql in _COLUMNS for row in db.execute(sql)):
                found[file].setdefault(table, {})[column] = kind
        return found

    def protection(self) -> dict[str, dict[str, str]]:
        """How the connection that counts handles each file, in SQLite's own words."""
        with self._reading() as db:
            return {file: {name: _pragma(db, f"{file}.{name}") for name in _PROTECTION} for file in ("main", "tickets")}

    def close(self) -> None:
        """Let go of the files; the next use connects again."""
        with self._lock:
            if self._db:
                self._db.close()
                self._files.hide_time()
            self._db, self._late = None, {}

    @contextmanager
    def _reading(self) -> Iterator[Database]:
        with self._lock:
            try:
                self._db = self._db or self._connect()
                yield self._db
            except BaseException:
                self.close()
                raise

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with self._reading() as db:
            # db.atomic() begins without a lock; two writers who then both want one cannot wait for each
            # other, and SQLite fails at once. IMMEDIATE takes both files' locks here, where waiting works.
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
            self._files.hide_time()

    def _connect(self) -> Database:
        conn = self._files.connect(create=self._create, patience=self._patience)
        self._create = False
        return Database(conn, execute_plugins=False)  # nobody else's code runs on this connection

    def _counters(self) -> Iterable[tuple[Cell, int]]:
        with self._reading() as db:
            rows = list(db.table("cell").rows)
        return [(Cell(row["period"], row["table_id"], tuple(row["key"].split())), row["n"] - BASE) for row in rows]

    def _raise(self, db: Database, sums: Mapping[Cell, int]) -> None:
        for year in {cell.year for cell in sums}:
            self._fill(db, year)
        rows = [(n, *_row(cell)) for cell, n in sums.items() if cell.table not in self._late[cell.year]]
        if db.conn.executemany(_RAISE, rows).rowcount != len(rows):
            raise StoreError("a contact names a cell that the tables do not declare: not counted")

    def _fill(self, db: Database, year: int) -> None:
        """Give the year every declared cell that it lacks.

        A table that comes within the year is left out until the next, whether or not anybody came: it could not
        add up, and that it is left out must not tell of contacts.
        """
        if year in self._late:
            return
        there = self.counts(year)
        old = {cell.table for cell in there}
        late = frozenset(name for name in self.tables.tables if old and name not in old)
        wanted = {c for t in self.tables.tables.values() if t.id not in late for c in self.tables.cells(t, year)}
        db.conn.executemany(_ADD, [(BASE, *_row(cell)) for cell in sorted(wanted - there.keys())])
        self._late[year] = late

    def _made_up(self, db: Database) -> bool:
        return _pragma(db, "main.application_id") == str(DEMONSTRATION.application_id)

    def _begin(self, db: Database, bucket: int, *, by_clock: bool = False) -> None:
        """Make `bucket` the current epoch: empty the table that it takes over, and put its decoys there."""
        epoch = _epoch(db)
        # Two or more ahead of the clock: the clock was wrong then, and would have valid tickets refused now.
        if bucket > epoch or (by_clock and bucket < epoch - 1):
            for parity in (bucket % 2,) if bucket == epoch + 1 else (0, 1):
                db.execute(_FORGET[parity])
                for _ in range(secrets.randbelow(_MAX_DECOYS + 1)):
                    _note(db, secrets.token_bytes(16), parity)
            db.execute(f"PRAGMA tickets.user_version = {bucket}")


def _row(cell: Cell) -> tuple[str, str, str]:
    return cell.period, cell.table, " ".join(cell.key)


def _epoch(db: Database) -> int:
    return int(db.execute("PRAGMA tickets.user_version").fetchone()[0])


def _pragma(db: Database, name: str) -> str:
    return str(db.execute(f"PRAGMA {name}").fetchone()[0])


def _note(db: Database, ticket: bytes, bucket: int) -> bool:
    """Whether the ticket is new in its epoch; it is noted from now on."""
    return db.execute(_NOTE[bucket % 2], [ticket]).rowcount == 1
