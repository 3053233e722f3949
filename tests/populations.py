"""Made-up years of contacts, shaped like the source document's (statistics.md), counted by the real tables.

Contacts are drawn as columns. A table's cell follows from a few of a contact's facts alone, so each combination of
those goes once through `tally` and ten thousand contacts cost hardly more than a hundred.
"""

import datetime
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from referral.counts import load_tables, tally
from referral.model import SEVERAL_FORMS, UNKNOWN_FORM
from referral.route import refer
from referral.tables import MUNICIPALITIES, Cell, Table, Tables
from referral.tallying import counted_facts, places_of
from tests.card_reader import Name, Unknown
from web.service import Content, load_content
from web.settings import Settings

LARGEST = "GM0599"
YEAR = 2026
SIZES = (0, 1, 3, 10, 24, 25, 40, 80, 120, 170, 250, 350, 500, 750, 1000, 2000, 4000, 10_000)

ANOTHER_TABLE = '\n[[table]]\nid = "form_language"\ndimensions = ["form", "language"]\ngrain = "quarter"\n'

Strings = NDArray[np.str_]
Columns = dict[str, Strings]
State = dict[Cell, int]


@dataclass(frozen=True, eq=False)
class Population:
    """A year of contacts: for each quarter the tables as then declared, and the counters at its end."""

    name: str
    year: int
    tables: tuple[Tables, ...]
    areas: Mapping[str, str]
    states: tuple[State, ...]

    @property
    def contacts(self) -> int:
        """How many contacts the year has."""
        return sum(n for cell, n in self.states[3].items() if cell.table == "month")


@cache
def shipped() -> Content:
    """The content that comes with the package."""
    return load_content(Settings())


def areas_of(content: Content) -> dict[str, str]:
    """The public list: the area of every municipality, and of the two values that are none."""
    places = {place.id: place.area for place in content.card.municipalities.values()}
    return {**places, "buiten_regio": "buiten_regio", "onbekend": "onbekend"}


@cache
def population(seed: int, contacts: int | None = None, year: int = YEAR) -> Population:
    """A year like the source document's; without `contacts` the size follows from the seed as well."""
    size = SIZES[seed % len(SIZES)] if contacts is None else contacts
    drawn = columns(np.random.default_rng(seed), size, year)
    return counted(f"seed {seed}, {size} contacts", drawn, year, (shipped().tables,) * 4)


def columns(
    chance: np.random.Generator, size: int, year: int, places: Callable[[Strings], Strings] = lambda drawn: drawn
) -> Columns:
    """The facts of `size` contacts. What somebody asks depends on the form, as it does in life.

    Form and first agency are those of the referral that their answers get. places: changes where they are about.
    """
    forms = [*shipped().card.forms, SEVERAL_FORMS, UNKNOWN_FORM]
    form = chance.choice(forms, size, p=_mix(chance, [30, 40, 8, 10, 5, 7], 40))
    found: Columns = {"gemeente": places(_places(chance, size, year)), "maand": _months(chance, size)}
    by_form = {
        "rol": (["slachtoffer", "naaste", "omstander", "professional"], [8, 10, 12, 70]),
        "leeftijd": (["onder_18", "18_22", "23_plus", "weet_niet"], [16, 25, 50, 9]),
        "gender": (["vrouw", "man", "anders", "weet_niet"], [72, 18, 1, 9]),
        "wens": (["anoniem", "geen_politie", "geen"], [15, 15, 70]),
        "gevaar": (["ja", "nee", "weet_niet"], [3, 92, 5]),
    }
    for fact, (values, weights) in by_form.items():
        found[fact] = np.full(size, values[-1], dtype="U24")
        for one in forms:
            there = form == one
            found[fact][there] = chance.choice(values, int(there.sum()), p=_mix(chance, weights, 12))
    sectors = ["zorg", "onderwijs", "gemeente", "politie_justitie", "anders"]
    sector = chance.choice(sectors, size, p=_mix(chance, [40, 10, 25, 15, 10], 30))
    found["sector"] = np.where(found["rol"] == "professional", sector, "")
    found["omgeving"] = chance.choice(shipped().card.facts["omgeving"].values, size)
    found["taal"] = chance.choice(["nl", "en", "pl", "nl-eenvoudig"], size, p=[0.78, 0.08, 0.04, 0.1])
    ticks = [_ticks(chance, one) for one in form]
    for signal in shipped().card.indications:
        found[signal] = np.array(["ja" if signal in ticked else "" for ticked in ticks], dtype="U24")
    return _referred(found, ticks, year)


