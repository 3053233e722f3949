"""The look in real Chromium: contrast, themes, forced colours, zoom, text spacing, right to left, targets, focus."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import TO_LABOUR, answer, at_question, at_referral, walk
from tests.looking import (
    BOXES,
    CUT,
    FOCUS,
    OVERLAPS,
    TARGETS,
    Pair,
    colour_of,
    contrast,
    look,
    seen_edges,
    seen_texts,
)
from tests.running import Server, running

pytestmark = pytest.mark.browser

STYLE = files("web").joinpath("static/style.css").read_text(encoding="utf-8")
NARROW, PHONE, WIDE = {"width": 320, "height": 640}, {"width": 360, "height": 740}, {"width": 1280, "height": 800}
ZOOMED = {"width": 320, "height": 256}
"""What is left of 1280 by 1024 pixels at 400 %."""
SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }
"""
"""The text spacing of WCAG 1.4.12, which a person may set in the browser."""

Scene = Callable[[Page, str], None]


def first(page: Page, url: str) -> None:
    """The first page, with its help open."""
    page.goto(url)
    page.locator("summary").evaluate_all("all => all.forEach(one => one.click())")


def missing(page: Page, url: str) -> None:
    """The first question, after "Verder" without an answer."""
    page.goto(url)
    page.get_by_role("button", name="Verder", exact=True).click()
    expect(page.locator(".error")).to_be_visible()


def signals(page: Page, url: str) -> None:
    """Many options, two of them chosen, a group open, and the answers so far."""
    page.goto(url)
    walk(page, TO_LABOUR[:3])
    at_question(page, "signalen")
    for box in page.locator(".option label").all()[:2]:
        box.click()
    page.locator("summary").evaluate_all("all => all.forEach(one => one.click())")


def urgent(page: Page, url: str) -> None:
    """112 above the next question."""
    page.goto(url)
    walk(page, (*TO_LABOUR[:3], ("signalen", ["nu_opgesloten"])))
    expect(page.locator(".urgent")).to_be_visible()


def together(page: Page, url: str) -> None:
    """Several questions on one screen, one option chosen in the first."""
    page.goto(url + "?voor=professional")
    walk(page, (("gevaar", ["nee"]), ("rol", ["professional"])))
    expect(page.locator("fieldset")).not_to_have_count(1)
    page.locator(".option label").first.click()


def advice(page: Page, url: str) -> None:
    """The advice for signals at work, everything open."""
    page.goto(url)
    walk(page, TO_LABOUR)
    at_referral(page, "Nederlandse Arbeidsinspectie")
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")


def danger(page: Page, url: str) -> None:
    """The advice to call 112."""
    page.goto(url)
    answer(page, "gevaar", ["ja"])
    at_referral(page, "112")


SCENES = [first, missing, signals, urgent, together, advice, danger]
EACH = pytest.mark.parametrize("scene", SCENES)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages with the screen, colours and motion that a test asks for."""
    contexts = []

    def open_page(**choices: Any) -> Page:
        contexts.append(browser.new_context(**({"viewport": WIDE, "locale": "nl-NL"} | choices)))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


# --- contrast, light and dark ---------------------------------------------------------------------------------


def unreadable(pairs: list[Pair]) -> list[str]:
    return [str(pair) for pair in pairs if pair.contrast < pair.needed]


@EACH
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(opened: Callable[..., Page], server: Server, scene: Scene, scheme: str) -> None:
    """Contrast of at least 4.5 to 1, and 3 to 1 for large text."""
    page = opened(color_scheme=scheme)
    scene(page, server.url)
    pairs = seen_texts(page)
    assert len(pairs) > 5
    assert unreadable(pairs) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_and_marks_can_be_seen(opened: Callable[..., Page], server: Server, scheme: str) -> None:
    """Contrast of at least 3 to 1 for what shows where something can be chosen, and what is chosen."""
    page = opened(color_scheme=scheme)
    signals(page, server.url)
    for side in ("inside", "around"):
        assert unreadable(seen_edges(page, ".option label", "borderBlockStartColor", side)) == []
    assert unreadable(seen_edges(page, ":checked + label", "borderBlockStartColor", "inside")) == []
    assert unreadable(seen_edges(page, ".primary, .leave", "backgroundColor")) == []
    assert unreadable(seen_edges(page, ".secondary, .change", "borderBlockStartColor")) == []
    urgent(page, server.url)
    assert unreadable(seen_edges(page, ".urgent", "borderBlockStartColor", "inside")) == []
    assert unreadable(seen_edges(page, ".urgent .call", "backgroundColor")) == []


def test_the_two_schemes_are_not_the_same(opened: Callable[..., Page], server: Server) -> None:
    """Who asks for dark gets dark, as far as the browser's own parts."""
    found = []
    for scheme in ("light", "dark"):
        page = opened(color_scheme=scheme)
        page.goto(server.url)
        found.append((colour_of(page, "body", "backgroundColor"), colour_of(page, ".primary", "backgroundColor")))
    assert contrast_of(found[0][0], "#ffffff") < 1.2
    assert contrast_of(found[1][0], "#000000") < 1.5
    assert found[0][1] != found[1][1]


