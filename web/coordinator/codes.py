"""The second factor: six digits of an app on a phone (TOTP, RFC 6238), and the picture that brings a secret there."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

import pyotp
import segno

ISSUER = "Meldroute"
STEP = 30
"""Seconds that a code is shown."""
_AROUND = (-1, 0, 1)
"""Steps that are taken: clocks of phones differ, and typing takes time."""
_NOBODY = "A" * 32


def new_secret() -> str:
    """160 random bits, as the apps take them."""
    return pyotp.random_base32()


def is_code(typed: str) -> bool:
    """Whether it looks like a code of an app, not like one for recovery."""
    return bool(re.fullmatch(r"\d{6}", typed, re.ASCII))


def step_of(secret: str | None, code: str, now: float) -> int | None:
    """The step of time that the code belongs to, or None. As much work where there is no secret to compare with."""
    present, found = int(now) // STEP, None
    app = pyotp.HOTP(secret or _NOBODY)
    for step in (present + one for one in _AROUND):
        if hmac.compare_digest(app.at(step), code if is_code(code) else "") and secret:
            found = step
    return found


@dataclass(frozen=True)
class Enrolment:
    """What somebody needs to bring a secret into an app: the text in groups, the address, the squares of a QR code.

    path: the dark squares as the path of an SVG with sides of `size`.
    """

    text: str
    address: str
    path: str
    size: int


def enrolment(secret: str, name: str) -> Enrolment:
    """For the page of an invitation. The picture stands in the page itself: it never has an address."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    rows = [bytes(row) for row in segno.make(address, micro=False).matrix_iter(border=4)]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return Enrolment(groups, address, path, len(rows))
