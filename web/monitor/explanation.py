"""The explanation that goes with the figures, in Dutch: what is what, how it is rounded, and how to check it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from web.monitor.partners import partner_years
from web.monitor.shapes import Figures, Table
from web.monitor.summary import summary

_SUMS = (
    "In elke tabel is een rij- of kolomtotaal precies de som van zijn cellen. Dat geldt ook na het afronden.",
    "Wat in meer tabellen staat, is overal hetzelfde: alle contacten samen, of alle contacten van één vorm.",
    "Een gebied is precies de som van zijn gemeenten, in uitgaven met een tabel van gemeenten.",
    "De maanden van een uitgave tellen op tot alle contacten van die uitgave.",
    "Een uitgave telt vanaf 1 januari. Geen cijfer is lager dan in de uitgave ervoor.",
    "Een maand die al in een uitgave stond, houdt zijn cijfer.",
)
_COLUMNS = (
    ("year, release (Jaar, Uitgave)", "het jaar, en de uitgave waarin het cijfer staat, zoals 2026Q2"),
    ("from, until (Vanaf, Tot en met)", "de eerste en de laatste dag die meetellen"),
    ("value (Aantal)", "het afgeronde aantal contacten"),
    ("lower, upper (Ondergrens, Bovengrens)", "het echte aantal ligt hier tussen, deze twee getallen meegerekend"),
    ("status (Status)", "hoe het cijfer gemaakt is; bij ‘stap 1’ mag het verder afwijken"),
    ("total", "de code van een totaal"),
)
_MARKED = "demonstration (Demonstratie)", "het cijfer is verzonnen, voor een demonstratie"
_FILES = (
    (".json", "de uitgaven zoals ze zijn vastgelegd; alle andere bestanden zijn hieruit gemaakt"),
    ("csv/", "een bestand per tabel voor programma's: komma, punt, UTF-8 (RFC 4180)"),
    ("csv-nl/", "dezelfde tabellen voor een Nederlands rekenprogramma: puntkomma, decimale komma"),
    (".ods", "dezelfde tabellen als rekenblad, een tabel per blad"),
    (".html", "het verslag als webpagina"),
    (".pdf", "het verslag om te lezen of af te drukken"),
)


def rounding(figures: Figures) -> tuple[str, ...]:
    """How the figures are rounded, what that means for each, and which cells add up."""
    return (*figures.notes, *_SUMS)


def explanation(figures: Figures, files: Collection[str] = ()) -> str:
    """The page toelichting.md; `files` are the names in the bundle."""
    return "\n".join(_page(figures, files)) + "\n"


def _page(figures: Figures, files: Collection[str]) -> Iterator[str]:
    yield f"# Toelichting bij de monitor {figures.year}"
    yield from ("", f"**{figures.demonstration}.**") if figures.demonstration else ()
    yield from ("", *summary(figures))
    if figures.release:
        yield from ("", f"Laatste uitgave: {figures.release}, vastgelegd op {figures.made}.")
    if figures.since:
        yield from ("", f"Er is geteld vanaf {figures.since}.")
    yield from _section("Wat er wordt geteld", figures.definitions)
    yield from _section("Afronden, en wat er optelt", rounding(figures))
    yield from _section("Breuken in de reeks", figures.breaks)
    yield from _section("Tabellen die er niet in staan", [f"{title}. {why}" for title, why in figures.omitted])
    for table in (*figures.tables, *([figures.quarters] if figures.quarters else [])):
        yield from _table(table)
    yield from _partners(figures)
    yield from _section("Afkortingen en namen", [f"{name}: {what}." for name, what in figures.names.items()])
    yield from _section("Bestanden", [f"`{ends}`: {what}" for ends, what in _FILES if any(ends in f for f in files)])
    columns = (*([_MARKED] if figures.demonstration else []), *_COLUMNS)
    yield from _section("Kolommen in de CSV-bestanden", [f"`{name}`: {what}" for name, what in columns])
    yield from _checks()


def _section(title: str, lines: Collection[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"## {title}", "", *(f"- {line}" for line in lines))


def _table(table: Table) -> Iterator[str]:
    yield from ("", f"## Tabel: {table.title}", "", f"{table.caption}, {table.period}.")
    yield from ("", table.definition) if table.definition else ()
    yield from _bullets(table.notes)


def _bullets(lines: Collection[str]) -> Iterator[str]:
    yield from ("", *(f"- {line}" for line in lines)) if lines else ()


def _partners(figures: Figures) -> Iterator[str]:
    if figures.partners:
        yield from ("", "## Cijfers van partners", "")
        yield "Deze cijfers zijn niet van ons."
        yield "Tel ze nooit op bij onze cijfers. Een contact hier kan daar een melding zijn."
        yield from filter(None, [partner_years(figures.partners, figures.year)])
    for table in figures.partners:
        yield from ("", f"### {table.title}", "", f"Van: {table.partner}. Eenheid: {table.unit}.")
        yield from _bullets([*table.sourced, *table.notes])


def _checks() -> Iterator[str]:
    yield from ("", "## Controleren", "")
    yield "`SHA256SUMS` heeft van elk bestand een controlegetal. In de uitgepakte map controleert dit ze allemaal:"
    yield from ("", "    sha256sum -c SHA256SUMS", "")
    yield "Dezelfde uitgaven geven altijd dezelfde bestanden, byte voor byte."
    yield "De sommen hierboven kun je narekenen in de CSV-bestanden."
    yield "Vergelijk daarvoor een rij `total` met de rijen die erbij horen."
