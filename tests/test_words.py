"""Every sentence can be said in another language: catalogues are whole, and no sentence escapes them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from flask.testing import FlaskClient

from bot.conversation import take_turn
from bot.wording import AUDIENCES, turn_data
from locales import Words, languages, tag_of
from tests.running import ROOT
from tests.test_refusals import LEADS_TO, NOW, SOMEBODY
from tests.waiting import ended_in_time
from web.catalogue import all_texts
from web.service import Content, Service
from web.serving import open_store

CATALOGUES = {path.parts[-3]: path for path in sorted((ROOT / "locales").glob("*/LC_MESSAGES/meldroute.po"))}
Answers = dict[str, list[str]]


# --- the catalogues ------------------------------------------------------------------------------------------


def catalogue(language: str) -> Catalog:
    """A catalogue, read so that nothing odd in it is passed over."""
    with CATALOGUES[language].open("rb") as file:
        return read_po(file, locale=tag_of(language), abort_invalid=True)


def test_every_catalogue_is_a_language_of_the_dialogue() -> None:
    """A folder is all that a language costs; Dutch comes first, then Dutch in easy words."""
    assert languages()[:2] == ("nl", "nl-eenvoudig")
    assert set(languages()) == {"nl", *CATALOGUES} >= {"en"}


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_catalogue_has_each_sentence_once(language: str) -> None:
    """A second translation of one sentence would be dropped in silence."""
    lines = CATALOGUES[language].read_text(encoding="utf-8").splitlines()
    twice = Counter(line for line in lines if line.startswith("msgid ") and line != 'msgid ""')
    assert [line for line, times in twice.items() if times > 1] == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_catalogue_has_no_sentence_too_many(language: str) -> None:
    """What left the content leaves the catalogue: `python -m web.catalogue`."""
    found = catalogue(language)
    assert list(found.obsolete) == []
    assert [message.id for message in found if message.string and not isinstance(message.id, str)] == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_catalogue_holds_exactly_the_sentences_there_are(content: Content, language: str) -> None:
    """Neither less nor more than the content, the templates and the code say."""
    ids = {message.id for message in catalogue(language) if message.id}
    there = set(all_texts(content))
    assert {"missing": sorted(there - ids), "superfluous": sorted(ids - there)} == {"missing": [], "superfluous": []}


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_catalogue_is_complete(language: str) -> None:
    """Every sentence has a translation that somebody stands behind: none is empty, none is marked as a guess."""
    messages = [message for message in catalogue(language) if message.id]
    assert [message.id for message in messages if not message.string] == []
    assert [message.id for message in messages if message.fuzzy] == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_keeps_what_is_no_word(language: str) -> None:
    """The same placeholders, the same telephone numbers, the same addresses, no space at either end."""
    wrong = {
        message.id: message.string
        for message in catalogue(language)
        if message.id and message.string and kept(message.id) != kept(message.string)
    }
    assert wrong == {}


def kept(text: str) -> tuple[list[str], list[str], list[str], bool]:
    """What a translation may not change."""
    return (
        sorted(re.findall(r"\{.*?\}", text)),
        sorted(set(re.findall(r"\b(?:112|113|0\d{2,3}-\d{4,7})\b", text))),
        sorted(re.findall(r"\b(?:www\.)?[a-z0-9-]+\.(?:nl|org|chat|nu)\b", text)),
        text == text.strip(),
    )


# --- a language in which every sentence stands in brackets ----------------------------------------------------


class Bracketed(Mapping[str, str]):
    """A catalogue that has words for everything: the sentence itself in brackets."""

    def __getitem__(self, text: str) -> str:
        return f"⟦{text}⟧"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


NO_WORDS = {
    *("language", "audience", "accepted", "dropped", "id", "forms", "strength", "would_have_mattered", "card"),
    *("kind", "value", "languages", "checked"),
}
"""The keys of the contract whose values are ids, numbers, addresses and dates."""


def outside(text: str) -> str:
    """What of a text stands in no brackets."""
    depth, left = 0, []
    for letter in text:
        depth += (letter == "⟦") - (letter == "⟧")
        if depth == 0 and letter != "⟧":
            left.append(letter)
    return "".join(left)


def escaped(text: str, names: set[str]) -> bool:
    """Whether a Latin letter stands in no brackets; municipalities are called the same in every language."""
    left = outside(text)
    for name in names:
        left = left.replace(name, "")
    return bool(re.search(r"[A-Za-zÀ-ɏ]", left))


def strings(data: Any) -> Iterator[str]:
    """Every text of an answer that a person reads."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from strings(value) if key not in NO_WORDS else ()
    elif isinstance(data, list | tuple):
        for value in data:
            yield from strings(value)
    elif isinstance(data, str):
        yield data


