"""The report for mayors and councils: one HTML file and one PDF/UA that say the same, made of releases alone."""

import copy
import datetime
import io
import itertools
import re
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, replace
from html import unescape

import pikepdf
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe

from referral.monitor import monitor_data
from referral.published import Published
from referral.reading import Break
from tests.monitor_pages import Reader, publish, told
from tests.monitor_sample import data_of, empty_year, partners, reading, releases, sample, tiny_year
from tests.populations import population, shipped
from tests.releasing import fill
from tests.running import ROOT, make_app
from tests.test_accessibility import TAGS
from tests.test_content_lint import LONGEST, length, sentences
from tests.test_note import ODD, attribute, elements, squeezed
from tests.test_note import read as text_of
from web import pdf as machinery
from web.monitor.report import SAID, document, report_html
from web.monitor.report_pdf import report_pdf
from web.monitor.words import number

YEARS = {
    "full": sample,
    "full enough for every table": lambda: data_of(releases(population(6, 2000), (1, 2, 3, 4)), (), partners()),
    "half": lambda: sample((1, 2)),
    "nothing": empty_year,
    "five": tiny_year,
}
UNREAD = {"svg", "alt", "id", "kind", "report", "contents", "contents_report", "empty"}
"""Fields that are no text of the report, or of only one of its forms."""


@pytest.fixture(scope="module", params=YEARS.values(), ids=YEARS.keys())
def data(request):
    return request.param()


@pytest.fixture(scope="module")
def pdf(data):
    return report_pdf(data, reading())


def texts(of):
    """Every text of a document that a reader sees."""
    if isinstance(of, dict):
        for name, value in of.items():
            yield from texts(value) if name not in UNREAD else ()
    elif isinstance(of, list | tuple):
        for value in of:
            yield from texts(value)
    elif isinstance(of, str):
        yield of


def seen(made):
    """What a document has a reader see: fixed words only where their place is filled."""
    whole = asdict(made)
    for there, word in (
        (made.omitted, "omitted_none"),
        (made.breaks, "breaks_none"),
        (made.partners, "no_partners"),
        (not made.partners, "partners_text"),
        (not any(part.without for part in made.partners), "without"),
    ):
        if there:
            whole["said"] = {name: text for name, text in whole["said"].items() if name != word}
    return list(texts(whole))


def plain(html):
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return squeezed(unescape(re.sub(r"<[^>]+>", " ", body)))


# --- what it says -------------------------------------------------------------------------------------------------


def test_both_forms_say_the_same(data, pdf):
    """Every text of the document, word for word."""
    html, paper = plain(report_html(data, reading()).decode()), text_of(pdf)
    said = seen(document(data, reading()))
    assert len(said) > 300
    assert [text for text in said if squeezed(text) not in html] == []
    # Long words in the head of a table are broken with a hyphen.
    loose = re.sub("[-\x02]", "", paper)
    assert [text for text in said if squeezed(text).replace("-", "") not in loose] == []


def test_the_html_shows_every_figure_of_the_releases(data):
    """Read from its tables, cell by cell, for the tables that stand by themselves."""
    tables = {table.caption: table.cells for table in Reader.of(report_html(data, reading()).decode()).tables}
    last = data["releases"][-1]
    for table in last["tables"]:
        words = reading().tables[table["id"]]
        (cells,) = (found for name, found in tables.items() if name.startswith(f"{words.caption.partition(': ')[0]} "))
        if ": " not in words.caption and len(table["dimensions"]) == 2:
            for where, value in told(last, table).items():
                assert cells[where].split(" (")[0] == number(value)


def test_every_number_follows_from_the_releases(data):
    """A number that stands in the report is a figure, a sum, a difference or a share of released ones, or is fixed."""
    before = (data["previous_year"] or {"releases": []})["releases"]
    figures = {
        cell["value"]
        for release in [*data["releases"], *before]
        for table in release["tables"]
        for cell in table["cells"]
    }
    derived = {number(a - b) for a, b in itertools.product(figures | {0}, repeat=2) if a >= b} | set(
        map(str, range(101))
    )
    made = document(data, reading())
    numbers = {
        found
        for sheet in [*made.sheets, *([made.quarters] if made.quarters else [])]
        for line in sheet.lines
        for cell in line.cells
        for text in (cell.text, cell.before)
        for found in re.findall(r"[\d.]+", text)
    } | {found for sentence in made.summary for found in re.findall(r"\d[\d.]*\d|\d", sentence)}
    assert numbers <= derived | {str(data["year"]), str(data["year"] - 1)}


def test_it_names_the_releases_by_their_hashes(data):
    html = report_html(data, reading()).decode()
    for release in data["releases"]:
        assert release["sha256"] in html
        assert f"<dt>{release['id']}, " in html


def test_sentences_are_short():
    """As for everybody who reads this project: at most so many words."""
    assert [one for text in SAID.values() for one in sentences(text) if length(one) > LONGEST["anybody"]] == []


