"""The headers of every answer: nothing from elsewhere, nothing kept, nothing told to the next page."""

from __future__ import annotations

from flask import Flask, Response, request

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

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
NO_STORE = "no-store"
STATIC_CACHE = "public, max-age=3600"


def install(app: Flask) -> None:
    """Puts the headers on every answer of the app, errors included."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers[name] = value
        is_static = request.endpoint == "static" and response.status_code == 200
        response.headers["Cache-Control"] = STATIC_CACHE if is_static else NO_STORE
        return response
