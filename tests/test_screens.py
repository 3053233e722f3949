"""Several questions on one screen for professionals, and three voices that lead to the same advice."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, FrameLocator, Page, expect

from bot.conversation import Turn, take_turn
from bot.screens import SEVERAL_AT_ONCE, asked_together, sharing_screen
from bot.script import load_script
from bot.wording import AUDIENCES, Voice, turn_data, voice_of
from locales import words
from referral.errors import CardError
from referral.model import Referral
from tests.browsing import answer, answer_screen, at_referral, at_screen
from tests.hosting import hosting, page_with
from tests.running import ROOT, Server, running
from tests.strategies import CARD, SCRIPT, TODAY, Answers, chosen, days, sent, situations
from tests.test_conversations import CONVERSATIONS, read
from web.snippet import LATEST, LOADERS

NOON = datetime.datetime.combine(TODAY, datetime.time(12))
LAST = ("leeftijd", "gemeente", "onderwerp", "wens", "gender")
tries = settings(max_examples=300, deadline=None)
TOLD = [pytest.param(conversation, id=conversation.title) for conversation in CONVERSATIONS]


def voice(audience: str, turn: Turn) -> Voice:
    """The voice of an audience, whatever was answered."""
    return voice_of(audience, turn)


def given_in(conversation: Any) -> Answers:
    """The answers of a conversation file, what is answered anew after that included."""
    lines = (*conversation.answers, *conversation.changes)
    return {question: tuple(values) for question, values in (read(line, CARD) for line in lines)}


# --- the content says what stands together -------------------------------------------------------------------


def test_the_screens_that_ship() -> None:
    """Danger, role and signals each stand alone; the place and the situation are a screen each."""
    together: list[tuple[str, ...]] = []
    for question in SCRIPT.questions:
        shared = tuple(q.id for q in sharing_screen(SCRIPT, question, {"audience": "professional", "oneself": False}))
        together += [shared] if shared not in together else []
    assert together == [("gevaar",), ("rol",), ("sector", "omgeving"), ("signalen",), LAST]


@pytest.mark.parametrize(
    ("old", "new", "entry", "why"),
    [
        ('id = "wens"\nscreen = "situatie"', 'id = "wens"\nscreen = "plek"', "wens", "stands apart"),
        ('id = "wens"\nscreen = "situatie"', 'id = "wens"', "gender", "stands apart"),
        ('id = "gevaar"', 'id = "gevaar"\nscreen = "plek"', "gevaar", "it stands alone"),
        ('id = "gevaar"', 'id = "gevaar"\npreset = true', "gevaar", "nobody answers it beforehand"),
        ('screen = "plek"', "screen = 2", "sector", "`screen` must be text"),
        ("preset = true\ntext", 'preset = "ja"\ntext', "rol", "`preset` must be true or false"),
    ],
)
def test_a_screen_is_a_run_of_questions_and_danger_stands_alone(
    tmp_path: Path, old: str, new: str, entry: str, why: str
) -> None:
    """What would tear a screen apart, or let a page answer the question about danger, is refused at start."""
    text = (ROOT / "bot" / "questions.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "questions.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CardError) as refused:
        load_script(CARD, tmp_path)
    assert entry in str(refused.value)
    assert why in str(refused.value)


# --- what is asked together ----------------------------------------------------------------------------------


@tries
@given(data=st.data(), on=days, audience=st.sampled_from(AUDIENCES))
def test_a_screen_asks_what_can_be_asked_now(data: st.DataObject, on: datetime.date, audience: str) -> None:
    """The open question comes first; a neighbour is open too, and whether it is asked hangs on nothing beside it."""
    turn = take_turn(SCRIPT, CARD, data.draw(sent(on)), on)
    asked = asked_together(SCRIPT, turn, voice(audience, turn))
    if turn.question is None:
        assert asked == ()
        return
    assert asked[0] is turn.question
    assert audience in SEVERAL_AT_ONCE or len(asked) == 1
    beside = {question.id for question in asked}
    assert beside.isdisjoint({*turn.accepted, *turn.waiting})
    for question in asked:
        assert question.when.keys() <= turn.accepted.keys()
        assert question.when.keys().isdisjoint(beside)


@tries
@given(data=st.data(), on=days)
def test_screens_lead_where_single_questions_lead(data: st.DataObject, on: datetime.date) -> None:
    """Who answers screen by screen is asked the same questions and gets the same turn as who answers one by one."""
    answers = data.draw(situations(on))
    given_so_far: Answers = {}
    while (turn := take_turn(SCRIPT, CARD, given_so_far, on)).question is not None:
        asked = asked_together(SCRIPT, turn, voice("professional", turn))
        given_so_far |= {question.id: answers[question.id] for question in asked}
    assert turn == take_turn(SCRIPT, CARD, answers, on)


# --- skipping says the same as not knowing -------------------------------------------------------------------


def decided(referral: Referral | None) -> tuple[Any, ...]:
    """Everything of a referral that says whom to turn to and what to do, with the reasons."""
    assert referral is not None
    advised = [(a.agency.id, [r.route.id for r in a.reasons], a.local) for a in referral.agencies]
    beside = referral.beside.id if referral.beside else None
    return advised, referral.forms, referral.strength, [block.id for block in referral.guidance], beside


def advice(answers: Answers, on: datetime.date = TODAY) -> tuple[Any, ...]:
    return decided(take_turn(SCRIPT, CARD, answers, on).referral)


OPTIONAL = [question.id for question in SCRIPT.questions.values() if question.optional]


def test_what_may_be_skipped() -> None:
    """Each question that may be skipped has an answer that says "I don't know"."""
    assert OPTIONAL == ["onderwerp", "gender"]
    assert all(CARD.facts[question].unknown for question in OPTIONAL)


@pytest.mark.parametrize("conversation", TOLD)
@pytest.mark.parametrize("question", OPTIONAL)
def test_in_a_conversation_skipping_is_not_knowing(conversation: Any, question: str) -> None:
    """The same agencies for the same reasons, forms, strength and guidance."""
    answers, on = given_in(conversation), conversation.on
    unknown = tuple(CARD.facts[question].unknown)
    assert advice({**answers, question: ()}, on) == advice({**answers, question: unknown}, on)


@tries
@given(answers=situations(), question=st.sampled_from(OPTIONAL))
def test_skipping_is_not_knowing(answers: Answers, question: str) -> None:
    """Whatever else is answered."""
    assert advice({**answers, question: ()}) == advice({**answers, question: tuple(CARD.facts[question].unknown)})


# --- three voices, one advice --------------------------------------------------------------------------------


def same_for_everybody(turn: Turn) -> None:
    """Holds the turn's words for each audience against each other: nothing but wording and order of contacts."""
    told = [json.loads(json.dumps(bare(turn_data(turn, words("nl"), audience, NOON)))) for audience in AUDIENCES]
    assert told[0]["referral"] is not None
    assert told[0] == told[1] == told[2]


