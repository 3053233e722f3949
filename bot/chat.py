"""A question as a chat shows it: text, and a button for everything that can be chosen. The words are those of wording.

A button sends what its payload says: "/" and a step, and what it is about as {"choice": "question:option"}. Rasa knows
the steps as intents.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation import Turn
from bot.door import Content, Door
from bot.typed import labels
from bot.wording import Voice, agency_data, question_data, spoken, voice_of
from locales import Words, words
from referral.facts import SIGNALS
from referral.model import Agency, RouteCard, Signal, Text

ANSWER, TICK, DONE, CHANGE = "meldroute_answer", "meldroute_tick", "meldroute_done", "meldroute_change"
ADD = "meldroute_add"
BACK, RESTART, STOP, START = "meldroute_back", "meldroute_restart", "meldroute_stop", "meldroute_start"
LANGUAGE, UNKNOWN, DANGER = "meldroute_language", "meldroute_unknown", "meldroute_danger"
CHOICE = "choice"
"""The entity in a payload."""

ANYBODY = "public"
"""The audience of who was asked for none: an answer may suggest another voice."""

TICKED = "✓ "
_FROM_THE_LEFT, _END = "\u2066", "\u2069"
"""Around a number in a text from the right, which would else show its parts in the wrong order."""


@dataclass(frozen=True)
class Button:
    """What can be pressed: what it says, and the step that it takes; choice: what that is about, "question:option"."""

    title: str
    step: str
    choice: str = ""

    @property
    def payload(self) -> str:
        """What it sends."""
        about = json.dumps({CHOICE: self.choice}, separators=(",", ":")) if self.choice else ""
        return f"/{self.step}{about}"


@dataclass(frozen=True)
class Message:
    """One message of ours."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Manner:
    """How something is told: in which words and for whom, and at what time. typing: to whom it is said that one may."""

    say: Words
    audience: str
    now: datetime.datetime
    typing: Collection[str] = ()

    def voice(self, turn: Turn) -> Voice:
        """The voice after a turn: that of the audience, or where there is none the one that an answer suggests."""
        return voice_of(turn.voice or self.audience if self.audience == ANYBODY else self.audience, turn)

    def types(self, turn: Turn) -> bool:
        """Whether the one who reads this may type what they see."""
        return self.voice(turn)["audience"] in self.typing


def isolated(value: str, say: Words) -> str:
    """A number or an address so that it keeps its order in a text from the right."""
    return f"{_FROM_THE_LEFT}{value}{_END}" if value and say.direction == "rtl" else value


def intro(door: Door, say: Words, count: bool, typing: bool) -> Message:
    """What this is, before the first question, and a button for every other language. typing: whether one may type."""
    counted = Text("Aan het eind tellen we alleen één op bij een paar anonieme totalen.")
    uncounted = Text("Dit bezoek tellen we niet mee.")
    buttons = Text("Dit is geen mens. Kies je antwoorden met de knoppen. Noem geen namen.")
    words_too = Text(
        "Dit is geen mens. Kies je antwoorden met de knoppen, of typ wat je ziet. "
        "Dan stelt een computermodel signalen voor. Jij kiest zelf wat klopt. Noem geen namen."
    )
    rehearsal = Text("Dit is een proefversie. We tellen hier niets mee. De telefoonnummers zijn wel echt.")
    number = isolated(door.content.card.alarm_number, say)
    lines = [
        *([] if door.settings.counting else [say(rehearsal)]),
        say(Text("Zie je iets wat niet klopt?")),
        say(
            Text("Ook als je het niet zeker weet: kies een paar antwoorden. Dan zie je wie je kunt bellen, en waarom.")
        ),
        say(words_too if typing else buttons),
        say(counted if count and door.settings.counting else uncounted),
        f"{say(Text('Direct gevaar?'))} {say(Text('Bel {number}'), number=number)}",
    ]
    return Message("\n".join(lines), language_buttons(say, door.settings.languages))


def language_buttons(say: Words, languages: Sequence[str]) -> tuple[Button, ...]:
    """A button for every language but the present one, each by its own name."""
    return tuple(Button(words(other).name(), LANGUAGE, other) for other in languages if other != say.language)


