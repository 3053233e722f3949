"""The formats of the monitor: all say what was published, nothing else, and the same bytes every time."""

import ast
import copy
import csv
import datetime
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace

import pytest
from csvw import CSVW
from odfdo import Document

from referral.reading import TOTAL, Break
from tests import monitor_sample
from tests.monitor_sample import charts_of, data_of, empty_year, five_times, reading, releases, sample
from tests.populations import areas_of, one_contact, shipped
from tests.running import ROOT
from tests.test_content_lint import LONGEST, length, sentences
from web.monitor.bundle import EXPLANATION, SUMS, bundle, spreadsheet
from web.monitor.charts import COLUMNS, ROWS, Bar, chart, draw, partner_chart
from web.monitor.csv_files import DUTCH, METADATA, PLAIN, combined, csv_files, written
from web.monitor.csv_lines import Column, Sheet
from web.monitor.explanation import explanation
from web.monitor.figures import figures
from web.monitor.formats import FORMATS, render
from web.monitor.names import Names
from web.monitor.ods import COVER, NOTES
from web.monitor.packing import zipped
from web.monitor.partner_sheets import NO_SOURCE, partner_parts
from web.monitor.partners import partner_years
from web.monitor.report import document
from web.monitor.shapes import QUARTERS
from web.monitor.shares import SURE_TO, percent, percent_off
from web.monitor.sheets import quarter_sheet, sheets
from web.monitor.summary import summary
from web.monitor.words import number

YEARS = {
    "a full year": sample,
    "half a year": lambda: sample((1, 2)),
    "a quarter left out": lambda: sample((1, 3)),
    "nothing": monitor_sample.empty_year,
    "five contacts": monitor_sample.tiny_year,
    "no release": monitor_sample.not_yet,
}


@pytest.fixture(params=YEARS.values(), ids=YEARS.keys())
def year(request):
    return request.param()


def changed(data, **cells):
    """The data with other values in the last release: `form_reporter={("arbeid", "naaste"): 40}`."""
    data = copy.deepcopy(data)
    for table in data["releases"][-1]["tables"]:
        for cell in table["cells"]:
            key = tuple(cell["key"].values())
            cell["value"] = cells.get(table["id"], {}).get(key, cell["value"])
    return data


def published(release):
    """table → key → value, read from a release without the code under test."""
    return {
        table["id"]: {tuple(cell["key"].values()): cell["value"] for cell in table["cells"]}
        for table in release["tables"]
    }


# --- what is shown ---------------------------------------------------------------------------------


def test_every_published_figure_is_shown_once_and_no_other(year):
    shown = figures(year, reading())
    last = published(year["releases"][-1]) if year["releases"] else {}
    found = {
        table.id: {
            (row.label.id, column.id)[: len(table.dimensions)]: figure.value
            for row in table.rows
            for column, figure in zip(table.columns, row.figures, strict=True)
        }
        for table in shown.tables
    }

    assert found == last
    assert all(table.rows[-1].label.id == table.columns[-1].id == TOTAL for table in shown.tables)


def test_every_row_and_column_has_its_words(year):
    for table in figures(year, reading()).tables:
        assert table.title == reading().tables[table.id].title
        assert "" not in (table.caption, table.definition, table.period)
        labels = [label for label in (*(row.label for row in table.rows), *table.columns) if label.id != TOTAL]
        assert [label.id for label in labels if label.text == label.id] == []


def test_rows_stand_in_declared_order_and_municipalities_in_that_of_their_names():
    shown = figures(sample(), reading())
    declared = shipped().tables.dimensions["form"].values
    for table in shown.tables:
        if table.names[0] == "form":
            assert [row.label.id for row in table.rows] == [*declared, TOTAL]
    places = next(table for table in shown.tables if table.id == "municipality")
    names = [row.label.text for row in places.rows if row.label.id.startswith("GM")]

    assert names == sorted(names)
    assert len(names) > 20


def test_no_order_follows_from_the_values():
    """Turned upside down, the figures stand where they stood."""
    data = sample()
    upside_down = copy.deepcopy(data)
    for table in upside_down["releases"][-1]["tables"]:
        highest = max(cell["value"] for cell in table["cells"])
        for cell in table["cells"]:
            cell["value"] = highest - cell["value"]

    for one, other in zip(figures(data, reading()).tables, figures(upside_down, reading()).tables, strict=True):
        assert [row.label for row in one.rows] == [row.label for row in other.rows]
        assert one.columns == other.columns
        for text in (chart(one), chart(other)):
            places = [row.label.text for row in one.rows if row.label.id != TOTAL and len(one.columns) == 1]
            assert [text.index(f">{place}<") for place in places] == sorted(
                text.index(f">{place}<") for place in places
            )


def test_shares_are_of_the_published_row_total():
    """And none of a total that is too small for one: under 90, where a figure can be off by 4."""
    table = figures(sample(), reading()).tables[0]
    wholes = [row.figures[-1].value for row in table.rows]
    assert min(wholes) < 90 <= max(wholes)
    for row, whole in zip(table.rows, wholes, strict=True):
        for figure in row.figures[:-1]:
            assert figure.percent == (None if whole < 90 else int(100 * figure.value / whole + 0.5))
        assert row.figures[-1].percent == int(100 * whole / table.total.value + 0.5)


