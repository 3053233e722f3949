"""The conversations of tests/conversations: whole dialogues and their advice, for an agency expert to sign off.

Each `[[conversation]]` holds the answers in the order in which the questions come, one line `question: answer` each
("overgeslagen" skips a question, a municipality may stand with its name) and the advice that must follow: the agencies
complete and in order. `changes` are answers that are given anew after that, `dropped` what then counts no longer.
"""

import datetime
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.conversation import BadAnswer, take_turn
from referral.routes import fits

FOLDER = Path(__file__).parent / "conversations"
TODAY = datetime.date(2026, 11, 24)
SKIPPED = "overgeslagen"
RULES = range(1, 23)


@dataclass(frozen=True)
class Conversation:
    """One dialogue as it stands in a file."""

    title: str
    basis: str
    answers: list[str]
    forms: list[str]
    strength: str
    agencies: list[str]
    would_have_mattered: str | None = None
    on: datetime.date = TODAY
    changes: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


CONVERSATIONS = [
    Conversation(**entry)
    for file in sorted(FOLDER.glob("*.toml"))
    for entry in tomllib.loads(file.read_text(encoding="utf-8"))["conversation"]
]


def read(line, card):
    """A line as question id and option ids."""
    question, _, answer = line.partition(": ")
    named = {place.name: place.id for place in card.municipalities.values()}
    return question, [] if answer == SKIPPED else [named.get(value, value) for value in answer.split(", ")]


def replay(conversation, content):
    """The turn after the last line. Each line must answer the question that is open, and no answer may be lost."""
    script, card, on = content.script, content.card, conversation.on
    answers, turn = {}, take_turn(content.script, card, {}, on)
    for line in conversation.answers:
        question, chosen = read(line, card)
        assert turn.question is not None, f"nothing is open at “{line}”"
        assert turn.question.id == question
        turn = take_turn(script, card, answers | {question: chosen}, on)
        assert turn.dropped == ()
        answers[question] = chosen
    for line in conversation.changes:
        question, chosen = read(line, card)
        assert turn.question is None or turn.question.id == question
        answers[question] = chosen
        turn = take_turn(script, card, answers, on)
    return turn


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda c: c.title)
def test_conversation(conversation, content):
    """The questions come in the order of the lines, and then exactly this advice."""
    turn = replay(conversation, content)

    assert turn.question is None
    assert turn.dropped == tuple(conversation.dropped)
    assert turn.referral is not None
    assert {
        "agencies": [advice.agency.id for advice in turn.referral.agencies],
        "forms": list(turn.referral.forms),
        "strength": turn.referral.strength,
        "would_have_mattered": turn.referral.would_have_mattered,
    } == {
        "agencies": conversation.agencies,
        "forms": conversation.forms,
        "strength": conversation.strength,
        "would_have_mattered": conversation.would_have_mattered,
    }


def test_a_municipality_that_is_gone_is_refused(content):
    """Brielle can be chosen in its conversation of 2022 only; today the answer names its successor."""
    (then,) = [conversation for conversation in CONVERSATIONS if "gemeente: Brielle" in conversation.answers]

    with pytest.raises(BadAnswer, match="Voorne aan Zee"):
        replay(replace(then, on=TODAY), content)


def test_there_are_enough_conversations():
    """At least 60 conversations, none with the title of another."""
    titles = [conversation.title for conversation in CONVERSATIONS]

    assert len(titles) >= 60
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("asked", ["gevaar", "rol", "sector", "omgeving", "leeftijd", "onderwerp", "wens", "gender"])
def test_every_answer_is_given(asked, content):
    """Every option of every question but the long lists is chosen in a conversation."""
    assert set(content.script.questions[asked].options) - given(asked, content) == set()


def test_every_indication_is_given_alone_and_with_others(content):
    """Each of the nine signals of the source document stands in a conversation by itself, and in one beside others."""
    ticked = [read(line, content.card)[1] for c in CONVERSATIONS for line in c.answers if line.startswith("signalen: ")]

    assert set(content.card.indications) - {signals[0] for signals in ticked if len(signals) == 1} == set()
    assert set(content.card.indications) - {s for signals in ticked if len(signals) > 1 for s in signals} == set()


def test_every_place_is_given(content):
    """Every municipality of today is in a conversation, and so is a place outside the region and an unknown one."""
    today = {place.id for place in content.card.municipalities.values() if place.period.holds(TODAY)}

    assert {*today, "buiten_regio", "weet_niet"} - given("gemeente", content) == set()


def test_every_route_applies(content, turns):
    """Every route of routes.toml fits a conversation, and every rule of the facts is named as the basis of one."""
    fitting = {
        route.id
        for conversation, turn in zip(CONVERSATIONS, turns, strict=True)
        for route in content.card.routes
        if route.period.holds(conversation.on) and fits(route.when, turn.referral.facts)
    }
    named = {int(number) for c in CONVERSATIONS for number in re.findall(r"\bR(\d+)\b", c.basis)}

    assert [route.id for route in content.card.routes if route.id not in fitting] == []
    assert set(RULES) - named == set()


def test_every_agency_is_advised(content, turns):
    """Every agency that a route gives is the advice of a conversation, in what is expected as in what comes."""
    given_by_routes = {agency for route in content.card.routes for agency in route.agencies}
    came = {advice.agency.id for turn in turns for advice in turn.referral.agencies}

    assert given_by_routes - {agency for c in CONVERSATIONS for agency in c.agencies} == set()
    assert given_by_routes - came == set()


@pytest.fixture(scope="module")
def turns(content):
    """The last turn of every conversation."""
    return [replay(conversation, content) for conversation in CONVERSATIONS]


def given(asked, content):
    """The options of a question that are chosen in a conversation."""
    lines = [read(line, content.card) for c in CONVERSATIONS for line in (*c.answers, *c.changes)]
    return {value for question, chosen in lines if question == asked for value in chosen}
