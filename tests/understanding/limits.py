"""From where on something is proposed, or an agency shown at once: found with sentences that were held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.understanding import MOST
from bot.understanding.features import Floats
from bot.understanding.model import Limits, Places, strange
from tests.understanding.sentences import Sentence, intents_of

QUIET = 0.94
"""The share of held-out sentences that mean nothing which must get no proposal."""
LOST = 0.02
"""The share of right proposals that may be lost for being too unlikely."""
FALSE_ALARMS, RARER = 0.04, 0.025
"""The share of held-out sentences without danger, and of those that mean nothing, for which an agency may be shown.

The first for the agency that most sentences of danger call for, the other for those that are called for less often.
"""
SHARPNESSES = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0)

Urgent = Mapping[str, frozenset[str]]
"""Agency → the signals that lead to it at once."""


def limits_of(sentences: Sequence[Sentence], scores: Floats, urgent: Urgent) -> Limits:
    """What follows from the scores of sentences that were held out."""
    intents = intents_of(sentences)
    places = Places(intents, urgent)
    meant = np.array([intents.index(sentence.intent) for sentence in sentences])
    quiet, calm, means = meant == places.nothing, ~places.lead.any(axis=0)[meant], places.are_signals[meant]
    truth = np.array([places.signals.index(s.signal) for s in sentences if s.signal])
    sharpness = min(SHARPNESSES, key=lambda each: _surprise(places.likely(scores[means], each), truth))
    likely = places.likely(scores[means], sharpness)
    right, third = likely[np.arange(len(truth)), truth], np.sort(likely, axis=1)[:, -MOST]
    urgency, emptiness = places.urgency(scores), places.emptiness(scores)
    often = places.lead[:, meant].sum(axis=1)
    shares = np.where(often == often.max(), FALSE_ALARMS, RARER)
    nothing_from, urgent_from = [], []
    for group in (~strange(scores), strange(scores)):
        nothing_from.append(np.quantile(emptiness[quiet & group], 1 - QUIET))
        enough = [np.quantile(urgency[rows & group], 1 - shares, axis=0).diagonal() for rows in (calm, quiet)]
        urgent_from.append(np.maximum(*enough))
    return Limits(
        sharpness=sharpness,
        nothing_from=np.array(nothing_from, np.float32),
        proposed_from=float(np.quantile(right[right >= third], LOST)),
        urgent_from=np.array(urgent_from, np.float32),
    )


def _surprise(likely: Floats, truth: NDArray[np.int64]) -> float:
    return float(-np.log(likely[np.arange(len(truth)), truth]).mean())
