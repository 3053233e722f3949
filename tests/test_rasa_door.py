"""The Rasa door, in process: every conversation is the one of the web door, and nothing that is typed stays."""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa_sdk.executor import ActionExecutor

from bot.actions import TakeTurn
from bot.door import Content, Door, load_content, open_counters, open_store
from bot.installation import Installation
from bot.wording import AUDIENCES
from locales import languages
from referral.tickets import Tickets
from tests.running import ROOT, make_app
from tests.talking import (
    InProcess,
    advised,
    another_door,
    asked,
    choices,
    compare_question,
    compare_referral,
    hold,
    payload,
    press,
    web_turn,
)
from tests.test_api import FULL
from tests.test_conversations import CONVERSATIONS, TODAY, Conversation

Doors = tuple[FlaskClient, Door]
TELEGRAM = 64
"""The most bytes that a button of Telegram can send."""
TYPED = "Mijn buurvrouw Fatima mag nooit naar buiten, bel 06-12345678"


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Callable[[datetime.date], Doors]:
    """Both doors as they are on a day."""
    opened: dict[datetime.date, Doors] = {}

    def on(day: datetime.date) -> Doors:
        if day not in opened:
            folder = tmp_path_factory.mktemp("door")
            app, service = make_app(folder, today=datetime.datetime.combine(day, datetime.time(12)))
            opened[day] = app.test_client(use_cookies=False), another_door(service, folder)
        return opened[day]

    return on


@pytest.fixture
def door(tmp_path: Path, content: Content) -> Door:
    """A door with counters of its own."""
    _, service = make_app(tmp_path, today=datetime.datetime.combine(TODAY, datetime.time(12)))
    return another_door(service, tmp_path)


def contacts(door: Door) -> int:
    """How many contacts stand in the file, read through a connection of its own."""
    store = open_store(door.settings, door.content, create=False)
    try:
        return store.contacts()
    finally:
        store.close()


def answered(chat: InProcess) -> dict[str, list[str]]:
    """The answers that Rasa keeps."""
    found: dict[str, list[str]] = chat.slots["meldroute_answers"]
    return found


def at(chat: InProcess, question: str, **others: str) -> list[dict[str, Any]]:
    """Answers until a question is open: "nee" to danger, and else what `others` says or the first option."""
    messages = chat.say("/meldroute_start")
    while (open_now := asked(messages))[0] != question:
        first = next(option for option in open_now[1] if option != "ja")
        messages = press(chat, messages, open_now[0], [others.get(open_now[0], first)])
    return messages


def whole(chat: InProcess) -> list[dict[str, Any]]:
    """Answers everything; gives the messages of the referral."""
    messages = at(chat, "gender", rol="omstander", omgeving="werk")
    return press(chat, messages, "gender", [])


# --- the same conversation ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda c: c.title)
def test_a_conversation_is_that_of_the_web_door(
    conversation: Conversation, language: str, doors: Callable[[datetime.date], Doors], content: Content
) -> None:
    """Question by question the same ids, words and options, and then the same agencies and guidance."""
    web, door = doors(conversation.on)
    messages, turn = hold(InProcess(door, language=language), web, content, conversation, {"language": language})
    compare_referral(messages, turn["referral"])
    assert [agency["id"] for agency in turn["referral"]["agencies"]] == conversation.agencies


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_audience_hears_its_own_voice(
    audience: str, doors: Callable[[datetime.date], Doors], content: Content
) -> None:
    """The audience that comes with a message decides the wording, as it does in the JSON."""
    web, door = doors(TODAY)
    for conversation in [c for c in CONVERSATIONS if c.on == TODAY][::9]:
        manner = {"language": "nl", "audience": audience}
        messages, turn = hold(InProcess(door, **manner), web, content, conversation, manner)
        compare_referral(messages, turn["referral"])


