"""One turn with its only effect: the dialogue is pure, and a referral is counted once per ticket."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass

from bot.conversation import Answers, Turn, take_turn
from bot.reachable import check_alarm, check_reachable
from bot.script import Script, load_script
from referral.card import load_card
from referral.counter import Counter
from referral.counts import Tally, load_tables, tally
from referral.facts import SIGNALS
from referral.model import Referral, RouteCard
from referral.tables import Tables
from referral.tallying import check_tallies, counted_facts, places_of
from referral.tickets import Tickets
from web.settings import Settings


@dataclass(frozen=True)
class Taken:
    """A turn together with its ticket and whether that ticket's count is durable."""

    turn: Turn
    ticket: str
    counted: bool


@dataclass(frozen=True)
class Content:
    """The card, the script and the declared tables, checked against each other."""

    card: RouteCard
    script: Script
    tables: Tables


def load_content(settings: Settings) -> Content:
    """Everything that start-up reads and checks. Raises CardError at the first thing that is wrong."""
    card = load_card(settings.content)
    script = load_script(card, settings.questions)
    check_reachable(card, script)
    check_alarm(card, settings.now().date())
    tables = load_tables(card.indications, lambda year: places_of(card, year), settings.content)
    check_tallies(card, tables)
    return Content(card, script, tables)


class Service:
    """What both ways into the web door share."""

    def __init__(self, settings: Settings, content: Content, counter: Counter, tickets: Tickets) -> None:
        self.settings, self.content = settings, content
        self.counter, self._tickets = counter, tickets
        self.kept_json: dict[tuple[object, ...], str] = {}

    def take(self, answers: Answers, ticket: str, language: str, count: bool = True) -> Taken:
        """Takes a turn, and counts its referral.

        ticket: as it came back with the last turn, or "". count: false for somebody who was counted before.
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
        if turn.referral is None or held is None or not count:
            return Taken(turn, ticket, counted=False)
        return Taken(turn, ticket, self.counter.count(self._tally(turn.referral, language, on), held))

    def _tally(self, referral: Referral, language: str, on: datetime.date) -> Tally:
        facts = counted_facts(self.content.card, referral, language)
        return tally(self.content.tables, facts, facts.get(SIGNALS, ()), on)
