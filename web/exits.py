"""How a command ends: 0 good, 1 content or data wrong, 2 usage; what is wrong goes to standard error."""

from __future__ import annotations

import sys

from bot.installation import Installation
from referral.hours import local_now

GOOD, WRONG, USAGE = 0, 1, 2


def wrong(message: str) -> int:
    """Says what is wrong with content or data."""
    print(f"meldroute: {message}", file=sys.stderr)
    return WRONG


def usage(message: str) -> int:
    """Says how the command is meant."""
    print(f"meldroute: {message}", file=sys.stderr)
    return USAGE


def warn_of_preview(settings: Installation) -> None:
    """Says that the clock is set forward, to a timer that makes or destroys something for good."""
    if settings.today and settings.today > local_now():
        print(f"meldroute: MELDROUTE_TODAY is set: done as if it were {settings.today.date()}", file=sys.stderr)
