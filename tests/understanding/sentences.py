"""The sentences: those the model learns from, and those it must never have seen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.understanding.model import DANGER, NOTHING, SIGNAL
from tests.running import ROOT

LEARNT = ROOT / "bot" / "rasa" / "data" / "nlu.yml"
UNSEEN = ROOT / "tests" / "unseen.yml"
STEP = "meldroute_"
"""How the intents of steps begin."""
CRY = f"{STEP}danger"
"""The step of who cries for help. It is no sentence of its own kind: those stand with the signals of danger."""


@dataclass(frozen=True)
class Sentence:
    """A sentence with what it means and its language."""

    intent: str
    language: str
    text: str

    @property
    def signal(self) -> str | None:
        """The id of the signal that it means, if it means one."""
        return self.intent.removeprefix(SIGNAL) if self.intent.startswith(SIGNAL) else None

    @property
    def agency(self) -> str | None:
        """The id of the agency that must be shown at once, if its intent says so by itself."""
        return self.intent.removeprefix(DANGER) if self.intent.startswith(DANGER) else None


def read_sentences(path: Path) -> list[Sentence]:
    """The sentences of a file in Rasa's format. A step such as "back" means nothing of what somebody saw."""
    blocks = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["nlu"]  # noqa: S506 - safe
    return [
        Sentence(
            NOTHING if block["intent"].startswith(STEP) else block["intent"],
            block["metadata"]["language"],
            line.strip().removeprefix("- "),
        )
        for block in blocks
        if block["intent"] != CRY
        for line in block["examples"].splitlines()
        if line.strip()
    ]


def digest(path: Path = LEARNT) -> str:
    """The SHA-256 of a file, as the model records it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def texts(sentences: Sequence[Sentence]) -> list[str]:
    """The bare texts."""
    return [sentence.text for sentence in sentences]


def intents_of(sentences: Sequence[Sentence]) -> list[str]:
    """Every intent once, in the order of the rows."""
    return sorted({sentence.intent for sentence in sentences})
