"""The report for mayors and councils: what it says, and the HTML file that says it.

The page and the report in PDF are made from the same document. It is a function of what is published alone: its date
is that of the last release, and nothing in it depends on when or where it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader

from referral.reading import Reading
from web.monitor.figures import figures
from web.monitor.names import Names
from web.monitor.partner_sheets import PartnerPart, partner_parts
from web.monitor.partners import partner_years
from web.monitor.released import last_before
from web.monitor.shapes import Sheet
from web.monitor.sheets import quarter_sheet, sheets
from web.monitor.summary import summary
from web.monitor.words import day

Monitor = Mapping[str, Any]

SAID = {
    "report": "Verslag voor gemeenteraad en college",
    "about": (
        "De meldroute is een gesprek op internet. Wie een signaal van uitbuiting ziet, beantwoordt een paar vragen. "
        "Daarna leest diegene bij welke instantie hij of zij terechtkan. Deze monitor telt die gesprekken."
    ),
    "apart": "Contacten zijn geen personen",
    "apart_text": (
        "Een contact is één gesprek met de meldroute. Dat is geen persoon, geen slachtoffer en geen melding. "
        "Deze cijfers zeggen dus niet hoeveel mensenhandel er is."
    ),
    "summary": "In het kort",
    "contents": "Op deze pagina",
    "contents_report": "Inhoud",
    "tables": "De cijfers",
    "definition": "Wat deze tabel telt",
    "empty": "In deze uitgave staat geen enkele tabel.",
    "partners": "Cijfers van partners",
    "partners_text": (
        "Deze cijfers komen van andere organisaties. Zij tellen iets anders dan de meldroute, en elk op een eigen "
        "manier. Tel ze dus niet op bij de contacten hierboven, en ook niet bij elkaar."
    ),
    "without": "Hiervan staat hier geen cijfer:",
    "no_partners": "Er zijn geen cijfers van partners.",
    "omitted": "Welke tabellen ontbreken",
    "omitted_none": "Geen: alle tabellen staan erin.",
    "method": "Hoe de cijfers zijn gemaakt",
    "definitions": "Wat er geteld is",
    "rounding": "Afronden",
    "rounding_why": (
        "Afronden beschermt mensen. Een 0 kan staan voor geen, één of enkele contacten. Ook een hoger cijfer zegt niet "
        "precies hoeveel het er waren. Alle tabellen zijn samen afgerond. Daardoor kloppen de totalen met elkaar."
    ),
    "compared": "Vergelijken met eerder",
    "breaks_none": "Er is in deze jaren niets veranderd aan het tellen.",
    "releases": "De uitgaven",
    "releases_text": (
        "Een uitgave verandert nooit meer. De cijfers over contacten komen alleen uit deze uitgaven. Met de code "
        "eronder is na te gaan dat er niets aan veranderd is."
    ),
}
"""The words of the page and the report that are the same every year."""


@dataclass(frozen=True)
class Frozen:
    """A release as the report names it: its id, the day it was made, and its hash."""

    id: str
    made: str
    sha256: str


@dataclass(frozen=True)
class Document:
    """Everything that the page and the report say of a year, in words and in the order in which they say it.

    omitted: title and reason of each table that is not there. method: how figures are made, definitions first.
    demonstration: the mark of made-up figures.
    """

    year: int
    title: str
    subtitle: str
    edition: str
    since: str
    summary: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    quarters: Sheet | None
    compared: str
    partners: tuple[PartnerPart, ...]
    partner_years: str
    omitted: tuple[tuple[str, str], ...]
    definitions: tuple[str, ...]
    rounding: tuple[str, ...]
    breaks: tuple[str, ...]
    releases: tuple[Frozen, ...]
    said: Mapping[str, str]
    demonstration: str


def document(data: Monitor, reading: Reading) -> Document:
    """The document of a year that has a release."""
    of, releases, before = figures(data, reading), data["releases"], last_before(data)
    names, said, quarters = Names(of.names), summary(of), quarter_sheet(of)
    edition = f"Uitgave {of.release} van {of.made}, met meldroutekaart {releases[-1]['card']}."
    return Document(
        year=of.year,
        title=f"Monitor {of.year}",
        subtitle=f"Contacten met de meldroute, {of.period}",
        edition=" ".join(filter(None, [of.demonstration and f"{of.demonstration}.", edition])),
        since=f"Er is geteld sinds {of.since}." if of.since else "",
        summary=(*said, *names.met(said)),
        sheets=tuple(_explained(sheet, names) for sheet in sheets(of)),
        quarters=_explained(quarters, names) if quarters else None,
        compared=_compared(of.comparable, of.period, of.period_before),
        partners=partner_parts(of.partners, names),
        partner_years=partner_years(of.partners, of.year),
        omitted=of.omitted,
        definitions=of.definitions,
        rounding=of.notes,
        breaks=of.breaks,
        releases=tuple(
            Frozen(one["id"], day(one["made"], reading), one["sha256"])
            for one in [*([before] if before and of.period_before else []), *releases]
        ),
        said=SAID,
        demonstration=of.demonstration,
    )


def _explained(sheet: Sheet, names: Names) -> Sheet:
    """A table with what the names in it mean, where it is the first that has them."""
    return replace(sheet, notes=(*sheet.notes, *names.met(sheet.texts)))


def _compared(comparable: bool, period: str, before: str) -> str:
    if comparable:
        return f"Waar het kan, staat {before} ernaast. Ook die cijfers zijn afgerond."
    if before:
        return f"Vergelijken met het jaar ervoor kan nog niet: deze cijfers gaan over {period}, die over {before}."
    return "Over het jaar ervoor is niets gepubliceerd. Vergelijken kan dus nog niet."


def report_html(data: Monitor, reading: Reading) -> bytes:
    """The report as one HTML file that needs nothing else, to open, to print or to keep."""
    return _templates().get_template("report.html").render(document=document(data, reading)).encode()


@cache
def _templates() -> Environment:
    """The templates of the package without an app around them: the command line makes reports too."""
    folders = (files("web") / "templates", files("web") / "static")

    def source(name: str) -> str | None:
        found = [folder / name for folder in folders if (folder / name).is_file()]
        return found[0].read_text(encoding="utf-8") if found else None

    return Environment(loader=FunctionLoader(source), autoescape=True, trim_blocks=True, lstrip_blocks=True)
