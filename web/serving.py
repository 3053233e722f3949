"""`meldroute serve`: the production server on the embedded database, with the clock that looks after the store."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
import time

from waitress.server import create_server

from referral.counter import Counter
from referral.store import Store
from referral.tickets import Tickets
from web import create_app
from web.service import Content, Service, load_content
from web.settings import Settings

THREADS = 8
TICK = 60.0
"""Seconds between two looks at the clock: epochs of tickets, a new year, counts that wait."""


def open_store(settings: Settings, content: Content, create: bool = True) -> Store:
    """The store of an installation; the declared tables come from its content."""
    return Store(settings.database, content.tables, create=create)


def serve(settings: Settings, host: str, port: int) -> int:
    """Serves until it is told to stop (SIGTERM or Ctrl-C). Raises CardError where the content is broken."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    content = load_content(settings)
    counter = Counter(open_store(settings, content))
    app = create_app(Service(settings, content, counter, Tickets.beside(settings.database)))
    stop = threading.Event()
    clock = threading.Thread(target=_watch_clock, args=(counter, settings, stop), daemon=True)
    clock.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        print(f"meldroute: cannot listen on {host}:{port}: {error.strerror}", file=sys.stderr)
        return 1
    server = create_server(app, sockets=[listener], threads=THREADS, ident=None)
    print(f"meldroute listens on http://{host}:{listener.getsockname()[1]}/", flush=True)
    try:
        server.run()
    finally:
        stop.set()
        counter.close()
    return 0


def _watch_clock(counter: Counter, settings: Settings, stop: threading.Event) -> None:
    while True:
        counter.tick(time.time(), settings.now().date())
        if stop.wait(TICK):
            return
