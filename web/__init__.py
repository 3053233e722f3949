"""The first door: the dialogue as pages and as JSON, and the command line that serves it."""

from __future__ import annotations

from flask import Flask

from web import health, problems
from web.api import api
from web.headers import SafeHeaders
from web.pages import pages
from web.running import KEY
from web.service import Service

LARGEST_REQUEST = 64 * 1024
"""Bytes. Every question answered with every option is a tenth of it."""


def create_app(service: Service) -> Flask:
    """The app around a service that has read and checked its content."""
    app = Flask("web")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_REQUEST
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[KEY] = service
    app.wsgi_app = SafeHeaders(app.wsgi_app)  # type: ignore[method-assign]
    problems.install(app)
    app.register_blueprint(api)
    app.register_blueprint(pages)
    app.register_blueprint(health.health)
    return app
