"""Statistics against SciPy and brute force."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import statistics as ours

_PART, _WHOLE = pl.col("part"), pl.col("whole")
_scores = st.lists(st.integers(0, 6), min_size=2, max_size=5)


def _evaluate(expr: pl.Expr, part: int, whole: int) -> float | None:
    """Evaluate over a divisor that is one value for the whole column, which is where Polars divides inexactly."""
    frame = pl.DataFrame({"part": [float(part)] * 2}).join(pl.DataFrame({"whole": [float(whole)]}), how="cross")
    value = frame.select(expr).to_series()[0]
    return None if value is None else float(value)


def test_share_is_the_exact_quotient_for_every_small_fraction() -> None:
    for whole in range(1, 120):
        assert _evaluate(ours.share(_PART, _WHOLE), whole, whole) == 1.0
        assert _evaluate(ours.share(_PART, _WHOLE), 1, whole) == 1 / whole


def test_share_of_nothing_is_null() -> None:
    assert _evaluate(ours.share(_PART, _WHOLE), 0, 0) is None


@given(_scores, st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_tau_equals_scipys(values: list[int], seed: int) -> None:
    first = np.array(values)
    second = np.random.default_rng(seed).integers(0, 4, len(values))
    expected = stats.kendalltau(first, second, variant="b").statistic
    tau = ours.kendall_tau_b(first, second)
    assert (np.nan if tau is None else tau) == pytest.approx(expected, nan_ok=True)


def test_tau_of_ties_only_or_of_one_item_is_none() -> None:
    assert ours.kendall_tau_b(np.array([2, 2, 2]), np.array([1, 2, 3])) is None
    assert ours.kendall_tau_b(np.array([1]), np.array([1])) is None
    assert ours.kendall_p_value(np.array([1, 2, 3]), np.array([5, 5, 5]), seed=0) is None


@given(_scores)
@settings(deadline=None, max_examples=40)
def test_p_value_is_the_share_of_orders_that_reach_tau(values: list[int]) -> None:
    first = np.array(values)
    second = np.random.default_rng(sum(values)).permutation(first)
    tau = ours.kendall_tau_b(first, second)
    if tau is None:
        assert len(set(values)) == 1
        return
    reached = [
        abs(stats.kendalltau(first, list(order)).statistic) >= abs(tau) - 1e-9
        for order in itertools.permutations(second)
    ]
    assert ours.kendall_p_value(first, second, seed=0) == pytest.approx(np.mean(reached))


def test_p_value_without_ties_equals_scipys_exact_one() -> None:
    first, second = np.arange(5), np.array([0, 1, 2, 4, 3])
    expected = stats.kendalltau(first, second, method="exact").pvalue
    assert ours.kendall_p_value(first, second, seed=0) == pytest.approx(expected)
    assert expected == pytest.approx(10 / 120)


def test_drawn_p_value_comes_near_the_exact_one() -> None:
    first = np.arange(12)
    second = np.array([3, 0, 1, 5, 2, 9, 4, 7, 11, 6, 8, 10])
    exact = stats.kendalltau(first, second, method="exact").pvalue
    swapped = np.array([5, 2, 9, 0, 7, 1, 11, 3, 10, 4, 8, 6])
    loose = stats.kendalltau(first, swapped, method="exact").pvalue
    assert ours.kendall_p_value(first, second, seed=1) == pytest.approx(exact, abs=2e-3)
    assert ours.kendall_p_value(first, swapped, seed=1) == pytest.approx(loose, abs=0.02)
    assert 0 < (ours.kendall_p_value(first, first, seed=1) or 0) <= 2e-4


def test_bootstrap_equals_a_plain_loop_over_the_same_draws() -> None:
    generator = np.random.default_rng(3)
    first = generator.random((4, 60)) < np.array([[0.2], [0.4], [0.5], [0.7]])
    second = first ^ (generator.random((4, 60)) < 0.2)
    got = ours.bootstrap_tau(first, second, num_resamples=250, seed=9)
    drawn = np.random.default_rng(9).integers(0, 60, size=(250, 60))
    taus = [stats.kendalltau(first[:, row].sum(axis=1), second[:, row].sum(axis=1)).statistic for row in drawn]
    assert got == pytest.approx(tuple(np.nanquantile(taus, [0.025, 0.975])))
    assert got.low is not None and got.high is not None and got.low < got.high


def test_bootstrap_has_no_interval_where_rankings_are_ties() -> None:
    level = np.ones((3, 20), dtype=np.bool_)
    assert ours.bootstrap_tau(level, level, num_resamples=50, seed=0) == (None, None)
    assert ours.bootstrap_tau(level[:, :0], level[:, :0], num_resamples=50, seed=0) == (None, None)


@pytest.mark.parametrize("counts", [(20, 5, 10, 15), (1, 0, 0, 1), (0, 3, 4, 0), (45, 15, 25, 15)])
def test_kappa_by_its_definition(counts: tuple[int, int, int, int]) -> None:
    table = np.array([[counts[0], counts[1]], [counts[2], counts[3]]]) / sum(counts)
    chance = float((table.sum(axis=0) * table.sum(axis=1)).sum())
    assert ours.cohen_kappa(*counts) == pytest.approx((np.trace(table) - chance) / (1 - chance))


def test_kappa_is_none_where_chance_is_certain_or_nothing_was_scored() -> None:
    assert ours.cohen_kappa(0, 0, 0, 0) is None
    assert ours.cohen_kappa(7, 0, 0, 0) is None
