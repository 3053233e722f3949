"""Opening hours of a plain week, out of an opening_hours expression of OpenStreetMap."""

from __future__ import annotations

import re
from collections.abc import Iterator

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ALWAYS = "24/7"
MIDNIGHT = "23:59"
"""The end of a day: HSDS has no 24:00 and asks for this where somebody answers all day."""

_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DAY = f"(?:{'|'.join(DAYS)})"
_RULE = re.compile(rf"({_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*) ({_TIME}-\d\d:\d\d(?:,{_TIME}-\d\d:\d\d)*)")

Span = tuple[str, str, str]


def weekly(expression: str) -> list[Span] | None:
    """The spans of a week, each as its days (`MO,TU`), when it opens and when it closes (`09:00`, `17:00`).

    None where the expression says more than that, such as months, holidays or a span over midnight.
    """
    if expression == ALWAYS:
        return [(_by_day(DAYS), "00:00", MIDNIGHT)]
    found: list[Span] = []
    taken: set[str] = set()
    for rule in expression.split(";"):
        match = _RULE.fullmatch(rule.strip())
        days = tuple(_days(match[1])) if match else ()
        spans = [tuple(span.split("-")) for span in match[2].split(",")] if match else []
        if not days or taken.intersection(days) or any(not opens < closes <= "24:00" for opens, closes in spans):
            return None
        taken.update(days)
        found += [(_by_day(days), opens, MIDNIGHT if closes == "24:00" else closes) for opens, closes in spans]
    return found


def _days(text: str) -> Iterator[str]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        yield from DAYS[start : end + 1] if start <= end else (*DAYS[start:], *DAYS[: end + 1])


def _by_day(days: tuple[str, ...]) -> str:
    return ",".join(day.upper() for day in DAYS if day in days)
