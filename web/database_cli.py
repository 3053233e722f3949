"""The commands of whoever looks after the files: database check, backup, restore, canonical, destroy."""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from referral.backup import Impossible, back_up, make_canonical, restore
from referral.datafiles import StoreError
from referral.demonstration import mixed
from referral.published import Published
from web.exits import GOOD, WRONG, warn_of_preview, wrong
from web.publishing_cli import publishing_of
from web.service import load_content
from web.serving import open_store
from web.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_database(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds them to the command line."""
    database = commands.add_parser("database", help="look after the files of counters and releases")
    actions = database.add_subparsers(required=True, metavar="action")
    command = actions.add_parser(
        "check", help="verify files, schema, sums against each other, and the chain of releases"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(command=_check)
    command = actions.add_parser("backup", help="copy counters and releases into one file, on the day of a release")
    command.add_argument("file", type=Path)
    command.add_argument(
        "--between-releases", action="store_true", help="on any day: with another copy it can tell who came in between"
    )
    command.set_defaults(command=_backup)
    command = actions.add_parser(
        "restore", help="put a backup in the place of what is there; the server must be stopped"
    )
    command.add_argument("file", type=Path)
    command.set_defaults(command=_restore)
    command = actions.add_parser("canonical", help="write the counter file anew; the server must be stopped")
    command.set_defaults(command=_canonical)
    command = actions.add_parser("destroy", help="destroy raw counters that have had their time; releases stay")
    command.add_argument("--dry-run", action="store_true", help="only say what would be destroyed")
    command.set_defaults(command=_destroy)


def _check(options: argparse.Namespace, settings: Settings) -> int:
    made_up, contacts = False, 0
    if not settings.database.is_file():
        problems = [f"there is no file {settings.database}"]
    else:
        store, published = open_store(settings, load_content(settings), create=False), Published(settings.database)
        problems = [*store.check(), *published.check()]
        with suppress(StoreError, sqlite3.Error, OSError, ValueError):  # said above already
            made_up = store.demonstration()
            problems[:0] = filter(None, [mixed(made_up, published.releases())])
        contacts = 0 if problems else store.contacts()
        store.close()
    if options.json:
        found = {"ok": not problems, "contacts": contacts, "problems": problems}
        print(json.dumps(found | ({"demonstration": True} if made_up else {}), ensure_ascii=False))
    else:
        what = "made-up contacts: a demonstration" if made_up else "contacts counted"
        print("\n".join(problems) if problems else f"{settings.database} is good: {contacts} {what}")
    return WRONG if problems else GOOD


def _destroy(options: argparse.Namespace, settings: Settings) -> int:
    publishing, today = publishing_of(settings, load_content(settings)), settings.now().date()
    past = publishing.past(today, settings.keep_counters)
    warn_of_preview(settings)
    for year in past:
        if not options.dry_run:
            publishing.destroy(year, today)
        print(f"{year}: the counters {'would be' if options.dry_run else 'are'} destroyed, the releases stay")
    if not past:
        print(f"no counters are to be destroyed: they stay {settings.keep_counters} years after a year's last release")
    return GOOD


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    """A copy on the day of a release tells nothing that the next one would not; on other days two of them would."""
    today = settings.now().date().isoformat()
    made = [release["made"] for release in Published(settings.database).releases()]
    if not options.between_releases and today not in made:
        return wrong(
            "a backup belongs to the day of a release: two copies tell what was counted between them. "
            "If you need one all the same, say --between-releases and destroy it when the next release is out"
        )
    return _done(lambda: back_up(settings.database, options.file), f"{options.file}: counters and releases are in it")


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    tables = load_content(settings).tables
    return _done(lambda: restore(settings.database, options.file, tables), f"{settings.database} is restored")


def _canonical(options: argparse.Namespace, settings: Settings) -> int:
    return _done(lambda: make_canonical(settings.database), f"{settings.database} is written anew")


def _done(work: Callable[[], None], message: str) -> int:
    try:
        work()
    except (Impossible, OSError, sqlite3.Error) as error:
        return wrong(str(error))
    print(message)
    return GOOD