def bare(data: dict[str, Any]) -> dict[str, Any]:
    """A turn without its wording: ids, values and facts stay, contacts of an agency in one order for all."""
    referral = data["referral"]
    return {
        "accepted": data["accepted"],
        "dropped": data["dropped"],
        "urgent": [agency["id"] for agency in data["urgent"]],
        "referral": referral
        and {
            "agencies": [
                (agency["id"], sorted(json.dumps(contact, default=str) for contact in agency["contacts"]))
                for agency in referral["agencies"]
            ],
            "forms": referral["forms"],
            "strength": referral["strength"],
            "guidance": [(block["id"], block["kind"], len(block["lines"])) for block in referral["blocks"]],
            "would_have_mattered": referral["would_have_mattered"],
            "beside": referral["beside"] and referral["beside"]["id"],
        },
    }


@pytest.mark.parametrize("conversation", TOLD)
def test_in_a_conversation_every_audience_gets_the_same_advice(conversation: Any) -> None:
    """The same agencies in the same order, forms, strength and guidance, and the same ways to reach each agency."""
    same_for_everybody(take_turn(SCRIPT, CARD, given_in(conversation), conversation.on))


@tries
@given(data=st.data(), on=days)
def test_every_audience_gets_the_same_advice(data: st.DataObject, on: datetime.date) -> None:
    """Whatever is answered, and whenever."""
    same_for_everybody(take_turn(SCRIPT, CARD, data.draw(situations(on)), on))


