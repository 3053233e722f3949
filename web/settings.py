"""Everything that an installation may choose, in one frozen object that is passed in."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from locales import languages
from referral.hours import local_now

EXIT = "https://www.knmi.nl/"
"""Where "Snel weg" leads where nobody chose: the weather, by a public body, the same for everybody."""


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and says what it must be."""


@dataclass(frozen=True)
class Settings:
    """What an installation may choose.

    database: the file with the counters; its folder also holds the key and the ticket file.
    today: a fixed clock for previews and tests; it dates counts and opening hours, never tickets.
    content: a folder with another route card; questions: a folder with another questions.toml.
    exit_to: where "Snel weg" leads; exit_by_escape: whether Escape does the same as that button.
    embedders: the origins that may show the dialogue in a frame; none by default.
    theme: a style sheet with custom properties of NL Design System; theme_class: the class under which it defines them.
    development: whether the page that shows the widget in a foreign site is served, to loopback only.
    """

    database: Path = Path("meldroute.db")
    today: datetime.datetime | None = None
    content: Path | None = None
    questions: Path | None = None
    exit_to: str = EXIT
    exit_by_escape: bool = False
    embedders: tuple[str, ...] = ()
    theme: Path | None = None
    theme_class: str = ""
    development: bool = False
    languages: tuple[str, ...] = field(default_factory=languages)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
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
            exit_to=_address(env, "MELDROUTE_EXIT", EXIT),
            exit_by_escape=_switch(env, "MELDROUTE_EXIT_ESCAPE"),
            embedders=_origins(env, "MELDROUTE_EMBED_ORIGINS"),
            theme=_file(env, "MELDROUTE_THEME"),
            theme_class=_word(env, "MELDROUTE_THEME_CLASS"),
            development=_switch(env, "MELDROUTE_DEVELOPMENT"),
        )

    def now(self) -> datetime.datetime:
        """The time in Amsterdam, without a zone."""
        return self.today or local_now()


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


def _file(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name)
    if not value:
        return None
    if not Path(value).is_file():
        raise SettingsError(f"{name} must be a file, and {value!r} is none")
    return Path(value)


def _switch(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "") or "off"
    if value not in ("on", "off"):
        raise SettingsError(f"{name} must be on or off, not {value!r}")
    return value == "on"


def _word(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if not re.fullmatch(r"[\w-]*", value, re.ASCII):
        raise SettingsError(f"{name} must be the name of one class, not {value!r}")
    return value


def _address(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name) or default
    if not re.fullmatch(r"https://[\w.-]+(/[\w./~-]*)?", value, re.ASCII):
        raise SettingsError(
            f"{name} must be an https address such as {default}, without a port or a query, not {value!r}"
        )
    return value


def is_origin(text: str) -> bool:
    """Whether it is one exact origin: scheme, host and perhaps a port. Plain http only on this machine."""
    return bool(re.fullmatch(r"https://[a-z\d.-]+(:\d+)?|http://(localhost|127\.0\.0\.1)(:\d+)?", text))


def _origins(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Exact origins: a wildcard would let in what nobody looked at."""
    found = tuple(env.get(name, "").split())
    for origin in found:
        if not is_origin(origin):
            raise SettingsError(
                f"{name} must list origins such as https://www.example.nl, with a space between two, not {origin!r}"
            )
    return found
