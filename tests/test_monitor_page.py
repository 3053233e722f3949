"""The public page of the monitor: all that is released, nothing else, and so that anybody can read it."""

import itertools
import re
import threading
from html import unescape

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.looking import seen_texts
from tests.monitor_pages import Reader, publish, told
from tests.monitor_sample import data_of, empty_year, reading, releases, sample, tiny_year
from tests.populations import population
from tests.releasing import fill
from tests.running import make_app, running
from tests.test_accessibility import NARROW, TAGS, WIDE
from tests.test_api import contacts as counted
from tests.test_api import post
from tests.test_conversations import CONVERSATIONS, replay
from tests.test_privacy import FULL
from web.monitor import views
from web.monitor.words import number

YEARS = {
    "full": sample,
    "full enough for every table": lambda: data_of(releases(population(6, 2000), (1, 2, 3, 4))),
    "half": lambda: sample((1, 2)),
    "nothing": empty_year,
    "five": tiny_year,
}
PAGE = "/monitor/2026"


def client_of(folder, data, **choices):
    """A client of an installation that has published these releases."""
    return make_app(publish(folder, data), **choices)[0].test_client(use_cookies=False)


def page_of(folder, data):
    return client_of(folder, data).get(PAGE).text


def part(html, name):
    """A section of the page by its id, up to the next one."""
    return re.search(rf'<section id="{name}".*?(?=<section id="(?!tabel-))', html, re.DOTALL)[0]


def plain(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture(params=YEARS.values(), ids=YEARS.keys())
def data(request):
    return request.param()


# --- what it shows ------------------------------------------------------------------------------------------------


def test_every_published_figure_is_there(tmp_path, data):
    """Cell by cell, where it belongs; the tables of signals stand together in one."""
    tables = {shown.caption.strip(): shown.cells for shown in Reader.of(page_of(tmp_path, data)).tables}
    last = data["releases"][-1]
    for table in last["tables"]:
        caption = reading().tables[table["id"]].caption
        common, _, own = caption.partition(": ")
        (cells,) = (found for name, found in tables.items() if name.startswith(f"{common} "))
        for (row, column), value in told(last, table).items():
            if not own:
                where = (row, column) if len(table["dimensions"]) > 1 else (row, "Contacten")
                assert cells[where].split(" (")[0] == number(value), (table["id"], where)
            elif row == "Aangekruist":
                where = (own[:1].upper() + own[1:], column)
                assert cells[where].split(" (")[0] == number(value), (table["id"], where)


def test_the_year_before_stands_beside_it_where_the_months_are_the_same(tmp_path):
    """Of a whole year; half a year is not held against a whole one, and the page says so."""
    data = sample()
    shown = Reader.of(page_of(tmp_path / "full", data)).tables[0].cells
    before = data["previous_year"]["releases"][-1]
    for where, value in told(before, before["tables"][0]).items():
        assert shown[where].endswith(f"(eerder {number(value)})")
    half = page_of(tmp_path / "half", sample((1, 2)))
    assert '<span class="before">' not in half
    assert "Vergelijken met het jaar ervoor kan nog niet" in plain(half)


def test_each_table_says_what_it_counts(tmp_path, data):
    """Period, base and how far a figure can be off at the table; the definition and a chart with a name beside it."""
    html = page_of(tmp_path, data)
    sections = re.findall(r'<section class="figures.*?\n</section>\n', html, re.DOTALL)
    shown = {table["id"] for table in data["releases"][-1]["tables"] if "signal" not in table["id"]}
    assert len(sections) == len(shown) + 1 + (data["releases"][-1]["quarter"] == 4)
    total = data["releases"][-1]["tables"][0]["cells"][-1]["value"]
    for section in sections:
        caption = plain(re.search(r"<caption>.*?</caption>", section, re.DOTALL)[0])
        assert re.search(r"2026\. Afgerond op een veelvoud van 5\. Een cijfer wijkt hooguit \d+ af\.", caption)
        assert "Wat deze tabel telt" in section
        assert section.count("<svg") == section.count("<figcaption>")
        assert section.count('role="img"') == section.count("<svg")
        assert bool(section.count("<svg")) == bool(total)
    for table in shown:
        assert reading().tables[table].definition.strip() in unescape(html)


def test_nothing_is_ranked(tmp_path):
    """Rows stand as they were declared, so whatever the figures are the order is the same."""
    orders = {
        tuple(tuple(dict.fromkeys(row for row, _ in table.cells)) for table in Reader.of(page).tables[:4])
        for seed in (1, 2, 3)
        for page in [page_of(tmp_path / str(seed), data_of(releases(population(seed, 300), (4,))))]
    }
    assert len(orders) == 1


def test_partners_stand_apart(tmp_path):
    """In a section of their own, each series with its unit and its source, and not one of them among ours."""
    html = page_of(tmp_path, sample())
    own, theirs = html.replace(part(html, "partners"), ""), plain(part(html, "partners"))
    series = {
        (line["title"], line["unit"], line["published_by"])
        for line in sample()["partners"]
        if line["value"] is not None
    }
    assert series
    for title, unit, source in series:
        assert f"{title} Geteld: {unit}. Bron van alle cijfers: {source}." in theirs
        assert title not in plain(own)
    assert "Tel ze dus niet op bij de contacten hierboven" in theirs
    for line in sample()["partners"]:
        assert line["title"] in theirs
        assert line["note"] in theirs


def test_what_is_left_out_is_said(tmp_path):
    """Which table, and why; where the rounding had to go further, at every table."""
    data = data_of(releases(population(4, 170), (1, 2, 3, 4)))
    last = data["releases"][-1]
    html = page_of(tmp_path, data)
    assert [entry["table"] for entry in last["omitted"]] == ["form_municipality"]
    assert "Vorm en gemeente" in part(html, "ontbreekt")
    assert "te weinig contacten" in part(html, "ontbreekt")
    assert "Contacten zijn geen personen" in plain(html)
    further = {**last, "step": 1}
    html = page_of(tmp_path / "further", {**data, "releases": [*data["releases"][:-1], further]})
    captions = [table.caption for table in Reader.of(html).tables if "Afgerond" in table.caption]
    assert all("hooguit 4 af" not in caption for caption in captions)
    assert "hooguit 9 af" in captions[0]


def test_the_page_needs_nothing_and_leads_nowhere_else(tmp_path, data):
    """No script, no form, no style of its own, no address but ours; the way out and 112 as on every page."""
    html = page_of(tmp_path, data)
    tags = Reader.of(html).tags
    assert {"script", "form", "style", "iframe", "img"} & {tag for tag, _ in tags} == set()
    assert [attrs for _, attrs in tags if any(name == "style" or name.startswith("on") for name in attrs)] == []
    addresses = [value for _, attrs in tags for name, value in attrs.items() if name in ("href", "src")]
    foreign = [address for address in addresses if not address.startswith(("/", "#"))]
    assert foreign == ["https://www.knmi.nl/", "tel:112"]
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in addresses if address.startswith("#")} <= set(ids)
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert '<html lang="nl"' in html


