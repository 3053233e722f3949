"""Figures of partners: what a file may hold, what adds up, what is withheld, and that it cannot be worked out."""

from __future__ import annotations

import csv
import io
import itertools
import time
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from referral.partner_lines import COLUMNS
from referral.partners import PartnerError, clashes, disagreements, read_import, shown
from referral.withholding import LARGEST, SMALL, Figures, Sum, exposed, withheld

SHIPPED = files("referral").joinpath("content/partners-var-2022.csv").read_text("utf-8")
MONITOR = "Mensenhandelmonitor 2022, VeiligheidsAlliantie regio Rotterdam (VAR)"
GOOD = {
    "series": "meldingen_partner",
    "title": "Meldingen bij de partner",
    "partner": "Partner",
    "dimension": "totaal",
    "category": "totaal",
    "label": "Totaal",
    "year": "2025",
    "value": "30",
    "unit": "meldingen",
    "part_of": "none",
    "published_by": "",
    "note": "",
}
WHOLE = "totaal:totaal"


def file(*rows, header=COLUMNS):
    """The text of a file with these lines; what a line does not say is as in GOOD."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [header, *([{**GOOD, **row}[c] for c in COLUMNS] for row in rows)]
    )
    return text.getvalue()


def part(category, value, published_by="", dimension="vorm", part_of=WHOLE, **more):
    return {
        "dimension": dimension,
        "category": category,
        "label": category.capitalize(),
        "value": value,
        "part_of": part_of,
        "published_by": published_by,
        **more,
    }


def values(text):
    """What is shown of a file, by category; a gap is its status."""
    return {
        one["category"]: one["status"] if one["value"] is None else one["value"] for one in shown(read_import(text))
    }


def refusal(text, **options):
    with pytest.raises(PartnerError) as caught:
        read_import(text, **options)
    return str(caught.value)


# --- reading ---------------------------------------------------------------------------------------


def test_a_line_is_read():
    (figure,) = read_import(file({"note": "Over „alles”, samen", "published_by": "Jaarverslag"})).figures

    assert (figure.line, figure.year, figure.value, figure.part_of) == (2, 2025, 30, None)
    assert figure.note == "Over „alles”, samen"


def test_a_byte_order_mark_and_either_line_end_are_taken():
    assert read_import("\ufeff" + file({})) == read_import(file({}).replace("\r\n", "\n"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": "-3"}, "column value: ‘-3’ is below zero"),
        ({"value": "−3"}, "column value: ‘−3’ is below zero"),
        ({"value": "3.5"}, "column value: ‘3.5’ has a point or a comma"),
        ({"value": "3,5"}, "column value: ‘3,5’ has a point or a comma"),
        ({"value": "1.234"}, "column value: ‘1.234’ has a point or a comma"),
        ({"value": "1234567890"}, "more than 9 digits"),
        ({"value": "007"}, "must be a whole number"),
        ({"value": "٣"}, "must be a whole number"),
        ({"value": "=1+1"}, "must be a whole number"),
        ({"value": "na"}, "or NA where it is not available"),
        ({"value": ""}, "column value: nothing stands here"),
        ({"value": "NA", "published_by": "x"}, "cannot have been published"),
        ({"year": "22"}, "column year: ‘22’ is not a year"),
        ({"year": "2025.0"}, "column year"),
        ({"year": "२०२५"}, "column year"),
        ({"series": "Meldingen"}, "column series: ‘Meldingen’ must be small letters"),
        ({"category": "<18"}, "column category: ‘<18’ must be small letters"),
        ({"label": ""}, "column label: nothing stands here"),
        ({"part_of": ""}, "column part_of: nothing stands here"),
        ({"part_of": "totaal"}, "column part_of: ‘totaal’ must be dimension:category"),
        ({"part_of": "vorm:alles"}, "column part_of: the series has no line vorm:alles for 2025"),
        ({"part_of": WHOLE}, "a part of itself"),
        ({"title": "=HYPERLINK(1)"}, "column title: ‘=HYPERLINK(1)’ starts with ="),
        ({"label": "+31"}, "column label"),
        ({"unit": "-"}, "column unit: ‘-’ starts with -"),
        ({"note": "@SUM(A1)"}, "column note: ‘@SUM(A1)’ starts with @"),
        ({"note": " spatie"}, "starts or ends with a space"),
        ({"note": "\u00a0=1"}, "starts or ends with a space"),
        ({"note": "twee\nregels"}, "column note: 'twee\\nregels' holds an invisible character"),
        ({"title": "om\u202egekeerd"}, "invisible character"),
        ({"title": "nul\x00"}, "invisible character"),
        ({"title": "half\ud800"}, "invisible character"),
        ({"note": "x" * 1001}, "column note: 1001 characters are too many"),
        ({"title": "x" * 301}, "column title: 301 characters are too many"),
    ],
)
def test_what_a_column_may_not_hold(changes, said):
    assert said in refusal(file(changes))


def test_the_number_of_the_line_is_the_one_in_the_file():
    assert refusal(file({}, part("een", "8"), part("twee", "-1"))).startswith("line 4: column value")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the header must be exactly series,title,"),
        (file(header=COLUMNS[1:]), "line 1: the header"),
        (file(header=[*COLUMNS[1:], COLUMNS[0]]), "line 1: the header"),
        (file({}).replace(",", ";"), "put commas between the columns"),
        (file() + "a,b\r\n", "line 2: there are 2 columns, not 12"),
        (file({}) + "\r\n", "line 3: the line is empty"),
        (file() + '"open', "line 2: this is not CSV"),
        (file() + 'a"b"c,"d"e\r\n', "line 2: this is not CSV"),
    ],
)
def test_what_is_no_file_of_figures(text, said):
    assert said in refusal(text)


def test_a_file_has_at_most_two_thousand_lines():
    lines = [{"series": f"reeks_{n}"} for n in range(2_001)]

    assert len(read_import(file(*lines[:2_000])).figures) == 2_000
    assert refusal(file(*lines)) == "line 2002: a file has at most 2000 lines under its header"


def test_a_figure_stands_there_once():
    assert refusal(file({}, {"value": "31"})) == ("line 3: column category: the same figure stands on line 2 already")
    assert len(read_import(file({}, {"year": "2024"})).figures) == 2


@pytest.mark.parametrize("column", ["title", "partner", "unit"])
def test_a_series_counts_one_thing(column):
    assert f"column {column}: the series meldingen_partner has another {column} on line 2" in refusal(
        file({}, {"year": "2024", column: "Anders"})
    )


def test_a_category_has_one_label():
    assert "column label: the category has another label on line 2" in refusal(
        file({}, {"year": "2024", "label": "Alles"})
    )


def test_nothing_of_ours_is_a_series():
    for series in ("form_area", "month", "language", "form_signal_slapen_op_werk"):
        assert refusal(file({"series": series})) == f"line 2: column series: {series} is the name of a table of our own"
    assert "is the name of a table" in refusal(file({}), ours={"meldingen_partner"})
    assert read_import(file({"series": "month"}), ours={"meldingen_partner"}).figures


def test_a_figure_is_no_part_of_its_own_parts():
    text = file(part("een", "8", part_of="vorm:twee"), part("twee", "8", part_of="vorm:een"))

    assert "column part_of: this figure would be a part of itself" in refusal(text)


def test_a_sum_that_a_reader_would_see_must_be_declared():
    loose = [part("een", "28", part_of="none"), part("twee", "2", part_of="none")]

    assert "add up to totaal:totaal (line 2): name it there" in refusal(file({}, *loose))
    assert "add up to vorm:alles (line 2)" in refusal(file(part("alles", "30", part_of="none"), *loose))
    assert read_import(file({"value": "31"}, *loose))


def read_or_refused(text):
    """What is read of a text; the number of a line, if it is refused."""
    try:
        return read_import(text)
    except PartnerError as error:
        return error.line


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text):
    assert isinstance(read_or_refused(text), int)  # no text of this kind has the header
    assert read_or_refused(file() + text) is not None


@given(st.integers(0, len(SHIPPED)), st.integers(0, 40), st.text(max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_damaged_file_is_read_or_refused(place, length, instead):
    found = read_or_refused(SHIPPED[:place] + instead + SHIPPED[place + length :])

    if isinstance(found, int):
        assert 1 <= found <= SHIPPED.count("\n") + 9
    else:
        assert len(shown(found)) == len(found.figures)
        assert all(isinstance(sentence, str) for sentence in disagreements(found))


# --- sums ------------------------------------------------------------------------------------------


def test_what_does_not_add_up_is_said():
    found = read_import(file({}, part("een", "20"), part("twee", "9")))

    assert disagreements(found) == [
        "meldingen_partner 2025, vorm (from line 3): the parts are 29, totaal:totaal (line 2) is 30"
    ]


@pytest.mark.parametrize(("whole", "agree"), [("30", True), ("20", True), ("19", False), ("NA", True)])
def test_what_is_not_available_may_be_anything_that_is_left(whole, agree):
    found = read_import(file({"value": whole}, part("een", "20"), part("twee", "NA")))

    assert (disagreements(found) == []) is agree


def test_every_dimension_and_every_year_adds_up_on_its_own():
    def year(which, *numbers):
        a, b, c = ({**part(f"c{n}", n), "year": which} for n in numbers[1:])
        return {"value": numbers[0], "year": which}, a, b, {**c, "dimension": "leeftijd"}

    found = read_import(file(*year("2024", "30", "10", "20", "30"), *year("2025", "31", "11", "20", "30")))

    (said,) = disagreements(found)
    assert said.startswith("meldingen_partner 2025, leeftijd")


# --- the figures of the source document ------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    return read_import(SHIPPED)


@pytest.fixture
def of(shipped):
    """A function: the figures of a series, dimension and year by category."""

    def of(series, dimension, year=2022):
        return {
            figure.category: figure.value
            for figure in shipped.figures
            if (figure.series, figure.dimension, figure.year) == (series, dimension, year)
        }

    return of


def test_the_shipped_figures_add_up(shipped):
    assert disagreements(shipped) == []


@pytest.mark.parametrize(
    ("series", "year", "total", "forms"),
    [
        ("informatieve_gesprekken_politie", 2021, 54, {"seksueel": 47, "arbeid": 2, "crimineel": 1, "overig": 4}),
        ("informatieve_gesprekken_politie", 2022, 25, {"seksueel": 24, "arbeid": 0, "crimineel": 0, "overig": 1}),
        ("aangiftes_politie", 2021, 16, {"seksueel": 15, "arbeid": 0, "crimineel": 0, "overig": 1}),
        ("aangiftes_politie", 2022, 23, {"seksueel": 22, "arbeid": 1, "crimineel": 0, "overig": 0}),
    ],
)
def test_the_police_figures(of, series, year, total, forms):
    assert of(series, "totaal", year) == {"totaal": total}
    assert of(series, "vorm", year) == forms
    assert sum(forms.values()) == total
    assert of(series, "leeftijd", year) == {"meerderjarig": None, "minderjarig": None}


def test_every_inferred_zero_says_so(shipped):
    zeros = [figure for figure in shipped.figures if figure.value == 0 and figure.partner.startswith("Politie")]

    assert len(zeros) == 6
    assert all(figure.note.startswith("Afgeleid") and figure.published_by for figure in zeros)


def test_the_clients(of):
    sexual = {
        "jeugdprostitutie": 66,
        "jeugdprostitutie_preventief": 6,
        "mensenhandel_preventief": 22,
        "mensenhandel_seksueel": 27,
    }
    assert of("essm_clienten", "totaal", 2021) == {"aangemeld": 162, "geholpen": None}
    assert of("essm_clienten", "totaal") == {"aangemeld": None, "geholpen": 143}
    assert of("essm_clienten", "sector") == {
        "seksueel_samen": 121,
        "mensenhandel_arbeid": 21,
        "mensenhandel_crimineel": 1,
    }
    assert of("essm_clienten", "waarvan_seksuele_uitbuiting") == sexual
    assert 66 + 6 + 22 + 27 == 121
    assert of("essm_clienten", "traject") == {"preventief": 6 + 22}
    for dimension, numbers in {
        "gender": [115, 12, 16],
        "verblijf": [36, 30, 77],
        "leeftijd": [23, 36, 23, 33, 11, 5, 2, 10],
    }.items():
        assert list(of("essm_clienten", dimension).values()) == numbers
        assert sum(numbers) == 143
    assert 66 + 6 + 22 + 27 + 21 + 1 == 143


def test_the_other_figures(of):
    assert of("essm_meldpunt", "totaal", 2021) == {"meldingen": 129}
    assert of("essm_meldpunt", "totaal") == {"meldingen": 168}
    assert of("essm_meldpunt", "melder") == {
        "professionele_organisatie": 154,
        "zelfmelder": None,
        "naaste_of_overig": None,
    }
    assert of("gemeld_door_politie_aan_comensha", "totaal") == {"totaal": 20}
    assert of("riec_casussen", "totaal") == {"totaal": 5}
    assert of("nla_afgeronde_zaken_ernstige_benadeling", "vastgesteld") == {"totaal": 0}
    assert of("rotterdam_bouw_controledagen", "totaal") == {"totaal": 8}
    assert of("rotterdam_bouw_locaties", "totaal") == {"totaal": 51}
    assert of("rotterdam_bouw_locaties", "uitkomst") == {"conform": 7, "niet_gewerkt": 20, "overtreding": 24}
    assert of("schatting_regio", "slachtoffers_per_jaar") == {"laag": 500, "hoog": 600}


def test_what_only_stood_in_a_chart_is_not_available(shipped):
    nla = [figure for figure in shipped.figures if figure.series.startswith("nla_") and figure.value is None]

    assert len(nla) == 17
    assert all(figure.note for figure in shipped.figures if figure.value is None)


def test_notes_say_what_may_not_be_compared(shipped):
    notes = {(f.series, f.category, f.year): f.note for f in shipped.figures}

    assert "verschillende maten" in notes["essm_clienten", "aangemeld", 2021]
    assert "verschillende maten" in notes["essm_clienten", "geholpen", 2022]
    assert "wijze van vastlegging" in notes["informatieve_gesprekken_politie", "totaal", 2022]
    assert "2018 en 2019" in notes["schatting_regio", "laag", 2022]


def test_all_shipped_figures_were_published_and_are_shown(shipped):
    known = [figure for figure in shipped.figures if figure.value is not None]

    assert {figure.published_by for figure in known} == {MONITOR}
    assert {figure["status"] for figure in shown(shipped)} == {"shown", "not_available"}
    assert [figure["value"] for figure in shown(shipped)] == [figure.value for figure in shipped.figures]


# --- small figures ---------------------------------------------------------------------------------


def test_what_is_shown_of_a_line():
    text = file({"note": "Alles"}, part("een", "20", "Jaarverslag"), part("twee", "10"))

    assert shown(read_import(text))[1] == {
        "series": "meldingen_partner",
        "title": "Meldingen bij de partner",
        "partner": "Partner",
        "dimension": "vorm",
        "category": "een",
        "label": "Een",
        "year": 2025,
        "value": 20,
        "status": "shown",
        "unit": "meldingen",
        "note": "",
        "published_by": "Jaarverslag",
    }


@pytest.mark.parametrize(("value", "status"), [*((n, "withheld") for n in range(5)), (5, 5), ("NA", "not_available")])
def test_small_figures_are_withheld(value, status):
    assert values(file({"value": str(value)})) == {"totaal": status}


@pytest.mark.parametrize("value", range(5))
def test_what_the_partner_published_is_shown(value):
    assert values(file({"value": str(value), "published_by": "Jaarverslag"})) == {"totaal": value}


def test_a_withheld_figure_loses_its_note():
    (one,) = shown(read_import(file({"value": "2", "note": "Twee zussen"})))

    assert (one["status"], one["value"], one["note"]) == ("withheld", None, "")


def test_the_smallest_other_figure_goes_with_it():
    text = file({"value": "62"}, part("een", "40"), part("twee", "2"), part("drie", "20"))

    assert values(text) == {"totaal": 62, "een": 40, "twee": "withheld", "drie": "withheld"}


def test_two_small_figures_may_hide_each_other():
    text = file({"value": "47"}, part("een", "40"), part("twee", "3"), part("drie", "4"))

    assert values(text) == {"totaal": 47, "een": 40, "twee": "withheld", "drie": "withheld"}


def test_two_small_figures_of_four_together_need_a_third():
    text = file({"value": "43"}, part("een", "40"), part("twee", "3"), part("drie", "0"))

    assert values(text) == {"totaal": 43, "een": "withheld", "twee": "withheld", "drie": "withheld"}


def test_the_whole_goes_where_all_other_parts_are_published():
    text = file({"value": "42"}, part("een", "40", "Jaarverslag"), part("twee", "2"))

    assert values(text) == {"totaal": "withheld", "een": 40, "twee": "withheld"}


def test_the_whole_may_not_follow_from_another_dimension():
    text = file(
        {"value": "42"},
        part("een", "40", "Jaarverslag"),
        part("twee", "2"),
        part("jong", "12", dimension="leeftijd"),
        part("oud", "30", dimension="leeftijd"),
    )

    assert values(text) == {"totaal": "withheld", "een": 40, "twee": "withheld", "jong": "withheld", "oud": 30}


def test_a_figure_that_follows_from_published_ones_is_refused():
    published = file({"published_by": "Jaarverslag"}, part("een", "27", "Jaarverslag"), part("twee", "3"))

    assert refusal(published).startswith("line 4: column published_by: what the partner published already tells")


def test_what_is_not_available_may_not_be_told_either():
    text = file({}, part("een", "28"), part("twee", "NA"))

    assert values(text) == {"totaal": 30, "een": "withheld", "twee": "not_available"}


def test_where_a_sum_is_wrong_nothing_of_it_is_shown_that_was_not_published():
    text = file({}, part("een", "28"), part("twee", "9", "Jaarverslag"))

    assert values(text) == {"totaal": "withheld", "een": "withheld", "twee": 9}


def test_years_and_series_do_not_touch_each_other():
    text = file({}, part("een", "28"), part("twee", "2"), {"year": "2024"}, {**part("een", "30"), "year": "2024"})

    assert [one["value"] for one in shown(read_import(text))] == [30, None, None, 30, 30]


def test_a_series_stands_in_one_import():
    one, other = read_import(file({})), {"anders"}

    assert clashes(one, {"b": other}) == []
    assert clashes(one, {"a": {"meldingen_partner"}, "b": other}) == [
        "the series meldingen_partner stands in the import a already: put all of its figures into one file"
    ]


def test_the_example_of_the_documentation_is_one():
    page = (Path(__file__).parents[1] / "docs/partner-figures.md").read_text("utf-8")
    example = page.partition("```csv\n")[2].partition("```")[0]

    assert disagreements(read_import(example)) == []
    assert values(example) == {
        "totaal": 62,
        "een": 40,
        "twee": "withheld",
        "drie": "withheld",
        "minderjarig": "not_available",
    }


# --- the attacker: linear programming over what is shown -------------------------------------------


def told(figures: Figures, hidden: set[int]) -> list[tuple[float, float]]:
    """What a reader can work out who sees all but `hidden`: least and greatest value of each figure."""
    n = len(figures.values)
    limits = [
        (0, None) if value is None or index in hidden else (value, value) for index, value in enumerate(figures.values)
    ]
    rows = [
        [1 if index in s.parts else -1 if index == s.whole else 0 for index in range(n)]
        for s in figures.sums
        if sum(figures.values[part] or 0 for part in s.parts) <= (figures.values[s.whole] or 10**9)
    ]
    found = []
    for index in range(n):
        ends = []
        for sign in (1, -1):
            cost = [sign * (other == index) for other in range(n)]
            done = linprog(cost, A_eq=rows or None, b_eq=[0] * len(rows) or None, bounds=limits, method="highs")
            assert done.status in (0, 3), done.message
            ends.append(float("inf") if done.status == 3 else sign * round(done.fun, 6))
        found.append((ends[0], ends[1]))
    return found


@st.composite
def forests(draw):
    """A whole with one or two sums, one of whose parts may be a whole itself; some published, some not available."""
    numbers = st.integers(0, 12)
    parts: dict[int, list[int]] = {}
    exact: list[int] = [0]
    sums: list[Sum] = []
    first = draw(st.lists(numbers, min_size=1, max_size=4))
    parts[0] = first
    indices = tuple(range(1, 1 + len(first)))
    exact += first
    sums.append(Sum(0, indices))
    exact[0] = sum(first)
    if draw(st.booleans()):  # a part has parts
        whole = draw(st.sampled_from(indices))
        at = draw(st.integers(0, exact[whole]))
        sums.append(Sum(whole, (len(exact), len(exact) + 1)))
        exact += [at, exact[whole] - at]
    if draw(st.booleans()):  # another dimension of the same whole
        at = draw(st.integers(0, exact[0]))
        more = draw(st.integers(0, exact[0] - at))
        sums.append(Sum(0, (len(exact), len(exact) + 1, len(exact) + 2)))
        exact += [at, more, exact[0] - at - more]
    size = len(exact)
    gaps = draw(st.lists(st.sampled_from([False, False, False, False, True]), min_size=size, max_size=size))
    public = draw(st.lists(st.sampled_from([False, False, True]), min_size=size, max_size=size))
    known = [None if gap else value for gap, value in zip(gaps, exact, strict=True)]
    return Figures(known, [p and v is not None for p, v in zip(public, known, strict=True)], sums)


def bites(figures: Figures, hidden: set[int]) -> list[int]:
    """The figures that the attacker gets, though he could not get them from what the partner published."""
    before = told(figures, set(figures.own))
    found = []
    for index, (low, high) in enumerate(told(figures, hidden)):
        value = figures.values[index]
        small = value is None or (index in hidden and value <= SMALL)
        if small and high <= SMALL < before[index][1]:
            found.append(index)
        if value is not None and index in hidden and low == high:
            found.append(index)
    return found


@given(forests())
@settings(max_examples=80, deadline=None)
def test_the_bounds_are_exact(figures):
    hidden = figures.small
    bounds = figures.bounds(hidden)

    for (low, high), (least, most) in zip(bounds, told(figures, hidden), strict=True):
        assert low == least
        assert high == most or (most == float("inf") and high > LARGEST // 2)


@given(forests())
@settings(max_examples=80, deadline=None)
def test_no_withheld_figure_can_be_worked_out(figures):
    assume(not exposed(figures))
    hidden = withheld(figures)

    assert figures.small <= hidden <= set(figures.own)
    assert bites(figures, set(hidden)) == []


def test_the_attacker_bites_where_only_the_small_figures_are_withheld():
    figures = Figures([42, 40, 2], [False] * 3, [Sum(0, (1, 2))])

    assert bites(figures, {2}) == [2, 2]
    assert bites(figures, set(withheld(figures))) == []


@pytest.mark.parametrize(
    "public", [*itertools.product([False, True], repeat=3), (False, False, False, False), (False, False, False, True)]
)
def test_who_knows_the_rule_learns_no_more(public):
    """Every possible set of figures, and what is shown of it: what is withheld is never proven to be 1 to 4."""
    top, count = 16, len(public) - 1
    worlds = defaultdict(list)
    for parts in itertools.product(range(top), repeat=count):
        figures = Figures([*parts, sum(parts)], public, [Sum(count, tuple(range(count)))])
        if not exposed(figures):
            hidden = withheld(figures)
            seen = tuple(None if index in hidden else value for index, value in enumerate(figures.values))
            worlds[seen].append(figures.values)
    for seen, possible in worlds.items():
        if sum(value or 0 for value in seen) >= top - 6:
            continue  # some of its worlds lie outside those listed
        for index in (index for index, value in enumerate(seen) if value is None):
            could = {world[index] for world in possible}
            assert len(could) > SMALL, (seen, index)
            assert min(could) == 0 or max(could) > SMALL, (seen, index)
    assert worlds or all(public)


@pytest.mark.parametrize("dimensions", [1, 999])
def test_two_thousand_lines_are_read_and_protected_in_seconds(dimensions):
    """A page reads every import anew, so no file may take long: neither one long sum nor many short ones."""
    each = 1_998 // dimensions
    whole = each * 30
    rows = [{"value": str(whole)}]
    for dimension in range(dimensions):
        numbers = [(dimension + n) % 9 for n in range(each - 1)]
        numbers.append(whole - sum(numbers))
        rows += [part(f"c{n}", str(value), dimension=f"d{dimension}") for n, value in enumerate(numbers)]
    started = time.monotonic()
    found = read_import(file(*rows))
    gaps = sum(one["status"] == "withheld" for one in shown(found))

    assert disagreements(found) == []
    assert gaps >= sum(figure.value <= SMALL for figure in found.figures)
    assert time.monotonic() - started < 20
