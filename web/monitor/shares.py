"""Shares of published figures in whole percents, and how far they can be from the true ones."""

from __future__ import annotations

SURE_TO = 10
"""A share that can be off by more points than this is not shown: it would look surer than it is."""


def percent(part: int, whole: int, most: int) -> int | None:
    """The share in whole percents, halves upwards; None where it could be too far from the true one.

    most: how far a figure can be off.
    """
    off = percent_off(whole, most)
    return None if off is None or off > SURE_TO else (200 * part + whole) // (2 * whole)


def percent_off(whole: int, most: int) -> int | None:
    """By how many whole points a share of this can be off at most; None where the true whole can be nothing.

    A share is a/b and the true one (a+x)/(b+y), with x and y up to `most`. These differ by at most 2·most/(b-most),
    and half a point more since a share is written in whole points.
    """
    sure = whole - most
    return -(-(400 * most + sure) // (2 * sure)) if sure > 0 else None
