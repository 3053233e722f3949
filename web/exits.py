"""How a command ends: 0 good, 1 content or data wrong, 2 usage; what is wrong goes to standard error."""

from __future__ import annotations

import sys

GOOD, WRONG, USAGE = 0, 1, 2


def wrong(message: str) -> int:
    """Says what is wrong with content or data."""
    print(f"meldroute: {message}", file=sys.stderr)
    return WRONG


def usage(message: str) -> int:
    """Says how the command is meant."""
    print(f"meldroute: {message}", file=sys.stderr)
    return USAGE
