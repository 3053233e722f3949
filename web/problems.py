"""Errors as `application/problem+json` (RFC 9457) for programs and as a page for people, in their language."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from bot.conversation import BadAnswer
from locales import COMMON_LANGUAGE, EASY, SOURCE_LANGUAGE, Words, languages, words
from referral.model import Text
from web.running import service

TITLES = {
    400: Text("Dit verzoek klopt niet"),
    404: Text("Deze pagina bestaat niet"),
    405: Text("Dat kan hier niet"),
    413: Text("Dit verzoek is te groot"),
    500: Text("Er ging iets mis bij ons"),
}
DETAILS = {
    404: Text("Kijk of het adres klopt. Of begin opnieuw."),
    405: Text("Dit adres bestaat, maar niet op deze manier."),
    413: Text("Stuur minder in één keer."),
    500: Text("Probeer het opnieuw. Bel bij direct gevaar 112."),
}
UNEXPECTED = Text("Begin opnieuw. Bel bij direct gevaar 112.")

logger = logging.getLogger("meldroute")


class BadRequest(Exception):
    """A request that is not in the form of the contract. problem: a Dutch sentence, the key of its translations."""

    def __init__(self, problem: Text, question: str | None = None, **values: str) -> None:
        super().__init__(problem.format(**values))
        self.problem, self.question, self.values = problem, question, values


def problem(status: int, detail: str, say: Words, question: str | None = None) -> Response:
    """A problem+json answer; `question` names the question that it is about."""
    body = {
        "type": "about:blank",
        "title": say(TITLES.get(status, TITLES[400])),
        "status": status,
        "detail": detail,
        **({"question": question} if question else {}),
    }
    # As ASCII: what was sent may hold half characters, which no other encoding can carry.
    return Response(json.dumps(body), status, content_type="application/problem+json")


def install(app: Flask) -> None:
    """Handles every error of the app. What was sent never reaches a log: it may hold answers."""
    app.register_error_handler(BadRequest, _bad_request)
    app.register_error_handler(BadAnswer, _bad_request)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def asked_words() -> Words:
    """The language of an error: the one that the request named, else one that the browser prefers."""
    return words(request.environ.get("meldroute.language") or preferred_language(languages()))


def preferred_language(offered: Sequence[str]) -> str:
    """The language that the browser asks for; English where it asks for none of ours, Dutch where it asks for none."""
    asked_for = [language for language in offered if language not in EASY]  # easy words are for who chooses them
    match = request.accept_languages.best_match(asked_for)
    if match is None and request.accept_languages and COMMON_LANGUAGE in offered:
        return COMMON_LANGUAGE
    return match or SOURCE_LANGUAGE


def _bad_request(error: BadRequest | BadAnswer) -> Response:
    say = asked_words()
    return _answer(400, say(error.problem, **error.values), say, error.question)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    say = asked_words()
    response = _answer(status, say(DETAILS.get(status, UNEXPECTED)), say)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _unexpected(error: Exception) -> Response:
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    logger.error("unexpected %s at %s", type(error).__name__, where)
    say = asked_words()
    return _answer(500, say(DETAILS[500]), say)


def _answer(status: int, detail: str, say: Words, question: str | None = None) -> Response:
    if request.path.startswith("/api/"):
        return problem(status, detail, say, question)
    title = say(TITLES.get(status, TITLES[400]))
    alarm = service().content.card.alarm_number
    return Response(render_template("error.html", _=say, title=title, detail=detail, alarm=alarm), status)
