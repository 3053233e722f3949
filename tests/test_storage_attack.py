"""Somebody copies the data folder after every one of 100 contacts and knows what each byte of an SQLite file means.

The attack on one copy: no order, no time, nothing joint. What holds it all together is one equation: the counters'
file is that of a year without contacts, with the sums at their places and the number of transactions in the header.
"""

import base64
import contextlib
import datetime
import random
import shutil
import sqlite3
import time
from dataclasses import dataclass

import pytest

from referral.counts import load_tables
from referral.datafiles import BASE, quarter_start
from referral.store import Store
from referral.tables import Cell
from referral.tickets import EPOCH, Ticket, Tickets
from tests.raw_sqlite import Image
from tests.store_worker import BUCKET, MUNICIPALITIES, SIGNALS, TABLES, contact, expected

CONTACTS, ORDERS = 100, 20
START = BUCKET * EPOCH + 60.0
NEW_YEAR = datetime.date(2026, 1, 1)
NAME = "meldroute.db"
FILES = [NAME, f"{NAME}.key", f"{NAME}.tickets"]


@dataclass(frozen=True)
class Copy:
    """The folder as it was taken away: every file with its bytes and times, and the clock at that moment."""

    files: dict[str, bytes]
    times: set[float]
    now: float

    @property
    def counters(self):
        return self.files[NAME]

    @property
    def tickets(self):
        return self.files[f"{NAME}.tickets"]


@dataclass(frozen=True)
class Run:
    """What the thief took, and what he wants to know: the texts of the tickets and how their counts are noted."""

    empty: Copy
    copies: list[Copy]
    texts: list[str]
    noted: list[Ticket]


def take(folder, now=START):
    """A copy of the folder while it is in use. The times are looked at first: reading changes them."""
    seen = [file.stat() for file in (folder, folder / NAME, folder / f"{NAME}.tickets")]
    times = {moment for found in seen for moment in (found.st_mtime, found.st_atime)}
    return Copy({file.name: file.read_bytes() for file in sorted(folder.iterdir())}, times, now)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A hundred contacts over some days, with real tickets; the timer is sometimes late and repeats come in between."""
    folder, chance = tmp_path_factory.mktemp("run"), random.Random(4)  # noqa: S311
    tickets, now = Tickets.beside(folder / NAME), START
    texts, noted, copies = [], [], []
    with contextlib.closing(Store(folder / NAME, TABLES)) as store:
        store.prepare(NEW_YEAR)
        store.advance(now)
        empty = take(folder)
        for number in range(CONTACTS):
            now += chance.uniform(60, EPOCH)
            if chance.random() < 0.8:
                store.advance(now)
            texts.append(tickets.mint(now))
            noted.append(tickets.read(texts[-1], now))
            for _ in range(chance.choice([1, 1, 3])):
                assert store.add(contact(number), noted[-1].hash, noted[-1].bucket)
            copies.append(take(folder, now))
    return Run(empty, copies, texts, noted)


def explained(empty, sums, transactions):
    """What the counters' file must be: that of no contacts, with these sums and so many transactions more."""
    made, image = bytearray(empty), Image(empty)
    for row in image.tables["cell"]:
        period, table, key, n = row.values
        assert n == BASE
        place = row.starts[3]
        made[place : place + 6] = (BASE + sums[Cell(period, table, tuple(key.split()))]).to_bytes(6, "big")
    for place in (24, 92):
        made[place : place + 4] = (image.number(place, 4) + transactions).to_bytes(4, "big")
    return bytes(made)


def parts(secret, length=6):
    """Pieces of a secret: whatever is left of it, if it is no shorter than one of them and a byte, is found by one."""
    return [secret[start : start + length] for start in range(0, len(secret) - length + 1, 2)]


# --- one copy of a run -----------------------------------------------------------------------------


def test_every_copy_is_explained_by_sums_and_the_number_of_contacts(run):
    """All bytes of the counters' file follow from the counters and how many contacts there were: no order, no time."""
    for number, copy in enumerate(run.copies, 1):
        assert copy.counters == explained(run.empty.counters, expected(range(number)), number)


def test_every_copy_has_the_same_files_and_times(run):
    """Nothing stays in the folder but its three files, and all times are the start of the quarter."""
    assert [sorted(copy.files) for copy in run.copies] == [FILES] * CONTACTS
    assert set.union(*(copy.times for copy in run.copies)) == {quarter_start(time.time())}


