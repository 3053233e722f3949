"""Open now, or when next: opening_hours expressions of OpenStreetMap, with the public holidays of the Netherlands."""

from __future__ import annotations

import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, validate

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ALWAYS = "24/7"


@lru_cache(maxsize=256)
def _parsed(expression: str) -> OpeningHours:
    return OpeningHours(expression, country="NL")


def readable(expression: str) -> bool:
    """Whether an expression can be read."""
    return validate(expression)


def open_now(expression: str, now: datetime.datetime) -> bool | None:
    """Whether somebody answers at `now` (a local time in Amsterdam without a zone).

    None on a public holiday of which the expression says nothing: nobody knows.
    """
    return None if _silent_on(expression, now) else bool(_parsed(expression).is_open(now))


def opens_next(expression: str, now: datetime.datetime) -> datetime.datetime | None:
    """When it opens after `now`, as local time; None where it is open, never opens, or nobody knows."""
    if open_now(expression, now) is not False:
        return None
    moment: datetime.datetime | None = _parsed(expression).next_change(now)
    return None if moment is None or _silent_on(expression, moment) else moment


def _silent_on(expression: str, moment: datetime.datetime) -> bool:
    """Whether the day is a public holiday and the expression has no rule for those."""
    says = "PH" in expression or expression == ALWAYS
    return not says and bool(_parsed("PH").is_open(moment))


def local_now() -> datetime.datetime:
    """The clock in Amsterdam, as local time without a zone."""
    return datetime.datetime.now(AMSTERDAM).replace(tzinfo=None)
