"""The monitor as a public page, for programs and for downloading: every year that has a release, where it is public."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, abort, render_template

from locales import SOURCE_LANGUAGE, words
from referral.model import Text
from referral.monitor import Monitor, monitor_data, years
from referral.publishing import QUARTERS, standing
from referral.release import made_up
from web.monitor.bundle import file_name
from web.monitor.coming import coming
from web.monitor.downloads import downloads
from web.monitor.formats import FORMATS, MissingExtra, render
from web.monitor.report import SAID, document
from web.monitor.words import DEMONSTRATION
from web.pdf import NotMade
from web.problems import asked_words, problem
from web.running import service

monitor = Blueprint("monitor", __name__)

NOTHING_YET = Text("Over {year} is nog niets gepubliceerd.")
_KEPT = 64
"""Rendered files kept in memory: pages and formats of several years. They change only with a new release or import."""
_MAKING = threading.Lock()
"""One file is made at a time, once for all who ask: the dialogue must keep its threads and a core."""
_PATIENCE = 5
"""Seconds to wait for another that makes a file. Then whoever asks is told to try again: threads must not pile up."""


@monitor.get("/monitor")
def overview() -> str:
    """The years that have a page."""
    running = service()
    if not running.settings.monitor:
        abort(404)
    there, today = years(running.published), running.settings.now().date()
    said = DEMONSTRATION if any(map(made_up, running.published.releases())) else ""
    quarters = [(year, quarter) for year in (today.year - 1, today.year) for quarter in QUARTERS]
    lines = coming((standing(running.published, *one, today) for one in quarters), running.content.reading)
    return render_template("monitor_years.html", **_around(), years=there, said=SAID, coming=lines, mark=said)


@monitor.get("/monitor/<int(fixed_digits=4):year>")
def page(year: int) -> Response:
    """The page of a year. It is in Dutch only, and the same for everybody."""
    data = published_data(year)
    if data is None:
        abort(404)
    return Response(_kept("page", data, lambda: _page(data)), content_type="text/html; charset=utf-8")


@monitor.get("/api/v1/monitor/<int(fixed_digits=4):year>")
def as_json(year: int) -> Response:
    """The frozen releases of a year."""
    data, say = published_data(year), asked_words()
    if data is None:
        return problem(404, say(NOTHING_YET, year=str(year)), say)
    return _file("json", data)


@monitor.get("/monitor/<int(fixed_digits=4):year>/<name>")
def download(year: int, name: str) -> Response:
    """The year in one of the formats."""
    data = published_data(year)
    if data is None or name not in FORMATS:
        abort(404)
    try:
        answer = _file(name, data)
    except MissingExtra:
        abort(404)
    answer.headers["Content-Disposition"] = f'attachment; filename="meldroute-{file_name(data)}.{FORMATS[name].suffix}"'
    return answer


def published_data(year: int) -> Monitor | None:
    """The data of a year, out of the published file alone; None where there is no release or it is not public."""
    running = service()
    if not running.settings.monitor:
        return None
    return monitor_data(running.published, year, running.content.partners)


def _page(data: Monitor) -> bytes:
    made = document(data, service().content.reading)
    files = downloads({name: format.suffix for name, format in FORMATS.items()})
    return render_template("monitor.html", **_around(), d=made, downloads=files).encode()


def _around() -> dict[str, object]:
    """What the frame of every page needs."""
    return {"_": words(SOURCE_LANGUAGE), "alarm": service().content.card.alarm_number}


def _file(name: str, data: Monitor) -> Response:
    reading = service().content.reading
    made = _kept(name, data, lambda: render(name, data, reading))
    return Response(made, content_type=FORMATS[name].media_type)


def _kept(name: str, data: Monitor, make: Callable[[], bytes]) -> bytes:
    """A file of a year, made when it is asked for first and kept until something else is published."""
    kept, key = service().kept_files, (name, *_published(data))
    if (found := kept.get(key)) is not None:
        return found
    if not _MAKING.acquire(timeout=_PATIENCE):
        abort(500)
    try:
        made = kept[key] if key in kept else make()
        if len(kept) >= _KEPT:
            kept.clear()
        kept[key] = made
        return made
    except NotMade:
        abort(500)
    finally:
        _MAKING.release()


def _published(data: Monitor) -> Iterator[object]:
    """What a year's files are made of, told by the hashes of its releases and by what partners gave."""
    yield data["year"]
    for release in (*data["releases"], *(data["previous_year"] or {}).get("releases", ())):
        yield release["sha256"]
    yield json.dumps(data["partners"])