@pytest.mark.parametrize(
    ("part", "whole", "most", "share"),
    [
        (0, 0, 4, None),
        (5, 5, 4, None),
        (5, 85, 4, None),
        (5, 90, 4, 6),
        (90, 90, 4, 100),
        (60, 160, 4, 38),
        (5, 195, 9, None),
        (5, 200, 9, 3),
        (0, 200, 9, 0),
    ],
)
def test_a_share_is_a_whole_percent_and_none_of_too_little(part, whole, most, share):
    """Released figures alone decide; further rounding needs more contacts."""
    assert percent(part, whole, most) == share


@pytest.mark.parametrize("most", [4, 9])
def test_no_share_is_further_off_than_it_says(most):
    """Every true figure that can stand behind a published one, a part never more than its whole."""
    for whole in range(90 if most == 4 else 200, 600, 35):
        off = percent_off(whole, most)
        for part in range(0, whole + 1, 5):
            shown = percent(part, whole, most)
            for true_whole in (whole - most, whole, whole + most):
                for true_part in (max(0, part - most), part, min(part + most, true_whole)):
                    if true_part <= true_whole:
                        assert abs(100 * true_part / true_whole - shown) <= off <= SURE_TO


def test_what_is_said_of_shares_is_what_is_computed():
    """The ten points of the definitions are those of the code; a year with few contacts says that it has none."""
    assert any(f"meer dan {SURE_TO} procentpunten" in text for text in reading().definitions)
    for data, said in ((sample(), "wijkt hooguit 3 procentpunten af"), (monitor_sample.tiny_year(), "er niet bij")):
        for sheet in sheets(figures(data, reading())):
            assert any(said in text for text in sheet.says)
            assert any("%" in cell.text for line in sheet.lines for cell in line.cells) is ("hooguit" in said)
    assert not any("andeel" in text for s in sheets(figures(empty_year(), reading())) for text in s.says)


def test_totals_come_first_in_a_table_by_form():
    """A narrow screen shows the first columns: the total, and its share where it has one."""
    for data, summed in ((sample(), 2), (monitor_sample.tiny_year(), 1)):
        shown = figures(data, reading())
        for sheet in (*sheets(shown), quarter_sheet(shown)):
            wide = len(sheet.columns) > 3
            assert sheet.summed == (0 if not wide else 1 if sheet.id == QUARTERS else summed)
            assert not wide or sheet.columns[:1] == ("Totaal",)
            assert not wide or sheet.columns[1 : sheet.summed] == ("Aandeel",)[: sheet.summed - 1]
            assert {len(line.cells) for line in sheet.lines} == {len(sheet.columns)}


def test_the_bounds_are_those_of_the_rounding():
    data = sample()
    for step, most in ((0, 4), (1, 9)):
        data["releases"] = [*data["releases"][:-1], {**data["releases"][-1], "step": step}]
        shown = figures(data, reading())
        for table in shown.tables:
            for figure in (figure for row in table.rows for figure in row.figures):
                assert (figure.low, figure.high) == (max(0, figure.value - most), figure.value + most)
        assert shown.may_differ == most
        assert any(f"hooguit {most}" in note for note in shown.notes)
        assert f"hooguit {most} af" in summary(shown)[-1]
    assert any("Dat is meer dan anders" in note for note in shown.notes)


def test_the_year_before_stands_beside_the_same_cell():
    data = sample()
    old = published(data["previous_year"]["releases"][0])
    shown = figures(data, reading())
    assert shown.comparable
    for table in shown.tables:
        assert table.period_before == "heel 2025"
        for row in table.rows:
            for column, figure in zip(table.columns, row.figures, strict=True):
                key = tuple(part.replace("2026-", "2025-") for part in (row.label.id, column.id)[: len(table.names)])
                assert figure.before == old[table.id].get(key)
    months = next(table for table in shown.tables if table.id == "month")
    assert all(figure.before is not None for row in months.rows for figure in row.figures)


def test_half_a_year_is_not_compared_with_a_whole_one():
    shown = figures(sample((1, 2)), reading())

    assert not shown.comparable
    assert (shown.period, shown.period_before) == ("januari tot en met juni 2026", "heel 2025")
    assert not any("2025" in sentence for sentence in summary(shown))
    assert "(was" not in chart(shown.tables[0], comparable=shown.comparable)


def test_a_year_without_one_before_it_has_nothing_beside_it():
    shown = figures(data_of(sample()["releases"]), reading())

    assert {table.period_before for table in shown.tables} == {""}
    assert {f.before for table in shown.tables for row in table.rows for f in row.figures} == {None}