def ways() -> Iterator[Answers]:
    """Answers that lead to every question, about somebody and about oneself, and to every agency."""
    for who in ({"rol": ["omstander"]}, {"rol": ["slachtoffer"]}, {"rol": ["professional"], "sector": ["zorg"]}):
        everything: Answers = {"gevaar": ["weet_niet"], **who}
        yield {}
        yield {"gevaar": ["weet_niet"]}
        yield (
            {**everything, "sector": []} if who == {"rol": ["professional"]} else {"gevaar": ["nee"], "rol": who["rol"]}
        )
        yield everything
        for question, chosen in SOMEBODY.items():
            if question not in everything and question != "gender":
                everything = {**everything, question: chosen}
                yield everything
    yield from ({**SOMEBODY, **changes} for changes in LEADS_TO.values())


def places(content: Content) -> set[str]:
    """The names of the municipalities."""
    return {place.name for place in content.card.municipalities.values()}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_sentence_of_a_turn_escapes_the_catalogue(content: Content, audience: str) -> None:
    """Each question and each agency, in each voice: whatever is a word goes through the catalogue."""
    bracketed, names = Words("nl", Bracketed()), places(content)
    asked, advised, found = set(), set(), set()
    for answers in ways():
        turn = take_turn(content.script, content.card, answers, NOW.date())
        data = turn_data(turn, bracketed, audience, NOW)
        asked.update([turn.question.id] if turn.question else [])
        advised.update(advice.agency.id for advice in (turn.referral.agencies if turn.referral else ()))
        found.update(text for text in strings(data) if escaped(text, names) or "⟦⟦" in text)
    assert asked == set(content.script.questions)
    assert advised == set(content.card.agencies)
    assert sorted(found) == []


# --- the same on the pages, with a real catalogue in a real server ----------------------------------------------

