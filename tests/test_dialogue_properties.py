"""What holds for every dialogue, whatever is answered, in whatever order, on whatever day."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import BadAnswer, Turn, take_turn
from bot.wording import AUDIENCES, turn_data
from locales import languages, words
from referral.counts import tally
from referral.facts import SIGNALS
from referral.model import ACUTE, STRONG
from referral.tables import Cell
from referral.tallying import counted_facts
from tests.strategies import (
    CARD,
    SCRIPT,
    TABLES,
    TODAY,
    Answers,
    chosen,
    days,
    sent,
    shuffled,
    situations,
    ticking,
    wrong,
)

POLICE = {"politie", "politie_tci", "chat_erover"}
REGIONAL = {"essm_meldpunt", "aandachtsfunctionaris", "chat_erover", "sekswerk_door2door"}
LOCAL_CHAT = "GM0599"
ACUTE_SIGNALS = [signal.id for signal in CARD.signals.values() if signal.weight == ACUTE]
MINOR_SIGNALS = [signal.id for signal in CARD.signals.values() if signal.implies.get("minderjarig") == "ja"]
STRONG_SIGNALS = [s.id for s in CARD.signals.values() if s.weight == STRONG and len(s.forms) == 1 and not s.combination]
NO_DANGER = st.sampled_from([("nee",), ("weet_niet",)])

TURN = {"language", "audience", "accepted", "dropped", "question", "referral"}
QUESTION = {"id", "text", "help", "several", "options"}
OPTION = {"id", "label"}
REFERRAL = {"agencies", "forms", "strength", "guidance", "would_have_mattered", "card"}
AGENCY = {"id", "name", "why", "contacts", "at_hand", "what_happens"}
CONTACT = {
    "kind", "value", "label", "cost", "hours", "open_now", "languages", "anonymous", "verified", "checked",
}  # fmt: skip

tries = settings(max_examples=400, deadline=None)


def turn(answers, on: datetime.date = TODAY) -> Turn:
    """The turn of the shipped dialogue."""
    return take_turn(SCRIPT, CARD, answers, on)


def advised(answers: Answers, on: datetime.date = TODAY) -> list[str]:
    """The agencies that complete answers lead to."""
    found = turn(answers, on)
    assert found.referral is not None
    return [advice.agency.id for advice in found.referral.agencies]


# --- whom to turn to -------------------------------------------------------------------------------


@tries
@given(data=st.data())
def test_nobody_is_left_with_an_emergency_number_alone(data: st.DataObject) -> None:
    """Who says that there is no danger now gets somebody to talk to beside 112 and 113, whatever signals are ticked."""
    answers = data.draw(situations(gevaar=NO_DANGER))
    assert set(advised(answers)) - {"alarm_112", "zelfmoordpreventie_113"}


@tries
@given(data=st.data(), on=days)
def test_every_dialogue_ends_at_somebody_who_can_be_reached(data, on):
    """Complete answers end in a referral, and each of its agencies has a published contact with a value or a way."""
    referral = turn(data.draw(situations(on)), on).referral

    assert referral is not None
    assert referral.agencies
    for advice in referral.agencies:
        assert any(contact.published and (contact.value or contact.kind == "via") for contact in advice.agency.contacts)
        assert advice.agency.period.holds(on)


@tries
@given(answers=sent())
def test_danger_alone_decides(answers):
    """After "yes, there is danger now" it is 112 alone, and nothing else that was sent counts."""
    others = {question: values for question, values in answers.items() if question != "gevaar"}
    found = turn({**others, "gevaar": ("ja",)})

    assert found == replace(turn({"gevaar": ("ja",)}), dropped=found.dropped, waiting=found.waiting)
    assert set(found.dropped) == set(others)
    assert [advice.agency.id for advice in found.referral.agencies] == [CARD.alarm]


@tries
@given(answers=situations(gevaar=NO_DANGER, signalen=ticking(ACUTE_SIGNALS)), asked=st.integers(0, 10))
def test_an_acute_signal_puts_112_first(answers, asked):
    """112 is the first call after a sign of danger, and stands above every question that still comes."""
    assert advised(answers)[0] == CARD.alarm
    part = turn(dict(list(answers.items())[:asked]))
    if part.question and "signalen" in part.accepted:
        assert part.urgent[0].id == CARD.alarm


@tries
@given(answers=situations(gevaar=NO_DANGER, wens=st.sampled_from([("geen_politie",), ("anoniem", "geen_politie")])))
def test_who_wants_no_police_is_not_sent_to_the_police(answers):
    """Whoever asks and of whatever age: no police, no police team, no chat in which the police take part."""
    assert POLICE.isdisjoint(advised(answers))


@tries
@given(answers=situations(gevaar=NO_DANGER, gemeente=st.just(("buiten_regio",))))
def test_outside_the_region_no_regional_desk(answers):
    """A place outside the region never leads to a desk that works in the region only."""
    assert REGIONAL.isdisjoint(advised(answers))


@tries
@given(answers=situations(gevaar=NO_DANGER, gemeente=chosen("gemeente")))
def test_an_unknown_municipality_is_in_the_region(answers):
    """Who does not know the municipality gets the same advice as in a municipality without a chat of its own."""
    place = answers["gemeente"][0]
    if place not in (LOCAL_CHAT, "buiten_regio"):
        assert advised({**answers, "gemeente": ("weet_niet",)}) == advised(answers)


@tries
@given(answers=situations(gevaar=NO_DANGER), gender=chosen("gender"))
def test_gender_changes_no_advice(answers, gender):
    """Whether the person is a woman, a man, something else, unknown or skipped: the advice is the same."""
    assert advised({**answers, "gender": gender}) == advised(answers)


@tries
@given(answers=situations(gevaar=NO_DANGER, signalen=ticking(MINOR_SIGNALS)))
def test_a_sign_of_a_minor_counts_like_the_answer(answers):
    """A signal that is only about minors gives the advice for a minor, whatever age was answered."""
    assert advised(answers) == advised({**answers, "leeftijd": ("onder_18",)})


@tries
@given(answers=situations(gevaar=NO_DANGER, signalen=ticking(STRONG_SIGNALS)), signal=st.sampled_from(STRONG_SIGNALS))
def test_a_strong_signal_keeps_its_agencies(answers, signal):
    """What a strong signal of one form leads to by itself is advised too when other signals stand beside it."""
    beside = tuple(dict.fromkeys((*answers["signalen"], signal)))
    alone = advised({**answers, "signalen": (signal,)})

    assert set(alone) - set(advised({**answers, "signalen": beside})) == set()


# --- how answers are taken -------------------------------------------------------------------------


@tries
@given(data=st.data(), on=days)
def test_the_order_of_answers_does_not_matter(data, on):
    """Questions and ticked values may be sent in any order, and a value twice."""
    answers = data.draw(sent(on))
    found = turn(answers, on)

    assert turn(data.draw(shuffled(answers)), on) == found
    assert list(found.accepted) == [question for question in SCRIPT.questions if question in found.accepted]


@tries
@given(data=st.data(), on=days)
def test_what_was_accepted_gives_the_same_turn(data, on):
    """Sending back only what was accepted leads to the same question or referral, with nothing dropped."""
    found = turn(data.draw(sent(on)), on)

    assert turn(found.accepted, on) == replace(found, dropped=(), waiting={})


@tries
@given(data=st.data(), on=days)
def test_what_was_sent_is_accepted_or_dropped(data, on):
    """Every answer either counts or is named as dropped, and what waits for its question is among the dropped."""
    answers = data.draw(sent(on))
    found = turn(answers, on)

    assert {*found.accepted, *found.dropped} == set(answers)
    assert set(found.accepted).isdisjoint(found.dropped)
    assert set(found.waiting) <= set(found.dropped)
    assert all(set(values) == set(answers[question]) for question, values in found.accepted.items())


@tries
@given(
    answers=situations(gevaar=NO_DANGER, rol=chosen("rol").filter(lambda role: role != ("professional",))),
    sector=chosen("sector"),
)
def test_a_sector_counts_only_for_professionals(answers, sector):
    """The sector of somebody who does not ask from work is dropped and changes nothing."""
    found = turn({**answers, "sector": sector})

    assert found.dropped == ("sector",)
    assert found == replace(turn(answers), dropped=("sector",))


@tries
@given(sent_wrong=wrong())
def test_a_wrong_answer_is_refused(sent_wrong):
    """An answer that nobody can give is a BadAnswer that names its question."""
    answers, question = sent_wrong

    with pytest.raises(BadAnswer) as refused:
        turn(answers)
    assert refused.value.question == question


@tries
@given(
    answers=st.dictionaries(
        st.text(max_size=8) | st.sampled_from(list(SCRIPT.questions)),
        st.lists(st.text(max_size=8) | st.sampled_from(["ja", "geen", "weet_niet", "GM0501", "{value}"]), max_size=3),
        max_size=4,
    )
)
def test_garbage_is_refused_or_a_turn(answers):
    """Whatever texts are sent: a turn in which every answer exists, or BadAnswer and nothing else."""
    try:
        found = turn(answers)
    except BadAnswer:
        return
    assert set(answers) <= set(SCRIPT.questions)
    assert {*found.accepted, *found.dropped} == set(answers)


# --- what is said and counted ----------------------------------------------------------------------


@tries
@given(
    answers=situations() | sent(),
    language=st.sampled_from(languages()),
    audience=st.sampled_from(AUDIENCES),
    minute=st.integers(0, 7 * 24 * 60),
)
def test_every_turn_says_what_the_contract_promises(answers, language, audience, minute):
    """In every language and for every audience, at every hour, a turn is JSON with the keys of the contract."""
    now = datetime.datetime(2026, 11, 24, tzinfo=ZoneInfo("Europe/Amsterdam")) + datetime.timedelta(minutes=minute)
    found = turn(answers, now.date())
    said = json.loads(json.dumps(turn_data(found, words(language), audience, now), allow_nan=False))

    assert said.keys() >= TURN
    assert (said["language"], said["audience"]) == (language, audience)
    assert (said["question"] is None) != (said["referral"] is None)
    if question := said["question"]:
        assert question.keys() >= QUESTION
        assert all(option.keys() >= OPTION and option["label"] for option in question["options"])
    if referral := said["referral"]:
        assert referral.keys() >= REFERRAL
        assert [agency["id"] for agency in referral["agencies"]] == advised(answers, now.date())
        for agency in referral["agencies"]:
            assert agency.keys() >= AGENCY
            assert agency["why"]
            assert agency["contacts"]
            assert all(contact.keys() >= CONTACT for contact in agency["contacts"])


@tries
@given(data=st.data(), on=days, language=st.sampled_from(languages()))
def test_every_referral_can_be_counted(data, on, language):
    """A referral is one declared cell of every table, whatever is answered and whenever."""
    referral = turn(data.draw(situations(on)), on).referral
    facts = counted_facts(CARD, referral, language)
    cells = tally(TABLES, facts, facts.get(SIGNALS, ()), on).cells

    assert [cell.table for cell in cells] == list(TABLES.tables)
    assert set(cells) <= declared(on.year)


@cache
def declared(year: int) -> set[Cell]:
    """Every cell that a contact in a year can add to."""
    return {cell for table in TABLES.tables.values() for cell in TABLES.cells(table, year)}
