"""Which figures come out when, and why not yet: in words, and without a look at any counter."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from referral.publishing import QUARTERS, Standing, State, day_after
from referral.reading import Reading
from referral.release import GATE
from web.monitor.words import day

_SAID = {
    State.MADE: "verschenen op {day}",
    State.DUE: "kan sinds {day} verschijnen; daar zijn ten minste {gate} nieuwe contacten voor nodig",
    State.NOT_ENDED: "kan verschijnen vanaf {day}, als het kwartaal voorbij is",
    State.PASSED: "verschijnt niet apart: het zit in een latere uitgave van dat jaar",
    State.DESTROYED: "verschijnt niet meer: de tellers van dat jaar zijn vernietigd op {day}",
}
_LAST = "kan sinds {day} verschijnen, ook met weinig contacten, als er dat jaar geteld is"
"""The fourth quarter of a year that was counted always comes out; whether one was, this page does not know."""


def coming(quarters: Iterable[Standing], reading: Reading) -> list[str]:
    """A line for each quarter, in the order given; without those that ended before the first day that was counted."""
    return [_line(one, reading) for one in quarters if not reading.since or _last_day(one) >= reading.since]


def _last_day(one: Standing) -> datetime.date:
    return day_after(one.year, one.quarter) - datetime.timedelta(days=1)


def _line(one: Standing, reading: Reading) -> str:
    said = _LAST if one.state is State.DUE and one.quarter == QUARTERS[-1] else _SAID[one.state]
    return f"Kwartaal {one.quarter} van {one.year}: {said.format(day=day(one.day, reading), gate=GATE)}."
