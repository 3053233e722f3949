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
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from referral.datafiles import StoreError
from referral.demonstration import mixed
from referral.published import Published
from referral.store import Store
from referral.tables import Tables

COUNTERS, PUBLISHED, SUMS = "meldroute.db", "meldroute.db.published", "SHA256SUMS"
MADE, SERVED = "meldroute.db.made", "meldroute.db.served"
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
    published = Published(database)
    parts = {COUNTERS: _image(database)}
    if published.path.exists():
        parts[PUBLISHED] = _image(published.path)
    for name, path in ((MADE, published.made.path), (SERVED, published.served.path)):
        if path.exists():
            parts[name] = path.read_bytes()
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
        for name, path in ((PUBLISHED, coming.path), (MADE, coming.made.path), (SERVED, coming.served.path)):
            if name in parts:
                path.write_bytes(parts[name])
        with closing(Store(copy, tables)) as store:  # makes the ticket file that the check looks at
            if problems := [*store.check(), *coming.damage()]:
                raise Impossible(f"{source}: {problems[0]}")
            _never_mixed(store, database, there, coming, source)
        if not _same_releases(there, coming):
            raise Impossible(f"{source} does not hold the releases that are out: the last one here is not its last one")
        coming.register()
        coming.made.note(there.made.hashes())
        for part in sorted(Path(folder).iterdir()):
            os.chmod(part, 0o600)
            os.replace(part, database.resolve().with_name(part.name))


def _same_releases(there: Published, coming: Published) -> bool:
    """Whether nothing is lost that was not lost already when the backup was made."""
    out, saved = ({one["id"]: one["sha256"] for one in file.releases()} for file in (there, coming))
    return out == saved if out else set(there.made.lost(saved)) <= set(coming.made.lost(saved))


def _never_mixed(coming: Store, database: Path, there: Published, saved: Published, source: Path) -> None:
    """Raises Impossible where made-up counters or releases would come beside real ones, or in their place."""
    made_up = coming.demonstration()
    if wrong := mixed(made_up, [*saved.releases(), *there.releases()]):
        raise Impossible(f"{source}: {wrong}")
    with suppress(StoreError, sqlite3.Error, OSError), closing(Store(database, coming.tables, create=False)) as store:
        if store.demonstration() != made_up:
            which = "is" if made_up else "is not"
            raise Impossible(f"{source} {which} of a demonstration, unlike what is there: use a folder of its own")


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
    if (
        parts.pop(SUMS, b"") != _sums(parts)
        or COUNTERS not in parts
        or parts.keys() - {COUNTERS, PUBLISHED, MADE, SERVED}
    ):
        raise Impossible(f"{source} is not a whole backup of meldroute")
    return parts
