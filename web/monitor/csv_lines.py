"""The lines of every table: one figure on a line, with the bounds of the true one, from every release of the year."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from referral.partners import MISSING, SHOWN, WITHHELD
from referral.reading import Reading
from web.monitor.figures import Monitor, figures
from web.monitor.partners import PartnerTable
from web.monitor.released import Release, bounds, cells
from web.monitor.shapes import QUARTERS, Table
from web.monitor.words import mark, may_differ

ROUNDED, FURTHER, DIFFERENCE = "rounded", "rounded_step_1", "difference"
STATUS = {
    ROUNDED: "afgerond",
    FURTHER: "afgerond, stap 1",
    DIFFERENCE: "verschil van twee uitgaven",
    SHOWN: "bekend",
    WITHHELD: "niet getoond",
    MISSING: "niet bekend",
}
"""How a figure was made, or why there is none: the code for programs, and the Dutch words."""
Value = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A column by its name for programs and its Dutch name; `datatype` is a word of CSVW."""

    name: str
    dutch: str
    datatype: str = "string"


@dataclass(frozen=True)
class Sheet:
    """A file before it is written: what it is called and about, its columns and lines."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    lines: tuple[tuple[Value, ...], ...]


_RELEASE = (
    Column("year", "Jaar", "integer"),
    Column("release", "Uitgave"),
    Column("from", "Vanaf", "date"),
    Column("until", "Tot en met", "date"),
)
_FIGURE = (
    Column("value", "Aantal", "integer"),
    Column("lower", "Ondergrens", "integer"),
    Column("upper", "Bovengrens", "integer"),
    Column("status", "Status"),
)
_DEMONSTRATION = Column("demonstration", "Demonstratie")
_PARTNER = (
    Column("series", "Reeks"),
    Column("title", "Titel"),
    Column("partner", "Partner"),
    Column("dimension", "Onderdeel"),
    Column("category", "Categorie (code)"),
    Column("label", "Categorie"),
    Column("year", "Jaar", "integer"),
    Column("value", "Aantal", "number"),
    Column("unit", "Eenheid"),
    Column("status", "Status"),
    Column("note", "Opmerking"),
    Column("published_by", "Gepubliceerd door"),
)


def sheets(data: Monitor, reading: Reading) -> list[Sheet]:
    """A sheet for each table of the year, for what each quarter added, and for each series of a partner."""
    ours = [*_tables(data, reading), *_quarters(data, reading)]
    return [*(_marked(sheet, mark(data)) for sheet in ours), *_partners(data, reading)]


def _marked(sheet: Sheet, said: str) -> Sheet:
    """The sheet with the mark of made-up figures on each line, where there is one: lines are copied without a title."""
    if not said:
        return sheet
    lines = tuple((said, *line) for line in sheet.lines)
    about = f"{said}. {sheet.about}".strip()
    return replace(sheet, about=about, columns=(_DEMONSTRATION, *sheet.columns), lines=lines)


def everything(data: Monitor, reading: Reading) -> Sheet:
    """All our tables of all releases of the year. Partners' figures are not in it: they never add up with ours."""
    most = max((len(table["dimensions"]) for release in data["releases"] for table in release["tables"]), default=0)
    coded = [
        Column(f"{name}_{at}", f"{dutch} {at}")
        for at in range(1, most + 1)
        for name, dutch in (("dimension", "Kenmerk"), ("code", "Code"), ("label", "Waarde"))
    ]
    lines: list[tuple[Value, ...]] = []
    for release in data["releases"]:
        for table in release["tables"]:
            names = table["dimensions"]
            for key, value in cells(table).items():
                pairs = zip(names, key, strict=True)
                parts: list[Value] = [part for name, code in pairs for part in (name, code, reading.label(name, code))]
                parts += [None] * (len(coded) - len(parts))
                lines.append((*_of(release), table["id"], *parts, *_figure(value, release)))
    columns = (*_RELEASE, Column("table", "Tabel"), *coded, *_FIGURE)
    sheet = Sheet("monitor.csv", "Alle tabellen van alle uitgaven van het jaar", "", columns, tuple(lines))
    return _marked(sheet, mark(data))


