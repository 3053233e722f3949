"""Broken content is refused as a whole, by file, entry and reason; what ships is whole."""

from __future__ import annotations

import datetime
import json
import shutil
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.contacts import contact_data
from bot.conversation import Turn, take_turn
from bot.wording import AUDIENCES, agency_data, turn_data
from locales import languages, words
from referral.checks import verified_contact
from referral.errors import CardError
from referral.model import Contact
from tests.running import ROOT
from web.service import Content, load_content
from web.settings import Settings

NOW = datetime.datetime.combine(datetime.date(2026, 11, 24), datetime.time(12))
SHIPPED = {path.name: path for path in [*(ROOT / "referral/content").glob("*.toml"), ROOT / "bot/questions.toml"]}
FILES = sorted(SHIPPED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content that ships, to break."""
    for path in SHIPPED.values():
        shutil.copy(path, tmp_path)
    return tmp_path


def changed(folder: Path, file: str, old: str, new: str) -> None:
    """Replaces the first `old` in a file; an `old` that is not there fails the test."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def added(folder: Path, file: str, entry: str) -> None:
    """Puts an entry at the end of a file."""
    with (folder / file).open("a", encoding="utf-8") as text:
        text.write(f"\n{entry}\n")


def loaded(folder: Path) -> Content:
    """What start-up makes of a folder."""
    return load_content(Settings(content=folder, questions=folder))


def refused(folder: Path) -> tuple[str, str, str]:
    """The file, the entry and the reason for which start-up refuses a folder."""
    with pytest.raises(CardError) as caught:
        loaded(folder)
    error = caught.value
    assert str(error) == f"{error.file}: {error.entry}: {error.wrong}"
    return error.file, error.entry, error.wrong


# --- one wrong word in an entry ----------------------------------------------------------------------


class Edit(NamedTuple):
    """One change to a file, and the refusal it must lead to; `refused_in` where another file is named."""

    file: str
    old: str
    new: str
    entry: str
    wrong: str
    refused_in: str = ""


def missing(key: str, value: str) -> str:
    """The reason where a key names what is not there."""
    return f"`{key}` names {value!r}, which does not exist"


def no_key(key: str) -> str:
    """The reason where nobody reads a key."""
    return f"does not know the key `{key}`"


UNKNOWN = {
    "agency of a route": Edit(
        "routes.toml",
        'agencies = ["nla", "essm_meldpunt", "fairwork"]',
        'agencies = ["nla", "essm", "fairwork"]',
        "route 'R4'",
        missing("agencies", "essm"),
    ),
    "agency that is withheld": Edit(
        "routes.toml",
        'not = ["politie", "politie_tci", "chat_erover"]',
        'not = ["politie", "recherche"]',
        "route 'R15'",
        missing("not", "recherche"),
    ),
    "agency of a block": Edit(
        "guidance.toml",
        'with_agency = ["nla"]',
        'with_agency = ["inspectie"]',
        "block 'nla_terug'",
        missing("with_agency", "inspectie"),
    ),
    "agency beside": Edit(
        "card.toml",
        'beside = ["comensha", "meld_misdaad_anoniem"]',
        'beside = ["comensah"]',
        "the file",
        missing("beside", "comensah"),
    ),
    "alarm": Edit("card.toml", 'alarm = "alarm_112"', 'alarm = "alarm_911"', "the file", missing("alarm", "alarm_911")),
    "advice line": Edit(
        "card.toml",
        'advice_line = "essm_meldpunt"',
        'advice_line = "humanitas"',
        "the file",
        missing("advice_line", "humanitas"),
    ),
    "signal of a route": Edit(
        "routes.toml",
        'signalen = ["huishoudhulp_opgesloten"]',
        'signalen = ["huishoudhulp"]',
        "route 'R6', when",
        missing("signalen", "huishoudhulp"),
    ),
    "signal of a block": Edit(
        "guidance.toml",
        'signalen = ["zonder_papieren"]',
        'signalen = ["geen_papieren"]',
        "block 'zonder_papieren', when",
        missing("signalen", "geen_papieren"),
    ),
    "question of a route": Edit(
        "routes.toml",
        'when = { wens = ["anoniem"] }',
        'when = { wensen = ["anoniem"] }',
        "route 'R14', when",
        no_key("wensen"),
    ),
    "option of a route": Edit(
        "routes.toml",
        'when = { wens = ["anoniem"] }',
        'when = { wens = ["anonym"] }',
        "route 'R14', when",
        missing("wens", "anonym"),
    ),
    "form of a route": Edit(
        "routes.toml",
        'vormen = ["arbeid"], sterkte = ["sterk", "acuut"]',
        'vormen = ["werk"], sterkte = ["sterk", "acuut"]',
        "route 'R4', when",
        missing("vormen", "werk"),
    ),
    "municipality of a route": Edit(
        "routes.toml",
        'gemeente = ["GM0599"]',
        'gemeente = ["GM9999"]',
        "route 'R3-rotterdam', when",
        missing("gemeente", "GM9999"),
    ),
    "municipality that follows": Edit(
        "municipalities.toml",
        'successor = "GM1992"',
        'successor = "GM9999"',
        "municipality 'GM0501'",
        "its successor 'GM9999' does not exist",
    ),
    "question": Edit(
        "questions.toml",
        'id = "wens"',
        'id = "wensen"',
        "question 'wensen'",
        "is not a fact of facts.toml that an answer can give",
    ),
    "question about a derived fact": Edit(
        "questions.toml",
        'id = "gender"',
        'id = "minderjarig"',
        "question 'minderjarig'",
        "is not a fact of facts.toml that an answer can give",
    ),
    "question that opens another": Edit(
        "questions.toml",
        'when = { rol = ["professional"] }',
        'when = { beroep = ["professional"] }',
        "question 'sector', when",
        no_key("beroep"),
    ),
    "later question that opens another": Edit(
        "questions.toml",
        'when = { rol = ["professional"] }',
        'when = { onderwerp = ["persoon"] }',
        "question 'sector', when",
        no_key("onderwerp"),
    ),
    "option that opens a question": Edit(
        "questions.toml",
        'when = { rol = ["professional"] }',
        'when = { rol = ["beroep"] }',
        "question 'sector', when",
        missing("rol", "beroep"),
    ),
    "list of options": Edit(
        "questions.toml",
        'options_from = "municipalities"',
        'options_from = "villages"',
        "question 'gemeente'",
        missing("options_from", "villages"),
    ),
    "option without a value": Edit(
        "questions.toml", 'id = "anoniem"', 'id = "anonym"', "question 'wens'", missing("option", "anonym")
    ),
    "value without an option": Edit(
        "facts.toml",
        'values = ["anoniem", "geen_politie", "geen"]',
        'values = ["anoniem", "geen_politie", "geen_post", "geen"]',
        "question 'wens'",
        "has no option for 'geen_post', a value of the fact in facts.toml",
        refused_in="questions.toml",
    ),
    "fact without a question": Edit(
        "facts.toml",
        "[[derived]]",
        '[[fact]]\nid = "land"\nvalues = ["nederland"]\n\n[[derived]]',
        "the file",
        "asks nothing about 'land', which is a fact of facts.toml",
        refused_in="questions.toml",
    ),
    "setting": Edit(
        "signals.toml",
        'settings = ["werk", "thuis_wijk"]',
        'settings = ["werk", "kantoor"]',
        "signal 'slapen_werkplek'",
        "names the unknown setting 'kantoor'",
    ),
    "setting that means not known": Edit(
        "signals.toml",
        'settings = ["werk", "thuis_wijk"]',
        'settings = ["weet_niet"]',
        "signal 'slapen_werkplek'",
        "names the unknown setting 'weet_niet'",
    ),
    "form of a signal": Edit(
        "signals.toml", 'forms = ["arbeid"]', 'forms = ["werk"]', "signal 'slapen_werkplek'", missing("forms", "werk")
    ),
    "weight": Edit(
        "signals.toml", 'weight = "sterk"', 'weight = "zwaar"', "signal 'slapen_werkplek'", missing("weight", "zwaar")
    ),
    "fact that a signal implies": Edit(
        "signals.toml",
        'implies = { minderjarig = "ja" }',
        'implies = { kind = "ja" }',
        "signal 'nu_minderjarig_seks'",
        missing("implies", "kind"),
    ),
    "fact that an answer implies": Edit(
        "facts.toml",
        "implies = { minderjarig = { onder_18",
        "implies = { kind = { onder_18",
        "fact 'leeftijd', implies",
        no_key("kind"),
    ),
    "value that an answer implies": Edit(
        "facts.toml", '18_22 = "nee"', '18_22 = "bijna"', "fact 'leeftijd'", missing("implies", "bijna")
    ),
    "value that implies": Edit(
        "facts.toml", 'onder_18 = "ja"', 'onder_16 = "ja"', "fact 'leeftijd'", missing("implies", "onder_16")
    ),
    "form that a setting suggests": Edit(
        "facts.toml",
        'suggests = { werk = "arbeid"',
        'suggests = { werk = "baan"',
        "fact 'omgeving'",
        "'werk' suggests the unknown form 'baan'",
    ),
    "source": Edit(
        "agencies.toml",
        'source = ["W-MELD", "NLA-H", "NLA-FAQ", "NLA19"]',
        'source = ["W-MELD", "KRANT"]',
        "agency 'nla'",
        missing("source", "KRANT"),
    ),
    "tally": Edit(
        "agencies.toml",
        'tally = "nla"',
        'tally = "inspectie"',
        "agency 'nla'",
        "`tally` 'inspectie' is not in tables.toml",
    ),
    "area": Edit(
        "municipalities.toml",
        'area = "dordrecht"',
        'area = "drechtsteden"',
        "municipality 'GM0505'",
        "`area` 'drechtsteden' is not in tables.toml",
    ),
    "dimension of a table": Edit(
        "tables.toml",
        'dimensions = ["form", "reporter"]',
        'dimensions = ["form", "melder"]',
        "table 'form_reporter'",
        missing("dimensions", "melder"),
    ),
    "key of an agency": Edit(
        "agencies.toml",
        'role_note = "Voor wie zich in gevaar brengt door te praten."',
        'rolenote = "Voor wie zich in gevaar brengt door te praten."',
        "agency 'politie_tci'",
        no_key("rolenote"),
    ),
    "key of a contact": Edit(
        "agencies.toml", "  publish = true", "  published = true", "agency 'alarm_112', contact 1", no_key("published")
    ),
    "key of a price": Edit(
        "agencies.toml",
        'cost = { text = "gratis", free = true',
        'cost = { text = "gratis", costless = true, free = true',
        "agency 'alarm_112', contact 1, cost",
        no_key("costless"),
    ),
    "key of a route": Edit("routes.toml", "interrupt = true", "interupt = true", "route 'R1'", no_key("interupt")),
    "key of a signal": Edit(
        "signals.toml", "indication = 1", "indicator = 1", "signal 'slapen_werkplek'", no_key("indicator")
    ),
    "key of a question": Edit(
        "questions.toml", "optional = true\ntext", "skippable = true\ntext", "question 'gender'", no_key("skippable")
    ),
    "key of the card": Edit(
        "card.toml", "check_after_days = 90", "check_after_days = 90\ncolour = 'blue'", "the file", no_key("colour")
    ),
    "entry": Edit("routes.toml", "[[route]]", "[[rout]]", "the file", no_key("rout")),
}

SIGNAL = """id = "slapen_werkplek"
forms = ["arbeid"]
weight = "sterk"
source = ["SEED"]
settings = ["werk", "thuis_wijk"]
"""
AGENCY_112 = 'tally = "alarm_112"\nsource = ["W-MELD", "CKM-S"]\nchecked = 2026-11-23\nverified = true\n'
CNV_CONTACT = """  [[agency.contact]]
  kind = "via"
  label = "Zoek op internet naar de vakbond CNV. Het nummer is hier nog niet bekend."
  publish = true
  source = "GEEN-BRON"
  checked = 2026-11-23
  verified = false
"""
LOKET_CONTACT = 'value = "juridischloket.nl"\n  label = "Stel je vraag met het e-mailformulier"\n  publish = true'
POLICE_COST = (
    '  cost = { text = "2 cent per minuut plus je gewone belkosten", free = false, source = "PIT23", '
    "checked = 2026-11-23, verified = false }\n"
)

GAP = (
    "must end (`valid_until`) on the day before 'GM1992' starts (`valid_from`): a day that belongs to both or to "
    "neither would count wrongly"
)
NO_CONTACT = 'has no contact that may be shown: add one, or one of `kind = "via"`'
NEVER_APPLIES = "can never apply: no answers can meet its condition"

WRONG = {
    "signal without a form": Edit(
        "signals.toml",
        SIGNAL,
        SIGNAL.replace('forms = ["arbeid"]\n', ""),
        "signal 'slapen_werkplek'",
        'has no form: name at least one in `forms`, or "alle"',
    ),
    "signal with an empty list of forms": Edit(
        "signals.toml",
        SIGNAL,
        SIGNAL.replace('["arbeid"]', "[]"),
        "signal 'slapen_werkplek'",
        'has no form: name at least one in `forms`, or "alle"',
    ),
    "signal that is never shown first": Edit(
        "signals.toml",
        SIGNAL,
        SIGNAL.replace('settings = ["werk", "thuis_wijk"]\n', ""),
        "signal 'slapen_werkplek'",
        "has no `settings`: it would never be shown first",
    ),
    "same indication twice": Edit(
        "signals.toml",
        "indication = 2",
        "indication = 1",
        "signal 'paspoort_ingenomen'",
        "has the same `indication` as 'slapen_werkplek'",
    ),
    "withheld alarm": Edit(
        "routes.toml",
        'not = ["politie", "politie_tci", "chat_erover"]',
        'not = ["politie", "alarm_112"]',
        "route 'R15'",
        "withholds alarm_112: that is never withheld",
    ),
    "route without a reason": Edit(
        "routes.toml",
        'why = "Er is nu gevaar. Dan gaat 112 voor alles."\n',
        "",
        "route 'R1'",
        "brings an agency but does not say `why`",
    ),
    "route without an effect": Edit(
        "routes.toml",
        'agencies = ["alarm_112"]\nwhy = "Er is nu gevaar. Dan gaat 112 voor alles."\n',
        "",
        "route 'R1'",
        "brings no agency and withholds none",
    ),
    "verified without a source": Edit(
        "agencies.toml",
        AGENCY_112,
        AGENCY_112.replace('source = ["W-MELD", "CKM-S"]\n', ""),
        "agency 'alarm_112'",
        "is marked verified but names no `source`",
    ),
    "verified without a day": Edit(
        "agencies.toml",
        AGENCY_112,
        AGENCY_112.replace("checked = 2026-11-23\n", ""),
        "agency 'alarm_112'",
        "is marked verified but says not when it was `checked`",
    ),
    "verified inference": Edit(
        "agencies.toml",
        AGENCY_112,
        AGENCY_112 + 'basis = "inference"\n',
        "agency 'alarm_112'",
        "is marked verified and an inference: it is one or the other",
    ),
    "verified price without a source": Edit(
        "agencies.toml",
        'cost = { text = "gratis", free = true, source = ["W-MELD", "CKM-S"], ',
        'cost = { text = "gratis", free = true, ',
        "agency 'alarm_112', contact 1, cost",
        "is marked verified but names no `source`",
    ),
    "agency without a contact": Edit("agencies.toml", CNV_CONTACT, "", "agency 'cnv'", NO_CONTACT),
    "agency with only unpublished contacts": Edit(
        "agencies.toml",
        LOKET_CONTACT,
        LOKET_CONTACT.replace("publish = true", "publish = false"),
        "agency 'juridisch_loket'",
        NO_CONTACT,
    ),
    "phone without a number": Edit(
        "agencies.toml", '  value = "112"\n', "", "agency 'alarm_112', contact 1", "needs a `value`"
    ),
    "way through somebody else with a number": Edit(
        "agencies.toml",
        CNV_CONTACT,
        CNV_CONTACT.replace('"via"\n', '"via"\n  value = "030-1234567"\n'),
        "agency 'cnv', contact 1",
        "goes via somebody else and so has no `value`",
    ),
    "unknown kind of contact": Edit(
        "agencies.toml",
        'kind = "phone"',
        'kind = "telefoon"',
        "agency 'alarm_112', contact 1",
        missing("kind", "telefoon"),
    ),
    "phone that is no phone": Edit(
        "agencies.toml",
        'value = "0800-5151"',
        'value = "bel de inspectie"',
        "agency 'nla', contact 1",
        "'bel de inspectie' does not look like a phone contact",
    ),
    "web address with a scheme": Edit(
        "agencies.toml",
        'value = "fnv.nl"',
        'value = "https://fnv.nl"',
        "agency 'fnv', contact 1",
        "'https://fnv.nl' does not look like a web contact",
    ),
    "mail address without a place": Edit(
        "agencies.toml",
        'value = "info@comensha.nl"',
        'value = "info"',
        "agency 'comensha', contact 2",
        "'info' does not look like a email contact",
    ),
    "paid number without a price": Edit(
        "agencies.toml",
        POLICE_COST,
        "",
        "agency 'politie', contact 1",
        "0900-8844 is a paid number: its `cost` must stand beside it",
    ),
    "paid number in another grouping": Edit(
        "agencies.toml",
        'value = "033-4481186"',
        'value = "09 00-448 11 86"',
        "agency 'comensha', contact 1",
        "09 00-448 11 86 is a paid number: its `cost` must stand beside it",
    ),
    "hours that cannot be read": Edit(
        "agencies.toml",
        'osm = "Mo-Fr 09:00-17:00"',
        'osm = "ma-vr 9 tot 5"',
        "agency 'comensha', contact 1, hours",
        "`osm` 'ma-vr 9 tot 5' is not an opening_hours expression, such as Mo-Fr 09:00-17:00",
    ),
    "same topic twice": Edit(
        "agencies.toml",
        'topic = "others_told"\n  text = "Denkt de politie',
        'topic = "anonymous"\n  text = "Denkt de politie',
        "agency 'politie'",
        "says twice what happens about one topic",
    ),
    "agency that ends before it starts": Edit(
        "agencies.toml",
        "valid_from = 2024-02-20",
        "valid_from = 2024-02-20\nvalid_until = 2024-02-19",
        "agency 'keerpunt'",
        "ends on 2024-02-19, before it starts on 2024-02-20",
    ),
    "route that ends before it starts": Edit(
        "routes.toml",
        'id = "R13-gemeente"',
        'id = "R13-gemeente"\nvalid_from = 2019-01-01\nvalid_until = 2018-12-31',
        "route 'R13-gemeente'",
        "ends on 2018-12-31, before it starts on 2019-01-01",
    ),
    "municipality that ends before it starts": Edit(
        "municipalities.toml",
        "valid_from = 2023-01-01",
        "valid_from = 2023-01-01\nvalid_until = 2022-06-01",
        "municipality 'GM1992'",
        "ends on 2022-06-01, before it starts on 2023-01-01",
    ),
    "municipality that shares a day with what follows": Edit(
        "municipalities.toml", "valid_until = 2022-12-31", "valid_until = 2023-01-01", "municipality 'GM0501'", GAP
    ),
    "municipality that leaves out a day before what follows": Edit(
        "municipalities.toml", "valid_until = 2022-12-31", "valid_until = 2022-12-30", "municipality 'GM0501'", GAP
    ),
    "municipality that goes on beside what follows": Edit(
        "municipalities.toml", "valid_until = 2022-12-31\n", "", "municipality 'GM0501'", GAP
    ),
    "day with a time": Edit(
        "routes.toml",
        'id = "R13-gemeente"',
        'id = "R13-gemeente"\nvalid_from = 2019-01-01T00:00:00',
        "route 'R13-gemeente'",
        "`valid_from` must be a date, not datetime.datetime(2019, 1, 1, 0, 0)",
    ),
    "day as a text": Edit(
        "routes.toml",
        'id = "R13-gemeente"',
        'id = "R13-gemeente"\nvalid_from = "1 januari 2019"',
        "route 'R13-gemeente'",
        "`valid_from` must be a date, not '1 januari 2019'",
    ),
    "missing name": Edit("agencies.toml", 'name = "Politie"\n', "", "agency 'politie'", "`name` is missing"),
    "empty name": Edit(
        "agencies.toml",
        'name = "Politie"',
        'name = ""',
        "agency 'politie'",
        "`name` is empty: leave it out, or write it",
    ),
    "missing id": Edit("signals.toml", 'id = "gevaar_nu"\n', "", "signal 1", "`id` is missing"),
    "word where true or false belongs": Edit(
        "agencies.toml",
        "verified = true",
        'verified = "ja"',
        "agency 'alarm_112'",
        "`verified` must be true or false, not 'ja'",
    ),
    "true where a number belongs": Edit(
        "card.toml",
        "check_after_days = 90",
        "check_after_days = true",
        "the file",
        "`check_after_days` must be a number, not True",
    ),
    "list where a text belongs": Edit(
        "facts.toml",
        'suggests = { werk = "arbeid"',
        'suggests = { werk = ["arbeid"]',
        "fact 'omgeving'",
        "`suggests` gives 'werk' a value that is no text: ['arbeid']",
    ),
    "text where a table belongs": Edit(
        "facts.toml",
        'implies = { minderjarig = { onder_18 = "ja", 18_22 = "nee", 23_plus = "nee" } }',
        'implies = { minderjarig = "ja" }',
        "fact 'leeftijd', implies",
        "`minderjarig` must be a table, not 'ja'",
    ),
    "the same agency twice in a route": Edit(
        "routes.toml",
        'agencies = ["nla", "essm_meldpunt", "fairwork"]',
        'agencies = ["nla", "nla"]',
        "route 'R4'",
        "`agencies` names something twice",
    ),
    "nobody beside": Edit(
        "card.toml",
        'beside = ["comensha", "meld_misdaad_anoniem"]',
        "beside = []",
        "the file",
        "`beside` names nobody: a first call without a verified contact needs one",
    ),
    "somebody beside without a verified contact": Edit(
        "card.toml",
        'beside = ["comensha", "meld_misdaad_anoniem"]',
        'beside = ["comensha", "essm_meldpunt"]',
        "the file",
        "`beside` names 'essm_meldpunt', which has no verified contact itself",
    ),
    "somebody beside who may be withheld": Edit(
        "card.toml",
        'beside = ["comensha", "meld_misdaad_anoniem"]',
        'beside = ["politie"]',
        "the file",
        "`beside` names nobody who always exists and is never withheld",
    ),
    "somebody beside who does not always exist": Edit(
        "card.toml",
        'beside = ["comensha", "meld_misdaad_anoniem"]',
        'beside = ["keerpunt"]',
        "the file",
        "`beside` names nobody who always exists and is never withheld",
    ),
    "derived fact that nothing implies": Edit(
        "facts.toml",
        'implies = { in_regio = { buiten_regio = "nee", "*" = "ja" } }',
        "",
        "route 'R15-buiten'",
        NEVER_APPLIES,
        refused_in="routes.toml",
    ),
    "every value of a list that is none": Edit(
        "facts.toml",
        'implies = { minderjarig = { onder_18 = "ja"',
        'implies = { minderjarig = { "*" = "ja"',
        "fact 'leeftijd'",
        missing("implies", "*"),
    ),
}

TWICE = {
    "agencies.toml": ('id = "politie"', 'id = "alarm_112"', "agency 'alarm_112'"),
    "card.toml": ('id = "seksueel"', 'id = "arbeid"', "form 'arbeid'"),
    "facts.toml": ('id = "rol"', 'id = "gevaar"', "fact 'gevaar'"),
    "guidance.toml": ('id = "wel_doen"', 'id = "gevaar"', "block 'gevaar'"),
    "municipalities.toml": ('id = "GM0613"', 'id = "GM0482"', "municipality 'GM0482'"),
    "questions.toml": ('id = "rol"', 'id = "gevaar"', "question 'gevaar'"),
    "signals.toml": ('id = "nu_opgesloten"', 'id = "gevaar_nu"', "signal 'gevaar_nu'"),
    "tables.toml": ('id = "reporter"', 'id = "form"', "dimension 'form'"),
}


@pytest.mark.parametrize("edit", UNKNOWN.values(), ids=UNKNOWN)
def test_a_name_that_does_not_exist_is_refused(folder: Path, edit: Edit) -> None:
    """Every reference must lead to an entry, and every key must be one that somebody reads."""
    changed(folder, edit.file, edit.old, edit.new)
    assert refused(folder) == (edit.refused_in or edit.file, edit.entry, edit.wrong)


@pytest.mark.parametrize("edit", WRONG.values(), ids=WRONG)
def test_an_entry_that_could_lose_a_report_is_refused(folder: Path, edit: Edit) -> None:
    """An entry must be complete, of the right kinds, and fit what stands beside it."""
    changed(folder, edit.file, edit.old, edit.new)
    assert refused(folder) == (edit.refused_in or edit.file, edit.entry, edit.wrong)


@pytest.mark.parametrize("file", TWICE)
def test_an_id_twice_is_refused(folder: Path, file: str) -> None:
    """Two entries of one file never share an id."""
    old, new, entry = TWICE[file]
    changed(folder, file, old, new)
    assert refused(folder) == (file, entry, "stands twice")


def test_a_source_twice_is_refused(folder: Path) -> None:
    """A key of the sources means one page."""
    added(folder, "sources.toml", '[[source]]\nid = "SEED"\ntitle = "Nog een"')
    assert refused(folder) == ("sources.toml", "source 'SEED'", "stands twice")


def test_an_option_twice_is_refused(folder: Path) -> None:
    """An option of a question has an id of its own."""
    changed(folder, "questions.toml", 'id = "geen_politie"', 'id = "anoniem"')
    assert refused(folder) == ("questions.toml", "question 'wens', option 'anoniem'", "stands twice")


def test_an_option_that_a_list_holds_already_is_refused(folder: Path) -> None:
    """An option beside those of a list is none of them."""
    changed(folder, "questions.toml", 'id = "buiten_regio"', 'id = "GM0599"')
    assert refused(folder) == ("questions.toml", "question 'gemeente', option 'GM0599'", "stands twice")


LOCAL = """[[local]]
agency = "aandachtsfunctionaris"
municipality = "GM0599"

  [[local.contact]]
  kind = "email"
  value = "melden@rotterdam.example"
  label = "Mail"
"""


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        (LOCAL.replace("aandachtsfunctionaris", "balie"), missing("agency", "balie")),
        (LOCAL.replace("GM0599", "GM9999"), missing("municipality", "GM9999")),
        (
            LOCAL.replace("aandachtsfunctionaris", "politie"),
            "'politie' has no `local = true`: it has one contact for everybody",
        ),
        (LOCAL.replace("  label", "  lable"), "`label` is missing"),
    ],
)
def test_a_local_contact_that_leads_nowhere_is_refused(folder: Path, entry: str, wrong: str) -> None:
    """It belongs to an agency that is local, in a municipality of the region, and is complete."""
    added(folder, "local.toml", entry)
    where = "the file, local 1, contact 1" if "label" in wrong else "the file, local 1"
    assert refused(folder) == ("local.toml", where, wrong)


