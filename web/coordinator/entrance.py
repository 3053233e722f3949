"""The ways in and out: logging in, an invitation, logging out."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from web.coordinator import accounts, audit, cookies, guard, sessions
from web.coordinator.codes import enrolment
from web.coordinator.guard import COORDINATORS, EVERYBODY, allowed, page, present
from web.coordinator.joining import Joined, join
from web.coordinator.login import Given, Refused, log_in
from web.coordinator.room import room

entrance = Blueprint("coordinator_entrance", __name__, url_prefix="/coordinator")
guard.install(entrance)

HOME = "/coordinator/"
TYPED = ("name", "password", "again", "code", "invitation", "current")
STATUS = {Refused.WRONG: 403, Refused.LATER: 429, Refused.BUSY: 503}


def typed() -> dict[str, str]:
    """The fields of a form, "" where one is not there."""
    return {name: request.form.get(name, "") for name in TYPED}


@entrance.get("/login")
@allowed(EVERYBODY)
def login() -> AnyResponse:
    """The form; who is in goes on."""
    if guard.me():
        return redirect(HOME, 303)
    return page("login.html", empty=not accounts.accounts(room().file), wrong=None, name="")


@entrance.post("/login")
@allowed(EVERYBODY)
def log_in_now() -> AnyResponse:
    """Lets somebody in, to one place only: no address travels with the form. A session that was there ends."""
    given = typed()
    found = log_in(room(), Given(given["name"].strip(), given["password"], given["code"], cookies.sent()[1]))
    if isinstance(found, Refused):
        empty = not accounts.accounts(room().file)
        return page("login.html", STATUS[found], empty=empty, wrong=found.value, name=given["name"])
    _end_present()
    if found.failures or found.by_recovery:
        return cookies.give(page("greeting.html", found=found), found)
    return cookies.give(_to(HOME), found)


@entrance.post("/logout")
@allowed(COORDINATORS)
def log_out() -> AnyResponse:
    """Ends this session."""
    with room().file.change() as conn:
        sessions.end(conn, present().key)
        audit.note(conn, room().clock(), present().account.name, "logged-out")
    return cookies.take_back(_to(guard.LOGIN))


@entrance.get("/invitation")
@allowed(EVERYBODY)
def invitation() -> Response:
    """Asks for the code of an invitation. It stands behind the # of the link, which no browser sends."""
    return page("invitation.html", wrong=False)


@entrance.post("/invitation")
@allowed(EVERYBODY)
def accept() -> AnyResponse:
    """Shows what an invitation asks for, and makes the account when it was given."""
    given, now = typed(), room().clock()
    code = given["invitation"].rpartition("#")[2].strip()
    found = accounts.invitation_of(room().file, code, now)
    if found is None:
        return page("invitation.html", 403, wrong=True)
    if "password" not in request.form:
        return _ask(found, code, {})
    try:
        made = join(room(), found, code, given, cookies.sent()[1])
    except LookupError:
        return page("invitation.html", 403, wrong=True)
    if not isinstance(made, Joined):
        return _ask(found, code, made)
    _end_present()
    return cookies.give(page("recovery.html", codes=made.recovery, first=True), made.entered)


def _ask(found: accounts.Invitation, code: str, wrong: Mapping[str, str]) -> Response:
    app = enrolment(found.totp, found.name)
    return page("join.html", 422 if wrong else 200, invited=found, code=code, app=app, wrong=wrong)


def _end_present() -> None:
    """Who comes in anew leaves the session that this browser had."""
    if was := guard.me():
        with room().file.change() as conn:
            sessions.end(conn, was.key)


def _to(address: str) -> Response:
    return Response(status=303, headers={"Location": address})
