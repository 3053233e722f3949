"""What may be counted: dimensions with closed lists of values, tables of them, and the cells of those."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

MUNICIPALITIES, MONTHS = "municipalities", "months"
YEAR = "year"
_PERIODS: Mapping[str, Callable[[int], tuple[str, ...]]] = {
    "month": lambda year: tuple(f"{year}-{month:02}" for month in range(1, 13)),
    "quarter": lambda year: tuple(f"{year}Q{quarter}" for quarter in range(1, 5)),
    YEAR: lambda year: (f"{year}",),
}
GRAINS = tuple(_PERIODS)

Municipalities = Callable[[int], Sequence[str]]
"""The codes of the municipalities that exist on any day of a year."""


class Undeclared(Exception):
    """A value that no list of the tables declares: it is refused, so that it can never be stored."""

    def __init__(self, dimension: str, value: str) -> None:
        super().__init__(f"the dimension {dimension!r} does not declare {value!r}")
        self.dimension, self.value = dimension, value


class Cell(NamedTuple):
    """One counter: a table's period and, in the order of its dimensions, one value of each."""

    period: str
    table: str
    key: tuple[str, ...]

    @property
    def year(self) -> int:
        """The calendar year that the period lies in."""
        return int(self.period[:4])


@dataclass(frozen=True)
class Rule:
    """Where a value comes from: `map` leads from the fact's value to it; without `map` it is that value."""

    fact: str
    map: Mapping[str, str] | None
    unknown: frozenset[str]

    def value(self, known: str) -> str | None:
        """The value for what is known of the fact; None where the rule does not decide."""
        if self.map is not None:
            return self.map.get(known)
        return None if known in self.unknown else known


@dataclass(frozen=True)
class Dimension:
    """A closed list of values, and the rules by which a contact gets exactly one of them."""

    id: str
    values: tuple[str, ...]
    values_from: str | None
    rules: tuple[Rule, ...]
    default: str
    indication: tuple[str, ...]

    def value(self, facts: Mapping[str, tuple[str, ...]]) -> str:
        """The value that the first deciding rule gives, or the default."""
        for rule in self.rules:
            known = facts.get(rule.fact, ())
            if len(known) > 1:
                raise Undeclared(self.id, " ".join(known))
            value = rule.value(known[0]) if known else None
            if value is not None:
                return value
        return self.default


@dataclass(frozen=True)
class Table:
    """A declared table. `indication` is the signal whose ticks it counts, where it is one of those.

    only_if_full: it is published in years only that give its cells enough contacts on average.
    """

    id: str
    dimensions: tuple[str, ...]
    grain: str
    indication: str | None
    only_if_full: bool = False


@dataclass(frozen=True)
class Tables:
    """Everything that may be counted: the dimensions and tables by id, and the municipalities of a year."""

    dimensions: Mapping[str, Dimension]
    tables: Mapping[str, Table]
    municipalities: Municipalities

    def values(self, dimension: str, period: str) -> tuple[str, ...]:
        """All values that the dimension can have in a period ("2026", "2026Q3" or "2026-08")."""
        declared = self.dimensions[dimension]
        if declared.values_from == MUNICIPALITIES:
            return (*self.municipalities(int(period[:4])), *declared.values)
        return months_of(period) if declared.values_from == MONTHS else declared.values

    def cells(self, table: Table, year: int) -> Iterator[Cell]:
        """Every cell that the table has in a year."""
        for period in periods(table.grain, year):
            for key in product(*(self.values(dimension, period) for dimension in table.dimensions)):
                yield Cell(period, table.id, key)


def periods(grain: str, year: int) -> tuple[str, ...]:
    """The periods of a year, in order."""
    return _PERIODS[grain](year)


def period_of(grain: str, on: datetime.date) -> str:
    """The period of a grain that a day lies in."""
    every = periods(grain, on.year)
    return every[(on.month - 1) * len(every) // 12]


def months_of(period: str) -> tuple[str, ...]:
    """The months of a period, in order."""
    months = periods("month", int(period[:4]))
    if "Q" in period:
        last = 3 * int(period[-1])
        return months[last - 3 : last]
    return months if len(period) == 4 else (period,)


def disagreements(tables: Tables, counters: Mapping[Cell, int]) -> list[str]:
    """Why these cannot be counters of contacts: every table counts each contact once, in its own period."""
    strange = {cell for cell in counters if not _fits(tables, cell)}
    sums: dict[str, dict[str, int]] = {}
    for cell, n in counters.items():
        for period in _wider(cell.period) if cell.table in tables.tables and cell not in strange else ():
            of_period = sums.setdefault(period, {})
            of_period[cell.table] = of_period.get(cell.table, 0) + n
    return [
        *(f"{cell.period} is not a period of {cell.table}" for cell in sorted(strange)),
        *(f"{cell} cannot be {n}" for cell, n in counters.items() if not 0 <= n < 2**40),
        *(
            f"{table} counts fewer contacts of {period} than other tables"
            for period, of_period in sorted(sums.items())
            for table, n in of_period.items()
            if n < max(of_period.values())
        ),
    ]


def _fits(tables: Tables, cell: Cell) -> bool:
    """Whether the period is one of the table's grain; of any grain, if the table is not declared any more."""
    grains = (tables.tables[cell.table].grain,) if cell.table in tables.tables else GRAINS
    return any(cell.period in periods(grain, cell.year) for grain in grains)


def _wider(period: str) -> tuple[str, ...]:
    """The year of a period, and the quarter if it lies in one."""
    months, year = months_of(period), period[:4]
    return (year,) if len(months) == 12 else (year, f"{year}Q{(int(months[0][-2:]) + 2) // 3}")
