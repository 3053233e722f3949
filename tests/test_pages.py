"""The form behind the pages: what a step does with answers that no longer fit, and where a new dialogue begins."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.test_api import contacts
from web.service import Service

Door = tuple[FlaskClient, Service]
ANSWERED = {
    "q-gevaar": "nee",
    "q-rol": "omstander",
    "q-omgeving": "werk",
    "q-signalen": ["paspoort_ingenomen"],
    "q-leeftijd": "23_plus",
    "q-gemeente": "GM0599",
    "q-onderwerp": "plaats",
    "q-wens": "geen",
}


def test_a_municipality_that_merged_midway_is_asked_again(door: Door) -> None:
    """At a merger only that answer is lost: its question comes again and names the successor."""
    client, _ = door
    page = client.post("/", data={**ANSWERED, "q-gemeente": "GM0501", "vraag": "wens", "actie": "verder"}).text
    assert '<input type="hidden" name="vraag" value="gemeente">' in page
    assert "De gemeente Brielle bestaat nu niet meer. Kies Voorne aan Zee." in page
    assert '<input type="hidden" name="q-wens" value="geen">' in page


def test_what_is_wrong_stands_only_beside_its_own_question(door: Door) -> None:
    """An answer to a later question that does not exist says nothing about the present one."""
    client, _ = door
    page = client.post("/", data={"q-gevaar": "nee", "q-gemeente": "GM0501", "vraag": "gevaar", "actie": "verder"}).text
    assert '<input type="hidden" name="vraag" value="rol">' in page
    assert 'id="error"' not in page


def test_beginning_anew_is_another_dialogue(door: Door) -> None:
    """Who goes on after the advice is one contact; who begins anew for another case is a second."""
    client, service = door
    first = client.post("/", data={**ANSWERED, "vraag": "gender", "actie": "overslaan"}).text
    ticket = first.split('name="kaartje" value="')[1].split('"')[0]
    state = {**ANSWERED, "q-gender": "", "kaartje": ticket, "geteld": "ja"}
    client.post("/", data={**state, "vraag": "", "actie": "verder"})
    assert contacts(service) == 1
    anew = client.post("/", data={**state, "actie": "opnieuw"}).text
    assert 'name="kaartje" value=""' in anew
    assert 'name="geteld"' not in anew
    client.post("/", data={**ANSWERED, "vraag": "gender", "actie": "overslaan"})
    assert contacts(service) == 2
