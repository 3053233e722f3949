"""The directory of agencies: everybody of the card is in it, nothing that may not be shown, what is unsure marked."""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from bot.contacts import UNCONFIRMED
from locales import languages, words
from referral.hours import open_now
from referral.model import Contact, RouteCard
from web.hsds import directory
from web.service import Content, Service
from web.weekly import weekly

Door = tuple[FlaskClient, Service]
Data = dict[str, Any]
TODAY = datetime.date(2026, 11, 24)
ADDRESS = "/api/v1/agencies"


def listed(client: FlaskClient, query: str = "") -> Data:
    answer = client.get(ADDRESS + query)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    found: Data = answer.get_json()
    return found


def made(card: RouteCard, on: datetime.date = TODAY, language: str = "nl") -> dict[str, Data]:
    """The directory of a card, by the id of the agency."""
    return {one["agency"]: one for one in directory(card, words(language), on)["contents"]}


def with_contacts(card: RouteCard, agency: str, *contacts: Contact) -> RouteCard:
    changed = replace(card.agencies[agency], contacts=contacts)
    return replace(card, agencies={**card.agencies, agency: changed})


def objects(data: object) -> Iterator[Data]:
    """Every object inside, at any depth."""
    if isinstance(data, dict):
        yield data
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from objects(inner)


@pytest.fixture
def card(content: Content) -> RouteCard:
    return content.card


def test_every_agency_of_the_card_is_there(door: Door) -> None:
    client, service = door
    card = service.content.card

    found = listed(client)

    assert [one["agency"] for one in found["contents"]] == list(card.agencies)
    assert (found["total_items"], found["size"], found["empty"]) == (len(card.agencies), len(card.agencies), False)
    assert (found["card"], found["language"]) == (card.version, "nl")
    for one in found["contents"]:
        agency = card.agencies[one["agency"]]
        ways = [contact for contact in agency.contacts if contact.published]
        assert (one["name"], len(one["services"])) == (agency.name, len(ways))
        assert one["description"].startswith(agency.about)
        for service_, contact in zip(one["services"], ways, strict=True):
            assert service_["organization_id"] == one["id"]
            assert [phone["number"] for phone in service_["phones"]] == [contact.value] * (contact.kind == "phone")
            assert service_.get("email") == (contact.value if contact.kind == "email" else None)
            assert service_.get("url") == (f"https://{contact.value}" if contact.kind in ("web", "chat") else None)


@pytest.mark.parametrize("language", languages())
def test_it_is_as_it_is_described(door: Door, language: str) -> None:
    client, _ = door
    spec = client.get("/api/v1/openapi.json").get_json()
    schema = {"$ref": "#/components/schemas/Directory", "components": spec["components"]}
    checker = OAS30Validator(schema, format_checker=oas30_format_checker)

    found = listed(client, f"?language={language}")

    assert [error.message for error in checker.iter_errors(found)] == []
    ids = Counter(one["id"] for one in objects(found) if "id" in one)
    assert [one for one, times in ids.items() if times > 1] == []


def test_the_description_lets_nothing_else_through(door: Door, card: RouteCard) -> None:
    """Else the test above would see nothing."""
    spec = door[0].get("/api/v1/openapi.json").get_json()
    checker = OAS30Validator({"$ref": "#/components/schemas/Directory", "components": spec["components"]})
    good = directory(card, words("nl"), TODAY)

    kinds = {tuple(sorted(one)): one for one in objects(good)}
    assert len(kinds) > 9
    for names, one in kinds.items():
        one["more"] = 1
        assert list(checker.iter_errors(good)), names
        del one["more"]
    for name in ("total_items", "contents"):
        assert list(checker.iter_errors({key: value for key, value in good.items() if key != name}))
    assert list(checker.iter_errors(good)) == []


def test_what_may_not_be_published_is_not_there(door: Door) -> None:
    """Neither a number nor its digits: some are old, and some must be asked for."""
    client, service = door
    contacts = [contact for agency in service.content.card.agencies.values() for contact in agency.contacts]
    shown = {contact.value for contact in contacts if contact.published}
    hidden = {contact.value for contact in contacts if not contact.published and contact.value} - shown
    assert hidden

    for language in languages():
        text = client.get(f"{ADDRESS}?language={language}").text
        digits = re.sub(r"[ -]", "", text)
        for value in hidden:
            assert value not in text
            assert not value[:1].isdigit() or re.sub(r"[ -]", "", value) not in digits


