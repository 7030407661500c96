"""Spearman's rho and its standard error against SciPy and the jackknife."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from analysis.clusters import Clusters
from analysis.rank_correlation import rank_measure, spearman


def _alone(size: int) -> Clusters:
    return Clusters("pair", np.arange(size))


def _jackknifed(
    measure: NDArray[np.float64], outcome: NDArray[np.float64], codes: NDArray[np.int64]
) -> tuple[float, float]:
    """Return Fisher's interval with the standard error from leaving out one cluster at a time."""
    rho = stats.spearmanr(measure, outcome).statistic
    groups = np.unique(codes)
    left_out = np.array(
        [stats.spearmanr(measure[codes != group], outcome[codes != group]).statistic for group in groups]
    )
    size = len(groups)
    error = np.sqrt((size - 1) / size * ((left_out - left_out.mean()) ** 2).sum())
    half = stats.t.ppf(0.975, size - 1) * error / (1 - rho**2)
    return float(np.tanh(np.arctanh(rho) - half)), float(np.tanh(np.arctanh(rho) + half))


def _drawn(seed: int, size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    draw = np.random.default_rng(seed)
    measure = draw.random(size).round(int(draw.integers(1, 4)))
    return measure, (draw.random(size) < 0.2 + 0.6 * measure).astype(float)


@pytest.mark.parametrize("seed", range(6))
def test_rho_of_right_and_wrong_equals_scipys_and_the_jackknife(seed: int) -> None:
    measure, outcome = _drawn(seed, 250)
    got = spearman(rank_measure(measure), np.stack([outcome, 1 - outcome]), _alone(250))
    expected = stats.spearmanr(measure, outcome).statistic
    assert got.correlation.tolist() == pytest.approx([expected, -expected])
    assert (got.low[0], got.high[0]) == pytest.approx(_jackknifed(measure, outcome, np.arange(250)), abs=0.01)
    assert (got.low[1], got.high[1]) == pytest.approx((-got.high[0], -got.low[0]))


@pytest.mark.parametrize("seed", range(4))
def test_rho_of_counts_with_ties_equals_scipys_and_the_jackknife(seed: int) -> None:
    measure, _ = _drawn(seed, 200)
    counts = np.random.default_rng(seed).binomial(6, 0.2 + 0.6 * measure) / 6
    got = spearman(rank_measure(measure), counts[None], _alone(200))
    assert got.correlation[0] == pytest.approx(stats.spearmanr(measure, counts).statistic)
    assert (got.low[0], got.high[0]) == pytest.approx(_jackknifed(measure, counts, np.arange(200)), abs=0.01)


def test_clusters_are_left_out_whole() -> None:
    draw = np.random.default_rng(7)
    codes = np.repeat(np.arange(60), 5)
    measure = np.repeat(draw.random(60), 5) + draw.normal(0, 0.05, 300)
    outcome = (draw.random(300) < np.repeat(draw.random(60), 5)).astype(float)
    bound, alone = (
        spearman(rank_measure(measure), outcome[None], Clusters("page_id", codes)),
        spearman(rank_measure(measure), outcome[None], _alone(300)),
    )
    assert (bound.low[0], bound.high[0]) == pytest.approx(_jackknifed(measure, outcome, codes), abs=0.03)
    assert bound.high[0] - bound.low[0] > 1.2 * (alone.high[0] - alone.low[0])


def test_degenerate_sides_have_no_rho() -> None:
    measure = np.arange(20.0)
    nothing = spearman(rank_measure(measure), np.stack([np.ones(20), np.zeros(20)]), _alone(20))
    assert np.isnan(nothing.correlation).all() and np.isnan(nothing.low).all()
    assert np.isnan(spearman(rank_measure(np.ones(20)), (measure % 2)[None], _alone(20)).correlation).all()
    assert np.isnan(spearman(rank_measure(np.array([])), np.empty((2, 0)), _alone(0)).correlation).all()
    perfect = spearman(rank_measure(measure), measure[None], _alone(20))
    assert perfect.correlation[0] == pytest.approx(1.0) and np.isnan(perfect.low[0])
    one = spearman(rank_measure(measure), (measure % 2)[None], Clusters("page_id", np.zeros(20, dtype=np.int64)))
    assert not np.isnan(one.correlation[0]) and np.isnan(one.low[0])
