"""Zip files whose bytes follow from what is in them alone: no time of packing, no owner, one order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_WHEN = (1980, 1, 1, 0, 0, 0)
"""The earliest time that the format knows: a file of figures says itself when they were frozen."""
LEVEL = 9
_UNIX, _FILE_MODE = 3, 0o100644


def entry(name: str, compressed: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """The head of one file in a zip, the same on every machine and at every time."""
    info = zipfile.ZipInfo(name, _WHEN)
    info.create_system, info.external_attr, info.compress_type = _UNIX, _FILE_MODE << 16, compressed
    return info


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files in the order of their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, body in sorted(files.items()):
            made.writestr(entry(name), body, compresslevel=LEVEL)
    return packed.getvalue()
