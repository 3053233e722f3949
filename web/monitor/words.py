"""The fixed words around published figures: periods, days and numbers in Dutch, and why a table is missing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from referral.reading import Reading
from referral.release import GATE, LINKS, NEW, TOO_FEW, made_up

Release = Mapping[str, Any]

DEMONSTRATION = "Demonstratie: verzonnen cijfers"
"""What every format says of made-up figures."""
_MADE_UP = " (verzonnen)"
_NOBODY = (
    "De cijfers over contacten zijn verzonnen, voor een demonstratie. Er is niemand geteld. "
    "De cijfers van partners komen uit hun eigen lijsten."
)
_OMITTED = {
    TOO_FEW: "Er zijn dit jaar te weinig contacten voor deze tabel: de meeste cijfers zouden 0 of 5 zijn.",
    NEW: "Deze tabel telde niet het hele jaar mee. Zij verschijnt vanaf het volgende jaar.",
    LINKS: "In dit jaar kwam een gemeente in een ander gebied. Daardoor telt deze tabel niet op met de andere.",
}
_LATER = "De andere tabellen", "Zij tellen een heel jaar. Daarom verschijnen zij met het vierde kwartaal."
_OTHERWISE = "Deze tabel kon niet veilig worden gepubliceerd."


def number(n: float) -> str:
    """A number as Dutch writes it: 1.250 or 2,5."""
    return f"{n:,}".translate(str.maketrans(",.", ".,"))


def day(iso: str | datetime.date, reading: Reading) -> str:
    """A day in words: 1 juli 2026."""
    on = datetime.date.fromisoformat(iso) if isinstance(iso, str) else iso
    return f"{on.day} {_month(on.month, reading)} {on.year}"


def period(months: Sequence[str], reading: Reading) -> str:
    """The months of one year in words: "heel 2026", or "januari tot en met juni 2026"."""
    if not months:
        return ""
    year, first, last = months[0][:4], int(months[0][5:]), int(months[-1][5:])
    if (first, last) == (1, 12):
        return f"heel {year}"
    if first == last:
        return f"{_month(first, reading)} {year}"
    return f"{_month(first, reading)} tot en met {_month(last, reading)} {year}"


def mark(data: Mapping[str, Any]) -> str:
    """DEMONSTRATION where a release that is shown is of one, by that release's own word; else nothing."""
    before = (data["previous_year"] or {}).get("releases", ())
    return DEMONSTRATION if any(map(made_up, (*data["releases"], *before))) else ""


def counted(release: Release, reading: Reading) -> str:
    """The months that a release counts, in words. Of made-up figures it says so wherever the months are named."""
    return period(release["months"], reading) + (_MADE_UP if made_up(release) else "")


def _month(at: int, reading: Reading) -> str:
    return reading.months[at - 1] if reading.months else f"maand {at}"


def may_differ(release: Release) -> int:
    """How far a figure of a release can at most be from the true one."""
    return int(release["base"]) * (1 + int(release["step"])) - 1


def omitted(release: Release, reading: Reading) -> tuple[tuple[str, str], ...]:
    """The title of each table that a release leaves out, and why; before the fourth quarter, all that count by year."""
    return (
        *(
            (
                reading.tables[entry["table"]].title if entry["table"] in reading.tables else entry["table"],
                reason(entry),
            )
            for entry in release["omitted"]
        ),
        *([_LATER] if release["quarter"] < 4 else []),
    )


def reason(entry: Mapping[str, str]) -> str:
    """Why a table was left out."""
    return _OMITTED.get(entry["why"], _OTHERWISE)


def rounding(release: Release) -> str:
    """How the figures of a release are rounded, in one sentence or two."""
    base, most = release["base"], may_differ(release)
    said = f"Elk cijfer is afgerond op een veelvoud van {base} en wijkt hooguit {most} af van het echte aantal."
    if release["step"]:
        said += (
            f" Dat is meer dan anders (hooguit {base - 1}): gewoon afronden kon niet veilig voor alle tabellen samen."
        )
    return said


def notes(releases: Sequence[Release], reading: Reading) -> tuple[str, ...]:
    """What a reader must know of the releases of a year: the last one, and where another differs from it."""
    last = releases[-1]
    said = [*([_NOBODY] if any(map(made_up, releases)) else []), rounding(last)]
    for release in releases[:-1]:
        if release["step"] and not last["step"]:
            said.append(f"De uitgave {release['id']} kan hooguit {may_differ(release)} afwijken.")
    if last["few"]:
        said.append(f"In deze uitgave kwamen er minder dan {GATE} contacten bij.")
    if last["quarter"] < 4:
        said.append("Het jaar is nog niet voorbij. De andere tabellen verschijnen met het vierde kwartaal.")
    missing = sorted(set(range(1, last["quarter"])) - {release["quarter"] for release in releases})
    if missing:
        which = " en ".join(part for part in (", ".join(f"{q}e" for q in missing[:-1]), f"{missing[-1]}e") if part)
        said.append(f"Na het {which} kwartaal kwam er geen uitgave. Meestal zijn er dan te weinig nieuwe contacten.")
    return tuple(said)
