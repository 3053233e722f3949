"""The widget for other sites over HTTP: the loader and its versions, who may frame the dialogue, the lines."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from referral.model import Checked
from tests.running import ROOT, make_app
from web.cli import main
from web.service import Content, Service
from web.settings import EXIT, Settings, SettingsError
from web.snippet import LATEST, LOADERS, Snippet

Door = tuple[FlaskClient, Service]
HOST = "https://vragen.example.nl"


def test_the_hash_of_every_version_stands_in_the_documentation() -> None:
    """A version that was given out never changes: its hash stands in pages of others. A change is a new version."""
    documented = (ROOT / "docs/for-embedders.md").read_text(encoding="utf-8")
    assert [
        version for version, file in LOADERS.items() if f"| {version} | `{file.integrity}` |" not in documented
    ] == []


@pytest.mark.parametrize(("path", "keep"), [("/embed.js", "max-age=300"), (f"/embed/{LATEST}.js", "immutable")])
def test_any_page_may_load_the_loader(door: Door, path: str, keep: str) -> None:
    """It may be read across origins, so that its hash can be checked; the numbered one may be kept forever."""
    client, _ = door
    answer = client.get(path, headers={"Accept-Encoding": "gzip", "Origin": "https://www.example.nl"})
    assert answer.status_code == 200
    assert gzip.decompress(answer.data) == LOADERS[LATEST].body
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert keep in answer.headers["Cache-Control"]


def test_a_version_that_never_was_is_not_there(door: Door) -> None:
    """No file under another name."""
    client, _ = door
    for path in ("/embed/9.9.9.js", "/embed/..%2Fdialogue.js", "/embed/1.0.js"):
        assert client.get(path).status_code == 404


def test_nobody_may_frame_by_default(door: Door) -> None:
    """Not the dialogue, not its frame."""
    client, _ = door
    for path in ("/", "/embed/frame"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"


def test_only_the_frame_may_be_framed_and_only_by_the_list(tmp_path: Path) -> None:
    """The page itself never; its frame by exactly the sites of the settings, a step in it too."""
    app, _ = make_app(tmp_path, embedders=("https://www.example.nl", "https://a.example.org:8443"))
    client = app.test_client()
    listed = "frame-ancestors https://www.example.nl https://a.example.org:8443;"
    for answer in (
        client.get("/embed/frame"),
        client.post("/embed/frame", data={"q-gevaar": "nee", "vraag": "gevaar"}),
    ):
        assert answer.status_code == 200
        assert listed in answer.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer.headers
        assert 'action="/embed/frame"' in answer.text
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]


def test_the_foreign_site_exists_in_development_only(door: Door, tmp_path: Path) -> None:
    """And only under the names of this machine: it would vouch for any host that a request claims."""
    client, _ = door
    assert client.get("/embed/demo", headers={"Host": "localhost:8000"}).status_code == 404
    (tmp_path / "other").mkdir()
    app, _ = make_app(tmp_path / "other", development=True)
    developing = app.test_client()
    page = developing.get("/embed/demo?voor=young", headers={"Host": "localhost:8000"})
    assert f'src="http://127.0.0.1:8000/embed/{LATEST}.js" integrity="{LOADERS[LATEST].integrity}"' in page.text
    assert '<meldroute-gesprek audience="young" language="nl">' in page.text
    assert developing.get("/embed/demo", headers={"Host": "www.example.nl"}).status_code == 404


# --- the lines for a site -------------------------------------------------------------------------------------


def test_the_command_prints_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Script, element with presets, 112 and the link; what to add to a policy goes beside it."""
    given = ["--audience", "professional", "--preset", "rol=professional", "--preset", "gemeente=GM0599"]
    assert main(["embed", HOST, *given]) == 0
    printed = capsys.readouterr()
    script, element = printed.out.split("\n", 1)
    assert script == (
        f'<script type="module" src="{HOST}/embed/{LATEST}.js" integrity="{LOADERS[LATEST].integrity}" crossorigin>'
        "</script>"
    )
    assert element.startswith(
        '<meldroute-gesprek audience="professional" language="nl" rol="professional" gemeente="GM0599">'
    )
    assert '<a href="tel:112">Bel 112</a>' in element
    assert f'href="{HOST}/?voor=professional&amp;taal=nl"' in element
    assert f"script-src {HOST}; frame-src {HOST}" in printed.err


