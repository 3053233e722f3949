"""Coordinators for tests: an installation whose clock can be moved and whose passwords are hashed quickly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.running import make_app
from web.coordinator import accounts
from web.coordinator.file import AccountsFile
from web.coordinator.passwords import Passwords
from web.coordinator.room import KEY, Room
from web.service import Service

SITE = "https://vragen.example.nl"
OURS = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "vier losse natte woorden"
START = 1_795_000_000.0
"""A moment in November 2026."""


@dataclass
class Rooms:
    """An installation with a room. now: what its clock says. secrets: name → the secret of the app."""

    app: Flask
    service: Service
    now: float = START
    secrets: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path, **choices: Any) -> Rooms:
        """An installation in that folder; choices are settings."""
        made = cls(*make_app(folder, **choices))
        file = AccountsFile(made.service.settings.database)
        made.app.extensions[KEY] = Room(file, Passwords(time_cost=1, memory_cost=8), lambda: made.now)
        return made

    @property
    def room(self) -> Room:
        found: Room = self.app.extensions[KEY]
        return found

    def invite(self, name: str, role: str = "reader") -> str:
        """The code of an invitation, as the command line makes it."""
        with self.room.file.change(create=True) as conn:
            code = accounts.invite(conn, name, role, self.now)
        invited = accounts.invitation_of(self.room.file, code, self.now)
        assert invited
        self.secrets[name] = invited.totp
        return code

    def code(self, name: str, ago: int = 0) -> str:
        """What the app of somebody shows, or showed so many steps ago."""
        return pyotp.TOTP(self.secrets[name]).at(int(self.now) - 30 * ago)

    def join(self, name: str, role: str = "reader") -> Browser:
        """Somebody who followed an invitation, in a browser of their own; the next code of the app is a new one."""
        browser = Browser(self)
        answer = browser.post(
            "/coordinator/invitation",
            invitation=self.invite(name, role),
            password=PASSWORD,
            again=PASSWORD,
            code=self.code(name),
        )
        assert answer.status_code == 200, answer.text
        browser.recovery = re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)
        assert len(browser.recovery) == 8
        self.now += 30
        return browser

    def rows(self, sql: str) -> list[Any]:
        return self.room.file.rows(sql)


class Browser:
    """A browser that keeps cookies, knows the forms of our pages, and says that they are ours."""

    def __init__(self, rooms: Rooms, site: str = SITE) -> None:
        self.rooms, self.site = rooms, site
        self.client: FlaskClient = rooms.app.test_client()
        self.recovery: list[str] = []

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, base_url=self.site, **options)

    def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
        """Sends a form with the proof that belongs to the session, unless `csrf` says something else."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/coordinator/account").text)
        sent = {"csrf": found[1] if found else "", **fields}
        return self.client.post(path, base_url=self.site, data=sent, headers=OURS if headers is None else headers)

    def log_in(self, name: str, password: str = PASSWORD, code: str | None = None) -> TestResponse:
        given = self.rooms.code(name) if code is None else code
        return self.post("/coordinator/login", name=name, password=password, code=given)

    @property
    def is_in(self) -> bool:
        return self.get("/coordinator/").status_code == 200

    @property
    def cookie(self) -> str:
        """The value of the cookie, "" where there is none."""
        for name in ("__Host-meldroute", "meldroute"):
            host = self.site.rpartition("/")[2].partition(":")[0]
            if found := self.client.get_cookie(name, host):
                return str(found.value)
        return ""

    def plant(self, value: str) -> None:
        """Has somebody else's cookie in it."""
        host = self.site.rpartition("/")[2]
        self.client.set_cookie("__Host-meldroute", value, domain=host, secure=True, path="/")
