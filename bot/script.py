"""questions.toml → Script: what is asked, in which order and of whom, checked against the card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable

from referral.entry import Entry, named_parts, read_file
from referral.facts import SETTING
from referral.model import Condition, Fact, Municipality, RouteCard, Signal, Text, Voiced
from referral.provenance import maybe_text, voiced

FILE = "questions.toml"


@dataclass(frozen=True)
class Option:
    """One answer that may be chosen. `place` is set where it is a municipality, `signal` where it is a signal.

    group: the setting under which a signal stands in a long list.
    """

    id: str
    label: Voiced
    signal: Signal | None = None
    place: Municipality | None = None
    group: Voiced | None = None

    def offered(self, on: date) -> bool:
        """Whether it may be chosen on that day: a municipality only while it exists."""
        return self.place is None or self.place.period.holds(on)


@dataclass(frozen=True)
class Question:
    """One question: its wordings, why it is asked, whom it is asked, and its options by id.

    screen: the name that it shares with the neighbours it may stand together with; None where it stands alone.
    preset: whether a page around the dialogue may answer it beforehand.
    """

    id: str
    text: Voiced
    help: Text | None
    several: bool
    optional: bool
    alone: frozenset[str]
    when: Condition
    screen: str | None
    preset: bool
    options: Mapping[str, Option]


@dataclass(frozen=True)
class Script:
    """The questions in order, by id."""

    questions: Mapping[str, Question]

    @property
    def asked(self) -> dict[str, Condition]:
        """The questions that nobody can skip, in order, each with the answers after which it is asked."""
        return {question.id: question.when for question in self.questions.values() if not question.optional}


def load_script(card: RouteCard, folder: Traversable | None = None) -> Script:
    """The script in `folder` (default: the one that comes with the package), checked against the card.

    Raises CardError where a question or option is not a fact of the card, or one of its values has no option.
    """
    whole = read_file(folder or files("bot"), FILE)
    questions: dict[str, Question] = {}
    for identity, entry in named_parts(whole, "question"):
        if identity not in card.facts or card.facts[identity].derived:
            raise entry.wrong("is not a fact of facts.toml that an answer can give")
        question = _question(identity, entry, card, questions)
        _check_place(entry, question, card.facts[identity], list(questions.values()))
        questions[identity] = question
    whole.finish(None)
    missing = [fact.id for fact in card.facts.values() if not fact.derived and fact.id not in questions]
    if missing:
        raise whole.wrong(f"asks nothing about {missing[0]!r}, which is a fact of facts.toml")
    return Script(questions)


def _question(identity: str, entry: Entry, card: RouteCard, earlier: Mapping[str, Question]) -> Question:
    fact = card.facts[identity]
    options = _options(entry, card, earlier)
    _check_options(entry, fact, options)
    question = Question(
        id=identity,
        text=voiced(entry),
        help=maybe_text(entry, "help"),
        several=fact.several,
        optional=entry.flag("optional"),
        alone=fact.alone,
        when=_asked_when(entry, earlier),
        screen=entry.maybe("screen"),
        preset=entry.flag("preset"),
        options=options,
    )
    return entry.finish(question)


def _check_place(entry: Entry, question: Question, fact: Fact, earlier: list[Question]) -> None:
    """Refuses a screen that is not one run of questions, and company or an answer beforehand where a question ends."""
    before = [other.screen for other in earlier]
    if question.screen and question.screen in before[:-1] and question.screen != before[-1]:
        raise entry.wrong(f"stands apart from the other questions of the screen {question.screen!r}")
    if fact.ends and (question.screen or question.preset):
        raise entry.wrong("has an answer that ends the questions: it stands alone, and nobody answers it beforehand")


def _options(entry: Entry, card: RouteCard, earlier: Mapping[str, Question]) -> dict[str, Option]:
    settings = earlier[SETTING].options if SETTING in earlier else {}
    listed: Mapping[str, Callable[[], dict[str, Option]]] = {
        "signals": lambda: {
            s.id: Option(s.id, s.label, signal=s, group=_group(s, card, settings)) for s in card.signals.values()
        },
        "municipalities": lambda: {
            p.id: Option(p.id, Voiced(Text(p.name)), place=p) for p in card.municipalities.values()
        },
    }
    options = listed[entry.choice("options_from", listed)]() if "options_from" in entry else {}
    for identity, part in named_parts(entry, "option"):
        if identity in options:
            raise part.wrong("stands twice")
        options[identity] = Option(identity, part.finish(voiced(part)))
    return options


def _group(signal: Signal, card: RouteCard, settings: Mapping[str, Option]) -> Voiced | None:
    """The first setting of a signal; none for one that is shown first in every setting, such as danger."""
    everywhere = set(card.facts[SETTING].values) - card.facts[SETTING].unknown <= set(signal.settings)
    return None if everywhere or not settings else settings[signal.settings[0]].label


def _check_options(entry: Entry, fact: Fact, options: Mapping[str, Option]) -> None:
    entry.known("option", list(options), fact.values)
    for value in fact.values:
        if value not in options:
            raise entry.wrong(f"has no option for {value!r}, a value of the fact in facts.toml")


def _asked_when(entry: Entry, earlier: Mapping[str, Question]) -> Condition:
    table = entry.table("when")
    if table is None:
        return {}
    condition = {}
    for asked in earlier.values():
        if asked.id in table:
            condition[asked.id] = table.one_of(asked.id, asked.options)
    return table.finish(condition)
