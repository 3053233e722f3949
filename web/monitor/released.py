"""Reading a release: its cells by key, the values of its dimensions in declared order, and what a figure may be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from referral.reading import TOTAL
from web.monitor.words import mark

Release = Mapping[str, Any]
Key = tuple[str, ...]


def last_before(data: Mapping[str, Any]) -> Release | None:
    """The last release of the year before, if there is one."""
    before: Sequence[Release] = (data["previous_year"] or {}).get("releases") or ()
    return before[-1] if before else None


def as_json(data: Mapping[str, Any]) -> bytes:
    """The data of a year as it is published: a release keeps the order of its parts, which its hash is made of.

    Of made-up figures a `notice` says so at its beginning.
    """
    said = mark(data)
    return json.dumps({**({"notice": said} if said else {}), **data}, ensure_ascii=False, indent=1).encode() + b"\n"


def cells(table: Mapping[str, Any]) -> dict[Key, int]:
    """The published values of a table by key, in the order of its dimensions."""
    return {tuple(cell["key"][name] for name in table["dimensions"]): cell["value"] for cell in table["cells"]}


def values(keys: Sequence[Key], at: int) -> list[str]:
    """The values of one dimension in declared order, the total last."""
    found = dict.fromkeys(key[at] for key in keys)
    return [value for value in found if value != TOTAL] + [TOTAL]


def bounds(value: int, most: int) -> tuple[int, int, int]:
    """A figure, and between which numbers the true one lies if they differ by `most` at most."""
    return value, max(0, value - most), value + most
