"""PDFs by a process of their own: one template, its data in, the file out (decision 0007)."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

logger = logging.getLogger("meldroute")

HAS_PDF = find_spec("typst") is not None
PROGRAM = files("web").joinpath("pdf_program.py")
AT_ONCE = threading.BoundedSemaphore(2)
"""PDFs being made: the dialogue itself must keep a thread and a core."""


class NotMade(Exception):
    """The PDF could not be made; the log says of which kind of error, and nothing of what was to stand in it."""


class Busy(NotMade):
    """Others are being made; later it may work."""


class NoLibrary(NotMade):
    """The library is not installed."""


def pdf(template: str, data: Mapping[str, Any], patience: float) -> bytes:
    """The PDF of a template in web/templates, without its ending .typ; the same bytes for the same data.

    patience: seconds after which it is given up. Raises NotMade.
    """
    if not HAS_PDF:
        raise NoLibrary("install the extra: meldroute[pdf]")
    if not AT_ONCE.acquire(timeout=1):
        raise Busy(template)
    command = [sys.executable, "-P", str(PROGRAM), template]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, without any argument of a visitor
            command, input=json.dumps(data).encode(), capture_output=True, timeout=patience, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        # Only the kind: the message of the process quotes what it was given.
        logger.error("%s could not be made as PDF: %s", template, type(error).__name__)
        raise NotMade(template) from None
    finally:
        AT_ONCE.release()
    return done.stdout
