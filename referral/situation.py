"""What can be known and noticed: facts.toml, signals.toml and municipalities.toml."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources.abc import Traversable

from referral.entry import Entry, named_parts, read_file
from referral.model import WEIGHTS, Checked, Fact, Form, Municipality, Signal, Source, Text
from referral.provenance import checked, period, voiced

ALL_FORMS = "alle"
EVERY_LISTED = "*"

Derived = Mapping[str, Fact]
Lists = Mapping[str, tuple[str, ...]]


def read_municipalities(folder: Traversable, sources: Mapping[str, Source]) -> tuple[dict[str, Municipality], Checked]:
    """Every municipality that the region has or had, and where the list comes from."""
    whole = read_file(folder, "municipalities.toml")
    origin = checked(whole, sources)
    found = {
        i: e.finish(Municipality(i, e.text("name"), e.text("area"), period(e), e.maybe("successor")))
        for i, e in named_parts(whole, "municipality")
    }
    return whole.finish((found, origin))


def read_derived(folder: Traversable) -> dict[str, Fact]:
    """The facts that follow from answers and signals; their values in the order in which they win."""
    return {i: _derived(i, e) for i, e in named_parts(read_file(folder, "facts.toml"), "derived")}


def _derived(identity: str, entry: Entry) -> Fact:
    values, unknown = entry.texts("values"), entry.texts("unknown")
    entry.known("unknown", unknown, values)
    default = entry.choice("default", values)
    return entry.finish(Fact(identity, values, frozenset(unknown), derived=True, default=default))


def read_facts(folder: Traversable, lists: Lists, derived: Derived) -> dict[str, Fact]:
    """The facts that answers give; `lists` are the values that come from elsewhere in the card."""
    whole = read_file(folder, "facts.toml")
    whole.take("derived", list, [])
    return whole.finish({i: _fact(i, e, lists, derived) for i, e in named_parts(whole, "fact")})


def _fact(identity: str, entry: Entry, lists: Lists, derived: Derived) -> Fact:
    listed = lists[entry.choice("values_from", lists)] if "values_from" in entry else ()
    values = (*listed, *entry.texts("values"))
    unknown, alone = entry.texts("unknown"), entry.texts("alone")
    entry.known("unknown", unknown, values)
    entry.known("alone", alone, values)
    ends = entry.words("ends")
    entry.known("ends", [*ends, *ends.values()], values)
    implies = _implied_by_values(entry, values, listed, derived)
    suggests = entry.words("suggests")
    entry.known("suggests", list(suggests), values)
    voices = entry.mapping("voices")
    entry.known("voices", list(voices), values)
    oneself = entry.texts("oneself")
    entry.known("oneself", oneself, values)
    fact = Fact(
        id=identity,
        values=values,
        unknown=frozenset(unknown),
        several=entry.flag("several"),
        alone=frozenset(alone),
        ends=ends,
        oneself=frozenset(oneself),
        voices=voices,
        implies=implies,
        suggests=suggests,
    )
    return entry.finish(fact)


def _implied_by_values(
    entry: Entry, values: tuple[str, ...], listed: tuple[str, ...], derived: Derived
) -> dict[str, dict[str, str]]:
    """Derived fact → value of this fact → what that implies; "*" stands for every value of the list."""
    implies: dict[str, dict[str, str]] = {}
    part = entry.table("implies") or Entry(entry.file, entry.name, {})
    for derived_id, fact in derived.items():
        by_value = part.words(derived_id)
        entry.known("implies", list(by_value.values()), fact.values)
        if listed and EVERY_LISTED in by_value:
            by_value = dict.fromkeys(listed, by_value.pop(EVERY_LISTED)) | by_value
        entry.known("implies", list(by_value), values)
        if by_value:
            implies[derived_id] = by_value
    return part.finish(implies)


def read_signals(
    folder: Traversable, forms: Mapping[str, Form], derived: Derived, sources: Mapping[str, Source]
) -> dict[str, Signal]:
    """Every signal of the card by its id, in the order of the file."""
    whole = read_file(folder, "signals.toml")
    return whole.finish({i: _signal(i, e, forms, derived, sources) for i, e in named_parts(whole, "signal")})


def _signal(
    identity: str, entry: Entry, forms: Mapping[str, Form], derived: Derived, sources: Mapping[str, Source]
) -> Signal:
    named = entry.texts("forms")
    entry.known("forms", named, [*forms, ALL_FORMS])
    if not named:
        raise entry.wrong('has no form: name at least one in `forms`, or "alle"')
    implies = entry.words("implies")
    entry.known("implies", list(implies), derived)
    for fact, value in implies.items():
        entry.known("implies", [value], derived[fact].values)
    signal = Signal(
        id=identity,
        forms=tuple(forms) if ALL_FORMS in named else named,
        weight=entry.choice("weight", WEIGHTS),
        combination=entry.flag("combination"),
        indication=entry.take("indication", int, None),
        settings=entry.texts("settings"),
        implies=implies,
        short=Text(entry.text("short")),
        label=voiced(entry),
        checked=checked(entry, sources),
    )
    return entry.finish(signal)
