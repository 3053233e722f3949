"""The acceptance tests of the releases: arithmetic, an attacker who has them all, and the chain (statistics.md §3.4).

`make bench` (MELDROUTE_FULL=1) takes 216 made-up years, the ordinary run a few of them. The mutants at the end are
releases made in ways that look safe: the same attacker must find each of them out.
"""

import datetime
import os
import random
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from referral.counts import tally
from referral.possible import possible
from referral.publishing import areas_of
from referral.release import NotYet, make_release
from tests.attacker import (
    TOTAL,
    Found,
    attack,
    from_csv,
    name_of,
    narrowed,
    until,
)
from tests.populations import (
    LARGEST,
    SIZES,
    changing_card,
    municipalities_with,
    one_contact,
    population,
    shipped,
    special_years,
    true_figures,
)
from web.monitor.csv_files import combined

FULL = bool(os.environ.get("MELDROUTE_FULL"))
SEEDS = range(12 * len(SIZES)) if FULL else (4, 6, 7, 8, 9, 11, 13, 17)
INSIDERS = range(2, len(SIZES), 3) if FULL else (2, 7)
SPECIAL = {drawn.name: drawn for drawn in special_years()}


@cache
def chain(drawn):
    """The releases of a year, made one after the other."""
    releases = []
    for quarter in range(1, 5):
        try:
            releases.append(release(drawn, quarter, releases))
        except NotYet:
            assert quarter < 4
    return releases


def release(drawn, quarter, earlier=(), **other):
    return make_release(
        drawn.tables[quarter - 1],
        drawn.states[quarter - 1],
        drawn.areas,
        list(earlier),
        drawn.year,
        quarter,
        made=datetime.date(drawn.year, 3 * quarter, 28),
        card="2026-11-24",
        **{"possible": combinations_of(drawn)[quarter - 1], **other},
    )


@cache
def combinations_of(drawn):
    """For each quarter's tables, what the route card can lead to."""
    content = shipped()
    areas, asked = areas_of(content.card), content.script.asked
    return [possible(content.card, tables, areas, drawn.year, asked) for tables in drawn.tables]


def known(drawn, releases, **more):
    """What an attacker knows of them, and the truth of that."""
    found = attack(releases, drawn.areas, **more)
    return found, true_figures(drawn, [each["quarter"] for each in releases], found.unknowns)


# Test 1: arithmetic.


def check_arithmetic(drawn):
    releases = chain(drawn)
    figures, truth = known(drawn, releases)
    assert figures.published.keys() == figures.unknowns.keys(), "every figure that follows is published"
    for unknown, value in figures.published.items():
        kind, stage, _ = unknown
        steps = [each["step"] for each in releases]
        if kind == "until":
            most = 5 * (1 + (steps[stage] if stage >= 0 else max(steps))) - 1
            assert value % 5 == 0
            assert value >= 0
            assert abs(value - truth[unknown]) <= most, unknown
        else:
            assert value >= 0, "a figure never falls"
    point = figures.vector(figures.published)
    assert figures.admits(point), "what is published could itself be the truth, by all rules that a reader knows"
    read, _ = known(drawn, releases, can_be=combinations_of(drawn)[-1])
    assert read.admits(read.vector(read.published)), "for a reader of the route card too"
    check_tables_agree(releases)


def check_tables_agree(releases):
    """Every figure has one value in its release, and a closed month one value in all."""
    months = {}
    for each in releases:
        values = {}
        for table in each["tables"]:
            for cell in table["cells"]:
                name = name_of(table["id"], cell["key"])
                assert values.setdefault(name, cell["value"]) == cell["value"]
                if "month" in table["dimensions"] and name:
                    assert months.setdefault(name, cell["value"]) == cell["value"]


@pytest.mark.parametrize("seed", SEEDS)
def test_1_arithmetic(seed):
    check_arithmetic(population(seed))


@pytest.mark.parametrize("name", SPECIAL)
def test_1_arithmetic_of_special_years(name):
    check_arithmetic(SPECIAL[name])


# Test 2 and 4: the attacker with all releases, and with each of the first ones of the year.


def check_attack(drawn, releases, **more):
    figures, truth = known(drawn, releases, **more)
    found = narrowed(figures, truth)
    assert not found, found
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_2_nobody_learns_a_small_figure_from_all_releases(seed):
    check_attack(population(seed), chain(population(seed)))


@pytest.mark.parametrize("name", SPECIAL)
def test_2_nor_in_special_years(name):
    check_attack(SPECIAL[name], chain(SPECIAL[name]))


