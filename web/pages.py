"""The door for people: the dialogue as plain HTML forms at `/`. Nothing of an answer ever stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request

from bot.conversation import Answers, BadAnswer, Turn, ended_by
from bot.screens import asked_together
from bot.script import Question
from bot.wording import AUDIENCES, Voice, agency_data, question_data, referral_data, spoken
from locales import Words, words
from web.form import (
    ANYBODY,
    CHANGE,
    NEXT,
    PICK_PREFIX,
    PREFIX,
    PRESET_PREFIX,
    RESTART,
    TYPED,
    Chosen,
    Form,
    asked_for,
    read_form,
    voice_for,
    without,
)
from web.problems import preferred_language
from web.running import service
from web.service import Taken
from web.suggestions import Found, found_by, on_page
from web.uncounted import asked_not_to_count

pages = Blueprint("pages", __name__)

FRAGMENT_HEADER = "Meldroute-Fragment"


@pages.get("/")
def start() -> str:
    """The first page: what this is, 112, and the first question."""
    languages = service().settings.languages
    asked = request.args.get("taal")
    audience = request.args.get("voor", "")
    form = Form(
        answers={},
        picks={},
        presets={},
        present=(),
        action=RESTART,
        target="",
        language=asked if asked in languages else preferred_language(languages),
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
    found = found_by(form, request.form)
    if found:
        form = replace(form, action=TYPED)
    answers, picked = asked_for(form)
    taken, errors = _taken(form, answers)
    return _show(form, taken, picked, errors, found)


def _taken(form: Form, answers: Chosen) -> tuple[Taken, dict[str, str]]:
    """The turn of the answers, and what is wrong with some of them: question → a sentence.

    Whatever is wrong, only that answer is lost: its question comes again and says why, with the others of its screen.
    """
    errors: dict[str, str] = {}
    while True:
        try:
            count = not (form.counted or asked_not_to_count())
            taken = service().take(answers, form.ticket, form.language, count)
        except BadAnswer as bad:
            answers = without(answers, [bad.question])
            # What is said about a question that does not exist has no place of its own: it stands at the present one.
            place = bad.question if bad.question in service().content.script.questions else ""
            errors[place] = words(form.language)(bad.problem, **bad.values)
        else:
            if errors.keys().isdisjoint(form.present) or answers.keys().isdisjoint(form.present):
                return taken, errors
            answers = without(answers, form.present)


def _show(
    form: Form, taken: Taken, picked: Answers, errors: Mapping[str, str] | None = None, found: Found | None = None
) -> str:
    """The page of a turn, or only its changing part where our own script asked for that."""
    part = request.headers.get(FRAGMENT_HEADER) == "1"
    turn = taken.turn
    asked = asked_together(service().content.script, turn, voice_for(form, turn))
    wrong = _placed(errors or {}, asked)
    body = _questions(form, turn, asked, picked, wrong) if asked else _referral(form, turn)
    context = _frame(form, taken, wrong) | body | _travelling(form, turn, asked, picked)
    context |= on_page(form, turn, context, found)
    return _dense(render_template("dialogue.html" if part else "page.html", whole=not part, **context))


def _placed(errors: Mapping[str, str], asked: Sequence[Question]) -> dict[str, str]:
    """What is wrong with the questions that are asked; what has no place of its own stands at the first."""
    found = {question.id: errors[question.id] for question in asked if question.id in errors}
    return {asked[0].id: errors[""]} | found if asked and "" in errors else found


def _travelling(form: Form, turn: Turn, asked: Sequence[Question], picked: Answers) -> dict[str, Any]:
    """What travels along without being an answer, by the names of its fields: presets, and what was chosen before.

    Of what was chosen only that which is neither answered nor asked now: it is to be shown as chosen later.
    """
    settled = {*turn.accepted, *turn.waiting, *(question.id for question in asked)}
    kept = {f"{PICK_PREFIX}{q}": chosen or [""] for q, chosen in picked.items() if q not in settled}
    given = {f"{PRESET_PREFIX}{q}": chosen for q, chosen in form.presets.items()}
    return {"travelling": {**kept, **given}}


def _frame(form: Form, taken: Taken, errors: Mapping[str, str]) -> dict[str, Any]:
    """What every page has: the words, the state in hidden fields, 112, the answers so far."""
    say, turn, content = words(form.language), taken.turn, service().content
    now = service().settings.now()
    voice = voice_for(form, turn)
    lost = _lost(form, turn)
    return {
        "_": say,
        "words": say,
        "form": form,
        "audience": voice["audience"],
        "prefix": PREFIX,
        "preset_prefix": PRESET_PREFIX,
        "presetable": [question.id for question in content.script.questions.values() if question.preset],
        "languages": [(code, words(code).name(), words(code).tag) for code in service().settings.languages],
        "ticket": taken.ticket,
        "counted": form.counted or taken.counted,
        "rehearsal": not service().settings.counting,
        "uncounted": asked_not_to_count() or not service().settings.counting,
        "hidden": {**turn.accepted, **turn.waiting},
        "lost": lost,
        "titles": {q.id: say(spoken(q.text, voice)) for q in content.script.questions.values()},
        "answered": _answered(turn, say, voice),
        "alarm": content.card.alarm_number,
        "urgent": [agency_data(agency, say, voice, now) for agency in turn.urgent],
        "error": bool(errors),
        "lost_titles": [say(spoken(content.script.questions[q].text, voice)) for q in lost],
        "region": say(content.card.region),
        "launch": content.card.launch,
    }


def _lost(form: Form, turn: Turn) -> list[str]:
    """The visitor's own answers that a new answer made pointless; a preset that does not fit goes without a word."""
    if form.action not in (NEXT, CHANGE):
        return []
    gone = [question for question in turn.dropped if question not in turn.waiting]
    return [question for question in gone if form.answers.get(question) != form.presets.get(question)]


def _questions(
    form: Form, turn: Turn, asked: Sequence[Question], picked: Answers, errors: Mapping[str, str]
) -> dict[str, Any]:
    """The questions of the page, each with what was chosen before and what is wrong with it."""
    say, on = words(form.language), service().settings.now().date()
    voice = voice_for(form, turn)
    return {
        "question": turn.question,
        "questions": [
            question_data(question, turn.accepted, say, voice, on)
            | {"picked": set(picked.get(question.id, ())), "error": errors.get(question.id, "")}
            for question in asked
        ],
        "focused": next(iter(errors), asked[0].id),
    }


def _referral(form: Form, turn: Turn) -> dict[str, Any]:
    """The referral, and what the page says around it."""
    say, card, now = words(form.language), service().content.card, service().settings.now()
    if turn.referral is None:
        raise AssertionError("a turn is a question or a referral")
    return {
        "referral": referral_data(turn.referral, say, voice_for(form, turn), now),
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


def _dense(page: str) -> str:
    """The page without the indentation of its lines: a page is never compressed, and phones pay for every byte."""
    return "\n".join(line.lstrip() for line in page.split("\n") if line.strip())
