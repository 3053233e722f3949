"""Every route of the room and every method: for each role allowed by name, or refused. And what the room can know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from referral.published import Published
from tests.coordinating import OURS, SITE, Browser, Rooms
from tests.monitor_pages import publish
from tests.monitor_sample import sample
from tests.test_privacy import FULL, OF_RULES, PAGES
from web.coordinator.accounts import accounts
from web.coordinator.guard import roles_of
from web.settings import Settings

ANYBODY, READER, ADMINISTRATOR = ROLES = ("anybody", "reader", "administrator")
EVERYBODY, COORDINATORS, ADMINISTRATORS = set(ROLES), {READER, ADMINISTRATOR}, {ADMINISTRATOR}
MATRIX = {
    ("GET", "/coordinator/login"): EVERYBODY,
    ("POST", "/coordinator/login"): EVERYBODY,
    ("GET", "/coordinator/invitation"): EVERYBODY,
    ("POST", "/coordinator/invitation"): EVERYBODY,
    ("POST", "/coordinator/logout"): COORDINATORS,
    ("GET", "/coordinator/"): COORDINATORS,
    ("GET", "/coordinator/account"): COORDINATORS,
    ("POST", "/coordinator/account/password"): COORDINATORS,
    ("POST", "/coordinator/account/recovery"): COORDINATORS,
    ("POST", "/coordinator/account/everywhere"): COORDINATORS,
    ("GET", "/coordinator/accounts"): ADMINISTRATORS,
    ("POST", "/coordinator/accounts/invite"): ADMINISTRATORS,
    ("POST", "/coordinator/accounts/withdraw"): ADMINISTRATORS,
    ("POST", "/coordinator/accounts/revoke"): ADMINISTRATORS,
    ("POST", "/coordinator/accounts/remove"): ADMINISTRATORS,
    ("GET", "/coordinator/log"): ADMINISTRATORS,
}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
PATHS = sorted({path for _, path in MATRIX})


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms.at(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    """One installation for the many requests of the matrix."""
    return Rooms.at(tmp_path_factory.mktemp("shared"))


def somebody(rooms: Rooms, role: str) -> Browser:
    """A browser in which somebody of that role is in; there is an administrator besides."""
    if "baas" not in rooms.secrets:
        rooms.join("baas", ADMINISTRATOR)
    return Browser(rooms) if role == ANYBODY else rooms.join("iemand", role)


def proof(browser: Browser) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/coordinator/account").text)
    return found[1] if found else ""


def test_the_matrix_knows_every_route(rooms: Rooms) -> None:
    """A new route needs a line above; its view names the same roles."""
    found = {
        (method, rule.rule): roles_in(rooms, rule.endpoint)
        for rule in rooms.app.url_map.iter_rules()
        if rule.rule.startswith("/coordinator")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == MATRIX


def roles_in(rooms: Rooms, endpoint: str) -> set[str]:
    with rooms.app.app_context():
        return set(roles_of(endpoint))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", METHODS)
def test_who_may_do_what(shared: Rooms, method: str, path: str, role: str) -> None:
    """Allowed by name, or refused: who is not in goes to the login, another role gets 403, what is not there 405."""
    browser = somebody(shared, role)
    sent = {"csrf": proof(browser)} if method == "POST" else None
    before = shared.rows("SELECT name, role FROM account ORDER BY name")
    answer = browser.client.open(path, method=method, base_url=SITE, data=sent, headers=OURS)
    looked_up = "GET" if method in ("HEAD", "OPTIONS") and ("GET", path) in MATRIX else method
    looked_up = "POST" if method == "OPTIONS" and ("GET", path) not in MATRIX else looked_up
    if (looked_up, path) not in MATRIX:
        assert answer.status_code == 405
    elif role in MATRIX[looked_up, path]:
        assert answer.status_code not in (401, 404, 405, 500)
        assert "Deze pagina is voor beheerders" not in answer.text
        # What everybody may do is refused for what it holds, never for who asks.
        assert answer.status_code != 403 or "is niet gelukt" in answer.text or "uitnodiging werkt niet" in answer.text
    elif role == ANYBODY:
        assert (answer.status_code, answer.headers["Location"]) == (303, "/coordinator/login")
        assert "Set-Cookie" not in answer.headers
    else:
        assert answer.status_code == 403
        assert "iemand" not in answer.text
    assert shared.rows("SELECT name, role FROM account ORDER BY name") == before


def test_a_view_that_names_no_role_lets_in_nobody(rooms: Rooms) -> None:
    """Forgetting is safe."""
    boss = somebody(rooms, ADMINISTRATOR)
    view = rooms.app.view_functions["coordinator_office.overview"]
    rooms.app.view_functions["coordinator_office.overview"] = lambda: view()
    assert boss.get("/coordinator/").status_code == 403
    assert Browser(rooms).get("/coordinator/").headers["Location"] == "/coordinator/login"


def test_every_route_of_the_room_is_among_those_whose_headers_are_looked_at() -> None:
    """tests/test_privacy.py looks at the headers of each."""
    assert set(PATHS) <= {*PAGES, *OF_RULES}


@pytest.mark.parametrize("path", [path for method, path in MATRIX if method == "GET"])
def test_pages_are_kept_by_nobody(rooms: Rooms, path: str) -> None:
    """No cache, no frame, no index, whoever looks."""
    boss = somebody(rooms, ADMINISTRATOR)
    headers = boss.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert " style=" not in boss.get(path).text


# --- what administrators do ------------------------------------------------------------------------------------------


def test_an_administrator_invites(rooms: Rooms) -> None:
    """The link is shown once and works; its code stands behind the #."""
    boss = somebody(rooms, ADMINISTRATOR)
    answer = boss.post("/coordinator/accounts/invite", name="carla", role="reader")
    (link,) = re.findall(rf">({re.escape(SITE)}/coordinator/invitation#[\w-]+)<", answer.text)
    assert Browser(rooms).post("/coordinator/invitation", invitation=link).status_code == 200
    page = boss.get("/coordinator/accounts").text
    assert "carla, lezer, tot" in page
    assert link.partition("#")[2] not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "a b", "role": "reader"}, "Gebruik 2 tot 64 tekens"),
        ({"name": "carla", "role": "boss"}, "Kies een rol"),
        ({"name": "carla"}, "Kies een rol"),
        ({"name": "BAAS", "role": "reader"}, "Er is al een account met deze naam"),
        ({"name": "<script>", "role": "reader"}, "Gebruik 2 tot 64 tekens"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(rooms: Rooms, fields: dict[str, str], said: str) -> None:
    """With the reason, at its field."""
    boss = somebody(rooms, ADMINISTRATOR)
    answer = boss.post("/coordinator/accounts/invite", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>" not in answer.text
    assert rooms.rows("SELECT count(*) FROM invitation") == [(0,)]


def test_an_account_is_invited_again_only_on_purpose(rooms: Rooms) -> None:
    """For a lost phone."""
    boss = somebody(rooms, ADMINISTRATOR)
    rooms.join("anna")
    assert boss.post("/coordinator/accounts/invite", name="anna", role="reader", again="1").status_code == 200


def test_an_administrator_puts_somebody_out(rooms: Rooms) -> None:
    """Every session of that account at once; and removes an account."""
    boss, anna = somebody(rooms, ADMINISTRATOR), rooms.join("anna")
    boss.post("/coordinator/accounts/revoke", name="anna")
    assert not anna.is_in
    anna.log_in("anna")
    assert anna.is_in
    boss.post("/coordinator/accounts/remove", name="anna")
    assert not anna.is_in
    assert [one.name for one in accounts(rooms.room.file)] == ["baas", "iemand"]


def test_nobody_removes_the_own_account(rooms: Rooms) -> None:
    """So there is always an administrator left."""
    boss = somebody(rooms, ADMINISTRATOR)
    boss.post("/coordinator/accounts/remove", name="iemand")
    assert boss.is_in


# --- what the room can know ------------------------------------------------------------------------------------------


def test_the_overview_is_made_of_releases_alone(tmp_path: Path) -> None:
    """Contacts that are counted, and counters that are away, change no byte of any page."""
    rooms = Rooms.at(
        publish(tmp_path / "data", sample()), today=Settings.from_environment({"MELDROUTE_TODAY": "2027-02-01"}).today
    )
    boss = rooms.join("baas", ADMINISTRATOR)
    pages = [path for method, path in MATRIX if method == "GET"]
    before = {path: boss.get(path).text for path in pages}
    for _ in range(7):
        assert boss.client.post("/", base_url=SITE, data=FULL).status_code == 200
    assert rooms.service.counter.store.contacts() == 7
    assert {path: boss.get(path).text for path in pages} == before
    rooms.service.counter.close()
    database = rooms.service.settings.database
    database.write_bytes(b"not a database")
    del rooms.service.counter
    assert {path: boss.get(path).text for path in pages} == before


def test_the_overview_shows_where_releases_stand(tmp_path: Path) -> None:
    """A line for each quarter, a link for each year and each of its formats; every link leads somewhere."""
    rooms = Rooms.at(
        publish(tmp_path / "data", sample()), today=Settings.from_environment({"MELDROUTE_TODAY": "2027-02-01"}).today
    )
    anna = rooms.join("anna")
    page = anna.get("/coordinator/").text
    for quarter in (1, 2, 3, 4):
        assert f"Kwartaal {quarter} van 2026: verschenen op" in page
        assert f"Kwartaal {quarter} van 2027: kan verschijnen vanaf" in page
    years = {release["year"] for release in Published(rooms.service.settings.database).releases()}
    assert years == {2025, 2026}
    assert {int(year) for year in re.findall(r'href="/monitor/(\d{4})"', page)} == years
    for link in re.findall(r'href="(/monitor/2026/(?:json|csv|csv-nl))"', page):
        with anna.get(link) as answer:
            assert answer.status_code == 200
    assert page.count('href="/monitor/2026/') >= 5