@pytest.mark.parametrize("seed", SEEDS if FULL else (8, 11))
def test_4_nor_from_a_year_that_is_not_over(seed):
    releases = chain(population(seed))
    for until_now in range(1, len(releases)):
        check_attack(population(seed), releases[:until_now])


@pytest.mark.parametrize("seed", SEEDS if FULL else (9,))
def test_2_nor_does_somebody_who_has_read_the_route_card(seed):
    """They know which agency can come first for whom, so the tables tell more together than each alone."""
    drawn = population(seed)
    check_attack(drawn, chain(drawn), can_be=combinations_of(drawn)[-1])


def test_2_the_shortcut_hides_nothing():
    """The attacker tries figures alone only where they look narrow; here all small ones are tried."""
    drawn = population(3, 60)
    figures, truth = known(drawn, chain(drawn))
    small = [unknown for unknown, n in truth.items() if n in range(1, 5)]
    for unknown in random.Random(1).sample(small, min(len(small), 40)):  # noqa: S311 - not a secret
        low, high = figures.interval(unknown)
        assert low <= truth[unknown] <= high
        assert high - low >= 3
        assert low == 0 or high > 4


@pytest.mark.parametrize("seed", [8, 9])
def test_2_the_file_for_spreadsheets_tells_no_more(seed):
    """With its bounds beside each figure, and all the same rules."""
    drawn = population(seed)
    releases = chain(drawn)
    data = {"year": drawn.year, "base": 5, "releases": releases, "previous_year": None, "partners": []}
    read = from_csv(combined(data, shipped().reading).decode())
    (one, truth), (other, _) = known(drawn, read), known(drawn, releases)
    assert one.published == other.published
    for unknown, at in one.unknowns.items():
        bounds = other.low[other.unknowns[unknown]], other.high[other.unknowns[unknown]]
        assert (one.low[at], one.high[at]) == bounds, unknown
    assert not narrowed(one, truth)


# Test 2, with a secret: somebody who knows one municipality exactly.


def insider(drawn, truth, place):
    """What a municipality knows that counted its own contacts as the tables do; and its part of other figures."""
    own, area = ("municipality", place), ("area", drawn.areas[place])
    exact = {unknown: n for unknown, n in truth.items() if own in unknown[2] and unknown[0] == "until"}
    mine = {}
    for (kind, stage, name), n in exact.items():
        for wider in (name - {own}, (name - {own}) | {area}):
            if (kind, stage, wider) in truth:
                mine[kind, stage, wider] = n
    return exact, mine


def knows_more(drawn, releases, truth, place):
    """The same of every quarter and by form, whether published or not: exact, part of others, all but their own."""
    own, area = ("municipality", place), ("area", drawn.areas[place])
    alone = sum(drawn.areas[other] == area[1] for other in municipalities_with(drawn)) == 1
    wanted = {u: (u[0], u[1], (u[2] - {area}) | {own}) for u in truth if {d for d, _ in u[2]} <= {"form", "area"}}
    wanted = {u: part for u, part in wanted.items() if area in u[2] or "area" not in dict(u[2])}
    parts = true_figures(drawn, [each["quarter"] for each in releases], set(wanted.values()))
    theirs = {u for u in truth if own in u[2] or (alone and area in u[2])}
    exact = {u: truth[u] for u in theirs if u[0] == "until"}
    mine = {u: parts[part] for u, part in wanted.items() if u not in theirs}
    return exact, mine, truth.keys() - theirs


def check_insiders(drawn):
    """Each municipality in turn knows its row as it is published, but exactly.

    What holds its own contacts is tested without those: there, nobody is pinned down, but the others of a margin
    that is mostly their own may have fewer candidates (§3.2).
    """
    releases, found, few = chain(drawn), Found(), 0
    figures, truth = known(drawn, releases)
    for place in municipalities_with(drawn):
        exact, mine = insider(drawn, truth, place)
        theirs_alone = sum(drawn.areas[place] == drawn.areas[other] for other in municipalities_with(drawn)) == 1
        own = {("municipality", place), *([("area", drawn.areas[place])] if theirs_alone else [])}
        of_others = [u for u in truth if not own & u[2]]
        theirs = narrowed(figures.knowing(exact), truth, mine=mine, only=of_others)
        few += sum(u in mine for u, _, _ in theirs.few)
        theirs.few = [each for each in theirs.few if each[0] not in mine]
        found.add(theirs)
    assert not found, found
    return found, few


