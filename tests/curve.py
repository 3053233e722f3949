"""How many contacts can be put together again from the raw counters? `python -m tests.curve` writes the answer down.

A contact's row follows from the counters if every collection of contacts that gives these counters holds it. That is
decided exactly, by counting, see `certain`; what is random is only the made-up contacts.
"""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from referral.counts import tally
from referral.tables import MONTHS, Cell, months_of
from tests.running import ROOT
from web.service import Content, load_content
from web.settings import Settings

DOCUMENT = ROOT / "docs" / "storage-curve.md"
NUMBERS = (1, 2, 3, 5, 10, 20, 42)
MADE = 5000
YEAR = 2026
FORM, AREA, PLACE = "form", "form_area", "form_municipality"
QUARTERLY = ("form_reporter", "form_area", "form_agency", "month")
PERSON = ("form_municipality", "form_gender", "form_age")
LOOSE = ("month", "language")
IMPLIED = "municipality"
"""Its sums follow from those by form, so it ties nothing together and takes nothing apart."""

# The source document: 154 of 168 contacts by professionals; of 143 clients 115 women and 12 men, 23 below 18, 36 below
# 23, 10 of unknown age, mostly sexual exploitation. What it does not say (agency, sector, language) is a guess.
SHARES: dict[str, dict[str, float]] = {
    "vorm": {"seksueel": 60, "arbeid": 15, "crimineel": 5, "anders": 3, "combinatie": 5, "onbekend": 12},
    "rol": {"professional": 154, "naaste": 6, "slachtoffer": 4, "omstander": 4},
    "sector": {"zorg": 40, "wijkteam_hulpverlening": 30, "onderwijs": 12, "gemeente": 12, "anders": 6},
    "leeftijd": {"onder_18": 23, "18_22": 36, "23_plus": 74, "weet_niet": 10},
    "gender": {"vrouw": 115, "man": 12, "anders": 2, "weet_niet": 14},
    "taal": {"nl": 90, "en": 6, "pl": 4},
    "instantie": {"essm_meldpunt": 55, "politie": 20, "comensha": 5, "veilig_thuis": 5, "overig": 5, "alarm_112": 5},
}
LARGEST, ITS_SHARE = "GM0599", 58
TICKED = 0.12

Contact = dict[str, Cell]
"""What one contact raised: table → its cell. It is the whole row, and what the attacker wants to put together."""


@cache
def content() -> Content:
    """The shipped content: its tables are those of the curve."""
    return load_content(Settings())


def contacts(number: int, quarters: Collection[int], chance: random.Random) -> list[Contact]:
    """So many made-up contacts in each of these quarters, on random days."""
    made = []
    for quarter in quarters:
        first = datetime.date(YEAR, 3 * quarter - 2, 1)
        made += [_contact(first + datetime.timedelta(chance.randrange(90)), chance) for _ in range(number)]
    return made


def _contact(day: datetime.date, chance: random.Random) -> Contact:
    facts = {fact: (_drawn(shares, chance),) for fact, shares in SHARES.items()}
    if facts["rol"] != ("professional",):
        del facts["sector"]
    if facts["vorm"] == ("arbeid",):
        facts["instantie"] = (chance.choice(["nla", "nla", "fairwork", "essm_meldpunt"]),)
    place = _drawn(_places(), chance)
    facts["gemeente"] = (place,)
    if place in content().card.municipalities:
        facts["gebied"] = (content().card.municipalities[place].area,)
    ticked = {signal for signal in content().card.indications if chance.random() < TICKED}
    return {cell.table: cell for cell in tally(content().tables, facts, ticked, day).cells}


def _drawn(shares: dict[str, float], chance: random.Random) -> str:
    return chance.choices(list(shares), list(shares.values()))[0]


@cache
def _places() -> dict[str, float]:
    """Every municipality of the year with its share: one is the largest, the others grow smaller one by one."""
    others = [code for code in content().tables.municipalities(YEAR) if code != LARGEST]
    small = {code: 1 / (rank + 2) for rank, code in enumerate(others)}
    left = 100 - ITS_SHARE - 8
    scaled = {code: left * share / sum(small.values()) for code, share in small.items()}
    return {LARGEST: ITS_SHARE, "buiten_regio": 4, "weet_niet": 4, **scaled}


def certain(everybody: Sequence[Contact], tables: Collection[str]) -> int:
    """Of how many contacts the row, in these tables, follows from the counters of these tables.

    A group is the contacts of one form in one quarter; the counters say its size. In each table the attacker may
    deal the values out anew, among all contacts whose sum the table holds (its scope): all of the form in the
    quarter or the year, or all of the quarter or the year. So a table keeps at least `kept` contacts of the group
    at a value, the others can be any of them, and a row is certain as often as tables cannot take the group apart.
    """
    counts = Counter(cell for one in everybody for cell in one.values())
    scopes = Counter((name, _scope(one, name)) for one in everybody for name in one)
    groups = Counter(_group(one) for one in everybody)
    areas = Counter((one[AREA].key) for one in everybody)
    found = 0
    for row, times in Counter(tuple(one[name] for name in (AREA, *tables)) for one in everybody).items():
        one = {cell.table: cell for cell in row}
        group = groups[_group(one)]
        taken = 0
        for name in tables:
            kept = group + counts[one[name]] - scopes[name, _scope(one, name)]
            if name == PLACE:  # a municipality lies in one area: it is dealt out within the form and the area
                kept = counts[one[AREA]] + counts[one[name]] - areas[one[AREA].key]
            elif PLACE in tables and name in (AREA, IMPLIED):
                continue
            taken += group - max(0, kept)
        least = max(0, group - taken)
        assert least <= times
        found += least
    return found