@cache
def _signals_of(form: str) -> tuple[str, ...]:
    """The signals that point to this form alone; of all others, for a form that no signal points to."""
    card = shipped().card
    alone = [signal for signal in card.signals.values() if len(signal.forms) == 1]
    return tuple(signal.id for signal in alone if form in (*signal.forms, SEVERAL_FORMS))


def _ticks(chance: np.random.Generator, form: str) -> tuple[str, ...]:
    """What somebody ticks who is to come to this form; the general indications are ticked beside any."""
    pointing = _signals_of(form)
    found = (
        {str(s) for s in chance.choice(pointing, min(len(pointing), 1 + chance.integers(3)), replace=False)}
        if pointing
        else set()
    )
    general = shipped().card.indications
    return tuple(sorted(found | {general[at] for at in np.flatnonzero(chance.random(len(general)) < 0.1)}))


def _referred(found: Columns, ticks: Sequence[tuple[str, ...]], year: int) -> Columns:
    """The same with the form and the first agency that the card gives each. Danger ends the questions at once."""
    ended = found["gevaar"] == "ja"
    for fact in found.keys() - {"gevaar", "maand", "taal"}:
        found[fact] = np.where(ended, "", found[fact])
    facts = ["gevaar", "rol", "sector", "omgeving", "leeftijd", "gemeente", "wens"]
    answers = zip(*(found[fact].tolist() for fact in facts), strict=True)
    told = [
        _advice(year, tuple(facts), given, () if end else ticked)
        for given, ticked, end in zip(answers, ticks, ended, strict=True)
    ]
    found["vorm"] = np.array([form for form, _ in told], dtype="U24")
    found["instantie"] = np.array([agency for _, agency in told], dtype="U24")
    return found


@cache
def _advice(year: int, facts: tuple[str, ...], values: tuple[str, ...], ticked: tuple[str, ...]) -> tuple[str, str]:
    """The form and the group of the first agency of a referral with these answers."""
    card = shipped().card
    answers = {fact: (value,) for fact, value in zip(facts, values, strict=True) if value}
    referral = refer(card, {**answers, "signalen": ticked or ("geen",)}, datetime.date(year, 7, 1))
    counted = counted_facts(card, referral, "nl")
    return counted["vorm"][0], counted["instantie"][0]


def _mix(chance: np.random.Generator, weights: Sequence[float], strength: float) -> NDArray[np.float64]:
    """These proportions, a little different every time. A small `strength` gives a large difference."""
    shares = np.array(weights) / sum(weights)
    return chance.dirichlet(shares * strength + 0.02)


def _places(chance: np.random.Generator, size: int, year: int) -> NDArray[np.str_]:
    """Where contacts are about: 58 % in the largest, a long tail, some outside or unknown."""
    there = places_of(shipped().card, year)
    others = [place for place in there if place != LARGEST]
    tail = 1 / np.arange(1, len(others) + 1)
    values = [LARGEST, *chance.permutation(others), "buiten_regio", "weet_niet"]
    return chance.choice(values, size, p=[0.58, *(0.33 * tail / tail.sum()), 0.03, 0.06])