def test_every_download_is_there(tmp_path):
    """Each link gives a file with a name, none of them from anywhere but the releases."""
    client = client_of(tmp_path, sample())
    found = re.findall(r'<a href="(/monitor/2026/[\w-]+)" download', client.get(PAGE).text)
    assert {"json", "csv", "csv-nl", "ods", "zip"} <= {path.rpartition("/")[2] for path in found}
    for path in found:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.data
        assert "attachment" in answer.headers["Content-Disposition"]


def test_the_years_are_listed(tmp_path):
    """At the address without a year: a page, not a redirect. With nothing published it says so."""
    answer = client_of(tmp_path / "two", sample()).get("/monitor")
    assert answer.status_code == 200
    assert re.findall(r'href="(/monitor/\d+)"', answer.text) == ["/monitor/2026", "/monitor/2025"]
    (tmp_path / "none").mkdir()
    client = make_app(tmp_path / "none")[0].test_client()
    assert "Er is nog niets gepubliceerd." in client.get("/monitor").text
    assert client.get(PAGE).status_code == 404


def test_an_installation_may_keep_it_to_itself(tmp_path):
    client = client_of(tmp_path, sample(), monitor=False)
    assert {client.get(path).status_code for path in ("/monitor", PAGE, f"{PAGE}/json")} == {404}
    assert "/monitor" not in client.get("/").text


def test_the_start_page_leads_to_the_years_and_the_widget_does_not(tmp_path):
    """In its footer until somebody answers; a frame in another site pays no byte for it."""
    client = client_of(tmp_path, sample())
    for answer in (client.get("/"), client.post("/", data={"taal": "nl"})):
        footer = answer.text.partition("<footer")[2]
        assert re.findall(r'<a href="(/monitor)" hreflang="nl" target="_blank">', footer) == ["/monitor"]
        assert answer.text.count("/monitor") == 1
    assert "/monitor" not in client.post("/", data=FULL).text
    for answer in (client.get("/embed/frame"), client.post("/embed/frame", data={"taal": "nl"})):
        assert answer.status_code == 200
        assert "/monitor" not in answer.text


# --- a function of what is published ------------------------------------------------------------------------------


def test_other_counts_with_the_same_releases_give_the_same_page(tmp_path):
    """Installations that counted nothing, one year or another publish the same: nothing else reaches a page."""
    pages = set()
    for name, contacts in (("none", None), ("some", 40), ("more", 400)):
        publish(tmp_path / name, sample())
        if contacts:
            fill(tmp_path / name / "meldroute.db", population(contacts, contacts))
        app, service = make_app(tmp_path / name)
        client = app.test_client(use_cookies=False)
        assert counted(service) == (contacts or 0)
        pages.add(tuple(client.get(path).data for path in (PAGE, "/monitor", f"{PAGE}/json", f"{PAGE}/csv")))
    assert len(pages) == 1


