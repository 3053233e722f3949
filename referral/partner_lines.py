"""One line of a partner's CSV file: what each column may hold, and what is said when it does not."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

COLUMNS = (
    "series",
    "title",
    "partner",
    "dimension",
    "category",
    "label",
    "year",
    "value",
    "unit",
    "part_of",
    "published_by",
    "note",
)
MAX_LINES = 2_000
NOT_AVAILABLE, NO_WHOLE = "NA", "none"

_IDS, _MAY_BE_EMPTY = ("series", "dimension", "category"), ("published_by", "note")
_ID, _YEAR, _NUMBER = re.compile("[a-z0-9][a-z0-9_]{0,59}"), re.compile("(19|20)[0-9]{2}"), re.compile("[0-9]+")
_LONGEST = {"note": 1_000}
_MAX_DIGITS, _MAX_TEXT = 9, 300
_FORMULA = ("=", "+", "-", "@")


class PartnerError(Exception):
    """A line of a partner's file that cannot be used; nothing of the file is taken."""

    def __init__(self, line: int, wrong: str) -> None:
        super().__init__(f"line {line}: {wrong}")
        self.line, self.wrong = line, wrong


@dataclass(frozen=True)
class Figure:
    """One line. value: None where not available. part_of: (dimension, category) of the whole that it is a part of."""

    line: int
    series: str
    title: str
    partner: str
    dimension: str
    category: str
    label: str
    year: int
    value: int | None
    unit: str
    part_of: tuple[str, str] | None
    published_by: str
    note: str


def lines(text: str) -> Iterator[Figure]:
    """The figures of a CSV text, line by line; raises PartnerError. What lines say of each other is not looked at."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = next(reader, [])
        if header != list(COLUMNS):
            hint = "; put commas between the columns, not semicolons" if ";" in "".join(header) else ""
            raise PartnerError(1, f"the header must be exactly {','.join(COLUMNS)}{hint}")
        for count, row in enumerate(reader, 1):
            if count > MAX_LINES:
                raise PartnerError(reader.line_num, f"a file has at most {MAX_LINES} lines under its header")
            if not row:
                raise PartnerError(reader.line_num, "the line is empty")
            if len(row) != len(COLUMNS):
                raise PartnerError(reader.line_num, f"there are {len(row)} columns, not {len(COLUMNS)}")
            yield _figure(reader.line_num, dict(zip(COLUMNS, row, strict=True)))
    except csv.Error as error:
        raise PartnerError(max(reader.line_num, 1), f"this is not CSV (RFC 4180): {error}") from None


def _figure(line: int, row: Mapping[str, str]) -> Figure:
    try:
        for column, text in row.items():
            _check_text(column, text)
        value, whole = _value(row["value"]), _whole(row["part_of"])
        if not _YEAR.fullmatch(row["year"]):
            raise ValueError(f"column year: {_cut(row['year'])} is not a year such as 2022")
        if value is None and row["published_by"]:
            raise ValueError("column published_by: a figure that is not available cannot have been published")
    except ValueError as error:
        raise PartnerError(line, str(error)) from None
    texts = {column: row[column] for column in COLUMNS if column not in ("year", "value", "part_of")}
    return Figure(line=line, year=int(row["year"]), value=value, part_of=whole, **texts)


def _check_text(column: str, text: str) -> None:
    """Raises ValueError for what no column may hold: a formula, invisible characters, too much, nothing."""
    if column in _IDS and not _ID.fullmatch(text):
        raise ValueError(f"column {column}: {_cut(text)} must be small letters a to z, digits and _, at most 60")
    if not text and column not in _MAY_BE_EMPTY:
        raise ValueError(f"column {column}: nothing stands here")
    if text.startswith(_FORMULA) and column != "value":
        raise ValueError(
            f"column {column}: {_cut(text)} starts with {text[0]}, which a spreadsheet takes for a formula"
        )
    if any(unicodedata.category(c)[0] == "C" or unicodedata.category(c) in ("Zl", "Zp") for c in text):
        raise ValueError(f"column {column}: {_cut(text)} holds an invisible character, such as a line break or a tab")
    if text != text.strip():
        raise ValueError(f"column {column}: {_cut(text)} starts or ends with a space")
    if len(text) > _LONGEST.get(column, _MAX_TEXT):
        raise ValueError(f"column {column}: {len(text)} characters are too many")


def _value(text: str) -> int | None:
    if text == NOT_AVAILABLE:
        return None
    wrong = f"must be a whole number such as 12, or {NOT_AVAILABLE} where it is not available"
    if re.fullmatch(r"[-\u2212][0-9.,]+", text):
        wrong = "is below zero: nobody can count that"
    elif re.fullmatch(r"[0-9]+[.,][0-9.,]+", text):
        wrong = "has a point or a comma: give a whole number, without marks for thousands"
    elif _NUMBER.fullmatch(text) and len(text) > _MAX_DIGITS:
        wrong = f"has more than {_MAX_DIGITS} digits"
    elif _NUMBER.fullmatch(text) and (text == "0" or text[0] != "0"):
        return int(text)
    raise ValueError(f"column value: {_cut(text)} {wrong}")


def _whole(text: str) -> tuple[str, str] | None:
    if text == NO_WHOLE:
        return None
    dimension, _, category = text.partition(":")
    if not (_ID.fullmatch(dimension) and _ID.fullmatch(category)):
        raise ValueError(f"column part_of: {_cut(text)} must be dimension:category of the whole, or {NO_WHOLE}")
    return dimension, category


def _cut(text: str) -> str:
    """The text as an error message may quote it: short, and without anything invisible."""
    start = text if len(text) <= 40 else f"{text[:40]}…"
    return f"‘{start}’" if start.isprintable() else ascii(start)