def test_a_zero_is_all_that_is_said_to_hide_nobody(data):
    """What rounding hides is said of the figure that hides it: that nobody came can only stand behind a 0."""
    why = document(data, reading()).said["rounding_why"]
    assert "Een 0 kan staan voor geen, één of enkele contacten." in why
    assert "Ook een hoger cijfer zegt niet precies hoeveel het er waren." in why
    assert "Aan een afgerond cijfer" not in why


def test_why_partners_tell_of_other_years(data):
    """Said above the partners, in both forms; where there are none, nothing."""
    said = document(data, reading()).partner_years
    assert said.startswith("Deze monitor gaat over 2026. ") if data["partners"] else said == ""
    assert plain(report_html(data, reading()).decode()).count(squeezed("de nieuwste cijfers die wij hebben")) == bool(
        said
    )


def test_breaks_stand_at_the_tables_and_in_the_method():
    first, last = datetime.date(2026, 1, 1), datetime.date(2026, 7, 1)
    broken = (Break(first, (), "Er kwam een vraag bij."), Break(last, ("month",), "De maand telt anders."))
    words = replace(reading(), breaks=broken, since=datetime.date(2025, 2, 1))
    made = document(sample(), words)
    everywhere = "Vanaf 1 januari 2026: Er kwam een vraag bij."
    assert all(everywhere in sheet.notes for sheet in made.sheets)
    (month,) = (sheet for sheet in made.sheets if sheet.id == "month")
    assert month.notes == (everywhere, "Vanaf 1 juli 2026: De maand telt anders.")
    assert made.breaks == (everywhere,)
    assert "Er is geteld sinds 1 februari 2025." in report_html(sample(), words).decode()


# --- as a file of its own -----------------------------------------------------------------------------------------


def test_the_html_needs_nothing_else(data):
    """No script, no address at all: what it needs stands in it."""
    html = report_html(data, reading()).decode()
    tags = Reader.of(re.sub(r"<!doctype html>", "", html)).tags
    assert {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "form", "object", "a", "use"} == set()
    assert [
        name for _, attrs in tags for name in attrs if name in ("src", "href", "style") or name.startswith("on")
    ] == []
    assert re.search(r"url\(|@import|@font-face", html) is None
    assert re.findall(r"https?://[^\s\"<]+", html.replace("http://www.w3.org/2000/svg", "")) == []
    assert html.startswith('<!doctype html>\n<html lang="nl">')
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_the_html(browser, data, tmp_path, width):
    """Opened from a disk; nothing is fetched, and it never scrolls sideways."""
    file = tmp_path / "report.html"
    file.write_bytes(report_html(data, reading()))
    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert asked == [file.as_uri()]
    context.close()


# --- the PDF ------------------------------------------------------------------------------------------------------


def test_the_pdf_is_tagged(data, pdf):
    """PDF/UA-1: language, title, headings without a gap, tables with the scope of their headers, no date."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, about = opened.Root, opened.open_metadata()
        kinds = [kind for kind, _ in elements(opened)]
        headers = [element for kind, element in elements(opened) if kind == "/TH"]
        cells = [element for kind, element in elements(opened) if kind == "/TD"]
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "nl"
        assert root.ViewerPreferences.DisplayDocTitle
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"] == "Monitor 2026: Verslag voor gemeenteraad en college"
        assert [key for key in about if "date" in key.lower()] == []
        assert [key for key in opened.docinfo if "Date" in key or key == "/Author"] == []
        assert {str(attribute(header, "/Scope")) for header in headers} == {"/Column"}
        assert {str(name) for cell in cells for name in attribute(cell, "/Headers")} <= {
            str(header.ID) for header in headers
        }
        levels = [int(kind[2]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        assert all(page.Tabs == pikepdf.Name.S for page in opened.pages if "/Tabs" in page)


def test_every_table_has_a_caption_and_every_chart_a_text(data, pdf):
    made = document(data, reading())
    ours = [*made.sheets, *([made.quarters] if made.quarters else [])]
    theirs = [sheet for part in made.partners for sheet in part.sheets]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        kinds = Counter(kind for kind, _ in elements(opened))
        told_of = [str(element.Alt) for kind, element in elements(opened) if kind == "/Figure"]
    assert kinds["/Table"] == kinds["/THead"] == len(ours) + len(theirs)
    assert kinds["/Caption"] == kinds["/Table"] + kinds["/Figure"]
    drawn = [chart.alt for sheet in ours for chart in sheet.charts if len(sheet.lines) < 18]
    assert sorted(told_of) == sorted(drawn)
    assert all("De tabel geeft dezelfde cijfers." in text for text in told_of)


def test_no_table_is_torn_from_its_chart(data, pdf):
    """The head of a table, the table, its chart and what it counts stand on one page: all of them fit on one."""
    with pypdfium2.PdfDocument(pdf) as opened:
        pages = [squeezed(page.get_textpage().get_text_range()).replace("\ufffe", "") for page in opened]
    made = document(data, reading())
    for sheet in [*made.sheets, *([made.quarters] if made.quarters else [])]:
        there = [page for page in pages if squeezed(sheet.caption) in page and squeezed(sheet.definition) in page]
        assert len(there) == 1, sheet.id
        assert all(squeezed(chart.title) in there[0] for chart in sheet.charts if len(sheet.lines) < 18)


def test_fonts_are_in_the_pdf(pdf):
    """Embedded, with the letters that their shapes stand for: in the charts too."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = {str(font.BaseFont): font for page in opened.pages for font in page.Resources.get("/Font", {}).values()}
        assert fonts
        for font in fonts.values():
            (descendant,) = font.DescendantFonts
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())
            assert "/ToUnicode" in font


