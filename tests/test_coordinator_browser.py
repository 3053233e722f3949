"""The coordinators' room in real Chromium: by keyboard alone, narrow and wide, with and without scripts, axe clean.

`MELDROUTE_SHOTS=FOLDER pytest tests/test_coordinator_browser.py` leaves a picture of every page there, to be looked at.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.coordinating import PASSWORD
from tests.looking import look, seen_texts
from tests.monitor_pages import publish
from tests.monitor_sample import sample
from tests.running import Command, Server, running
from tests.secured import HAS_OPENSSL, secured
from tests.test_accessibility import NARROW, RUN, TAGS, WIDE

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("MELDROUTE_SHOTS")
LOOKS = [pytest.param(NARROW, "dark", id="320"), pytest.param(WIDE, "light", id="1280")]
SMALL = """
return [...document.querySelectorAll("button, summary, input:not([type=hidden], [aria-hidden]), nav a, .link-button")]
  .filter((one) => !hidden(one))
  .map((one) => (one.matches(".tick input") ? one.parentElement : one))
  .filter((one) => one.getBoundingClientRect().height < 44)
  .map((one) => one.outerHTML.slice(0, 80));
"""
Opened = Callable[..., Page]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that `meldroute` of tests/conftest.py uses, with two years of releases in it."""
    return publish(tmp_path, sample())


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with running(folder, MELDROUTE_TODAY="2027-02-01") as found:
        yield found


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    contexts = []

    def open_page(**choices: Any) -> Page:
        contexts.append(browser.new_context(**({"locale": "nl-NL", "reduced_motion": "reduce"} | choices)))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


def link_for(meldroute: Command, server: Server, *arguments: str) -> str:
    """The link of an invitation that the operator makes."""
    done = meldroute("coordinator", "add", *arguments, "--address", server.url.rstrip("/"))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[1]


def join(page: Page) -> None:
    """By mouse from the code of an invitation to the overview."""
    page.get_by_role("button", name="Verder").click()
    secret = page.locator(".key").inner_text().replace(" ", "")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_label("Nog een keer").fill(PASSWORD)
    page.get_by_label("Code uit de app").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Account maken").click()
    page.get_by_role("link", name="Ik heb ze bewaard").click()


