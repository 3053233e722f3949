"""The safety contract of the widget, point by point, on two origins and with the back/forward cache on.

The numbers are those of the list that docs/safety.md explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Route, expect

from tests.browsing import TO_LABOUR, Watch, answer, at_question, at_referral, chromium, walk
from tests.hosting import STRICT, Site, hosting, page_with
from tests.running import ROOT, Server, running
from web.service import Content
from web.settings import EXIT
from web.snippet import LATEST, LOADERS

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium that keeps left pages for Back, as people's browsers do, and blocks third-party cookies and storage."""
    kept = ["--disable-back-forward-cache"]
    with chromium("--test-third-party-cookie-phaseout", ignore_default_args=kept) as found:
        yield found


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Server]]:
    """A site of somebody else, and a server that lets exactly that site show the dialogue."""
    with ExitStack() as stack:
        site = stack.enter_context(hosting())
        folder = tmp_path_factory.mktemp("framed")
        server = stack.enter_context(running(folder / "data", MELDROUTE_EMBED_ORIGINS=site.url))
        home = server.url.rstrip("/")
        site.policy = STRICT.format(home=home)
        site.pages.update(
            {
                "/": page_with("<p>Hier was je eerst.</p>"),
                "/next": page_with("<p>Hier ga je heen.</p>"),
                "/young": page_with(widget(home, audience="young")),
                "/hotel": page_with(
                    widget(
                        home,
                        audience="professional",
                        rol="professional",
                        sector="horeca_recreatie",
                        omgeving="hotel_vakantiepark",
                        gemeente="GM0599",
                    )
                ),
                "/english": page_with(widget(home, audience="public", language="en")),
                "/end": page_with(widget(home, audience="public")).replace("Nog een alinea. ", ""),
                "/escape": page_with(widget(home, audience="public", escape="")),
                "/twice": page_with(widget(home, audience="young"), widget(home, audience="public")),
                "/rtl": page_with(widget(home, audience="public"), language="ar", direction="rtl"),
                "/banner": page_with(widget(home, audience="young"), BANNER),
                "/bare": page_with(f'<iframe src="{home}/embed/frame" height="900" sandbox="{FLAGS}"></iframe>'),
                "/caged": page_with(f'<iframe src="{home}/embed/frame" height="900" sandbox="{CAGE}"></iframe>'),
                "/tampered": page_with(
                    widget(home, integrity=LOADERS[LATEST].integrity.replace("sha384-", "sha384-A"))
                ),
            }
        )
        yield site, server


CAGE = "allow-scripts allow-same-origin allow-forms"
FLAGS = "allow-scripts allow-same-origin allow-forms allow-popups allow-top-navigation-by-user-activation"
BANNER = '<dialog open id="cookies"><p>Wij houden van cookies.</p></dialog>'


