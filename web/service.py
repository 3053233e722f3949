"""What both ways into the web door share: its turns, and what it keeps made."""

from __future__ import annotations

from bot.door import CannotServe, Door
from bot.door import Content as Content
from bot.door import Taken as Taken
from bot.door import load_content as load_content
from bot.understanding import NotInstalled, Understanding, load_understanding
from referral.counter import Counter
from referral.model import RouteCard
from referral.published import Published
from referral.tickets import Tickets
from web.settings import Settings


class Service(Door):
    """The door for people and programs. What reads typed sentences is there where somebody may type.

    Raises CannotServe where typed text is on and what reads it is not installed, CardError where it was made for
    another card.
    """

    settings: Settings

    def __init__(self, settings: Settings, content: Content, counter: Counter, tickets: Tickets) -> None:
        understanding = _understanding(content.card) if settings.typed_text else None
        super().__init__(settings, content, counter, tickets, understanding)
        self.kept_json: dict[tuple[object, ...], str] = {}
        self.kept_files: dict[tuple[object, ...], bytes] = {}
        self.published = Published(settings.database)


def _understanding(card: RouteCard) -> Understanding:
    try:
        return load_understanding(card)
    except NotInstalled as missing:
        raise CannotServe(
            f"MELDROUTE_TYPED_TEXT is on: install the extra it needs, {missing}, or turn it off"
        ) from None
