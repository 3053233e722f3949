"""What the route card can lead to, held against referrals of made-up answers: none is missing, hardly one too many."""

from __future__ import annotations

import datetime
import random
from itertools import combinations

import pytest

from bot.conversation import take_turn
from referral.possible import possible
from referral.publishing import areas_of
from referral.tallying import counted_facts
from tests.populations import shipped

ON = datetime.date(2026, 7, 1)
DIMENSIONS = ("form", "reporter", "area", "age", "agency")
DRAWN = 20_000


def answered(chance: random.Random) -> dict[str, list[str]]:
    """Any answers to everything that is asked; more often than in life those that a route names."""
    content, answers = shipped(), {}
    for question in content.script.questions.values():
        offered = [option.id for option in question.options.values() if option.offered(ON)]
        named = {value for route in content.card.routes for value in route.when.get(question.id, ())}
        telling = [option for option in offered if option in named]
        answers[question.id] = [chance.choice(telling if telling and chance.random() < 0.5 else offered)]
    signals = chance.choice([0, 1, 1, 1, 2, 2, 3])
    answers["signalen"] = chance.sample([*content.card.signals], signals) or ["geen"]
    answers["gevaar"] = ["ja"] if chance.random() < 0.02 else ["nee"]
    answers["wens"] = chance.choice([["geen"], ["anoniem"], ["geen_politie"], ["anoniem", "geen_politie"]])
    if chance.random() < 0.3:
        answers["gemeente"] = [chance.choice(["buiten_regio", "weet_niet"])]
    return answers


@pytest.fixture(scope="module")
def met() -> set[tuple[tuple[str, str], ...]]:
    """The combinations of as many dialogues."""
    content, chance = shipped(), random.Random(2026)  # noqa: S311 - the same dialogues every time
    found = set()
    for _ in range(DRAWN):
        turn = take_turn(content.script, content.card, answered(chance), ON)
        assert turn.referral
        facts = counted_facts(content.card, turn.referral, "nl")
        found.add(tuple((name, str(content.tables.dimensions[name].value(facts))) for name in DIMENSIONS))
    return found


@pytest.fixture(scope="module")
def listed() -> set[tuple[tuple[str, str], ...]]:
    """The combinations that are said to be all."""
    content = shipped()
    every = possible(content.card, content.tables, areas_of(content.card), ON.year, content.script.asked)
    return {tuple((name, one[name]) for name in DIMENSIONS) for one in every}


def test_no_referral_is_missing(met, listed) -> None:
    assert met - listed == set()


def test_hardly_one_is_too_many(met, listed) -> None:
    """Every pair of values is met. Of the triples few are not; most of those are rare rather than impossible."""

    def parts(every, size):
        return {part for one in every for part in combinations(one, size)}

    assert parts(listed, 2) - parts(met, 2) == set()
    assert len(parts(listed, 3) - parts(met, 3)) < len(parts(listed, 3)) / 10


def test_without_the_order_of_questions_any_answer_may_be_missing(listed) -> None:
    content = shipped()
    every = possible(content.card, content.tables, areas_of(content.card), ON.year)

    assert {tuple((name, one[name]) for name in DIMENSIONS) for one in every} > listed


def test_a_dialogue_that_ends_at_once_tells_nothing_else(listed) -> None:
    """Of danger to life nobody is asked more, so an unknown reporter can only have met the alarm or kept silent."""
    of = {dict(one)["agency"] for one in listed if dict(one)["reporter"] == "onbekend"}

    assert "alarm_112" in of
    assert "aandachtsfunctionaris" not in of
