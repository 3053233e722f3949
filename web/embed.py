"""The widget for pages of somebody else: its script in every version, the frame, and a site to look at it in."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from flask import Blueprint, Response, abort, render_template, request

from bot.wording import AUDIENCES
from locales import words
from referral.model import Text
from web.assets import A_WHILE, FOREVER, Asset
from web.headers import FRAME, POLICY_KEY, policy
from web.pages import start, step
from web.running import service

embed = Blueprint("embed", __name__)
embed.add_url_rule(FRAME, "frame", start, methods=["GET"])
embed.add_url_rule(FRAME, "frame_step", step, methods=["POST"])

ELSEWHERE = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}
"""The two names of this machine are two origins, so that one can play the foreign site."""
LINK = Text("Stel je vragen op een eigen pagina")


def loaders() -> dict[str, Asset]:
    """Every version of the script, oldest first. A version that was given out never changes: pages pin its hash."""
    found = {file.name.removesuffix(".js"): file for file in files("web").joinpath("static", "embed").iterdir()}
    order = sorted(found, key=lambda version: [int(part) for part in version.split(".")])
    return {version: Asset.of(found[version].name, found[version].read_bytes()) for version in order}


LOADERS = loaders()
LATEST = list(LOADERS)[-1]


@dataclass(frozen=True)
class Snippet:
    """What a site puts in its page. host: the origin of this installation; attributes: of the element."""

    host: str
    audience: str
    language: str
    version: str = LATEST

    @property
    def script(self) -> str:
        """The line that loads the script."""
        integrity = LOADERS[self.version].integrity
        address = f"{self.host}/embed/{self.version}.js"
        return f'<script type="module" src="{address}" integrity="{integrity}" crossorigin></script>'

    @property
    def element(self) -> str:
        """The element, with what it shows where no script runs: 112 and the way to the page."""
        say, alarm = words(self.language), service().content.card.alarm_number
        return "\n".join(
            (
                f'<meldroute-gesprek audience="{self.audience}" language="{self.language}">',
                f'  <p>{say("Direct gevaar?")} <a href="tel:{alarm}">{say("Bel {number}", number=alarm)}</a></p>',
                f'  <p><a href="{self.host}/?voor={self.audience}&amp;taal={self.language}"'
                f' rel="noreferrer noopener">{say(LINK)}</a></p>',
                "</meldroute-gesprek>",
            )
        )


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
    snippet = Snippet(host, audience if audience in AUDIENCES else AUDIENCES[-1], "nl")
    request.environ[POLICY_KEY] = policy(script_src=host, frame_src=host, trusted_types="'none'")
    return render_template("demo.html", snippet=snippet, audiences=AUDIENCES)
