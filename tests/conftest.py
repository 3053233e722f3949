"""Fixtures for all tests: the shipped content, an app of its own for each test, one server and browser for the run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.running import Server, make_app, running
from web.service import Content, Service, load_content
from web.settings import Settings


@pytest.fixture(scope="session")
def content() -> Content:
    """The card, the script and the tables that come with the package."""
    return load_content(Settings())


@pytest.fixture
def door(tmp_path: Path) -> tuple[FlaskClient, Service]:
    """A client of an app with a data folder of its own, and the service behind it."""
    app, service = make_app(tmp_path)
    return app.test_client(use_cookies=False), service


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One real server for the tests that only need to be served."""
    with running(tmp_path_factory.mktemp("data")) as found:
        yield found
