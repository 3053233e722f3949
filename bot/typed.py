"""Typed text, for every door: who may type, and what is made of it. The text is read once and goes no further."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.door import Door
from bot.understanding import LONGEST
from bot.wording import Voice, spoken
from locales import Words
from referral.model import Agency, Signal


@dataclass(frozen=True)
class Found:
    """What came of a typed text, the text itself left out.

    signals: with how sure the model is, the surest first. urgent: whose contact must stand on top at once.
    withheld: there were names or numbers in it, which the model did not get. empty: there was no text.
    """

    signals: tuple[tuple[Signal, float], ...] = ()
    urgent: tuple[Agency, ...] = ()
    withheld: bool = False
    empty: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the proposed signals."""
        return tuple(signal.id for signal, _ in self.signals)


def may_type(door: Door, audience: str) -> bool:
    """Whether this audience may type what it sees: the installation says so, and something can read it."""
    return door.understanding is not None and audience in door.settings.typed_text


def read(door: Door, text: str) -> Found:
    """What the model finds in a text; it looks at the first LONGEST characters."""
    # Half characters, which JSON can carry, are no text.
    told = text.strip()[:LONGEST].encode("utf-8", "replace").decode()
    if not told or door.understanding is None:
        return Found(empty=True)
    card, said = door.content.card, door.understanding.suggest(told)
    return Found(
        signals=tuple((card.signals[one.id], float(one.confidence)) for one in said.signals),
        urgent=tuple(card.agencies[agency] for agency in said.urgent),
        withheld=said.withheld,
    )


def labels(signals: Iterable[Signal], say: Words, voice: Voice) -> dict[str, str]:
    """Signal id → what a person confirms: its label in this language and voice, in the order given."""
    return {signal.id: say(spoken(signal.label, voice)) for signal in signals}
