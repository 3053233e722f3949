"""Everything that an installation may choose, in one frozen object that is passed in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.installation import Installation, switch
from bot.installation import SettingsError as SettingsError

EXIT = "https://www.knmi.nl/"
"""Where "Snel weg" leads where nobody chose: the weather, by a public body, the same for everybody."""


@dataclass(frozen=True)
class Settings(Installation):
    """What an installation may choose, for every door and for this one.

    exit_to: where "Snel weg" leads; exit_by_escape: whether Escape does the same as that button.
    embedders: the origins that may show the dialogue in a frame; none by default.
    theme: a style sheet with custom properties of NL Design System; theme_class: the class under which it defines them.
    development: whether the page that shows the widget in a foreign site is served, to loopback only.
    monitor: whether the monitor of frozen releases is a public page.
    coordinators: whether there is a room for coordinators, behind a login.
    keep_counters: years that raw counters stay after the release of a year's fourth quarter.
    """

    exit_to: str = EXIT
    exit_by_escape: bool = False
    embedders: tuple[str, ...] = ()
    theme: Path | None = None
    theme_class: str = ""
    development: bool = False
    monitor: bool = True
    coordinators: bool = True
    keep_counters: int = 2

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings in the MELDROUTE_* variables. Raises SettingsError at one that cannot be used."""
        env = os.environ if environment is None else environment
        return cls(
            **vars(Installation.from_environment(env)),
            exit_to=_address(env, "MELDROUTE_EXIT", EXIT),
            exit_by_escape=switch(env, "MELDROUTE_EXIT_ESCAPE"),
            embedders=_origins(env, "MELDROUTE_EMBED_ORIGINS"),
            theme=_file(env, "MELDROUTE_THEME"),
            theme_class=_word(env, "MELDROUTE_THEME_CLASS"),
            development=switch(env, "MELDROUTE_DEVELOPMENT"),
            monitor=switch(env, "MELDROUTE_MONITOR", default="on"),
            coordinators=switch(env, "MELDROUTE_COORDINATORS", default="on"),
            keep_counters=_years(env, "MELDROUTE_KEEP_COUNTERS", 2),
        )


def _file(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name)
    if not value:
        return None
    if not Path(value).is_file():
        raise SettingsError(f"{name} must be a file, and {value!r} is none")
    return Path(value)


def _years(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not re.fullmatch(r"\d{1,2}", value, re.ASCII):
        raise SettingsError(f"{name} must be a whole number of years, not {value!r}")
    return int(value)


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
