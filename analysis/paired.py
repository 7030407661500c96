"""Two models on the same pairs: exact tests, the difference with its interval, corrections for many tests."""

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, erfc, gammaln, ndtri

from analysis.cells import Places
from analysis.intervals import Z_95, Numbers, divide

ALPHA: Final = 0.05
POWER: Final = 0.8
MAX_EXACT_SUM: Final = 4_000
"""Up to this sum of absolute cluster differences the sign test enumerates; beyond, it is normal."""


def exact_mcnemar(only_first: ArrayLike, only_second: ArrayLike) -> Numbers:
    """Return the two-sided exact p-value that two models are right equally often on the same pairs; 1 without discord.

    only_first, only_second: pairs that only one of the two got right.
    Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions", Psychometrika
    12 (1947), 153-157; in its exact form the sign test, binomial with probability 1/2.
    """
    first, second = np.asarray(only_first, dtype=np.int64), np.asarray(only_second, dtype=np.int64)
    tail = bdtr(np.minimum(first, second).astype(np.float64), first + second, 0.5)
    return np.asarray(np.minimum(1.0, 2 * tail), dtype=np.float64)


def cluster_sign_test(differences: NDArray[np.int64]) -> float:
    """Return the two-sided p-value that cluster differences are as likely to be positive as negative.

    differences: for each cluster, right answers of the one model less those of the other. The share of all ways to
    turn whole clusters' signs whose |sum| reaches the observed one: exact, by convolving one binomial for each size
    of difference. Differences of -1, 0 and 1 alone make it the exact McNemar test. Where the absolute differences
    add up to more than `MAX_EXACT_SUM`, the sum is taken as normal with their squares' sum as variance.
    Source: E. J. G. Pitman, "Significance tests which may be applied to samples from any populations", J. Royal
    Statistical Society Supplement 4 (1937), 119-130; for matched pairs in clusters see V. L. Durkalski et al., "The
    analysis of clustered matched-pair data", Statistics in Medicine 22 (2003), 2417-2428, whose statistic is the
    normal form.
    """
    sizes = np.abs(differences[differences != 0])
    observed, total = abs(int(differences.sum())), int(sizes.sum())
    if not total:
        return 1.0
    if total > MAX_EXACT_SUM:
        return float(erfc(observed / np.sqrt(2.0 * (sizes.astype(np.float64) ** 2).sum())))
    probabilities: Numbers = np.ones(1)
    for size, num_clusters in zip(*np.unique(sizes, return_counts=True), strict=True):
        step = np.zeros(2 * int(size) * int(num_clusters) + 1)
        step[:: 2 * int(size)] = _fair_binomial(int(num_clusters))
        probabilities = np.convolve(probabilities, step).astype(np.float64)
    sums = np.arange(-total, total + 1)
    return float(min(1.0, probabilities[np.abs(sums) >= observed].sum()))


@lru_cache(maxsize=4_096)
def _fair_binomial(trials: int) -> Numbers:
    counts = np.arange(trials + 1)
    logs = gammaln(trials + 1) - gammaln(counts + 1) - gammaln(trials - counts + 1) - trials * np.log(2)
    return np.asarray(np.exp(logs), dtype=np.float64)


class Difference(NamedTuple):
    """Hold paired differences of two rates with their 95% intervals."""

    difference: Numbers
    low: Numbers
    high: Numbers


def paired_difference(
    only_first: Places, only_second: Places, num_pairs: Places, *, effect: ArrayLike = 1.0, critical: ArrayLike = Z_95
) -> Difference:
    """Return the difference of two models' rates on the same pairs with its adjusted Wald interval; NaN without pairs.

    effect: the design effect by which clusters lower the effective number of pairs; critical: the quantile.
    Source: D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of binomial proportions
    based on paired data", J. Educational and Behavioral Statistics 37 (2012), 479-488.
    """
    whole, shrink = divide(num_pairs, effect), np.asarray(effect, dtype=np.float64)
    first, second = ((part / shrink + 1) / (whole + 2) for part in (only_first, only_second))
    centre = first - second
    half = np.asarray(critical, dtype=np.float64) * np.sqrt((first + second - centre**2) / (whole + 2))
    low, high = np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0)
    nothing = np.where(num_pairs > 0, 0.0, np.nan)
    return Difference(divide(only_first - only_second, num_pairs), low + nothing, high + nothing)


def difference_effect(differences: Numbers, sizes: Numbers, discord: int) -> float:
    """Return the design effect of a paired difference, at least 1: its variance over clusters against single pairs.

    differences: of each cluster, right answers of one model less the other's; sizes: each cluster's pairs; discord:
    pairs that only one of the two got right. Source: Rao and Scott (1992), as for single rates.
    """
    held = sizes > 0
    num_clusters, num_pairs = int(held.sum()), float(sizes.sum())
    mean = differences.sum() / num_pairs if num_pairs else 0.0
    spread = discord - num_pairs * mean**2
    if num_clusters < 2 or spread <= 0:
        return 1.0
    residuals = (differences - mean * sizes)[held]
    return max(1.0, float((residuals**2).sum() * num_clusters / (num_clusters - 1) / spread))


def holm(p_values: ArrayLike) -> Numbers:
    """Return p-values adjusted so that the chance of any false one among them stays at the level; NaN stays.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian J. Statistics 6 (1979).
    """
    values = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    steps = values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return adjusted


def detectable_difference(num_pairs: float, discordance: float, *, alpha: float = ALPHA, power: float = POWER) -> float:
    """Return the smallest true difference of two rates that McNemar's test finds with `power`; NaN where none is.

    num_pairs: (effective) pairs; discordance: share of pairs on which just one of the two is right, which bounds
    the difference. The root of R. J. Connor's sample size for matched pairs ("Sample size for testing differences
    in proportions for the paired-sample design", Biometrics 43 (1987), 207-211), solved for the difference.
    """
    z_alpha, z_beta = float(ndtri(1 - alpha / 2)), float(ndtri(power))
    root = z_alpha**2 * num_pairs - (num_pairs + z_beta**2) * (z_alpha**2 - z_beta**2)
    if num_pairs <= 0 or not discordance > 0 or root < 0:
        return float("nan")
    found = np.sqrt(discordance) * (z_alpha * np.sqrt(num_pairs) + np.sqrt(root)) / (num_pairs + z_beta**2)
    return float(found) if found <= discordance else float("nan")
