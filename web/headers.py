"""The headers of every answer: nothing from elsewhere, nothing kept, nothing told to the next page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types meldroute",
    )
)

HEADERS = [
    ("Content-Security-Policy", POLICY),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Robots-Tag", "noindex"),
]
DYNAMIC = [*HEADERS, ("Cache-Control", "no-store")]
STATIC = [*HEADERS, ("Cache-Control", "public, max-age=3600")]
STATIC_PATH = "/static/"


class SafeHeaders:
    """Puts the headers on every answer of an app, errors included; where they would be set twice, ours hold."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The app's answer with the headers."""
        is_static = environ.get("PATH_INFO", "").startswith(STATIC_PATH)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            ours = STATIC if is_static and status.startswith(("200", "304")) else DYNAMIC
            return start_response(status, [h for h in headers if h[0] != "Cache-Control"] + ours, exc_info)

        return self._app(environ, start)
