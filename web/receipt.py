"""The privacy receipt: every file, table and column of this installation as they are now, and what they may hold.

It reads shapes, never a row of the counters: the page is the same whether anybody was counted or not. What it has no
words for stands there as such, so that nothing can be added to a file in silence.
"""

from __future__ import annotations

import datetime
import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, abort, render_template

from locales import words
from referral.datafiles import StoreError
from referral.model import Text
from referral.published import Published
from referral.publishing import Publishing
from referral.release import Release
from referral.store import Store
from web.coordinator.file import AccountsFile
from web.kept import (
    ACCOUNTS,
    CHAINED,
    COUNTERS,
    GRAINS,
    KEY,
    MADE,
    PRIVATE,
    PROTECTION,
    PUBLISHED,
    ROUNDED,
    SERVED,
    TICKETS,
    Known,
)
from web.problems import preferred_language
from web.running import service

receipt = Blueprint("receipt", __name__)

Shape = Mapping[str, Mapping[str, str]]
"""Table → column → type."""
AWAY = (StoreError, sqlite3.Error, OSError)
_JOURNAL = re.compile(r"-(journal|mj[0-9A-F]+)$")
THERE, ABSENT, UNREADABLE = "there", "absent", "unreadable"


@dataclass(frozen=True)
class Column:
    """A column as it is: its type, and what it may hold; None where this page does not know."""

    name: str
    type: str
    about: Text | None


@dataclass(frozen=True)
class Check:
    """One protection: what it does, whether it holds now, how the file or SQLite says so, values for the text."""

    text: Text
    holds: bool
    said: str = ""
    base: str = ""


@dataclass(frozen=True)
class File:
    """A file as it is: THERE, ABSENT or UNREADABLE, the columns of its tables by name, and its protection.

    last: the last release in it.
    """

    name: str
    known: Known
    state: str
    tables: Mapping[str, tuple[Column, ...]]
    checks: tuple[Check, ...] = ()
    last: str = ""


@receipt.get("/privacy", defaults={"language": ""})
@receipt.get("/privacy/<language>")
def privacy(language: str) -> str:
    """The receipt in the language of the address; where that says none, in one that the browser prefers."""
    running = service()
    languages, content = running.settings.languages, running.content
    if language and language not in languages:
        abort(404)
    say = words(language or preferred_language(languages))
    published = Published(running.settings.database)
    database = running.settings.database.resolve()
    destroyed, overdue = _past(published)
    files = [*_counting(database, _store()), _published_file(published), *_notes(published), _accounts(database)]
    return render_template(
        "receipt.html",
        _=say,
        words=say,
        languages=[(code, words(code).name(), words(code).tag) for code in languages],
        alarm=content.card.alarm_number,
        years=running.settings.keep_counters,
        files=files,
        others=_others(database, {file.name for file in files}),
        strange=any(column.about is None for file in files for table in file.tables.values() for column in table),
        destroyed=destroyed,
        overdue=overdue,
        tables=content.tables,
        reading=content.reading,
        grains=GRAINS,
        values={name: _values(name) for name in content.tables.dimensions},
    )


def _store() -> Store:
    """The store that counts: a second one would say nothing of how the first handles its files."""
    return service().counter.store


def _counting(path: Path, store: Store) -> Iterator[File]:
    """The files of the counters, the tickets and the key."""
    try:
        shapes, protection = store.schema(), store.protection()
    except AWAY:
        shapes, protection = {}, {}
    for name, known, end in (("main", COUNTERS, ""), ("tickets", TICKETS, ".tickets")):
        file = path.with_name(path.name + end)
        shape = shapes.get(name)
        checks = (*_protection(protection[name]), *_private(file)) if shape else ()
        yield File(file.name, known, THERE if shape else UNREADABLE, explained(known, shape or {}), checks)
    key = path.with_name(f"{path.name}.key")
    yield File(key.name, KEY, THERE if key.exists() else ABSENT, {}, tuple(_private(key)))


def explained(known: Known, shape: Shape) -> dict[str, tuple[Column, ...]]:
    """Each column that there is, with what is known of it."""
    return {
        table: tuple(Column(name, kind, known.columns.get(table, {}).get(name)) for name, kind in columns.items())
        for table, columns in shape.items()
    }


def _protection(found: Mapping[str, str]) -> Iterator[Check]:
    for name, (text, good) in PROTECTION.items():
        yield Check(text, found[name] in good, f"{name} = {found[name]}")


def _private(path: Path) -> Iterator[Check]:
    """Whether the file's rights keep everybody else out. Looks at the folder only: nobody but SQLite opens the file."""
    try:
        rights = path.stat().st_mode & 0o777
    except OSError:
        return
    yield Check(PRIVATE, rights & 0o077 == 0, f"{rights:04o}")


def _published_file(published: Published) -> File:
    name = published.path.name
    try:
        shape = published.schema()
        # Of a file whose chain does not hold, no figure is looked at.
        sound = not published.check()
        releases = published.releases() if sound else []
    except AWAY:
        return File(name, PUBLISHED, UNREADABLE, {})
    if not shape:
        return File(name, PUBLISHED, ABSENT, {})
    checks = (*_rounding(releases), Check(CHAINED, sound))
    last = releases[-1]["id"] if releases else ""
    return File(name, PUBLISHED, THERE, explained(PUBLISHED, shape), checks, last)


def _notes(published: Published) -> Iterator[File]:
    """The files beside the releases that are no tables."""
    for path, known in ((published.made.path, MADE), (published.served.path, SERVED)):
        yield File(path.name, known, THERE if path.exists() else ABSENT, {})


def _accounts(database: Path) -> File:
    file = AccountsFile(database)
    try:
        shape = file.schema()
    except AWAY:
        return File(file.path.name, ACCOUNTS, UNREADABLE, {})
    checks = tuple(_private(file.path)) if shape else ()
    return File(file.path.name, ACCOUNTS, THERE if shape else ABSENT, explained(ACCOUNTS, shape), checks)


def _rounding(releases: Sequence[Release]) -> Iterator[Check]:
    """For each base that was ever used: whether every figure published with it is a multiple of it."""
    for base in sorted({release["base"] for release in releases}):
        of_base = (release for release in releases if release["base"] == base)
        yield Check(ROUNDED, all(_is_rounded(release) for release in of_base), base=str(base))


def _is_rounded(release: Release) -> bool:
    return all(cell["value"] % release["base"] == 0 for table in release["tables"] for cell in table["cells"])


def _others(path: Path, known: Collection[str]) -> list[str]:
    """Files that are called after the database and are none of ours, such as a copy.

    Journals are ours. They stand there while a contact is written, so the page must not tell of them.
    """
    try:
        found = {file.name for file in path.parent.iterdir() if file.name.startswith(path.name)}
    except OSError:
        return []
    return sorted(name for name in found - set(known) if not _JOURNAL.search(name))


def _past(published: Published) -> tuple[Mapping[int, datetime.date], Sequence[int]]:
    """The years whose counters are gone, with the day, and the years whose counters should be."""
    settings, card = service().settings, service().content.card
    publishing = Publishing(_store(), published, card, {}, {})
    try:
        years = {release["year"] for release in published.releases()}
        return published.destroyed(), publishing.past(settings.now().date(), settings.keep_counters, years)
    except AWAY:
        return {}, []


def _values(dimension: str) -> tuple[tuple[str, str], ...]:
    """Every value that a dimension can have this year, and its label."""
    content, year = service().content, str(service().settings.now().year)
    return tuple((value, content.reading.label(dimension, value)) for value in content.tables.values(dimension, year))
