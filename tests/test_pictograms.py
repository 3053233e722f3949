"""The pictograms: our own drawings, one for each setting and each of the nine signals, and silent."""

from __future__ import annotations

import gzip
from xml.etree import ElementTree

from flask.testing import FlaskClient

from referral.facts import SETTING, SIGNALS
from tests.running import ROOT
from web.service import Content, Service

Door = tuple[FlaskClient, Service]
FILE = ROOT / "web/static/pictograms.svg"
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {f"{SVG}{name}" for name in ("svg", "symbol", "path", "rect", "circle")}
MOST_BYTES = 2500


def test_there_is_one_for_each_setting_and_each_of_the_nine_signals(content: Content) -> None:
    """None is missing, none is superfluous."""
    symbols = [one.attrib["id"] for one in ElementTree.parse(FILE).iter(f"{SVG}symbol")]
    settings = [f"{SETTING}-{option}" for option in content.script.questions[SETTING].options]
    signals = [f"{SIGNALS}-{signal.id}" for signal in content.card.signals.values() if signal.indication]
    assert len(signals) == 9
    assert sorted(symbols) == sorted(settings + signals)


def test_they_are_lines_in_the_colour_of_the_text() -> None:
    """No script, style, text, picture or address: only lines, which follow dark and forced colours."""
    elements = list(ElementTree.parse(FILE).iter())
    assert {element.tag for element in elements} <= DRAWN
    names = {name for element in elements for name in element.attrib}
    assert names <= {"id", "viewBox", "d", "x", "y", "width", "height", "rx", "cx", "cy", "r"}
    assert len(gzip.compress(FILE.read_bytes(), 9)) <= MOST_BYTES


def test_they_are_decoration_and_come_only_with_their_question(door: Door) -> None:
    """Each stands in its label and is not announced; the first page does not even name the file."""
    client, _ = door
    assert "pictograms" not in client.get("/").text
    page = client.post("/", data={"q-gevaar": "nee", "q-rol": "omstander", "vraag": "rol", "actie": "verder"}).text
    labels = [part.split("</label>")[0] for part in page.split("<label ")[1:]]
    assert len(labels) == 9
    for label in labels:
        option = label.split('for="o-')[1].split('"')[0]
        assert '<svg class="pictogram" aria-hidden="true"><use href="/static/' in label
        assert f'pictograms.svg#{option}"/>' in label
