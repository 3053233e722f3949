"""The store: what stands in its files, that a ticket is counted once, and that the files do not tell when."""

import contextlib
import datetime
import os
import random
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from referral.counts import Tally, load_tables, tally
from referral.datafiles import BASE, StoreError, quarter_start
from referral.store import Store
from referral.tables import Cell
from referral.tickets import EPOCH
from tests.store_worker import BUCKET, MUNICIPALITIES, SIGNALS, TABLES, contact, counted, expected, ticket
from tests.waiting import PATIENCE, joined

DAY = datetime.date(2026, 8, 31)
NOW = BUCKET * EPOCH + 60


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "meldroute.db"


@pytest.fixture
def store(path):
    path.parent.mkdir()
    with contextlib.closing(Store(path, TABLES, patience=0.2)) as store:
        yield store


def count(store, numbers, bucket=BUCKET):
    """Count these contacts; every one must be on the disk."""
    assert all(store.add(contact(number), ticket(number), bucket) for number in numbers)


def sql(path, statement):
    """What a stranger's SQLite says about a file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def hashes(path, epoch):
    """The ticket hashes of one of the two epochs."""
    return {row[0] for row in sql(f"{path}.tickets", f"SELECT hash FROM epoch_{epoch}")}  # noqa: S608


# --- counting --------------------------------------------------------------------------------------


def test_contacts_are_counted(store):
    """Every contact raises its cells, and nothing else changes."""
    count(store, range(40))

    assert counted(store) == expected(range(40))
    assert store.contacts() == 40
    assert store.check() == []


def test_a_new_store_is_empty_and_sound(store):
    """All cells of the year are there before anybody was counted."""
    store.prepare(DAY)
    cells = {cell for table in TABLES.tables.values() for cell in TABLES.cells(table, 2026)}

    assert store.counts(2026) == dict.fromkeys(cells, 0)
    assert store.contacts() == 0
    assert store.check() == []


def test_a_ticket_counts_once(store):
    """The same ticket fifty times, whatever the answers then are, is one contact; each time it is durable."""
    assert all(store.add(contact(number), ticket(1), BUCKET) for number in range(1, 51))

    assert counted(store) == expected([1])


def test_a_ticket_counts_once_from_many_threads(store):
    """The same ticket from eight threads at once is one contact."""
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: store.add(contact(1), ticket(1), BUCKET), range(50)))

    assert counted(store) == expected([1])


def test_years_stay_apart(store):
    """A contact's own date decides about the year, also beside the year that was prepared."""
    store.prepare(DAY)
    store.add(contact(1, 2026), ticket(1), BUCKET)
    store.add(contact(1, 2027), ticket(2), BUCKET)

    assert counted(store, 2026) == expected([1])
    assert sum(counted(store, 2027).values()) == len(TABLES.tables)
    assert store.contacts() == 2
    assert store.check() == []


def test_an_undeclared_cell_is_refused_whole(store):
    """A tally that names a cell outside the tables raises nothing at all, and its ticket stays free."""
    strange = Tally((*contact(1).cells[1:], Cell("2026Q3", "form_reporter", ("arbeid", "buurvrouw"))))

    with pytest.raises(StoreError, match="not counted"):
        store.add(strange, ticket(1), BUCKET)

    assert store.contacts() == 0
    count(store, [1])
    assert counted(store) == expected([1])


def test_sums_are_counted_in_one_go(store):
    """Contacts that waited add their sums, and their tickets are known from then on."""
    store.add_sums(expected(range(5)), {ticket(number): BUCKET for number in range(5)})
    count(store, range(6))

    assert counted(store) == expected(range(6))


def test_sums_of_counted_tickets_add_nothing(store):
    """A contact that waited here and was counted elsewhere is not counted again."""
    count(store, [1])
    store.add_sums(expected([1]), {ticket(1): BUCKET})

    assert counted(store) == expected([1])


# --- epochs of tickets -----------------------------------------------------------------------------


def test_a_ticket_is_known_as_long_as_it_is_valid(store):
    """Through the hours in which a ticket can be read, a repeat adds nothing."""
    store.advance(NOW)
    count(store, [1])
    store.advance(NOW + EPOCH)
    count(store, [1])

    assert store.contacts() == 1


def test_an_expired_ticket_is_not_counted(store):
    """A ticket whose epoch was emptied cannot be told from a repeat, so it does not count."""
    store.advance(NOW + 2 * EPOCH)

    assert store.add(contact(1), ticket(1), BUCKET) is False
    assert store.contacts() == 0


def test_a_late_timer_forgets_nobody(store):
    """A ticket of a new epoch, counted before the timer noticed the epoch, is still known afterwards."""
    store.advance(NOW)
    count(store, [1], BUCKET + 1)
    store.advance(NOW + EPOCH)
    count(store, [1], BUCKET + 1)

    assert store.contacts() == 1


