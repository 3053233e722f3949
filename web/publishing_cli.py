"""The commands of whoever publishes: release and monitor."""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from referral.monitor import monitor_data
from referral.published import Published
from referral.publishing import QUARTERS, NotEnough, Publishing, Refused
from referral.release import LINKS, NEW, TOO_FEW, Release, made_up
from web.exits import GOOD, usage, warn_of_preview, wrong
from web.monitor.formats import FORMATS, MissingExtra, render
from web.pdf import NotMade
from web.service import Content, load_content
from web.serving import open_store
from web.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_WHY = {
    TOO_FEW: "with so few contacts it would be nearly empty",
    NEW: "it was not counted all year",
    LINKS: "a municipality went to another area within the year, so its figures would not add up",
}
"""Why a release leaves a table out, for people. Its JSON has the codes."""


def add_commands(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the commands to the command line."""
    _add_release(commands)
    _add_monitor(commands)


def _add_release(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("release", help="make the release of a quarter and freeze it; later runs print it")
    command.add_argument("year", type=_year, nargs="?", help="such as 2026")
    command.add_argument("quarter", type=int, nargs="?", choices=QUARTERS)
    command.add_argument("--due", action="store_true", help="make every release that is due, for a daily timer")
    command.add_argument("--list", action="store_true", help="say where the release of each quarter stands")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(command=_release)


def _add_monitor(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("monitor", help="the monitor of a year, out of its frozen releases")
    command.add_argument("year", type=_year)
    command.add_argument("--format", choices=FORMATS, help="(default: by the ending of FILE, or json)")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="write to a file instead of standard output")
    command.set_defaults(command=_monitor)


def _year(text: str) -> int:
    if not re.fullmatch(r"2\d{3}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is not a year from 2000 to 2999")
    return int(text)


def publishing_of(settings: Settings, content: Content) -> Publishing:
    """Who publishes from the counters of an installation; no file is made."""
    titles = {name: table.title for name, table in content.reading.tables.items()}
    store = open_store(settings, content, create=False)
    return Publishing(store, Published(settings.database), content.card, titles, content.script.asked)


def _release(options: argparse.Namespace, settings: Settings) -> int:
    """Prints the frozen release, or with --due one line for each that was tried."""
    if [options.due, options.list, options.quarter is not None].count(True) != 1:
        return usage("release needs one of: a year and a quarter such as `release 2026 1`, --due, --list")
    if not settings.database.is_file() and not Published(settings.database).path.is_file():
        return wrong(f"there is no file {settings.database}: nothing was ever counted, or MELDROUTE_DATABASE is wrong")
    publishing, today = publishing_of(settings, load_content(settings)), settings.now().date()
    if options.list:
        print("\n".join(f"{where.id}: {where.sentence}" for where in publishing.standings(today)))
        return GOOD
    if options.due:
        warn_of_preview(settings)
        publishing.note_card(today)
        return _release_due(publishing, today)
    try:
        body = publishing.release(options.year, options.quarter, today)
    except Refused as error:
        return wrong(str(error))
    digest = next(
        one["sha256"] for one in Published(settings.database).releases() if one["id"] == json.loads(body)["id"]
    )
    print(body if options.json else f"{in_words(json.loads(body))}\nhash in the chain: {digest}")
    return GOOD


def _release_due(publishing: Publishing, today: datetime.date) -> int:
    """Waiting for contacts is no fault: a timer must not complain of it every day."""
    code = GOOD
    for where in list(publishing.due(today)):
        try:
            publishing.release(where.year, where.quarter, today)
            print(f"{where.id}: made")
        except NotEnough as error:
            print(error)
        except Refused as error:
            code = wrong(str(error))
    return code


def in_words(release: Release) -> str:
    """What is in a release, for people: a line each."""
    tables = ", ".join(table["id"] for table in release["tables"])
    said = [f"release {release['id']}, made {release['made']}, rounded to {release['base']}", f"tables: {tables}"]
    if made_up(release):
        said.insert(0, "a demonstration: all figures are made up")
    for one in release["omitted"]:
        why = _WHY.get(one["why"], f"this version does not know the reason {one['why']!r}")
        said.append(f"left out: {one['table']}: {why}")
    if release["few"]:
        said.append("by the rounded figures fewer than 25 contacts are new in it")
    if release["step"]:
        said.append("a figure may be up to 9 away from the count, not 4")
    return "\n".join(said)


def _format(chosen: str | None, output: Path | None) -> str:
    """The format to make: the one that was asked for, else by the ending of the file. Raises ValueError.

    A file without any ending may hold every format that is asked for.
    """
    endings = {name: f".{known.suffix.rpartition('.')[2]}" for name, known in FORMATS.items()}
    ending = output.suffix.lower() if output else ""
    if chosen:
        if ending not in ("", endings[chosen]):
            raise ValueError(f"{output} does not fit --format {chosen}: let it end in {endings[chosen]}")
        return chosen
    if not output:
        return "json"
    for name, its_own in endings.items():
        if its_own == ending:
            return name
    possible = ", ".join(dict.fromkeys(endings.values()))
    raise ValueError(f"{output} does not say which format: let it end in one of {possible}")


def _monitor(options: argparse.Namespace, settings: Settings) -> int:
    try:
        name = _format(options.format, options.output)
    except ValueError as error:
        return usage(str(error))
    content = load_content(settings)
    data = monitor_data(Published(settings.database), options.year, content.partners)
    if data is None:
        return wrong(f"there is no release of {options.year} yet: see `meldroute release`")
    try:
        made = render(name, data, content.reading)
    except MissingExtra as error:
        return wrong(str(error))
    except NotMade:
        return wrong("the PDF could not be made; the line above says what kind of error it was")
    if options.output:
        options.output.write_bytes(made)
    else:
        sys.stdout.buffer.write(made)
    return GOOD
