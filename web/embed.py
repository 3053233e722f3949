"""The widget for pages of somebody else: its script in every version, the frame, and a site to look at it in."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from bot.wording import AUDIENCES
from web.assets import A_WHILE, FOREVER
from web.headers import FRAME, POLICY_KEY, policy
from web.pages import start, step
from web.running import service
from web.snippet import LATEST, LOADERS, Snippet

embed = Blueprint("embed", __name__)
embed.add_url_rule(FRAME, "frame", start, methods=["GET"])
embed.add_url_rule(FRAME, "frame_step", step, methods=["POST"])

ELSEWHERE = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}
"""The two names of this machine are two origins, so that one can play the foreign site."""


@embed.get("/embed.js")
def newest() -> Response:
    """The newest version; it changes, so it can have no hash."""
    return _open(LOADERS[LATEST].answer(A_WHILE))


@embed.get("/embed/<version>.js")
def pinned(version: str) -> Response:
    """One version, the same bytes forever."""
    if version not in LOADERS:
        abort(404)
    return _open(LOADERS[version].answer(FOREVER))


def _open(response: Response) -> Response:
    """A page of anybody may load it, and check its hash."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@embed.get("/embed/demo")
def demo() -> str:
    """A foreign site with the widget in it. Only in development, and only as one name of this machine to the other."""
    name, _, port = request.host.partition(":")
    if not service().settings.development or name not in ELSEWHERE:
        abort(404)
    host = f"http://{ELSEWHERE[name]}" + (f":{port}" if port else "")
    audience = request.args.get("voor", "")
    snippet = Snippet(service().content.card, host, audience if audience in AUDIENCES else AUDIENCES[-1], "nl")
    request.environ[POLICY_KEY] = policy(script_src=host, frame_src=host, trusted_types="'none'")
    return render_template("demo.html", snippet=snippet, audiences=AUDIENCES)
