"""Monitor data of made-up years for the tests of its formats: the same every time, with real releases.

Every contact counts five times over, so each figure is a multiple of the base already and the rounding leaves it alone.
"""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from referral.disclosure import BASE
from referral.partners import read_import, shown
from referral.published import canonical
from referral.reading import Reading
from referral.release import make_release
from tests.populations import Population, areas_of, nothing, one_contact, population, shipped
from web.monitor.charts import ROWS, chart, partner_chart
from web.monitor.figures import figures

YEAR = 2026
Data = dict[str, Any]


def reading() -> Reading:
    """The words that come with the package."""
    return shipped().reading


@cache
def _releases(seed: int, contacts: int, year: int, quarters: tuple[int, ...]) -> tuple[Data, ...]:
    return releases(five_times(population(seed, contacts, year)), quarters)


def five_times(drawn: Population) -> Population:
    """The same year with each contact five times."""
    return replace(drawn, states=tuple({cell: BASE * n for cell, n in state.items()} for state in drawn.states))


def releases(drawn: Population, quarters: Sequence[int]) -> tuple[Data, ...]:
    """The releases of a year, each with a hash, as the published file gives them."""
    made: list[Data] = []
    titles = {table.id: table.title for table in reading().tables.values()}
    for quarter in quarters:
        on = datetime.date(drawn.year + quarter // 4, 3 * (quarter % 4) + 1, 1)
        of = drawn.states[quarter - 1], areas_of(shipped()), [dict(release) for release in made]
        for _ in range(5):  # now and then the step is 1 without need: a sample must be the same every time
            release = make_release(
                drawn.tables[quarter - 1], *of, drawn.year, quarter, made=on, card="2026-11-24", titles=titles
            )
            if not release["step"]:
                break
        else:  # the releases before leave no room for another: begin the year anew
            return releases(drawn, quarters)
        made.append(release)
    return tuple({**release, "sha256": hashlib.sha256(canonical(release).encode()).hexdigest()} for release in made)


def data_of(made: Sequence[Data], before: Sequence[Data] = (), partners: Sequence[Data] = (), year: int = YEAR) -> Data:
    """Monitor data as referral/monitor.py gives it."""
    previous = {"year": year - 1, "releases": list(before)[-1:]} if before else None
    return {
        "year": year,
        "base": BASE,
        "releases": list(made),
        "previous_year": previous,
        "partners": list(partners),
    }


def partners() -> list[Data]:
    """What the shipped import shows."""
    return [{"import": name, **line} for name, body in shipped().partners.items() for line in shown(read_import(body))]


def sample(quarters: tuple[int, ...] = (1, 2, 3, 4), contacts: int = 100) -> Data:
    """A full year with the whole year before it and partners' figures."""
    made = _releases(5, contacts, YEAR, quarters)
    return data_of(made, _releases(6, 80, YEAR - 1, (2, 4)), partners())


def empty_year() -> Data:
    """A year in which nobody asked anything."""
    return data_of(releases(nothing(), (4,)))


def tiny_year() -> Data:
    """A year with five contacts, all at once in the fourth quarter."""
    return data_of(releases(five_times(one_contact()), (4,)))


def not_yet() -> Data:
    """A year without a release."""
    return data_of(())


def charts_of(data: Data) -> list[str]:
    """Every chart that can be drawn of it."""
    shown = figures(data, reading())
    found = [chart(table, by, shown.comparable) for table in shown.tables for by in range(len(table.dimensions))]
    if shown.quarters:
        found.append(chart(shown.quarters, ROWS))
    return found + [partner_chart(table, group) for table in shown.partners for group in table.groups]
