"""The monitor of a year as plain data: its releases, the year before it, and what partners counted.

A function of what is published alone. Every format is made from this.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from referral.disclosure import BASE
from referral.errors import CardError
from referral.partners import PartnerError, disagreements, read_import, shown
from referral.published import Published

Monitor = dict[str, Any]


def shipped_imports(ours: Collection[str], folder: Traversable | None = None) -> dict[str, str]:
    """The partner imports that come with the content, as CSV by name: its files partners-*.csv.

    ours: the names of our own tables, which no series may have. Raises CardError at a file that cannot be read
    or does not add up.
    """
    found = {}
    for file in (folder or files("referral") / "content").iterdir():
        if file.name.startswith("partners-") and file.name.endswith(".csv"):
            text = file.read_text(encoding="utf-8")
            try:
                wrong = disagreements(read_import(text, ours))
            except PartnerError as error:
                raise CardError(file.name, f"line {error.line}", error.wrong) from error
            if wrong:
                raise CardError(file.name, "the file", wrong[0])
            found[file.name.removesuffix(".csv")] = text
    return found


def years(published: Published) -> list[int]:
    """The years that have a release, in order."""
    return sorted({release["year"] for release in published.releases()})


def monitor_data(published: Published, year: int, shipped: Mapping[str, str]) -> Monitor | None:
    """The monitor of a year; None where it has no release.

    shipped: partner imports that come with the content, by name; one that was imported under that name goes first.
    """
    releases = published.releases(year)
    if not releases:
        return None
    before = published.releases(year - 1)
    partners = {name: shown(read_import(body, ours=())) for name, body in shipped.items()} | published.imports()
    return {
        "year": year,
        "base": BASE,
        "releases": releases,
        "previous_year": {"year": year - 1, "releases": before[-1:]} if before else None,
        "partners": [{"import": name, **figure} for name, figures in sorted(partners.items()) for figure in figures],
    }
