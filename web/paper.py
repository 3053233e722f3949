"""What stands on paper, as plain data: the note of a professional, and the route that may be passed on.

The page to print and the PDF are made from the same data, so that they say the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.contacts import contact_data
from bot.script import Option
from bot.wording import Voice, referral_data, spoken
from locales import Words
from referral.facts import SIGNALS
from referral.model import Facts, Referral, RouteCard, Text
from web.service import Content

Paper = dict[str, Any]

UNCONFIRMED = (Text("Controleer dit:"), Text("wij hebben dit nog niet bevestigd."))
"""As it stands beside a contact on the page."""

FROM_THE_LEFT, END = "\u2066", "\u2069"
"""Around a number in a plain text from the right, which would else show its parts in the wrong order."""

ROWS = (
    (1, (Text("Naam van de persoon"), Text("Adres of plek"))),
    (3, (Text("Wat is er gezien of gehoord, en wanneer?"),)),
    (2, (Text("Afspraken: wie doet wat, en wanneer?"),)),
    (1, (Text("Jouw naam"), Text("Jouw telefoonnummer"))),
)
"""What only the professional may write: how many lines to write on, and what stands above them."""


@dataclass(frozen=True)
class Manner:
    """How something is told: in which words and voice, and at what time."""

    say: Words
    voice: Voice
    now: datetime.datetime


def note_data(content: Content, accepted: Facts, referral: Referral, manner: Manner) -> Paper:
    """The note: what was chosen, whom to turn to and why, and lines for what was never asked."""
    say, day = manner.say, manner.say.date(manner.now.date())
    return {
        "language": say.tag.partition("-")[0],
        "direction": say.direction,
        "title": say(Text("Notitie")),
        "day": day,
        "lead": say(Text("Een signaal is geen bewijs. Hier staat wat je koos, en wie daarbij kan helpen.")),
        "chosen": {
            "title": say(Text("Wat je koos")),
            "columns": [say(Text("Vraag")), say(Text("Antwoord"))],
            "facts": _chosen(content, accepted, manner),
        },
        "advised": _advised(referral, manner),
        "open": {
            "title": say(Text("Zelf in te vullen")),
            "lead": say(Text("Dit vragen wij nooit. Schrijf hier alleen op wat je voor je werk nodig hebt.")),
            "rows": [{"lines": lines, "labels": [say(label) for label in labels]} for lines, labels in ROWS],
        },
        "foot": say(
            Text(
                "Routekaart {version}, {day}. Dit is een voorstel op basis van openbare bronnen, "
                "niet de meldroutekaart van de regio zelf."
            ),
            version=referral.card,
            day=day,
        ),
    }


def _chosen(content: Content, accepted: Facts, manner: Manner) -> list[Paper]:
    """The answers that the advice can rest on; one that only counts in the totals has no place in a file."""
    telling = _telling(content.card)
    asked = [content.script.questions[question] for question in accepted if question in telling]
    return [
        {
            "question": manner.say(spoken(question.text, manner.voice)),
            "answers": [_label(question.options[value], manner) for value in accepted[question.id]],
        }
        for question in asked
        if accepted[question.id]
    ]


def _label(option: Option, manner: Manner) -> str:
    return option.place.name if option.place else manner.say(spoken(option.label, manner.voice))


def _telling(card: RouteCard) -> set[str]:
    """The facts that a route or a block looks at, by themselves or by what follows from them."""
    conditions = [route.when for route in card.routes] + [block.when for block in card.guidance]
    looked_at = {fact for when in conditions for fact in when}
    return {SIGNALS} | {f.id for f in card.facts.values() if f.id in looked_at or f.implies or f.suggests}


def _advised(referral: Referral, manner: Manner) -> Paper:
    """The agencies as the page gives them, in its order and with its reasons; the second way beside the first."""
    told = referral_data(referral, manner.say, manner.voice, manner.now)
    agencies = [
        {
            "name": agency["name"],
            "remarks": [agency["note"]] if agency["note"] else [],
            "why": agency["why"],
            "contacts": [_contact(contact, manner.say) for contact in agency["contacts"]],
        }
        for agency in told["agencies"]
    ]
    if told["beside"]:
        agencies[0]["beside"] = _beside(told["beside"], manner.say)
    return {"title": manner.say(Text("Waar je terechtkunt, in deze volgorde")), "agencies": agencies}


def _beside(agency: Paper, say: Words) -> Paper:
    """Whom to turn to where nobody confirmed the first contact, and nobody is reached."""
    text = say(Text("De gegevens hierboven zijn nog niet bevestigd. Deze hebben we vergeleken met een officiële bron:"))
    return {
        "title": say(Text("Krijg je niemand te pakken?")),
        "text": f"{text} {agency['name']}",
        "contacts": [_contact(contact, say) for contact in agency["contacts"] if contact["verified"]],
    }


def _contact(contact: Paper, say: Words) -> Paper:
    """A contact on paper. What changes by the hour (open now) is left out, what nobody confirmed is marked."""
    hours = contact["hours"] and f"{say(Text('Bereikbaar:'))} {contact['hours']}"
    unconfirmed = contact["kind"] != "via" and not contact["verified"]
    mark = " ".join(say(part) for part in UNCONFIRMED) if unconfirmed else None
    return {
        "label": contact["label"],
        "value": contact["value"],
        "phone": contact["kind"] == "phone",
        "remarks": [remark for remark in (contact["when"], hours, mark) if remark],
    }


def route_data(card: RouteCard, agencies: Sequence[str], say: Words, now: datetime.datetime) -> Paper:
    """The route to pass on: a function of the agencies alone, in their order.

    No reason and no contact of one municipality stands in it, since those would tell of the answers.
    """
    return {
        "title": say(Text("Hier kun je terecht")),
        "danger": say(Text("Direct gevaar?")) + " " + say(Text("Bel {number}"), number=card.alarm_number),
        "agencies": [
            {
                "name": say(card.agencies[agency].name),
                "contacts": [
                    _contact(contact_data(contact, say, now), say)
                    for contact in card.agencies[agency].contacts
                    if contact.published
                ],
            }
            for agency in agencies
        ],
        "foot": say(Text("Routekaart {version}"), version=card.version),
    }


def route_text(route: Paper, say: Words) -> str:
    """The route as plain text to copy."""
    lines = [route["title"], route["danger"]]
    for place, agency in enumerate(route["agencies"], start=1):
        lines += ["", f"{place}. {agency['name']}"]
        for contact in agency["contacts"]:
            lines += [f"- {contact['label']} {_isolated(contact['value'], say)}".rstrip()]
            lines += [f"  {remark}" for remark in contact["remarks"]]
    return "\n".join([*lines, "", route["foot"]])


def _isolated(value: str, say: Words) -> str:
    return f"{FROM_THE_LEFT}{value}{END}" if value and say.direction == "rtl" else value