@pytest.mark.parametrize("quarters", [(1, 2, 3, 4), (1, 3), (4,)])
def test_what_each_quarter_added_is_the_difference_of_releases(quarters):
    data = sample(quarters)
    table = figures(data, reading()).quarters
    sums = [
        {key[0]: n for key, n in published(release)["form_reporter"].items() if key[1] == TOTAL}
        for release in data["releases"]
    ]
    for at, row in enumerate(table.rows[:-1]):
        for column, figure in zip(table.columns, row.figures, strict=True):
            assert figure.value == sums[at][column.id] - (sums[at - 1][column.id] if at else 0)
            most = 8 if at else 4
            assert (figure.low, figure.high) == (max(0, figure.value - most), figure.value + most)
    assert [figure.value for figure in table.rows[-1].figures] == [sums[-1][column.id] for column in table.columns]
    assert len(table.rows) == len(quarters) + 1
    made = [row["status"] for row in rows_of(csv_files(data, reading())["kwartaal.csv"])]
    first = len(table.columns)
    assert (set(made[:first]), set(made[first:])) == ({"rounded"}, {"difference"} if len(quarters) > 1 else set())
    assert "De eerste regel komt uit de eerste uitgave" in table.definition


def test_a_quarter_without_a_release_is_counted_with_the_next():
    shown = figures(sample((1, 3)), reading())

    assert [row.label.text for row in shown.quarters.rows] == ["1e kwartaal", "2e tot en met 3e kwartaal", "Totaal"]
    assert any(note.startswith("Na het 2e kwartaal kwam er geen uitgave.") for note in shown.notes)
    empty = figures(monitor_sample.empty_year(), reading())
    assert any(note.startswith("Na het 1e, 2e en 3e kwartaal") for note in empty.notes)
    assert any("minder dan 25 contacten" in note for note in empty.notes)


def test_what_is_left_out_is_named_with_its_reason():
    data = sample()
    for why in ("too_few", "new", "links", "something later"):
        data["releases"][-1] = {**data["releases"][-1], "omitted": [{"table": "form_municipality", "why": why}]}
        ((title, reason),) = figures(data, reading()).omitted
        assert title == "Vorm en gemeente"
        assert reason.endswith(".")


def test_half_a_year_does_not_say_that_it_has_every_table():
    """The tables that count by the year come with the fourth quarter, and until then they are named as missing."""
    assert [title for title, _ in figures(sample((1, 2)), reading()).omitted] == ["De andere tabellen"]
    assert "De andere tabellen" not in dict(figures(sample(), reading()).omitted)


def test_breaks_and_the_first_day_are_told():
    day = datetime.date(2026, 3, 1)
    words = replace(
        reading(),
        breaks=(
            Break(day, (), "Er is een vraag bij."),
            Break(day, ("month",), "De maanden zijn anders."),
            Break(datetime.date(2019, 1, 1), (), "Lang geleden."),
        ),
        since=datetime.date(2025, 2, 1),
    )
    shown = figures(sample(), words)

    assert shown.breaks == ("Vanaf 1 maart 2026: Er is een vraag bij.",)
    assert {t.id: t.notes for t in shown.tables if t.notes} == {
        "month": ("Vanaf 1 maart 2026: De maanden zijn anders.",)
    }
    assert shown.since == "1 februari 2025"
    assert any("iets veranderd aan het tellen" in sentence for sentence in summary(shown))
    page = explanation(shown)
    assert "Er is geteld vanaf 1 februari 2025." in page
    assert "Vanaf 1 maart 2026: Er is een vraag bij." in page


# --- partners --------------------------------------------------------------------------------------


def test_partners_stand_apart_and_whole():
    data = sample()
    shown = figures(data, reading())
    given = [
        (table.id, group.id, row.id, year, figure.value)
        for table in shown.partners
        for group in table.groups
        for row in group.rows
        for year, figure in zip(table.years, row.figures, strict=True)
        if figure is not None
    ]

    expected = {
        (line["series"], line["dimension"], line["category"], line["year"], line["value"]) for line in data["partners"]
    }
    assert set(given) == expected
    assert len(given) == len(data["partners"])
    assert {table.id for table in shown.partners}.isdisjoint(table.id for table in shown.tables)


def test_partners_change_nothing_of_ours():
    data = sample()
    without = {**data, "partners": []}
    ours, alone = figures(data, reading()), figures(without, reading())

    assert replace(ours, partners=()) == alone
    assert summary(ours) == summary(alone)
    assert combined(data, reading()) == combined(without, reading())
    files = csv_files(data, reading())
    assert {n: b for n, b in csv_files(without, reading()).items() if n != METADATA} == {
        n: b for n, b in files.items() if n != METADATA and not n.startswith("partner_")
    }


def test_a_figure_that_is_not_there_is_told_in_words():
    line = sample()["partners"][0]
    lines = [
        {**line, "category": "a", "label": "A", "value": None, "status": "withheld", "note": ""},
        {**line, "category": "b", "label": "B", "value": None, "status": "not_available"},
    ]
    (table,) = figures(data_of((), partners=lines), reading()).partners
    (part,) = partner_parts((table,), Names({}))

    assert [row.figures[0].text for row in table.groups[0].rows] == ["niet getoond", "niet bekend"]
    assert "Niet getoond: dit cijfer is klein" in part.without[0]
    assert "Het is niet gegeven, of in de bron niet te lezen." in part.without[0]
    assert any(note.startswith("Niet getoond: ") for note in table.notes)
    assert "niet getoond" in partner_chart(table, table.groups[0])
    assert '<rect class="bar"' not in partner_chart(table, table.groups[0])