def widget(home: str, integrity: str = LOADERS[LATEST].integrity, **attributes: str) -> str:
    """What docs/for-embedders.md tells a site to put in its page."""
    said = " ".join(f'{name}="{value}"' for name, value in ({"language": "nl"} | attributes).items())
    return (
        f'<script type="module" src="{home}/embed/{LATEST}.js" integrity="{integrity}" crossorigin></script>'
        f'<meldroute-gesprek {said}><p>Direct gevaar? <a href="tel:112">Bel 112</a></p>'
        f'<p><a href="{home}/?voor=young">Naar de vragen</a></p></meldroute-gesprek>'
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone; the neutral site answers without leaving this machine."""
    context = context_of(browser)
    yield context.new_page()
    context.close()


def context_of(browser: Browser, **choices: Any) -> BrowserContext:
    context = browser.new_context(**({"viewport": PHONE, "locale": "nl-NL", "reduced_motion": "reduce"} | choices))
    context.set_default_timeout(8000)
    context.route(f"{EXIT}**", weather)
    return context


def weather(route: Route) -> None:
    route.fulfill(body="<title>Het weer</title><h1>Morgen droog</h1>", content_type="text/html")


def opened(page: Page, url: str) -> FrameLocator:
    """Goes to a page with the widget and opens it."""
    page.goto(url)
    page.get_by_role("button", name="Vragen?").first.click()
    frame = page.frame_locator("meldroute-gesprek iframe")
    expect(frame.locator("input[name=vraag]")).to_have_value("gevaar")
    return frame


def answer_in(frame: FrameLocator, option: str) -> None:
    """Answers the one question in a frame."""
    frame.locator(f"input[value={option}] + label").click()
    frame.get_by_role("button", name="Verder", exact=True).click()


def has_left(page: Page) -> None:
    page.wait_for_url(EXIT)
    expect(page.get_by_role("heading")).to_have_text("Morgen droog")


def press_shift(page: Page, times: int = 3) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


# --- 1. The exit ----------------------------------------------------------------------------------------------


def test_01_on_our_own_page_back_does_not_return_to_the_dialogue(page: Page, places: tuple[Site, Server]) -> None:
    """After "Snel weg" the page before the dialogue is the one behind Back."""
    site, server = places
    page.goto(site.url)
    page.goto(server.url)
    answer(page, "gevaar", ["nee"])
    at_question(page, "rol")
    page.get_by_role("link", name="Snel weg").last.click()
    has_left(page)
    page.go_back(wait_until="commit")
    expect(page.get_by_text("Hier was je eerst.")).to_be_visible()


def test_01_the_page_is_blank_before_the_other_site_answers(browser: Browser, places: tuple[Site, Server]) -> None:
    """While the neutral site is still on its way nothing is left to read: no text, no answer, a neutral title."""
    context = context_of(browser)
    context.unroute_all()
    context.route(f"{EXIT}**", lambda route: route.abort("aborted"))  # it never answers
    page = context.new_page()
    page.goto(places[1].url)
    answer(page, "gevaar", ["nee"])
    at_question(page, "rol")
    page.get_by_role("link", name="Snel weg").last.click(no_wait_after=True)
    assert page.evaluate("getComputedStyle(document.documentElement).display") == "none"
    assert page.evaluate("document.body.childNodes.length") == 0
    assert page.evaluate("document.title") == "www.knmi.nl"
    context.close()


@pytest.mark.parametrize("way", ["of the loader", "of the frame"])
@pytest.mark.parametrize("path", ["/young", "/hotel"])
def test_01_in_another_site_back_does_not_return_to_it(
    page: Page, places: tuple[Site, Server], path: str, way: str
) -> None:
    """Either exit takes the whole page along, and that page is not behind Back."""
    site, _ = places
    page.goto(site.url)
    frame = opened(page, site.url + path)
    answer_in(frame, "nee")
    if way == "of the loader":
        page.get_by_role("button", name="Snel weg").click()
    else:
        frame.get_by_role("link", name="Snel weg").press("Enter")
    has_left(page)
    page.go_back(wait_until="commit")
    expect(page.get_by_text("Hier was je eerst.")).to_be_visible()


def test_01_without_scripts_the_exit_is_a_link(browser: Browser, places: tuple[Site, Server]) -> None:
    """It goes to the same site, and tells that site nothing of where it came from."""
    context = context_of(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(places[1].url)
    answer(page, "gevaar", ["nee"])
    at_question(page, "rol")
    link = page.get_by_role("link", name="Snel weg").last
    expect(link).to_have_attribute("rel", "noreferrer nofollow")
    link.click()
    has_left(page)
    context.close()


# --- 2. What triggers it --------------------------------------------------------------------------------------


def test_02_the_exit_is_in_view_at_every_step(page: Page, places: tuple[Site, Server]) -> None:
    """At the top and at the bottom of every page of a dialogue, on a phone."""
    page.goto(places[1].url)
    for question, chosen in TO_LABOUR:
        for y in ("0", "document.body.scrollHeight"):
            page.evaluate(f"window.scrollTo(0, {y})")
            assert hits(page, ".leave")
        answer(page, question, chosen)
        expect(page.locator(f"input[name=vraag][value={question}]")).to_have_count(0)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert hits(page, ".leave")


def hits(page: Page, selector: str) -> bool:
    """Whether a tap in the middle of an element would reach it, through shadow roots too."""
    box = page.locator(selector).bounding_box()
    assert box
    return bool(
        page.evaluate(
            """([x, y, selector]) => {
              let found = document.elementFromPoint(x, y);
              while (found?.shadowRoot) {
                const inner = found.shadowRoot.elementFromPoint(x, y);
                if (!inner || inner === found) break;
                found = inner;
              }
              return Boolean(found?.closest(selector));
            }""",
            [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, selector.split(" ")[-1]],
        )
    )


def test_02_a_banner_of_the_site_cannot_cover_the_exit(page: Page, places: tuple[Site, Server]) -> None:
    """The exit of the loader stands above everything that the site shows, at the top and the end of its page."""
    site, _ = places
    opened(page, site.url + "/banner")
    page.evaluate(
        """() => Object.assign(document.getElementById("cookies").style,
           {position: "fixed", inset: "0", zIndex: "2147483647", width: "100%", height: "100%", margin: "0"})"""
    )
    for y in ("0", "document.body.scrollHeight"):
        page.evaluate(f"window.scrollTo(0, {y})")
        assert hits(page, "meldroute-gesprek [popover] button")
    page.get_by_role("button", name="Snel weg").click()
    has_left(page)


SEEN = """(step) => {
  const root = document.querySelector("meldroute-gesprek").shadowRoot;
  const [bar, exit, frame] = ["div", "div button", "iframe"].map((one) => root.querySelector(one));
  const found = [];
  for (let at = 0; ; at += step) {
    scrollTo({ top: at, behavior: "instant" });
    const [{ left, right, top, bottom }, button] = [bar, exit].map((one) => one.getBoundingClientRect());
    found.push({
      bar: [left, right, top, bottom], exit: [button.left, button.right, button.top, button.bottom],
      frame: frame.getBoundingClientRect().top, end: document.querySelector("main").getBoundingClientRect().bottom,
    });
    if (scrollY < at) return found;
  }
}"""
"""Where the bar with the exit stands, and what it stands before, at every place that the page can be scrolled to."""

CONTROLS = """() => [...document.querySelectorAll("a, button, summary, .option label")].map((one) => {
  const { left, right, top, bottom, width } = one.getBoundingClientRect();
  return width > 1 && one.checkVisibility() && !one.matches(".skip, .leave, .default-action")
    ? [left, right, top, bottom] : null;
}).filter(Boolean)"""
"""The boxes of everything that can be touched in the frame. What is left out shows on keyboard focus only, or never."""

SMALL, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
AIR = 8
"""Pixels between the exit and what else a finger could have meant."""


@pytest.mark.parametrize("path", ["/young", "/english", "/end"])
@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_02_in_another_site_one_exit_is_in_view_and_covers_nothing(
    page: Page, places: tuple[Site, Server], size: Any, path: str
) -> None:
    """It has the end of the screen to itself, from side to side: what is there is further on, and scrolls above it."""
    page.set_viewport_size(size)
    opened(page, places[0].url + path)
    page.wait_for_timeout(300)
    inside = next(frame for frame in page.frames if "/embed/frame" in frame.url)
    controls = inside.evaluate(CONTROLS)
    assert len(controls) > 6
    seen = page.evaluate(SEEN, 23)
    for place in seen:
        left, right, top, bottom = place["bar"]
        assert (left, right, bottom) == (0, size["width"], size["height"]), "something stands beside or below the bar"
        x, _, y, _ = place["exit"]
        assert top + AIR <= y
        assert left + AIR <= x
    tops = [(place["frame"], place["bar"][2]) for place in seen]
    for _, _, top, bottom in controls:
        clear = [frame + top >= 0 and frame + bottom + AIR <= bar for frame, bar in tops]
        assert any(clear), "this control never comes clear of the bar"
    assert seen[-1]["end"] <= seen[-1]["bar"][2], "the end of the page stays under the bar"
    shown = inside.locator("[data-leave]").evaluate("one => getComputedStyle(one).clipPath")
    assert shown == "inset(50%)", "the exit of the frame shows too"


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_02_in_another_site_the_focus_is_never_under_the_exit(
    page: Page, places: tuple[Site, Server], size: Any
) -> None:
    """By keyboard through a whole question; the exit in the frame is a stop of its own, and shows then."""
    page.set_viewport_size(size)
    frame = opened(page, places[0].url + "/end")
    inside = next(one for one in page.frames if "/embed/frame" in one.url)
    host = page.locator("meldroute-gesprek")
    stops = []
    for _ in range(16):
        page.keyboard.press("Tab")
        page.wait_for_timeout(100)
        if not inside.evaluate("document.hasFocus() && document.activeElement !== document.body"):
            continue  # beyond the frame
        what, top, bottom = inside.evaluate(FOCUSED)
        above, bar = host.evaluate(
            "one => ['iframe', 'div'].map((name) => one.shadowRoot.querySelector(name).getBoundingClientRect().top)"
        )
        stops.append(what)
        assert above + top >= 0, what
        assert above + bottom <= bar, what
        if what == "Snel weg":
            expect(frame.locator("[data-leave]")).to_have_css("clip-path", "none")
    assert {"Snel weg", "Verder", "Bel 112"} <= set(stops)


FOCUSED = """() => {
  const one = document.activeElement;
  const { top, bottom } = (one.matches(".option input") ? one.nextElementSibling : one).getBoundingClientRect();
  return [one.textContent.trim(), top, bottom];
}"""


def test_02_without_a_top_layer_both_exits_are_there(browser: Browser, places: tuple[Site, Server]) -> None:
    """In a browser without popovers a banner could cover the bar of the loader: then the frame keeps its own."""
    context = context_of(browser)
    page = context.new_page()
    page.add_init_script("delete HTMLElement.prototype.popover; delete HTMLElement.prototype.showPopover;")
    frame = opened(page, places[0].url + "/young")
    for y in ("0", "document.body.scrollHeight"):
        page.evaluate(f"window.scrollTo(0, {y})")
        assert hits(page, "meldroute-gesprek div button")
    box = page.locator("meldroute-gesprek div").bounding_box()
    assert box
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, PHONE["width"], PHONE["height"])
    expect(frame.locator("[data-leave]")).to_have_css("clip-path", "none")
    page.get_by_role("button", name="Snel weg").click()
    has_left(page)
    context.close()


@pytest.mark.parametrize("where", ["page", "frame", "host"])
def test_02_three_times_shift(page: Page, places: tuple[Site, Server], where: str) -> None:
    """On our page, in the frame and in the page around it."""
    site, server = places
    if where == "page":
        page.goto(server.url)
    else:
        frame = opened(page, site.url + "/young")
        if where == "frame":
            frame.locator("label").first.click()
        else:
            page.get_by_role("heading", name="Over ons").click()
    press_shift(page, 2)
    page.wait_for_timeout(200)
    assert not page.url.startswith(EXIT)
    page.keyboard.press("Shift")
    has_left(page)


def test_02_capitals_and_slow_presses_do_not_leave(page: Page, places: tuple[Site, Server]) -> None:
    """Shift as part of typing, or three times in more than five seconds, is no wish to leave."""
    page.goto(places[1].url)
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+A")
    press_shift(page, 2)
    page.wait_for_timeout(5200)
    page.keyboard.press("Shift")
    page.wait_for_timeout(300)
    at_question(page, "gevaar")


def test_02_escape_only_where_the_site_chose_it(page: Page, places: tuple[Site, Server]) -> None:
    """Escape does nothing by default; with the attribute it leaves."""
    site, _ = places
    frame = opened(page, site.url + "/young")
    frame.locator("label").first.click()
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    assert page.url == site.url + "/young"
    frame = opened(page, site.url + "/escape")
    frame.locator("label").first.click()
    page.keyboard.press("Escape")
    has_left(page)


def test_02_the_exit_is_the_second_thing_that_tab_reaches(page: Page, places: tuple[Site, Server]) -> None:
    """A skip link to the question, then one that leaves."""
    page.goto(places[1].url)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("[data-leave]:focus")).to_have_text("Snel weg")
    page.keyboard.press("Enter")
    has_left(page)


# --- 3. No history --------------------------------------------------------------------------------------------


def test_03_the_history_does_not_grow(page: Page, places: tuple[Site, Server]) -> None:
    """From the first question to the advice, on our page and in the frame of a site: not one entry more."""
    site, server = places
    page.goto(server.url)
    before = page.evaluate("history.length")
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    assert page.evaluate("history.length") == before
    page.goto(site.url + "/young")
    before = page.evaluate("history.length")
    frame = opened(page, page.url)
    for option in ("nee", "omstander", "werk"):
        answer_in(frame, option)
        expect(frame.locator(f"input[type=radio][value={option}]")).to_have_count(0)
    assert page.evaluate("history.length") == before


# --- 4. Out of the frame --------------------------------------------------------------------------------------


def test_04_a_click_leaves_without_our_loader(page: Page, places: tuple[Site, Server]) -> None:
    """A site that frames the page by hand: the browser lets a click in the frame take the whole page along."""
    page.goto(places[0].url + "/bare")
    page.frame_locator("iframe").get_by_role("link", name="Snel weg").last.click()
    has_left(page)


def test_04_a_key_press_without_our_loader(page: Page, places: tuple[Site, Server]) -> None:
    """Seconds after the last click the browser may or may not let it leave: if not, one click on what is left does."""
    page.goto(places[0].url + "/bare")
    frame = page.frame_locator("iframe")
    frame.locator("label").first.click()
    page.wait_for_timeout(5500)
    press_shift(page)
    page.wait_for_timeout(1000)
    if not page.url.startswith(EXIT):
        expect(frame.locator("body *")).to_have_count(1)
        frame.get_by_role("link").click()
    has_left(page)


def test_04_where_the_browser_refuses_the_frame_is_empty(page: Page, places: tuple[Site, Server]) -> None:
    """A frame that may not move the page around it: nothing is left to read, and one link is offered."""
    page.goto(places[0].url + "/caged")
    frame = page.frame_locator("iframe")
    answer_in(frame, "nee")
    expect(frame.locator("input[name=vraag]")).to_have_value("rol")
    press_shift(page)
    expect(frame.get_by_role("link")).to_have_text("www.knmi.nl")
    expect(frame.locator("body *")).to_have_count(1)
    expect(frame.get_by_role("link")).to_have_attribute("target", "_top")


def test_04_where_the_browser_refuses_without_a_word_one_link_is_left(page: Page, places: tuple[Site, Server]) -> None:
    """The way out raises no error and leads nowhere: after seconds of an empty frame a link is there that does."""
    page.context.unroute_all()
    page.context.route(f"{EXIT}**", lambda route: route.fulfill(status=204))
    page.goto(places[0].url + "/bare")
    frame = page.frame_locator("iframe")
    answer_in(frame, "nee")
    expect(frame.locator("input[name=vraag]")).to_have_value("rol")
    frame.get_by_role("link", name="Snel weg").click(no_wait_after=True)
    expect(frame.locator("body *")).to_have_count(0)
    expect(frame.get_by_role("link")).to_have_text("www.knmi.nl")
    page.context.unroute_all()
    page.context.route(f"{EXIT}**", weather)
    frame.get_by_role("link").click()
    has_left(page)


def test_04_a_key_press_long_after_the_last_click_leaves_with_our_loader(
    page: Page, places: tuple[Site, Server]
) -> None:
    """The frame tells the loader, and the page around it goes."""
    frame = opened(page, places[0].url + "/young")
    frame.locator("label").first.click()
    page.wait_for_timeout(5500)
    press_shift(page)
    has_left(page)


# --- 5. The copy that the browser keeps -----------------------------------------------------------------------


def test_05_a_copy_that_the_browser_keeps_holds_nothing(page: Page, places: tuple[Site, Server]) -> None:
    """The page of the site comes back as it was left, from the browser's memory: but the widget is closed and empty."""
    site, _ = places
    frame = opened(page, site.url + "/young")
    answer_in(frame, "nee")
    expect(frame.locator("input[name=vraag]")).to_have_value("rol")
    page.evaluate("window.stillHere = true")
    page.goto(site.url + "/next")
    page.go_back(wait_until="commit")
    assert page.evaluate("window.stillHere") is True, "the browser did not keep the page: this test shows nothing"
    expect(page.locator("iframe")).to_have_count(0)
    page.get_by_role("button", name="Vragen?").click()
    expect(page.frame_locator("iframe").locator("input[name=vraag]")).to_have_value("gevaar")


def test_05_our_own_page_begins_again(page: Page, places: tuple[Site, Server]) -> None:
    """Left in the middle and come back by Back: the first question, no answer in the page."""
    site, server = places
    page.goto(server.url)
    answer(page, "gevaar", ["nee"])
    at_question(page, "rol")
    page.goto(site.url + "/next")
    page.go_back(wait_until="commit")
    at_question(page, "gevaar")
    expect(page.locator("input[name^=q-][type=hidden]")).to_have_count(0)


# --- 6 and 7. Nothing stored, nothing from elsewhere ----------------------------------------------------------


KEPT = """async () => {
  try {
    return [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
            (await navigator.serviceWorker?.getRegistrations() ?? []).length];
  } catch (refusal) {
    return refusal.name === "SecurityError" ? "blocked" : String(refusal);
  }
}"""


def test_06_nothing_is_stored_in_the_site_or_the_frame(page: Page, places: tuple[Site, Server]) -> None:
    """No cookie, no storage of any kind, on either origin, with what third parties may store blocked."""
    site, _ = places
    frame = opened(page, site.url + "/young")
    for option in ("nee", "omstander"):
        answer_in(frame, option)
    expect(frame.locator("input[name=vraag]")).to_have_value("omgeving")
    assert page.context.cookies() == []
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    for one in page.frames:
        kept = one.evaluate(KEPT)
        assert kept in ([0, 0, 0, 0], "blocked")


def test_07_nothing_is_requested_before_the_click_but_the_loader(page: Page, places: tuple[Site, Server]) -> None:
    """And after it only the host that the loader came from."""
    site, server = places
    watch = Watch().on(page)
    page.goto(site.url + "/young")
    page.wait_for_load_state("networkidle")
    assert watch.requests == [site.url + "/young", f"{server.url}embed/{LATEST}.js"]
    frame = opened(page, site.url + "/young")
    answer_in(frame, "nee")
    expect(frame.locator("input[name=vraag]")).to_have_value("rol")
    assert [url for url in watch.requests if not url.startswith((site.url, server.url))] == []


# --- 8. Nothing in addresses ----------------------------------------------------------------------------------


def test_08_no_answer_and_no_preset_stands_in_an_address(page: Page, places: tuple[Site, Server]) -> None:
    """The frame's address says voice and language; what the site presets travels in the name of the frame."""
    site, server = places
    watch = Watch().on(page)
    frame = opened(page, site.url + "/hotel")
    answer_in(frame, "nee")
    expect(frame.locator("input[name=vraag]")).to_have_value("signalen")
    ours = [url.removeprefix(server.url) for url in watch.requests if url.startswith(server.url)]
    pages = [url for url in ours if not url.startswith(("static/", "embed/1"))]
    assert set(pages) == {"embed/frame?voor=professional&taal=nl", "embed/frame"}
    assert server.written() == ""


def test_08_what_a_site_presets_does_not_stay_in_the_name_of_the_frame(page: Page, places: tuple[Site, Server]) -> None:
    """It is read once. Where only the frame is loaded again its questions are asked, and its own exit shows again."""
    frame = opened(page, places[0].url + "/hotel")
    inside = next(one for one in page.frames if "/embed/frame" in one.url)
    expect(frame.locator("input[name^=v-]")).to_have_count(4)
    assert inside.evaluate("window.name") == ""
    with page.expect_event("framenavigated"):
        inside.evaluate("location.reload()")
    expect(frame.locator("input[name=vraag]")).to_have_value("gevaar")
    expect(frame.locator("input[name^=v-]")).to_have_count(0)
    expect(frame.locator("[data-leave]")).to_have_css("clip-path", "none")


# --- 9. The title ---------------------------------------------------------------------------------------------


def test_09_the_title_says_nothing(page: Page, places: tuple[Site, Server]) -> None:
    """Our page is called "Vragen" until the end; a site keeps its own title."""
    site, server = places
    page.goto(server.url)
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    expect(page).to_have_title("Vragen")
    frame = opened(page, site.url + "/young")
    answer_in(frame, "nee")
    expect(frame.locator("input[name=vraag]")).to_have_value("rol")
    expect(page).to_have_title("Voetbalclub")


# --- 10. Traces of the form -----------------------------------------------------------------------------------


def test_10_no_field_can_be_typed_in_or_remembered(page: Page, places: tuple[Site, Server]) -> None:
    """Ticks and hidden fields only, in a form that the browser is told not to remember."""
    page.goto(places[1].url)
    for question, chosen in TO_LABOUR:
        kinds = page.locator("form input").evaluate_all("all => [...new Set(all.map(one => one.type))]")
        assert set(kinds) <= {"radio", "checkbox", "hidden"}
        expect(page.locator("form#form")).to_have_attribute("autocomplete", "off")
        assert page.locator("textarea:not([readonly]), [contenteditable]").count() == 0
        answer(page, question, chosen)
        expect(page.locator(f"input[name=vraag][value={question}]")).to_have_count(0)


# --- 11. Reading aloud ----------------------------------------------------------------------------------------

VOICES = """(local) => {
  const said = [];
  const speech = Object.assign(new EventTarget(), {
    getVoices: () => [
      { name: "far", lang: "nl-NL", localService: false },
      ...(local ? [{ name: "near", lang: "nl-NL", localService: true }] : []),
    ],
    cancel: () => { said.length = 0; },
    speak: (one) => said.push([one.voice?.name, one.lang, one.text]),
  });
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
  window.said = said;
}"""


@pytest.mark.parametrize("local", [True, False], ids=["local-voice", "remote-voice-only"])
def test_11_only_voices_of_the_device_read_aloud(browser: Browser, places: tuple[Site, Server], local: bool) -> None:
    """A remote voice would send the text away: then there is no button. With one of the device it is off at first."""
    context = context_of(browser)
    page = context.new_page()
    page.add_init_script(f"({VOICES})({str(local).lower()})")
    page.goto(places[1].url)
    button = page.locator("[data-aloud] button")
    expect(button).to_be_visible(visible=local)
    assert page.evaluate("said") == []
    if local:
        expect(page.get_by_text("Anderen kunnen het dan horen")).to_be_visible()
        button.click()
        said = page.evaluate("said")
        assert {(voice, language) for voice, language, _ in said} == {("near", "nl-NL")}
        assert any("direct gevaar" in text for _, _, text in said)
        button.click()
        assert page.evaluate("said") == []
    context.close()


# --- 12 and 14. Honest words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "De geschiedenis van je browser wissen wij niet.",  # 14
        "Wissen doe je zelf",  # 14
        "Gebruik dan het apparaat van iemand die je vertrouwt.",  # 14
        "Het nummer blijft in je belgeschiedenis staan.",  # 12
    ],
)
@pytest.mark.parametrize("audience", ["young", "professional", "public"])
def test_12_and_14_what_is_not_erased_is_said(
    page: Page, places: tuple[Site, Server], sentence: str, audience: str
) -> None:
    """One tap away on every page, in every voice."""
    page.goto(f"{places[1].url}?voor={audience}")
    page.get_by_text("Wat blijft er achter op dit apparaat?").click()
    expect(page.locator(".traces")).to_contain_text(sentence)


