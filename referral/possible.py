"""Which combinations of counted values the route card can lead to at all.

The card is public. Who reads that one agency comes first only for people of one sector knows that there are no more
contacts with that agency than of that sector. The rounding must satisfy that too, so it asks here.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product, takewhile
from typing import Any

from referral.facts import FORM, FORMS, PLACE, SIGNALS, STRENGTH, derive
from referral.layout import AREA, Areas
from referral.model import (
    NONE,
    SEVERAL_FORMS,
    STRENGTHS,
    UNKNOWN_FORM,
    Condition,
    Facts,
    Period,
    Route,
    RouteCard,
    Signal,
)
from referral.routes import fits
from referral.tables import Tables
from referral.tallying import AGENCY as FIRST_AGENCY
from referral.tallying import AREA as AREA_OF_PLACE

FORM_OF, REPORTER, AGE, AGENCY = "form", "reporter", "age", "agency"
"""With the area, the counted dimensions that the card ties together."""
_YES, _MAYBE, _NO = 2, 1, 0
Combination = Mapping[str, str]
Asked = Mapping[str, Condition]
"""The facts that somebody must answer of whom the condition holds, in the order of the questions."""


class _Perhaps(tuple[str, ...]):
    """Values of a fact of which any may hold, or none."""


@dataclass(frozen=True)
class _Case:
    """What is counted of somebody, and the facts that say so.

    of: the answers that it depends on; given: those that there are.
    """

    counted: Combination
    facts: Facts
    of: tuple[str, ...] = ()
    given: Facts | None = None

    def whole(self, asked: Asked) -> bool:
        """Whether a dialogue that went to its end can have these answers."""
        given = self.given or {}
        for fact in self.of:
            if fact in asked and asked[fact].keys() <= set(self.of) and fits(asked[fact], given) is not (fact in given):
                return False
        return True


def possible(card: RouteCard, tables: Tables, areas: Areas, year: int, asked: Asked | None = None) -> list[Combination]:
    """Every combination of form, reporter, area, age and first agency that a referral of that year can have.

    Rather one too many than one too few: settings and topics are taken to be anything, and of signals each may be
    there that does not contradict form and strength. asked: without it, any answer may be missing. Empty where the
    tables do not have these dimensions.
    """
    if not {FORM_OF, REPORTER, AREA, AGE, AGENCY} <= tables.dimensions.keys():
        return []
    found = set()
    for axes in _dialogues(card, tables, areas, asked or {}):
        for agency, where in _first(card, axes, year).items():
            tally = tables.dimensions[AGENCY].value({FIRST_AGENCY: (card.agencies[agency].tally,)})
            for at in {tuple(place) for place in where.tolist()}:
                counted = {n: v for axis, case in zip(axes, at, strict=False) for n, v in axis[case].counted.items()}
                found.add(tuple(sorted({**counted, AGENCY: tally}.items())))
    return [dict(one) for one in sorted(found)]


def _dialogues(card: RouteCard, tables: Tables, areas: Areas, asked: Asked) -> Iterator[list[list[_Case]]]:
    """The ways in which a dialogue ends, each as cases along axes: at its end, or at an answer that ends it."""
    answers = [_asked(card, tables, areas, name) for name in (REPORTER, AREA, AGE)]
    signals, wishes = _signals(card, tables), list(_wishes(card))
    ending = [card.facts[fact] for fact in asked if card.facts[fact].ends]
    whole = [[case for case in axis if case.whole(asked)] for axis in answers]
    went_on = [[_Case({}, {fact.id: (v,)}) for v in fact.values if v not in fact.ends] for fact in ending]
    yield [*_with_signals(card, whole, signals), *wishes, *went_on]
    for fact in ending:
        before = {*list(asked)[: list(asked).index(fact.id)]}
        cut = [[case for case in axis if (case.given or {}).keys() <= before] for axis in answers]
        silent = signals if SIGNALS in before else [case for case in signals if _says_nothing(case)]
        yield [*_with_signals(card, cut, silent), *wishes, [_Case({}, {fact.id: (value,)}) for value in fact.ends]]


def _says_nothing(case: _Case) -> bool:
    return case.facts[STRENGTH] == (NONE,)


def _asked(card: RouteCard, tables: Tables, areas: Areas, dimension: str) -> list[_Case]:
    """The cases of a dimension that follows from answers, one of those that no route tells apart."""
    of = tuple(sorted({rule.fact for rule in tables.dimensions[dimension].rules if rule.fact in card.facts}))
    named = {(fact, value) for route in card.routes for fact, values in route.when.items() for value in values}
    cases: dict[object, _Case] = {}
    for values in product(*(("", *card.facts[fact].values) for fact in of)):
        given = {fact: (value,) for fact, value in zip(of, values, strict=True) if value}
        place = given.get(PLACE, ("",))[0]
        counting = {**given, AREA_OF_PLACE: (areas[place],)} if place in areas else given
        counted = {dimension: tables.dimensions[dimension].value(counting)}
        implied = {name for fact in of for name in card.facts[fact].implies}
        derived = derive(card, given)
        follows = {**given, **{fact: derived[fact] for fact in implied}}
        apart = tuple(sorted((fact, v) for fact, chosen in follows.items() for v in chosen if (fact, v) in named))
        case = _Case(counted, {**dict.fromkeys(of, ()), **follows}, of, given)
        cases.setdefault((tuple(counted.items()), apart, tuple(given)), case)
    return list(cases.values())


def _with_signals(card: RouteCard, answers: Sequence[list[_Case]], signals: list[_Case]) -> list[list[_Case]]:
    """The axes, of which those that say something that a signal can say too are one with the signals."""
    by_signals = {fact for signal in card.signals.values() for fact in signal.implies}
    together, apart = signals, []
    for axis in answers:
        shared = sorted(by_signals & {fact for case in axis for fact in case.facts})
        if shared:
            together = [joined for one in axis for other in together for joined in _joined(card, one, other, shared)]
        else:
            apart.append(axis)
    return [*apart, together]


def _joined(card: RouteCard, answer: _Case, signals: _Case, shared: Sequence[str]) -> Iterator[_Case]:
    """An answer with the signals: what is derived is as the answer says, or as a signal says that outdoes it."""
    values = [[answer.facts[fact], *((v,) for v in _outdoing(card, fact, answer, signals))] for fact in shared]
    for chosen in product(*values):
        facts = {**answer.facts, **signals.facts, **dict(zip(shared, chosen, strict=True))}
        yield _Case({**answer.counted, **signals.counted}, facts)


def _outdoing(card: RouteCard, fact: str, answer: _Case, signals: _Case) -> Iterator[str]:
    """The values that a signal implies that may be there, and that come before the one that was answered."""
    implied = {card.signals[signal].implies.get(fact) for signal in signals.facts[SIGNALS]}
    above = takewhile(lambda value: value not in answer.facts[fact], card.facts[fact].values)
    return (value for value in above if value in implied)


def _signals(card: RouteCard, tables: Tables) -> list[_Case]:
    """Each form with each strength, and the signals that may be behind it. A form comes with some strength."""
    return [
        _Case(
            {FORM_OF: form},
            {
                FORM: (form,),
                STRENGTH: (strength,),
                SIGNALS: _Perhaps(s.id for s in card.signals.values() if _may_be(s, form, strength, len(card.forms))),
                **({} if form == SEVERAL_FORMS else {FORMS: () if form == UNKNOWN_FORM else (form,)}),
            },
        )
        for form in tables.dimensions[FORM_OF].values
        for strength in STRENGTHS
        if form == UNKNOWN_FORM or strength != NONE
    ]


def _may_be(signal: Signal, form: str, strength: str, forms: int) -> bool:
    """Whether a signal can be ticked where this form and this strength come out: see `referral/facts.py`."""
    if signal.weight == NONE or signal.combination:
        return True
    decides = len(signal.forms) == 1 < forms
    return STRENGTHS.index(strength) <= STRENGTHS.index(signal.weight) and (
        not decides or form in (*signal.forms, SEVERAL_FORMS)
    )


def _wishes(card: RouteCard) -> Iterator[list[_Case]]:
    """The wishes by which agencies are withheld."""
    withholding = {fact for route in card.routes if route.withholds for fact in route.when}
    for fact in sorted(withholding & card.facts.keys()):
        if card.facts[fact].several:
            values = [value for value in card.facts[fact].values if value not in card.facts[fact].alone]
            if len(values) < 4:
                chosen = [some for n in range(len(values) + 1) for some in combinations(values, n)]
                yield [_Case({}, {fact: some}) for some in chosen]


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
    uncounted = tuple(number for number, axis in enumerate(axes) if not axis[0].counted)
    return {agency: np.argwhere(where.any(axis=uncounted)) for agency, where in found.items()}


def _fit(route: Route, axes: Sequence[Sequence[_Case]], year: int) -> Any:
    """Along the axes, whether a route fits everybody, some or nobody there."""
    import numpy as np

    told = {fact for axis in axes for case in axis for fact in case.facts}
    fit = np.full(
        [len(axis) for axis in axes], min(_in_force(route.period, year), _MAYBE if route.when.keys() - told else _YES)
    )
    for number, axis in enumerate(axes):
        along = [1] * len(axes)
        along[number] = len(axis)
        mine = {fact for case in axis for fact in case.facts}
        fit = np.minimum(fit, np.reshape([_holds(route.when, case.facts, mine) for case in axis], along))
    return fit


def _holds(when: Condition, facts: Facts, mine: Collection[str]) -> int:
    found = _YES
    for fact in mine & when.keys():
        if fact not in facts:
            found = min(found, _MAYBE)
        elif when[fact].isdisjoint(facts[fact]):
            return _NO
        elif isinstance(facts[fact], _Perhaps):
            found = min(found, _MAYBE)
    return found


def _in_force(period: Period, year: int) -> int:
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    if (period.first and period.first > last) or (period.last and period.last < first):
        return _NO
    return _YES if period.holds(first) and period.holds(last) else _MAYBE
