"""The words of the monitor: whole for what is counted, honest about it, and refused where one is wrong."""

import datetime
import re
import shutil
from importlib.resources import files

import pytest

from referral.disclosure import BASE, STEPS
from referral.errors import CardError
from referral.facts import derive
from referral.reading import TOTAL, Break, load_reading
from tests.running import ROOT
from tests.test_content_lint import LONGEST, length, sentences

FILE = "monitor.toml"
SHIPPED = files("referral") / "content" / FILE
MONTHS = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"]
MONTHS += ["september", "oktober", "november", "december"]


@pytest.fixture
def reading(content):
    """The reading that ships."""
    return load_reading(content.card, content.tables)


@pytest.fixture
def folder(tmp_path):
    """A folder with a copy of the file, to break."""
    shutil.copy(str(SHIPPED), tmp_path)
    return tmp_path


def changed(folder, old, new):
    """Replaces the first `old` in the copy; an `old` that is not there fails the test."""
    text = (folder / FILE).read_text("utf-8")
    assert old in text, f"{FILE} does not hold {old!r}"
    (folder / FILE).write_text(text.replace(old, new, 1), "utf-8")


def names(reading):
    """Everything that a dimension, a value or a table is called, and the line above each table."""
    yield from reading.dimensions.values()
    yield from reading.values.values()
    for table in reading.tables.values():
        yield from (table.title, table.caption)


def prose(reading):
    """The sentences that explain the figures."""
    texts = (*reading.definitions, *(table.definition for table in reading.tables.values()))
    return [sentence for text in texts for sentence in sentences(text)]


# --- what ships is whole ---------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2022, 2026])
def test_every_value_has_a_label(content, reading, year):
    """Nothing that is counted stands in a table as an id, in a year with other municipalities neither."""
    counted = {
        (dimension, value)
        for dimension in content.tables.dimensions
        for value in content.tables.values(dimension, str(year))
    }

    assert [pair for pair in counted if reading.label(*pair) in ("", pair[1])] == []
    assert set(reading.dimensions) == set(content.tables.dimensions)


def test_labels_of_a_dimension_differ(content, reading):
    """Two columns are never called the same."""
    for dimension in content.tables.dimensions:
        labels = [reading.label(dimension, value) for value in (*content.tables.values(dimension, "2026"), TOTAL)]
        assert len(set(labels)) == len(labels), dimension


def test_every_table_is_explained(content, reading):
    """Each table has words of its own, in the order of the declared tables; the nine signals each by their name."""
    assert list(reading.tables) == list(content.tables.tables)
    assert all(name == table.id for name, table in reading.tables.items())
    for part in ("title", "caption"):
        assert len({getattr(table, part) for table in reading.tables.values()}) == len(reading.tables)
    for signal in content.card.indications:
        (table,) = [t.id for t in content.tables.tables.values() if t.indication == signal]
        assert reading.tables[table].title.endswith(content.card.signals[signal].short)
    assert [table for table in reading.tables.values() if "{" in "".join(vars(table).values())] == []


def test_labels_that_are_made(content, reading):
    """Months are named from the value, municipalities by the card, a margin in every dimension."""
    assert [reading.label("month", f"2026-{number:02}") for number in range(1, 13)] == [f"{m} 2026" for m in MONTHS]
    assert [reading.label("municipality", place.id) for place in content.card.municipalities.values()] == [
        place.name for place in content.card.municipalities.values()
    ]
    assert {reading.label(dimension, TOTAL) for dimension in reading.dimensions} == {"Totaal"}


@pytest.mark.parametrize(
    "unknown", [("form", "digitaal"), ("weather", "rain"), ("month", "2026-13"), ("form", "2026-01")]
)
def test_a_value_of_another_card_stays_as_it_is(reading, unknown):
    """An older release can hold a value that today's tables do not declare: it is shown as it was published."""
    assert reading.label(*unknown) == unknown[1]


