"""The counts are right: through real servers, under load from several processes, and through kill -9."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from referral.model import RouteCard
from tests.running import Server, running
from web.service import Content
from web.serving import open_store
from web.settings import Settings

TODAY = {"MELDROUTE_TODAY": "2026-08-15T10:00"}
KILLS = 60


def dialogues(card: RouteCard, seed: int, count: int) -> Iterator[dict[str, list[str]]]:
    """Random finished dialogues: complete answers, each of its own."""
    rng = random.Random(seed)  # noqa: S311 - a test's dice, the same every time
    signals = list(card.signals)
    places = [place.id for place in card.municipalities.values() if place.period.last is None]
    for _ in range(count):
        role = rng.choice(["slachtoffer", "naaste", "omstander", "professional", "zeg_liever_niet"])
        answers = {
            "gevaar": [rng.choice(["nee", "weet_niet"])],
            "rol": [role],
            "omgeving": [rng.choice(["werk", "seks_online", "thuis_wijk", "weet_niet"])],
            "signalen": rng.sample(signals, rng.randint(1, 4)),
            "leeftijd": [rng.choice(["onder_18", "18_22", "23_plus", "weet_niet"])],
            "gemeente": [rng.choice([*places, "buiten_regio", "weet_niet"])],
            "onderwerp": [rng.choice(["persoon", "plaats", "allebei", "weet_niet"])],
            "wens": [rng.choice(["anoniem", "geen_politie", "geen"])],
            "gender": rng.choice([[], ["vrouw"], ["man"], ["anders"]]),
        }
        yield answers | ({"sector": [rng.choice(["zorg", "gemeente", "anders"])]} if role == "professional" else {})


def post(server: Server, answers: dict[str, list[str]], ticket: str = "") -> dict[str, Any]:
    """One turn over a connection of its own; ConnectionError or HTTPException where the server is gone."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    try:
        body = json.dumps({"answers": answers, "ticket": ticket})
        connection.request("POST", "/api/v1/turns", body, {"Content-Type": "application/json"})
        found: dict[str, Any] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()


def totals(folder: Path, content: Content) -> dict[str, int]:
    """How many contacts each table holds, and whether the file is good."""
    store = open_store(Settings(database=folder / "meldroute.db"), content, create=False)
    try:
        assert store.check() == []
        found = dict.fromkeys(content.tables.tables, 0)
        for cell, n in store.counts(2026).items():
            found[cell.table] += n
        return found
    finally:
        store.close()


def test_ten_thousand_dialogues_from_eight_threads_and_two_processes(tmp_path: Path, content: Content) -> None:
    """Two servers on one data folder, eight threads: every table that counts all counts exactly 10,000."""
    folder = tmp_path / "data"
    with running(folder, **TODAY) as one, running(folder, **TODAY) as other:

        def finish(job: tuple[int, dict[str, list[str]]]) -> bool:
            number, answers = job
            return bool(post((one, other)[number % 2], answers)["counted"])

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(finish, enumerate(dialogues(content.card, 1, 10_000))))
    assert totals(folder, content) == dict.fromkeys(content.tables.tables, 10_000)


def test_one_ticket_through_two_processes_counts_once(tmp_path: Path, content: Content) -> None:
    """The same ticket, fifty times, from eight threads to two servers: one contact."""
    folder = tmp_path / "data"
    with running(folder, **TODAY) as one, running(folder, **TODAY) as other:
        answers = next(dialogues(content.card, 2, 1))
        ticket = post(one, {"gevaar": ["nee"]})["ticket"]
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda n: post((one, other)[n % 2], answers, ticket)["counted"], range(50)))
        assert said == [True] * 50
    assert totals(folder, content) == dict.fromkeys(content.tables.tables, 1)


def test_sixty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path, content: Content) -> None:
    """kill -9 under load, sixty times: what was answered with `counted: true` is there exactly once."""
    folder = tmp_path / "data"
    rng = random.Random(3)  # noqa: S311 - a test's dice
    waiting = list(dialogues(content.card, 3, 3000))
    tickets: list[tuple[str, dict[str, list[str]]]] = []
    acknowledged: set[str] = set()
    lock = threading.Lock()

    def load(server: Server) -> None:
        while True:
            with lock:
                if not waiting:
                    return
                answers = waiting.pop()
            try:
                ticket = post(server, {"gevaar": ["nee"]})["ticket"]
                with lock:
                    tickets.append((ticket, answers))
                if post(server, answers, ticket)["counted"]:
                    with lock:
                        acknowledged.add(ticket)
            except (OSError, http.client.HTTPException, ValueError):
                return

    for _ in range(KILLS):
        with running(folder, **TODAY) as server:
            threads = [threading.Thread(target=load, args=(server,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            threads[0].join(rng.uniform(0.05, 0.25))
            server.process.kill()
            for thread in threads:
                thread.join()
    counted = totals(folder, content)["month"]
    assert len(acknowledged) <= counted <= len(tickets)
    with running(folder, **TODAY) as server:
        again = [post(server, answers, ticket)["counted"] for ticket, answers in tickets]
    assert all(again)
    assert len(acknowledged) > KILLS
    assert totals(folder, content) == dict.fromkeys(content.tables.tables, len(tickets))