def test_an_epoch_is_forgotten_to_the_last_byte(store, path):
    """When both its epochs are over, no byte of a ticket's hash is left in any file."""
    store.advance(NOW)
    count(store, range(300))
    store.advance(NOW + EPOCH)
    assert hashes(path, BUCKET % 2) >= {ticket(number) for number in range(300)}
    store.advance(NOW + 2 * EPOCH)

    left = b"".join(file.read_bytes() for file in path.parent.iterdir())

    assert not any(ticket(number) in left for number in range(300))


def test_after_a_pause_both_epochs_are_forgotten(store, path):
    """A server that slept through several epochs keeps no hash of the time before."""
    for pause in (2, 3):
        store.advance(NOW)
        count(store, [pause])
        store.advance(NOW + pause * EPOCH)
        assert ticket(pause) not in hashes(path, 0) | hashes(path, 1)
        store.advance(NOW)


def test_a_busy_hour_does_not_stay_in_the_size(store, path):
    """The ticket file shrinks when an epoch is over."""
    store.add_sums(expected([1]), {ticket(number): BUCKET for number in range(5000)})
    store.advance(NOW + 2 * EPOCH)

    assert os.path.getsize(f"{path}.tickets") <= 16 * 4096


def test_the_number_of_hashes_is_blurred(store, path):
    """Every epoch begins with 0 to 255 hashes that belong to nobody."""
    sizes = set()
    for epoch in range(20):
        store.advance(NOW + epoch * EPOCH)
        sizes.add(len(hashes(path, (BUCKET + epoch) % 2)))

    assert len(sizes) > 10
    assert max(sizes) <= 255


def test_the_clock_moves_epochs_and_contacts_do_not(store, path):
    """The epoch's number is the clock's, however many contacts there are."""
    store.advance(NOW)
    count(store, range(5))
    store.advance(NOW + 60)

    assert sql(f"{path}.tickets", "PRAGMA user_version") == [(BUCKET,)]


def test_a_clock_that_was_far_ahead_is_set_right(store):
    """After a start with a wrong clock tickets of the true time are taken again."""
    store.advance(NOW + 1000 * EPOCH)
    assert store.add(contact(1), ticket(1), BUCKET) is False
    store.advance(NOW)
    count(store, [1])

    assert store.contacts() == 1


def test_a_clock_that_steps_back_a_little_changes_nothing(store):
    """A second's correction over the edge of an epoch forgets no ticket."""
    store.advance(NOW)
    count(store, [1])
    store.advance(NOW - EPOCH)
    count(store, [1])

    assert store.contacts() == 1


# --- what the files tell ---------------------------------------------------------------------------


def test_the_whole_schema(store, path):
    """Two kinds of row exist: a counter and a hash. Nothing else has a place to be stored."""
    count(store, [1])

    assert sql(path, "SELECT sql FROM sqlite_schema") == [
        (
            f"""CREATE TABLE cell (
    period TEXT NOT NULL CHECK (period GLOB '[0-9][0-9][0-9][0-9]*' AND length(period) <= 7),
    table_id TEXT NOT NULL,
    key TEXT NOT NULL,
    n INTEGER NOT NULL CHECK (n >= {2**40}),
    PRIMARY KEY (period, table_id, key)
) STRICT, WITHOUT ROWID""",
        )
    ]
    assert sql(f"{path}.tickets", "SELECT sql FROM sqlite_schema") == [
        (f"CREATE TABLE epoch_{n} (hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 16)) STRICT, WITHOUT ROWID",)
        for n in (0, 1)
    ]


def test_the_same_contacts_give_the_same_bytes_in_any_order(tmp_path):
    """Five orders of 200 contacts of a year, each with other tickets, make one file."""
    made = set()
    for order in range(5):
        numbers = list(range(200))
        random.Random(order).shuffle(numbers)  # noqa: S311
        folder = tmp_path / str(order)
        folder.mkdir()
        with contextlib.closing(Store(folder / "meldroute.db", TABLES)) as store:
            store.prepare(datetime.date(2026, 1, 1))
            store.advance(NOW)
            for number in numbers:
                assert store.add(contact(number), random.randbytes(16), BUCKET)  # noqa: S311
        made.add((folder / "meldroute.db").read_bytes())

    assert len(made) == 1


def test_the_times_are_the_quarters(store, path):
    """After a contact the files and their folder seem as old as the quarter."""
    count(store, [1])
    start = quarter_start(time.time())

    assert {file.name: file.stat().st_mtime for file in [path.parent, *path.parent.iterdir()]} == {
        "data": start,
        "meldroute.db": start,
        "meldroute.db.tickets": start,
    }


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        ("2026-01-01T00:00", "2026-01-01"),
        ("2026-03-31T23:59", "2026-01-01"),
        ("2026-11-24T12:00", "2026-10-01"),
    ],
)
def test_quarters_start(moment, start):
    """A quarter starts at its first midnight, in universal time."""
    utc = [datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp() for text in (moment, start)]

    assert quarter_start(utc[0]) == utc[1]


