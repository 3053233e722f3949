"""The headers of every answer: nothing from elsewhere, nothing kept, nothing told to the next page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

RULES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "meldroute",
}
ALWAYS = [
    ("Strict-Transport-Security", "max-age=31536000"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("X-Robots-Tag", "noindex"),
]
UNFRAMED = ("X-Frame-Options", "DENY")
"""Older browsers know no list of who may frame a page: it stands with every page that nobody may."""

FRAME = "/embed/frame"
EMBED = "/embed"
"""Below it stands what a page of somebody else loads: the script of the widget, and the dialogue for its frame."""
POLICY_KEY = "meldroute.policy"
"""Where a view leaves rules of its own for the one page that it answers with."""


def policy(**changes: str) -> str:
    """The Content-Security-Policy, with other values for some rules (`frame_src` stands for `frame-src`)."""
    rules = RULES | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SafeHeaders:
    """Puts the headers on every answer of an app, errors included; where they would be set twice, ours hold."""

    def __init__(self, app: WSGIApplication, embedders: Sequence[str]) -> None:
        self._app = app
        self._plain = [("Content-Security-Policy", policy()), UNFRAMED]
        self._framed = [("Content-Security-Policy", policy(frame_ancestors=" ".join(embedders)))]
        if not embedders:
            self._framed = self._plain

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The app's answer with the headers."""
        path = environ.get("PATH_INFO", "")

        def start(status: str, headers: Headers, exc_info: Any = None) -> Any:
            return start_response(status, [*_kept(status, headers), *ALWAYS, *self._of(path, environ)], exc_info)

        return self._app(environ, start)

    def _of(self, path: str, environ: WSGIEnvironment) -> Headers:
        """The headers that hang on the place: who may frame it, and who may load it."""
        shared = [("Cross-Origin-Resource-Policy", "cross-origin" if path.startswith(EMBED) else "same-origin")]
        if POLICY_KEY in environ:
            return [*shared, ("Content-Security-Policy", environ[POLICY_KEY]), UNFRAMED]
        return [*shared, *(self._framed if path == FRAME else self._plain)]


def _kept(status: str, headers: Headers) -> Headers:
    """The app's own headers. Only what a view said anybody may keep is kept, and only where it went well."""
    ours = [(name, value) for name, value in headers if name != "Cache-Control"]
    said = next((value for name, value in headers if name == "Cache-Control"), "")
    good = said.startswith("public") and status.startswith(("200", "304"))
    return [*ours, ("Cache-Control", said if good else "no-store")]