@given(chance=st.randoms(use_true_random=False), language=st.sampled_from(languages()))
@settings(max_examples=40, deadline=None)
def test_any_way_through_the_questions_is_that_of_the_web_door(
    doors: Callable[[datetime.date], Doors], content: Content, chance: Random, language: str
) -> None:
    """Whatever is chosen, ticked and skipped at random: the same questions, and the same advice."""
    web, door = doors(TODAY)
    chat, manner, answers = InProcess(door, language=language), {"language": language}, dict[str, list[str]]()
    messages, turn = chat.say("/meldroute_start"), web_turn(web, content, CONVERSATIONS[0], answers, manner)
    while question := turn["question"]:
        compare_question(messages, question)
        together = [option["id"] for option in question["options"] if not option["alone"]]
        chosen = [chance.choice([option["id"] for option in question["options"]])]
        if question["several"] and chosen[0] in together:
            chosen = chance.sample(together, chance.randint(1, min(5, len(together))))
        if question["optional"] and chance.random() < 0.3:
            chosen = []
        messages = press(chat, messages, question["id"], chosen)
        answers = {**answers, question["id"]: chosen}
        turn = web_turn(web, content, CONVERSATIONS[0], answers, manner)
    compare_referral(messages, turn["referral"])


# --- one question ------------------------------------------------------------------------------------


def test_a_talk_begins_with_what_this_is(door: Door) -> None:
    """Whatever is said first: what this is, 112, the other languages, and the first question."""
    for first in ("/meldroute_start", "hallo", "/session_start"):
        begin, question = InProcess(door).say(first)
        assert begin["text"].split("\n")[0] == "Zie je iets wat niet klopt?"
        assert "Bel 112" in begin["text"]
        assert [button["title"] for button in begin["buttons"]] == ["Makkelijk lezen", "English"]
        assert asked([question]) == ("gevaar", ["ja", "nee", "weet_niet"])


def test_several_are_ticked_and_then_done(door: Door) -> None:
    """A tick stands before what is chosen, a second press takes it away, and "klaar" answers."""
    chat = InProcess(door)
    messages = at(chat, "signalen", omgeving="werk")
    first, second = asked(messages)[1][:2]
    messages = chat.say(payload(messages, f"signalen:{first}"))
    messages = chat.say(payload(messages, f"signalen:{second}"))
    assert [b["title"].startswith("✓ ") for b in messages[-1]["buttons"][:3]] == [True, True, False]
    assert messages[-1]["text"].split("\n")[1].startswith("Wat je koos: ")
    messages = chat.say(payload(messages, f"signalen:{first}"))
    assert "signalen" not in answered(chat)
    messages = chat.say(payload(messages, "signalen"))
    assert (answered(chat)["signalen"], asked(messages)[0]) == ([second], "leeftijd")


def test_done_pressed_twice_loses_nothing(door: Door) -> None:
    """Channels are slow, and people press again."""
    chat = InProcess(door)
    messages = at(chat, "signalen")
    messages = press(chat, messages, "signalen", asked(messages)[1][:1])
    before = answered(chat)
    assert asked(chat.say('/meldroute_done{"choice":"signalen"}')) == asked(messages)
    assert answered(chat) == before


def test_done_without_a_tick_asks_again(door: Door) -> None:
    """Nothing chosen is no answer: the question comes again and says why."""
    chat = InProcess(door)
    messages = chat.say(payload(at(chat, "signalen"), "signalen"))
    assert messages[0]["text"] == "Kies het antwoord dat het beste past."
    assert asked(messages)[0] == "signalen"


def test_an_answer_that_goes_with_no_other_is_given_at_once(door: Door) -> None:
    """ "Geen van deze" needs no "klaar", and leaves no tick behind."""
    chat = InProcess(door)
    messages = at(chat, "signalen")
    messages = chat.say(payload(messages, f"signalen:{asked(messages)[1][0]}"))
    messages = chat.say(payload(messages, "signalen:geen"))
    assert (answered(chat)["signalen"], asked(messages)[0]) == (["geen"], "leeftijd")
    assert chat.slots["meldroute_ticked"] == {}


