"""The counts are right: through real servers, under load from several processes, and through kill -9."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from referral.model import RouteCard
from tests.running import Server, running
from tests.waiting import joined
from web.service import Content
from web.serving import open_store
from web.settings import Settings

TODAY = {"MELDROUTE_TODAY": "2026-08-15T10:00"}
KILLS = 60
LONGEST = 600
"""Seconds for hundreds of dialogues: each waits for the disk, which others may use too."""


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


@dataclass
class Load:
    """Dialogues to finish, by several threads against one server after the other; what failed is tried again."""

    waiting: list[tuple[str, dict[str, list[str]]]]
    tickets: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    failed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, server: Server) -> None:
        """Finish dialogues until none is left or the server is gone. Every third referral is asked for twice."""
        while True:
            with self.lock:
                if not self.waiting:
                    return
                ticket, answers = self.waiting.pop()
            try:
                ticket = ticket or post(server, {"gevaar": ["nee"]})["ticket"]
                with self.lock:
                    self.tickets.add(ticket)
                for _ in range(2 if len(self.tickets) % 3 == 0 else 1):
                    if post(server, answers, ticket)["counted"]:
                        with self.lock:
                            self.acknowledged.add(ticket)
            except (OSError, http.client.HTTPException, ValueError):
                with self.lock:
                    self.waiting.append((ticket, answers))
                    self.failed += bool(ticket)
                return

    def threads(self, server: Server) -> list[threading.Thread]:
        """Four of them, running."""
        started = [threading.Thread(target=self.run, args=(server,), daemon=True) for _ in range(4)]
        for thread in started:
            thread.start()
        return started


def test_sixty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path, content: Content) -> None:
    """kill -9 under load, sixty times; who got no answer asks the next server again, with the same ticket.

    After each kill as many are counted as were acknowledged, and at most those that asked; in the end all, each once.
    """
    folder = tmp_path / "data"
    rng = random.Random(3)  # noqa: S311 - a test's dice
    load = Load([("", answers) for answers in dialogues(content.card, 3, 3000)])
    for kill in range(KILLS):
        with running(folder, **TODAY) as server:
            threads = load.threads(server)
            threads[0].join(rng.uniform(0.05, 0.25))
            server.process.kill()
            joined(threads)
        if kill % 10 == 9:
            assert len(load.acknowledged) <= totals(folder, content)["month"] <= len(load.tickets)
    assert load.failed > KILLS / 2, "the kills hit nothing"
    assert len(load.acknowledged) > KILLS
    load.waiting = [(ticket, answers) for ticket, answers in load.waiting if ticket]
    with running(folder, **TODAY) as server:
        joined(load.threads(server), seconds=LONGEST)
    assert load.acknowledged == load.tickets
    assert totals(folder, content) == dict.fromkeys(content.tables.tables, len(load.tickets))


def test_who_is_cut_off_goes_to_the_other_server(tmp_path: Path, content: Content) -> None:
    """Two servers on one folder, one of them killed again and again: nothing is lost and nothing counts twice."""
    folder = tmp_path / "data"
    load = Load([("", answers) for answers in dialogues(content.card, 4, 500)])
    with running(folder, **TODAY) as lasting:
        steady = load.threads(lasting)
        for _ in range(4):
            with running(folder, **TODAY) as server:
                threads = load.threads(server)
                threads[0].join(0.2)
                server.process.kill()
                joined(threads)
        joined([*steady, *load.threads(lasting)], seconds=LONGEST)
    assert load.failed
    assert load.acknowledged == load.tickets
    assert totals(folder, content) == dict.fromkeys(content.tables.tables, 500)
