"""Which combinations of counted values the route card can lead to at all.

The card is public. Who reads that one agency comes first only for people of one sector knows that there are no more
contacts with that agency than of that sector. The rounding must satisfy that too, so it asks here.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from referral.facts import FORM, FORMS, PLACE, STRENGTH, derive
from referral.layout import AREA, Areas
from referral.model import SEVERAL_FORMS, STRENGTHS, UNKNOWN_FORM, Condition, Facts, Period, Route, RouteCard
from referral.tables import Tables
from referral.tallying import AGENCY as FIRST_AGENCY
from referral.tallying import AREA as AREA_OF_PLACE

FORM_OF, REPORTER, AGE, AGENCY = "form", "reporter", "age", "agency"
"""With the area, the counted dimensions that the card ties together."""
_YES, _MAYBE, _NO = 2, 1, 0
Combination = Mapping[str, str]
_Case = tuple[Combination, Facts]
"""What is counted of somebody, and the facts that say so."""


def possible(card: RouteCard, tables: Tables, areas: Areas, year: int) -> list[Combination]:
    """Every combination of form, reporter, area, age and first agency that a referral of that year can have.

    Rather one too many than one too few: of signals, settings and topics anything is taken to be possible. Empty
    where the tables do not have these dimensions.
    """
    if not {FORM_OF, REPORTER, AREA, AGE, AGENCY} <= tables.dimensions.keys():
        return []
    axes = [*(_asked(card, tables, areas, name) for name in (REPORTER, AREA, AGE)), _forms(tables), *_others(card)]
    first = _first(card, axes, year)
    found = set()
    for agency, where in first.items():
        tally = tables.dimensions[AGENCY].value({FIRST_AGENCY: (card.agencies[agency].tally,)})
        for at in {tuple(place) for place in where.tolist()}:
            counted = {
                name: value for axis, case in zip(axes, at, strict=False) for name, value in axis[case][0].items()
            }
            found.add(tuple(sorted({**counted, AGENCY: tally}.items())))
    return [dict(one) for one in sorted(found)]


def _asked(card: RouteCard, tables: Tables, areas: Areas, dimension: str) -> list[_Case]:
    """The cases of a dimension that follows from answers, one of those that no route tells apart."""
    facts = sorted({rule.fact for rule in tables.dimensions[dimension].rules if rule.fact in card.facts})
    named = {(fact, value) for route in card.routes for fact, values in route.when.items() for value in values}
    cases: dict[object, _Case] = {}
    for values in product(*(("", *card.facts[fact].values) for fact in facts)):
        given = {fact: (value,) for fact, value in zip(facts, values, strict=True) if value}
        implied = {name for fact in facts for name in card.facts[fact].implies}
        follows = {fact: chosen for fact, chosen in derive(card, given).items() if fact in {*given, *implied}}
        place = given.get(PLACE, ("",))[0]
        counting = {**given, AREA_OF_PLACE: (areas[place],)} if place in areas else given
        counted = {dimension: tables.dimensions[dimension].value(counting)}
        apart = tuple(sorted((fact, v) for fact, chosen in follows.items() for v in chosen if (fact, v) in named))
        cases.setdefault((tuple(counted.items()), apart), (counted, dict.fromkeys([*facts, *implied], ()) | follows))
    return list(cases.values())


def _forms(tables: Tables) -> list[_Case]:
    return [
        ({FORM_OF: form}, {FORM: (form,)} if form == SEVERAL_FORMS else {FORM: (form,), FORMS: _alone(form)})
        for form in tables.dimensions[FORM_OF].values
    ]


def _alone(form: str) -> tuple[str, ...]:
    return () if form == UNKNOWN_FORM else (form,)


def _others(card: RouteCard) -> Iterator[list[_Case]]:
    """How strong the signals are, and the wishes by which agencies are withheld."""
    yield [({}, {STRENGTH: (strength,)}) for strength in STRENGTHS]
    withholding = {fact for route in card.routes if route.withholds for fact in route.when}
    for fact in sorted(withholding & card.facts.keys()):
        if card.facts[fact].several:
            values = [value for value in card.facts[fact].values if value not in card.facts[fact].alone]
            if len(values) < 4:
                chosen = [some for n in range(len(values) + 1) for some in combinations(values, n)]
                yield [({}, {fact: some}) for some in chosen]


def _first(card: RouteCard, axes: Sequence[Sequence[_Case]], year: int) -> dict[str, Any]:
    """Agency → the places, along the axes, where it can stand first: an array of numbers of cases."""
    import numpy as np

    shape = [len(axis) for axis in axes]
    fits = {route.id: (route, _fit(route, axes, year)) for route in card.routes}
    none = np.zeros(shape, dtype=bool)
    withheld: dict[str, tuple[Any, Any]] = {}
    for route, fit in fits.values():
        for agency in set(route.withholds) - {card.alarm}:
            surely, perhaps = withheld.get(agency, (none, none))
            withheld[agency] = (surely | (fit == _YES), perhaps | (fit >= _MAYBE))
    found: dict[str, Any] = {}
    open_ = np.ones(shape, dtype=bool)
    for catch_all in (False, True):
        for route, fit in fits.values():
            if route.catch_all is not catch_all:
                continue
            here = open_ & (fit >= _MAYBE)
            for agency in route.agencies:
                surely, perhaps = withheld.get(agency, (none, none))
                there = _in_force(card.agencies[agency].period, year)
                if there:
                    found[agency] = found.get(agency, none) | (here & ~surely)
                certain = here & ~perhaps if there == _YES else none
                here = here & ~certain
                open_ = open_ & ~(certain & (fit == _YES))
    uncounted = tuple(number for number, axis in enumerate(axes) if not axis[0][0])
    return {agency: np.argwhere(where.any(axis=uncounted)) for agency, where in found.items()}


def _fit(route: Route, axes: Sequence[Sequence[_Case]], year: int) -> Any:
    """Along the axes, whether a route fits everybody, some or nobody there."""
    import numpy as np

    told = {fact for axis in axes for _, facts in axis for fact in facts}
    fit = np.full(
        [len(axis) for axis in axes], min(_in_force(route.period, year), _MAYBE if route.when.keys() - told else _YES)
    )
    for number, axis in enumerate(axes):
        along = [1] * len(axes)
        along[number] = len(axis)
        mine = {fact for _, facts in axis for fact in facts}
        fit = np.minimum(fit, np.reshape([_holds(route.when, facts, mine) for _, facts in axis], along))
    return fit


def _holds(when: Condition, facts: Facts, mine: Collection[str]) -> int:
    found = _YES
    for fact in mine & when.keys():
        if fact not in facts:
            found = min(found, _MAYBE)
        elif when[fact].isdisjoint(facts[fact]):
            return _NO
    return found


def _in_force(period: Period, year: int) -> int:
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    if (period.first and period.first > last) or (period.last and period.last < first):
        return _NO
    return _YES if period.holds(first) and period.holds(last) else _MAYBE
