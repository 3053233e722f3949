"""`meldroute serve`: the production server on the embedded database, with the clock that looks after the store."""

from __future__ import annotations

import logging
import signal
import socket
import sqlite3
import sys
import threading
import time

from waitress.server import create_server

from referral.counter import Counter
from referral.datafiles import StoreError
from referral.store import Store
from referral.tickets import Tickets
from web import LARGEST_REQUEST, create_app
from web.service import Content, Service, load_content
from web.settings import Settings

THREADS = 8
logger = logging.getLogger("meldroute")
TICK = 60.0
"""Seconds between two looks at the clock: epochs of tickets, a new year, counts that wait."""


def open_store(settings: Settings, content: Content, create: bool = True) -> Store:
    """The store of an installation; the declared tables come from its content."""
    return Store(settings.database, content.tables, create=create)


class CannotServe(Exception):
    """Something about the machine keeps the server from starting; the message says what and what to do."""


def serve(settings: Settings, host: str, port: int) -> int:
    """Serves until it is told to stop (SIGTERM or Ctrl-C).

    Raises CardError where the content is broken, CannotServe where the data folder or the address is.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    # It would write a line when requests queue, and so date the visits of a busy moment.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    content = load_content(settings)
    counter, tickets = _counting(settings, content)
    listener = _listen(host, port)
    server = create_server(
        create_app(Service(settings, content, counter, tickets)),
        sockets=[listener],
        threads=THREADS,
        ident=None,
        max_request_body_size=LARGEST_REQUEST,
    )
    stop = threading.Event()
    threading.Thread(target=_watch_clock, args=(counter, settings, stop), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if settings.today:
        logger.warning("the clock stands still at %s; contacts are counted in %s", settings.today, settings.database)
    print(f"meldroute listens on http://{host}:{listener.getsockname()[1]}/", flush=True)
    try:
        server.run()
    finally:
        stop.set()
        waiting = counter.waiting
        if not counter.close():
            logger.error("%d counts could not be written and are lost: %s", waiting, counter.problem)
    return 0


def _counting(settings: Settings, content: Content) -> tuple[Counter, Tickets]:
    """The counter and its tickets. A store that is only busy is no reason not to start: counts can wait."""
    folder = settings.database.resolve().parent
    if not folder.is_dir():
        raise CannotServe(f"the folder {folder} does not exist: make it, or set MELDROUTE_DATABASE")
    store = open_store(settings, content)
    try:
        store.prepare(settings.now().date())
    except StoreError as error:
        raise CannotServe(f"cannot count in {settings.database}: {error}") from error
    except (sqlite3.Error, OSError) as error:
        logger.warning("cannot count yet, counts wait in memory: %s", error)
    try:
        return Counter(store), Tickets.beside(settings.database)
    except (StoreError, OSError) as error:
        raise CannotServe(f"cannot use the key beside {settings.database}: {error}") from error


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise CannotServe(f"cannot listen on {host}:{port}: {error.strerror}") from error


def _watch_clock(counter: Counter, settings: Settings, stop: threading.Event) -> None:
    while True:
        counter.tick(time.time(), settings.now().date())
        if counter.problem:
            logger.warning("cannot count, counts wait in memory: %s", counter.problem)
        if stop.wait(TICK):
            return
