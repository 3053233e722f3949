"""The service of the running app, for the views."""

from __future__ import annotations

from flask import current_app

from web.service import Service

KEY = "meldroute"


def service() -> Service:
    """The service that create_app() put into the running app."""
    found: Service = current_app.extensions[KEY]
    return found
