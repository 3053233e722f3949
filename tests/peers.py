"""`make sizes`: what ours and others of its kind make a visitor download, in one run, written to docs/sizes.md.

The others come from the npm registry, in exact versions: the built files for a browser, read in memory, never run.
"""

from __future__ import annotations

import datetime
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from tests.running import ROOT, running
from tests.sizes import Size, in_a_page, loader, own_page, packed, total

REGISTRY = "https://registry.npmjs.org/"
DOCUMENT = ROOT / "docs" / "sizes.md"
LIVE, QUIET = "yes", "no"


@dataclass(frozen=True)
class Peer:
    """A package, the files of it that count, and what they leave out; `whole`: with these files it works.

    live: whether somebody still keeps it, as read by hand on the day in JUDGED; empty where nobody looked.
    """

    name: str
    version: str
    files: tuple[str, ...]
    live: str = LIVE
    whole: bool = True
    note: str = ""


JUDGED = datetime.date(2026, 11, 1)
PEERS = (
    Peer("rasa-webchat", "1.0.1", ("lib/index.js",), live=QUIET),
    Peer("deep-chat", "2.4.2", ("dist/deepChat.bundle.js",)),
    Peer("@typebot.io/js", "0.10.7", ("dist/web.js",)),
    Peer("@n8n/chat", "1.37.0", ("dist/chat.bundle.es.js", "dist/style.css")),
    Peer("@botpress/webchat", "4.5.2", ("dist/index.umd.cjs", "dist/style.css"), note="React comes on top"),
    Peer("flowise-embed", "3.1.6", ("dist/web.js",)),
    Peer("botframework-webchat", "4.18.1", ("dist/webchat-minimal.js",), note="the smallest of its three bundles"),
    Peer("react-chatbotify", "2.5.0", ("dist/index.js", "dist/style.css"), note="React comes on top"),
    Peer("@carbon/ai-chat", "1.9.1", ("dist/es/chat.ChatAppEntry.js",), note="its largest part only"),
    Peer("conversational-form", "1.0.2", ("dist/conversational-form.js",), live=QUIET),
    Peer("botui", "1.1.3", ("dist/botui.js",), live=QUIET, whole=False, note="a library: shows nothing by itself"),
    Peer("@papercups-io/chat-widget", "1.3.1", ("dist/index.js",), QUIET, False, "loads a frame from its service"),
    Peer("@rocket.chat/livechat", "1.13.3", ("build/vendors~bundle.chunk.8a189.js",), QUIET, False, "one part of it"),
    Peer("@voiceflow/react-chat", "1.65.2", ("dist/bundle.mjs",), live=""),
    Peer(
        "@hmcts/ctsc-web-chat",
        "0.3.12",
        (
            "assets/javascript/hmcts-webchat.js",
            "assets/javascript/hmcts-webchat-busHandler.js",
            "assets/css/hmcts-webchat-gds-v3.css",
        ),
        live="",
        whole=False,
        note="loads the chat itself from its supplier",
    ),
    Peer("@open-formulieren/sdk", "3.3.0", ("dist/open-forms-sdk.js", "dist/open-forms-sdk.css"), note="a form"),
    Peer("@gemeente-rotterdam/date-picker-element", "0.1.1", ("dist/index.js",), whole=False, note="a yardstick"),
)


@dataclass(frozen=True)
class Measured:
    """A peer with its size, its licence and the newest version that the registry names."""

    peer: Peer
    size: Size
    licence: str
    newest: str


def read(url: str) -> bytes:
    """What the registry answers."""
    with urlopen(url, timeout=120) as answer:
        return bytes(answer.read())


def measure(peer: Peer) -> Measured:
    """Fetches a package and measures its files. Raises KeyError where a file is not in it."""
    about = json.loads(read(REGISTRY + quote(peer.name, safe="@")))
    manifest = about["versions"][peer.version]
    with tarfile.open(fileobj=io.BytesIO(read(manifest["dist"]["tarball"]))) as archive:
        bodies = [archive.extractfile(f"package/{name}") for name in peer.files]
        size = Size()
        for body in bodies:
            assert body
            content = body.read()
            size += Size(len(content), packed(content), packed(content))
    return Measured(peer, size, manifest.get("license", "none"), about["dist-tags"]["latest"])


def ours() -> dict[str, Size]:
    """Our own sizes, from a real server."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as server:
        return {
            "the script in a page of somebody else, before a click": total(loader(server.url)),
            "the same, after a click, with the first question": total(in_a_page(server.url)),
            "the page of its own, with the first question": total(own_page(server.url)),
        }


def number(value: float) -> str:
    """A number of bytes, in groups of three."""
    return f"{value:,.0f}"


def whole(mine: dict[str, Size]) -> int:
    """What ours weighs in the comparison: the most that a visitor gets, as it is sent."""
    return max(size.sent for size in mine.values())


def table(mine: dict[str, Size], others: list[Measured]) -> Iterator[str]:
    """The rows: ours first, the others from small to large."""
    most = whole(mine)
    yield "| What | Version | Licence | Kept | Raw | As sent | Gzip | × ours | Note |"
    yield "| --- | --- | --- | --- | ---: | ---: | ---: | ---: | --- |"
    for name, size in mine.items():
        sizes = " | ".join(map(number, (size.raw, size.sent, size.packed)))
        yield f"| **ours**: {name} | this | EUPL-1.2 | yes | {sizes} | {size.sent / most:.1f} | everything counted |"
    for one in sorted(others, key=lambda one: one.size.packed):
        peer, size = one.peer, one.size
        version = peer.version if peer.version == one.newest else f"{peer.version} (newest: {one.newest})"
        yield (
            f"| {peer.name} | {version} | {one.licence} | {peer.live or '?'} | {number(size.raw)} | | "
            f"{number(size.packed)} | {size.packed / most:.1f} | {peer.note} |"
        )


def smallest(others: list[Measured]) -> Measured:
    """The smallest peer that is kept and needs nothing else for its own work but what its note says."""
    return min((one for one in others if one.peer.live == LIVE and one.peer.whole), key=lambda one: one.size.packed)


def document(mine: dict[str, Size], others: list[Measured], day: datetime.date) -> str:
    """The whole page."""
    least, most = smallest(others), whole(mine)
    note = f" ({least.peer.note})" if least.peer.note else ""
    return "\n".join(
        (
            "# Sizes",
            "",
            f"Written by `make sizes` on {day.isoformat()}, in one run. Bytes of bodies; headers are not counted.",
            "",
            f"The smallest other widget that is kept, {least.peer.name} {least.peer.version}{note}, is "
            f"**{least.size.packed / most:.1f} times** ours: {number(least.size.packed)} bytes compressed, against "
            f"{number(most)} bytes as sent.",
            "",
            *table(mine, others),
            "",
            "Ours is fetched from a real server as a browser does: the page, and all that it refers to. "
            "“As sent” has the page itself uncompressed, because it may hold answers.",
            "Of the others only the built files for a browser in the npm package count: no fonts, no page, nothing "
            "that they fetch later.",
            "“Gzip” is level 9 for all. “× ours” sets their compressed size beside the most of ours, as sent.",
            f"“Kept”: whether somebody still works on it, read by hand in {JUDGED:%B %Y}; “?” where nobody looked.",
            "What is only a part, a library or a yardstick stands in the table, and is not taken for the comparison.",
            "",
        )
    )


def main() -> None:
    """Measures everything, writes the page and prints it."""
    text = document(ours(), [measure(peer) for peer in PEERS], datetime.datetime.now().astimezone().date())
    DOCUMENT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
