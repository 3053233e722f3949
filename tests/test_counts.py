"""The declared tables, and what a contact adds to them."""

import datetime
import shutil
from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.counts import load_tables, tally
from referral.errors import CardError
from referral.tables import Cell, Undeclared, disagreements, months_of, period_of
from tests.store_worker import ANSWERS, MUNICIPALITIES, SIGNALS, TABLES, contact

QUARTERLY = ("form_reporter", "form_area", "form_agency")
DAY = datetime.date(2026, 8, 31)


def value(dimension, table, **facts):
    """What a contact with these facts counts as, in one dimension of a table."""
    counted = tally(TABLES, {fact: (known,) for fact, known in facts.items()}, (), DAY)
    (key,) = [cell.key for cell in counted.cells if cell.table == table]
    return key[TABLES.tables[table].dimensions.index(dimension)]


# --- the tables ------------------------------------------------------------------------------------


def test_the_tables_are_the_declared_ones():
    """Nothing is counted but these tables, at these grains."""
    assert {name: (*table.dimensions, table.grain) for name, table in TABLES.tables.items()} == {
        "form_reporter": ("form", "reporter", "quarter"),
        "form_area": ("form", "area", "quarter"),
        "form_agency": ("form", "agency", "quarter"),
        "month": ("month", "month"),
        "municipality": ("municipality", "year"),
        "form_municipality": ("form", "municipality", "year"),
        "form_gender": ("form", "gender", "year"),
        "form_age": ("form", "age", "year"),
        **{f"form_signal_{signal}": ("form", "ticked", "year") for signal in SIGNALS},
        "language": ("language", "year"),
    }


def test_the_cells_of_a_year():
    """A table has a cell for each period and each combination of values."""
    cells = {name: list(TABLES.cells(table, 2026)) for name, table in TABLES.tables.items()}

    assert {name: len(of_table) for name, of_table in cells.items()} == {
        "form_reporter": 4 * 6 * 8,
        "form_area": 4 * 6 * 6,
        "form_agency": 4 * 6 * 9,
        "month": 12,
        "municipality": 9,
        "form_municipality": 6 * 9,
        "form_gender": 6 * 4,
        "form_age": 6 * 4,
        **{f"form_signal_{signal}": 6 * 2 for signal in SIGNALS},
        "language": 3,
    }
    assert cells["month"][7] == Cell("2026-08", "month", ("2026-08",))
    assert cells["form_reporter"][0] == Cell("2026Q1", "form_reporter", ("arbeid", "slachtoffer"))
    assert cells["language"] == [Cell("2026", "language", (name,)) for name in ("nl", "en", "overig")]


def test_municipalities_are_those_of_the_year():
    """A code is a value in the years for which the caller gives it."""
    tables = load_tables(SIGNALS, lambda year: ["GM0501"] if year < 2023 else ["GM1992"])

    assert tables.values("municipality", "2022") == ("GM0501", "buiten_regio", "onbekend")
    assert tables.values("municipality", "2026Q3") == ("GM1992", "buiten_regio", "onbekend")


@pytest.mark.parametrize(
    ("on", "quarter", "months"),
    [
        (datetime.date(2026, 1, 1), "2026Q1", ("2026-01", "2026-02", "2026-03")),
        (datetime.date(2026, 3, 31), "2026Q1", ("2026-01", "2026-02", "2026-03")),
        (datetime.date(2026, 4, 1), "2026Q2", ("2026-04", "2026-05", "2026-06")),
        (datetime.date(2026, 12, 31), "2026Q4", ("2026-10", "2026-11", "2026-12")),
    ],
)
def test_periods(on, quarter, months):
    """A day lies in one month, one quarter and one year."""
    assert period_of("quarter", on) == quarter
    assert period_of("month", on) in months
    assert period_of("year", on) == "2026"
    assert months_of(quarter) == months
    assert len(months_of("2026")) == 12


# --- the tally -------------------------------------------------------------------------------------


def test_a_whole_tally():
    """A contact adds exactly one cell of every table."""
    facts = {
        **{"vorm": ("arbeid",), "rol": ("professional",), "sector": ("zorg",), "instantie": ("nla",)},
        **{"gemeente": ("GM0599",), "gebied": ("rotterdam",), "leeftijd": ("18_22",), "gender": ("man",)},
        **{"taal": ("en",), "signalen": ("signaal_2", "iets"), "wens": ("geen",)},
    }

    assert tally(TABLES, facts, {"signaal_2", "iets"}, DAY).cells == (
        Cell("2026Q3", "form_reporter", ("arbeid", "zorg_welzijn")),
        Cell("2026Q3", "form_area", ("arbeid", "rotterdam")),
        Cell("2026Q3", "form_agency", ("arbeid", "nla")),
        Cell("2026-08", "month", ("2026-08",)),
        Cell("2026", "municipality", ("GM0599",)),
        Cell("2026", "form_municipality", ("arbeid", "GM0599")),
        Cell("2026", "form_gender", ("arbeid", "man")),
        Cell("2026", "form_age", ("arbeid", "18_22")),
        *(
            Cell("2026", f"form_signal_{signal}", ("arbeid", "ja" if signal == "signaal_2" else "nee"))
            for signal in SIGNALS
        ),
        Cell("2026", "language", ("en",)),
    )


