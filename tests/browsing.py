"""Walking through the dialogue in a real browser, as a person does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

Path = Sequence[tuple[str, Sequence[str]]]

TO_LABOUR: Path = (
    ("gevaar", ["nee"]),
    ("rol", ["omstander"]),
    ("omgeving", ["werk"]),
    ("signalen", ["slapen_werkplek", "paspoort_ingenomen"]),
    ("leeftijd", ["weet_niet"]),
    ("gemeente", ["GM0599"]),
    ("onderwerp", ["plaats"]),
    ("wens", ["geen"]),
    ("gender", []),
)

FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")


@contextmanager
def chromium(*flags: str, **choices: Any) -> Iterator[Browser]:
    """Chromium without requests of its own. flags: more of its flags; choices: as Playwright's `launch` takes them."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "install chromium, or set CHROMIUM to its path"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags], **choices)
        yield found
        found.close()


@dataclass
class Watch:
    """What a page did besides being looked at: requests and messages."""

    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def on(self, page: Page) -> Watch:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        return self


def at_question(page: Page, question: str) -> None:
    """Waits until the page asks this question, and no other with it."""
    at_screen(page, question)


def answer(page: Page, question: str, chosen: Sequence[str]) -> None:
    """Answers one question by mouse; nothing chosen means skipping it."""
    at_question(page, question)
    for option in chosen:
        page.locator(f"label[for='o-{question}-{option}']").click()
    page.get_by_role("button", name="Verder" if chosen else "Overslaan", exact=True).click()


def at_screen(page: Page, *questions: str) -> None:
    """Waits until the page asks exactly these questions together."""
    expect(page.locator("input[name=vraag]")).to_have_count(len(questions))
    for place, question in enumerate(questions):
        expect(page.locator("input[name=vraag]").nth(place)).to_have_value(question)


def answer_screen(page: Page, path: Path) -> None:
    """Answers the questions of one screen by mouse; where nothing is chosen the question is left as it is."""
    at_screen(page, *(question for question, _ in path))
    for question, chosen in path:
        for option in chosen:
            page.locator(f"label[for='o-{question}-{option}']").click()
    page.get_by_role("button", name="Verder", exact=True).click()


def walk(page: Page, path: Path) -> None:
    """Answers a row of questions by mouse."""
    for question, chosen in path:
        answer(page, question, chosen)


def at_referral(page: Page, first: str) -> None:
    """Waits for the referral and holds its first agency against the expectation."""
    expect(page.locator("#first")).to_contain_text(first)
