"""Getting in and out: sessions, codes that work once, forged forms, guessing, and what a cookie may and may not do."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.coordinating import OURS, PASSWORD, SITE, START, Browser, Rooms
from tests.test_privacy import FILES, FULL, OF_RULES, PAGES, SAME_FOR_EVERYBODY
from web.coordinator import accounts, audit, patience, sessions
from web.coordinator.patience import Busy, Lanes, Via

LOGIN, HOME, INVITATION = "/coordinator/login", "/coordinator/", "/coordinator/invitation"
NEW = "nog vier andere woorden"


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms.at(tmp_path)


def fault(text: str) -> str:
    """What the page says is wrong, without what differs between two requests."""
    return " ".join(re.sub(r"<[^>]+>", " ", text.partition('class="error summary"')[2].partition("</div>")[0]).split())


# --- the way in ------------------------------------------------------------------------------------------------------


def test_from_an_invitation_to_the_overview_and_out(rooms: Rooms) -> None:
    """The whole way: an account, recovery codes, logging out, logging in."""
    anna = rooms.join("anna")
    assert anna.is_in
    answer = anna.post("/coordinator/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, LOGIN)
    assert not anna.is_in
    answer = anna.log_in("anna")
    assert (answer.status_code, answer.headers["Location"]) == (303, HOME)
    assert anna.is_in
    assert "Je bent ingelogd als anna" in anna.get(HOME).text
    assert anna.get(LOGIN).headers["Location"] == HOME


def test_names_and_codes_are_taken_as_people_type_them(rooms: Rooms) -> None:
    """Capitals and spaces around a name, and a code in two groups."""
    rooms.join("anna")
    code = rooms.code("anna")
    assert Browser(rooms).log_in(" ANNA ", code=f"{code[:3]} {code[3:]}").status_code == 303


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("anna", "een ander wachtwoord", None),
        ("anna", PASSWORD, "000000"),
        ("anna", PASSWORD, ""),
        ("anna", PASSWORD, "aaaa-aaaa-aaaa-aaaa"),
        ("anna", "", None),
        ("anna", "x" * 5000, None),
        ("nobody", PASSWORD, "000000"),
        ("", "", ""),
        ("anna'--", PASSWORD, None),
    ],
)
def test_whatever_is_wrong_is_said_in_one_way(rooms: Rooms, name: str, password: str, code: str | None) -> None:
    """The same status, the same words, no cookie."""
    anna = rooms.join("anna")
    rooms.now += 60
    given = rooms.code("anna") if code is None else code
    browser = Browser(rooms)
    answer = browser.log_in(name, password, given if given != "000000" or rooms.code("anna") != given else "000001")
    assert answer.status_code == 403
    assert "De naam, het wachtwoord of de code klopt niet." in fault(answer.text)
    assert fault(answer.text) == fault(browser.log_in("somebody", "else", "1").text)
    assert "Set-Cookie" not in answer.headers
    assert anna.is_in


def test_there_is_no_way_to_be_sent_elsewhere(rooms: Rooms) -> None:
    """No address that travels along is followed: after logging in there is one place to go."""
    rooms.join("anna")
    for at in ("?next=https://example.org/", "?next=//example.org", "?url=/coordinator/../../x"):
        browser = Browser(rooms)
        rooms.now += 30
        answer = browser.client.post(
            LOGIN + at,
            base_url=SITE,
            headers={**OURS, "Referer": "https://example.org/"},
            data={"name": "anna", "password": PASSWORD, "code": rooms.code("anna"), "next": "https://example.org/"},
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, HOME)
    assert Browser(rooms).get("/coordinator/account?next=//example.org").headers["Location"] == LOGIN


# --- codes that work once --------------------------------------------------------------------------------------------


def test_a_code_works_once(rooms: Rooms) -> None:
    """Seen over a shoulder it is worthless, and so is every older one, also in another browser."""
    rooms.join("anna")
    now, before = rooms.code("anna"), rooms.code("anna", ago=1)
    assert Browser(rooms).log_in("anna", code=now).status_code == 303
    assert Browser(rooms).log_in("anna", code=now).status_code == 403
    assert Browser(rooms).log_in("anna", code=before).status_code == 403
    rooms.now += 30
    assert Browser(rooms).log_in("anna").status_code == 200


def test_the_code_of_the_invitation_works_no_second_time(rooms: Rooms) -> None:
    """It was used up when the account was made."""
    rooms.join("anna")
    rooms.now -= 30
    assert Browser(rooms).log_in("anna").status_code == 403


def test_of_many_at_once_one_gets_in(rooms: Rooms) -> None:
    """The same code from several browsers at the same moment."""
    rooms.join("anna")
    code = rooms.code("anna")
    object.__setattr__(rooms.room, "lanes", Lanes(waiting=10))
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: Browser(rooms).log_in("anna", code=code).status_code, range(4)))
    assert sorted(found) == [303, 403, 403, 403]


def test_a_recovery_code_works_once_and_is_told(rooms: Rooms) -> None:
    """Typed with or without dashes, in capitals too."""
    anna = rooms.join("anna")
    answer = Browser(rooms).log_in("anna", code=anna.recovery[0].upper().replace("-", " "))
    assert answer.status_code == 200
    assert "Je gebruikte een herstelcode." in answer.text
    assert Browser(rooms).log_in("anna", code=anna.recovery[0]).status_code == 403
    assert "Je hebt er nog 7." in anna.get("/coordinator/account").text


def test_a_recovery_code_of_somebody_else_does_not_work(rooms: Rooms) -> None:
    """It belongs to one account."""
    anna = rooms.join("anna")
    rooms.join("bert")
    assert Browser(rooms).log_in("bert", code=anna.recovery[0]).status_code == 403


# --- invitations -----------------------------------------------------------------------------------------------------


def accept(rooms: Rooms, code: str, name: str, **fields: str) -> int:
    given = {"password": PASSWORD, "again": PASSWORD, "code": rooms.code(name), "invitation": code, **fields}
    return Browser(rooms).post(INVITATION, **given).status_code


def test_an_invitation_works_once(rooms: Rooms) -> None:
    """Not a second time, not after it was withdrawn or replaced, not after 72 hours."""
    code = rooms.invite("anna")
    assert accept(rooms, code, "anna") == 200
    assert accept(rooms, code, "anna") == 403
    old = rooms.invite("bert")
    rooms.invite("bert")
    assert accept(rooms, old, "bert") == 403
    code = rooms.invite("carla")
    with rooms.room.file.change() as conn:
        accounts.withdraw(conn, "carla")
    assert accept(rooms, code, "carla") == 403
    code = rooms.invite("dirk")
    rooms.now += accounts.VALID_FOR
    assert accept(rooms, code, "dirk") == 403
    assert accept(rooms, "", "dirk") == 403
    assert [one.name for one in accounts.accounts(rooms.room.file)] == ["anna"]


def test_of_two_who_use_it_at_once_one_has_the_account(rooms: Rooms) -> None:
    """Whoever comes second is told that it does not work."""
    code = rooms.invite("anna")
    object.__setattr__(rooms.room, "lanes", Lanes(waiting=10))
    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(lambda _: accept(rooms, code, "anna"), range(4))) == [200, 403, 403, 403]


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "te kort"), ("again", "iets anders dan dat"), ("code", "000000"), ("password", "wachtwoord1234")],
)
def test_what_is_wrong_with_an_answer_is_said_and_nothing_is_lost(rooms: Rooms, field: str, value: str) -> None:
    """At its field and above the form, and the invitation still works, with the same secret."""
    code = rooms.invite("anna")
    given = {"password": PASSWORD, "again": PASSWORD, "code": rooms.code("anna"), "invitation": code, field: value}
    answer = Browser(rooms).post(INVITATION, **given)
    assert answer.status_code == 422
    assert f'aria-describedby="{field}-' in answer.text or f"{field}-error" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'href="#{field}"' in answer.text
    assert PASSWORD not in answer.text
    assert accept(rooms, code, "anna") == 200


def test_the_whole_link_may_be_pasted(rooms: Rooms) -> None:
    """Who has no script pastes it; only what stands behind the # is looked at."""
    link = f"{SITE}{INVITATION}#{rooms.invite('anna')}"
    answer = Browser(rooms).post(INVITATION, invitation=link)
    assert answer.status_code == 200
    assert "Maak je account" in answer.text
    assert rooms.secrets["anna"][:4] in answer.text