def contrast_of(one: str, other: str) -> float:
    def parts(text: str) -> tuple[float, float, float, float]:
        return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16), 1)

    return contrast(parts(one), parts(other))


# --- themes ---------------------------------------------------------------------------------------------------

UTRECHT = """.own-theme {
  --utrecht-document-background-color: #fffdf5; --utrecht-document-color: #33302a;
  --utrecht-document-font-family: "Liberation Serif", serif; --utrecht-heading-1-color: #5a1e00;
  --utrecht-form-fieldset-legend-color: #5a1e00; --utrecht-link-color: #7a3300; --utrecht-focus-outline-width: 1px;
  --utrecht-focus-outline-color: #ffff00; --utrecht-button-primary-action-background-color: #ffc400;
  --utrecht-button-primary-action-color: #1a1a1a; --utrecht-button-secondary-action-background-color: #000000;
  --utrecht-button-secondary-action-color: #ffffff; --utrecht-button-border-width: 0;
  --utrecht-form-control-border-color: #7c7568; --utrecht-form-control-border-radius: 0;
  --rods-form-fieldset-legend-border-block-end-color: #d8d0c0; --utrecht-alert-error-background-color: #00ff00;
}"""
"""A theme as Rotterdam's is built: the names of `utrecht`, buttons of two kinds, a light edge, a thin focus."""

NL = """.own-theme {
  --utrecht-body-background-color: #ffffff; --utrecht-body-color: #1b1040; --utrecht-root-font-family: serif;
  --nl-heading-level-1-color: #3a0a6b; --nl-heading-level-1-font-family: "Liberation Serif", serif;
  --nl-link-color: #5a00b3; --utrecht-link-color: #00ff00; --nl-button-border-radius: 999px;
  --nl-button-primary-background-color: #5a00b3; --nl-button-primary-color: #ffffff;
  --nl-button-secondary-background-color: rgb(0 0 0 / 0%); --nl-button-secondary-color: #5a00b3;
  --nl-button-secondary-border-color: #7f3fd0; --utrecht-form-field-description-color: #5c5670;
  --utrecht-radio-button-border-color: #6b6580;
}"""
"""A theme as "Voorbeeld" is built: the names of `nl` before those of `utrecht`, buttons without a fill."""

NIGHT = """:root {
  --utrecht-document-background-color: #101010; --utrecht-document-color: #f0f0f0; --utrecht-link-color: #ffd76a;
  --utrecht-button-primary-action-background-color: #ffd76a; --utrecht-button-primary-action-color: #101010;
}"""
"""A dark theme with few names, on the root instead of a class."""

PARTLY = """.own-theme { --utrecht-link-color: #8a0050; --utrecht-button-primary-action-background-color: #8a0050; }"""
"""A theme that leaves nearly everything to us."""

