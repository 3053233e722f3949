"""What the files of an installation may hold and how long, in the words of the privacy receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from referral.model import Text
from web.coordinator import columns


@dataclass(frozen=True)
class Known:
    """What is said of a file: its heading, what it is for and how long it stays, and what each column may hold."""

    title: Text
    about: Text
    columns: Mapping[str, Mapping[str, Text]]


_TICKET = {"hash": Text("Een code van een kaartje, of een willekeurige code die van niemand is.")}
COUNTERS = Known(
    Text("Tellers"),
    Text(
        "Ruwe tellers leest niemand. Een programma maakt er elk kwartaal afgeronde cijfers van. "
        "Ze mogen {years} jaar blijven na de laatste cijfers van hun jaar. Daarna moeten ze worden vernietigd."
    ),
    {
        "cell": {
            "period": Text("Een jaar, een kwartaal of een maand. Nooit een dag of een uur."),
            "table_id": Text("De naam van een tabel uit “Wat kan worden geteld?”."),
            "key": Text("Eén waarde uit elke lijst van die tabel, en niets anders."),
            "n": Text("Het aantal. Er is een vast getal bij opgeteld."),
        }
    },
)
TICKETS = Known(
    Text("Kaartjes"),
    Text("Een kaartje is een willekeurig nummer. Zo telt een gesprek maar één keer. Het blijft twee tot vier uur."),
    {"epoch_0": _TICKET, "epoch_1": _TICKET},
)
PUBLISHED = Known(
    Text("Publicaties"),
    Text("Iedereen mag dit lezen. Het blijft altijd. Alleen cijfers van andere organisaties kunnen worden vervangen."),
    {
        "release": {
            "place": Text("De hoeveelste publicatie het is."),
            "id": Text("Het jaar en het kwartaal."),
            "body": Text("De afgeronde cijfers van dat jaar, tot en met dat kwartaal."),
            "hash": Text("Een controlegetal over deze en alle eerdere publicaties."),
        },
        "partner_import": {
            "name": Text("De naam van een lijst met cijfers van een andere organisatie."),
            "body": Text("Die cijfers, zoals we ze tonen."),
        },
        "destroyed": {
            "year": Text("Een jaar waarvan de tellers zijn vernietigd."),
            "made": Text("De dag waarop dat gebeurde."),
        },
    },
)
KEY = Known(
    Text("Sleutel"),
    Text("Hiermee herkent de site haar eigen kaartjes. Het zijn 32 willekeurige bytes. Ze blijven tot iemand ze wist."),
    {},
)
MADE = Known(
    Text("Register van publicaties"),
    Text(
        "Hierin staat welke publicaties er zijn gemaakt. Elke publicatie heeft een controlegetal. "
        "Zo maken we er nooit een opnieuw met andere cijfers. Het blijft altijd."
    ),
    {},
)
SERVED = Known(
    Text("Kaarten van dit jaar"),
    Text(
        "Hierin staat wat de meldroutekaart van elk kwartaal kan opleveren. Dat volgt uit de kaart alleen. "
        "Over gesprekken staat er niets in. We gebruiken het bij het afronden."
    ),
    {},
)
ACCOUNTS = Known(columns.TITLE, columns.ABOUT, columns.COLUMNS)

PROTECTION = {
    "secure_delete": (Text("Wat weg moet, wordt overschreven."), ("1",)),
    "journal_mode": (Text("Het hulpbestand verdwijnt na elke telling."), ("delete",)),
    "synchronous": (Text("Elke telling staat meteen op de schijf."), ("2", "3")),
}
"""What SQLite calls it, what it does, and the values with which it does."""
PRIVATE = Text("Alleen het account van de server mag het bestand openen.")
ROUNDED = Text("Elk cijfer is afgerond op een veelvoud van {base}.")
CHAINED = Text("De controlegetallen van alle publicaties kloppen.")
GRAINS = {
    "quarter": Text("Tabellen die per kwartaal tellen"),
    "month": Text("Tabellen die per maand tellen"),
    "year": Text("Tabellen die per jaar tellen"),
}