def test_a_contact_of_which_nothing_is_known():
    """What was not asked counts as unknown, and still in every table."""
    keys = {cell.table: cell.key for cell in tally(TABLES, {}, (), DAY).cells}

    assert keys.keys() == TABLES.tables.keys()
    assert keys["form_reporter"] == ("onbekend", "onbekend")
    assert keys["form_agency"] == ("onbekend", "overig")
    assert keys["language"] == ("overig",)


@pytest.mark.parametrize(
    ("rol", "sector", "reporter"),
    [
        ("slachtoffer", None, "slachtoffer"),
        ("naaste", None, "naaste"),
        ("omstander", None, "omstander"),
        ("zeg_liever_niet", None, "onbekend"),
        ("professional", None, "overig_professional"),
        ("professional", "zorg", "zorg_welzijn"),
        ("professional", "wijkteam_hulpverlening", "zorg_welzijn"),
        ("professional", "opvang_vluchtelingen", "zorg_welzijn"),
        ("professional", "onderwijs", "onderwijs"),
        ("professional", "gemeente", "overheid"),
        ("professional", "politie_justitie", "overheid"),
        ("professional", "toezicht_handhaving", "overheid"),
        ("professional", "horeca_recreatie", "overig_professional"),
        ("professional", "anders", "overig_professional"),
    ],
)
def test_the_reporter_follows_from_sector_and_role(rol, sector, reporter):
    """The sector decides; without one the role does."""
    facts = {"rol": rol} | ({"sector": sector} if sector else {})

    assert value("reporter", "form_reporter", **facts) == reporter


@pytest.mark.parametrize(
    ("dimension", "table", "facts", "counts_as"),
    [
        ("municipality", "municipality", {"gemeente": "buiten_regio"}, "buiten_regio"),
        ("municipality", "municipality", {"gemeente": "weet_niet"}, "onbekend"),
        ("area", "form_area", {"gemeente": "buiten_regio"}, "buiten_regio"),
        ("area", "form_area", {"gemeente": "weet_niet"}, "onbekend"),
        ("area", "form_area", {"gebied": "zhz_overig", "gemeente": "GM0512"}, "zhz_overig"),
        ("age", "form_age", {"leeftijd": "weet_niet"}, "onbekend"),
        ("gender", "form_gender", {"gender": "weet_niet"}, "onbekend"),
        ("language", "language", {"taal": "nl"}, "nl"),
        ("language", "language", {"taal": "pl"}, "overig"),
    ],
)
def test_the_other_dimensions(dimension, table, facts, counts_as):
    """An answer "I don't know" is unknown, a rare language is another one."""
    assert value(dimension, table, **facts) == counts_as


@pytest.mark.parametrize(
    "facts",
    [
        {"vorm": ("huwelijk",)},
        {"instantie": ("gemeente",)},
        {"gebied": ("utrecht",)},
        {"gemeente": ("GM0344",)},
        {"leeftijd": ("17",)},
        {"gender": ("",)},
        {"vorm": ("arbeid", "seksueel")},
    ],
)
def test_an_undeclared_value_is_refused(facts):
    """What stands in no list makes no tally, rather than a wrong one."""
    with pytest.raises(Undeclared):
        tally(TABLES, facts, (), DAY)


@given(
    facts=st.fixed_dictionaries({}, optional={f: st.sampled_from(v).map(lambda x: (x,)) for f, v in ANSWERS.items()}),
    ticked=st.sets(st.sampled_from([*SIGNALS, "iets"])),
    on=st.dates(datetime.date(2026, 1, 1), datetime.date(2027, 12, 31)),
)
def test_every_tally_is_closed(facts, ticked, on):
    """Whatever is answered: one declared cell of every table, and nothing else."""
    cells = tally(TABLES, facts, ticked, on).cells

    assert [cell.table for cell in cells] == list(TABLES.tables)
    assert all(cell in set(TABLES.cells(TABLES.tables[cell.table], on.year)) for cell in cells)


# --- do counters agree? ----------------------------------------------------------------------------