THEMES = {
    "utrecht": (UTRECHT, ("#fffdf5", "#5a1e00", "#ffc400", "#7a3300")),
    "nl": (NL, ("#ffffff", "#3a0a6b", "#5a00b3", "#5a00b3")),
    "night": (NIGHT, ("#101010", "#f0f0f0", "#ffd76a", "#ffd76a")),
    "partly": (PARTLY, ("#f2f5f9", "#12263c", "#8a0050", "#8a0050")),
}
"""What a theme says, and then the colours of page, heading, button and link that must come of it."""


@pytest.fixture(scope="module", params=THEMES)
def themed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Server]]:
    """A server with one of the themes."""
    folder = tmp_path_factory.mktemp("themed")
    (folder / "theme.css").write_text(THEMES[request.param][0], encoding="utf-8")
    variables = {"MELDROUTE_THEME": str(folder / "theme.css"), "MELDROUTE_THEME_CLASS": "own-theme"}
    with running(folder / "data", **variables) as server:
        yield request.param, server


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_theme_applies_whatever_the_scheme(
    opened: Callable[..., Page], themed: tuple[str, Server], scheme: str
) -> None:
    """Page, heading, button and link take the theme's colours; our dark ones never mix with them."""
    name, server = themed
    page = opened(color_scheme=scheme)
    page.goto(server.url)
    found = (
        colour_of(page, "body", "backgroundColor"),
        colour_of(page, "h1", "color"),
        colour_of(page, ".primary", "backgroundColor"),
        colour_of(page, "button.language", "color"),
    )
    assert found == THEMES[name][1]


@pytest.mark.parametrize("scene", [missing, signals, urgent, advice])
def test_with_a_theme_everything_can_be_read(
    opened: Callable[..., Page], themed: tuple[str, Server], scene: Scene
) -> None:
    """What the theme says and what it leaves to us stand out against each other."""
    page = opened(color_scheme="dark")
    scene(page, themed[1].url)
    assert unreadable(seen_texts(page)) == []
    assert unreadable(seen_edges(page, ".option label", "borderBlockStartColor") if scene is signals else []) == []


def test_no_theme_reaches_danger_the_way_out_and_focus(
    opened: Callable[..., Page], themed: tuple[str, Server], server: Server
) -> None:
    """112, "Snel weg", an error and the ring around the focus look the same with every theme."""

    def found(url: str) -> list[object]:
        page = opened()
        missing(page, url)
        colours = [colour_of(page, one, "color") for one in (".danger a", ".leave", ".error")]
        colours += [colour_of(page, one, "backgroundColor") for one in (".top", ".leave", ".error")]
        page.keyboard.press("Tab")
        ring = look(page, FOCUS)
        urgent(page, url)
        colours += [colour_of(page, ".urgent .call", one) for one in ("color", "backgroundColor")]
        return [*colours, ring["outer"], ring["inner"], ring["width"]]

    assert found(themed[1].url) == found(server.url)


def test_fonts_and_corners_of_a_theme(opened: Callable[..., Page], themed: tuple[str, Server]) -> None:
    """Letters and corners follow the theme; sizes stay ours, so that nothing becomes too small to read."""
    name, server = themed
    page = opened()
    page.goto(server.url)
    style = page.evaluate(
        "[getComputedStyle(document.body).fontFamily, getComputedStyle(document.querySelector('h1')).fontFamily,"
        " getComputedStyle(document.querySelector('.primary')).borderRadius, getComputedStyle(document.body).fontSize]"
    )
    ours = ("system-ui, sans-serif", "system-ui, sans-serif", "8px")
    serif = '"Liberation Serif", serif'
    assert tuple(style) == (
        *{"utrecht": (serif, serif, "0px"), "nl": ("serif", serif, "999px")}.get(name, ours),
        "18px",
    )


@pytest.mark.skipif(not os.environ.get("MELDROUTE_THEME"), reason="set MELDROUTE_THEME to check a theme of your own")
@EACH
def test_the_theme_of_this_installation(opened: Callable[..., Page], tmp_path: Path, scene: Scene) -> None:
    """The theme that MELDROUTE_THEME names leaves every text readable (see docs/themes.md)."""
    with running(tmp_path / "data") as server:
        page = opened()
        scene(page, server.url)
        assert unreadable(seen_texts(page)) == []


