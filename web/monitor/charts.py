"""Charts as SVG: horizontal bars with their labels and figures as text, in the colour of the text around them.

No script, no style, no font of its own: the page's style sheet may size them by the class `chart`, and they can be read
without it, on a narrow screen, in the dark, in forced colours and on paper. Bars stand in the order of the table.
The table itself stands beside each chart, so a chart says nothing that only can be seen.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from web.monitor.partners import PartnerGroup, PartnerTable
from web.monitor.shapes import Table
from web.monitor.summary import margin
from web.monitor.words import number

WIDTH = 320
_LETTERS, _LETTERS_WITH_BEFORE = 38, 29
_LINE, _BAR, _THIN, _GAP = 17, 12, 7, 12
ROWS, COLUMNS = 0, 1
_SAID = "Liggende staven in de volgorde van de tabel. Bij elke staaf staat het aantal. De tabel geeft dezelfde cijfers."


@dataclass(frozen=True)
class Bar:
    """One bar, and the thin one of the year before under it. None: there is no figure, and `text` says why."""

    label: str
    value: int | None
    before: int | None = None
    text: str = ""


def chart(table: Table, by: int | None = None, comparable: bool = False) -> str:
    """The totals of one of our tables as bars.

    by: ROWS or COLUMNS; left out: what the table tells apart, its columns where it has two dimensions. The rows of
    most tables count the same thing. comparable: whether the year before covers the same months, and may be drawn.
    """
    which = len(table.dimensions) - 1 if by is None else by
    bars = [Bar(label.text, value, before if comparable else None) for label, value, before in margin(table, which)]
    title = f"{table.dimensions[which]}: contacten, {table.period}"
    legend = (table.period, table.period_before) if any(bar.before is not None for bar in bars) else None
    return draw(f"chart-{table.id}-{which}", title, bars, legend)


def partner_chart(table: PartnerTable, group: PartnerGroup) -> str:
    """The last year of a partner's figures, on an axis of its own, with the year before it where there is one."""
    last = len(table.years) - 1
    one_earlier = last > 0 and table.years[last - 1] == table.years[last] - 1
    bars = []
    for row in group.rows:
        now, before = row.figures[last], row.figures[last - 1] if one_earlier else None
        text = now.text if now else ""
        bars.append(Bar(row.label, now.value if now else None, before.value if before else None, text))
    title = f"{table.partner}: {table.title}, {group.title.lower()}, {table.years[last]}"
    legend = None
    if any(bar.before is not None for bar in bars):
        legend = (str(table.years[last]), str(table.years[last - 1]))
    return draw(f"chart-partner-{table.id}-{group.id}", title, bars, legend)


def draw(name: str, title: str, bars: Sequence[Bar], legend: tuple[str, str] | None = None) -> str:
    """The bars as one SVG element, of which `name` is the id; `legend` says what thick and thin bars count."""
    longest = max((n for bar in bars for n in (bar.value, bar.before) if n is not None), default=0)
    parts, y = _legend(*legend) if legend else ([], 0)
    for bar in bars:
        drawn, y = _bar(bar, y, longest, with_before=legend is not None)
        parts += drawn
    name, height = escape(name), max(y, 1)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" id="{name}" role="img" aria-labelledby="{name}-title"'
        f' aria-describedby="{name}-desc" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' fill="currentColor" font-size="13">'
    )
    title, said = f'<title id="{name}-title">{escape(title)}</title>', f'<desc id="{name}-desc">{_SAID}</desc>'
    return "\n".join([head, title, said, *parts, "</svg>"])


def _legend(now: str, before: str) -> tuple[list[str], int]:
    parts = []
    for at, (text, thick) in enumerate(((now, True), (before, False))):
        middle = at * _LINE + 8
        parts.append(_rect(middle - 5, 20, thick))
        parts.append(f'<text x="28" y="{middle + 5}">{escape(text)}</text>')
    return parts, 2 * _LINE + _GAP


def _bar(bar: Bar, top: int, longest: int, with_before: bool) -> tuple[list[str], int]:
    """A bar below its label, and where the next one begins."""
    lines = textwrap.wrap(bar.label, _LETTERS_WITH_BEFORE if with_before else _LETTERS) or [""]
    parts = [f'<text x="0" y="{top + 13 + at * _LINE}">{escape(line)}</text>' for at, line in enumerate(lines)]
    parts.append(f'<text x="{WIDTH}" y="{top + 13}" text-anchor="end">{escape(_numbers(bar))}</text>')
    y = top + len(lines) * _LINE + 2
    if bar.value is not None:
        parts += _lengths(bar.value, longest, y, thick=True)
    y += _BAR
    if with_before:
        parts += _lengths(bar.before, longest, y + 2, thick=False) if bar.before is not None else []
        y += _THIN + 2
    return parts, y + _GAP


def _numbers(bar: Bar) -> str:
    now = bar.text or (number(bar.value) if bar.value is not None else "")
    return now if bar.before is None else f"{now} (was {number(bar.before)})"


def _lengths(value: int, longest: int, y: int, thick: bool) -> list[str]:
    """A bar as long as its value; of nothing, a line where it would begin."""
    width = value * (WIDTH - 2) // longest if longest else 0
    return [_rect(y, max(width, 1), thick)]


def _rect(y: int, width: int, thick: bool) -> str:
    if thick:
        return f'<rect class="bar" x="0" y="{y}" width="{width}" height="{_BAR}"/>'
    return (
        f'<rect class="bar-before" x="0.5" y="{y + 0.5}" width="{width}" height="{_THIN - 1}" fill="none"'
        ' stroke="currentColor"/>'
    )
