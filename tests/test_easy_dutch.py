"""Easy Dutch is easy: level A2, for people who read with difficulty. Rules of thumb, which no person has yet tested."""

from __future__ import annotations

import re

from locales import EASY, words
from tests.test_content_lint import length, sentences

EASY_DUTCH = next(iter(EASY))
LONGEST_SENTENCE, LONGEST_WORD = 12, 16
OFFICIAL = {"aandachtsfunctionaris", "aandachtsfunctionarissen"}
"""What somebody must be able to ask for by this word."""
ADDRESS = r"\b(?:www\.)?[\w-]+\.(?:nl|org|chat|nu)\b"


def easy() -> dict[str, str]:
    """The texts by their Dutch source."""
    return dict(words(EASY_DUTCH).messages)


def test_no_sentence_is_long() -> None:
    """One thought at a time: at most twelve words."""
    assert [s for text in easy().values() for s in sentences(text) if length(s) > LONGEST_SENTENCE] == []


def test_no_word_is_long_but_names() -> None:
    """Names of organisations keep their length, addresses too."""
    long = {
        word
        for source, text in easy().items()
        for word in re.findall(rf"[A-Za-zÀ-ÿ]{{{LONGEST_WORD + 1},}}", re.sub(ADDRESS, "", text))
        if not (word in source and word[0].isupper())
    }
    assert long <= OFFICIAL


def test_it_says_je_and_calls_nobody_a_victim() -> None:
    """As in the normal text."""
    left = [text.replace("Slachtofferhulp", "") for text in easy().values()]
    assert [text for text in left if re.search(r"\b[Uu](w|we|zelf)?\b|slachtoffer", text)] == []


def test_a_label_stays_a_label_and_a_sentence_a_sentence() -> None:
    """What ends with a full stop or a question mark still does; what completes a sentence begins without a capital."""
    changed = {
        source: text
        for source, text in easy().items()
        if (source[-1] in ".?!:") != (text[-1] in ".?!:")
        or (source[0].isalpha() and source[0].isupper() != text[0].isupper())
    }
    assert changed == {}


def test_it_is_another_text_where_the_normal_one_is_long() -> None:
    """Whoever chooses it gets something easier: of the texts with a sentence of more than 14 words, all differ."""
    same = [t for t, easier in easy().items() if t == easier and any(length(s) > 14 for s in sentences(t))]
    assert same == []
