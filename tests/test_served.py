"""What the route cards of a quarter could lead to: noted day by day, and what a release keeps to after a change."""

from __future__ import annotations

import contextlib
import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from referral.datafiles import StoreError
from referral.model import RouteCard
from referral.possible import possible
from referral.published import Published
from referral.publishing import Publishing, Refused, areas_of
from referral.served import Served
from referral.store import Store
from tests.attacker import attack
from tests.populations import population, shipped
from tests.releasing import fill
from tests.running import Command

QUARTERS = [datetime.date(2026, month, 5) for month in (1, 4, 7, 10)]
NEW_YEAR = datetime.date(2027, 1, 1)


def test_what_is_noted_adds_up_within_a_quarter(tmp_path: Path) -> None:
    served = Served(tmp_path / "meldroute.db")
    served.note("2026Q1", [{"form": "a", "agency": "x"}])
    served.note("2026Q1", [{"form": "a", "agency": "x"}, {"form": "b", "agency": "y"}])
    served.note("2026Q2", [{"form": "c", "agency": "z"}])

    again = Served(tmp_path / "meldroute.db")
    assert again.of(["2026Q1"]) == [{"agency": "x", "form": "a"}, {"agency": "y", "form": "b"}]
    assert again.of(["2026Q1", "2026Q2"])[-1] == {"agency": "z", "form": "c"}
    assert (again.of(["2026Q3"]), again.quarters()) == ([], {"2026Q1", "2026Q2"})
    assert [file.name for file in tmp_path.iterdir()] == ["meldroute.db.served"]


@pytest.mark.parametrize("text", ["", "[]", '{"2026Q1": 3}', '{"2026Q1": {"form": 3}}'])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    served = Served(tmp_path / "meldroute.db")
    served.path.write_text(text, "utf-8")

    with pytest.raises(StoreError, match="is not a list of what served"):
        served.of(["2026Q1"])


def test_the_timer_notes_the_card_of_the_day(meldroute: Command, tmp_path: Path) -> None:
    content = shipped()
    fill(tmp_path / "meldroute.db", population(3, 40), 1)
    assert meldroute("release", "--due", MELDROUTE_TODAY="2026-05-01").returncode == 0

    card = possible(content.card, content.tables, areas_of(content.card), 2026, content.script.asked)
    assert Served(tmp_path / "meldroute.db").of(["2026Q2"]) == sorted(card, key=lambda one: sorted(one.items()))


def without(card: RouteCard, route: str) -> RouteCard:
    """The card after a change: a route is taken out."""
    return replace(card, routes=tuple(one for one in card.routes if one.id != route))


@pytest.mark.parametrize("seed", [20, 1, 2])
def test_after_a_change_of_the_card_a_release_keeps_to_the_cards_that_served(tmp_path: Path, seed: int) -> None:
    """The contacts came under the old card. Who has read it knows what they can have been."""
    content, people = shipped(), population(seed, 170)
    fill(tmp_path / "meldroute.db", people)
    published = Published(tmp_path / "meldroute.db")
    with contextlib.closing(Store(tmp_path / "meldroute.db", content.tables)) as store:
        old, new = (
            Publishing(store, published, card, {}, content.script.asked)
            for card in (content.card, without(content.card, "R13-gemeente"))
        )
        for day in QUARTERS:
            old.note_card(day)
        for quarter in range(1, 5):
            with contextlib.suppress(Refused):  # a quarter with too few new contacts
                new.release(2026, quarter, NEW_YEAR)

    read = possible(content.card, content.tables, areas_of(content.card), 2026, content.script.asked)
    figures = attack(published.releases(2026), people.areas, can_be=read)
    assert figures.behind
    assert figures.admits(figures.vector(figures.published)), "what is published could be the truth under the old card"


def test_counts_that_no_noted_card_explains_are_said_to_the_operator(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The other forms stay tied."""
    content = shipped()
    fill(tmp_path / "meldroute.db", population(3, 300))
    published = Published(tmp_path / "meldroute.db")
    with contextlib.closing(Store(tmp_path / "meldroute.db", content.tables)) as store:
        changed = without(content.card, "R13-gemeente")
        Publishing(store, published, changed, {}, content.script.asked).release(2026, 4, NEW_YEAR)

    assert "do not keep to the route cards that were noted" in caplog.text
