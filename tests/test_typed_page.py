"""Typing in real Chromium: narrow and wide, by keyboard, without scripts, and nothing of the text is left behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import TO_LABOUR, Watch, at_question, at_referral, walk
from tests.looking import CUT, look, seen_edges, seen_texts
from tests.running import Server, running
from tests.test_browser import NARROW, SCRIPTED, SIZES, WIDE, context_of, findings, tab_to
from tests.test_suggestions import DANGER, DEATH, NAMED, PASSPORT, WEATHER

pytestmark = pytest.mark.browser

TO_SIGNALS, AFTER = TO_LABOUR[:3], TO_LABOUR[4:]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server where everybody but the young may type."""
    with running(tmp_path_factory.mktemp("typed") / "data", MELDROUTE_TYPED_TEXT="on") as found:
        yield found


def at_field(page: Page, server: Server, start: str = "") -> None:
    """Goes to the question with the field."""
    page.goto(server.url + start)
    walk(page, TO_SIGNALS)
    at_question(page, "signalen")


def tell(page: Page, text: str) -> None:
    """Types a text, presses the button, and waits for what comes of it."""
    page.locator("#typed").fill(text)
    page.get_by_role("button", name="Zoek signalen", exact=True).click()
    expect(page.locator(".proposals")).to_be_visible()
    expect(page.locator("#typed")).to_have_value("")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("script", SCRIPTED)
def test_from_a_sentence_to_an_advice(browser: Browser, typed: Server, size: dict[str, int], script: bool) -> None:
    """Telling, ticking what is right, and on: nothing was ticked before, and the advice is that of the tick."""
    context = context_of(browser, viewport=size, java_script_enabled=script)
    page = context.new_page()
    watch = Watch().on(page)
    at_field(page, typed)
    tell(page, PASSPORT)
    expect(page.get_by_role("heading", name="Bedoel je dit?")).to_be_visible()
    expect(page.locator("input:checked")).to_have_count(0)
    assert 1 <= page.locator(".proposals input[type=checkbox]").count() <= 3
    page.locator(".proposals label[for=o-signalen-paspoort_ingenomen]").click()
    page.locator(".proposals button.primary").click()
    walk(page, AFTER)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    assert page.url == typed.url
    assert watch.messages == []
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("script", SCRIPTED)
def test_by_keyboard_alone(browser: Browser, typed: Server, size: dict[str, int], script: bool) -> None:
    """Into the field by Tab, out of it by Tab, and from the proposals on to the next question."""
    context = context_of(browser, viewport=size, java_script_enabled=script)
    page = context.new_page()
    at_field(page, typed)
    tab_to(page, "#typed")
    page.keyboard.type(PASSPORT)
    page.keyboard.press("Enter")  # a new line, not the end of the sentence
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Zoek signalen", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".proposals legend")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".proposals input").first).to_be_focused()
    tab_to(page, "#o-signalen-paspoort_ingenomen")
    page.keyboard.press("Space")
    tab_to(page, ".proposals button.primary")
    page.keyboard.press("Enter")
    at_question(page, "leeftijd")
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("script", SCRIPTED)
@pytest.mark.parametrize("text", [PASSPORT, WEATHER, NAMED, DEATH], ids=["proposals", "none", "named", "urgent"])
def test_the_focus_goes_to_what_came_of_it(
    browser: Browser, typed: Server, size: dict[str, int], script: bool, text: str
) -> None:
    """The heading of the proposals, or the one sentence; it can be seen, also where a contact stands above it."""
    context = context_of(browser, viewport=size, java_script_enabled=script)
    page = context.new_page()
    at_field(page, typed)
    tell(page, text)
    focused = page.locator(".proposals [data-focus]")
    expect(focused).to_be_focused()
    expect(focused).to_be_in_viewport()
    if text == DEATH:
        expect(page.locator(".urgent a[href='tel:113']")).to_be_in_viewport()
    context.close()