@pytest.mark.parametrize("preset", ["gevaar=nee", "rol=baas", "rol", "kleur=rood"])
def test_the_command_refuses_a_preset_that_would_be_ignored(preset: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A typo shows where it can be mended; danger can never be preset."""
    assert main(["embed", HOST, "--preset", preset]) == 2
    assert "'rol', 'sector', 'omgeving', 'gemeente'" in capsys.readouterr().err


def test_the_advice_line_stands_in_the_lines_once_it_is_confirmed(content: Content) -> None:
    """A page keeps its lines for years: a number that nobody confirmed never gets into it."""
    card = content.card
    assert card.agencies[card.advice_line].name not in Snippet(card, HOST, "public", "nl").element
    number = next(contact for contact in card.agencies[card.alarm].contacts if contact.kind == "phone")
    sure = replace(number, value="0900-0000", checked=Checked(verified=True))
    line = replace(card.agencies[card.advice_line], contacts=(sure,))
    confirmed = replace(card, agencies={**card.agencies, card.advice_line: line})
    element = Snippet(confirmed, HOST, "public", "nl").element
    assert f'<p>{line.name}: <a href="tel:0900-0000">0900-0000</a></p>' in element


# --- the settings ---------------------------------------------------------------------------------------------


def test_settings_for_sites_and_the_exit() -> None:
    """What an installation may choose, and the defaults."""
    chosen = Settings.from_environment(
        {
            "MELDROUTE_EMBED_ORIGINS": "https://www.example.nl  http://localhost:8000",
            "MELDROUTE_EXIT": "https://www.example.org/nieuws",
            "MELDROUTE_EXIT_ESCAPE": "on",
            "MELDROUTE_THEME_CLASS": "rods-theme",
            "MELDROUTE_DEVELOPMENT": "on",
        }
    )
    assert chosen.embedders == ("https://www.example.nl", "http://localhost:8000")
    assert (chosen.exit_to, chosen.exit_by_escape) == ("https://www.example.org/nieuws", True)
    assert (chosen.theme_class, chosen.development) == ("rods-theme", True)
    default = Settings.from_environment({})
    assert (default.embedders, default.exit_to, default.exit_by_escape) == ((), EXIT, False)
    assert default.development is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MELDROUTE_EMBED_ORIGINS", "*"),
        ("MELDROUTE_EMBED_ORIGINS", "https://*.example.nl"),
        ("MELDROUTE_EMBED_ORIGINS", "https://www.example.nl/"),
        ("MELDROUTE_EMBED_ORIGINS", "http://www.example.nl"),
        ("MELDROUTE_EMBED_ORIGINS", "https://a.example.nl,https://b.example.nl"),
        ("MELDROUTE_EXIT", "http://www.knmi.nl/"),
        ("MELDROUTE_EXIT", "javascript:alert(1)"),
        ("MELDROUTE_EXIT", "https://www.example.nl/?wie=ik"),
        ("MELDROUTE_EXIT_ESCAPE", "yes"),
        ("MELDROUTE_DEVELOPMENT", "1"),
        ("MELDROUTE_THEME", "/nowhere/theme.css"),
        ("MELDROUTE_THEME_CLASS", 'x" onload="y'),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(name: str, value: str) -> None:
    """By name, and with what it must be."""
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: value})


def test_the_exit_of_the_loader_is_the_default() -> None:
    """Before the frame has named another, the loader leaves for the same site as the page does."""
    assert EXIT.encode() in LOADERS[LATEST].body
