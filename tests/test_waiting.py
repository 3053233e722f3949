"""Waits in tests have an end, and what hangs says so."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from tests.waiting import ended_in_time, joined

SILENT = [sys.executable, "-c", "import time; time.sleep(60)"]


def silent() -> subprocess.Popen[str]:
    return subprocess.Popen(SILENT, stdout=subprocess.PIPE, text=True)


def test_a_process_that_says_nothing_fails_the_test() -> None:
    with silent() as process:
        assert process.stdout
        with (
            pytest.raises(AssertionError, match=r"still waiting after 0\.3 seconds"),
            ended_in_time(process, seconds=0.3),
        ):
            process.stdout.readline()
    assert process.returncode == -9


def test_what_went_wrong_by_the_killing_is_not_what_is_said() -> None:
    with silent() as process:
        assert process.stdout
        with (
            pytest.raises(AssertionError, match="still waiting") as caught,
            ended_in_time(process, seconds=0.3),
        ):
            assert process.stdout.readline().split()[-1]
    assert isinstance(caught.value.__cause__, IndexError)


def test_another_error_comes_through() -> None:
    with silent() as process:
        with pytest.raises(ValueError, match="ours"), ended_in_time(process):
            raise ValueError("ours")
        assert process.poll() is None
        process.kill()


def test_what_ends_by_itself_is_left_alone() -> None:
    command = [sys.executable, "-c", "print('done')"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, ended_in_time(process):
        assert process.communicate()[0] == "done\n"
    assert process.returncode == 0


def test_a_thread_that_hangs_fails_the_test() -> None:
    release = threading.Event()
    stuck = threading.Thread(target=release.wait, args=(60,), daemon=True, name="stuck")
    done = threading.Thread(target=time.sleep, args=(0,), daemon=True)
    for thread in (stuck, done):
        thread.start()

    joined([done])
    with pytest.raises(AssertionError, match=r"still running after 0\.2 seconds: \['stuck'\]"):
        joined([done, stuck], seconds=0.2)

    release.set()
    joined([stuck])


def test_a_thread_that_would_keep_the_run_is_refused() -> None:
    with pytest.raises(AssertionError, match="keep the whole run"):
        joined([threading.Thread(target=time.sleep, args=(0,))])