# --- without colours, without motion ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_everything_distinguishable(
    opened: Callable[..., Page], server: Server, scheme: str
) -> None:
    """With the system's few colours: edges around all that can be pressed, and what is chosen stands out."""
    page = opened(forced_colors="active", color_scheme=scheme)
    signals(page, server.url)
    for pressed in (".leave", ".primary", ".secondary", ".option label"):
        assert edge_of(page, pressed) >= 2
    chosen = colour_of(page, ":checked + label", "backgroundColor")
    plain = colour_of(page, ":not(:checked) + label", "backgroundColor")
    assert contrast_of(chosen, plain) >= 3
    assert contrast_of(chosen, colour_of(page, ":checked + label", "color")) >= 4.5
    urgent(page, server.url)
    assert edge_of(page, ".urgent") >= 2
    assert edge_of(page, ".urgent .call") >= 2
    assert expect_ring(page) >= 3
    missing(page, server.url)
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.error')).borderInlineStartWidth)") >= 4
    advice(page, server.url)
    for part in (".first-call", ".first-call .call", ".eyebrow"):
        assert edge_of(page, part) >= 2


def edge_of(page: Page, selector: str) -> float:
    """How thick the thinnest drawn edge of the first element is, in pixels."""
    return float(
        page.locator(selector).first.evaluate(
            "one => { const style = getComputedStyle(one); return Math.min(...['Top', 'Right', 'Bottom', 'Left'].map("
            "side => style[`border${side}Style`] === 'solid' ? parseFloat(style[`border${side}Width`]) : 0)) }"
        )
    )


def expect_ring(page: Page) -> float:
    """Moves the focus by key, and gives the thickness of the line around what has it."""
    page.keyboard.press("Tab")
    ring = look(page, FOCUS)
    assert ring["line"] == "solid"
    return float(ring["width"])


@pytest.mark.parametrize("scene", [signals, advice])
def test_who_asks_for_no_motion_gets_none(opened: Callable[..., Page], server: Server, scene: Scene) -> None:
    """Nothing moves, fades or scrolls smoothly."""
    page = opened(reduced_motion="reduce")
    scene(page, server.url)
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one); return"
        " style.transitionDuration !== '0s' || style.animationName !== 'none' || style.scrollBehavior !== 'auto' })"
        ".map(one => one.outerHTML.slice(0, 80))"
    )
    assert moving == []
    assert page.evaluate("document.getAnimations().length") == 0


