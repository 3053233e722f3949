"""Privacy is a shape: headers on every answer, nothing in addresses, logs or the database that could be a person."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from web.service import Service
from web.snippet import LATEST

Door = tuple[FlaskClient, Service]
PAGES = ["/", "/embed/frame", "/embed/demo", "/api/v1/openapi.json", "/api/v1/turns", "/healthz", "/readyz"]
PAGES += ["/api/v1/suggestions", "/note", "/note.pdf", "/share", "/toegankelijkheid", "/privacy", "/monitor"]
ROOM = ["", "login", "logout", "invitation", "account", "account/password", "account/recovery", "account/everywhere"]
ROOM += ["accounts", "accounts/invite", "accounts/withdraw", "accounts/revoke", "accounts/remove", "log"]
PAGES += [f"/coordinator/{path}" for path in ROOM]
SAME_FOR_EVERYBODY = ["/api/v1/agencies"]
"""Made from the card alone, and may be kept for a few minutes."""
FILES = ["/embed.js", f"/embed/{LATEST}.js", "/static/style.css"]
OF_RULES = {
    "/toegankelijkheid/en": "/toegankelijkheid/<language>",
    "/privacy/en": "/privacy/<language>",
    "/monitor/2026": "/monitor/<int(fixed_digits=4):year>",
    "/api/v1/monitor/2026": "/api/v1/monitor/<int(fixed_digits=4):year>",
    "/monitor/2026/csv": "/monitor/<int(fixed_digits=4):year>/<name>",
}
PATHS = [*PAGES, *SAME_FOR_EVERYBODY, *FILES, *OF_RULES, "/nothing"]
FILE_RULES = {"/embed.js", "/embed/<version>.js", "/static/<name>", "/static/<version>/<name>"}
FULL = {
    "q-gevaar": "nee",
    "q-rol": "omstander",
    "q-omgeving": "werk",
    "q-signalen": ["paspoort_ingenomen"],
    "q-leeftijd": "23_plus",
    "q-gemeente": "GM0613",
    "q-onderwerp": "plaats",
    "q-wens": "geen",
    "q-gender": "",
    "vraag": "gender",
    "actie": "verder",
}


def test_every_path_of_the_app_is_looked_at(door: Door) -> None:
    """A new route must be added to the list above, so that its headers are checked."""
    client, _ = door
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    assert rules == {*PAGES, *SAME_FOR_EVERYBODY, *OF_RULES.values(), *FILE_RULES}


@pytest.mark.parametrize("path", PATHS)
def test_the_headers_meet_what_internet_nl_asks(door: Door, path: str) -> None:
    """The rules of internet.nl's checker for headers, on every answer, errors included."""
    client, _ = door
    with client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
        headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert {"base-uri", "form-action", "frame-ancestors"} <= policy.keys()
    assert not [word for word in ("unsafe", "http:", "https:", "*", "data:") if word in str(policy)]
    assert int(headers["Strict-Transport-Security"].removeprefix("max-age=")) >= 31_536_000
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert path in FILES or "Content-Encoding" not in headers
    assert "Set-Cookie" not in headers
    assert "Server" not in headers


@pytest.mark.parametrize("path", [*PAGES, "/nothing"])
def test_nothing_but_static_files_may_be_kept(door: Door, path: str) -> None:
    """A page that holds answers is stored nowhere."""
    client, _ = door
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_static_files_may_be_kept(door: Door) -> None:
    """They and the directory hold nothing of anybody; under the address of their version the files never change."""
    client, _ = door
    page = client.get("/").text
    versioned = page.split('rel="stylesheet" href="')[1].split('"')[0]
    for path in (versioned, f"/embed/{LATEST}.js"):
        with client.get(path) as answer:
            assert answer.headers.getlist("Cache-Control") == ["public, max-age=31536000, immutable"]
    for path in ("/static/style.css", "/static/of-yesterday/style.css", "/embed.js", *SAME_FOR_EVERYBODY):
        with client.get(path) as answer:
            assert answer.headers.getlist("Cache-Control") == ["public, max-age=300"]


def test_a_page_is_never_answered_with_a_redirect(door: Door) -> None:
    """An answer in an address would stand in histories and logs: a step answers with the page itself."""
    client, _ = door
    answer = client.post("/", data=FULL)
    assert (answer.status_code, answer.headers.get("Location")) == (200, None)
    assert "tel:" in answer.text


def test_no_form_sends_by_get_and_no_link_carries_a_query(door: Door) -> None:
    """Every form posts to the bare address; no link on a page has parameters."""
    client, _ = door
    for page in (client.get("/").text, client.post("/", data=FULL).text):
        assert page.count("<form ") == page.count('<form method="post" action="/"')
        links = [part.split('"')[0] for part in page.split('href="')[1:]]
        assert [link for link in links if "?" in link] == []


def test_an_unexpected_error_tells_nothing_of_what_was_sent(
    door: Door, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log line names the kind of error and the place in our code: no message, no request, no answer."""
    client, service = door
    monkeypatch.delattr(service, "content")
    with caplog.at_level(logging.INFO):
        answer = client.post("/api/v1/turns", json={"answers": {"gemeente": ["GM0613"]}})
    assert answer.status_code == 500
    assert len(caplog.records) == 1
    assert caplog.text.count("unexpected AttributeError at ") == 1
    assert [word for word in ("GM0613", "gemeente", "answers", "127.0.0.1") if word in caplog.text + answer.text] == []


def test_the_database_has_no_column_for_a_person(door: Door) -> None:
    """After a contact the files hold counters and hashes, and the whole schema is known."""
    client, service = door
    client.post("/", data=FULL)
    path = service.settings.database
    for file, tables in ((path, {"cell"}), (Path(f"{path}.tickets"), {"epoch_0", "epoch_1"})):
        with sqlite3.connect(file) as db:
            found = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        db.close()
        assert found == tables
    assert {file.name for file in path.parent.iterdir()} == {path.name, f"{path.name}.tickets", f"{path.name}.key"}