def test_14_going_back_with_the_browser_is_warned_against(page: Page, places: tuple[Site, Server]) -> None:
    """With scripts too, as soon as there is an answer to lose."""
    page.goto(places[1].url)
    warning = page.get_by_text("Met Terug of Vernieuwen van je browser kun je je antwoorden kwijtraken.")
    expect(warning).to_have_count(0)
    answer(page, "gevaar", ["nee"])
    at_question(page, "rol")
    expect(warning).to_be_visible()


def test_14_what_was_copied_or_downloaded_stays(page: Page, places: tuple[Site, Server]) -> None:
    """Said where something can be copied or downloaded."""
    page.goto(places[1].url)
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    for said in ("Wat je kopieert, kan op het klembord blijven staan.", "Wat je downloadt, blijft in de map"):
        expect(page.locator(".traces")).to_contain_text(said)


def test_12_nothing_dials_by_itself(page: Page, places: tuple[Site, Server]) -> None:
    """Every number is a link that somebody has to touch."""
    page.goto(places[1].url)
    watch = Watch().on(page)
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    assert [url for url in watch.requests if url.startswith("tel:")] == []
    assert page.locator("a[href^='tel:']").count() > 1


# --- 13. The note ---------------------------------------------------------------------------------------------


def test_13_the_young_voice_can_download_and_print_nothing(page: Page, places: tuple[Site, Server]) -> None:
    """The frame of the young voice has no right to; that of a professional has."""
    site, _ = places
    for path, may in (("/young", False), ("/hotel", True)):
        opened(page, site.url + path)
        flags = (page.locator("meldroute-gesprek iframe").get_attribute("sandbox") or "").split()
        assert ("allow-downloads" in flags, "allow-modals" in flags) == (may, may)
        assert "allow-top-navigation" not in flags


