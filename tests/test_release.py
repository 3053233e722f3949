"""Releases: what they hold, when they come, that they are frozen, and that a reader can add them up."""

import contextlib
import dataclasses
import datetime
import hashlib
import json
import sqlite3
import threading

import pytest

from referral.layout import months_until
from referral.possible import possible
from referral.published import Published
from referral.publishing import NotEnough, Publishing, Refused
from referral.release import GATE, Contradiction, NotYet, make_release
from referral.store import Store
from referral.tables import Cell
from tests.populations import changed, columns, counted, nothing, one_contact, population, shipped
from tests.releasing import MADE, fill, releases
from tests.waiting import joined

QUARTERLY = ["form_reporter", "form_area", "form_agency", "month"]


def table(release, name):
    """The values of a table by key."""
    found = next(table for table in release["tables"] if table["id"] == name)
    return {tuple(cell["key"].values()): cell["value"] for cell in found["cells"]}


def total(release):
    """The published total."""
    return table(release, "month")[("total",)]


# --- what a release holds --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def year():
    """A year of 500 contacts: its population and its four releases."""
    people = population(7, 500)
    return people, releases(people)


def test_a_release_is_cumulative_within_its_year(year):
    people, made = year

    assert [release["id"] for release in made] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    for quarter, release in enumerate(made, 1):
        true = sum(n for cell, n in people.states[quarter - 1].items() if cell.table == "month")
        assert abs(total(release) - true) < 5 * (release["step"] + 1)
        assert release["months"] == list(months_until(2026, quarter))


def test_yearly_tables_come_with_the_fourth_quarter_only(year):
    _, made = year
    signals = [f"form_signal_{signal}" for signal in shipped().card.indications]

    assert all([table["id"] for table in release["tables"]] == QUARTERLY for release in made[:3])
    assert [table["id"] for table in made[3]["tables"]] == [
        *QUARTERLY, "municipality", "form_gender", "form_age", *signals, "language",
    ]  # fmt: skip
    assert made[3]["omitted"] == [{"table": "form_municipality", "why": "too_few"}]


def test_every_table_has_all_its_margins(year):
    for release in year[1]:
        for one in release["tables"]:
            values = {name: {cell["key"][name] for cell in one["cells"]} for name in one["dimensions"]}
            cells = 1
            for name in one["dimensions"]:
                assert "total" in values[name]
                cells *= len(values[name])
            assert len(one["cells"]) == cells


def test_municipalities_by_form_come_when_the_published_total_fills_them():
    release = releases(population(3, 1500))[-1]
    inner = [key for key in table(release, "form_municipality") if "total" not in key]

    assert total(release) >= 5 * len(inner)
    assert release["omitted"] == []


def test_an_area_is_the_sum_of_its_municipalities(year):
    people, made = year
    areas, places = table(made[3], "form_area"), table(made[3], "municipality")

    for area in {area for _, area in areas} - {"total"}:
        assert areas["total", area] == sum(n for (code,), n in places.items() if people.areas.get(code) == area)


@pytest.mark.parametrize("people", [nothing, one_contact])
def test_a_year_with_next_to_nothing_has_one_release_that_says_so(people):
    people = people()
    (release,) = releases(people)

    assert release["id"] == "2026Q4"
    assert release["few"]
    assert total(release) in ({0} if not people.contacts else {0, 5})


def test_a_table_that_is_new_within_the_year_is_left_out():
    """A card that changes in the middle of a year: contacts before it cannot have been counted there."""
    new = changed(lambda text: text + '\n[[table]]\nid = "reporter"\ndimensions = ["reporter"]\ngrain = "quarter"\n')
    before, after = shipped().tables, dataclasses.replace(new)
    people = population(1, 300)
    counters = people.states[3]  # the store gave the new table no cells this year

    release = make_release(after, counters, people.areas, [], 2026, 4, made=MADE, card="x")

    assert "reporter" not in before.tables
    assert {"table": "reporter", "why": "new"} in release["omitted"]


def test_a_value_that_is_new_within_the_year_is_in_the_later_releases():
    import numpy as np

    more = changed(lambda text: text.replace('"zhz_overig", "buiten_regio"', '"zhz_overig", "zee", "buiten_regio"'))
    drawn = columns(np.random.default_rng(2), 300, 2026)
    old = shipped().tables
    made = releases(counted("a new value", drawn, 2026, (old, old, more, more)))

    assert ("total", "zee") not in table(made[1], "form_area")
    assert table(made[2], "form_area")["total", "zee"] == 0


def test_municipalities_are_left_out_where_they_would_not_add_up():
    people = population(4, 400)
    largest = max(people.areas, key=lambda code: people.states[3].get(Cell("2026", "municipality", (code,)), 0))
    moved = {**people.areas, largest: "zhz_overig"}

    release = make_release(people.tables[3], people.states[3], moved, [], 2026, 4, made=MADE, card="x")

    assert {one["table"] for one in release["omitted"] if one["why"] == "links"} == {
        "municipality",
        "form_municipality",
    }
    assert "municipality" not in [one["id"] for one in release["tables"]]


