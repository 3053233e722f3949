"""Joint rounding: figures that add up, near the truth, at random, and nothing at all where the rules cannot be met."""

import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral import disclosure
from referral.disclosure import BASE, STEPS, Infeasible, Limit, Problem, choices, drawn, rounded

GRIDS = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 7, 10, 23]), min_size=columns, max_size=columns),
        min_size=1,
        max_size=6,
    )
)


def table(grid):
    """A problem out of rows of counts, with all margins."""
    rows, columns = range(len(grid)), range(len(grid[0]))
    truth = {(i, j): grid[i][j] for i in rows for j in columns}
    truth |= {(i, "total"): sum(grid[i]) for i in rows}
    truth |= {("total", j): sum(row[j] for row in grid) for j in columns}
    truth["total", "total"] = sum(map(sum, grid))
    sums = [((i, "total"), [(i, j) for j in columns]) for i in [*rows, "total"]]
    sums += [(("total", j), [(i, j) for i in rows]) for j in [*columns, "total"]]
    return Problem(truth, sums)


@given(GRIDS)
@settings(max_examples=60, deadline=None)
def test_a_rounded_table_adds_up_and_stays_near(grid):
    problem = table(grid)

    found = rounded(problem, 0)

    assert found.keys() == problem.truth.keys()
    for figure, value in found.items():
        assert value % BASE == 0
        assert abs(value - problem.truth[figure]) < BASE
        assert value == problem.truth[figure] or problem.truth[figure] % BASE
    for whole, parts in problem.sums:
        assert found[whole] == sum(found[part] for part in parts)


@pytest.mark.parametrize(
    ("true", "step", "least", "expected"),
    [
        (0, 0, 0, [0]),
        (3, 0, 0, [0, 5]),
        (5, 0, 0, [5]),
        (8, 0, 0, [5, 10]),
        (3, 0, 5, [5]),
        (3, 0, 10, []),
        (0, 1, 0, [0, 5]),
        (3, 1, 0, [0, 5, 10]),
        (10, 1, 0, [5, 10, 15]),
        (11, 1, 0, [5, 10, 15, 20]),
    ],
)
def test_the_values_that_a_figure_may_get(true, step, least, expected):
    assert choices(true, step, least) == expected


@pytest.mark.parametrize("true", [0, 1, 2, 4, 5, 13])
def test_a_target_is_the_truth_on_average(true):
    """10,000 draws: the mean is off by more than 0.1 about once in 60,000 runs."""
    assert statistics.mean(drawn(true) for _ in range(10_000)) == pytest.approx(true, abs=0.1)
    assert {drawn(true) for _ in range(200)} <= set(choices(true, 0))


def test_the_same_truth_is_rounded_in_different_ways():
    """Else who knows the program could undo what it did."""
    problem = table([[1, 2, 3], [4, 1, 2], [3, 3, 1]])

    assert len({tuple(rounded(problem, 0).items()) for _ in range(30)}) > 5


def test_what_was_published_before_is_kept_to():
    first = rounded(table([[1, 2], [3, 4]]), 0)
    later = table([[7, 9], [11, 13]])

    second = rounded(Problem(later.truth, later.sums, least=first), 0)

    assert all(second[figure] >= value for figure, value in first.items())


def test_a_limit_holds():
    truth = {"a": 3, "b": 3, "c": 3, "d": 3}

    for _ in range(20):
        found = rounded(Problem(truth, limits=[Limit(["a", "b", "c", "d"], low=15, high=15)]), 0)
        assert sum(found.values()) == 15


def test_what_is_fixed_stays():
    assert {rounded(Problem({"a": 3}, fixed={"a": value}), 0)["a"] for value in (0, 5)} == {0, 5}


def test_rules_that_contradict_each_other_publish_nothing():
    impossible = Problem({"a": 3, "b": 3}, [("a", ["b"])], fixed={"a": 0, "b": 5})

    for step in STEPS:
        with pytest.raises(Infeasible):
            rounded(impossible, step)


def test_what_was_published_before_can_be_out_of_reach():
    with pytest.raises(Infeasible):
        rounded(Problem({"a": 3}, least={"a": 10}), 0)
    assert rounded(Problem({"a": 3}, least={"a": 10}), 1) == {"a": 10}


def test_a_solver_that_gives_up_publishes_nothing(monkeypatch):
    monkeypatch.setattr(disclosure, "TIME_LIMIT", 0.0)
    grid = [[(7 * i + 3 * j) % 5 for j in range(30)] for i in range(30)]

    with pytest.raises(Infeasible):
        rounded(table(grid), 0)


def test_chance_comes_from_the_operating_system_and_stays_nowhere():
    """§3.4, test 8: a seed that leaked would undo an eighth of the small figures."""
    source = disclosure.__loader__.get_source(disclosure.__name__)

    assert type(disclosure._RANDOM).__name__ == "SystemRandom"
    with pytest.raises(NotImplementedError):
        disclosure._RANDOM.getstate()
    assert "seed" not in source
    assert "np.random" not in source
    assert "logging" not in source
