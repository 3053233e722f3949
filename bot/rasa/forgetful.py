"""Where Rasa keeps a conversation while it lasts: in memory, without its words, and gone soon after the last message.

Rasa's own store in memory keeps every conversation, words included, until the server stops. This module runs in Rasa,
on its Python; endpoints.yml names it. What it keeps are the steps and the slots: the answers, by their ids.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from rasa.core.tracker_store import InMemoryTrackerStore  # type: ignore[import-not-found]

WORDS = ("text", "text_tokens", "data")
"""What holds words in an event, and in what Rasa read in it."""
OURS = ("model_id", "assistant_id")
"""What Rasa itself notes beside an event. All else there came from the channel: it may hold a name."""


class ForgetfulTrackerStore(InMemoryTrackerStore):  # type: ignore[misc]
    """Rasa's store in memory, with less in it. minutes: how long after its last message a conversation is kept."""

    def __init__(self, domain: Any, event_broker: Any = None, minutes: float = 30, **kwargs: Any) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._seconds = minutes * 60
        self._ends: dict[str, asyncio.TimerHandle] = {}

    async def save(self, tracker: Any) -> None:
        """Keeps a conversation without its words, and sets the time at which it goes."""
        await super().save(tracker)
        sender = tracker.sender_id
        self.store[sender] = without_words(self.store[sender])
        if sender in self._ends:
            self._ends[sender].cancel()
        self._ends[sender] = asyncio.get_running_loop().call_later(self._seconds, self._forget, sender)

    def _forget(self, sender: str) -> None:
        self.store.pop(sender, None)
        self._ends.pop(sender, None)


def without_words(conversation: str) -> str:
    """A conversation as Rasa writes it, without what was typed, what was answered, and what the channel told."""
    kept = json.loads(conversation)
    for event in kept["events"]:
        if event["event"] in ("user", "bot"):
            _empty(event)
            _empty(event.get("parse_data") or {})
        if event.get("name") == "session_started_metadata":
            event["value"] = None
    return json.dumps(kept)


def _empty(holder: dict[str, Any]) -> None:
    holder.update({name: type(holder[name])() for name in WORDS if holder.get(name)})
    if holder.get("metadata"):
        holder["metadata"] = {name: value for name, value in holder["metadata"].items() if name in OURS}