def test_why_a_table_is_left_out_tells_no_more_than_the_figures():
    """A table that misses contacts says that there was somebody, so the total is not published as zero."""
    people = one_contact()
    less = {cell: 0 if cell.table == "language" else n for cell, n in people.states[3].items()}

    for _ in range(20):
        release = make_release(people.tables[3], less, people.areas, [], 2026, 4, made=MADE, card="x")
        assert release["omitted"][0] == {"table": "language", "why": "new"}
        assert total(release) == 5


def test_counters_that_disagree_publish_nothing():
    people = population(1, 300)
    cells = [cell for cell in people.states[3] if cell.table == "form_reporter" and cell.period == "2026Q1"]
    moved = dict(people.states[3])
    full = next(cell for cell in cells if moved[cell])
    other = next(cell for cell in cells if cell.key[0] != full.key[0])
    moved[full], moved[other] = moved[full] - 1, moved[other] + 1

    with pytest.raises(Contradiction):
        make_release(people.tables[3], moved, people.areas, [], 2026, 4, made=MADE, card="x")


def test_what_the_card_ties_together_stays_tied():
    """One agency comes first only for people of one sector: no more contacts with it may be published than of that."""
    content = shipped()
    people = population(3, 170)
    combinations = possible(content.card, content.tables, people.areas, 2026)
    of = {one["reporter"] for one in combinations if one["agency"] == "aandachtsfunctionaris"}
    assert of == {"overheid"}
    counters = dict.fromkeys(people.states[3], 0)
    contact = {"form_reporter": "overheid", "form_agency": "aandachtsfunctionaris", "form_area": "rotterdam"}
    for cell in counters:
        if cell.period in ("2026Q1", "2026-01") and cell.key in (
            {("arbeid", v) for v in contact.values()} | {("2026-01",)}
        ):
            counters[cell] = 3
    year = {name: t for name, t in content.tables.tables.items() if t.grain != "year"}
    tables = dataclasses.replace(content.tables, tables=year)
    counters = {cell: n for cell, n in counters.items() if cell.table in year}

    for _ in range(20):
        release = make_release(tables, counters, people.areas, [], 2026, 4, made=MADE, card="x", possible=combinations)
        assert (
            table(release, "form_agency")["arbeid", "aandachtsfunctionaris"]
            <= table(release, "form_reporter")["arbeid", "overheid"]
        )


# --- the gate --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [60, 100, 170])
def test_published_totals_say_what_the_gate_says(size):
    """Else who knows the gate could tell the published figures from the true ones."""
    for seed in range(8):
        made, before = releases(population(seed, size)), 0
        published = {0}
        for release in made:
            new = total(release) - before
            months = table(release, "month")
            for passed in set(range(min(published), release["quarter"])) - published:
                since = set(months_until(2026, passed)) - set(months_until(2026, max(published)))
                assert sum(months[(month,)] for month in since) < GATE
            assert release["few"] == (new < GATE)
            assert release["quarter"] == 4 or new >= GATE
            published.add(release["quarter"])
            before = total(release)


def test_too_few_new_contacts_wait():
    people = population(1, 24)
    with pytest.raises(NotYet):
        make_release(people.tables[0], people.states[0], people.areas, [], 2026, 1, made=MADE, card="x")


# --- frozen ----------------------------------------------------------------------------------------


@pytest.fixture
def installation(tmp_path):
    """A data folder with the first half of a year of 400 contacts, and who publishes from it."""
    people = population(11, 400)
    fill(tmp_path / "meldroute.db", people, 2)
    content = shipped()
    published = Published(tmp_path / "meldroute.db")
    with contextlib.closing(Store(tmp_path / "meldroute.db", content.tables)) as store:
        yield Publishing(store, published, content.card, {}, content.script.asked), published, store


SPRING, SUMMER = datetime.date(2026, 4, 1), datetime.date(2026, 7, 1)


def test_a_release_is_frozen(installation):
    """§3.4, test 3: neither a contact nor a second run changes a byte."""
    publishing, published, store = installation
    first = publishing.release(2026, 1, SPRING)
    cells = {cell: 1 for cell, n in store.counts(2026).items() if "2026Q1" in cell.period and n}

    store.add_sums(dict.fromkeys(cells, 1), {b"another contact.": 1})

    assert publishing.release(2026, 1, SUMMER) == first
    assert published.body("2026Q1") == first


def test_a_release_cannot_be_changed_or_removed(installation):
    publishing, published, _ = installation
    publishing.release(2026, 1, SPRING)
    with contextlib.closing(sqlite3.connect(published.path)) as conn:
        for sql in ("UPDATE release SET body = ''", "DELETE FROM release"):
            with pytest.raises(sqlite3.IntegrityError, match=r"a release never|never taken back"):
                conn.execute(sql)


