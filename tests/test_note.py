"""What somebody takes along: the note says what the page says, and what is shared says nothing of the answers."""

from __future__ import annotations

import datetime
import io
import itertools
import json
import logging
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from bot.conversation import Turn, take_turn
from bot.wording import Voice
from locales import Words, words
from tests.browsing import answer_screen, at_referral
from tests.hosting import hosting, page_with
from tests.running import ROOT, Server, make_app, running
from tests.test_api import contacts
from tests.test_conversations import CONVERSATIONS, TODAY, replay
from tests.test_words import NOW, Bracketed, escaped, places, strings
from tests.waiting import PATIENCE
from web.paper import Manner, note_data, route_data, route_text
from web.pdf_program import pdf_of
from web.service import Content, Service

Door = tuple[FlaskClient, Service]
NOON = datetime.datetime.combine(TODAY, datetime.time(12))
OF_TODAY = [conversation for conversation in CONVERSATIONS if conversation.on == TODAY]
SOME = OF_TODAY[::7]
"""Enough for what every PDF holds; a PDF takes more time than a page."""

WORK = {
    "gevaar": ["nee"],
    "rol": ["professional"],
    "sector": ["wijkteam_hulpverlening"],
    "omgeving": ["thuis_wijk"],
    "signalen": ["paspoort_ingenomen", "slapen_werkplek"],
    "leeftijd": ["23_plus"],
    "gemeente": ["GM0599"],
    "onderwerp": ["persoon"],
    "wens": ["anoniem", "geen_politie"],
    "gender": ["man"],
}
UNCONFIRMED = "Controleer dit: wij hebben dit nog niet bevestigd."


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    """A client on the day of the conversations."""
    return opened_door(tmp_path_factory.mktemp("data"))


def opened_door(folder: Path, card: Path | None = None) -> Door:
    """A client of an app with its own data folder, and with other content where a folder is given."""
    app, service = make_app(folder, today=NOON, content=card)
    return app.test_client(use_cookies=False), service


def fields(answers: Mapping[str, Sequence[str]], **more: str) -> dict[str, Any]:
    """The form with these answers; a skipped question is an empty field."""
    return {f"q-{question}": [*chosen] or "" for question, chosen in answers.items()} | more


def professionally(turn: Turn) -> dict[str, Any]:
    """The form after a turn, in the voice of professionals."""
    return fields(turn.accepted, voor="professional")


def told(html: str) -> str:
    """What a page says, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def items(html: str, kind: str) -> list[str]:
    """The items of every list of a kind, in order."""
    lists = re.findall(rf'<ul class="{kind}">(.*?)</ul>', html, re.DOTALL)
    return [told(item) for one in lists for item in re.findall(r"<li>(.*?)</li>", one, re.DOTALL)]


def read(pdf: bytes) -> str:
    """The text of a PDF without its spaces, since lines break where they like."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return squeezed("".join(pages))


def squeezed(text: str) -> str:
    """Without spaces, and without the mark that stands for a hyphen at the end of a line."""
    return re.sub(r"[\s\ufffe]", "", text)


# --- the note says what the page says ------------------------------------------------------------------------


@pytest.mark.parametrize("conversation", OF_TODAY, ids=lambda c: c.title)
def test_the_note_gives_the_advice_of_the_page(door: Door, content: Content, conversation: Any) -> None:
    """The same agencies in the same order, for the same reasons, with as many marks where nobody confirmed anything."""
    client, _ = door
    form = professionally(replay(conversation, content))
    page, note = client.post("/", data=form).text, client.post("/note", data=form).text
    names = re.findall(r'<h2 id="first">(.*?)</h2>|<article class="agency"><h3>(.*?)</h3>', page)
    listed = re.findall(r"<h3>(\d+)\. (.*?)</h3>", note)
    assert [name for _, name in listed] == [first or other for first, other in names]
    assert [int(number) for number, _ in listed] == list(range(1, len(names) + 1))
    assert items(note, "why") == items(page, "why")
    assert told(note).count(UNCONFIRMED) == page.count('class="check"')
    assert (">Krijg je niemand te pakken?<" in note) == (">Krijg je niemand te pakken?<" in page)