@pytest.mark.parametrize("seed", INSIDERS)
def test_2_nor_does_a_municipality_that_knows_its_own_row(seed):
    check_insiders(population(seed))


def check_strong_insiders(drawn, places):
    releases, found = chain(drawn), Found()
    figures, truth = known(drawn, releases)
    for place in places:
        exact, mine, others = knows_more(drawn, releases, truth, place)
        at_least = {unknown: n for unknown, n in mine.items() if unknown[0] == "until"}
        found.add(narrowed(figures.knowing(exact, at_least), truth, mine=mine, only=others))
    return found


@pytest.mark.parametrize("seed", INSIDERS if FULL else (7,))
def test_2_nor_by_its_own_forms_in_every_quarter(seed):
    """Nobody is pinned down. Now and then a margin that is mostly their own has three candidates left (§3.2)."""
    drawn = population(seed)
    places = municipalities_with(drawn)
    found = check_strong_insiders(drawn, places if FULL else [*places[::6], LARGEST, "onbekend"])
    assert [found.contradiction, found.exact, found.small] == [False, [], []]
    assert len(found.few) <= found.tried / 100


# Test 2, with figures of somebody else that are exact.


def check_partners(drawn):
    """A partner printed the same contacts exactly: all of the year, or those of one form, or of every form.

    Only figures of five and more: with a small one the partner has told already what ours are to hide.
    """
    releases, found = chain(drawn), Found()
    figures, truth = known(drawn, releases)
    last = len(releases) - 1
    every = until(last, frozenset())
    forms = [u for u in truth if u[:2] == ("until", last) and [d for d, _ in u[2]] == ["form"] and truth[u] > 4]
    for secrets in ([every] if truth[every] > 4 else [], *([form] for form in forms), forms):
        exact = {unknown: truth[unknown] for unknown in secrets}
        found.add(narrowed(figures.knowing(exact), truth, only=truth.keys() - exact.keys()))
    return found


@pytest.mark.parametrize("seed", INSIDERS if FULL else (7, 11))
def test_2_nor_with_exact_figures_of_a_partner(seed):
    """Nobody is pinned down. Under a form that is known exactly, some figures have fewer candidates left."""
    found = check_partners(population(seed))
    assert [found.contradiction, found.exact, found.small] == [False, [], []]
    assert len(found.few) <= found.tried / 20


def test_2_nor_does_somebody_who_made_contacts_themselves():
    """They know one cell of every table to be at least what they added, up to three of one kind (§3.2)."""
    drawn = population(9)
    releases = chain(drawn)
    figures, truth = known(drawn, releases)
    inner = [u for u, n in truth.items() if u[0] == "until" and len(u[2]) == 2 and n > 3]
    for unknown in random.Random(2).sample(inner, 12):  # noqa: S311 - not a secret
        mine = {u: 3 for u in truth if u[0] == "until" and u[1] >= unknown[1] and u[2] <= unknown[2]}
        found = narrowed(figures.knowing({}, mine), truth, mine=mine)
        assert [found.contradiction, found.exact, found.small] == [False, [], []]


# Test 7: counting out what is possible, without any programming.


def counted_out(bounds, sums, equal, chained=False):
    """Every combination of whole numbers within the bounds and sums: the values that each cell can have.

    chained: the second half of the cells is a later release of the first, in which no cell is lower.
    """
    size = [high - low + 1 for low, high in bounds]
    grid = np.indices(size, dtype=np.int16).reshape(len(bounds), -1)
    grid = grid + np.array([[low] for low, _ in bounds], dtype=np.int16)
    if chained:
        half = len(bounds) // 2
        grid = grid[:, (grid[:half] <= grid[half:]).all(axis=0)]
    for cells, low, high in sums:
        total = grid[cells].sum(axis=0)
        grid = grid[:, (total >= low) & (total <= high)]
    for one, other in equal:
        grid = grid[:, grid[one].sum(axis=0) == grid[other].sum(axis=0)]
    return [sorted(set(row.tolist())) for row in grid]


