"""A demonstration: made-up counters and the releases made of them. Both say so themselves, and neither mixes with real.

The file of the counters says so in its header (referral/datafiles.py), a release in its frozen body. Whoever shows
figures looks at the release alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from referral.datafiles import StoreError
from referral.published import Published
from referral.release import Release, made_up
from referral.store import Store

_AWAY = (StoreError, sqlite3.Error, OSError)


def is_demonstration(store: Store, published: Published) -> bool:
    """Whether an installation is one: its counters say so or, while they are out of reach, its last release."""
    try:
        return store.demonstration()
    except _AWAY:
        pass
    try:
        return any(map(made_up, published.releases()[-1:]))
    except _AWAY:
        return False


def mixed(counters_made_up: bool, releases: Iterable[Release]) -> str | None:
    """Why these counters and these releases do not belong together, as a sentence; None where they do."""
    for release in releases:
        if made_up(release) and not counters_made_up:
            return f"{release['id']} is of a demonstration and the counters are not: take the file of releases away"
        if counters_made_up and not made_up(release):
            return f"the counters are those of a demonstration, and {release['id']} is a real release: keep them apart"
    return None
