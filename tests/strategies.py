"""Strategies over the shipped content: days, answers as a person gives them, answers out of step, wrong answers."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from bot.conversation import take_turn
from bot.script import Question
from web.service import load_content
from web.settings import Settings

CONTENT = load_content(Settings())
CARD, SCRIPT, TABLES = CONTENT.card, CONTENT.script, CONTENT.tables
TODAY = datetime.date(2026, 11, 24)

Chosen = tuple[str, ...]
Answers = dict[str, Chosen]

days = st.dates(datetime.date(2018, 1, 1), datetime.date(2030, 12, 31))
questions = st.sampled_from(list(SCRIPT.questions.values()))


def offered(question: Question, on: datetime.date) -> list[str]:
    """The options that may be chosen on a day."""
    return [option.id for option in question.options.values() if option.offered(on)]


@cache
def chosen(question: str, on: datetime.date = TODAY) -> st.SearchStrategy[Chosen]:
    """Every valid answer to a question on a day; where several may be ticked, nothing ticked is the value for that."""
    asked = SCRIPT.questions[question]
    options = offered(asked, on)
    if not asked.several:
        one = st.sampled_from(options).map(lambda value: (value,))
        return st.just(()) | one if asked.optional else one
    together = [value for value in options if value not in asked.alone]
    nothing = tuple(asked.alone)[:1]
    ticked = st.lists(st.sampled_from(together), min_size=0 if nothing else 1, max_size=5, unique=True)
    return ticked.map(lambda values: tuple(values) or nothing)


def ticking(signals: list[str]) -> st.SearchStrategy[Chosen]:
    """Answers to the question for signals that hold at least one of these."""
    every = [signal.id for signal in CARD.signals.values()]
    return st.tuples(st.sampled_from(signals), st.lists(st.sampled_from(every), max_size=4)).map(
        lambda drawn: tuple(dict.fromkeys((drawn[0], *drawn[1])))
    )


@st.composite
def situations(draw: st.DrawFn, on: datetime.date = TODAY, **given: st.SearchStrategy[Chosen]) -> Answers:
    """A complete set of answers, given one question at a time; `given` narrows the answers to some questions."""
    answers: Answers = {}
    while (question := take_turn(SCRIPT, CARD, answers, on).question) is not None:
        answers[question.id] = draw(given.get(question.id, chosen(question.id, on)))
    return answers


@st.composite
def sent(draw: st.DrawFn, on: datetime.date = TODAY) -> Answers:
    """Valid answers out of step: some are missing, some belong to questions that are not asked."""
    others = draw(st.fixed_dictionaries({}, optional={question: chosen(question, on) for question in SCRIPT.questions}))
    missing = draw(st.sets(st.sampled_from(list(SCRIPT.questions)), max_size=2))
    return {question: values for question, values in (others | draw(situations(on))).items() if question not in missing}


@st.composite
def shuffled(draw: st.DrawFn, answers: Answers) -> dict[str, list[str]]:
    """The same answers in another order of questions and of values, some values twice."""
    return {
        question: draw(st.permutations(values + values[:1] if draw(st.booleans()) else values))
        for question, values in draw(st.permutations(list(answers.items())))
    }


@st.composite
def wrong(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """Answers of which exactly one is wrong, and the question that it was given to."""
    answers = draw(sent())
    if draw(st.booleans()):
        unknown = draw(st.text().filter(lambda text: text not in SCRIPT.questions))
        return {**answers, unknown: draw(st.lists(st.text(), max_size=3))}, unknown
    question = draw(questions)
    return {**answers, question.id: draw(st.one_of(_wrong_values(question)))}, question.id


def _wrong_values(question: Question) -> list[st.SearchStrategy[list[str]]]:
    options = offered(question, TODAY)
    elsewhen = [option for option in question.options if option not in options]
    ways = [st.lists(st.text().filter(lambda text: text not in question.options), min_size=1, max_size=3)]
    if not question.optional:
        ways.append(st.just([]))
    if not question.several:
        ways.append(st.lists(st.sampled_from(options), min_size=2, max_size=4, unique=True))
    for alone in question.alone:
        beside = [option for option in options if option != alone]
        ways.append(st.lists(st.sampled_from(beside), min_size=1, max_size=3).map(lambda some, it=alone: [*some, it]))
    if elsewhen:
        ways.append(st.sampled_from(elsewhen).map(lambda option: [option]))
    return ways
