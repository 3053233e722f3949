"""What the route card can lead to, held against referrals of made-up answers: none is missing, hardly one too many."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
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
Key = tuple[tuple[str, str], ...]
Answers = dict[str, list[str]]


def answered(chance: random.Random) -> Answers:
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


def counted(answers: Answers) -> Key:
    """What is counted of a dialogue with these answers."""
    content = shipped()
    turn = take_turn(content.script, content.card, answers, ON)
    assert turn.referral
    facts = counted_facts(content.card, turn.referral, "nl")
    return tuple((name, str(content.tables.dimensions[name].value(facts))) for name in DIMENSIONS)


@pytest.fixture(scope="module")
def met() -> dict[Key, Answers]:
    """The combinations of as many dialogues, each with answers that lead to it."""
    chance = random.Random(2026)  # noqa: S311 - the same dialogues every time
    found = {}
    for _ in range(DRAWN):
        answers = answered(chance)
        found[counted(answers)] = answers
    return found


@pytest.fixture(scope="module")
def listed() -> set[Key]:
    """The combinations that are said to be all."""
    content = shipped()
    every = possible(content.card, content.tables, areas_of(content.card), ON.year, content.script.asked)
    return {tuple((name, one[name]) for name in DIMENSIONS) for one in every}


def parts(every: Iterable[Key], size: int) -> set[Key]:
    """So many of the values of a combination."""
    return {part for one in every for part in combinations(one, size)}


def test_no_referral_is_missing(met, listed) -> None:
    assert met.keys() - listed == set()


def test_not_one_is_too_many(met, listed) -> None:
    """For any three values together there are answers that lead there: what chance did not meet is looked for.

    One too many would weaken the rounding: a reader of the card knows more than it keeps to.
    """
    chance, found, near = random.Random(7), parts(met, 3), defaultdict(list)  # noqa: S311
    for one, answers in met.items():
        for value in one if answers["gevaar"] != ["ja"] else ():
            near[value].append(answers)
    for wanted in sorted(parts(listed, 3) - found):
        whole = [one for one in listed if {*wanted} <= {*one}]
        for _ in range(4000):
            if wanted in found:
                break
            found |= parts([counted(mixed(chance, near, chance.choice(whole)))], 3)
        assert wanted in found, wanted


def mixed(chance: random.Random, near: Mapping[tuple[str, str], list[Answers]], target: Key) -> Answers:
    """Answers put together from dialogues that came to one of the wanted values each."""
    form, reporter, area, age, _ = (chance.choice(near[value]) for value in target)
    return {
        **answered(chance),
        **{fact: reporter[fact] for fact in ("rol", "sector")},
        **{fact: form[fact] for fact in ("signalen", "omgeving")},
        "gemeente": area["gemeente"],
        "leeftijd": age["leeftijd"],
        "gevaar": ["nee"],
    }


def test_without_the_order_of_questions_any_answer_may_be_missing(listed) -> None:
    content = shipped()
    every = possible(content.card, content.tables, areas_of(content.card), ON.year)

    assert {tuple((name, one[name]) for name in DIMENSIONS) for one in every} > listed


def test_a_dialogue_that_ends_at_once_tells_nothing_else(listed) -> None:
    """Of danger to life nobody is asked more, so an unknown reporter can only have met the alarm or kept silent."""
    of = {dict(one)["agency"] for one in listed if dict(one)["reporter"] == "onbekend"}

    assert "alarm_112" in of
    assert "aandachtsfunctionaris" not in of
