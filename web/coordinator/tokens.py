"""Random codes that are given away once, and the hashes that stay here."""

from __future__ import annotations

import base64
import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """A code of 256 random bits, safe in an address and in a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def kept(code: str) -> bytes:
    """What is kept of a random code. It is too long to be guessed, so one hash is enough."""
    return hashlib.sha256(code.encode()).digest()


def new_recovery_code() -> str:
    """A code of 80 random bits that a person can copy from paper: four groups of four letters and digits."""
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def plain_code(typed: str) -> str:
    """A typed code without what people put between its groups."""
    return "".join(sign for sign in typed.lower() if sign.isalnum())