@pytest.mark.parametrize("script", SCRIPTED)
def test_danger_is_announced_on_top(browser: Browser, typed: Server, script: bool) -> None:
    """112 and 113 as an alert, seen at once; with the next step it goes, and the ticked signal keeps the number."""
    context = context_of(browser, viewport=NARROW, java_script_enabled=script)
    page = context.new_page()
    for text, number in ((DANGER, "112"), (DEATH, "113")):
        at_field(page, typed)
        expect(page.get_by_role("alert")).to_have_count(0)
        tell(page, text)
        expect(page.get_by_role("alert").locator(f"a[href='tel:{number}']")).to_be_in_viewport()
        page.locator(".proposals .option label").first.click()
        page.locator(".proposals button.primary").click()
        at_question(page, "leeftijd")
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.locator(f".urgent a[href='tel:{number}']")).to_be_visible()
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, typed: Server, size: dict[str, int], scheme: str) -> None:
    """The field, proposals, none, names, danger: no finding, enough contrast, nothing cut off or scrolled sideways."""
    context = context_of(browser, viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto(typed.url)
    assert findings(page) == []
    at_field(page, typed)
    for text in ("", PASSPORT, WEATHER, NAMED, DEATH):
        if text:
            tell(page, text)
        expect(page.locator("link[href$='typed.css']")).to_have_count(1)
        expect(page.locator("#typed")).to_have_css("resize", "vertical")  # the style sheet is there
        assert findings(page) == [], text
        assert [str(pair) for pair in seen_texts(page) if pair.contrast < pair.needed] == []
        edges = seen_edges(page, "#typed", "borderTopColor") + seen_edges(page, "#typed", "borderTopColor", "inside")
        assert [str(pair) for pair in edges if pair.contrast < pair.needed] == []
        assert look(page, CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        for box in page.locator("#typed, .typed button, .proposals .option label, .proposals button").all():
            place = box.bounding_box()
            assert place
            assert place["height"] >= 44
    context.close()


def test_wide_spacing_at_400_percent(browser: Browser, typed: Server) -> None:
    """At 320 by 256 pixels with wide text spacing and forced colours nothing is cut off, and the focus is in view."""
    context = context_of(browser, viewport={"width": 320, "height": 256}, forced_colors="active", bypass_csp=True)
    page = context.new_page()
    page.goto(typed.url)
    spacing = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
    page.add_style_tag(content=spacing)
    walk(page, TO_SIGNALS)
    tell(page, PASSPORT)
    expect(page.locator(".proposals legend")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert look(page, CUT) == []
    context.close()


def test_names_are_pointed_out_aloud(browser: Browser, typed: Server) -> None:
    """The sentence stands in the polite status too; what was recognised is read where the focus is."""
    context = context_of(browser)
    page = context.new_page()
    at_field(page, typed)
    tell(page, NAMED)
    said = "Laat namen en nummers weg. Die hebben we niet gebruikt."
    expect(page.locator("#status")).to_have_text(said)
    expect(page.locator(".proposals").get_by_text(said)).to_be_visible()
    tell(page, PASSPORT)
    expect(page.locator("#status")).to_have_text("")
    context.close()


@pytest.mark.parametrize("script", SCRIPTED)
def test_ticks_stay_while_somebody_types(browser: Browser, typed: Server, script: bool) -> None:
    """What was ticked before stays ticked, and what is proposed stands on the page once."""
    context = context_of(browser, java_script_enabled=script)
    page = context.new_page()
    at_field(page, typed)
    page.locator("label[for=o-signalen-onderbetaald]").click()
    tell(page, PASSPORT)
    expect(page.locator("#o-signalen-onderbetaald")).to_be_checked()
    expect(page.locator("#o-signalen-paspoort_ingenomen")).to_have_count(1)
    page.locator("label[for=o-signalen-paspoort_ingenomen]").click()
    tell(page, WEATHER)
    expect(page.locator("input:checked")).to_have_count(2)
    context.close()


@pytest.mark.parametrize("script", SCRIPTED)
def test_nothing_is_left_behind(browser: Browser, tmp_path_factory: pytest.TempPathFactory, script: bool) -> None:
    """No cookie, no storage, no request elsewhere, no word of the text in page, address, log or data folder."""
    folder = tmp_path_factory.mktemp("quiet") / "data"
    with running(folder, MELDROUTE_TYPED_TEXT="on") as server:
        context = context_of(browser, java_script_enabled=script)
        page = context.new_page()
        watch = Watch().on(page)
        at_field(page, server)
        before = {file.name: file.read_bytes() for file in folder.iterdir()}
        for text in (NAMED, DEATH, PASSPORT):
            tell(page, text)
            assert not [word for word in ("Xaviera", "Quispelman", "12345678") if word in page.content()]
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
        assert context.cookies() == []
        assert context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
        assert [url for url in watch.requests if url != server.url and not url.startswith(f"{server.url}static/")] == []
        assert server.written() == ""
        context.close()


def test_leaving_takes_the_text_along(browser: Browser, typed: Server) -> None:
    """What somebody was typing goes with the page, before a browser could keep a copy of it."""
    context = context_of(browser)
    page = context.new_page()
    at_field(page, typed)
    page.locator("#typed").fill(NAMED)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(page.locator("#typed")).to_have_count(0)
    context.close()


def test_the_young_have_no_field(browser: Browser, typed: Server) -> None:
    """Only where somebody chose it."""
    context = context_of(browser, viewport=WIDE)
    page = context.new_page()
    page.goto(f"{typed.url}?voor=young")
    walk(page, TO_SIGNALS)
    at_question(page, "signalen")
    expect(page.locator("#typed")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("script", SCRIPTED)
def test_in_the_frame_of_another_site(browser: Browser, typed: Server, script: bool) -> None:
    """The frame has the same field, and answers with the same page."""
    context = context_of(browser, viewport=NARROW, java_script_enabled=script)
    page = context.new_page()
    at_field(page, typed, "embed/frame")
    tell(page, PASSPORT)
    expect(page.locator(".proposals #o-signalen-paspoort_ingenomen")).to_have_count(1)
    assert page.url == f"{typed.url}embed/frame"
    context.close()
