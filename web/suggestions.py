"""Typed sentences: a person tells in their own words what they see, a model proposes signals, the person ticks them.

The text is read once, inside this process. It is stored nowhere, logged nowhere and never sent back: what leaves this
module is ids of signals and agencies. It changes no answer. docs/typed-text.md tells the rest.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import MultiDict

from bot.conversation import Turn
from bot.screens import asked_together
from bot.typed import Found as Found
from bot.typed import labels, may_type, read
from bot.understanding import LONGEST
from bot.wording import AUDIENCES, Voice, agency_data
from locales import SOURCE_LANGUAGE, words
from referral.facts import SIGNALS
from referral.model import Text
from web.api import VERSION, body_of, one_of
from web.form import ANYBODY, NEXT, TYPED, Form, replayed, voice_for, without
from web.problems import BadRequest
from web.running import service

suggestions = Blueprint("suggestions", __name__)

FIELD = "tekst"


@suggestions.post("/api/v1/suggestions")
def suggest() -> Response:
    """Proposes signals for a typed text, for a program that has a person confirm them."""
    if not service().settings.typed_text:
        abort(404)
    body = body_of()
    language = one_of(body, "language", service().settings.languages, SOURCE_LANGUAGE)
    request.environ["meldroute.language"] = language
    audience = one_of(body, "audience", AUDIENCES, ANYBODY)
    if not may_type(service(), audience):
        abort(404)
    found = read(service(), _text(body))
    sure = {signal.id: round(confidence, 3) for signal, confidence in found.signals}
    told = labels((s for s, _ in found.signals), words(language), Voice(audience=audience, oneself=False))
    data = {
        "signals": [{"id": signal, "label": label, "confidence": sure[signal]} for signal, label in told.items()],
        "urgent": [agency.id for agency in found.urgent],
        "withheld": found.withheld,
    }
    return Response(json.dumps(data, ensure_ascii=False), content_type="application/json", headers=VERSION)


def _text(body: dict[str, Any]) -> str:
    value = body.get("text")
    if not isinstance(value, str):
        raise BadRequest(Text("“text” moet een tekst zijn."))
    return value


def has_field(form: Form, turn: Turn | None) -> bool:
    """Whether the page of a turn has the field: it asks for signals, in a voice in which a person may type."""
    if turn is None:
        return False
    voice = voice_for(form, turn)
    asked = asked_together(service().content.script, turn, voice)
    return may_type(service(), voice["audience"]) and SIGNALS in [question.id for question in asked]


def found_by(form: Form, fields: MultiDict[str, str]) -> Found | None:
    """What came of the text that a page sent; None where nobody asks, or may, or there is nothing new to show.

    Who goes on with a text in the field asks too, so that what somebody typed is never passed over in silence.
    """
    text, ticked = fields.get(FIELD, ""), form.answers.get(SIGNALS, [])
    if form.action not in (TYPED, NEXT) or (form.action == NEXT and not text.strip()):
        return None
    if SIGNALS not in form.present or not has_field(form, replayed(without(form.answers, form.present))):
        return None
    found = read(service(), text)
    new = found.urgent or not ticked or set(found.ids) - set(ticked)
    return found if new or form.action == TYPED else None


def on_page(form: Form, turn: Turn, page: Mapping[str, Any], found: Found | None) -> dict[str, Any]:
    """What typing adds to the page of a turn, by the names of its templates: nothing where nobody may type.

    page: what the templates get without it. Proposed signals go from the options of their question to the proposals.
    """
    voice, settings = voice_for(form, turn), service().settings
    if not may_type(service(), voice["audience"]):
        return {}
    typing = {"typing": True, "typed": SIGNALS if has_field(form, turn) else "", "longest": LONGEST}
    if found is None or not typing["typed"]:
        return typing
    say, now = words(form.language), settings.now()
    urgent = [agency_data(agency, say, voice, now) for agency in found.urgent if agency not in turn.urgent]
    options = {o["id"]: o for q in page["questions"] if q["id"] == SIGNALS for o in q["options"]}
    return typing | {
        "found": found,
        "proposed": [options[signal] for signal in found.ids if signal in options],
        "questions": [_without(q, found.ids) if q["id"] == SIGNALS else q for q in page["questions"]],
        "focused": page["focused"] if page["error"] else "",
        "urgent": [*urgent, *page["urgent"]],
    }


def _without(question: Mapping[str, Any], ids: Collection[str]) -> dict[str, Any]:
    return {**question, "options": [option for option in question["options"] if option["id"] not in ids]}
