"""One message of a chat: what comes of it, and what is said. Knows no Rasa."""

from __future__ import annotations

from dataclasses import replace

from bot.advice import advice
from bot.chat import (
    ADD,
    DANGER,
    LANGUAGE,
    RESTART,
    START,
    STOP,
    Button,
    Manner,
    Message,
    confirming,
    endings,
    intro,
    language_buttons,
    proposals,
    question,
    urgent,
)
from bot.conversation import BadAnswer, Turn, ended_by
from bot.door import Door, Taken
from bot.steps import STEPS, Odd, Said, Talk, other, replayed
from bot.typed import Found, may_type, read
from bot.wording import AUDIENCES, spoken
from locales import words
from referral.facts import SIGNALS
from referral.model import Agency, Text
from referral.route import interrupting


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
    typed = said.found or Found()
    at_once = {a.id: a for a in (*turn.urgent, *_alarm(door, said), *typed.urgent, *_by_ticks(door, talk, turn))}
    left_out = manner.say(Text("Laat namen en nummers weg. Die hebben we niet gebruikt.")) if typed.withheld else ""
    lines = ["\n".join(notes), _lost(door, talk, turn), _waits(door, talk, turn, said), left_out]
    found = [Message(line) for line in lines if line]
    found += urgent(list(at_once.values()), manner, voice)
    under_way = turn.accepted or any(talk.ticked.values()) or (talk.begun and (notes or said.found))
    if turn.question and not under_way:
        found.insert(0, intro(door, manner.say, count, manner.types(turn)))
    if typed.signals:
        ticked = talk.ticked.get(SIGNALS, talk.answers.get(SIGNALS, ()))
        return [*found, proposals((signal for signal, _ in typed.signals), ticked, turn, content, manner)]
    if turn.referral:
        told = advice(turn, turn.referral, content, manner)
        return [*found, *(told[-1:] if notes or said.step == ADD else told)]
    ticked = talk.ticked.get(turn.question.id, ()) if turn.question else ()
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


def _waits(door: Door, talk: Talk, turn: Turn, said: Said) -> str:
    """What was just confirmed, where the question that it answers is not the open one; or nothing."""
    asked = said.choice.partition(":")[0]
    if said.step != ADD or not talk.ticked.get(asked) or (turn.question and turn.question.id == asked):
        return ""
    manner = _manner(door, talk)
    say, voice, options = manner.say, manner.voice(turn), door.content.script.questions[asked].options
    chosen = "; ".join(say(spoken(options[value].label, voice)) for value in talk.ticked[asked])
    later = Text("Dat staat straks bij de vraag wat je ziet. Daar kun je het nog veranderen.")
    return f"{say(Text('Wat je koos'))}: {chosen}\n{say(later)}"


def _alarm(door: Door, said: Said) -> list[Agency]:
    """Whom to call at once where words of danger were typed. They route nobody: the questions stay as they are."""
    if said.step != DANGER or not said.text:
        return []
    ended = {asked: [value] for asked, value in endings(door.content.card).items()}
    referral = replayed(door, ended).referral
    return [referral.agencies[0].agency] if referral else []


def _by_ticks(door: Door, talk: Talk, turn: Turn) -> tuple[Agency, ...]:
    """Whom to call at once by what is ticked and no answer yet: such a tick may wait for its question."""
    ticked = talk.ticked.get(SIGNALS)
    if not ticked or not turn.question:
        return ()
    return interrupting(door.content.card, {**turn.accepted, SIGNALS: tuple(ticked)}, door.settings.now().date())


def _manner(door: Door, talk: Talk) -> Manner:
    typing = [audience for audience in AUDIENCES if may_type(door, audience)]
    return Manner(words(talk.language), talk.audience, door.settings.now(), typing)


def _typed(door: Door, talk: Talk, said: Said) -> Said:
    """Typed words that are exactly those of a button are that button; of other words only the step counts.

    A step is said in few words. What tells something is read by the model, where the person may type.
    """
    turn, manner = replayed(door, talk.answers), _manner(door, talk)
    shown = [*question(turn, (), door.content, manner).buttons] if turn.question else []
    if manner.types(turn):
        shown += confirming(door.content.card.signals.values(), (), manner.say, manner.voice(turn))
    for button in shown:
        if button.title.casefold() == said.text.strip().casefold():
            return Said(button.step, button.choice)
    found = read(door, said.text) if manner.types(turn) else None
    if said.step == DANGER:
        return replace(said, found=found)
    if said.brief and said.step in (*STEPS, STOP) and not _acute(door, found):
        return said
    return Said("", text=said.text, found=found)


def _acute(door: Door, found: Found | None) -> bool:
    """Whether words mean a signal that brings somebody into view at once: "I want to stop living" is no "stop"."""
    if not found or not found.urgent:
        return False
    return bool(interrupting(door.content.card, {SIGNALS: found.ids}, door.settings.now().date()))
