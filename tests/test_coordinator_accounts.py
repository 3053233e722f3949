"""The accounts' file: what stands in it, passwords, codes, invitations, and the commands of the operator."""

from __future__ import annotations

import json
import sqlite3
import stat
import statistics
import time
from contextlib import closing
from pathlib import Path

import pyotp
import pytest

from referral.datafiles import StoreError
from tests.coordinating import PASSWORD, START, Browser, Rooms
from tests.running import Command
from tests.test_privacy import FULL
from web.coordinator import accounts, audit, patience, sessions
from web.coordinator.codes import enrolment, new_secret, step_of
from web.coordinator.file import AccountsFile
from web.coordinator.joining import is_name
from web.coordinator.login import Given, Refused, log_in
from web.coordinator.passwords import Passwords, why_not
from web.kept import ACCOUNTS

COLUMNS = {
    "account": {"id", "name", "role", "since"},
    "attempt": {"place", "free"},
    "audit": {"id", "minute", "who", "what", "about"},
    "device": {"hash", "account", "free", "expires"},
    "invitation": {"hash", "name", "role", "totp", "expires"},
    "local_login": {"account", "password", "totp", "last_step", "failures"},
    "recovery": {"hash", "account"},
    "session": {"hash", "account", "csrf", "started", "seen"},
}


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms.at(tmp_path)


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_whole_file_is_about_coordinators(rooms: Rooms) -> None:
    """Every table and column is known; none has a place for a visitor, an address or a browser's name."""
    rooms.join("anna")
    assert {table: set(columns) for table, columns in rooms.room.file.schema().items()} == COLUMNS


def test_it_is_the_servers_alone(rooms: Rooms) -> None:
    """Whoever else has an account on the machine cannot read it."""
    rooms.invite("anna")
    assert stat.S_IMODE(rooms.room.file.path.stat().st_mode) == 0o600


def test_there_is_none_before_the_first_invitation(rooms: Rooms) -> None:
    """Looking at the login, and trying to log in, make no file."""
    browser = Browser(rooms)
    assert "meldroute coordinator add" in browser.get("/coordinator/login").text
    answer = browser.post("/coordinator/login", name="anna", password=PASSWORD, code="123456")
    assert answer.status_code == 403
    assert not rooms.room.file.path.exists()


def test_no_code_that_was_given_away_stands_in_it(rooms: Rooms) -> None:
    """Neither of an invitation, a session, a browser or for recovery, nor the password: hashes only."""
    code = rooms.invite("bert")
    anna = rooms.join("anna")
    body = rooms.room.file.path.read_bytes()
    session, _, device = anna.cookie.partition(".")
    given = [code, session, device, PASSWORD, *anna.recovery, *(one.replace("-", "") for one in anna.recovery)]
    assert all(given)
    assert [one for one in given if one.encode() in body] == []
    assert b"$argon2id$v=19$" in body


def test_a_visitor_leaves_nothing_in_it(rooms: Rooms) -> None:
    """A whole dialogue, with the cookie of a coordinator and without, changes no byte."""
    anna = rooms.join("anna")
    before = rooms.room.file.path.read_bytes()
    for client in (anna, Browser(rooms)):
        assert client.client.post("/", base_url=client.site, data=FULL).status_code == 200
        assert client.client.post("/api/v1/turns", base_url=client.site, json={"answers": {}}).status_code == 200
    assert rooms.room.file.path.read_bytes() == before