def of_partner(*given):
    """A series with these figures, each as (value, where it was published), as a table and as it is read."""
    line = sample()["partners"][0]
    lines = [
        {**line, "category": str(at), "label": f"Regel {at}", "value": value, "published_by": where, "note": ""}
        for at, (value, where) in enumerate(given)
    ]
    (table,) = figures(data_of((), partners=lines), reading()).partners
    ((sheet,),) = (part.sheets for part in partner_parts((table,), Names({})))
    return table, sheet


def test_one_source_goes_for_every_figure():
    table, sheet = of_partner((10, "Jaarverslag"), (20, "Jaarverslag"))

    assert "Bron van alle cijfers: Jaarverslag." in sheet.says
    assert table.sourced == ("Bron van alle cijfers: Jaarverslag.",)
    assert [line.cells[0].text for line in sheet.lines] == ["10", "20"]


def test_where_sources_differ_each_figure_has_its_own():
    """A figure without one says so, and nothing is said of the whole table that goes for a part of it."""
    table, sheet = of_partner((10, "Jaarverslag"), (20, ""), (30, "Website"), (40, "Jaarverslag"))

    assert sheet.says == (f"Geteld: {table.unit}.",)
    assert [line.cells[0].text for line in sheet.lines] == ["10 (a)", "20 (b)", "30 (c)", "40 (a)"]
    assert sheet.notes == ("(a) Bron: Jaarverslag.", f"(b) {NO_SOURCE}", "(c) Bron: Website.")
    assert table.sourced == tuple(f"Bron van een deel van de cijfers: {one}." for one in ("Jaarverslag", "Website"))


def test_without_any_source_none_is_named():
    table, sheet = of_partner((10, ""), (20, ""))

    assert (table.sourced, sheet.says) == ((), (f"Geteld: {table.unit}.",))
    assert [line.cells[0].text for line in sheet.lines] == ["10", "20"]


def test_the_whole_of_a_partner_stands_apart_from_its_parts():
    """In the shipped figures, and no part of a part stands at the level of what it is part of."""
    shown = {
        sheet.id: sheet
        for part in partner_parts(figures(sample(), reading()).partners, Names({}))
        for sheet in part.sheets
    }
    wholes = [line.label for line in shown["partner-essm_clienten"].lines if line.kind == "total"]
    assert wholes == ["Aangemeld voor hulp", "Geholpen"]
    headings = [line.label for line in shown["partner-essm_clienten"].lines if line.kind == "group"]
    assert headings[:3] == ["Totaal", "Sector", "Waarvan seksuele uitbuiting"]
    assert [line.label for line in shown["partner-aangiftes_politie"].lines][:2] == ["Totaal", "Vorm"]
    assert [line.kind for line in shown["partner-aangiftes_politie"].lines][:2] == ["total", "group"]


@pytest.mark.parametrize(
    ("year", "said"),
    [
        (2026, "van 2022. Daarom staan hier cijfers over 2021 en 2022. Vergelijk ze niet met de contacten van 2026."),
        (2022, "Er staat ook een ouder cijfer, als wij geen nieuwer hebben."),
        (2021, "Boven elke kolom staat over welk jaar een cijfer van een partner gaat."),
    ],
)
def test_why_figures_of_other_years_stand_there(year, said):
    shown = figures(sample(), reading()).partners
    assert said in partner_years(shown, year)
    assert f"Deze monitor gaat over {year}." in partner_years(shown, year)
    assert partner_years((), year) == ""


def test_figures_of_the_year_itself_need_no_explanation():
    table, _ = of_partner((10, ""))
    assert partner_years((table,), table.years[0]) == ""
    assert "Daarom staan hier cijfers over 2021. " in partner_years((table,), 2030)


# --- names -----------------------------------------------------------------------------------------


def test_a_name_is_explained_where_it_stands_first_and_only_there():
    names = Names({"ESSM": "het expertisecentrum", "VAR": "de alliantie"})

    assert names.met(["Variant van ESSMA", "VARIA"]) == ()
    assert names.met(["Bij het ESSM.", "Nog eens ESSM"]) == ("ESSM: het expertisecentrum.",)
    assert names.met(["ESSM, en (VAR)"]) == ("VAR: de alliantie.",)
    assert names.met(["ESSM en VAR"]) == ()


def test_every_name_that_is_explained_occurs():
    """In a year with every table and the partners that ship: once each, in the report and with the files."""
    made = document(sample(), reading())
    told = [*made.summary, *(note for sheet in made.sheets for note in sheet.notes)]
    told += [text for part in made.partners for text in part.names]
    page = explanation(figures(sample(), reading()))
    for name, meaning in reading().names.items():
        assert told.count(f"{name}: {meaning}.") == 1
        assert page.count(f"- {name}: {meaning}.") == 1