def _tables(data: Monitor, reading: Reading) -> Iterator[Sheet]:
    """Each table that stands in a release of the year, with all releases that hold it."""
    holds: dict[str, list[tuple[Release, Mapping[str, Any]]]] = {}
    for release in data["releases"]:
        for table in release["tables"]:
            holds.setdefault(table["id"], []).append((release, table))
    for name, held in holds.items():
        table = held[-1][1]
        words = reading.tables.get(name)
        yield Sheet(
            f"{name}.csv",
            words.caption if words else table["title"],
            words.definition if words else "",
            (*_RELEASE, *_coded(table["dimensions"], reading), *_FIGURE),
            tuple(line for release, of in held for line in _lines(release, of, reading)),
        )


def _coded(names: Iterable[str], reading: Reading) -> Iterator[Column]:
    for name in names:
        yield from _pair(name, reading.dimensions.get(name, name))


def _pair(name: str, title: str) -> tuple[Column, Column]:
    """The columns of a dimension: the code of its value, and what that is called."""
    return Column(name, f"{title} (code)"), Column(f"{name}_label", title)


def _lines(release: Release, table: Mapping[str, Any], reading: Reading) -> Iterator[tuple[Value, ...]]:
    for key, value in cells(table).items():
        coded = [
            part
            for name, code in zip(table["dimensions"], key, strict=True)
            for part in (code, reading.label(name, code))
        ]
        yield (*_of(release), *coded, *_figure(value, release))


def _of(release: Release) -> tuple[Value, ...]:
    first, last = release["months"][0], release["months"][-1]
    return release["year"], release["id"], f"{first}-01", _last_day(last)


def _last_day(month: str) -> str:
    year, at = int(month[:4]), int(month[5:])
    return f"{month}-{calendar.monthrange(year, at)[1]}"


def _figure(value: int, release: Release) -> tuple[Value, ...]:
    return *bounds(value, may_differ(release)), FURTHER if release["step"] else ROUNDED


def _quarters(data: Monitor, reading: Reading) -> Iterator[Sheet]:
    table = figures(data, reading).quarters
    if table is None:
        return
    columns = (
        Column("year", "Jaar", "integer"),
        *(part for pair in zip(table.names, table.dimensions, strict=True) for part in _pair(*pair)),
        *_FIGURE,
    )
    yield Sheet(f"{QUARTERS}.csv", table.caption, table.definition, columns, tuple(_added(data, table)))


def _added(data: Monitor, table: Table) -> Iterator[tuple[Value, ...]]:
    """The first row stands in a release as it is; every other one is a difference of two."""
    first = FURTHER if data["releases"][0]["step"] else ROUNDED
    for at, row in enumerate(table.rows[:-1]):
        for column, figure in zip(table.columns, row.figures, strict=True):
            labels = (row.label, column)[: len(table.names)]
            coded = [part for label in labels for part in (label.id, label.text)]
            yield (data["year"], *coded, figure.value, figure.low, figure.high, DIFFERENCE if at else first)


# --- partners --------------------------------------------------------------------------------------


def _partners(data: Monitor, reading: Reading) -> Iterator[Sheet]:
    for table in figures(data, reading).partners:
        about = f"Cijfers van {table.partner}, in {table.unit}. Tel ze niet op bij onze cijfers."
        yield Sheet(f"partner_{table.id}.csv", table.title, about, _PARTNER, tuple(_given(table)))


def _given(table: PartnerTable) -> Iterator[tuple[Value, ...]]:
    for group in table.groups:
        for row in group.rows:
            for year, figure in zip(table.years, row.figures, strict=True):
                if figure is not None:
                    which = (table.id, table.title, table.partner, group.id, row.id, row.label, year)
                    yield (*which, figure.value, table.unit, figure.status, figure.note, figure.published_by)
