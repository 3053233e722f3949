"""The commands of whoever runs the server: coordinator add, list, remove."""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING, Any

from web.coordinator import accounts, audit, sessions
from web.coordinator.accounts import READER, ROLES
from web.coordinator.file import AccountsFile
from web.coordinator.joining import invitation_path, is_name
from web.exits import GOOD, usage, wrong
from web.settings import Settings, is_origin

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_coordinator(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds them to the command line."""
    coordinator = commands.add_parser("coordinator", help="who may come into the coordinators' room")
    actions = coordinator.add_subparsers(required=True, metavar="action")
    command = actions.add_parser("add", help="invite somebody: prints a link that works once, within 72 hours")
    command.add_argument("name", help="what somebody logs in with, such as j.jansen")
    command.add_argument("--role", choices=ROLES, default=READER, help="(default reader)")
    command.add_argument("--address", metavar="ORIGIN", help="where it is served, such as https://vragen.example.nl")
    command.add_argument(
        "--again", action="store_true", help="for somebody with an account: password, app and role are set anew"
    )
    command.set_defaults(command=_add)
    command = actions.add_parser("list", help="say who has an account and who is invited")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(command=_list)
    command = actions.add_parser("remove", help="remove an account or an invitation; whoever is in with it is out")
    command.add_argument("name")
    command.set_defaults(command=_remove)


def _add(options: argparse.Namespace, settings: Settings) -> int:
    file, name, now = AccountsFile(settings.database), options.name, time.time()
    if not is_name(name):
        return usage(f"{name!r} cannot be a name: use 2 to 64 letters, digits or . _ @ + -, a letter or digit first")
    if options.address and not is_origin(options.address):
        return usage(f"{options.address!r} is not an origin such as https://vragen.example.nl")
    if accounts.account_of(file, name) and not options.again:
        return wrong(f"there is an account {name}: say --again to have password, app and role set anew")
    if not settings.coordinators:
        return wrong("there is no coordinators' room here: MELDROUTE_COORDINATORS is off")
    with file.change(create=True) as conn:
        code = accounts.invite(conn, name, options.role, now)
        audit.note(conn, now, audit.OPERATOR, "invited", name)
    until = audit.moment(now + accounts.VALID_FOR)
    print(f"{name} may come in as {options.role}. This link works once, until {until}:")
    print(f"{options.address or ''}{invitation_path(code)}")
    print("Give it to nobody else: who opens it first has the account.")
    return GOOD


def _list(options: argparse.Namespace, settings: Settings) -> int:
    file, now = AccountsFile(settings.database), time.time()
    running = sessions.running(file, now)
    there: list[dict[str, Any]] = [
        {"name": one.name, "role": one.role, "since": one.since, "sessions": len(running.get(one.id, []))}
        for one in accounts.accounts(file)
    ]
    invited: list[dict[str, Any]] = [
        {"name": one.name, "role": one.role, "until": audit.moment(one.expires)}
        for one in accounts.invitations(file, now)
    ]
    if options.json:
        print(json.dumps({"accounts": there, "invitations": invited}, ensure_ascii=False, indent=2))
        return GOOD
    for one in there:
        print(f"{one['name']}: {one['role']} since {one['since']}, sessions now: {one['sessions']}")
    for one in invited:
        print(f"{one['name']}: invited as {one['role']} until {one['until']}")
    if not there and not invited:
        print("nobody has an account: see `meldroute coordinator add`")
    return GOOD


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    file, name, now = AccountsFile(settings.database), options.name, time.time()
    if not file.there():
        return wrong(f"there is no account {name}: nobody was ever invited")
    with file.change() as conn:
        invited, account = accounts.withdraw(conn, name), accounts.remove(conn, name)
        if account or invited:
            audit.note(conn, now, audit.OPERATOR, "removed" if account else "withdrew", name)
    if not (account or invited):
        return wrong(f"there is no account and no invitation {name}: see `meldroute coordinator list`")
    print(f"{name}: {'removed' if account else 'the invitation can no longer be used'}")
    return GOOD
