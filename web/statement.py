"""The accessibility statement of this installation, in the parts that Dutch public bodies must use.

It claims only what was tested. What the operator alone can say (who it is, a signature, the entry in the register of
DigiToegankelijk) stays open until the operator says it: of that the page knows the `launch` fields of the card.
"""

from __future__ import annotations

import datetime

from flask import Blueprint, abort, render_template, request

from locales import words
from referral.model import Text
from web.problems import preferred_language
from web.running import service

statement = Blueprint("statement", __name__)

TESTED = datetime.date(2026, 11, 24)
"""The day on which all tests last ran without a finding; whoever runs them before a release writes the day here."""

DONE = (
    Text("Met axe, een programma dat fouten zoekt: op elke vraag, op elke soort advies en op deze pagina."),
    Text("Met alleen een toetsenbord: tot en met het advies, met de focus steeds in beeld en in een vaste volgorde."),
    Text("Zonder JavaScript: tot en met het advies."),
    Text("Op contrast van tekst, randen en tekens, in licht en donker, en met de vaste kleuren van een apparaat."),
    Text("Op een smal scherm en bij een vergroting tot 400 procent, ook met meer ruimte tussen letters en regels."),
    Text("Op de grootte van knoppen en antwoorden, en op beweging: er beweegt niets voor wie dat uitzet."),
    Text("Met een programma dat in tekst laat zien wat een schermlezer zou voorlezen."),
    Text("De notitie als pdf: of een schermlezer titel, koppen, lijsten en tabellen kan vinden."),
)
"""What was tested. tests/test_statement.py names the tests behind each, and fails where one is gone."""

NOT_DONE = (
    Text("Er is geen onderzoek gedaan door een onafhankelijk bureau."),
    Text("Niemand heeft de site met een echte schermlezer getest."),
    Text("Mensen met een beperking hebben de site niet getest."),
    Text("De site is alleen getest in Chromium, niet in andere browsers en niet op echte telefoons."),
    Text("Sites van anderen zijn niet getest. Dat geldt ook voor de hulp waar het advies naar verwijst."),
)
"""What nobody tested. Who does, takes it out."""


@statement.get("/toegankelijkheid", defaults={"language": ""})
@statement.get("/toegankelijkheid/<language>")
def accessibility(language: str) -> str:
    """The statement in the language of the address; where that says none, in one that the browser prefers."""
    languages = service().settings.languages
    if language and language not in languages:
        abort(404)
    say = words(language or preferred_language(languages))
    card = service().content.card
    return render_template(
        "statement.html",
        _=say,
        words=say,
        languages=[(code, words(code).name(), words(code).tag) for code in languages],
        launch=card.launch,
        alarm=card.alarm_number,
        place=request.host,
        day=say.date(TESTED),
        done=DONE,
        not_done=NOT_DONE,
    )