def test_several_values_travel_as_one(door: Door) -> None:
    """A page of its own may send them all at once, with commas between them."""
    chat = InProcess(door)
    first, second = asked(at(chat, "signalen"))[1][:2]
    chat.say(f'/meldroute_answer{{"choice":"signalen:{second},{first}"}}')
    assert answered(chat)["signalen"] == [first, second]


def test_a_button_fits_into_every_channel(door: Door) -> None:
    """The payload of every option of every question is short enough for Telegram, and its title is not empty."""
    chat = InProcess(door)
    messages = chat.say("/meldroute_start")
    while choices(messages)[0][1]:
        for button in messages[-1]["buttons"]:
            assert len(button["payload"].encode()) <= TELEGRAM
            assert button["title"].strip()
        question, options = asked(messages)
        messages = press(chat, messages, question, [next(option for option in options if option != "ja")])


def test_no_message_is_cut_in_two(door: Door) -> None:
    """Rasa sends what stands after an empty line as another message: an agency would come apart."""
    messages = whole(InProcess(door))
    assert [message for message in messages if "\n\n" in message["text"].strip()] == []


# --- ways about --------------------------------------------------------------------------------------


def test_back_asks_the_last_question_again_with_its_ticks(door: Door) -> None:
    """The last answer is open again, and of several the ticks are there."""
    chat = InProcess(door)
    messages = at(chat, "signalen")
    first = asked(messages)[1][0]
    press(chat, messages, "signalen", [first])
    messages = chat.say("/meldroute_back")
    assert asked(messages)[0] == "signalen"
    assert messages[-1]["buttons"][0]["title"].startswith("✓ ")
    assert asked(chat.say("/meldroute_back"))[0] == "omgeving"
    for _ in range(5):
        messages = chat.say("/meldroute_back")
    assert asked(messages)[0] == "gevaar"


def test_an_old_button_changes_that_answer(door: Door) -> None:
    """Who scrolls up and presses another answer has changed it; what it makes pointless is named and gone."""
    chat = InProcess(door)
    at(chat, "signalen", rol="professional")
    messages = chat.say('/meldroute_answer{"choice":"rol:omstander"}')
    assert "sector" not in answered(chat)
    assert messages[0]["text"].endswith("In welk werk zie je dit?")
    assert asked(messages)[0] == "signalen"
    messages = chat.say('/meldroute_answer{"choice":"leeftijd:onder_18"}')
    assert (answered(chat)["leeftijd"], asked(messages)[0]) == (["onder_18"], "signalen")


def test_i_do_not_know_is_an_answer_where_there_is_one(door: Door) -> None:
    """It is the option that says so, or skips; where neither is possible the question comes again."""
    chat = InProcess(door)
    chat.say("hallo")
    messages = chat.say("dat weet ik niet", "meldroute_unknown")
    assert (answered(chat), asked(messages)[0]) == ({"gevaar": ["weet_niet"]}, "rol")
    messages = chat.say("geen idee", "meldroute_unknown")
    assert (messages[0]["text"], asked(messages)[0]) == ("Kies het antwoord dat het beste past.", "rol")


def test_restart_begins_another_contact(door: Door) -> None:
    """All is gone but the language."""
    chat = InProcess(door, language="en")
    whole(chat)
    messages = chat.say("/meldroute_restart")
    assert answered(chat) == {}
    assert chat.slots["meldroute_counted"] is False
    assert messages[0]["text"].split("\n")[0] != "Zie je iets wat niet klopt?"
    whole(chat)
    assert contacts(door) == 2


