"""Joint controlled rounding: figures that add up, none further than one step from the truth, none that can be undone.

The method is zero-restricted controlled rounding with a random, unbiased target (Handbook on Statistical
Disclosure Control, 2nd ed. 2024, chapter 5), over all figures of a release at once and together with what was
published before. The rounded figures satisfy everything that a reader knows about the true ones, so they are
themselves a possible truth; docs/privacy.md has the proof. Nobody can tell which way a figure was rounded: the
targets come from the operating system's randomness, which is neither stored nor logged.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

F = TypeVar("F", bound=Hashable)

BASE = 5
STEPS = (0, 1)
"""0: less than one base from the truth. 1: less than two, where the first cannot be met; a release says so."""
TIME_LIMIT = 10.0
"""Seconds after which the solver gives up on one attempt, of six at most: better no release than an unprotected one."""
_RANDOM = secrets.SystemRandom()


class Infeasible(Exception):
    """No figures satisfy the rules, even one step further from the truth: nothing may be published."""


@dataclass(frozen=True)
class Limit(Generic[F]):
    """What a reader knows about the sum of some figures: it lies between two numbers, both included."""

    figures: Sequence[F]
    low: float = 0
    high: float = float("inf")


@dataclass(frozen=True)
class Hidden(Generic[F]):
    """Counts that are not published but tie published ones together, each zero or more.

    cells: for each of them, the figures that it is a part of. over: the figures that are made of these counts
    alone, each with what of it is not (what was published before).
    """

    cells: Sequence[Sequence[F]]
    over: Mapping[F, int]


@dataclass(frozen=True)
class Problem(Generic[F]):
    """The true figures and what the published ones must satisfy because a reader knows it of the true ones.

    truth: every figure to publish, as counted.
    sums: a figure, and those that add up to it.
    least: below this a figure may not fall (what was published before; counts only rise).
    fixed: what has this value already, or must have it.
    limits: bounds on sums of figures.
    earlier: what the figures truly were at the release before; `least` has what was published of them then.
    hidden: counts behind the figures, of which a reader knows that some combinations cannot be.
    """

    truth: Mapping[F, int]
    sums: Sequence[tuple[F, Sequence[F]]] = ()
    least: Mapping[F, int] = field(default_factory=dict)
    fixed: Mapping[F, int] = field(default_factory=dict)
    limits: Sequence[Limit[F]] = ()
    earlier: Mapping[F, int] = field(default_factory=dict)
    hidden: Sequence[Hidden[F]] = ()


def choices(true: int, step: int, least: int = 0) -> list[int]:
    """The values that a figure may get, in order of size: multiples of the base, near enough, not below `least`.

    Zero-restricted: at step 0 a true multiple of the base stays as it is.
    """
    reach = BASE * (step + 1) - 1
    first = max(-(-(true - reach) // BASE) * BASE, -(-least // BASE) * BASE, 0)
    return list(range(first, true + reach + 1, BASE))


def drawn(true: int, earlier: int = 0, published: int = 0) -> int:
    """One of the two multiples around a figure, at random, so that its expected value is the figure itself.

    earlier, published: what it was at the release before, and what was published of it. A figure that went up then
    and did not pass another multiple stays up; the others have the chance that makes up for that, so that figures
    are right on average in later releases too.
    """
    below, rest = true - true % BASE, true % BASE
    before = earlier % BASE if earlier >= below else 0
    if published > below and before:
        return below + BASE
    return below + BASE * (_RANDOM.random() * (BASE - before) < rest - before)


def by_chance(one_in: int) -> bool:
    """True once in so many times."""
    return _RANDOM.randrange(one_in) == 0


def rounded(problem: Problem[F], step: int) -> dict[F, int]:
    """The figures to publish: as near to a random target as the rules allow. Raises Infeasible."""
    allowed = {figure: _allowed(problem, figure, step) for figure in problem.truth}
    found = _solve(problem, allowed)
    _verify(problem, allowed, found)
    return found


def _allowed(problem: Problem[F], figure: F, step: int) -> list[int]:
    values = choices(problem.truth[figure], step, problem.least.get(figure, 0))
    if figure in problem.fixed:
        values = [value for value in values if value == problem.fixed[figure]]
    if not values:
        raise Infeasible(f"no value is left for {figure}")
    return values


def _solve(problem: Problem[F], allowed: Mapping[F, Sequence[int]]) -> dict[F, int]:
    """One integer program. In units of the base: the figures, how far each is from its target, the hidden counts."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    figures = list(problem.truth)
    n, behind = len(figures), sum(len(hidden.cells) for hidden in problem.hidden)
    lower = np.array([allowed[figure][0] // BASE for figure in figures])
    upper = np.array([allowed[figure][-1] // BASE for figure in figures])
    target = np.clip([_target(problem, figure) // BASE for figure in figures], lower, upper)
    # Weights at random as well: which of several equally good roundings it becomes must not hang on the solver.
    weight = np.array([1 + _RANDOM.random() for _ in figures])
    rest = np.zeros(n + behind)
    solution = milp(
        np.concatenate([np.zeros(n), weight, np.zeros(behind)]),
        integrality=np.concatenate([np.ones(n), rest]),
        bounds=Bounds(np.concatenate([lower, rest]), np.concatenate([upper, np.full(n + behind, np.inf)])),
        constraints=[
            LinearConstraint(*rows)
            for rows in (_distance(n, behind, target), _rows(problem, figures, 2 * n + behind))
            if rows
        ],
        options={"time_limit": TIME_LIMIT},
    )
    if solution.x is None:
        raise Infeasible("no figures satisfy all rules")
    return {figure: BASE * round(value) for figure, value in zip(figures, solution.x[:n], strict=True)}


def explained(hidden: Hidden[F], figures: Mapping[F, int]) -> bool:
    """Whether there are hidden counts behind these figures at all."""
    import numpy as np
    from scipy.optimize import linprog

    problem = Problem(figures, hidden=[hidden])
    rows = _rows(problem, list(figures), 2 * len(figures) + len(hidden.cells))
    if rows is None:
        return True
    matrix, low, _ = rows
    known = matrix[:, : len(figures)] @ np.array([n / BASE for n in figures.values()])
    cells = matrix[:, 2 * len(figures) :]
    return bool(linprog(np.zeros(cells.shape[1]), A_eq=cells, b_eq=np.array(low) - known).status == 0)


def _target(problem: Problem[F], figure: F) -> int:
    return drawn(problem.truth[figure], problem.earlier.get(figure, 0), problem.least.get(figure, 0))


def _rows(
    problem: Problem[F], figures: Sequence[F], columns: int
) -> tuple[Any, Sequence[float], Sequence[float]] | None:
    """The rules as a sparse matrix with the least and greatest value of each of its rows."""
    from scipy.sparse import coo_array

    place = {figure: i for i, figure in enumerate(figures)}
    rules: list[tuple[Iterable[tuple[int, int]], float, float]] = [
        ([(place[whole], -1), *((place[part], 1) for part in parts)], 0, 0) for whole, parts in problem.sums
    ]
    rules += [([(place[f], 1) for f in limit.figures], limit.low / BASE, limit.high / BASE) for limit in problem.limits]
    start = 2 * len(figures)
    for hidden in problem.hidden:
        parts: dict[F, list[tuple[int, int]]] = {figure: [(place[figure], -1)] for figure in hidden.over}
        for column, cell in enumerate(hidden.cells, start):
            for figure in cell:
                parts[figure].append((column, 1))
        start += len(hidden.cells)
        rules += [(terms, -hidden.over[figure] / BASE, -hidden.over[figure] / BASE) for figure, terms in parts.items()]
    if not rules:
        return None
    entries = [(row, at, sign) for row, (terms, _, _) in enumerate(rules) for at, sign in terms]
    row, at, sign = zip(*entries, strict=True)
    matrix = coo_array((sign, (row, at)), shape=(len(rules), columns)).tocsr()
    return matrix, [low for _, low, _ in rules], [high for _, _, high in rules]


def _distance(n: int, behind: int, target: Any) -> tuple[Any, Any, Any]:
    """distance ≥ figure − target and distance ≥ target − figure, for each figure."""
    import numpy as np
    from scipy.sparse import coo_array, eye_array, hstack, vstack

    one, nothing = eye_array(n), coo_array((n, behind))
    matrix = vstack([hstack([-one, one, nothing]), hstack([one, one, nothing])]).tocsr()
    return matrix, np.concatenate([-target, target]), np.full(2 * n, np.inf)


def _verify(problem: Problem[F], allowed: Mapping[F, Sequence[int]], found: Mapping[F, int]) -> None:
    """In whole numbers, whatever the solver's tolerance was: every rule holds, or nothing is published."""
    wrong: list[object] = [figure for figure, value in found.items() if value not in allowed[figure]]
    wrong += [whole for whole, parts in problem.sums if found[whole] != sum(found[part] for part in parts)]
    wrong += [limit for limit in problem.limits if not limit.low <= sum(found[f] for f in limit.figures) <= limit.high]
    wrong += [hidden for hidden in problem.hidden if not explained(hidden, {f: found[f] for f in hidden.over})]
    if wrong:
        raise Infeasible(f"the solver's figures break {len(wrong)} rules")
