"""refer(): from what is known to whom to call. The whole of the routing; the rules themselves are content."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from referral.checks import verified_contact
from referral.facts import FORM, FORMS, PLACE, SIGNALS, STRENGTH, counting, decides, derive, ticked
from referral.model import (
    SEVERAL_FORMS,
    UNKNOWN_FORM,
    Advice,
    Agency,
    Condition,
    Fact,
    Facts,
    Reason,
    Referral,
    Route,
    RouteCard,
    Signal,
)
from referral.routes import fits


def refer(card: RouteCard, answers: Facts, on: datetime.date) -> Referral:
    """The referral for these answers on that day.

    answers: fact id → chosen values, all of them known to the card. A fact that is left out is not known.
    """
    facts = derive(card, answers)
    routes = _fitting(card, facts, on)
    agencies = tuple(_advice(card, routes, facts, on))
    ids = {advice.agency.id for advice in agencies}
    return Referral(
        agencies=agencies,
        forms=facts[FORMS],
        strength=facts[STRENGTH][0],
        guidance=tuple(
            block
            for block in card.guidance
            if fits(block.when, facts) and (not block.with_agency or block.with_agency & ids)
        ),
        would_have_mattered=_would_have_mattered(card, answers, routes, facts, on),
        beside=_beside(card, agencies, routes, on),
        facts=facts,
        card=card.version,
    )


def interrupting(card: RouteCard, answers: Facts, on: datetime.date) -> tuple[Agency, ...]:
    """The agencies that must stand above the next question already, such as 112 after a sign of danger."""
    facts = derive(card, answers)
    found = (r for r in card.routes if r.interrupt and r.period.holds(on) and fits(r.when, facts))
    return tuple(dict.fromkeys(card.agencies[agency] for route in found for agency in route.agencies))


def _fitting(card: RouteCard, facts: Facts, on: datetime.date) -> list[Route]:
    return [route for route in card.routes if route.period.holds(on) and fits(route.when, facts)]


def _withheld(card: RouteCard, routes: Iterable[Route]) -> set[str]:
    return {agency for route in routes for agency in route.withholds} - {card.alarm}


def _contributions(card: RouteCard, routes: list[Route], on: datetime.date) -> dict[str, list[Route]]:
    """Agency id → the routes that gave it, in the order of advice; the catch-all only where nothing else is left."""
    withheld = _withheld(card, routes)
    for catch_all in (False, True):
        found: dict[str, list[Route]] = {}
        for route in routes:
            if route.catch_all is catch_all:
                for agency in route.agencies:
                    if agency not in withheld and card.agencies[agency].period.holds(on):
                        found.setdefault(agency, []).append(route)
        if found:
            return found
    raise AssertionError("a card without a catch-all was not refused")


def _advice(card: RouteCard, routes: list[Route], facts: Facts, on: datetime.date) -> Iterable[Advice]:
    signals = counting(ticked(card, facts))
    voting = [signal for signal in signals if len(signal.forms) < len(card.forms)]
    for agency, given_by in _contributions(card, routes, on).items():
        reasons = tuple(Reason(route, _evidence(route.when, signals, voting, facts)) for route in given_by)
        places = facts.get(PLACE, ())
        local = card.local_contacts.get((agency, places[0]), ()) if places else ()
        yield Advice(card.agencies[agency], reasons, local)


def _evidence(when: Condition, signals: Sequence[Signal], voting: Sequence[Signal], facts: Facts) -> tuple[Signal, ...]:
    """The ticked signals that made a route fit: those it names, else those of its forms, else those of its weight."""
    if SIGNALS in when:
        return tuple(signal for signal in signals if signal.id in when[SIGNALS])
    if FORMS in when:
        forms = when[FORMS].intersection(facts[FORMS])
        return tuple(signal for signal in voting if forms.intersection(signal.forms))
    if FORM in when and facts[FORMS]:
        return tuple(voting)
    if STRENGTH in when:
        return tuple(signal for signal in signals if signal.weight in when[STRENGTH])
    return ()


def _would_have_mattered(
    card: RouteCard, answers: Facts, routes: list[Route], facts: Facts, on: datetime.date
) -> str | None:
    """The first fact answered with "I don't know" that could have changed whom to call, where the form is open."""
    if decides(counting(ticked(card, answers))) or facts[FORM][0] not in (SEVERAL_FORMS, UNKNOWN_FORM):
        return None
    advised = list(_contributions(card, routes, on))
    for fact in card.facts.values():
        if fact.unknown.intersection(answers.get(fact.id, ())):
            for other in _distinct_values(card, fact):
                changed = derive(card, {**answers, fact.id: (other,)})
                if list(_contributions(card, _fitting(card, changed, on), on)) != advised:
                    return fact.id
    return None


def _distinct_values(card: RouteCard, fact: Fact) -> Iterable[str]:
    """The known values of a fact, one of those that no rule tells apart (every municipality is one to the routes)."""
    named = {value for route in card.routes for value in route.when.get(fact.id, ())}
    different: dict[tuple[object, ...], str] = {}
    for value in fact.values:
        if value not in fact.unknown:
            follows = tuple(by_value.get(value) for by_value in fact.implies.values())
            different.setdefault((value if value in named else "", follows, fact.suggests.get(value)), value)
    return different.values()


def _beside(card: RouteCard, agencies: tuple[Advice, ...], routes: list[Route], on: datetime.date) -> Agency | None:
    """Whose verified contact stands beside a first call that has none itself."""
    if verified_contact((*agencies[0].local, *agencies[0].agency.contacts)):
        return None
    withheld = _withheld(card, routes)
    advised = {advice.agency.id for advice in agencies[1:]}
    also = [agency for agency in card.beside_advised if agency in advised]
    others = [card.agencies[agency] for agency in (*also, *card.beside) if agency not in withheld]
    return next((other for other in others if verified_contact(other.contacts) and other.period.holds(on)), None)
