"""Abbreviations and names that not every reader knows, explained once: where a reader meets each first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


class Names:
    """What is still to be explained. Ask it for the parts of a page in the order in which they are read."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._left = dict(names)

    def met(self, texts: Iterable[str]) -> tuple[str, ...]:
        """An explanation of each name that stands in these texts and in none before, as a sentence."""
        whole = "\n".join(texts)
        found = [name for name in self._left if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", whole)]
        return tuple(f"{name}: {self._left.pop(name)}." for name in found)