@pytest.mark.parametrize(("audience", "offers"), [("young", 0), ("public", 1)])
def test_13_the_young_voice_is_offered_nothing_to_keep(
    page: Page, places: tuple[Site, Server], audience: str, offers: int
) -> None:
    """No print, no note, no text to copy: what lies in a room or on a phone can be found."""
    page.goto(f"{places[1].url}?voor={audience}")
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    expect(page.locator("[data-print]")).to_have_count(offers)
    expect(page.locator("[data-copy]")).to_have_count(offers)
    expect(page.locator("[formaction]")).to_have_count(offers)


# --- 15. Danger first -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/young", "/hotel", "/bare"])
def test_15_danger_is_the_first_question_whatever_is_preset(page: Page, places: tuple[Site, Server], path: str) -> None:
    """And 112 stands above it."""
    page.goto(places[0].url + path)
    if path != "/bare":
        page.get_by_role("button", name="Vragen?").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("input[name=vraag]")).to_have_value("gevaar")
    expect(frame.locator(".danger a")).to_have_attribute("href", "tel:112")


def test_15_112_stays_when_the_host_is_gone(browser: Browser, places: tuple[Site, Server]) -> None:
    """No script, a script that somebody changed, or no answer: the site still shows 112 and a plain link."""
    site, server = places
    for choices, path, blocked in (
        ({"java_script_enabled": False}, "/young", ""),
        ({}, "/tampered", ""),
        ({}, "/young", "embed"),
    ):
        context = context_of(browser, **choices)
        page = context.new_page()
        if blocked:
            page.route(f"{server.url}**", lambda route: route.abort())
        page.goto(site.url + path)
        expect(page.get_by_role("link", name="Bel 112")).to_have_attribute("href", "tel:112")
        expect(page.get_by_role("link", name="Naar de vragen")).to_be_visible()
        expect(page.get_by_role("button", name="Vragen?")).to_have_count(0)
        context.close()