def test_an_invitation_for_an_account_sets_it_anew(rooms: Rooms) -> None:
    """A lost phone: the new secret and password replace the old, whoever was in is out, the role is the new one."""
    anna = rooms.join("anna")
    rooms.join("anna", "administrator")
    assert not anna.is_in
    assert len(accounts.accounts(rooms.room.file)) == 1
    assert accounts.accounts(rooms.room.file)[0].role == "administrator"
    assert Browser(rooms).log_in("anna", code=anna.recovery[0]).status_code == 403


# --- sessions --------------------------------------------------------------------------------------------------------


def test_a_code_that_was_planted_is_not_the_session(rooms: Rooms) -> None:
    """Fixation: whatever cookie a browser sends, logging in gives a new one."""
    rooms.join("anna")
    browser = Browser(rooms)
    browser.plant("planted.planted")
    browser.log_in("anna")
    session, _, device = browser.cookie.partition(".")
    assert "planted" not in (session, device)
    other = Browser(rooms)
    other.plant("planted.planted")
    assert not other.is_in


def test_another_login_gives_another_session(rooms: Rooms) -> None:
    """And the one that the browser had is over; a second browser keeps its own."""
    anna = rooms.join("anna")
    first, second = anna.cookie, Browser(rooms)
    second.log_in("anna")
    rooms.now += 30
    assert anna.log_in("anna").status_code == 303
    assert anna.cookie.partition(".")[0] != first.partition(".")[0]
    thief = Browser(rooms)
    thief.plant(first)
    assert not thief.is_in
    assert second.is_in


