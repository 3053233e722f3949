"""From an invitation to an account: a password, an app for codes, and codes on paper for when the phone is gone."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from web.coordinator import accounts, audit, sessions
from web.coordinator.accounts import Account, Invitation
from web.coordinator.codes import step_of
from web.coordinator.login import Entered, enter
from web.coordinator.passwords import why_not
from web.coordinator.patience import Busy, Via
from web.coordinator.room import Room
from web.coordinator.tokens import new_recovery_code, plain_code

RECOVERY_CODES = 8
WRONG_CODE = "Deze code klopt niet. Wacht tot je app een nieuwe code laat zien en typ die over."
OTHER_PASSWORD = "De twee wachtwoorden zijn niet gelijk."  # noqa: S105 - what is said of one
BUSY = "Het is nu te druk. Probeer het over een minuut opnieuw."
_NAME = re.compile(r"[a-z\d][a-z\d._@+-]{1,63}", re.ASCII | re.IGNORECASE)


def is_name(name: str) -> bool:
    """Whether an account can be called so: letters, digits and a few signs, as in an address for mail."""
    return bool(_NAME.fullmatch(name)) and name.casefold() != audit.OPERATOR


def invitation_path(code: str) -> str:
    """Where an invitation leads. What stands behind the # is sent to no server, and so stands in no log."""
    return f"/coordinator/invitation#{code}"


@dataclass(frozen=True)
class Joined:
    """An account is there and somebody is in; the codes for recovery are shown now and never again."""

    entered: Entered
    recovery: tuple[str, ...]


def join(
    room: Room, invited: Invitation, invitation: str, typed: Mapping[str, str], device: str
) -> Joined | Mapping[str, str]:
    """Makes the account of an invitation, or says per field what is wrong. Raises LookupError where it was used.

    invitation: its code. typed: password, again, code.
    """
    now, password = room.clock(), typed["password"]
    step = step_of(invited.totp, "".join(typed["code"].split()), now)
    wrong = new_password_faults(password, typed["again"], invited.name)
    if step is None:
        wrong["code"] = WRONG_CODE
    if wrong or step is None:
        return wrong
    try:
        with room.lanes.turn(Via.KNOWN):
            kept = room.passwords.hash(password)
    except Busy:
        return {"password": BUSY}
    there = accounts.account_of(room.file, invited.name)
    with room.file.change() as conn:
        taken = accounts.take_invitation(conn, invitation, now)
        if taken is None:
            raise LookupError
        account = accounts.keep_local(conn, taken, kept, step, audit.day(now))
        sessions.end_all(conn, account.id)
        audit.note(conn, now, account.name, "joined-again" if there else "joined")
        return Joined(enter(conn, account, device, now), renew_recovery(conn, account))


def new_password_faults(password: str, again: str, name: str) -> dict[str, str]:
    """What is wrong with a new password that was typed twice, by field."""
    wrong = {}
    if fault := why_not(password, name):
        wrong["password"] = fault
    elif password != again:
        wrong["again"] = OTHER_PASSWORD
    return wrong


def renew_recovery(conn: sqlite3.Connection, account: Account) -> tuple[str, ...]:
    """New codes for recovery, to be shown once; earlier ones no longer work."""
    codes = tuple(new_recovery_code() for _ in range(RECOVERY_CODES))
    accounts.keep_recovery(conn, account.id, map(plain_code, codes))
    return codes
