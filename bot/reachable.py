"""Can every rule of the card come true? A route or block whose condition no answers can meet is refused at start.

For each condition a witness is sought: a set of answers that the questions allow and that meets it. What signals
decide depends only on their forms, weight, combination and implications, so one signal of each kind stands for all
of that kind, and only a few kinds together need to be tried.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator

from bot.conversation import ended_by
from bot.script import Script
from referral.errors import CardError
from referral.facts import FORM, FORMS, SETTING, SIGNALS, STRENGTH, derive
from referral.model import ACUTE, Condition, Facts, Period, RouteCard
from referral.route import refer
from referral.routes import fits

TOGETHER = 3
"""How many kinds of signals are tried together: two forms and a weight from a third."""

FROM_SIGNALS = (SIGNALS, SETTING, FORMS, FORM, STRENGTH)


def check_reachable(card: RouteCard, script: Script) -> None:
    """Raises CardError for the first route or block that can never come true."""
    situations = list(_signal_situations(card))
    routes = [("routes.toml", f"route {route.id!r}", route.when, route.period) for route in card.routes]
    blocks = [("guidance.toml", f"block {block.id!r}", block.when, Period()) for block in card.guidance]
    for file, entry, when, period in [*routes, *blocks]:
        if not any(_holds(card, script, when, a) for a in _tries(card, script, when, period, situations)):
            raise CardError(file, entry, "can never apply: no answers can meet its condition")


def check_alarm(card: RouteCard, on: datetime.date) -> None:
    """Raises CardError where an ending answer or an acute signal does not lead to the alarm first, on that day."""
    ending = [{fact.id: (value,)} for fact in card.facts.values() for value in fact.ends]
    acute = [{SIGNALS: (signal.id,)} for signal in card.signals.values() if signal.weight == ACUTE]
    for answers in (*ending, *acute):
        first = refer(card, answers, on).agencies[0].agency.id
        if first != card.alarm:
            said = ", ".join(f"{fact} = {values[0]}" for fact, values in answers.items())
            raise CardError("routes.toml", "the file", f"{said} leads to {first!r} first, not to {card.alarm!r}")


def _holds(card: RouteCard, script: Script, when: Condition, answers: Facts) -> bool:
    """Whether the condition is met by those of the answers that the questions come to."""
    accepted: dict[str, tuple[str, ...]] = {}
    for question in script.questions.values():
        if question.id in answers and fits(question.when, accepted) and not ended_by(card, accepted):
            accepted[question.id] = answers[question.id]
    return fits(when, derive(card, accepted))


def _tries(
    card: RouteCard, script: Script, when: Condition, period: Period, situations: list[Facts]
) -> Iterator[Facts]:
    """Sets of answers that could meet the condition, the likely ones first."""
    others = _candidates(card, script, when, period)
    for signals in _signal_tries(card, when, situations):
        for values in itertools.product(*others.values()):
            yield {**signals, **{fact: (value,) for fact, value in zip(others, values, strict=True)}}


def _candidates(card: RouteCard, script: Script, when: Condition, period: Period) -> dict[str, list[str]]:
    """Of each question that matters besides the signals: the values that could help in the days of the rule."""
    found: dict[str, list[str]] = {}
    for question in script.questions.values():
        fact = card.facts[question.id]
        offered = [o.id for o in question.options.values() if o.place is None or o.place.period.meets(period)]
        if question.id in FROM_SIGNALS:
            continue
        if question.id in when:
            found[question.id] = [value for value in offered if value in when[question.id]]
            for gate, values in question.when.items():
                found.setdefault(gate, sorted(values))
        elif any(derived in when for derived in fact.implies):
            one_each = {tuple(m.get(value) for m in fact.implies.values()): value for value in offered}
            found[question.id] = list(one_each.values())
    return found


def _signal_tries(card: RouteCard, when: Condition, situations: list[Facts]) -> Iterable[Facts]:
    """The answers about signals and setting to try: none where the condition does not depend on them."""
    implied = {fact for signal in card.signals.values() for fact in signal.implies}
    if when.keys().isdisjoint({*FROM_SIGNALS, *implied}):
        return [{}]
    settings = [value for value in card.facts[SETTING].values if value in when.get(SETTING, (value,))]
    named = when.get(SIGNALS, frozenset())
    alone = [{SIGNALS: (value,)} for value in named]
    beside_others = named - card.facts[SIGNALS].alone
    together = ({SIGNALS: (*some[SIGNALS], value)} for value in beside_others for some in situations)
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
