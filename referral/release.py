"""What a release holds: every table of a year up to a quarter, rounded jointly with all that was published before.

A release is plain data, published as it is (docs/privacy.md, design §4). It satisfies by itself everything that
a reader may know of the true counts: that margins agree, that an area is the sum of its municipalities, that
months add up, that a closed month keeps its figure, that counts only rise, and what the gate tells.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from referral.disclosure import BASE, STEPS, Hidden, Infeasible, Problem, by_chance, rounded
from referral.known import GATE, Known, NotYet, gate, ties, totals
from referral.layout import EVERYTHING, MUNICIPALITY, Areas, Figure, Layout, layouts, months_until, place_sums
from referral.possible import Combination
from referral.tables import YEAR, Cell, Tables

ONE_IN = 20
"""Of so many releases, one takes the step further without need."""
TOO_FEW, NEW, LINKS = "too_few", "new", "links"
"""Why a release leaves a table out: it would be nearly empty; it was not counted all year; it contradicts the map."""
MADE_UP = "demonstration"
"""The field, true, of a release that a demonstration made; no other release has it."""
Release = dict[str, Any]

__all__ = ["GATE", "Contradiction", "NotYet", "Release", "made_up", "make_release", "release_id"]


class Contradiction(Exception):
    """The counters do not agree with each other, so nothing can be made of them."""


def release_id(year: int, quarter: int) -> str:
    """The name of a release, such as 2026Q1."""
    return f"{year}Q{quarter}"


def made_up(release: Mapping[str, Any]) -> bool:
    """Whether its figures are made up: it says so itself."""
    return release.get(MADE_UP) is True


def make_release(
    tables: Tables,
    counters: Mapping[Cell, int],
    areas: Areas,
    earlier: Sequence[Release],
    year: int,
    quarter: int,
    *,
    made: datetime.date,
    card: str,
    titles: Mapping[str, str] | None = None,
    possible: Sequence[Combination] = (),
    possible_before: Sequence[Combination] = (),
    demonstration: bool = False,
) -> Release:
    """The release of a quarter, cumulative within its year.

    counters: the raw cells of the year. areas: the area of each municipality. earlier: the releases of the same
    year that were made before, oldest first. titles: by table id. possible: what the card could lead to
    since the release before; possible_before: earlier in the year.
    demonstration: whether the counters are made up, which the release then says.
    Raises NotYet, Infeasible or Contradiction; then nothing may be published.
    """
    there, omitted, told = _eligible(tables, counters, areas, year, quarter)
    known = Known(
        quarter,
        areas,
        _truth(there.values()),
        _was(there, layouts(tables, counters, year, earlier[-1]["quarter"])) if earlier else {},
        _before(there, earlier),
        frozenset(month for release in earlier for month in release["months"]),
        frozenset(told),
    )
    values, step, kept = _figures(there, known, ties(known, possible, [*possible, *possible_before]))
    omitted |= {name: TOO_FEW for name in there if name not in kept}
    return {
        "id": release_id(year, quarter),
        **({MADE_UP: True} if demonstration else {}),
        "year": year,
        "quarter": quarter,
        "base": BASE,
        "step": step,
        "few": values[EVERYTHING] - known.before.get(EVERYTHING, 0) < GATE,
        "made": made.isoformat(),
        "card": card,
        "months": list(months_until(year, quarter)),
        "omitted": [{"table": name, "why": why} for name, why in omitted.items()],
        "tables": [_published(layout, values, (titles or {}).get(name, name)) for name, layout in kept.items()],
    }


def _eligible(
    tables: Tables, counters: Mapping[Cell, int], areas: Areas, year: int, quarter: int
) -> tuple[dict[str, Layout], dict[str, str], set[Figure]]:
    """The tables that count every contact of the year and agree with what a reader can add up; why others do not.

    Last, the figures of which a reader learns by such a reason that they are not zero.
    """
    there = layouts(tables, counters, year, quarter)
    every = {name: sum(layout.counts.values()) for name, layout in there.items()}
    due = [name for name, table in tables.tables.items() if quarter == 4 or table.grain != YEAR]
    omitted = {name: NEW for name in due if every.get(name, -1) < max(every.values(), default=0)}
    there = {name: layout for name, layout in there.items() if name not in omitted}
    if EVERYTHING not in (truth := _truth(there.values())):
        raise Contradiction(f"the counters have no cells of {year}")
    apart = {
        whole: truth[whole] - sum(truth[part] for part in parts) for whole, parts in place_sums(there.values(), areas)
    }
    if any(apart.values()):
        # A municipality changed its area within the year. Readers would add up what does not add up.
        omitted |= {name: LINKS for name, layout in there.items() if MUNICIPALITY in layout.names}
    told = {whole for whole, more in apart.items() if more > 0}
    if any(name in every for name in omitted):  # not one that came too late for the year: that tells nothing
        told.add(EVERYTHING)
    return (
        {name: layout for name, layout in there.items() if name not in omitted},
        omitted,
        {figure for figure in told if truth[figure]},
    )


def _truth(there: Iterable[Layout]) -> dict[Figure, int]:
    truth: dict[Figure, int] = {}
    for layout in there:
        for figure, n in layout.truth().items():
            if truth.setdefault(figure, n) != n:
                raise Contradiction(f"{layout.table.id} counts {dict(figure)} otherwise than the tables before it")
    return truth


def _was(there: Mapping[str, Layout], then: Mapping[str, Layout]) -> dict[Figure, int]:
    """What the figures were at the release before."""
    return _truth(layout for name, layout in then.items() if name in there)


def _before(there: Mapping[str, Layout], earlier: Sequence[Release]) -> dict[Figure, int]:
    """The figures of the release before this one."""
    return {
        there[table["id"]].figure(cell["key"].values()): cell["value"]
        for table in (earlier[-1]["tables"] if earlier else ())
        if table["id"] in there
        for cell in table["cells"]
    }


def _figures(
    there: Mapping[str, Layout], known: Known, hidden: Sequence[Hidden[Figure]]
) -> tuple[dict[Figure, int], int, dict[str, Layout]]:
    """The rounded figures, the step that they needed, and the tables that are full enough at that total.

    The total comes first, at random: whether a table is full enough must follow from what is published. Now and
    then the step further is taken without need: else that it was needed would tell that these are not the counts.
    """
    limits = gate(known)
    for step in STEPS[by_chance(ONE_IN) :]:
        for total in totals(known, step):
            kept = {
                n: layout
                for n, layout in there.items()
                if not layout.table.only_if_full or total >= BASE * layout.inner
            }
            sums = [pair for layout in kept.values() for pair in layout.sums()] + place_sums(kept.values(), known.areas)
            figures = {figure: known.truth[figure] for layout in kept.values() for figure in layout.truth()}
            fixed = {**known.fixed(), EVERYTHING: total}
            problem = Problem(figures, sums, known.least(), fixed, limits, known.was, hidden)
            try:
                return rounded(problem, step), step, kept
            except Infeasible:
                continue
    raise Infeasible("no figures satisfy all rules, even one step further from the truth")


def _published(layout: Layout, values: Mapping[Figure, int], title: str) -> dict[str, Any]:
    dimensions = layout.table.dimensions
    return {
        "id": layout.table.id,
        "title": title,
        "dimensions": list(dimensions),
        "cells": [
            {"key": dict(zip(dimensions, key, strict=True)), "value": values[layout.figure(key)]}
            for key in layout.cells()
        ],
    }
