"""What one finished dialogue adds to the counters, as content/tables.toml declares it.

That file is all that can ever be counted: a `Tally` is exactly one cell of each of its tables, and a value
outside its lists is an error. The code names no form, agency, signal or municipality.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from referral.entry import Entry, named_parts, read_file
from referral.tables import (
    GRAINS,
    MONTHS,
    MUNICIPALITIES,
    Cell,
    Dimension,
    Municipalities,
    Rule,
    Table,
    Tables,
    Undeclared,
    period_of,
)

_FILE = "tables.toml"
_INDICATIONS, _PLACE = "indications", "{indication}"
_WORD = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True)
class Tally:
    """The closed set that a contact adds: exactly one cell of every declared table, and nothing finer."""

    cells: tuple[Cell, ...]


def tally(tables: Tables, facts: Mapping[str, tuple[str, ...]], ticked: Collection[str], on: datetime.date) -> Tally:
    """The tally of a contact, from what was accepted of it; Undeclared where a value stands in no list."""
    common = {name: _value(dimension, facts, on) for name, dimension in tables.dimensions.items()}
    return Tally(tuple(_cell(tables, table, common, ticked, on) for table in tables.tables.values()))


def _value(dimension: Dimension, facts: Mapping[str, tuple[str, ...]], on: datetime.date) -> str:
    return period_of("month", on) if dimension.values_from == MONTHS else dimension.value(facts)


def _cell(tables: Tables, table: Table, common: Mapping[str, str], ticked: Collection[str], on: datetime.date) -> Cell:
    period, values = period_of(table.grain, on), dict(common)
    for name in table.dimensions:
        if tables.dimensions[name].indication:
            values[name] = tables.dimensions[name].indication[table.indication not in ticked]
        if values[name] not in tables.values(name, period):
            raise Undeclared(name, values[name])
    return Cell(period, table.id, tuple(values[name] for name in table.dimensions))


def load_tables(
    indications: Sequence[str], municipalities: Municipalities, folder: Traversable | None = None
) -> Tables:
    """The tables that content/tables.toml declares, one for each indication where it says so.

    Raises CardError(file, entry, what is wrong) at the first entry that is wrong.
    """
    whole = read_file(folder or files("referral") / "content", _FILE)
    dimensions = {name: _dimension(name, entry) for name, entry in named_parts(whole, "dimension")}
    tables: dict[str, Table] = {}
    for name, entry in named_parts(whole, "table"):
        for table in _tables(name, entry, dimensions, indications):
            if tables.setdefault(table.id, table) is not table:
                raise entry.wrong(f"declares {table.id!r} twice")
    if not tables:
        raise whole.wrong("declares no table")
    return whole.finish(Tables(dimensions, tables, cache(lambda year: _words(whole, municipalities(year)))))


def _dimension(name: str, entry: Entry) -> Dimension:
    _words(entry, [name])
    values = _words(entry, entry.texts("values"))
    source = entry.choice("values_from", (MUNICIPALITIES, MONTHS)) if "values_from" in entry else None
    rules = tuple(_rule(part, values) for part in entry.parts("from"))
    indication = entry.texts("indication")
    entry.known("indication", indication, values)
    if [bool(rules), bool(indication), source == MONTHS].count(True) != 1 or len(indication) not in (0, 2):
        raise entry.wrong("needs one of: `from`, two values as `indication`, `values_from` months")
    default = entry.choice("default", values) if rules else ""
    return entry.finish(Dimension(name, values, source, rules, default, indication))


def _rule(entry: Entry, values: Collection[str]) -> Rule:
    given = entry.mapping("map") if "map" in entry else None
    entry.known("map", [str(value) for value in (given or {}).values()], values)
    return entry.finish(Rule(entry.text("fact"), given, frozenset(entry.texts("unknown"))))


def _tables(
    name: str, entry: Entry, dimensions: Mapping[str, Dimension], indications: Sequence[str]
) -> Iterator[Table]:
    named = entry.texts("dimensions")
    entry.known("dimensions", named, dimensions)
    grain = entry.choice("grain", GRAINS)
    only_if_full = entry.flag("only_if_full")
    each = "for_each" in entry and bool(entry.choice("for_each", [_INDICATIONS]))
    if not named:
        raise entry.wrong("has no dimensions")
    if not each == (_PLACE in name) == any(dimensions[dimension].indication for dimension in named):
        raise entry.wrong(f"`for_each`, {_PLACE!r} in the id and a dimension with `indication` go together")
    for signal in indications if each else [None]:
        (filled,) = _words(entry, [name.replace(_PLACE, signal or "")])
        yield entry.finish(Table(filled, named, grain, signal, only_if_full))


def _words(entry: Entry, words: Collection[str]) -> tuple[str, ...]:
    """`words`, once it is sure that each is one plain word that can stand in a key beside others."""
    for word in words:
        if not _WORD.fullmatch(word):
            raise entry.wrong(f"{word!r} is not a word of letters, digits and underscores")
    return tuple(words)
