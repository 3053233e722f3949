"""What somebody takes along from a referral: the note for professionals, and the route without the answers.

Both are made for the one request that asks for them. Nothing is kept or counted, and the young voice gets neither:
a paper or a file can be found.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask.blueprints import BlueprintSetupState

from bot.conversation import Turn
from bot.wording import Voice
from locales import Words, words
from referral.model import Referral, Text
from web.form import read_form, voice_for
from web.paper import Manner, Paper, note_data, route_data, route_text
from web.pdf import HAS_PDF, Busy, NotMade, pdf
from web.running import service

note = Blueprint("note", __name__)
logger = logging.getLogger("meldroute")

FOR_THE_NOTE = frozenset({"professional"})
FOR_THE_ROUTE = frozenset({"professional", "public"})
"""The audiences that may take something along."""

PATIENCE = 5
"""Seconds for a PDF, which takes a tenth of one."""

NOT_HERE = Text("Dat kan hier niet")
NO_NOTE = Text(
    "Een notitie is er alleen voor wie dit vanuit het werk vraagt. "
    "Sluit dit venster, en schrijf op wat je nodig hebt uit je advies."
)
NO_SHARING = Text("Sluit dit venster, en schrijf op wat je nodig hebt uit je advies.")
STILL_OPEN = Text("Beantwoord eerst de vragen. Daarna kan dit wel.")
NO_PDF = Text("Een PDF maken lukt hier niet")
PRINT_INSTEAD = Text("Open de notitie en print die. Vaak kun je daar ook kiezen voor opslaan als PDF.")


class Refused(Exception):
    """What was asked for is not given. title, detail: what the person reads."""

    def __init__(self, status: int, title: Text, detail: Text) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail


@dataclass(frozen=True)
class Outcome:
    """The referral of a form, and how it is said."""

    turn: Turn
    referral: Referral
    say: Words
    voice: Voice


@note.record
def _tell_the_operator(_: BlueprintSetupState) -> None:
    """At start, not when somebody asks for a PDF: a line in the log would date a visit."""
    if not HAS_PDF:
        logger.info("notes can be printed; for notes as PDF install the extra: meldroute[pdf]")


@note.post("/note")
def view() -> str:
    """The note as a page to print."""
    outcome = _outcome(FOR_THE_NOTE, NO_NOTE)
    return render_template("note.html", _=outcome.say, words=outcome.say, note=_note(outcome), alarm=_alarm())


@note.post("/note.pdf")
def download() -> Response:
    """The note as a PDF, made in memory."""
    outcome = _outcome(FOR_THE_NOTE, NO_NOTE)
    response = Response(_pdf(_note(outcome)), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="notitie.pdf"'
    return response


@note.post("/share")
def share() -> str:
    """The route to pass on, as a page to print: agencies and how to reach them, nothing of the answers."""
    outcome = _outcome(FOR_THE_ROUTE, NO_SHARING)
    agencies = [advice.agency.id for advice in outcome.referral.agencies]
    route = route_data(service().content.card, agencies, outcome.say, service().settings.now())
    return render_template("route.html", _=outcome.say, words=outcome.say, route=route, alarm=_alarm())


@note.app_template_global()
def text_to_share(agencies: Collection[Mapping[str, str]], say: Words) -> str:
    """The route to pass on as plain text. Of the agencies of a page it takes their ids and nothing else."""
    ids = [agency["id"] for agency in agencies]
    return route_text(route_data(service().content.card, ids, say, service().settings.now()), say)


@note.app_template_global()
def has_pdf() -> bool:
    """Whether this installation can make a PDF."""
    return HAS_PDF


@note.errorhandler(Refused)
def _refused(refused: Refused) -> tuple[str, int]:
    language: str = request.environ["meldroute.language"]
    say = words(language)
    title, detail = say(refused.title), say(refused.detail)
    return render_template("error.html", _=say, title=title, detail=detail, alarm=_alarm()), refused.status


def _outcome(audiences: Collection[str], refusal: Text) -> Outcome:
    """The referral that the posted answers lead to; nothing is counted.

    Raises Refused where it is for another audience or a question is open, BadRequest and BadAnswer as a page does.
    """
    languages = service().settings.languages
    if request.form.get("taal") in languages:
        request.environ["meldroute.language"] = request.form["taal"]
    form = read_form(request.form, languages)
    request.environ["meldroute.language"] = form.language
    turn = service().take(form.answers, form.ticket, form.language, count=False).turn
    voice = voice_for(form, turn)
    if voice["audience"] not in audiences:
        raise Refused(400, NOT_HERE, refusal)
    if turn.referral is None:
        raise Refused(400, NOT_HERE, STILL_OPEN)
    return Outcome(turn, turn.referral, words(form.language), voice)


def _note(outcome: Outcome) -> Paper:
    manner = Manner(outcome.say, outcome.voice, service().settings.now())
    return note_data(service().content, outcome.turn.accepted, outcome.referral, manner)


def _pdf(made: Paper) -> bytes:
    """The note as a PDF. Raises Refused where that fails or the library is not there."""
    try:
        return pdf("note", made, PATIENCE)
    except Busy:
        raise Refused(503, NO_PDF, PRINT_INSTEAD) from None
    except NotMade:
        raise Refused(501, NO_PDF, PRINT_INSTEAD) from None


def _alarm() -> str:
    return service().content.card.alarm_number
