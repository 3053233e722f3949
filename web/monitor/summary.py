"""A few sentences above the tables, computed from published figures only, and none that rounding could undo."""

from __future__ import annotations

from collections.abc import Iterator

from referral.reading import TOTAL
from web.monitor.shapes import Figures, Label, Table
from web.monitor.words import number


def summary(figures: Figures) -> tuple[str, ...]:
    """What stands out: how many contacts, what is clearly most frequent, what clearly changed, and the rounding."""
    return tuple(_sentences(figures))


def _sentences(figures: Figures) -> Iterator[str]:
    first = figures.tables[0] if figures.tables else None
    if first is None:
        yield f"Over {figures.year} zijn nog geen cijfers gepubliceerd."
        return
    yield _how_many(figures, first)
    if first.total.value:
        yield from _changed(figures, first)
        for at, dimension in enumerate(first.dimensions):
            yield _most(dimension, margin(first, at), first.total.value, figures.may_differ)
    yield _rounded(figures)


def margin(table: Table, at: int) -> list[tuple[Label, int, int | None]]:
    """The totals of the rows (0) or the columns (1), each with the year before; without the total of everything."""
    if at == 0:
        totals = [(row.label, row.figures[-1]) for row in table.rows]
    else:
        totals = list(zip(table.columns, table.rows[-1].figures, strict=True))
    return [(label, figure.value, figure.before) for label, figure in totals if label.id != TOTAL]


def _how_many(figures: Figures, table: Table) -> str:
    total = table.total
    if not total.value:
        few = f"{total.low} tot en met {total.high}"
        return f"Over {figures.period} zijn geen of bijna geen contacten geteld: {few}."
    return f"Over {figures.period} zijn ongeveer {number(total.value)} contacten geteld."


def _changed(figures: Figures, table: Table) -> Iterator[str]:
    """The change against the same months of the year before, where both releases hold them."""
    now, before = table.total.value, table.total.before
    if not figures.comparable or before is None:
        return
    if abs(now - before) <= figures.may_differ + figures.may_differ_before:
        yield f"Dat is ongeveer gelijk aan {figures.period_before}: toen waren het er ongeveer {number(before)}."
    else:
        word = "meer" if now > before else "minder"
        yield (
            f"Dat zijn er ongeveer {number(abs(now - before))} {word} dan in {figures.period_before}: "
            f"toen waren het er ongeveer {number(before)}."
        )
    if figures.breaks or table.notes:
        yield "Let op bij het vergelijken: in de tussentijd is er iets veranderd aan het tellen."


def _most(dimension: str, totals: list[tuple[Label, int, int | None]], whole: int, may_differ: int) -> str:
    """What is most frequent, if it is ahead of the next by more than both figures can be off."""
    counts = sorted((n for _, n, _ in totals), reverse=True)
    lead = counts[0] - counts[1] if len(counts) > 1 else counts[0] if counts else 0
    if lead <= 2 * may_differ:
        return f"{dimension}: de hoogste aantallen liggen te dicht bij elkaar om te zeggen wat het meest voorkomt."
    label = next(label for label, n, _ in totals if n == counts[0])
    ahead = f"{dimension}: ‘{label.text}’ komt het meest voor"
    return f"{ahead}, met ongeveer {number(counts[0])} van de {number(whole)} contacten."


def _rounded(figures: Figures) -> str:
    rounded = f"Alle cijfers zijn afgerond op een veelvoud van {figures.base}"
    return f"{rounded}: een cijfer wijkt hooguit {figures.may_differ} af."
