"""What a release holds: every table of a year up to a quarter, rounded jointly with all that was published before.

A release is plain data, published as it is (docs/privacy.md, design §4). It satisfies by itself everything that
a reader may know of the true counts: that margins agree, that an area is the sum of its municipalities, that
months add up, that a closed month keeps its figure, that counts only rise, and what the gate tells.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from referral.disclosure import BASE, STEPS, Infeasible, Limit, Problem, choices, drawn, rounded
from referral.layout import EVERYTHING, MONTH, MUNICIPALITY, Areas, Figure, Layout, layouts, months_until, place_sums
from referral.tables import YEAR, Cell, Tables

GATE = 25
"""New contacts that a release needs (statistics.md, decision 5). The fourth quarter comes out with fewer too."""
TOO_FEW, NEW, LINKS = "too_few", "new", "links"
"""Why a release leaves a table out: it would be nearly empty; it was not counted all year; it contradicts the map."""
Release = dict[str, Any]


class NotYet(Exception):
    """Fewer new contacts than a release needs: it waits for the next quarter."""


class Contradiction(Exception):
    """The counters do not agree with each other, so nothing can be made of them."""


def release_id(year: int, quarter: int) -> str:
    """The name of a release, such as 2026Q1."""
    return f"{year}Q{quarter}"


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
) -> Release:
    """The release of a quarter, cumulative within its year.

    counters: the raw cells of the year. areas: the area of each municipality. earlier: the releases of the same
    year that were made before, oldest first. titles: by table id.
    Raises NotYet, Infeasible or Contradiction; then nothing may be published.
    """
    there, omitted, told = _eligible(tables, counters, areas, year, quarter)
    values, step, kept = _figures(there, areas, earlier, quarter, told)
    omitted |= {name: TOO_FEW for name in there if name not in kept}
    before = _before(there, earlier)
    return {
        "id": release_id(year, quarter),
        "year": year,
        "quarter": quarter,
        "base": BASE,
        "step": step,
        "few": values[EVERYTHING] - before.get(EVERYTHING, 0) < GATE,
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
    if EVERYTHING not in (truth := _truth(there)):
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


def _truth(there: Mapping[str, Layout]) -> dict[Figure, int]:
    truth: dict[Figure, int] = {}
    for name, layout in there.items():
        for figure, n in layout.truth().items():
            if truth.setdefault(figure, n) != n:
                raise Contradiction(f"{name} counts {dict(figure)} otherwise than the tables before it")
    return truth


def _before(there: Mapping[str, Layout], earlier: Sequence[Release]) -> dict[Figure, int]:
    """The figures of the release before this one."""
    return {
        there[table["id"]].figure(cell["key"].values()): cell["value"]
        for table in (earlier[-1]["tables"] if earlier else ())
        if table["id"] in there
        for cell in table["cells"]
    }


def _figures(
    there: Mapping[str, Layout], areas: Areas, earlier: Sequence[Release], quarter: int, told: Collection[Figure]
) -> tuple[dict[Figure, int], int, dict[str, Layout]]:
    """The rounded figures, the step that they needed, and the tables that are full enough at that total.

    told: figures that are known not to be zero, so they must not be published as zero.

    The total comes first, at random: whether a table is full enough must follow from what is published.
    """
    truth, before = _truth(there), _before(there, earlier)
    limits = _gate(truth, before, earlier, quarter)
    closed = {month for release in earlier for month in release["months"]}
    fixed = {figure: n for figure, n in before.items() if any(month in closed for month in _months_in(figure))}
    least = {**before, **{figure: max(BASE, before.get(figure, 0)) for figure in told}}
    for step in STEPS:
        for total in _totals(truth[EVERYTHING], least.get(EVERYTHING, 0), step):
            kept = {
                name: layout
                for name, layout in there.items()
                if not layout.table.only_if_full or total >= BASE * layout.inner
            }
            sums = [pair for layout in kept.values() for pair in layout.sums()] + place_sums(kept.values(), areas)
            figures = {figure: truth[figure] for layout in kept.values() for figure in layout.truth()}
            try:
                found = rounded(Problem(figures, sums, least, {**fixed, EVERYTHING: total}, limits), step)
            except Infeasible:
                continue
            return found, step, kept
    raise Infeasible("no figures satisfy all rules, even one step further from the truth")


def _totals(true: int, before: int, step: int) -> list[int]:
    """What the total may become, first the one drawn at random, then the nearest to it."""
    first = drawn(true)
    return sorted(choices(true, step, before), key=lambda total: abs(total - first))


def _months_in(figure: Figure) -> Iterable[str]:
    return (value for name, value in figure if name == MONTH)


def _gate(
    truth: Mapping[Figure, int], before: Mapping[Figure, int], earlier: Sequence[Release], quarter: int
) -> list[Limit[Figure]]:
    """What the gate tells a reader: enough is new; and until a quarter that was passed over it was not.

    Raises NotYet. The fourth quarter comes out in any case, so that it does tells nothing.
    """
    closed = {month for release in earlier for month in release["months"]}
    new: dict[int, list[Figure]] = {}
    for figure in truth:
        for month in _months_in(figure):
            if month not in closed:
                new.setdefault((int(month[-2:]) + 2) // 3, []).append(figure)
    limits = []
    for passed in range(1, quarter):
        until = [figure for q, figures in new.items() if q <= passed for figure in figures]
        if until and sum(truth[figure] for figure in until) < GATE:
            limits.append(Limit(until, high=GATE - 1))
    everything = [figure for figures in new.values() for figure in figures]
    if quarter < 4:
        if sum(truth[figure] for figure in everything) < GATE:
            raise NotYet(f"fewer than {GATE} new contacts")
        limits.append(Limit(everything, low=GATE))
    return limits


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
