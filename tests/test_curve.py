"""docs/storage-curve.md comes from its script, and the script's counting agrees with a search through everything."""

import itertools
import random
from collections import Counter

import pytest

from tests.curve import AREA, DOCUMENT, PERSON, QUARTERLY, Contact, _group, _scope, certain, contacts, content, row


def worlds(everybody: list[Contact], name: str):
    """Every way in which a table's values may be dealt out so that the counters stay as they are, as lists of cells."""
    scopes = [_scope(one, name) for one in everybody]
    cells = [one[name] for one in everybody]
    found = set()
    for order in itertools.permutations(range(len(everybody))):
        if all(scopes[place] == scopes[taken] for place, taken in enumerate(order)):
            found.add(tuple(cells[taken] for taken in order))
    return found


def searched(everybody: list[Contact], tables: tuple[str, ...]) -> int:
    """The same as `certain`, by going through all worlds."""
    least: Counter[tuple[object, ...]] | None = None
    area_of = {one["form_municipality"].key[1]: one[AREA].key[1] for one in everybody}
    places = tables.index("form_municipality") if "form_municipality" in tables else None
    areas = Counter(one[AREA] for one in everybody)
    for dealt in itertools.product(*(worlds(everybody, name) for name in tables)):
        if places is not None and areas != Counter(
            one[AREA]._replace(key=(one[AREA].key[0], area_of[cell.key[1]]))
            for one, cell in zip(everybody, dealt[places], strict=True)
        ):
            continue  # the quarter's areas would be others
        rows = Counter((_group(one), *cells) for one, *cells in zip(everybody, *dealt, strict=True))
        least = rows if least is None else least & rows
    assert least is not None
    return least.total()


@pytest.mark.parametrize("tables", [QUARTERLY, PERSON, ("form_municipality", "form_reporter", "month", "language")])
@pytest.mark.parametrize(("number", "quarters"), [(2, (1,)), (3, (1,)), (4, (1,)), (1, (1, 2, 3)), (2, (1, 2))])
def test_the_counting_agrees_with_a_search(tables, number, quarters):
    """For small numbers all collections of contacts are gone through: as many rows are in all of them as was said."""
    for seed in range(12):
        everybody = contacts(number, quarters, random.Random(seed))  # noqa: S311
        assert certain(everybody, tables) == searched(everybody, tables)


def test_the_page_is_what_the_script_finds():
    """A line of docs/storage-curve.md, measured anew."""
    assert row(3) in DOCUMENT.read_text(encoding="utf-8").splitlines()


def test_one_contact_is_known_whole_and_two_of_a_kind_are_not_taken_apart():
    """A single contact stands in the counters as it came; so do two that are the same in everything."""
    every = tuple(content().tables.tables)
    (one,) = contacts(1, (1,), random.Random(1))  # noqa: S311

    assert certain([one], every) == 1
    assert certain([one, one], every) == 2