def test_the_note_holds_what_the_advice_rests_on(door: Door) -> None:
    """Date, version, signals in the words of professionals, place, sector, wish; not what only the totals count."""
    client, _ = door
    note = told(client.post("/note", data=fields(WORK)).text)
    for text in (
        "24 november 2026",
        "Routekaart 2026.1",
        "Welke signalen zie je? Slaapt op de werkplek Reisdocument ingehouden door werkgever of derde",
        "Waar speelt het? Thuis of in de buurt",
        "In welke sector werk je? Wijkteam of hulpverlening",
        "In welke gemeente werkt of verblijft de persoon? Rotterdam",
        "Is er iets waar we rekening mee moeten houden? Ik wil mijn naam niet noemen Ik wil nu geen politie",
        "Naam van de persoon",
        "Adres of plek",
        "Wat is er gezien of gehoord, en wanneer?",
        "Afspraken: wie doet wat, en wanneer?",
        "Jouw naam",
        "Jouw telefoonnummer",
    ):
        assert text in note
    assert "vrouw, een man" not in note


def test_what_was_skipped_is_not_in_the_note(door: Door) -> None:
    """A question that was passed over says nothing."""
    client, _ = door
    assert "een plek?" in client.post("/note", data=fields(WORK)).text
    assert "een plek?" not in client.post("/note", data=fields({**WORK, "onderwerp": []})).text


@pytest.mark.parametrize("conversation", SOME, ids=lambda c: c.title)
def test_the_pdf_says_what_the_page_to_print_says(door: Door, content: Content, conversation: Any) -> None:
    """Every sentence of the note stands in the PDF, and at most two pages."""
    client, service = door
    turn = replay(conversation, content)
    made = client.post("/note.pdf", data=professionally(turn))
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    text = read(made.data)
    voice = Voice(audience="professional", oneself=turn.oneself)
    note = note_data(service.content, turn.accepted, turn.referral, Manner(Words("nl"), voice, NOON))
    assert [said for said in strings({**note, "direction": None}) if squeezed(said) not in text] == []
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert len(pdf.pages) <= 2


def test_a_note_for_one_case_is_one_page(door: Door) -> None:
    """Nine answers and three agencies leave room for the lines to write on."""
    client, _ = door
    made = client.post("/note.pdf", data=fields({**WORK, "wens": ["geen"]}))
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert len(pdf.pages) == 1


def test_no_sentence_on_paper_escapes_the_catalogue(content: Content) -> None:
    """Whatever is a word goes through the catalogue; municipalities are called the same everywhere."""
    bracketed, found = Words("nl", Bracketed()), set[str]()
    for conversation in SOME:
        turn = replay(conversation, content)
        manner = Manner(bracketed, Voice(audience="professional", oneself=turn.oneself), NOW)
        note = note_data(content, turn.accepted, turn.referral, manner) | {"direction": None, "day": None}
        route = route_data(content.card, [advice.agency.id for advice in turn.referral.agencies], bracketed, NOW)
        found.update(text for text in (*strings(note), *strings(route)) if escaped(text, places(content)))
    assert sorted(found) == []


# --- who gets it ---------------------------------------------------------------------------------------------

