"""Counting that never stands in the way of a referral: what the store cannot take waits in memory as sums."""

from __future__ import annotations

import collections
import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from referral.counts import Tally
from referral.store import Store
from referral.tables import Cell
from referral.tickets import EPOCH, Ticket


class Counter:
    """A store that may be away (locked, full, read-only, not mounted) without anybody noticing.

    Nothing here raises. What went wrong last stands in `problem` until something succeeds, for an operator to
    ask for; it is not logged, because a line in a log would date a contact. Contacts wait as sums and a set
    of ticket hashes, never one by one. The price: if several wait here and another process counts one of
    them in the meantime (or the one before this counted it), that one is counted twice.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = Lock()
        self._sums: collections.Counter[Cell] = collections.Counter()
        self._tickets: dict[bytes, int] = {}
        self._known: dict[bytes, int] = {}
        self._failed = float("-inf")
        self.problem: str | None = None

    @property
    def waiting(self) -> int:
        """How many contacts wait in memory."""
        return len(self._tickets)

    def count(self, tally: Tally, ticket: Ticket) -> bool:
        """True once this ticket's count is on the disk, from now or before; False if it waits, or expired."""
        arrived = time.monotonic()
        with self._lock:
            # Who queued here while the store failed does not try it again: one wait for a lock is enough.
            if self._failed < arrived and self._flush() and ticket.hash not in self._known:
                with self._trying():
                    if not self.store.add(tally, ticket.hash, ticket.bucket):
                        return False
                    self._known[ticket.hash] = ticket.bucket
            if ticket.hash in self._known:
                return True
            self._wait(tally, ticket)
            return False

    def flush(self) -> bool:
        """Count what waits. True when nothing waits any more."""
        with self._lock:
            return self._flush()

    def ready(self, today: datetime.date) -> bool:
        """Whether the store can be written to now, whether or not anything waits; what waits is counted."""
        with self._lock:
            with self._trying():
                self.store.prepare(today)
            return self.problem is None and self._flush()

    def tick(self, now: float, today: datetime.date) -> None:
        """What the clock does, at start and every few minutes, contacts or not.

        Prepares the year, forgets the tickets past their time, makes the files' times new, counts what waits.
        """
        with self._lock:
            with self._trying():
                self.store.prepare(today)
                self.store.advance(now)
            if self.problem is None:
                self._flush()
            # What the store forgets by now cannot come again.
            oldest = int(now // EPOCH) - 1
            self._known = {ticket: bucket for ticket, bucket in self._known.items() if bucket >= oldest}

    def close(self) -> bool:
        """Count what waits and let go of the files, at shutdown. False: what waited is lost."""
        with self._lock:
            flushed = self._flush()
            with self._trying():
                self.store.close()
            return flushed

    def _wait(self, tally: Tally, ticket: Ticket) -> None:
        if ticket.hash not in self._tickets:
            self._tickets[ticket.hash] = ticket.bucket
            self._sums.update(tally.cells)

    def _flush(self) -> bool:
        if self._tickets:
            with self._trying():
                self.store.add_sums(self._sums, self._tickets)
                self._known.update(self._tickets)
                self._sums.clear()
                self._tickets.clear()
        return not self._tickets

    @contextmanager
    def _trying(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # whatever it is, the person gets the referral
            self._failed, self.problem = time.monotonic(), f"{type(error).__name__}: {error}"
        else:
            self.problem = None