def _months(chance: np.random.Generator, size: int) -> NDArray[np.str_]:
    shares = chance.dirichlet(np.full(12, 12.0))
    return np.array([f"{month + 1:02}" for month in chance.choice(12, size, p=shares)], dtype="U2")


def counted(name: str, drawn: Columns, year: int, tables: tuple[Tables, ...]) -> Population:
    """The counters after each quarter. tables: as they are declared in each quarter."""
    states: list[State] = []
    before: Counter[Cell] = Counter()
    for quarter, declared in enumerate(tables, 1):
        months = [f"{3 * quarter - back:02}" for back in (2, 1, 0)]
        now = np.isin(drawn["maand"], months)
        before.update(_added(declared, {fact: values[now] for fact, values in drawn.items()}, year))
        every = {cell: 0 for table in declared.tables.values() for cell in declared.cells(table, year)}
        states.append({**every, **before})
    return Population(name, year, tables, areas_of(shipped()), tuple(states))


def _added(tables: Tables, drawn: Columns, year: int) -> Counter[Cell]:
    """What these contacts add to the counters."""
    added: Counter[Cell] = Counter()
    for table in tables.tables.values():
        facts = [*_facts(tables, table), "maand"]
        combinations = Counter(zip(*(drawn[fact].tolist() for fact in facts), strict=True))
        for combination, n in combinations.items():
            added[_cell(tables_key(tables), table.id, tuple(facts), combination, year)] += n
    return added


def _facts(tables: Tables, table: Table) -> list[str]:
    """The columns that a table's cell depends on."""
    rules = [rule.fact for name in table.dimensions for rule in tables.dimensions[name].rules if rule.fact != "gebied"]
    ticks = [table.indication] if table.indication else []
    return [*dict.fromkeys([*rules, *ticks])]


_declared: dict[int, Tables] = {}


def tables_key(tables: Tables) -> int:
    """A number for the tables, which cannot be a cache's key themselves. They are kept, so that it stays theirs."""
    _declared[id(tables)] = tables
    return id(tables)


@cache
def _cell(key: int, table: str, facts: tuple[str, ...], values: tuple[str, ...], year: int) -> Cell:
    """The cell of the table that a contact with these facts adds to."""
    tables, content = _declared[key], shipped()
    known = {fact: (value,) for fact, value in zip(facts, values, strict=True) if value}
    place = content.card.municipalities.get(known.get("gemeente", ("",))[0])
    if place:
        known["gebied"] = (place.area,)
    on = datetime.date(year, int(known.pop("maand")[0]), 15)
    ticked = [fact for fact in known if fact in content.card.indications]
    added = tally(tables, {fact: value for fact, value in known.items() if fact not in ticked}, ticked, on)
    return next(cell for cell in added.cells if cell.table == table)


def true_figures(drawn: Population, quarters: Sequence[int], unknowns: Iterable[Unknown]) -> dict[Unknown, int]:
    """The truth of what an attacker does not know. quarters: those of the releases."""
    sums = [_sums(drawn.tables[quarter - 1], drawn.states[quarter - 1]) for quarter in quarters]
    found: dict[Unknown, int] = {}
    for unknown in unknowns:
        kind, stage, name = unknown
        found[unknown] = sums[stage][name]
        if kind == "new":
            found[unknown] -= sums[stage - 1][name]
    return found


def _sums(tables: Tables, state: State) -> dict[Name, int]:
    """Every cell and margin of a year until now."""
    found: dict[Name, int] = {}
    for table in tables.tables.values():
        of_table: Counter[Name] = Counter()
        names = [f"{d}/{table.id}" if tables.dimensions[d].indication else d for d in table.dimensions]
        for cell, n in state.items():
            for kept in product((True, False), repeat=len(names)) if cell.table == table.id else ():
                pairs = zip(names, cell.key, kept, strict=True)
                of_table[frozenset((name, value) for name, value, keep in pairs if keep)] += n
        found = {**of_table, **found}
    return found


