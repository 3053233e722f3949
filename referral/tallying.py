"""From a referral to the facts that are counted, and whether card and declared tables fit each other."""

from __future__ import annotations

from referral.errors import CardError
from referral.facts import FORM, PLACE, SIGNALS, STRENGTH
from referral.model import SEVERAL_FORMS, STRENGTHS, UNKNOWN_FORM, Facts, Referral, RouteCard
from referral.tables import MUNICIPALITIES, Tables

AGENCY, AREA, LANGUAGE = "instantie", "gebied", "taal"


def counted_facts(card: RouteCard, referral: Referral, language: str) -> Facts:
    """What the tables may count of a referral: its facts, the first agency, the area and the language."""
    place = card.municipalities.get(next(iter(referral.facts.get(PLACE, ())), ""))
    return {
        **referral.facts,
        AGENCY: (referral.agencies[0].agency.tally,),
        AREA: (place.area,) if place else (),
        LANGUAGE: (language,),
        SIGNALS: referral.facts.get(SIGNALS, ()),
    }


def places_of(card: RouteCard, year: int) -> tuple[str, ...]:
    """The codes of the municipalities that exist at any time in a year."""
    return tuple(
        place.id
        for place in card.municipalities.values()
        if (place.period.first is None or place.period.first.year <= year)
        and (place.period.last is None or place.period.last.year >= year)
    )


def check_tallies(card: RouteCard, tables: Tables) -> None:
    """Raises CardError where something can be answered or advised that no declared value counts."""
    _check_groups(card, tables)
    known = _countable(card)
    for dimension in tables.dimensions.values():
        places = tuple(card.municipalities) if dimension.values_from == MUNICIPALITIES else ()
        for rule in dimension.rules:
            entry = f"dimension {dimension.id!r}"
            if rule.fact not in known:
                raise CardError("tables.toml", entry, f"counts {rule.fact!r}, which is not a fact with one value")
            for value in map(rule.value, known[rule.fact]):
                if value is not None and value not in (*dimension.values, *places):
                    raise CardError("tables.toml", entry, f"has no value for {rule.fact} = {value!r}")


def _check_groups(card: RouteCard, tables: Tables) -> None:
    for needed in ("agency", "area"):
        if needed not in tables.dimensions:
            raise CardError("tables.toml", "the file", f"declares no dimension {needed!r}")
    agencies, areas = tables.dimensions["agency"].values, tables.dimensions["area"].values
    for agency in card.agencies.values():
        if agency.tally not in agencies:
            raise CardError("agencies.toml", f"agency {agency.id!r}", f"`tally` {agency.tally!r} is not in tables.toml")
    for place in card.municipalities.values():
        if place.area not in areas:
            entry = f"municipality {place.id!r}"
            raise CardError("municipalities.toml", entry, f"`area` {place.area!r} is not in tables.toml")


def _countable(card: RouteCard) -> dict[str, tuple[str, ...]]:
    """Every fact that has one value, with all it can have. A language is counted by its map, whatever it is."""
    return {
        **{fact.id: fact.values for fact in card.facts.values() if not fact.several},
        FORM: (*card.forms, SEVERAL_FORMS, UNKNOWN_FORM),
        STRENGTH: STRENGTHS,
        AGENCY: tuple(agency.tally for agency in card.agencies.values()),
        AREA: tuple(place.area for place in card.municipalities.values()),
        LANGUAGE: ("a language of next year",),
    }
