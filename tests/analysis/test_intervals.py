"""Intervals of rates against SciPy, statsmodels and plain loops."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.clusters import (
    Clusters,
    clusters_of,
    given_clusters,
    own_clusters,
    percentile_interval,
    resampled_sums,
)
from analysis.intervals import clustered_rates, divide, independent_rates, student_quantile, wilson


@pytest.mark.parametrize(("part", "whole"), [(0, 1), (1, 1), (0, 78), (78, 78), (39, 78), (1, 500), (1587, 3900)])
def test_wilson_equals_scipy_and_statsmodels(part: int, whole: int) -> None:
    low, high = wilson(part, whole)
    expected = stats.binomtest(part, whole).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert (low, high) == pytest.approx(proportion_confint(part, whole, method="wilson"), abs=1e-9)


def test_wilson_at_random_counts_equals_statsmodels() -> None:
    generator = np.random.default_rng(0)
    whole = generator.integers(1, 5_000, 200)
    part = generator.binomial(whole, generator.random(200))
    expected = proportion_confint(part, whole, method="wilson")
    assert np.allclose(np.array(wilson(part, whole)), np.array(expected), atol=1e-9)


def test_nothing_tried_has_no_rate_and_no_interval() -> None:
    assert np.isnan(wilson(0, 0)).all()
    rates = independent_rates(np.array([0, 1]), np.array([0, 2]))
    assert np.isnan([rates.rate[0], rates.low[0], rates.high[0], rates.design_effect[0]]).all()
    assert rates.rate[1] == 0.5
    assert np.isnan(divide([1.0], [0])).all()
    assert np.isnan(student_quantile(0)) and student_quantile(9) == pytest.approx(stats.t.ppf(0.975, 9))


def _by_hand(right: NDArray[np.bool_], codes: NDArray[np.int64]) -> tuple[float, float, float]:
    """Return design effect and interval by an intercept-only regression with cluster-robust errors."""
    fit = sm.OLS(right.astype(float), np.ones(len(right))).fit(cov_type="cluster", cov_kwds={"groups": codes})
    rate, size, num_clusters = right.mean(), len(right), len(set(codes.tolist()))
    effect = max(1.0, fit.bse[0] ** 2 / (rate * (1 - rate) / size))
    alpha = 2 * stats.norm.sf(stats.t.ppf(0.975, num_clusters - 1))
    low, high = proportion_confint(right.sum() / effect, size / effect, alpha=alpha, method="wilson")
    return effect, low, high


@pytest.mark.parametrize("seed", range(6))
def test_clustered_interval_equals_robust_regression(seed: int) -> None:
    generator = np.random.default_rng(seed)
    codes = np.sort(generator.integers(0, 30, 300))
    page = generator.normal(0, 1.5, 30)[np.unique(codes, return_inverse=True)[1]]
    right = generator.random(300) < 1 / (1 + np.exp(-page))
    rates = Clusters("page_id", np.unique(codes, return_inverse=True)[1]).rates(right[None])
    expected = _by_hand(right, codes)
    assert (rates.design_effect[0], rates.low[0], rates.high[0]) == pytest.approx(expected, abs=1e-9)
    assert rates.rate[0] == right.mean()


def test_one_pair_per_cluster_is_wilsons_own() -> None:
    right = np.random.default_rng(1).random((3, 50)) < 0.3
    alone = Clusters("pair", np.arange(50)).rates(right)
    sums = clustered_rates(right.astype(float), np.ones((3, 50)))
    for one, other in zip(alone, sums, strict=True):
        assert np.array_equal(one, other)
    assert np.allclose(alone.low, wilson(right.sum(axis=1), 50).low)


def test_constant_rates_count_a_cluster_once() -> None:
    codes = np.repeat(np.arange(5), 10)
    rates = Clusters("page_id", codes).rates(np.array([[False] * 50, [True] * 50]))
    critical = stats.t.ppf(0.975, 4)
    assert rates.low.tolist() == [0.0, pytest.approx(5 / (5 + critical**2))]
    assert rates.high.tolist() == [pytest.approx(critical**2 / (5 + critical**2)), 1.0]
    assert rates.design_effect.tolist() == [10.0, 10.0]


def test_one_cluster_has_a_rate_without_an_interval() -> None:
    rates = Clusters("page_id", np.zeros(8, dtype=np.int64)).rates(np.array([[True] * 4 + [False] * 4]))
    assert rates.rate.tolist() == [0.5]
    assert np.isnan(rates.low).all() and np.isnan(rates.high).all()


def test_bounds_enclose_the_rate_whatever_the_clusters() -> None:
    generator = np.random.default_rng(5)
    for _ in range(200):
        sizes = generator.integers(0, 6, generator.integers(2, 12)).astype(float)
        right = generator.binomial(sizes.astype(int), generator.random()).astype(float)
        rates = clustered_rates(right[None], sizes[None])
        if not np.isnan(rates.low[0]):
            assert 0 <= rates.low[0] <= rates.rate[0] <= rates.high[0] <= 1


PAIRS = pl.DataFrame(
    {
        "pair_id": ["a", "b", "c", "d"], "page_id": ["p", "p", None, None], "template_id": ["t", "u", "v", "w"],
        "domain": [None, None, None, None],
    }, schema=dict.fromkeys(("pair_id", "page_id", "template_id", "domain"), pl.String),
)  # fmt: skip


def test_pairs_without_a_value_are_their_own_cluster() -> None:
    codes = clusters_of(PAIRS, "page_id").codes
    assert codes[0] == codes[1] and len(set(codes.tolist())) == 3
    assert [found.unit for found in given_clusters(PAIRS)] == ["pair", "page_id"]
    assert own_clusters(PAIRS).unit == "page_id"
    assert own_clusters(PAIRS.tail(3)).unit == "pair"


def test_sums_and_parts_of_clusters() -> None:
    clusters = Clusters("page_id", np.array([2, 0, 2, 1]))
    assert clusters.sums(np.array([[1, 2, 3, 4]])).tolist() == [[2.0, 4.0, 4.0]]
    assert clusters.within(np.array([0, 2])).codes.tolist() == [0, 0]
    assert clusters.within(np.array([], dtype=np.int64)).rates(np.zeros((2, 0), dtype=bool)).num_clusters.tolist() == [
        0,
        0,
    ]


def test_resampled_sums_equal_a_plain_loop_over_the_same_draws() -> None:
    values = np.random.default_rng(2).integers(0, 9, (3, 40)).astype(float)
    got = np.concatenate(list(resampled_sums(values, num_resamples=300, seed=4)))
    generator = np.random.default_rng(4)
    drawn = np.concatenate([generator.integers(0, 40, (250, 40)), generator.integers(0, 40, (50, 40))])
    assert np.array_equal(got, np.array([[row[draw].sum() for row in values] for draw in drawn]))


def test_percentiles_need_half_of_the_resamples() -> None:
    draws = np.array([[0.0, np.nan, 1.0], [1.0, np.nan, np.nan], [2.0, 5.0, np.nan]])
    low, high = percentile_interval(draws)
    assert (low[0], high[0]) == pytest.approx((0.05, 1.95))
    assert np.isnan([low[1], high[1], low[2], high[2]]).all()
    assert np.isnan(percentile_interval(np.empty((0, 2)))).all()