def test_a_local_contact_twice_is_refused(folder: Path) -> None:
    """An agency has one entry in a municipality."""
    added(folder, "local.toml", LOCAL + LOCAL)
    wrong = "gives the contact of 'aandachtsfunctionaris' in 'GM0599' a second time"
    assert refused(folder) == ("local.toml", "the file, local 2", wrong)


UNCOUNTABLE = {
    "an age": [
        ("facts.toml", '"23_plus", "weet_niet"]', '"23_plus", "65_plus", "weet_niet"]'),
        (
            "questions.toml",
            'text = "23 of ouder"',
            'text = "23 tot 65"\n[[question.option]]\nid = "65_plus"\ntext = "65"',
        ),
    ],
    "a gender": [("tables.toml", 'values = ["vrouw", "man", "anders", "onbekend"]', 'values = ["vrouw", "onbekend"]')],
    "a form": [
        ("card.toml", "[launch]", '[[form]]\nid = "dienst"\nshort = "werken zonder loon in een huis"\n\n[launch]'),
        ("signals.toml", 'forms = ["arbeid"]', 'forms = ["dienst"]'),
    ],
    "a fact": [("tables.toml", 'fact = "vorm"', 'fact = "form"')],
}


@pytest.mark.parametrize("edits", UNCOUNTABLE.values(), ids=UNCOUNTABLE)
def test_what_can_be_answered_but_not_counted_is_refused(folder: Path, edits: list[tuple[str, str, str]]) -> None:
    """A value that no table declares would cost a person the referral, at the moment of counting it."""
    for edit in edits:
        changed(folder, *edit)
    file, _, _ = refused(folder)
    assert file == "tables.toml"


