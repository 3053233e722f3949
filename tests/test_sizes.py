"""What a visitor downloads stays small: the script for other sites, and everything up to the first question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from bot.wording import AUDIENCES
from locales import words
from tests.peers import DOCUMENT, ours
from tests.running import Server, running
from tests.sizes import IN_SCRIPTS, IN_STYLES, Page, Piece, in_a_page, loader, own_page, total
from web.settings import Settings

LOADER_MOST = 1_500
MOST = 15_000
DRIFT = 0.1
TYPING = (
    "Dit is geen mens. Typ je iets? Dan stelt een computermodel signalen voor. Jij kiest zelf wat klopt. "
    "We vragen geen naam en bewaren je antwoorden en tekst niet."
)
QUERIES = [f"?voor={audience}&taal={language}" for audience in AUDIENCES for language in Settings().languages]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server where every voice may type."""
    with running(tmp_path_factory.mktemp("typed") / "data", MELDROUTE_TYPED_TEXT="on-young") as found:
        yield found


def test_the_script_for_other_sites(server: Server) -> None:
    """What every visitor of another site downloads, clicked or not, is one file of at most 1,500 bytes."""
    pieces = loader(server.url)
    assert len(pieces) == 1
    assert total(pieces).sent <= LOADER_MOST
    assert total(pieces).packed <= LOADER_MOST


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("way", [own_page, in_a_page])
def test_everything_up_to_the_first_question(
    server: Server, way: Callable[[str, str], dict[str, Piece]], query: str
) -> None:
    """In every voice and language: at most 15,000 bytes as sent, where the page itself is not compressed."""
    pieces = way(server.url, query)
    assert total(pieces).sent <= MOST, {url: piece.size for url, piece in pieces.items()}
    assert total(pieces).packed <= MOST


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("way", [own_page, in_a_page])
def test_typing_keeps_within_the_same(typed: Server, way: Callable[[str, str], dict[str, Piece]], query: str) -> None:
    """Where a person may type, no more than 15,000 bytes either; what the field needs comes with its question."""
    pieces = way(typed.url, query)
    said = words(query.rpartition("=")[2])(TYPING)
    assert [piece.media for piece in pieces.values() if said in piece.text] == ["text/html"]
    assert not [url for url in pieces if "typed" in url]
    assert total(pieces).sent <= MOST, {url: piece.size for url, piece in pieces.items()}


def test_pages_are_sent_as_they_are_and_files_compressed(server: Server) -> None:
    """The length of a page would say something of its answers if it were compressed."""
    for url, piece in own_page(server.url).items():
        expected = piece.size.raw if piece.media == "text/html" else piece.size.packed
        assert piece.size.sent == expected, url


@pytest.mark.browser
def test_a_browser_fetches_nothing_that_was_not_counted(server: Server, browser: Browser) -> None:
    """What Chromium asks for is what was measured; it leaves out the icon, since it shows no tabs here."""
    asked = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url, wait_until="networkidle")
    page.close()
    counted = own_page(server.url)
    assert len(asked) == len(set(asked))
    assert set(asked) <= counted.keys()
    assert {piece.media for url, piece in counted.items() if url not in asked} <= {"image/svg+xml"}


def test_the_page_of_sizes_is_of_today() -> None:
    """docs/sizes.md says of ours what is measured now, give or take a tenth; `make sizes` writes it anew."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, size in ours().items():
        row = re.search(rf"^\| \*\*ours\*\*: {re.escape(name)} \|(.+)$", text, re.MULTILINE)
        assert row, name
        sent = int(row[1].split("|")[4].replace(",", ""))
        assert abs(sent - size.sent) <= DRIFT * size.sent, f"{name}: {sent} in docs/sizes.md, {size.sent} now"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<link rel="stylesheet" href="a.css">', ["a.css"]),
        ('<link rel="icon" href="a.svg">', ["a.svg"]),
        ('<link rel="help" href="a.html"><a href="b.html">', []),
        ('<script src="a.js"></script><img src="b.svg" alt="">', ["a.js", "b.svg"]),
        ('<svg><use href="a.svg#one"/><use href="#two"/></svg>', ["a.svg"]),
    ],
)
def test_what_a_page_refers_to(html: str, found: list[str]) -> None:
    """Everything that a browser fetches by itself counts; what a person may follow does not."""
    assert Page.addresses(html) == found


def test_what_styles_and_scripts_refer_to() -> None:
    """Fonts and pictures in styles count, and modules that a script takes in."""
    assert IN_STYLES.findall('@import "a.css"; b { background: url(c.svg) } d { src: url("e.woff2") }') == [
        "a.css",
        "c.svg",
        "e.woff2",
    ]
    assert IN_SCRIPTS.findall('import { a } from "./b.js"; await import("./c.js"); import.meta.url') == [
        "./b.js",
        "./c.js",
    ]
