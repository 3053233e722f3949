"""What somebody knows who has read the route card: which combinations of counted values there are at all.

The figures of all tables are sums of counts, one for each combination that can be. Those counts are not published,
but there must be some that give the figures. Nothing here is taken from the code that rounds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

MONTHLY = -1
"""The stage of what stands in no particular release: the figure of a month is the same in all of them."""

Key = Mapping[str, str]
Name = frozenset[tuple[str, str]]
"""What is counted: value by dimension; the empty one is all contacts."""
Unknown = tuple[str, int, Name]
"""A true figure: "until" the end of a release's quarter, or "new" since the release before; its stage; what."""
Count = tuple[int, Name]
"""A count behind the figures: the release in which it was new, or MONTHLY for the whole year; of what."""
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Behind:
    """Counts behind the figures, each zero or more: figures · unknowns = parts · counts, row by row.

    There is one for every combination of values that can be, and for none that cannot: that is what ties the
    tables together for somebody who reads the route card.
    """

    figures: csr_array
    parts: csr_array

    @property
    def columns(self) -> int:
        """How many counts."""
        return int(self.parts.shape[1])

    def rows(self) -> csr_array:
        """The equations over unknowns and counts."""
        return hstack([self.figures, -self.parts]).tocsr()

    def admits(self, point: Vector) -> bool:
        """Whether there are counts that give these figures."""
        found = linprog(np.zeros(self.columns), A_eq=self.parts, b_eq=self.figures @ point)
        return bool(found.status == 0)


@dataclass
class _Rows:
    """Collects the equations: terms over unknowns, and the counts that they are made of."""

    figures: list[dict[int, float]] = field(default_factory=list)
    parts: list[dict[int, float]] = field(default_factory=list)
    columns: dict[Count, int] = field(default_factory=dict)

    def made_of(self, figure: Mapping[int, float], counts: Collection[Count], less: Collection[Count] = ()) -> None:
        """The figure is the sum of these counts, less those."""
        self.figures.append(dict(figure))
        row = {self.columns.setdefault(count, len(self.columns)): 1.0 for count in counts}
        self.parts.append({**row, **{self.columns[count]: -1.0 for count in less}})


def behind(unknowns: Mapping[Unknown, int], stages: int, can_be: Collection[Key]) -> Behind | None:
    """The counts behind all releases of a year. None where no combinations are known.

    What is new in each release is made of combinations that can be, and so is the year as a whole. Tables that are
    counted by the year say nothing of a quarter: a combination of the year is one of the quarters with a value more.
    """
    rows, yearly = _Rows(), _yearly(unknowns, stages, can_be)
    for stage in range(stages):
        for name, wholes in _by_pair(can_be).items():
            now, before = until(stage, name), until(stage - 1, name)
            if now in unknowns and yearly.isdisjoint(dict(name)):
                figure = {unknowns[now]: 1.0, **({unknowns[before]: -1.0} if before in unknowns else {})}
                rows.made_of(figure, {(stage, _without(one, yearly)) for one in wholes})
    for name, wholes in _by_pair(can_be).items():
        now = until(stages - 1, name)
        if now in unknowns and not yearly.isdisjoint(dict(name)):
            rows.made_of({unknowns[now]: 1.0}, {(MONTHLY, frozenset(one.items())) for one in wholes})
    if yearly:
        for narrow, wholes in _wider(can_be, yearly).items():
            quarters = [(stage, narrow) for stage in range(stages) if (stage, narrow) in rows.columns]
            rows.made_of({}, {(MONTHLY, frozenset(one.items())) for one in wholes}, less=quarters)
    if not rows.parts:
        return None
    return Behind(matrix(rows.figures, len(unknowns)), matrix(rows.parts, len(rows.columns)))


def _yearly(unknowns: Mapping[Unknown, int], stages: int, can_be: Collection[Key]) -> set[str]:
    """The dimensions of the combinations that only the last of several releases shows."""
    if stages == 1:
        return set()
    shown = [{d for _, stage, name in unknowns if stage == at for d in dict(name)} for at in range(stages)]
    return ({d for one in can_be for d in one} & shown[-1]).difference(*shown[:-1])


def _by_pair(can_be: Collection[Key]) -> dict[Name, list[Key]]:
    """The combinations that each figure of two values is made of."""
    found: dict[Name, list[Key]] = {}
    for one in can_be:
        for pair in combinations(one.items(), 2):
            found.setdefault(frozenset(pair), []).append(one)
    return found


def _wider(can_be: Collection[Key], yearly: Collection[str]) -> dict[Name, list[Key]]:
    """The combinations that one is of which the yearly values are left out."""
    found: dict[Name, list[Key]] = {}
    for one in can_be:
        found.setdefault(_without(one, yearly), []).append(one)
    return found


def until(stage: int, name: Name) -> Unknown:
    """The true figure at the end of a release's quarter; a month's own, which no later contact changes."""
    return "until", MONTHLY if any(dimension == "month" for dimension, _ in name) else stage, name


def _without(one: Key, dimensions: Collection[str]) -> Name:
    return frozenset((dimension, value) for dimension, value in one.items() if dimension not in dimensions)


def matrix(rows: Sequence[Mapping[int, float]], columns: int) -> csr_array:
    entries = [(row, at, factor) for row, terms in enumerate(rows) for at, factor in terms.items()]
    row, at, factors = zip(*entries, strict=True) if entries else ((), (), ())
    return csr_array((np.array(factors, dtype=float), (row, at)), shape=(len(rows), columns))
