"""One message of a chat: what comes of it, and what is said. Knows no Rasa."""

from __future__ import annotations

from dataclasses import replace

from bot.advice import advice
from bot.chat import (
    DANGER,
    LANGUAGE,
    RESTART,
    START,
    STOP,
    Button,
    Manner,
    Message,
    endings,
    intro,
    language_buttons,
    question,
    urgent,
)
from bot.conversation import BadAnswer, Turn, ended_by
from bot.door import Door, Taken
from bot.steps import STEPS, Odd, Said, Talk, other, replayed
from bot.wording import spoken
from locales import words
from referral.model import Agency, Text

MOST_WORDS = 5
"""How many words a step takes at most where it is typed."""


def hear(door: Door, talk: Talk, said: Said, count: bool = True) -> tuple[Talk, list[Message]]:
    """One message in; what is remembered from then on, and the messages out. count: false for who asks not to be."""
    said = _typed(door, talk, said) if said.text else said
    say = words(talk.language)
    again = Button(say(Text("Opnieuw beginnen")), RESTART)
    if said.text and talk.answers and said.step in (RESTART, STOP):
        ways = (Button(say(Text("Verder")), START), again, Button(say(Text("Stoppen")), STOP))
        return talk, [Message(say(Text("Wil je opnieuw beginnen of stoppen? Dan zijn je antwoorden weg.")), ways)]
    if said.step == STOP:
        return talk.fresh(), [Message(say(Text("Je bent gestopt.")), (again,))]
    if said.step == LANGUAGE and said.choice not in door.settings.languages:
        return talk, [Message(say(Text("Taal")), language_buttons(say, door.settings.languages))]
    notes: list[str] = []
    try:
        talk = STEPS.get(said.step, other)(door, talk, said)
    except Odd as odd:
        notes.append(say(odd.text))
    taken, wrong = _taken(door, talk, count)
    turn = taken.turn
    notes += wrong
    return (
        replace(
            talk,
            answers={asked: list(chosen) for asked, chosen in {**turn.accepted, **turn.waiting}.items()},
            ticket=taken.ticket,
            counted=talk.counted or taken.counted,
            begun=True,
        ),
        _messages(door, talk, turn, notes, said, count),
    )


def _taken(door: Door, talk: Talk, count: bool) -> tuple[Taken, list[str]]:
    """The turn of the answers, and what is wrong with some of them: only those are lost."""
    answers, wrong = dict(talk.answers), list[str]()
    while True:
        try:
            return door.take(answers, talk.ticket, talk.language, count and not talk.counted), wrong
        except BadAnswer as bad:
            del answers[bad.question]
            wrong.append(words(talk.language)(bad.problem, **bad.values))


def _messages(door: Door, talk: Talk, turn: Turn, notes: list[str], said: Said, count: bool) -> list[Message]:
    """What is said after a turn: what is to be noted, whom to call at once, and the question or the referral."""
    manner = _manner(door, talk)
    content, voice = door.content, manner.voice(turn)
    at_once = {agency.id: agency for agency in (*turn.urgent, *_alarm(door, said))}
    found = [Message("\n".join(notes))] if notes else []
    found += [Message(lost)] if (lost := _lost(door, talk, turn)) else []
    found += urgent(list(at_once.values()), manner, voice)
    if turn.referral:
        told = advice(turn, turn.referral, content, manner)
        return [*found, *(told[-1:] if notes else told)]
    ticked = talk.ticked.get(turn.question.id, ()) if turn.question else ()
    if not (turn.accepted or notes or ticked):
        found.insert(0, intro(door, manner.say, count))
    return [*found, question(turn, ticked, content, manner)]


def _lost(door: Door, talk: Talk, turn: Turn) -> str:
    """Which answers a new answer made pointless, or nothing."""
    gone = [asked for asked in turn.dropped if asked not in turn.waiting]
    if not gone or ended_by(door.content.card, turn.accepted):
        return ""
    manner = _manner(door, talk)
    say, voice = manner.say, manner.voice(turn)
    titles = [say(spoken(door.content.script.questions[asked].text, voice)) for asked in gone]
    return f"{say(Text('Door je nieuwe antwoord vervalt wat je eerder koos bij:'))} {say.all_of(titles)}"


def _alarm(door: Door, said: Said) -> list[Agency]:
    """Whom to call at once where words of danger were typed. They route nobody: the questions stay as they are."""
    if said.step != DANGER or not said.text:
        return []
    ended = {asked: [value] for asked, value in endings(door.content.card).items()}
    referral = replayed(door, ended).referral
    return [referral.agencies[0].agency] if referral else []


def _manner(door: Door, talk: Talk) -> Manner:
    return Manner(words(talk.language), talk.audience, door.settings.now())


def _typed(door: Door, talk: Talk, said: Said) -> Said:
    """Typed words that are exactly those of a button are that button; of other words only the step counts.

    A step is said in few words. What is longer tells something, whatever a classifier makes of it.
    """
    turn = replayed(door, talk.answers)
    if turn.question:
        for shown in question(turn, (), door.content, _manner(door, talk)).buttons:
            if shown.title.casefold() == said.text.strip().casefold():
                return Said(shown.step, shown.choice)
    few = said.step == DANGER or len(said.text.split()) <= MOST_WORDS
    return said if few else Said("", text=said.text)
