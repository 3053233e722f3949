"""What a site puts in its page to show the widget: one line that loads the script, and one element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files

from locales import words
from referral.model import Contact, RouteCard, Text
from web.assets import Asset

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
    """The lines for one page of a site.

    host: the origin of the installation. presets: question → option, what the page around the widget knows already.
    """

    card: RouteCard
    host: str
    audience: str
    language: str
    presets: Mapping[str, str] = field(default_factory=dict)

    @property
    def script(self) -> str:
        """The line that loads the newest version of the script, and only exactly that file."""
        address, integrity = f"{self.host}/embed/{LATEST}.js", LOADERS[LATEST].integrity
        return f'<script type="module" src="{address}" integrity="{integrity}" crossorigin></script>'

    @property
    def element(self) -> str:
        """The element, with what it shows where no script runs: 112, the advice line, a link to the page."""
        say, alarm = words(self.language), self.card.alarm_number
        attributes = {"audience": self.audience, "language": self.language, **self.presets}
        opening = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
        address = f"{self.host}/?voor={self.audience}&amp;taal={self.language}"
        return "\n".join(
            (
                f"<meldroute-gesprek {opening}>",
                f'  <p>{say("Direct gevaar?")} <a href="tel:{alarm}">{say("Bel {number}", number=alarm)}</a></p>',
                *self._advice_line(),
                f'  <p><a href="{address}" rel="noreferrer noopener">{say(LINK)}</a></p>',
                "</meldroute-gesprek>",
            )
        )

    def _advice_line(self) -> list[str]:
        """The number of the region's advice line, once somebody confirmed it: a page keeps it for years."""
        line = self.card.agencies[self.card.advice_line]
        name = escape(words(self.language)(line.name))
        return [
            f'  <p>{name}: <a href="tel:{contact.value}">{contact.value}</a></p>'
            for contact in line.contacts
            if contact.kind == "phone" and _sure(contact)
        ][:1]

    @property
    def policy(self) -> str:
        """What a site with a Content-Security-Policy adds to it."""
        return f"script-src {self.host}; frame-src {self.host}"


def _sure(contact: Contact) -> bool:
    return contact.published and contact.checked.verified and bool(contact.value)
