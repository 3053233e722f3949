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
TIME_LIMIT = 60.0
"""Seconds after which the solver gives up: better no release than an unprotected one."""
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
class Problem(Generic[F]):
    """The true figures and what the published ones must satisfy because a reader knows it of the true ones.

    truth: every figure to publish, as counted.
    sums: a figure, and those that add up to it.
    least: below this a figure may not fall (what was published before; counts only rise).
    fixed: what has this value already, or must have it.
    limits: bounds on sums of figures.
    """

    truth: Mapping[F, int]
    sums: Sequence[tuple[F, Sequence[F]]] = ()
    least: Mapping[F, int] = field(default_factory=dict)
    fixed: Mapping[F, int] = field(default_factory=dict)
    limits: Sequence[Limit[F]] = ()


def choices(true: int, step: int, least: int = 0) -> list[int]:
    """The values that a figure may get, in order of size: multiples of the base, near enough, not below `least`.

    Zero-restricted: at step 0 a true multiple of the base stays as it is.
    """
    reach = BASE * (step + 1) - 1
    first = max(-(-(true - reach) // BASE) * BASE, -(-least // BASE) * BASE, 0)
    return list(range(first, true + reach + 1, BASE))


def drawn(true: int) -> int:
    """One of the two multiples around a figure, at random, so that its expected value is the figure itself."""
    below, rest = true - true % BASE, true % BASE
    return below + BASE * (_RANDOM.randrange(BASE) < rest)


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
    """One integer program. In units of the base: a figure each, and after them how far it is from its target."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    figures = list(problem.truth)
    n = len(figures)
    lower = np.array([allowed[figure][0] // BASE for figure in figures])
    upper = np.array([allowed[figure][-1] // BASE for figure in figures])
    target = np.clip([drawn(problem.truth[figure]) // BASE for figure in figures], lower, upper)
    # Weights at random as well: which of several equally good roundings it becomes must not hang on the solver.
    weight = np.array([1 + _RANDOM.random() for _ in figures])
    rows = _rows(problem, {figure: i for i, figure in enumerate(figures)}, n)
    near = _distance(n, target)
    solution = milp(
        np.concatenate([np.zeros(n), weight]),
        integrality=np.concatenate([np.ones(n), np.zeros(n)]),
        bounds=Bounds(np.concatenate([lower, np.zeros(n)]), np.concatenate([upper, np.full(n, np.inf)])),
        constraints=[LinearConstraint(*near), *([LinearConstraint(*rows)] if rows else [])],
        options={"time_limit": TIME_LIMIT},
    )
    if solution.x is None:
        raise Infeasible("no figures satisfy all rules")
    return {figure: BASE * round(value) for figure, value in zip(figures, solution.x[:n], strict=True)}


def _rows(problem: Problem[F], place: Mapping[F, int], n: int) -> tuple[Any, list[float], list[float]] | None:
    """The rules as a sparse matrix with the least and greatest value of each of its rows."""
    from scipy.sparse import coo_array

    rules: list[tuple[Iterable[tuple[F, int]], float, float]] = [
        ([(whole, -1), *((part, 1) for part in parts)], 0, 0) for whole, parts in problem.sums
    ]
    rules += [([(f, 1) for f in limit.figures], limit.low / BASE, limit.high / BASE) for limit in problem.limits]
    if not rules:
        return None
    entries = [(row, place[figure], sign) for row, (terms, _, _) in enumerate(rules) for figure, sign in terms]
    row, column, sign = zip(*entries, strict=True)
    matrix = coo_array((sign, (row, column)), shape=(len(rules), 2 * n)).tocsr()
    return matrix, [low for _, low, _ in rules], [high for _, _, high in rules]


def _distance(n: int, target: Any) -> tuple[Any, Any, Any]:
    """distance ≥ figure − target and distance ≥ target − figure, for each figure."""
    import numpy as np
    from scipy.sparse import eye_array, hstack, vstack

    one = eye_array(n)
    matrix = vstack([hstack([-one, one]), hstack([one, one])]).tocsr()
    return matrix, np.concatenate([-target, target]), np.full(2 * n, np.inf)


def _verify(problem: Problem[F], allowed: Mapping[F, Sequence[int]], found: Mapping[F, int]) -> None:
    """In whole numbers, whatever the solver's tolerance was: every rule holds, or nothing is published."""
    wrong: list[object] = [figure for figure, value in found.items() if value not in allowed[figure]]
    wrong += [whole for whole, parts in problem.sums if found[whole] != sum(found[part] for part in parts)]
    wrong += [limit for limit in problem.limits if not limit.low <= sum(found[f] for f in limit.figures) <= limit.high]
    if wrong:
        raise Infeasible(f"the solver's figures break {len(wrong)} rules")
