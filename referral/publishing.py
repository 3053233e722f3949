"""What the operator's clock does with the counters: releases when they are due, and in the end destruction."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from referral.datafiles import StoreError
from referral.demonstration import mixed
from referral.disclosure import Infeasible
from referral.layout import Areas
from referral.model import RouteCard
from referral.possible import Asked, Combination, possible
from referral.published import Lost, Published
from referral.release import GATE, Contradiction, NotYet, Release, make_release, release_id
from referral.store import Store

QUARTERS = (1, 2, 3, 4)


class Refused(Exception):
    """Nothing is published; the message says why and what can be done."""


class NotEnough(Refused):
    """Too little is new: that is how a quiet quarter goes, and no fault."""


class State(Enum):
    """Where a release stands."""

    MADE = "made"
    DUE = "due"  # it can be tried: it waits all the same if too little is new
    NOT_ENDED = "not ended"
    PASSED = "passed"
    DESTROYED = "destroyed"


@dataclass(frozen=True)
class Standing:
    """Where the release of a quarter stands. day: on which it was made, can be made, or its counters were destroyed."""

    year: int
    quarter: int
    state: State
    day: datetime.date

    @property
    def id(self) -> str:
        """The name of the release."""
        return release_id(self.year, self.quarter)

    @property
    def sentence(self) -> str:
        """The same in words, for whoever runs the commands."""
        said = _LAST if self.state is State.DUE and self.quarter == QUARTERS[-1] else _SENTENCES[self.state]
        return said.format(day=self.day, year=self.year, gate=GATE)


_SENTENCES = {
    State.MADE: "made on {day}",
    State.DUE: "can be made since {day}; it needs {gate} new contacts",
    State.NOT_ENDED: "the quarter has not ended: it can be made from {day}",
    State.PASSED: "a later release of {year} is out, and it holds this quarter too",
    State.DESTROYED: "the counters of {year} were destroyed on {day}",
}


_LAST = "can be made since {day}, however many contacts are new"


def areas_of(card: RouteCard) -> Areas:
    """The area of each municipality of the card."""
    return {place.id: place.area for place in card.municipalities.values()}


def day_after(year: int, quarter: int) -> datetime.date:
    """The first day on which the release of a quarter can be made."""
    return datetime.date(year + quarter // 4, 3 * (quarter % 4) + 1, 1)


def standing(published: Published, year: int, quarter: int, today: datetime.date) -> Standing:
    """Where a release stands today, without a look at any counter."""
    made = {release["quarter"]: release["made"] for release in published.releases(year)}
    destroyed, first = published.destroyed(), day_after(year, quarter)
    if quarter in made:
        return Standing(year, quarter, State.MADE, datetime.date.fromisoformat(made[quarter]))
    if today < first:
        return Standing(year, quarter, State.NOT_ENDED, first)
    if any(other > quarter for other in made):
        return Standing(year, quarter, State.PASSED, first)
    if year in destroyed:
        return Standing(year, quarter, State.DESTROYED, destroyed[year])
    return Standing(year, quarter, State.DUE, first)


class Publishing:
    """Makes releases out of a store's counters. It is the only reader that the raw counters have."""

    def __init__(
        self,
        store: Store,
        published: Published,
        card: RouteCard,
        titles: Mapping[str, str],
        asked: Asked,
    ) -> None:
        """titles: of the tables. asked: the questions that nobody can skip, which a reader knows as well."""
        self._store, self._published, self._card = store, published, card
        self._titles, self._asked, self._served = titles, asked, published.served

    def release(self, year: int, quarter: int, today: datetime.date) -> str:
        """The release of a quarter, byte for byte as it is frozen; made now if it was not there yet.

        Raises Refused.
        """
        body = self._published.body(release_id(year, quarter))
        if wrong := self.mixed():
            raise Refused(f"{release_id(year, quarter)}: {wrong}")
        if body is not None:
            self._published.register()
            return body
        where = standing(self._published, year, quarter, today)
        if where.state is not State.DUE:
            raise Refused(f"{where.id}: {where.sentence}")
        if problems := self._store.check(year):
            raise Refused(f"{where.id}: the counters are not in order: {problems[0]}")
        try:
            return self._published.freeze(where.id, lambda: self._make(year, quarter, today))
        except NotYet as error:
            raise NotEnough(f"{where.id}: fewer than {GATE} new contacts: it waits for the next quarter") from error
        except (Infeasible, Contradiction, Lost) as error:
            raise Refused(f"{where.id}: nothing is published: {error}") from error

    def mixed(self) -> str | None:
        """Why counters and releases do not belong together; None where they do, or where there are no counters."""
        with suppress(StoreError, sqlite3.Error, OSError):
            return mixed(self._store.demonstration(), self._published.releases())
        return None

    def _make(self, year: int, quarter: int, today: datetime.date) -> Release:
        counters, earlier = self._store.counts(year), self._published.releases(year)
        areas, card = areas_of(self._card), self._card.version
        first = earlier[-1]["quarter"] + 1 if earlier else 1
        return make_release(
            self._store.tables,
            counters,
            areas,
            earlier,
            year,
            quarter,
            made=today,
            card=card,
            titles=self._titles,
            possible=self._possible(year, first, quarter),
            possible_before=self._possible(year, 1, first - 1),
            demonstration=self._store.demonstration(),
        )

    def _possible(self, year: int, first: int, last: int) -> list[Combination]:
        """What the cards could lead to that served in these quarters; of one without a note, the present card."""
        quarters = {release_id(year, quarter) for quarter in range(first, last + 1)}
        noted = self._served.of(quarters)
        return noted if quarters <= self._served.quarters() else [*noted, *self._present(year)]

    def _present(self, year: int) -> list[Combination]:
        return possible(self._card, self._store.tables, areas_of(self._card), year, self._asked)

    def note_card(self, today: datetime.date) -> None:
        """Write down what the card of today can lead to: once a day, and after each change of the card."""
        self._served.note(release_id(today.year, (today.month + 2) // 3), self._present(today.year))

    def standings(self, today: datetime.date) -> Iterator[Standing]:
        """Every quarter of the years that have counters, oldest first."""
        for year in self._store.years():
            for quarter in QUARTERS:
                yield standing(self._published, year, quarter, today)

    def due(self, today: datetime.date) -> Iterator[Standing]:
        """Every release that can be tried now, oldest first."""
        if not self.mixed():  # else the register would keep what does not belong here
            self._published.register()
        return (where for where in self.standings(today) if where.state is State.DUE)

    def past(self, today: datetime.date, keep_years: int, years: Iterable[int] | None = None) -> list[int]:
        """The years whose counters have had their time: so long after the year and its last release.

        years: those to look at; None: all that have counters, for which the counters are read.
        """
        gone = self._published.destroyed()
        looked_at = self._store.years() if years is None else years
        last = {year: datetime.date(year + 1, 1, 1) for year in looked_at if year not in gone}
        for release in self._published.releases():
            if release["year"] in last:
                last[release["year"]] = max(last[release["year"]], datetime.date.fromisoformat(release["made"]))
        return [year for year, day in sorted(last.items()) if _years_later(day, keep_years) <= today]

    def destroy(self, year: int, today: datetime.date) -> None:
        """Destroy the raw counters of a year and write that down. Its releases stay."""
        self._store.destroy(year)
        self._published.record_destruction(year, today)


def _years_later(day: datetime.date, years: int) -> datetime.date:
    return datetime.date(day.year + years, day.month, min(day.day, 28))
