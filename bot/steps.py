"""What a chat remembers between two messages, and what each step makes of that.

Nothing typed is remembered: what is kept is answers, by their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.chat import (
    ADD,
    ANSWER,
    ANYBODY,
    BACK,
    CHANGE,
    DANGER,
    DONE,
    LANGUAGE,
    RESTART,
    START,
    TICK,
    UNKNOWN,
    endings,
)
from bot.conversation import BadAnswer, Turn, take_turn
from bot.door import Door
from bot.script import Question
from bot.typed import Found
from locales import SOURCE_LANGUAGE
from referral.model import Text

Answers = Mapping[str, Sequence[str]]
MOST_WORDS = 5
"""How many words a step or a greeting takes at most where it is typed."""


@dataclass(frozen=True)
class Said:
    """What came in: a step, and what it is about ("question:option").

    text: what was typed, where it was no button. found: what the model made of it, where it was asked.
    """

    step: str
    choice: str = ""
    text: str = ""
    found: Found | None = None

    @property
    def brief(self) -> bool:
        """Whether it takes few words: what is longer tells something, whatever a classifier makes of it."""
        return len(self.text.split()) <= MOST_WORDS


@dataclass(frozen=True)
class Talk:
    """What is remembered.

    ticked: what is chosen so far of a question with several answers. counted: this conversation was counted already.
    begun: a question was shown before. site: the language that came with a message; another one there is a new choice.
    """

    answers: Answers = field(default_factory=dict)
    ticked: Answers = field(default_factory=dict)
    ticket: str = ""
    counted: bool = False
    begun: bool = False
    language: str = SOURCE_LANGUAGE
    site: str = ""
    audience: str = ANYBODY

    def fresh(self) -> Talk:
        """The same person from the start: another contact."""
        return Talk(language=self.language, site=self.site, audience=self.audience)


class Odd(Exception):
    """A step that leads nowhere; the text says what to do instead."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


def replayed(door: Door, answers: Answers) -> Turn:
    """The turn of these answers without any effect; without the answers that do not exist."""
    left = dict(answers)
    while True:
        try:
            return take_turn(door.content.script, door.content.card, left, door.settings.now().date())
        except BadAnswer as bad:
            del left[bad.question]


def _answer(door: Door, talk: Talk, said: Said) -> Talk:
    """Several values travel as one, with commas between them; none at all skips the question."""
    asked, _, values = said.choice.partition(":")
    return _answered(talk, asked, [value for value in values.split(",") if value])


def _answered(talk: Talk, asked: str, chosen: Sequence[str]) -> Talk:
    return replace(talk, answers={**talk.answers, asked: list(chosen)}, ticked=_without(talk.ticked, asked))


def _without(answers: Answers, asked: str) -> Answers:
    return {other: list(chosen) for other, chosen in answers.items() if other != asked}


def _tick(door: Door, talk: Talk, said: Said) -> Talk:
    """Ticks one of several or takes the tick away; a question that was answered already is open again."""
    asked, _, value = said.choice.partition(":")
    known = door.content.script.questions.get(asked)
    if known is None or not known.several or value in known.alone:
        return _answer(door, talk, said)
    if value not in known.options:
        raise Odd(Text("Kies het antwoord dat het beste past."))
    before = talk.ticked.get(asked, talk.answers.get(asked, ()))
    return _ticking(talk, known, [v for v in known.options if (v in before) != (v == value)])


def _add(door: Door, talk: Talk, said: Said) -> Talk:
    """Ticks what was proposed, and never takes a tick away: pressed twice it changes nothing.

    As with every tick, "done" makes it the answer, when the question is open; until then it waits.
    """
    asked, _, values = said.choice.partition(":")
    known = door.content.script.questions.get(asked)
    new = set(values.split(","))
    if known is None or not known.several or not new <= known.options.keys() - known.alone:
        raise Odd(Text("Kies het antwoord dat het beste past."))
    before = talk.ticked.get(asked, talk.answers.get(asked, ()))
    return talk if new <= set(before) else _ticking(talk, known, [v for v in known.options if v in {*before, *new}])


def _ticking(talk: Talk, known: Question, values: Sequence[str]) -> Talk:
    """These are ticked, and the question is open."""
    ticked = [value for value in values if value not in known.alone]
    return replace(talk, answers=_without(talk.answers, known.id), ticked={**talk.ticked, known.id: ticked})


def _done(door: Door, talk: Talk, said: Said) -> Talk:
    """What is ticked is the answer. Pressed twice it changes nothing."""
    return _answered(talk, said.choice, talk.ticked.get(said.choice, talk.answers.get(said.choice, ())))


def _change(door: Door, talk: Talk, said: Said) -> Talk:
    """The question is open again; of several answers those that were chosen are ticked."""
    known = door.content.script.questions.get(said.choice)
    chosen = [v for v in talk.answers.get(said.choice, ()) if known and known.several and v not in known.alone]
    ticked = {**talk.ticked, said.choice: chosen} if chosen else talk.ticked
    return replace(talk, answers=_without(talk.answers, said.choice), ticked=ticked)


def _back(door: Door, talk: Talk, said: Said) -> Talk:
    accepted = replayed(door, talk.answers).accepted
    return _change(door, talk, Said(CHANGE, list(accepted)[-1])) if accepted else talk


def _restart(door: Door, talk: Talk, said: Said) -> Talk:
    return talk.fresh()


def _start(door: Door, talk: Talk, said: Said) -> Talk:
    return talk


def _language(door: Door, talk: Talk, said: Said) -> Talk:
    return replace(talk, language=said.choice)


def _unknown(door: Door, talk: Talk, said: Said) -> Talk:
    """ "I don't know" answers a question that has such an answer, and skips one that may be skipped."""
    asked = replayed(door, talk.answers).question
    if asked is None:
        return talk
    values = [value for value in asked.options if value in door.content.card.facts[asked.id].unknown]
    if not values and not asked.optional:
        raise Odd(Text("Kies het antwoord dat het beste past."))
    return _answered(talk, asked.id, values[:1])


def _danger(door: Door, talk: Talk, said: Said) -> Talk:
    """Pressed it is the answer that ends the questions; typed it changes nothing."""
    if said.text:
        return talk
    return replace(talk, answers={**talk.answers, **{asked: [v] for asked, v in endings(door.content.card).items()}})


def other(door: Door, talk: Talk, said: Said) -> Talk:
    """Anything else begins the talk; after that only buttons are understood, and words in which a signal is found."""
    found = said.found
    greets = not talk.begun and (found is None or (said.brief and not found.withheld))
    if greets or (found and found.signals):
        return talk
    if found is None:
        raise Odd(Text("We begrijpen hier alleen de knoppen."))
    raise Odd(Text("We herkennen hierin geen signaal. Kies hieronder wat past, of vertel het op een andere manier."))


STEPS: Mapping[str, Callable[[Door, Talk, Said], Talk]] = {
    ANSWER: _answer,
    TICK: _tick,
    ADD: _add,
    DONE: _done,
    CHANGE: _change,
    BACK: _back,
    RESTART: _restart,
    START: _start,
    LANGUAGE: _language,
    UNKNOWN: _unknown,
    DANGER: _danger,
}
