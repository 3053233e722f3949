"""Tickets: ours only, for two to three hours, and one key for all processes of a folder."""

import base64
import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.datafiles import StoreError
from referral.tickets import EPOCH, HOUR, Ticket, Tickets, load_key
from tests.waiting import ended_in_time

NOW = 1_795_500_000.0 // HOUR * HOUR
OURS = Tickets(bytes(32))


def test_a_ticket_can_be_read():
    """A fresh ticket is valid, and its text can stand in a URL."""
    text = OURS.mint(NOW)
    ticket = OURS.read(text, NOW)

    assert isinstance(ticket, Ticket)
    assert len(ticket.hash) == 16
    assert ticket.bucket == int(NOW // EPOCH)
    assert text.replace("-", "").replace("_", "").isalnum()
    assert ticket == OURS.read(text, NOW + 5)


def test_tickets_differ():
    """No two tickets have the same hash."""
    assert len({OURS.read(OURS.mint(NOW), NOW).hash for _ in range(1000)}) == 1000


@pytest.mark.parametrize("minute", [0, 30, 59.99])
@pytest.mark.parametrize(("hours", "valid"), [(-1, False), (0, True), (1, True), (2, True), (3, False), (100, False)])
def test_a_ticket_lasts_two_hours(minute, hours, valid):
    """At least two hours and less than three, whenever in an hour it was minted; never from the future."""
    minted = NOW + minute * 60

    assert (OURS.read(OURS.mint(minted), NOW + hours * HOUR) is not None) == valid


@given(st.floats(0, 3 * HOUR - 1), st.floats(0, 10 * EPOCH))
def test_a_valid_ticket_is_of_this_epoch_or_the_one_before(age, minted):
    """The two epochs that a store keeps cover every ticket that can be read."""
    now = NOW + minted + age
    ticket = OURS.read(OURS.mint(NOW + minted), now)

    assert ticket is None or int(now // EPOCH) - ticket.bucket in (0, 1)


@given(st.integers(0, 35), st.integers(1, 255))
def test_a_changed_ticket_is_not_ours(place, change):
    """Whichever byte is changed, the seal does not fit."""
    raw = bytearray(base64.urlsafe_b64decode(OURS.mint(NOW)))
    raw[place] ^= change

    assert OURS.read(base64.urlsafe_b64encode(raw).decode(), NOW) is None


def test_a_ticket_of_another_key_is_not_ours():
    """A ticket from another installation does not count here."""
    assert OURS.read(Tickets(bytes(31) + b"1").mint(NOW), NOW) is None


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_anything_else_is_no_ticket(text):
    """Whatever stands where a ticket should: no ticket, and no error."""
    assert OURS.read(text, NOW) is None


@pytest.mark.parametrize("change", [str.lower, str.strip, lambda t: t + "=", lambda t: t + "\n", lambda t: f" {t}"])
def test_a_ticket_has_one_spelling(change):
    """A ticket written otherwise is not the same ticket."""
    text = OURS.mint(NOW)

    assert (OURS.read(change(text), NOW) is not None) == (change(text) == text)


def test_the_key_stands_beside_the_database(tmp_path):
    """Who opens the same database reads the same tickets; the key is for its owner alone and tells no time."""
    text = Tickets.beside(tmp_path / "meldroute.db").mint(NOW)
    (key,) = tmp_path.iterdir()

    assert Tickets.beside(tmp_path / "meldroute.db").read(text, NOW)
    assert key.name == "meldroute.db.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.stat().st_mtime == 946_684_800


def test_processes_that_start_together_agree_on_the_key(tmp_path):
    """Eight processes on an empty folder use one key, and leave nothing else behind."""
    code = (
        "import sys, pathlib; from referral.tickets import load_key; print('ready', flush=True);"
        "sys.stdin.read(1); print(load_key(pathlib.Path(sys.argv[1])).hex())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "key")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": Path(__file__).parents[1], "text": True}
    workers = [subprocess.Popen(command, **pipes) for _ in range(8)]
    with ended_in_time(*workers):
        assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 8
        for worker in workers:
            worker.stdin.write("!")
            worker.stdin.flush()
        keys = {worker.communicate()[0] for worker in workers}

    assert keys == {(tmp_path / "key").read_bytes().hex() + "\n"}
    assert os.listdir(tmp_path) == ["key"]


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_file_that_is_no_key_is_refused(tmp_path, content):
    """A damaged key is not used and not replaced in silence."""
    (tmp_path / "key").write_bytes(content)

    with pytest.raises(StoreError, match="not a key"):
        load_key(tmp_path / "key")


def test_a_folder_that_is_not_there(tmp_path):
    """Without a folder there is no key, and the error says which file could not be made."""
    with contextlib.suppress(StoreError), pytest.raises(FileNotFoundError, match="key"):
        load_key(tmp_path / "nowhere" / "key")