def test_the_chain_of_hashes_can_be_checked_by_anybody(installation):
    publishing, published, _ = installation
    bodies = [publishing.release(2026, 1, SPRING), publishing.release(2026, 2, SUMMER)]
    digest = ""
    for body, release in zip(bodies, published.releases(), strict=True):
        digest = hashlib.sha256(f"{digest}\n{body}".encode()).hexdigest()
        assert release["sha256"] == digest
    assert published.check() == []


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE release SET body = replace(body, '\"value\":5', '\"value\":10') WHERE place = 1",
        "DELETE FROM release WHERE place = 1",
        "UPDATE release SET id = '2026Q3' WHERE place = 2",
        "UPDATE release SET hash = upper(hash) WHERE place = 2",
    ],
)
def test_a_forged_release_is_found(installation, tamper):
    publishing, published, _ = installation
    publishing.release(2026, 1, SPRING)
    publishing.release(2026, 2, SUMMER)
    with contextlib.closing(sqlite3.connect(published.path)) as conn, conn:
        triggers = conn.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            conn.execute(f"DROP TRIGGER {name}")
        conn.execute(tamper)
        for _, sql in triggers:
            conn.execute(sql)

    assert published.check() != []


def test_two_who_publish_at_once_get_the_same_release(installation):
    publishing, _, _ = installation
    found = []

    def publish():
        found.append(publishing.release(2026, 1, SPRING))

    threads = [threading.Thread(target=publish, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    joined(threads)

    assert len(found) == 4
    assert len(set(found)) == 1


# --- the clock -------------------------------------------------------------------------------------


def test_a_quarter_must_have_ended(installation):
    publishing, _, _ = installation
    with pytest.raises(Refused, match="it can be made from 2026-04-01"):
        publishing.release(2026, 1, datetime.date(2026, 3, 31))


def test_a_quarter_that_a_later_release_holds_is_not_made_any_more(installation):
    publishing, _, _ = installation
    publishing.release(2026, 2, SUMMER)
    with pytest.raises(Refused, match="a later release of 2026 is out"):
        publishing.release(2026, 1, SUMMER)


def test_what_is_due_is_made_in_order(installation):
    publishing, published, _ = installation
    for where in list(publishing.due(SUMMER)):
        publishing.release(where.year, where.quarter, SUMMER)

    assert [release["id"] for release in published.releases()] == ["2026Q1", "2026Q2"]
    assert list(publishing.due(SUMMER)) == []


def test_a_quiet_quarter_waits(installation):
    publishing, _, _ = installation
    publishing.release(2026, 2, SUMMER)
    with pytest.raises(NotEnough, match="fewer than 25 new contacts"):
        publishing.release(2026, 3, datetime.date(2026, 10, 1))


def test_damaged_counters_publish_nothing(installation):
    publishing, published, store = installation
    store.close()
    with contextlib.closing(sqlite3.connect(store._files.path)) as conn, conn:
        conn.execute("UPDATE cell SET n = n + 1 WHERE table_id = 'form_area'")

    with pytest.raises(Refused, match="not in order"):
        publishing.release(2026, 1, SPRING)
    assert published.releases() == []


# --- destroyed -------------------------------------------------------------------------------------


def test_counters_are_destroyed_in_time_and_releases_stay(installation):
    publishing, published, store = installation
    new_year = datetime.date(2027, 1, 1)
    publishing.release(2026, 1, SPRING)
    body = publishing.release(2026, 4, new_year)
    assert publishing.past(datetime.date(2028, 12, 31), 2) == []
    assert publishing.past(datetime.date(2029, 1, 1), 2) == [2026]

    publishing.destroy(2026, datetime.date(2029, 1, 1))

    assert store.counts(2026) == {}
    assert store.check() == []
    assert b"2026Q1" not in store._files.path.read_bytes()
    assert published.destroyed() == {2026: datetime.date(2029, 1, 1)}
    assert publishing.past(datetime.date(2029, 1, 1), 2) == []
    assert publishing.release(2026, 4, datetime.date(2029, 1, 1)) == body
    with pytest.raises(Refused, match=r"a later release|were destroyed"):
        publishing.release(2026, 2, datetime.date(2029, 1, 1))


def test_a_year_without_its_last_release_goes_too(installation):
    """Else a release that is always refused would keep raw counters for ever."""
    publishing, _, _ = installation
    publishing.release(2026, 1, SPRING)

    assert publishing.past(datetime.date(2028, 12, 31), 2) == []
    assert publishing.past(datetime.date(2029, 1, 1), 2) == [2026]


def test_the_file_is_refused_where_it_is_something_else(tmp_path):
    published = Published(tmp_path / "meldroute.db")
    with contextlib.closing(sqlite3.connect(published.path)) as conn, conn:
        conn.execute("CREATE TABLE person (name TEXT)")

    assert "not a file of releases" in published.check()[0]


def test_nothing_is_published_where_nothing_was(tmp_path):
    published = Published(tmp_path / "meldroute.db")

    assert (published.releases(), published.imports(), published.check()) == ([], {}, [])
    assert not published.path.exists()


def test_a_release_is_written_in_one_way(installation):
    publishing, _, _ = installation
    body = publishing.release(2026, 1, SPRING)

    assert json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")) == body
