"""The report for mayors and councils as tagged PDF/UA, set from the same document as its HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from referral.reading import Reading
from web.monitor.extras import MissingExtra
from web.monitor.report import document
from web.pdf import NoLibrary, pdf

PATIENCE = 10
"""Seconds for a report, which takes half a one."""


def report_pdf(data: Mapping[str, Any], reading: Reading) -> bytes:
    """The PDF, the same bytes on every run. Raises MissingExtra, or NotMade of web/pdf.py."""
    try:
        return pdf("report", asdict(document(data, reading)), PATIENCE)
    except NoLibrary:
        raise MissingExtra("PDFs need an optional part: pip install 'meldroute[pdf]'") from None
