"""Backups of counters and releases, and the work that needs a server to stand still.

Two copies of one day tell what was counted between them. So a backup belongs to the day of a release, when the
figures until then are out anyway; on another day it must be asked for. Tickets are not in it: they are past their
time in two to four hours. The key is not either: it stays with its folder, and a new folder makes a new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from referral.published import Published
from referral.store import Store
from referral.tables import Tables

COUNTERS, PUBLISHED, SUMS = "meldroute.db", "meldroute.db.published", "SHA256SUMS"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Impossible(Exception):
    """Nothing was done; the message says why and what to do."""


def stay(database: Path) -> int:
    """Marks that a server uses these files, until its process ends. The key file carries the mark.

    Returns the descriptor that holds it. Raises OSError where there is no key.
    """
    descriptor = os.open(_key(database), os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """As long as no server uses the files. Raises Impossible while one does."""
    if not _key(database).exists():  # no server was ever here
        yield
        return
    with _key(database).open("rb") as key:
        try:
            fcntl.flock(key, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Impossible(f"a server uses {database}: stop it first") from None
        yield


def back_up(database: Path, target: Path) -> None:
    """Write counters and releases as they are now into one zip. Raises Impossible, and never replaces a file."""
    if not database.is_file():
        raise Impossible(f"there is no file {database}")
    if target.exists():
        raise Impossible(f"{target} is there already")
    published = Published(database).path
    parts = {COUNTERS: _image(database), **({PUBLISHED: _image(published)} if published.exists() else {})}
    parts[SUMS] = _sums(parts)
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
        os.chmod(target, 0o600)
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), body)


def restore(database: Path, source: Path, tables: Tables) -> None:
    """Put a backup in the place of what is there. Raises Impossible, and then nothing has changed.

    The releases of the backup must be exactly those that are there, if there are any: older counters under newer
    releases would contradict them for ever.
    """
    parts = _read(source)
    with alone(database), tempfile.TemporaryDirectory(dir=database.resolve().parent, prefix=".restore-") as folder:
        copy = Path(folder) / database.name
        there, coming = Published(database), Published(copy)
        copy.write_bytes(parts[COUNTERS])
        if PUBLISHED in parts:
            coming.path.write_bytes(parts[PUBLISHED])
        with closing(Store(copy, tables)) as store:  # makes the ticket file that the check looks at
            if problems := [*store.check(), *coming.check()]:
                raise Impossible(f"{source}: {problems[0]}")
        out, saved = ({one["id"]: one["sha256"] for one in file.releases()} for file in (there, coming))
        if (out and out != saved) or there.made.lost(saved):
            raise Impossible(f"{source} does not hold the releases that are out: the last one here is not its last one")
        coming.made.note({**there.made.hashes(), **saved})
        for part in sorted(Path(folder).iterdir()):
            os.chmod(part, 0o600)
            os.replace(part, database.resolve().with_name(part.name))


def make_canonical(database: Path) -> None:
    """Write the counter file anew, so that nothing is left of what was deleted. Raises Impossible."""
    if not database.is_file():
        raise Impossible(f"there is no file {database}")
    with alone(database), closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute("PRAGMA secure_delete = ON")
        conn.execute("VACUUM")


def _key(database: Path) -> Path:
    return database.resolve().with_name(f"{database.name}.key")


def _image(path: Path) -> bytes:
    """The file's bytes as of one moment between two transactions, read by SQLite."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as conn:
        conn.execute("BEGIN")
        return conn.serialize()


def _sums(parts: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in parts.items()).encode()


def _read(source: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(source) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise Impossible(f"{source} cannot be read as a backup: {error}") from error
    if parts.pop(SUMS, b"") != _sums(parts) or COUNTERS not in parts or parts.keys() - {COUNTERS, PUBLISHED}:
        raise Impossible(f"{source} is not a whole backup of meldroute")
    return parts
