"""The form behind the pages: answers that no longer fit, screens of several questions, and answers given beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.wording import AUDIENCES
from tests.running import ROOT, make_app
from tests.strategies import SCRIPT, Answers, situations
from tests.test_api import contacts
from tests.test_words import Page
from tests.test_words import page as parsed
from web.service import Service
from web.serving import open_store

Door = tuple[FlaskClient, Service]
ANSWERED = {
    "q-gevaar": "nee",
    "q-rol": "omstander",
    "q-omgeving": "werk",
    "q-signalen": ["paspoort_ingenomen"],
    "q-leeftijd": "23_plus",
    "q-gemeente": "GM0599",
    "q-onderwerp": "plaats",
    "q-wens": "geen",
}


def test_a_municipality_that_merged_midway_is_asked_again(door: Door) -> None:
    """At a merger only that answer is lost: its question comes again and names the successor."""
    client, _ = door
    page = client.post("/", data={**ANSWERED, "q-gemeente": "GM0501", "vraag": "wens", "actie": "verder"}).text
    assert '<input type="hidden" name="vraag" value="gemeente">' in page
    assert "De gemeente Brielle bestaat nu niet meer. Kies Voorne aan Zee." in page
    assert '<input type="hidden" name="q-wens" value="geen">' in page


def test_what_is_wrong_stands_only_beside_its_own_question(door: Door) -> None:
    """An answer to a later question that does not exist says nothing about the present one."""
    client, _ = door
    page = client.post("/", data={"q-gevaar": "nee", "q-gemeente": "GM0501", "vraag": "gevaar", "actie": "verder"}).text
    assert '<input type="hidden" name="vraag" value="rol">' in page
    assert 'class="error"' not in page


def test_beginning_anew_is_another_dialogue(door: Door) -> None:
    """Who goes on after the advice is one contact; who begins anew for another case is a second."""
    client, service = door
    first = client.post("/", data={**ANSWERED, "vraag": "gender", "actie": "overslaan"}).text
    ticket = first.split('name="kaartje" value="')[1].split('"')[0]
    state = {**ANSWERED, "q-gender": "", "kaartje": ticket, "geteld": "ja"}
    client.post("/", data={**state, "vraag": "", "actie": "verder"})
    assert contacts(service) == 1
    anew = client.post("/", data={**state, "actie": "opnieuw"}).text
    assert 'name="kaartje" value=""' in anew
    assert 'name="geteld"' not in anew
    client.post("/", data={**ANSWERED, "vraag": "gender", "actie": "overslaan"})
    assert contacts(service) == 2


# --- screens of several questions ----------------------------------------------------------------------------

LED = {"gevaar": ["nee"], "rol": ["professional"], "sector": ["zorg"], "omgeving": ["zorg"], "signalen": ["moe_angst"]}
LAST = ["leeftijd", "gemeente", "onderwerp", "wens", "gender"]


def fields(answers: Mapping[str, Sequence[str]], prefix: str = "q-", **more: object) -> dict[str, object]:
    """The fields of a form with these answers; a skipped question is an empty field."""
    named = {f"{prefix}{question}": chosen for question, chosen in answers.items()}
    return {name: chosen if isinstance(chosen, str) else [*chosen] or "" for name, chosen in named.items()} | more


def sent(client: FlaskClient, **data: object) -> Page:
    """The page that answers a form."""
    answer = client.post("/", data=data)
    assert answer.status_code == 200, answer.text
    return parsed(answer.text)


def next_page(client: FlaskClient, here: Page, action: str = "verder", **chosen: str | list[str]) -> Page:
    """What comes after a page: its fields and what is chosen on it go along, and the button."""
    return sent(client, **{**here.hidden, **here.checked, **fields(chosen), "actie": action})


def asked(page: Page) -> list[str]:
    return page.hidden.get("vraag", [])


def answered(page: Page) -> dict[str, list[str]]:
    """The answers that travel in hidden fields."""
    return {name[2:]: values for name, values in page.hidden.items() if name.startswith("q-")}


@pytest.mark.parametrize("voice", ["professional", "public"])
def test_who_asks_from_work_gets_the_screen(door: Door, voice: str) -> None:
    """Whether the page was made for professionals or the answer says it."""
    assert asked(sent(door[0], voor=voice, **fields(LED))) == LAST


@pytest.mark.parametrize("voice", ["young", "public"])
def test_others_get_one_question_at_a_time(door: Door, voice: str) -> None:
    """Who asks for themselves or a friend; and in the voice for young people also who says to ask from work."""
    assert asked(sent(door[0], voor=voice, **fields({**LED, "rol": ["omstander"]}))) == ["leeftijd"]
    assert asked(sent(door[0], voor="young", **fields(LED))) == ["leeftijd"]


def test_a_question_that_hangs_on_another_of_its_screen_comes_after_it(tmp_path: Path) -> None:
    """Where the content puts the role and what hangs on it on one screen, the page asks it when the role is known."""
    text = (ROOT / "bot" / "questions.toml").read_text(encoding="utf-8")
    together = text.replace('id = "rol"', 'id = "rol"\nscreen = "plek"')
    (tmp_path / "questions.toml").write_text(together, encoding="utf-8")
    app, _ = make_app(tmp_path, questions=tmp_path)
    client = app.test_client(use_cookies=False)
    here = sent(client, voor="professional", **fields({"gevaar": ["nee"]}))
    assert asked(here) == ["rol", "omgeving"]
    there = next_page(client, here, rol="professional", omgeving="zorg")
    assert asked(there) == ["sector"]
    assert answered(there) == {"gevaar": ["nee"], "rol": ["professional"], "omgeving": ["zorg"]}


def test_what_is_missing_on_a_screen_is_asked_again_with_the_rest_still_chosen(door: Door) -> None:
    """Each missing answer has its own sentence; what may be skipped has none."""
    here = sent(door[0], **fields(LED))
    there = next_page(door[0], here, leeftijd="18_22", gender="vrouw")
    assert asked(there) == LAST
    assert there.checked == {"q-leeftijd": ["18_22"], "q-gender": ["vrouw"]}
    assert there.texts.count("Kies het antwoord dat het beste past.") == 2
    assert answered(there) == LED


def test_a_screen_with_a_wrong_and_a_missing_answer_says_both(door: Door) -> None:
    """None beside a wish: that sentence; no age: the other one. The municipality stays."""
    here = sent(door[0], **fields(LED))
    there = next_page(door[0], here, gemeente="GM0599", wens=["geen", "anoniem"])
    assert there.texts.count("Kies het antwoord dat het beste past.") == 1
    assert there.texts.count("Kies óf “geen”, óf iets anders. Niet allebei.") == 1
    assert there.checked == {"q-gemeente": ["GM0599"], "q-wens": ["anoniem", "geen"]}


def test_only_one_thing_on_a_screen_gets_the_focus(door: Door) -> None:
    """The first question, or the first with something wrong; without the script the browser goes there by itself."""
    client, _ = door
    page = client.post("/", data=fields(LED)).text
    assert re.findall(r'id="question-(\w+)"[^>]*>\s*<legend[^>]*data-focus>', page) == ["leeftijd"]
    assert "autofocus" not in page
    state = fields({**LED, "leeftijd": ["18_22"]}, vraag=LAST)
    wrong = client.post("/", data=state).text
    assert re.findall(r"<legend[^>]*data-focus autofocus>", wrong) == ['<legend tabindex="-1" data-focus autofocus>']
    assert wrong.index('id="question-gemeente"') < wrong.index("autofocus") < wrong.index('id="question-onderwerp"')
    part = client.post("/", data=state, headers={"Meldroute-Fragment": "1"}).text
    assert part.count("data-focus") == 1
    assert "autofocus" not in part


def test_back_and_change_take_a_screen_as_a_whole(door: Door) -> None:
    """Back shows the whole screen before, "change" the screen of that answer, with everything still chosen."""
    client, _ = door
    here = next_page(client, sent(client, **fields(LED)), "terug")
    assert asked(here) == ["signalen"]
    before = next_page(client, here, "terug")
    assert asked(before) == ["sector", "omgeving"]
    assert before.checked == {"q-sector": ["zorg"], "q-omgeving": ["zorg"]}
    done = next_page(client, sent(client, **fields(LED)), leeftijd="18_22", gemeente="GM0599", wens="geen")
    assert asked(done) == []
    back = next_page(client, done, "terug")
    assert asked(back) == LAST
    assert back.checked == {"q-leeftijd": ["18_22"], "q-gemeente": ["GM0599"], "q-wens": ["geen"]}
    again = next_page(client, done, "wijzig-wens")
    assert asked(again) == LAST
    assert again.checked == back.checked
    changed = next_page(client, again, wens="anoniem")
    assert asked(changed) == []
    assert answered(changed)["wens"] == ["anoniem"]
    assert answered(changed)["leeftijd"] == ["18_22"]


def test_back_from_the_alarm_goes_to_the_question_about_danger(door: Door) -> None:
    """Also where later answers wait behind it; they are not lost."""
    here = sent(door[0], **fields({**LED, "gevaar": ["ja"]}))
    assert asked(here) == []
    back = next_page(door[0], here, "terug")
    assert asked(back) == ["gevaar"]
    assert asked(next_page(door[0], back, gevaar="nee")) == LAST


# --- answers given beforehand --------------------------------------------------------------------------------

HOTEL = {
    "rol": ["professional"],
    "sector": ["horeca_recreatie"],
    "omgeving": ["hotel_vakantiepark"],
    "gemeente": ["GM0599"],
}
PRESETABLE = [question.id for question in SCRIPT.questions.values() if question.preset]


def presets(page: Page) -> dict[str, list[str]]:
    return {name[2:]: values for name, values in page.hidden.items() if name.startswith("v-")}


def begun(client: FlaskClient, given: Mapping[str, Sequence[str]], voice: str = "professional") -> Page:
    """The page after the question about danger, where the page around the dialogue gave answers beforehand."""
    here = parsed(client.get(f"/?voor={voice}").text)
    return next_page(client, Page(hidden=here.hidden | fields(given, "v-")), gevaar="nee")


def test_a_preset_is_an_answer(door: Door) -> None:
    """Danger, signals and the last screen without the municipality: nothing else is asked, and presets travel along."""
    here = begun(door[0], HOTEL)
    assert asked(here) == ["signalen"]
    assert answered(here) == {"gevaar": ["nee"], **HOTEL}
    assert presets(here) == HOTEL
    there = next_page(door[0], here, signalen="moe_angst")
    assert asked(there) == ["leeftijd", "onderwerp", "wens", "gender"]
    done = next_page(door[0], there, leeftijd="23_plus", wens="geen")
    assert asked(done) == []
    assert presets(done) == HOTEL
    assert answered(done).items() >= HOTEL.items()


@pytest.mark.parametrize(
    ("given", "first"),
    [
        ({"rol": ["profesional"]}, ["rol"]),
        ({"rol": [""]}, ["rol"]),
        ({"rol": ["professional", "omstander"]}, ["rol"]),
        ({"beroep": ["kok"]}, ["rol"]),
        ({"gevaar": ["ja"]}, ["rol"]),
        ({"signalen": ["moe_angst"]}, ["rol"]),
        ({"sector": ["zorg"]}, ["rol"]),
        ({**HOTEL, "gemeente": ["GM0501"]}, ["signalen"]),
        ({**HOTEL, "sector": ["hotel"]}, ["sector"]),
        ({**HOTEL, "omgeving": ["GM0599"]}, ["omgeving"]),
        ({**HOTEL, "rol": ["omstander"]}, ["signalen"]),
    ],
)
def test_a_preset_that_cannot_be_is_ignored_without_a_word(
    door: Door, given: dict[str, list[str]], first: list[str]
) -> None:
    """A typo, a merged municipality, a question that may not be preset, a sector of who does not work: it is asked."""
    here = begun(door[0], given)
    assert asked(here) == first
    assert "Let op:" not in here.texts
    assert not any(text.startswith("Door je nieuwe antwoord") for text in here.texts)
    assert presets(here).keys() <= given.keys() & set(PRESETABLE)


def test_a_preset_that_does_not_fit_is_never_called_lost(door: Door) -> None:
    """A sector that the page gave to who says not to ask from work: nobody reads that something was lost."""
    here = begun(door[0], {"sector": ["zorg"]}, voice="public")
    there = next_page(door[0], here, rol="omstander")
    assert asked(there) == ["omgeving"]
    further = next_page(door[0], there, omgeving="werk")
    assert asked(further) == ["signalen"]
    for page in (there, further):
        assert not any(text.startswith("Door je nieuwe antwoord") for text in page.texts)
    professional = next_page(door[0], next_page(door[0], further, "wijzig-rol"), rol="professional")
    assert asked(professional) == ["signalen"]
    assert answered(professional)["sector"] == ["zorg"]


@pytest.mark.parametrize("given", [{"gevaar": ["nee"]}, {"gevaar": ["nee"], **HOTEL}])
def test_a_preset_never_answers_the_question_about_danger(door: Door, given: dict[str, list[str]]) -> None:
    """Whatever the page says, danger is asked: here the visitor pressed on without an answer."""
    here = parsed(door[0].get("/?voor=professional").text)
    there = next_page(door[0], Page(hidden=here.hidden | fields(given, "v-")))
    assert asked(there) == ["gevaar"]
    assert "gevaar" not in answered(there)


def test_a_changed_preset_stays_changed(door: Door) -> None:
    """It is asked again with the preset chosen; the new answer wins from then on, in every button and language."""
    client, _ = door
    here = next_page(client, begun(client, HOTEL), "wijzig-sector")
    assert asked(here) == ["sector"]
    assert here.checked == {"q-sector": ["horeca_recreatie"]}
    there = next_page(client, here, sector="zorg")
    assert asked(there) == ["signalen"]
    for action in ("taal-en", "verder"):
        assert answered(next_page(client, there, action))["sector"] == ["zorg"]
    back = next_page(client, there, "terug")
    assert asked(back) == ["sector"]
    assert back.checked == {"q-sector": ["zorg"]}
    danger = next_page(client, back, "terug")
    assert asked(danger) == ["gevaar"]
    again = next_page(client, danger)
    assert asked(again) == ["sector"]
    assert again.checked == {"q-sector": ["zorg"]}
    assert presets(again) == HOTEL


def test_a_preset_that_is_being_changed_is_no_answer_meanwhile(door: Door) -> None:
    """Another language keeps the question that was asked; going on with it unchanged keeps the preset."""
    client, _ = door
    here = next_page(client, begun(client, HOTEL), "wijzig-rol")
    assert asked(here) == ["rol"]
    english = next_page(client, here, "taal-en")
    assert asked(english) == ["rol"]
    assert english.checked == {"q-rol": ["professional"]}
    assert asked(next_page(client, english)) == ["signalen"]
    bystander = next_page(client, english, rol="omstander")
    assert asked(bystander) == ["signalen"]
    assert "sector" not in answered(bystander)


def test_a_preset_does_not_answer_what_is_before_the_visitor(door: Door) -> None:
    """Who is asked again and leaves it open is asked once more, with the preset chosen."""
    here = sent(door[0], vraag="rol", **fields({"gevaar": ["nee"]}), **fields(HOTEL, "v-"))
    assert asked(here) == ["rol"]
    assert "Kies het antwoord dat het beste past." in here.texts


def test_a_skipped_preset_stays_skipped(tmp_path: Path) -> None:
    """Where a question that may be skipped is preset and the visitor skips it, the preset does not come back."""
    text = (ROOT / "bot" / "questions.toml").read_text(encoding="utf-8")
    preset = text.replace('id = "onderwerp"', 'id = "onderwerp"\npreset = true')
    (tmp_path / "questions.toml").write_text(preset, encoding="utf-8")
    app, _ = make_app(tmp_path, questions=tmp_path)
    client = app.test_client(use_cookies=False)
    before = {"gevaar": "nee", "rol": "naaste", "omgeving": "zorg", "signalen": "geen", "leeftijd": "weet_niet"}
    here = sent(client, **fields({**before, "gemeente": "weet_niet"}), **fields({"onderwerp": "persoon"}, "v-"))
    assert asked(here) == ["wens"]
    skipped = next_page(client, next_page(client, here, "wijzig-onderwerp"), "overslaan")
    assert asked(skipped) == ["wens"]
    assert answered(skipped)["onderwerp"] == [""]
    earlier = next_page(client, next_page(client, skipped, "terug"), "terug")
    assert asked(earlier) == ["gemeente"]
    assert asked(next_page(client, earlier)) == ["onderwerp"]


def test_back_goes_to_what_the_visitor_answered(door: Door) -> None:
    """Before the signals the visitor saw the question about danger, and no question that was answered beforehand."""
    client, _ = door
    danger = next_page(client, begun(client, HOTEL), "terug")
    assert asked(danger) == ["gevaar"]
    assert danger.checked == {"q-gevaar": ["nee"]}
    assert asked(next_page(client, danger)) == ["signalen"]


def test_beginning_anew_begins_with_the_presets(door: Door) -> None:
    """The page around the dialogue still knows what it knew, whatever was changed meanwhile."""
    client, _ = door
    changed = next_page(client, next_page(client, begun(client, HOTEL), "wijzig-omgeving"), omgeving="werk")
    assert answered(changed)["omgeving"] == ["werk"]
    anew = next_page(client, changed, "opnieuw")
    assert asked(anew) == ["gevaar"]
    assert answered(anew) == {}
    there = next_page(client, anew, gevaar="nee")
    assert asked(there) == ["signalen"]
    assert answered(there)["omgeving"] == ["hotel_vakantiepark"]


def test_a_preset_that_was_put_in_twice_counts_once(door: Door) -> None:
    """A page that is loaded again gets its presets again."""
    twice = {question: [*chosen, *chosen] for question, chosen in HOTEL.items()}
    assert presets(begun(door[0], twice)) == HOTEL


def test_no_preset_in_the_address(door: Door) -> None:
    """On the first page an address presets nothing: what a preset is stands in no history and no log."""
    query = "&".join(f"v-{question}={chosen[0]}&{question}={chosen[0]}" for question, chosen in HOTEL.items())
    page = parsed(door[0].get(f"/?{query}").text)
    assert presets(page) == answered(page) == {}
    assert "rol" in asked(next_page(door[0], page, gevaar="nee"))


def told(html: str) -> str:
    """A page without what travels in it unseen."""
    return re.sub(r'<input type="hidden"[^>]*>\s*', "", html)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """One app for all tries."""
    app, service = make_app(tmp_path_factory.mktemp("presets"))
    yield app.test_client(use_cookies=False)
    service.counter.close()


SMALL = st.sampled_from(["", "nee", "zorg", "professional", "omstander", "geen", "GM0599"]) | st.text(max_size=5)
NAMES = st.sampled_from([prefix + question for prefix in ("q-", "p-", "v-") for question in SCRIPT.questions])
BUTTONS = st.sampled_from(["verder", "terug", "overslaan", "opnieuw", "taal-en", "doorgaan-gevaar"]) | st.sampled_from(
    [f"wijzig-{question}" for question in (*SCRIPT.questions, "x")]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.dictionaries(NAMES, st.lists(SMALL, min_size=1, max_size=2), max_size=12),
    present=st.lists(st.sampled_from([*SCRIPT.questions, "x"]), max_size=4),
    button=BUTTONS,
    audience=st.sampled_from(AUDIENCES),
)
def test_any_presets_and_screens_get_a_page(
    client: FlaskClient, state: dict[str, list[str]], present: list[str], button: str, audience: str
) -> None:
    """Whatever travels: a page that asks, or the advice, and no preset that nobody can give."""
    here = sent(client, voor=audience, actie=button, vraag=present, **state)
    assert asked(here) or here.hidden["kaartje"]
    assert set(presets(here)) <= set(PRESETABLE)
    assert len(asked(here)) <= 1 or audience in ("professional", "public")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=situations(), beforehand=st.sets(st.sampled_from(PRESETABLE)))
def test_presets_lead_where_answers_lead(client: FlaskClient, answers: Answers, beforehand: set[str]) -> None:
    """The same answers, some of them given beforehand: the same page, with its agencies and reasons."""
    by_hand = client.post("/", data=fields(answers)).text
    own = {question: chosen for question, chosen in answers.items() if question not in beforehand}
    preset = {question: chosen for question, chosen in answers.items() if question in beforehand}
    assert told(client.post("/", data=fields(own) | fields(preset, "v-")).text) == told(by_hand)


def test_presets_count_what_answers_count(tmp_path: Path) -> None:
    """One contact, in the same cells of every table."""
    answers = {"gevaar": ["nee"], "signalen": ["moe_angst"], "leeftijd": ["23_plus"], "wens": ["geen"]}
    skipped: dict[str, list[str]] = {"onderwerp": [], "gender": []}
    found = []
    for name, data in {
        "by hand": fields(answers | skipped | HOTEL),
        "beforehand": fields(answers | skipped) | fields(HOTEL, "v-"),
    }.items():
        (tmp_path / name).mkdir()
        app, service = make_app(tmp_path / name)
        done = sent(app.test_client(use_cookies=False), **data)
        assert asked(done) == []
        assert done.hidden["geteld"] == ["ja"]
        assert contacts(service) == 1
        store = open_store(service.settings, service.content, create=False)
        found.append({cell: count for cell, count in store.counts(service.settings.now().year).items() if count})
        store.close()
    assert found[0]
    assert found[0] == found[1]