@pytest.mark.parametrize("step", ["meldroute_restart", "meldroute_stop"])
def test_typed_words_throw_no_answers_away(door: Door, step: str) -> None:
    """A classifier can be wrong: what would lose answers is asked again, by buttons."""
    chat = InProcess(door)
    chat.say("stop", step)
    messages = at(chat, "signalen")
    before = answered(chat)
    asked_again = chat.say("hij moet stoppen", step)
    assert choices(asked_again) == [("meldroute_start", ""), ("meldroute_restart", ""), ("meldroute_stop", "")]
    assert answered(chat) == before
    assert chat.say("/meldroute_start")[-1] == messages[-1]


@pytest.mark.parametrize("step", ["meldroute_restart", "meldroute_stop", "meldroute_back", "meldroute_unknown"])
def test_a_sentence_is_no_step(door: Door, step: str) -> None:
    """Who tells something in a sentence gets the question again, whatever the sentence was taken for."""
    chat = InProcess(door)
    messages = at(chat, "leeftijd")
    before = dict(chat.slots)
    assert chat.say("ik weet niet of hij terug komt", step)[-1] == messages[-1]
    assert chat.slots == before


def test_stop_forgets_the_answers(door: Door) -> None:
    """What is left is one button to begin again."""
    chat = InProcess(door)
    at(chat, "signalen")
    (message,) = chat.say("/meldroute_stop")
    assert choices([message]) == [("meldroute_restart", "")]
    assert answered(chat) == {}
    assert chat.slots["meldroute_ticket"] == ""


@pytest.mark.parametrize("language", languages())
def test_the_language_can_be_chosen_at_any_time(
    language: str, doors: Callable[[datetime.date], Doors], content: Content
) -> None:
    """The same question comes again in the other language, and the answers stay."""
    web, door = doors(TODAY)
    chat = InProcess(door, language=next(other for other in languages() if other != language))
    at(chat, "signalen")
    assert {choice for step, choice in choices(chat.say("/meldroute_language"))} == set(languages()) - {
        chat.slots["meldroute_language"]
    }
    messages = chat.say(f'/meldroute_language{{"choice":"{language}"}}')
    turn = web_turn(web, content, CONVERSATIONS[0], answered(chat), {"language": language})
    compare_question(messages, turn["question"])
    assert chat.say("iets")[-1] == messages[-1]


def test_another_language_of_the_site_is_a_new_choice(door: Door) -> None:
    """What was chosen in the chat stays, until the site around it changes its own."""
    chat = InProcess(door, language="en")
    chat.say("/meldroute_start")
    chat.say('/meldroute_language{"choice":"nl"}')
    assert chat.say("/meldroute_start")[-1]["text"].startswith("Is er nu iemand")
    chat.metadata = {"language": "nl-eenvoudig"}
    chat.say("/meldroute_start")
    assert chat.slots["meldroute_language"] == "nl-eenvoudig"
    chat.metadata = {"language": "xx", "audience": ["young"]}
    chat.say("/meldroute_start")
    assert chat.slots["meldroute_language"] == "nl-eenvoudig"


# --- danger ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["gevaar", "rol", "signalen", "leeftijd", "gender"])
def test_danger_interrupts_from_anywhere(door: Door, question: str) -> None:
    """One button on every question leads to 112 first, and from there one can go on where one was."""
    chat = InProcess(door)
    messages = at(chat, question)
    kept = answered(chat)
    messages = chat.say(payload(messages, "gevaar:ja"))
    assert advised(messages)[0] == "Alarmnummer 112"
    assert "112" in messages[1]["text"]
    messages = chat.say(payload(messages, "gevaar:nee"))
    assert answered(chat) == {**kept, "gevaar": ["nee"]}
    assert asked(messages)[0] == (question if question != "gevaar" else "rol")
    assert advised(chat.say("/meldroute_danger"))[0] == "Alarmnummer 112"


