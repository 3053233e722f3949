"""From a referral to the facts that are counted, and whether card and declared tables fit each other."""

from __future__ import annotations

from referral.errors import CardError
from referral.facts import PLACE, SIGNALS
from referral.model import Facts, Referral, RouteCard
from referral.tables import Tables

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
    """Raises CardError where an agency or municipality would be counted under a value that is not declared."""
    agencies, areas = tables.dimensions["agency"].values, tables.dimensions["area"].values
    for agency in card.agencies.values():
        if agency.tally not in agencies:
            raise CardError("agencies.toml", f"agency {agency.id!r}", f"`tally` {agency.tally!r} is not in tables.toml")
    for place in card.municipalities.values():
        if place.area not in areas:
            entry = f"municipality {place.id!r}"
            raise CardError("municipalities.toml", entry, f"`area` {place.area!r} is not in tables.toml")
