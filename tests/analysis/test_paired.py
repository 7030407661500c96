"""Paired tests against SciPy, statsmodels and enumeration."""

import itertools

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from analysis import paired


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (5, 5), (12, 2), (3, 40), (400, 350), (0, 6)])
def test_exact_mcnemar_equals_statsmodels_and_scipy(first: int, second: int) -> None:
    got = float(paired.exact_mcnemar(first, second))
    expected = mcnemar([[10, first], [second, 10]], exact=True).pvalue
    assert got == pytest.approx(min(1.0, expected), rel=1e-9)
    if first + second:
        assert got == pytest.approx(stats.binomtest(first, first + second).pvalue, rel=1e-9)
    else:
        assert got == 1.0


def _enumerated(differences: list[int]) -> float:
    observed = abs(sum(differences))
    reached = [
        abs(sum(sign * size for sign, size in zip(signs, differences, strict=True))) >= observed
        for signs in itertools.product((-1, 1), repeat=len(differences))
    ]
    return float(np.mean(reached))


@pytest.mark.parametrize("seed", range(12))
def test_cluster_test_equals_the_enumeration_of_all_signs(seed: int) -> None:
    generator = np.random.default_rng(seed)
    differences = generator.integers(-4, 6, generator.integers(1, 12))
    assert paired.cluster_sign_test(differences) == pytest.approx(_enumerated(differences.tolist()))


@pytest.mark.parametrize(("first", "second"), [(7, 2), (30, 12), (0, 5), (4, 4)])
def test_cluster_test_of_single_pairs_is_mcnemars(first: int, second: int) -> None:
    differences = np.array([1] * first + [-1] * second + [0] * 9)
    assert paired.cluster_sign_test(differences) == pytest.approx(float(paired.exact_mcnemar(first, second)))


def test_cluster_test_without_a_difference_is_one_and_large_sums_are_normal() -> None:
    assert paired.cluster_sign_test(np.zeros(5, dtype=np.int64)) == 1.0
    assert paired.cluster_sign_test(np.array([], dtype=np.int64)) == 1.0
    large = np.array([1] * 2_600 + [-1] * 2_400)
    expected = 2 * stats.norm.sf(200 / np.sqrt(5_000))
    assert paired.cluster_sign_test(large) == pytest.approx(expected)
    assert expected == pytest.approx(stats.binomtest(2_600, 5_000).pvalue, rel=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_holm_equals_statsmodels(seed: int) -> None:
    values = np.random.default_rng(seed).random(20) ** 3
    values[3] = values[4]
    assert np.allclose(paired.holm(values), multipletests(values, method="holm")[1])


def test_holm_leaves_what_is_not_known() -> None:
    assert paired.holm(np.array([])).tolist() == []
    got = paired.holm(np.array([np.nan, 0.01, 0.04]))
    assert np.isnan(got[0]) and got[1:].tolist() == [0.02, 0.04]
    assert paired.holm(np.array([1.0, 1.0])).tolist() == [1.0, 1.0]


def test_difference_by_its_definition() -> None:
    got = paired.paired_difference(np.array([12]), np.array([2]), np.array([50]))
    first, second = 13 / 52, 3 / 52
    half = stats.norm.ppf(0.975) * np.sqrt((first + second - (first - second) ** 2) / 52)
    assert got.difference[0] == pytest.approx(10 / 50)
    assert (got.low[0], got.high[0]) == pytest.approx((first - second - half, first - second + half))
    nothing = paired.paired_difference(np.array([0]), np.array([0]), np.array([0]))
    assert np.isnan([column[0] for column in nothing]).all()


@pytest.mark.parametrize(("num_pairs", "both"), [(30, 0.1), (100, 0.02), (300, 0.1)])
def test_difference_covers_by_enumeration_of_every_table(num_pairs: int, both: float) -> None:
    """Of all outcomes of n pairs with discordance (both + 0.15, both), those covering the truth weigh about 95%."""
    only_first, only_second = both + 0.15, both
    a, b = np.meshgrid(np.arange(num_pairs + 1), np.arange(num_pairs + 1), indexing="ij")
    held = a + b <= num_pairs
    a, b = a[held], b[held]
    counts = np.stack([a, b, num_pairs - a - b], axis=1)
    weights = stats.multinomial.pmf(counts, num_pairs, [only_first, only_second, 1 - only_first - only_second])
    got = paired.paired_difference(a, b, np.full(len(a), num_pairs))
    covered = weights[(got.low <= 0.15) & (got.high >= 0.15)].sum()
    assert 0.93 <= covered <= 0.97


def test_clusters_widen_the_difference_and_single_pairs_dont() -> None:
    alone = np.array([1.0] * 6 + [-1.0] * 2 + [0.0] * 12)
    assert paired.difference_effect(alone, np.ones(20), 8) == pytest.approx(20 / 19)
    bound = np.array([6.0, -2.0, 0.0, 0.0])
    mean = 4 / 20
    squares = sum((d - mean * 5) ** 2 for d in bound) * 4 / 3
    assert paired.difference_effect(bound, np.full(4, 5.0), 8) == pytest.approx(squares / (8 - 20 * mean**2))
    assert paired.difference_effect(np.array([3.0]), np.array([5.0]), 3) == 1.0
    assert paired.difference_effect(np.zeros(3), np.full(3, 2.0), 0) == 1.0


def _power(num_pairs: int, discordance: float, difference: float, alpha: float) -> float:
    """Return the chance that the score form of McNemar's test rejects, by enumeration of the discordant pairs."""
    first = (discordance + difference) / 2
    power = 0.0
    for discord in range(1, num_pairs + 1):
        only_first = np.arange(discord + 1)
        rejects = (2 * only_first - discord) ** 2 / discord > stats.chi2.ppf(1 - alpha, 1)
        chance = stats.binom.pmf(only_first, discord, first / discordance)
        power += stats.binom.pmf(discord, num_pairs, discordance) * chance[rejects].sum()
    return power


@pytest.mark.parametrize(("num_pairs", "discordance", "alpha"), [(300, 0.3, 0.05), (500, 0.2, 0.05), (400, 0.3, 0.005)])
def test_the_detectable_difference_is_found_four_times_in_five(
    num_pairs: int, discordance: float, alpha: float
) -> None:
    difference = paired.detectable_difference(num_pairs, discordance, alpha=alpha)
    assert _power(num_pairs, discordance, difference, alpha) == pytest.approx(0.8, abs=0.03)


def test_too_few_pairs_detect_nothing() -> None:
    assert np.isnan(paired.detectable_difference(0, 0.3))
    assert np.isnan(paired.detectable_difference(100, 0.0))
    assert np.isnan(paired.detectable_difference(100, 0.01))
    assert np.isnan(paired.detectable_difference(2, 0.5, alpha=0.001))
