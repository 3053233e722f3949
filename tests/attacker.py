"""An attacker who has only what is published, the public lists, and perhaps one secret of their own.

Everything that a reader knows becomes a linear rule over unknown whole numbers: the true figures. Each small one
is then narrowed down by linear and integer programming over all releases together. Nothing here is taken from the
code that rounds: a rule that is forgotten there must be found out here.
"""

import csv
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from tests.card_reader import Behind, Key, Name, Unknown, Vector, behind, matrix, until

TOTAL = "total"
GATE = 25
FEWEST = 4
"""A figure must have at least this many candidates."""
SMALL = range(1, 5)
OWN = frozenset({"ticked"})
"""The dimensions that mean something else in each table."""
Release = Mapping[str, Any]
Reach = Callable[[Release, str, Key, Any], tuple[float, float]]


def stated(release: Release, table: str, key: Key, value: Any) -> tuple[float, float]:
    """Between what a true figure lies, by what the release says of its own rounding."""
    most = release["base"] * (1 + release["step"]) - 1
    return value - most, value + most


@dataclass(frozen=True)
class Attack:
    """The unknowns with their bounds, and the rules between them: least ≤ rules · unknowns ≤ most.

    behind: the counts that figures are made of, of which somebody who reads the route card knows more.
    """

    unknowns: Mapping[Unknown, int]
    published: Mapping[Unknown, float]
    low: Vector
    high: Vector
    rules: csr_array
    least: Vector
    most: Vector
    behind: Behind | None = None

    def knowing(self, exact: Mapping[Unknown, int], at_least: Mapping[Unknown, int] | None = None) -> "Attack":
        """The same attack by somebody who knows some figures exactly, and that others are not below something."""
        low, high = self.low.copy(), self.high.copy()
        for unknown, n in (at_least or {}).items():
            low[self.unknowns[unknown]] = max(low[self.unknowns[unknown]], n)
        for unknown, n in exact.items():
            low[self.unknowns[unknown]] = high[self.unknowns[unknown]] = n
        return replace(self, low=low, high=high)

    def admits(self, point: Vector) -> bool:
        """Whether these could be the true figures, for all that the attacker knows."""
        sums = self.rules @ point
        whole = (self.low <= point).all() and (point <= self.high).all()
        holds = bool(whole and (self.least <= sums).all() and (sums <= self.most).all())
        return holds and (self.behind is None or self.behind.admits(point))

    def vector(self, figures: Mapping[Unknown, float]) -> Vector:
        """These figures in the order of the unknowns."""
        return np.array([figures[unknown] for unknown in self.unknowns])

    def solve(
        self, weights: Vector, *, whole: bool = True, gap: float = 0.0, seconds: float = 30.0
    ) -> tuple[Vector | None, float]:
        """A possible truth of which the weighted sum is smallest, and what no possible truth can go below.

        gap: how far from the smallest is good enough. (None, inf) where there is no possible truth.
        """
        n, more = len(weights), self.behind.columns if self.behind else 0
        rules = hstack([self.rules, csr_array((self.rules.shape[0], more))]).tocsr()
        found = milp(
            np.concatenate([weights, np.zeros(more)]),
            integrality=np.concatenate([np.full(n, int(whole)), np.zeros(more)]),
            bounds=Bounds(
                np.concatenate([self.low, np.zeros(more)]), np.concatenate([self.high, np.full(more, np.inf)])
            ),
            constraints=[
                LinearConstraint(rules, self.least, self.most),
                *([LinearConstraint(self.behind.rows(), 0, 0)] if self.behind else []),
            ],
            options={"mip_rel_gap": gap, "time_limit": seconds, "presolve": True},
        )
        if found.status == 2:
            return None, math.inf
        if found.x is None:
            return None, -math.inf
        bound = found.fun if not whole or found.mip_dual_bound is None else found.mip_dual_bound
        return (np.rint(found.x[:n]) if whole else found.x[:n]), float(bound)

    def interval(self, unknown: Unknown, *, whole: bool = True) -> tuple[int, int]:
        """The smallest and the largest value that a figure can have. Raises ValueError if nothing is possible."""
        weights = np.zeros(len(self.unknowns))
        weights[self.unknowns[unknown]] = 1
        least = self.solve(weights, whole=whole)[1]
        most = -self.solve(-weights, whole=whole)[1]
        if math.inf in (least, -most):
            raise ValueError("what is known contradicts itself")
        return (
            math.ceil(least - 1e-6) if least > -math.inf else -(10**9),
            math.floor(most + 1e-6) if most < math.inf else 10**9,
        )

    def contradiction(self) -> bool:
        """Whether no truth at all fits what is known: then the releases show that they were made in another way."""
        return self.solve(np.zeros(len(self.unknowns)))[1] == math.inf


