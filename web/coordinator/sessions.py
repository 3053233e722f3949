"""Who is in, and from which browsers somebody came in before: random codes in a cookie, hashes in the file."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from web.coordinator.accounts import Account
from web.coordinator.file import AccountsFile, one
from web.coordinator.tokens import kept, new_token

IDLE, LONGEST = 30 * 60, 10 * 3600
"""Seconds without a request, and in all, after which somebody logs in again."""
DEVICE_FOR = 90 * 24 * 3600
"""Seconds after the last login in which a browser is known."""
_DAY = 24 * 3600


@dataclass(frozen=True)
class Session:
    """Somebody who is in. key: the hash that it is kept under. Times are whole minutes."""

    key: bytes
    account: Account
    csrf: str
    started: int
    seen: int


def minute(now: float) -> int:
    """The start of the minute: nothing finer is kept."""
    return int(now // 60 * 60)


def start(conn: sqlite3.Connection, account: int, now: float) -> str:
    """The code of a new session. Sessions that are over go, everybody's."""
    conn.execute("DELETE FROM session WHERE seen <= ? OR started <= ?", [now - IDLE, now - LONGEST])
    token = new_token()
    values = [kept(token), account, new_token(), minute(now), minute(now)]
    conn.execute("INSERT INTO session (hash, account, csrf, started, seen) VALUES (?, ?, ?, ?, ?)", values)
    return token


def session_of(file: AccountsFile, token: str, now: float) -> Session | None:
    """The session of that code while it lasts, with the role that its account has now."""
    if not token:
        return None
    sql = """SELECT hash, id, name, role, since, csrf, started, seen FROM session JOIN account ON account = id
        WHERE hash = ? AND seen > ? AND started > ?"""
    rows = file.rows(sql, kept(token), now - IDLE, now - LONGEST)
    found = next((Session(row[0], Account(*row[1:5]), *row[5:]) for row in rows), None)
    if found and found.seen < minute(now):
        with file.change() as conn:
            conn.execute("UPDATE session SET seen = ? WHERE hash = ?", [minute(now), found.key])
    return found


def end(conn: sqlite3.Connection, key: bytes) -> None:
    """Ends one session."""
    conn.execute("DELETE FROM session WHERE hash = ?", [key])


def end_all(conn: sqlite3.Connection, account: int) -> int:
    """Ends every session of an account and knows none of its browsers any more; says how many sessions it were."""
    conn.execute("DELETE FROM device WHERE account = ?", [account])
    return conn.execute("DELETE FROM session WHERE account = ?", [account]).rowcount


def running(file: AccountsFile, now: float) -> dict[int, list[int]]:
    """Account → when each of its sessions started."""
    found: dict[int, list[int]] = {}
    sql = "SELECT account, started FROM session WHERE seen > ? AND started > ? ORDER BY started"
    for account, started in file.rows(sql, now - IDLE, now - LONGEST):
        found.setdefault(account, []).append(started)
    return found


# --- devices ----------------------------------------------------------------------------------------------------------


def know(conn: sqlite3.Connection, account: int, before: str, now: float) -> str:
    """The code by which this browser is known from now on, in the place of the one that it had before, if any."""
    conn.execute("DELETE FROM device WHERE hash = ? OR expires <= ?", [kept(before), now])
    token = new_token()
    expires = int(now // _DAY * _DAY) + DEVICE_FOR
    values = [kept(token), account, expires]
    conn.execute("INSERT INTO device (hash, account, free, expires) VALUES (?, ?, 0, ?)", values)
    return token


def is_known(conn: sqlite3.Connection, token: str, name: str, now: float) -> bool:
    """Whether somebody logged in to that account with this browser before."""
    sql = "SELECT 1 FROM device JOIN account ON account = id WHERE hash = ? AND name = ? AND expires > ?"
    return one(conn, sql, kept(token), name, now) is not None
