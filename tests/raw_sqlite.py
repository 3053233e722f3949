"""A reader of SQLite files by their documentation (sqlite.org/fileformat.html): it knows what every byte is for.

What belongs to nothing is slack: gaps in pages, freed cells, free pages. Old contents can lie there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

HEADER = 100
INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE = 2, 5, 10, 13
INTEGER_WIDTHS = (0, 1, 2, 3, 4, 6, 8)


@dataclass(frozen=True)
class Stored:
    """A cell of a b-tree: the page and the place in the file where it lies, where its values begin, and they."""

    page: int
    place: int
    starts: tuple[int, ...]
    values: tuple[object, ...]


@dataclass
class Image:
    """One SQLite file as bytes. `known` marks every byte that the format gives a meaning."""

    data: bytes
    known: bytearray = field(init=False)

    def __post_init__(self) -> None:
        """Reads everything that can be reached from the header."""
        assert self.data[:16] == b"SQLite format 3\0"
        self.known = bytearray(len(self.data))
        self.size = self.number(16, 2)
        self._mark(0, HEADER)
        self.free = list(self._free_pages())
        if self.number(52, 4):  # auto-vacuum: page 2 says of the pages after it who points to them
            self._mark(self.size, 5 * (self.number(28, 4) - 2))
        schema = list(self._tree(1))
        self.tables = {str(row.values[1]): list(self._tree(_whole(row.values[3]))) for row in schema}
        self.schema = [row.values[4] for row in schema]

    @cached_property
    def header(self) -> dict[str, int]:
        """The numbers of the header that change in a life."""
        places = {"changes": 24, "pages": 28, "free": 36, "cookie": 40, "user_version": 60, "valid_for": 92}
        return {name: self.number(place, 4) for name, place in places.items()}

    @cached_property
    def slack(self) -> bytes:
        """What lies in bytes without a meaning, zeros left out."""
        return bytes(byte for byte, known in zip(self.data, self.known, strict=True) if byte and not known)

    def number(self, place: int, width: int) -> int:
        """A big-endian number at a place in the file."""
        return int.from_bytes(self.data[place : place + width], "big")

    def _mark(self, place: int, width: int) -> None:
        assert not any(self.known[place : place + width]), f"two meanings for the bytes at {place}"
        self.known[place : place + width] = b"\1" * width

    def _free_pages(self) -> Iterator[int]:
        trunk = self.number(32, 4)
        while trunk:
            start = (trunk - 1) * self.size
            count = self.number(start + 4, 4)
            self._mark(start, 8 + 4 * count)
            yield from (trunk, *(self.number(start + 8 + 4 * place, 4) for place in range(count)))
            trunk = self.number(start, 4)

    def _tree(self, page: int) -> Iterator[Stored]:
        """The cells of a b-tree in the order of their keys."""
        start = (page - 1) * self.size
        head = start + (HEADER if page == 1 else 0)
        kind = self.data[head]
        inner = kind in (INTERIOR_INDEX, INTERIOR_TABLE)
        after = head + (12 if inner else 8)
        count = self.number(head + 3, 2)
        self._mark(head, after - head + 2 * count)
        self._mark_freed(start, self.number(head + 1, 2))
        for place in range(count):
            cell = start + self.number(after + 2 * place, 2)
            if inner:
                yield from self._tree(self.number(cell, 4))
            yield self._cell(page, cell, kind)
        if inner:
            yield from self._tree(self.number(head + 8, 4))

    def _mark_freed(self, start: int, block: int) -> None:
        """Of a freed block the first four bytes are the format's; what lies behind them is slack."""
        while block:
            self._mark(start + block, 4)
            block = self.number(start + block, 2)

    def _cell(self, page: int, cell: int, kind: int) -> Stored:
        at = cell + (4 if kind in (INTERIOR_INDEX, INTERIOR_TABLE) else 0)
        if kind == INTERIOR_TABLE:
            _, at = self._varint(at)
            self._mark(cell, at - cell)
            return Stored(page, cell, (), ())
        length, at = self._varint(at)
        if kind == LEAF_TABLE:
            _, at = self._varint(at)
        assert length <= (self.size - 12) * 64 // 255 - 23, "spills over to other pages, which this reader cannot"
        self._mark(cell, max(at + length - cell, 4))
        return Stored(page, cell, *self._record(at))

    def _record(self, start: int) -> tuple[tuple[int, ...], tuple[object, ...]]:
        length, at = self._varint(start)
        value = start + length
        starts: list[int] = []
        values: list[object] = []
        while at < start + length:
            kind, at = self._varint(at)
            starts.append(value)
            width = INTEGER_WIDTHS[kind] if kind < 7 else (kind - 12) // 2 if kind >= 12 else 0
            raw = self.data[value : value + width]
            values.append(_decoded(kind, raw))
            value += width
        return tuple(starts), tuple(values)

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for step in range(8):
            byte = self.data[at + step]
            value = value << 7 | byte & 127
            if byte < 128:
                return value, at + step + 1
        return value << 8 | self.data[at + 8], at + 9


def _decoded(kind: int, raw: bytes) -> object:
    if kind >= 12:
        return raw if kind % 2 == 0 else raw.decode()
    return {0: None, 8: 0, 9: 1}.get(kind, int.from_bytes(raw, "big", signed=True))


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