# --- whole files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_refused(folder: Path, file: str) -> None:
    """No file of the content may be left out."""
    (folder / file).unlink()
    assert refused(folder) == (file, "the file", "is missing")


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_not_toml_is_refused(folder: Path, file: str) -> None:
    """The parser's own reason comes along, with the line to look at."""
    added(folder, file, "this is not TOML")
    with pytest.raises(tomllib.TOMLDecodeError) as reason:
        tomllib.loads((folder / file).read_text(encoding="utf-8"))
    assert refused(folder) == (file, "the file", f"is not valid TOML: {reason.value}")


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    """Content is UTF-8."""
    (folder / "card.toml").write_bytes('region = "Curaçao"'.encode("latin-1"))
    assert refused(folder) == (
        "card.toml",
        "the file",
        "is not valid TOML: 'utf-8' codec can't decode byte 0xe7 in position 14: invalid continuation byte",
    )


def test_of_two_broken_entries_the_first_is_named(folder: Path) -> None:
    """Within a file the reader starts at the top."""
    changed(folder, "routes.toml", 'agencies = ["nla", "essm_meldpunt", "fairwork"]', 'agencies = ["tweede"]')
    changed(folder, "routes.toml", 'agencies = ["zelfmoordpreventie_113", "alarm_112"]', 'agencies = ["eerste"]')
    assert refused(folder) == ("routes.toml", "route 'R2'", missing("agencies", "eerste"))