def test_no_abbreviation_is_left_unexplained():
    """Words in capitals on the page are explained, or everybody knows them."""
    texts = [text for sheet in document(sample(), reading()).sheets for text in sheet.texts]
    texts += [
        text for part in document(sample(), reading()).partners for s in part.sheets for text in (part.name, *s.texts)
    ]
    found = {word for text in texts for word in re.findall(r"\b[A-Z][A-Z]+\b", text)}
    assert {"ESSM", "RIEC", "VAR"} <= found
    assert found - set(reading().names) - {"ID"} == set()


# --- sentences -------------------------------------------------------------------------------------


def test_the_sentences_of_a_full_year():
    shown = figures(sample(), reading())
    table = shown.tables[0]
    said = summary(shown)

    assert said[0] == f"Over heel 2026 zijn ongeveer {table.total.value} contacten geteld."
    assert "meer dan in heel 2025" in said[1]
    assert said[-1].endswith("een cijfer wijkt hooguit 4 af.")


def test_a_year_with_nothing_reads_well():
    assert summary(figures(monitor_sample.empty_year(), reading())) == (
        "Over heel 2026 zijn geen of bijna geen contacten geteld: 0 tot en met 4.",
        "Alle cijfers zijn afgerond op een veelvoud van 5: een cijfer wijkt hooguit 4 af.",
    )
    assert summary(figures(monitor_sample.not_yet(), reading())) == ("Over 2026 zijn nog geen cijfers gepubliceerd.",)


def lead(by, may_differ=4):
    """What is said of the rows when the first two forms are that far apart."""
    data = sample()
    rows = {(form, TOTAL): 0 for form in shipped().tables.dimensions["form"].values}
    first, second, *_ = rows
    data = changed(data, form_reporter={**rows, first: 100, second: 100 + by})
    data["releases"][-1]["step"] = int(may_differ > 4)
    return next(s for s in summary(figures(data, reading())) if s.startswith("Vorm"))


@pytest.mark.parametrize(
    ("by", "may_differ", "clear"), [(0, 4, False), (5, 4, False), (10, 4, True), (15, 9, False), (20, 9, True)]
)
def test_what_comes_first_is_only_said_when_rounding_cannot_turn_it_around(by, may_differ, clear):
    assert ("komt het meest voor" in lead(by, may_differ)) is clear


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (100, 100, "ongeveer gelijk"),
        (105, 100, "ongeveer gelijk"),
        (110, 100, "10 meer"),
        (90, 100, "10 minder"),
        (1250, 100, "1.150 meer"),
    ],
)
def test_a_change_is_only_told_when_rounding_cannot_make_it(now, before, said):
    data = changed(sample(), form_reporter={(TOTAL, TOTAL): now})
    old = changed(data_of(data["previous_year"]["releases"]), form_reporter={(TOTAL, TOTAL): before})
    data["previous_year"]["releases"] = old["releases"]

    assert said in summary(figures(data, reading()))[1]


def test_sentences_are_short(year):
    shown = figures(year, reading())
    texts = [*summary(shown), *shown.notes, *(why for _, why in shown.omitted)]
    if shown.quarters:
        texts.append(shown.quarters.definition)
    texts += [note for table in shown.partners for note in table.notes if note.startswith("Niet ")]
    texts += [said for sheet in sheets(shown) for said in sheet.says]
    texts += [partner_years(shown.partners, at) for at in (2022, 2026)]
    texts += [NO_SOURCE, *(f"{name}: {meaning}." for name, meaning in shown.names.items())]

    assert [s for text in texts for s in sentences(text) if length(s) > LONGEST["anybody"]] == []


# --- charts ----------------------------------------------------------------------------------------


def test_a_chart_is_plain_svg_that_reads_alone(year):
    found = charts_of(year)
    ids = []
    for text in found:
        root = ET.fromstring(text)
        ids += [node.get("id") for node in root.iter() if node.get("id")]
        assert {node.tag.partition("}")[2] for node in root.iter()} <= {"svg", "title", "desc", "text", "rect"}
        assert not re.search(r"style|script|on\w+=|font-family|https?://(?!www\.w3\.org/2000/svg)", text)
        assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', text)) <= {"currentColor", "none"}
        assert root.get("role") == "img"
        assert None not in (root.get("aria-labelledby"), root.get("aria-describedby"))

    assert len(ids) == len(set(ids))


