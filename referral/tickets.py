"""Tickets: what a dialogue carries so that it is counted once. Random bits, the hour, and our seal on both.

Hours are real ones, never those of a preview. A ticket names nobody, and nobody else can make one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from referral.datafiles import StoreError

HOUR = 3600
EPOCH = 2 * HOUR
"""Seconds in an epoch: a ticket lives through three hours' numbers, which two epochs always cover."""

_RANDOM, _STAMP, _SEAL = 16, 4, 16
_BYTES = _RANDOM + _STAMP + _SEAL
_LETTERS = _BYTES * 4 // 3  # without padding, so that a ticket has one spelling
_LIFE = range(3)
_KEY = 32
_NO_TIME = 946_684_800  # 2000-01-01


@dataclass(frozen=True)
class Ticket:
    """A valid ticket: the hash under which its count is remembered, and the epoch it belongs to."""

    hash: bytes
    bucket: int


class Tickets:
    """Mints tickets and reads those that were minted under the same key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def beside(cls, database: Path) -> Tickets:
        """Those of a database: the key stands beside it, and is made if it is not there."""
        return cls(load_key(database.resolve().with_name(f"{database.resolve().name}.key")))

    def mint(self, now: float) -> str:
        """A fresh ticket as text for a URL or a form; it is valid for at least two hours."""
        body = secrets.token_bytes(_RANDOM) + int(now // HOUR).to_bytes(_STAMP, "big")
        return base64.urlsafe_b64encode(body + self._seal(body)).decode()

    def read(self, ticket: str, now: float) -> Ticket | None:
        """The ticket behind the text; None if it is malformed, not ours, from the future or past its time."""
        try:
            raw = base64.b64decode(ticket, altchars=b"-_", validate=True)
        except ValueError:
            return None
        body, seal = raw[:-_SEAL], raw[-_SEAL:]
        if len(ticket) != _LETTERS or not hmac.compare_digest(seal, self._seal(body)):
            return None
        hour = int.from_bytes(body[_RANDOM:], "big")
        if int(now // HOUR) - hour not in _LIFE:
            return None
        return Ticket(hashlib.sha256(body).digest()[:16], hour * HOUR // EPOCH)

    def _seal(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:_SEAL]


def load_key(path: Path) -> bytes:
    """The key in the file, made if it is not there. Processes that start together get the same one."""
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != _KEY:
        raise StoreError(f"{path.name} is not a key of meldroute: move it away, and a new one is made")
    return key


def _make_key(path: Path) -> None:
    own = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    file = os.open(own, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(secrets.token_bytes(_KEY))
            out.flush()
            os.fsync(out.fileno())
        os.utime(own, (_NO_TIME, _NO_TIME))
        # A link, unlike a rename, appears whole and never replaces the key of a process that was faster.
        with suppress(FileExistsError):
            os.link(own, path)
    finally:
        own.unlink()