def test_of_two_broken_files_the_first_is_named(folder: Path) -> None:
    """Sources are read before what refers to them, agencies before the routes that name them."""
    changed(folder, "routes.toml", 'id = "R4"', 'id = ""')
    changed(folder, "agencies.toml", 'id = "nla"', 'id = ""')
    assert refused(folder) == ("agencies.toml", "agency 5", "`id` is empty: leave it out, or write it")


# --- routes that nobody can come to ---------------------------------------------------------------------


def route(when: str, rest: str = "") -> str:
    """A route with this condition, and further lines."""
    return f'[[route]]\nid = "X"\nwhen = {{ {when} }}\nagencies = ["comensha"]\nwhy = "Daarom."\nsource = []\n{rest}'


NEVER = [
    # one set of forms cannot be two things
    'vorm = ["seksueel"], vormen = ["arbeid"]',
    'vorm = ["onbekend"], vormen = ["arbeid"]',
    'vorm = ["arbeid"], sterkte = ["geen"]',
    # no signal of this form has this weight
    'vormen = ["anders"], sterkte = ["steun"]',
    'vorm = ["anders"], omgeving = ["werk"], sterkte = ["steun"]',
    # a signal decides the form or the weight
    'signalen = ["slapen_werkplek"], vorm = ["seksueel"]',
    'signalen = ["slapen_werkplek"], vorm = ["onbekend"]',
    'signalen = ["gevaar_nu"], sterkte = ["steun"]',
    # "none of these" stands alone
    'signalen = ["geen"], sterkte = ["sterk"]',
    'signalen = ["geen"], vorm = ["arbeid"]',
    # who is not a professional is not asked in which sector
    'rol = ["naaste"], sector = ["zorg"]',
    # danger ends the questions
    'gevaar = ["ja"], rol = ["slachtoffer"]',
    'gevaar = ["ja"], sterkte = ["sterk"]',
    'gevaar = ["ja"], minderjarig = ["ja"]',
    'gevaar = ["ja"], in_regio = ["nee"]',
    # what an answer implies
    'leeftijd = ["onder_18"], minderjarig = ["nee"]',
    'leeftijd = ["onder_18"], minderjarig = ["weet_niet"]',
    'signalen = ["minderjarig_sekswerk"], minderjarig = ["nee"]',
    'gemeente = ["GM0599"], in_regio = ["nee"]',
    'gemeente = ["buiten_regio"], in_regio = ["ja"]',
    'gemeente = ["weet_niet"], in_regio = ["ja", "nee"]',
]
SOMETIMES = [
    'vormen = ["arbeid"], vorm = ["combinatie"]',
    'vormen = ["seksueel"], omgeving = ["werk"], sterkte = ["steun"]',
    'signalen = ["slapen_werkplek"], vormen = ["seksueel"]',
    'signalen = ["slapen_werkplek"], vorm = ["combinatie"]',
    'signalen = ["zonder_papieren"], sterkte = ["geen"]',
    'signalen = ["geen"], vorm = ["onbekend"]',
    'rol = ["professional"], sector = ["zorg"]',
    # a signal can tell of a minor whatever was answered
    'leeftijd = ["weet_niet"], minderjarig = ["ja"]',
    'leeftijd = ["23_plus"], minderjarig = ["ja"]',
    # what nobody asked after danger is not known
    'gevaar = ["ja"], sterkte = ["geen"]',
    'gevaar = ["ja"], minderjarig = ["weet_niet"], in_regio = ["weet_niet"]',
]


