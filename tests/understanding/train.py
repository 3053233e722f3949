"""Trains the model: bot/rasa/data/nlu.yml → bot/understanding/model.npz. `python -m tests.understanding.train`.

Linear support vectors over pieces of words and the sentence vector together, a row of weights for each intent.
Thresholds come from sentences that were held out of the training data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.svm import LinearSVC

from bot.understanding import at_once, leading
from bot.understanding.features import HASHES, SPELLINGS, Encoder, Floats, hashed, spellings, word_hashes
from bot.understanding.model import DANGER, MODEL, SIGNAL, Limits
from referral.card import load_card
from tests.understanding.limits import Urgent, limits_of
from tests.understanding.sentences import LEARNT, Sentence, digest, intents_of, read_sentences, texts

SENSE = 0.8
"""What the sentence vector weighs beside the pieces of words, whose vector has length 1."""
STRANGE, STRANGE_SENSE = frozenset({"hu", "uk", "bg", "ro", "tl"}), 0.4
"""Languages that the encoder does not know, and what its vector weighs there."""
SLACK = 0.5
"""C of the support vectors."""
FOLDS = 3
NO_NAMES = """
noord oost zuid west centrum north east south januari februari maart april mei juni juli augustus september oktober
november december january february march may june july august october maandag dinsdag woensdag donderdag vrijdag
zaterdag zondag monday tuesday wednesday thursday friday saturday sunday nederlands nederlandse pools poolse roemeens
roemeense bulgaars bulgaarse hongaars hongaarse oekraïens oekraïense russisch russische spaans spaanse portugees
portugese braziliaans braziliaanse italiaans italiaanse grieks griekse turks turkse marokkaans marokkaanse surinaams
surinaamse antilliaans antilliaanse syrisch syrische eritrees eritrese ethiopisch nigeriaans nigeriaanse ghanees
ghanese chinees chinese vietnamees vietnamese filipijns filipijnse indonesisch indonesische thais thaise indiaas
indiase moldavisch moldavische albanees albanese duits duitse belgisch belgische frans franse engels engelse arabisch
afrikaans afrikaanse dutch polish romanian bulgarian hungarian ukrainian russian spanish portuguese brazilian italian
greek turkish moroccan surinamese syrian eritrean ethiopian nigerian ghanaian vietnamese filipino filipina indonesian
thai indian moldovan albanian german belgian french english arabic african asian european polen roemenië bulgarije
hongarije oekraïne rusland spanje portugal brazilië italië griekenland turkije marokko suriname syrië eritrea nigeria
ghana china vietnam filipijnen indonesië thailand india moldavië albanië duitsland belgië frankrijk engeland nederland
europa afrika poland romania bulgaria hungary ukraine russia spain brazil italy greece turkey morocco syria
philippines indonesia germany belgium france england netherlands europe africa moslim christen islam kerst ramadan
schiphol telegram whatsapp snapchat instagram tiktok facebook marktplaats
"""
"""Capitals that point to nobody; these words, those of the sentences and of places are never taken for a name."""
ALIKE = 0.6
"""Sentences of other languages that are nearer than this to a held-out one are left out with it: translations."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Seen:
    """Sentences as numbers: counts of hashed pieces, and sentence vectors."""

    pieces: sp.csr_matrix
    sense: Floats

    def __getitem__(self, rows: Ints) -> Seen:
        return Seen(self.pieces[rows], self.sense[rows])


@dataclass(frozen=True)
class Weights:
    """What is learnt. rows × (HASHES pieces, 512 of the sentence vector), one bias for each row.

    The last row has pieces only: whether a language is one of STRANGE.
    """

    rarity: Floats
    pieces: Floats
    sense: Floats
    bias: Floats

    def scores(self, seen: Seen) -> Floats:
        """A score for each sentence and row."""
        by_pieces = weighed(seen.pieces, self.rarity) @ self.pieces.T + self.bias
        weight = np.where(by_pieces[:, -1:] > 0, STRANGE_SENSE / SENSE, 1)
        return np.asarray(by_pieces + weight * (seen.sense @ self.sense.T), np.float32)