def test_times_are_whole_minutes(rooms: Rooms) -> None:
    """Of sessions and of the log nothing finer is kept."""
    rooms.now = START + 17
    rooms.join("anna")
    times = [value for row in rooms.rows("SELECT started, seen FROM session") for value in row]
    times += [value for (value,) in rooms.rows("SELECT minute FROM audit")]
    assert len(times) == 3
    assert all(value % 60 == 0 for value in times)


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A file of another program or version is never written to."""
    file = AccountsFile(tmp_path / "meldroute.db")
    with closing(sqlite3.connect(file.path)) as conn:
        conn.execute("CREATE TABLE other (one TEXT)")
    with pytest.raises(StoreError, match="not a file of coordinators"):
        accounts.accounts(file)
    with pytest.raises(StoreError, match="not a file of coordinators"), file.change():
        pass


def test_what_is_removed_is_gone_from_the_file(rooms: Rooms) -> None:
    """With its secret, its sessions and its codes; only the log still has the name."""
    rooms.join("anna")
    (secret,) = rooms.rows("SELECT totp FROM local_login")[0]
    with rooms.room.file.change() as conn:
        assert accounts.remove(conn, "anna")
    for table in ("account", "local_login", "recovery", "session", "device"):
        assert rooms.rows(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - names of ours
    assert secret.encode() not in rooms.room.file.path.read_bytes()


def test_the_log_forgets_after_a_year(rooms: Rooms) -> None:
    """And takes no act that it has no words for."""
    with rooms.room.file.change(create=True) as conn:
        audit.note(conn, START, "anna", "logged-in")
        audit.note(conn, START + audit.KEEP + 120, "anna", "logged-out")
        with pytest.raises(KeyError):
            audit.note(conn, START, "anna", "looked-at-a-visitor")
    assert [line.what for line in audit.lines(rooms.room.file)] == ["logde uit"]


# --- passwords -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("vier losse natte woorden", True),
        ("kortewoorden", True),
        ("korte woord", False),
        ("x" * 201, False),
        ("wachtwoord2026!", False),
        ("Welkom123456", False),
        ("123456789012", False),
        ("qwertyuiopas", False),
        ("aaaaaaaaaaaa", False),
        ("geheimgeheim", False),
        ("anna.jansen1", False),
        ("anna.jansen loopt hard", True),
        ("83610475926183", True),
        ("Ünïcödé-wöörden", True),
    ],
)
def test_which_passwords_are_good(password: str, good: bool) -> None:
    """Long, not common, not one's own name; no other rules."""
    assert (why_not(password, "anna.jansen") == "") is good


def test_a_password_is_the_same_on_every_keyboard() -> None:
    """An accent may be typed as one sign or as two."""
    passwords = Passwords(1, 8)
    assert passwords.fits(passwords.hash("caf\u00e9 caf\u00e9 caf\u00e9"), "cafe\u0301 cafe\u0301 cafe\u0301")


def test_our_own_parameters() -> None:
    """What protects a password is at least the second choice of RFC 9106, in one thread."""
    assert Passwords().hash("een twee drie vier").startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_a_hash_of_weaker_days_is_made_anew(rooms: Rooms) -> None:
    """At the next login, when the password is at hand."""
    rooms.join("anna")
    object.__setattr__(rooms.room, "passwords", Passwords(2, 16))
    assert Browser(rooms).log_in("anna").status_code == 303
    assert rooms.rows("SELECT password FROM local_login")[0][0].startswith("$argon2id$v=19$m=16,t=2")


def test_who_does_not_exist_takes_as_long(rooms: Rooms) -> None:
    """With our real parameters: an unknown name and a wrong password take the same work."""
    object.__setattr__(rooms.room, "passwords", Passwords())
    rooms.join("anna")
    took: dict[str, list[float]] = {"anna": [], "nobody": []}
    for _ in range(7):
        for name, times in took.items():
            rooms.now += patience.PACE * patience.AT_ONCE
            start = time.process_time()
            assert log_in(rooms.room, Given(name, "een ander wachtwoord", "123456")) is Refused.WRONG
            times.append(time.process_time() - start)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.8 < known / unknown < 1.25, took
    assert unknown > 0.02


# --- codes -----------------------------------------------------------------------------------------------------------


def test_a_code_of_the_step_before_and_after_is_taken() -> None:
    """Clocks differ; two steps are too far."""
    secret, app = new_secret(), None
    app = pyotp.TOTP(secret)
    steps = {ago: step_of(secret, app.at(int(START) + 30 * ago), START) for ago in (-2, -1, 0, 1, 2)}
    now = int(START) // 30
    assert steps == {-2: None, -1: now - 1, 0: now, 1: now + 1, 2: None}
    assert step_of(None, app.at(int(START)), START) is None
    assert step_of(secret, "", START) is None


