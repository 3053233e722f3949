"""The tables as CSV: for programs (RFC 4180) and for a Dutch spreadsheet program, each described by CSVW metadata."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from referral.reading import Reading
from web.monitor.csv_lines import STATUS, Column, Sheet, Value, everything, sheets
from web.monitor.figures import Monitor

METADATA = "csv-metadata.json"
"""The name under which CSVW looks for the description of all files in a folder."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Manner:
    """How a file is written. `dutch`: for a spreadsheet program that is set to Dutch."""

    dutch: bool

    @property
    def delimiter(self) -> str:
        """What stands between two columns."""
        return ";" if self.dutch else ","


PLAIN, DUTCH = Manner(dutch=False), Manner(dutch=True)


def csv_files(data: Monitor, reading: Reading, manner: Manner = PLAIN) -> dict[str, bytes]:
    """A file for each table of the year, for what each quarter added and for each partner, by name; and METADATA.

    Without any table there are no files: CSVW knows no description of nothing.
    """
    every = sheets(data, reading)
    files = {sheet.name: written(sheet, manner) for sheet in every}
    return files | ({METADATA: _metadata(every, manner)} if files else {})


def combined(data: Monitor, reading: Reading, manner: Manner = PLAIN) -> bytes:
    """All our tables of all releases of the year in one file."""
    return written(everything(data, reading), manner)


def written(sheet: Sheet, manner: Manner) -> bytes:
    """The bytes of a file: a header and its lines, each ended by CR LF."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=manner.delimiter, lineterminator="\r\n")
    writer.writerow([column.dutch if manner.dutch else column.name for column in sheet.columns])
    for line in sheet.lines:
        writer.writerow([_written(v, c, manner) for v, c in zip(line, sheet.columns, strict=True)])
    return text.getvalue().encode("utf-8-sig" if manner.dutch else "utf-8")


def _written(value: Value, column: Column, manner: Manner) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value).replace(".", ",") if manner.dutch else str(value)
    if manner.dutch and column.name == "status":
        return STATUS.get(value, value)
    # A spreadsheet program would take such a text for a formula, and run it.
    return f"'{value}" if manner.dutch and value.startswith(_FORMULA) else value


def _metadata(sheets: Iterable[Sheet], manner: Manner) -> bytes:
    """CSVW: how the files are written, and what each column holds."""
    dialect = {
        "encoding": "utf-8",
        "delimiter": manner.delimiter,
        "lineTerminators": ["\r\n"],
        "quoteChar": '"',
        "doubleQuote": True,
        "header": True,
    }
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nl"}],
        "dialect": dialect,
        "tables": [_described(sheet, manner) for sheet in sheets],
    }
    return json.dumps(described, ensure_ascii=False, indent=1).encode() + b"\n"


def _described(sheet: Sheet, manner: Manner) -> dict[str, Any]:
    return {
        "url": sheet.name,
        "dc:title": sheet.title,
        "dc:description": sheet.about,
        "tableSchema": {
            "columns": [
                {
                    "name": column.name,
                    "titles": column.dutch if manner.dutch else column.name,
                    "datatype": _datatype(column, manner),
                }
                for column in sheet.columns
            ]
        },
    }


def _datatype(column: Column, manner: Manner) -> Any:
    if column.datatype == "number" and manner.dutch:
        return {"base": "number", "format": {"decimalChar": ","}}
    return column.datatype
