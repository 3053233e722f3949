"""The words of the route card as frozen dataclasses: what a card holds and what a referral says.

Ids are the stable Dutch words of the contract; every text is Dutch, the source and key of the translations.
`Text` marks what a person reads, so that the translations can be collected from the types alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

Text = NewType("Text", str)

ACUTE, STRONG, SUPPORTING, NONE = "acuut", "sterk", "steun", "geen"
STRENGTHS = (ACUTE, STRONG, SUPPORTING, NONE)
WEIGHTS = STRENGTHS
SEVERAL_FORMS, UNKNOWN_FORM = "combinatie", "onbekend"

Facts = Mapping[str, tuple[str, ...]]
"""What is known of a situation: fact id → the values it has."""


@dataclass(frozen=True)
class Checked:
    """Where something comes from: source keys, the day it was compared with them, whether it may be relied on."""

    source: tuple[str, ...] = ()
    checked: datetime.date | None = None
    verified: bool = False
    inference: bool = False


@dataclass(frozen=True)
class Voiced:
    """A text in up to four wordings; one that is left out falls back on `text`."""

    text: Text
    professional: Text | None = None
    young: Text | None = None
    self: Text | None = None


@dataclass(frozen=True)
class Period:
    """The days, both included, on which an entry holds; None means no known start or end."""

    first: datetime.date | None = None
    last: datetime.date | None = None

    def holds(self, on: datetime.date) -> bool:
        """Whether the entry holds on that day."""
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)

    def meets(self, other: Period) -> bool:
        """Whether the two share a day."""
        return not (_before(self.last, other.first) or _before(other.last, self.first))


def _before(last: datetime.date | None, first: datetime.date | None) -> bool:
    return last is not None and first is not None and last < first


@dataclass(frozen=True)
class Fact:
    """Something that can be known: its values, which mean "I don't know", which stand alone.

    ends: the values that end the questions at once → the value under which a person may go on with them.
    oneself: the values by which a person says that it is about themselves.
    voices: the values by which a person shows in which voice to go on, where the page was not asked for one.
    """

    id: str
    values: tuple[str, ...]
    unknown: frozenset[str]
    several: bool = False
    alone: frozenset[str] = frozenset()
    ends: Mapping[str, str] = field(default_factory=dict)
    oneself: frozenset[str] = frozenset()
    voices: Mapping[str, str] = field(default_factory=dict)
    implies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    suggests: Mapping[str, str] = field(default_factory=dict)
    derived: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Form:
    """A form of exploitation; `short` completes "this can have to do with …"."""

    id: str
    short: Text


@dataclass(frozen=True)
class Signal:
    """Something a person can notice, the forms it can point to and how much it weighs."""

    id: str
    forms: tuple[str, ...]
    weight: str
    combination: bool
    indication: int | None
    settings: tuple[str, ...]
    implies: Mapping[str, str]
    short: Text
    label: Voiced
    checked: Checked


@dataclass(frozen=True)
class Cost:
    """What a call costs, in words."""

    text: Text
    free: bool
    checked: Checked


@dataclass(frozen=True)
class Hours:
    """When somebody answers: in words, and where clock times are known as an opening_hours expression."""

    text: Text
    osm: str | None
    checked: Checked


@dataclass(frozen=True)
class Anonymous:
    """Whether one can stay unknown, with a sentence where the source says more than yes or no."""

    value: bool
    text: Text | None
    checked: Checked


@dataclass(frozen=True)
class Languages:
    """The languages in which an agency answers, as ISO 639 codes."""

    value: tuple[str, ...]
    checked: Checked


@dataclass(frozen=True)
class Contact:
    """One way to reach an agency. `value` is None where it may not be published or goes through somebody else."""

    kind: str
    value: str | None
    label: Text
    published: bool
    when: Text | None
    cost: Cost | None
    hours: Hours | None
    anonymous: Anonymous | None
    languages: Languages | None
    checked: Checked


@dataclass(frozen=True)
class Line:
    """One sentence with where it comes from. `own`: as it reads for who says that it is about themselves."""

    text: Text
    own: Text | None
    checked: Checked


@dataclass(frozen=True)
class Happening:
    """What happens if you call, about one topic."""

    topic: str
    text: Text
    checked: Checked


@dataclass(frozen=True)
class Agency:
    """Somebody who takes up a report or gives advice. `local`: every municipality has its own contact for it."""

    id: str
    name: Text
    about: Text
    tally: str
    say: tuple[Text, ...]
    role_note: Text | None
    contacts: tuple[Contact, ...]
    at_hand: tuple[Line, ...]
    what_happens: tuple[Happening, ...]
    local: bool
    period: Period
    checked: Checked


@dataclass(frozen=True)
class Municipality:
    """A municipality of the region, with its CBS code and the years in which it existed."""

    id: str
    name: str
    area: str
    period: Period
    successor: str | None


Condition = Mapping[str, frozenset[str]]
"""A set per fact: all named facts must fit, any of the values will do."""


@dataclass(frozen=True)
class Route:
    """Which agencies take up which situation, and why."""

    id: str
    when: Condition
    agencies: tuple[str, ...]
    withholds: tuple[str, ...]
    why: Voiced | None
    catch_all: bool
    interrupt: bool
    period: Period
    checked: Checked


@dataclass(frozen=True)
class Block:
    """A few sentences of guidance that belong together, shown when their condition fits."""

    id: str
    kind: str
    title: Text
    when: Condition
    with_agency: frozenset[str]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Source:
    """A page or document that a fact comes from."""

    id: str
    title: str
    url: str | None
    date: str | None


@dataclass(frozen=True)
class RouteCard:
    """The whole card: everything by id, in the order of the files. Local contacts by agency and municipality."""

    version: str
    region: Text
    alarm: str
    advice_line: str
    beside_advised: tuple[str, ...]
    beside: tuple[str, ...]
    check_after_days: int
    launch: Mapping[str, str]
    forms: Mapping[str, Form]
    facts: Mapping[str, Fact]
    signals: Mapping[str, Signal]
    agencies: Mapping[str, Agency]
    local_contacts: Mapping[tuple[str, str], tuple[Contact, ...]]
    municipalities: Mapping[str, Municipality]
    places_checked: Checked
    routes: tuple[Route, ...]
    guidance: tuple[Block, ...]
    sources: Mapping[str, Source]

    @property
    def alarm_number(self) -> str:
        """The number to call in danger: the first phone number of the alarm."""
        return next(c.value for c in self.agencies[self.alarm].contacts if c.kind == "phone" and c.value)

    @property
    def indications(self) -> tuple[str, ...]:
        """The signals of the source document's list of nine, by their number there."""
        numbered = [s for s in self.signals.values() if s.indication]
        return tuple(s.id for s in sorted(numbered, key=lambda s: s.indication or 0))


@dataclass(frozen=True)
class Reason:
    """Why an agency is advised: the route that gave it and the ticked signals behind that."""

    route: Route
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Advice:
    """One agency of a referral with every reason collected for it, and its contact in the municipality, if any."""

    agency: Agency
    reasons: tuple[Reason, ...]
    local: tuple[Contact, ...] = ()


@dataclass(frozen=True)
class Referral:
    """Whom to call, in order, and why. `would_have_mattered` is the fact that nobody knew and that could change it."""

    agencies: tuple[Advice, ...]
    forms: tuple[str, ...]
    strength: str
    guidance: tuple[Block, ...]
    would_have_mattered: str | None
    beside: Agency | None
    facts: Facts
    card: str
