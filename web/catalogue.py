"""Every sentence that a person can meet, from the content, the templates and the code: what a catalogue must hold.

`python -m web.catalogue` brings the catalogues of all languages up to date.
"""

from __future__ import annotations

import dataclasses
import sys
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from locales import SOURCE_LANGUAGE, extract, languages, words
from referral.model import Municipality, Source, Text
from web.service import Content, load_content
from web.settings import Settings

PROPER_NAMES = (Municipality, Source)
"""What is the same in every language."""


def content_texts(content: Content) -> Iterator[str]:
    """Every text of the card and the script: each field of type Text, found by the types alone."""
    names = {place.name for place in content.card.municipalities.values()}
    yield from (text for text in dict.fromkeys(_texts((content.card, content.script))) if text not in names)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, PROPER_NAMES):
        return
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kinds = typing.get_type_hints(type(value))
        for field in dataclasses.fields(value):
            yield from _of_kind(kinds[field.name], getattr(value, field.name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _texts(part)


def _of_kind(kind: Any, value: object) -> Iterator[str]:
    """The texts in a field: `Text`, `Text | None`, a tuple of them, or something that holds them."""
    inner = typing.get_args(kind)
    if value is None:
        return
    if kind is Text or (Text in inner and isinstance(value, str)):
        yield cast(str, value)
    elif inner[:1] == (Text,):
        yield from cast(tuple[str, ...], value)
    else:
        yield from _texts(value)


def all_texts(content: Content) -> list[str]:
    """The texts of the content, the templates and the code, each once."""
    ours = [Path(__file__).parent, Path(__file__).parent.parent / "bot"]
    return list(dict.fromkeys([*content_texts(content), *extract.code_texts(ours)]))


def untranslated(content: Content, language: str) -> list[str]:
    """The texts that a language has no words for."""
    if language == SOURCE_LANGUAGE:
        return []
    return [text for text in all_texts(content) if text not in words(language).messages]


def main() -> int:
    """Brings every catalogue up to date; what is gone from the content leaves it."""
    texts = all_texts(load_content(Settings.from_environment()))
    for language in languages():
        if language != SOURCE_LANGUAGE:
            missing = extract.update(language, texts)
            print(f"{language}: {len(texts)} texts, {missing} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
