"""What points to a person is cut out of a text before anything is made of it: names, numbers, plates, mail addresses.

A name is what follows words like "heet" or "mevrouw", and a word with a capital inside a sentence that is no common
word. It is a guess: it misses names in small letters, and in scripts without capitals where no such word goes before.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Known = Callable[[str], bool]
"""Whether a word is a common one."""

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİĶŁĻĽŃŅŇŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚА-ЯЁІЇЄҐ"
_WORD = rf"[{_UPPER}][^\W\d_{_UPPER}]+(?:['’-][^\W\d_]+)*"
_BETWEEN = r"(?:van|von|de|der|den|del|della|di|da|dos|das|la|le|el|al|bin|ben|ibn|ter|ten|te|'t)"
_NAME = rf"{_WORD}(?:\s+(?:{_BETWEEN}\s+)*{_WORD})*"

_NUMBERS = [
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # mail
    r"(?:https?://|www\.)\S+",  # a page, often of a person
    r"(?<!\S)@\w{3,}",  # an account
    r"(?<!\w)[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?(?!\w)",  # IBAN
    r"(?<![\w+])\+?\(?\d(?:[\s().\-/]{0,2}\d){7,15}(?!\w)",  # telephone, BSN
    r"(?<!\w)[A-Z]{1,3}\d{6,9}(?!\w)|(?<!\w)[A-Z]{2}[A-Z0-9]{6}\d(?!\w)",  # a document
    r"(?i:(?<![\w-])(?=[a-z-]*\d)(?=[\d-]*[a-z])(?:[a-z]{1,3}|\d{1,3})-(?:[a-z]{2,3}|\d{2,3})-(?:[a-z]{1,2}|\d{1,2})"
    r"(?![\w-]))",  # a Dutch plate
    r"(?<!\w)(?:[A-Z]{2}\d{3}[A-Z]|[A-Z]\d{3}[A-Z]{2}|\d{2}[A-Z]{3}\d|\d[A-Z]{3}\d{2}|[A-Z]{3}\d{2}[A-Z]"
    r"|[A-Z]\d{2}[A-Z]{3}|\d[A-Z]{2}\d{3}|\d{3}[A-Z]{2}\d)(?!\w)",  # the same in one piece
    r"(?<!\w)[A-Z]{1,3}\s?\d{4,5}[A-Z]{0,2}(?!\w)",  # a plate from elsewhere
    r"(?i:(?<=kenteken )|(?<=nummerbord )|(?<=number plate )|(?<=license plate ))(?i:is\s+)?(?=\S*\d)\S+",
]
_TITLES = [
    r"meneer|mevrouw|mevr\.?|mw\.?|dhr\.?|de heer|dokter|dr\.?|mr\.?|mrs\.?|ms\.?|miss|sir|oom|tante",
    r"pan|pani|pana|panem|panią|doamna|domnul|dl\.?|señora?|sr\.?|sra\.?|don|doña|senhora?|dona|pak|bu|kak|si|kuya",
    r"пан|пані|пана|господин|госпожа|г-н|г-жа|дядя|тётя",
]
_CALLED = [
    r"heet|heette|heten|genaamd|genoemd|noemt zich|naam is|naam was|ik ben",
    r"named|called|name is|name was|name's|i am|i'm",
    r"nazywa się|nazywam się|ma na imię|mam na imię|imieniem|numește|numele(?: meu)? este|cheamă|pe nume",
    r"se llama|me llamo|llamad[oa]|se chama|me chamo|chamad[oa]|chamo-me|chama-se|hívják|a nevem",
    r"pangalan(?: niya| ko)? ay|bernama|namanya|nama saya",
    r"зовут|звати|звуть|казва се|казвам се|по имени|на ім'я|на име",
]
_CALLED_ANYHOW = r"heet|heette|my name is|(?:her|his) name is|genaamd|naam is|bernama|namanya|اسمه|اسمها|اسمي"
"""After these a name stands also without a capital, unless it is a common word."""
_CHINESE = r"(?:名字(?:是|叫)|名叫)[\u4e00-\u9fff]{1,4}"

_CUT = [re.compile(pattern) for pattern in [*_NUMBERS, _CHINESE]]
_AFTER_CUE = [
    re.compile(rf"(?<!\w)(?P<cue>(?i:{'|'.join(_TITLES + _CALLED)})[:,]?\s+)(?P<name>{_NAME})"),
    re.compile(rf"(?<!\w)(?P<cue>(?i:{_CALLED_ANYHOW})[:,]?\s+)(?P<name>[^\W\d_]{{2,}})"),
]
_INSIDE = re.compile(rf"(?<=[\w,;:)'’])(?P<cue>\s+)(?P<name>(?:{_BETWEEN}\s+)?{_NAME})(?!\w)")
MOSTLY = 0.5
"""Where a larger share of the words than this has a capital, a capital says nothing."""


def withhold(text: str, known: Known) -> tuple[str, bool]:
    """The text without what points to a person, and whether anything was cut."""
    kept = text
    for pattern in _CUT:
        kept = pattern.sub(" ", kept)
    for pattern in _AFTER_CUE if _capitals_say_something(kept) else _AFTER_CUE[1:]:
        kept = pattern.sub(lambda found: found["cue"] + _without_names(found["name"], known), kept)
    if _capitals_say_something(kept):
        kept = _INSIDE.sub(lambda found: found["cue"] + _without_names(found["name"], known), kept)
    return kept, kept != text


def _without_names(run: str, known: Known) -> str:
    """A run of words less the names, which are no common words; of names, what stands between goes with them."""
    words = run.split()
    if all(known(word) for word in words):
        return run
    return " ".join(word for word in words if known(word) and word[0].isupper())


def _capitals_say_something(text: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 1]
    return len(words) < 4 or sum(word[0].isupper() for word in words) <= MOSTLY * len(words)
