"""What must hold between the entries of a card, so that no report can get lost. Each rule raises CardError."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterable, Iterator

from referral.errors import CardError
from referral.facts import SETTING, SIGNALS
from referral.model import Agency, Contact, Fact, Facts, Period, Route, RouteCard
from referral.routes import fits

NUMBER = re.compile(r"\b0[0-9]{2,3}[ -][0-9][0-9 ]{3,8}[0-9]\b")


def check_card(card: RouteCard) -> None:
    """Raises CardError at the first rule that the card breaks."""
    _check_facts(card)
    _check_settings(card)
    _check_indications(card)
    _check_municipalities(card)
    _check_route_periods(card)
    _check_withholding(card)
    _check_catch_all(card)
    _check_alarm(card)
    _check_beside(card)
    _check_numbers(card)


def verified_contact(contacts: Iterable[Contact], kind: str | None = None) -> Contact | None:
    """The first contact (of a kind) that may be shown and relied on, or None."""
    usable = (c for c in contacts if c.published and c.value and c.checked.verified)
    return next((contact for contact in usable if kind in (None, contact.kind)), None)


def _check_facts(card: RouteCard) -> None:
    for needed in (SIGNALS, SETTING):
        if needed not in card.facts:
            raise CardError("facts.toml", f"fact {needed!r}", "is missing: the forms are derived from it")
    for value, form in card.facts[SETTING].suggests.items():
        if form not in card.forms:
            raise CardError("facts.toml", f"fact {SETTING!r}", f"{value!r} suggests the unknown form {form!r}")


def _check_settings(card: RouteCard) -> None:
    possible = set(card.facts[SETTING].values) - card.facts[SETTING].unknown
    for signal in card.signals.values():
        if not signal.settings:
            raise CardError("signals.toml", f"signal {signal.id!r}", "has no `settings`: it would never be shown first")
        for setting in signal.settings:
            if setting not in possible:
                raise CardError("signals.toml", f"signal {signal.id!r}", f"names the unknown setting {setting!r}")


def _check_indications(card: RouteCard) -> None:
    numbers: dict[int, str] = {}
    for signal in card.signals.values():
        if signal.indication and numbers.setdefault(signal.indication, signal.id) != signal.id:
            taken = numbers[signal.indication]
            raise CardError("signals.toml", f"signal {signal.id!r}", f"has the same `indication` as {taken!r}")


def _check_municipalities(card: RouteCard) -> None:
    for place in card.municipalities.values():
        if place.successor is None:
            continue
        entry = f"municipality {place.id!r}"
        heir = card.municipalities.get(place.successor)
        if heir is None:
            raise CardError("municipalities.toml", entry, f"its successor {place.successor!r} does not exist")
        last = place.period.last
        if last is None or heir.period.first != last + datetime.timedelta(days=1):
            raise CardError(
                "municipalities.toml",
                entry,
                f"must end (`valid_until`) on the day before {heir.id!r} starts (`valid_from`): a day that belongs "
                "to both or to neither would count wrongly",
            )


def _check_route_periods(card: RouteCard) -> None:
    for one, other in itertools.combinations(card.routes, 2):
        if one.id == other.id and one.period.meets(other.period):
            raise CardError("routes.toml", f"route {one.id!r}", "stands twice for the same days")


def _check_withholding(card: RouteCard) -> None:
    for route in card.routes:
        if card.alarm in route.withholds:
            raise CardError("routes.toml", f"route {route.id!r}", f"withholds {card.alarm}: that is never withheld")
        if route.catch_all and not route.agencies:
            raise CardError("routes.toml", f"route {route.id!r}", "is a catch-all without an agency")


def _check_catch_all(card: RouteCard) -> None:
    """Whatever is answered, a catch-all fits and keeps an agency after all that may be withheld beside it."""
    always = [r for r in card.routes if r.catch_all and r.period.first is None and r.period.last is None]
    if not always:
        raise CardError("routes.toml", "the file", "has no route with `catch_all = true` that always holds")
    for situation in _situations(card, always):
        kept = {
            agency
            for route in always
            if fits(route.when, situation)
            for agency in route.agencies
            if not any(agency in other.withholds and _may_fit(card, other, situation) for other in card.routes)
            and card.agencies[agency].period.first is None
            and card.agencies[agency].period.last is None
        }
        if not kept:
            said = [f"{fact} {f'= {values[0]}' if values else 'is not asked'}" for fact, values in situation.items()]
            raise CardError("routes.toml", "the catch-all", f"leaves no agency where {', '.join(said) or 'any answer'}")


def _situations(card: RouteCard, routes: list[Route]) -> Iterator[Facts]:
    """Everything that may be known of the facts that the routes name."""
    named = sorted({fact for route in routes for fact in route.when})
    for fact in named:
        if fact not in card.facts:
            raise CardError("routes.toml", "the catch-all", f"may not depend on {fact!r}, which signals decide")
    for known in itertools.product(*(_may_be_known(card.facts[fact]) for fact in named)):
        yield dict(zip(named, known, strict=True))


def _may_be_known(fact: Fact) -> list[tuple[str, ...]]:
    """Each value; and nothing, unless it is derived: a question may be left out, or not come at all."""
    values: list[tuple[str, ...]] = [(value,) for value in fact.values]
    return values if fact.derived else [*values, ()]


def _may_fit(card: RouteCard, route: Route, situation: Facts) -> bool:
    """Whether a route may fit in a situation that leaves other facts, and a second value of several, open."""
    settled = {fact for fact in situation if not card.facts[fact].several}
    return fits({fact: values for fact, values in route.when.items() if fact in settled}, situation)


def _check_alarm(card: RouteCard) -> None:
    if verified_contact(card.agencies[card.alarm].contacts, "phone") is None:
        raise CardError("card.toml", "the file", f"`alarm` {card.alarm!r} has no verified phone number")


def _check_beside(card: RouteCard) -> None:
    if not card.beside:
        raise CardError(
            "card.toml",
            "the file",
            "`beside` names nobody: a first call without a verified contact needs one",
        )
    for agency in card.beside:
        if verified_contact(card.agencies[agency].contacts) is None:
            raise CardError("card.toml", "the file", f"`beside` names {agency!r}, which has no verified contact itself")
    withheld = {agency for route in card.routes for agency in route.withholds}
    if not any(agency not in withheld and card.agencies[agency].period == Period() for agency in card.beside):
        raise CardError("card.toml", "the file", "`beside` names nobody who always exists and is never withheld")


def _check_numbers(card: RouteCard) -> None:
    """A phone number in a sentence is one that a contact has: else it would stay behind when the contact changes."""
    contacts = [c for a in card.agencies.values() for c in a.contacts if c.published]
    known = {c.value for c in contacts if c.kind == "phone"}
    texts = [("agencies.toml", f"agency {a.id!r}", t) for a in card.agencies.values() for t in _sentences(a)]
    texts += [("guidance.toml", f"block {b.id!r}", line.text) for b in card.guidance for line in b.lines]
    texts += [("routes.toml", f"route {r.id!r}", r.why.text) for r in card.routes if r.why]
    for file, entry, text in texts:
        for number in NUMBER.findall(text):
            if number not in known:
                raise CardError(file, entry, f"names {number} in a sentence, which is no phone contact of the card")


def _sentences(agency: Agency) -> Iterator[str]:
    yield from (agency.about, agency.role_note or "", *agency.say)
    yield from (line.text for line in agency.at_hand)
    yield from (happening.text for happening in agency.what_happens)
    yield from (contact.label for contact in agency.contacts)
