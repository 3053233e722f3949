"""Fixtures for all tests: the shipped content, an app of its own for each test, one server and browser for the run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from tests.browsing import chromium
from tests.running import ROOT, Command, Done, Server, make_app, running
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a module."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One real server for the tests that only need to be served."""
    with running(tmp_path_factory.mktemp("data")) as found:
        yield found


@pytest.fixture
def meldroute(tmp_path: Path) -> Command:
    """Runs a command to its end, with a data folder of its own; keywords are variables of the environment."""

    def run(*arguments: str, told: str = "", **variables: str) -> Done:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("MELDROUTE_")}
        return subprocess.run(
            [sys.executable, "-m", "web.cli", *arguments],
            cwd=ROOT,
            env={**ours, "MELDROUTE_DATABASE": str(tmp_path / "meldroute.db"), **variables},
            input=told,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
