"""Everything about a year in one zip: every format, what it all means, and sums to check that it arrived whole."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping

from referral.reading import Reading
from web.monitor.csv_files import DUTCH, PLAIN, csv_files
from web.monitor.explanation import explanation
from web.monitor.extras import MissingExtra
from web.monitor.figures import Monitor, figures
from web.monitor.packing import zipped
from web.monitor.released import as_json
from web.monitor.words import mark

SUMS, EXPLANATION = "SHA256SUMS", "toelichting.md"
_NO_SPREADSHEETS = "spreadsheets (ODS) need an optional part: pip install 'meldroute[ods]'"


def spreadsheet(data: Monitor, reading: Reading) -> bytes:
    """The monitor as ODS. Raises MissingExtra where the library is not installed."""
    try:
        # Loaded here and nowhere else: it is heavy, and an installation may do without.
        module = importlib.import_module("web.monitor.ods")
    except ModuleNotFoundError as missing:
        if missing.name != "odfdo":
            raise
        raise MissingExtra(_NO_SPREADSHEETS) from None
    return bytes(module.ods(data, reading))


def file_name(data: Monitor) -> str:
    """What the files of a year are called: those of made-up figures never like real ones."""
    return f"{'demonstratie' if mark(data) else 'monitor'}-{data['year']}"


def bundle(data: Monitor, reading: Reading, extra: Mapping[str, bytes] | None = None) -> bytes:
    """The zip, the same bytes for the same data. All of it lies in one folder.

    extra: files that go in beside those made here, by name, such as the report. Raises MissingExtra.
    """
    name = file_name(data)
    files = {
        f"{name}.json": as_json(data),
        f"{name}.ods": spreadsheet(data, reading),
        **{f"csv/{file}": body for file, body in csv_files(data, reading, PLAIN).items()},
        **{f"csv-nl/{file}": body for file, body in csv_files(data, reading, DUTCH).items()},
        **(extra or {}),
    }
    files[EXPLANATION] = explanation(figures(data, reading), files).encode()
    files[SUMS] = sums(files)
    return zipped({f"{name}/{file}": body for file, body in files.items()})


def sums(files: Mapping[str, bytes]) -> bytes:
    """A line for each file as `sha256sum -c` reads it."""
    return "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items())).encode()
