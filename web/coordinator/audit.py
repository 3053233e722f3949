"""What coordinators did, by the minute: never what a visitor did, and never a failed attempt by somebody unknown."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from web.coordinator.file import AccountsFile
from web.coordinator.sessions import minute

KEEP = 365 * 24 * 3600
"""Seconds that a line stays."""
OPERATOR = "operator"
"""Who works on the command line of the server. No account can be called so."""
SAID: Mapping[str, str] = {
    "invited": "nodigde {about} uit",
    "withdrew": "trok de uitnodiging van {about} in",
    "joined": "maakte het eigen account",
    "joined-again": "stelde het eigen account opnieuw in",
    "logged-in": "logde in",
    "logged-in-by-recovery": "logde in met een herstelcode",
    "logged-out": "logde uit",
    "logged-out-everywhere": "logde overal uit",
    "revoked": "logde {about} overal uit",
    "changed-password": "koos een ander wachtwoord",
    "renewed-recovery": "maakte nieuwe herstelcodes",
    "removed": "verwijderde het account van {about}",
}
"""Every act that is written down, in words."""
_ZONE = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class Line:
    """One act: when, in Amsterdam, who, and in words what."""

    when: str
    who: str
    what: str


def note(conn: sqlite3.Connection, now: float, who: str, what: str, about: str = "") -> None:
    """Writes an act of SAID down; lines that had their time go."""
    if what not in SAID:
        raise KeyError(what)
    conn.execute("DELETE FROM audit WHERE minute < ?", [now - KEEP])
    conn.execute("INSERT INTO audit (minute, who, what, about) VALUES (?, ?, ?, ?)", [minute(now), who, what, about])


def lines(file: AccountsFile, most: int = 500) -> list[Line]:
    """The last ones, the newest first."""
    found = file.rows("SELECT minute, who, what, about FROM audit ORDER BY id DESC LIMIT ?", most)
    return [Line(moment(at), who, SAID.get(what, what).format(about=about)) for at, who, what, about in found]


def moment(at: float) -> str:
    """A moment as it is shown: "24-11-2026 16:05"."""
    return datetime.datetime.fromtimestamp(at, _ZONE).strftime("%d-%m-%Y %H:%M")


def day(at: float) -> str:
    """The day of a moment in Amsterdam, as it is kept."""
    return datetime.datetime.fromtimestamp(at, _ZONE).date().isoformat()
