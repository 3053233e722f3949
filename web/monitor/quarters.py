"""What each quarter added, computed from two releases after one another and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from referral.reading import TOTAL, Reading
from web.monitor.released import Release, bounds, cells
from web.monitor.shapes import COUNT, QUARTERS, Figure, Label, Row, Table
from web.monitor.words import counted, may_differ

_DEFINITION = (
    "De eerste regel komt uit de eerste uitgave van het jaar, het totaal uit de laatste. "
    "Elke andere regel is het verschil tussen een uitgave en de uitgave ervoor. Beide zijn afgerond. "
    "Zo’n verschil kan daarom verder afwijken dan een ander cijfer: de twee afwijkingen kunnen optellen."
)


def added_by_quarter(releases: Sequence[Release], reading: Reading) -> Table | None:
    """What each release added to the one before it: all contacts, and those of each value that the first rows count."""
    if not releases:
        return None
    name = _rows_of_all(releases)
    sums = [_margin(release, name) for release in releases]
    across = [value for value in dict.fromkeys(v for of in sums for v in of) if value != TOTAL] + [TOTAL]
    rows, old, most, quarter = [], dict.fromkeys(across, 0), 0, 0
    for release, new in zip(releases, sums, strict=True):
        off = most + may_differ(release)
        added = tuple(Figure(*bounds(new.get(v, 0) - old.get(v, 0), off)) for v in across)
        rows.append(Row(_quarter(release, quarter), added))
        old, most, quarter = new, may_differ(release), release["quarter"]
    rows.append(
        Row(Label(TOTAL, reading.label("", TOTAL)), tuple(Figure(*bounds(old.get(v, 0), most)) for v in across))
    )
    months = counted(releases[-1], reading)
    return Table(
        id=QUARTERS,
        title="Kwartaal",
        caption="Nieuwe contacten per kwartaal",
        definition=_DEFINITION,
        names=("quarter", name) if name else ("quarter",),
        dimensions=("Kwartaal", reading.dimensions.get(name, name)) if name else ("Kwartaal",),
        period=months,
        period_before="",
        columns=tuple(Label(v, reading.label(name, v)) for v in across) if name else (Label(TOTAL, COUNT),),
        rows=tuple(rows),
    )


def _rows_of_all(releases: Sequence[Release]) -> str:
    """The dimension of the rows of the first table with two that every release has; empty if none has."""
    shared = set.intersection(*({table["id"] for table in release["tables"]} for release in releases))
    for table in releases[-1]["tables"]:
        if table["id"] in shared and len(table["dimensions"]) > 1:
            return str(table["dimensions"][0])
    return ""


def _margin(release: Release, name: str) -> dict[str, int]:
    """All contacts of a release, and those of each value of a dimension."""
    for table in release["tables"]:
        if name in table["dimensions"][:1] or not name:
            rest = (TOTAL,) * (len(table["dimensions"]) - 1)
            known = cells(table)
            return {key[0]: n for key, n in known.items() if key[1:] == rest and (name or key[0] == TOTAL)}
    return {}


def _quarter(release: Release, after: int) -> Label:
    first, last = after + 1, release["quarter"]
    if first == last:
        return Label(release["id"], f"{last}e kwartaal")
    return Label(f"{release['year']}Q{first}-Q{last}", f"{first}e tot en met {last}e kwartaal")