# --- 16 and 17. No pressure, no verdict -----------------------------------------------------------------------


OPEN_ENDED = r"weet (ik )?(het )?niet|liever niet|[Gg]een van deze|^Ander"


def test_16_every_question_can_be_left_open_and_nothing_counts_down(
    page: Page, places: tuple[Site, Server], content: Content
) -> None:
    """An answer that says nothing, or none at all; the way back on every page but the first; no clock."""
    for question in content.script.questions.values():
        open_ended = [o for o in question.options.values() if re.search(OPEN_ENDED, o.label.text)]
        assert question.optional or open_ended, question.id
    page.goto(places[1].url)
    for question, chosen in TO_LABOUR:
        at_question(page, question)
        expect(page.get_by_role("button", name="Terug", exact=True)).to_have_count(int(question != TO_LABOUR[0][0]))
        assert page.locator("progress, meter, [role=timer], meta[http-equiv=refresh]").count() == 0
        answer(page, question, chosen)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    scripts = " ".join(file.read_text(encoding="utf-8") for file in (ROOT / "web/static").rglob("*.js"))
    assert "setInterval" not in scripts


@pytest.mark.parametrize("audience", ["young", "professional", "public"])
def test_17_no_page_calls_anybody_or_anything_by_a_verdict(
    page: Page, places: tuple[Site, Server], audience: str
) -> None:
    """What is advised is said as a possibility; nobody is called a victim, nothing trafficking."""
    page.goto(f"{places[1].url}?voor={audience}")
    for option in ("nee", "omstander", "werk"):
        page.locator(f"input[type=radio][value={option}] + label").click()
        page.get_by_role("button", name="Verder", exact=True).click()
        expect(page.locator(f"input[type=radio][value={option}]")).to_have_count(0)
        said = page.locator("body").inner_text().lower()
        assert [word for word in ("slachtoffer", "slaaf", "verplicht", "je moet ") if word in said] == []


