"""The dialogue as a form: every answer so far travels in hidden fields, the button says what to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from werkzeug.datastructures import MultiDict

from bot.script import Script
from bot.wording import AUDIENCES
from referral.model import Text
from web.problems import BadRequest

PREFIX = "q-"
PICK_PREFIX = "p-"
"""Of a choice that was made and taken back by "Terug": shown as chosen, not counted as answered."""
NEXT, BACK, CHANGE, SKIP, RESTART, LANGUAGE, GO_ON = (
    "verder",
    "terug",
    "wijzig",
    "overslaan",
    "opnieuw",
    "taal",
    "doorgaan",
)
MOST_VALUES = 400
"""More form fields than any honest dialogue sends: every question with every option twice."""


@dataclass(frozen=True)
class Form:
    """What a page sent.

    answers: everything answered, the present question included. picks: what was chosen before going back.
    present: the question on that page.
    action, target: what the button asks for ("wijzig", "rol"). counted: this visitor's referral was counted already.
    """

    answers: dict[str, list[str]]
    picks: dict[str, list[str]]
    present: str
    action: str
    target: str
    language: str
    audience: str
    ticket: str
    counted: bool


def read_form(fields: MultiDict[str, str], languages: tuple[str, ...]) -> Form:
    """The form in posted fields. Raises BadRequest where they cannot come from one of our pages."""
    action, _, target = fields.get("actie", NEXT).partition("-")
    language, audience = fields.get("taal", languages[0]), fields.get("voor", "public")
    if action == LANGUAGE:
        language = target
    if language not in languages or audience not in AUDIENCES or len(list(fields.items(multi=True))) > MOST_VALUES:
        raise BadRequest(Text("Begin opnieuw: deze pagina past niet bij onze vragen."))
    return Form(
        answers=_answers(fields, PREFIX),
        picks=_answers(fields, PICK_PREFIX),
        present=fields.get("vraag", ""),
        action=action,
        target=target,
        language=language,
        audience=audience,
        ticket="" if action == RESTART else fields.get("kaartje", "")[:200],
        counted=action != RESTART and fields.get("geteld") == "ja",
    )


def _answers(fields: MultiDict[str, str], prefix: str) -> dict[str, list[str]]:
    """Question → options. An empty value stands for a question that was skipped."""
    return {
        name.removeprefix(prefix): [value for value in values if value]
        for name, values in fields.lists()
        if name.startswith(prefix)
    }


def without(answers: Mapping[str, list[str]], question: str) -> dict[str, list[str]]:
    """The answers but for those to one question."""
    return {asked: chosen for asked, chosen in answers.items() if asked != question}


def before(script: Script, answers: Mapping[str, list[str]], present: str) -> dict[str, list[str]]:
    """The answers to the questions that come before the present one; at the referral, where none is, all."""
    earlier = takewhile(lambda question: question != present, script.questions)
    return {question: answers[question] for question in earlier if question in answers}
