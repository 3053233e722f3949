"""How much a release leaves to read, and what it costs: `make bench` writes docs/usefulness.md from one run.

Times drift from machine to machine. What counts is that they do not grow with the number of contacts.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from referral.possible import Combination, possible
from referral.publishing import areas_of
from referral.release import NotYet, make_release
from tests.attacker import attack, narrowed
from tests.populations import YEAR, Population, population, shipped, true_figures
from tests.releasing import MADE
from tests.running import ROOT

SIZES = (170, 500, 2_000, 10_000)
YEARS = int(os.environ.get("MELDROUTE_YEARS", "30"))
DOCUMENT = ROOT / "docs" / "usefulness.md"
Row = list[str]
Release = dict[str, Any]


class Measured:
    """What is found for one number of contacts a year."""

    def __init__(self) -> None:
        self.off: dict[str, list[float]] = defaultdict(list)
        self.share: dict[str, list[float]] = defaultdict(list)
        self.furthest = self.made = self.further = 0
        self.seconds: list[float] = []
        self.audit = 0.0
        self.attacked = 0

    def look(self, drawn: Population) -> None:
        """Make the releases of a year, and hold the last one against the truth."""
        releases: list[Release] = []
        for quarter in range(1, 5):
            start = time.perf_counter()
            try:
                releases.append(
                    make_release(
                        drawn.tables[quarter - 1],
                        drawn.states[quarter - 1],
                        drawn.areas,
                        releases,
                        drawn.year,
                        quarter,
                        made=MADE,
                        card="2026.1",
                        possible=can_be(drawn.year),
                    )
                )
            except NotYet:
                continue
            self.seconds.append(time.perf_counter() - start)
        self.made += len(releases)
        self.further += sum(release["step"] for release in releases)
        self.hold(releases[-1], drawn.states[3])
        if not self.attacked:
            self.attack(drawn, releases)

    def hold(self, release: Release, state: Mapping[Any, int]) -> None:
        """The differences between what is published and what was counted, in cells without margins."""
        true: dict[tuple[str, tuple[str, ...]], int] = defaultdict(int)
        for cell, n in state.items():
            true[cell.table, cell.key] += n
        for table in release["tables"]:
            kind = "form_signal" if table["id"].startswith("form_signal") else table["id"]
            inner = [cell for cell in table["cells"] if "total" not in cell["key"].values()]
            off = [abs(cell["value"] - true[table["id"], tuple(cell["key"].values())]) for cell in inner]
            every = sum(true[table["id"], tuple(cell["key"].values())] for cell in inner)
            self.off[kind].append(statistics.mean(off))
            self.share[kind].append(1 - sum(off) / every)
            self.furthest = max(self.furthest, *off)

    def attack(self, drawn: Population, releases: Sequence[Release]) -> None:
        """One audit: the attacker of the tests goes for every small figure of the year."""
        start = time.perf_counter()
        known = attack(releases, drawn.areas, can_be=can_be(drawn.year))
        found = narrowed(known, true_figures(drawn, [one["quarter"] for one in releases], known.unknowns))
        self.audit, self.attacked = time.perf_counter() - start, found.tried
        assert not found, found


@cache
def can_be(year: int) -> list[Combination]:
    """What the route card can lead to."""
    content = shipped()
    return possible(content.card, content.tables, areas_of(content.card), year, content.script.asked)


def measured(size: int, years: int) -> Measured:
    """Look at so many made-up years of that many contacts."""
    found = Measured()
    for seed in range(years):
        found.look(population(seed, size))
    return found


def page(found: Mapping[int, Measured], years: int, reading: float) -> str:
    """The document."""
    sizes = list(found)
    kinds = list(dict.fromkeys(kind for one in found.values() for kind in one.share))
    kept = [[kind, *(_share(found[size].share.get(kind)) for size in sizes)] for kind in kinds]
    off = [[kind, *(_mean(found[size].off.get(kind)) for size in sizes)] for kind in kinds]
    cost = [
        ["releases one step further (in %)", *(f"{100 * one.further / one.made:.1f}" for one in found.values())],
        ["greatest difference of a figure", *(str(one.furthest) for one in found.values())],
        ["a release: median seconds", *(f"{statistics.median(one.seconds):.2f}" for one in found.values())],
        ["a release: slowest, seconds", *(f"{max(one.seconds):.2f}" for one in found.values())],
        ["audit of a year: seconds", *(f"{one.audit:.1f}" for one in found.values())],
        ["audit: small figures attacked", *(str(one.attacked) for one in found.values())],
    ]
    head = ["contacts a year", *(f"{size:,}" for size in sizes)]
    return f"""# What a release leaves to read, and what it costs

Written by `python -m tests.usefulness` (part of `make bench`): {years} made-up years of each size, shaped like the
source document's, with all releases of the year. {os.cpu_count()} cores, Python {sys.version.split()[0]}.

## What is kept

Of 100 contacts in a table's cells, how many stand where they belong: 100 less the differences between published
and counted, added up, as a share of the contacts. Mean over the years; "-" where the table is not published.

{_table(head, kept)}

## How far a figure is off

The mean difference between a published figure and the count, in contacts, over all cells without the margins, empty
ones included.

{_table(head, off)}

## What it costs

The step further is taken where figures that may only rise, and may not be drawn again where nothing was added,
would not add up otherwise, and once in twenty without need; the release says so. A release is timed without reading
the route card, which takes {reading:.1f} s once. The audit is the attack of `tests/attacker.py`, by somebody who has
read the route card too, with all releases of one year on every figure that was truly 1 to 4. It found none of them.

{_table(head, cost)}
"""


def _share(values: list[float] | None) -> str:
    return f"{100 * max(statistics.mean(values), 0):.0f}" if values else "-"


def _mean(values: list[float] | None) -> str:
    return f"{statistics.mean(values):.2f}" if values else "-"


def _table(head: Row, rows: Sequence[Row]) -> str:
    return "\n".join(
        ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
        + ["| " + " | ".join(row) + " |" for row in rows]
    )


def main() -> None:
    """Measures, prints and writes the page."""
    start = time.perf_counter()
    can_be(YEAR)
    reading = time.perf_counter() - start
    text = page({size: measured(size, YEARS) for size in SIZES}, YEARS, reading)
    DOCUMENT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