def test_nothing_runs_over_the_edge_of_a_page(pdf):
    """Every letter stands inside the margins, within a hair."""
    opened = pypdfium2.PdfDocument(pdf)
    for page in opened:
        width, height = page.get_size()
        letters = page.get_textpage()
        for at in range(letters.count_chars()):
            left, bottom, right, top = letters.get_charbox(at)
            assert 45 < left <= right < width - 45 or right - left == 0, (letters.get_text_range(at, 20), left, right)
            assert 20 < bottom <= top < height - 40 or top - bottom == 0, (letters.get_text_range(at, 20), bottom, top)
        letters.close()
        page.close()
    opened.close()


def test_texts_are_set_as_they_stand():
    """Nothing in a title, a note or a label of a partner is markup or code, in either form."""
    odd = ODD.rpartition(" ")[0]
    data = copy.deepcopy(sample())
    for line in data["partners"][:3]:
        line.update(title=odd, label=odd, note=odd, unit=odd, partner=odd, published_by=odd, value=7, status="shown")
    html = plain(report_html(data, reading()).decode())
    paper = text_of(report_pdf(data, reading())).replace("-", "")
    assert html.count(squeezed(odd)) >= 5
    assert paper.count(squeezed(odd.partition("/*")[0])) >= 5


# --- the same every time ------------------------------------------------------------------------------------------

AGAIN = """
import hashlib, json, sys
from pathlib import Path
from referral.monitor import monitor_data
from referral.published import Published
from referral.reading import Break
from web.monitor.report import report_html
from web.monitor.report_pdf import report_pdf
from web.service import load_content
from web.settings import Settings
content = load_content(Settings())
data = monitor_data(Published(Path(sys.argv[1])), 2026, content.partners)
for made in (report_html(data, content.reading), report_pdf(data, content.reading)):
    print(hashlib.sha256(made).hexdigest())
"""


def test_every_run_gives_the_same_bytes(tmp_path):
    """In this process twice, and in others with another order of sets, another zone and another language."""
    database = publish(tmp_path, sample()) / "meldroute.db"
    data = monitor_data(Published(database), 2026, shipped().partners)
    assert [make(data, reading()) for make in (report_html, report_pdf)] == [
        make(copy.deepcopy(data), reading()) for make in (report_html, report_pdf)
    ]
    found = {
        subprocess.run(
            [sys.executable, "-c", AGAIN, database],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "LANG": language, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone, language in (("1", "UTC", "C.UTF-8"), ("2", "Asia/Tokyo", "C"))
    }
    assert len(found) == 1


def test_other_counts_with_the_same_releases_give_the_same_report(tmp_path):
    """As a download of two installations that counted other contacts."""
    made = set()
    for name, contacts in (("some", 40), ("more", 400)):
        fill(tmp_path / name / "meldroute.db", population(contacts, contacts))
        app, service = make_app(publish(tmp_path / name, sample()))
        with app.test_request_context():
            data = monitor_data(service.published, 2026, service.content.partners)
        made.add((report_html(data, service.content.reading), report_pdf(data, service.content.reading)))
    assert len(made) == 1


def test_another_figure_makes_another_report():
    """The test above can fail."""
    data = copy.deepcopy(sample())
    data["releases"][-1]["tables"][0]["cells"][0]["value"] += 5
    assert report_html(data, reading()) != report_html(sample(), reading())
    assert report_pdf(data, reading()) != report_pdf(sample(), reading())


# --- where it cannot be made --------------------------------------------------------------------------------------

WITHOUT = """
import sys
sys.modules["typst"] = None  # as where it is not installed
from tests.monitor_sample import reading, sample
from web.monitor.extras import MissingExtra
from web.monitor.report_pdf import report_pdf
try:
    report_pdf(sample(), reading())
except MissingExtra as error:
    print(error)
"""


def test_without_the_library():
    """The message says what to install."""
    done = subprocess.run([sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "meldroute[pdf]" in done.stdout


def test_more_than_two_at_once_wait_and_then_are_refused():
    """The dialogue keeps a core; as soon as one is done the next is made."""
    with machinery.AT_ONCE, machinery.AT_ONCE, pytest.raises(machinery.Busy):
        report_pdf(sample(), reading())
    assert report_pdf(sample(), reading()).startswith(b"%PDF")


def test_what_goes_wrong_is_not_quoted(caplog):
    """A letter that no font has: no PDF with an empty box, and the log has only the kind of error."""
    data = copy.deepcopy(sample())
    data["partners"][0]["label"] = "geheim\U000f0001"
    with pytest.raises(machinery.NotMade):
        report_pdf(data, reading())
    assert "report could not be made as PDF: CalledProcessError" in caplog.text
    assert "geheim" not in caplog.text
