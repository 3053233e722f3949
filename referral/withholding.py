"""Which of somebody's exact figures may not be shown, so that no small one can be worked out from the rest.

Figures come with their sums: parts that add up to a whole. Each figure is part of at most one sum and no figure
is a part of itself, so the sums form a forest; two walks over it give the exact bounds of every figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

SMALL = 4
"""The largest figure that is withheld for its own sake. Zero is one of them: else a gap would prove somebody."""
LARGEST = 999_999_999

Range = tuple[int, int]


@dataclass(frozen=True)
class Sum:
    """A declared sum: the figures at `parts` add up to the one at `whole`."""

    whole: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Figures:
    """Exact figures (None: not available), which of them are public anyway, and how they add up."""

    values: Sequence[int | None]
    public: Sequence[bool]
    sums: Sequence[Sum]

    @cached_property
    def holding(self) -> list[Sum]:
        """The sums that hold. The others tell a reader nothing that is true."""
        return [s for s in self.sums if agrees(s, self.values)]

    @cached_property
    def upwards(self) -> dict[int, Sum]:
        """For each part the sum that it is a part of."""
        return {part: s for s in self.holding for part in s.parts}

    @cached_property
    def downwards(self) -> dict[int, list[Sum]]:
        """For each whole its sums."""
        found: dict[int, list[Sum]] = {}
        for s in self.holding:
            found.setdefault(s.whole, []).append(s)
        return found

    @cached_property
    def touching(self) -> dict[int, list[Sum]]:
        """For each figure the sums that it stands in."""
        found: dict[int, list[Sum]] = {index: list(self.downwards.get(index, ())) for index in range(len(self.values))}
        for part, s in self.upwards.items():
            found[part].append(s)
        return found

    @cached_property
    def order(self) -> list[int]:
        """Every whole before its parts."""
        order = [index for index in range(len(self.values)) if index not in self.upwards]
        for index in order:  # grows while it is read
            order += (part for s in self.downwards.get(index, ()) for part in s.parts)
        return order

    @cached_property
    def own(self) -> list[int]:
        """The figures that are not public."""
        return [index for index, value in enumerate(self.values) if value is not None and not self.public[index]]

    @cached_property
    def small(self) -> set[int]:
        """What is withheld for its own sake; with it all of a sum that does not hold, as no bound can be relied on."""
        wrong = {index for s in self.sums if not agrees(s, self.values) for index in (s.whole, *s.parts)}
        return {index for index in self.own if index in wrong or (self.values[index] or 0) <= SMALL}

    @cached_property
    def outside(self) -> list[Range]:
        """What a reader of the public figures alone knows: nothing that is withheld here can hide more than that."""
        return self.bounds(self.own)

    def bounds(self, withheld: Iterable[int], below: dict[int, int] | None = None) -> list[Range]:
        """The exact least and greatest value of every figure for a reader who sees all but `withheld`.

        `below` gives figures that the reader knows to be smaller than a number.
        """
        hidden = set(withheld)
        ranges: list[Range] = [
            (0, (below or {}).get(index, LARGEST + 1) - 1) if value is None or index in hidden else (value, value)
            for index, value in enumerate(self.values)
        ]
        inside = list(ranges)
        for index in reversed(self.order):
            inside[index] = _both(ranges[index], *(_total(inside, s.parts) for s in self.downwards.get(index, ())))
        full = list(inside)
        around: dict[int, Range] = {}
        for index in self.order:
            above = around.get(index, (0, LARGEST))
            full[index] = _both(inside[index], above)
            below_it = self.downwards.get(index, ())
            totals = [_total(inside, s.parts) for s in below_it]
            for s, (least, most), others in zip(below_it, totals, _each_without_itself(totals), strict=True):
                low, high = _both(above, ranges[index], others)
                for part in s.parts:
                    around[part] = (low - (most - inside[part][1]), high - (least - inside[part][0]))
        return full


def agrees(declared: Sum, values: Sequence[int | None]) -> bool:
    """Whether a sum holds, as far as the figures that are available can tell."""
    known = [value for part in declared.parts if (value := values[part]) is not None]
    whole = values[declared.whole]
    if whole is None:
        return True
    return sum(known) == whole if len(known) == len(declared.parts) else sum(known) <= whole


def exposed(figures: Figures) -> list[int]:
    """Small figures that no withholding can hide: what is public anyway already says that they are small."""
    return sorted(index for index in figures.small if figures.outside[index][1] <= SMALL)


def withheld(figures: Figures) -> frozenset[int]:
    """The figures not to show: the small ones, and as many others as it takes to hide them.

    Afterwards each small figure could also be above SMALL, and no other one can be worked out, for a reader who
    knows the sums. For one who also knows this rule each small figure could still be 0 or above SMALL: it is never
    proven that there is somebody, few of them. What `exposed` gives cannot be hidden.
    """
    hidden = set(figures.small)
    while found := _told(figures, hidden):
        more = set[int]()
        touched = set[int]()
        for index in found:
            mine = id(figures.upwards.get(index))
            if mine not in touched:  # one at a time in each sum
                touched.add(mine)
                more |= _next(figures, hidden, index)
        for index in found:
            if more:
                break
            more = {other for other in _connected(figures, index) if _can_hide(figures, hidden, other)}
        if not more:
            break  # cannot be: what the public figures leave open, withholding everything leaves open
        hidden |= more
    return frozenset(hidden)


def _told(figures: Figures, hidden: set[int]) -> list[int]:
    """The figures of which what is shown tells too much, though the public ones alone do not."""
    below = _below(figures, hidden)
    bounds, of_the_rule = figures.bounds(hidden), figures.bounds(hidden, below)
    told = []
    for index, value in enumerate(figures.values):
        low, high = bounds[index]
        least, most = of_the_rule[index]
        if value is None:
            bad = high <= SMALL < figures.outside[index][1]
        elif index not in hidden:
            bad = False
        elif value >= below.get(index, LARGEST + 1):
            bad = True  # it was not the smallest to take: only more can make the rule true
        elif index in figures.small:
            bad = (high <= SMALL or 1 <= least <= most <= SMALL) and figures.outside[index][1] > SMALL
        else:
            bad = low >= high or least >= most
        if bad:
            told.append(index)
    return told


def _below(figures: Figures, hidden: set[int]) -> dict[int, int]:
    """What a reader knows who knows the rule: a withheld part is smaller than every own part that is shown."""
    found: dict[int, int] = {}
    for s in figures.holding:
        shown = [figures.values[part] or 0 for part in s.parts if _can_hide(figures, hidden, part)]
        if shown:
            found |= {part: min(shown) for part in s.parts if part in hidden}
    return found


def _can_hide(figures: Figures, hidden: set[int], index: int) -> bool:
    """Whether withholding this figure would hide anything: it is ours to withhold and does not follow anyway."""
    low, high = figures.outside[index]
    return figures.values[index] is not None and not figures.public[index] and index not in hidden and low < high


def _next(figures: Figures, hidden: set[int], index: int) -> set[int]:
    """What to withhold next for this figure: the smallest beside it, else the smallest other one in its sums."""
    beside = figures.upwards[index].parts if index in figures.upwards else ()
    near = (other for s in figures.touching[index] for other in (s.whole, *s.parts))
    able = [other for other in beside if _can_hide(figures, hidden, other)]
    able = able or [other for other in near if _can_hide(figures, hidden, other)]
    if not able:
        return set()
    smallest = min(able, key=lambda other: (figures.values[other] or 0, other))
    alike = figures.upwards[smallest].parts if smallest in figures.upwards else ()
    return {smallest} | {
        part for part in alike if figures.values[part] == figures.values[smallest] and _can_hide(figures, hidden, part)
    }


def _connected(figures: Figures, index: int) -> set[int]:
    """All figures that hang together with this one by sums."""
    found, seen, open_ = {index}, set[int](), [index]
    while open_:
        for s in figures.touching[open_.pop()]:
            if id(s) not in seen:
                seen.add(id(s))
                new = {s.whole, *s.parts} - found
                found |= new
                open_ += new
    return found


def _total(ranges: Sequence[Range], parts: Sequence[int]) -> Range:
    return sum(ranges[part][0] for part in parts), sum(ranges[part][1] for part in parts)


def _both(*ranges: Range) -> Range:
    return max(low for low, _ in ranges), min(high for _, high in ranges)


def _each_without_itself(ranges: Sequence[Range]) -> list[Range]:
    """For each range what all the others have in common."""
    lows = sorted((low for low, _ in ranges), reverse=True)[:2]
    highs = sorted(high for _, high in ranges)[:2]
    lows, highs = [*lows, 0], [*highs, LARGEST]
    return [(lows[low == lows[0]], highs[high == highs[0]]) for low, high in ranges]
