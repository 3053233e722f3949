"""What partners counted, to read: a part for each partner, its series as tables, and what it gave no figure for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from web.monitor.names import Names
from web.monitor.partners import EXPLAINED, PartnerFigure, PartnerGroup, PartnerTable
from web.monitor.shapes import Cell, Line, Sheet

NOT_THERE = "–"
NO_SOURCE = "Van dit cijfer kennen wij geen publicatie van de partner."
WHOLE = "totaal"
"""The id of the dimension that counts the whole, as docs/partner-figures.md asks for it."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class PartnerPart:
    """The series of one partner. without: the titles of those in which no figure is shown, and why.

    names: what abbreviations in it mean that did not stand in an earlier part.
    """

    name: str
    sheets: tuple[Sheet, ...]
    without: tuple[str, ...]
    names: tuple[str, ...]


def partner_parts(tables: Sequence[PartnerTable], names: Names) -> tuple[PartnerPart, ...]:
    """The partners in the order of the imports."""
    parts = []
    for name in dict.fromkeys(table.partner for table in tables):
        own = [table for table in tables if table.partner == name]
        known = [table for table in own if any(figure.value is not None for figure in table.figures)]
        without = tuple(_without(table) for table in own if table not in known)
        shown = tuple(_sheet(table) for table in known)
        met = names.met([name, *(text for sheet in shown for text in sheet.texts), *without])
        parts.append(PartnerPart(name, shown, without, met))
    return tuple(parts)


def _without(table: PartnerTable) -> str:
    """Why a series has no figure: what its notes say, or else what goes for every figure that is not there."""
    why = dict.fromkeys(figure.note or EXPLAINED.get(figure.status, "") for figure in table.figures)
    return " ".join([f"{table.title} ({table.unit}).", *filter(None, why)])


def _sheet(table: PartnerTable) -> Sheet:
    """A series: a column for each year, a heading for what its rows tell apart where that differs."""
    notes = dict.fromkeys(note for figure in table.figures for note in _noted(figure, table) if note)
    marks = {note: f"({_letter(at)})" for at, note in enumerate(notes)}
    lines: list[Line] = []
    for group in table.groups:
        alone = group is table.groups[0] and len(group.rows) == 1
        lines += _lines(group, table, marks, with_heading=len(table.groups) > 1 and not alone)
    others = (note for note in table.notes if note not in notes)
    return Sheet(
        id=f"partner-{table.id}",
        title=table.title,
        caption=table.title,
        definition="",
        says=(f"Geteld: {table.unit}.", *(table.sourced if len(table.sources) == 1 else ())),
        corner="Onderdeel",
        columns=tuple(str(year) for year in table.years),
        lines=tuple(lines),
        notes=(*(f"{mark} {note}" for note, mark in marks.items()), *others),
    )


def _noted(figure: PartnerFigure, table: PartnerTable) -> Iterator[str]:
    """What is said of one figure: its note, and where it was published unless that goes for all of the table."""
    yield figure.note
    if len(table.sources) > 1 and figure.value is not None:
        yield f"Bron: {figure.published_by}." if figure.published_by else NO_SOURCE


def _lines(group: PartnerGroup, table: PartnerTable, marks: Mapping[str, str], with_heading: bool) -> Iterator[Line]:
    if with_heading:
        yield Line(group.title, (), "group")
    for row in group.rows:
        cells = tuple(_cell(figure, table, marks) for figure in row.figures)
        yield Line(row.label, cells, "total" if group.id == WHOLE else "")


def _cell(figure: PartnerFigure | None, table: PartnerTable, marks: Mapping[str, str]) -> Cell:
    if figure is None:
        return Cell(NOT_THERE)
    return Cell(" ".join([figure.text, *(marks[note] for note in _noted(figure, table) if note)]))


def _letter(at: int) -> str:
    """a to z, then aa, ab and so on."""
    more, last = divmod(at, len(_LETTERS))
    return (_letter(more - 1) if more else "") + _LETTERS[last]
