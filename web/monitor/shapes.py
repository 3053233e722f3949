"""The view model of the monitor: what every format shows, as plain values in the order in which it shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.monitor.partners import PartnerTable

QUARTERS = "kwartaal"
"""The id of the table of what each quarter added: a difference of releases, which none of them holds itself."""
COUNT = "Contacten"
"""The column of a table that has rows only."""


@dataclass(frozen=True)
class Label:
    """A row or a column: what it is called, and its id as it stands in the releases."""

    id: str
    text: str


@dataclass(frozen=True)
class Figure:
    """One published figure. The true one lies between `low` and `high`, both included.

    percent: of the total of its row, in a totals column of all contacts; None where that is too few to be sure.
    before: the same figure of the year before; None where there is none.
    """

    value: int
    low: int
    high: int
    percent: int | None = None
    before: int | None = None


@dataclass(frozen=True)
class Row:
    """A row: one figure for each column of its table."""

    label: Label
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Table:
    """A table with its margins: the last row is the total, and so is the last column where there are more.

    names, dimensions: ids and titles of the rows and, in a table with two, of the columns.
    period: what it counts, in words. period_before: the same of the year before; empty where no figure has one.
    notes: what goes for this table only, such as a break in its series.
    """

    id: str
    title: str
    caption: str
    definition: str
    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    period: str
    period_before: str
    columns: tuple[Label, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> Figure:
        """The figure of everything in the table."""
        return self.rows[-1].figures[-1]


@dataclass(frozen=True)
class Figures:
    """The monitor of a year. Without a release there are no tables, and `release` is empty.

    release: the id of the last one; `made` is its day in words. may_differ: how far a figure can be off at most, and
    one of the year before. omitted: title and reason of each table that was left out.
    comparable: whether the year before covers the same months. quarters: what each release added, None if none did.
    names: what abbreviations and names mean, whether they occur or not. demonstration: the mark of made-up figures.
    """

    year: int
    base: int
    may_differ: int
    may_differ_before: int
    release: str
    made: str
    period: str
    period_before: str
    comparable: bool
    tables: tuple[Table, ...]
    quarters: Table | None
    definitions: tuple[str, ...]
    notes: tuple[str, ...]
    omitted: tuple[tuple[str, str], ...]
    breaks: tuple[str, ...]
    since: str
    partners: tuple[PartnerTable, ...]
    names: Mapping[str, str]
    demonstration: str = ""


# --- tables as people read them --------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A figure, and the one of the year before; empty where there is none."""

    text: str
    before: str = ""


@dataclass(frozen=True)
class Line:
    """A row. kind: "total" and "share" stand apart from the others; "group" is a heading without cells."""

    label: str
    cells: tuple[Cell, ...]
    kind: str = ""


@dataclass(frozen=True)
class Picture:
    """A chart of the totals of a table: what it tells apart, the chart as SVG, and what it is for who cannot see it."""

    title: str
    svg: str
    alt: str


@dataclass(frozen=True)
class Sheet:
    """A table to read. corner: what its rows tell apart. says: what goes for its figures, in short sentences.

    summed: how many columns at the start tell the total of the others: itself, and its share where it has one.
    """

    id: str
    title: str
    caption: str
    definition: str
    says: tuple[str, ...]
    corner: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    charts: tuple[Picture, ...] = ()
    summed: int = 0

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text in it that can hold a name."""
        about = self.title, self.caption, self.definition, self.corner
        return (*about, *self.says, *self.columns, *(line.label for line in self.lines), *self.notes)
