"""What a person must still confirm before a region goes live, and what in the content wants a look."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from referral.agencies import TOPICS
from referral.checks import verified_contact
from referral.model import Agency, Checked, Contact, Happening, Line, RouteCard


@dataclass(frozen=True)
class Point:
    """Something to look at: where it stands, and what to do. `blocks` keeps a region from going live."""

    file: str
    entry: str
    what: str
    blocks: bool = False


def to_confirm(card: RouteCard) -> list[Point]:
    """Everything that `check --launch` prints, what keeps a region from going live first."""
    points = [
        *_launch_fields(card),
        *_advice_line(card),
        *_agencies(card),
        *_local(card),
        *_lines(card),
        *_proposals(card),
    ]
    return sorted(points, key=lambda point: not point.blocks)


def lint(card: RouteCard, on: datetime.date) -> list[Point]:
    """What a coordinator should look at: agencies that no route leads to, and checks that have become old."""
    return [*_unreferred(card), *_old_checks(card, on)]


def _launch_fields(card: RouteCard) -> Iterator[Point]:
    for field, value in card.launch.items():
        if not value:
            yield Point("card.toml", "launch", f"`{field}` is empty: fill it in", blocks=True)


def _advice_line(card: RouteCard) -> Iterator[Point]:
    line = card.agencies[card.advice_line]
    if verified_contact(line.contacts, "phone") is None:
        shown = [contact.value for contact in line.contacts if contact.published and contact.value]
        what = f"{line.name}, the region's first advice line, has no verified phone number: confirm "
        yield Point("agencies.toml", f"agency {line.id!r}", what + (", ".join(shown) or "how to reach it"), blocks=True)


def _agencies(card: RouteCard) -> Iterator[Point]:
    for agency in card.agencies.values():
        entry = f"agency {agency.id!r}"
        if not agency.checked.verified:
            yield Point("agencies.toml", entry, f"confirm what {agency.name} is for")
        for contact in agency.contacts:
            for what, checked in _fields(contact):
                if not checked.verified:
                    yield Point("agencies.toml", entry, f"confirm {what}")
        yield from _unknown_hours(agency, entry)
        yield from _missing_local(card, agency)
        yield from _untold(agency, entry)


def _fields(contact: Contact) -> Iterator[tuple[str, Checked]]:
    name = contact.value or contact.label
    yield f"{contact.kind} {name}", contact.checked
    for what, part in (("price", contact.cost), ("hours", contact.hours), ("languages", contact.languages)):
        if part is not None:
            yield f"the {what} of {name}", part.checked
    if contact.anonymous is not None:
        yield f"whether {name} is anonymous", contact.anonymous.checked


def _unknown_hours(agency: Agency, entry: str) -> Iterator[Point]:
    for contact in agency.contacts:
        if contact.kind in ("phone", "chat") and contact.published and contact.hours is None:
            yield Point("agencies.toml", entry, f"find out when {contact.value} is answered")


def _untold(agency: Agency, entry: str) -> Iterator[Point]:
    told = {happening.topic for happening in agency.what_happens}
    for topic in TOPICS:
        if topic not in told:
            yield Point("agencies.toml", entry, f"find out what happens if you call {agency.name}: {topic}")


def _missing_local(card: RouteCard, agency: Agency) -> Iterator[Point]:
    for place in card.municipalities.values() if agency.local else ():
        if place.successor is None and (agency.id, place.id) not in card.local_contacts:
            yield Point("local.toml", f"municipality {place.id!r}", f"fill in {agency.name} of {place.name}")


def _lines(card: RouteCard) -> Iterator[Point]:
    for agency in card.agencies.values():
        said: tuple[Line | Happening, ...] = (*agency.at_hand, *agency.what_happens)
        for sentence in said:
            if not sentence.checked.verified:
                yield Point("agencies.toml", f"agency {agency.id!r}", f"confirm: {sentence.text}")
    for block in card.guidance:
        for line in block.lines:
            if not line.checked.verified:
                yield Point("guidance.toml", f"block {block.id!r}", f"confirm: {line.text}")


def _proposals(card: RouteCard) -> Iterator[Point]:
    for signal in card.signals.values():
        if signal.checked.inference:
            yield Point(
                "signals.toml", f"signal {signal.id!r}", "its form or weight is our proposal: have it confirmed"
            )
    for route in card.routes:
        if route.checked.inference:
            yield Point("routes.toml", f"route {route.id!r}", "is our proposal: have the region confirm it")
    if not card.places_checked.verified:
        yield Point("municipalities.toml", "the file", "confirm that these are the municipalities of the region today")


def _local(card: RouteCard) -> Iterator[Point]:
    for (agency, place), contacts in card.local_contacts.items():
        for contact in contacts:
            for what, checked in _fields(contact):
                if not checked.verified:
                    yield Point("local.toml", f"{agency!r} in {place!r}", f"confirm {what}")


def _unreferred(card: RouteCard) -> Iterator[Point]:
    advised = {agency for route in card.routes for agency in route.agencies}
    for agency in card.agencies.values():
        if agency.id not in advised:
            yield Point("agencies.toml", f"agency {agency.id!r}", "no route leads to it")


def _old_checks(card: RouteCard, on: datetime.date) -> Iterator[Point]:
    limit = on - datetime.timedelta(days=card.check_after_days)
    for agency in card.agencies.values():
        for contact in agency.contacts:
            day = contact.checked.checked
            if day is None or day < limit:
                what = f"{contact.kind} {contact.value or contact.label} was last checked on {day or 'no known day'}"
                yield Point("agencies.toml", f"agency {agency.id!r}", what)