@tries
@given(answers=situations(rol=chosen("rol")))
def test_every_audience_is_asked_the_same(answers: Answers) -> None:
    """No audience is asked a question that another is not, whichever answers are there already."""
    found = {}
    for audience in AUDIENCES:
        asked: list[str] = []
        given_so_far: Answers = {}
        while (turn := take_turn(SCRIPT, CARD, given_so_far, TODAY)).question is not None:
            screen = [question.id for question in asked_together(SCRIPT, turn, voice(audience, turn))]
            asked += screen
            given_so_far |= {question: answers[question] for question in screen}
        found[audience] = asked
    assert found["public"] == found["young"] == found["professional"] == list(answers)


# --- in the browser ------------------------------------------------------------------------------------------

HOTEL = {
    "audience": "professional",
    "rol": "professional",
    "sector": "horeca_recreatie",
    "omgeving": "hotel_vakantiepark",
    "gemeente": "GM0599",
}
MOST_PRESSES = 40
SCRIPTED = [pytest.param(True, id="with-script"), pytest.param(False, id="without-script")]
SIZES = [pytest.param({"width": 320, "height": 640}, id="320"), pytest.param({"width": 1280, "height": 800}, id="1280")]


@pytest.fixture(scope="module")
def staff_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a hotel's page for its staff, which says what it knows."""
    with ExitStack() as stack:
        site = stack.enter_context(hosting())
        folder = tmp_path_factory.mktemp("staff")
        server = stack.enter_context(running(folder / "data", MELDROUTE_EMBED_ORIGINS=site.url))
        said = " ".join(f'{name}="{value}"' for name, value in ({"language": "nl"} | HOTEL).items())
        source = f'src="{server.url}embed/{LATEST}.js" integrity="{LOADERS[LATEST].integrity}" crossorigin'
        site.pages["/"] = page_with(
            f'<script type="module" {source}></script><meldroute-gesprek {said}></meldroute-gesprek>'
        )
        yield site.url + "/"


