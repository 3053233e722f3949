"""Holds real conversations with a real Rasa server: `make test-rasa`, or `python -m tests.rasa`.

Rasa 3.6 runs on Python 3.10 only and is large (2.7 GB), so it gets an environment of its own, which stays in
`.venv-rasa`. The project is exported, trained and served on loopback beside the action server. Then every conversation
of today is held over Rasa's REST channel, each question and each advice is compared with the web door, and it is looked
at what Rasa kept. Exit 0 where all is equal, and where there is no Python 3.10: then it says so.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from flask.testing import FlaskClient

from bot.chat import LANGUAGE
from bot.door import Content, open_store
from bot.rasa_export import export
from locales import languages
from tests.running import ROOT, make_app
from tests.talking import Said, asked, choices, compare_referral, hold, payload, press, proposed, web_turn
from tests.test_conversations import CONVERSATIONS, TODAY
from tests.test_suggestions import DEATH, NAMED, PASSPORT, WEATHER
from web.service import Service

RASA = "rasa==3.6.21"
HOME = ROOT / ".venv-rasa"
PATIENCE = 300
"""Seconds until a server must answer: the first start of Rasa on a cold disk is slow."""
LEAST = 40
TYPED = "Mijn buurvrouw Fatima Zwartjes mag nooit naar buiten"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "SANIC_HOST": "127.0.0.1", "PYTHONWARNINGS": "ignore"}


FORGETS = """
import asyncio
from forgetful import ForgetfulTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

async def main():
    store = ForgetfulTrackerStore(Domain.empty(), minutes=0.01)
    for pause in (0.0, 0.4, 0.4):
        await asyncio.sleep(pause)
        tracker = await store.get_or_create_tracker("somebody")
        tracker.update(UserUttered("words", metadata={"profile": "name"}))
        tracker.update(BotUttered("words", data={"buttons": [{"title": "words", "payload": "proposal"}]}))
        await store.save(tracker)
    kept = store.store["somebody"]
    assert not [word for word in ("words", "profile", "proposal") if word in kept], kept
    await asyncio.sleep(0.7)
    assert not store.store, store.store

asyncio.run(main())
"""
"""In Rasa's own Python: the store keeps a conversation while it goes on, without its words, and then lets it go."""


def main() -> int:
    """Installs, trains, talks, compares. Gives the exit code."""
    python = python_3_10()
    if python is None:
        print("SKIPPED: the conversations with a real Rasa server. There is no Python 3.10 here, and Rasa needs it.")
        print("         Install it, or say where it is: PYTHON310=/path/to/python3.10 make test-rasa")
        return 0
    rasa = installed(python)
    with tempfile.TemporaryDirectory(prefix="meldroute-rasa-") as name:
        folder = Path(name)
        ports = {"rasa": free_port(), "actions": free_port()}
        project = folder / "project"
        export(project, f"http://127.0.0.1:{ports['actions']}/webhook")
        began = time.monotonic()
        run(project, rasa, "train", "--quiet")
        trained = time.monotonic()
        run(project, rasa.with_name("python"), "-c", FORGETS)
        with serving(folder, rasa, ports):
            print(
                f"rasa: trained in {trained - began:.0f} s, started in {time.monotonic() - trained:.0f} s", flush=True
            )
            talk(folder, ports["rasa"])
        look_at_logs(folder)
    return 0


# --- Rasa ------------------------------------------------------------------------------------------------------


def python_3_10() -> str | None:
    """A Python 3.10 that runs: the one of PYTHON310, of the path, or of pyenv."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    places = [os.environ.get("PYTHON310"), shutil.which("python3.10"), *sorted(versions.glob("3.10.*/bin/python"))]
    for place in filter(None, places):
        code = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
        with contextlib.suppress(OSError):
            done = subprocess.run([place, "-c", code], capture_output=True, text=True, check=False)
            if done.stdout.split() == ["3", "10"]:
                return str(place)
    return None


def installed(python: str) -> Path:
    """The command of Rasa, in an environment that is made if it is not there or not whole."""
    whole = HOME / "installed"
    if not whole.is_file() or whole.read_text("utf-8") != RASA:
        print(f"rasa: installing {RASA} into {HOME.name} (2.7 GB, some minutes)", flush=True)
        subprocess.run([python, "-m", "venv", "--clear", HOME], check=True)
        pip = [HOME / "bin/python", "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
        # An old Rasa has old dependencies; their remarks on their own building are not ours to mend.
        done = subprocess.run([*pip, RASA], check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"rasa: cannot be installed\n{done.stdout}{done.stderr}")
        whole.write_text(RASA, "utf-8")
    return HOME / "bin/rasa"


def environment(folder: Path) -> dict[str, str]:
    """What both servers are started with: Rasa's own settings stay in the folder too."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MELDROUTE_")}
    there = {"HOME": str(folder), "MELDROUTE_DATABASE": str(folder / "rasa.db"), "MELDROUTE_TODAY": TODAY.isoformat()}
    return {**ours, **QUIET, **there, "MELDROUTE_TYPED_TEXT": "on"}