def test_typed_danger_shows_112_and_routes_nobody(door: Door) -> None:
    """Words can be misunderstood: the number comes at once, the questions and the answers stay."""
    chat = InProcess(door)
    at(chat, "leeftijd")
    before = dict(chat.slots)
    messages = chat.say("help ze slaan haar nu", "meldroute_danger")
    assert messages[0]["text"].startswith("Is het nu? Wacht dan niet op de vragen.")
    assert "112" in messages[0]["text"]
    assert asked(messages)[0] == "leeftijd"
    assert chat.slots == before


# --- what is typed, and what is counted --------------------------------------------------------------


def test_typed_words_stand_nowhere(door: Door) -> None:
    """They come back in no message and no slot, and the present question comes again with one sentence."""
    chat = InProcess(door)
    messages = at(chat, "omgeving")
    again = chat.say(TYPED)
    assert again == [{"text": "We begrijpen hier alleen de knoppen.", "buttons": []}, messages[-1]]
    everything = json.dumps([again, chat.slots], ensure_ascii=False)
    assert [word for word in (*TYPED.split(), "somebody") if f"{word} " in everything] == []


def test_the_words_of_a_button_are_that_button(door: Door) -> None:
    """Some channels show no buttons: who types what stands on one has pressed it."""
    chat = InProcess(door)
    chat.say("hallo")
    chat.say(" nee ", "meldroute_restart")
    assert answered(chat) == {"gevaar": ["nee"]}


@pytest.mark.parametrize(
    "broken",
    [
        "/meldroute_answer",
        '/meldroute_answer{"choice":""}',
        '/meldroute_answer{"choice":"niets"}',
        '/meldroute_answer{"choice":"rol:niets"}',
        '/meldroute_answer{"choice":"rol:naaste,omstander"}',
        '/meldroute_answer{"choice":"rol:"}',
        '/meldroute_tick{"choice":"signalen:niets"}',
        '/meldroute_tick{"choice":"niets:niets"}',
        '/meldroute_done{"choice":"niets"}',
        '/meldroute_answer{"choice":7}',
    ],
)
def test_a_broken_payload_costs_nothing(door: Door, broken: str) -> None:
    """Somebody sent what no button sends: a sentence, and a question comes."""
    chat = InProcess(door)
    at(chat, "omgeving")
    messages = chat.say(broken)
    assert messages[0]["buttons"] == []
    assert asked(messages)[0] in ("omgeving", "rol")
    assert answered(chat)["gevaar"] == ["nee"]


def test_a_conversation_counts_once(door: Door) -> None:
    """Going back, going on, another language and typed words after the referral never count again."""
    chat = InProcess(door)
    whole(chat)
    assert contacts(door) == 1
    for text in ("/meldroute_back", '/meldroute_answer{"choice":"gender:"}', "dank je", "/meldroute_start"):
        chat.say(text)
    chat.say('/meldroute_language{"choice":"en"}')
    assert (contacts(door), chat.slots["meldroute_counted"]) == (1, True)


