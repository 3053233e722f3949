"""Keeping the catalogues: finding the sentences of templates and code, and writing .po files through Babel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from locales import tag_of

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS: dict[str, None] = {"_": None, "say": None, "words": None, "Text": None}
"""The calls whose first argument is a sentence: a translation at once, or `Text` for one that is translated later."""


def code_texts(folders: Sequence[Path]) -> Iterator[str]:
    """Every sentence in the Python files and templates of some folders."""
    for folder in folders:
        for _, _, message, _, _ in extract_from_dir(folder, method_map=METHODS, keywords=KEYWORDS, options_map={}):
            yield message if isinstance(message, str) else message[0]


def update(language: str, texts: Sequence[str]) -> int:
    """Writes the catalogue of a language anew with exactly these texts; says how many lack a translation."""
    path = Path(str(files("locales"))) / language / "LC_MESSAGES" / "meldroute.po"
    old = Catalog(locale=tag_of(language))
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=tag_of(language))
    new = Catalog(locale=tag_of(language), fuzzy=False)
    for text in texts:
        known = old.get(text)
        new.add(text, known.string if known else "")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=0, no_location=True, omit_header=True)
    return sum(1 for text in texts if not new[text].string)
