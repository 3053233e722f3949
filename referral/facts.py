"""What follows from the answers: the forms of exploitation, the strength, and the facts that values imply.

The rules stand in the design, "How routes combine".
"""

from __future__ import annotations

from collections.abc import Sequence

from referral.model import (
    NONE,
    SEVERAL_FORMS,
    STRENGTHS,
    UNKNOWN_FORM,
    Facts,
    RouteCard,
    Signal,
)

FORMS, FORM, STRENGTH = "vormen", "vorm", "sterkte"
SIGNALS, SETTING, PLACE = "signalen", "omgeving", "gemeente"


def derive(card: RouteCard, answers: Facts) -> dict[str, tuple[str, ...]]:
    """The answers together with everything that follows from them: fact id → values."""
    signals = counting(ticked(card, answers))
    forms = exploitation_forms(card, signals, answers.get(SETTING, ()))
    return {
        **answers,
        FORMS: forms,
        FORM: (forms[0] if len(forms) == 1 else SEVERAL_FORMS if forms else UNKNOWN_FORM,),
        STRENGTH: (strength(signals),),
        **implied(card, answers),
    }


def ticked(card: RouteCard, answers: Facts) -> list[Signal]:
    """The signals that were ticked, in the order of the card."""
    chosen = set(answers.get(SIGNALS, ()))
    return [signal for signal in card.signals.values() if signal.id in chosen] if chosen else []


def counting(signals: Sequence[Signal]) -> Sequence[Signal]:
    """The signals that say something of exploitation: one that counts only in combination needs another that does."""
    telling = [signal for signal in signals if signal.weight != NONE]
    return telling if any(not signal.combination for signal in telling) else ()


def decides(signals: Sequence[Signal]) -> bool:
    """Whether a signal of exactly one form decides, so that nothing is left open."""
    return any(len(signal.forms) == 1 and not signal.combination for signal in signals)


def exploitation_forms(card: RouteCard, signals: Sequence[Signal], setting: tuple[str, ...]) -> tuple[str, ...]:
    """The forms that the signals point to, in the order of the card.

    Signals of exactly one form decide, all together. Without those: the forms that the signals of several forms
    share, narrowed by the form that the setting suggests. A signal of all forms votes for nothing; one that
    counts only in combination votes when nothing else does (decision 0002).
    """
    partial = [signal for signal in signals if len(signal.forms) < len(card.forms)]
    voting = [signal.forms for signal in partial if not signal.combination] or [signal.forms for signal in partial]
    single = {forms[0] for forms in voting if len(forms) == 1}
    if single or not voting:
        return tuple(form for form in card.forms if form in single)
    shared = set(card.forms).intersection(*voting)
    suggested = {card.facts[SETTING].suggests.get(value, "") for value in setting} & shared
    return tuple(form for form in card.forms if form in (suggested or shared))


def strength(signals: Sequence[Signal]) -> str:
    """The weight of the strongest signal: one strong signal routes by itself, nothing is added up."""
    return min((signal.weight for signal in signals), key=STRENGTHS.index, default=NONE)


def implied(card: RouteCard, answers: Facts) -> dict[str, tuple[str, ...]]:
    """The derived facts: of several implied values the one that stands first in the card wins."""
    found: dict[str, set[str]] = {}
    for signal in ticked(card, answers):
        for fact, value in signal.implies.items():
            found.setdefault(fact, set()).add(value)
    for answered, values in answers.items():
        for fact, by_value in card.facts[answered].implies.items():
            found.setdefault(fact, set()).update(by_value[value] for value in values if value in by_value)
    return {
        fact.id: (next((v for v in fact.values if v in found.get(fact.id, ())), fact.default or ""),)
        for fact in card.facts.values()
        if fact.derived
    }