def test_the_page_of_a_running_server_does_not_move(tmp_path, content):
    """Whoever looks before and after a contact sees the same, also where nothing was kept in memory."""
    app, service = make_app(publish(tmp_path, sample()))
    client = app.test_client(use_cookies=False)
    before, contacts = client.get(PAGE).data, counted(service)
    for conversation in CONVERSATIONS[:5]:
        answers = replay(conversation, content).accepted
        assert post(client, answers={question: list(chosen) for question, chosen in answers.items()}).status_code == 200
    assert counted(service) == contacts + 5
    assert client.get(PAGE).data == before
    service.kept_files.clear()
    assert client.get(PAGE).data == before


def test_a_page_is_made_once_until_something_is_published(tmp_path):
    """For all who ask at the same time too; a new release makes a new one."""
    data = sample((1, 2))
    first = {**data, "releases": data["releases"][:1]}
    app, service = make_app(publish(tmp_path, first))
    answers = []
    asking = [
        threading.Thread(target=lambda: answers.append(app.test_client().get(PAGE).data), daemon=True) for _ in range(8)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join(60)
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert len(service.kept_files) == 1
    publish(tmp_path, data)
    assert app.test_client().get(PAGE).data not in answers
    assert len(service.kept_files) == 2


def test_years_that_do_not_exist_are_not_kept(tmp_path):
    app, service = make_app(publish(tmp_path, sample()))
    client = app.test_client()
    for year in range(1900, 1990):
        assert client.get(f"/monitor/{year}").status_code == 404
        assert client.get(f"/monitor/{year}/zip").status_code == 404
    assert service.kept_files == {}


def test_who_waits_too_long_is_told_to_try_again(tmp_path, monkeypatch):
    """While another file is being made: threads must not pile up behind it. What is kept needs no wait."""
    client = client_of(tmp_path, sample())
    kept = client.get(PAGE).data
    monkeypatch.setattr(views, "_PATIENCE", 0.01)
    with views._MAKING:
        answer = client.get(f"{PAGE}/csv", headers={"Accept-Language": "nl"})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "no-store")
        assert "Probeer het opnieuw." in answer.text
        assert client.get(PAGE).data == kept
    assert client.get(f"{PAGE}/csv").status_code == 200


@pytest.mark.parametrize("year", ["0", "26", "02026", "2026.0", "-2026", "9" * 5000])
def test_what_is_no_year_is_no_page(tmp_path, year):
    client = client_of(tmp_path, tiny_year())
    for path in ("/monitor/", "/api/v1/monitor/"):
        assert client.get(f"{path}{year}").status_code == 404


# --- in a real browser --------------------------------------------------------------------------------------------

LOOKS = {
    f"{scheme}-{size['width']}": {"viewport": size, "color_scheme": scheme}
    for scheme in ("light", "dark")
    for size in (NARROW, WIDE)
}


@pytest.fixture(scope="module", params=["full", "full enough for every table", "nothing"])
def served(request, tmp_path_factory):
    with running(publish(tmp_path_factory.mktemp("data") / "monitor", YEARS[request.param]())) as server:
        yield server


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(browser, served, look):
    """On a narrow and on a wide screen, in light and dark; the page itself never scrolls sideways."""
    context = browser.new_context(**LOOKS[look], locale="nl-NL", reduced_motion="reduce")
    page = context.new_page()
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{served.url}{PAGE[1:]}")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == LOOKS[look]["viewport"]["width"]
    assert messages == []
    context.close()


@pytest.mark.browser
def test_a_wide_table_is_read_by_keyboard(browser, served):
    """Each table that is wider than the screen is a stop with a name, and the arrow keys move it."""
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    page.goto(f"{served.url}{PAGE[1:]}")
    tables = page.locator(".scroll")
    assert tables.count() > 5
    for table in tables.all():
        name = page.locator(f"#{table.get_attribute('aria-labelledby')}")
        assert (table.get_attribute("tabindex"), table.get_attribute("role")) == ("0", "group")
        assert name.inner_text()
    tables.first.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(100):  # wait_for_function would need eval, which the page forbids
        if tables.first.evaluate("one => one.scrollLeft") > 0:
            break
        page.wait_for_timeout(50)
    assert tables.first.evaluate("one => one.scrollLeft") > 0
    head = page.locator(".scroll tbody th").first.bounding_box()
    assert head["x"] < 20
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_every_text_readable(browser, served, scheme):
    context = browser.new_context(viewport=WIDE, color_scheme=scheme, forced_colors="active")
    page = context.new_page()
    page.goto(f"{served.url}{PAGE[1:]}")
    texts = seen_texts(page)
    assert len(texts) > 100
    assert [str(text) for text in texts if text.contrast < text.needed] == []
    context.close()


@pytest.mark.browser
def test_on_paper_there_are_only_figures_and_words(browser, served):
    """No downloads, no list of contents, no colour of the dark scheme, nothing cut off."""
    context = browser.new_context(viewport=WIDE, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{served.url}{PAGE[1:]}")
    page.emulate_media(media="print")
    for hidden in (".contents", "#downloads", ".leave"):
        expect(page.locator(hidden)).to_be_hidden()
    assert page.locator(".scroll").first.evaluate("one => getComputedStyle(one).overflow") == "visible"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    context.close()