def test_every_byte_of_the_ticket_file_is_a_hash_or_structure(run):
    """Two tables of hashes, no free pages; gaps hold old cell pointers at most: no four bytes of a ticket's hash."""
    hashes = [ticket.hash for ticket in run.noted]
    for copy in run.copies:
        image = Image(copy.tickets)
        assert (set(image.tables), image.free) == ({"epoch_0", "epoch_1"}, [])
        assert {len(row.values[0]) for rows in image.tables.values() for row in rows} <= {16}
        assert not [part for hash_ in hashes for part in parts(hash_, 4) if part in image.slack]


def test_the_headers_count_transactions_and_epochs_only(run):
    """What a header tells beside the contacts: the epoch that the clock is in, and how often an epoch began."""
    first = Image(run.empty.counters).header, Image(run.empty.tickets).header
    for number, copy in enumerate(run.copies, 1):
        counters, tickets = Image(copy.counters).header, Image(copy.tickets).header
        assert counters == first[0] | {"changes": first[0]["changes"] + number, "valid_for": counters["changes"]}
        assert (tickets["user_version"], tickets["cookie"]) == (copy.now // EPOCH, first[1]["cookie"])
        extra = tickets["changes"] - first[1]["changes"] - number
        assert 0 <= extra <= tickets["user_version"] - first[1]["user_version"]


def test_no_ticket_is_readable_after_its_time(run):
    """Two epochs after its own nothing of a ticket's hash is left in any file; before, the attacker does find it."""
    for number, copy in enumerate(run.copies, 1):
        everything, epoch = b"".join(copy.files.values()), copy.now // EPOCH
        for ticket in run.noted[:number]:
            if ticket.bucket < epoch - 1:
                assert not [part for part in parts(ticket.hash) if part in everything]
            else:
                assert ticket.hash in everything


def test_no_ticket_itself_is_ever_in_a_file(run):
    """What travels with a dialogue (its text, its random bits, the hour in it) stands nowhere, not even when fresh."""
    for copy in run.copies[:: CONTACTS // 10]:
        everything = b"".join(copy.files.values())
        for text in run.texts:
            assert not [part for part in parts(text.encode(), 12) if part in everything]
            assert not [part for part in parts(base64.urlsafe_b64decode(text)[:16]) if part in everything]


# --- orders ----------------------------------------------------------------------------------------


def test_orders_tickets_epochs_and_restarts_do_not_show_in_the_counters(tmp_path):
    """Twenty orders of the contacts, each with tickets, epochs and restarts of its own: one counters' file."""
    made = set()
    for order in range(ORDERS):
        chance = random.Random(order)  # noqa: S311
        folder = tmp_path / str(order)
        folder.mkdir()
        with contextlib.closing(Store(folder / NAME, TABLES)) as store:
            store.prepare(NEW_YEAR)
            epoch = BUCKET
            for number in chance.sample(range(CONTACTS), CONTACTS):
                if chance.random() < 0.1:
                    epoch += chance.choice([1, 1, 5])
                    store.advance(epoch * EPOCH)
                if chance.random() < 0.05:
                    store.close()
                assert store.add(contact(number), chance.randbytes(16), epoch)
        made.add(take(folder).counters)

    assert len(made) == 1


def test_contacts_do_not_show_in_the_tickets(tmp_path):
    """Whichever contact comes with which ticket, the whole folder is the same: the two files share no fact."""
    base, tickets = tmp_path / "base", [random.Random(ticket).randbytes(16) for ticket in range(50)]  # noqa: S311
    base.mkdir()
    with contextlib.closing(Store(base / NAME, TABLES)) as store:
        store.prepare(NEW_YEAR)
        store.advance(START)
    made = []
    for order in range(ORDERS):
        folder = shutil.copytree(base, tmp_path / str(order))
        numbers = random.Random(order).sample(range(50), 50)  # noqa: S311
        with contextlib.closing(Store(folder / NAME, TABLES)) as store:
            assert all(
                store.add(contact(number), ticket, BUCKET) for number, ticket in zip(numbers, tickets, strict=True)
            )
        made.append(take(folder).files)

    assert made == [made[0]] * ORDERS
    assert made[0] != take(base).files


# --- a longer life: a new year, a new value, destroyed counters ------------------------------------


def live(folder, contacts):
    """The file after two years: contacts, a new year, a new municipality, and the first year destroyed."""
    folder.mkdir()
    later = load_tables(SIGNALS, lambda year: [*MUNICIPALITIES, "GM0600"])
    with contextlib.closing(Store(folder / NAME, TABLES)) as store:
        store.prepare(NEW_YEAR)
        assert all(store.add(contact(number), bytes([number]) * 16, BUCKET) for number in range(contacts))
        store.prepare(datetime.date(2027, 1, 1))
    steps = [take(folder).counters]
    with contextlib.closing(Store(folder / NAME, later)) as store:
        store.prepare(NEW_YEAR)
        store.prepare(datetime.date(2027, 1, 1))
        steps.append(take(folder).counters)
        assert all(store.add(contact(n, 2027), bytes([n + 128]) * 16, BUCKET) for n in range(contacts))
        store.destroy(2026)
    return [*steps, take(folder).counters]


def test_new_pages_and_destroyed_years_hold_nothing_of_contacts(tmp_path):
    """Where cells move to other pages or go, no trace of a counter stays: the file is that of the same life without."""
    found, empty = live(tmp_path / "with", 40), live(tmp_path / "without", 0)
    first = expected(range(40))
    second = type(first)(cell for number in range(40) for cell in contact(number, 2027).cells)

    assert found[0] == explained(empty[0], first, 40)
    assert found[1] == explained(empty[1], first, 40)
    assert found[2] == explained(empty[2], second, 80)
    assert {row.values[0][:4] for row in Image(found[2]).tables["cell"]} == {"2027"}


# --- the attacker does bite ------------------------------------------------------------------------


def careless(path, pragmas, statements):
    """A store as one might make it without a thought: the file, and a journal if one stays."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()
        for statement, *values in statements:
            connection.execute(statement, values)
    return Image(path.read_bytes())


def test_the_reader_reads_what_sqlite_reads(run, tmp_path):
    """The attacker's own reader finds the rows and the schema that SQLite finds."""
    for name, data in run.copies[-1].files.items():
        if name.endswith(".key"):
            continue
        (tmp_path / name).write_bytes(data)
        with contextlib.closing(sqlite3.connect(tmp_path / name)) as connection:
            tables = [table for (table,) in connection.execute("SELECT name FROM sqlite_schema")]
            rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608
        assert {table: [row.values for row in found] for table, found in Image(data).tables.items()} == rows


def test_the_attacker_finds_the_order_where_cells_come_with_contacts(tmp_path):
    """In a table that is not filled beforehand cells lie in the order of their first contact: the attacker reads it."""
    keys = list(dict.fromkeys(" ".join(contact(number).cells[0].key) for number in range(20)))
    make = "CREATE TABLE cell (key TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID"
    add = "INSERT INTO cell VALUES (?, 1)"
    image = careless(tmp_path / "x", ["secure_delete = ON"], [(make,), *((add, key) for key in keys)])

    by_place = [row.values[0] for row in sorted(image.tables["cell"], key=lambda row: -row.place)]
    assert by_place == keys != sorted(keys)


@pytest.mark.parametrize("careful", ["ON", "OFF"])
def test_the_attacker_finds_what_was_deleted_without_care(tmp_path, careful):
    """A hash that is deleted stays in the file unless it is overwritten."""
    make, add = "CREATE TABLE epoch (hash BLOB PRIMARY KEY) WITHOUT ROWID", "INSERT INTO epoch VALUES (?)"
    hashes = [random.Random(number).randbytes(16) for number in range(20)]  # noqa: S311
    steps = [(make,), *((add, hash_) for hash_ in hashes), ("DELETE FROM epoch",)]
    image = careless(tmp_path / "x", [f"secure_delete = {careful}"], steps)

    assert any(part in image.slack for hash_ in hashes for part in parts(hash_, 4)) == (careful == "OFF")


def test_the_attacker_notices_another_byte(run):
    """The equation fails for a counter that is one too high, for one transaction more, for one byte in a gap."""
    right = run.copies[-1].counters
    image, sums = Image(right), expected(range(CONTACTS))
    gap = max(place for place, known in enumerate(image.known) if not known)
    changed = bytearray(right)
    changed[gap] ^= 1

    assert right == explained(run.empty.counters, sums, CONTACTS)
    assert bytes(changed) != right
    assert right != explained(run.empty.counters, sums, CONTACTS + 1)
    assert right != explained(run.empty.counters, sums + type(sums)([next(iter(sums))]), CONTACTS)
