"""Waiting for another process or thread, with an end: what hangs fails its test and says so."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

PATIENCE = 120
"""Seconds. To start, to answer or to stop takes nothing as long, on a busy machine either."""


@contextmanager
def ended_in_time(*processes: subprocess.Popen[str], seconds: float = PATIENCE) -> Iterator[None]:
    """What is read of these processes inside, or waited for, has an end: then they are killed and the test fails."""
    late = threading.Event()
    message = f"still waiting after {seconds:g} seconds for {[process.args for process in processes]}: killed"

    def end() -> None:
        late.set()
        for process in processes:
            process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if late.is_set():  # what went wrong then is only that it was killed
            raise AssertionError(message) from error
        raise
    finally:
        timer.cancel()
    assert not late.is_set(), message


def joined(threads: Iterable[threading.Thread], seconds: float = PATIENCE) -> None:
    """Waits for threads; fails where one does not end. They must be daemons, or the run could not end either."""
    started = list(threads)
    assert all(thread.daemon for thread in started), "a thread that hangs would keep the whole run"
    deadline = time.monotonic() + seconds
    for thread in started:
        thread.join(max(0.0, deadline - time.monotonic()))
    alive = [thread.name for thread in started if thread.is_alive()]
    assert not alive, f"still running after {seconds:g} seconds: {alive}"