class Keys:
    """A keyboard without a mouse beside it, that counts its presses."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.presses += 1

    def tab_to(self, place: FrameLocator | Page, selector: str) -> None:
        """Tab until one of the elements has the focus."""
        for _ in range(30):
            if place.locator(selector).and_(place.locator(":focus")).count():
                return
            self.press("Tab")
        raise AssertionError(f"Tab never reaches {selector}")

    def choose(self, place: FrameLocator | Page, question: str, option: str) -> None:
        """A box by Tab and Space; a radio by Tab into its group and the arrow keys."""
        box = place.locator(f"#o-{question}-{option}")
        if box.get_attribute("type") == "checkbox":
            self.tab_to(place, f"#o-{question}-{option}")
            self.press("Space")
        else:
            self.tab_to(place, f"input[name=q-{question}]")
            for _ in range(40):
                if box.is_checked():
                    break
                self.press("ArrowDown")
        expect(box).to_be_checked()


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_a_professional_whose_page_says_what_it_knows_answers_four_questions(
    browser: Browser, staff_page: str, size: dict[str, int]
) -> None:
    """Danger, signals, age and wish, on three screens, by keyboard alone and with few presses; 112 always in view."""
    context = browser.new_context(viewport=size, locale="nl-NL", reduced_motion="reduce")
    page = context.new_page()
    page.goto(staff_page)
    page.get_by_role("button", name="Vragen?").focus()
    page.keyboard.press("Enter")
    frame, keys, screens = page.frame_locator("meldroute-gesprek iframe"), Keys(page), 0
    answered = []
    for questions, given_here in (
        (("gevaar",), {"gevaar": "nee"}),
        (("signalen",), {"signalen": "paspoort_ingenomen"}),
        (("leeftijd", "onderwerp", "wens", "gender"), {"leeftijd": "23_plus", "wens": "geen"}),
    ):
        expect(frame.locator("input[name=vraag]")).to_have_count(len(questions))
        expect(frame.locator("input[name=vraag]").first).to_have_value(questions[0])
        expect(frame.locator(".danger a")).to_be_in_viewport()
        screens += 1
        for question, option in given_here.items():
            keys.choose(frame, question, option)
            answered.append(question)
        keys.press("Enter")
    expect(frame.locator("#first")).to_be_visible()
    print(f"{len(answered)} questions, {screens} screens, {keys.presses} key presses")
    assert answered == ["gevaar", "signalen", "leeftijd", "wens"]
    assert screens == 3
    assert keys.presses <= MOST_PRESSES
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("script", SCRIPTED)
def test_what_is_missing_on_a_screen_is_said_beside_each(browser: Browser, server: Server, script: bool) -> None:
    """What was chosen stays chosen, each open question has its own sentence, and the first of them has the focus."""
    context = browser.new_context(java_script_enabled=script, locale="nl-NL")
    page = context.new_page()
    to_the_last_screen(page, server)
    page.locator("label[for=o-leeftijd-23_plus]").click()
    page.locator("label[for=o-wens-anoniem]").click()
    page.get_by_role("button", name="Verder", exact=True).click()
    expect(page.locator(".error")).to_have_count(1)
    at_screen(page, *LAST)
    expect(page.locator("#error-gemeente")).to_contain_text("Kies het antwoord dat het beste past.")
    expect(page.locator("#question-gemeente")).to_have_attribute("aria-describedby", "error-gemeente")
    expect(page.locator("#o-leeftijd-23_plus")).to_be_checked()
    expect(page.locator("#o-wens-anoniem")).to_be_checked()
    expect(page.locator("#question-gemeente legend")).to_be_focused()
    page.locator("label[for=o-gemeente-GM0599]").click()
    page.get_by_role("button", name="Verder", exact=True).click()
    at_referral(page, "")
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("script", SCRIPTED)
def test_back_and_change_take_whole_screens(browser: Browser, server: Server, script: bool) -> None:
    """From the advice one step back is the whole last screen, and each answer on it is still chosen."""
    context = browser.new_context(java_script_enabled=script, locale="nl-NL")
    page = context.new_page()
    to_the_last_screen(page, server)
    last = (("leeftijd", ["23_plus"]), ("gemeente", ["GM0599"]), ("onderwerp", []), ("wens", ["geen"]), ("gender", []))
    answer_screen(page, last)
    at_referral(page, "")
    page.get_by_role("button", name="Terug", exact=True).click()
    at_screen(page, *LAST)
    for question, options in last:
        expect(page.locator(f"input[name=q-{question}]:checked")).to_have_count(len(options))
    page.get_by_role("button", name="Terug", exact=True).click()
    at_screen(page, "signalen")
    page.get_by_role("button", name="Terug", exact=True).click()
    at_screen(page, "sector", "omgeving")
    page.get_by_role("button", name="Verder", exact=True).click()
    at_screen(page, "signalen")
    page.get_by_role("button", name="Verder", exact=True).click()
    at_screen(page, *LAST)
    page.locator("details.answers summary").click()
    page.get_by_role("button", name="Wijzig Waar speelt het?").click()
    at_screen(page, "sector", "omgeving")
    expect(page.locator("#o-sector-zorg")).to_be_checked()
    expect(page.locator("#o-omgeving-zorg")).to_be_checked()
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_on_a_screen(browser: Browser, server: Server, size: dict[str, int], scheme: Any) -> None:
    """No finding, with and without errors; every target is 44 pixels high, and nothing scrolls sideways."""
    context = browser.new_context(viewport=size, locale="nl-NL", color_scheme=scheme)
    page = context.new_page()
    to_the_last_screen(page, server)
    assert findings(page) == []
    page.get_by_role("button", name="Verder", exact=True).click()
    expect(page.locator(".error")).to_have_count(3)
    assert findings(page) == []
    for box in page.locator(".option label:visible, .actions button:visible, summary:visible").all():
        size_of = box.bounding_box()
        assert size_of
        assert size_of["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate("new Set([...document.querySelectorAll('[id]')].map(one => one.id)).size") == page.evaluate(
        "document.querySelectorAll('[id]').length"
    )
    expect(page.locator(".danger a")).to_be_in_viewport()
    context.close()


def to_the_last_screen(page: Page, server: Server) -> None:
    """From our own page to the screen about the situation."""
    page.goto(server.url + "?voor=professional")
    answer(page, "gevaar", ["nee"])
    answer(page, "rol", ["professional"])
    answer_screen(page, (("sector", ["zorg"]), ("omgeving", ["zorg"])))
    answer(page, "signalen", ["geen"])
    at_screen(page, *LAST)


def findings(page: Page) -> list[str]:
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = Axe().run(page, context="main", options={"runOnly": {"type": "tag", "values": tags}}).response
    return [f"{found['id']}: {[node['html'] for node in found['nodes']]}" for found in results["violations"]]
