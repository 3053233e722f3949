"""Every format in which the monitor can be had, by the name that the command line and the addresses use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from referral.monitor import Monitor
from referral.reading import Reading
from web.monitor.bundle import bundle, spreadsheet
from web.monitor.csv_files import DUTCH, combined
from web.monitor.extras import MissingExtra
from web.monitor.released import as_json
from web.monitor.report import report_html
from web.monitor.report_pdf import report_pdf

__all__ = ["FORMATS", "Format", "MissingExtra", "render"]

Make = Callable[[Monitor, Reading], bytes]


@dataclass(frozen=True)
class Format:
    """How a format is made, what its file name ends in, and its media type. All bytes follow from the arguments."""

    make: Make
    suffix: str
    media_type: str


def _json(data: Monitor, _reading: Reading) -> bytes:
    return as_json(data)


def _csv_nl(data: Monitor, reading: Reading) -> bytes:
    return combined(data, reading, DUTCH)


def _everything(data: Monitor, reading: Reading) -> bytes:
    report = f"verslag-{data['year']}"
    files = {f"{report}.html": report_html(data, reading)}
    with suppress(MissingExtra):
        files[f"{report}.pdf"] = report_pdf(data, reading)
    return bundle(data, reading, files)


_CSV = "text/csv; charset=utf-8; header=present"
FORMATS: Mapping[str, Format] = {
    "json": Format(_json, "json", "application/json"),
    "csv": Format(combined, "csv", _CSV),
    "csv-nl": Format(_csv_nl, "nl.csv", _CSV),
    "ods": Format(spreadsheet, "ods", "application/vnd.oasis.opendocument.spreadsheet"),
    "html": Format(report_html, "html", "text/html; charset=utf-8"),
    "pdf": Format(report_pdf, "pdf", "application/pdf"),
    "zip": Format(_everything, "zip", "application/zip"),
}


def render(name: str, data: Monitor, reading: Reading) -> bytes:
    """The monitor in a format. Raises MissingExtra where that needs a part that is not installed."""
    return FORMATS[name].make(data, reading)
