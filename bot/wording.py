"""A turn in words: what both doors say, in one language and one voice, as the plain data of the contract."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, TypedDict

from bot.contacts import contact_data, marked, ordered
from bot.conversation import Turn
from bot.script import Option, Question
from locales import Words
from referral.agencies import TOPICS
from referral.facts import SETTING
from referral.model import Advice, Agency, Block, Facts, Line, Reason, Referral, Text, Voiced

AUDIENCES = ("professional", "young", "public")
BECAUSE = Text("Omdat je aanvinkte: {signals}.")
_UNKNOWN = {
    "who_answers": Text("Wie er opneemt: nog niet bekend."),
    "anonymous": Text("Of je anoniem kunt blijven: nog niet bekend."),
    "others_told": Text("Of de politie of ouders iets horen: nog niet bekend."),
    "hears_back": Text("Of je nog iets terug hoort: nog niet bekend."),
}

_ANONYMOUS = {True: Text("Je hoeft je naam niet te noemen."), False: Text("Je kunt hier niet anoniem blijven.")}

Data = dict[str, Any]


class Voice(TypedDict):
    """How to speak: the audience, and whether the reader is the one whom it is about."""

    audience: str
    oneself: bool


def voice_of(audience: str, turn: Turn) -> Voice:
    """The voice for an audience after a turn: who says that it is about themselves reads "you" for "somebody"."""
    return {"audience": audience, "oneself": turn.oneself}


def spoken(text: Voiced, voice: Voice) -> Text:
    """The wording of a text for a voice."""
    if voice["oneself"] and text.self:
        return text.self
    return {"professional": text.professional, "young": text.young}.get(voice["audience"]) or text.text


def question_data(question: Question, answers: Facts, words: Words, voice: Voice, on: datetime.date) -> Data:
    """The question of the contract. Options marked `first` are those that the answers so far bring forward."""
    options = [o for o in question.options.values() if o.offered(on)]
    return {
        "id": question.id,
        "text": words(spoken(question.text, voice)),
        "help": words(question.help) if question.help else None,
        "several": question.several,
        "optional": question.optional,
        "options": [
            {
                "id": option.id,
                "label": option.place.name if option.place else words(spoken(option.label, voice)),
                "first": first,
                "group": words(spoken(option.group, voice)) if option.group else None,
                "alone": option.id in question.alone,
            }
            for option, first in _brought_forward(options, answers)
        ],
    }


def _brought_forward(options: list[Option], answers: Facts) -> list[tuple[Option, bool]]:
    """The options, those of the chosen setting before the others; without a setting all are equal."""
    settings = set(answers.get(SETTING, ()))
    marked = [(o, o.signal is None or not settings.isdisjoint(o.signal.settings)) for o in options]
    if not any(first for option, first in marked if option.signal):
        return [(option, True) for option, _ in marked]
    return sorted(marked, key=lambda pair: not pair[1])


def referral_data(referral: Referral, words: Words, voice: Voice, now: datetime.datetime) -> Data:
    """The referral of the contract, with what the page needs beside it."""
    told = [agency_data(advice.agency, words, voice, now, advice) for advice in referral.agencies]
    beside = referral.beside
    return {
        "agencies": told,
        "forms": list(referral.forms),
        "strength": referral.strength,
        "guidance": [
            marked(words(_said(line, voice)), line.checked, words) for b in referral.guidance for line in b.lines
        ],
        "blocks": [_block_data(block, words, voice) for block in referral.guidance],
        "would_have_mattered": referral.would_have_mattered,
        "beside": agency_data(beside, words, voice, now) if beside else None,
        "card": referral.card,
    }


def agency_data(
    agency: Agency, words: Words, voice: Voice, now: datetime.datetime, advice: Advice | None = None
) -> Data:
    """One agency of the contract: why, how to reach it, what to have at hand, what happens then."""
    local = advice.local if advice else ()
    happenings = {h.topic: marked(words(h.text), h.checked, words) for h in agency.what_happens}
    return {
        "id": agency.id,
        "name": words(agency.name),
        "about": marked(words(agency.about), agency.checked, words),
        "note": words(agency.role_note) if agency.role_note else None,
        "why": reason_texts(advice.reasons, words, voice) if advice else [],
        "say": [words(text) for text in agency.say],
        "contacts": ordered(
            [contact_data(c, words, now) for c in (*local, *agency.contacts) if c.published], voice["audience"]
        ),
        "at_hand": [marked(words(_said(line, voice)), line.checked, words) for line in agency.at_hand],
        "at_hand_lines": _lines(agency.at_hand, words, voice),
        "what_happens": [happenings.get(topic) or words(_unsaid(topic, agency)) for topic in TOPICS],
        "nothing_known": not happenings,
    }


def _unsaid(topic: str, agency: Agency) -> Text:
    """What to say about a topic that no line tells: what a confirmed contact knows of it, or that it is not known."""
    known = {c.anonymous.value for c in agency.contacts if c.anonymous and c.anonymous.checked.verified}
    return _ANONYMOUS[known.pop()] if topic == "anonymous" and len(known) == 1 else _UNKNOWN[topic]


def reason_texts(reasons: Sequence[Reason], words: Words, voice: Voice) -> list[str]:
    """Why each route gave an agency. The signals behind it stand with the first reason that rests on them."""
    texts, told = [], set[str]()
    for reason in reasons:
        text = words(spoken(reason.route.why, voice)) if reason.route.why else ""
        fresh = [signal for signal in reason.signals if signal.id not in told]
        if fresh:
            signals = ", ".join(words(signal.short) for signal in fresh)
            text = " ".join((text, words(BECAUSE, signals=signals)))
        told.update(signal.id for signal in fresh)
        texts.append(text)
    return list(dict.fromkeys(texts))


def _said(line: Line, voice: Voice) -> Text:
    return line.own if voice["oneself"] and line.own else line.text


def _lines(lines: Sequence[Line], words: Words, voice: Voice) -> list[Data]:
    """The sentences for a page that marks what is not confirmed in its own way."""
    return [{"text": words(_said(line, voice)), "verified": line.checked.verified} for line in lines]


def _block_data(block: Block, words: Words, voice: Voice) -> Data:
    return {
        "id": block.id,
        "kind": block.kind,
        "title": words(block.title),
        "lines": _lines(block.lines, words, voice),
    }


def turn_data(turn: Turn, words: Words, audience: str, now: datetime.datetime, *, question: bool = True) -> Data:
    """The part of the contract's answer that both doors share: everything but the count and the ticket.

    question: False leaves the question out, for a door that adds it itself.
    """
    voice = voice_of(audience, turn)
    data: Data = {
        "language": words.language,
        "audience": audience,
        "accepted": turn.accepted,
        "dropped": turn.dropped,
        "referral": referral_data(turn.referral, words, voice, now) if turn.referral else None,
        "urgent": [agency_data(agency, words, voice, now) for agency in turn.urgent],
    }
    if turn.question is None:
        data["question"] = None
    elif question:
        data["question"] = question_data(turn.question, turn.accepted, words, voice, now.date())
    return data
