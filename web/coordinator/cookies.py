"""The one cookie of the room: the code of a session and the code by which the browser is known, with a dot between.

The second part stays after logging out. It says only that somebody came in with this browser before.
"""

from __future__ import annotations

import re

from flask import Response, request

from web.coordinator.login import Entered
from web.coordinator.sessions import DEVICE_FOR

SECURE, RELAXED = "__Host-meldroute", "meldroute"
_THIS_MACHINE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")


def is_relaxed() -> bool:
    """Whether the page is looked at on the machine itself, without TLS: the cookie cannot ask for it then."""
    return request.scheme == "http" and bool(_THIS_MACHINE.fullmatch(request.host))


def sent() -> tuple[str, str]:
    """The codes of the session and of the browser as they came, "" for what did not."""
    session, _, device = request.cookies.get(RELAXED if is_relaxed() else SECURE, "").partition(".")
    return session, device


def give(response: Response, entered: Entered) -> Response:
    """Sends both codes along."""
    return _set(response, f"{entered.session}.{entered.device}")


def take_back(response: Response) -> Response:
    """Takes the code of the session back; the browser stays known."""
    return _set(response, f".{sent()[1]}")


def _set(response: Response, value: str) -> Response:
    relaxed = is_relaxed()
    response.set_cookie(
        RELAXED if relaxed else SECURE,
        value,
        max_age=DEVICE_FOR,
        secure=not relaxed,
        httponly=True,
        samesite="Strict",
        path="/",
    )
    return response