def toy(seed, tables, stages=1):
    """Small true tables with the dimensions of `tables`, and their joint rounding. Truth by (stage, table, key)."""
    values = {"form": ["a", "b"], "reporter": ["x", "y"], "area": ["n", "s"], "municipality": ["n1", "n2", "s1"]}
    chance = random.Random(seed)  # noqa: S311 - the same toy every time
    contacts = [[{d: chance.choice(v) for d, v in values.items()} for _ in range(chance.randrange(7))]]
    contacts = [*contacts, [{d: chance.choice(v) for d, v in values.items()} for _ in range(2)]][:stages]
    for contact in [contact for stage in contacts for contact in stage]:
        contact["area"] = contact["municipality"][0]
    releases = []
    for stage in range(stages):
        there = [contact for earlier in contacts[: stage + 1] for contact in earlier]
        made = []
        for dimensions in tables:
            cells = []
            for key in product(*([*values[d], TOTAL] for d in dimensions)):
                fits = [all(k in (c[d], TOTAL) for d, k in zip(dimensions, key, strict=True)) for c in there]
                cells.append({"key": dict(zip(dimensions, key, strict=True)), "value": sum(fits)})
            made.append({"id": "_".join(dimensions), "dimensions": list(dimensions), "cells": cells})
        releases.append({"base": 5, "step": 0, "quarter": 4, "months": [], "tables": made})
    return rounded(releases, TOY_AREAS, seed=seed)


TOY_AREAS = {"n1": "n", "n2": "n", "s1": "s"}
TOYS = (
    ((("form", "reporter"), ("form", "area")), 1),
    ((("form", "area"), ("municipality",)), 1),
    ((("form", "reporter"),), 2),
)


@pytest.mark.parametrize(("tables", "stages"), TOYS)
@pytest.mark.parametrize("seed", range(40 if FULL else 8))
def test_7_counting_out_agrees(tables, stages, seed):
    releases = toy(seed, tables, stages)
    inner = inner_cells(releases)
    bounds = [between for *_, between in inner]
    assert np.prod([high - low + 1 for low, high in bounds]) < 10_000_000

    possible = counted_out(bounds, *what_adds_up(releases, inner), chained=stages == 2)

    figures = attack(releases, TOY_AREAS, gate=False)
    for (stage, table, key, _), values in zip(inner, possible, strict=True):
        low, high = figures.interval(until(stage, name_of(table, key)))
        assert [*range(low, high + 1)] == values, (table, key)


def inner_cells(releases):
    """Stage, table, key and bounds of all that is not a margin."""
    return [
        (stage, table["id"], cell["key"], (max(0, cell["value"] - 4), cell["value"] + 4))
        for stage, each in enumerate(releases)
        for table in each["tables"]
        for cell in table["cells"]
        if TOTAL not in cell["key"].values()
    ]


def what_adds_up(releases, inner):
    """Each published figure as the sum of inner cells with its bounds; and the pairs of sums that are one figure."""
    sums, groups = [], defaultdict(list)
    for stage, each in enumerate(releases):
        for table in each["tables"]:
            for cell in table["cells"]:
                parts = [
                    at
                    for at, (s, t, key, _) in enumerate(inner)
                    if (s, t) == (stage, table["id"]) and all(v in (key[d], TOTAL) for d, v in cell["key"].items())
                ]
                sums.append((parts, cell["value"] - 4, cell["value"] + 4))
                groups[stage, name_of(table["id"], cell["key"])].append(parts)
    for area in set(TOY_AREAS.values()) if any("municipality" in key for _, _, key, _ in inner) else ():
        groups[area] = [
            [at for at, (_, _, key, _) in enumerate(inner) if key.get("area") == area],
            [at for at, (_, _, key, _) in enumerate(inner) if TOY_AREAS.get(key.get("municipality")) == area],
        ]
    return sums, [(group[0], other) for group in groups.values() for other in group[1:]]


# Mutants: releases made in another way. First a plain way of making them, which is itself not found out.


def true_releases(drawn, quarters=(4,), without=("form_municipality",)):
    """Releases without any protection."""
    releases = []
    for quarter in quarters:
        declared, state, made = drawn.tables[quarter - 1], drawn.states[quarter - 1], []
        for table in declared.tables.values():
            if table.id in without or (quarter < 4 and table.grain == "year"):
                continue
            values = [declared.values(d, str(drawn.year)) for d in table.dimensions]
            if "month" in table.dimensions:
                values = [months[: 3 * quarter] for months in values]
            sums = defaultdict(int)
            for cell, n in state.items():
                for key in product(*((value, TOTAL) for value in cell.key)) if cell.table == table.id else ():
                    sums[key] += n
            cells = [
                {"key": dict(zip(table.dimensions, key, strict=True)), "value": sums[key]}
                for key in product(*((*each, TOTAL) for each in values))
            ]
            made.append({"id": table.id, "dimensions": list(table.dimensions), "cells": cells})
        months = [f"{drawn.year}-{month:02}" for month in range(1, 3 * quarter + 1)]
        releases.append(
            {"quarter": quarter, "base": 5, "step": 0, "few": False, "months": months, "omitted": [], "tables": made}
        )
    return releases


