"""What every door shares: the content, one turn with its only effect, and the counters behind it.

The dialogue is pure, and a referral is counted once per ticket.
"""

from __future__ import annotations

import datetime
import logging
import socket
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.conversation import Answers, Turn, take_turn
from bot.installation import Installation
from bot.reachable import check_alarm, check_reachable
from bot.script import Script, load_script
from bot.understanding import Understanding
from referral.backup import stay
from referral.card import load_card
from referral.counter import Counter
from referral.counts import Tally, load_tables, tally
from referral.datafiles import StoreError
from referral.demonstration import is_demonstration
from referral.facts import SIGNALS
from referral.model import Referral, RouteCard
from referral.monitor import shipped_imports
from referral.published import Published
from referral.reading import Reading, load_reading
from referral.store import Store
from referral.tables import Tables
from referral.tallying import check_tallies, counted_facts, places_of
from referral.tickets import Tickets

logger = logging.getLogger("meldroute")
TICK = 60.0
"""Seconds between two looks at the clock: epochs of tickets, a new year, counts that wait."""


class CannotServe(Exception):
    """Something about the machine keeps a server from starting; the message says what and what to do."""


@dataclass(frozen=True)
class Taken:
    """A turn together with its ticket and whether that ticket's count is durable."""

    turn: Turn
    ticket: str
    counted: bool


@dataclass(frozen=True)
class Content:
    """The card, the script, the declared tables and how they read, checked against each other.

    partners: the figures of partners that come with the content, as CSV by name.
    """

    card: RouteCard
    script: Script
    tables: Tables
    reading: Reading
    partners: Mapping[str, str]


def load_content(settings: Installation) -> Content:
    """Everything that start-up reads and checks. Raises CardError at the first thing that is wrong."""
    card = load_card(settings.content)
    script = load_script(card, settings.questions)
    check_reachable(card, script)
    check_alarm(card, settings.now().date())
    tables = load_tables(card.indications, lambda year: places_of(card, year), settings.content)
    check_tallies(card, tables)
    reading = load_reading(card, tables, settings.content)
    return Content(card, script, tables, reading, shipped_imports(tables.tables, settings.content))


class Door:
    """One way into the dialogue: it takes turns and counts. understanding: what reads typed sentences, if anything.

    In a demonstration nobody is counted, whatever the settings say.
    """

    def __init__(
        self,
        settings: Installation,
        content: Content,
        counter: Counter,
        tickets: Tickets,
        understanding: Understanding | None = None,
    ) -> None:
        self.demonstration = is_demonstration(counter.store, Published(settings.database))
        self.settings = replace(settings, counting=False) if self.demonstration else settings
        self.content, self.understanding = content, understanding
        self.counter, self._tickets = counter, tickets

    def take(self, answers: Answers, ticket: str, language: str, count: bool = True) -> Taken:
        """Takes a turn, and counts its referral.

        ticket: as it came back with the last turn, or "". count: false for somebody who was counted before, or asks
        not to be. Of an uncounted ticket nothing is kept: sent again by somebody who may be counted, it counts.
        A ticket that is past its time is replaced while questions are open; a referral it brings is not counted.
        Raises BadAnswer for an answer that does not exist.
        """
        on = self.settings.now().date()
        turn = take_turn(self.content.script, self.content.card, answers, on)
        now = time.time()
        held = self._tickets.read(ticket, now) if ticket else None
        if held is None and turn.accepted and (turn.question or not ticket):
            ticket = self._tickets.mint(now)
            held = self._tickets.read(ticket, now) if turn.referral else None
        if turn.referral is None or held is None or not (count and self.settings.counting):
            return Taken(turn, ticket, counted=False)
        return Taken(turn, ticket, self.counter.count(self._tally(turn.referral, language, on), held))

    def _tally(self, referral: Referral, language: str, on: datetime.date) -> Tally:
        facts = counted_facts(self.content.card, referral, language)
        return tally(self.content.tables, facts, facts.get(SIGNALS, ()), on)


def open_store(settings: Installation, content: Content, create: bool = True) -> Store:
    """The store of an installation; the declared tables come from its content."""
    return Store(settings.database, content.tables, create=create)


def open_counters(settings: Installation, content: Content) -> tuple[Counter, Tickets]:
    """The counter and its tickets. A store that is only busy is no reason not to start: counts can wait.

    Raises CannotServe where the data folder or what lies in it cannot be used.
    """
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
        tickets = Tickets.beside(settings.database)
        stay(settings.database)
        return Counter(store), tickets
    except (StoreError, OSError) as error:
        raise CannotServe(f"cannot use the key beside {settings.database}: {error}") from error


def watch_clock(counter: Counter, settings: Installation) -> threading.Event:
    """Has a thread look after the store, now and every TICK seconds, until the event that comes back is set."""
    stop = threading.Event()
    threading.Thread(target=_watch, args=(counter, settings, stop), daemon=True).start()
    return stop


def _watch(counter: Counter, settings: Installation, stop: threading.Event) -> None:
    while True:
        counter.tick(time.time(), settings.now().date())
        if counter.problem:
            logger.warning("cannot count, counts wait in memory: %s", counter.problem)
        if stop.wait(TICK):
            return


def close_counters(counter: Counter) -> None:
    """Writes what waits and lets go of the files, at shutdown; says so where something is lost."""
    waiting = counter.waiting
    if not counter.close():
        logger.error("%d counts could not be written and are lost: %s", waiting, counter.problem)


def listen(host: str, port: int) -> socket.socket:
    """A socket to serve on; port 0: any free one. Raises CannotServe where the address cannot be had."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise CannotServe(f"cannot listen on {host}:{port}: {error.strerror}") from error