def test_each_bar_has_its_label_and_figure_and_is_as_long_as_that():
    shown = figures(sample(), reading())
    table = next(table for table in shown.tables if table.id == "month")
    root = ET.fromstring(chart(table))
    texts = [node.text for node in root.iter() if node.tag.endswith("text")]
    widths = [int(n.get("width")) for n in root.iter() if n.tag.endswith("rect")]
    values = [row.figures[0].value for row in table.rows[:-1]]

    assert texts == [t for row in table.rows[:-1] for t in (row.label.text, number(row.figures[0].value))]
    assert widths == [max(1, 318 * value // max(values)) for value in values]


def test_the_default_chart_shows_what_its_table_tells_apart():
    table = figures(sample(), reading()).tables[0]

    assert chart(table) == chart(table, COLUMNS) != chart(table, ROWS)


def test_labels_are_data_and_not_markup():
    text = draw("x", "a < b & c", [Bar('<b onclick="x">', 5)])

    assert ET.fromstring(text)
    assert "<b" not in text


@pytest.mark.browser
def test_a_chart_is_readable_on_a_narrow_screen(browser):
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.set_content(f"<!doctype html><body>{''.join(charts_of(sample()))}")
    wrong = page.evaluate("""() => [...document.querySelectorAll('svg')].flatMap(svg => {
        const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBBox()]);
        const outside = boxes.filter(([, b]) => b.x < -1 || b.x + b.width > 321).map(([t]) => t);
        const clash = boxes.filter(([, a], i) => boxes.some(([, b], j) => i < j && a.x < b.x + b.width &&
            b.x < a.x + a.width && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height)).map(([t]) => t);
        return [...outside, ...clash];
    })""")
    page.close()

    assert wrong == []


# --- CSV -------------------------------------------------------------------------------------------


def rows_of(body, delimiter=","):
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True))


def test_csv_for_programs_follows_the_standard(year):
    for name, body in csv_files(year, reading()).items():
        if name != METADATA:
            assert not body.startswith(b"\xef\xbb\xbf")
            assert body.endswith(b"\r\n")
            assert body.count(b"\n") == body.count(b"\r\n")
            lengths = {len(row) for row in csv.reader(io.StringIO(body.decode(), newline=""), strict=True)}
            assert len(lengths) == 1


def test_every_cell_of_every_release_is_one_line():
    data = sample()
    files = csv_files(data, reading())
    for release in data["releases"]:
        for table, expected in published(release).items():
            lines = [row for row in rows_of(files[f"{table}.csv"]) if row["release"] == release["id"]]
            names = next(t["dimensions"] for t in release["tables"] if t["id"] == table)
            assert {tuple(row[name] for name in names): int(row["value"]) for row in lines} == expected
            assert len(lines) == len(expected)
            for row in lines:
                assert (int(row["lower"]), int(row["upper"])) == (max(0, int(row["value"]) - 4), int(row["value"]) + 4)
                assert (row["year"], row["status"], row["from"]) == ("2026", "rounded", "2026-01-01")


def test_the_combined_file_holds_all_tables_of_all_releases():
    data = sample()
    found = {
        (row["release"], row["table"], *(row[f"code_{at}"] for at in (1, 2) if row[f"code_{at}"])): int(row["value"])
        for row in rows_of(combined(data, reading()))
    }

    assert found == {
        (release["id"], table, *key): value
        for release in data["releases"]
        for table, cells in published(release).items()
        for key, value in cells.items()
    }


def test_csv_for_a_dutch_spreadsheet_program():
    plain, dutch = csv_files(sample(), reading()), csv_files(sample(), reading(), DUTCH)

    assert plain.keys() == dutch.keys()
    places = rows_of(dutch["municipality.csv"], ";")
    assert dutch["municipality.csv"].startswith(
        b"\xef\xbb\xbfJaar;Uitgave;Vanaf;Tot en met;Gemeente (code);Gemeente;Aantal;"
    )
    assert re.fullmatch(r"GM\d{4}", places[0]["Gemeente (code)"])
    assert places[0]["Status"] == "afgerond"
    for name in plain.keys() - {METADATA}:
        assert b"\r\n" in dutch[name]
        ours, theirs = rows_of(plain[name]), rows_of(dutch[name], ";")
        assert [[*row.values()][:-1] for row in ours if "status" not in row] == [
            [*row.values()][:-1] for row in theirs if "Status" not in row
        ]
        assert [row["value"] for row in ours] == [row["Aantal"] for row in theirs]


@pytest.mark.parametrize("text", ["=1+1", "+31", "-5", "@som", "\tx", "\rx"])
def test_no_text_becomes_a_formula(text):
    sheet = Sheet("x.csv", "", "", (Column("label", "Naam"), Column("value", "Aantal", "number")), ((text, 2.5),))

    (dutch,) = rows_of(written(sheet, DUTCH), ";")
    assert dutch == {"Naam": f"'{text}", "Aantal": "2,5"}
    (plain,) = rows_of(written(sheet, PLAIN))
    assert plain == {"label": text, "value": "2.5"}


@pytest.mark.parametrize("manner", [PLAIN, DUTCH], ids=["csv", "csv-nl"])
def test_the_metadata_describe_the_files(year, manner, tmp_path):
    files = csv_files(year, reading(), manner)
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    if not files:
        assert not year["releases"]
        return
    described = CSVW(str(tmp_path / METADATA), validate=True)

    assert described.is_valid
    assert {str(table.url) for table in described.tables} == files.keys() - {METADATA}
    for table in described.tables:
        lines = list(table)
        assert len(lines) == len(rows_of(files[str(table.url)], manner.delimiter))
        assert all(isinstance(line["year"], int) for line in lines)


