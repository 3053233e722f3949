"""What the page offers to download: the formats of formats.py that this installation can make, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

_TITLES = {
    "pdf": ("Verslag voor raad en college", "om te lezen en te delen"),
    "html": ("Verslag als webpagina", "één bestand, om te openen of te printen"),
    "ods": ("Rekenblad", "alle tabellen, een tabel per blad"),
    "csv-nl": ("Alle cijfers voor Excel in het Nederlands", "puntkomma en decimale komma"),
    "csv": ("Alle cijfers voor andere programma’s", "komma en punt"),
    "json": ("De uitgaven zelf", "zoals ze zijn vastgelegd, voor programma’s"),
    "zip": ("Alles samen", "alle bestanden, met een toelichting"),
}
"""A format that is not here comes last, by its name."""
_NEEDS = {"pdf": ["typst"], "ods": ["odfdo"], "zip": ["odfdo"]}


@dataclass(frozen=True)
class Download:
    """A file on offer: the last part of its address, what it is, and its kind as a reader knows it."""

    name: str
    title: str
    about: str
    kind: str


def downloads(formats: Mapping[str, str]) -> list[Download]:
    """Those of `formats` (name → ending) whose library is installed, the report first."""
    names = [*(name for name in _TITLES if name in formats), *(name for name in formats if name not in _TITLES)]
    there = [name for name in names if all(find_spec(library) for library in _NEEDS.get(name, ()))]
    return [
        Download(name, *_TITLES.get(name, (name, "")), kind=formats[name].rpartition(".")[2].upper()) for name in there
    ]