@pytest.mark.parametrize("when", NEVER)
def test_a_route_that_no_answers_lead_to_is_refused(folder: Path, when: str) -> None:
    """Start-up proves of every route that somebody can come to it."""
    added(folder, "routes.toml", route(when))
    assert refused(folder) == ("routes.toml", "route 'X'", NEVER_APPLIES)


@pytest.mark.parametrize("when", SOMETIMES)
def test_a_route_that_some_answers_lead_to_is_accepted(folder: Path, when: str) -> None:
    """An unlikely condition is not an impossible one."""
    added(folder, "routes.toml", route(when))
    assert loaded(folder).card.routes[-1].id == "X"


def test_a_block_that_no_answers_lead_to_is_refused(folder: Path) -> None:
    """Guidance that nobody can see is as wrong as a route."""
    changed(folder, "guidance.toml", "when = { sterkte = [", 'when = { gevaar = ["ja"], sterkte = [')
    assert refused(folder) == ("guidance.toml", "block 'bedenktijd'", NEVER_APPLIES)


def test_a_route_for_a_municipality_that_was_gone_by_then_is_refused(folder: Path) -> None:
    """A municipality can be answered only while it exists."""
    added(folder, "routes.toml", route('gemeente = ["GM0501"]', "valid_from = 2023-01-01"))
    assert refused(folder) == ("routes.toml", "route 'X'", NEVER_APPLIES)