PATHS = ["/note", "/note.pdf", "/share"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("answers", [WORK, {**WORK, "rol": ["slachtoffer"]}], ids=["at work", "oneself"])
def test_the_young_voice_takes_nothing_along(door: Door, path: str, answers: dict[str, list[str]]) -> None:
    """Not offered and not given, whatever was answered: a paper or a file can be found."""
    client, _ = door
    form = fields(answers, voor="young")
    page = client.post("/", data=form).text
    assert "Schrijf op wat je nodig hebt" in page
    assert [word for word in ("formaction", "<textarea", "data-copy") if word in page] == []
    refused = client.post(path, data=form)
    assert (refused.status_code, refused.mimetype) == (400, "text/html")
    assert "schrijf op wat je nodig hebt" in refused.text
    assert [word for word in ("Arbeidsinspectie", "%PDF", "<article") if word in refused.text] == []


def test_the_note_is_for_professionals(door: Door) -> None:
    """By the voice that the page was asked for, or by the answer that suggests it; a bystander may share the route."""
    client, _ = door
    bystander = {**{q: chosen for q, chosen in WORK.items() if q != "sector"}, "rol": ["omstander"]}
    for form, note in (
        (fields(WORK), 200),
        (fields(bystander), 400),
        (fields(bystander, voor="public"), 400),
        (fields(bystander, voor="professional"), 200),
    ):
        page = client.post("/", data=form).text
        assert ('formaction="/note"' in page, 'formaction="/note.pdf"' in page) == (note == 200, note == 200)
        assert 'formaction="/share"' in page
        assert [client.post(path, data=form).status_code for path in PATHS] == [note, note, 200]


@pytest.mark.parametrize("path", PATHS)
def test_before_the_advice_there_is_nothing_to_take_along(door: Door, path: str) -> None:
    """With a question open the page says what to do first."""
    client, _ = door
    form = fields({question: chosen for question, chosen in WORK.items() if question != "wens"}, voor="professional")
    refused = client.post(path, data=form)
    assert refused.status_code == 400
    assert "Beantwoord eerst de vragen." in refused.text


@pytest.mark.parametrize("path", PATHS)
def test_what_cannot_be_is_refused_as_on_a_page(door: Door, path: str) -> None:
    """An answer that does not exist, a language that is not there, a look at the address."""
    client, _ = door
    assert "bestaat niet" in client.post(path, data=fields({**WORK, "rol": ["astronaut"]})).text
    assert client.post(path, data=fields({**WORK, "rol": ["astronaut"]})).status_code == 400
    assert client.post(path, data=fields(WORK, taal="tlh")).status_code == 400
    looked = client.get(path)
    assert (looked.status_code, looked.mimetype) == (405, "text/html")
    assert "POST" in looked.headers["Allow"]
    assert "Dit adres bestaat, maar niet op deze manier." in looked.text


def test_a_refusal_speaks_the_language_of_the_page(door: Door) -> None:
    """The error page is in the language in which the person was answering."""
    client, _ = door
    assert '<html lang="en"' in client.post("/note", data=fields(WORK, taal="en", voor="young")).text


def test_nothing_is_kept_or_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No count, no log line, no file, no copy in a cache; the name of the file is neutral."""
    client, service = opened_door(tmp_path)
    before = {file.name for file in service.settings.database.parent.iterdir()}
    caplog.set_level(logging.DEBUG)
    for path in PATHS:
        answered = client.post(path, data=fields(WORK))
        assert answered.status_code == 200
        assert answered.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answered.headers
    assert client.post("/note.pdf", data=fields(WORK)).headers["Content-Disposition"] == (
        'attachment; filename="notitie.pdf"'
    )
    assert contacts(service) == 0
    assert {file.name for file in service.settings.database.parent.iterdir()} == before
    assert caplog.text == ""


# --- the PDF -------------------------------------------------------------------------------------------------


def elements(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """The structure elements of a PDF in reading order: kind, element."""

    def walk(node: Any) -> Iterator[tuple[str, pikepdf.Dictionary]]:
        if isinstance(node, pikepdf.Array):
            for child in node:
                yield from walk(child)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield str(node.S), node
            yield from walk(node.get("/K"))

    yield from walk(pdf.Root.StructTreeRoot.K)


def attribute(element: pikepdf.Dictionary, name: str) -> Any:
    """An attribute of a structure element, wherever in its list it stands; None where it has none."""
    given = element.get("/A")
    for one in given if isinstance(given, pikepdf.Array) else [given]:
        if isinstance(one, pikepdf.Dictionary) and name in one:
            return one[name]
    return None


def test_the_pdf_is_tagged(door: Door) -> None:
    """PDF/UA-1: language, title, headings without a gap, lists, table headers with their scope; no date in it."""
    client, _ = door
    for language in ("nl", "en"):
        made = client.post("/note.pdf", data=fields(WORK, taal=language))
        with pikepdf.open(io.BytesIO(made.data)) as pdf:
            root, data = pdf.Root, pdf.open_metadata()
            kinds = [kind for kind, _ in elements(pdf)]
            headers = [element for kind, element in elements(pdf) if kind == "/TH"]
            cells = [element for kind, element in elements(pdf) if kind == "/TD"]
            assert root.MarkInfo.Marked
            assert str(root.Lang) == language
            assert root.ViewerPreferences.DisplayDocTitle
            assert str(root.ViewerPreferences.Direction) == "/L2R"
            assert data["pdfuaid:part"] == "1"
            assert data["dc:title"] == words(language)("Notitie")
            assert [key for key in data if "date" in key.lower()] == []
            assert [key for key in pdf.docinfo if "Date" in key] == []
            assert [key for key in pdf.docinfo if key in ("/Author", "/Subject", "/Keywords")] == []
            assert [str(attribute(header, "/Scope")) for header in headers] == ["/Column", "/Column"]
            assert {str(header) for cell in cells for header in attribute(cell, "/Headers")} == {
                str(header.ID) for header in headers
            }
            levels = [int(kind[2]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
            assert levels[0] == 1
            assert levels.count(1) == 1
            assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
            assert {"/Document", "/H1", "/H2", "/H3", "/P", "/L", "/LI", "/LBody", "/Table", "/THead"} <= set(kinds)
            assert [kind for kind in kinds if kind in ("/Figure", "/Link", "/Form")] == []
            assert all(page.Tabs == pikepdf.Name.S for page in pdf.pages if "/Tabs" in page)


def test_fonts_are_in_the_pdf(door: Door) -> None:
    """Every font is embedded and knows which letters its shapes stand for, so that it prints and reads the same."""
    client, _ = door
    with pikepdf.open(io.BytesIO(client.post("/note.pdf", data=fields(WORK)).data)) as pdf:
        fonts = {str(font.BaseFont): font for page in pdf.pages for font in page.Resources.Font.values()}
        assert fonts
        for font in fonts.values():
            (descendant,) = font.DescendantFonts
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())
            assert "/ToUnicode" in font


def test_the_same_note_is_the_same_file(door: Door) -> None:
    """Made twice, byte for byte: nothing of the moment or the machine stands in it."""
    client, _ = door
    first, second = (client.post("/note.pdf", data=fields(WORK)).data for _ in range(2))
    assert first == second
    assert first != client.post("/note.pdf", data=fields({**WORK, "gemeente": ["GM0606"]})).data


ODD = '# = *x* _y_ $z$ `c` @ref <b>&amp; "q" \\ #read("note.typ") // /* ’ [1] ~ {{ 7 }} سلام'


def paper(**changes: Any) -> dict[str, Any]:
    """A small note."""
    agency = {"name": "A", "remarks": [], "why": ["B"], "contacts": []}
    return {
        "language": "nl",
        "direction": "ltr",
        "title": "Notitie",
        "day": "24 november 2026",
        "lead": "C",
        "chosen": {"title": "D", "columns": ["Vraag", "Antwoord"], "facts": [{"question": "E", "answers": ["F"]}]},
        "advised": {"title": "G", "agencies": [agency]},
        "open": {"title": "H", "lead": "I", "rows": [{"lines": 1, "labels": ["J"]}]},
        "foot": "K",
    } | changes


def test_texts_are_set_as_they_stand() -> None:
    """Nothing in a text is markup or code, wherever it stands."""
    contact = {"label": ODD, "value": "www.example.nl/a/b", "phone": False, "remarks": [ODD]}
    agency = {"name": ODD, "remarks": [ODD], "why": [ODD, ODD], "contacts": [contact, contact]}
    beside = {"title": ODD, "text": ODD, "contacts": [contact]}
    note = paper(
        title=ODD,
        lead=ODD,
        chosen={"title": ODD, "columns": [ODD, ODD], "facts": [{"question": ODD, "answers": [ODD, ODD]}]},
        advised={"title": ODD, "agencies": [agency | {"beside": beside}]},
        open={"title": ODD, "lead": ODD, "rows": [{"lines": 2, "labels": [ODD, ODD]}]},
        foot=ODD,
    )
    # The reader gives what stands beside letters from the right in an order of its own: so in three parts.
    text, arabic = read(pdf_of("note", json.dumps(note))), ODD.split()[-1]
    times = json.dumps(note, ensure_ascii=False).count(arabic)
    assert [text.count(part) for part in (squeezed(ODD.partition("/*")[0]), "[1]", "{{7}}")] == [times] * 3


def test_a_note_of_the_content_shows_odd_names_as_they_stand(tmp_path: Path) -> None:
    """The same from the content file to the page and to the PDF."""
    card = copied(tmp_path, {'name = "FairWork"': "name = '# *x* $y$ <i>\"Z\" & co'"})
    client, _ = opened_door(tmp_path, card)
    form = fields(WORK)
    assert "<h3>3. # *x* $y$ &lt;i&gt;&#34;Z&#34; &amp; co</h3>" in client.post("/note", data=form).text
    assert squeezed('3. # *x* $y$ <i>"Z" & co') in read(client.post("/note.pdf", data=form).data)
    assert "3. # *x* $y$ &lt;i&gt;&#34;Z&#34; &amp; co" in client.post("/", data=form).text


def copied(folder: Path, changes: Mapping[str, str]) -> Path:
    """A folder with the content of the package and some other words in its agencies."""
    card = folder / "card"
    shutil.copytree(ROOT / "referral/content", card)
    file = card / "agencies.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return card


def test_a_language_from_the_right() -> None:
    """The document says so, and a number keeps the order of its parts."""
    contact = {"label": "اتصل", "value": "0800-5151", "phone": True, "remarks": []}
    web = {"label": "الموقع", "value": "www.example.nl/a-b/c", "phone": False, "remarks": []}
    agency = {"name": "سلام", "remarks": [], "why": ["سلام"], "contacts": [contact, web]}
    made = pdf_of(
        "note", json.dumps(paper(language="ar", direction="rtl", advised={"title": "أين", "agencies": [agency]}))
    )
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert str(pdf.Root.Lang) == "ar"
        assert str(pdf.Root.ViewerPreferences.Direction) == "/R2L"
    document = pypdfium2.PdfDocument(made)
    page = document[0].get_textpage()
    found = [page.search(part).get_next() for part in ("0800", "5151", "www", "example", "nl")]
    left = [page.get_charbox(at[0])[0] for at in found if at]
    assert len(left) == len(found)
    assert left[0] < left[1]
    assert left[2:] == sorted(left[2:])
    assert page.get_charbox(0)[2] > document[0].get_width() * 0.8  # the page begins at its right edge
    page.close()
    document.close()


def test_a_letter_that_no_font_has(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No PDF with empty boxes: the page says what works instead, and the log quotes nothing."""
    card = copied(tmp_path, {'name = "FairWork"': 'name = "Fair\U000f0001Work"'})
    client, _ = opened_door(tmp_path, card)
    refused = client.post("/note.pdf", data=fields(WORK))
    assert (refused.status_code, refused.mimetype) == (501, "text/html")
    assert "Open de notitie en print die." in refused.text
    assert "could not be made as PDF: CalledProcessError" in caplog.text
    assert [word for word in ("Fair", "Rotterdam", "paspoort") if word in caplog.text] == []


WITHOUT_THE_LIBRARY = """
import json, logging, sys
sys.modules["typst"] = None  # as where it is not installed
logging.basicConfig(level=logging.INFO)
from pathlib import Path
from tests.running import make_app
form = json.loads(sys.stdin.read())
client = make_app(Path(sys.argv[1]))[0].test_client(use_cookies=False)
for path in ("/", "/note", "/note.pdf"):
    answer = client.post(path, data=form)
    print(answer.status_code, "/note.pdf" in answer.text, "Open de notitie" in answer.text, sep=",")
"""


def test_without_the_library(tmp_path: Path) -> None:
    """The page offers no PDF, asking for one says what works, and the operator reads what to install, at start."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_LIBRARY, tmp_path],
        input=json.dumps(fields(WORK)),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=PATIENCE,
    )
    assert done.stdout.split() == ["200,False,False", "200,False,False", "501,False,True"]
    assert done.stderr.count("meldroute[pdf]") == 1


def test_the_server_does_not_load_the_library() -> None:
    """What it set stays in the memory of its process: so that is another one, which ends."""
    code = "import web, web.cli, sys; print('typst' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout == "False\n"


# --- the route to pass on ------------------------------------------------------------------------------------


def shared(page: str) -> str:
    """The text that a page offers to copy."""
    (text,) = re.findall(r"<textarea[^>]* readonly[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return unescape(text)


def test_what_is_shared_depends_on_the_agencies_alone(door: Door, content: Content) -> None:
    """Whoever gets the same agencies by other answers shares the same text, in the voices that may share."""
    client, _ = door
    texts, ways = defaultdict(set), defaultdict(set)
    for conversation in OF_TODAY:
        turn = replay(conversation, content)
        agencies = tuple(advice.agency.id for advice in turn.referral.agencies)
        ways[agencies].add(json.dumps(turn.accepted))
        for voice in ("professional", "public"):
            form = fields(turn.accepted, voor=voice)
            texts[agencies].add(shared(client.post("/", data=form).text))
            texts[f"{agencies} printed"].add(told(client.post("/share", data=form).text))
    assert {agencies: len(found) for agencies, found in texts.items() if len(found) != 1} == {}
    assert sum(len(found) > 1 for found in ways.values()) > 10


def test_other_answers_to_the_same_agencies_share_the_same(door: Door, content: Content) -> None:
    """Each conversation again with every other answer that changes one question but not the agencies."""
    script, card = content.script, content.card
    pairs = 0
    for conversation in OF_TODAY:
        turn = replay(conversation, content)
        agencies = [advice.agency.id for advice in turn.referral.agencies]
        text = route_text(route_data(card, agencies, Words("nl"), NOON), Words("nl"))
        other = other_answers(turn, agencies, content)
        if other is not None:
            pairs += 1
            client, _ = door
            assert shared(client.post("/", data=fields(other, voor="public")).text) == text
            assert take_turn(script, card, other, TODAY).accepted != turn.accepted
    assert pairs > len(OF_TODAY) * 0.9


def other_answers(turn: Turn, agencies: list[str], content: Content) -> dict[str, Sequence[str]] | None:
    """The same answers but for one or more, that lead to the same agencies; None where there are none."""
    found: dict[str, Sequence[str]] = dict(turn.accepted)
    for asked in turn.accepted:
        for option in content.script.questions[asked].options.values():
            if not option.offered(TODAY) or (option.id,) == turn.accepted[asked]:
                continue
            changed = {**found, asked: (option.id,)}
            led = take_turn(content.script, content.card, changed, TODAY)
            if led.referral and [advice.agency.id for advice in led.referral.agencies] == agencies:
                found = changed
                break
    return found if found != turn.accepted else None


def test_what_is_shared_holds_no_answer(door: Door, content: Content) -> None:
    """No signal, setting, place, wish or reason in any of their wordings, but where an agency is called so."""
    client, _ = door
    card = content.card
    ids = list(card.agencies)
    called = route_text(route_data(card, ids, Words("nl"), NOON), Words("nl"))
    for conversation in OF_TODAY:
        turn = replay(conversation, content)
        page = client.post("/", data=fields(turn.accepted, voor="public")).text
        text = shared(page)
        said = [
            wording
            for asked, chosen in turn.accepted.items()
            for option in (content.script.questions[asked].options[value] for value in chosen)
            for wording in ((option.place.name,) if option.place else vars(option.label).values())
            if wording and len(wording) > 3
        ]
        said += [signal.short for signal in card.signals.values()]
        said += [place.name for place in card.municipalities.values()]
        said += items(page, "why")
        assert [wording for wording in said if wording in text and wording not in called] == []
        assert f"Routekaart {card.version}" in text


def test_a_contact_of_one_municipality_is_in_the_note_and_not_shared(tmp_path: Path) -> None:
    """It would tell where it is."""
    card = tmp_path / "card"
    shutil.copytree(ROOT / "referral/content", card)
    with (card / "local.toml").open("a", encoding="utf-8") as file:
        file.write(LOCAL)
    client, _ = opened_door(tmp_path, card)
    form = fields({**WORK, "sector": ["gemeente"], "wens": ["geen"]})
    note, page = client.post("/note", data=form).text, client.post("/", data=form).text
    assert "hier@example.nl" in note
    assert "hier@example.nl" in page
    assert "hier@example.nl" not in shared(page) + client.post("/share", data=form).text


LOCAL = """
[[local]]
agency = "aandachtsfunctionaris"
municipality = "GM0599"

  [[local.contact]]
  kind = "email"
  value = "hier@example.nl"
  label = "Mail"
  source = "VAR22"
  checked = 2026-11-23
  verified = true
"""


def test_what_is_shared_says_how_to_reach_everybody(door: Door, content: Content) -> None:
    """Each agency with its number and address, and the mark where nobody confirmed it."""
    client, _ = door
    page = client.post("/", data=fields(WORK)).text
    text = shared(page)
    assert text.splitlines()[:5] == [
        "Hier kun je terecht",
        "Direct gevaar? Bel 112",
        "",
        "1. Nederlandse Arbeidsinspectie (NLA)",
        "- Bel 0800-5151",
    ]
    assert f"- Bel 010-2365256\n  Bereikbaar: zeven dagen per week (nog niet bevestigd)\n  {UNCONFIRMED}" in text
    assert text.endswith(f"\n\nRoutekaart {content.card.version}")
    printed = told(client.post("/share", data=fields(WORK)).text)
    assert [line for line in text.splitlines() if line.strip(" -") and line.strip(" -") not in printed] == []


def test_numbers_in_a_text_from_the_right_keep_their_order(content: Content) -> None:
    """Marks around them, which nobody sees; none where the text runs from the left."""
    agencies = [next(iter(content.card.agencies))]
    hebrew = Words("he")
    assert re.search("\u2066[\\d-]+\u2069", route_text(route_data(content.card, agencies, hebrew, NOON), hebrew))
    dutch = Words("nl")
    assert "\u2066" not in route_text(route_data(content.card, agencies, dutch, NOON), dutch)


# --- in a real browser ---------------------------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page with and without scripts."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        locale="nl-NL",
        java_script_enabled=request.param,
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield context.new_page()
    context.close()


def to_the_advice(page: Page, url: str) -> None:
    """As a professional, on the screens that one sees."""
    page.goto(url)
    for screen in SCREENS[:-1]:
        answer_screen(page, [(question, [option]) for question, option in screen])
    answer_screen(page, [*((question, [option]) for question, option in SCREENS[-1]), ("gender", [])])
    at_referral(page, "Nederlandse Arbeidsinspectie")


def opened(page: Page, button: str) -> Page:
    """The window that a button opens."""
    with page.context.expect_page() as found:
        page.get_by_role("button", name=button, exact=True).click()
    found.value.wait_for_load_state()
    return found.value


@pytest.mark.browser
def test_the_note_opens_beside_the_advice(page: Page, server: Server) -> None:
    """In a window of its own, with nothing of the answers in its address; the advice stays where it is."""
    to_the_advice(page, server.url)
    note = opened(page, "Bekijk en print de notitie")
    assert note.url == f"{server.url}note"
    assert note.title() == "Notitie"
    assert page.url == server.url
    at_referral(page, "Nederlandse Arbeidsinspectie")
    expect(note.get_by_role("heading", level=3).first).to_have_text("1. Nederlandse Arbeidsinspectie (NLA)")
    assert note.locator("[data-print]").is_visible() == page.locator("[data-print]").is_visible()
    note.emulate_media(media="print")
    for name in ("Print deze pagina", "Snel weg"):
        expect(note.get_by_text(name, exact=True)).to_be_hidden()
    expect(note.get_by_text("Naam van de persoon")).to_be_visible()


@pytest.mark.browser
def test_the_pdf_comes_as_a_file(page: Page, server: Server) -> None:
    """Whole, with a neutral name, and the advice stays where it is."""
    to_the_advice(page, server.url)
    with page.expect_download() as found:
        page.get_by_role("button", name="Notitie als PDF", exact=True).click()
    assert found.value.suggested_filename == "notitie.pdf"
    with pikepdf.open(found.value.path()) as pdf:
        assert pdf.Root.MarkInfo.Marked
    assert page.url == server.url
    at_referral(page, "Nederlandse Arbeidsinspectie")


@pytest.mark.browser
def test_the_route_is_shared_by_copy_or_on_paper(page: Page, server: Server, browser: Browser) -> None:
    """The text can be selected without a script, and copied by a button with one."""
    to_the_advice(page, server.url)
    page.get_by_text("De route delen, zonder je antwoorden").click()
    text = page.locator("#route")
    expect(text).to_be_visible()
    assert text.get_attribute("readonly") is not None
    said = text.input_value()
    assert "Nederlandse Arbeidsinspectie" in said
    assert "Rotterdam" not in said
    button = page.get_by_role("button", name="Kopieer de tekst")
    if button.count():
        button.click()
        expect(page.locator("#status")).to_have_text("Gekopieerd")
        assert page.evaluate("navigator.clipboard.readText()") == said
    route = opened(page, "Print alleen dit")
    assert (route.url, route.title()) == (f"{server.url}share", "Hier kun je terecht")


@pytest.mark.browser
@pytest.mark.parametrize("clipboard", ["undefined", "{ writeText: () => Promise.reject(new Error('refused')) }"])
def test_where_nothing_can_be_copied_the_text_is_selected(browser: Browser, server: Server, clipboard: str) -> None:
    """Over plain http there is no clipboard, and a frame may be refused it: the text is selected, and that is said."""
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.add_init_script(f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})")
    to_the_advice(page, server.url)
    page.get_by_text("De route delen, zonder je antwoorden").click()
    page.get_by_role("button", name="Kopieer de tekst").click()
    said = "De tekst is geselecteerd. Kopieer die zelf, met Ctrl+C of met het menu."
    expect(page.locator("#status")).to_have_text(said)
    expect(page.get_by_role("button", name=said)).to_be_visible()
    expect(page.locator("#route")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == page.locator("#route").input_value()
    context.close()


@pytest.mark.browser
def test_from_a_frame_of_another_site(browser: Browser, tmp_path: Path) -> None:
    """The sandbox of the widget lets a professional open, print, save and copy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nl-NL")
    with hosting() as site, running(tmp_path / "data", MELDROUTE_EMBED_ORIGINS=site.url) as server:
        element = '<meldroute-gesprek audience="professional" language="nl"></meldroute-gesprek>'
        site.pages["/"] = page_with(f'<script type="module" src="{server.url}embed.js" crossorigin></script>', element)
        page = context.new_page()
        page.goto(f"{site.url}/")
        page.get_by_role("button", name="Vragen?").click()
        frame = page.frame_locator("iframe")
        for screen in SCREENS:
            for question, option in screen:
                frame.locator(f"label[for='o-{question}-{option}']").click()
            frame.get_by_role("button", name="Verder", exact=True).click()
        expect(frame.locator("#first")).to_contain_text("Nederlandse Arbeidsinspectie")
        with context.expect_page() as found:
            frame.get_by_role("button", name="Bekijk en print de notitie").click()
        note = found.value
        expect(note.get_by_role("heading", level=1)).to_have_text("Notitie")
        note.evaluate("addEventListener('beforeprint', () => document.body.classList.add('printed'))")
        note.get_by_role("button", name="Print deze pagina").click()
        expect(note.locator("body")).to_have_class("printed")
        with page.expect_download() as saved:
            frame.get_by_role("button", name="Notitie als PDF").click()
        assert saved.value.suggested_filename == "notitie.pdf"
        frame.get_by_text("De route delen, zonder je antwoorden").click()
        frame.get_by_role("button", name="Kopieer de tekst").click()
        expect(frame.locator("#status")).to_have_text(
            "Gekopieerd", timeout=30_000
        )  # the system's clipboard can be slow
    context.close()


SCREENS = (
    (("gevaar", "nee"),),
    (("rol", "professional"),),
    (("sector", "zorg"), ("omgeving", "werk")),
    (("signalen", "paspoort_ingenomen"),),
    (("leeftijd", "23_plus"), ("gemeente", "GM0599"), ("onderwerp", "persoon"), ("wens", "geen")),
)
"""What a professional answers, screen by screen."""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_paper_on_the_screen(browser: Browser, server: Server, scheme: Any, width: int) -> None:
    """axe finds nothing, nothing is scrolled sideways, and the sheet is black on white in a dark scheme too."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="nl-NL", color_scheme=scheme)
    page = context.new_page()
    to_the_advice(page, server.url)
    windows = [opened(page, "Bekijk en print de notitie")]
    page.get_by_text("De route delen, zonder je antwoorden").click()
    windows.append(opened(page, "Print alleen dit"))
    for window in (page, *windows):
        window.set_viewport_size({"width": width, "height": 640})
        found = Axe().run(window, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert found.response["violations"] == []
        assert window.evaluate("document.documentElement.scrollWidth") <= width
    for window in windows:
        colours = window.locator(".sheet").evaluate(
            "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
        )
        assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    context.close()
