"""The register of releases that were ever made here: names and hashes, in a file of its own beside the counters.

A release that is made twice gets other random numbers the second time, and the two together tell small counts. So
where the file of the releases was lost, or is an older copy, nothing may be made anew: the register tells.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from referral.datafiles import StoreError

_LINE = re.compile(r"(\d{4}Q[1-4]) ([0-9a-f]{64})\n", re.ASCII)


class Made:
    """The register of an installation; a file that is not there holds nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def hashes(self) -> dict[str, str]:
        """Each release that was made, with its hash in the chain. Raises StoreError for a file that is not ours."""
        try:
            text = self.path.read_text("ascii")
        except FileNotFoundError:
            return {}
        except UnicodeDecodeError:
            text = "?"
        if _LINE.sub("", text):
            raise StoreError(f"{self.path.name} is not a register of releases: refused as it is")
        return dict(_LINE.findall(text))

    def lost(self, there: Mapping[str, str], year: str = "") -> list[str]:
        """The releases, of that year or of any, that were made and are not `there` (name → hash)."""
        return [name for name, digest in self.hashes().items() if name.startswith(year) and there.get(name) != digest]

    def note(self, there: Mapping[str, str]) -> None:
        """Write down releases, as name → hash. What is in the register stays; it is on the disk when this returns."""
        before = self.hashes()
        if (after := {**there, **before}) == before:
            return
        handle, fresh = tempfile.mkstemp(dir=self.path.parent, prefix=f"{self.path.name}-")  # 0600
        with open(handle, "w", encoding="ascii") as file:
            file.writelines(f"{name} {digest}\n" for name, digest in sorted(after.items()))
            file.flush()
            os.fsync(handle)
        os.replace(fresh, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
