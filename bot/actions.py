"""The Rasa door: an action server whose one action takes a turn, on whatever channel a Rasa server speaks.

`python -m rasa_sdk --actions bot.actions`, or `meldroute rasa actions`. Rasa keeps the conversation: what must last
between two messages stands in slots. This server keeps nothing but the counters, and logs nothing of what was said.
"""

from __future__ import annotations

import asyncio
import atexit
import dataclasses
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.endpoint import create_app
from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from bot.chat import CHOICE, START, Message
from bot.door import CannotServe, Door, close_counters, listen, load_content, open_counters, watch_clock
from bot.installation import Installation, SettingsError
from bot.steps import Said, Talk
from bot.talk import hear
from bot.understanding import NotInstalled, Understanding, load_understanding
from bot.wording import AUDIENCES
from locales import SOURCE_LANGUAGE, languages, words
from referral.errors import CardError
from referral.model import RouteCard, Text

logger = logging.getLogger("meldroute")

PREFIX = "meldroute_"
SLOTS = tuple(PREFIX + field.name for field in dataclasses.fields(Talk))
"""The slots: one for each thing that a talk remembers."""
BEGIN = "session_start"
Event = dict[str, Any]


@cache
def installed() -> Door:
    """The door of the MELDROUTE_* variables, opened once. Raises what makes it impossible to serve."""
    settings = Installation.from_environment()
    content = load_content(settings)
    counter, tickets = open_counters(settings, content)
    watch_clock(counter, settings)
    atexit.register(close_counters, counter)
    return Door(settings, content, counter, tickets, _understanding(settings, content.card))


def _understanding(settings: Installation, card: RouteCard) -> Understanding | None:
    """What reads typed sentences, where somebody may type. A chat goes on without it: its buttons do everything."""
    if not settings.typed_text:
        return None
    try:
        return load_understanding(card)
    except NotInstalled as missing:
        logger.warning("MELDROUTE_TYPED_TEXT is on, and %s is not installed: only buttons are understood", missing)
        return None


class TakeTurn(Action):
    """Takes one message through the dialogue and says what comes of it."""

    def __init__(self, door: Callable[[], Door] = installed) -> None:
        self._door = door

    def name(self) -> str:
        """As the domain calls it."""
        return "action_meldroute_turn"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Event]:
        """The messages go to the dispatcher, what is to be remembered comes back as slots."""
        try:
            door = self._door()
            talk, said = _talk(tracker, door), _said(tracker)
            # In a thread: a store that is locked must not keep others waiting.
            talk, messages = await asyncio.to_thread(hear, door, talk, said, not _metadata(tracker).get("uncounted"))
            kept = _slots(talk, tracker)
        except Exception as error:  # whatever it is, what was said must not reach a log through Rasa's own handler
            logger.error("%s", _told(error))
            messages, kept = [_apology(tracker)], []
        for message in messages:
            buttons = [{"title": button.title, "payload": button.payload} for button in message.buttons]
            dispatcher.utter_message(text=message.text, buttons=buttons)
        return kept


class StartSession(TakeTurn):
    """Begins a session without what an earlier one remembered; says hello only where the channel asked for that."""

    def name(self) -> str:
        """As Rasa calls it."""
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Event]:
        """A session of somebody else may follow on the same device."""
        begun = [SlotSet(slot, None) for slot in SLOTS if tracker.slots.get(slot) is not None]
        asked = (tracker.latest_message.get("intent") or {}).get("name") == BEGIN
        tracker.slots = {}
        hello = await super().run(dispatcher, tracker, domain) if asked else []
        return [SessionStarted(), *begun, *hello, ActionExecuted("action_listen")]


def serve(host: str, port: int) -> None:
    """Serves until it is told to stop (SIGTERM or Ctrl-C). Unlike rasa_sdk's own command it checks everything first.

    Raises SettingsError, CardError or CannotServe.
    """
    installed()
    executor = ActionExecutor()
    executor.register_action(TakeTurn())
    executor.register_action(StartSession())
    listener = listen(host, port)
    print(f"meldroute answers Rasa on http://{host}:{listener.getsockname()[1]}/webhook", flush=True)
    # No site may ask from a browser: only Rasa has business here.
    create_app(executor, cors_origins=[]).run(sock=listener, single_process=True, access_log=False, motd=False)


def _told(error: Exception) -> str:
    """An error for the log. What our own checks say is told whole; of others only the kind and the place."""
    if isinstance(error, SettingsError | CardError | CannotServe):
        return str(error)
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    return f"unexpected {type(error).__name__} at {where}"


def _apology(tracker: Tracker) -> Message:
    """What is said where nothing works: in the language of the talk, if that is known."""
    language = tracker.slots.get(f"{PREFIX}language") or _metadata(tracker).get("language")
    say = words(language if language in languages() else SOURCE_LANGUAGE)
    return Message(say(Text("Het lukt nu niet. Probeer het nog een keer. Bel bij direct gevaar 112.")))


def _metadata(tracker: Tracker) -> dict[str, Any]:
    return tracker.latest_message.get("metadata") or {}


def _talk(tracker: Tracker, door: Door) -> Talk:
    """What the slots remember, with the language and the audience that came with the message.

    A language that was chosen in the chat stays until the one that comes with messages changes.
    """
    kept = {slot.removeprefix(PREFIX): tracker.slots.get(slot) for slot in SLOTS}
    talk = Talk(**{name: value for name, value in kept.items() if value is not None})
    metadata, offered = _metadata(tracker), door.settings.languages
    language, audience = metadata.get("language"), metadata.get("audience")
    if language in offered and language != talk.site:
        talk = dataclasses.replace(talk, language=language, site=language)
    elif talk.language not in offered:
        talk = dataclasses.replace(talk, language=SOURCE_LANGUAGE)
    return dataclasses.replace(talk, audience=audience) if audience in AUDIENCES else talk


def _said(tracker: Tracker) -> Said:
    """The step of the latest message. What was typed is looked at and never kept."""
    message = tracker.latest_message
    text = message.get("text") or ""
    step = (message.get("intent") or {}).get("name") or ""
    choices = [e.get("value") for e in message.get("entities") or () if e.get("entity") == CHOICE]
    if step == BEGIN:
        return Said(START)
    if text.startswith("/"):
        return Said(step, str(choices[-1]) if choices else "")
    return Said(step, text=text)


def _slots(talk: Talk, tracker: Tracker) -> list[Event]:
    """What is to be remembered, as far as it changed."""
    now = {PREFIX + name: value for name, value in dataclasses.asdict(talk).items()}
    return [SlotSet(slot, value) for slot, value in now.items() if tracker.slots.get(slot) != value]