def test_a_conversation_counts_once_after_its_ticket_has_ended(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who goes back a day later gets a fresh ticket with the question, and still counts as one."""
    chat = InProcess(door)
    whole(chat)
    ticket, now = chat.slots["meldroute_ticket"], time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86400)
    chat.say("/meldroute_back")
    assert chat.slots["meldroute_ticket"] != ticket
    chat.say('/meldroute_answer{"choice":"gender:"}')
    assert contacts(door) == 1


def test_the_ticket_is_minted_with_the_first_answer(door: Door) -> None:
    """It is one of the installation, not the sender; before an answer there is none."""
    chat = InProcess(door)
    messages = chat.say("hallo")
    assert chat.slots["meldroute_ticket"] == ""
    press(chat, messages, "gevaar", ["nee"])
    assert Tickets.beside(door.settings.database).read(chat.slots["meldroute_ticket"], time.time())


def test_the_sender_stands_in_no_file(door: Door) -> None:
    """The id that a channel gives somebody goes no further than Rasa."""
    whole(InProcess(door))
    door.counter.close()
    for file in door.settings.database.parent.iterdir():
        assert b"somebody" not in file.read_bytes()


def test_who_asks_not_to_be_counted_is_not(door: Door) -> None:
    """For monitors and tests: `uncounted` beside the language; the talk says so."""
    chat = InProcess(door, uncounted=True)
    assert "Dit bezoek tellen we niet mee." in chat.say("hallo")[0]["text"]
    whole(chat)
    assert contacts(door) == 0


def test_a_new_session_knows_nothing_of_the_last(door: Door) -> None:
    """On a shared device, or after an hour, the slots are empty before anybody says a word."""
    chat = InProcess(door)
    at(chat, "signalen")
    assert chat.run("action_session_start") == []
    assert set(chat.slots.values()) == {None}


def test_an_unexpected_error_tells_nothing_of_what_was_said(
    door: Door, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rasa's own handler would send back and log the whole conversation; ours names the error and the place."""
    chat = InProcess(door)
    monkeypatch.delattr(door, "content")
    with caplog.at_level(logging.INFO, "meldroute"):
        (message,) = chat.say(TYPED)
    assert message["text"] == "Het lukt nu niet. Probeer het nog een keer. Bel bij direct gevaar 112."
    records = [record.getMessage() for record in caplog.records if record.name == "meldroute"]
    assert len(records) == 1
    assert records[0].startswith("unexpected AttributeError at ")
    assert "Fatima" not in caplog.text


def test_a_door_that_cannot_open_says_why_to_the_operator(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """The person gets 112, the log what the check said."""

    def closed() -> Door:
        settings = Installation(content=tmp_path, database=tmp_path / "meldroute.db")
        content = load_content(settings)
        return Door(settings, content, *open_counters(settings, content))

    executor = ActionExecutor()
    executor.register_action(TakeTurn(closed))
    state = {"sender_id": "s", "slots": {}, "latest_message": {"text": "hello", "metadata": {"language": "en"}}}
    with caplog.at_level(logging.INFO, "meldroute"):
        call = {"next_action": "action_meldroute_turn", "sender_id": "s", "domain": {}, "tracker": state}
        result = asyncio.run(executor.run(call))
    assert result is not None
    assert [answer["text"] for answer in result.responses] == [
        "It does not work right now. Try again. If there is danger right now, call 112."
    ]
    assert "sources.toml: the file: is missing" in caplog.text


def test_rasa_finds_both_actions() -> None:
    """`python -m rasa_sdk --actions bot.actions` registers them by the names of the domain."""
    executor = ActionExecutor()
    executor.register_package("bot.actions")
    assert sorted(executor.actions) == ["action_meldroute_turn", "action_session_start"]


def test_the_action_server_serves_and_stops(tmp_path: Path) -> None:
    """A real process on loopback answers as Rasa asks, lets no site in, and what it counted is in the file."""
    code = "from bot.actions import serve; serve('127.0.0.1', 0)"
    environment = {**os.environ, "MELDROUTE_DATABASE": str(tmp_path / "meldroute.db")}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1]
            slots = {"meldroute_answers": {**FULL, "gender": ["vrouw"]}}
            state = {"sender_id": "s", "slots": slots, "latest_message": {"text": "/meldroute_start"}}
            body = {"next_action": "action_meldroute_turn", "sender_id": "s", "domain": {}, "tracker": state}
            asked = Request(address, json.dumps(body).encode(), {"Origin": "https://www.example.nl"})
            with urlopen(asked) as answer:
                kept = {event["name"]: event["value"] for event in json.load(answer)["events"]}
                assert "Access-Control-Allow-Origin" not in answer.headers
        finally:
            process.terminate()
    assert (process.returncode, kept["meldroute_counted"]) == (0, True)
    settings = Installation(database=tmp_path / "meldroute.db")
    store = open_store(settings, load_content(settings), create=False)
    assert store.contacts() == 1
    store.close()
