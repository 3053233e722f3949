"""What the room is made of: its file, its passwords, its lanes and its clock, in one object that the app holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app

from web.coordinator.file import AccountsFile
from web.coordinator.passwords import Passwords
from web.coordinator.patience import Lanes

KEY = "meldroute.coordinators"


@dataclass(frozen=True)
class Room:
    """clock: seconds since 1970, by which sessions end and codes change. No setting for previews moves it."""

    file: AccountsFile
    passwords: Passwords = field(default_factory=Passwords)
    clock: Callable[[], float] = time.time
    lanes: Lanes = field(default_factory=Lanes)


def room() -> Room:
    """The room of the running app, for the views."""
    found: Room = current_app.extensions[KEY]
    return found
