"""The trained model: a text → how much it means each signal, and how urgent it is. Its file comes with the package."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.features import Encoder, Floats, hashed, plain, spellings, word_hashes

Bools = NDArray[np.bool_]
MODEL = files("bot") / "understanding" / "model.npz"

SIGNAL, DANGER, NOTHING = "signaal/", "gevaar/", "niets"
"""How intents begin: of a signal, of an agency that must be shown at once; and the intent of what means nothing."""
URGENT_SHARPNESS = 6.0

_ENDS = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
PARTS = 8
"""How many sentences of a text are looked at by themselves, beside the whole."""
SHORTEST = 3
"""Words that a sentence needs to be looked at by itself."""
SPELT = 0.45
"""A text of which a smaller share is spelt as in a sentence that was learnt is gibberish, where no word is known."""
WORD = 4
"""Letters of a word that can be known; shorter ones are hit by chance."""


@dataclass(frozen=True)
class Understood:
    """What the model makes of a text.

    signals: signal id → how likely it is, between 0 and 1; the best first, those that are too unlikely left out.
    urgent: the ids of the agencies that must be shown at once.
    """

    signals: dict[str, float]
    urgent: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """What was found with sentences that were held out of the training.

    sharpness: how scores become likelihoods. nothing_from, proposed_from, urgent_from: from where on a text means
    nothing, a signal is proposed, an agency is shown at once; the first and the last for a language that the encoder
    knows, and for one that it does not know.
    """

    sharpness: float
    nothing_from: Floats
    proposed_from: float
    urgent_from: Floats


def strange(scores: Floats) -> Bools:
    """For each row whether it is in a language that the encoder does not know; the last column tells."""
    return np.asarray(scores[:, -1] > 0)


class Places:
    """Which columns of scores are signals, which is "nothing", and which lead to an agency at once."""

    def __init__(self, intents: Sequence[str], at_once: Mapping[str, frozenset[str]]) -> None:
        self.signals = [intent.removeprefix(SIGNAL) for intent in intents if intent.startswith(SIGNAL)]
        self.count = len(intents)
        self.are_signals = np.array([*(intent.startswith(SIGNAL) for intent in intents), False])
        self.nothing = list(intents).index(NOTHING)
        self.agencies = sorted(at_once)
        wanted = [{DANGER + agency, *(SIGNAL + signal for signal in at_once[agency])} for agency in self.agencies]
        self.lead = np.array([[intent in those for intent in intents] for those in wanted])

    def emptiness(self, scores: Floats) -> Floats:
        """For each row how much more "nothing" is meant than any signal."""
        return np.asarray(scores[:, self.nothing] - scores[:, self.are_signals].max(axis=1))

    def likely(self, scores: Floats, sharpness: float) -> Floats:
        """For each row the likelihoods of the signals."""
        signals = scores[:, self.are_signals]
        powers = np.exp(sharpness * (signals - signals.max(axis=1, keepdims=True)))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def urgency(self, scores: Floats) -> Floats:
        """For each row and agency how much more what leads there is meant than all else."""
        powers = np.exp(URGENT_SHARPNESS * scores[:, : self.count])
        return np.asarray(np.log(powers @ self.lead.T) - np.log(powers @ ~self.lead.T))


class Model:
    """The weights, and what they are about. Nothing changes after it was made, so it is safe for threads."""

    def __init__(self, at_once: Mapping[str, frozenset[str]], file: Traversable = MODEL) -> None:
        """at_once: agency → the signals that lead there before the next question is asked."""
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            stored: dict[str, Any] = {name: held[name] for name in held.files}
        self.at_once: tuple[str, ...] = tuple(stored["at_once"].tolist())
        self.sentences = str(stored["sentences"])
        self.places = Places(stored["intents"].tolist(), at_once)
        sharpness, proposed_from = stored["limits"].tolist()
        self.limits = Limits(sharpness, stored["nothing_from"], proposed_from, stored["urgent_from"])
        self._rarity: Floats = stored["rarity"].astype(np.float32)
        self._pieces, self._scale = np.ascontiguousarray(stored["pieces"].T), stored["scale"]
        self._sense, self._bias = stored["sense"].astype(np.float32), stored["bias"]
        self._strange_sense = np.float32(stored["strange_sense"])
        self._words = frozenset(stored["words"].tolist())
        self._spelt = np.unpackbits(stored["spelt"]).astype(bool)
        self._encoder = Encoder()

    def knows(self, word: str) -> bool:
        """Whether a word is a common one: it stands in a sentence that the model learnt from."""
        return all(number in self._words for number in word_hashes(word))

    def gibberish(self, text: str) -> bool:
        """Whether a text in Latin letters has no known word, and is not spelt like words of any language we learnt."""
        places = spellings(text)
        if not places or self._spelt[places].mean() >= SPELT:
            return False
        return not any(self.knows(word) for word in plain(text).split() if len(word) >= WORD)

    def understand(self, text: str) -> Understood:
        """What a text means: the whole of it, or a sentence of it where that is clearer. Nothing, if gibberish."""
        if self.gibberish(text):
            return Understood({}, ())
        scores, places, limits = self.scores(sentences(text)), self.places, self.limits
        group = strange(scores).astype(int)
        likely = places.likely(scores, limits.sharpness)
        likely[places.emptiness(scores) >= limits.nothing_from[group]] = 0
        best = likely.max(axis=0)
        order = [place for place in np.argsort(-best, kind="stable") if best[place] >= limits.proposed_from]
        urgent = np.any(places.urgency(scores) >= limits.urgent_from[group], axis=0).tolist()
        return Understood(
            signals={places.signals[place]: float(best[place]) for place in order},
            urgent=tuple(agency for agency, shown in zip(places.agencies, urgent, strict=True) if shown),
        )

    def scores(self, parts: Sequence[str]) -> Floats:
        """A row for each part; a column for each intent, and a last one: whether the encoder knows the language."""
        by_pieces = np.stack([self._by_pieces(part) for part in parts]) + self._bias
        weight = np.where(strange(by_pieces), self._strange_sense, np.float32(1))[:, None]
        return np.asarray(by_pieces + weight * (self._encoder.encode(parts) @ self._sense.T))

    def _by_pieces(self, part: str) -> Floats:
        columns, counts = hashed(part)
        values = counts * self._rarity[columns]
        length = max(float(np.sqrt(values @ values)), 1e-9)
        return np.asarray(values @ self._pieces[columns].astype(np.float32) / length * self._scale, np.float32)


def sentences(text: str) -> list[str]:
    """The whole text, and where it has several sentences each of these."""
    parts = [part.strip() for part in _ENDS.split(text)]
    long = [part for part in parts if len(part.split()) >= SHORTEST or (part and max(part) >= "\u2e80")]
    return [text, *long[:PARTS]] if len(long) > 1 else [text]
