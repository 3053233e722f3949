"""The dialogue as a form: every answer so far travels in hidden fields, the button says what to do with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from bot.conversation import BadAnswer, Turn, take_turn
from bot.screens import sharing_screen
from bot.wording import AUDIENCES, Voice, voice_of
from referral.model import Text
from web.problems import BadRequest
from web.running import service

PREFIX = "q-"
PICK_PREFIX = "p-"
"""Of a choice that was made and taken back by "Terug": shown as chosen, not counted as answered."""
PRESET_PREFIX = "v-"
"""Of an answer that the page around the dialogue gave beforehand ("vooraf"): it counts until the visitor answers."""
NEXT, BACK, CHANGE, SKIP, RESTART, LANGUAGE, GO_ON, TYPED = (
    "verder",
    "terug",
    "wijzig",
    "overslaan",
    "opnieuw",
    "taal",
    "doorgaan",
    "vertel",
)
MOST_VALUES = 400
"""More form fields than any honest dialogue sends: every question with every option twice."""

ANYBODY = "public"
"""The audience of a page that was asked for none."""

Chosen = dict[str, list[str]]


@dataclass(frozen=True)
class Form:
    """What a page sent.

    answers: everything answered, the present questions included, and by presets what the visitor left to them.
    picks: what was chosen before going back. presets: what the page around the dialogue answered, as far as it can be.
    present: the questions on that page.
    action, target: what the button asks for ("wijzig", "rol"). counted: this visitor's referral was counted already.
    """

    answers: Chosen
    picks: Chosen
    presets: Chosen
    present: tuple[str, ...]
    action: str
    target: str
    language: str
    audience: str
    ticket: str
    counted: bool


def read_form(fields: MultiDict[str, str], languages: tuple[str, ...]) -> Form:
    """The form in posted fields. Raises BadRequest where they cannot come from one of our pages."""
    action, _, target = fields.get("actie", NEXT).partition("-")
    language, audience = fields.get("taal", languages[0]), fields.get("voor", ANYBODY)
    if action == LANGUAGE:
        language = target
    if language not in languages or audience not in AUDIENCES or len(list(fields.items(multi=True))) > MOST_VALUES:
        raise BadRequest(Text("Begin opnieuw: deze pagina past niet bij onze vragen."))
    answers, picks = _chosen(fields, PREFIX), _chosen(fields, PICK_PREFIX)
    presets = _presets(fields)
    present = tuple(question for question in dict.fromkeys(fields.getlist("vraag")) if question)
    return Form(
        answers=_left_to(presets, picks, present) | answers,
        picks=picks,
        presets=presets,
        present=present,
        action=action,
        target=target,
        language=language,
        audience=audience,
        ticket="" if action == RESTART else fields.get("kaartje", "")[:200],
        counted=action != RESTART and fields.get("geteld") == "ja",
    )


def _chosen(fields: MultiDict[str, str], prefix: str) -> Chosen:
    """Question → options. An empty value stands for a question that was skipped."""
    return {
        name.removeprefix(prefix): [value for value in values if value]
        for name, values in fields.lists()
        if name.startswith(prefix)
    }


def _presets(fields: MultiDict[str, str]) -> Chosen:
    """The presets that are answers of today to questions that may be preset. Of the others nobody is told."""
    questions = service().content.script.questions
    given = {asked: chosen for asked, chosen in _chosen(fields, PRESET_PREFIX).items() if asked in questions}
    possible = {asked: _possible(asked, chosen) for asked, chosen in given.items() if questions[asked].preset}
    return {asked: chosen for asked, chosen in possible.items() if chosen}


def _possible(question: str, chosen: list[str]) -> list[str]:
    """The options as they would be accepted for the question; none where they cannot be."""
    turn = replayed({question: chosen})
    return list({**turn.accepted, **turn.waiting}[question]) if turn else []


def _left_to(presets: Chosen, picks: Chosen, present: tuple[str, ...]) -> Chosen:
    """The presets that may count: of questions that are not before the visitor now, and were not changed before."""
    return {
        question: chosen
        for question, chosen in presets.items()
        if question not in present and picks.get(question, chosen) == chosen
    }


def without(answers: Mapping[str, list[str]], questions: Iterable[str]) -> Chosen:
    """The answers but for those to some questions."""
    left_out = set(questions)
    return {asked: chosen for asked, chosen in answers.items() if asked not in left_out}


def asked_for(form: Form) -> tuple[Chosen, Chosen]:
    """The answers that a button leaves standing, and what to show as chosen already."""
    others = without(form.answers, form.present)
    # What a preset answered and the visitor saw and left open is open: the preset does not come back by itself.
    left_open: Chosen = {question: [] for question in form.present if question in form.presets}
    picks = form.picks | left_open | form.answers
    if form.action == RESTART:
        return {}, {}
    if form.action == SKIP:
        return {**others, **{question: [] for question in form.present}}, picks
    if form.action == BACK:
        return _going_back(form, others), picks
    if form.action == CHANGE:
        return without(others, _asked_with(form, others, form.target)), picks
    if form.action in (LANGUAGE, TYPED):
        return others, picks
    if form.action == GO_ON:
        return _going_on(form), picks
    return {**{question: [] for question in form.present}, **form.answers}, picks


def _going_back(form: Form, answers: Chosen) -> Chosen:
    """The answers without those of the screen before: the last one on which the visitor answered anything."""
    turn = replayed(answers)
    if turn is None or not turn.accepted:
        return answers
    own = [question for question in turn.accepted if answers[question] != form.presets.get(question)]
    return without(answers, _asked_with(form, answers, own[-1] if own else next(iter(turn.accepted))))


def _asked_with(form: Form, answers: Chosen, question: str) -> list[str]:
    """The question and those that are asked again together with it: what a preset answers is not asked by the way."""
    turn, script = replayed(answers), service().content.script
    if turn is None or question not in script.questions:
        return [question]
    shared = [other.id for other in sharing_screen(script, question, voice_for(form, turn))]
    return [other for other in shared if other == question or answers.get(other) != form.presets.get(other)]


def replayed(answers: Chosen) -> Turn | None:
    """The turn of these answers, without any effect; None where one of them does not exist."""
    content, on = service().content, service().settings.now().date()
    try:
        return take_turn(content.script, content.card, answers, on)
    except BadAnswer:
        return None


def _going_on(form: Form) -> dict[str, list[str]]:
    """The answers of somebody who goes on after an answer that ended the questions: the card says under which."""
    fact = service().content.card.facts.get(form.target)
    if fact is None:
        return form.answers
    return {**form.answers, fact.id: [fact.ends.get(value, value) for value in form.answers.get(fact.id, [])]}


def voice_for(form: Form, turn: Turn) -> Voice:
    """The voice that the page was asked for; where it was asked for none, the one that an answer suggests."""
    return voice_of(turn.voice or form.audience if form.audience == ANYBODY else form.audience, turn)
