"""What a page looks like to the eye: colours as the browser computed them, contrast as WCAG defines it, and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

Colour = tuple[float, float, float, float]

TOOLS = """
const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const rgba = (colour) => {
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
};
const up = (one) => (one ? [one, ...up(one.parentElement)] : []);
const behind = (one) => up(one).map((each) => rgba(getComputedStyle(each).backgroundColor));
const hidden = (one) => {
  const box = one.getBoundingClientRect();
  return !one.checkVisibility({ visibilityProperty: true }) || box.width < 2 || box.height < 2
    || up(one).some((each) => getComputedStyle(each).clipPath.startsWith("inset"));
};
const texts = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && !hidden(one)) found.push(walker.currentNode);
  }
  return found;
};
"""
"""Shared by the scripts below: a colour in any notation as red, green, blue and alpha, what is visible, all texts."""

TEXTS = """
return texts().map((node) => {
  const style = getComputedStyle(node.parentElement);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  return { what: node.data.trim().slice(0, 60), colour: rgba(style.color), behind: behind(node.parentElement), large };
});
"""
COLOURS = """
const all = [...document.querySelectorAll(given.selector)].filter((each) => !hidden(each));
return all.map((one) => {
  const style = getComputedStyle(one);
  return Object.fromEntries(given.names.map((name) => [name, rgba(style[name])]).concat([
    ["inside", behind(one)], ["around", behind(one.parentElement)],
  ]));
});
"""
CUT = """
const blocks = "label, button, summary, li, p, h1, h2, h3, h4, a, div";
const scrolled = [...document.querySelectorAll("body *")].filter((one) =>
  !hidden(one) && getComputedStyle(one).overflow !== "visible" && one.scrollWidth > one.clientWidth);
const outside = texts().filter((node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const around = up(node.parentElement).find((one) => one.matches(blocks) && one.getBoundingClientRect().width);
  const box = around.getBoundingClientRect();
  return [...range.getClientRects()].filter((text) => text.width > 1).some((text) =>
    text.left < Math.max(box.left, 0) - 1 || text.right > Math.min(box.right, innerWidth) + 1
    || text.top < box.top - 8 || text.bottom > box.bottom + 8);
});
return [...scrolled.map((one) => one.outerHTML.slice(0, 80)), ...outside.map((node) => node.data.trim())];
"""
OVERLAPS = """
const blocks = "label, button, summary, main p, main li, main h1, main h2, main h3, .top a, .top strong";
const boxes = [...document.querySelectorAll(blocks)].filter((one) => !hidden(one))
  .map((one) => [one, one.getBoundingClientRect()]);
const apart = (one, other) => one === other || one.contains(other) || other.contains(one)
  || one.closest(".top") !== other.closest(".top");
const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
  && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
const name = (one) => one.textContent.trim().slice(0, 40);
return boxes.flatMap(([one, a]) =>
  boxes.filter(([other, b]) => !apart(one, other) && meet(a, b)).map(([other]) => `${name(one)} | ${name(other)}`));
"""
TARGETS = """
const all = document.querySelectorAll("a[href], button, summary, .option label");
return [...all].filter((one) => !hidden(one)).map((one) => {
  const box = one.getBoundingClientRect();
  return { what: one.textContent.trim().slice(0, 60), width: box.width, height: box.height };
});
"""
FOCUS = """
const focused = document.activeElement;
const shown = focused.matches(".option input") ? focused.nextElementSibling : focused;
const box = shown.getBoundingClientRect();
const bar = document.querySelector(".top").getBoundingClientRect();
const style = getComputedStyle(shown);
const halo = style.boxShadow.split(/,(?![^(]*\\))/).find((one) => / 0px 0px 0px 3px$/.test(one));
return {
  what: shown.outerHTML.slice(0, 90), body: focused === document.body,
  top: box.top, bottom: box.bottom, height: box.height, screen: innerHeight,
  bar: shown.closest(".top, .skip") ? 0 : Math.max(0, bar.bottom),
  width: parseFloat(style.outlineWidth), line: style.outlineStyle, outer: rgba(style.outlineColor),
  inner: rgba(halo?.match(/\\w+\\([^)]*\\)/)[0] ?? "transparent"),
};
"""
BOXES = """
return [...document.querySelectorAll(given)].filter((one) => !hidden(one)).map((one) => {
  const box = one.getBoundingClientRect();
  return [Math.round(box.left), Math.round(innerWidth - box.right)];
});
"""


@dataclass(frozen=True)
class Pair:
    """Something seen and what is behind it: what it is, both colours, and the contrast that it needs."""

    what: str
    front: Colour
    back: Colour
    needed: float

    @property
    def contrast(self) -> float:
        """The contrast of the two, from 1 to 21."""
        return contrast(self.front, self.back)

    def __str__(self) -> str:
        return f"{self.what!r}: {self.contrast:.2f} of {self.needed} ({hexed(self.front)} on {hexed(self.back)})"


def look(page: Page, script: str, given: Any = None) -> Any:
    """What one of the scripts above finds in the page."""
    return page.evaluate(f"(given) => {{ {TOOLS} {script} }}", given)


def seen_texts(page: Page) -> list[Pair]:
    """Every text that can be seen now, with what is behind it: 4.5 is needed, and 3 for large text."""
    return [
        Pair(one["what"], _over(one["colour"], behind), behind, 3 if one["large"] else 4.5)
        for one in look(page, TEXTS)
        for behind in [flat(one["behind"])]
    ]


def seen_edges(page: Page, selector: str, name: str, side: str = "around") -> list[Pair]:
    """The colour `name` of everything that fits, against what is `inside` or `around` it: 3 is needed."""
    found = look(page, COLOURS, {"selector": selector, "names": [name]})
    assert found, f"nothing fits {selector}"
    return [Pair(f"{name} of {selector}", flat([one[name]]), flat(one[side]), 3) for one in found]


def colour_of(page: Page, selector: str, name: str) -> str:
    """A computed colour of the first element that fits, as #rrggbb."""
    found = look(page, COLOURS, {"selector": selector, "names": [name]})
    return hexed(flat([found[0][name]]))


def flat(behind: Sequence[Sequence[float]]) -> Colour:
    """The one colour that is seen through a row of backgrounds, the nearest first, above a white page."""
    under: Colour = (255, 255, 255, 1)
    for colour in reversed(behind):
        under = _over(colour, under)
    return under


def _over(colour: Sequence[float], under: Colour) -> Colour:
    red, green, blue = (
        part * colour[3] + below * (1 - colour[3]) for part, below in zip(colour[:3], under[:3], strict=True)
    )
    return (red, green, blue, 1)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Colour) -> float:
    """The relative luminance of WCAG 2, from 0 (black) to 1 (white)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in colour[:3])
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def hexed(colour: Colour) -> str:
    """A colour as #rrggbb."""
    return "#" + "".join(f"{round(part):02x}" for part in colour[:3])
