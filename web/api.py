"""The door for programs: POST /api/v1/turns and the description of it."""

from __future__ import annotations

import datetime
import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, current_app, request

from bot.conversation import Turn
from bot.script import Question
from bot.wording import AUDIENCES, Voice, question_data, turn_data, voice_of
from locales import words
from referral.facts import SETTING
from referral.model import Text
from web.problems import BadRequest
from web.service import Service, Taken

api = Blueprint("api", __name__, url_prefix="/api/v1")

TICKET_LENGTH = 200
VERSION = {"API-Version": "1.0.0"}


def service() -> Service:
    """The service of the running app."""
    found: Service = current_app.extensions["meldroute"]
    return found


@api.post("/turns")
def turns() -> Response:
    """Takes one turn: answers in, the next question or the referral out."""
    body = _body()
    language = _one_of(body, "language", service().settings.languages, "nl")
    request.environ["meldroute.language"] = language
    audience = _one_of(body, "audience", AUDIENCES, "public")
    taken = service().take(_answers(body), _ticket(body), language)
    return Response(_as_json(taken, language, audience), content_type="application/json", headers=VERSION)


@api.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.0.3 description of this interface."""
    text = (files("web") / "openapi.json").read_text(encoding="utf-8")
    return Response(text, content_type="application/json", headers=VERSION)


def _body() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise BadRequest(Text("Zet de header Content-Type op application/json."))
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise BadRequest(Text("Dit is geen geldige JSON.")) from error
    if not isinstance(body, dict):
        raise BadRequest(Text("Stuur een JSON-object met ten minste “answers”."))
    return body


def _one_of(body: dict[str, Any], key: str, allowed: tuple[str, ...], default: str) -> str:
    value = body.get(key, default)
    if not isinstance(value, str) or value not in allowed:
        raise BadRequest(Text("“{key}” moet een van deze zijn: {allowed}."), key=key, allowed=", ".join(allowed))
    return value


def _ticket(body: dict[str, Any]) -> str:
    value = body.get("ticket") or ""
    if not isinstance(value, str) or len(value) > TICKET_LENGTH:
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
    """The answer of the contract. The question, its largest part, is the same for everybody and so kept as text."""
    now = service().settings.now()
    turn = taken.turn
    data = turn_data(turn, words(language), audience, now) | {"counted": taken.counted, "ticket": taken.ticket}
    if turn.question is None:
        return json.dumps(data, ensure_ascii=False)
    return json.dumps(data, ensure_ascii=False)


