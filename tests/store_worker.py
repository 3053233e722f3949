"""Made-up contacts for the store's tests, and the process that counts them from several threads at once.

Everything about contact number i follows from i, so that another process can send it again.
"""

import argparse
import datetime
import hashlib
import os
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from referral.counts import Tally, load_tables, tally
from referral.store import Store

SIGNALS = tuple(f"signaal_{number}" for number in range(1, 10))
MUNICIPALITIES = [f"GM{number:04}" for number in (505, 512, 597, 599, 606, 622, 1992)]
TABLES = load_tables(SIGNALS, lambda year: MUNICIPALITIES)
ANSWERS = {
    "vorm": ["arbeid", "seksueel", "crimineel", "anders", "combinatie", "onbekend"],
    "rol": ["slachtoffer", "naaste", "omstander", "professional"],
    "sector": ["zorg", "gemeente", "onderwijs", "anders"],
    "instantie": ["politie", "nla", "essm_meldpunt", "overig"],
    "gebied": ["rotterdam", "dordrecht", "rijnmond_overig"],
    "gemeente": [*MUNICIPALITIES, "buiten_regio", "weet_niet"],
    "leeftijd": ["onder_18", "18_22", "23_plus", "weet_niet"],
    "gender": ["vrouw", "man", "anders", "weet_niet"],
    "taal": ["nl", "en", "pl"],
}
BUCKET = 250_000


def contact(number: int, year: int = 2026) -> Tally:
    """The tally of contact `number`, on a random day of the year."""
    chance = random.Random(number)  # noqa: S311 - the same contact every time
    facts = {fact: (chance.choice(values),) for fact, values in ANSWERS.items() if chance.random() < 0.8}
    day = datetime.date(year, 1, 1) + datetime.timedelta(days=chance.randrange(365))
    return tally(TABLES, facts, chance.sample(SIGNALS, chance.randrange(4)), day)


def ticket(number: int) -> bytes:
    """The ticket hash of contact `number`."""
    return hashlib.sha256(str(number).encode()).digest()[:16]


def expected(numbers):
    """The counters that these contacts must give, those above zero."""
    return Counter(cell for number in numbers for cell in contact(number).cells)


def counted(store: Store, year: int = 2026):
    """The counters above zero."""
    return Counter({cell: n for cell, n in store.counts(year).items() if n})


def start(path: Path, numbers: range, *, threads: int = 1) -> subprocess.Popen[str]:
    """A process that counts these contacts, and says `ask i` before each and `got i` once it is on the disk."""
    command = [sys.executable, "-m", "tests.store_worker", path, numbers.start, numbers.stop, threads]
    root = Path(__file__).parents[1]
    return subprocess.Popen([str(part) for part in command], cwd=root, stdout=subprocess.PIPE, text=True)


def main() -> None:
    """Count, until done or killed. One write per line: a killed process leaves no half ones."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    for name in ("first", "last", "threads"):
        parser.add_argument(name, type=int)
    options = parser.parse_args()
    store = Store(options.path, TABLES, patience=60)

    def count(number: int) -> None:
        os.write(1, f"ask {number}\n".encode())
        if store.add(contact(number), ticket(number), BUCKET):
            os.write(1, f"got {number}\n".encode())

    with ThreadPoolExecutor(options.threads) as pool:
        list(pool.map(count, range(options.first, options.last)))
    store.close()


if __name__ == "__main__":
    main()
