"""A data folder with a made-up year in it, and the releases of that year."""

from __future__ import annotations

import contextlib
import datetime
from pathlib import Path
from typing import Any

from referral.release import NotYet, make_release
from referral.store import Store
from tests.populations import Population

MADE = datetime.date(2027, 1, 1)


def fill(database: Path, population: Population, quarter: int = 4) -> None:
    """Count the year's contacts until the end of a quarter in the store of a data folder that holds none of them."""
    database.parent.mkdir(exist_ok=True)
    with contextlib.closing(Store(database, population.tables[0])) as store:
        store.prepare(datetime.date(population.year, 1, 1))
        sums = {cell: n for cell, n in population.states[quarter - 1].items() if n}
        if sums:
            store.add_sums(sums, {b"a ticket of sums": 1})


def releases(population: Population) -> list[dict[str, Any]]:
    """The releases of a year, each made at its time; a quarter with too few new contacts has none."""
    made: list[dict[str, Any]] = []
    for quarter, (tables, counters) in enumerate(zip(population.tables, population.states, strict=True), 1):
        with contextlib.suppress(NotYet):
            made.append(
                make_release(
                    tables, counters, population.areas, made, population.year, quarter, made=MADE, card="2026.1"
                )
            )
    return made
