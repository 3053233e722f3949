"""The room itself: where the releases stand and where their figures are, and one's own account.

Everything about figures is a function of the releases and the content. No page of the room comes near a counter.
"""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from referral.monitor import years
from referral.publishing import QUARTERS, standing
from web.coordinator import accounts, audit, cookies, guard, sessions
from web.coordinator.entrance import typed
from web.coordinator.guard import COORDINATORS, allowed, page, present
from web.coordinator.joining import BUSY, new_password_faults, renew_recovery
from web.coordinator.login import Refused, confirm, enter
from web.coordinator.room import room
from web.monitor.coming import coming
from web.monitor.downloads import downloads
from web.monitor.formats import FORMATS
from web.running import service

office = Blueprint("coordinator_office", __name__, url_prefix="/coordinator")
guard.install(office)

CHANGED = "Je hebt een ander wachtwoord. Op alle andere computers ben je nu uitgelogd."
SAID = {
    Refused.WRONG: "Dit is niet je wachtwoord van nu.",
    Refused.LATER: "Dit ging te vaak mis. Over een half uur kun je het weer een keer proberen.",
    Refused.BUSY: BUSY,
}


@office.get("/")
@allowed(COORDINATORS)
def overview() -> Response:
    """Where the release of each quarter stands, and the years with their formats."""
    running = service()
    published, reading, today = running.published, running.content.reading, running.settings.now().date()
    quarters = [(year, quarter) for year in (today.year - 1, today.year) for quarter in QUARTERS]
    lines = coming((standing(published, *one, today) for one in quarters), reading)
    files = downloads({name: made.suffix for name, made in FORMATS.items()})
    return page("overview.html", coming=lines, years=years(published), downloads=files)


@office.get("/account")
@allowed(COORDINATORS)
def account() -> Response:
    """One's own account."""
    return _account({})


@office.post("/account/password")
@allowed(COORDINATORS)
def password() -> AnyResponse:
    """Another password. Everybody who was in with the old one is out, and this browser gets a new session."""
    given, mine = typed(), present().account
    wrong = new_password_faults(given["password"], given["again"], mine.name) or _not_mine(given["current"])
    if wrong:
        return _account(wrong, "password")
    kept, now = room().passwords.hash(given["password"]), room().clock()
    with room().file.change() as conn:
        accounts.keep_password(conn, mine.id, kept)
        sessions.end_all(conn, mine.id)
        audit.note(conn, now, mine.name, "changed-password")
        entered = enter(conn, mine, "", now)
    return cookies.give(page("done.html", said=CHANGED), entered)


@office.post("/account/recovery")
@allowed(COORDINATORS)
def recovery() -> AnyResponse:
    """New codes for recovery, shown once."""
    mine = present().account
    if wrong := _not_mine(typed()["current"]):
        return _account(wrong, "recovery")
    with room().file.change() as conn:
        codes = renew_recovery(conn, mine)
        audit.note(conn, room().clock(), mine.name, "renewed-recovery")
    return page("recovery.html", codes=codes, first=False)


@office.post("/account/everywhere")
@allowed(COORDINATORS)
def everywhere() -> AnyResponse:
    """Ends every session of one's own, this one too, and forgets the browsers."""
    with room().file.change() as conn:
        sessions.end_all(conn, present().account.id)
        audit.note(conn, room().clock(), present().account.name, "logged-out-everywhere")
    return cookies.take_back(Response(status=303, headers={"Location": guard.LOGIN}))


def _not_mine(password: str) -> dict[str, str]:
    """What is wrong with the present password that was typed."""
    refused = confirm(room(), present().account, password)
    return {"current": SAID[refused]} if refused else {}


def _account(wrong: dict[str, str], form: str = "") -> Response:
    mine = present().account
    there = sessions.running(room().file, room().clock()).get(mine.id, [])
    left = accounts.recovery_left(room().file, mine.id)
    started = [audit.moment(at) for at in there]
    return page("account.html", 422 if wrong else 200, wrong=wrong, form=form, started=started, left=left)