# --- the site around it ---------------------------------------------------------------------------------------


def test_the_strictest_policy_of_a_site_is_never_broken(page: Page, places: tuple[Site, Server]) -> None:
    """No violation of policy or Trusted Types, in the site or the frame, from the click to the way out."""
    site, _ = places
    site.asked.clear()
    watch = Watch().on(page)
    frame = opened(page, site.url + "/young")
    for option in ("nee", "omstander", "werk"):
        answer_in(frame, option)
        expect(frame.locator(f"input[type=radio][value={option}]")).to_have_count(0)
    page.get_by_role("button", name="Snel weg").click()
    has_left(page)
    assert watch.messages == []
    assert "/violations" not in site.asked


def test_a_site_that_is_not_on_the_list_may_not_show_it(page: Page, places: tuple[Site, Server]) -> None:
    """The browser refuses the frame to a site that the settings do not name, and the page itself to everybody."""
    _, server = places
    with hosting(
        {"/": page_with(f'<iframe src="{server.url}embed/frame"></iframe><iframe src="{server.url}"></iframe>')}
    ) as other:
        page.goto(other.url)
        page.wait_for_load_state("networkidle")
        assert [frame.url for frame in page.frames if frame.url.startswith(server.url)] == []


def test_twice_on_a_page(page: Page, places: tuple[Site, Server]) -> None:
    """Each has a dialogue of its own; the height of one says nothing to the other."""
    page.goto(places[0].url + "/twice")
    buttons = page.get_by_role("button", name="Vragen?")
    buttons.nth(0).click()
    expect(buttons).to_have_count(1)  # an opened one cannot be closed by a second tap, and its answers lost
    young, public = (page.frame_locator("iframe").nth(n) for n in (0, 1))
    expect(young.locator("input[name=vraag]")).to_have_value("gevaar")
    buttons.click()
    answer_in(young, "nee")
    expect(young.locator("input[name=vraag]")).to_have_value("rol")
    expect(public.locator("input[name=vraag]")).to_have_value("gevaar")
    expect(young.get_by_role("radio", name="Het gaat over mij", exact=True)).to_have_count(1)
    expect(buttons).to_have_count(0)