def changed(change: Callable[[str], str]) -> Tables:
    """The shipped tables after a change of tables.toml."""
    content = shipped()
    with tempfile.TemporaryDirectory() as folder:
        text = (files("referral") / "content" / "tables.toml").read_text("utf-8")
        (Path(folder) / "tables.toml").write_text(change(text), "utf-8")
        return load_tables(content.card.indications, lambda year: places_of(content.card, year), Path(folder))


def nothing() -> Population:
    """A year without any contact."""
    return replace(population(1, 0), name="nothing")


def one_contact() -> Population:
    """A single contact, in the fourth quarter."""
    drawn = columns(np.random.default_rng(5), 1, YEAR) | {"maand": np.array(["11"])}
    return counted("one contact in the fourth quarter", drawn, YEAR, (shipped().tables,) * 4)


def one_municipality(seed: int = 0, contacts: int = 180) -> Population:
    """All contacts are about one small municipality."""
    chance = np.random.default_rng(seed)
    place = chance.choice(places_of(shipped().card, YEAR))
    drawn = columns(chance, contacts, YEAR, lambda drawn: np.full_like(drawn, place))
    return counted(f"one municipality only, {contacts} contacts", drawn, YEAR, (shipped().tables,) * 4)


def last_year_of_a_municipality(seed: int = 0, contacts: int = 400) -> Population:
    """A year before a merger: other codes exist than today, and most contacts are about those."""
    card = shipped().card
    gone = [place.id for place in card.municipalities.values() if place.successor]
    year = min(last.year for place in gone if (last := card.municipalities[place].period.last))
    chance = np.random.default_rng(seed)
    there = np.where(chance.random(contacts) < 0.6, chance.choice(gone, contacts), "")
    drawn = columns(chance, contacts, year, lambda drawn: np.where(there == "", drawn, there))
    return counted(f"before a merger, {contacts} contacts", drawn, year, (shipped().tables,) * 4)


def first_year_of_a_municipality(seed: int = 0, contacts: int = 400) -> Population:
    """The first year with the merged municipality's code, and most contacts are about it."""
    card = shipped().card
    heirs = {place.successor for place in card.municipalities.values() if place.successor}
    heir = card.municipalities[min(heirs)]
    assert heir.period.first is not None
    chance = np.random.default_rng(seed)
    there = chance.random(contacts) < 0.6
    drawn = columns(chance, contacts, heir.period.first.year, lambda drawn: np.where(there, heir.id, drawn))
    return counted(f"after a merger, {contacts} contacts", drawn, heir.period.first.year, (shipped().tables,) * 4)


def changing_card(seed: int = 0, contacts: int = 400) -> Population:
    """From the third quarter a value more is declared, and a table more: one that knows nothing of the first half."""

    def change(text: str) -> str:
        value = text.replace('"overig_professional", "onbekend"]', '"overig_professional", "tolk", "onbekend"]')
        value = value.replace('anders = "overig_professional" }', 'anders = "tolk" }')
        assert value.count("tolk") == 2
        return value + ANOTHER_TABLE

    drawn = columns(np.random.default_rng(seed), contacts, YEAR)
    now = shipped().tables
    after = changed(change)
    return counted(f"a card change in July, {contacts} contacts", drawn, YEAR, (now, now, after, after))


def special_years() -> tuple[Population, ...]:
    """The years that are unlike others."""
    return (
        nothing(),
        one_contact(),
        one_municipality(),
        last_year_of_a_municipality(),
        first_year_of_a_municipality(),
        changing_card(),
    )


def municipalities_with(drawn: Population) -> list[str]:
    """The municipalities (and "outside", "unknown") that a table counts by itself in that year."""
    dimension = next(d.id for d in drawn.tables[3].dimensions.values() if d.values_from == MUNICIPALITIES)
    return list(drawn.tables[3].values(dimension, str(drawn.year)))
