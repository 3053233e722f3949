"""The store under load and under `kill -9`: no contact is lost once it was acknowledged, and none counts twice."""

import contextlib
import random
import time
from collections import Counter

from referral.store import Store
from tests.store_worker import BUCKET, TABLES, contact, counted, expected, start, ticket
from tests.waiting import ended_in_time

KILLS = 60
CONTACTS = 10_000
LONGEST = 900
"""Seconds for all of them: each waits for the disk, which others may use too."""


def said(output, word):
    """The contacts behind a word in a worker's output."""
    return {int(line.split()[1]) for line in output.splitlines() if line.startswith(word)}


def until_it_counts(lines):
    """What a worker says up to its first count."""
    heard = ""
    for line in lines:
        heard += line
        if line.startswith("got"):
            break
    return heard


def test_kill_after_kill_nothing_is_lost_and_nothing_counts_twice(tmp_path):
    """Sixty workers killed under load: what was acknowledged is there, and sending everything again is exact."""
    chance = random.Random(2026)  # noqa: S311
    path = tmp_path / "meldroute.db"
    sent: set[int] = set()
    unanswered = 0
    for kill in range(KILLS):
        with start(path, range(kill * 1000, (kill + 1) * 1000), threads=2) as worker, ended_in_time(worker):
            output = until_it_counts(worker.stdout)
            time.sleep(chance.uniform(0, 0.1))
            worker.kill()
            output += worker.stdout.read()
        asked, acknowledged = said(output, "ask"), said(output, "got")
        unanswered += len(asked - acknowledged)
        with contextlib.closing(Store(path, TABLES, patience=30)) as store:
            found = store.contacts() - len(sent)
            assert len(acknowledged) <= found <= len(asked)
            sent |= asked
            assert all(store.add(contact(number), ticket(number), BUCKET) for number in asked)
            assert store.contacts() == len(sent)
            assert store.check() == []
            assert sorted(file.name for file in tmp_path.iterdir()) == [
                "meldroute.db",
                "meldroute.db.tickets",
            ]

    with contextlib.closing(Store(path, TABLES)) as store:
        assert counted(store) == expected(sent)
    assert unanswered >= KILLS / 2, "the kills hit nothing"


def test_ten_thousand_contacts_from_two_processes_of_eight_threads(tmp_path):
    """Every table that counts them all shows exactly 10,000."""
    path = tmp_path / "meldroute.db"
    half = CONTACTS // 2
    workers = [start(path, range(first, first + half), threads=8) for first in (0, half)]
    with ended_in_time(*workers, seconds=LONGEST):
        outputs = [worker.communicate()[0] for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0]
    assert said("".join(outputs), "got") == set(range(CONTACTS))
    with contextlib.closing(Store(path, TABLES)) as store:
        tables = Counter(dict.fromkeys(TABLES.tables, 0))
        for cell, n in store.counts(2026).items():
            tables[cell.table] += n
        assert tables == dict.fromkeys(TABLES.tables, CONTACTS)
        assert counted(store) == expected(range(CONTACTS))
        assert store.check() == []


def test_two_processes_with_the_same_tickets_count_each_once(tmp_path):
    """Who sends a ticket to both processes at once is one contact."""
    path = tmp_path / "meldroute.db"
    workers = [start(path, range(200), threads=4) for _ in range(2)]
    with ended_in_time(*workers):
        outputs = [worker.communicate()[0] for worker in workers]

    assert [said(output, "got") for output in outputs] == [set(range(200))] * 2
    with contextlib.closing(Store(path, TABLES)) as store:
        assert counted(store) == expected(range(200))
