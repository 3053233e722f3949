"""The monitor for programs: what is described is what is served, and nothing in it moves with a contact."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator

from referral.publishing import QUARTERS, Publishing, Standing, State, day_after
from tests.monitor_sample import reading
from tests.populations import population
from tests.releasing import fill
from tests.running import make_app
from web.monitor.coming import coming
from web.service import Service
from web.serving import open_store

Door = tuple[FlaskClient, Service]


@pytest.fixture
def published(tmp_path, door: Door) -> Door:
    """An installation with a year of contacts and all its releases."""
    client, service = door
    database = service.settings.database
    fill(database, population(3, 300))
    release(service, datetime.date(2027, 1, 1))
    return client, service


def release(service: Service, today: datetime.date) -> None:
    """Make what is due."""
    content = service.content
    store = open_store(service.settings, content)
    publishing = Publishing(store, service.published, content.card, {}, content.script.asked)
    for where in list(publishing.due(today)):
        publishing.release(where.year, where.quarter, today)
    store.close()


def test_what_is_served_is_what_is_described(published: Door) -> None:
    client, _ = published
    spec = client.get("/api/v1/openapi.json").get_json()
    schema = OAS30Validator({"$ref": "#/components/schemas/Monitor", "components": spec["components"]})

    data = client.get("/api/v1/monitor/2026").get_json()

    assert [error.message for error in schema.iter_errors(data)] == []
    assert [one["id"] for one in data["releases"]] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert data["partners"]


def test_a_year_without_a_release_is_a_problem_in_words(published: Door) -> None:
    client, _ = published

    answer = client.get("/api/v1/monitor/2031", headers={"Accept-Language": "nl"})

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.get_json()["detail"] == "Over 2031 is nog niets gepubliceerd."


def test_a_contact_changes_nothing(published: Door) -> None:
    client, service = published
    before = client.get("/api/v1/monitor/2026").data
    store = open_store(service.settings, service.content)
    store.add_sums({cell: 1 for cell, n in store.counts(2026).items() if n}, {b"another contact.": 1})
    store.close()

    assert client.get("/api/v1/monitor/2026").data == before


def test_an_installation_can_keep_it_to_itself(tmp_path, published: Door) -> None:
    _, service = published
    client = make_app(service.settings.database.parent, monitor=False)[0].test_client()

    for path in ("/api/v1/monitor/2026", "/monitor/2026", "/monitor", "/monitor/2026/csv"):
        assert client.get(path).status_code == 404


def test_the_years_say_what_comes_when_and_why_not_yet(tmp_path) -> None:
    """A coordinator reads here why there is nothing yet; no counter is looked at for it."""
    app, service = make_app(tmp_path, today=datetime.datetime(2026, 7, 2, 12))  # noqa: DTZ001 - Amsterdam
    fill(service.settings.database, population(3, 300), 2)
    release(service, datetime.date(2026, 4, 1))

    page = app.test_client().get("/monitor").text

    assert "Kwartaal 1 van 2026: verschenen op 1 april 2026." in page
    assert "Kwartaal 2 van 2026: kan sinds 1 juli 2026 verschijnen; daar zijn ten minste 25 nieuwe" in page
    assert "Kwartaal 4 van 2026: kan verschijnen vanaf 1 januari 2027, als het kwartaal voorbij is." in page
    # Nothing was counted in 2025, and the page may not know that: what it says is true either way.
    said = "kan sinds 1 januari 2026 verschijnen, ook met weinig contacten, als er dat jaar geteld is."
    assert f"Kwartaal 4 van 2025: {said}" in page


def test_what_ended_before_the_first_day_is_left_out() -> None:
    """Where the operator filled in since when is counted, no quarter before it is promised."""
    quarters = [
        Standing(year, quarter, State.DUE, day_after(year, quarter)) for year in (2025, 2026) for quarter in QUARTERS
    ]
    for since, first in (
        (None, "Kwartaal 1 van 2025"),
        (datetime.date(2025, 12, 31), "Kwartaal 4 van 2025"),
        (datetime.date(2026, 1, 1), "Kwartaal 1 van 2026"),
    ):
        assert coming(quarters, replace(reading(), since=since))[0].startswith(first)
