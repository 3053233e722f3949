"""`make bench`: speed and size as ratios, measured in one run on loopback, written to docs/benchmarks.md.

Absolute times drift from machine to machine; the ratios are what counts. Every load is bounded in count.
"""

from __future__ import annotations

import datetime
import http.client
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.conversation import take_turn
from referral.store import BASE
from tests.running import ROOT, running
from tests.waiting import PATIENCE, ended_in_time
from web.service import load_content
from web.settings import Settings

REQUESTS = 1500
ROUNDS = 5
FULL: dict[str, list[str]] = {
    "gevaar": ["nee"],
    "rol": ["omstander"],
    "omgeving": ["werk"],
    "signalen": ["slapen_werkplek", "paspoort_ingenomen"],
    "leeftijd": ["weet_niet"],
    "gemeente": ["GM0599"],
    "onderwerp": ["plaats"],
    "wens": ["anoniem"],
    "gender": [],
}
BARE = """
import flask, sys
from waitress.server import create_server
app = flask.Flask("bare")
@app.post("/api/v1/turns")
def turns():
    body = flask.request.get_json()
    return {"language": body["language"], "audience": body["audience"], "accepted": body["answers"]}
server = create_server(app, host="127.0.0.1", port=0, threads=8, ident=None)
print(f"bare listens on http://127.0.0.1:{server.effective_port}/", flush=True)
server.run()
"""


@contextmanager
def bare_flask() -> Iterator[tuple[str, int]]:
    """A bare Flask view that parses and returns JSON, on the same production server."""
    process = subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        with ended_in_time(process):
            address = process.stdout.readline().split()[-1]
        yield address, process.pid
    finally:
        process.terminate()
        with ended_in_time(process, seconds=20):
            process.wait()
        process.stdout.close()


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def post_all(url: str, bodies: list[bytes]) -> list[float]:
    """Posts every body over one connection; the seconds that each took."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    taken = []
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", "/api/v1/turns", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        taken.append(time.perf_counter() - start)
    connection.close()
    return taken


def question_bodies(count: int) -> list[bytes]:
    """Question turns at every place of the dialogue in turn, each with a ticket from before."""
    asked = [dict(list(FULL.items())[:place]) for place in range(1, len(FULL))]
    return [
        json.dumps({"language": "nl", "audience": "public", "answers": asked[n % len(asked)]}).encode()
        for n in range(count)
    ]


def bench_questions() -> dict[str, float]:
    """Processor time per question turn, ours and bare Flask in alternation; the middle of several rounds."""
    bodies = question_bodies(REQUESTS)
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as server, bare_flask() as (url, pid):
        post_all(server.url, bodies[:200])
        post_all(url, bodies[:200])
        for _ in range(ROUNDS):
            for address, process, found in ((server.url, server.process.pid, ours), (url, pid, theirs)):
                before = cpu_seconds(process)
                post_all(address, bodies)
                found.append((cpu_seconds(process) - before) / REQUESTS)
    mine, bare = statistics.median(ours), statistics.median(theirs)
    return {
        "question turn, CPU µs": mine * 1e6,
        "bare Flask view, CPU µs": bare * 1e6,
        "speed beside bare Flask": bare / mine,
    }


def bench_referrals() -> dict[str, float]:
    """A referral turn with its durable count, beside a raw sqlite3 transaction of the same upserts."""
    body = json.dumps({"language": "nl", "audience": "public", "answers": FULL}).encode()
    with tempfile.TemporaryDirectory() as folder:
        with running(Path(folder) / "data") as server:
            post_all(server.url, [body] * 50)
            turn = statistics.median(post_all(server.url, [body] * 500))
        raw = statistics.median(raw_transactions(Path(folder) / "raw.db", 500))
    return {
        "counted referral turn, ms": turn * 1e3,
        "raw sqlite3 transaction, ms": raw * 1e3,
        "raw beside ours": raw / turn,
    }


def raw_transactions(path: Path, count: int) -> list[float]:
    """The same number of upserts in one durable transaction each, with nothing around it."""
    tables = len(load_content(Settings()).tables.tables)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE cell (t INTEGER PRIMARY KEY, n INTEGER) STRICT")
    taken = []
    for _ in range(count):
        start = time.perf_counter()
        db.execute("BEGIN IMMEDIATE")
        for table in range(tables):
            db.execute("INSERT INTO cell VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + 1", (table, BASE))
        db.execute("COMMIT")
        taken.append(time.perf_counter() - start)
    db.close()
    return taken


def bench_engine() -> dict[str, float]:
    """take_turn() on the full card: the middle of the question turns, and a referral."""
    content = load_content(Settings())
    on = datetime.date(2026, 11, 24)
    asked = [dict(list(FULL.items())[:place]) for place in range(len(FULL))]
    questions = [per_call(lambda a=answers: take_turn(content.script, content.card, a, on)) for answers in asked]  # type: ignore[misc]
    referral = per_call(lambda: take_turn(content.script, content.card, FULL, on))
    undecided = FULL | {"omgeving": ["weet_niet"], "signalen": ["paspoort_ingenomen"]}
    open_form = per_call(lambda: take_turn(content.script, content.card, undecided, on))
    return {
        "take_turn question, slowest µs": max(questions) * 1e6,
        "take_turn referral, µs": referral * 1e6,
        "take_turn undecided referral, µs": open_form * 1e6,
    }


def per_call(call: Callable[[], Any], count: int = 500) -> float:
    """Seconds per call: the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(count):
            call()
        best = min(best, (time.perf_counter() - start) / count)
    return best


def bench_start() -> dict[str, float]:
    """Seconds from nothing to the first healthy answer, and the resident memory after some work."""
    seconds = []
    memory = 0.0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            with running(Path(folder) / "data") as server:
                connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE)
                connection.request("GET", "/healthz")
                assert connection.getresponse().status == 200
                seconds.append(time.perf_counter() - start)
                post_all(server.url, question_bodies(300))
                status = Path(f"/proc/{server.process.pid}/status").read_text()
                memory = max(memory, int(status.split("VmRSS:")[1].split()[0]) / 1024)
    return {"seconds to the first healthy answer": statistics.median(seconds), "resident memory, MB": memory}


TARGETS = {
    "speed beside bare Flask": "at least 0.6",
    "take_turn question, slowest µs": "at most 100",
    "take_turn referral, µs": "at most 1000",
    "take_turn undecided referral, µs": "at most 1000",
    "seconds to the first healthy answer": "at most 1.5",
    "resident memory, MB": "at most 100",
}


def main() -> None:
    """Runs every bench, prints the table and writes it."""
    found: dict[str, float] = {}
    for bench in (bench_questions, bench_referrals, bench_engine, bench_start):
        found |= bench()
    rows = [f"| {name} | {value:.2f} | {TARGETS.get(name, '')} |" for name, value in found.items()]
    table = "\n".join(["| measured | value | target |", "| --- | ---: | --- |", *rows])
    machine = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    text = (
        "# Benchmarks\n\nWritten by `make bench` from one run; the ratios matter, absolute times drift.\n\n"
        f"{datetime.date.today().isoformat()}, {machine}.\n\n{table}\n"  # noqa: DTZ011 - the day of the run, as people read it
    )
    (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
