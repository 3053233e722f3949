"""What is counted: right first, right among three, quiet where nothing is meant, danger seen, false alarms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.understanding import Suggestion
from tests.understanding.sentences import NOTHING, Sentence

OTHERS = "others together"


@dataclass(frozen=True)
class Result:
    """A sentence with what was suggested for it."""

    sentence: Sentence
    signals: tuple[str, ...]
    urgent: tuple[str, ...]

    @property
    def first(self) -> bool:
        """Whether the right signal was proposed first."""
        return self.signals[:1] == (self.sentence.signal,)

    @property
    def among(self) -> bool:
        """Whether the right signal was among the proposals."""
        return self.sentence.signal in self.signals


def results(sentences: Iterable[Sentence], suggest: Callable[[str], Suggestion]) -> list[Result]:
    """Every sentence, suggested for."""
    found = []
    for sentence in sentences:
        suggestion = suggest(sentence.text)
        found.append(Result(sentence, tuple(proposal.id for proposal in suggestion.signals), suggestion.urgent))
    return found


def share(truths: Iterable[bool]) -> float:
    """The part that is true; 1 of nothing."""
    listed = list(truths)
    return sum(listed) / len(listed) if listed else 1.0


def of_signals(found: Sequence[Result]) -> list[Result]:
    """The results whose sentence means a signal."""
    return [result for result in found if result.sentence.signal]


def by_language(found: Sequence[Result]) -> dict[str, list[Result]]:
    """The results of each language, and of all that are neither Dutch nor English together."""
    grouped: dict[str, list[Result]] = defaultdict(list)
    for result in found:
        grouped[result.sentence.language].append(result)
    grouped[OTHERS] = [result for result in found if result.sentence.language not in ("nl", "en")]
    return dict(grouped)


def quiet(found: Sequence[Result]) -> float:
    """The share without a proposal, of what means nothing."""
    return share(not result.signals for result in found if result.sentence.intent == NOTHING)


def seen(found: Sequence[Result], agency: str) -> float:
    """The share of the agency's own sentences of danger for which it is shown at once."""
    return share(agency in result.urgent for result in found if result.sentence.agency == agency)


def seen_by_signal(found: Sequence[Result], urgent: Mapping[str, frozenset[str]]) -> float:
    """The share of the sentences of signals that lead somewhere at once for which that place is shown at once."""
    places = {signal: agency for agency, signals in urgent.items() for signal in signals}
    return share(places[r.sentence.signal] in r.urgent for r in found if r.sentence.signal in places)


def false_alarms(found: Sequence[Result], urgent: Mapping[str, frozenset[str]], nothing: bool) -> float:
    """The share for which an agency is shown at once: of what means nothing, or of signals that lead nowhere so."""
    leads = {signal for signals in urgent.values() for signal in signals}
    calm = [r for r in found if not r.sentence.agency and r.sentence.signal not in leads]
    return share(bool(r.urgent) for r in calm if (r.sentence.intent == NOTHING) == nothing)


def confusions(found: Sequence[Result]) -> list[tuple[tuple[str, str], int]]:
    """What was meant and what was proposed first instead; the most frequent pairs first."""
    wrong = [r for r in of_signals(found) if not r.first and r.signals]
    return Counter((str(r.sentence.signal), r.signals[0]) for r in wrong).most_common()
