"""The command line: serve, check, route, embed, and what publishes. Exit 0 good, 1 content or data wrong, 2 usage."""

from __future__ import annotations

import argparse
import datetime
import json
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.conversation import BadAnswer, take_turn
from bot.wording import AUDIENCES, turn_data
from locales import languages, words
from referral.datafiles import StoreError
from referral.errors import CardError
from referral.launch import Point, lint, to_confirm
from web.catalogue import untranslated
from web.coordinator.cli import add_coordinator
from web.database_cli import add_database
from web.demo import add_demo
from web.exits import GOOD, USAGE, WRONG, wrong
from web.partner_cli import add_partner
from web.publishing_cli import add_commands
from web.service import Content, load_content
from web.serving import CannotServe, serve
from web.settings import Settings, SettingsError, is_origin
from web.snippet import Snippet


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        return int(options.command(options, settings) or GOOD)
    except SettingsError as error:
        print(f"meldroute: {error}", file=sys.stderr)
        return USAGE
    except (CannotServe, StoreError, sqlite3.Error, OSError) as error:
        print(f"meldroute: {error}", file=sys.stderr)
        return WRONG
    except CardError as error:
        if getattr(options, "json", False):
            _print_check(options, errors=[error])
        else:
            print(f"meldroute: {error}", file=sys.stderr)
        return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="meldroute", description="The reporting route for human trafficking.")
    commands = parser.add_subparsers(required=True, metavar="command")

    command = commands.add_parser("serve", help="serve the dialogue with the production server")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    command.add_argument("--port", type=_port, default=8000, help="port to listen on (default 8000; 0: any free one)")
    command.set_defaults(command=_serve)

    command = commands.add_parser("check", help="check the content, as the start of the server does, and more")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument(
        "--launch",
        action="store_true",
        help="list what a person must confirm; fail while something keeps it from going live",
    )
    command.set_defaults(command=_check)

    command = commands.add_parser("route", help='read {"answers": {...}} on standard input, print the turn as JSON')
    command.add_argument("--language", default="nl", choices=languages(), help="language of the texts (default nl)")
    command.add_argument("--audience", default="public", choices=AUDIENCES, help="voice (default public)")
    command.add_argument("--on", type=_day, metavar="DATE", help="as of this day (YYYY-MM-DD), at noon")
    command.set_defaults(command=_route)

    command = commands.add_parser("embed", help="print what a site puts in its page to show the widget")
    command.add_argument(
        "host", type=_origin, help="where this installation is served, such as https://vragen.example.nl"
    )
    command.add_argument("--language", default="nl", choices=languages(), help="language of the widget (default nl)")
    command.add_argument("--audience", default="public", choices=AUDIENCES, help="voice (default public)")
    command.add_argument(
        "--preset", action="append", default=[], metavar="QUESTION=OPTION", help="what the page around it knows already"
    )
    command.set_defaults(command=_embed)

    _add_rasa(commands)
    add_commands(commands)
    add_partner(commands)
    add_database(commands)
    add_coordinator(commands)
    add_demo(commands)
    return parser