def test_who_does_nothing_is_out_after_half_an_hour(rooms: Rooms) -> None:
    """And whoever does something stays in, but not longer than ten hours."""
    anna = rooms.join("anna")
    rooms.now = START - START % 60 + 60
    assert anna.is_in
    rooms.now += sessions.IDLE - 1
    assert anna.is_in
    rooms.now += sessions.IDLE
    assert not anna.is_in


def test_nobody_stays_in_for_longer_than_ten_hours(rooms: Rooms) -> None:
    """However busy."""
    anna = rooms.join("anna")
    began = rooms.now
    while rooms.now < began + sessions.LONGEST - 120:
        rooms.now += 1200
        if rooms.now < began + sessions.LONGEST - 120:
            assert anna.is_in
    rooms.now = began + sessions.LONGEST
    assert not anna.is_in


def test_a_code_is_worthless_after_logging_out(rooms: Rooms) -> None:
    """A copy of the cookie, too."""
    anna = rooms.join("anna")
    thief = Browser(rooms)
    thief.plant(anna.cookie)
    assert thief.is_in
    anna.post("/coordinator/logout")
    assert not thief.is_in


def test_out_everywhere(rooms: Rooms) -> None:
    """One's own other browsers, and nobody else's."""
    anna, bert = rooms.join("anna"), rooms.join("bert")
    second = Browser(rooms)
    second.log_in("anna")
    assert second.is_in
    assert second.post("/coordinator/account/everywhere").headers["Location"] == LOGIN
    assert (anna.is_in, second.is_in, bert.is_in) == (False, False, True)


def test_another_password_ends_what_was_open(rooms: Rooms) -> None:
    """The present one is asked for; the browser that changed it stays in, under a new code."""
    anna = rooms.join("anna")
    second = Browser(rooms)
    second.log_in("anna")
    assert anna.post("/coordinator/account/password", current="not it", password=NEW, again=NEW).status_code == 422
    assert second.is_in
    before = anna.cookie
    assert anna.post("/coordinator/account/password", current=PASSWORD, password=NEW, again=NEW).status_code == 200
    assert anna.is_in
    assert anna.cookie.partition(".")[0] != before.partition(".")[0]
    assert not second.is_in
    rooms.now += 30
    assert Browser(rooms).log_in("anna").status_code == 403
    rooms.now += 30
    assert Browser(rooms).log_in("anna", NEW).status_code in (200, 303)


def test_a_role_that_was_taken_away_is_gone_at_once(rooms: Rooms) -> None:
    """It stands with the account, not in the session."""
    anna = rooms.join("anna", "administrator")
    assert anna.get("/coordinator/log").status_code == 200
    with rooms.room.file.change() as conn:
        conn.execute("UPDATE account SET role = 'reader'")
    assert anna.get("/coordinator/log").status_code == 403


# --- forged forms ----------------------------------------------------------------------------------------------------

