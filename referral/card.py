"""content/*.toml → RouteCard: read once, checked, and refused as a whole when one entry could lose a report."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from referral.agencies import read_agencies, read_local_contacts
from referral.checks import check_card
from referral.entry import Entry, named_parts, read_file
from referral.model import Agency, Form, RouteCard, Source, Text
from referral.routes import read_guidance, read_routes, vocabulary
from referral.situation import read_derived, read_facts, read_municipalities, read_signals

LAUNCH_FIELDS = ("operator", "contact", "privacy_statement")


def content_folder() -> Traversable:
    """The folder with the card that comes with the package."""
    return files("referral") / "content"


def load_card(folder: Traversable | None = None) -> RouteCard:
    """The card in `folder` (default: the one that comes with the package).

    Raises CardError(file, entry, what is wrong) at the first entry that is wrong.
    """
    folder = folder or content_folder()
    sources = _read_sources(folder)
    whole = read_file(folder, "card.toml")
    forms = {i: e.finish(Form(i, Text(e.text("short")))) for i, e in named_parts(whole, "form")}
    municipalities, places_checked = read_municipalities(folder, sources)
    derived = read_derived(folder)
    signals = read_signals(folder, forms, derived, sources)
    lists = {"signals": tuple(signals), "municipalities": tuple(municipalities)}
    facts = read_facts(folder, lists, derived) | derived
    agencies = dict(read_agencies(folder, sources))
    words = vocabulary(facts, forms)
    card = RouteCard(
        version=whole.text("version"),
        region=Text(whole.text("region")),
        alarm=whole.choice("alarm", agencies),
        advice_line=whole.choice("advice_line", agencies),
        beside_advised=_agencies(whole, "beside_advised", agencies),
        beside=_agencies(whole, "beside", agencies),
        check_after_days=whole.take("check_after_days", int),
        launch=_launch(whole),
        forms=forms,
        facts=facts,
        signals=signals,
        agencies=agencies,
        local_contacts=read_local_contacts(folder, agencies, municipalities, sources),
        municipalities=municipalities,
        places_checked=places_checked,
        routes=tuple(read_routes(folder, agencies, words, sources)),
        guidance=tuple(read_guidance(folder, agencies, words, sources)),
        sources=sources,
    )
    check_card(card)
    return whole.finish(card)


def _launch(whole: Entry) -> dict[str, str]:
    """What the operator fills in before going live; a field may be empty until then, never left out."""
    fields = whole.mapping("launch")
    missing, unknown = set(LAUNCH_FIELDS) - fields.keys(), fields.keys() - set(LAUNCH_FIELDS)
    if missing:
        raise whole.wrong(f"`launch` lacks `{min(missing)}`: leave it empty until it is known")
    if unknown:
        raise whole.wrong(f"`launch` does not know the key `{min(unknown)}`")
    return {field: str(fields[field]).strip() for field in LAUNCH_FIELDS}


def _agencies(entry: Entry, key: str, agencies: dict[str, Agency]) -> tuple[str, ...]:
    names = entry.texts(key)
    entry.known(key, names, agencies)
    return names


def _read_sources(folder: Traversable) -> dict[str, Source]:
    whole = read_file(folder, "sources.toml")
    return whole.finish(
        {
            i: e.finish(Source(i, e.text("title"), e.maybe("url"), e.maybe("date")))
            for i, e in named_parts(whole, "source")
        }
    )
