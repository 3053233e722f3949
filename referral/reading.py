"""How the monitor is read: Dutch labels of every declared value, and what each table does and does not count.

content/monitor.toml holds the words; card and tables say which words are needed. The code names none of them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from referral.entry import Entry, named_parts, read_file
from referral.model import RouteCard
from referral.tables import MONTHS, MUNICIPALITIES, Dimension, Tables

TOTAL = "total"
"""The value of a margin in a published table."""

_FILE, _TOTAL_LABEL = "monitor.toml", "Totaal"
_EACH, _SIGNAL = "{indication}", "{signal}"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class TableReading:
    """What stands at a table: its name, the line above it, and what it counts."""

    id: str
    title: str
    caption: str
    definition: str


@dataclass(frozen=True)
class Break:
    """From this day on figures are not like those before; no tables: that goes for all of them."""

    on: datetime.date
    tables: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Reading:
    """The words of the monitor. `definitions` go for all tables; `since` is the first day that was counted.

    months: the names of the twelve months, for the dimensions in `monthly`, whose values are months.
    names: abbreviations and names that not every reader knows, and what they mean.
    """

    dimensions: Mapping[str, str]
    values: Mapping[tuple[str, str], str]
    tables: Mapping[str, TableReading]
    definitions: tuple[str, ...]
    breaks: tuple[Break, ...]
    since: datetime.date | None
    months: tuple[str, ...] = ()
    monthly: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def label(self, dimension: str, value: str) -> str:
        """What a value of a dimension is called; the value itself where nothing is declared (an older release)."""
        if value == TOTAL:
            return _TOTAL_LABEL
        month = _MONTH.fullmatch(value) if dimension in self.monthly else None
        if month:
            return f"{self.months[int(month[2]) - 1]} {month[1]}"
        return self.values.get((dimension, value), value)


def load_reading(card: RouteCard, tables: Tables, folder: Traversable | Path | None = None) -> Reading:
    """The reading in `folder` (default: the one that comes with the package), whole for this card and these tables.

    Raises CardError(file, entry, what is wrong) at the first entry that is wrong, or at a word that is missing.
    """
    whole = read_file(folder or files("referral") / "content", _FILE)
    months = _months(whole)
    definitions = _sentences(whole)
    since = whole.date("since")
    explained = _names(whole)
    titles, labels = _dimensions(whole, card, tables)
    readings = _tables(whole, card, tables)
    breaks = tuple(_break(part, card, tables) for part in whole.parts("break"))
    monthly = frozenset(name for name, known in tables.dimensions.items() if known.values_from == MONTHS)
    return whole.finish(Reading(titles, labels, readings, definitions, breaks, since, months, monthly, explained))


def _months(whole: Entry) -> tuple[str, ...]:
    months = whole.texts("months")
    if len(months) != 12:
        raise whole.wrong(f"`months` must be the names of the twelve months, not {len(months)}")
    return months


def _sentences(whole: Entry) -> tuple[str, ...]:
    sentences = whole.texts("definitions")
    if not sentences:
        raise whole.wrong("`definitions` is missing: say what a contact is and is not")
    for sentence in sentences:
        _holds(whole, "definitions", sentence, ())
    return sentences


def _names(whole: Entry) -> dict[str, str]:
    """Names that are explained; an explanation goes on after a colon and gets its own full stop."""
    explained = whole.words("names")
    for name, meaning in explained.items():
        if not meaning or meaning.endswith("."):
            raise whole.wrong(f"`names` must say in words what {name!r} is, without a full stop")
        _holds(whole, "names", meaning, ())
    return explained


def _dimensions(whole: Entry, card: RouteCard, tables: Tables) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """The title of every dimension, and the label of every value that is not a month."""
    titles: dict[str, str] = {}
    labels: dict[tuple[str, str], str] = {}
    for name, entry in named_parts(whole, "dimension"):
        if name not in tables.dimensions:
            raise entry.wrong("is not a dimension of tables.toml")
        titles[name] = _plain(entry, "title")
        known = tables.dimensions[name]
        labels |= {(name, value): label for value, label in _labels(entry, known).items()}
        if known.values_from == MUNICIPALITIES:
            labels |= {(name, place.id): place.name for place in card.municipalities.values()}
        entry.finish(None)
    _complete(whole, "dimension", titles, tables.dimensions)
    return titles, labels


def _labels(entry: Entry, known: Dimension) -> dict[str, str]:
    """The labels of exactly the values that the dimension lists by name, each another one."""
    labels = entry.words("labels")
    entry.known("labels", labels, known.values)
    for value in known.values:
        if not labels.get(value):
            raise entry.wrong(f"`labels` has none for {value!r}")
        _holds(entry, "labels", labels[value], ())
    if len(set(labels.values())) != len(labels):
        raise entry.wrong("`labels` calls two values the same")
    return {value: labels[value] for value in known.values}


def _tables(whole: Entry, card: RouteCard, tables: Tables) -> dict[str, TableReading]:
    """A reading of every declared table, in the order in which they are declared."""
    readings: dict[str, TableReading] = {}
    for name, entry in named_parts(whole, "table"):
        for table in _readings(name, entry, card):
            if table.id not in tables.tables:
                raise entry.wrong(f"{table.id!r} is not a table of tables.toml")
            if readings.setdefault(table.id, table) is not table:
                raise entry.wrong(f"reads {table.id!r} twice")
    _complete(whole, "table", readings, tables.tables)
    return {name: readings[name] for name in tables.tables}


def _readings(name: str, entry: Entry, card: RouteCard) -> Iterator[TableReading]:
    """The reading of one table, or of one table for each signal with a number in the source document."""
    each = _EACH in name
    texts = {key: _plain(entry, key, [_SIGNAL] if each else []) for key in ("title", "caption", "definition")}
    if each and any(_SIGNAL not in texts[key] for key in ("title", "caption")):
        raise entry.wrong(f"`title` and `caption` need {_SIGNAL!r}: otherwise its tables are called the same")
    entry.finish(None)
    for signal in card.indications if each else [""]:
        short = card.signals[signal].short if signal else ""
        yield TableReading(
            name.replace(_EACH, signal), **{key: text.replace(_SIGNAL, short) for key, text in texts.items()}
        )


def _break(entry: Entry, card: RouteCard, tables: Tables) -> Break:
    on = entry.date("on")
    if on is None:
        raise entry.wrong("`on` is missing")
    named = [name.replace(_EACH, signal) for name in entry.texts("tables") for signal in _each(name, card)]
    entry.known("tables", named, tables.tables)
    return entry.finish(Break(on, tuple(named), _plain(entry, "text")))


def _each(name: str, card: RouteCard) -> tuple[str, ...]:
    return card.indications if _EACH in name else ("",)


def _plain(entry: Entry, key: str, places: Collection[str] = ()) -> str:
    """The text at `key`, once it is sure that it holds no placeholder but those."""
    text = entry.text(key)
    _holds(entry, key, text, places)
    return text


def _holds(entry: Entry, key: str, text: str, places: Collection[str]) -> None:
    for place in re.findall(r"\{[^}]*\}?|\}", text):
        if place not in places:
            raise entry.wrong(f"`{key}` has {place!r}, which nothing fills")


def _complete(whole: Entry, kind: str, found: Collection[str], declared: Collection[str]) -> None:
    for name in declared:
        if name not in found:
            raise whole.wrong(f"has no [[{kind}]] for {name!r} of tables.toml")