def test_the_metadata_know_the_decimal_comma(tmp_path):
    column = {"name": "value", "titles": "Aantal", "datatype": {"base": "number", "format": {"decimalChar": ","}}}
    lines = json.loads(csv_files(sample(), reading(), DUTCH)[METADATA])["tables"][-1]["tableSchema"]["columns"]

    assert column in lines


# --- ODS -------------------------------------------------------------------------------------------


def sheets_of(body):
    document = Document(io.BytesIO(body))
    return {sheet.name: [list(row) for row in sheet.get_values()] for sheet in document.body.tables}


def test_a_sheet_for_each_table_from_its_first_cell_on():
    data = sample()
    shown = figures(data, reading())
    found = sheets_of(spreadsheet(data, reading()))
    names = list(found)

    assert names[:2] == [COVER, NOTES]
    assert all(len(name) <= 31 for name in names)
    assert len({name.casefold() for name in names}) == len(names)
    assert len(names) == 2 + len(shown.tables) + 1 + len(shown.partners)
    for name, table in zip(names[2:], (*shown.tables, shown.quarters), strict=False):
        head, *lines = found[name]
        assert head[: len(table.columns) + 1] == [table.dimensions[0], *(column.text for column in table.columns)]
        for line, row in zip(lines, table.rows, strict=True):
            assert line[: len(row.figures) + 1] == [row.label.text, *(figure.value for figure in row.figures)]
    assert found[names[2]][0][-2:] == ["Totaal heel 2025", "Totaal in procenten"]


def test_the_notes_of_a_spreadsheet_say_what_is_counted(year):
    shown = figures(year, reading())
    found = sheets_of(spreadsheet(year, reading()))
    notes = [line[0] for line in found[NOTES]]

    assert set(shown.definitions) | set(shown.notes) <= set(notes)
    assert set(summary(shown)) <= {line[0] for line in found[COVER]}


def test_a_spreadsheet_knows_no_time_but_that_of_its_figures():
    body = spreadsheet(sample(), reading())
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        first = parts.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        meta = parts.read("meta.xml").decode()
        assert set(re.findall('fo:language="(..)"', parts.read("styles.xml").decode())) == {"nl"}

    assert set(re.findall(r"\d{4}-\d\d-\d\d", meta)) == {"2027-01-01"}


