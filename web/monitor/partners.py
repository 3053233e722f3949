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
_EXPLAINED = {
    WITHHELD: "Niet getoond: dit cijfer is klein of verraadt een klein cijfer, en de partner publiceerde het niet.",
    MISSING: "Niet bekend: de partner gaf dit cijfer niet.",
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
    published_by: tuple[str, ...]


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
            *(text for status, text in _EXPLAINED.items() if status in statuses),
        ),
        published_by=tuple(dict.fromkeys(line["published_by"] for line in lines if line["published_by"])),
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
