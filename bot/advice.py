"""A referral as a chat shows it: one message for each agency, then what is good to know. The words are of wording."""

from __future__ import annotations

from typing import Any

from bot.chat import ANSWER, BACK, CHANGE, RESTART, Button, Manner, Message, isolated
from bot.conversation import Turn, ended_by
from bot.door import Content
from bot.wording import referral_data, spoken
from locales import Words
from referral.model import Referral, Text

Data = dict[str, Any]

GAP = "\u00a0"
"""A line that looks empty: at one that is, Rasa would cut a message in two."""


def advice(turn: Turn, referral: Referral, content: Content, manner: Manner) -> list[Message]:
    """The messages of the referral of a turn, in the order in which the page has them."""
    say = manner.say
    told = referral_data(referral, say, manner.voice(turn), manner.now)
    ended = ended_by(content.card, turn.accepted)
    told["forms"] = [say(content.card.forms[form].short) for form in referral.forms]
    agencies = [_agency(place, agency, say, ended) for place, agency in enumerate(told["agencies"], start=1)]
    if told["beside"]:
        agencies.insert(1, _beside(told["beside"], say))
    return [
        _lead(told, say, ended),
        *(Message("\n".join(lines)) for lines in agencies),
        *(_block(block, say) for block in told["blocks"]),
        _end(turn, told, content, manner),
    ]


def _lead(told: Data, say: Words, ended: str | None) -> Message:
    """What this is; where an answer ended the questions there is no time for it."""
    title = say(Text("Dit kun je doen"))
    unsure = say(
        Text("Of het zo is, weten we niet. Dat hoef jij ook niet te weten. De mensen hieronder denken met je mee.")
    )
    if ended:
        return Message(title)
    if told["forms"]:
        forms = say(Text("Wat je koos, kan een signaal zijn van {forms}."), forms=say.any_of(told["forms"]))
        return Message(f"{title}\n{forms} {unsure}")
    alone = Text(
        "Wat je koos, kan een signaal zijn. Of het zo is, weten we niet. Dat hoef jij ook niet te weten. "
        "De mensen hieronder denken met je mee."
    )
    return Message(f"{title}\n{say(alone)}")


def _agency(place: int, agency: Data, say: Words, ended: str | None) -> list[str]:
    """An agency, in lines: who it is, why, how to reach it, what to say, what happens then."""
    first = [say(Text("Begin hier"))] if place == 1 else []
    lines = [*first, f"{place}. {agency['name']}", agency["about"], *([agency["note"]] if agency["note"] else [])]
    lines += _listed(say(Text("Waarom")), agency["why"])
    for contact in agency["contacts"]:
        lines += [GAP, *contact_lines(contact, say)]
    checked = [contact["checked"] for contact in agency["contacts"] if contact["verified"]]
    if checked:
        lines.append(say(Text("Laatst gecontroleerd op {day}"), day=say.iso_date(min(checked))))
    lines += _listed(say(Text("Wat kun je zeggen")), agency["say"])
    lines += _listed(say(Text("Houd dit bij de hand, als je het weet")), agency["at_hand"])
    if not (agency["nothing_known"] and ended):
        lines += _listed(say(Text("Wat gebeurt er als je belt of chat")), agency["what_happens"])
    return lines


def _beside(agency: Data, say: Words) -> list[str]:
    """Whom to turn to where nobody confirmed the first contact, and nobody is reached."""
    text = say(Text("De gegevens hierboven zijn nog niet bevestigd. Deze hebben we vergeleken met een officiële bron:"))
    lines = [say(Text("Krijg je niemand te pakken?")), f"{text} {agency['name']}"]
    for contact in agency["contacts"]:
        lines += [GAP, *contact_lines(contact, say)] if contact["verified"] else []
    return lines