def test_a_contact_disappears_when_it_may_not_be_published_any_more(card: RouteCard) -> None:
    agency = next(a for a in card.agencies.values() if len(a.contacts) > 1 and all(c.published for c in a.contacts))
    first, *others = agency.contacts
    before, after = made(card), made(with_contacts(card, agency.id, replace(first, published=False), *others))

    assert after[agency.id]["services"] == before[agency.id]["services"][1:]
    assert {**after, agency.id: None} == {**before, agency.id: None}


def test_what_nobody_confirmed_is_marked(card: RouteCard) -> None:
    """By a property of ours, by the alert that every reader of HSDS shows, and by not being assured."""
    say, found = words("nl"), made(card)
    unconfirmed = 0
    for agency in card.agencies.values():
        ways = [contact for contact in agency.contacts if contact.published]
        assert found[agency.id]["verified"] is agency.checked.verified
        assert found[agency.id]["description"].endswith(say(UNCONFIRMED)) is not agency.checked.verified
        for service, contact in zip(found[agency.id]["services"], ways, strict=True):
            confirmed = contact.checked.verified
            unconfirmed += not confirmed
            assert service["verified"] is confirmed
            assert ("alert" in service, "assured_date" in service) == (not confirmed, confirmed)
            assert all(phone["verified"] is confirmed for phone in service["phones"])
            for part, told in ((contact.hours, service["schedules"]), (contact.cost, service["cost_options"])):
                assert bool(part) == bool(told)
                assert all(one["verified"] is part.checked.verified for one in told if part)
            if contact.cost and not contact.cost.checked.verified:
                assert service["fees_description"].endswith(say(UNCONFIRMED))
                assert "amount" not in service["cost_options"][0]
            if contact.hours and not contact.hours.checked.verified:
                assert not {"opens_at", "closes_at", "byday"}.intersection(*service["schedules"])
    assert unconfirmed


def test_languages_and_anonymity_only_where_somebody_confirmed_them(card: RouteCard) -> None:
    for agency in card.agencies.values():
        ways = [contact for contact in agency.contacts if contact.published]
        for service, contact in zip(made(card)[agency.id]["services"], ways, strict=True):
            spoken, known = contact.languages, contact.anonymous
            codes = spoken.value if spoken and spoken.checked.verified else ()
            said = [{True: "yes", False: "no"}[known.value]] if known and known.checked.verified else []
            assert tuple(one["code"] for one in service["languages"]) == codes
            assert [one["value"] for one in service["attributes"]] == said


def test_the_language_can_be_chosen(door: Door) -> None:
    client, service = door
    alarm = service.content.card.agencies[service.content.card.alarm]

    dutch, english = listed(client)["contents"][0], listed(client, "?language=en")["contents"][0]

    assert dutch["description"] == alarm.about
    assert english["description"] == words("en")(alarm.about) != alarm.about
    assert [one["id"] for one in objects(english) if "id" in one] == [
        one["id"] for one in objects(dutch) if "id" in one
    ]
    assert client.get(ADDRESS).data == client.get(f"{ADDRESS}?language=nl").data


@pytest.mark.parametrize("query", ["?language=xx", "?language=", "?language=NL", "?language=%00", "?language=../nl"])
def test_another_language_is_a_problem_in_words(door: Door, query: str) -> None:
    answer = door[0].get(ADDRESS + query, headers={"Accept-Language": "nl"})

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.get_json()["detail"].startswith("“language” moet een van deze zijn: nl, ")
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_takes_no_answers_and_counts_nothing(door: Door) -> None:
    client, service = door
    folder = service.settings.database.parent
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    plain = client.get(ADDRESS)
    asked = client.get(f"{ADDRESS}?gemeente=GM0599&wens=geen_politie&language=nl")
    posted = client.post(ADDRESS, json={"answers": {}})

    assert plain.data == asked.data
    assert (posted.status_code, posted.content_type) == (405, "application/problem+json")
    assert "Set-Cookie" not in plain.headers
    assert service.counter.waiting == 0
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_it_may_be_kept_until_something_changes(door: Door) -> None:
    client, _ = door

    first = client.get(ADDRESS)
    tag = first.headers["ETag"]
    again = client.get(ADDRESS, headers={"If-None-Match": tag})
    other = client.get(f"{ADDRESS}?language=en", headers={"If-None-Match": tag})

    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert (other.status_code, other.headers["ETag"] != tag) == (200, True)