def test_the_codes_are_those_of_the_standard() -> None:
    """The test values of RFC 6238 for SHA-1, cut to six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert step_of(secret, code, moment) == moment // 30


def test_what_the_picture_says_is_what_the_text_says() -> None:
    """The squares are those of a QR code with a quiet edge, and nothing else is drawn."""
    found = enrolment("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "anna")
    assert found.text == "ABCD EFGH IJKL MNOP QRST UVWX YZ23 4567"
    assert found.address == "otpauth://totp/Meldroute:anna?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=Meldroute"
    assert found.path.startswith("M4 4h1v1h-1z")
    assert found.size > 40


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("anna", True),
        ("a.jansen@example.nl", True),
        ("a", False),
        ("", False),
        ("anna jansen", False),
        ("operator", False),
        ("OPERATOR", False),
        (".anna", False),
        ("<b>anna", False),
        ("anna\n", False),
        ("a" * 65, False),
    ],
)
def test_which_names_there_can_be(name: str, good: bool) -> None:
    """No name can be taken for the operator or break a page or a line."""
    assert is_name(name) is good


# --- sessions --------------------------------------------------------------------------------------------------------


def test_what_is_over_is_cleared_away(rooms: Rooms) -> None:
    """Sessions and browsers that nobody can use any more leave the file at the next login."""
    rooms.join("anna")
    rooms.now += sessions.DEVICE_FOR + 24 * 3600
    Browser(rooms).log_in("anna")
    assert rooms.rows("SELECT count(*) FROM session") == [(1,)]
    assert rooms.rows("SELECT count(*) FROM device") == [(1,)]


# --- the command line ------------------------------------------------------------------------------------------------


def test_the_operator_adds_lists_and_removes(meldroute: Command, tmp_path: Path) -> None:
    """Exit 0, 1, 2 as everywhere; what is printed can be read by people and by programs."""
    done = meldroute("coordinator", "add", "anna", "--role", "administrator", "--address", "https://vragen.example.nl")
    link = done.stdout.splitlines()[1]
    assert (done.returncode, done.stderr) == (0, "")
    assert link.startswith("https://vragen.example.nl/coordinator/invitation#")
    assert len(link.partition("#")[2]) == 43
    listed = json.loads(meldroute("coordinator", "list", "--json").stdout)
    assert listed["accounts"] == []
    assert [(one["name"], one["role"]) for one in listed["invitations"]] == [("anna", "administrator")]
    assert "anna: invited as administrator until" in meldroute("coordinator", "list").stdout
    assert meldroute("coordinator", "remove", "anna").stdout == "anna: the invitation can no longer be used\n"
    again = meldroute("coordinator", "remove", "anna")
    assert (again.returncode, again.stdout) == (1, "")
    assert "no account and no invitation anna" in again.stderr
    assert not (tmp_path / "meldroute.db").exists()


def test_without_an_address_it_prints_a_path(meldroute: Command) -> None:
    """Where it is served the command does not know."""
    assert meldroute("coordinator", "add", "anna").stdout.splitlines()[1].startswith("/coordinator/invitation#")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "a b"], 2),
        (["add", "operator"], 2),
        (["add", "anna", "--address", "vragen.example.nl"], 2),
        (["add", "anna", "--role", "boss"], 2),
        (["remove", "anna"], 1),
    ],
)
def test_what_cannot_be_is_said(meldroute: Command, arguments: list[str], code: int) -> None:
    """And nothing is made."""
    done = meldroute("coordinator", *arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert json.loads(meldroute("coordinator", "list", "--json").stdout) == {"accounts": [], "invitations": []}


def test_an_account_is_not_invited_by_accident(rooms: Rooms, meldroute: Command) -> None:
    """Only with --again, and until the link is used the account works as before."""
    rooms.join("anna")
    done = meldroute("coordinator", "add", "Anna")
    assert (done.returncode, "say --again" in done.stderr) == (1, True)
    assert meldroute("coordinator", "add", "Anna", "--again").returncode == 0
    assert Browser(rooms).log_in("anna").status_code == 303
    assert "anna: reader since" in meldroute("coordinator", "list").stdout
    assert meldroute("coordinator", "remove", "anna").stdout == "anna: removed\n"


def test_a_room_that_is_off_is_not_there(tmp_path: Path, meldroute: Command) -> None:
    """Not a page of it, and nobody is invited."""
    rooms = Rooms.at(tmp_path, coordinators=False)
    for path in ("/coordinator/", "/coordinator/login", "/coordinator/invitation"):
        assert Browser(rooms).get(path).status_code == 404
    assert meldroute("coordinator", "add", "anna", MELDROUTE_COORDINATORS="off").returncode == 1


# --- the privacy receipt ----------------------------------------------------------------------------------------------


def test_the_receipt_explains_every_column(rooms: Rooms) -> None:
    """Before there is a file and after; and nothing is explained that is not there."""
    browser = Browser(rooms)
    assert 'class="error"' not in browser.get("/privacy").text
    rooms.invite("anna")
    page = browser.get("/privacy").text
    assert "meldroute.db.coordinators</code></h2>" in page
    assert 'class="error"' not in page
    assert {table: set(columns) for table, columns in ACCOUNTS.columns.items()} == COLUMNS
    rooms.room.file.path.chmod(0o644)
    assert 'class="error"' in browser.get("/privacy").text
