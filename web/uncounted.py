"""Contacts that are not counted: those of monitors, tests and staff, who say so themselves in a header.

Nothing else decides: no browser's name and no address is looked at. A proxy that knows the organisation's own network
sets the header for it, so that no address has to come here. docs/uncounted.md tells how.
"""

from __future__ import annotations

from flask import request

HEADER = "Meldroute-Do-Not-Count"
"""`1` asks not to be counted; anything else, also `0`, asks nothing."""


def asked_not_to_count() -> bool:
    """Whether whoever sends the present request asks not to be counted.

    Several values stand with commas between them where a proxy and a sender each gave one: one that asks is enough.
    """
    return "1" in [value.strip() for value in request.headers.get(HEADER, "").split(",")]
