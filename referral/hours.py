"""Open now, or when next: opening_hours expressions of OpenStreetMap, with the public holidays of the Netherlands."""

from __future__ import annotations

import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, validate

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@lru_cache(maxsize=256)
def _parsed(expression: str) -> OpeningHours:
    return OpeningHours(expression, country="NL")


def readable(expression: str) -> bool:
    """Whether an expression can be read."""
    return validate(expression)


def open_now(expression: str, now: datetime.datetime) -> bool:
    """Whether somebody answers at `now` (a local time in Amsterdam without a zone)."""
    return bool(_parsed(expression).is_open(now))


def opens_next(expression: str, now: datetime.datetime) -> datetime.datetime | None:
    """When it opens after `now`, as local time; None where it is open already or never opens again."""
    if open_now(expression, now):
        return None
    moment: datetime.datetime | None = _parsed(expression).next_change(now)
    return moment


def local_now() -> datetime.datetime:
    """The clock in Amsterdam, as local time without a zone."""
    return datetime.datetime.now(AMSTERDAM).replace(tzinfo=None)
