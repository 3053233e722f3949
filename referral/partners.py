"""Figures that partners counted: read from CSV, checked, and made safe to show beside ours. Never added to ours."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from referral.partner_lines import Figure, PartnerError, lines
from referral.withholding import Figures, Sum, agrees, exposed, withheld

__all__ = ["Figure", "Import", "PartnerError", "clashes", "disagreements", "read_import", "shown"]

SHOWN, WITHHELD, MISSING = "shown", "withheld", "not_available"


@dataclass(frozen=True)
class Import:
    """The figures of one file, in its order."""

    figures: tuple[Figure, ...]


def read_import(text: str, ours: Collection[str] | None = None) -> Import:
    """The figures of a CSV text in the format of docs/partner-figures.md; raises PartnerError.

    ours: the ids of our own tables, which no series may have; None: those that the shipped tables.toml declares.
    """
    found = Import(tuple(lines(text)))
    _check_series(found.figures, ours)
    _check_repeats(found.figures)
    for block in _blocks(found):
        _check_wholes(block)
        _check_undeclared(block)
        for index in exposed(_as_figures(block)):
            wrong = (
                "what the partner published already tells that this figure is small: say where it stands, or drop it"
            )
            raise PartnerError(block[index].line, f"column published_by: {wrong}")
    return found


def disagreements(found: Import) -> list[str]:
    """What does not add up, a sentence each; empty if everything does. For who holds the file: it names figures.

    Where a part is not available, the known parts may not be more than the whole.
    """
    return [
        _sentence(block, declared)
        for block in _blocks(found)
        for declared in _sums(block)
        if not agrees(declared, [figure.value for figure in block])
    ]


def shown(found: Import) -> list[dict[str, Any]]:
    """The figures as they may be published, one dict a line, in the order of the file.

    A figure of 0 to 4 that the partner did not publish itself is withheld, and so is what would give it away. The
    note of a withheld figure stays out too: it may say what the figure is.
    """
    hidden = {block[index].line for block in _blocks(found) for index in withheld(_as_figures(block))}
    return [_shown(figure, figure.line in hidden) for figure in found.figures]


def clashes(found: Import, others: Mapping[str, Collection[str]]) -> list[str]:
    """Which series stand in another import too, a sentence each: together two could tell what each withholds.

    others: the series of the other imports, by their names.
    """
    mine = {figure.series for figure in found.figures}
    return [
        f"the series {series} stands in the import {name} already: put all of its figures into one file"
        for name, other in sorted(others.items())
        for series in sorted(mine.intersection(other))
    ]


def _shown(figure: Figure, hidden: bool) -> dict[str, Any]:
    return {
        "series": figure.series,
        "title": figure.title,
        "partner": figure.partner,
        "dimension": figure.dimension,
        "category": figure.category,
        "label": figure.label,
        "year": figure.year,
        "value": None if hidden else figure.value,
        "status": WITHHELD if hidden else MISSING if figure.value is None else SHOWN,
        "unit": figure.unit,
        "note": "" if hidden else figure.note,
        "published_by": figure.published_by,
    }


# --- lines against each other ----------------------------------------------------------------------


@cache
def _our_tables() -> tuple[str, ...]:
    declared = tomllib.loads(files("referral").joinpath("content/tables.toml").read_text("utf-8"))["table"]
    return tuple(table["id"] for table in declared)


def _is_ours(series: str, ours: Collection[str] | None) -> bool:
    if ours is not None:
        return series in ours
    patterns = (re.sub(r"\\\{.*?\\\}", ".+", re.escape(table)) for table in _our_tables())
    return any(re.fullmatch(pattern, series) for pattern in patterns)


def _check_series(figures: Collection[Figure], ours: Collection[str] | None) -> None:
    """Refuses a series that is named as a table of ours, and one with two titles, partners or units."""
    first: dict[str, Figure] = {}
    for figure in figures:
        known = first.setdefault(figure.series, figure)
        if known is figure and _is_ours(figure.series, ours):
            raise PartnerError(figure.line, f"column series: {figure.series} is the name of a table of our own")
        for column in ("title", "partner", "unit"):
            if getattr(figure, column) != getattr(known, column):
                wrong = f"column {column}: the series {figure.series} has another {column} on line {known.line}"
                raise PartnerError(figure.line, f"{wrong}: what is counted in another way is another series")


def _check_repeats(figures: Collection[Figure]) -> None:
    """Refuses a figure that stands there twice, and a category with two labels."""
    lines: dict[tuple[str, str, str, int], int] = {}
    labels: dict[tuple[str, str, str], Figure] = {}
    for figure in figures:
        category = (figure.series, figure.dimension, figure.category)
        line = lines.setdefault((*category, figure.year), figure.line)
        if line != figure.line:
            raise PartnerError(figure.line, f"column category: the same figure stands on line {line} already")
        known = labels.setdefault(category, figure)
        if known.label != figure.label:
            raise PartnerError(figure.line, f"column label: the category has another label on line {known.line}")


def _blocks(found: Import) -> list[list[Figure]]:
    """The figures of one series and year each: only these add up with each other."""
    blocks: dict[tuple[str, int], list[Figure]] = {}
    for figure in found.figures:
        blocks.setdefault((figure.series, figure.year), []).append(figure)
    return list(blocks.values())


def _check_wholes(block: list[Figure]) -> None:
    """Refuses a whole that does not stand in the file, or that is a part of its own parts."""
    known = {(figure.dimension, figure.category): figure for figure in block}
    for figure in block:
        if figure.part_of is not None and figure.part_of not in known:
            wrong = f"the series has no line {':'.join(figure.part_of)} for {figure.year}"
            raise PartnerError(figure.line, f"column part_of: {wrong}")
    sound: set[int] = set()
    for figure in block:
        path: set[int] = set()
        above: Figure | None = figure
        while above is not None and above.line not in sound:
            if above.line in path:
                raise PartnerError(figure.line, "column part_of: this figure would be a part of itself")
            path.add(above.line)
            above = known[above.part_of] if above.part_of is not None else None
        sound |= path


def _check_undeclared(block: list[Figure]) -> None:
    """Refuses figures that add up to a whole which they do not name: a reader would see it, the check would not."""
    roots = [figure for figure in block if figure.part_of is None and figure.value is not None]
    sums: dict[str, tuple[int, int]] = {}
    for figure in roots:
        n, total = sums.get(figure.dimension, (0, 0))
        sums[figure.dimension] = n + 1, total + (figure.value or 0)
    own = {figure.dimension for figure in roots if not figure.published_by}
    for whole in (figure for figure in roots if figure.value):
        for dimension, (n, total) in sums.items():
            inside = dimension == whole.dimension
            adds_up = (n - inside, total - inside * (whole.value or 0))
            if adds_up[0] > 1 and adds_up[1] == whole.value and {dimension, whole.dimension} & own:
                wrong = f"the figures of {dimension} add up to {whole.dimension}:{whole.category}"
                line = next(f.line for f in roots if f.dimension == dimension and f is not whole)
                raise PartnerError(line, f"column part_of: {wrong} (line {whole.line}): name it there")


def _sums(block: list[Figure]) -> list[Sum]:
    """The declared sums: the parts of one dimension that name the same whole."""
    place = {(figure.dimension, figure.category): index for index, figure in enumerate(block)}
    parts: dict[tuple[str, tuple[str, str]], list[int]] = {}
    for index, figure in enumerate(block):
        if figure.part_of is not None:
            parts.setdefault((figure.dimension, figure.part_of), []).append(index)
    return [Sum(place[whole], tuple(indices)) for (_, whole), indices in parts.items()]


def _as_figures(block: list[Figure]) -> Figures:
    return Figures([f.value for f in block], [bool(f.published_by) for f in block], _sums(block))


def _sentence(block: list[Figure], declared: Sum) -> str:
    parts, whole = [block[index] for index in declared.parts], block[declared.whole]
    known = sum(part.value or 0 for part in parts)
    which = f"{whole.series} {whole.year}, {parts[0].dimension} (from line {parts[0].line})"
    more = " without what is not available" if any(part.value is None for part in parts) else ""
    return (
        f"{which}: the parts are {known}{more}, {whole.dimension}:{whole.category} (line {whole.line}) is {whole.value}"
    )
