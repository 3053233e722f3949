"""Sites of somebody else on loopback: pages with the widget in them, under a policy of their own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STRICT = (
    "default-src 'none'; script-src {home}; frame-src {home}; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; report-uri /violations"
)
"""The strictest policy that a site may have, with the two entries that it adds for the widget."""


@dataclass
class Site:
    """A running site. url: its address, under another name than the one that the dialogue has.

    pages: path → HTML; policy: the Content-Security-Policy of all of them. asked: the paths that were requested.
    """

    url: str
    pages: dict[str, str]
    policy: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def hosting(pages: Mapping[str, str] | None = None, policy: str = "") -> Iterator[Site]:
    """A site on a free port of `localhost`, which is another origin and another site than `127.0.0.1`."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            body = site.pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if site.policy:
                self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    site = Site(f"http://localhost:{server.server_port}", dict(pages or {}), policy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def page_with(*parts: str, language: str = "nl", direction: str = "ltr") -> str:
    """A page of somebody else around the widget."""
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Voetbalclub</title></head>'
        f"<body><main><h1>Over ons</h1>{''.join(parts)}<p>{'Nog een alinea. ' * 200}</p></main></body></html>"
    )