def urgent(agencies: Sequence[Agency], manner: Manner, voice: Voice) -> list[Message]:
    """Whom to call without waiting for the questions; nothing where nobody is urgent."""
    told = [agency_data(agency, manner.say, voice, manner.now) for agency in agencies]
    phones = [next((c for c in agency["contacts"] if c["kind"] == "phone"), None) for agency in told]
    lines = [f"{c['label']} {isolated(c['value'], manner.say)}" for c in phones if c]
    lead = manner.say(Text("Is het nu? Wacht dan niet op de vragen."))
    return [Message("\n".join([lead, *lines]))] if lines else []


def question(turn: Turn, ticked: Sequence[str], content: Content, manner: Manner) -> Message:
    """The open question with its buttons; ticked: what is chosen of several so far. Raises ValueError at a referral."""
    if turn.question is None:
        raise ValueError("no question is open")
    say, voice = manner.say, manner.voice(turn)
    asked = question_data(turn.question, turn.accepted, say, voice, manner.now.date())
    lines = [asked["text"]]
    if ticked:
        chosen = "; ".join(option["label"] for option in asked["options"] if option["id"] in ticked)
        lines.append(f"{say(Text('Wat je koos'))}: {chosen}")
    else:
        lines += [say(Text("Je kunt meer dan één antwoord kiezen."))] * asked["several"]
        lines += [asked["help"]] * bool(asked["help"])
        if turn.question.id == SIGNALS and manner.types(turn):
            lines.append(say(Text("Je kunt ook in je eigen woorden typen wat je ziet. Noem geen namen.")))
    back = [Button(say(Text("Terug")), BACK)] if turn.accepted else []
    danger = danger_buttons(content, say, voice) if turn.question.id not in endings(content.card) else []
    return Message("\n".join(lines), (*_options(asked, ticked, say), *back, *danger))


def _options(asked: dict[str, Any], ticked: Sequence[str], say: Words) -> list[Button]:
    """A button for every option. Of several each is ticked and unticked, but for one that goes with no other."""
    found = []
    for option in asked["options"]:
        step = TICK if asked["several"] and not option["alone"] else ANSWER
        mark = TICKED if option["id"] in ticked else ""
        found.append(Button(f"{mark}{option['label']}", step, f"{asked['id']}:{option['id']}"))
    if asked["several"]:
        found.append(Button(say(Text("Klaar")), DONE, asked["id"]))
    if asked["optional"]:
        found.append(Button(say(Text("Overslaan")), ANSWER, f"{asked['id']}:"))
    return found


def proposals(
    signals: Iterable[Signal], ticked: Collection[str], turn: Turn, content: Content, manner: Manner
) -> Message:
    """The signals that typed words may mean, to be confirmed one by one; ticked: what was chosen before."""
    say, voice = manner.say, manner.voice(turn)
    lines = [
        say(Text("Bedoel je dit?")),
        say(Text("Een computermodel stelt dit voor. Kies wat klopt. Je kiest zelf, en je kunt het later veranderen.")),
    ]
    found = confirming(signals, ticked, say, voice)
    return Message("\n".join(lines), (*found, *danger_buttons(content, say, voice)))


def confirming(signals: Iterable[Signal], ticked: Collection[str], say: Words, voice: Voice) -> list[Button]:
    """A button for each signal, which ticks it, and one for who meant none: the present question comes again."""
    told = labels(signals, say, voice).items()
    marked = [Button(f"{TICKED * (id in ticked)}{label}", ADD, f"{SIGNALS}:{id}") for id, label in told]
    return [*marked, Button(say(Text("Dit bedoel ik niet")), START)]


def endings(card: RouteCard) -> dict[str, str]:
    """Question → the answer to it that ends the questions at once, as the card says."""
    return {fact.id: value for fact in card.facts.values() for value in fact.ends}


def danger_buttons(content: Content, say: Words, voice: Voice) -> list[Button]:
    """The answers that end the questions at once, for where another question is open."""
    return [
        Button(say(spoken(content.script.questions[asked].options[value].label, voice)), ANSWER, f"{asked}:{value}")
        for asked, value in endings(content.card).items()
    ]
