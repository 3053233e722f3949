"""The dialogue as a form: every answer so far travels in hidden fields, the button says what to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from bot.script import Script
from bot.wording import AUDIENCES
from referral.model import Text
from web.problems import BadRequest

PREFIX = "q-"
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

    answers: everything answered, the present question included. present: the question on that page.
    action, target: what the button asks for ("wijzig", "rol"). counted: this visitor's referral was counted already.
    """

    answers: dict[str, list[str]]
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
        answers=_answers(fields),
        present=fields.get("vraag", ""),
        action=action,
        target=target,
        language=language,
        audience=audience,
        ticket=fields.get("kaartje", "")[:200],
        counted=fields.get("geteld") == "ja",
    )


def _answers(fields: MultiDict[str, str]) -> dict[str, list[str]]:
    """Question → options. An empty value stands for a question that was skipped."""
    return {
        name.removeprefix(PREFIX): [value for value in values if value]
        for name, values in fields.lists()
        if name.startswith(PREFIX)
    }


def without(answers: Mapping[str, list[str]], question: str) -> dict[str, list[str]]:
    """The answers but for those to one question."""
    return {asked: chosen for asked, chosen in answers.items() if asked != question}


def last_answered(script: Script, answers: Mapping[str, list[str]]) -> str:
    """The last question that has an answer, in the order of the script; "" where there is none."""
    return next((question for question in reversed(list(script.questions)) if question in answers), "")
