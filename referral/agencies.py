"""agencies.toml → Agency: who can be called, how, at what price, and what happens then."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from importlib.resources.abc import Traversable

from referral.entry import Entry, named_parts, read_file
from referral.hours import readable
from referral.model import (
    Agency,
    Anonymous,
    Contact,
    Cost,
    Happening,
    Hours,
    Languages,
    Line,
    Source,
    Text,
)
from referral.provenance import checked, maybe_text, period

KINDS = ("phone", "chat", "web", "email", "via")
TOPICS = ("who_answers", "anonymous", "others_told", "hears_back")
_LOOKS_LIKE = {
    "phone": re.compile(r"\+?[0-9][0-9 -]{1,16}[0-9]"),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+"),
    "web": re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?"),
    "chat": re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?"),
}
PAID_NUMBERS = ("0900", "0906", "0909")

Sources = Mapping[str, Source]


def read_agencies(folder: Traversable, sources: Sources) -> list[tuple[str, Agency]]:
    """Every agency of the card by its id."""
    whole = read_file(folder, "agencies.toml")
    return whole.finish([(i, _agency(i, entry, sources)) for i, entry in named_parts(whole, "agency")])


def read_local_contacts(
    folder: Traversable, agencies: Mapping[str, Agency], municipalities: Collection[str], sources: Sources
) -> dict[tuple[str, str], tuple[Contact, ...]]:
    """The contacts of agencies that every municipality has its own for: (agency, municipality) → contacts."""
    whole = read_file(folder, "local.toml")
    found: dict[tuple[str, str], tuple[Contact, ...]] = {}
    for entry in whole.parts("local"):
        agency, place = entry.choice("agency", agencies), entry.choice("municipality", municipalities)
        if not agencies[agency].local:
            raise entry.wrong(f"{agency!r} has no `local = true`: it has one contact for everybody")
        if (agency, place) in found:
            raise entry.wrong(f"gives the contact of {agency!r} in {place!r} a second time")
        contacts = tuple(_contact(part, sources) for part in entry.parts("contact"))
        if not contacts:
            raise entry.wrong("has no contact: fill one in, or leave the entry out")
        found[agency, place] = entry.finish(contacts)
    return whole.finish(found)


def _agency(identity: str, entry: Entry, sources: Sources) -> Agency:
    contacts = tuple(_contact(part, sources) for part in entry.parts("contact"))
    if not any(contact.published for contact in contacts):
        raise entry.wrong('has no contact that may be shown: add one, or one of `kind = "via"`')
    agency = Agency(
        id=identity,
        name=Text(entry.text("name")),
        about=Text(entry.text("about")),
        tally=entry.text("tally"),
        say=tuple(Text(text) for text in entry.texts("say")),
        role_note=maybe_text(entry, "role_note"),
        contacts=contacts,
        at_hand=tuple(_line(part, sources) for part in entry.parts("at_hand")),
        what_happens=tuple(_happening(part, sources) for part in entry.parts("what_happens")),
        local=entry.flag("local"),
        period=period(entry),
        checked=checked(entry, sources),
    )
    topics = [happening.topic for happening in agency.what_happens]
    if len(set(topics)) < len(topics):
        raise entry.wrong("says twice what happens about one topic")
    return entry.finish(agency)


def _line(entry: Entry, sources: Sources) -> Line:
    return entry.finish(Line(Text(entry.text("text")), maybe_text(entry, "self"), checked(entry, sources)))


def _happening(entry: Entry, sources: Sources) -> Happening:
    topic = entry.choice("topic", TOPICS)
    return entry.finish(Happening(topic, Text(entry.text("text")), checked(entry, sources)))


def _contact(entry: Entry, sources: Sources) -> Contact:
    kind = entry.choice("kind", KINDS)
    value = entry.maybe("value")
    if (value is None) != (kind == "via"):
        raise entry.wrong("needs a `value`" if value is None else "goes via somebody else and so has no `value`")
    if value is not None and not _LOOKS_LIKE[kind].fullmatch(value):
        raise entry.wrong(f"{value!r} does not look like a {kind} contact")
    contact = Contact(
        kind=kind,
        value=value,
        label=Text(entry.text("label")),
        published=entry.flag("publish", True),
        when=maybe_text(entry, "when"),
        cost=_cost(entry, sources),
        hours=_hours(entry, sources),
        anonymous=_anonymous(entry, sources),
        languages=_languages(entry, sources),
        checked=checked(entry, sources),
    )
    if value and re.sub("[ -]", "", value).startswith(PAID_NUMBERS) and contact.cost is None:
        raise entry.wrong(f"{value} is a paid number: its `cost` must stand beside it")
    return entry.finish(contact)


def _cost(entry: Entry, sources: Sources) -> Cost | None:
    part = entry.table("cost")
    if part is None:
        return None
    return part.finish(Cost(Text(part.text("text")), part.take("free", bool), checked(part, sources)))


def _hours(entry: Entry, sources: Sources) -> Hours | None:
    part = entry.table("hours")
    if part is None:
        return None
    hours = Hours(Text(part.text("text")), part.maybe("osm"), checked(part, sources))
    if hours.osm and not readable(hours.osm):
        raise part.wrong(f"`osm` {hours.osm!r} is not an opening_hours expression, such as Mo-Fr 09:00-17:00")
    return part.finish(hours)


def _anonymous(entry: Entry, sources: Sources) -> Anonymous | None:
    part = entry.table("anonymous")
    if part is None:
        return None
    text = maybe_text(part, "text")
    return part.finish(Anonymous(part.take("value", bool), text, checked(part, sources)))


def _languages(entry: Entry, sources: Sources) -> Languages | None:
    part = entry.table("languages")
    if part is None:
        return None
    return part.finish(Languages(part.texts("value"), checked(part, sources)))
