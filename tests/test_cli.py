"""The console command as people and programs meet it: a real process, its exit code, what it prints and where."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.running import ROOT, Command, Done, running

GOOD, WRONG, USAGE = 0, 1, 2
WORK = {
    "gevaar": ["nee"],
    "rol": ["omstander"],
    "omgeving": ["werk"],
    "signalen": ["slapen_werkplek", "paspoort_ingenomen"],
    "leeftijd": ["23_plus"],
    "gemeente": ["GM0599"],
    "onderwerp": ["plaats"],
    "wens": ["geen"],
    "gender": [],
}


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """A folder with a card in which one route names an agency that does not exist."""
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "referral/content", folder)
    routes = folder / "routes.toml"
    text = routes.read_text(encoding="utf-8")
    routes.write_text(text.replace('agencies = ["nla", "essm_meldpunt", "fairwork"]', 'agencies = ["essm"]'), "utf-8")
    return str(folder)


def answered(answers: dict[str, list[str]]) -> str:
    """What `meldroute route` reads."""
    return json.dumps({"answers": answers})


def told(done: Done, code: int) -> Any:
    """The JSON that a command printed, once its exit code is the right one and nothing went to the other stream."""
    assert (done.returncode, done.stderr) == (code, "")
    return json.loads(done.stdout)


# --- check -------------------------------------------------------------------------------------------------


def test_check_says_that_the_content_is_whole(meldroute: Command) -> None:
    """The last line counts what was read."""
    done = meldroute("check", MELDROUTE_TODAY="2026-11-24")
    assert (done.returncode, done.stderr) == (GOOD, "")
    assert re.fullmatch(
        r"card \S+: 77 signals, 25 agencies, \d+ routes, 26 municipalities: no entry is broken",
        done.stdout.splitlines()[-1],
    )


def test_check_as_json_has_one_shape(meldroute: Command) -> None:
    """A program finds errors, warnings and points for the launch under the same keys, whatever there is."""
    report = told(meldroute("check", "--json", MELDROUTE_TODAY="2026-11-24"), GOOD)
    assert list(report) == ["ok", "errors", "warnings", "launch"]
    assert (report["ok"], report["errors"], report["launch"]) == (True, [], [])
    assert all(list(point) == ["file", "entry", "what", "blocks"] for point in report["warnings"])


def test_check_warns_of_checks_that_have_become_old(meldroute: Command) -> None:
    """90 days after the facts were compared with their sources somebody must compare them again."""
    day_90 = told(meldroute("check", "--json", MELDROUTE_TODAY="2027-02-21"), GOOD)
    day_91 = told(meldroute("check", "--json", MELDROUTE_TODAY="2027-02-22"), GOOD)
    point = {
        "file": "agencies.toml",
        "entry": "agency 'alarm_112'",
        "what": "phone 112 was last checked on 2026-11-23",
        "blocks": False,
    }
    assert point not in day_90["warnings"]
    assert point in day_91["warnings"]


def test_check_launch_names_what_keeps_a_region_from_going_live(meldroute: Command) -> None:
    """The first advice line has no verified number: that blocks, and so does an operator without a name."""
    report = told(meldroute("check", "--launch", "--json"), WRONG)
    assert report["ok"] is False
    assert report["errors"] == []
    assert [(p["file"], p["entry"], p["what"]) for p in report["launch"] if p["blocks"]] == [
        ("card.toml", "launch", "`operator` is empty: fill it in"),
        ("card.toml", "launch", "`contact` is empty: fill it in"),
        ("card.toml", "launch", "`privacy_statement` is empty: fill it in"),
        (
            "agencies.toml",
            "agency 'essm_meldpunt'",
            "Meld- en adviespunt Jeugdprostitutie en Mensenhandel (ESSM), the region's first advice line, "
            "has no verified phone number: confirm 010-2365256",
        ),
    ]


def test_check_launch_lists_the_blocking_points_first(meldroute: Command) -> None:
    """A person sees at once what blocks, then what else is to be confirmed, then how many of each."""
    done = meldroute("check", "--launch", MELDROUTE_TODAY="2026-11-24")
    points = [line[:7] for line in done.stdout.splitlines() if line[:7] in ("BLOCKS ", "confirm")]
    assert done.returncode == WRONG
    assert points == sorted(points)
    assert done.stdout.splitlines()[-1] == (
        f"{points.count('BLOCKS ')} points keep it from going live, {points.count('confirm')} more are to be confirmed"
    )


# --- broken content ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "route", "serve"])
def test_broken_content_stops_every_command(meldroute: Command, broken: str, tmp_path: Path, command: str) -> None:
    """File, entry and reason stand on the error stream; nothing is served, and no database is made."""
    done = meldroute(command, told=answered(WORK), MELDROUTE_CONTENT=broken)
    assert (done.returncode, done.stdout) == (WRONG, "")
    assert done.stderr == "meldroute: routes.toml: route 'R4': `agencies` names 'essm', which does not exist\n"
    assert [path.name for path in tmp_path.iterdir()] == ["content"]


def test_broken_content_as_json(meldroute: Command, broken: str) -> None:
    """A program reads the same three things from standard output."""
    assert told(meldroute("check", "--json", MELDROUTE_CONTENT=broken), WRONG) == {
        "ok": False,
        "errors": [
            {"file": "routes.toml", "entry": "route 'R4'", "wrong": "`agencies` names 'essm', which does not exist"}
        ],
        "warnings": [],
        "launch": [],
    }


# --- route ----------------------------------------------------------------------------------------------------


def test_route_asks_the_first_question(meldroute: Command) -> None:
    """Without answers comes the first question."""
    turn = told(meldroute("route", told=answered({})), GOOD)
    assert (turn["language"], turn["audience"], turn["referral"]) == ("nl", "public", None)
    assert (turn["question"]["id"], [o["id"] for o in turn["question"]["options"]]) == (
        "gevaar",
        ["ja", "nee", "weet_niet"],
    )


def test_route_gives_a_referral_and_counts_nothing(meldroute: Command, tmp_path: Path) -> None:
    """A complete set of answers gives the agencies in order; the data folder stays empty."""
    turn = told(meldroute("route", told=answered(WORK)), GOOD)
    assert [agency["id"] for agency in turn["referral"]["agencies"]] == ["nla", "essm_meldpunt", "fairwork"]
    assert (turn["question"], turn["counted"], turn["ticket"]) == (None, False, "")
    assert turn["accepted"] == WORK
    assert list(tmp_path.iterdir()) == []


def test_route_speaks_another_language(meldroute: Command) -> None:
    """`--language` chooses the words; the ids stay."""
    turn = told(meldroute("route", "--language", "en", told=answered({})), GOOD)
    assert (turn["language"], turn["question"]["id"]) == ("en", "gevaar")
    assert turn["question"]["text"] != "Is er nu iemand in direct gevaar?"


def test_route_speaks_in_another_voice(meldroute: Command) -> None:
    """`--audience` chooses the voice."""
    turn = told(meldroute("route", "--audience", "young", told=answered({})), GOOD)
    assert (turn["audience"], turn["question"]["text"]) == ("young", "Is er nu iemand in gevaar? Jij of een ander?")


def test_route_as_of_another_day(meldroute: Command) -> None:
    """Brielle is a municipality in 2022, and Keerpunt is not there yet."""
    answers = WORK | {"gemeente": ["GM0501"], "signalen": ["drugs_rondbrengen"], "leeftijd": ["18_22"]}
    turn = told(meldroute("route", "--on", "2022-06-01", told=answered(answers)), GOOD)
    assert turn["accepted"]["gemeente"] == ["GM0501"]
    assert "keerpunt" not in [agency["id"] for agency in turn["referral"]["agencies"]]


def test_route_names_the_municipality_that_followed(meldroute: Command) -> None:
    """Today Brielle is gone; the refusal says which municipality to choose."""
    done = meldroute("route", told=answered(WORK | {"gemeente": ["GM0501"]}), MELDROUTE_TODAY="2026-11-24")
    assert (done.returncode, done.stdout) == (WRONG, "")
    assert done.stderr == "meldroute: gemeente: De gemeente Brielle bestaat nu niet meer. Kies Voorne aan Zee.\n"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"rol": ["buurman"]}, "rol: Het antwoord “buurman” bestaat niet."),
        ({"naam": ["Jan"]}, "naam: Deze vraag bestaat niet."),
        ({"gevaar": ["ja", "nee"]}, "gevaar: Kies één antwoord."),
        ({"wens": ["geen", "anoniem"]}, "wens: Kies óf “geen”, óf iets anders. Niet allebei."),
        ({"rol": []}, "rol: Kies het antwoord dat het beste past."),
    ],
)
def test_route_names_the_question_of_a_wrong_answer(meldroute: Command, answers: dict[str, Any], said: str) -> None:
    """An answer that does not exist is data that is wrong: 1, with the question."""
    done = meldroute("route", told=answered(answers))
    assert (done.returncode, done.stdout, done.stderr) == (WRONG, "", f"meldroute: {said}\n")


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        "null",
        '{"answers": []}',
        '{"answers": null}',
        '{"answers": {"rol": "naaste"}}',
        '{"answers": {"rol": [1]}}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:40] or "nothing",
)
def test_route_refuses_what_is_not_a_set_of_answers(meldroute: Command, sent: str) -> None:
    """Input of another shape is a mistake in use: 2, with the shape that is needed."""
    done = meldroute("route", told=sent)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr == 'meldroute: standard input must hold {"answers": {"question": ["option"]}} as JSON\n'


# --- usage and settings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "the following arguments are required: command"),
        (("database",), "the following arguments are required: action"),
        (("report",), "invalid choice: 'report'"),
        (("check", "--xml"), "unrecognized arguments: --xml"),
        (("route", "--language", "xx"), "argument --language: invalid choice: 'xx'"),
        (("route", "--audience", "press"), "argument --audience: invalid choice: 'press'"),
        (("route", "--on", "1 juni"), "argument --on: '1 juni' is not a day like 2026-11-24"),
        (("serve", "--port", "http"), "argument --port: 'http' is not a port: a number from 0 to 65535"),
        (("serve", "--port", "65536"), "argument --port: '65536' is not a port: a number from 0 to 65535"),
    ],
)
def test_wrong_use_is_2(meldroute: Command, arguments: tuple[str, ...], said: str) -> None:
    """The usage and the reason stand on the error stream."""
    done = meldroute(*arguments)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr.startswith("usage: meldroute")
    assert said in done.stderr


def test_every_command_has_help(meldroute: Command) -> None:
    """`--help` works at every level, and each command says in a line what it is for."""
    todo, seen = [()], []
    while todo:
        command: tuple[str, ...] = todo.pop()
        done = meldroute(*command, "--help")
        assert (done.returncode, done.stderr) == (GOOD, "")
        assert done.stdout.startswith(f"usage: {' '.join(('meldroute', *command))} ")
        for name, said in re.findall(r"^    (\S+)(?:\s+(\S.*))?$", done.stdout, re.MULTILINE):
            assert said, f"{command} {name} has no help"
            todo.append((*command, name))
        seen.append(command)
    assert {("serve",), ("check",), ("route",), ("database",), ("database", "check")} <= set(seen)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (
            "MELDROUTE_TODAY",
            "24-11-2026",
            "MELDROUTE_TODAY must look like 2026-11-24 or 2026-11-24T09:30, not '24-11-2026'",
        ),
        (
            "MELDROUTE_TODAY",
            "2026-11-24T9u",
            "MELDROUTE_TODAY must look like 2026-11-24 or 2026-11-24T09:30, not '2026-11-24T9u'",
        ),
        (
            "MELDROUTE_DATABASE",
            "postgresql://localhost/meldroute",
            "MELDROUTE_DATABASE must be the path of an SQLite file: PostgreSQL is not supported in this version",
        ),
        ("MELDROUTE_CONTENT", "/no/such/folder", "MELDROUTE_CONTENT must be a folder, and '/no/such/folder' is none"),
        ("MELDROUTE_QUESTIONS", "/no/such", "MELDROUTE_QUESTIONS must be a folder, and '/no/such' is none"),
    ],
)
@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_wrong_setting_is_2(meldroute: Command, command: str, variable: str, value: str, said: str) -> None:
    """The message names the variable and says what it must be; nothing starts."""
    done = meldroute(command, **{variable: value})
    assert (done.returncode, done.stdout, done.stderr) == (USAGE, "", f"meldroute: {said}\n")


# --- serve and database check -----------------------------------------------------------------------------------


def test_serve_counts_and_stops_when_it_is_told(meldroute: Command, tmp_path: Path) -> None:
    """A referral over HTTP is in the file after SIGTERM, which ends the server within seconds with 0."""
    folder = tmp_path / "data"
    folder.mkdir()
    database = str(folder / "meldroute.db")
    with running(folder) as server:
        for _ in range(2):
            assert post(server.url, WORK)["counted"] is True
        server.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        assert server.process.wait(timeout=20) == GOOD
        assert time.monotonic() - started < 5
        assert "Traceback" not in server.written()
    report = told(meldroute("database", "check", "--json", MELDROUTE_DATABASE=database), GOOD)
    assert report == {"ok": True, "contacts": 2, "problems": []}
    done = meldroute("database", "check", MELDROUTE_DATABASE=database)
    assert (done.returncode, done.stdout) == (GOOD, f"{database} is good: 2 contacts counted\n")


def post(url: str, answers: dict[str, list[str]]) -> Any:
    """One turn over HTTP."""
    request = urllib.request.Request(
        url + "api/v1/turns", answered(answers).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def test_serve_on_a_busy_port_is_1(meldroute: Command) -> None:
    """Two servers cannot listen in one place; the second says so and ends."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = meldroute("serve", "--port", str(port))
    assert (done.returncode, done.stdout) == (WRONG, "")
    assert done.stderr.startswith(f"meldroute: cannot listen on 127.0.0.1:{port}: Address already in use")
    assert done.stderr.count("\n") == 1


