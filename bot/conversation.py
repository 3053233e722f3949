"""take_turn(): the whole dialogue in one function. Answers in; the next question or the referral out.

State is the map of answers that travels with every request. Nothing is remembered here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.script import Question, Script
from referral.model import Agency, Referral, RouteCard, Text
from referral.route import interrupting, refer
from referral.routes import fits

Answers = Mapping[str, Sequence[str]]


class BadAnswer(Exception):
    """An answer that no question of the script offers.

    question: the id that was sent; problem: a Dutch sentence, the key of its translations; values: what fills it.
    """

    def __init__(self, question: str, problem: Text, **values: str) -> None:
        super().__init__(f"{question}: {problem.format(**values)}")
        self.question, self.problem, self.values = question, problem, values


@dataclass(frozen=True)
class Turn:
    """What comes next: a question, or a referral once nothing is open.

    accepted: the answers that count. dropped: what was sent and does not count. waiting: those of the dropped that
    come after the open question, or after an answer that ended the dialogue, and may count again. urgent: whose
    contact must stand above the question already. oneself: the person said that it is about themselves.
    voice: the voice that an answer suggests, for a page that was asked for none.
    """

    accepted: dict[str, tuple[str, ...]]
    dropped: tuple[str, ...]
    waiting: dict[str, tuple[str, ...]]
    question: Question | None
    referral: Referral | None
    urgent: tuple[Agency, ...]
    oneself: bool
    voice: str | None


def take_turn(script: Script, card: RouteCard, answers: Answers, on: date) -> Turn:
    """Replays the answers against the script on that day.

    answers: question id → option ids, in any order; `[]` skips a question that may be skipped.
    Raises BadAnswer for a question or option that does not exist, whether or not it is still asked.
    """
    sent = _valid(script, card, answers, on)
    accepted: dict[str, tuple[str, ...]] = {}
    question: Question | None = None
    waiting: dict[str, tuple[str, ...]] = {}
    ended = False
    for asked in script.questions.values():
        if question is not None or ended:
            if asked.id in sent and _may_be_asked(asked, accepted):
                waiting[asked.id] = sent[asked.id]
        elif fits(asked.when, accepted):
            if asked.id in sent:
                accepted[asked.id] = sent[asked.id]
                ended = not card.facts[asked.id].ends.keys().isdisjoint(sent[asked.id])
            else:
                question = asked
    return Turn(
        accepted=accepted,
        dropped=tuple(identity for identity in sent if identity not in accepted),
        waiting=waiting,
        question=question,
        referral=None if question else refer(card, _known(card, accepted), on),
        urgent=interrupting(card, _known(card, accepted), on) if question else (),
        voice=next((v for q, c in accepted.items() for value, v in card.facts[q].voices.items() if value in c), None),
        oneself=any(card.facts[asked].oneself.intersection(chosen) for asked, chosen in accepted.items()),
    )


def _may_be_asked(question: Question, accepted: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the answers so far leave open that the question comes."""
    return fits({fact: values for fact, values in question.when.items() if fact in accepted}, accepted)


def _known(card: RouteCard, accepted: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The answers that say something; a skipped question says "I don't know", where there is such a value."""
    known = {question: chosen or tuple(card.facts[question].unknown) for question, chosen in accepted.items()}
    return {question: values for question, values in known.items() if values}


def _valid(script: Script, card: RouteCard, answers: Answers, on: date) -> dict[str, tuple[str, ...]]:
    """The answers in the order of the script, each value once and in the order of its options."""
    for identity in answers:
        if identity not in script.questions:
            raise BadAnswer(identity, Text("Deze vraag bestaat niet."))
    return {
        question.id: _chosen(question, answers[question.id], card, on)
        for question in script.questions.values()
        if question.id in answers
    }


def _chosen(question: Question, values: Sequence[str], card: RouteCard, on: date) -> tuple[str, ...]:
    for value in values:
        option = question.options.get(value)
        if option is None:
            raise BadAnswer(question.id, Text("Het antwoord “{value}” bestaat niet."), value=value)
        if option.place and not option.offered(on):
            _refuse_place(question, option.place.name, option.place.successor, card)
    chosen = tuple(value for value in question.options if value in values) if len(values) > 1 else tuple(values)
    if not chosen and not question.optional:
        raise BadAnswer(question.id, Text("Kies het antwoord dat het beste past."))
    if len(chosen) > 1 and not question.several:
        raise BadAnswer(question.id, Text("Kies één antwoord."))
    if len(chosen) > 1 and question.alone.intersection(chosen):
        raise BadAnswer(question.id, Text("Kies óf “geen”, óf iets anders. Niet allebei."))
    return chosen


def _refuse_place(question: Question, name: str, successor: str | None, card: RouteCard) -> None:
    if successor:
        new = card.municipalities[successor].name
        raise BadAnswer(question.id, Text("De gemeente {name} bestaat nu niet meer. Kies {new}."), name=name, new=new)
    raise BadAnswer(question.id, Text("De gemeente {name} bestond toen nog niet."), name=name)


def ended_by(card: RouteCard, accepted: Mapping[str, tuple[str, ...]]) -> str | None:
    """The question whose answer ended the questions at once, or None: the card says which answers do."""
    return next((asked for asked, chosen in accepted.items() if card.facts[asked].ends.keys() & set(chosen)), None)
