"""The dialogue in real Chromium: by mouse, by keyboard, without scripts, narrow and wide, and what stays behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import TO_LABOUR, Watch, answer, answer_screen, at_question, at_referral, at_screen, walk
from tests.running import Server, running

pytestmark = pytest.mark.browser

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
SIZES = [pytest.param(NARROW, id="320"), pytest.param(WIDE, id="1280")]
SCRIPTED = [pytest.param(True, id="with-script"), pytest.param(False, id="without-script")]


def context_of(browser: Browser, **choices: Any) -> BrowserContext:
    return browser.new_context(**({"viewport": WIDE, "locale": "nl-NL", "reduced_motion": "reduce"} | choices))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with scripts at 1280 pixels."""
    context = context_of(browser)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("script", SCRIPTED)
def test_from_the_first_page_to_a_referral_by_mouse(
    browser: Browser, server: Server, size: dict[str, int], script: bool
) -> None:
    """The whole way works narrow and wide, with and without the script, and nothing has to be scrolled sideways."""
    context = context_of(browser, viewport=size, java_script_enabled=script)
    page = context.new_page()
    watch = Watch().on(page)
    page.goto(server.url)
    for question, chosen in TO_LABOUR:
        answer(page, question, chosen)
        if script:
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    at_referral(page, "Nederlandse Arbeidsinspectie")
    expect(page.locator(".first-call .call")).to_have_attribute("href", "tel:08005151")
    assert page.url == server.url
    assert watch.messages == []
    if script:
        assert page.evaluate("history.length") == 2  # the blank page of a new tab, and ours
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("script", SCRIPTED)
def test_by_keyboard_alone(browser: Browser, server: Server, size: dict[str, int], script: bool) -> None:
    """Tab, Space, the arrow keys and Enter are enough to get to a referral."""
    context = context_of(browser, viewport=size, java_script_enabled=script)
    page = context.new_page()
    page.goto(server.url)
    for question, chosen in TO_LABOUR:
        at_question(page, question)
        if not chosen:
            tab_to(page, "button.secondary[value=overslaan]")
        for option in chosen:
            choose_by_key(page, question, option)
        if chosen:
            tab_to(page, "button.primary")
        page.keyboard.press("Enter")
        if question != TO_LABOUR[-1][0]:
            expect(page.locator("input[name=vraag]")).not_to_have_value(question)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    tab_to(page, ".first-call .call")
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus, as somebody without a mouse would."""
    for _ in range(120):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def choose_by_key(page: Page, question: str, option: str) -> None:
    """A checkbox by Tab and Space; a radio by Tab into its group, then the arrow keys."""
    box = page.locator(f"#o-{question}-{option}")
    if box.get_attribute("type") == "checkbox":
        tab_to(page, f"#o-{question}-{option}")
        page.keyboard.press("Space")
    else:
        tab_to(page, "fieldset input[type=radio]")
        page.keyboard.press("Space")
        for _ in range(40):
            if box.is_checked():
                break
            page.keyboard.press("ArrowDown")
    expect(box).to_be_checked()


def test_focus_goes_to_the_question_and_it_is_announced(page: Page, server: Server) -> None:
    """After a step the legend has the focus, and a polite status says that there is a new question."""
    page.goto(server.url)
    answer(page, "gevaar", ["nee"])
    expect(page.locator("legend")).to_be_focused()
    expect(page.locator("#status")).to_have_text("Nieuwe vraag")
    assert page.locator("#status").get_attribute("role") == "status"


@pytest.mark.parametrize("script", SCRIPTED)
def test_an_empty_answer_says_what_to_do(browser: Browser, server: Server, script: bool) -> None:
    """Going on without an answer keeps the question, and says beside it what is missing."""
    context = context_of(browser, java_script_enabled=script)
    page = context.new_page()
    page.goto(server.url)
    page.get_by_role("button", name="Verder", exact=True).click()
    at_question(page, "gevaar")
    expect(page.locator("#error-gevaar")).to_contain_text("Kies het antwoord dat het beste past.")
    expect(page.locator("#question-gevaar")).to_have_attribute("aria-describedby", "error-gevaar")
    context.close()


@pytest.mark.parametrize("script", SCRIPTED)
def test_back_and_change_an_earlier_answer(browser: Browser, server: Server, script: bool) -> None:
    """Back keeps what was chosen; a changed answer keeps the others, and says what falls away."""
    context = context_of(browser, java_script_enabled=script)
    page = context.new_page()
    page.goto(server.url)
    walk(page, (("gevaar", ["nee"]), ("rol", ["professional"])))
    answer_screen(page, (("sector", ["zorg"]), ("omgeving", ["zorg"])))
    at_question(page, "signalen")
    page.get_by_role("button", name="Terug", exact=True).click()
    at_screen(page, "sector", "omgeving")
    expect(page.locator("#o-omgeving-zorg")).to_be_checked()
    page.get_by_role("button", name="Verder", exact=True).click()
    at_question(page, "signalen")
    page.locator("details.answers summary").click()
    page.get_by_role("button", name="Wijzig Wie ben jij in dit verhaal?").click()
    at_question(page, "rol")
    expect(page.locator("#o-rol-professional")).to_be_checked()
    answer(page, "rol", ["omstander"])
    at_question(page, "signalen")
    expect(page.locator(".lost")).to_contain_text("In welk werk zie je dit?")
    context.close()


@pytest.mark.parametrize("script", SCRIPTED)
def test_going_back_step_by_step_keeps_every_choice(browser: Browser, server: Server, script: bool) -> None:
    """From the advice back to the signals and on again: each question comes again with its answer still chosen."""
    context = context_of(browser, java_script_enabled=script)
    page = context.new_page()
    page.goto(server.url)
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    for question in ("gender", "wens", "onderwerp", "gemeente", "leeftijd"):
        page.get_by_role("button", name="Terug", exact=True).click()
        at_question(page, question)
    for question, chosen in (
        ("leeftijd", "weet_niet"),
        ("gemeente", "GM0599"),
        ("onderwerp", "plaats"),
        ("wens", "geen"),
    ):
        at_question(page, question)
        expect(page.locator(f"#o-{question}-{chosen}")).to_be_checked()
        page.get_by_role("button", name="Verder", exact=True).click()
    at_question(page, "gender")
    context.close()


def test_none_beside_other_ticks_keeps_the_ticks(browser: Browser, server: Server) -> None:
    """Without the script the two can be ticked together: the page says so and keeps what was ticked."""
    context = context_of(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    walk(page, TO_LABOUR[:3])
    at_question(page, "signalen")
    page.locator("label[for=o-signalen-onderbetaald]").click()
    page.locator("label[for=o-signalen-geen]").click()
    page.get_by_role("button", name="Verder", exact=True).click()
    expect(page.locator("#error-signalen")).to_be_visible()
    expect(page.locator("#o-signalen-onderbetaald")).to_be_checked()
    context.close()


def test_without_a_setting_the_signals_stand_in_groups(page: Page, server: Server) -> None:
    """Seventy-seven ticks are too many at once: each setting is a part that can be opened."""
    page.goto(server.url)
    walk(page, (*TO_LABOUR[:2], ("omgeving", ["weet_niet"])))
    at_question(page, "signalen")
    assert page.locator("details.group").count() >= 7
    assert page.locator("fieldset input[type=checkbox]").count() == 78
    page.locator("details.group summary").first.click()
    page.locator("details.group[open] label").first.click()
    page.get_by_role("button", name="Verder", exact=True).click()
    at_question(page, "leeftijd")


@pytest.mark.parametrize("script", SCRIPTED)
def test_another_language_midway_keeps_every_answer(browser: Browser, server: Server, script: bool) -> None:
    """English in the middle: the same question, the ticks still there, the answers so far kept."""
    context = context_of(browser, java_script_enabled=script)
    page = context.new_page()
    page.goto(server.url)
    walk(page, TO_LABOUR[:3])
    at_question(page, "signalen")
    page.locator("label[for=o-signalen-onderbetaald]").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("button.primary")).to_have_text("Next")
    at_question(page, "signalen")
    expect(page.locator("#o-signalen-onderbetaald")).to_be_checked()
    if script:
        assert page.evaluate("document.documentElement.lang") == "en"
    page.locator("button.primary").click()
    at_question(page, "leeftijd")
    assert page.locator("details.answers li").count() == 4
    context.close()


def test_every_signal_is_reachable_and_none_excludes_the_others(page: Page, server: Server) -> None:
    """Signals of other settings wait behind "show all"; "none of these" unticks the rest."""
    page.goto(server.url)
    walk(page, TO_LABOUR[:3])
    at_question(page, "signalen")
    expect(page.locator("#o-signalen-uithalen_haven")).to_be_hidden()
    page.locator("details.more > summary").click()
    page.get_by_text("Op straat, rond drugs, geld").click()
    page.locator("label[for=o-signalen-uithalen_haven]").click()
    page.locator("label[for=o-signalen-geen]").click()
    expect(page.locator("#o-signalen-uithalen_haven")).not_to_be_checked()
    assert page.locator("fieldset input[type=checkbox]").count() == 78


def test_danger_goes_on_if_the_person_wants(page: Page, server: Server) -> None:
    """112 comes at once and large; the page offers to go on with the questions."""
    page.goto(server.url)
    answer(page, "gevaar", ["ja"])
    at_referral(page, "112")
    expect(page.locator(".first-call .call")).to_have_attribute("href", "tel:112")
    page.get_by_role("button", name="ga door met de vragen").click()
    at_question(page, "rol")


def test_danger_after_an_advice_keeps_the_answers(page: Page, server: Server) -> None:
    """Who changes the first answer to danger and then goes on has lost nothing."""
    page.goto(server.url)
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    page.locator("details.answers summary").click()
    page.get_by_role("button", name="Wijzig Is er nu iemand in direct gevaar?").click()
    answer(page, "gevaar", ["ja"])
    at_referral(page, "112")
    page.get_by_role("button", name="ga door met de vragen").click()
    at_referral(page, "Nederlandse Arbeidsinspectie")


def test_an_acute_signal_shows_112_above_the_next_question(page: Page, server: Server) -> None:
    """The person need not finish the questions to see it."""
    page.goto(server.url)
    walk(page, (*TO_LABOUR[:3], ("signalen", ["nu_opgesloten"])))
    at_question(page, "leeftijd")
    expect(page.locator(".urgent a")).to_have_attribute("href", "tel:112")
    expect(page.locator(".urgent")).to_be_in_viewport()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, server: Server, size: dict[str, int], scheme: str) -> None:
    """No finding of axe on any question, an error, or the referral; every target at least 44 pixels high."""
    context = context_of(browser, viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto(server.url)
    assert findings(page) == []
    page.get_by_role("button", name="Verder", exact=True).click()
    expect(page.locator("#error-gevaar")).to_be_visible()
    assert findings(page) == []
    for question, chosen in TO_LABOUR:
        answer(page, question, chosen)
        expect(page.locator(f"input[name=vraag][value={question}]")).to_have_count(0)
        assert findings(page) == []
        for box in page.locator(".option label:visible, .actions button:visible").all():
            size_of = box.bounding_box()
            assert size_of
            assert size_of["height"] >= 44
    at_referral(page, "Nederlandse Arbeidsinspectie")
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert findings(page) == []
    context.close()


def findings(page: Page) -> list[str]:
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response
    return [f"{v['id']}: {[node['html'] for node in v['nodes']]}" for v in results["violations"]]


@pytest.mark.parametrize("script", SCRIPTED)
def test_nothing_is_left_behind(browser: Browser, tmp_path_factory: pytest.TempPathFactory, script: bool) -> None:
    """No cookie, no storage, no request elsewhere, no answer in any address or log line."""
    with running(tmp_path_factory.mktemp("quiet") / "data") as server:
        context = context_of(browser, java_script_enabled=script)
        page = context.new_page()
        watch = Watch().on(page)
        page.goto(server.url)
        walk(page, TO_LABOUR)
        at_referral(page, "Nederlandse Arbeidsinspectie")
        assert context.cookies() == []
        assert context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
        if script:
            assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
            assert page.evaluate("indexedDB.databases()") == []
            assert page.evaluate("navigator.serviceWorker?.getRegistrations().then(r => r.length)") == 0
        assert [url for url in watch.requests if url != server.url and not url.startswith(f"{server.url}static/")] == []
        log = server.written()
        values = [value for question, chosen in TO_LABOUR for value in (question, *chosen)]
        assert [value for value in values if value in log] == []
        assert log == ""
        context.close()


def test_the_print_view_holds_everything(page: Page, server: Server) -> None:
    """On paper the closed parts are open, 112 stands on top, the buttons are gone, and so is every answer."""
    page.goto(server.url)
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    page.emulate_media(media="print")
    expect(page.locator(".actions").first).to_be_hidden()
    expect(page.locator(".agency .facts").first).to_be_visible()
    expect(page.locator(".agency details ul").first).to_be_visible()
    expect(page.get_by_text("Direct gevaar?", exact=True)).to_be_visible()
    for chosen in ("Iemand slaapt op de werkplek", "Rotterdam", "Ik weet een plek"):
        expect(page.get_by_text(chosen, exact=True)).to_be_hidden()


def test_when_the_server_is_gone_the_page_says_so_and_keeps_the_answer(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A lost connection: a sentence with 112, the ticked answer still there."""
    context = context_of(browser)
    page = context.new_page()
    page.goto("about:blank")
    with running(tmp_path_factory.mktemp("gone") / "data") as server:
        page.goto(server.url)
    page.locator("label[for=o-gevaar-nee]").click()
    page.get_by_role("button", name="Verder", exact=True).click()
    expect(page.locator(".failed")).to_contain_text("112")
    expect(page.locator("#o-gevaar-nee")).to_be_checked()
    context.close()


def test_text_spacing_and_400_percent(browser: Browser, server: Server) -> None:
    """At 320 by 256 pixels (1280 wide at 400 %) with wide text spacing nothing is cut off or scrolls sideways."""
    context = context_of(browser, viewport={"width": 320, "height": 256}, forced_colors="active", bypass_csp=True)
    page = context.new_page()
    page.goto(server.url)
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
    )
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
