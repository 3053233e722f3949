"""The words in other languages. Dutch is the source and the key; a catalogue per language stands beside this file.

A new language costs one folder: `locales/<language>/LC_MESSAGES/meldroute.po`. This room imports nothing of ours.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "nl"
COMMON_LANGUAGE = "en"
"""For somebody whose own language is not there."""
REGIONAL = {"en": "en_GB"}
"""Whose dates and clock times a language has here, where the language alone says something else."""


EASY = {"nl-eenvoudig": "Makkelijk lezen"}
"""Catalogues that say a language in easier words, with their names: level A2, for who reads with difficulty."""


def tag_of(language: str) -> str:
    """The language tag: easy words are words of the same language."""
    return language.partition("-")[0] if language in EASY else language


@dataclass(frozen=True)
class Words:
    """The words of one language: call it with a Dutch text to get the text of the language."""

    language: str
    messages: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __call__(self, text: str, **values: object) -> str:
        """The text in this language, its `{names}` filled with `values`; the Dutch text where nobody translated it."""
        found = self.messages.get(text) or text
        return found.format(**values) if values else found

    @property
    def tag(self) -> str:
        """The language as pages and screen readers know it."""
        return tag_of(self.language)

    @property
    def locale(self) -> Locale:
        """Babel's knowledge of the language: names, dates, direction."""
        return Locale.parse(REGIONAL.get(self.tag, self.tag))

    @property
    def direction(self) -> str:
        """ "ltr" or "rtl"."""
        return self.locale.text_direction

    def name(self, language: str | None = None) -> str:
        """The name of a language, this one by default, in this language."""
        asked = language or self.language
        return EASY.get(asked) or Locale.parse(asked).get_display_name(self.locale) or asked

    def date(self, day: datetime.date) -> str:
        """A day, in full: "24 november 2026"."""
        return format_date(day, format="long", locale=self.locale)

    def any_of(self, items: Sequence[str]) -> str:
        """ "a, b of c"."""
        return format_list(items, style="or", locale=self.locale)

    def all_of(self, items: Sequence[str]) -> str:
        """ "a, b en c"."""
        return format_list(items, style="standard", locale=self.locale)

    def iso_date(self, day: str) -> str:
        """A day that is written as 2026-11-24, in full."""
        return self.date(datetime.date.fromisoformat(day))

    def weekday(self, day: datetime.date) -> str:
        """ "dinsdag 24 november"."""
        return format_date(day, format="EEEE d MMMM", locale=self.locale)

    def time(self, moment: datetime.datetime) -> str:
        """A clock time: "09:00"."""
        return format_time(moment, format="short", locale=self.locale)


@cache
def languages() -> tuple[str, ...]:
    """The languages there are words in: Dutch, Dutch in easy words, the others."""
    there = (f.name for f in files("locales").iterdir() if _catalogue(f.name).is_file())
    found = sorted(there, key=lambda language: (language not in EASY, language))
    return (SOURCE_LANGUAGE, *found)


@cache
def words(language: str) -> Words:
    """The words of a language. KeyError where there is no catalogue for it."""
    if language == SOURCE_LANGUAGE:
        return Words(language)
    if language not in languages():
        raise KeyError(language)
    with _catalogue(language).open("rb") as file:
        catalogue = read_po(file, locale=tag_of(language))
    return Words(language, dict(_messages(catalogue)))


def _messages(catalogue: Iterable[object]) -> Iterable[tuple[str, str]]:
    for message in catalogue:
        key, text = getattr(message, "id", ""), getattr(message, "string", "")
        if isinstance(key, str) and key and isinstance(text, str) and text and not getattr(message, "fuzzy", False):
            yield key, text


def _catalogue(language: str) -> Traversable:
    return files("locales") / language / "LC_MESSAGES" / "meldroute.po"