def contact_lines(contact: Data, say: Words) -> list[str]:
    """A way to reach an agency, in lines: what it is, and below it what it costs, when it is open and for whom."""
    kind, value = contact["kind"], contact["value"]
    address = f"https://{value}" if kind in ("web", "chat") and value else value
    return [
        f"{contact['label']} {isolated(address, say)}".rstrip(),
        *([contact["when"]] if contact["when"] else []),
        *([_unconfirmed(say)] if kind != "via" and not contact["verified"] else []),
        *_cost(contact, say),
        *_hours(contact, say),
        *_whom(contact, say),
    ]


def _unconfirmed(say: Words) -> str:
    return f"{say(Text('Controleer dit:'))} {say(Text('wij hebben dit nog niet bevestigd.'))}"


def _cost(contact: Data, say: Words) -> list[str]:
    """Beside every telephone number stands its price."""
    if contact["kind"] != "phone":
        return []
    return [f"{say(Text('Kosten:'))} {contact['cost']}" if contact["cost"] else say(Text("Kosten: nog niet bekend"))]


def _hours(contact: Data, say: Words) -> list[str]:
    lines = []
    if contact["open_now"] is True:
        lines.append(say(Text("Nu open")))
    if contact["open_now"] is False:
        lines.append(", ".join(filter(None, (say(Text("Nu dicht")), contact["opens"]))))
    if contact["hours"]:
        lines.append(f"{say(Text('Bereikbaar:'))} {contact['hours']}")
    elif contact["kind"] in ("phone", "chat"):
        lines.append(say(Text("Bereikbaar: nog niet bekend")))
    return lines


def _whom(contact: Data, say: Words) -> list[str]:
    """Whether one can stay anonymous, and in which languages they speak."""
    lines, more = [], contact["anonymous_text"]
    if contact["anonymous"] is True:
        lines.append(more or say(Text("Je hoeft je naam niet te noemen")))
    if contact["anonymous"] is False:
        lines.append(". ".join(filter(None, (say(Text("Je kunt hier niet anoniem blijven")), more))))
    if contact["languages"]:
        lines.append(f"{say(Text('Talen:'))} {', '.join(say.name(code) for code in contact['languages'])}")
    return lines


def _listed(title: str, items: list[str]) -> list[str]:
    return [GAP, title, *(f"- {item}" for item in items)] if items else []


def _block(block: Data, say: Words) -> Message:
    """A block of guidance; what nobody confirmed is marked, once where that holds for all of it."""
    lines, confirmed = block["lines"], [line["verified"] for line in block["lines"]]
    mark = f" {say(Text('(nog niet bevestigd)'))}" if any(confirmed) else ""
    told = [f"- {line['text']}{'' if line['verified'] else mark}" for line in lines]
    foot = [] if any(confirmed) else [say(Text("Dit is nog niet door een organisatie bevestigd."))]
    return Message("\n".join([block["title"], *told, *foot]))


def _end(turn: Turn, told: Data, content: Content, manner: Manner) -> Message:
    """What can be done after the referral, and of when it is."""
    say, lines, ways = manner.say, list[str](), list[Button]()
    ended, mattered = ended_by(content.card, turn.accepted), told["would_have_mattered"]
    if ended:
        go_on = content.card.facts[ended].ends[turn.accepted[ended][0]]
        title = say(Text("112 weet ervan, of het gevaar is voorbij: ga door met de vragen"))
        ways.append(Button(title, ANSWER, f"{ended}:{go_on}"))
    if mattered:
        asked = say(spoken(content.script.questions[mattered].text, manner.voice(turn)))
        lines.append(f"{say(Text('Het antwoord op deze vraag kan het advies veranderen:'))} {asked}")
        ways.append(Button(say(Text("Beantwoord deze vraag")), CHANGE, mattered))
    foot = Text(
        "Routekaart {version}, {day}. Dit is een voorstel op basis van openbare bronnen, "
        "niet de meldroutekaart van de regio zelf."
    )
    lines.append(say(foot, version=told["card"], day=say.date(manner.now.date())))
    ways += [Button(say(Text("Terug")), BACK), Button(say(Text("Opnieuw beginnen")), RESTART)]
    return Message("\n".join(lines), tuple(ways))
