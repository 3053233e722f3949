"""What a reader of releases knows besides the figures, as rules that the figures must satisfy themselves."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from referral.disclosure import BASE, Hidden, Limit, choices, drawn, explained
from referral.layout import EVERYTHING, MONTH, Areas, Figure
from referral.possible import AGE, FORM_OF, Combination

GATE = 25
"""New contacts that a release needs (statistics.md, decision 5). The fourth quarter comes out with fewer too."""
_log = logging.getLogger(__name__)


class NotYet(Exception):
    """Fewer new contacts than a release needs: it waits for the next quarter."""


@dataclass(frozen=True)
class Known:
    """The counts of a release that is being made, and what is out already.

    truth: every figure. was: what it was at the release before. before: what that published; closed: its months.
    told: figures of which a reader learns otherwise that they are not zero.
    """

    quarter: int
    areas: Areas
    truth: Mapping[Figure, int]
    was: Mapping[Figure, int]
    before: Mapping[Figure, int]
    closed: frozenset[str]
    told: frozenset[Figure]

    def least(self) -> dict[Figure, int]:
        """Below this no figure may fall: counts only rise."""
        return {**self.before, **{figure: max(BASE, self.before.get(figure, 0)) for figure in self.told}}

    def fixed(self) -> dict[Figure, int]:
        """What keeps its value: a closed month, and every figure to which nothing was added.

        Not only a month can be closed. Where everybody knows that a value is not counted any more, a second draw
        of the same count would tell it.
        """
        return {
            figure: n
            for figure, n in self.before.items()
            if self.truth[figure] == self.was.get(figure) or self.closed.intersection(_months_in(figure))
        }


def totals(known: Known, step: int) -> list[int]:
    """What the total may become, first the one drawn at random, then the nearest to it."""
    true, before = known.truth[EVERYTHING], known.before.get(EVERYTHING, 0)
    first = drawn(true, known.was.get(EVERYTHING, 0), before)
    allowed = choices(true, step, known.least().get(EVERYTHING, 0))
    kept = known.fixed().get(EVERYTHING)
    return sorted((n for n in allowed if kept in (None, n)), key=lambda total: abs(total - first))


def gate(known: Known) -> list[Limit[Figure]]:
    """What the gate tells a reader: enough is new; and until a quarter that was passed over it was not.

    Raises NotYet. The fourth quarter comes out in any case, so that it does tells nothing.
    """
    new: dict[int, list[Figure]] = {}
    for figure in known.truth:
        if len(figure) == 1 and (months := [*_months_in(figure)]) and months[0] not in known.closed:
            new.setdefault((int(months[0][-2:]) + 2) // 3, []).append(figure)
    limits = []
    for passed in range(1, known.quarter):
        until = [figure for q, figures in new.items() if q <= passed for figure in figures]
        if until and sum(known.truth[figure] for figure in until) < GATE:
            limits.append(Limit(until, high=GATE - 1))
    if known.quarter < 4:
        everything = [figure for figures in new.values() for figure in figures]
        if sum(known.truth[figure] for figure in everything) < GATE:
            raise NotYet(f"fewer than {GATE} new contacts")
        limits.append(Limit(everything, low=GATE))
    return limits


def ties(known: Known, possible: Sequence[Combination], in_year: Sequence[Combination]) -> list[Hidden[Figure]]:
    """What the route card ties together: what is new in each table is made of combinations that can be.

    possible: since the release before; in_year: in the whole year until now. Each form by itself. One whose counts do
    not keep to it is left out, and the log says so: a card served of which nobody took note.
    """
    found = []
    for form in sorted({one[FORM_OF] for one in in_year}):
        new = _tied(known.truth, [_without(one, AGE) for one in possible if one[FORM_OF] == form], known.before)
        year = _tied(known.truth, [one for one in in_year if one[FORM_OF] == form], {})
        increase = {figure: known.truth[figure] - known.was.get(figure, 0) for figure in new.over}
        true = {figure: known.truth[figure] for figure in year.over}
        if explained(replace(new, over=dict.fromkeys(new.over, 0)), increase) and explained(year, true):
            found += [new, year]
        else:
            _log.warning(
                "the counts of form %s do not keep to the route cards that were noted: it is rounded without them", form
            )
    return [hidden for hidden in found if hidden.cells]


def _tied(truth: Mapping[Figure, int], possible: Iterable[Combination], before: Mapping[Figure, int]) -> Hidden[Figure]:
    """The pairs of values that are published figures, over the combinations that they are made of."""
    cells = []
    for values in {tuple(sorted(one.items())) for one in possible}:
        pairs = [pair for n, one in enumerate(values) for other in values[n + 1 :] if (pair := (one, other)) in truth]
        if len(pairs) > 1:
            cells.append(pairs)
    tied = {pair for pairs in cells for pair in pairs}
    names = {tuple(name for name, _ in pair) for pair in tied}
    forms = {part for pair in tied for part in pair if part[0] == FORM_OF}
    over = [f for f in truth if tuple(name for name, _ in f) in names and forms.intersection(f)]
    return Hidden(cells, {figure: before.get(figure, 0) for figure in over})


def _without(one: Combination, name: str) -> Combination:
    return {other: value for other, value in one.items() if other != name}


def _months_in(figure: Figure) -> Iterable[str]:
    return (value for name, value in figure if name == MONTH)