def test_a_tick_makes_the_change_time_new(store, path):
    """The one time that cannot be set follows the clock, also when there was no contact."""
    count(store, [1])
    before = path.stat().st_ctime_ns
    time.sleep(0.05)
    store.advance(NOW)

    assert path.stat().st_ctime_ns > before


def test_nothing_else_lies_in_the_folder(store, path):
    """No journal, no log and no temporary file stays behind, open or closed."""
    count(store, range(3))
    assert sorted(file.name for file in path.parent.iterdir()) == ["meldroute.db", "meldroute.db.tickets"]
    store.close()

    assert sorted(file.name for file in path.parent.iterdir()) == ["meldroute.db", "meldroute.db.tickets"]


def test_only_the_owner_reads_the_files(store, path):
    """Raw counters are for nobody else on the machine."""
    count(store, [1])

    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


def test_a_repeat_leaves_no_trace(store, path):
    """Not a byte changes when a ticket comes again."""
    count(store, [1])
    before = [file.read_bytes() for file in sorted(path.parent.iterdir())]
    count(store, [1])

    assert [file.read_bytes() for file in sorted(path.parent.iterdir())] == before


def test_the_super_journal_of_a_killed_commit_is_swept(store, path):
    """A name that a kill left behind would tell a contact's time for ever."""
    count(store, [1])
    store.close()
    (path.parent / "meldroute.db-mj0123456AB").touch()
    store.prepare(DAY)

    assert sorted(file.name for file in path.parent.iterdir()) == ["meldroute.db", "meldroute.db.tickets"]


# --- changes of the card ---------------------------------------------------------------------------


def with_tables(path, signals=SIGNALS, municipalities=MUNICIPALITIES):
    """The store as a server with other content would open it."""
    return contextlib.closing(Store(path, load_tables(signals, lambda year: municipalities)))


def test_a_new_value_is_counted_at_once(store, path):
    """A municipality that is added during the year gets its cells; no count is lost, no old bytes stay."""
    count(store, range(30))
    store.close()
    with with_tables(path, municipalities=[*MUNICIPALITIES, "GM0001", "GM0600", "GM9999"]) as later:
        added = tally(later.tables, {"gemeente": ("GM0600",)}, (), DAY)
        assert later.add(added, ticket(30), BUCKET)
        assert counted(later) == expected(range(30)) + expected([]).__class__(added.cells)
        assert later.check() == []


def test_moved_cells_leave_no_old_counter_behind(store, path):
    """Where new cells push others to another page, no copy of a counter as it was stays."""
    values = [100_000 + number for number in range(300)]
    store.prepare(DAY)
    cells = sorted(store.counts(2026))[: len(values)]
    store.add_sums(dict(zip(cells, values, strict=True)), {ticket(1): BUCKET})
    with with_tables(path, municipalities=[f"GM{number:04}" for number in range(500, 620)]) as later:
        later.prepare(DAY)

    left = path.read_bytes()

    assert {left.count((BASE + value).to_bytes(6, "big")) for value in values} == {1}


def test_a_new_table_waits_for_the_new_year(store, path):
    """A signal that joins in a year with contacts is counted from January, so that tables add up."""
    count(store, range(30))
    with with_tables(path, signals=[*SIGNALS, "nieuw"]) as later:
        for year in (2026, 2027):
            assert later.add(tally(later.tables, {}, {"nieuw"}, datetime.date(year, 8, 1)), ticket(year), BUCKET)

        assert "form_signal_nieuw" not in {cell.table for cell in later.counts(2026)}
        assert counted(later, 2027)[Cell("2027", "form_signal_nieuw", ("onbekend", "ja"))] == 1
        assert later.contacts() == 32
        assert later.check() == []


def test_a_new_table_waits_whether_or_not_anybody_came(store, path):
    """Else a release that leaves it out would say that somebody came before it was there."""
    store.prepare(DAY)
    with with_tables(path, signals=[*SIGNALS, "nieuw"]) as later:
        later.prepare(DAY)

        assert "form_signal_nieuw" not in {cell.table for cell in later.counts(2026)}


def test_a_table_that_leaves_keeps_its_counts(store, path):
    """What was counted stays in the file, and the other tables still add up."""
    count(store, range(30))
    with with_tables(path, signals=SIGNALS[1:]) as later:
        assert later.add(tally(later.tables, {}, (), DAY), ticket(30), BUCKET)

        assert sum(n for cell, n in later.counts(2026).items() if cell.table == f"form_signal_{SIGNALS[0]}") == 30
        assert later.contacts() == 31
        assert later.check() == []


