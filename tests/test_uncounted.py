"""Contacts of monitors, tests and staff stay out of the counters: by a header, or for a whole installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator

from tests.running import ROOT, make_app, running
from tests.test_api import FULL, Door, contacts, turn
from tests.test_privacy import FULL as FORM
from web.service import Service
from web.settings import Settings, SettingsError
from web.uncounted import HEADER

QUIET = {HEADER: "1"}
NOT_COUNTED = "Dit bezoek tellen we niet mee."
COUNTED = "Aan het eind tellen we alleen één op bij een paar anonieme totalen."
REHEARSAL = "Dit is een proefversie. We tellen hier niets mee. De telefoonnummers zijn wel echt."


@pytest.fixture
def rehearsal(tmp_path: Path) -> Door:
    """An installation in which nothing is counted."""
    app, service = make_app(tmp_path, counting=False)
    return app.test_client(use_cookies=False), service


def quiet(client: FlaskClient, ticket: str = "", said: str = "1") -> dict[str, Any]:
    """A complete set of answers from somebody who asks not to be counted."""
    answer = client.post("/api/v1/turns", json={"answers": FULL, "ticket": ticket}, headers={HEADER: said})
    found: dict[str, Any] = answer.get_json()
    return found


def folder(service: Service) -> dict[str, bytes]:
    """Every byte that the installation keeps."""
    return {file.name: file.read_bytes() for file in service.settings.database.parent.iterdir()}


# --- the header ------------------------------------------------------------------------------------


def test_who_asks_not_to_be_counted_gets_the_same_referral(door: Door) -> None:
    """The referral is the one that everybody gets, `counted` is false, and not a byte of the folder changes."""
    client, service = door
    before = folder(service)
    found = quiet(client)
    assert (found["counted"], bool(found["ticket"]), folder(service)) == (False, True, before)
    usual = turn(client, answers=FULL)
    assert {**found, "ticket": "", "counted": True} == {**usual, "ticket": ""}
    assert contacts(service) == 1


def test_the_header_holds_for_one_request(door: Door) -> None:
    """Nothing is remembered of who was not counted, so the same ticket without the header counts, and once."""
    client, service = door
    ticket = quiet(client)["ticket"]
    assert [quiet(client, ticket)["counted"] for _ in range(3)] == [False] * 3
    assert contacts(service) == 0
    assert [turn(client, answers=FULL, ticket=ticket)["counted"] for _ in range(3)] == [True] * 3
    assert quiet(client, ticket)["counted"] is False
    assert contacts(service) == 1


@pytest.mark.parametrize(
    ("said", "counted"),
    [("1", 0), (" 1 ", 0), ("0, 1", 0), ("1,1", 0), ("0", 1), ("", 1), ("10", 1), ("true", 1), ("0, 0", 1)],
)
def test_only_one_value_asks_not_to_be_counted(door: Door, said: str, counted: int) -> None:
    """A proxy may send 0 for everybody else; where a proxy and a sender both say something, one 1 is enough."""
    client, service = door
    assert quiet(client, said=said)["counted"] == bool(counted)
    assert contacts(service) == counted


@pytest.mark.parametrize("path", ["/", "/embed/frame"])
def test_pages_obey_the_header_and_say_so(door: Door, path: str) -> None:
    """From the first page to the referral: nothing is counted, and the page says that where it speaks of counting."""
    client, service = door
    before = folder(service)
    for page in (client.get(path, headers=QUIET).text, client.post(path, data=FORM, headers=QUIET).text):
        assert (NOT_COUNTED in page, COUNTED in page, REHEARSAL in page) == (True, False, False)
        assert 'name="geteld"' not in page
    assert folder(service) == before
    for page in (client.get(path).text, client.post(path, data=FORM).text):
        assert (NOT_COUNTED in page, COUNTED in page) == (False, True)
    assert contacts(service) == 1


def test_the_header_stands_in_the_description(door: Door) -> None:
    """A program that reads the description finds the header; both kinds of answer fit it."""
    client, _ = door
    spec = client.get("/api/v1/openapi.json").get_json()
    (parameter,) = spec["paths"]["/turns"]["post"]["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == (HEADER, "header", False)
    shape = OAS30Validator({"$ref": "#/components/schemas/Turn", "components": spec["components"]})
    assert list(shape.iter_errors(quiet(client))) == []


# --- an installation that counts nothing -----------------------------------------------------------


def test_a_rehearsal_counts_nothing(rehearsal: Door) -> None:
    """Ten dialogues by page, frame and JSON, and not a byte of the data folder changes; it is ready all the same."""
    client, service = rehearsal
    before = folder(service)
    for _ in range(10):
        assert turn(client, answers=FULL)["counted"] is False
        assert "tel:" in client.post("/", data=FORM).text
        assert "tel:" in client.post("/embed/frame", data=FORM).text
    assert client.get("/readyz").status_code == 200
    assert (folder(service), contacts(service)) == (before, 0)


@pytest.mark.parametrize("path", ["/", "/embed/frame"])
def test_every_page_of_a_rehearsal_says_so(rehearsal: Door, path: str) -> None:
    """Before the first question and beside the referral; nothing on the page says that anything is counted."""
    client, _ = rehearsal
    for page in (client.get(path).text, client.post(path, data=FORM).text):
        assert (REHEARSAL in page, NOT_COUNTED in page, COUNTED in page) == (True, True, False)


def test_readiness_says_whether_contacts_are_counted(door: Door, rehearsal: Door) -> None:
    """An operator sees it without opening a page, and a monitor can watch it."""
    assert [client.get("/readyz").get_json() for client, _ in (door, rehearsal)] == [
        {"status": "ready", "counting": "on"},
        {"status": "ready", "counting": "off"},
    ]


def test_a_real_server_rehearses(tmp_path: Path) -> None:
    """MELDROUTE_COUNTING=off reaches the server that `meldroute serve` starts."""
    with running(tmp_path / "data", MELDROUTE_COUNTING="off") as server:
        body = json.dumps({"answers": FULL}).encode()
        request = Request(f"{server.url}api/v1/turns", body, {"Content-Type": "application/json"})
        assert json.load(urlopen(request, timeout=20))["counted"] is False
        assert json.load(urlopen(f"{server.url}readyz", timeout=20))["counting"] == "off"


@pytest.mark.parametrize(("value", "counting"), [("", True), ("on", True), ("off", False)])
def test_the_setting(value: str, counting: bool) -> None:
    """Counting is on unless somebody turns it off."""
    assert Settings.from_environment({"MELDROUTE_COUNTING": value}).counting is counting


def test_a_setting_that_is_neither_stops_the_start() -> None:
    """A misspelt `off` would count what must not be counted."""
    with pytest.raises(SettingsError, match="MELDROUTE_COUNTING must be on or off, not 'no'"):
        Settings.from_environment({"MELDROUTE_COUNTING": "no"})


# --- who only looks --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_who_follows_links_counts_nothing(door: Door, method: str) -> None:
    """A crawler may ask for every address, with answers in a query too: only a complete dialogue by POST counts."""
    client, service = door
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    before = folder(service)
    for rule in rules:
        path = "/".join("2026" if part.startswith("<") else part for part in rule.split("/"))
        with client.open(path, method=method, query_string=FORM) as answer:
            assert answer.headers["X-Robots-Tag"] == "noindex", path
    assert folder(service) == before


def test_crawlers_may_read_that_they_should_not_keep_pages(door: Door) -> None:
    """No robots.txt: one that shut them out would keep them from reading `noindex`."""
    client, _ = door
    assert client.get("/robots.txt").status_code == 404


def test_no_browser_name_and_no_address_is_looked_at(door: Door) -> None:
    """Not in our code, and not in effect: whoever calls itself a robot counts like everybody."""
    client, service = door
    for agent in ("Googlebot/2.1", ""):
        assert turn(client, answers=FULL)["counted"]
        answer = client.post("/api/v1/turns", json={"answers": FULL}, headers={"User-Agent": agent})
        assert answer.get_json()["counted"]
    assert contacts(service) == 4
    words = ("user_agent", "user-agent", "remote_addr", "x_forwarded_for", "x-forwarded-for", "access_route")
    sources = [file for room in ("bot", "referral", "locales", "web") for file in (ROOT / room).rglob("*.py")]
    assert len(sources) > 40
    assert [(file.name, word) for file in sources for word in words if word in file.read_text("utf-8").lower()] == []