def test_serve_without_a_data_folder_is_1(meldroute: Command, tmp_path: Path) -> None:
    """A folder that is not there (a disk not mounted) is not made, and not a traceback."""
    done = meldroute("serve", "--port", "0", MELDROUTE_DATABASE=str(tmp_path / "disk/meldroute.db"))
    assert (done.returncode, done.stdout) == (WRONG, "")
    assert done.stderr == (
        f"meldroute: the folder {tmp_path / 'disk'} does not exist: make it, or set MELDROUTE_DATABASE\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_serve_on_the_file_of_somebody_else_is_1(meldroute: Command, tmp_path: Path) -> None:
    """A file that is no store of ours is refused and stays as it is."""
    (tmp_path / "meldroute.db").write_text("somebody's notes", "utf-8")
    done = meldroute("serve", "--port", "0")
    assert (done.returncode, done.stdout) == (WRONG, "")
    assert done.stderr == (
        f"meldroute: cannot count in {tmp_path / 'meldroute.db'}: "
        "meldroute.db: file is not a database: refused as it is\n"
    )
    assert (tmp_path / "meldroute.db").read_text("utf-8") == "somebody's notes"


def test_database_check_without_a_file_is_1(meldroute: Command, tmp_path: Path) -> None:
    """No file is a problem, and looking for it does not make one."""
    report = told(meldroute("database", "check", "--json"), WRONG)
    assert report == {"ok": False, "contacts": 0, "problems": [f"there is no file {tmp_path / 'meldroute.db'}"]}
    assert meldroute("database", "check").stdout == f"there is no file {tmp_path / 'meldroute.db'}\n"
    assert list(tmp_path.iterdir()) == []


def test_database_check_of_another_file_is_1(meldroute: Command, tmp_path: Path) -> None:
    """A file of somebody else is a problem, and stays as it is."""
    (tmp_path / "meldroute.db").write_text("somebody's notes", "utf-8")
    report = told(meldroute("database", "check", "--json"), WRONG)
    assert report == {
        "ok": False,
        "contacts": 0,
        "problems": ["meldroute.db: file is not a database: refused as it is"],
    }
    assert (tmp_path / "meldroute.db").read_text("utf-8") == "somebody's notes"
