"""Who may do what: every route of the room names the roles that it lets in; one that names none lets in nobody."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from locales import SOURCE_LANGUAGE, words
from web.coordinator.accounts import ADMINISTRATOR, ROLES
from web.coordinator.cookies import is_relaxed, sent
from web.coordinator.room import room
from web.coordinator.sessions import Session, session_of

ANYBODY = "anybody"
"""Somebody who is not in."""
EVERYBODY = frozenset({ANYBODY, *ROLES})
COORDINATORS = frozenset(ROLES)
ADMINISTRATORS = frozenset({ADMINISTRATOR})
LOGIN = "/coordinator/login"
_ALLOWED = "meldroute_allowed"
_SAFE = ("GET", "HEAD", "OPTIONS")

View = TypeVar("View", bound=Callable[..., Any])


def allowed(roles: frozenset[str]) -> Callable[[View], View]:
    """Names who may use a view."""

    def mark(view: View) -> View:
        setattr(view, _ALLOWED, roles)
        return view

    return mark


def roles_of(endpoint: str) -> frozenset[str]:
    """Who may use an endpoint of the running app."""
    found: frozenset[str] = getattr(current_app.view_functions.get(endpoint), _ALLOWED, frozenset())
    return found


def install(blueprint: Blueprint) -> None:
    """Puts the guard before every view of the blueprint."""
    blueprint.before_request(_guard)


def me() -> Session | None:
    """The session of the request."""
    found: Session | None = g.get("coordinator")
    return found


def present() -> Session:
    """The same, in a view that only coordinators reach."""
    if (found := me()) is None:
        raise AssertionError("the guard let somebody through who is not in")
    return found


def page(template: str, status: int = 200, **shown: object) -> Response:
    """A page of the room."""
    around = {"_": words(SOURCE_LANGUAGE), "me": me(), "relaxed": is_relaxed(), "ADMINISTRATOR": ADMINISTRATOR}
    return Response(render_template(f"coordinator/{template}", **around, **shown), status)


def _guard() -> AnyResponse | None:
    """An answer where the request goes no further."""
    changes, roles = request.method not in _SAFE, roles_of(request.endpoint or "")
    if changes and not _from_our_page():
        return _refuse("elsewhere")
    g.coordinator = session_of(room().file, sent()[0], room().clock())
    found = me()
    if found is None:
        return None if ANYBODY in roles else redirect(LOGIN, 303)
    if found.account.role not in roles:
        return _refuse("role")
    if changes and not hmac.compare_digest(request.form.get("csrf", "").encode(), found.csrf.encode()):
        return _refuse("form")
    return None


def _from_our_page() -> bool:
    """Whether a form of our own pages sent it. Browsers say so in Sec-Fetch-Site.

    Origin is for those that do not. They hide it on our pages, which send no referrer: so without either it is refused.
    """
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site == "same-origin"
    return request.headers.get("Origin") in (f"https://{request.host}", f"http://{request.host}")


def _refuse(why: str) -> Response:
    return page("refused.html", 403, why=why)
