"""The agencies of the card in the terms of the Human Services Data Specification (HSDS 3.1), in one language.

An agency is an organization there, and each way to reach it a service: it has its own hours, price and languages.
Ids are UUIDs that follow from the content, as HSDS wants them; docs/agencies.md says what stands where.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from bot.contacts import marked
from locales import Words
from referral.model import Agency, Checked, Contact, Cost, Hours, Municipality, RouteCard, Text
from web.reach import places
from web.weekly import weekly

HSDS = "3.1"
CHECK_THIS = (Text("Controleer dit:"), Text("wij hebben dit nog niet bevestigd."))
"""Stands as an alert with every way to reach an agency that nobody has confirmed."""
TIME_ZONE = "Europe/Amsterdam"
MUNICIPALITY = "https://identifier.overheid.nl/tooi/id/gemeente/"
"""Before the code of a municipality in small letters: its address in the register of Dutch public bodies (TOOI)."""

_SPACE = uuid.uuid5(uuid.NAMESPACE_OID, "meldroute")

Data = dict[str, Any]


def directory(card: RouteCard, words: Words, on: datetime.date) -> Data:
    """The whole directory as one page of HSDS: every agency of the card, in its order, as it is on that day.

    Contacts that may not be published are left out.
    """
    found = [_organization(card, agency, words, on) for agency in card.agencies.values()]
    return {
        "hsds": HSDS,
        "card": card.version,
        "language": words.language,
        "total_items": len(found),
        "total_pages": 1,
        "page_number": 1,
        "size": len(found),
        "first_page": True,
        "last_page": True,
        "empty": not found,
        "contents": found,
    }


def _organization(card: RouteCard, agency: Agency, words: Words, on: datetime.date) -> Data:
    services = [
        _service(agency, contact, (card.municipalities[place],), words, on, place)
        for (whose, place), contacts in card.local_contacts.items()
        if whose == agency.id
        for contact in contacts
        if contact.published
    ]
    reached = places(card, agency, on)
    services += [_service(agency, contact, reached, words, on) for contact in agency.contacts if contact.published]
    return {
        "id": _id(agency.id),
        "agency": agency.id,
        "name": words(agency.name),
        "description": marked(words(agency.about), agency.checked, words),
        **_confirmed(agency.checked),
        "services": services,
    }


def _service(
    agency: Agency, contact: Contact, where: Sequence[Municipality], words: Words, on: datetime.date, *local: str
) -> Data:
    """A way to reach an agency. where: for which municipalities. local: the municipality whose own contact it is."""
    path = (agency.id, *local, contact.kind, contact.value or contact.label)
    label, cost, hours = words(contact.label), contact.cost, contact.hours
    for_whom = " ".join(words(text) for text in (agency.role_note, contact.when) if text)
    return _known(
        {
            "id": _id(*path),
            "organization_id": _id(agency.id),
            "kind": contact.kind,
            "name": f"{words(agency.name)}: {label}",
            "status": "active" if agency.period.holds(on) else "inactive",
            "alert": None if contact.checked.verified else " ".join(map(words, CHECK_THIS)),
            "eligibility_description": for_whom or None,
            "application_process": " ".join(map(words, agency.say)) or None,
            "fees_description": marked(words(cost.text), cost.checked, words) if cost else None,
            "assured_date": _day(contact.checked) if contact.checked.verified else None,
            **_confirmed(contact.checked),
            **_address(contact, label, path),
            "schedules": _schedules(hours, words, path) if hours else [],
            "languages": _languages(contact, words, path),
            "cost_options": [_cost(cost, words, path)] if cost else [],
            "service_areas": [_area(place, path) for place in where],
            "attributes": _anonymous(contact, words, path),
        }
    )


def _address(contact: Contact, label: str, path: tuple[str, ...]) -> Data:
    """Where HSDS has the number or the address of a contact; nothing for a way that goes through somebody else."""
    phone = contact.kind == "phone"
    found: Data = {
        "phones": [
            {"id": _id(*path, "phone"), "number": contact.value, "type": "voice", "description": label}
            | _confirmed(contact.checked)
        ]
        if phone and contact.value
        else []
    }
    if contact.kind == "email":
        found["email"] = contact.value
    elif contact.value and not phone:
        found["url"] = f"https://{contact.value}"
    return found


def _schedules(hours: Hours, words: Words, path: tuple[str, ...]) -> list[Data]:
    """One for each time span of a week. Clock times only where somebody confirmed them and a week can say them."""
    said = {"description": marked(words(hours.text), hours.checked, words), **_confirmed(hours.checked)}
    spans = weekly(hours.osm) if hours.osm and hours.checked.verified else None
    return [
        {
            "id": _id(*path, "schedule", days, opens),
            "freq": "WEEKLY",
            "byday": days,
            "opens_at": opens,
            "closes_at": closes,
            "time_zone": TIME_ZONE,
            **said,
        }
        for days, opens, closes in spans or ()
    ] or [{"id": _id(*path, "schedule"), **said}]


def _languages(contact: Contact, words: Words, path: tuple[str, ...]) -> list[Data]:
    """Only where somebody confirmed them: a language that nobody speaks there is worse than none."""
    spoken = contact.languages
    if not spoken or not spoken.checked.verified:
        return []
    return [{"id": _id(*path, "language", code), "code": code, "name": words.name(code)} for code in spoken.value]


def _cost(cost: Cost, words: Words, path: tuple[str, ...]) -> Data:
    free = {"amount": 0, "currency": "EUR"} if cost.free and cost.checked.verified else {}
    said = marked(words(cost.text), cost.checked, words)
    return {"id": _id(*path, "cost"), **free, "amount_description": said, **_confirmed(cost.checked)}


def _area(place: Municipality, path: tuple[str, ...]) -> Data:
    return {"id": _id(*path, "area", place.id), "name": place.name, "uri": MUNICIPALITY + place.id.lower()}


def _anonymous(contact: Contact, words: Words, path: tuple[str, ...]) -> list[Data]:
    known = contact.anonymous
    if not known or not known.checked.verified:
        return []
    attribute = {
        "id": _id(*path, "anonymous"),
        "link_type": "anonymous",
        "value": "yes" if known.value else "no",
        "label": words(known.text) if known.text else None,
    }
    return [_known(attribute)]


def _confirmed(checked: Checked) -> Data:
    """What every part says of itself: whether it may be relied on, and the day it was compared with its source."""
    return _known({"verified": checked.verified, "checked": _day(checked)})


def _day(checked: Checked) -> str | None:
    return checked.checked.isoformat() if checked.checked else None


def _known(data: Mapping[str, Any]) -> Data:
    """Without what nobody knows: HSDS has no null."""
    return {name: value for name, value in data.items() if value is not None}


def _id(*path: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(path)))
