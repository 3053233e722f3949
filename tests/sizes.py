"""What a visitor downloads, measured at a running server as a browser fetches it: everything a page refers to."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin
from urllib.request import Request, urlopen

LOADER = "embed.js"
FRAME = "embed/frame"
IN_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s;]+)""")
IN_SCRIPTS = re.compile(r"""\bimport\b[^;"'`]*["'`](\.[^"'`]+)""")
LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"}


@dataclass(frozen=True)
class Size:
    """Bytes: as they are, as the server sent them, and as they would be if compressed. Headers are not counted."""

    raw: int = 0
    sent: int = 0
    packed: int = 0

    def __add__(self, other: Size) -> Size:
        """Both together."""
        return Size(self.raw + other.raw, self.sent + other.sent, self.packed + other.packed)


def packed(body: bytes) -> int:
    """The length of these bytes compressed, the same for ours and for others."""
    return len(gzip.compress(body, 9, mtime=0))


@dataclass(frozen=True)
class Piece:
    """One answer of the server."""

    url: str
    text: str
    media: str
    size: Size

    def references(self) -> Iterator[str]:
        """The addresses of what a browser fetches because of this piece."""
        if self.media == "text/html":
            yield from (urljoin(self.url, address) for address in Page.addresses(self.text))
        elif self.media in ("text/css", "text/javascript"):
            pattern = IN_STYLES if self.media == "text/css" else IN_SCRIPTS
            yield from (urljoin(self.url, found[1]) for found in pattern.finditer(self.text))


class Page(HTMLParser):
    """Collects what a page has a browser fetch; links that a person may follow are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def addresses(cls, html: str) -> list[str]:
        """The addresses as the page writes them."""
        page = cls()
        page.feed(html)
        return page.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Looks at one element. What would escape the count is refused, so that nobody adds it unseen."""
        given = dict(attrs)
        assert "srcset" not in given, "sizes.py does not know which of several pictures is fetched"
        if tag == "link" and LINKS & set((given.get("rel") or "").split()):
            self.found.append(given.get("href") or "")
        elif tag == "use":
            self.found += [address for address in [(given.get("href") or "").partition("#")[0]] if address]
        elif given.get("src"):
            self.found.append(given["src"] or "")


def fetch(url: str) -> Piece:
    """One answer, asked for as a browser does."""
    with urlopen(Request(url, headers={"Accept-Encoding": "gzip"}), timeout=20) as answer:
        sent, media = answer.read(), answer.headers.get_content_type()
        body = gzip.decompress(sent) if answer.headers["Content-Encoding"] == "gzip" else sent
    return Piece(url, body.decode("utf-8", "replace"), media, Size(len(body), len(sent), packed(body)))


def with_all_it_needs(url: str) -> dict[str, Piece]:
    """A page, what it refers to, and what that refers to; everything once."""
    pieces: dict[str, Piece] = {}
    waiting = [url]
    while waiting:
        address = waiting.pop()
        if address not in pieces:
            pieces[address] = fetch(address)
            waiting += pieces[address].references()
    return pieces


def total(pieces: dict[str, Piece]) -> Size:
    """All pieces together."""
    return sum((piece.size for piece in pieces.values()), Size())


def loader(server: str) -> dict[str, Piece]:
    """What a page of somebody else fetches before anybody clicks."""
    return with_all_it_needs(server + LOADER)


def own_page(server: str, query: str = "") -> dict[str, Piece]:
    """The dialogue on its own page, up to and including the first question. query: such as `?taal=en`."""
    return with_all_it_needs(server + query)


def in_a_page(server: str, query: str = "") -> dict[str, Piece]:
    """The same inside a page of somebody else: the loader, and after the click the frame."""
    return loader(server) | with_all_it_needs(f"{server}{FRAME}{query}")