# --- the catch-all ---------------------------------------------------------------------------------------

INSIDE = """when = { in_regio = ["ja", "weet_niet"] }
agencies = ["essm_meldpunt"]
why = "Je hoeft het niet zeker te weten. Hier denken ze met je mee."
source = ["SEED"]
catch_all = true"""
OUTSIDE = """when = { in_regio = ["nee"] }
agencies = ["comensha"]
why = "Je hoeft het niet zeker te weten. Hier denken ze met je mee, in heel Nederland."
source = ["W-COM"]
catch_all = true"""
SECTORS = (
    '"gemeente", "onderwijs", "zorg", "wijkteam_hulpverlening", "politie_justitie", "horeca_recreatie", '
    '"toezicht_handhaving", "opvang_vluchtelingen", "anders"'
)

CATCH_ALL = {
    "withheld outside the region": (
        (OUTSIDE, OUTSIDE.replace("comensha", "essm_meldpunt")),
        "leaves no agency where in_regio = nee",
    ),
    "not for who does not know where": (
        (INSIDE, INSIDE.replace('"ja", "weet_niet"', '"ja"')),
        "leaves no agency where in_regio = weet_niet",
    ),
    "withheld without police": (
        (INSIDE, INSIDE.replace("essm_meldpunt", "politie")),
        "leaves no agency where in_regio = ja",
    ),
    "somebody who does not always exist": (
        (INSIDE, INSIDE.replace("essm_meldpunt", "keerpunt")),
        "leaves no agency where in_regio = ja",
    ),
    "not always": ((INSIDE, INSIDE + "\nvalid_from = 2022-06-01"), "leaves no agency where in_regio = ja"),
    "only for who is asked": (
        (INSIDE, INSIDE.replace('in_regio = ["ja", "weet_niet"]', f"sector = [{SECTORS}]")),
        "leaves no agency where in_regio = ja, sector is not asked",
    ),
    "left to the signals": (
        (INSIDE, INSIDE.replace('in_regio = ["ja", "weet_niet"]', 'vorm = ["onbekend", "combinatie"]')),
        "may not depend on 'vorm', which signals decide",
    ),
}