def test_in_a_page_from_right_to_left(page: Page, places: tuple[Site, Server]) -> None:
    """The widget stands inside the page and nothing has to be scrolled sideways."""
    opened(page, places[0].url + "/rtl")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = page.locator("iframe").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_the_frame_is_as_high_as_what_is_in_it(page: Page, places: tuple[Site, Server]) -> None:
    """It follows every question, so that only the page around it scrolls."""
    frame = opened(page, places[0].url + "/young")
    for option in ("nee", "omstander"):
        answer_in(frame, option)
        expect(frame.locator(f"input[type=radio][value={option}]")).to_have_count(0)
        page.wait_for_timeout(200)
        shown = page.locator("iframe").evaluate("one => one.clientHeight")
        needed = next(f for f in page.frames if "/embed/frame" in f.url).evaluate("document.body.scrollHeight")
        assert needed <= shown <= needed + 40


@pytest.mark.parametrize(
    "said",
    [
        {"height": 900000},
        {"height": -5},
        {"height": "12; position: fixed"},
        {"exit": "javascript:document.title='hit'", "gone": False},
        {"exit": "http://example.org/"},
    ],
)
def test_the_loader_believes_little(page: Page, places: tuple[Site, Server], said: dict[str, Any]) -> None:
    """Messages of the site itself count for nothing; those of the frame only within bounds."""
    frame = opened(page, places[0].url + "/young")
    expect(frame.locator("form")).to_have_count(1)
    page.wait_for_timeout(200)
    high = page.locator("iframe").evaluate("one => one.clientHeight")
    page.evaluate("said => window.postMessage({ ...said, gone: true }, '*')", said)
    page.wait_for_timeout(200)
    assert page.locator("iframe").evaluate("one => one.clientHeight") == high
    ours = next(f for f in page.frames if "/embed/frame" in f.url)
    ours.evaluate("said => parent.postMessage(said, '*')", said)
    page.wait_for_timeout(200)
    assert 200 <= page.locator("iframe").evaluate("one => one.clientHeight") <= 30000
    page.get_by_role("button", name="Snel weg").click()
    has_left(page)