# --- zoom, text spacing, right to left --------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("spacing", ["", SPACING], ids=["", "spaced"])
def test_nothing_is_cut_off(opened: Callable[..., Page], server: Server, scene: Scene, spacing: str) -> None:
    """At 320 pixels, at 400 % and with wide text spacing: no scrolling sideways, nothing cut, nothing overlaps."""
    page = opened(viewport=NARROW, bypass_csp=True)
    scene(page, server.url)
    if spacing:
        page.add_style_tag(content=spacing)
    for size in (NARROW, ZOOMED, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert look(page, CUT) == []
        assert look(page, OVERLAPS) == []


@pytest.mark.parametrize("query", ["", "?taal=en", "?taal=nl-eenvoudig"])
@pytest.mark.parametrize("spacing", ["", SPACING], ids=["", "spaced"])
def test_the_bar_leaves_the_screen_to_the_question(
    opened: Callable[..., Page], server: Server, query: str, spacing: str
) -> None:
    """At 400 % the bar that stays in view takes a fifth of the screen, with wide spacing three tenths, and no more."""
    page = opened(viewport=ZOOMED, bypass_csp=True)
    page.goto(server.url + query)
    if spacing:
        page.add_style_tag(content=spacing)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    bar = page.locator(".top").bounding_box()
    assert bar
    assert bar["y"] == 0
    assert bar["height"] <= ZOOMED["height"] * (0.3 if spacing else 0.2)
    for kept in (".danger a", ".leave"):
        expect(page.locator(kept)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scene", [first, signals, together, advice])
@pytest.mark.parametrize("size", [ZOOMED, PHONE, WIDE], ids=["400-percent", "360", "1280"])
def test_the_focus_is_never_hidden(
    opened: Callable[..., Page], server: Server, scene: Scene, size: dict[str, int]
) -> None:
    """Forwards and backwards by Tab: what has the focus is in view below the bar, in a thick ring of two colours."""
    page = opened(viewport=size)
    scene(page, server.url)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    for key in ("Tab", "Shift+Tab"):
        seen = 0
        for _ in range(25):
            page.keyboard.press(key)
            focus = look(page, FOCUS)
            if focus["body"]:
                break
            seen += 1
            room = focus["screen"] - focus["bar"]
            assert focus["top"] >= focus["bar"] - 1 or focus["height"] > room, focus
            assert focus["bottom"] > focus["bar"] + 8, focus
            assert focus["top"] < focus["screen"] - 8, focus
            assert focus["line"] == "solid", focus
            assert focus["width"] >= 3, focus
            assert contrast(tuple(focus["outer"]), tuple(focus["inner"])) >= 7, focus
        assert seen >= 4


MIRRORED = (
    ".top, .danger strong, .danger a, .leave, .languages > *, .option input, .option label, .primary, "
    ".first-call, .eyebrow, .call"
)


def test_right_to_left_is_a_mirror(opened: Callable[..., Page], server: Server) -> None:
    """Turned around, every part has the place of before, seen in a mirror."""
    for scene in (signals, urgent, advice):
        page = opened(viewport=NARROW)
        scene(page, server.url)
        before = look(page, BOXES, MIRRORED)
        page.evaluate("document.documentElement.dir = 'rtl'")
        after = look(page, BOXES, MIRRORED)
        assert len(before) >= 5
        for (left, right), (new_left, new_right) in zip(before, after, strict=True):
            assert (new_right, new_left) == pytest.approx((left, right), abs=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_the_style_sheet_names_no_left_and_no_right() -> None:
    """Physical sides would stay where they are when the text turns around."""
    sides = r"left|right|top|bottom"
    properties = rf"(?:margin|padding|border|inset)-(?:{sides})|[{{;]\s*(?:{sides})\s*:|: (?:left|right)\b"
    assert re.findall(properties, STYLE) == []
    uneven = re.findall(r"(?:margin|padding|inset): [^ ;]+ ([^ ;]+) [^ ;]+ ([^ ;]+);", STYLE)
    assert [pair for pair in uneven if pair[0] != pair[1]] == []


# --- targets, the first screen, bytes ---------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["320", "1280"])
def test_targets_are_large(opened: Callable[..., Page], server: Server, scene: Scene, size: dict[str, int]) -> None:
    """Everything that can be pressed is at least 44 by 44 pixels."""
    page = opened(viewport=size)
    scene(page, server.url)
    targets = look(page, TARGETS)
    assert len(targets) > 5
    assert [one for one in targets if one["width"] < 44 or one["height"] < 44] == []


@pytest.mark.parametrize("query", ["", "?voor=young", "?voor=professional", "?taal=en", "?taal=nl-eenvoudig"])
def test_the_first_question_needs_no_scrolling(opened: Callable[..., Page], server: Server, query: str) -> None:
    """On a phone every answer of the first question is in view at once."""
    page = opened(viewport=PHONE)
    page.goto(server.url + query)
    options = page.locator(".option label")
    assert options.count() >= 2
    for option in options.all():
        expect(option).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("query", ["", "?taal=en", "?taal=nl-eenvoudig"])
def test_the_bar_is_one_line(opened: Callable[..., Page], server: Server, query: str) -> None:
    """Even at 320 pixels 112 and the way out stand beside each other."""
    page = opened(viewport=NARROW)
    page.goto(server.url + query)
    danger_, leave = (page.locator(one).bounding_box() for one in (".danger a", ".leave"))
    bar = page.locator(".top").bounding_box()
    assert danger_
    assert leave
    assert bar
    assert danger_["y"] == pytest.approx(leave["y"], abs=2)
    assert bar["height"] <= 64


def test_the_style_sheet_stays_small() -> None:
    """A first visit on a slow line."""
    assert len(gzip.compress(STYLE.encode(), 9, mtime=0)) <= 3200
