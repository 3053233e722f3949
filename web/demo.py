"""`meldroute demo`: an installation with two years of made-up contacts and the releases of them, which says so itself.

The people are drawn (demo.toml) and everything after them is real: they answer the questions of the installation, are
referred, counted and published as anybody would be. The same content and years give the same contacts; the rounding
of the releases has its own chance.
"""

from __future__ import annotations

import argparse
import collections
import datetime
import os
import secrets
import shlex
import tempfile
import time
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from bot.conversation import take_turn
from bot.script import Question
from referral.counts import tally
from referral.facts import SIGNALS
from referral.model import Signal
from referral.published import Published
from referral.publishing import QUARTERS, Publishing, Refused, day_after
from referral.release import release_id
from referral.store import Store
from referral.tables import Cell
from referral.tallying import counted_facts
from referral.tickets import EPOCH
from web.exits import GOOD, wrong
from web.service import Content, load_content
from web.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

NAME = "meldroute.db"
SKIPPED = ""
"""In demo.toml: no signal, or no answer to a question that may be skipped."""
Weights = Mapping[str, float]


class People:
    """Those who come in one year. which: the year by its name in demo.toml."""

    def __init__(self, content: Content, languages: Collection[str], year: int, which: str) -> None:
        self._content, self._year = content, year
        self._drawn: Mapping[str, Any] = tomllib.loads((files("web") / "demo.toml").read_text(encoding="utf-8"))
        self._size = int(self._drawn["contacts"][which])
        self._forms: Weights = {
            form: n for form, n in self._drawn["forms"][which].items() if form in (*content.card.forms, SKIPPED)
        } or dict.fromkeys(content.card.forms, 1)
        self._languages: Weights = {one: self._drawn["languages"].get(one, 0.5) for one in languages}
        self._chance = Random(f"{self._drawn['seed']} {year}")  # noqa: S311 - the same every time, on purpose

    def counts(self) -> dict[Cell, int]:
        """What they add to the counters of the year."""
        sums: collections.Counter[Cell] = collections.Counter()
        for _ in range(self._size):
            sums.update(self._one())
        return dict(sums)

    def _one(self) -> tuple[Cell, ...]:
        """The cells of one contact, who answers until nothing is open."""
        content, form = self._content, self._pick(self._forms)
        first = datetime.date(self._year, 1, 1)
        on = first + datetime.timedelta(self._chance.randrange((first.replace(year=self._year + 1) - first).days))
        answers: dict[str, list[str]] = {}
        while (turn := take_turn(content.script, content.card, answers, on)).question:
            answers[turn.question.id] = self._answer(turn.question, on, form)
        if turn.referral is None:
            raise AssertionError("a turn is a question or a referral")
        facts = counted_facts(content.card, turn.referral, self._pick(self._languages))
        return tally(content.tables, facts, facts.get(SIGNALS, ()), on).cells

    def _answer(self, question: Question, on: datetime.date, form: str) -> list[str]:
        offered = [option for option in question.options.values() if option.offered(on)]
        signals = [option.signal for option in offered if option.signal]
        if signals and form != SKIPPED:
            return self._ticked(signals, form)
        ids = [option.id for option in offered if not option.signal] or [option.id for option in offered]
        given = {**self._drawn["answers"], **self._drawn["answers_by_form"].get(form, {})}.get(question.id, {})
        weights = {one: given.get(one, 1) for one in ids}
        if question.optional:
            weights[SKIPPED] = given.get(SKIPPED, 1)
        chosen = self._pick(weights)
        return [chosen] if chosen else []

    def _ticked(self, signals: Collection[Signal], form: str) -> list[str]:
        """One to a few signals that point to a form, or of any if none does."""
        drawn, every = self._drawn["signals"], len(self._content.card.forms)
        kinds = {signal.id: len(signal.forms) for signal in signals if form in signal.forms}
        weights = {
            one: drawn["alone"] if forms == 1 else drawn["every"] if forms == every else drawn["shared"]
            for one, forms in kinds.items()
        } or {signal.id: 1 for signal in signals}
        return list(dict.fromkeys(self._pick(weights) for _ in range(self._chance.randint(1, drawn["most"]))))

    def _pick(self, weights: Weights) -> str:
        return self._chance.choices(list(weights), list(weights.values()))[0]


def add_demo(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the command line."""
    command = commands.add_parser("demo", help="build a demonstration with made-up figures, which says so everywhere")
    command.add_argument("folder", type=Path, help="a folder that is empty or not there yet")
    command.set_defaults(command=_demo)


def _demo(options: argparse.Namespace, settings: Settings) -> int:
    """Builds it, all or nothing. A folder that holds anything stays as it is: it could be an installation."""
    folder: Path = options.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return wrong(f"{folder} is not empty: a demonstration gets a folder of its own")
    content = load_content(settings)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".demo-") as unfinished:
            made = list(_build(Path(unfinished) / NAME, content, settings))
            for part in sorted(Path(unfinished).iterdir(), reverse=True):  # the counters last
                os.replace(part, folder / part.name)
    except Refused as error:
        return wrong(f"{error}; nothing is made, try it again")
    database = shlex.quote(str(folder / NAME))
    print(f"{folder}: a demonstration with the releases {', '.join(made)}. Every figure of them is made up.")
    print(f"Serve it:               MELDROUTE_DATABASE={database} meldroute serve")
    print(f"The coordinators' room: MELDROUTE_DATABASE={database} meldroute coordinator add NAME --role administrator")
    return GOOD


def _build(database: Path, content: Content, settings: Settings) -> Iterator[str]:
    """Makes the files of a demonstration, and gives the names of its releases: all that are due by the clock.

    Each is made on its first day, as it would have been. Raises Refused.
    """
    today = settings.now().date()
    years = {today.year - 1: "last_year", today.year: "this_year"}
    titles = {name: table.title for name, table in content.reading.tables.items()}
    with closing(Store(database, content.tables, demonstration=True)) as store:
        for year, which in years.items():
            sums = People(content, settings.languages, year, which).counts()
            store.add_sums(sums, {secrets.token_bytes(16): int(time.time() // EPOCH)})
        publishing = Publishing(store, Published(database), content.card, titles, content.script.asked)
        for year in years:
            for quarter in QUARTERS:
                if (on := day_after(year, quarter)) <= today:
                    publishing.release(year, quarter, on)
                    yield release_id(year, quarter)