def test_counters_of_contacts_agree():
    """Sums of whole contacts are what every check accepts."""
    assert disagreements(TABLES, Counter(cell for i in range(50) for cell in contact(i).cells)) == []


@pytest.mark.parametrize("lost", contact(1).cells, ids=lambda cell: cell.table)
def test_one_count_too_few_is_noticed(lost):
    """A table that misses one contact does not agree with the others."""
    counters = Counter(cell for i in range(50) for cell in contact(i).cells)
    counters[lost] -= 1

    assert f"{lost.table} counts fewer contacts of 2026 than other tables" in disagreements(TABLES, counters)


def test_a_count_in_the_wrong_quarter_is_noticed():
    """The months of a quarter add up to its tables, not only those of the year."""
    counters = {cell: 0 for table in TABLES.tables.values() for cell in TABLES.cells(table, 2026)}
    counters |= dict.fromkeys(tally(TABLES, {}, (), DAY).cells, 1)
    assert disagreements(TABLES, counters) == []
    counters[Cell("2026-08", "month", ("2026-08",))] = 0
    counters[Cell("2026-03", "month", ("2026-03",))] = 1

    assert disagreements(TABLES, counters) == [
        *(f"{name} counts fewer contacts of 2026Q1 than other tables" for name in QUARTERLY),
        "month counts fewer contacts of 2026Q3 than other tables",
    ]


@pytest.mark.parametrize("period", ["2026-08-31", "2026-W3", "2026-13", "2026-08", "2026"])
def test_a_period_that_is_not_the_tables_is_noticed(period):
    """A counter with a finer or another time than declared cannot be ours."""
    cell = Cell(period, "form_area", ("arbeid", "rotterdam"))

    assert disagreements(TABLES, {cell: 1}) == [f"{period} is not a period of form_area"]


# --- the file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        (
            'dimensions = ["form", "reporter"]',
            'dimensions = ["form", "melder"]',
            "'melder', which does not exist",
        ),
        ('grain = "month"', 'grain = "day"', "'day', which does not exist"),
        ('id = "form_area"', 'id = "form_reporter"', "stands twice"),
        ('id = "age"', 'id = "area"', "stands twice"),
        ('naaste = "naaste"', 'naaste = "familie"', "'familie', which does not exist"),
        ('default = "overig"', 'default = "rest"', "'rest', which does not exist"),
        ('values = ["nl", "en", "overig"]', 'values = ["nl", "nl", "overig"]', "twice"),
        ('values = ["nl", "en", "overig"]', 'values = ["nl nl", "en", "overig"]', "not a word"),
        ('values = ["ja", "nee"]', 'values = ["ja", "no"]', "'nee', which does not exist"),
        ('indication = ["ja", "nee"]', 'indication = ["ja"]', "needs one of"),
        ('for_each = "indications"', "", "go together"),
        ("form_signal_{indication}", "form_signal", "go together"),
        ('for_each = "indications"', 'for_each = "signals"', "'signals', which does not exist"),
        ('values_from = "months"', 'values_from = "days"', "'days', which does not exist"),
        ('grain = "month"', 'grain = "month"\nlive = true', "does not know the key `live`"),
        ('dimensions = ["language"]', "dimensions = []", "no dimensions"),
        ("[[table]]", "[[chart]]", "declares no table"),
        ("[[dimension]]", "[[dimension]", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path, was, becomes, complaint):
    """A mistake in tables.toml stops the start and says where it stands."""
    text = (files("referral") / "content/tables.toml").read_text(encoding="utf-8")
    assert was in text
    (tmp_path / "tables.toml").write_text(text.replace(was, becomes), encoding="utf-8")

    with pytest.raises(CardError, match=complaint) as refused:
        load_tables(SIGNALS, lambda year: MUNICIPALITIES, tmp_path)

    assert refused.value.file == "tables.toml"


def test_a_missing_file_is_refused(tmp_path):
    """Without tables.toml nothing starts."""
    with pytest.raises(CardError, match="is missing"):
        load_tables(SIGNALS, lambda year: MUNICIPALITIES, tmp_path)


@pytest.mark.parametrize("signals", [("a", "a"), ("a b",)])
def test_signals_must_make_names(tmp_path, signals):
    """A signal twice, or one that cannot stand in a name, is refused."""
    shutil.copy(files("referral") / "content/tables.toml", tmp_path)

    with pytest.raises(CardError):
        load_tables(signals, lambda year: MUNICIPALITIES, tmp_path)


def test_codes_must_be_words():
    """A municipality's code that would break a key is refused when its year is first needed."""
    tables = load_tables(SIGNALS, lambda year: ["GM 599"])

    with pytest.raises(CardError, match="not a word"):
        tables.values("municipality", "2026")