def test_the_tag_is_that_of_the_content(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    client, service = door
    first = client.get(ADDRESS).headers["ETag"]
    alarm = service.content.card.alarm
    contacts = [replace(one, value="113") for one in service.content.card.agencies[alarm].contacts]
    changed = replace(service.content, card=with_contacts(service.content.card, alarm, *contacts))
    monkeypatch.setattr(service, "content", changed)
    service.kept_json.clear()

    assert client.get(ADDRESS).headers["ETag"] != first


def test_an_agency_that_does_not_work_yet_is_inactive(card: RouteCard) -> None:
    later = next(agency for agency in card.agencies.values() if agency.period.first)
    assert later.period.first is not None
    day_before = later.period.first - datetime.timedelta(days=1)

    def status(on: datetime.date) -> set[str]:
        return {service["status"] for service in made(card, on)[later.id]["services"]}

    assert (status(day_before), status(later.period.first)) == ({"inactive"}, {"active"})


def test_service_areas_are_where_the_card_advises_it(card: RouteCard) -> None:
    """A regional agency has the municipalities of that day, one for a single town that town, a national one none."""
    found = made(card)
    named = {
        agency: {area["name"] for service in one["services"] for area in service["service_areas"]}
        for agency, one in found.items()
    }
    today = {place.name for place in card.municipalities.values() if place.period.holds(TODAY)}

    assert named["essm_meldpunt"] == named["aandachtsfunctionaris"] == today
    assert named["chat_erover"] == {"Rotterdam"}
    assert named["alarm_112"] == named["comensha"] == named["nla"] == set()
    areas = [area for service in found["chat_erover"]["services"] for area in service["service_areas"]]
    assert {area["uri"] for area in areas} == {"https://identifier.overheid.nl/tooi/id/gemeente/gm0599"}


def test_the_contact_of_a_municipality_is_a_service_of_its_own(card: RouteCard) -> None:
    """The table that the region fills is empty as it ships: here it has a line."""
    agency = next(one for one in card.agencies.values() if one.local)
    own = replace(agency.contacts[0], kind="email", value="iemand@gemeente.example")
    hidden = replace(own, value="niet-tonen@gemeente.example", published=False)
    filled = replace(card, local_contacts={(agency.id, "GM0599"): (own, hidden)})

    first, *others = made(filled)[agency.id]["services"]

    assert first["email"] == "iemand@gemeente.example"
    assert [area["name"] for area in first["service_areas"]] == ["Rotterdam"]
    assert others == made(card)[agency.id]["services"]
    assert "niet-tonen" not in json.dumps(made(filled))


# --- opening hours ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "spans"),
    [
        ("24/7", [("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59")]),
        ("Mo-Fr 09:00-17:00", [("MO,TU,WE,TH,FR", "09:00", "17:00")]),
        ("Mo-Su 08:00-24:00", [("MO,TU,WE,TH,FR,SA,SU", "08:00", "23:59")]),
        ("Mo,We 10:00-12:00,13:00-16:00", [("MO,WE", "10:00", "12:00"), ("MO,WE", "13:00", "16:00")]),
        ("Sa-Mo 10:00-12:00; Tu 09:00-10:00", [("MO,SA,SU", "10:00", "12:00"), ("TU", "09:00", "10:00")]),
        ("Mo-Fr 20:00-02:00", None),
        ("Mo-Fr 09:00-17:00; We 10:00-12:00", None),
        ("Mo-Fr 09:00-17:00; PH off", None),
        ("Jan-Mar Mo 09:00-17:00", None),
        ("Mo 09:00-25:00", None),
        ("Mo 17:00-17:00", None),
        ("", None),
    ],
)
def test_the_spans_of_a_week(expression: str, spans: list[tuple[str, str, str]] | None) -> None:
    assert weekly(expression) == spans


def test_the_schedules_say_what_the_dialogue_says(card: RouteCard) -> None:
    """At each half hour of a week without a holiday, for every expression of the card."""
    contacts = [contact for agency in card.agencies.values() for contact in agency.contacts]
    expressions = {contact.hours.osm for contact in contacts if contact.hours and contact.hours.osm}
    assert expressions
    monday = datetime.datetime.fromisoformat("2026-11-23T00:00")
    for expression in expressions:
        spans = weekly(expression)
        assert spans is not None, f"{expression}: its clock times are in no schedule"
        for halves in range(7 * 48):
            moment = monday + datetime.timedelta(minutes=30 * halves)
            day, clock = moment.strftime("%a")[:2].upper(), moment.strftime("%H:%M")
            inside = any(day in days.split(",") and opens <= clock < closes for days, opens, closes in spans)
            assert inside is open_now(expression, moment), (expression, moment)
