"""Tables as people read them, on the page and in the report: which way a table lies, and what stands in its cells.

Plain values and texts, so that the page, the report in HTML and the report in PDF are templates over the same. Nothing
is computed here but what figures.py gives: a table is turned, put together with others like it, or told in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import groupby
from typing import TypeVar

from referral.reading import TOTAL
from web.monitor.charts import COLUMNS, ROWS, Bar, chart, draw
from web.monitor.shapes import Cell, Figure, Figures, Label, Line, Picture, Sheet, Table
from web.monitor.shares import percent_off
from web.monitor.words import number

T = TypeVar("T")

SHARE = "Aandeel"
EVERYTHING = "Alle contacten"
ACROSS_AT_MOST = 9
"""Columns that a table may have on paper. One with more rows than that stays as it is declared."""
ALIKE = 3
"""From so many tables after one another that tell the same apart, they are shown as one."""


def sheets(of: Figures) -> tuple[Sheet, ...]:
    """The tables of a year in declared order; those that are alike as one."""
    found: list[Sheet] = []
    for _, group in groupby(of.tables, key=lambda table: (table.dimensions, table.columns)):
        tables = list(group)
        if len(tables) >= ALIKE:
            found.append(_together(tables, of))
        else:
            found += [_sheet(table, of) for table in tables]
    return tuple(found)


def quarter_sheet(of: Figures) -> Sheet | None:
    """What each quarter added; None where nothing is published."""
    table = of.quarters
    if table is None:
        return None
    lines = [_line(row.label, row.figures, False, False) for row in table.rows]
    columns = _total_first([label.text for label in table.columns])
    most = max(figure.high - figure.value for row in table.rows for figure in row.figures)
    says = (_sentence(table.period), _rounded(of.base, most))
    corner = table.dimensions[0]
    charts = (_picture(corner, chart(table, ROWS)),) if table.total.value else ()
    texts = table.id, table.title, table.caption, table.definition
    return Sheet(*texts, says, corner, columns, tuple(lines), of.breaks, charts, summed=int(len(columns) > 1))


def _sheet(table: Table, of: Figures) -> Sheet:
    compared = of.comparable and bool(table.period_before)
    wide = len(table.dimensions) > 1
    corner, columns, lines = _turned(table, compared) if wide else _list(table, compared)
    ways = (ROWS, COLUMNS) if wide and table is of.tables[0] else (len(table.dimensions) - 1,)
    drawn = ways if table.total.value else ()  # bars of nothing show nothing
    charts = tuple(_picture(table.dimensions[way], chart(table, way, of.comparable)) for way in drawn)
    texts = table.id, table.title, table.caption, table.definition
    says, notes = _says(table, of, wide and compared), (*of.breaks, *table.notes)
    return Sheet(
        *texts, says, corner, columns, lines, notes, charts, summed=1 + (table.total.percent is not None) if wide else 0
    )


def _list(table: Table, compared: bool) -> tuple[str, tuple[str, ...], tuple[Line, ...]]:
    """A table of one dimension: count, share and the year before stand beside each other."""
    shares = table.total.percent is not None
    columns = (
        table.columns[0].text,
        *([SHARE] if shares else []),
        *([_begun(table.period_before)] if compared else []),
    )
    lines = []
    for row in table.rows:
        (figure,) = row.figures
        cells = [Cell(number(figure.value)), *([_share(figure)] if shares else [])]
        if compared:
            cells.append(Cell("" if figure.before is None else number(figure.before)))
        lines.append(Line(row.label.text, tuple(cells), _kind(row.label)))
    return table.dimensions[0], columns, tuple(lines)


def _turned(table: Table, compared: bool) -> tuple[str, tuple[str, ...], tuple[Line, ...]]:
    """A table of two dimensions with its rows across, so that all tables have the same columns; totals come first."""
    down, across, figures = table.columns, [row.label for row in table.rows], [row.figures for row in table.rows]
    corner = table.dimensions[1]
    if len(across) > ACROSS_AT_MOST:
        down, across, corner = tuple(across), list(table.columns), table.dimensions[0]
    else:
        figures = list(zip(*figures, strict=True))
    shares = table.total.percent is not None
    columns = _total_first([label.text for label in across], [SHARE] if shares else [])
    lines = [_line(label, row, shares, compared) for label, row in zip(down, figures, strict=True)]
    if shares:
        lines.append(Line(SHARE, _total_first([_share(figure) for figure in figures[-1]], [Cell("")]), "share"))
    return corner, columns, tuple(lines)


def _line(label: Label, figures: Sequence[Figure], shares: bool, compared: bool) -> Line:
    cells = [_cell(figure, compared) for figure in figures]
    return Line(label.text, _total_first(cells, [_share(figures[-1])] if shares else []), _kind(label))


def _total_first(row: Sequence[T], share: Sequence[T] = ()) -> tuple[T, ...]:
    """A row that ends in its total, with that in front and its share behind it: narrow screens show only so much."""
    return (row[-1], *share, *row[:-1])


def _together(tables: Sequence[Table], of: Figures) -> Sheet:
    """Tables that are alike as one: a row for each, with its first column; the last row counts everything."""
    first = tables[0]
    compared = of.comparable and all(table.period_before for table in tables)
    shares = first.total.percent is not None
    lines = [
        _line(Label(table.id, _apart(table.title)[1]), [row.figures[0] for row in table.rows], shares, compared)
        for table in tables
    ]
    everything = [row.figures[-1] for row in first.rows]
    lines.append(_line(Label(TOTAL, EVERYTHING), everything, shares, compared))
    title, name = _apart(first.title)[0], _as_id(_apart(first.title)[0])
    return Sheet(
        id=name,
        title=title,
        caption=_apart(first.caption)[0],
        definition=" ".join(dict.fromkeys(table.definition for table in tables)),
        says=(*_says(first, of, compared), "Elke regel is een tabel op zich. Tel de regels niet bij elkaar op."),
        corner=first.dimensions[-1],
        columns=_total_first([row.label.text for row in first.rows], [SHARE] if shares else []),
        lines=tuple(lines),
        notes=(*of.breaks, *dict.fromkeys(note for table in tables for note in table.notes)),
        charts=(_chart_of(tables, compared, name),) if first.total.value else (),
        summed=1 + shares,
    )


def _chart_of(tables: Sequence[Table], compared: bool, name: str) -> Picture:
    """A bar for each table: all contacts of its first column."""
    first, bars = tables[0], []
    for table in tables:
        counted = table.rows[-1].figures[0]
        bars.append(Bar(_apart(table.title)[1], counted.value, counted.before if compared else None))
    title = f"{first.dimensions[-1]}: {first.columns[0].text.lower()}"
    legend = (first.period, first.period_before) if compared else None
    return _picture(title, draw(f"chart-{name}", f"{title}, {first.period}", bars, legend))


def _picture(title: str, svg: str) -> Picture:
    """A chart, with its own name and description as what it is for who cannot see it."""
    told = re.findall(r"<(?:title|desc)\b[^>]*>(.*?)</", svg, re.DOTALL)
    return Picture(title, svg, " ".join(_sentence(unescape(text).rstrip(".")) for text in told))


def _apart(title: str) -> tuple[str, str]:
    """What tables that are alike have in common in their titles, and what is a table's own."""
    common, colon, own = title.partition(": ")
    return common, _begun(own if colon else common)