FORGED = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": SITE},
    {"Origin": "null"},
    {"Origin": "https://example.org"},
    {"Origin": f"{SITE}.example.org"},
    {"Origin": "http://["},
]


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_a_form_from_elsewhere_does_nothing(rooms: Rooms, headers: dict[str, str]) -> None:
    """Not logging out, and not logging in either: nobody is brought into an account of somebody else."""
    anna = rooms.join("anna")
    assert anna.post("/coordinator/logout", headers=headers).status_code == 403
    assert anna.is_in
    browser = Browser(rooms)
    given = {"name": "anna", "password": PASSWORD, "code": rooms.code("anna")}
    answer = browser.post(LOGIN, headers=headers, **given)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    assert browser.post(LOGIN, **given).status_code == 303


def test_a_browser_that_does_not_say_where_a_form_is_from_may_name_the_origin(rooms: Rooms) -> None:
    """Then it must be ours."""
    anna = rooms.join("anna")
    assert anna.post("/coordinator/logout", headers={"Origin": SITE}).status_code == 303


@pytest.mark.parametrize("proof", ["", "wrong", "ünïcode"])
def test_a_form_needs_the_proof_of_the_session(rooms: Rooms, proof: str) -> None:
    """And that of somebody else is none."""
    anna, bert = rooms.join("anna"), rooms.join("bert")
    assert anna.post("/coordinator/account/everywhere", csrf=proof).status_code == 403
    (theirs,) = rooms.rows("SELECT csrf FROM session JOIN account ON account = id WHERE name = 'bert'")[0]
    assert anna.post("/coordinator/account/everywhere", csrf=theirs).status_code == 403
    assert anna.is_in
    assert bert.is_in


# --- guessing --------------------------------------------------------------------------------------------------------


def guess(rooms: Rooms, name: str, times: int, browser: Browser | None = None) -> list[int]:
    found = []
    for _ in range(times):
        found.append((browser or Browser(rooms)).log_in(name, "een ander wachtwoord", "123456").status_code)
    return found


def test_who_guesses_is_slowed_down(rooms: Rooms) -> None:
    """Five tries, then one in half an hour, whether there is such an account or not."""
    rooms.join("anna")
    for name in ("anna", "nobody"):
        assert guess(rooms, name, 8) == [403] * 5 + [429] * 3
    rooms.now += patience.PACE
    assert guess(rooms, "anna", 2) == guess(rooms, "nobody", 2) == [403, 429]
    rooms.now += patience.PACE * patience.AT_ONCE
    assert guess(rooms, "anna", 6) == [403] * 5 + [429]


def test_a_day_of_guessing_is_a_few_tries(rooms: Rooms) -> None:
    """Who has the password and guesses codes has some fifty tries a day, at three in a million."""
    rooms.join("anna")
    tries = 0
    for _ in range(48):
        tries += guess(rooms, "anna", 2).count(403)
        rooms.now += 1800
    assert 48 <= tries <= 53


def test_a_right_answer_is_refused_too_when_there_are_no_tries_left(rooms: Rooms) -> None:
    """Otherwise nothing would be slowed down; the code is not used up by it."""
    rooms.join("anna")
    guess(rooms, "anna", 5)
    assert Browser(rooms).log_in("anna").status_code == 429
    rooms.now += patience.PACE
    assert Browser(rooms).log_in("anna").status_code == 200


def test_nobody_can_keep_somebody_out_who_came_in_before(rooms: Rooms) -> None:
    """The browser of an earlier login has tries of its own, however many others use up."""
    anna = rooms.join("anna")
    anna.post("/coordinator/logout")
    assert guess(rooms, "anna", 7)[-1] == 429
    answer = anna.log_in("anna")
    assert answer.status_code == 200
    assert "is inloggen op jouw naam 5 keer mislukt" in answer.text
    assert anna.is_in


def test_a_known_browser_has_no_endless_tries_either(rooms: Rooms) -> None:
    """Its own five, and then those that all others share."""
    anna = rooms.join("anna")
    anna.post("/coordinator/logout")
    assert guess(rooms, "anna", 12, anna) == [403] * 10 + [429] * 2


def test_a_browser_is_known_for_one_account_only(rooms: Rooms) -> None:
    """A coordinator has no more tries at the account of another."""
    anna, bert = rooms.join("anna"), rooms.join("bert")
    bert.post("/coordinator/logout")
    assert guess(rooms, "anna", 7, bert) == [403] * 5 + [429] * 2
    anna.post("/coordinator/logout")
    assert anna.log_in("anna").status_code == 200