def test_nothing_is_filled_in_that_only_the_operator_knows(reading):
    """Since when is counted is not ours to say, and nothing has changed yet."""
    assert (reading.since, reading.breaks) == (None, ())


# --- what the words say ----------------------------------------------------------------------------


def test_contacts_are_not_persons_victims_or_reports(reading):
    """The three confusions are each named among what goes for all tables, and so is adding up."""
    said = " ".join(reading.definitions)
    for not_that in (
        "geen personen",
        "geen slachtoffers",
        "geen meldingen",
        "vaker iets vragen",
        "niet op bij cijfers",
    ):
        assert not_that in said


def test_the_rounding_in_words_is_the_rounding(reading):
    """How far a figure can be off is what the rounding allows, in a release with the fallback too."""
    said = " ".join(reading.definitions)
    assert (BASE, STEPS) == (5, (0, 1))
    assert "vijftallen" in said
    assert f"hooguit {BASE - 1} af" in said
    assert f"Bij 0 is het echte aantal 0 tot en met {BASE - 1}" in said
    assert f"hooguit {BASE * (1 + STEPS[-1]) - 1} kan" in said


def test_nobody_is_called_a_victim(reading):
    """Not even who asks about themselves; the word stands only where we say that contacts are not that."""
    assert [name for name in names(reading) if re.search("slachtoffer", name, re.IGNORECASE)] == []
    named = [s for s in prose(reading) if re.search("slachtoffer", s, re.IGNORECASE)]
    assert named == ["Contacten zijn geen slachtoffers."]


@pytest.mark.parametrize("dimension", ["gender", "age", "area", "municipality"])
def test_whose_it_is(content, reading, dimension):
    """What is of the person concerned is never taken for what is of the reporter."""
    for table in content.tables.tables.values():
        if dimension in table.dimensions:
            assert "de persoon om wie het gaat" in reading.tables[table.id].definition


def test_the_first_agency_and_the_language_of_the_dialogue(content, reading):
    """Only the first agency counts, and a language is that of the dialogue."""
    assert "alleen de eerste instantie" in reading.tables["form_agency"].definition
    assert "waarin het gesprek gevoerd is" in reading.tables["language"].definition
    assert {content.card.agencies[name].tally for name in ("politie_tci", "nla_tci")} == {"politie", "nla"}


def test_what_stands_under_nine_signals_is_true_of_each_and_of_all(content, reading):
    """One text for every table of a signal, and for the nine together: none of it points at a single one."""
    tables = [reading.tables[t.id] for t in content.tables.tables.values() if t.indication]
    assert len(tables) == 9
    assert len({table.definition for table in tables}) == 1
    assert len({table.caption.partition(": ")[0] for table in tables}) == 1
    assert "negen signalen" in tables[0].definition
    for text in (tables[0].definition, tables[0].caption):
        assert "dit signaal" not in text.lower()
        assert "Dit is een" not in text


def test_names_are_explained_in_words(reading):
    """An explanation reads on after a colon, is not another abbreviation, and is short."""
    assert {"ESSM", "CoMensha", "RIEC", "VAR"} <= set(reading.names)
    for name, meaning in reading.names.items():
        assert length(f"{name}: {meaning}.") <= LONGEST["anybody"]
        assert re.findall(r"\b[A-Z][A-Z]+\b", meaning) == []


def test_no_ranking_of_municipalities(content, reading):
    """A table of municipalities says that it is not for comparing them."""
    for table in content.tables.tables.values():
        if "municipality" in table.dimensions:
            assert "niet om gemeenten te vergelijken" in reading.tables[table.id].definition


def test_the_other_form_holds_what_its_table_says(content, reading):
    """The examples of another form are signals of that form alone."""
    other = [signal.id for signal in content.card.signals.values() if signal.forms == ("anders",)]
    assert {"orgaan", "gedwongen_huwelijk"} <= set(other)
    assert "een gedwongen huwelijk of het afstaan van een orgaan" in reading.tables["form_reporter"].definition


