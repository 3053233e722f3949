"""What a page of the monitor shows, read from its HTML by code of its own, and data folders to show it from."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from referral.published import Published
from tests.monitor_sample import reading

VOID = {"link", "meta", "br", "img", "input", "rect"}


def publish(folder: Path, data: dict[str, Any]) -> Path:
    """Freeze the releases of monitor data, and those of the year before, in a data folder."""
    folder.mkdir(exist_ok=True)
    published = Published(folder / "meldroute.db")
    for release in [*(data["previous_year"] or {"releases": []})["releases"], *data["releases"]]:
        body = {name: value for name, value in release.items() if name != "sha256"}
        published.freeze(body["id"], lambda body=body: body)
    return folder


@dataclass
class Shown:
    """A table as it is shown: its caption, its columns, and (row, column) → what stands there."""

    caption: str = ""
    columns: list[str] = field(default_factory=list)
    cells: dict[tuple[str, str], str] = field(default_factory=dict)


class Reader(HTMLParser):
    """Reads the tables of a page: the tags that it met with their attributes, and the tables in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Shown] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self._row: list[str] = []

    @classmethod
    def of(cls, html: str) -> Reader:
        """What stands in this HTML."""
        found = cls()
        found.feed(html)
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append(Shown())
        elif tag == "tr":
            self._row = []
        elif tag in ("th", "td"):
            self._row.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if "caption" in self._open:
            self.tables[-1].caption += data
        elif {"th", "td"} & set(self._open):
            self._row[-1] += data

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{tag} ends while something in it is open"
        row = [" ".join(cell.split()) for cell in self._row]
        if tag == "tr" and "thead" in self._open:
            self.tables[-1].columns = row[1:]
        elif tag == "tr":
            for column, cell in zip(self.tables[-1].columns, row[1:], strict=False):
                assert (row[0], column) not in self.tables[-1].cells or not cell
                self.tables[-1].cells[row[0], column] = cell


def told(release: dict[str, Any], table: dict[str, Any]) -> dict[tuple[str, str], int]:
    """(label of the one dimension, label of the other) → value, of a table of a release."""
    names = table["dimensions"]
    return {
        (reading().label(names[-1], cell["key"][names[-1]]), reading().label(names[0], cell["key"][names[0]])): cell[
            "value"
        ]
        for cell in table["cells"]
    }
