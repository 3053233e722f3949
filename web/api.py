"""The door for programs: POST /api/v1/turns and the description of it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, request

from bot.wording import AUDIENCES, question_data, turn_data, voice_of
from locales import SOURCE_LANGUAGE, words
from referral.facts import SETTING
from referral.model import Text
from web.problems import BadRequest
from web.running import service
from web.service import Taken
from web.uncounted import asked_not_to_count

api = Blueprint("api", __name__, url_prefix="/api/v1")

TICKET_LENGTH = 200
MOST_KEPT = 2000
"""Questions kept as JSON: more than there are of question, language, voice and setting together on one day."""
VERSION = {"API-Version": "1.0.0"}


@api.post("/turns")
def turns() -> Response:
    """Takes one turn: answers in, the next question or the referral out."""
    body = body_of()
    language = one_of(body, "language", service().settings.languages, SOURCE_LANGUAGE)
    request.environ["meldroute.language"] = language
    audience = one_of(body, "audience", AUDIENCES, "public")
    taken = service().take(_answers(body), _ticket(body), language, count=not asked_not_to_count())
    return Response(_as_json(taken, language, audience), content_type="application/json", headers=VERSION)


@api.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.0.3 description of this interface."""
    text = (files("web") / "openapi.json").read_text(encoding="utf-8")
    return Response(text, content_type="application/json", headers=VERSION)


def body_of() -> dict[str, Any]:
    """The JSON object of the request. Raises BadRequest."""
    if request.mimetype != "application/json":
        raise BadRequest(Text("Zet de header Content-Type op application/json."))
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise BadRequest(Text("Dit is geen geldige JSON.")) from error
    if not isinstance(body, dict):
        raise BadRequest(Text("Stuur een JSON-object met ten minste “answers”."))
    return body


def one_of(body: dict[str, Any], key: str, allowed: tuple[str, ...], default: str) -> str:
    """A text of the body that must be one of some. Raises BadRequest."""
    value = body.get(key, default)
    if not isinstance(value, str) or value not in allowed:
        raise BadRequest(Text("“{key}” moet een van deze zijn: {allowed}."), key=key, allowed=", ".join(allowed))
    return value


def _ticket(body: dict[str, Any]) -> str:
    value = body.get("ticket") or ""
    if not isinstance(value, str) or len(value) > TICKET_LENGTH or not value.isascii():
        raise BadRequest(Text("“ticket” moet de tekst zijn die bij de vorige vraag terugkwam."))
    return value


def _answers(body: dict[str, Any]) -> dict[str, list[str]]:
    answers = body.get("answers", {})
    if not isinstance(answers, dict):
        raise BadRequest(Text("“answers” moet een object zijn: vraag → lijst van antwoorden."))
    for question, chosen in answers.items():
        if not isinstance(chosen, list) or not all(isinstance(value, str) for value in chosen):
            raise BadRequest(Text("Stuur de antwoorden op een vraag als een lijst van teksten."), question)
    return answers


def _as_json(taken: Taken, language: str, audience: str) -> str:
    """The answer of the contract. A question is its largest part and the same for many: its JSON is made once."""
    turn, now = taken.turn, service().settings.now()
    data = turn_data(turn, words(language), audience, now, question=False)
    data |= {"counted": taken.counted, "ticket": taken.ticket}
    text = json.dumps(data, ensure_ascii=False)
    if turn.question is None:
        return text
    voice = voice_of(audience, turn)
    key = (turn.question.id, language, audience, voice["oneself"], turn.accepted.get(SETTING), now.date())
    kept = service().kept_json
    made = kept.get(key)
    if made is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        asked = question_data(turn.question, turn.accepted, words(language), voice, now.date())
        made = kept[key] = json.dumps(asked, ensure_ascii=False)
    return f'{text[:-1]}, "question": {made}}}'
