"""Which questions stand on one screen. The dialogue itself asks one question at a time; this is how a page shows it."""

from __future__ import annotations

from bot.conversation import Turn
from bot.script import Question, Script
from bot.wording import Voice
from referral.routes import fits

SEVERAL_AT_ONCE = frozenset({"professional"})
"""The audiences that get the questions of a screen together; the others get them one by one."""


def sharing_screen(script: Script, question: str, voice: Voice) -> tuple[Question, ...]:
    """The question and those that stand on one screen with it for this voice, in order, asked or not."""
    asked = script.questions[question]
    if asked.screen is None or voice["audience"] not in SEVERAL_AT_ONCE:
        return (asked,)
    return tuple(other for other in script.questions.values() if other.screen == asked.screen)


def asked_together(script: Script, turn: Turn, voice: Voice) -> tuple[Question, ...]:
    """The open question and its neighbours without an answer that the answers so far ask too; none at a referral.

    A question that depends on another one of its screen is not among them: it comes when that one is answered.
    """
    if turn.question is None:
        return ()
    answered = {*turn.accepted, *turn.waiting}
    return tuple(
        question
        for question in sharing_screen(script, turn.question.id, voice)
        if question is turn.question or (question.id not in answered and fits(question.when, turn.accepted))
    )