def narrow(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """With the small indices that liblinear wants."""
    matrix = sp.csr_matrix(matrix)
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return matrix


def see(lines: Sequence[str], encoder: Encoder) -> Seen:
    """Sentences → numbers, as the matching sees them."""
    found = [hashed(line) for line in lines]
    starts = np.cumsum([0, *(len(columns) for columns, _ in found)])
    data = np.concatenate([values for _, values in found]), np.concatenate([columns for columns, _ in found]), starts
    return Seen(narrow(sp.csr_matrix(data, shape=(len(lines), HASHES))), encoder.encode(lines))


def rarity(pieces: sp.csr_matrix) -> Floats:
    """The weight of each column: more for what few sentences have."""
    common = np.bincount(pieces.indices, minlength=HASHES)
    return (np.log((1 + pieces.shape[0]) / (1 + common)) + 1).astype(np.float32)


def weighed(pieces: sp.csr_matrix, rare: Floats) -> sp.csr_matrix:
    """The pieces weighed by their rarity, each sentence with length 1."""
    by_rarity = pieces @ sp.diags(rare)
    length = np.sqrt(np.asarray(by_rarity.multiply(by_rarity).sum(axis=1)).ravel())
    return narrow(sp.diags(1 / np.maximum(length, 1e-9)) @ by_rarity)


def fit(seen: Seen, sentences: Sequence[Sentence], urgent: Urgent) -> Weights:
    """Learns a row for each intent in the order of the alphabet, against all but its kin; and one for STRANGE."""
    rare = rarity(seen.pieces)
    bare, sense = weighed(seen.pieces, rare), sense_of(seen, sentences)
    features = narrow(sp.hstack([bare, sp.csr_matrix(sense)]))
    meant = np.array([sentence.intent for sentence in sentences])
    machines = []
    for intent in intents_of(sentences):
        used = ~np.isin(meant, list(kin(intent, urgent)))
        machines.append(LinearSVC(C=SLACK, random_state=0).fit(features[used], meant[used] == intent))
    telling = LinearSVC(C=SLACK, random_state=0).fit(bare, _unknown(sentences))
    rows = [*(machine.coef_ for machine in machines), np.pad(telling.coef_, ((0, 0), (0, sense.shape[1])))]
    learnt = np.vstack(rows).astype(np.float32)
    bias = np.concatenate([machine.intercept_ for machine in [*machines, telling]]).astype(np.float32)
    return Weights(rare, learnt[:, :HASHES], SENSE * learnt[:, HASHES:], bias)


def sense_of(seen: Seen, sentences: Sequence[Sentence]) -> Floats:
    """The sentence vectors, weighed by whether the encoder knows the language."""
    return np.where(_unknown(sentences), STRANGE_SENSE, SENSE).astype(np.float32)[:, None] * seen.sense


def _unknown(sentences: Sequence[Sentence]) -> NDArray[np.bool_]:
    return np.array([sentence.language in STRANGE for sentence in sentences])


def kin(intent: str, urgent: Urgent) -> set[str]:
    """The intents that may well be true as well: an agency's sentences of danger, and the signals that lead there."""
    for agency, signals in urgent.items():
        if intent == DANGER + agency:
            return {SIGNAL + signal for signal in signals}
        if intent.removeprefix(SIGNAL) in signals:
            return {DANGER + agency}
    return set()


def held_out(sentences: Sequence[Sentence], sense: Floats, folds: int = FOLDS) -> Iterator[tuple[Ints, Ints]]:
    """Several times: the rows to learn from, and those to test with.

    Of each intent and language every n-th sentence is held out. What means the same in another language goes with it.
    """
    place: dict[tuple[str, str], int] = {}
    fold = np.zeros(len(sentences), int)
    for row, sentence in enumerate(sentences):
        key = (sentence.intent, sentence.language)
        fold[row] = place.setdefault(key, 0) % folds
        place[key] += 1
    intents, languages = np.array([s.intent for s in sentences]), np.array([s.language for s in sentences])
    for held in range(folds):
        translated = np.zeros(len(sentences), bool)
        for intent in np.unique(intents):
            tested = np.flatnonzero((intents == intent) & (fold == held))
            kept = np.flatnonzero((intents == intent) & (fold != held))
            near = (sense[kept] @ sense[tested].T > ALIKE) & (languages[kept][:, None] != languages[tested][None, :])
            translated[kept[near.any(axis=1)]] = True
        yield np.flatnonzero((fold != held) & ~translated), np.flatnonzero(fold == held)


def cross_validated(seen: Seen, sentences: Sequence[Sentence], urgent: Urgent) -> tuple[list[Sentence], Floats]:
    """Learns several times without a part of the sentences: they all, each with the scores of who had not seen it."""
    rows, scores = [], []
    for learnt, tested in held_out(sentences, seen.sense):
        rows += tested.tolist()
        scores.append(fit(seen[learnt], [sentences[row] for row in learnt], urgent).scores(seen[tested]))
    return [sentences[row] for row in rows], np.vstack(scores)


def save(path: Path, weights: Weights, limits: Limits, sentences: Sequence[Sentence], urgent: Urgent) -> None:
    """Writes the model: small whole numbers with a scale for each row, no pickles."""
    scale = np.abs(weights.pieces).max(axis=1) / 127
    common = [*texts(sentences), *(place.name for place in load_card().municipalities.values()), NO_NAMES]
    words = {number for text in common for number in word_hashes(text)}
    spelt = np.zeros(SPELLINGS, bool)
    spelt[[place for text in texts(sentences) for place in spellings(text)]] = True
    np.savez_compressed(
        path,
        sentences=digest(),
        intents=intents_of(sentences),
        at_once=leading(urgent),
        limits=[limits.sharpness, limits.proposed_from],
        nothing_from=limits.nothing_from,
        urgent_from=limits.urgent_from,
        rarity=weights.rarity.astype(np.float16),
        pieces=np.rint(weights.pieces / scale[:, None]).astype(np.int8),
        scale=scale.astype(np.float32),
        sense=weights.sense.astype(np.float16),
        strange_sense=STRANGE_SENSE / SENSE,
        bias=weights.bias,
        words=np.array(sorted(words), np.uint32),
        spelt=np.packbits(spelt),
    )


def main() -> None:
    """Trains and writes the model that comes with the package."""
    sentences, urgent = read_sentences(LEARNT), at_once(load_card())
    seen = see(texts(sentences), Encoder())
    limits = limits_of(*cross_validated(seen, sentences, urgent), urgent)
    save(Path(str(MODEL)), fit(seen, sentences, urgent), limits, sentences, urgent)
    print(f"{len(sentences)} sentences, {limits}, {Path(str(MODEL)).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