def _group(one: Contact) -> tuple[str, str]:
    return one[AREA].period, one[AREA].key[0]


def _scope(one: Contact, name: str) -> tuple[str, ...]:
    """Among whom a table's values may be dealt out: the period, and the form where the table has it."""
    cell, dimensions = one[name], content().tables.tables[name].dimensions
    if content().tables.dimensions[dimensions[0]].values_from == MONTHS:
        return (next(f"{YEAR}Q{quarter}" for quarter in range(1, 5) if cell.key[0] in months_of(f"{YEAR}Q{quarter}")),)
    return (cell.period, *cell.key[: dimensions[0] == FORM])


def shares(number: int, quarters: Collection[int], wanted: Sequence[Collection[str]]) -> list[float]:
    """For each set of tables the percentage of contacts whose row follows; the same at every call."""
    found = [0] * len(wanted)
    runs = -(-MADE // number)
    for run in range(runs):
        everybody = contacts(number, quarters, random.Random(f"{number} {run}"))  # noqa: S311
        for place, tables in enumerate(wanted):
            found[place] += certain(everybody, tables)
    return [100 * times / (runs * number * len(quarters)) for times in found]


def row(number: int) -> str:
    """The line of the table for so many contacts."""
    every = tuple(content().tables.tables)
    wanted = (every, [name for name in every if name not in LOOSE], PERSON)
    found = [*shares(number, (1,), (QUARTERLY, *wanted)), *shares(number, range(1, 5), wanted)]
    return " | ".join((f"| {number}", *(f"{value:.1f}" for value in found))) + " |"


def document() -> Iterator[str]:
    """The lines of the page."""
    yield "# What the raw counters give away: the curve\n"
    yield "Written by `python -m tests.curve`; `tests/test_curve.py` holds the page to it, and it to a search.\n"
    yield (
        "Somebody has one copy of the data folder. How many contacts can be put together again from its counters "
        "alone? In percent of the contacts, where the copy is of a year's first quarter (Q1), or of the end of a year "
        "of four such quarters (year):\n"
    )
    yield (
        "| Contacts in a quarter | Quarter's tables | Whole row, Q1 | But month and language, Q1 | Person, Q1 | "
        "Whole row, year | But month and language, year | Person, year |"
    )
    yield "| ---: " * 8 + "|"
    yield from map(row, NUMBERS)
    yield f"\nRandom runs: for each number as many as make {MADE:,} contacts in a quarter, with fixed seeds.\n"
    yield from METHOD


METHOD = (
    "- **Quarter's tables**: form, reporter, area, agency and month, from the tables of the quarter and the months.",
    "- **Whole row**: those, municipality, gender, age, language and each of the nine signals, from all tables.",
    "- **But month and language**: the same without these two, which stand in tables of their own.",
    "- **Person**: form, quarter, municipality, gender and age: enough to know somebody by.\n",
    "## When a row follows\n",
    "A contact's row follows from the counters if it is in *every* collection of contacts that would have given the "
    "same counters. This is decided exactly, without a solver. The tables share only the form and the quarter, so "
    "the values of each table can be dealt out anew among the contacts of one form (in the quarter or the year), and "
    "months and languages among all. In a group of *N* contacts of one form and quarter, a table that must leave at "
    "least *k* of them at a value can give any *N − k* of them another. With the sum of these *N − k* over the tables "
    "the row can be thinned out until *N* minus that sum is left, and no further. What is left is certain. A "
    "municipality is dealt out within its area, because the reader knows which area it lies in.\n",
    "## What the contacts are\n",
    "Made up, in the proportions of the source document: 154 of 168 by professionals, one municipality with 58 % and "
    "the others ever smaller, gender, age and form as among the clients of 2022. First agency, sector, language and "
    "signals (12 % each, by themselves) are guesses. Values are drawn independently but for labour exploitation, "
    "which has agencies of its own.\n",
    "## What it does not say\n",
    "- A reader who knows more than the counters (that a signal belongs to a form, which agency an answer leads to, "
    "or one of the contacts) can put together more.",
    "- A row that does not follow can still be likely.",
    "- After a single contact everything is known, and after a few nearly so: raw counters are personal data.",
)


def main() -> None:
    """Measures and writes the page."""
    text = "\n".join(document()) + "\n"
    DOCUMENT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
