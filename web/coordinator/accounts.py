"""Accounts, invitations, and what a local login needs, as rows of the accounts' file. Every function takes its
transaction: what belongs together is kept together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from web.coordinator.codes import new_secret
from web.coordinator.file import AccountsFile, one
from web.coordinator.tokens import kept, new_token

READER, ADMINISTRATOR = ROLES = ("reader", "administrator")
VALID_FOR = 72 * 3600
"""Seconds in which an invitation can be used."""


@dataclass(frozen=True)
class Account:
    """Somebody who may come in. since: the day."""

    id: int
    name: str
    role: str
    since: str


@dataclass(frozen=True)
class Invitation:
    """Somebody who may make an account, until `expires`, with this secret for the app."""

    name: str
    role: str
    totp: str
    expires: int


@dataclass(frozen=True)
class LocalLogin:
    """How somebody logs in here: the hash of the password, the secret of the app, failures since the last login."""

    account: Account
    password: str
    totp: str
    failures: int


_ACCOUNT = "SELECT account.id, account.name, role, since FROM account"


def accounts(file: AccountsFile) -> list[Account]:
    """Everybody, by name."""
    return [Account(*row) for row in file.rows(f"{_ACCOUNT} ORDER BY name")]


def account_of(file: AccountsFile, name: str) -> Account | None:
    """The account of that name, however its letters are written."""
    return next((Account(*row) for row in file.rows(f"{_ACCOUNT} WHERE name = ?", name)), None)


def remove(conn: sqlite3.Connection, name: str) -> bool:
    """Removes the account with its logins, sessions and devices; says whether it was there."""
    return conn.execute("DELETE FROM account WHERE name = ?", [name]).rowcount > 0


# --- invitations ------------------------------------------------------------------------------------------------------


def invite(conn: sqlite3.Connection, name: str, role: str, now: float) -> str:
    """The code of a new invitation. An earlier one for the same name can no longer be used."""
    withdraw(conn, name)
    conn.execute("DELETE FROM invitation WHERE expires <= ?", [now])
    code = new_token()
    values = [kept(code), name, role, new_secret(), int(now) + VALID_FOR]
    conn.execute("INSERT INTO invitation (hash, name, role, totp, expires) VALUES (?, ?, ?, ?, ?)", values)
    return code


def withdraw(conn: sqlite3.Connection, name: str) -> bool:
    """Makes an invitation worthless; says whether there was one."""
    return conn.execute("DELETE FROM invitation WHERE name = ?", [name]).rowcount > 0


def invitations(file: AccountsFile, now: float) -> list[Invitation]:
    """Those that can still be used, by name."""
    found = file.rows("SELECT name, role, totp, expires FROM invitation WHERE expires > ? ORDER BY name", now)
    return [Invitation(*row) for row in found]


def invitation_of(file: AccountsFile, code: str, now: float) -> Invitation | None:
    """The invitation of that code, while it can be used."""
    sql = "SELECT name, role, totp, expires FROM invitation WHERE hash = ? AND expires > ?"
    return next((Invitation(*row) for row in file.rows(sql, kept(code), now)), None)


def take_invitation(conn: sqlite3.Connection, code: str, now: float) -> Invitation | None:
    """The same, and the invitation is used with it: nobody else gets it."""
    sql = "DELETE FROM invitation WHERE hash = ? AND expires > ? RETURNING name, role, totp, expires"
    row = one(conn, sql, kept(code), now)
    return Invitation(*row) if row else None


# --- local logins -----------------------------------------------------------------------------------------------------


def keep_local(conn: sqlite3.Connection, invited: Invitation, password: str, step: int, today: str) -> Account:
    """The account of an invitation with a way to log in here. One of that name gets this in the place of its own.

    password: its hash. step: of the code that was given, which works no second time.
    """
    conn.execute(
        "INSERT INTO account (name, role, since) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET role = excluded.role",
        [invited.name, invited.role, today],
    )
    found = one(conn, f"{_ACCOUNT} WHERE name = ?", invited.name)
    if found is None:
        raise AssertionError("an account that was kept is there")
    account = Account(*found)
    conn.execute(
        "INSERT OR REPLACE INTO local_login (account, password, totp, last_step) VALUES (?, ?, ?, ?)",
        [account.id, password, invited.totp, step],
    )
    return account


def local_login(file: AccountsFile, name: str) -> LocalLogin | None:
    """How the account of that name logs in here, if it does."""
    sql = """SELECT account.id, account.name, role, since, password, totp, failures
        FROM account JOIN local_login ON account = account.id WHERE name = ?"""
    return next((LocalLogin(Account(*row[:4]), *row[4:]) for row in file.rows(sql, name)), None)


def keep_password(conn: sqlite3.Connection, account: int, password: str) -> None:
    """Another password; `password` is its hash."""
    conn.execute("UPDATE local_login SET password = ? WHERE account = ?", [password, account])


def count_failure(conn: sqlite3.Connection, name: str, by: int = 1) -> None:
    """One failure more for that name, if it is somebody's; by: -1 takes one back."""
    sql = "UPDATE local_login SET failures = failures + ? WHERE account = (SELECT id FROM account WHERE name = ?)"
    conn.execute(sql, [by, name])


def forget_failures(conn: sqlite3.Connection, account: int) -> None:
    """After a login they were told."""
    conn.execute("UPDATE local_login SET failures = 0 WHERE account = ?", [account])


def spend_step(conn: sqlite3.Connection, account: int, step: int) -> bool:
    """Whether a code of that step may be used now: each works once, and none from before the last."""
    sql = "UPDATE local_login SET last_step = ? WHERE account = ? AND last_step < ?"
    return conn.execute(sql, [step, account, step]).rowcount > 0


def keep_recovery(conn: sqlite3.Connection, account: int, codes: Iterable[str]) -> None:
    """Hashes of codes for who has no phone at hand; earlier ones no longer work. codes: without dashes."""
    conn.execute("DELETE FROM recovery WHERE account = ?", [account])
    conn.executemany("INSERT INTO recovery (hash, account) VALUES (?, ?)", [(kept(code), account) for code in codes])


def spend_recovery(conn: sqlite3.Connection, account: int, code: str) -> bool:
    """Whether it is a code that is left; it works once."""
    sql = "DELETE FROM recovery WHERE hash = ? AND account = ?"
    return conn.execute(sql, [kept(code), account]).rowcount > 0


def recovery_left(file: AccountsFile, account: int) -> int:
    """How many such codes somebody has left."""
    return int(sum(number for (number,) in file.rows("SELECT count(*) FROM recovery WHERE account = ?", account)))