def _as_id(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text)


def _says(table: Table, of: Figures, in_brackets: bool) -> tuple[str, ...]:
    before = (f"Tussen haakjes: {table.period_before}.",) if in_brackets else ()
    return (_sentence(table.period), _rounded(of.base, of.may_differ), *_sure(table, of.may_differ), *before)


def _sure(table: Table, most: int) -> Iterator[str]:
    """How sure its shares are, or why it has none."""
    if table.total.percent is not None:
        off = percent_off(table.total.value, most)
        yield f"Een aandeel is ongeveer: het wijkt hooguit {off} {'procentpunt' if off == 1 else 'procentpunten'} af."
    elif table.total.value:
        yield "Aandelen staan er niet bij: met zo weinig contacten kunnen ze te ver afwijken."


def _rounded(base: int, most: int) -> str:
    return f"Afgerond op een veelvoud van {base}. Een cijfer wijkt hooguit {most} af."


def _sentence(text: str) -> str:
    return f"{_begun(text)}."


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cell(figure: Figure, compared: bool) -> Cell:
    return Cell(number(figure.value), "" if not compared or figure.before is None else number(figure.before))


def _share(figure: Figure) -> Cell:
    return Cell("" if figure.percent is None else f"{figure.percent}%")


def _kind(label: Label) -> str:
    return "total" if label.id == TOTAL else ""
