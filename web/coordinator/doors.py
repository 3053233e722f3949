"""Puts the room into the app, where an installation has one."""

from __future__ import annotations

from flask import Flask

from web.coordinator.administration import administration
from web.coordinator.entrance import entrance
from web.coordinator.file import AccountsFile
from web.coordinator.office import office
from web.coordinator.room import KEY, Room
from web.settings import Settings


def install(app: Flask, settings: Settings) -> None:
    """Adds the room under /coordinator/; it is there without accounts too, and then says how the first is made."""
    if not settings.coordinators:
        return
    app.extensions[KEY] = Room(AccountsFile(settings.database))
    for blueprint in (entrance, office, administration):
        app.register_blueprint(blueprint)
