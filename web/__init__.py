"""The first door: the dialogue as pages and as JSON, and the command line that serves it."""

from __future__ import annotations

from flask import Flask

from web import assets, health, problems
from web.agencies_api import agencies
from web.api import api
from web.coordinator import doors
from web.embed import embed
from web.headers import SafeHeaders
from web.monitor.views import monitor
from web.note import note
from web.pages import pages
from web.receipt import receipt
from web.running import KEY
from web.service import Service
from web.settings import Settings
from web.statement import statement
from web.suggestions import suggestions

LARGEST_REQUEST = 64 * 1024
"""Bytes. Every question answered with every option is a tenth of it."""
THIS_MACHINE = ("http://localhost:*", "http://127.0.0.1:*")


def create_app(service: Service) -> Flask:
    """The app around a service that has read and checked its content."""
    settings = service.settings
    app = Flask("web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_REQUEST
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[KEY] = service
    app.wsgi_app = SafeHeaders(app.wsgi_app, _framers(settings))  # type: ignore[method-assign]
    assets.install(app, settings)
    app.jinja_env.globals["demonstration"] = service.demonstration
    problems.install(app)
    app.register_blueprint(api)
    app.register_blueprint(agencies)
    app.register_blueprint(pages)
    app.register_blueprint(note)
    app.register_blueprint(monitor)
    app.register_blueprint(embed)
    app.register_blueprint(statement)
    app.register_blueprint(receipt)
    app.register_blueprint(suggestions)
    app.register_blueprint(health.health)
    doors.install(app, settings)
    return app


def _framers(settings: Settings) -> tuple[str, ...]:
    """Who may show the dialogue in a frame: the sites of the list; in development also this machine itself."""
    return (*settings.embedders, *(THIS_MACHINE if settings.development else ()))