def test_a_browser_is_known_for_ninety_days(rooms: Rooms) -> None:
    """And not after logging out everywhere."""
    anna, bert = rooms.join("anna"), rooms.join("bert")
    bert.post("/coordinator/account/everywhere")
    guess(rooms, "bert", 5)
    assert bert.log_in("bert").status_code == 429
    rooms.now += sessions.DEVICE_FOR
    guess(rooms, "anna", 5)
    assert anna.log_in("anna").status_code == 429


def test_many_at_once_are_no_way_around(rooms: Rooms) -> None:
    """A try is taken before anything is compared."""
    rooms.join("anna")
    object.__setattr__(rooms.room, "lanes", Lanes(waiting=20))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: guess(rooms, "anna", 1)[0], range(12)))
    assert sorted(found) == [403] * 5 + [429] * 7


def test_names_that_are_typed_are_not_kept(rooms: Rooms) -> None:
    """People type passwords there. And however many names are tried, the file grows to a limit."""
    rooms.join("anna")
    guess(rooms, "my-secret-typed-in-the-wrong-field", 1)
    assert b"my-secret" not in rooms.room.file.path.read_bytes()
    assert {patience.place_of(str(one)) for one in range(50_000)} <= set(range(4096))
    assert [line.what for line in audit.lines(rooms.room.file)] == ["maakte het eigen account"]


def test_one_is_compared_at_a_time_and_few_wait() -> None:
    """So guessing takes neither the cores nor the threads of the dialogue; known browsers have a lane of their own."""
    lanes = Lanes(waiting=1)
    with lanes.turn(Via.UNKNOWN):
        with pytest.raises(Busy), lanes.turn(Via.UNKNOWN):
            pass
        with lanes.turn(Via.KNOWN):
            pass
    with lanes.turn(Via.UNKNOWN):
        pass


def test_who_comes_when_it_is_busy_loses_no_try(rooms: Rooms) -> None:
    """And wins none back: of five, two were used before, and three are left, for who is known and who is not."""
    anna = rooms.join("anna")
    anna.post("/coordinator/logout")
    for browser, via, left in ((Browser(rooms), Via.UNKNOWN, 3), (anna, Via.KNOWN, 3)):
        object.__setattr__(rooms.room, "lanes", Lanes(waiting=1))
        assert guess(rooms, "anna", 2, browser) == [403] * 2
        before = rooms.rows("SELECT failures FROM local_login")
        with rooms.room.lanes.turn(via):
            assert guess(rooms, "anna", 3, browser) == [503] * 3
        assert rooms.rows("SELECT failures FROM local_login") == before
        # After its own tries a known browser has those of all others, which are used up by then.
        assert guess(rooms, "anna", left + 1, browser) == [403] * left + [429]


def test_who_is_in_cannot_guess_the_password_either(rooms: Rooms) -> None:
    """A browser left open on a desk; a name typed at the login does not use these tries up."""
    anna = rooms.join("anna")
    given = {"password": NEW, "again": NEW}
    found = [anna.post("/coordinator/account/password", current="not it", **given).text for _ in range(6)]
    assert ["Dit is niet je wachtwoord van nu." in text for text in found] == [True] * 5 + [False]
    assert "Dit ging te vaak mis." in found[-1]
    rooms.now += patience.PACE
    assert anna.log_in("anna").status_code in (303, 403)


def test_renewed_recovery_codes_replace_the_old(rooms: Rooms) -> None:
    """For the present password only."""
    anna = rooms.join("anna")
    assert anna.post("/coordinator/account/recovery", current="not it").status_code == 422
    answer = anna.post("/coordinator/account/recovery", current=PASSWORD)
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)
    assert len(codes) == 8
    assert Browser(rooms).log_in("anna", code=anna.recovery[0]).status_code == 403
    assert Browser(rooms).log_in("anna", code=codes[0]).status_code == 200


# --- the cookie ------------------------------------------------------------------------------------------------------


