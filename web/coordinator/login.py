"""Logging in with a name, a password and a code. Whatever is wrong is said in one way and takes the same work.

Another way of logging in, such as an identity provider, ends in `enter` as well: from there on sessions, roles and the
audit log are the same.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from enum import Enum

from web.coordinator import accounts, audit, patience, sessions
from web.coordinator.accounts import Account, LocalLogin
from web.coordinator.codes import is_code, step_of
from web.coordinator.room import Room
from web.coordinator.tokens import plain_code

_NOBODY = -1
"""No account has this number: what is asked of it is always refused."""


@dataclass(frozen=True)
class Entered:
    """Somebody is in: the codes of the session and of the browser, and what there is to tell.

    failures: tries that failed since the last login. by_recovery: a code for recovery was used.
    """

    session: str
    device: str
    failures: int = 0
    by_recovery: bool = False


class Refused(Enum):
    """Why nobody is in: something is wrong, there were too many tries, or too many try just now."""

    WRONG = "wrong"
    LATER = "later"
    BUSY = "busy"


@dataclass(frozen=True)
class Given:
    """What was typed, and the code of the browser from an earlier login, or ""."""

    name: str
    password: str
    code: str
    device: str = ""


def log_in(room: Room, given: Given) -> Entered | Refused:
    """Lets somebody in. A try is taken before anything is compared, so that many at once are no way around it.

    Whether the name, the password or the code is wrong, the same statements run, in the same order.
    """
    if not room.file.there():
        return Refused.WRONG
    now = room.clock()
    local = accounts.local_login(room.file, given.name)
    with room.file.change() as conn:
        via = patience.take(conn, given.name, given.device, now)
        if via is None:
            return Refused.LATER
        accounts.count_failure(conn, given.name)
    try:
        with room.lanes.turn(via):
            good = room.passwords.fits(local.password if local else None, given.password)
    except patience.Busy:
        with room.file.change() as conn:
            patience.put_back(conn, given.name, given.device, via)
            accounts.count_failure(conn, given.name, -1)
        return Refused.BUSY
    step = step_of(local.totp if local else None, _digits(given.code), now)
    entered = _enter_local(room, local, given, via, (local.account.id if local and good else _NOBODY), step)
    if local and isinstance(entered, Entered) and room.passwords.is_old(local.password):
        fresh = room.passwords.hash(given.password)
        with room.file.change() as conn:
            accounts.keep_password(conn, local.account.id, fresh)
    return entered


def _digits(code: str) -> str:
    """Apps show two groups of three, and people type them so."""
    return "".join(code.split())


def _enter_local(
    room: Room, local: LocalLogin | None, given: Given, via: patience.Via, account: int, step: int | None
) -> Entered | Refused:
    """Uses up the second factor in the transaction that lets somebody in. account: _NOBODY where the first is wrong."""
    now, by_recovery = room.clock(), not is_code(_digits(given.code))
    with room.file.change() as conn:
        if by_recovery:
            spent = accounts.spend_recovery(conn, account, plain_code(given.code))
        else:
            spent = accounts.spend_step(conn, account, step or 0)
        if local is None or not spent:
            return Refused.WRONG
        patience.give_back(conn, given.name, via)
        accounts.forget_failures(conn, account)
        audit.note(conn, now, local.account.name, "logged-in-by-recovery" if by_recovery else "logged-in")
        entered = enter(conn, local.account, given.device, now)
    return replace(entered, failures=local.failures, by_recovery=by_recovery)


def enter(conn: sqlite3.Connection, account: Account, device: str, now: float) -> Entered:
    """A new session under a new code, whatever the browser sent, and the browser known by a new code."""
    return Entered(sessions.start(conn, account.id, now), sessions.know(conn, account.id, device, now))


def confirm(room: Room, account: Account, password: str) -> Refused | None:
    """Whether somebody who is in knows the password of the account too: None where that is so."""
    now, local = room.clock(), accounts.local_login(room.file, account.name)
    own = -account.id  # a place that no name shares: nobody outside can use these tries up
    with room.file.change() as conn:
        if not patience.take_at(conn, own, now):
            return Refused.LATER
    try:
        with room.lanes.turn(patience.Via.KNOWN):
            good = room.passwords.fits(local.password if local else None, password)
    except patience.Busy:
        return Refused.BUSY
    if not good:
        return Refused.WRONG
    with room.file.change() as conn:
        patience.forget(conn, own)
    return None
