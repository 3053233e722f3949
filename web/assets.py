"""The files that every visitor gets: read, compressed and given an address of their own once, at start.

Only these are ever compressed: a page that holds answers is not, so that its length says nothing about them.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

from flask import Flask, Response, abort, request

from web.settings import Settings

FOREVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"
THEME = "theme.css"
PICTOGRAMS = "pictograms.svg"
"""A picture for some options; each is called by its question and its option."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, the same compressed, and its media type."""

    body: bytes
    packed: bytes
    media: str

    @classmethod
    def of(cls, name: str, body: bytes) -> Asset:
        """The file with that name; the same bytes always compress to the same bytes."""
        return cls(body, gzip.compress(body, 9, mtime=0), TYPES[Path(name).suffix])

    @property
    def integrity(self) -> str:
        """The hash that a page which includes the file may ask for (Subresource Integrity)."""
        return "sha384-" + base64.b64encode(hashlib.sha384(self.body).digest()).decode()

    def answer(self, keep: str) -> Response:
        """The file as an answer. keep: its Cache-Control."""
        packed = request.accept_encodings.quality("gzip") > 0
        response = Response(self.packed if packed else self.body, content_type=self.media)
        response.headers["Cache-Control"] = keep
        response.headers["Vary"] = "Accept-Encoding"
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.set_etag(hashlib.sha256(self.body).hexdigest()[:16] + ("-gzip" if packed else ""))
        response.make_conditional(request)
        return response


class Assets:
    """The files of web/static by name, and the theme of the installation."""

    def __init__(self, theme: Path | None) -> None:
        found = {file.name: file.read_bytes() for file in files("web").joinpath("static").iterdir() if file.is_file()}
        if theme:
            found[THEME] = theme.read_bytes()
        self._all: Mapping[str, Asset] = {name: Asset.of(name, body) for name, body in found.items()}
        whole = hashlib.sha256(b"".join(name.encode() + body for name, body in sorted(found.items())))
        self.version = whole.hexdigest()[:12]
        drawn = ElementTree.fromstring(found[PICTOGRAMS]).iter("{http://www.w3.org/2000/svg}symbol")  # noqa: S314 - ours
        self.pictograms = frozenset(symbol.attrib["id"] for symbol in drawn)

    def url(self, name: str) -> str:
        """The address of a file, which changes with any of them. KeyError where there is none."""
        if name not in self._all:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def answer(self, name: str, version: str | None = None) -> Response:
        """The file; under the address of today's version it may be kept forever."""
        if name not in self._all:
            abort(404)
        return self._all[name].answer(FOREVER if version == self.version else A_WHILE)


def install(app: Flask, settings: Settings) -> None:
    """Serves the files, and gives the templates their addresses and what the settings say of every page."""
    assets = Assets(settings.theme)
    app.add_url_rule("/static/<version>/<name>", "asset", lambda version, name: assets.answer(name, version))
    app.add_url_rule("/static/<name>", "asset_today", assets.answer)
    app.jinja_env.globals["asset"] = assets.url
    app.jinja_env.globals["pictograms"] = assets.pictograms
    app.jinja_env.globals["settings"] = settings
