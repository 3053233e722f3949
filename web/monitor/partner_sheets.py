"""What partners counted, to read: a part for each partner, its series as tables, and what it gave no figure for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from web.monitor.partners import PartnerFigure, PartnerGroup, PartnerTable
from web.monitor.sheets import Cell, Line, Sheet

NOT_THERE = "–"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class PartnerPart:
    """The series of one partner. without: the titles of those in which no figure is known, and why."""

    name: str
    sheets: tuple[Sheet, ...]
    without: tuple[str, ...]


def partner_parts(tables: Sequence[PartnerTable]) -> tuple[PartnerPart, ...]:
    """The partners in the order of the imports."""
    parts = []
    for name in dict.fromkeys(table.partner for table in tables):
        own = [table for table in tables if table.partner == name]
        known = [table for table in own if any(figure.value is not None for figure in _figures(table))]
        without = tuple(_without(table) for table in own if table not in known)
        parts.append(PartnerPart(name, tuple(_sheet(table) for table in known), without))
    return tuple(parts)


def _figures(table: PartnerTable) -> Iterator[PartnerFigure]:
    for group in table.groups:
        for row in group.rows:
            yield from (figure for figure in row.figures if figure)


def _without(table: PartnerTable) -> str:
    why = dict.fromkeys(figure.note for figure in _figures(table) if figure.note)
    return " ".join([f"{table.title} ({table.unit}).", *why])


def _sheet(table: PartnerTable) -> Sheet:
    """A series: a column for each year, a heading for what its rows tell apart where that differs."""
    notes = dict.fromkeys(figure.note for figure in _figures(table) if figure.note)
    marks = {note: f"({_letter(at)})" for at, note in enumerate(notes)}
    lines: list[Line] = []
    for group in table.groups:
        alone = group is table.groups[0] and len(group.rows) == 1
        lines += _lines(group, marks, with_heading=len(table.groups) > 1 and not alone)
    source = [f"Bron: {'; '.join(table.published_by)}."] if table.published_by else []
    others = (note for note in table.notes if note not in notes)
    return Sheet(
        id=f"partner-{table.id}",
        title=table.title,
        caption=table.title,
        definition="",
        says=(f"Geteld zijn {table.unit}.", *source),
        corner="Onderdeel",
        columns=tuple(str(year) for year in table.years),
        lines=tuple(lines),
        notes=(*(f"{mark} {note}" for note, mark in marks.items()), *others),
    )


def _lines(group: PartnerGroup, marks: Mapping[str, str], with_heading: bool) -> Iterator[Line]:
    if with_heading:
        yield Line(group.title, (), "group")
    for row in group.rows:
        yield Line(row.label, tuple(_cell(figure, marks) for figure in row.figures))


def _cell(figure: PartnerFigure | None, marks: Mapping[str, str]) -> Cell:
    if figure is None:
        return Cell(NOT_THERE)
    return Cell(f"{figure.text} {marks[figure.note]}" if figure.note else figure.text)


def _letter(at: int) -> str:
    """a to z, then aa, ab and so on."""
    more, last = divmod(at, len(_LETTERS))
    return (_letter(more - 1) if more else "") + _LETTERS[last]
