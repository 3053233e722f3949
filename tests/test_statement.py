"""The accessibility statement: the parts of the Dutch model, in every language, and nothing that was not tested."""

from __future__ import annotations

import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from locales import languages, words
from tests.running import ROOT, make_app
from web.service import Service
from web.settings import EXIT, Settings
from web.statement import DONE, NOT_DONE, TESTED

Door = tuple[FlaskClient, Service]
PATH = "/toegankelijkheid"

BEHIND = (
    (
        "test_accessibility.py::test_axe_finds_nothing",
        "test_accessibility.py::test_axe_finds_nothing_on_the_other_pages",
    ),
    (
        "test_accessibility.py::test_by_keyboard_alone",
        "test_accessibility.py::test_focus_order_is_pinned",
        "test_look.py::test_the_focus_is_never_hidden",
    ),
    ("test_accessibility.py::test_without_scripts",),
    (
        "test_look.py::test_every_text_can_be_read",
        "test_look.py::test_edges_and_marks_can_be_seen",
        "test_look.py::test_forced_colours_leave_everything_distinguishable",
    ),
    ("test_look.py::test_nothing_is_cut_off",),
    ("test_look.py::test_targets_are_large", "test_look.py::test_who_asks_for_no_motion_gets_none"),
    ("test_spoken.py::test_question_and_group_are_spoken", "test_spoken.py::test_a_mistake_is_spoken_with_the_group"),
    ("test_note.py::test_the_pdf_is_tagged",),
)
"""The tests behind each line of what was tested, in the same order."""


def plain(html: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def test_every_claim_has_its_tests() -> None:
    """Each line of what was tested stands on tests that exist; a test that goes takes its line along."""
    assert len(BEHIND) == len(DONE)
    for tests in BEHIND:
        for test in tests:
            file, name = test.split("::")
            assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), test


def test_the_parts_of_the_model_are_there(door: Door) -> None:
    """Which site, the status and why, how it was assessed, findings, the date, contact, and where to complain."""
    client, _ = door
    html = client.get(PATH).text
    said = plain(html)
    for part in (
        "op localhost",
        "Status D: voldoet niet",
        "Besluit digitale toegankelijkheid overheid",
        "EN 301 549",
        "WCAG 2.1, niveau A en AA",
        "Wij testen op WCAG 2.2, niveau A en AA",
        "vonden de tests geen fouten",
        "www.toegankelijkheidsverklaring.nl",
        "Nationale ombudsman",
        f"Deze verklaring is van {words('nl').date(TESTED)}, de dag van de laatste test.",
        *DONE,
        *NOT_DONE,
    ):
        assert part in said, part
    assert re.findall(r"<h(\d)", html) == ["1", *"2" * html.count("<h2")]


def test_it_claims_no_audit(door: Door) -> None:
    """No status that needs an audit, no signature, no word of a screen reader that somebody used."""
    client, _ = door
    said = plain(client.get(PATH).text)
    assert re.findall(r"Status ([A-E]): ", said) == ["D"]
    for part in (
        "onafhankelijk bureau",
        "Niemand heeft de site met een echte schermlezer getest",
        "door niemand getekend",
    ):
        assert part in said


def test_the_day_is_no_day_of_a_visit(tmp_path: Path) -> None:
    """The date is the day of the tests, whatever the clock says."""
    app, _ = make_app(tmp_path, today=Settings.from_environment({"MELDROUTE_TODAY": "2031-05-06T10:00"}).today)
    said = app.test_client().get(PATH).text
    assert words("nl").date(TESTED) in said
    assert "2031" not in said


def test_what_the_operator_left_open_is_said(door: Door) -> None:
    """Nobody's name and no contact is invented."""
    client, service = door
    assert not any(service.content.card.launch.values())
    said = plain(client.get(PATH).text)
    assert "Van wie deze site is, is hier nog niet ingevuld." in said
    assert "Hoe dat kan, is hier nog niet ingevuld." in said


def test_what_the_operator_filled_in_is_there(tmp_path: Path) -> None:
    """Name and contact as they stand in card.toml; then nothing says that they are missing."""
    folder = tmp_path / "content"
    with as_file(files("referral") / "content") as shipped:
        shutil.copytree(shipped, folder)
    card = (folder / "card.toml").read_text(encoding="utf-8")
    card = card.replace('operator = ""', 'operator = "Gemeente <Voorbeeld>"').replace(
        'contact = ""', 'contact = "site@voorbeeld.example"'
    )
    (folder / "card.toml").write_text(card, encoding="utf-8")
    app, _ = make_app(tmp_path, content=folder)
    html = app.test_client().get(PATH).text
    assert "De site is van Gemeente &lt;Voorbeeld&gt;." in html
    assert "Vertel het aan wie deze site beheert: site@voorbeeld.example" in plain(html)
    assert "nog niet ingevuld" not in html


@pytest.mark.parametrize("language", languages())
def test_it_comes_in_every_language(door: Door, language: str) -> None:
    """By its address; the other languages stand there as links to the same page."""
    client, _ = door
    html = client.get(f"{PATH}/{language}", headers={"Accept-Language": "fr"}).text
    assert f'<html lang="{words(language).tag}"' in html
    assert words(language)("Toegankelijkheid") in html
    others = re.findall(rf'href="{PATH}/([\w-]+)"', html)
    assert sorted([*others, language]) == sorted(languages())


@pytest.mark.parametrize(
    ("address", "accepted", "tag"),
    [(PATH, "en-GB,en;q=0.8", "en"), (PATH, "", "nl"), (f"{PATH}/nl", "en", "nl"), (PATH, "fr", "en")],
)
def test_where_the_address_says_no_language_the_browser_chooses(
    door: Door, address: str, accepted: str, tag: str
) -> None:
    """The same choice as on the first page."""
    client, _ = door
    html = client.get(address, headers={"Accept-Language": accepted} if accepted else {}).text
    assert f'<html lang="{tag}"' in html


def test_a_language_that_is_not_there_has_no_page(door: Door) -> None:
    """Not even a page in another language."""
    client, _ = door
    assert client.get(f"{PATH}/klingon").status_code == 404


def test_the_way_out_and_112_are_there(door: Door) -> None:
    """As on every page; the title says nothing of what this site is about."""
    client, service = door
    html = client.get(PATH).text
    assert f'href="{EXIT}" target="_top"' in html
    assert f'href="tel:{service.content.card.alarm_number}"' in html
    assert "<title>Toegankelijkheid</title>" in html
    assert "leave.js" in html


@pytest.mark.parametrize("language", languages())
def test_every_page_of_the_dialogue_leads_to_it(door: Door, language: str) -> None:
    """In the language of the dialogue, in a window of its own so that no answer is lost, and none in the address."""
    client, _ = door
    given = {"q-gevaar": "ja", "vraag": "gevaar", "taal": language}
    for html in (client.get(f"/?taal={language}").text, client.post("/", data=given).text):
        assert html.count(f'<a href="{PATH}/{language}" target="_blank">') == 1


def test_nobody_used_a_screen_reader_yet() -> None:
    """The script for screen readers has empty tables as long as the statement says that nobody did it."""
    script = (ROOT / "docs/screen-readers.md").read_text(encoding="utf-8")
    rows = [line for line in script.split("## What was heard")[1].splitlines() if line.startswith("| ")]
    dated = [row for row in rows if re.match(r"\| *\d{4}-", row)]
    assert bool(dated) == (not any("schermlezer" in line for line in NOT_DONE))
