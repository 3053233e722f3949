"""One entry of a content file, read key by key; what is missing, unknown or of a wrong kind is refused."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Collection, Iterator
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from referral.errors import CardError

T = TypeVar("T")
WHOLE = "the file"
_REQUIRED: Any = object()
_KINDS = {
    str: "text",
    int: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    datetime.date: "a date",
}
_NOT_MEANT: dict[type, type] = {int: bool, datetime.date: datetime.datetime}
"""What Python counts among a kind and a file does not mean by it."""


class Entry:
    """A table of a TOML file with the name by which an error points at it.

    Every `take` removes a key; `finish` refuses what is left, so a misspelt key is never ignored in silence.
    """

    def __init__(self, file: str, name: str, data: dict[str, Any]) -> None:
        self.file, self.name, self._data = file, name, dict(data)

    def wrong(self, what: str) -> CardError:
        """The error to raise about this entry."""
        return CardError(self.file, self.name, what)

    def take(self, key: str, kind: type[T], default: Any = _REQUIRED) -> T:
        """The value of `key`, which must be of `kind`; `default` where the key is left out."""
        if key not in self._data:
            if default is _REQUIRED:
                raise self.wrong(f"`{key}` is missing")
            return default  # type: ignore[no-any-return]
        value = self._data.pop(key)
        if not isinstance(value, kind) or isinstance(value, _NOT_MEANT.get(kind, ())):
            raise self.wrong(f"`{key}` must be {_KINDS[kind]}, not {value!r}")
        if value == "":
            raise self.wrong(f"`{key}` is empty: leave it out, or write it")
        return value

    def text(self, key: str) -> str:
        """The sentence at `key`, which must be there."""
        return self.take(key, str)

    def maybe(self, key: str) -> str | None:
        """The sentence at `key`, or None where it is left out."""
        return self.take(key, str, None)

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        return self.take(key, bool, default)

    def date(self, key: str) -> datetime.date | None:
        """A date without a time, or None where it is left out."""
        return self.take(key, datetime.date, None)

    def texts(self, key: str, default: Any = ()) -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of one."""
        if isinstance(self._data.get(key), str):
            return (self.take(key, str),)
        values = self.take(key, list, default)
        for value in values:
            if not isinstance(value, str) or not value:
                raise self.wrong(f"`{key}` must be a list of texts, not {value!r}")
        if len(set(values)) != len(values):
            raise self.wrong(f"`{key}` names something twice")
        return tuple(values)

    def choice(self, key: str, allowed: Collection[str], default: Any = _REQUIRED) -> str:
        """A text that must be one of `allowed`."""
        value = self.take(key, str, default)
        self.known(key, [value], allowed)
        return value

    def one_of(self, key: str, allowed: Collection[str]) -> frozenset[str]:
        """The values of which one must hold, all among `allowed`; an empty list, which nothing can meet, is refused."""
        values = self.texts(key)
        self.known(key, values, allowed)
        if not values:
            raise self.wrong(f"`{key}` is empty: leave it out, or name a value")
        return frozenset(values)

    def known(self, key: str, values: Collection[str], allowed: Collection[str]) -> None:
        """Refuses a value of `key` that is not among `allowed`."""
        for value in values:
            if not isinstance(value, str) or value not in allowed:
                raise self.wrong(f"`{key}` names {value!r}, which does not exist")

    def table(self, key: str) -> Entry | None:
        """The table at `key` as an entry of its own, or None where it is left out."""
        data = self.take(key, dict, None)
        return None if data is None else Entry(self.file, f"{self.name}, {key}", data)

    def mapping(self, key: str) -> dict[str, Any]:
        """The table at `key` as it is; empty where it is left out."""
        return self.take(key, dict, {})

    def words(self, key: str) -> dict[str, str]:
        """The table at `key`, which leads from texts to texts; empty where it is left out."""
        words = self.mapping(key)
        for name, value in words.items():
            if not isinstance(value, str):
                raise self.wrong(f"`{key}` gives {name!r} a value that is no text: {value!r}")
        return words

    def parts(self, key: str) -> Iterator[Entry]:
        """The tables of the list at `key`, each as an entry named by its place."""
        for number, data in enumerate(self.take(key, list, []), start=1):
            if not isinstance(data, dict):
                raise self.wrong(f"`{key}` must be a list of tables")
            yield Entry(self.file, f"{self.name}, {key} {number}", data)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def finish(self, value: T) -> T:
        """`value`, once it is sure that nobody left a key of the entry unread."""
        if self._data:
            raise self.wrong(f"does not know the key `{sorted(self._data)[0]}`")
        return value


def read_file(folder: Traversable, file: str) -> Entry:
    """The whole of a content file as one entry; a file that is not TOML is refused with the parser's reason."""
    try:
        return Entry(file, WHOLE, tomllib.loads((folder / file).read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CardError(file, WHOLE, f"is not valid TOML: {error}") from error
    except FileNotFoundError as error:
        raise CardError(file, WHOLE, "is missing") from error


def named_parts(whole: Entry, key: str) -> Iterator[tuple[str, Entry]]:
    """The entries `[[key]]` of a file or an entry, each with its id; one that is missing or used twice is refused."""
    seen: set[str] = set()
    prefix = "" if whole.name == WHOLE else f"{whole.name}, "
    for number, part in enumerate(whole.parts(key), start=1):
        part.name = f"{prefix}{key} {number}"
        identity = part.text("id")
        part.name = f"{prefix}{key} {identity!r}"
        if identity in seen:
            raise part.wrong("stands twice")
        seen.add(identity)
        yield identity, part
