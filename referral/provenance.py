"""The parts that many entries share: where a field comes from, its period, and its wordings."""

from __future__ import annotations

from collections.abc import Mapping

from referral.entry import Entry
from referral.model import Checked, Period, Source, Text, Voiced

BASES = ("source", "inference")


def checked(entry: Entry, sources: Mapping[str, Source]) -> Checked:
    """`source`, `checked`, `verified` and `basis` of an entry; an unknown source is refused.

    What no source says cannot be verified, so an inference never is.
    """
    names = entry.texts("source")
    entry.known("source", names, sources)
    verified = entry.flag("verified")
    inference = entry.choice("basis", BASES, "source") == "inference"
    if verified and not names:
        raise entry.wrong("is marked verified but names no `source`")
    if verified and inference:
        raise entry.wrong("is marked verified and an inference: it is one or the other")
    day = entry.date("checked")
    if verified and day is None:
        raise entry.wrong("is marked verified but says not when it was `checked`")
    return Checked(names, day, verified, inference)


def period(entry: Entry) -> Period:
    """`valid_from` and `valid_until` of an entry; a period that ends before it starts is refused."""
    found = Period(entry.date("valid_from"), entry.date("valid_until"))
    if found.first and found.last and found.last < found.first:
        raise entry.wrong(f"ends on {found.last}, before it starts on {found.first}")
    return found


def voiced(entry: Entry, key: str = "text") -> Voiced:
    """The wordings of an entry: `key` and, where they differ, `professional`, `young` and `self`."""
    return Voiced(
        text=Text(entry.text(key)),
        professional=maybe_text(entry, "professional"),
        young=maybe_text(entry, "young"),
        self=maybe_text(entry, "self"),
    )


def maybe_text(entry: Entry, key: str) -> Text | None:
    """The sentence at `key`, or None where it is left out."""
    value = entry.maybe(key)
    return None if value is None else Text(value)
