"""What administrators look after: accounts, sessions, invitations, and the log of what coordinators did."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from web.coordinator import accounts, audit, guard, sessions
from web.coordinator.accounts import ROLES
from web.coordinator.cookies import is_relaxed
from web.coordinator.guard import ADMINISTRATORS, allowed, page, present
from web.coordinator.joining import invitation_path, is_name
from web.coordinator.room import room

administration = Blueprint("coordinator_administration", __name__, url_prefix="/coordinator")
guard.install(administration)

BAD_NAME = "Gebruik 2 tot 64 tekens: letters, cijfers of . _ @ + - en geen spatie."
BAD_ROLE = "Kies een rol."
THERE = "Er is al een account met deze naam. Kruis aan dat het opnieuw mag worden ingesteld."


@administration.get("/accounts")
@allowed(ADMINISTRATORS)
def overview() -> Response:
    """Who has an account, who is in, and who is invited."""
    return _accounts({})


@administration.post("/accounts/invite")
@allowed(ADMINISTRATORS)
def invite() -> AnyResponse:
    """Makes an invitation and shows its link once."""
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    wrong = {}
    if not is_name(name):
        wrong["name"] = BAD_NAME
    elif accounts.account_of(room().file, name) and not request.form.get("again"):
        wrong["name"] = THERE
    if role not in ROLES:
        wrong["role"] = BAD_ROLE
    if wrong:
        return _accounts(wrong, name)
    with room().file.change() as conn:
        code = accounts.invite(conn, name, role, room().clock())
        audit.note(conn, room().clock(), present().account.name, "invited", name)
    link = f"{'http' if is_relaxed() else 'https'}://{request.host}{invitation_path(code)}"
    return page("invited.html", name=name, link=link)


@administration.post("/accounts/withdraw")
@allowed(ADMINISTRATORS)
def withdraw() -> AnyResponse:
    """Makes an invitation worthless."""
    name = request.form.get("name", "")
    with room().file.change() as conn:
        if accounts.withdraw(conn, name):
            audit.note(conn, room().clock(), present().account.name, "withdrew", name)
    return _back()


@administration.post("/accounts/revoke")
@allowed(ADMINISTRATORS)
def revoke() -> AnyResponse:
    """Ends every session of an account and forgets its browsers."""
    if found := accounts.account_of(room().file, request.form.get("name", "")):
        with room().file.change() as conn:
            sessions.end_all(conn, found.id)
            audit.note(conn, room().clock(), present().account.name, "revoked", found.name)
    return _back()


@administration.post("/accounts/remove")
@allowed(ADMINISTRATORS)
def remove() -> AnyResponse:
    """Removes an account, and an invitation for it. Never one's own: so an administrator is always left."""
    found = accounts.account_of(room().file, request.form.get("name", ""))
    if found and found.id != present().account.id:
        with room().file.change() as conn:
            accounts.withdraw(conn, found.name)
            accounts.remove(conn, found.name)
            audit.note(conn, room().clock(), present().account.name, "removed", found.name)
    return _back()


@administration.get("/log")
@allowed(ADMINISTRATORS)
def log() -> Response:
    """What coordinators did in the last year."""
    return page("log.html", lines=audit.lines(room().file))


def _accounts(wrong: dict[str, str], name: str = "") -> Response:
    file, now = room().file, room().clock()
    running = sessions.running(file, now)
    everybody = [(one, [audit.moment(at) for at in running.get(one.id, [])]) for one in accounts.accounts(file)]
    invited = [(one, audit.moment(one.expires)) for one in accounts.invitations(file, now)]
    status = 422 if wrong else 200
    return page("accounts.html", status, everybody=everybody, invited=invited, wrong=wrong, name=name)


def _back() -> Response:
    return Response(status=303, headers={"Location": "/coordinator/accounts"})