@dataclass
class _Builder:
    """Collects unknowns, bounds and rules from releases."""

    areas: Mapping[str, str]
    own: frozenset[str]
    reach: Reach
    unknowns: dict[Unknown, int] = field(default_factory=dict)
    published: dict[Unknown, float] = field(default_factory=dict)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rules: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def of(self, unknown: Unknown) -> int:
        if unknown not in self.unknowns:
            self.unknowns[unknown] = len(self.unknowns)
            self.low.append(0)
            self.high.append(np.inf)
        return self.unknowns[unknown]

    def rule(self, terms: Iterable[tuple[Unknown, float]], least: float, most: float) -> None:
        row: dict[int, float] = {}
        for unknown, factor in terms:
            row[self.of(unknown)] = row.get(self.of(unknown), 0) + factor
        self.rules.append((row, least, most))

    def adds_up(self, whole: Unknown, parts: Iterable[Unknown]) -> None:
        self.rule([(whole, -1), *((part, 1) for part in parts)], 0, 0)

    def name(self, table: str, key: Key) -> Name:
        return name_of(table, key, self.own)

    def release(self, stage: int, release: Release) -> None:
        for table in release["tables"]:
            there = {self.name(table["id"], cell["key"]): cell for cell in table["cells"]}
            for name, cell in there.items():
                self._cell(release, table["id"], cell, until(stage, name))
            self._margins(stage, table, there)
        self._areas(stage)

    def _cell(self, release: Release, table: str, cell: Mapping[str, Any], unknown: Unknown) -> None:
        at = self.of(unknown)
        least, most = cell.get("between") or self.reach(release, table, cell["key"], cell["value"])
        self.low[at], self.high[at] = max(self.low[at], least), min(self.high[at], most)
        if cell["value"] is not None:
            self.published[unknown] = cell["value"]

    def _margins(self, stage: int, table: Mapping[str, Any], there: Mapping[Name, Mapping[str, Any]]) -> None:
        """Every total is the sum of the cells along each of its dimensions."""
        for dimension in table["dimensions"]:
            parts: dict[Name, list[Unknown]] = {}
            for name, cell in there.items():
                if cell["key"][dimension] != TOTAL:
                    whole = self.name(table["id"], {**cell["key"], dimension: TOTAL})
                    parts.setdefault(whole, []).append(until(stage, name))
            for whole, summed in parts.items():
                if whole in there:
                    self.adds_up(until(stage, whole), summed)

    def _areas(self, stage: int) -> None:
        """An area is the sum of its municipalities, for whatever both are counted by."""
        parts: dict[Name, list[Unknown]] = {}
        for unknown in self.unknowns:
            place = dict(unknown[2]).get("municipality")
            if unknown[1] == stage and place is not None:
                area = (unknown[2] - {("municipality", place)}) | {("area", self.areas[place])}
                parts.setdefault(area, []).append(unknown)
        for area, summed in parts.items():
            if until(stage, area) in self.unknowns:
                self.adds_up(until(stage, area), summed)

    def chain(self, earlier: int, later: int) -> None:
        """Contacts are only ever added; what is new between two releases is a figure too."""
        for kind, stage, name in [*self.unknowns]:
            before = (kind, earlier, name)
            if stage == later and before in self.unknowns:
                self.rule([(("new", later, name), -1), ((kind, later, name), 1), (before, -1)], 0, 0)

    def gate(self, releases: Sequence[Release]) -> None:
        """Before the fourth quarter a release has 25 new contacts, and a quarter without a release had fewer."""
        closed: set[str] = set()
        for stage, release in enumerate(releases):
            months = [month for month in release["months"] if month not in closed]
            everything = [(until(stage, frozenset({("month", month)})), 1.0) for month in months]
            if release["quarter"] < 4:
                self.rule(everything, GATE, np.inf)
            for passed in range((len(closed) // 3) + 1, release["quarter"]):
                self.rule(everything[: 3 * passed - len(closed)], 0, GATE - 1)
            closed |= set(months)


def from_csv(text: str) -> list[Release]:
    """The releases of the year out of the monitor's CSV of all tables, in the order of their quarters."""
    found: dict[str, dict[str, Any]] = {}
    for line in csv.DictReader(text.splitlines()):
        last = int(line["until"][5:7])
        release = found.setdefault(
            line["release"],
            {
                "id": line["release"],
                "quarter": last // 3,
                "base": 5,
                "step": int(line["status"] == "rounded_step_1"),
                "months": [f"{line['year']}-{month:02}" for month in range(1, last + 1)],
                "tables": {},
            },
        )
        key = {line[f"dimension_{at}"]: line[f"code_{at}"] for at in (1, 2) if line.get(f"dimension_{at}")}
        table = {"id": line["table"], "dimensions": list(key), "cells": []}
        cell = {"key": key, "value": int(line["value"]), "between": (int(line["lower"]), int(line["upper"]))}
        release["tables"].setdefault(line["table"], table)["cells"].append(cell)
    releases = [{**release, "tables": list(release["tables"].values())} for release in found.values()]
    return sorted(releases, key=lambda release: int(release["quarter"]))


def name_of(table: str, key: Key, own: Collection[str] = OWN) -> Name:
    """What a cell counts. A dimension that means something else in each table is named with its table."""
    return frozenset((f"{d}/{table}" if d in own else d, v) for d, v in key.items() if v != TOTAL)


def attack(
    releases: Sequence[Release],
    areas: Mapping[str, str],
    *,
    own: frozenset[str] = OWN,
    reach: Reach = stated,
    gate: bool = True,
    chain: bool = True,
    ratios: Iterable[tuple[Unknown, Unknown, float, float]] = (),
    can_be: Collection[Key] = (),
) -> Attack:
    """All that a reader of one year's releases knows.

    areas: the public list. own: the dimensions that mean something else in each table.
    gate, chain: whether the releases follow each other by those rules.
    ratios: part, whole, and between what their quotient lies, where percentages are published as well.
    can_be: the combinations of counted values that the route card can lead to, for one who has read it.
    """
    builder = _Builder(areas, own, reach)
    for stage, release in enumerate(releases):
        builder.release(stage, release)
    for earlier, later in pairwise(range(len(releases))):
        if chain:
            builder.chain(earlier, later)
    if gate:
        builder.gate(releases)
    for part, whole, least, most in ratios:
        builder.rule([(part, 1), (whole, -least)], 0, np.inf)
        builder.rule([(part, 1), (whole, -most)], -np.inf, 0)
    return _finished(builder, behind(builder.unknowns, len(releases), can_be))


def _finished(builder: _Builder, made_of: Behind | None) -> Attack:
    published = dict(builder.published)
    for (kind, stage, name), _ in builder.unknowns.items():
        after, before = ("until", stage, name), ("until", stage - 1, name)
        if kind == "new" and after in published and before in published:
            published[kind, stage, name] = published[after] - published[before]
    return Attack(
        builder.unknowns,
        published,
        np.array(builder.low, dtype=float),
        np.array(builder.high, dtype=float),
        matrix([terms for terms, _, _ in builder.rules], len(builder.unknowns)),
        np.array([least for _, least, _ in builder.rules], dtype=float),
        np.array([most for _, _, most in builder.rules], dtype=float),
        made_of,
    )


@dataclass
class Found:
    """What the attacker learned of the small figures that they went for.

    exact, small, few: those with one candidate, those proven to be 1 to 4, those with fewer than four candidates.
    """

    tried: int = 0
    alone: int = 0
    exact: list[tuple[Unknown, int, int]] = field(default_factory=list)
    small: list[tuple[Unknown, int, int]] = field(default_factory=list)
    few: list[tuple[Unknown, int, int]] = field(default_factory=list)
    contradiction: bool = False

    def __bool__(self) -> bool:
        return bool(self.contradiction or self.exact or self.small or self.few)

    def note(self, unknown: Unknown, low: int, high: int) -> None:
        """Adds one interval."""
        if low == high:
            self.exact.append((unknown, low, high))
        if low in SMALL and high in SMALL:
            self.small.append((unknown, low, high))
        if high - low + 1 < FEWEST:
            self.few.append((unknown, low, high))

    def add(self, other: "Found") -> None:
        """Takes another attack's findings in."""
        self.tried, self.alone = self.tried + other.tried, self.alone + other.alone
        self.contradiction |= other.contradiction
        for mine, theirs in ((self.exact, other.exact), (self.small, other.small), (self.few, other.few)):
            mine.extend(theirs)


def narrowed(
    known: Attack,
    truth: Mapping[Unknown, int],
    *,
    mine: Mapping[Unknown, int] | None = None,
    only: Collection[Unknown] | None = None,
    enough: int | None = None,
    seed: int = 0,
) -> Found:
    """Goes for every figure (of `only`) that is truly 1 to 4, or that is so without the attacker's part, `mine`.

    The shortcut: any possible truth that is met on the way widens the intervals of all figures at once, and what
    is wide enough already need not be tried by itself. The true figures are one such point and the published ones
    are often another, so they are looked at first. What stays narrow is narrowed down exactly, one by one (not
    more than `enough` of them).
    """
    mine = mine or {}
    targets = {unknown: mine.get(unknown, 0) for unknown in (truth if only is None else only)}
    targets = {unknown: part for unknown, part in targets.items() if truth[unknown] - part in SMALL}
    if not known.admits(known.vector(truth)):
        return Found(len(targets), contradiction=True)
    widest = _Widest(known, targets)
    widest.see(known.vector(truth))
    if known.published.keys() >= known.unknowns.keys():
        widest.see(known.vector(known.published))
    widest.push(np.random.default_rng(seed))
    found = Found(len(targets), len(widest.narrow()))
    for unknown in widest.narrow()[:enough]:
        if not widest.wide(unknown):
            low, high = known.interval(unknown, whole=False)
            if high - low + 1 >= FEWEST and not (low - targets[unknown] in SMALL and high - targets[unknown] in SMALL):
                low, high = known.interval(unknown)
            found.note(unknown, low - targets[unknown], high - targets[unknown])
    return found


@dataclass
class _Widest:
    """The intervals that possible truths have shown so far: no rule can make those narrower."""

    known: Attack
    targets: Mapping[Unknown, int]

    def __post_init__(self) -> None:
        self.low = np.full(len(self.known.unknowns), np.inf)
        self.high = np.full(len(self.known.unknowns), -np.inf)

    def see(self, point: Vector) -> None:
        if self.known.admits(point):
            self.low, self.high = np.minimum(self.low, point), np.maximum(self.high, point)

    def wide(self, unknown: Unknown) -> bool:
        at, mine = self.known.unknowns[unknown], self.targets[unknown]
        low, high = self.low[at], self.high[at]
        return bool(high - low + 1 >= FEWEST and not (low - mine in SMALL and high - mine in SMALL))

    def narrow(self) -> list[Unknown]:
        return [unknown for unknown in self.targets if not self.wide(unknown)]

    def push(self, chance: np.random.Generator, rounds: int = 16) -> None:
        """Looks for possible truths that are far out in as many of the narrow figures at once as can be."""
        idle = 0
        for number in range(rounds):
            narrow = self.narrow()
            if not narrow or idle > 3:
                return
            weights = np.zeros(len(self.known.unknowns))
            signs = {0: [1], 1: [-1]}.get(number % 4, [0, 0, 1, -1])
            for unknown in narrow:
                weights[self.known.unknowns[unknown]] = -chance.choice(signs) * chance.uniform(0.5, 1)
            point = self.known.solve(weights, gap=0.05, seconds=5)[0]
            if point is not None:
                self.see(point)
            idle = 0 if len(self.narrow()) < len(narrow) else idle + 1
