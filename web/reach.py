"""For which municipalities the card advises an agency: what its routes say of places alone."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from referral.facts import PLACE, implied
from referral.model import Agency, Facts, Municipality, Route, RouteCard
from referral.routes import fits


def places(card: RouteCard, agency: Agency, on: datetime.date) -> tuple[Municipality, ...]:
    """The municipalities of that day for which a route can give the agency.

    None where it is also given to who stays outside of the region: how far it reaches, the card does not say.
    """
    fact = card.facts[PLACE]
    elsewhere = [value for value in fact.values if value not in card.municipalities and value not in fact.unknown]
    if any(_given(card, agency, _of_place(card, value), on) for value in elsewhere):
        return ()
    there = (place for place in card.municipalities.values() if place.period.holds(on))
    return tuple(place for place in there if _given(card, agency, _of_place(card, place.id), on))


def _of_place(card: RouteCard, value: str) -> Facts:
    """What is known when nothing but the place is."""
    answers = {PLACE: (value,)}
    follows = card.facts[PLACE].implies
    return {**answers, **{fact: values for fact, values in implied(card, answers).items() if fact in follows}}


def _given(card: RouteCard, agency: Agency, facts: Facts, on: datetime.date) -> bool:
    """Whether a route can give the agency for a place, whatever else is answered."""
    routes = [route for route in card.routes if route.period.holds(on)]
    if any(agency.id in route.withholds and fits(route.when, facts) for route in routes):
        return False
    return any(agency.id in route.agencies and _possible(route, facts) for route in routes)


def _possible(route: Route, facts: Mapping[str, tuple[str, ...]]) -> bool:
    return all(not values.isdisjoint(facts[fact]) for fact, values in route.when.items() if fact in facts)
