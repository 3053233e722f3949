"""What the privacy receipt says of the accounts' file: what it is for, and what each column may hold."""

from __future__ import annotations

from collections.abc import Mapping

from referral.model import Text

TITLE = Text("Coördinatoren")
ABOUT = Text(
    "Hierin staat wie de ruimte voor coördinatoren in mag. Over bezoekers staat er niets in. "
    "Een account blijft tot iemand het verwijdert. Wat coördinatoren deden, blijft een jaar."
)
_HASH = Text("Een controlegetal van een willekeurige code.")
_NUMBER = Text("Een volgnummer.")
_ACCOUNT = Text("Het volgnummer van een account.")
_NAME = Text("De naam van een coördinator.")
_ROLE = Text("Lezer of beheerder.")
_TOTP = Text("De sleutel voor een app met codes.")
_FREE = Text("Vanaf wanneer inloggen weer vaker mag.")
_UNTIL = Text("Tot wanneer dit geldt.")
COLUMNS: Mapping[str, Mapping[str, Text]] = {
    "account": {
        "id": _NUMBER,
        "name": _NAME,
        "role": _ROLE,
        "since": Text("De dag waarop het account is gemaakt."),
    },
    "attempt": {
        "place": Text("Een getal dat hoort bij de naam die iemand typte. Veel namen hebben hetzelfde getal."),
        "free": _FREE,
    },
    "audit": {
        "id": _NUMBER,
        "minute": Text("De dag en de minuut."),
        "who": _NAME,
        "what": Text("Wat een coördinator deed: een woord uit een vaste lijst."),
        "about": Text("De naam van een andere coördinator, of niets."),
    },
    "device": {"hash": _HASH, "account": _ACCOUNT, "free": _FREE, "expires": _UNTIL},
    "invitation": {"hash": _HASH, "name": _NAME, "role": _ROLE, "totp": _TOTP, "expires": _UNTIL},
    "local_login": {
        "account": _ACCOUNT,
        "password": Text("Een controlegetal van een wachtwoord."),
        "totp": _TOTP,
        "last_step": Text("Wanneer de laatste code is gebruikt."),
        "failures": Text("Hoe vaak inloggen mislukte sinds de vorige keer."),
    },
    "recovery": {"hash": _HASH, "account": _ACCOUNT},
    "session": {
        "hash": _HASH,
        "account": _ACCOUNT,
        "csrf": Text("Een willekeurige code voor formulieren."),
        "started": Text("De minuut waarop een coördinator inlogde."),
        "seen": Text("De minuut waarop die coördinator voor het laatst iets deed."),
    },
}
