"""POST /api/v1/turns keeps the contract: shapes, errors, tickets and counts."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from referral.tickets import Tickets
from web.service import Service
from web.serving import open_store

FULL: dict[str, list[str]] = {
    "gevaar": ["nee"],
    "rol": ["omstander"],
    "omgeving": ["werk"],
    "signalen": ["paspoort_ingenomen", "slapen_werkplek"],
    "leeftijd": ["23_plus"],
    "gemeente": ["GM0599"],
    "onderwerp": ["plaats"],
    "wens": ["geen"],
    "gender": [],
}
Door = tuple[FlaskClient, Service]


def post(client: FlaskClient, **body: Any) -> TestResponse:
    return client.post("/api/v1/turns", json=body)


def turn(client: FlaskClient, **body: Any) -> dict[str, Any]:
    answer = post(client, **body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def contacts(service: Service) -> int:
    """How many contacts stand in the file, read through a connection of its own."""
    store = open_store(service.settings, service.content, create=False)
    try:
        return store.contacts()
    finally:
        store.close()


def test_the_first_turn_asks_about_danger(door: Door) -> None:
    """Without answers comes the first question, in the shape of the contract."""
    client, _ = door
    body = turn(client, language="nl", audience="public", answers={})
    assert body["question"] == {
        "id": "gevaar",
        "text": "Is er nu iemand in direct gevaar?",
        "help": "Bij direct gevaar gaat 112 voor alles. Dan hoef je hier niets meer in te vullen.",
        "several": False,
        "optional": False,
        "options": [
            {"id": "ja", "label": "Ja, er is nu gevaar", "first": True, "group": None, "alone": False},
            {"id": "nee", "label": "Nee", "first": True, "group": None, "alone": False},
            {"id": "weet_niet", "label": "Ik weet het niet", "first": True, "group": None, "alone": False},
        ],
    }
    assert {key: body[key] for key in body if key != "question"} == {
        "language": "nl",
        "audience": "public",
        "accepted": {},
        "dropped": [],
        "referral": None,
        "urgent": [],
        "counted": False,
        "ticket": "",
    }


def test_a_dialogue_walks_through_the_questions_of_the_contract(door: Door) -> None:
    """Answer by answer the questions come in order, with one ticket, and the referral is counted once."""
    client, service = door
    answers: dict[str, list[str]] = {}
    ticket = ""
    for question, chosen in FULL.items():
        body = turn(client, answers=answers, ticket=ticket)
        assert (body["question"]["id"], body["counted"]) == (question, False)
        assert set(chosen) <= {option["id"] for option in body["question"]["options"]}
        answers[question] = chosen
        assert ticket in ("", body["ticket"])
        ticket = body["ticket"]
    body = turn(client, answers=answers, ticket=ticket)
    assert [agency["id"] for agency in body["referral"]["agencies"]] == [
        "nla",
        "essm_meldpunt",
        "fairwork",
    ]
    assert (body["question"], body["counted"], body["ticket"]) == (None, True, ticket)
    assert contacts(service) == 1


def test_a_referral_has_the_keys_of_the_contract(door: Door) -> None:
    """What the contract names is there, of the kind it says; more may be added."""
    client, _ = door
    referral = turn(client, answers=FULL)["referral"]
    assert {"agencies", "forms", "strength", "guidance", "would_have_mattered", "card"} <= referral.keys()
    assert (referral["forms"], referral["strength"], referral["would_have_mattered"]) == (["arbeid"], "sterk", None)
    for agency in referral["agencies"]:
        assert {"id", "name", "why", "contacts", "at_hand", "what_happens"} <= agency.keys()
        assert agency["why"]
        for contact in agency["contacts"]:
            assert contact["kind"] in ("phone", "chat", "web", "email", "via")
            assert isinstance(contact["verified"], bool)
            assert contact["open_now"] in (True, False, None)
            assert {"value", "label", "cost", "hours", "languages", "anonymous", "checked"} <= contact.keys()


def test_the_same_ticket_fifty_times_counts_once(door: Door) -> None:
    """However often a page is sent again, the contact is one; `counted` stays true."""
    client, service = door
    ticket = turn(client, answers={"gevaar": ["nee"]})["ticket"]
    assert [turn(client, answers=FULL, ticket=ticket)["counted"] for _ in range(50)] == [True] * 50
    assert contacts(service) == 1


def test_going_back_after_a_referral_never_counts_again(door: Door) -> None:
    """Back to a question and on to another referral: still one contact, under the first referral."""
    client, service = door
    ticket = turn(client, answers=FULL)["ticket"]
    back = {question: chosen for question, chosen in FULL.items() if question != "gender"}
    assert turn(client, answers=back, ticket=ticket)["ticket"] == ticket
    turn(client, answers={**FULL, "omgeving": ["zorg"]}, ticket=ticket)
    assert contacts(service) == 1


def test_a_complete_set_without_a_ticket_gets_one_and_counts_at_once(door: Door) -> None:
    """A program may send everything in one go."""
    client, service = door
    body = turn(client, answers=FULL)
    assert body["counted"]
    assert body["ticket"]
    assert contacts(service) == 1


def test_an_old_ticket_gives_a_fresh_one_at_a_question_and_no_count_at_a_referral(door: Door) -> None:
    """After its time a ticket is replaced while questions are open, and a referral with it is not counted."""
    client, service = door
    key = (service.settings.database.parent / "meldroute.db.key").read_bytes()
    old = Tickets(key).mint(time.time() - 4 * 3600)
    assert turn(client, answers={"gevaar": ["nee"]}, ticket=old)["ticket"] not in ("", old)
    assert not turn(client, answers=FULL, ticket=old)["counted"]
    forged = "A" * 48
    assert not turn(client, answers=FULL, ticket=forged)["counted"]
    assert contacts(service) == 0


def test_what_a_change_makes_unreachable_is_dropped_and_said(door: Door) -> None:
    """A bystander has no sector: the answer is left out of what is accepted and named."""
    client, _ = door
    body = turn(client, answers={"gevaar": ["nee"], "rol": ["omstander"], "sector": ["zorg"]})
    assert body["accepted"] == {"gevaar": ["nee"], "rol": ["omstander"]}
    assert body["dropped"] == ["sector"]
    assert body["question"]["id"] == "omgeving"


def test_danger_ends_at_once(door: Door) -> None:
    """Whatever else was answered, danger gives 112 and nothing is asked any more."""
    client, _ = door
    body = turn(client, answers={**FULL, "gevaar": ["ja"]})
    assert [agency["id"] for agency in body["referral"]["agencies"]] == ["alarm_112"]
    assert body["accepted"] == {"gevaar": ["ja"]}


def test_the_order_of_answers_does_not_matter(door: Door) -> None:
    """The same answers in another order give the same turn."""
    client, _ = door
    ticket = turn(client, answers=FULL)["ticket"]
    turned = {question: FULL[question][::-1] for question in reversed(FULL)}
    assert turn(client, answers=turned, ticket=ticket) == turn(client, answers=FULL, ticket=ticket)


@pytest.mark.parametrize(
    ("body", "question"),
    [
        ({"answers": {"gevaar": ["misschien"]}}, "gevaar"),
        ({"answers": {"gevaar": ["ja", "nee"]}}, "gevaar"),
        ({"answers": {"gevaar": []}}, "gevaar"),
        ({"answers": {"gevaar": "ja"}}, "gevaar"),
        ({"answers": {"gevaar": [1]}}, "gevaar"),
        ({"answers": {"gevaar": None}}, "gevaar"),
        ({"answers": {"kleur": ["rood"]}}, "kleur"),
        ({"answers": {"signalen": ["paspoort"]}}, "signalen"),
        ({"answers": {"signalen": ["geen", "orgaan"]}}, "signalen"),
        ({"answers": {"wens": ["geen", "anoniem"]}}, "wens"),
        ({"answers": {"gemeente": ["GM9999"]}}, "gemeente"),
        ({"answers": {"gemeente": ["GM0501"]}}, "gemeente"),
        ({"answers": ["gevaar"]}, None),
        ({"answers": None}, None),
        ({"answers": {}, "language": "xx"}, None),
        ({"answers": {}, "language": ["nl"]}, None),
        ({"answers": {}, "audience": "everybody"}, None),
        ({"answers": {}, "ticket": 7}, None),
        ({"answers": {}, "ticket": "x" * 201}, None),
        ({"answers": {}, "ticket": "\ud800"}, None),
        ({"answers": {"gevaar": ["\ud800"]}}, "gevaar"),
        ({"answers": {"\ud800": []}}, "\ud800"),
        ([], None),
        (None, None),
    ],
)
def test_a_bad_request_gets_a_problem_that_names_the_question(door: Door, body: Any, question: str | None) -> None:
    """400 as problem+json, with a sentence that says what is wrong, and the question where there is one."""
    client, _ = door
    answer = client.post("/api/v1/turns", json=body)
    problem = json.loads(answer.text)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert (problem["status"], problem.get("question")) == (400, question)
    assert problem["title"] == "Dit verzoek klopt niet"
    assert problem["detail"].endswith(".")


def test_a_former_municipality_names_the_one_to_choose(door: Door) -> None:
    """Brielle is no choice today: the error says where it belongs now."""
    client, _ = door
    problem = json.loads(post(client, answers={"gemeente": ["GM0501"]}).text)
    assert problem["detail"] == "De gemeente Brielle bestaat nu niet meer. Kies Voorne aan Zee."


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'"x"', b"[" * 20000])
def test_what_is_not_json_is_refused(door: Door, data: bytes) -> None:
    """No input makes a 500."""
    client, _ = door
    answer = client.post("/api/v1/turns", data=data, content_type="application/json")
    assert answer.status_code == 400


def test_errors_speak_the_language_of_the_request(door: Door) -> None:
    """An English request gets an English sentence."""
    client, _ = door
    problem = json.loads(post(client, language="en", answers={"kleur": []}).text)
    assert problem["title"] != "Dit verzoek klopt niet"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/turns", 405), ("POST", "/api/v1/nothing", 404), ("GET", "/nothing", 404), ("PUT", "/", 405)],
)
def test_other_errors_are_said_too(door: Door, method: str, path: str, status: int) -> None:
    """A wrong path or method is a problem for programs and a page for people."""
    client, _ = door
    answer = client.open(path, method=method)
    assert answer.status_code == status
    wanted = "application/problem+json" if path.startswith("/api/") else "text/html"
    assert answer.mimetype == wanted


def test_a_request_that_is_too_large_is_refused(door: Door) -> None:
    """64 kilobytes is more than any honest dialogue sends."""
    client, _ = door
    answer = client.post("/api/v1/turns", data=b" " * 70_000, content_type="application/json")
    assert (answer.status_code, json.loads(answer.text)["status"]) == (413, 413)


def test_the_referral_is_given_when_the_store_is_away_and_counted_later(door: Door) -> None:
    """The store fails: the person still gets the route; once it is back the count is there, once."""
    client, service = door
    service.counter.close()
    folder = service.settings.database.parent
    away = folder.with_name("away")
    folder.rename(away)
    ticket = turn(client, answers={"gevaar": ["nee"]})["ticket"]
    bodies = [turn(client, answers=FULL, ticket=ticket) for _ in range(3)]
    assert [body["counted"] for body in bodies] == [False] * 3
    assert all(body["referral"]["agencies"] for body in bodies)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    if folder.exists():
        folder.rmdir()
    away.rename(folder)
    assert client.get("/readyz").status_code == 200
    assert turn(client, answers=FULL, ticket=ticket)["counted"]
    assert contacts(service) == 1


def test_the_description_is_valid_and_describes_what_is_served(door: Door) -> None:
    """OpenAPI 3.0.3, and every path of the interface stands in it."""
    client, _ = door
    spec = client.get("/api/v1/openapi.json").get_json()
    validate(spec)
    assert spec["openapi"] == "3.0.3"
    rules = {r.rule for r in client.application.url_map.iter_rules() if r.rule.startswith("/api/v1/")}
    paths = {spec["servers"][0]["url"] + path for path in spec["paths"]}
    assert {re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule) for rule in rules} == paths
    options = {"gevaar", "rol", "sector", "omgeving", "signalen", "leeftijd", "gemeente", "onderwerp", "wens", "gender"}
    assert set(spec["components"]["schemas"]["Answers"]["properties"]) == options


def test_what_is_served_is_what_is_described(door: Door) -> None:
    """Every turn of a dialogue, a referral with and without a contact beside it, and a problem: all fit the schema."""
    client, _ = door
    spec = client.get("/api/v1/openapi.json").get_json()
    schemas = {"components": spec["components"]}
    turns, problems = (
        OAS30Validator({"$ref": f"#/components/schemas/{name}", **schemas}) for name in ("Turn", "Problem")
    )
    asked = [dict(list(FULL.items())[:place]) for place in range(len(FULL) + 1)]
    young = {**FULL, "rol": ["slachtoffer"], "leeftijd": ["onder_18"], "signalen": ["gedwongen_seks"]}
    served = [turn(client, answers=answers) for answers in [*asked, young, {"gevaar": ["ja"]}]]
    assert {bool(one["referral"]["beside"]) for one in served if one["referral"]} == {True, False}
    assert [error.message for one in served for error in turns.iter_errors(one)] == []
    problem = json.loads(post(client, answers={"kleur": []}).text)
    assert [error.message for error in problems.iter_errors(problem)] == []
