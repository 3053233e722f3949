"""The file of the coordinators' room: who may come in, who is in, what they did. Never anything about a visitor.

It stands beside the file of the counters and apart from it. It is made when the first invitation is, so an
installation without coordinators has none. A way of logging in has tables of its own: another way, such as an
identity provider, adds its table and leaves accounts and sessions as they are.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from referral.datafiles import StoreError

_OF_ACCOUNT = "INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE"
_ROLE = "TEXT NOT NULL CHECK (role IN ('reader', 'administrator'))"
SCHEMA = (
    f"""CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role {_ROLE},
    since TEXT NOT NULL
) STRICT""",
    """CREATE TABLE attempt (
    place INTEGER PRIMARY KEY,
    free INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    minute INTEGER NOT NULL CHECK (minute % 60 = 0),
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL
) STRICT""",
    f"""CREATE TABLE device (
    hash BLOB NOT NULL PRIMARY KEY,
    account {_OF_ACCOUNT},
    free INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE invitation (
    hash BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role {_ROLE},
    totp TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE local_login (
    account INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    password TEXT NOT NULL,
    totp TEXT NOT NULL,
    last_step INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT""",
    f"""CREATE TABLE recovery (
    hash BLOB NOT NULL PRIMARY KEY,
    account {_OF_ACCOUNT}
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE session (
    hash BLOB NOT NULL PRIMARY KEY,
    account {_OF_ACCOUNT},
    csrf TEXT NOT NULL,
    started INTEGER NOT NULL CHECK (started % 60 = 0),
    seen INTEGER NOT NULL CHECK (seen % 60 = 0)
) STRICT, WITHOUT ROWID""",
)
_APPLICATION, _VERSION = 0x6D656C63, 1  # "melc"
_COLUMNS = """SELECT t.name, c.name, c.type FROM sqlite_schema AS t JOIN pragma_table_xinfo(t.name) AS c
WHERE t.type IN ('table', 'view') ORDER BY t.name, c.cid"""
_PATIENCE = 10.0
"""Seconds to wait for another that writes."""


class AccountsFile:
    """The accounts' file of an installation. Every use opens it anew; a file that is not there holds nobody."""

    def __init__(self, database: Path) -> None:
        self.path = database.resolve().with_name(f"{database.name}.coordinators")

    def there(self) -> bool:
        """Whether anybody was ever invited."""
        return self.path.exists() and self.path.stat().st_size > 0

    def rows(self, sql: str, *values: object) -> list[Any]:
        """What the file answers; nothing where there is no file."""
        if not self.there():
            return []
        with closing(self._open()) as conn:
            _recognise(conn, self.path)
            return conn.execute(sql, values).fetchall()

    @contextmanager
    def change(self, create: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction, undone where something is raised. create: for the first invitation, which makes the file."""
        if create:
            self._make()
        with closing(self._open()) as conn:
            conn.execute("PRAGMA foreign_keys = ON")
            conn.execute("PRAGMA secure_delete = ON")
            conn.execute("BEGIN IMMEDIATE")
            if create and not conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                for sql in SCHEMA:
                    conn.execute(sql)
                conn.execute(f"PRAGMA application_id = {_APPLICATION}")
                conn.execute(f"PRAGMA user_version = {_VERSION}")
            _recognise(conn, self.path)
            try:
                yield conn
            except BaseException:
                conn.execute("ROLLBACK")
                raise
            conn.execute("COMMIT")

    def schema(self) -> dict[str, dict[str, str]]:
        """Table → column → type, as the file is now."""
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in self.rows(_COLUMNS):
            found.setdefault(table, {})[column] = kind
        return found

    def _make(self) -> None:
        """An empty file that nobody else may read. Only if there is none: closing one would drop SQLite's locks."""
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True, timeout=_PATIENCE, isolation_level=None)


def one(conn: sqlite3.Connection, sql: str, *values: object) -> Sequence[Any] | None:
    """The first row, or None."""
    found: Sequence[Any] | None = conn.execute(sql, values).fetchone()
    return found


def _recognise(conn: sqlite3.Connection, path: Path) -> None:
    numbers = [conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    if numbers != [_APPLICATION, _VERSION]:
        raise StoreError(f"{path.name} is not a file of coordinators of this version of meldroute: refused as it is")
