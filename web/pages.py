"""The door for people: the dialogue as plain HTML forms at `/`. Nothing of an answer ever stands in the address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from bot.conversation import Answers, BadAnswer, Turn, ended_by
from bot.wording import AUDIENCES, Voice, agency_data, question_data, referral_data, spoken, voice_of
from locales import Words, words
from web.form import (
    BACK,
    CHANGE,
    GO_ON,
    LANGUAGE,
    NEXT,
    PICK_PREFIX,
    PREFIX,
    RESTART,
    SKIP,
    Form,
    before,
    read_form,
    without,
)
from web.problems import preferred_language
from web.running import service
from web.service import Taken

pages = Blueprint("pages", __name__)

FRAGMENT_HEADER = "Meldroute-Fragment"
ANYBODY = "public"


@pages.get("/")
def start() -> str:
    """The first page: what this is, 112, and the first question."""
    languages = service().settings.languages
    asked = request.args.get("taal") or preferred_language(languages)
    audience = request.args.get("voor", "")
    form = Form(
        answers={},
        picks={},
        present="",
        action=RESTART,
        target="",
        language=asked if asked in languages else languages[0],
        audience=audience if audience in AUDIENCES else ANYBODY,
        ticket="",
        counted=False,
    )
    return _show(form, service().take({}, "", form.language), form.answers)


@pages.post("/")
def step() -> str:
    """One step of the dialogue: on, back, change an answer, another language, or from the start."""
    languages = service().settings.languages
    if request.form.get("taal") in languages:
        request.environ["meldroute.language"] = request.form["taal"]
    form = read_form(request.form, languages)
    request.environ["meldroute.language"] = form.language
    answers, picked = _asked_for(form)
    errors: dict[str, str] = {}
    while True:
        try:
            taken = service().take(answers, form.ticket, form.language, count=not form.counted)
        except BadAnswer as bad:
            # Whatever is wrong, only that answer is lost: its question comes again and says why.
            answers = without(answers, bad.question)
            # What is said about a question that does not exist has no place of its own: it stands at the present one.
            place = bad.question if bad.question in service().content.script.questions else ""
            errors[place] = words(form.language)(bad.problem, **bad.values)
        else:
            asked = taken.turn.question
            return _show(form, taken, picked, errors.get(asked.id) or errors.get("", "") if asked else "")


def _asked_for(form: Form) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The answers that a button leaves standing, and what to show as chosen already."""
    others = without(form.answers, form.present)
    picks = form.picks | form.answers
    if form.action == RESTART:
        return {}, {}
    if form.action == SKIP:
        return {**others, form.present: []}, picks
    if form.action == BACK:
        earlier = before(service().content.script, others, form.present)
        return dict(list(earlier.items())[:-1]), picks
    if form.action == CHANGE:
        return without(others, form.target), picks
    if form.action == LANGUAGE:
        return others, picks
    if form.action == GO_ON:
        return _going_on(form), picks
    return {**({form.present: []} if form.present else {}), **form.answers}, picks


def _going_on(form: Form) -> dict[str, list[str]]:
    """The answers of somebody who goes on after an answer that ended the questions: the card says under which."""
    fact = service().content.card.facts.get(form.target)
    if fact is None:
        return form.answers
    return {**form.answers, fact.id: [fact.ends.get(value, value) for value in form.answers.get(fact.id, [])]}


def _show(form: Form, taken: Taken, picked: Answers, error: str = "") -> str:
    """The page of a turn, or only its changing part where our own script asked for that."""
    part = request.headers.get(FRAGMENT_HEADER) == "1"
    context = _frame(form, taken, error) | _body(form, taken.turn, picked) | _kept(taken.turn, picked)
    return render_template("dialogue.html" if part else "page.html", **context)


def _voice(form: Form, turn: Turn) -> Voice:
    """The voice that the page was asked for; where it was asked for none, the one that an answer suggests."""
    return voice_of(turn.voice or form.audience if form.audience == ANYBODY else form.audience, turn)


def _kept(turn: Turn, picked: Answers) -> dict[str, Any]:
    """What was chosen before and is neither answered nor asked now: it travels along, to be shown as chosen."""
    present = turn.question.id if turn.question else ""
    answered = {*turn.accepted, *turn.waiting, present}
    return {"pick_prefix": PICK_PREFIX, "picks": {q: chosen for q, chosen in picked.items() if q not in answered}}


def _frame(form: Form, taken: Taken, error: str) -> dict[str, Any]:
    """What every page has: the words, the state in hidden fields, 112, the answers so far."""
    say, turn, content = words(form.language), taken.turn, service().content
    now = service().settings.now()
    voice = _voice(form, turn)
    lost = [q for q in turn.dropped if q not in turn.waiting] if form.action in (NEXT, CHANGE) else []
    return {
        "_": say,
        "words": say,
        "form": form,
        "prefix": PREFIX,
        "languages": [(code, words(code).name()) for code in service().settings.languages],
        "ticket": taken.ticket,
        "counted": form.counted or taken.counted,
        "hidden": {**turn.accepted, **turn.waiting},
        "lost": lost,
        "titles": {q.id: say(spoken(q.text, voice)) for q in content.script.questions.values()},
        "answered": _answered(turn, say, voice),
        "alarm": content.card.alarm_number,
        "urgent": [agency_data(agency, say, voice, now) for agency in turn.urgent],
        "error": error,
        "lost_titles": [say(spoken(content.script.questions[q].text, voice)) for q in lost],
        "region": say(content.card.region),
        "launch": content.card.launch,
    }


def _body(form: Form, turn: Turn, picked: Answers) -> dict[str, Any]:
    """The question, or the referral."""
    say, card, now = words(form.language), service().content.card, service().settings.now()
    voice = _voice(form, turn)
    if turn.question:
        return {
            "question": question_data(turn.question, turn.accepted, say, voice, now.date()),
            "picked": set(picked.get(turn.question.id, ())),
        }
    if turn.referral is None:
        raise AssertionError("a turn is a question or a referral")
    return {
        "referral": referral_data(turn.referral, say, voice, now),
        "forms": [say(card.forms[form_id].short) for form_id in turn.referral.forms],
        "ended_by": ended_by(card, turn.accepted),
        "today": say.date(now.date()),
    }


def _answered(turn: Turn, say: Words, voice: Voice) -> list[dict[str, Any]]:
    """The answers so far in words: question, chosen options."""
    questions = service().content.script.questions
    return [
        {
            "id": identity,
            "question": say(spoken(questions[identity].text, voice)),
            "chosen": [
                option.place.name if option.place else say(spoken(option.label, voice))
                for option in (questions[identity].options[value] for value in chosen)
            ],
        }
        for identity, chosen in turn.accepted.items()
    ]
