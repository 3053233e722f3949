"""How long a turn takes, asked of a real server over HTTP: the first question, and a whole set of answers."""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TURNS = 500
FIRST = {}
WHOLE = {
    "gevaar": ["nee"],
    "rol": ["omstander"],
    "omgeving": ["werk"],
    "signalen": ["slapen_werkplek"],
    "leeftijd": ["23_plus"],
    "gemeente": ["GM0599"],
    "onderwerp": ["persoon"],
    "wens": ["geen"],
    "gender": [],
}


@contextmanager
def served() -> Iterator[http.client.HTTPConnection]:
    """A connection to `meldroute serve`, on a free port and an empty database that goes away again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [Path(sys.executable).with_name("meldroute"), "serve", "--port", str(port)]
        environment = {**os.environ, "MELDROUTE_DATABASE": str(Path(folder) / "bench.db")}
        with subprocess.Popen(command, cwd=folder, env=environment) as server:
            try:
                yield connected(port)
            finally:
                server.terminate()


def connected(port: int) -> http.client.HTTPConnection:
    """A connection, as soon as the server takes one; ten seconds at most."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(100):
        try:
            connection.connect()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return connection
    raise TimeoutError("the server did not start")


def turn(connection: http.client.HTTPConnection, answers: dict[str, list[str]]) -> float:
    """Take one turn; the milliseconds it took."""
    body = json.dumps({"language": "nl", "answers": answers})
    start = time.perf_counter()
    connection.request("POST", "/api/v1/turns", body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    text = reply.read()
    took = (time.perf_counter() - start) * 1000
    if reply.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{reply.status}: {text.decode()}")
    if (json.loads(text)["referral"] is None) == bool(answers):
        raise RuntimeError("the whole set of answers must give a referral, the empty one a question")
    return took


def main() -> None:
    """Print the middle and the slow end of each kind of turn."""
    with served() as connection:
        for name, answers in (("first question", FIRST), ("referral, counted", WHOLE)):
            took = sorted(turn(connection, answers) for _ in range(TURNS))
            middle, slow = statistics.median(took), took[int(TURNS * 0.95)]
            print(f"{name:18} median {middle:6.2f} ms   95% within {slow:6.2f} ms   ({TURNS} turns)")


if __name__ == "__main__":
    main()
