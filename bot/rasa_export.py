"""The Rasa project for another folder: that of bot/rasa, completed so that Rasa can train and run it there.

A plain project of Rasa 3.6. It needs nothing of ours but the address of the action server.
"""

from __future__ import annotations

import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

ADDRESS = "http://127.0.0.1:5055/webhook"
"""Where the action server listens if nobody says otherwise; as it stands in endpoints.yml."""

ACTION = "action_meldroute_turn"


class CannotExport(Exception):
    """The folder is not fit for a project; the message says why."""


def export(folder: Path, address: str = ADDRESS) -> list[Path]:
    """Writes the project into a folder that is new or empty; gives the files. address: that of the action server.

    Raises CannotExport where something stands in the folder already, or where it cannot be written.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise CannotExport(f"the folder {folder} is not empty: name one that is, or that does not exist yet")
    try:
        with as_file(files("bot") / "rasa") as project:
            shutil.copytree(project, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        _complete(folder, address)
    except OSError as error:
        raise CannotExport(f"cannot write the project to {folder}: {error.strerror}") from error
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _complete(folder: Path, address: str) -> None:
    """Adds what follows from other files: the address, and the intents of the sentences with their rules."""
    endpoints, domain = folder / "endpoints.yml", folder / "domain.yml"
    sentences, rules = folder / "data" / "nlu.yml", folder / "data" / "rules.yml"
    _write(endpoints, _read(endpoints).replace(ADDRESS, address))
    _write(sentences, joined(_read(sentences)))
    known = _read(domain)
    new = [intent for intent in trained(_read(sentences)) if f"  - {intent}\n" not in known]
    _write(domain, known + "".join(f"  - {intent}\n" for intent in new))
    added = (f"  - rule: {i}\n    steps:\n      - intent: {i}\n      - action: {ACTION}\n" for i in new)
    _write(rules, _read(rules) + "".join(added))


def joined(sentences: str) -> str:
    """The sentences with one intent for all that begin alike: "signal/passport" becomes "signal".

    To Rasa a slash means that an answer of its own belongs to each; and it need only tell steps from other words.
    """
    return re.sub(r"^( *- intent: [\w-]+)/.*$", r"\1", sentences, flags=re.MULTILINE)


def trained(sentences: str) -> list[str]:
    """The intents of an nlu.yml, each once."""
    return list(dict.fromkeys(re.findall(r"^ *- intent: (\S+)", sentences, re.MULTILINE)))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
