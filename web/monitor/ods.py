"""The monitor as an OpenDocument spreadsheet: one table on a sheet, from its first cell on; the same bytes every time.

This is the one module that imports the library, which is an optional part of the installation.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence

from odfdo import Cell, Column, Document, Row, Style
from odfdo import Table as Grid

from referral.reading import Reading
from web.monitor.explanation import rounding
from web.monitor.figures import Monitor, figures
from web.monitor.packing import LEVEL, entry
from web.monitor.partners import PartnerRow, PartnerTable, partner_years
from web.monitor.shapes import Figures, Table
from web.monitor.summary import summary

Value = str | int | None

COVER, NOTES = "Omslag", "Toelichting"
_LONGEST_NAME = 31
_WIDTHS = {"first": "7.5cm", "text": "17cm", "count": "3cm"}


def ods(data: Monitor, reading: Reading) -> bytes:
    """The file: a cover, the notes, a sheet for each table and for what each quarter added, then those of partners."""
    shown = figures(data, reading)
    document = _empty(data, shown)
    sheets = list(_sheets(shown))
    names = _names([title for title, _ in sheets])
    _add(
        document,
        COVER,
        [[line] for line in _cover(shown, dict(zip(names, (title for title, _ in sheets), strict=True)))],
        "text",
    )
    _add(document, NOTES, [[line] for line in _notes(shown)], "text")
    for name, (_, lines) in zip(names, sheets, strict=True):
        _add(document, name, lines, "first")
    return _packed(document)


def _sheets(shown: Figures) -> Iterator[tuple[str, list[list[Value]]]]:
    for table in (*shown.tables, *([shown.quarters] if shown.quarters else [])):
        yield table.title, _marked(_lines(table), shown.demonstration)
    for partner in shown.partners:
        yield f"Partner {partner.title}", list(_given(partner))


def _marked(lines: Iterable[list[Value]], mark: str) -> list[list[Value]]:
    """The lines of one of our tables; the mark of made-up figures as a last column, where there is one."""
    return [[*line, *([mark] if mark else [])] for line in lines]


def _lines(table: Table) -> Iterator[list[Value]]:
    """The table with its margins; where there is one, the totals of the year before; shares of the total."""
    total = table.columns[-1]
    before = [f"{total.text} {table.period_before}"] if table.period_before else []
    shares = any(row.figures[-1].percent is not None for row in table.rows)
    head = [table.dimensions[0], *(column.text for column in table.columns), *before]
    yield [*head, f"{total.text} in procenten"] if shares else list(head)
    for row in table.rows:
        last = row.figures[-1]
        values: list[Value] = [row.label.text, *(figure.value for figure in row.figures)]
        yield [*values, *([last.before] if before else []), *([last.percent] if shares else [])]


def _given(table: PartnerTable) -> Iterator[list[Value]]:
    yield ["Onderdeel", "Categorie", *(f"{year}" for year in table.years), "Opmerking", "Bron"]
    for group in table.groups:
        for row in group.rows:
            known = [figure for figure in row.figures if figure]
            values = [(f.text if f.value is None else f.value) if f else None for f in row.figures]
            remarks = " ".join(dict.fromkeys(f.note for f in known if f.note))
            yield [group.title, row.label, *values, remarks, _sources(table, row)]


def _sources(table: PartnerTable, row: PartnerRow) -> str:
    """Where the figures of a row were published; with their years where that is not the same for all of them."""
    shown = [
        (year, f.published_by) for year, f in zip(table.years, row.figures, strict=True) if f and f.value is not None
    ]
    if len({source for _, source in shown}) < 2:
        return shown[0][1] if shown else ""
    return "; ".join(f"{year}: {source}" for year, source in shown if source)


def _cover(shown: Figures, titles: Mapping[str, str]) -> Iterator[str]:
    yield f"Monitor {shown.year}"
    yield from filter(None, [shown.demonstration])
    yield from summary(shown)
    if shown.release:
        yield f"Laatste uitgave: {shown.release}, vastgelegd op {shown.made}. Periode: {shown.period}."
    yield "In dit bestand staan deze bladen:"
    yield NOTES
    yield from (name if name == title else f"{name} ({title})" for name, title in titles.items())


def _notes(shown: Figures) -> Iterator[str]:
    yield NOTES
    yield from shown.definitions
    yield from rounding(shown)
    if shown.since:
        yield f"Er is geteld vanaf {shown.since}."
    yield from shown.breaks
    yield from (f"Niet in dit bestand: {title}. {why}" for title, why in shown.omitted)
    for table in (*shown.tables, *([shown.quarters] if shown.quarters else [])):
        yield f"{table.title}: {table.caption}, {table.period}. {table.definition}".strip()
        yield from table.notes
    yield from filter(None, [partner_years(shown.partners, shown.year)])
    for partner in shown.partners:
        yield f"{partner.title}: van {partner.partner}, in {partner.unit}. Tel deze cijfers niet op bij die van ons."
        yield from (*partner.sourced, *partner.notes)
    yield from (f"{name}: {what}." for name, what in shown.names.items())


def _names(titles: Sequence[str]) -> list[str]:
    """Names of sheets: of 31 letters at most, without what programs refuse, each another."""
    names = [COVER, NOTES]
    for title in titles:
        plain = " ".join(re.sub(r"[\[\]*?:/\\'\n]", " ", title).split())
        name, at = _cut(plain, _LONGEST_NAME), 2
        while name in names:
            name, at = f"{_cut(plain, _LONGEST_NAME - 3)} {at}", at + 1
        names.append(name)
    return names[2:]


def _cut(text: str, longest: int) -> str:
    """As many whole words as fit; of one long word, its beginning."""
    return text if len(text) <= longest else text[: longest + 1].rpartition(" ")[0] or text[:longest]


# --- the file --------------------------------------------------------------------------------------


def _empty(data: Monitor, shown: Figures) -> Document:
    """A document without sheets, in Dutch, of the day on which its last release was frozen."""
    document = Document("spreadsheet")
    document.body.clear()
    for element in document.styles.get_elements("//style:text-properties[@fo:language]"):
        element.set_attribute("fo:language", "nl")
        element.set_attribute("fo:country", "NL")
    on = data["releases"][-1]["made"] if data["releases"] else f"{shown.year}-01-01"
    made = datetime.datetime.fromisoformat(f"{on}T00:00:00")
    document.meta.title = " - ".join(filter(None, [f"Monitor {shown.year}", shown.demonstration]))
    document.meta.language = "nl-NL"
    document.meta.generator = "meldroute"
    document.meta.creation_date = document.meta.date = made
    head = Style("table-cell", name="head")
    head.set_properties(area="text", properties={"fo:font-weight": "bold"})
    wrapped = Style("table-cell", name="wrapped")
    wrapped.set_properties(area="table-cell", properties={"fo:wrap-option": "wrap", "style:vertical-align": "top"})
    widths = [Style("table-column", name=name, width=width) for name, width in _WIDTHS.items()]
    for style in (head, wrapped, *widths):
        document.insert_style(style, automatic=True)
    return document


def _add(document: Document, name: str, lines: Sequence[Sequence[Value]], first: str) -> None:
    """A sheet with these lines, the first of them as its head."""
    grid = Grid(name)
    columns = max(map(len, lines))
    for at in range(columns):
        grid.append_column(Column(style="count" if at else first))
    for at, line in enumerate(lines):
        row = Row()
        for value in line:
            style = "head" if at == 0 else "wrapped" if isinstance(value, str) else None
            row.append_cell(Cell(value, style=style))
        grid.append_row(row)
    document.body.append(grid)


def _packed(document: Document) -> bytes:
    """The document's bytes. The library notes the time of packing; here every part gets the same."""
    saved, packed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.infolist():
            new.writestr(entry(part.filename, part.compress_type), old.read(part), compresslevel=LEVEL)
    return packed.getvalue()