def rewritten(releases, value, **more):
    """The releases with other values: value(stage, table, cell)."""
    return [
        {
            **each,
            **more,
            "tables": [
                {
                    **table,
                    "cells": [{**cell, "value": value(stage, table["id"], cell)} for cell in table["cells"]],
                }
                for table in each["tables"]
            ],
        }
        for stage, each in enumerate(releases)
    ]


def rounded(releases, areas, base=5, seed=0):
    """A plain joint controlled rounding of true releases: down or up, so that all sums hold."""
    rules = attack(releases, areas, reach=lambda *_: (0, np.inf), gate=False)
    down, up = np.zeros(len(rules.unknowns)), np.full(len(rules.unknowns), np.inf)
    for unknown, n in rules.published.items():
        if unknown[0] == "until":
            down[rules.unknowns[unknown]], up[rules.unknowns[unknown]] = n // base, -(-n // base)
    target = np.random.default_rng(seed).uniform(-1, 1, len(down))
    found, _ = replace(rules, low=down, high=up).solve(target, gap=0.5)
    assert found is not None, "these tables cannot be rounded in one step"

    def value(stage, table, cell):
        return base * int(found[rules.unknowns[until(stage, name_of(table, cell["key"]))]])

    return rewritten(releases, value, base=base)


def only(releases, *tables):
    return [{**each, "tables": [t for t in each["tables"] if t["id"] in tables]} for each in releases]


def merged(*parts):
    """Releases whose tables come from several ways of making them."""
    return [{**each[0], "tables": [t for part in each for t in part["tables"]]} for each in zip(*parts, strict=True)]


QUARTERLY = ("form_reporter", "form_area", "form_agency", "month")


def tables_apart(drawn):
    """(a) Every table is rounded by itself."""
    true = true_releases(drawn)
    apart = [rounded(only(true, table["id"]), drawn.areas, seed=at) for at, table in enumerate(true[0]["tables"])]
    return known(drawn, merged(*apart), gate=False)


def months_exact(drawn):
    """(b) The months are not rounded, the rest is."""
    true = true_releases(drawn)
    rest = rounded(only(true, *(t["id"] for t in true[0]["tables"] if t["id"] != "month")), drawn.areas)

    def reach(release, table, key, value):
        return (value, value) if table == "month" and TOTAL not in key.values() else (value - 4, value + 4)

    return known(drawn, merged(rest, only(true, "month")), reach=reach, gate=False)


