"""What every format shows: the tables of a year as they were published, and what can be computed from those alone.

Rows and columns stand in the order in which they are declared. Nothing is ever ordered by its value: a monitor ranks
no municipality and no agency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referral.reading import TOTAL, Break, Reading
from web.monitor.partners import partner_tables
from web.monitor.quarters import added_by_quarter
from web.monitor.released import Key, Release, bounds, cells, last_before, values
from web.monitor.shapes import COUNT, Figure, Figures, Label, Row, Table
from web.monitor.shares import percent
from web.monitor.words import counted, day, mark, may_differ, notes, omitted

Monitor = Mapping[str, Any]

_MONTH = re.compile(r"(\d{4})(-\d{2})")


def figures(data: Monitor, reading: Reading) -> Figures:
    """The monitor of a year from its data (referral/monitor.py); `reading` has the words."""
    releases, before = data["releases"], last_before(data)
    last = releases[-1] if releases else None
    breaks = [broken for broken in reading.breaks if data["year"] - 1 <= broken.on.year <= data["year"]]
    return Figures(
        year=data["year"],
        base=data["base"],
        may_differ=may_differ(last) if last else data["base"] - 1,
        may_differ_before=may_differ(before) if before else 0,
        release=last["id"] if last else "",
        made=day(last["made"], reading) if last else "",
        period=counted(last, reading) if last else "",
        period_before=counted(before, reading) if before else "",
        comparable=bool(last and before and last["quarter"] == before["quarter"]),
        tables=tuple(_table(table, last, before, breaks, reading) for table in last["tables"]) if last else (),
        quarters=added_by_quarter(releases, reading),
        definitions=reading.definitions,
        notes=notes(releases, reading) if releases else (),
        omitted=omitted(last, reading) if last else (),
        breaks=tuple(_said(broken, reading) for broken in breaks if not broken.tables),
        since=day(reading.since, reading) if reading.since else "",
        partners=partner_tables(data["partners"]),
        names=reading.names,
        demonstration=mark(data),
    )


def _said(broken: Break, reading: Reading) -> str:
    return f"Vanaf {day(broken.on, reading)}: {broken.text}"


def _table(
    table: Mapping[str, Any], release: Release, before: Release | None, breaks: Sequence[Break], reading: Reading
) -> Table:
    """A table of a release, with the year before beside it."""
    known, old = cells(table), _same_table(table, before)
    words, names = reading.tables.get(table["id"]), table["dimensions"]
    across = values(list(known), 1) if len(names) > 1 else [TOTAL]
    rows = []
    for down in values(list(known), 0):
        key = [(down, other)[: len(names)] for other in across]
        rows.append(Row(Label(down, reading.label(names[0], down)), tuple(_row(key, known, old, may_differ(release)))))
    return Table(
        id=table["id"],
        title=words.title if words else table["title"],
        caption=words.caption if words else table["title"],
        definition=words.definition if words else "",
        names=tuple(names),
        dimensions=tuple(reading.dimensions.get(name, name) for name in names),
        period=counted(release, reading),
        period_before=counted(before, reading) if before and old else "",
        columns=tuple(Label(v, reading.label(names[1], v)) for v in across) if names[1:] else (Label(TOTAL, COUNT),),
        rows=tuple(rows),
        notes=tuple(_said(broken, reading) for broken in breaks if table["id"] in broken.tables),
    )


def _same_table(table: Mapping[str, Any], release: Release | None) -> dict[Key, int]:
    """The table of that name in another release; empty where it has none or another one."""
    for other in release["tables"] if release else ():
        if other["id"] == table["id"] and other["dimensions"] == table["dimensions"]:
            return {tuple(_a_year_later(value) for value in key): n for key, n in cells(other).items()}
    return {}


def _a_year_later(value: str) -> str:
    month = _MONTH.fullmatch(value)
    return f"{int(month[1]) + 1}{month[2]}" if month else value


def _row(keys: Sequence[Key], known: Mapping[Key, int], old: Mapping[Key, int], most: int) -> Iterator[Figure]:
    everything = known[tuple(TOTAL for _ in keys[0])]
    for key in keys:
        # A share of its row; a figure in the totals column is a share of everything.
        whole = everything if key[-1] == TOTAL or len(key) == 1 else known[(*key[:-1], TOTAL)]
        yield Figure(*bounds(known[key], most), percent=percent(known[key], whole, most), before=old.get(key))
