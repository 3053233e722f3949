"""The figures of a release: which tables it holds, their cells with all margins, and the truth of each.

One figure can stand in several tables: the contacts of one form are a margin of every table with forms. A figure
is named by what it counts, so that it is one figure wherever it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from referral.tables import Cell, Table, Tables, months_of

TOTAL = "total"
MUNICIPALITY, AREA, MONTH = "municipality", "area", "month"
"""The dimensions that a reader can add up without any table: by the list of municipalities, and by the calendar."""

Figure = tuple[tuple[str, str], ...]
"""What is counted: value by dimension, in the order of the dimensions' names. () is all contacts."""
Areas = Mapping[str, str]
"""The area of each municipality; of every other value of that dimension, the area value that means the same."""

EVERYTHING: Figure = ()


@dataclass(frozen=True)
class Layout:
    """A table as a release holds it: its dimensions' values in order, and the raw counters of its inner cells.

    names: the dimensions as figures name them; one that means something else in each table carries its signal.
    """

    table: Table
    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    counts: Mapping[tuple[str, ...], int]

    @property
    def inner(self) -> int:
        """How many cells it has without its margins."""
        return prod(map(len, self.values))

    def cells(self) -> Iterator[tuple[str, ...]]:
        """Every cell with its margins, row by row."""
        yield from product(*((*values, TOTAL) for values in self.values))

    def figure(self, key: Iterable[str]) -> Figure:
        """The figure that stands in a cell."""
        return tuple(sorted((name, value) for name, value in zip(self.names, key, strict=True) if value != TOTAL))

    def truth(self) -> dict[Figure, int]:
        """The true figure of every cell, margins included."""
        found = {self.figure(key): 0 for key in self.cells()}
        for key, n in self.counts.items():
            for margin in product(*((value, TOTAL) for value in key)):
                found[self.figure(margin)] += n
        return found

    def sums(self) -> Iterator[tuple[Figure, list[Figure]]]:
        """Every margin, with the figures over one dimension that add up to it."""
        for key in self.cells():
            for at, value in enumerate(key):
                if value == TOTAL:
                    yield self.figure(key), [self.figure((*key[:at], v, *key[at + 1 :])) for v in self.values[at]]


def months_until(year: int, quarter: int) -> tuple[str, ...]:
    """The months of a year until the end of a quarter."""
    return months_of(f"{year}")[: 3 * quarter]


def layouts(tables: Tables, counters: Mapping[Cell, int], year: int, quarter: int) -> dict[str, Layout]:
    """The tables of a release by id, from the counters of the year up to the quarter.

    A table that is counted by the year only belongs to the fourth quarter.
    """
    of_table: dict[str, dict[Cell, int]] = {}
    months = set(months_until(year, quarter))
    for cell, n in counters.items():
        if cell.year == year and months.issuperset(months_of(cell.period)):
            of_table.setdefault(cell.table, {})[cell] = n
    return {name: _layout(tables, table, of_table[name]) for name, table in tables.tables.items() if of_table.get(name)}


def _layout(tables: Tables, table: Table, cells: Mapping[Cell, int]) -> Layout:
    counts: dict[tuple[str, ...], int] = {}
    for cell, n in cells.items():
        counts[cell.key] = counts.get(cell.key, 0) + n
    periods = sorted({cell.period for cell in cells})
    values = []
    for at, dimension in enumerate(table.dimensions):
        counted = {key[at] for key in counts}
        declared = dict.fromkeys(value for period in periods for value in tables.values(dimension, period))
        # A value that left the content within the year keeps what it counted.
        values.append((*(v for v in declared if v in counted), *sorted(counted - declared.keys())))
    names = tuple(
        f"{dimension}:{table.indication}" if tables.dimensions[dimension].indication else dimension
        for dimension in table.dimensions
    )
    return Layout(table, names, tuple(values), counts)


def place_sums(of: Collection[Layout], areas: Areas) -> list[tuple[Figure, list[Figure]]]:
    """Each area as the sum of its municipalities, for all contacts and within each form, where tables have both.

    A municipality that `areas` does not know is taken for an area of that name.
    """
    wholes = {layout.figure(key) for layout in of if AREA in layout.names for key in layout.cells()}
    sums: dict[Figure, dict[Figure, None]] = {}
    for layout in of:
        for figure in map(layout.figure, layout.cells()) if MUNICIPALITY in layout.names else ():
            rest = dict(figure)
            if code := rest.pop(MUNICIPALITY, None):
                whole = tuple(sorted({**rest, AREA: areas.get(code, code)}.items()))
                sums.setdefault(whole, {})[figure] = None
    return [(whole, list(parts)) for whole, parts in sums.items() if whole in wholes]