def test_without_the_library_it_is_said_which_part_to_install():
    code = """
import sys
sys.modules["odfdo"] = None  # as on a machine where it was never installed
from web.monitor.formats import MissingExtra, render
from tests.monitor_sample import reading, sample
for name in ("ods", "zip"):
    try:
        render(name, sample(), reading())
    except MissingExtra as missing:
        print(missing)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.count("meldroute[ods]") == 2


# --- bundle ----------------------------------------------------------------------------------------


def unpacked(body):
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def test_a_bundle_holds_every_format_and_its_sums(year):
    files = unpacked(bundle(year, reading(), {"verslag.html": b"<p>"}))
    folder = "monitor-2026/"
    inside = {name.removeprefix(folder): body for name, body in files.items()}

    assert all(name.startswith(folder) for name in files)
    assert {"monitor-2026.json", "monitor-2026.ods", "verslag.html", EXPLANATION, SUMS} <= inside.keys()
    assert json.loads(inside["monitor-2026.json"]) == year
    assert inside["monitor-2026.ods"] == spreadsheet(year, reading())
    assert {n.removeprefix("csv/"): b for n, b in inside.items() if n.startswith("csv/")} == csv_files(year, reading())
    said = dict(reversed(line.split("  ")) for line in inside[SUMS].decode().splitlines())
    assert said == {name: hashlib.sha256(body).hexdigest() for name, body in inside.items() if name != SUMS}


def test_sums_can_be_checked_with_the_usual_tool(tmp_path):
    with zipfile.ZipFile(io.BytesIO(bundle(sample(), reading()))) as parts:
        parts.extractall(tmp_path)
    done = subprocess.run(["sha256sum", "-c", SUMS], cwd=tmp_path / "monitor-2026", capture_output=True, check=False)

    assert done.returncode == 0


def test_the_explanation_names_each_kind_of_file_that_is_there():
    page = unpacked(bundle(sample(), reading(), {"verslag.pdf": b"%PDF"}))[f"monitor-2026/{EXPLANATION}"].decode()

    for told in (
        "`.json`",
        "`csv/`",
        "`csv-nl/`",
        "`.ods`",
        "`.pdf`",
        "sha256sum -c SHA256SUMS",
        *reading().definitions,
    ):
        assert told in page
    assert "`.html`" not in page


def test_what_the_explanation_says_adds_up_does():
    """Totals, figures that stand in several tables, areas, months, and releases after one another."""
    places, before = areas_of(shipped()), {}
    for release in sample()["releases"]:
        tables = published(release)
        every = {cells[(TOTAL,) * len(next(iter(cells)))] for cells in tables.values()}
        assert len(every) == 1
        for cells in tables.values():
            for key, n in cells.items():
                for at, value in enumerate(key):
                    if value == TOTAL:
                        parts = [v for k, v in cells.items() if k[:at] + k[at + 1 :] == key[:at] + key[at + 1 :]]
                        assert sum(parts) == 2 * n
        forms = [{k[0]: n for k, n in c.items() if k[1] == TOTAL} for t, c in tables.items() if t.startswith("form_")]
        assert all(margin == forms[0] for margin in forms)
        for area in {*places.values()} if "municipality" in tables else ():
            parts = [n for (code,), n in tables["municipality"].items() if places.get(code) == area]
            assert tables["form_area"][TOTAL, area] == sum(parts)
        for table, cells in before.items():
            assert all(tables[table][key] >= n for key, n in cells.items())
            assert table != "month" or all(tables[table][key] == n for key, n in cells.items() if key != (TOTAL,))
        before = tables


# --- nothing but what was published ----------------------------------------------------------------

OURS = [
    "bundle",
    "charts",
    "csv_files",
    "csv_lines",
    "explanation",
    "extras",
    "figures",
    "formats",
    "names",
    "ods",
    "packing",
    "partners",
    "quarters",
    "released",
    "shapes",
    "shares",
    "summary",
    "words",
]


@pytest.mark.parametrize("name", OURS)
def test_a_format_can_reach_neither_counters_nor_clock_nor_chance(name):
    tree = ast.parse((ROOT / f"web/monitor/{name}.py").read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert imported <= {
        "__future__", "calendar", "collections.abc", "contextlib", "csv", "dataclasses", "datetime", "hashlib", "html",
        "importlib", "io", "json", "odfdo", "re", "textwrap", "typing", "zipfile",
        "referral.monitor", "referral.partners", "referral.reading", "referral.release",
        *(f"web.monitor.{other}" for other in [*OURS, "report", "report_pdf"]),
    }  # fmt: skip
    assert called.isdisjoint({"now", "today", "utcnow", "fromtimestamp", "environ", "monitor_data", "make_release"})
    assert ("odfdo" in imported) == (name == "ods")


def test_two_truths_with_the_same_release_give_the_same_files():
    """§3.4 test 5: who counted four and who counted five publish the same, down to the last byte."""
    four, five = one_contact(), one_contact()
    four = replace(four, states=tuple({cell: 4 * n for cell, n in state.items()} for state in four.states))
    (said_of_five,) = releases(five_times(five), (4,))
    for _ in range(200):
        (said_of_four,) = releases(four, (4,))
        if said_of_four == said_of_five:
            break
    assert four.contacts != five_times(five).contacts
    one, other = data_of([said_of_four]), data_of([said_of_five])

    assert bundle(one, reading()) == bundle(other, reading())
    assert charts_of(one) == charts_of(other)
    assert all(render(name, one, reading()) == render(name, other, reading()) for name in FORMATS)


def test_every_number_in_a_file_is_published_or_follows_from_what_is():
    data = sample()
    shown = figures(data, reading())
    every = [f for t in (*shown.tables, shown.quarters) for row in t.rows for f in row.figures]
    values = {f.value for f in every} | {f.before for f in every if f.before is not None}
    theirs = {line["value"] for line in data["partners"] if line["value"] is not None}
    shares = {f.percent for f in every if f.percent is not None}
    in_ods = {n for lines in sheets_of(spreadsheet(data, reading())).values() for line in lines for n in line}
    # labels and legends have numbers of their own: years, ages, an alarm number
    words = {label.text for t in shown.tables for label in (*(r.label for r in t.rows), *t.columns)}
    in_charts = {
        int(n.replace(".", ""))
        for text in charts_of(data)
        for node in ET.fromstring(text).iter()
        if node.tag.endswith("text") and node.get("text-anchor") == "end" and node.text not in words
        for n in re.findall(r"[\d.]+", node.text)
    }

    assert {n for n in in_ods if n is not None and not isinstance(n, str)} <= values | theirs | shares
    assert in_charts <= values | theirs
    assert {int(row["value"]) for row in rows_of(combined(data, reading()))} == {
        n for release in data["releases"] for cells in published(release).values() for n in cells.values()
    }


PRINT_SUMS = """
import hashlib, json, sys
from tests.monitor_sample import charts_of, reading
from web.monitor.formats import render
data = json.load(sys.stdin)
for name in ("zip", "csv", "csv-nl"):
    print(name, hashlib.sha256(render(name, data, reading())).hexdigest())
print(hashlib.sha256("".join(charts_of(data)).encode()).hexdigest())
"""


def test_another_process_makes_the_same_bytes():
    """The zip holds the JSON, every CSV file and the spreadsheet."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PRINT_SUMS],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
        )
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    one, other = (process.communicate(json.dumps(sample()), timeout=120)[0] for process in started)

    assert one == other
    assert one.count("\n") == 4


def test_a_zip_follows_from_its_files_alone():
    assert zipped({"b": b"1", "a": b"2"}) == zipped({"a": b"2", "b": b"1"})
