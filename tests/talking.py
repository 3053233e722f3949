"""Holding a whole conversation over a chat, and comparing each step with the web door. For every kind of chat."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from flask.testing import FlaskClient
from rasa_sdk.executor import ActionExecutor

from bot.actions import SLOTS, StartSession, TakeTurn
from bot.chat import ADD, ANYBODY, CHOICE, DONE
from bot.conversation import take_turn
from bot.door import Content, Door, open_counters
from tests.test_conversations import Conversation, read
from web.service import Service

Said = list[dict[str, Any]]
STEP = re.compile(r"/(?P<step>\w+)(?P<about>\{.*\})?")
PLACED = re.compile(r"(\d+)\. (.+)")


class Chat(Protocol):
    """Somebody who talks: a text or a payload goes in, the messages of the answer come out."""

    def say(self, text: str) -> Said:
        """Sends one message."""


class InProcess:
    """A chat with the action server's own executor, keeping slots as a Rasa server does."""

    def __init__(self, door: Door, **metadata: Any) -> None:
        self.metadata = metadata
        self.slots: dict[str, Any] = dict.fromkeys(SLOTS)
        self.executor = ActionExecutor()
        self.executor.register_action(TakeTurn(lambda: door))
        self.executor.register_action(StartSession(lambda: door))
        self.latest: dict[str, Any] = {}

    def say(self, text: str, step: str = "nlu_fallback") -> Said:
        """Sends one message; step: the intent that is seen in typed words."""
        found = STEP.fullmatch(text)
        about = json.loads(found["about"] or "{}") if found else {}
        self.latest = {
            "text": text,
            "intent": {"name": found["step"] if found else step},
            "entities": [{"entity": entity, "value": value} for entity, value in about.items()],
            "metadata": self.metadata,
        }
        return self.run("action_session_start" if text == "/session_start" else "action_meldroute_turn")

    def run(self, action: str) -> Said:
        """Has the action server run an action, and keeps the slots that come back."""
        call = {
            "next_action": action,
            "sender_id": "somebody-at-an-address",
            "domain": {},
            "tracker": {"sender_id": "somebody-at-an-address", "slots": self.slots, "latest_message": self.latest},
        }
        # As over HTTP: what cannot be written as JSON would fail here.
        result = asyncio.run(self.executor.run(json.loads(json.dumps(call))))
        assert result is not None
        for event in json.loads(json.dumps(result.events)):
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        return [{"text": answer["text"], "buttons": answer["buttons"]} for answer in result.responses]


def another_door(service: Service, folder: Path) -> Door:
    """A door on the same content and with the same settings, with counters of its own."""
    settings = replace(service.settings, database=folder / "chat.db")
    return Door(settings, service.content, *open_counters(settings, service.content), service.understanding)


def choices(messages: Said) -> list[tuple[str, str]]:
    """The step and the choice of each button of the last message."""
    found = []
    for button in messages[-1]["buttons"]:
        step = STEP.fullmatch(button["payload"])
        assert step is not None, button
        found.append((step["step"], json.loads(step["about"] or "{}").get(CHOICE, "")))
    return found


def asked(messages: Said) -> tuple[str, list[str]]:
    """The question of the last message, and its options."""
    pairs = [choice.partition(":")[::2] for _, choice in choices(messages)]
    question = pairs[0][0]
    return question, [option for other, option in pairs if other == question and option]


def proposed(messages: Said) -> list[str]:
    """The signals that the last message asks to confirm, in order."""
    return [choice.partition(":")[2] for step, choice in choices(messages) if step == ADD]


def payload(messages: Said, choice: str) -> str:
    """What the button for a choice sends."""
    (found,) = [b["payload"] for b in messages[-1]["buttons"] if f'"{choice}"' in b["payload"]]
    return str(found)