def test_the_cookie_is_as_strict_as_a_cookie_can_be(rooms: Rooms) -> None:
    """One, for this host only, over TLS only, out of reach of scripts and of other sites."""
    rooms.join("anna")
    (cookie,) = Browser(rooms).log_in("anna").headers.getlist("Set-Cookie")
    value, *rest = cookie.split("; ")
    assert re.fullmatch(r"__Host-meldroute=[\w-]{43}\.[\w-]{43}", value)
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict", f"Max-Age={sessions.DEVICE_FOR}"} <= set(rest)
    assert not [part for part in rest if part.startswith("Domain")]


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "http://localhost:8000", "http://127.0.0.1"])
def test_on_the_machine_itself_it_works_without_tls_and_says_so(rooms: Rooms, site: str) -> None:
    """The cookie has another name there, so neither is taken for the other."""
    rooms.join("anna")
    browser = Browser(rooms, site)
    answer = browser.log_in("anna")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("meldroute=")
    assert "Secure" not in cookie
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "zonder beveiligde verbinding" in browser.get(HOME).text
    elsewhere = Browser(rooms)
    elsewhere.client.set_cookie("meldroute", browser.cookie, domain="vragen.example.nl", path="/")
    assert not elsewhere.is_in
    assert "zonder beveiligde verbinding" not in elsewhere.get(LOGIN).text


@pytest.mark.parametrize("site", ["http://vragen.example.nl", "http://localhost.example.nl", "http://127.0.0.1.nip.io"])
def test_no_other_name_is_the_machine_itself(rooms: Rooms, site: str) -> None:
    """The cookie asks for TLS there, and a browser without it stays out."""
    rooms.join("anna")
    (cookie,) = Browser(rooms, site).log_in("anna").headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-meldroute=")


def test_no_cookie_outside_of_the_room(rooms: Rooms) -> None:
    """Nothing else of the site sets one, or shows a coordinator something else than everybody."""
    anna, nobody = rooms.join("anna"), Browser(rooms)
    for path in [*PAGES, *SAME_FOR_EVERYBODY, *FILES, *OF_RULES]:
        if path.startswith("/coordinator/"):
            continue
        with anna.get(path) as known, nobody.get(path) as unknown:
            assert "Set-Cookie" not in known.headers, path
            assert known.status_code == unknown.status_code, path
            assert known.data == unknown.data, path
    for client in (anna, nobody):
        assert "Set-Cookie" not in client.client.post("/", base_url=SITE, data=FULL).headers


def test_looking_sets_no_cookie(rooms: Rooms) -> None:
    """Only coming in and going out do."""
    rooms.join("anna")
    browser = Browser(rooms)
    for path in (LOGIN, HOME, INVITATION, "/coordinator/account", "/coordinator/nothing"):
        assert "Set-Cookie" not in browser.get(path).headers, path
    browser.plant("old.one")
    assert "Set-Cookie" not in browser.get(HOME).headers


def test_after_logging_out_the_browser_keeps_only_that_it_is_known(rooms: Rooms) -> None:
    """The first half of the cookie is empty, and what is left lets nobody in."""
    anna = rooms.join("anna")
    anna.post("/coordinator/logout")
    session, _, device = anna.cookie.partition(".")
    assert (session, len(device)) == ("", 43)
    thief = Browser(rooms)
    thief.plant(f"{device}.{device}")
    assert not thief.is_in


# --- the log ---------------------------------------------------------------------------------------------------------


def test_the_log_tells_what_coordinators_did(rooms: Rooms) -> None:
    """Who, and what, in order; administrators read it."""
    boss = rooms.join("baas", "administrator")
    boss.post("/coordinator/accounts/invite", name="anna", role="reader")
    boss.post("/coordinator/accounts/withdraw", name="anna")
    anna = rooms.join("anna")
    anna.post("/coordinator/account/password", current=PASSWORD, password=NEW, again=NEW)
    anna.post("/coordinator/logout")
    boss.post("/coordinator/accounts/revoke", name="anna")
    boss.post("/coordinator/accounts/remove", name="anna")
    page = boss.get("/coordinator/log").text
    told = [
        ("baas", "maakte het eigen account"),
        ("baas", "nodigde anna uit"),
        ("baas", "trok de uitnodiging van anna in"),
        ("anna", "maakte het eigen account"),
        ("anna", "koos een ander wachtwoord"),
        ("anna", "logde uit"),
        ("baas", "logde anna overal uit"),
        ("baas", "verwijderde het account van anna"),
    ]
    rows = re.findall(r"<tr><td>\d\d-\d\d-\d{4} \d\d:\d\d</td><td>(.*?)</td><td>(.*?)</td></tr>", page)
    assert rows == told[::-1]
