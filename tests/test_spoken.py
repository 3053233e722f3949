"""The pages as a screen reader speaks them: questions, options, mistakes and the advice.

What must be said comes from the JSON of the same turn, so that a change of wording changes no test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests import node
from tests.browsing import TO_LABOUR
from tests.running import make_app

ANSWERS = {question: list(chosen) for question, chosen in TO_LABOUR}
TICKED = ANSWERS["signalen"]
PROFESSIONAL = {"gevaar": ["nee"], "rol": ["professional"]}


@dataclass(frozen=True)
class Page:
    """A page as it is spoken, and what the JSON says of the same turn."""

    spoken: list[str]
    turn: Mapping[str, Any]

    def at(self, phrase: str) -> int:
        """Where the only phrase that is or begins with this one stands; commas separate what is said of an element."""
        found = [place for place, said in enumerate(self.spoken) if f"{said}, ".startswith(f"{phrase}, ")]
        assert len(found) == 1, f"{phrase!r} is spoken {len(found)} times"
        return found[0]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Page]:
    """Pages, spoken in one go: the first, a mistake, the signals with two ticked, several questions, a referral."""
    folder = tmp_path_factory.mktemp("pages")
    app, _ = make_app(folder)
    client = app.test_client(use_cookies=False)
    asked = {
        "first": ({}, client.get("/").text),
        "mistake": ({}, post(client, {}, "gevaar", "verder")),
        "signals": (until("signalen"), post(client, until("leeftijd"), "leeftijd", "terug")),
        "several": (PROFESSIONAL, post(client, PROFESSIONAL, "rol", "verder", audience="professional")),
        "referral": (ANSWERS, post(client, until("gender"), "gender", "overslaan")),
    }
    for name, (_, html) in asked.items():
        (folder / name).write_text(html, encoding="utf-8")
    done = node.run("speak.js", *(folder / name for name in asked))
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"
    spoken = json.loads(done.stdout)
    return {name: Page(spoken[str(folder / name)], turn(client, answers)) for name, (answers, _) in asked.items()}


def turn(client: FlaskClient, answers: Mapping[str, list[str]]) -> Mapping[str, Any]:
    """What the JSON says after these answers."""
    answer = client.post("/api/v1/turns", json={"answers": answers})
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def until(question: str) -> dict[str, list[str]]:
    """The answers to everything that is asked before a question."""
    return dict(list(ANSWERS.items())[: list(ANSWERS).index(question)])


def post(
    client: FlaskClient, answers: Mapping[str, list[str]], question: str, action: str, audience: str = "public"
) -> str:
    """The page after pressing a button at a question."""
    fields = {f"q-{name}": chosen or "" for name, chosen in answers.items()}
    fields |= {"vraag": question, "actie": action, "taal": "nl", "voor": audience}
    return client.post("/", data=fields).text


@pytest.mark.parametrize("name", ["first", "mistake", "signals"])
def test_question_and_group_are_spoken(pages: Mapping[str, Page], name: str) -> None:
    """The question is a heading and the name of its group; the options stand within, the button after it."""
    page = pages[name]
    question = page.turn["question"]["text"]
    places = [
        page.at(f"group, {question}"),
        page.at(f"heading, {question}"),
        *(page.at(f"{kind(page)}, {option['label']}") for option in page.turn["question"]["options"]),
        page.at(f"end of group, {question}"),
        page.at("button, Verder"),
    ]
    assert places[:2] == sorted(places[:2])
    assert all(places[1] < place < places[-2] for place in places[2:-2])
    assert places[-2] < places[-1]


def test_each_of_several_questions_is_a_group_of_its_own(pages: Mapping[str, Page]) -> None:
    """Where a screen asks several things, each heading is the name of the group that holds its options."""
    spoken = pages["several"].spoken
    questions = [said.split(", ")[1] for said in spoken if re.fullmatch("heading, .*, level 2", said)]
    assert len(questions) > 1
    for question in questions:
        group = spoken[pages["several"].at(f"group, {question}") : pages["several"].at(f"end of group, {question}")]
        assert f"heading, {question}, level 2" in group
        options = [said for said in group if said.startswith("radio, ")]
        assert len(options) > 1
        assert options[0].endswith(f", position 1, set size {len(options)}")


def kind(page: Page) -> str:
    """What an option is: several may be ticked, or one is chosen."""
    return "checkbox" if page.turn["question"]["several"] else "radio"


def test_an_option_is_spoken_with_its_state_and_place(pages: Mapping[str, Page]) -> None:
    """Of each option of the first question is said that it is not chosen, and which of how many it is."""
    page = pages["first"]
    options = page.turn["question"]["options"]
    places = [page.at(f"radio, {option['label']}") for option in options]
    for number, (place, option) in enumerate(zip(places, options, strict=True), start=1):
        said = f"radio, {option['label']}, not checked, position {number}, set size {len(options)}"
        assert page.spoken[place] == said
    assert all(earlier < later for earlier, later in pairwise(places))


def test_ticked_signals_are_spoken_as_ticked(pages: Mapping[str, Page]) -> None:
    """Who goes back hears which signals are ticked, and of each other one that it is not."""
    page = pages["signals"]
    for option in page.turn["question"]["options"]:
        state = "checked" if option["id"] in TICKED else "not checked"
        assert page.spoken[page.at(f"checkbox, {option['label']}")] == f"checkbox, {option['label']}, {state}"


def test_a_mistake_is_spoken_with_the_group(pages: Mapping[str, Page]) -> None:
    """What is wrong is said at once with the name of the group, and stands before the options."""
    group = f"group, {pages['first'].turn['question']['text']}"
    assert pages["first"].spoken[pages["first"].at(group)] == group
    wrong = pages["mistake"].spoken[pages["mistake"].at(group)].removeprefix(f"{group}, ")
    assert wrong != group
    assert wrong


def test_a_referral_is_spoken(pages: Mapping[str, Page]) -> None:
    """The advice is the main heading; the first agency is a heading under it; its number is a link."""
    page = pages["referral"]
    agencies = page.turn["referral"]["agencies"]
    phone = next(contact for contact in agencies[0]["contacts"] if contact["kind"] == "phone")
    top = next(place for place, said in enumerate(page.spoken) if re.fullmatch("heading, .*, level 1", said))
    first = page.at(f"heading, {agencies[0]['name']}, level 2")
    link = page.at(f"link, {phone['label']} {phone['value']}")
    second = page.at(f"heading, {agencies[1]['name']}, level 3")
    assert top < first < link < second


def test_112_and_the_way_out_are_spoken_first(pages: Mapping[str, Page]) -> None:
    """On every page the alarm number and "Snel weg" come before the question or the advice."""
    for page in pages.values():
        main = page.spoken.index("main")
        assert page.spoken.index("link, Bel 112") < main
        assert page.spoken.index("link, Snel weg") < main
