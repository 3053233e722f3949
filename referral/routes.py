"""routes.toml and guidance.toml: conditions as a set per fact, and what they bring."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources.abc import Traversable

from referral.entry import Entry, named_parts, read_file
from referral.facts import FORM, FORMS, STRENGTH
from referral.model import (
    SEVERAL_FORMS,
    STRENGTHS,
    UNKNOWN_FORM,
    Agency,
    Block,
    Condition,
    Fact,
    Facts,
    Form,
    Line,
    Route,
    Source,
    Text,
)
from referral.provenance import checked, maybe_text, period, voiced

BLOCK_KINDS = ("do", "dont", "info")

Vocabulary = Mapping[str, tuple[str, ...]]
Agencies = Mapping[str, Agency]
Sources = Mapping[str, Source]


def vocabulary(facts: Mapping[str, Fact], forms: Mapping[str, Form]) -> Vocabulary:
    """Every fact that a condition may name, with its possible values."""
    return {
        **{fact.id: fact.values for fact in facts.values()},
        FORMS: tuple(forms),
        FORM: (*forms, SEVERAL_FORMS, UNKNOWN_FORM),
        STRENGTH: STRENGTHS,
    }


def fits(condition: Condition, facts: Facts) -> bool:
    """Whether all named facts fit: of each, one of the values is known to hold."""
    return all(not values.isdisjoint(facts.get(fact, ())) for fact, values in condition.items())


def read_routes(folder: Traversable, agencies: Agencies, words: Vocabulary, sources: Sources) -> list[Route]:
    """The routes in the order of advice. An id may return with another period, never with one that overlaps."""
    whole = read_file(folder, "routes.toml")
    return whole.finish([_route(entry, agencies, words, sources) for entry in whole.parts("route")])


def _route(entry: Entry, agencies: Agencies, words: Vocabulary, sources: Sources) -> Route:
    identity = entry.text("id")
    entry.name = f"route {identity!r}"
    route = Route(
        id=identity,
        when=_condition(entry, words),
        agencies=_known(entry, "agencies", agencies),
        withholds=_known(entry, "not", agencies),
        why=voiced(entry, "why") if "why" in entry else None,
        catch_all=entry.flag("catch_all"),
        interrupt=entry.flag("interrupt"),
        period=period(entry),
        checked=checked(entry, sources),
    )
    if not route.agencies and not route.withholds:
        raise entry.wrong("brings no agency and withholds none")
    if route.agencies and route.why is None:
        raise entry.wrong("brings an agency but does not say `why`")
    return entry.finish(route)


def _known(entry: Entry, key: str, agencies: Agencies) -> tuple[str, ...]:
    names = entry.texts(key)
    entry.known(key, names, agencies)
    return names


def _condition(entry: Entry, words: Vocabulary) -> Condition:
    table = entry.table("when")
    if table is None:
        return {}
    condition = {}
    for fact, allowed in words.items():
        if fact in table:
            condition[fact] = table.one_of(fact, allowed)
    return table.finish(condition)


def read_guidance(folder: Traversable, agencies: Agencies, words: Vocabulary, sources: Sources) -> list[Block]:
    """The blocks of guidance in the order of the page."""
    whole = read_file(folder, "guidance.toml")
    return whole.finish([_block(i, e, agencies, words, sources) for i, e in named_parts(whole, "block")])


def _block(identity: str, entry: Entry, agencies: Agencies, words: Vocabulary, sources: Sources) -> Block:
    lines = tuple(
        part.finish(Line(Text(part.text("text")), maybe_text(part, "self"), checked(part, sources)))
        for part in entry.parts("line")
    )
    if not lines:
        raise entry.wrong("has no line")
    block = Block(
        id=identity,
        kind=entry.choice("kind", BLOCK_KINDS),
        title=Text(entry.text("title")),
        when=_condition(entry, words),
        with_agency=frozenset(_known(entry, "with_agency", agencies)),
        lines=lines,
    )
    return entry.finish(block)
