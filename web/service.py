"""What both ways into the web door share: its turns, and what it keeps made."""

from __future__ import annotations

from bot.door import Content as Content
from bot.door import Door
from bot.door import Taken as Taken
from bot.door import load_content as load_content
from referral.counter import Counter
from referral.published import Published
from referral.tickets import Tickets
from web.settings import Settings


class Service(Door):
    """The door for people and programs."""

    settings: Settings

    def __init__(self, settings: Settings, content: Content, counter: Counter, tickets: Tickets) -> None:
        super().__init__(settings, content, counter, tickets)
        self.kept_json: dict[tuple[object, ...], str] = {}
        self.kept_files: dict[tuple[object, ...], bytes] = {}
        self.published = Published(settings.database)
