"""The real thing for tests: an app on its own data folder, and a real `meldroute serve` on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

from referral.counter import Counter
from referral.tickets import Tickets
from tests.waiting import ended_in_time
from web import create_app
from web.service import Service, load_content
from web.serving import open_store
from web.settings import Settings

ROOT = Path(__file__).parent.parent
Done = subprocess.CompletedProcess[str]
Command = Callable[..., Done]


def make_app(folder: Path, **choices: object) -> tuple[Flask, Service]:
    """An app with its own database in `folder`; `choices` are settings."""
    settings = replace(Settings(database=folder / "meldroute.db"), **choices)  # type: ignore[arg-type]
    content = load_content(settings)
    counter = Counter(open_store(settings, content))
    counter.tick(time.time(), settings.now().date())
    service = Service(settings, content, counter, Tickets.beside(settings.database))
    return create_app(service), service


@dataclass
class Server:
    """A running server: its address, its data folder, and what it wrote to its logs."""

    url: str
    process: subprocess.Popen[str]
    folder: Path
    log: Path

    def written(self) -> str:
        """Everything the process wrote so far, besides the line with its address."""
        return self.log.read_text(encoding="utf-8")


@contextmanager
def running(folder: Path, **variables: str) -> Iterator[Server]:
    """A real server process on a free port of loopback; stopped at the end by its own id."""
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "MELDROUTE_DATABASE": str(folder / "meldroute.db"), **variables}
    with tempfile.NamedTemporaryFile(dir=folder.parent, suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "serve", "--port", "0"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        with ended_in_time(process):
            line = process.stdout.readline()
        assert "http://" in line, Path(log.name).read_text(encoding="utf-8")
        yield Server(line.split()[-1], process, folder, Path(log.name))
    finally:
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        if process.poll() is None:
            process.kill()
        process.wait(timeout=20)
        if process.stdout:
            process.stdout.close()