@pytest.mark.parametrize(("edit", "wrong"), CATCH_ALL.values(), ids=CATCH_ALL)
def test_a_catch_all_that_can_fail_somebody_is_refused(folder: Path, edit: tuple[str, str], wrong: str) -> None:
    """Whatever is answered and withheld, on any day, somebody is left to call."""
    changed(folder, "routes.toml", *edit)
    assert refused(folder) == ("routes.toml", "the catch-all", wrong)


def test_a_card_without_a_catch_all_is_refused(folder: Path) -> None:
    """A card needs a route for who fits no other."""
    for _ in ("vangnet", "vangnet-buiten"):
        changed(folder, "routes.toml", "catch_all = true", "")
    assert refused(folder) == ("routes.toml", "the file", "has no route with `catch_all = true` that always holds")


def test_a_catch_all_that_only_withholds_is_refused(folder: Path) -> None:
    """A catch-all brings somebody."""
    changed(folder, "routes.toml", OUTSIDE, 'not = ["politie"]\ncatch_all = true')
    assert refused(folder) == ("routes.toml", "route 'vangnet-buiten'", "is a catch-all without an agency")


# --- routes in time ---------------------------------------------------------------------------------------


def test_a_route_twice_in_the_same_days_is_refused(folder: Path) -> None:
    """A route without dates holds always, so a second of its name always meets it."""
    added(folder, "routes.toml", route('vormen = ["arbeid"]').replace('"X"', '"R4"'))
    assert refused(folder) == ("routes.toml", "route 'R4'", "stands twice for the same days")


def test_a_route_twice_that_shares_one_day_is_refused(folder: Path) -> None:
    """Both ends of a period belong to it."""
    added(folder, "routes.toml", route('vormen = ["arbeid"]', "valid_until = 2026-06-30"))
    added(folder, "routes.toml", route('vormen = ["arbeid"]', "valid_from = 2026-06-30"))
    assert refused(folder) == ("routes.toml", "route 'X'", "stands twice for the same days")


def test_a_route_may_return_in_a_following_period(folder: Path) -> None:
    """A rule that changes keeps its name: the old one ends, the new one starts the day after."""
    added(folder, "routes.toml", route('vormen = ["arbeid"]', "valid_until = 2026-06-30"))
    added(folder, "routes.toml", route('vormen = ["seksueel"]', "valid_from = 2026-07-01"))
    assert [r.when["vormen"] for r in loaded(folder).card.routes if r.id == "X"] == [{"arbeid"}, {"seksueel"}]


# --- what ships -------------------------------------------------------------------------------------------

SOMEBODY = {
    "gevaar": ["nee"],
    "rol": ["omstander"],
    "omgeving": ["thuis_wijk"],
    "signalen": ["moe_angst"],
    "leeftijd": ["23_plus"],
    "gemeente": ["GM0599"],
    "onderwerp": ["persoon"],
    "wens": ["geen"],
    "gender": [],
}
LEADS_TO: dict[str, dict[str, list[str]]] = {
    "alarm_112": {"gevaar": ["ja"]},
    "politie": {"signalen": ["gedwongen_seks"]},
    "politie_tci": {"signalen": ["drugs_rondbrengen"], "wens": ["anoniem"]},
    "meld_misdaad_anoniem": {"wens": ["anoniem"]},
    "nla": {"signalen": ["slapen_werkplek"]},
    "nla_tci": {"signalen": ["slapen_werkplek"], "wens": ["anoniem"]},
    "essm_meldpunt": {},
    "chat_erover": {"signalen": ["drugs_rondbrengen"], "leeftijd": ["18_22"]},
    "keerpunt": {"signalen": ["drugs_rondbrengen"], "leeftijd": ["18_22"], "gemeente": ["GM0505"]},
    "chat_fier": {"signalen": ["gedwongen_seks"], "rol": ["slachtoffer"]},
    "comensha": {"rol": ["slachtoffer"]},
    "meldpunt_uitbuiting_minderjarigen": {"leeftijd": ["onder_18"], "gemeente": ["buiten_regio"]},
    "fairwork": {"signalen": ["onderbetaald"]},
    "veilig_thuis": {"signalen": ["gedwongen_huwelijk"]},
    "kindertelefoon": {"leeftijd": ["onder_18"]},
    "slachtofferhulp": {"rol": ["slachtoffer"]},
    "csg": {"signalen": ["gedwongen_seks"], "gemeente": ["weet_niet"]},
    "helpwanted": {"signalen": ["naaktfoto_chantage"], "omgeving": ["weet_niet"]},
    "zelfmoordpreventie_113": {"signalen": ["nu_zelfdoding"]},
    "juridisch_loket": {"signalen": ["onderbetaald"], "onderwerp": ["plaats"]},
    "aandachtsfunctionaris": {"rol": ["professional"], "sector": ["gemeente"]},
    "workinnl": {"signalen": ["onderbetaald"], "omgeving": ["werk"]},
    "fnv": {"signalen": ["geen_contract"]},
    "cnv": {"signalen": ["gedwongen_zzp"]},
    "sekswerk_door2door": {"signalen": ["geen"], "omgeving": ["seks_online"]},
}
"""Every agency of the facts that a person may be sent to, with what to answer to be sent there."""