def _add_rasa(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rasa = commands.add_parser("rasa", help="the same dialogue inside a Rasa assistant (docs/rasa.md)")
    actions = rasa.add_subparsers(required=True, metavar="action")
    command = actions.add_parser("actions", help="start the action server that a Rasa server asks")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    command.add_argument("--port", type=_port, default=5055, help="port to listen on (default 5055)")
    command.set_defaults(command=_rasa_actions)
    command = actions.add_parser("export", help="write a complete Rasa project into an empty folder")
    command.add_argument("folder", type=Path)
    command.add_argument("--address", help="where the action server is reached")
    command.set_defaults(command=_rasa_export)


def _rasa_actions(options: argparse.Namespace, _settings: Settings) -> int:
    from bot.actions import serve as serve_actions

    serve_actions(options.host, options.port)
    return GOOD


def _rasa_export(options: argparse.Namespace, _settings: Settings) -> int:
    from bot.rasa_export import CannotExport, export

    try:
        export(options.folder, *([options.address] if options.address else []))
    except CannotExport as error:
        return wrong(str(error))
    print(f"{options.folder}: a Rasa project is in it")
    return GOOD


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-11-24") from error


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else -1
    if not 0 <= port < 2**16:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 0 to 65535")
    return port


def _origin(text: str) -> str:
    if not is_origin(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an origin such as https://vragen.example.nl")
    return text


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    return serve(settings, options.host, options.port)


def _check(options: argparse.Namespace, settings: Settings) -> int:
    content = load_content(settings)
    card = content.card
    warnings = lint(card, settings.now().date()) + [
        Point("locales", language, f"not translated: {text}")
        for language in settings.languages
        for text in untranslated(content, language)
    ]
    launch = to_confirm(card) if options.launch else []
    _print_check(options, content=content, warnings=warnings, launch=launch)
    return WRONG if any(point.blocks for point in launch) else GOOD


def _print_check(
    options: argparse.Namespace,
    errors: Sequence[CardError] = (),
    content: Content | None = None,
    warnings: Sequence[Point] = (),
    launch: Sequence[Point] = (),
) -> None:
    blocking = [point for point in launch if point.blocks]
    if options.json:
        report: dict[str, Any] = {
            "ok": not errors and not blocking,
            "errors": [{"file": e.file, "entry": e.entry, "wrong": e.wrong} for e in errors],
            "warnings": [vars(point) for point in warnings],
            "launch": [vars(point) for point in launch],
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for point in warnings:
        print(f"look at  {point.file}: {point.entry}: {point.what}")
    for point in launch:
        print(f"{'BLOCKS' if point.blocks else 'confirm'}  {point.file}: {point.entry}: {point.what}")
    if content:
        card = content.card
        print(
            f"card {card.version}: {len(card.signals)} signals, {len(card.agencies)} agencies, "
            f"{len(card.routes)} routes, {len(card.municipalities)} municipalities: no entry is broken"
        )
    if launch:
        print(f"{len(blocking)} points keep it from going live, {len(launch) - len(blocking)} more are to be confirmed")


def _route(options: argparse.Namespace, settings: Settings) -> int:
    try:
        body = json.load(sys.stdin)
        answers = body["answers"]
        if not all(isinstance(chosen, list) and all(isinstance(v, str) for v in chosen) for chosen in answers.values()):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        print(
            'meldroute: standard input must hold {"answers": {"question": ["option"]}} as JSON',
            file=sys.stderr,
        )
        return USAGE
    content = load_content(settings)
    now = datetime.datetime.combine(options.on, datetime.time(12)) if options.on else settings.now()
    say = words(options.language)
    try:
        turn = take_turn(content.script, content.card, answers, now.date())
    except BadAnswer as error:
        print(f"meldroute: {error.question}: {say(error.problem, **error.values)}", file=sys.stderr)
        return WRONG
    data = turn_data(turn, say, options.audience, now) | {"counted": False, "ticket": ""}
    print(json.dumps(data, ensure_ascii=False, indent=2))
    return GOOD


def _embed(options: argparse.Namespace, settings: Settings) -> int:
    """Prints the lines for a site. A preset that would be ignored is refused here, where somebody can mend it."""
    content = load_content(settings)
    presets = dict(pair.partition("=")[::2] for pair in options.preset)
    for question, option in presets.items():
        asked = content.script.questions.get(question)
        if asked is None or not asked.preset or option not in asked.options:
            possible = [q.id for q in content.script.questions.values() if q.preset]
            print(f"meldroute: --preset {question}={option} is no answer to one of {possible}", file=sys.stderr)
            return USAGE
    snippet = Snippet(content.card, options.host, options.audience, options.language, presets)
    print(f"{snippet.script}\n{snippet.element}")
    print(f"\nIn the Content-Security-Policy of that site: {snippet.policy}", file=sys.stderr)
    if not settings.embedders:
        print("Sites that may show it: none yet. Set MELDROUTE_EMBED_ORIGINS.", file=sys.stderr)
    return GOOD


if __name__ == "__main__":
    sys.exit(main())