def press(chat: Chat, messages: Said, question: str, chosen: Sequence[str]) -> Said:
    """Answers the question of the last message by its buttons."""
    if not chosen:
        return chat.say(payload(messages, f"{question}:"))
    for value in chosen:
        messages = chat.say(payload(messages, f"{question}:{value}"))
    return chat.say(payload(messages, question)) if (DONE, question) in choices(messages) else messages


def hold(
    chat: Chat, web: FlaskClient, content: Content, conversation: Conversation, manner: Mapping[str, str]
) -> tuple[Said, dict[str, Any]]:
    """Holds a conversation over a chat. At each question its id, its words and its options are those of the web door.

    manner: language and audience. Gives the last messages, and what the web door says to the same answers.
    """
    answers: dict[str, list[str]] = {}
    messages, turn = chat.say("/meldroute_start"), web_turn(web, content, conversation, answers, manner)
    for line in conversation.answers + list(conversation.changes):
        question, chosen = read(line, content.card)
        if question in answers:
            messages = chat.say(f'/meldroute_change{{"choice":"{question}"}}')
            turn = web_turn(web, content, conversation, {q: c for q, c in answers.items() if q != question}, manner)
        compare_question(messages, turn["question"])
        messages = press(chat, messages, question, chosen)
        answers = {**answers, question: chosen}
        turn = web_turn(web, content, conversation, answers, manner)
    return messages, turn


def web_turn(
    web: FlaskClient,
    content: Content,
    conversation: Conversation,
    answers: Mapping[str, Sequence[str]],
    manner: Mapping[str, str],
) -> dict[str, Any]:
    """What the web door says: to the audience that was named, or to the one that an answer suggests."""
    voice = take_turn(content.script, content.card, answers, conversation.on).voice
    suggested = {"audience": voice} if voice and manner.get("audience", ANYBODY) == ANYBODY else {}
    answer = web.post("/api/v1/turns", json={**manner, **suggested, "answers": answers})
    found: dict[str, Any] = answer.get_json()
    return found


def compare_question(messages: Said, question: dict[str, Any]) -> None:
    """The last message asks the question: its id, its text, its options in order, each in its words."""
    assert asked(messages) == (question["id"], [option["id"] for option in question["options"]])
    assert messages[-1]["text"].split("\n")[0] == question["text"]
    titles = [button["title"] for button in messages[-1]["buttons"]]
    assert titles[: len(question["options"])] == [option["label"] for option in question["options"]]


def advised(messages: Said) -> list[str]:
    """The names of the agencies, in order."""
    heads = [PLACED.fullmatch(line) for message in messages for line in message["text"].split("\n")[:2]]
    found = [head for head in heads if head]
    assert [int(head[1]) for head in found] == list(range(1, len(found) + 1))
    return [head[2] for head in found]


def compare_referral(messages: Said, referral: dict[str, Any]) -> None:
    """The messages give the agencies in order, with reasons and every contact, and the guidance."""
    texts = [message["text"] for message in messages]
    assert advised(messages) == [agency["name"] for agency in referral["agencies"]]
    told = {name: text for text in texts for name in advised([{"text": re.sub(r"(?m)^\d+\. ", "1. ", text)}])}
    for agency in referral["agencies"]:
        text = told[agency["name"]].replace("\u2066", "").replace("\u2069", "")
        contacts = [part for contact in agency["contacts"] for part in (contact["label"], contact["value"])]
        lines = [*agency["why"], *agency["at_hand"], *agency["say"]]
        assert [part for part in (*contacts, *lines) if part not in text] == []
    blocks = [(block["title"], [line["text"] for line in block["lines"]]) for block in referral["blocks"]]
    after = next(place for place, message in enumerate(messages) if advised([message]))
    ours = [text.split("\n") for text in texts[after:] if text.split("\n")[0] in dict(blocks)]
    assert [lines[0] for lines in ours] == [title for title, _ in blocks]
    for lines, (_, expected) in zip(ours, blocks, strict=True):
        assert [line for line in expected if not any(own.startswith(f"- {line}") for own in lines)] == []