def test_no_sentence_is_long(reading):
    """As everywhere: more than 24 words are two sentences."""
    captions = [table.caption for table in reading.tables.values()]
    assert [s for s in (*prose(reading), *captions) if length(s) > LONGEST["anybody"]] == []


def test_councils_are_not_addressed_formally(reading):
    """Not "u", as nowhere else."""
    assert [s for s in (*prose(reading), *names(reading)) if re.search(r"\b[Uu](w|we|zelf)?\b", s)] == []


# --- the page that maps the tables -----------------------------------------------------------------


def test_the_page_names_everything_that_is_counted(content):
    """docs/tables.md leaves out no table, no dimension and no value of those that it maps one by one."""
    page = (ROOT / "docs/tables.md").read_text("utf-8")
    tables = content.tables
    ids = {"form_signal_…" if table.indication else table.id for table in tables.tables.values()} - {
        "form_municipality"
    }
    ids |= {*tables.dimensions} - {"ticked", "agency"}
    ids |= {value for name in ("form", "reporter", "gender") for value in tables.dimensions[name].values}

    assert [name for name in ids if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("signal", "setting", "form"),
    [
        ("orgaan", None, "anders"),
        ("gedwongen_huwelijk", None, "anders"),
        ("bedelen", "straat_criminaliteit", "crimineel"),
        ("bedelen", None, "combinatie"),
        ("huishoudhulp_opgesloten", "werk", "arbeid"),
        ("huishoudhulp_opgesloten", None, "combinatie"),
    ],
)
def test_where_forms_of_others_count(content, signal, setting, form):
    """What docs/tables.md says of forms that others have and we have not."""
    answers = {"signalen": (signal,), **({"omgeving": (setting,)} if setting else {})}
    assert derive(content.card, answers)["vorm"] == (form,)


# --- what the operator adds ------------------------------------------------------------------------


def test_the_first_day(content, folder):
    """The day that the operator fills in is read."""
    changed(folder, "# since = 2027-01-01", "since = 2027-01-01")
    assert load_reading(content.card, content.tables, folder).since == datetime.date(2027, 1, 1)


def test_breaks(content, folder):
    """A break goes for all tables, for one, or for those of every signal."""
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(
            '\n[[break]]\non = 2027-03-01\ntext = "Een nieuwe vraag."\n'
            '\n[[break]]\non = 2027-04-01\ntables = ["month"]\ntext = "Een campagne."\n'
            '\n[[break]]\non = 2027-05-01\ntables = ["form_signal_{indication}"]\ntext = "Een nieuw signaal."\n'
        )
    signals = tuple(f"form_signal_{signal}" for signal in content.card.indications)

    assert load_reading(content.card, content.tables, folder).breaks == (
        Break(datetime.date(2027, 3, 1), (), "Een nieuwe vraag."),
        Break(datetime.date(2027, 4, 1), ("month",), "Een campagne."),
        Break(datetime.date(2027, 5, 1), signals, "Een nieuw signaal."),
    )


# --- what is refused -------------------------------------------------------------------------------

