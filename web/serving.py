"""`meldroute serve`: the production server on the embedded database, with the clock that looks after the store."""

from __future__ import annotations

import logging
import signal
import sys

from waitress.server import create_server

from bot.door import CannotServe as CannotServe
from bot.door import close_counters, listen, load_content, open_counters, watch_clock
from bot.door import open_store as open_store
from web import LARGEST_REQUEST, create_app
from web.service import Service
from web.settings import Settings

THREADS = 8
logger = logging.getLogger("meldroute")


def serve(settings: Settings, host: str, port: int) -> int:
    """Serves until it is told to stop (SIGTERM or Ctrl-C).

    Raises CardError where the content is broken, CannotServe where the data folder or the address is.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    # It would write a line when requests queue, and so date the visits of a busy moment.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    content = load_content(settings)
    counter, tickets = open_counters(settings, content)
    listener = listen(host, port)
    service = Service(settings, content, counter, tickets)
    server = create_server(
        create_app(service),
        sockets=[listener],
        threads=THREADS,
        ident=None,
        max_request_body_size=LARGEST_REQUEST,
    )
    stop = watch_clock(counter, settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if service.demonstration:
        logger.warning("this is a demonstration: all figures are made up, and nobody is counted")
    elif not settings.counting:
        logger.warning("nothing is counted: MELDROUTE_COUNTING is off")
    if settings.today:
        logger.warning("the clock stands still at %s; contacts are counted in %s", settings.today, settings.database)
    print(f"meldroute listens on http://{host}:{listener.getsockname()[1]}/", flush=True)
    try:
        server.run()
    finally:
        stop.set()
        close_counters(counter)
    return 0
