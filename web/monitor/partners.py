"""What partners counted, as tables of their own: beside our figures, never added to them and never on one axis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from referral.partners import MISSING, SHOWN, WITHHELD
from web.monitor.words import number

Line = Mapping[str, Any]

STATUS = {
    SHOWN: "",
    WITHHELD: "niet getoond",
    MISSING: "niet bekend",
}
"""What stands in a table where there is no figure."""
EXPLAINED = {
    WITHHELD: "Niet getoond: dit cijfer is klein of verraadt een klein cijfer, en de partner publiceerde het niet.",
    MISSING: "Niet bekend: wij hebben dit cijfer niet. Het is niet gegeven, of in de bron niet te lezen.",
}


@dataclass(frozen=True)
class PartnerFigure:
    """A figure as a partner gave it; `value` is None where it is not known or not shown, `text` says which."""

    value: int | None
    status: str
    text: str
    note: str
    published_by: str


@dataclass(frozen=True)
class PartnerRow:
    """A category, and its figure in each year of the table; None where the import has no line for it."""

    id: str
    label: str
    figures: tuple[PartnerFigure | None, ...]


@dataclass(frozen=True)
class PartnerGroup:
    """The categories of one dimension of a series."""

    id: str
    title: str
    rows: tuple[PartnerRow, ...]


@dataclass(frozen=True)
class PartnerTable:
    """A series of one partner. Nothing in it is ours, and none of its figures was rounded by us."""

    id: str
    title: str
    partner: str
    unit: str
    years: tuple[int, ...]
    groups: tuple[PartnerGroup, ...]
    notes: tuple[str, ...]

    @property
    def figures(self) -> tuple[PartnerFigure, ...]:
        """Every figure of the table, known or not."""
        return tuple(figure for group in self.groups for row in group.rows for figure in row.figures if figure)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the figures that are shown were published; an empty text among them where one was not."""
        return tuple(dict.fromkeys(figure.published_by for figure in self.figures if figure.value is not None))

    @property
    def sourced(self) -> tuple[str, ...]:
        """The sources in sentences that are true of the table as a whole."""
        if len(self.sources) == 1:
            return tuple(f"Bron van alle cijfers: {source}." for source in self.sources if source)
        return tuple(f"Bron van een deel van de cijfers: {source}." for source in self.sources if source)


def partner_years(tables: Sequence[PartnerTable], year: int) -> str:
    """Why figures of other years stand beside those of `year`; empty where there are none to explain."""
    known = {
        at
        for table in tables
        for group in table.groups
        for row in group.rows
        for at, figure in zip(table.years, row.figures, strict=True)
        if figure and figure.value is not None
    }
    if not known or known == {year}:
        return ""
    if max(known) >= year:
        return (
            f"Deze monitor gaat over {year}. Boven elke kolom staat over welk jaar een cijfer van een partner gaat. "
            "Er staat ook een ouder cijfer, als wij geen nieuwer hebben."
        )
    *most, last = map(str, sorted(known))
    over = f"{', '.join(most)} en {last}" if most else last
    return (
        f"Deze monitor gaat over {year}. Van partners zijn de nieuwste cijfers die wij hebben van {last}. "
        f"Daarom staan hier cijfers over {over}. Vergelijk ze niet met de contacten van {year}."
    )


def partner_tables(lines: Iterable[Line]) -> tuple[PartnerTable, ...]:
    """A table for each series, in the order of the imports."""
    series: dict[str, list[Line]] = {}
    for line in lines:
        series.setdefault(line["series"], []).append(line)
    return tuple(_table(name, of) for name, of in series.items())


def _table(name: str, lines: Sequence[Line]) -> PartnerTable:
    years = tuple(sorted({line["year"] for line in lines}))
    statuses = {line["status"] for line in lines}
    return PartnerTable(
        id=name,
        title=lines[0]["title"],
        partner=lines[0]["partner"],
        unit=lines[0]["unit"],
        years=years,
        groups=tuple(_group(of, lines, years) for of in dict.fromkeys(line["dimension"] for line in lines)),
        notes=(
            *dict.fromkeys(line["note"] for line in lines if line["note"]),
            *(text for status, text in EXPLAINED.items() if status in statuses),
        ),
    )


def _group(dimension: str, lines: Sequence[Line], years: Sequence[int]) -> PartnerGroup:
    rows: dict[str, dict[int, Line]] = {}
    for line in lines:
        if line["dimension"] == dimension:
            rows.setdefault(line["category"], {})[line["year"]] = line
    return PartnerGroup(
        id=dimension,
        title=dimension.replace("_", " ").capitalize(),
        rows=tuple(
            PartnerRow(name, next(iter(of.values()))["label"], tuple(_figure(of.get(year)) for year in years))
            for name, of in rows.items()
        ),
    )


def _figure(line: Line | None) -> PartnerFigure | None:
    if line is None:
        return None
    value, status = line["value"], line["status"]
    text = STATUS.get(status, STATUS[MISSING]) if value is None else number(value)
    return PartnerFigure(value, status, text, line["note"], line["published_by"])
