"""Which combinations of counted values the route cards could lead to that served in a quarter.

A card may change on any day. Who has read the old card and the new one knows what contacts of that quarter can have
been, and the rounding must know as much. So the timer writes down, day by day, what the card of that day can lead to.
Nothing in the file is about contacts: it follows from the published card alone.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from referral.datafiles import StoreError
from referral.possible import Combination

_Row = tuple[str, ...]
_Noted = dict[str, dict[str, set[_Row]]]
"""Quarter → the dimensions of its combinations, joined by spaces → their values."""


class Served:
    """The file of an installation; one that is not there holds nothing."""

    def __init__(self, database: Path) -> None:
        self.path = database.resolve().with_name(f"{database.name}.served")

    def of(self, quarters: Collection[str]) -> list[Combination]:
        """What was noted of these quarters, each combination once. Raises StoreError for a file that is not ours."""
        found = {
            tuple(zip(dimensions.split(), row, strict=True))
            for quarter, noted in self._read().items()
            if quarter in quarters
            for dimensions, rows in noted.items()
            for row in rows
        }
        return [dict(one) for one in sorted(found)]

    def quarters(self) -> set[str]:
        """The quarters of which something was noted."""
        return {*self._read()}

    def note(self, quarter: str, combinations: Sequence[Combination]) -> None:
        """Adds what the card of a day in that quarter can lead to."""
        noted = self._read()
        before = {dimensions: set(rows) for dimensions, rows in noted.get(quarter, {}).items()}
        after = noted.setdefault(quarter, {})
        for one in combinations:
            after.setdefault(" ".join(sorted(one)), set()).add(tuple(one[name] for name in sorted(one)))
        if after != before:
            self._write(noted)

    def _read(self) -> _Noted:
        try:
            body = json.loads(self.path.read_text("utf-8"))
            return {
                quarter: {dimensions: {tuple(row) for row in rows} for dimensions, rows in noted.items()}
                for quarter, noted in body.items()
            }
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, TypeError) as error:
            raise StoreError(f"{self.path.name} is not a list of what served: refused as it is") from error

    def _write(self, noted: _Noted) -> None:
        body = {
            quarter: {dimensions: sorted(rows) for dimensions, rows in sorted(of.items())}
            for quarter, of in sorted(noted.items())
        }
        handle, fresh = tempfile.mkstemp(dir=self.path.parent, prefix=f"{self.path.name}-")  # 0600
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(body, file, ensure_ascii=False, separators=(",", ":"))
            file.flush()
            os.fsync(handle)
        os.replace(fresh, self.path)
