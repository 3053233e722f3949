"""The Rasa project: it knows exactly the steps and slots of the dialogue, and goes whole into another folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.actions import SLOTS
from bot.chat import CHOICE, LANGUAGE, RESTART, STOP
from bot.rasa_export import ACTION, ADDRESS, CannotExport, export, joined, trained
from bot.steps import STEPS
from tests.running import ROOT

PROJECT = ROOT / "bot/rasa"
INTENTS = [*STEPS, RESTART, STOP, LANGUAGE]
FALLBACK = "nlu_fallback"


def read(path: Path) -> Any:
    """A YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project in another folder."""
    export(tmp_path / "project", "http://actions.example.nl:5055/webhook")
    return tmp_path / "project"


def test_the_domain_knows_every_step_and_every_slot() -> None:
    """A step that is no intent would never arrive, a slot that is not declared would be dropped in silence."""
    domain = read(PROJECT / "domain.yml")
    assert set(domain["intents"]) == set(INTENTS)
    assert tuple(domain["slots"]) == SLOTS
    assert domain["actions"] == [ACTION, "action_session_start"]
    assert domain["entities"] == [{CHOICE: {"influence_conversation": False}}]
    assert domain["session_config"]["carry_over_slots_to_new_session"] is False


def test_no_slot_is_filled_from_what_is_typed() -> None:
    """Every slot is set by the action alone, and decides nothing in Rasa."""
    for slot in read(PROJECT / "domain.yml")["slots"].values():
        assert slot == {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}


def test_every_intent_has_its_rule(project: Path) -> None:
    """Those of the steps, of the sentences, and of what Rasa is not sure about: all lead to the one action."""
    rules = read(project / "data/rules.yml")["rules"]
    steps = {rule["rule"]: rule["steps"] for rule in rules}
    assert steps == {intent: [{"intent": intent}, {"action": ACTION}] for intent in steps}
    assert set(steps) == {*read(project / "domain.yml")["intents"], FALLBACK}
    assert len(rules) == len(steps)


def test_the_sentences_are_of_known_intents_after_the_export(project: Path) -> None:
    """What nlu.yml trains stands in the domain, each once."""
    intents = read(project / "domain.yml")["intents"]
    blocks = read(project / "data/nlu.yml")["nlu"]
    assert {block["intent"].partition("/")[0] for block in blocks} <= set(intents)
    assert len(intents) == len(set(intents))
    for block in blocks:
        assert all(line.startswith("- ") for line in block["examples"].splitlines())


def test_sentences_that_begin_alike_become_one_intent() -> None:
    """To Rasa a slash in an intent asks for an answer of its own; the sentences themselves stay."""
    text = "nlu:\n  - intent: signaal/een\n    examples: |\n      - een/twee\n  - intent: signaal/twee\n- intent: los\n"
    assert joined(text) == text.replace("signaal/een", "signaal").replace("signaal/twee", "signaal")
    assert trained(joined(text)) == ["signaal", "los"]


def test_the_export_is_a_whole_project(project: Path) -> None:
    """Every file that Rasa reads, with the address of the action server, and nothing that is of Python's or ours."""
    names = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert names == {
        *("config.yml", "credentials.yml", "domain.yml", "endpoints.yml", "forgetful.py"),
        *("data/nlu.yml", "data/rules.yml"),
    }
    endpoints = read(project / "endpoints.yml")
    assert endpoints["action_endpoint"] == {"url": "http://actions.example.nl:5055/webhook"}
    assert endpoints["tracker_store"] == {"type": "forgetful.ForgetfulTrackerStore", "minutes": 30}
    assert read(project / "credentials.yml") == {"rest": None}
    assert "DIETClassifier" not in (project / "config.yml").read_text(encoding="utf-8")


def test_the_address_is_that_of_the_file() -> None:
    """The one that is replaced stands there, once."""
    assert (PROJECT / "endpoints.yml").read_text(encoding="utf-8").count(ADDRESS) == 1


def test_an_export_overwrites_nothing(project: Path, tmp_path: Path) -> None:
    """A folder with anything in it is refused and left as it is; an empty one is fine."""
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    with pytest.raises(CannotExport, match="is not empty"):
        export(project)
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
    (tmp_path / "empty").mkdir()
    assert export(tmp_path / "empty")
    (tmp_path / "file").touch()
    with pytest.raises(CannotExport, match="cannot write"):
        export(tmp_path / "file")
