"""The commands of partner figures: partner import, list, remove."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from referral.partners import SHOWN, PartnerError, clashes, disagreements, read_import, shown
from referral.published import Published
from web.exits import GOOD, wrong
from web.service import Content, load_content
from web.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

Figures = list[dict[str, Any]]


def add_partner(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds them to the command line."""
    partner = commands.add_parser("partner", help="figures of partners, shown beside ours")
    actions = partner.add_subparsers(required=True, metavar="action")
    command = actions.add_parser("import", help="read a CSV file; one of the same name is replaced")
    command.add_argument("file", type=Path, help="see docs/partner-figures.md")
    command.set_defaults(command=_import)
    command = actions.add_parser("list", help="say which imports are shown, and what is in them")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(command=_list)
    command = actions.add_parser("remove", help="show an import no longer; what ships with meldroute stays")
    command.add_argument("name", help="as `meldroute partner list` says it: the name of its file without .csv")
    command.set_defaults(command=_remove)


def _import(options: argparse.Namespace, settings: Settings) -> int:
    content, published, name = load_content(settings), Published(settings.database), options.file.stem
    try:
        text = options.file.read_text(encoding="utf-8-sig")
        found = read_import(text, content.tables.tables)
    except PartnerError as error:
        return wrong(f"{options.file}: {error}")
    except (OSError, UnicodeDecodeError) as error:
        return wrong(f"{options.file}: cannot be read as UTF-8 text: {error}")
    if not found.figures:
        return wrong(f"{options.file}: there is no line below the header: nothing is replaced")
    others = {one: _series(figures) for one, figures in {**_shipped(content), **published.imports()}.items()}
    others.pop(name, None)
    faults = disagreements(found) or clashes(found, others)
    if faults:
        return wrong("\n".join(f"{options.file}: {sentence}" for sentence in faults))
    published.keep_import(name, shown(found))
    print(f"{name}: figures kept: {len(found.figures)}")
    return GOOD


def _list(options: argparse.Namespace, settings: Settings) -> int:
    ships, imported = _shipped(load_content(settings)), Published(settings.database).imports()
    found = [
        _summary(name, figures, ships=name in ships, imported=name in imported)
        for name, figures in sorted({**ships, **imported}.items())
    ]
    if options.json:
        print(json.dumps({"imports": found}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(map(_in_words, found)) or "there are no figures of partners")
    return GOOD


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    """Removing what stands in the place of a shipped import brings that one back, unless it clashes with another."""
    content, published, name = load_content(settings), Published(settings.database), options.name
    imported = published.imports()
    if name not in imported and name in content.partners:
        return wrong(
            f"{name} ships with meldroute and was not imported: no command removes it. "
            f"To show other figures in its place, import a file {name}.csv"
        )
    if name not in imported:
        return wrong(f"there is no import {name}: `meldroute partner list` says which there are")
    if name in content.partners:
        others = {one: _series(figures) for one, figures in {**_shipped(content), **imported}.items() if one != name}
        faults = clashes(read_import(content.partners[name], ()), others)
        if faults:
            return wrong("\n".join(f"{name} stays, or the one that ships would come back: {one}" for one in faults))
    published.remove_import(name)
    print(f"{name}: removed{': the one that ships is shown again' if name in content.partners else ''}")
    return GOOD


def _shipped(content: Content) -> dict[str, Figures]:
    """What is shown of the imports that come with the content, by name."""
    return {name: shown(read_import(body, ())) for name, body in content.partners.items()}


def _series(figures: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(figure["series"]) for figure in figures}


def _summary(name: str, figures: Figures, *, ships: bool, imported: bool) -> dict[str, Any]:
    """An import as plain data. ships: one of this name comes along. imported: this one was read from a file."""
    return {
        "name": name,
        "imported": imported,
        "replaces_shipped": ships and imported,
        "partners": sorted({figure["partner"] for figure in figures}),
        "series": sorted(_series(figures)),
        "years": sorted({figure["year"] for figure in figures}),
        "figures": len(figures),
        "shown": sum(figure["status"] == SHOWN for figure in figures),
    }


def _in_words(one: Mapping[str, Any]) -> str:
    whence = "imported" if one["imported"] else "ships with meldroute, cannot be removed"
    if one["replaces_shipped"]:
        whence = "imported in the place of the one that ships with meldroute"
    years = ", ".join(map(str, one["years"]))
    return f"{one['name']}: {whence}; {one['figures']} figures, {one['shown']} of them shown; {years}"