LANGUAGE = 'id = "language"\ntitle = "Taal"\ncaption'
ONE_BREAK = "[[break]]\non = 2027-03-01\n"
END = "[[dimension]]\n"
REFUSED = {
    "value without a label": (
        '  onderwijs = "Professional in het onderwijs"\n',
        "",
        "dimension 'reporter'",
        "`labels` has none for 'onderwijs'",
    ),
    "empty label": (
        'omstander = "Omstander, zoals buur, klant of collega"',
        'omstander = ""',
        "dimension 'reporter'",
        "`labels` has none for 'omstander'",
    ),
    "label of an unknown value": (
        '  vrouw = "Vrouw"\n',
        '  vrouw = "Vrouw"\n  dame = "Dame"\n',
        "dimension 'gender'",
        "`labels` names 'dame', which does not exist",
    ),
    "label of a municipality": (
        '  buiten_regio = "Buiten de regio"\n  onbekend = "Onbekend"\n\n[[dimension]]\nid = "age"',
        '  GM0599 = "R."\n\n[[dimension]]\nid = "age"',
        "dimension 'municipality'",
        "`labels` names 'GM0599', which does not exist",
    ),
    "two values called the same": (
        'man = "Man"',
        'man = "Vrouw"',
        "dimension 'gender'",
        "`labels` calls two values the same",
    ),
    "label that is no text": (
        'man = "Man"',
        "man = 1",
        "dimension 'gender'",
        "`labels` gives 'man' a value that is no text: 1",
    ),
    "placeholder in a label": (
        'man = "Man"',
        'man = "{signal}"',
        "dimension 'gender'",
        "`labels` has '{signal}', which nothing fills",
    ),
    "unknown dimension": (
        'id = "ticked"',
        'id = "clicked"',
        "dimension 'clicked'",
        "is not a dimension of tables.toml",
    ),
    "dimension that is missing": (
        '[[dimension]]\nid = "month"\ntitle = "Maand"\n',
        "",
        "the file",
        "has no [[dimension]] for 'month' of tables.toml",
    ),
    "dimension without a title": (
        'id = "age"\ntitle = "Leeftijd"',
        'id = "age"',
        "dimension 'age'",
        "`title` is missing",
    ),
    "dimension twice": ('id = "age"', 'id = "area"', "dimension 'area'", "stands twice"),
    "misspelt key of a dimension": (
        'id = "age"\n',
        'id = "age"\nlabel = "x"\n',
        "dimension 'age'",
        "does not know the key `label`",
    ),
    "unknown table": (
        LANGUAGE,
        LANGUAGE.replace("language", "languages"),
        "table 'languages'",
        "'languages' is not a table of tables.toml",
    ),
    "table that is missing": (
        '[[table]]\nid = "form_gender"',
        '[[tables]]\nid = "form_gender"',
        "the file",
        "has no [[table]] for 'form_gender' of tables.toml",
    ),
    "tables of signals that are missing": (
        'id = "form_signal_{indication}"',
        'id = "form_signal_slapen_werkplek"',
        "table 'form_signal_slapen_werkplek'",
        "`title` has '{signal}', which nothing fills",
    ),
    "unknown tables of signals": (
        'id = "form_signal_{indication}"',
        'id = "signal_{indication}"',
        "table 'signal_{indication}'",
        "'signal_slapen_werkplek' is not a table of tables.toml",
    ),
    "table without a title": (
        LANGUAGE,
        LANGUAGE.replace('title = "Taal"\n', ""),
        "table 'language'",
        "`title` is missing",
    ),
    "table without a caption": (
        'caption = "Contacten naar gemeente"\n',
        "",
        "table 'municipality'",
        "`caption` is missing",
    ),
    "empty caption": (
        'caption = "Contacten naar gemeente"',
        'caption = ""',
        "table 'municipality'",
        "`caption` is empty: leave it out, or write it",
    ),
    "table without a definition": (
        'definition = """\nDe taal',
        'definitie = """\nDe taal',
        "table 'language'",
        "`definition` is missing",
    ),
    "misspelt key of a table": (
        LANGUAGE,
        LANGUAGE.replace("caption", 'note = "x"\ncaption'),
        "table 'language'",
        "does not know the key `note`",
    ),
    "table twice": (LANGUAGE, LANGUAGE.replace("language", "month"), "table 'month'", "stands twice"),
    "signal named twice": (
        END,
        '[[table]]\nid = "form_signal_geen_zorg"\ntitle = "T"\ncaption = "C"\ndefinition = "D"\n\n' + END,
        "table 'form_signal_{indication}'",
        "reads 'form_signal_geen_zorg' twice",
    ),
    "title without its signal": (
        'title = "Vorm en signaal: {signal}"',
        'title = "Vorm en signaal"',
        "table 'form_signal_{indication}'",
        "`title` and `caption` need '{signal}': otherwise its tables are called the same",
    ),
    "unknown placeholder": (
        "De taal is die",
        "{taal} is die",
        "table 'language'",
        "`definition` has '{taal}', which nothing fills",
    ),
    "misspelt placeholder": (
        "Vorm en signaal: {signal}",
        "Vorm en signaal: {signaal}",
        "table 'form_signal_{indication}'",
        "`title` has '{signaal}', which nothing fills",
    ),
    "open brace": (
        '"Contacten naar de taal van het gesprek"',
        '"Contacten naar de taal {"',
        "table 'language'",
        "`caption` has '{', which nothing fills",
    ),
    "eleven months": (', "december"', "", "the file", "`months` must be the names of the twelve months, not 11"),
    "no months": ("months = [", "month = [", "the file", "`months` must be the names of the twelve months, not 0"),
    "no definitions": (
        "definitions = [",
        "explanations = [",
        "the file",
        "`definitions` is missing: say what a contact is and is not",
    ),
    "placeholder in a definition": (
        "op vijftallen",
        "op {base}",
        "the file",
        "`definitions` has '{base}', which nothing fills",
    ),
    "name without a meaning": (
        'WODC = "het',
        'WODC = ""\nX = "het',
        "the file",
        "`names` must say in words what 'WODC' is, without a full stop",
    ),
    "meaning with a full stop": (
        'Documentatiecentrum"',
        'Documentatiecentrum."',
        "the file",
        "`names` must say in words what 'WODC' is, without a full stop",
    ),
    "placeholder in a meaning": (
        'Documentatiecentrum"',
        'Documentatiecentrum {x}"',
        "the file",
        "`names` has '{x}', which nothing fills",
    ),
    "since that is no date": (
        "# since = 2027-01-01",
        'since = "2027"',
        "the file",
        "`since` must be a date, not '2027'",
    ),
    "unknown key": ("# since = 2027-01-01", "until = 2027-01-01", "the file", "does not know the key `until`"),
    "break without a day": (END, '[[break]]\ntext = "x"\n\n' + END, "the file, break 1", "`on` is missing"),
    "break without words": (END, ONE_BREAK + END, "the file, break 1", "`text` is missing"),
    "break of an unknown table": (
        END,
        ONE_BREAK + 'tables = ["weather"]\ntext = "x"\n\n' + END,
        "the file, break 1",
        "`tables` names 'weather', which does not exist",
    ),
    "misspelt key of a break": (
        END,
        ONE_BREAK + 'text = "x"\ntable = "month"\n\n' + END,
        "the file, break 1",
        "does not know the key `table`",
    ),
}


@pytest.mark.parametrize("broken", REFUSED.values(), ids=REFUSED)
def test_a_broken_file_is_refused(content, folder, broken):
    """By file, entry and reason, whatever is missing, unknown or filled by nothing."""
    old, new, entry, wrong = broken
    changed(folder, old, new)

    with pytest.raises(CardError) as caught:
        load_reading(content.card, content.tables, folder)
    assert (caught.value.file, caught.value.entry, caught.value.wrong) == (FILE, entry, wrong)


def test_a_missing_file_is_refused(content, tmp_path):
    """A folder without the file is refused by its name."""
    with pytest.raises(CardError, match=re.escape("monitor.toml: the file: is missing")):
        load_reading(content.card, content.tables, tmp_path)


def test_a_file_that_is_not_toml_is_refused(content, folder):
    """With the parser's reason."""
    (folder / FILE).write_text("[[dimension", "utf-8")
    with pytest.raises(CardError, match=r"monitor\.toml: the file: is not valid TOML: "):
        load_reading(content.card, content.tables, folder)
