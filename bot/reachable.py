"""Can every rule of the card come true? A route or block whose condition no answers can meet is refused at start.

For each condition a witness is sought: a set of answers that the questions allow and that meets it. What signals
decide depends only on their forms, weight, combination and implications, so one signal of each kind stands for all
of that kind, and only a few kinds together need to be tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from bot.script import Script
from referral.errors import CardError
from referral.facts import FORM, FORMS, SETTING, SIGNALS, STRENGTH, derive
from referral.model import Condition, Facts, RouteCard
from referral.routes import fits

TOGETHER = 3
"""How many kinds of signals are tried together: two forms and a weight from a third."""

FROM_SIGNALS = (SIGNALS, SETTING, FORMS, FORM, STRENGTH)


def check_reachable(card: RouteCard, script: Script) -> None:
    """Raises CardError for the first route or block that can never come true."""
    situations = list(_signal_situations(card))
    for file, kind, rules in (("routes.toml", "route", card.routes), ("guidance.toml", "block", card.guidance)):
        for rule in rules:
            if not any(_holds(card, script, rule.when, a) for a in _tries(card, script, rule.when, situations)):
                raise CardError(file, f"{kind} {rule.id!r}", "can never apply: no answers can meet its condition")


def _holds(card: RouteCard, script: Script, when: Condition, answers: Facts) -> bool:
    """Whether the questions lead to these answers, and the answers meet the condition."""
    ended = False
    for question in script.questions.values():
        if question.id in answers:
            if ended or not fits(question.when, answers):
                return False
            ended = not card.facts[question.id].ends.isdisjoint(answers[question.id])
    return fits(when, derive(card, answers))


def _tries(card: RouteCard, script: Script, when: Condition, situations: list[Facts]) -> Iterator[Facts]:
    """Sets of answers that could meet the condition, the likely ones first."""
    others = _candidates(card, script, when)
    for signals in _signal_tries(card, when, situations):
        for values in itertools.product(*others.values()):
            yield {**signals, **{fact: (value,) for fact, value in zip(others, values, strict=True)}}


def _candidates(card: RouteCard, script: Script, when: Condition) -> dict[str, list[str]]:
    """Of each question that matters besides the signals: the values that could help."""
    found: dict[str, list[str]] = {}
    for question in script.questions.values():
        fact = card.facts[question.id]
        if question.id in FROM_SIGNALS:
            continue
        if question.id in when:
            found[question.id] = [value for value in fact.values if value in when[question.id]]
            for gate, values in question.when.items():
                found.setdefault(gate, sorted(values))
        elif any(derived in when for derived in fact.implies):
            one_each = {tuple(m.get(value) for m in fact.implies.values()): value for value in fact.values}
            found[question.id] = list(one_each.values())
    return found


def _signal_tries(card: RouteCard, when: Condition, situations: list[Facts]) -> Iterable[Facts]:
    """The answers about signals and setting to try: none where the condition does not depend on them."""
    if not any(fact in when for fact in FROM_SIGNALS):
        return [{}]
    settings = [value for value in card.facts[SETTING].values if value in when.get(SETTING, (value,))]
    named = when.get(SIGNALS, frozenset())
    alone = [{SIGNALS: (value,)} for value in named]
    together = ({SIGNALS: (*some[SIGNALS], value)} for value in named for some in situations)
    chosen = [*alone, *(together if named else situations)]
    return ({**signals, SETTING: (setting,)} for signals in chosen for setting in settings)


def _signal_situations(card: RouteCard) -> Iterator[Facts]:
    """Combinations of signals, one of each that no rule about forms, weights and implications tells apart."""
    kinds = {
        (frozenset(s.forms), s.weight, s.combination, tuple(sorted(s.implies.items()))): s.id
        for s in card.signals.values()
    }
    settings = {card.facts[SETTING].suggests.get(value): value for value in card.facts[SETTING].values}
    seen = set()
    for size in range(TOGETHER + 1):
        for chosen in itertools.combinations(kinds.values(), size):
            tried = [derive(card, {SIGNALS: chosen, SETTING: (setting,)}) for setting in settings.values()]
            outcome = tuple(tuple(v for f, v in facts.items() if f not in (SIGNALS, SETTING)) for facts in tried)
            if outcome not in seen:
                seen.add(outcome)
                yield {SIGNALS: chosen}