PSEUDO = "he"
"""The language of the brackets: its own dates and names have no Latin letter, and it is written from the right."""
SAID = ("aria-label", "title", "alt", "placeholder", "data-wait", "data-failed", "data-announce")
SILENT = {"script", "style", "template"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Page(HTMLParser):
    """What a page says, and what its form would send."""

    texts: list[str] = field(default_factory=list)
    hidden: dict[str, list[str]] = field(default_factory=dict)
    checked: dict[str, list[str]] = field(default_factory=dict)
    root: dict[str, str | None] = field(default_factory=dict)
    _silent: list[bool] = field(default_factory=lambda: [False])

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = self._silent[-1] or tag in SILENT or given.get("translate") == "no"
        if not silent:
            self.texts += [value for name, value in attrs if name in SAID and value]
            if tag == "input" and given.get("type") in ("submit", "button", "reset"):
                self.texts.append(given.get("value") or "")
        if tag == "html":
            self.root = given
        if tag == "input":
            kept = {"hidden": self.hidden}.get(given.get("type") or "", self.checked if "checked" in given else {})
            kept.setdefault(given.get("name") or "", []).append(given.get("value") or "")
        if tag not in VOID:
            self._silent.append(silent)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent[-1]:
            self.texts.append(data.strip())


def page(html: str) -> Page:
    """A page that was read to its end, every element closed."""
    found = Page()
    found.feed(html)
    found.close()
    assert found._silent == [False]
    return found


@pytest.fixture(scope="module")
def bracketed(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a copy of the house that has one folder more: the language of the brackets."""
    copy = tmp_path_factory.mktemp("bracketed")
    for room in ("bot", "locales", "referral", "web"):
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    folder = copy / "locales" / PSEUDO / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    made = Catalog(locale=PSEUDO, fuzzy=False)
    for text in all_texts(content):
        made.add(text, f"⟦{text}⟧")
    with (folder / "meldroute.po").open("wb") as file:
        write_po(file, made)
    process = subprocess.Popen(
        [sys.executable, "-m", "web.cli", "serve", "--port", "0"],
        cwd=copy,
        env={
            **os.environ,
            "MELDROUTE_DATABASE": str(copy / "meldroute.db"),
            "MELDROUTE_TODAY": f"{NOW:%Y-%m-%dT%H:%M}",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        with ended_in_time(process):
            address = process.stdout.readline().split()[-1]
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        with ended_in_time(process, seconds=20):
            process.wait()
        process.stdout.close()


def sent(url: str, path: str = "", fields: dict[str, str | list[str]] | None = None, **headers: str) -> str:
    """The page that answers a form, an error page too."""
    body = None if fields is None else urllib.parse.urlencode(fields, doseq=True).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url + path, body, headers), timeout=20) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()


def form(answers: Answers, **fields: str) -> dict[str, str | list[str]]:
    """The fields of the form in the language of the brackets."""
    return {"taal": PSEUDO, **fields, **{f"q-{question}": chosen or [""] for question, chosen in answers.items()}}


def unbracketed(html: str, names: set[str]) -> set[str]:
    """The texts of a page that no catalogue gave."""
    found = page(html)
    assert (found.root["lang"], found.root["dir"]) == (PSEUDO, "rtl")
    assert any("⟦" in text for text in found.texts)
    return {text for text in found.texts if escaped(text, names) or "⟦⟦" in text}


def test_no_sentence_of_the_first_page_escapes_the_catalogue(bracketed: str, content: Content) -> None:
    """The page before the first answer, reached by its address."""
    assert unbracketed(sent(bracketed, f"?taal={PSEUDO}"), places(content)) == set()


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_sentence_of_a_page_escapes_the_catalogue(bracketed: str, content: Content, audience: str) -> None:
    """Each question and each agency, in each voice: text, label, title and what a screen reader is told."""
    escaped_texts = set()
    for answers in ways():
        escaped_texts |= unbracketed(sent(bracketed, fields=form(answers, voor=audience)), places(content))
    assert sorted(escaped_texts) == []


LED: Answers = {"gevaar": ["nee"], "rol": ["omstander"], "omgeving": ["werk"]}
ODD = {
    "Kies het antwoord dat het beste past.": form({"gevaar": ["nee"]}, vraag="rol"),
    "Kies óf “geen”, óf iets anders. Niet allebei.": form({**LED, "signalen": ["geen", "moe_angst"]}, vraag="signalen"),
    "Is het nu? Wacht dan niet op de vragen.": form({**LED, "signalen": ["nu_opgesloten"]}, vraag="signalen"),
    "Door je nieuwe antwoord vervalt wat je eerder koos bij:": form(
        {"gevaar": ["nee"], "rol": ["naaste"], "sector": ["zorg"]}, vraag="rol"
    ),
    "Overgeslagen": form(SOMEBODY),
    "Je antwoorden tot nu toe (2)": form(SOMEBODY, actie="wijzig-omgeving"),
    "Het antwoord op deze vraag kan het advies veranderen:": form(
        {**SOMEBODY, "signalen": ["geen"], "gemeente": ["weet_niet"]}
    ),
    "112 weet ervan, of het gevaar is voorbij: ga door met de vragen": form({"gevaar": ["ja"]}),
    "Het antwoord “misschien” bestaat niet.": form({"gevaar": ["misschien"]}),
    "Deze vraag bestaat niet.": form({"naam": ["Jan"]}),
    "De gemeente Brielle bestaat nu niet meer. Kies Voorne aan Zee.": form({**SOMEBODY, "gemeente": ["GM0501"]}),
}
"""Pages that few people see: what they say → the form that brings it up."""


@pytest.mark.parametrize(("said", "fields"), ODD.items(), ids=ODD)
def test_no_sentence_of_an_odd_page_escapes_the_catalogue(
    bracketed: str, content: Content, said: str, fields: dict[str, str | list[str]]
) -> None:
    """What is wrong, urgent, lost or changed is said in the language of the page too."""
    html = sent(bracketed, fields=fields)
    assert f"⟦{said}⟧" in html
    assert unbracketed(html, places(content)) == set()


def test_no_sentence_of_an_error_page_escapes_the_catalogue(bracketed: str, content: Content) -> None:
    """A page that is not there says so in the language that the browser asks for."""
    html = sent(bracketed, "no-such-page", **{"Accept-Language": PSEUDO})
    assert unbracketed(html, places(content)) == set()


def test_no_sentence_of_an_error_for_a_program_escapes_the_catalogue(bracketed: str) -> None:
    """Title and detail of a problem are in the language that the request named."""
    body = json.dumps({"language": PSEUDO, "answers": {"rol": ["buurman"]}}).encode()
    request = urllib.request.Request(bracketed + "api/v1/turns", body, {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=20)
    with caught.value as error:
        assert json.load(error) == {
            "type": "about:blank",
            "title": "⟦Dit verzoek klopt niet⟧",
            "status": 400,
            "detail": "⟦Het antwoord “buurman” bestaat niet.⟧",
            "question": "rol",
        }


def test_the_script_of_the_page_says_nothing_of_its_own() -> None:
    """Every sentence that the script shows comes from the page, so what it quotes is no sentence."""
    code = (ROOT / "web/static/dialogue.js").read_text(encoding="utf-8")
    code = re.sub(r"(?m)^\s*//.*| // .*$", "", re.sub(r"(?s)/\*.*?\*/", "", code))
    quoted = [text for _, text in re.findall(r"""(["'`])(.*?)\1""", code)]
    assert "dialogue" in quoted
    assert [text for text in quoted if re.match(r"[A-Z][a-z]* ", text)] == []


# --- another language midway ----------------------------------------------------------------------------------


def answers_of(found: Page) -> Answers:
    """The answers that the form would send with any button."""
    fields = [*found.hidden.items(), *found.checked.items()]
    return {name[2:]: [v for v in values if v] for name, values in fields if name.startswith("q-")}


MIDWAY = {
    "at the first question": ("gevaar", {"gevaar": ["nee"]}, {}),
    "with signals ticked and not sent": (
        "signalen",
        {"gevaar": ["nee"], "rol": ["naaste"], "omgeving": ["werk"], "signalen": ["slapen_werkplek", "moe_angst"]},
        {},
    ),
    "before an answer was chosen": ("omgeving", {"gevaar": ["nee"], "rol": ["naaste"]}, {}),
    "with answers that wait behind a changed one": (
        "omgeving",
        {"gevaar": ["nee"], "rol": ["naaste"], "omgeving": ["werk"], "leeftijd": ["18_22"], "wens": ["anoniem"]},
        {},
    ),
    "at the last question, which may be skipped": ("gender", SOMEBODY | {"gender": ["man"]}, {}),
    "in another voice": ("rol", {"gevaar": ["nee"], "rol": ["naaste"]}, {"voor": "young"}),
}


@pytest.mark.parametrize(("present", "answers", "more"), MIDWAY.values(), ids=MIDWAY)
def test_another_language_keeps_all_answers(
    door: tuple[FlaskClient, Service], present: str, answers: Answers, more: dict[str, str]
) -> None:
    """The button of a language changes the words and nothing else: same question, same answers, same ticket."""
    client, _ = door
    fields = {"taal": "nl", "vraag": present, "actie": "taal-en", "kaartje": "", **more}
    fields |= {f"q-{question}": chosen for question, chosen in answers.items()}  # type: ignore[dict-item]
    there = page(client.post("/", data=fields).text)
    assert there.root["lang"] == "en"
    assert there.hidden["vraag"] == [present]
    assert there.hidden["voor"] == [more.get("voor", "public")]
    assert answers_of(there) == answers
    back = page(client.post("/", data={**there.hidden, **there.checked, "actie": "taal-nl"}).text)
    assert back.root["lang"] == "nl"
    assert answers_of(back) == answers
    assert back.hidden["kaartje"] == there.hidden["kaartje"]


def test_another_language_keeps_the_referral_and_its_count(door: tuple[FlaskClient, Service]) -> None:
    """The advice stays the advice, and a person who reads it twice is counted once."""
    client, service = door
    given = {f"q-{question}": chosen or [""] for question, chosen in SOMEBODY.items()}
    here = page(client.post("/", data={"taal": "nl", **given}).text)
    there = page(client.post("/", data={**here.hidden, "actie": "taal-en"}).text)
    assert there.root["lang"] == "en"
    assert answers_of(there) == answers_of(here) == SOMEBODY
    assert here.hidden["geteld"] == there.hidden["geteld"] == ["ja"]
    store = open_store(service.settings, service.content, create=False)
    assert store.contacts() == 1
    store.close()