# --- files that are not ours -----------------------------------------------------------------------


def ours(path):
    """A store of ours, for the stranger to change."""
    with contextlib.closing(Store(path, TABLES)) as store:
        store.prepare(DAY)


def other_database(path):
    sql(path, "CREATE TABLE dogs (name TEXT)")


def text_file(path):
    path.write_text("These are not the counters you are looking for. " * 50)


def with_a_log(path):
    ours(path)
    sql(path, "PRAGMA journal_mode = WAL")


def of_another_version(path):
    ours(path)
    sql(path, "PRAGMA user_version = 2")


def with_another_table(path):
    ours(path)
    sql(path, "CREATE TABLE contact (ip TEXT, moment TEXT)")


def with_foreign_tickets(path):
    ours(path)
    os.unlink(f"{path}.tickets")
    sql(f"{path}.tickets", "CREATE TABLE tickets (id TEXT)")


@pytest.mark.parametrize(
    "make",
    [other_database, text_file, with_a_log, of_another_version, with_another_table, with_foreign_tickets],
)
def test_a_strange_file_is_refused_as_it_is(path, make):
    """A file that is not ours, or not of this version, stops the start and is not touched."""
    path.parent.mkdir()
    make(path)
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}

    with pytest.raises(StoreError, match=path.name):
        Store(path, TABLES).prepare(DAY)

    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before
    assert len(Store(path, TABLES).check()) == 1


def test_check_makes_no_file(path):
    """Checking a database that is not there says so, and makes none."""
    path.parent.mkdir()

    assert Store(path, TABLES, create=False).check() == ["unable to open database file"]
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (
            "UPDATE cell SET n = n + 1 WHERE table_id = 'language' AND key = 'nl'",
            "form_reporter counts fewer contacts of 2026 than other tables",
        ),
        (
            "UPDATE cell SET n = n * 4 WHERE table_id = 'language' AND key = 'nl'",
            "Cell(period='2026', table='language', key=('nl',)) cannot be",
        ),
        (
            "INSERT INTO cell VALUES ('2026-W3', 'visits', 'home', 1099511627776)",
            "2026-W3 is not a period of visits",
        ),
    ],
)
def test_check_notices(store, path, damage, problem):
    """Counters that cannot come from contacts are reported."""
    store.prepare(DAY)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(damage)

    assert any(line.startswith(problem) for line in store.check())


def test_check_notices_a_log(store, path):
    """A write-ahead log beside the file holds contacts in their order."""
    count(store, [1])
    (path.parent / "meldroute.db-wal").touch()

    assert store.check() == ["meldroute.db-wal holds contacts in their order: remove it"]


def test_check_notices_damage(store, path):
    """A page that was overwritten is reported."""
    store.prepare(DAY)
    store.close()
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 2048)

    assert store.check()


# --- several at once -------------------------------------------------------------------------------


def test_stores_that_start_together_make_one_file(path):
    """Several servers on an empty folder agree on the file, and count in it together."""
    path.parent.mkdir()
    stores = [Store(path, TABLES, patience=30) for _ in range(6)]
    together = threading.Barrier(6, timeout=PATIENCE)

    def run(number):
        together.wait()
        stores[number].prepare(DAY)
        count(stores[number], range(number * 5, number * 5 + 5))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, range(6)))

    assert counted(stores[0]) == expected(range(30))
    assert stores[0].check() == []
    for store in stores:
        store.close()


def test_a_fresh_store_waits_for_both_files(path):
    """Whoever holds only the ticket file is waited for like one who holds both, also by who just made it."""
    path.parent.mkdir()
    with (
        contextlib.closing(Store(path, TABLES)) as store,
        contextlib.closing(sqlite3.connect(f"{path}.tickets", isolation_level=None, check_same_thread=False)) as other,
    ):
        store.prepare(DAY)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.2, other.rollback)
        release.daemon = True
        release.start()
        count(store, [1])
        joined([release])


def test_a_failed_contact_holds_no_lock(store, path):
    """After an error the files are free for others at once, while the error is still looked at."""
    with pytest.raises(StoreError) as refused:
        store.add(Tally((Cell("2026Q3", "form_reporter", ("arbeid", "buurvrouw")),)), ticket(1), BUCKET)

    with contextlib.closing(Store(path, TABLES, patience=0)) as other:
        count(other, [1])
    assert refused.value


def test_a_folder_with_odd_characters(tmp_path):
    """Quotes, spaces, percent and question marks in a folder's name are no trouble."""
    folder = tmp_path / "wie's d'r? 100% #1"
    folder.mkdir()
    with contextlib.closing(Store(folder / "meld route.db", TABLES)) as store:
        count(store, [1])

        assert store.check() == []
    assert sorted(file.name for file in folder.iterdir()) == ["meld route.db", "meld route.db.tickets"]
