"""The Dutch of the content: how it speaks to a person, what it never says, and how each kind of text is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from referral.model import Text, Voiced
from web.catalogue import all_texts, content_texts
from web.service import Content

LONGEST = {"anybody": 24, "young": 16}
"""Words in a sentence, for anybody and for young people."""
NAMES_WITH_THE_WORD = ("Slachtofferhulp Nederland", "Slachtofferhulp")
"""Who may be called so: an organisation. Nobody else is ever called "slachtoffer"."""


def sentences(text: str) -> list[str]:
    """The sentences of a text; a colon does not end one."""
    return re.split(r"(?<=[.?!])\s+", text)


def length(sentence: str) -> int:
    """How many words a sentence has; "ID-kaart" and "huis of werk" are one and three."""
    return len(re.findall(r"[\w’'.-]*\w[\w’'.-]*", sentence))


def voices(voiced: Voiced) -> Iterator[Text]:
    """Every wording of a text."""
    yield from (text for text in (voiced.text, voiced.professional, voiced.young, voiced.self) if text)


def read_by_the_young(content: Content) -> Iterator[Text]:
    """The questions and options in the words in which a young person reads about somebody else."""
    for question in content.script.questions.values():
        for voiced in (question.text, *(option.label for option in question.options.values())):
            yield voiced.young or voiced.text


# --- how a person is spoken to ------------------------------------------------------------------------------


def test_everybody_is_addressed_with_je(content: Content) -> None:
    """One form of address for everybody: never "u", "uw" or "uzelf"."""
    assert [text for text in all_texts(content) if re.search(r"\b[Uu](w|we|zelf)?\b", text)] == []


def test_nobody_is_called_a_victim(content: Content) -> None:
    """Who reads this decides what to be called; only an organisation has the word in its name."""
    left = {text: text for text in all_texts(content)}
    for name in NAMES_WITH_THE_WORD:
        left = {text: rest.replace(name, "") for text, rest in left.items()}
    assert [text for text, rest in left.items() if re.search("slachtoffer", rest, re.IGNORECASE)] == []


def test_nothing_is_called_trafficking(content: Content) -> None:
    """A signal can be a reason to ask; whether it is trafficking, somebody else finds out."""
    verdict = r"\b(dit|dat|het|er) (is|was|wordt)( \w+)? (sprake van )?(mensenhandel|uitbuiting|slavernij)\b"
    assert [text for text in all_texts(content) if re.search(verdict, text, re.IGNORECASE)] == []


def test_no_law_is_quoted_by_number(content: Content) -> None:
    """Numbers of articles change (in 2025 the article on trafficking did) and help nobody who reads this."""
    number = r"\b(artikel|art\.?|lid|wetboek|kamerstuk\w*) ?\d|\b\d{2,3}[a-z]\b|\bWv?Sr\b|\bwetboek\b"
    assert [text for text in all_texts(content) if re.search(number, text, re.IGNORECASE)] == []


# --- how long ---------------------------------------------------------------------------------------------------


def test_no_sentence_is_long(content: Content) -> None:
    """Level B1: a sentence that needs more than 24 words is two sentences."""
    long = [s for text in all_texts(content) for s in sentences(text) if length(s) > LONGEST["anybody"]]
    assert long == []


def test_no_sentence_for_the_young_is_long(content: Content) -> None:
    """A young person reads at most 16 words at a time."""
    long = [s for text in read_by_the_young(content) for s in sentences(text) if length(s) > LONGEST["young"]]
    assert list(dict.fromkeys(long)) == []


# --- how each kind of text is written -----------------------------------------------------------------------------


def whole_sentences(content: Content) -> Iterator[str]:
    """What stands on its own as prose."""
    for agency in content.card.agencies.values():
        yield from (agency.about, *agency.say, *(happening.text for happening in agency.what_happens))
        yield from [agency.role_note] if agency.role_note else []
        for contact in agency.contacts:
            yield from [contact.label] if contact.kind == "via" else []
            yield from [contact.when] if contact.when else []
            yield from [contact.anonymous.text] if contact.anonymous and contact.anonymous.text else []
    yield from (text for route in content.card.routes if route.why for text in voices(route.why))
    yield from (
        text for block in content.card.guidance for line in block.lines for text in (line.text, line.own) if text
    )
    yield from (question.help for question in content.script.questions.values() if question.help)


def labels(content: Content) -> Iterator[str]:
    """What stands on a button, beside a box or above a block."""
    for question in content.script.questions.values():
        for option in question.options.values():
            yield from voices(option.label)
    for agency in content.card.agencies.values():
        yield agency.name
        yield from (contact.label for contact in agency.contacts if contact.kind != "via")
    yield from (block.title for block in content.card.guidance)


def phrases(content: Content) -> Iterator[str]:
    """What completes a sentence that something else begins."""
    yield content.card.region
    yield from (form.short for form in content.card.forms.values())
    yield from (signal.short for signal in content.card.signals.values())
    for agency in content.card.agencies.values():
        yield from (text for line in agency.at_hand for text in (line.text, line.own) if text)
        for contact in agency.contacts:
            yield from [contact.cost.text] if contact.cost else []
            yield from [contact.hours.text] if contact.hours else []


def questions(content: Content) -> Iterator[str]:
    """What is asked."""
    for question in content.script.questions.values():
        yield from voices(question.text)


CAPITAL, SMALL = r"[A-ZÀ-Ý0-9]", r"[a-zà-ý0-9]"
KINDS = {
    "sentence": (whole_sentences, rf"{CAPITAL}.*[.?!]"),
    "question": (questions, rf"{CAPITAL}.*\?"),
    "label": (labels, rf"{CAPITAL}.*[^.!,;:]"),
    "phrase": (phrases, rf"{SMALL}.*[^.!?,;:]"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_starts_and_ends_as_its_kind_must(content: Content, kind: str) -> None:
    """Prose has a capital and a full stop, a label only the capital, a part of a sentence neither."""
    texts, shape = KINDS[kind]
    found = list(texts(content))
    assert found
    assert [text for text in found if not re.fullmatch(shape, text)] == []


def test_every_text_of_the_content_is_of_some_kind(content: Content) -> None:
    """A field that is added later is sorted into a kind here, or this test names its texts."""
    sorted_in = {text for texts, _ in KINDS.values() for text in texts(content)}
    assert [text for text in content_texts(content) if text not in sorted_in] == []


def test_a_short_signal_is_about_nobody(content: Content) -> None:
    """It completes "omdat je aanvinkte: …" in every voice, so it names neither "iemand" nor "je"."""
    shorts = [signal.short for signal in content.card.signals.values()]
    assert [short for short in shorts if re.search(r"\b(iemand|je|jij|jou|jouw)\b", short, re.IGNORECASE)] == []


def test_who_it_is_about_reads_je(content: Content) -> None:
    """In the wording for oneself nobody is "iemand", but for another person who does something."""
    own = {signal.id: signal.label.self or "" for signal in content.card.signals.values()}
    talked_about = {
        signal: text for signal, text in own.items() if re.search(r"^iemand (?!anders)", text, re.IGNORECASE)
    }
    assert talked_about == {}


def test_every_text_is_clean(content: Content) -> None:
    """No space too many, no straight double quotation marks, no three dots in a row."""
    odd = re.compile(r'^\s|\s$|\s\s|"|\.\.|\s[.,;:?!]')
    assert [text for text in all_texts(content) if odd.search(text)] == []
