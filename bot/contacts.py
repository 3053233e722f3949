"""A way to reach an agency in words: the price beside every number, open now or when, and what is not confirmed."""

from __future__ import annotations

import datetime
from typing import Any

from locales import Words
from referral.hours import open_now, opens_next
from referral.model import Checked, Contact, Text

Data = dict[str, Any]

UNCONFIRMED = Text("(nog niet bevestigd)")


def marked(text: str, checked: Checked, words: Words) -> str:
    """The sentence, with a word of warning behind it where nobody has confirmed it."""
    return text if checked.verified else f"{text} {words(UNCONFIRMED)}"


def contact_data(contact: Contact, words: Words, now: datetime.datetime) -> Data:
    """The contact of the contract. What is unverified is never dressed up: `open_now` is then None."""
    cost, hours, anonymous, languages = contact.cost, contact.hours, contact.anonymous, contact.languages
    known = anonymous if anonymous and anonymous.checked.verified else None
    expression = hours.osm if hours and hours.checked.verified else None
    return {
        "kind": contact.kind,
        "value": contact.value or "",
        "label": words(contact.label) if contact.value else marked(words(contact.label), contact.checked, words),
        "when": words(contact.when) if contact.when else None,
        "cost": marked(words(cost.text), cost.checked, words) if cost else None,
        "free": cost.free if cost else None,
        "cost_verified": cost.checked.verified if cost else None,
        "hours": marked(words(hours.text), hours.checked, words) if hours else None,
        "hours_verified": hours.checked.verified if hours else None,
        "open_now": open_now(expression, now) if expression else None,
        "opens": _opens(expression, words, now) if expression else None,
        "languages": list(languages.value) if languages and languages.checked.verified else [],
        "anonymous": known.value if known else None,
        "anonymous_text": words(known.text) if known and known.text else None,
        "verified": contact.checked.verified,
        "checked": contact.checked.checked.isoformat() if contact.checked.checked else None,
    }


def _opens(expression: str, words: Words, now: datetime.datetime) -> str | None:
    moment = opens_next(expression, now)
    if moment is None:
        return None
    if moment.date() == now.date():
        return words(Text("opent vandaag om {time}"), time=words.time(moment))
    if moment.date() == now.date() + datetime.timedelta(days=1):
        return words(Text("opent morgen om {time}"), time=words.time(moment))
    return words(Text("opent {day} om {time}"), day=words.weekday(moment.date()), time=words.time(moment))


def ordered(contacts: list[Data], audience: str) -> list[Data]:
    """Free before paid, open before closed, and for the young voice a chat before everything."""
    return sorted(
        contacts,
        key=lambda c: (
            audience == "young" and c["kind"] != "chat",
            c["free"] is False,
            c["open_now"] is False,
        ),
    )
