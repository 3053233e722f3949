"""What an installation chooses that every door needs: where it counts, which content, which day it is."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bot.wording import AUDIENCES
from locales import languages
from referral.hours import local_now

GROWN = ("professional", "public")
TYPED_TEXT = {"off": (), "on": GROWN, "on-young": AUDIENCES}
"""The voices in which a person may type, by the word of the setting: young people only where somebody chose that."""


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and says what it must be."""


@dataclass(frozen=True)
class Installation:
    """The settings that every door shares.

    database: the file with the counters; its folder also holds the key and the ticket file.
    today: a fixed clock for previews and tests; it dates counts and opening hours, never tickets.
    content: a folder with another route card; questions: a folder with another questions.toml.
    counting: whether contacts are counted; off for a rehearsal, and the dialogue then says so.
    typed_text: the voices in which a person may type what they see; none by default.
    """

    database: Path = Path("meldroute.db")
    today: datetime.datetime | None = None
    content: Path | None = None
    questions: Path | None = None
    counting: bool = True
    languages: tuple[str, ...] = field(default_factory=languages)
    typed_text: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings in the MELDROUTE_* variables. Raises SettingsError at one that cannot be used."""
        env = os.environ if environment is None else environment
        database = env.get("MELDROUTE_DATABASE") or "meldroute.db"
        if "://" in database:
            raise SettingsError(
                "MELDROUTE_DATABASE must be the path of an SQLite file: PostgreSQL is not supported in this version"
            )
        return cls(
            database=Path(database),
            today=_plausible(_moment(env.get("MELDROUTE_TODAY", ""))),
            content=_folder(env, "MELDROUTE_CONTENT"),
            questions=_folder(env, "MELDROUTE_QUESTIONS"),
            counting=switch(env, "MELDROUTE_COUNTING", default="on"),
            typed_text=_voices(env, "MELDROUTE_TYPED_TEXT"),
        )

    def now(self) -> datetime.datetime:
        """The time in Amsterdam, without a zone."""
        return self.today or local_now()


def switch(env: Mapping[str, str], name: str, default: str = "off") -> bool:
    """A variable that is on or off. Raises SettingsError at anything else."""
    value = env.get(name, "") or default
    if value not in ("on", "off"):
        raise SettingsError(f"{name} must be on or off, not {value!r}")
    return value == "on"


def _voices(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    value = env.get(name) or "off"
    if value not in TYPED_TEXT:
        raise SettingsError(f"{name} must be one of {', '.join(TYPED_TEXT)}, not {value!r}")
    return TYPED_TEXT[value]


def _plausible(moment: datetime.datetime | None) -> datetime.datetime | None:
    if moment and not 2000 <= moment.year <= 2999:
        raise SettingsError(f"MELDROUTE_TODAY must lie between 2000 and 2999, not in {moment.year}")
    return moment


def _moment(text: str) -> datetime.datetime | None:
    """A fixed moment; a day without a time stands for noon on that day."""
    if not text:
        return None
    try:
        if "T" in text:
            return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - local time by definition
        return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time(12))
    except ValueError as error:
        raise SettingsError(f"MELDROUTE_TODAY must look like 2026-11-24 or 2026-11-24T09:30, not {text!r}") from error


def _folder(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name)
    if not value:
        return None
    if not Path(value).is_dir():
        raise SettingsError(f"{name} must be a folder, and {value!r} is none")
    return Path(value)
