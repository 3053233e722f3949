"""How often somebody may try to log in. It slows down who guesses, and cannot be used to keep somebody else out.

A browser that somebody logged in with before has tries of its own for that account. All other browsers share the tries
for a name. So who fills those up keeps out nobody but browsers that never came in. Why it is so: docs/adr/0013.
No network address is looked at, and no name that was typed is kept: a name is one of some thousand places, whether an
account has it or not.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from web.coordinator.file import one
from web.coordinator.sessions import is_known
from web.coordinator.tokens import kept

AT_ONCE = 5
PACE = 30 * 60
"""Tries that can be made at once, and seconds until there is one more."""
_PLACES = 4096
_WAIT = 8.0
"""Seconds that a try waits for the one before it."""


class Via(Enum):
    """Whose tries are used: those of a known browser, or those of all others."""

    KNOWN = "known"
    UNKNOWN = "unknown"


class Busy(Exception):
    """Too many try at the same time."""


def place_of(name: str) -> int:
    """The place where tries for a name are counted. Two names can share one."""
    return int.from_bytes(hashlib.sha256(name.strip().casefold().encode()).digest()[:8], "big") % _PLACES


def take(conn: sqlite3.Connection, name: str, device: str, now: float) -> Via | None:
    """Takes one try for a name, before anything is compared; None where there is none left."""
    if is_known(conn, device, name, now):
        row = one(conn, "SELECT free FROM device WHERE hash = ?", kept(device))
        if (free := _next(row[0] if row else 0, now)) is not None:
            conn.execute("UPDATE device SET free = ? WHERE hash = ?", [free, kept(device)])
            return Via.KNOWN
    return Via.UNKNOWN if take_at(conn, place_of(name), now) else None


def take_at(conn: sqlite3.Connection, place: int, now: float) -> bool:
    """Takes one of the tries of a place; False where there is none left."""
    row = one(conn, "SELECT free FROM attempt WHERE place = ?", place)
    free = _next(row[0] if row else 0, now)
    if free is None:
        return False
    conn.execute("DELETE FROM attempt WHERE free <= ?", [now])
    conn.execute("INSERT OR REPLACE INTO attempt (place, free) VALUES (?, ?)", [place, free])
    return True


def _next(free: int, now: float) -> int | None:
    """When all tries will be there again after one more; None where that one is not there."""
    start = max(free, int(now))
    return None if start - now > (AT_ONCE - 1) * PACE else start + PACE


def give_back(conn: sqlite3.Connection, name: str, via: Via) -> None:
    """After a good login all tries are there again. Those of the browser go with its old code."""
    if via is Via.UNKNOWN:
        forget(conn, place_of(name))


def put_back(conn: sqlite3.Connection, name: str, device: str, via: Via) -> None:
    """Puts one try back, where nothing was compared after all. Only that one: being busy gives no more tries."""
    if via is Via.KNOWN:
        conn.execute("UPDATE device SET free = free - ? WHERE hash = ?", [PACE, kept(device)])
    else:
        conn.execute("UPDATE attempt SET free = free - ? WHERE place = ?", [PACE, place_of(name)])


def forget(conn: sqlite3.Connection, place: int) -> None:
    """All tries of a place are there again."""
    conn.execute("DELETE FROM attempt WHERE place = ?", [place])


class Lanes:
    """Passwords are compared one at a time in each lane, and few may wait: guessing must not take the dialogue's cores,
    memory or threads. Known browsers have a lane of their own."""

    def __init__(self, waiting: int = 2) -> None:
        self._lanes = {via: (threading.BoundedSemaphore(waiting), threading.Lock()) for via in Via}

    @contextmanager
    def turn(self, via: Via) -> Iterator[None]:
        """One's turn to compare. Raises Busy."""
        waiting, working = self._lanes[via]
        if not waiting.acquire(blocking=False):
            raise Busy
        try:
            if not working.acquire(timeout=_WAIT):
                raise Busy
            try:
                yield
            finally:
                working.release()
        finally:
            waiting.release()