class Walk:
    """Somebody who only has a keyboard. Every page is looked at on the way."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name, self.secret, self.seen = page, name, "", 0

    def code(self, later: int) -> str:
        """The code of the app of so many steps later: each works once, and the server takes the next one too."""
        return pyotp.TOTP(self.secret).at(int(time.time()) + 30 * later)

    def tab_to(self, selector: str) -> None:
        for _ in range(60):
            if self.page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by the Tab key")

    def type(self, selector: str, text: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def press(self, selector: str, heading: str) -> None:
        """Enter on it; waits for the page with that heading and looks at it."""
        self.tab_to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.at(heading)

    def at(self, heading: str) -> None:
        page = self.page
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.evaluate("document.documentElement.clientWidth"), heading
        page.evaluate(Axe().axe_script)
        assert page.evaluate(RUN, [TAGS, []]) == [], heading
        assert [str(pair) for pair in seen_texts(page) if pair.contrast < pair.needed] == []
        self.seen += 1
        if SHOTS:
            size = page.evaluate("innerWidth")
            page.screenshot(path=f"{SHOTS}/{size}-{self.seen:02}-{heading.split()[-1]}.png", full_page=True)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_by_keyboard_from_the_invitation_to_the_log(
    opened: Opened, server: Server, meldroute: Command, size: dict[str, int], scheme: str
) -> None:
    """An administrator: invitation, mistakes, account, recovery codes, out, in, an invitation for another, the log."""
    page = opened(viewport=size, color_scheme=scheme)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    walk = Walk(page, "anna")
    link = link_for(meldroute, server, "anna", "--role", "administrator")
    page.goto(link)
    walk.at("Je uitnodiging")
    expect(page.locator("#invitation")).to_have_value(link.partition("#")[2])
    walk.press(".primary", "Maak je account")
    walk.secret = page.locator(".key").inner_text().replace(" ", "")
    walk.type("#password", "wachtwoord123")
    walk.type("#again", "wachtwoord123")
    walk.type("#code", walk.code(0))
    walk.press(".primary", "Maak je account")
    expect(page.locator(".summary")).to_be_focused()
    assert page.title().startswith("Fout: ")
    walk.tab_to(".summary a")
    page.keyboard.press("Enter")
    expect(page.locator("#password")).to_be_focused()
    walk.type("#password", PASSWORD)
    walk.type("#again", PASSWORD)
    walk.type("#code", walk.code(0))
    walk.press(".primary", "Je herstelcodes")
    assert len(page.locator(".codes li").all()) == 8
    walk.press(".link-button", "Overzicht")
    expect(page.get_by_text("Kwartaal 4 van 2026: verschenen op")).to_be_visible()
    walk.press(".room-top button", "Inloggen")
    walk.type("#name", "anna")
    walk.type("#password", "een ander wachtwoord")
    walk.type("#code", "123456")
    walk.press(".primary", "Inloggen")
    expect(page.locator(".summary")).to_be_focused()
    walk.type("#password", PASSWORD)
    walk.type("#code", walk.code(1))
    walk.press(".primary", "Je bent ingelogd")
    expect(page.get_by_text("1 keer mislukt")).to_be_visible()
    walk.press(".link-button", "Overzicht")
    walk.press("a[href='/coordinator/account']", "Mijn account")
    walk.press("a[href='/coordinator/accounts']", "Accounts")
    walk.type("#name", "a b")
    walk.press(".actions .primary", "Accounts")
    expect(page.locator(".summary")).to_be_focused()
    walk.type("#name", "bert")
    walk.press(".actions .primary", "Uitnodiging voor bert")
    expect(page.locator("#link")).to_have_value(re.compile(rf"^{server.url}coordinator/invitation#[\w-]{{43}}$"))
    walk.press("main a", "Accounts")
    walk.press("a[href='/coordinator/log']", "Logboek")
    expect(page.get_by_text("nodigde bert uit")).to_be_visible()
    walk.press(".room-top button", "Inloggen")
    assert [one for one in messages if not re.search(r"status of (403|422) ", one)] == []
    assert not [url for url in requests if not url.startswith(server.url)]
    assert not [url for url in requests if link.partition("#")[2] in url.partition("#")[0]]
    assert link.partition("#")[2] not in server.written()


def test_without_scripts_the_link_is_pasted(opened: Opened, server: Server, meldroute: Command) -> None:
    """And everything else works as well."""
    page = opened(viewport=NARROW, java_script_enabled=False)
    link = link_for(meldroute, server, "anna")
    page.goto(link)
    page.get_by_label("Uitnodiging").fill(link)
    join(page)
    expect(page.get_by_text("Je bent ingelogd als anna")).to_be_visible()
    expect(page.get_by_role("link", name="Logboek")).to_have_count(0)
    page.goto(f"{server.url}coordinator/log")
    expect(page.get_by_text("Deze pagina is voor beheerders")).to_be_visible()


def test_what_the_browser_keeps(opened: Opened, server: Server, meldroute: Command) -> None:
    """One cookie that no script can read, nothing else; none before somebody comes in, and none by the dialogue."""
    page = opened(viewport=WIDE)
    page.goto(server.url)
    page.goto(f"{server.url}coordinator/login")
    assert page.context.cookies() == []
    link = link_for(meldroute, server, "anna")
    page.goto(link)
    join(page)
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("meldroute", True, "Strict")
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    page.get_by_role("button", name="Uitloggen").click()
    (left,) = page.context.cookies()
    assert left["value"] == "." + cookie["value"].partition(".")[2]
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")


def test_what_can_be_touched_is_large_enough(opened: Opened, server: Server, meldroute: Command) -> None:
    """44 pixels high, but for links within a sentence."""
    page = opened(viewport=NARROW)
    page.goto(link_for(meldroute, server, "anna", "--role", "administrator"))
    page.get_by_role("button", name="Verder").click()
    expect(page.locator(".key")).to_be_visible()
    small = {"the form of the invitation": look(page, SMALL)}
    page.go_back()
    join(page)
    for at in ("", "account", "accounts", "log"):
        page.goto(f"{server.url}coordinator/{at}")
        small[at] = look(page, SMALL)
    assert {place: found for place, found in small.items() if found} == {}


@pytest.mark.skipif(not HAS_OPENSSL, reason="openssl makes the certificate")
def test_behind_tls_the_browser_takes_the_strict_cookie(
    opened: Opened, server: Server, meldroute: Command, tmp_path: Path
) -> None:
    """As it is really served: a name, TLS by somebody in front, the cookie that asks for it."""
    name = "vragen.localhost"  # Chromium knows that it is this machine; for us it is a name like any other
    with secured(tmp_path, int(server.url.rstrip("/").rpartition(":")[2]), name) as port:
        page = opened(ignore_https_errors=True)
        page.goto(link_for(meldroute, server, "anna").replace(server.url, f"https://{name}:{port}/"))
        join(page)
        expect(page.get_by_text("Je bent ingelogd als anna")).to_be_visible()
        expect(page.get_by_text("zonder beveiligde verbinding")).to_have_count(0)
        (cookie,) = page.context.cookies()
        assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == ("__Host-meldroute", True, True)
        page.get_by_role("button", name="Uitloggen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")
