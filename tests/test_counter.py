"""Counting while the store is away: the referral goes on, and afterwards the counts are exact."""

import contextlib
import datetime
import os
import resource
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from referral.counter import Counter
from referral.store import Store
from referral.tickets import EPOCH, Ticket
from tests.store_worker import BUCKET, TABLES, contact, counted, expected, ticket
from tests.waiting import PATIENCE

NOW = BUCKET * EPOCH + 60
DAY = datetime.date(2026, 8, 31)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "meldroute.db"


@pytest.fixture
def counter(path):
    counter = Counter(Store(path, TABLES, patience=0.1))
    counter.tick(NOW, DAY)
    yield counter
    counter.close()


def count(counter, number, bucket=BUCKET):
    return counter.count(contact(number), Ticket(ticket(number), bucket))


def stored(path):
    """What another process sees in the file."""
    with contextlib.closing(Store(path, TABLES)) as store:
        assert store.check() == []
        return counted(store)


# --- ways to be away -------------------------------------------------------------------------------


@contextlib.contextmanager
def gone(path):
    """The folder is not there, as when a disk is not mounted."""
    aside = path.parent.with_name("aside")
    path.parent.rename(aside)
    yield
    aside.rename(path.parent)


@contextlib.contextmanager
def replaced(path):
    """Another, empty folder stands in its place, as under a mount point."""
    with gone(path):
        path.parent.mkdir()
        yield
        assert list(path.parent.iterdir()) == []
        path.parent.rmdir()


@contextlib.contextmanager
def locked(path):
    """Somebody else holds the file."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextlib.contextmanager
def tickets_locked(path):
    """Somebody else holds the ticket file only."""
    with locked(f"{path}.tickets"):
        yield


@contextlib.contextmanager
def full(path):
    """No file may grow: the journal cannot be written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def read_only(path):
    """The folder may not be written; as root, who may write everywhere, we are nobody for a while."""
    everything = [path.parent, *path.parent.iterdir()]
    for file in everything:
        file.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)
    for file in everything:
        file.chmod(0o755)


AWAY = pytest.mark.parametrize("away", [gone, replaced, locked, tickets_locked, full, read_only])


# --- counting through it ---------------------------------------------------------------------------


@AWAY
def test_counts_wait_and_are_exact_afterwards(counter, path, away):
    """While the store is away nothing is raised and nothing lost; a waiting ticket counts once."""
    assert count(counter, 0)
    with away(path):
        assert [count(counter, number) for number in (1, 2, 2, 1)] == [False] * 4
        assert count(counter, 0), "counted before, and that is on the disk"
        assert counter.waiting == 2
        assert counter.flush() is False
        assert counter.problem
    assert counter.flush() is True

    assert [count(counter, number) for number in range(3)] == [True] * 3
    assert (counter.waiting, counter.problem) == (0, None)
    assert stored(path) == expected(range(3))


@AWAY
def test_the_next_count_takes_the_waiting_ones_along(counter, path, away):
    """Nobody has to call for it: as soon as the store is back, the next contact brings the others."""
    with away(path):
        assert count(counter, 1) is False

    assert count(counter, 2) is True
    assert count(counter, 1) is True
    assert stored(path) == expected([1, 2])


@AWAY
def test_nothing_lies_around_afterwards(counter, path, away):
    """The folder tells neither of the failure nor of the time."""
    with away(path):
        count(counter, 1)
    counter.tick(NOW, DAY)

    assert sorted(file.name for file in path.parent.iterdir()) == ["meldroute.db", "meldroute.db.tickets"]
    assert len({file.stat().st_mtime for file in [path.parent, *path.parent.iterdir()]}) == 1


def test_a_store_that_is_away_from_the_start(tmp_path):
    """A server may start before its disk is there: the count waits, and the files are made when they can be."""
    path = tmp_path / "later" / "meldroute.db"
    counter = Counter(Store(path, TABLES))
    counter.tick(NOW, DAY)
    assert count(counter, 1) is False
    path.parent.mkdir()

    assert counter.close() is True
    assert stored(path) == expected([1])


def test_a_foreign_file_keeps_the_counts_waiting(path):
    """Counting never raises, not even on a file that is not ours; `problem` says what is wrong."""
    path.write_text("not a database " * 100)
    counter = Counter(Store(path, TABLES))

    assert count(counter, 1) is False
    assert "not a database" in counter.problem
    assert counter.close() is False


def test_an_expired_ticket_does_not_wait(counter, path):
    """A ticket whose epoch is over is given up, so that it does not block the others."""
    counter.tick(NOW + 2 * EPOCH, DAY)

    assert count(counter, 1) is False
    assert counter.waiting == 0
    assert stored(path) == expected([])


def test_a_waiting_ticket_counts_however_late(counter, path):
    """An outage may last longer than a ticket."""
    with locked(path):
        assert count(counter, 1) is False
    counter.tick(NOW + 9 * EPOCH, datetime.date(2026, 9, 1))

    assert counter.waiting == 0
    assert stored(path) == expected([1])


def test_waiting_over_new_year(counter, path):
    """What waits from December is counted in December, also when the store is back in January."""
    with gone(path):
        assert count(counter, 1) is False
        assert counter.count(contact(2, 2027), Ticket(ticket(2), BUCKET)) is False
    counter.tick(NOW, datetime.date(2027, 1, 1))

    assert stored(path) == expected([1])
    with contextlib.closing(Store(path, TABLES)) as store:
        assert store.contacts() == 2


def test_counted_elsewhere_in_the_meantime(counter, path):
    """A ticket that waits here and is sent to another process counts once."""
    with gone(path):
        assert count(counter, 1) is False
    with contextlib.closing(Store(path, TABLES)) as other:
        assert other.add(contact(1), ticket(1), BUCKET)
    assert counter.flush()

    assert stored(path) == expected([1])


def test_memory_forgets_with_the_clock(counter):
    """Ticket hashes stay in memory no longer than in the file."""
    count(counter, 1)
    counter.tick(NOW + EPOCH, DAY)
    assert ticket(1) in vars(counter)["_known"]
    counter.tick(NOW + 2 * EPOCH, DAY)

    assert ticket(1) not in vars(counter)["_known"]


def test_a_lock_delays_everybody_only_once(path):
    """Twenty people who arrive while the file is locked wait for one attempt, not for twenty."""
    counter = Counter(Store(path, TABLES, patience=0.5))
    counter.tick(NOW, DAY)
    together = threading.Barrier(20, timeout=PATIENCE)

    def arrive(number):
        together.wait()
        return count(counter, number)

    with locked(path), ThreadPoolExecutor(20) as pool:
        begin = time.monotonic()
        assert list(pool.map(arrive, range(20))) == [False] * 20
        took = time.monotonic() - begin
    assert took < 2.5
    assert counter.close()
    assert stored(path) == expected(range(20))


def test_coming_and_going_under_load(path):
    """Eight threads count while the file is locked again and again; in the end every contact is there once."""
    counter = Counter(Store(path, TABLES, patience=0.02))
    counter.tick(NOW, DAY)
    with ThreadPoolExecutor(8) as pool:
        counts = pool.map(lambda number: count(counter, number // 2), range(400))
        for _ in range(10):
            with locked(path):
                time.sleep(0.05)
            time.sleep(0.02)
        answers = list(counts)

    assert False in answers
    assert counter.close() is True
    assert stored(path) == expected(range(200))
