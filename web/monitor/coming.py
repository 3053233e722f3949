"""Which figures come out when, and why not yet: in words, and without a look at any counter."""

from __future__ import annotations

from collections.abc import Iterable

from referral.publishing import QUARTERS, Standing, State
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
_LAST = "kan sinds {day} verschijnen, hoeveel contacten er ook zijn"
"""The fourth quarter always comes out."""


def coming(quarters: Iterable[Standing], reading: Reading) -> list[str]:
    """A line for each quarter, in the order given."""
    return [_line(one, reading) for one in quarters]


def _line(one: Standing, reading: Reading) -> str:
    said = _LAST if one.state is State.DUE and one.quarter == QUARTERS[-1] else _SAID[one.state]
    return f"Kwartaal {one.quarter} van {one.year}: {said.format(day=day(one.day, reading), gate=GATE)}."