def run(project: Path, rasa: Path, *arguments: str) -> None:
    """Runs a command of Rasa to its end."""
    done = subprocess.run(
        [rasa, *arguments], cwd=project, env=environment(project.parent), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"rasa: {arguments[0]} failed\n{done.stdout}{done.stderr}")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(folder: Path, rasa: Path, ports: dict[str, int]) -> Iterator[None]:
    """The action server and Rasa, until the end: each is stopped by its own id."""
    actions = [sys.executable, "-m", "rasa_sdk", "--actions", "bot.actions", "--port", str(ports["actions"])]
    server = [rasa, "run", "--enable-api", "-i", "127.0.0.1", "-p", str(ports["rasa"])]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name, command, place in (("actions", actions, ROOT), ("rasa", server, folder / "project")):
            with (folder / f"{name}.log").open("wb") as log:
                started.append(
                    subprocess.Popen(command, cwd=place, env=environment(folder), stdout=log, stderr=subprocess.STDOUT)
                )
        await_answer(f"http://127.0.0.1:{ports['actions']}/health", started[0], folder / "actions.log")
        await_answer(f"http://127.0.0.1:{ports['rasa']}/status", started[1], folder / "rasa.log")
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def await_answer(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until a server answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(URLError, ConnectionError), urlopen(address):
            return
        time.sleep(0.2)
    raise SystemExit(f"rasa: no answer from {address}\n{log.read_text('utf-8')}")


# --- the conversations -----------------------------------------------------------------------------------------


class Channel:
    """A chat over the REST channel of a real Rasa server, as one sender."""

    def __init__(self, port: int, **metadata: str) -> None:
        self.sender, self.metadata = f"somebody-{secrets.token_hex(4)}", metadata
        self._server = f"http://127.0.0.1:{port}"

    def say(self, text: str) -> Said:
        """Sends one message."""
        body = {"sender": self.sender, "message": text, "metadata": self.metadata}
        answers = ask(f"{self._server}/webhooks/rest/webhook", body)
        return [{"text": answer["text"], "buttons": answer.get("buttons", [])} for answer in answers]

    def kept(self) -> str:
        """All that Rasa keeps of this sender."""
        return json.dumps(ask(f"{self._server}/conversations/{self.sender}/tracker?include_events=ALL"))


def ask(address: str, body: Any = None) -> Any:
    """Gets or posts JSON."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(address, data, {"Content-Type": "application/json"})) as answer:
        return json.load(answer)


def talk(folder: Path, port: int) -> None:
    """Holds the conversations and compares them; then what was typed, chosen and counted."""
    app, service = make_app(folder, today=datetime.datetime.combine(TODAY, datetime.time(12)))
    web, held = app.test_client(use_cookies=False), [c for c in CONVERSATIONS if c.on == TODAY]
    began = time.monotonic()
    for place, conversation in enumerate(held):
        # Every language in turn.
        language = languages()[place % len(languages())]
        chat = Channel(port, language=language)
        try:
            messages, turn = hold(chat, web, service.content, conversation, {"language": language})
            compare_referral(messages, turn["referral"])
        except AssertionError:
            name = f"“{conversation.title}” ({language})"
            raise SystemExit(f"rasa: {name} is not that of the web door\n{traceback.format_exc()}") from None
        assert [agency["id"] for agency in turn["referral"]["agencies"]] == conversation.agencies
    took = time.monotonic() - began
    assert len(held) >= LEAST
    print(f"rasa: {len(held)} conversations in {len(languages())} languages are those of the web door ({took:.0f} s)")
    assert counted(service, folder) == len(held)
    walk_about(port)
    assert counted(service, folder) == len(held)
    tell(port, web, service.content)
    assert counted(service, folder) == len(held) + 1
    print("rasa: each is counted once; typed steps and sentences are understood; nothing that was typed is kept")


def counted(service: Service, folder: Path) -> int:
    """How many contacts the action server has counted."""
    settings = type(service.settings)(database=folder / "rasa.db")
    store = open_store(settings, service.content, create=False)
    try:
        return store.contacts()
    finally:
        store.close()


def walk_about(port: int) -> None:
    """The steps that are typed go through Rasa's own rules; where one may not type, other words go nowhere."""
    chat = Channel(port, profile="Fatima", audience="young")
    assert asked(chat.say("hallo"))[0] == "gevaar"
    assert asked(chat.say("weet ik niet"))[0] == "rol"
    assert asked(chat.say('/meldroute_answer{"choice":"rol:omstander"}'))[0] == "omgeving"
    again = chat.say(TYPED)
    assert (len(again), asked(again)[0]) == (2, "omgeving")
    assert asked(chat.say("terug"))[0] == "rol"
    alarm, question = chat.say("help er is nu gevaar")
    assert "112" in alarm["text"]
    assert asked([question])[0] == "rol"
    assert {step for step, _ in choices(chat.say("andere taal"))} == {LANGUAGE}
    assert chat.say('/meldroute_language{"choice":"en"}')[-1]["text"].startswith("Who are you")
    kept = chat.kept()
    assert '"gevaar": ["weet_niet"]' in kept
    assert [word for word in (*TYPED.split(), "hallo", "andere taal") if word in kept] == []
    assert [step for step, _ in choices(chat.say("/meldroute_stop"))] == ["meldroute_restart"]
    assert asked(chat.say("/session_start"))[0] == "gevaar"


def tell(port: int, web: FlaskClient, content: Content) -> None:
    """Sentences propose signals, a button confirms one, the advice is that of the web door; no word of them is kept."""
    chat = Channel(port)
    messages = chat.say(PASSPORT)
    assert "paspoort_ingenomen" in proposed(messages)
    told, question = chat.say(payload(messages, "signalen:paspoort_ingenomen"))
    assert told["text"].startswith("Wat je koos: ")
    messages = [question]
    for asks, chosen in (("gevaar", ["nee"]), ("rol", ["omstander"]), ("omgeving", ["werk"])):
        messages = press(chat, messages, asks, chosen)
    assert asked(chat.say(payload(messages, "signalen")))[0] == "leeftijd"
    assert any("113" in message["text"] for message in chat.say(DEATH)[:-1])
    assert "Laat namen en nummers weg. Die hebben we niet gebruikt." in [m["text"] for m in chat.say(NAMED)]
    assert chat.say(WEATHER)[0]["text"].startswith("We herkennen hierin geen signaal.")
    kept = chat.kept()
    assert [word for word in ("Xaviera", "12345678", "mijn", "strand", "leven") if word in kept] == []
    assert [signal for signal in content.card.signals if signal in kept] == ["paspoort_ingenomen"]
    answers = {"gevaar": ["nee"], "rol": ["omstander"], "omgeving": ["werk"], "signalen": ["paspoort_ingenomen"]}
    rest = {"leeftijd": ["23_plus"], "gemeente": ["GM0599"], "onderwerp": [], "wens": ["geen"], "gender": []}
    messages = chat.say("/meldroute_start")
    for asks, chosen in rest.items():
        messages = press(chat, messages, asks, chosen)
    compare_referral(messages, web_turn(web, content, CONVERSATIONS[0], {**answers, **rest}, {})["referral"])


def look_at_logs(folder: Path) -> None:
    """No log names a sender or what was said."""
    for log in ("actions.log", "rasa.log"):
        text = (folder / log).read_text("utf-8")
        found = [
            word
            for word in ("somebody", "Fatima", "Xaviera", "paspoort", "meldroute_answer{", "gevaar", "ERROR")
            if word in text
        ]
        if found:
            raise SystemExit(f"rasa: {log} holds {found}\n{text}")
    for file in folder.glob("rasa.db*"):
        assert b"somebody" not in file.read_bytes()
    print("rasa: the logs name nobody")


if __name__ == "__main__":
    sys.exit(main())
