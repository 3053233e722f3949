"""Passwords: which are good enough (NIST SP 800-63B: long, not common, no other rules), and how they are kept."""

from __future__ import annotations

import base64
import secrets
import unicodedata
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
_FEWEST_SIGNS = 5
_BESIDES_NAME = 8
_COMMON = frozenset(files("web").joinpath("coordinator/common.txt").read_text(encoding="utf-8").split())
"""Words that many passwords are made of, one a line."""
_ROWS = ("1234567890" * 4, "0987654321" * 4, "abcdefghijklmnopqrstuvwxyz" * 2, "qwertyuiopasdfghjklzxcvbnm" * 2)


def why_not(password: str, name: str) -> str:
    """What is wrong with a new password, as a Dutch sentence; "" where it may be used."""
    text = _normal(password)
    if len(text) < SHORTEST:
        return f"Kies een wachtwoord van ten minste {SHORTEST} tekens."
    if len(text) > LONGEST:
        return f"Kies een wachtwoord van hooguit {LONGEST} tekens."
    plain = "".join(text.casefold().split())
    word = plain.strip("0123456789!?.,-_@#$%&*+=:;")
    halves = plain[: len(plain) // 2]
    if any((word in _COMMON, halves in _COMMON, any(plain in row for row in _ROWS), len(set(plain)) < _FEWEST_SIGNS)):
        return "Dit wachtwoord wordt vaak gebruikt. Kies een ander, zoals een paar losse woorden achter elkaar."
    if len(plain.replace(name.casefold(), "")) < _BESIDES_NAME:
        return "Je naam is bijna je hele wachtwoord. Kies een ander."
    return ""


def _normal(password: str) -> str:
    """The same password typed on another keyboard is the same text."""
    return unicodedata.normalize("NFKC", password)


class Passwords:
    """Hashes passwords with argon2id. The memory is the second choice of RFC 9106, in one thread: a server for
    everybody else runs beside it. Whoever installs may choose more; tests choose less."""

    def __init__(self, time_cost: int = 3, memory_cost: int = 65536) -> None:
        """memory_cost: KiB."""
        self._hasher = PasswordHasher(time_cost, memory_cost, parallelism=1)
        # Looks like a hash with our parameters and belongs to no password: as much work as a real one.
        salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
        self._nobody = f"$argon2id$v=19$m={memory_cost},t={time_cost},p=1${salt}${digest}"

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(_normal(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; where there is none to compare with, false after as much work."""
        try:
            return self._hasher.verify(kept or self._nobody, _normal(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False

    def is_old(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than ours of today."""
        return self._hasher.check_needs_rehash(kept)