def referred(content: Content, changes: dict[str, list[str]]) -> Turn:
    """The referral of somebody, with some answers changed."""
    return take_turn(content.script, content.card, {**SOMEBODY, **changes}, NOW.date())


def contacts(content: Content) -> Iterator[Contact]:
    """Every contact on the card, those that are not published too."""
    for agency in content.card.agencies.values():
        yield from agency.contacts


def test_the_card_that_ships_loads(content: Content, folder: Path) -> None:
    """The copy that these tests break is whole before they do."""
    assert loaded(folder).card == content.card


def test_a_way_through_somebody_else_is_a_contact(content: Content) -> None:
    """Where no number is known, the card says whom to ask, and that is enough."""
    only = [agency.id for agency in content.card.agencies.values() if {c.kind for c in agency.contacts} == {"via"}]
    assert only == ["aandachtsfunctionaris", "workinnl", "cnv", "sekswerk_door2door"]


def test_all_signals_are_there(content: Content) -> None:
    """The facts list 77 signals; the nine of the source document keep their numbers."""
    assert len(content.card.signals) == 77
    assert content.card.indications == (
        "slapen_werkplek",
        "paspoort_ingenomen",
        "schuldbinding",
        "geen_bankpas",
        "geen_zorg",
        "dwang_dreiging",
        "kwetsbaar_lvb_kind",
        "zonder_papieren",
        "weet_adres_niet",
    )
    assert [content.card.signals[signal].indication for signal in content.card.indications] == list(range(1, 10))


def test_all_agencies_are_there(content: Content) -> None:
    """Nobody that the facts allow is left out, and nobody that they forbid (RIEC, RCT, EMM, IGJ) is let in."""
    assert list(content.card.agencies) == list(LEADS_TO)


@pytest.mark.parametrize("agency", LEADS_TO)
def test_some_answers_lead_to_the_agency(content: Content, agency: str) -> None:
    """An agency on the card is one that somebody is sent to."""
    referral = referred(content, LEADS_TO[agency]).referral
    assert referral is not None
    assert agency in [advice.agency.id for advice in referral.agencies]


def test_some_contacts_are_not_published(content: Content) -> None:
    """These are the numbers that the facts forbid to show unchecked; the next test looks for them."""
    assert [contact.value for contact in contacts(content) if not contact.published] == [
        "+31 70 333 44 44",
        "+31 70 333 56 78",
        "06 23 86 61 45",
        "06 10 78 21 17",
        "0900-8020",
        "0800-8020",
    ]


@pytest.mark.parametrize("agency", LEADS_TO)
def test_an_unpublished_number_is_in_no_output(content: Content, agency: str) -> None:
    """Neither as it is written nor without its spaces and dashes, in no voice and no language."""
    turn = referred(content, LEADS_TO[agency])
    hidden = [contact.value for contact in contacts(content) if contact.value and not contact.published]
    for language, audience in product(languages(), AUDIENCES):
        said = json.dumps(turn_data(turn, words(language), audience, NOW), ensure_ascii=False)
        assert [value for value in hidden if value in said or _bare(value) in _bare(said)] == []


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_paid_number_has_its_price_beside_it(content: Content, audience: str) -> None:
    """Who calls 0900 knows before what it costs."""
    shown = [
        contact
        for agency in content.card.agencies.values()
        for contact in agency_data(agency, words("nl"), {"audience": audience, "oneself": False}, NOW)["contacts"]
        if contact["value"].startswith("0900")
    ]
    assert [(c["value"], c["cost"], c["free"]) for c in shown] == [
        ("0900-8844", "2 cent per minuut plus je gewone belkosten (nog niet bevestigd)", False),
        ("0900-0101", "lokaal tarief, volgens een oude pagina (nog niet bevestigd)", False),
    ]


def test_hours_that_nobody_verified_say_nothing_about_now(content: Content) -> None:
    """`open_now` is an answer only where the hours were checked; else it is null, day and night."""
    unverified = [c for c in contacts(content) if c.hours and c.hours.osm and not c.hours.checked.verified]
    assert [contact.value for contact in unverified] == [
        "0800-7000",
        "veiligthuis.nl",
        "0800-0432",
        "kindertelefoon.nl",
    ]
    for contact, hour in product(unverified, range(24)):
        data = contact_data(contact, words("nl"), NOW.replace(hour=hour))
        assert (data["open_now"], data["opens"], data["hours_verified"]) == (None, None, False)


def test_a_first_call_without_a_verified_contact_has_one_beside_it(content: Content) -> None:
    """Whoever is called first, a verified contact is at hand, his own or that of somebody beside him."""
    signals = [s.id for s in content.card.signals.values() if s.weight != "steun"] + [
        "moe_angst",
        "onderbetaald",
        "geen",
    ]
    unverified = set()
    for signal, rol, wens, gemeente in product(
        signals, ("slachtoffer", "omstander"), ("geen", "anoniem", "geen_politie"), ("GM0599", "buiten_regio")
    ):
        referral = referred(
            content, {"signalen": [signal], "rol": [rol], "wens": [wens], "gemeente": [gemeente]}
        ).referral
        assert referral is not None
        first = referral.agencies[0].agency
        if verified_contact(first.contacts):
            assert referral.beside is None
        else:
            unverified.add(first.id)
            assert referral.beside is not None
            assert verified_contact(referral.beside.contacts) is not None
    assert unverified == {"essm_meldpunt"}


def test_a_municipal_reporter_has_a_verified_contact_beside_the_own_desk(content: Content) -> None:
    """The desk within a municipality has no number yet, so a checked one stands beside it."""
    data = turn_data(referred(content, LEADS_TO["aandachtsfunctionaris"]), words("nl"), "professional", NOW)
    assert data["referral"]["agencies"][0]["id"] == "aandachtsfunctionaris"
    assert data["referral"]["beside"]["id"] == "comensha"
    assert [c["value"] for c in data["referral"]["beside"]["contacts"] if c["verified"]] == [
        "033-4481186",
        "info@comensha.nl",
        "comensha.nl",
    ]