def nearest(drawn):
    """(c) Every figure becomes the nearest multiple of five."""
    true = true_releases(drawn)
    releases = rewritten(true, lambda stage, table, cell: 5 * ((cell["value"] + 2) // 5))
    return known(drawn, releases, reach=lambda release, table, key, value: (value - 2, value + 2), gate=False)


def only_small_ones_hidden(drawn):
    """(d) Figures of 1 to 4 are left out."""
    true = true_releases(drawn)
    releases = rewritten(true, lambda stage, table, cell: None if cell["value"] in range(1, 5) else cell["value"])

    def reach(release, table, key, value):
        return (1, 4) if value is None else (value, value)

    return known(drawn, releases, reach=reach, gate=False)


def quarters_apart(drawn):
    """(e) Every release is rounded by itself."""
    true = only(true_releases(drawn, (1, 2, 3, 4)), *QUARTERLY[:3])
    return known(drawn, [rounded([each], drawn.areas, seed=at)[0] for at, each in enumerate(true)], gate=False)


def threes(drawn):
    """(f) Rounded to multiples of three."""
    return known(drawn, rounded(true_releases(drawn), drawn.areas, base=3), gate=False)


def margins_exact(drawn):
    """(g) Only the inner cells are rounded."""
    chance = np.random.default_rng(1)

    def value(stage, table, cell):
        if TOTAL in cell["key"].values():
            return cell["value"]
        return int(5 * ((cell["value"] + chance.integers(0, 5)) // 5))

    def reach(release, table, key, value):
        return (value, value) if TOTAL in key.values() else (value - 4, value + 4)

    return known(drawn, rewritten(true_releases(drawn), value), reach=reach, gate=False)


def percentages(drawn):
    """(h) Beside our own releases: percentages with one decimal, of the form, from figures that are not rounded."""
    releases = chain(drawn)[-1:]
    ratios = []
    figures, truth = known(drawn, releases)
    for kind, stage, name in figures.unknowns:
        whole = (kind, stage, frozenset(pair for pair in name if pair[0] == "form"))
        if len(name) == 2 and truth[whole]:
            percent = round(100 * truth[kind, stage, name] / truth[whole], 1)
            ratios.append(((kind, stage, name), whole, (percent - 0.0501) / 100, (percent + 0.0501) / 100))
    return known(drawn, releases, ratios=ratios, gate=False)


def live_exports(drawn):
    """(i) Two exports of one quarter, both made well, with a single contact in between."""
    before, later = drawn.states[3], dict(drawn.states[3])
    place = {"gemeente": (LARGEST,), "gebied": (drawn.areas[LARGEST],)}
    for cell in tally(drawn.tables[3], place, (), datetime.date(drawn.year, 12, 1)).cells:
        later[cell] += 1
    twice = replace(drawn, states=(*drawn.states[:2], before, later), tables=(drawn.tables[3],) * 4)
    quarter = {3: drawn, 4: replace(drawn, states=(*drawn.states[:3], later))}
    exports = [only([release(each, 4)], *QUARTERLY[:3])[0] for each in quarter.values()]
    figures = attack(exports, drawn.areas, gate=False)
    return figures, true_figures(twice, [3, 4], figures.unknowns)


MUTANTS = (
    tables_apart,
    months_exact,
    nearest,
    only_small_ones_hidden,
    quarters_apart,
    threes,
    margins_exact,
    percentages,
    live_exports,
)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_attacker_finds_other_ways_out(mutant):
    assert any(finds_out(mutant, population(seed)) for seed in (6 if mutant is months_exact else 9, 10, 11, 26, 27))


def finds_out(mutant, drawn):
    """Chance may help a bad way once: what it publishes is drawn."""
    figures, truth = mutant(drawn)
    found = narrowed(figures, truth, enough=60)
    assert not found.contradiction, "the attacker has the rules of this mutant wrong"
    return found


def test_and_not_the_plain_way_that_the_mutants_leave():
    drawn = population(9)
    for quarters in ((4,), (1, 2, 3, 4)):
        releases = rounded(true_releases(drawn, quarters), drawn.areas)
        figures, truth = known(drawn, releases, gate=False)
        assert not narrowed(figures, truth)


def test_a_release_that_was_made_otherwise_than_it_says_contradicts_itself():
    """One step further than stated, here in one figure: the rules cannot all hold."""
    drawn = population(8)
    releases = rewritten(chain(drawn), lambda stage, table, cell: cell["value"] + 10 * (table == "form_agency"))
    figures, _ = known(drawn, releases)
    assert figures.contradiction()


def test_who_has_read_the_route_card_finds_out_a_rounding_that_has_not():
    """Releases in which only the tables' own sums hold give somebody away in more than every second year of 170."""
    assert any(finds_out_a_careless_year(population(seed, 170)) for seed in range(12))


def finds_out_a_careless_year(drawn):
    careless = []
    for quarter in range(1, 5):
        with suppress(NotYet):
            careless.append(release(drawn, quarter, careless, possible=()))
    figures, truth = known(drawn, careless, can_be=combinations_of(drawn)[-1])
    return not figures.admits(figures.vector(figures.published)) and narrowed(figures, truth, enough=60)


def test_what_the_gate_tells_is_used():
    """A first release whose total is 20 has 24 at most, but 25 are needed: such a release cannot be."""
    drawn = population(9)
    (true,) = only(true_releases(drawn, (1,)), "month")
    low = rewritten([true], lambda stage, table, cell: 20 if TOTAL in cell["key"].values() else 5)
    assert attack(low, drawn.areas).contradiction()
    assert not attack(low, drawn.areas, gate=False).contradiction()


def test_one_contact_stays_unknown():
    """Whether the year had none, one or up to four contacts does not show, or whether there were one to nine.

    The last two: where the release took the step further.
    """
    figures, _ = known(one_contact(), chain(one_contact()))
    assert figures.interval(until(0, frozenset())) in ((0, 4), (1, 9), (0, 9), (0, 14))


def test_a_table_that_came_in_july_stays_out():
    releases = chain(changing_card())
    assert {"table": "form_language", "why": "new"} in releases[-1]["omitted"]
    check_attack(changing_card(), releases)
