"""Intervals of rates: Wilson's, and Wilson's with the design effect of pairs that come in clusters."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Numbers = NDArray[np.float64]

Z_95: Final = 1.959963984540054
"""The standard normal quantile at 0.975."""
_UPPER: Final = 0.975


class Bounds(NamedTuple):
    """Hold the two ends of 95% intervals; NaN where there is none."""

    low: Numbers
    high: Numbers


class Rates(NamedTuple):
    """Hold rates with their 95% intervals, one for each row."""

    rate: Numbers
    low: Numbers
    high: Numbers
    design_effect: Numbers
    """How many times as wide as independent trials make it the squared standard error is; at least 1."""
    num_clusters: NDArray[np.int64]


def divide(part: ArrayLike, whole: ArrayLike) -> Numbers:
    """Return the quotient, NaN where `whole` is 0."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    shape = np.broadcast_shapes(part.shape, whole.shape)
    quotient: Numbers = np.divide(part, whole, out=np.full(shape, np.nan), where=np.broadcast_to(whole > 0, shape))
    return quotient


def wilson(successes: ArrayLike, trials: ArrayLike, *, critical: ArrayLike = Z_95) -> Bounds:
    """Return the score interval of binomial rates; NaN where there were no trials. `trials` need not be whole.

    critical: the quantile of the standard normal, or of Student's t where the variance was estimated.
    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927),
    209-212; without continuity correction.
    """
    successes, trials = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    z2 = np.asarray(critical, dtype=np.float64) ** 2
    rate = divide(successes, trials)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
        half = np.sqrt(z2 * (rate * (1 - rate) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    # At 0 and at all successes the bound is exact; rounding must not push it past the rate.
    low = np.where(successes == 0, 0.0, centre - half)
    high = np.where(successes == trials, 1.0, centre + half)
    has_trials = trials > 0
    return Bounds(np.where(has_trials, low, np.nan), np.where(has_trials, high, np.nan))


def independent_rates(successes: ArrayLike, trials: ArrayLike) -> Rates:
    """Return rates of independent trials with Wilson's interval; NaN where there were none."""
    successes, trials = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(trials, np.float64))
    bounds = wilson(successes, trials)
    effect = np.where(trials > 0, 1.0, np.nan)
    return Rates(divide(successes, trials), bounds.low, bounds.high, effect, trials.astype(np.int64))


def clustered_rates(successes: Numbers, trials: Numbers) -> Rates:
    """Return rates over trials that come in clusters, with Wilson's interval at the effective number of trials.

    successes, trials: (rows, clusters), sums within each cluster; a cluster without trials doesn't count.
    The squared standard error of the ratio is the sum over G clusters of (successes - rate x trials)^2, times
    G / (G - 1), by the squared trials; the design effect is that against a binomial's, and never below 1. At rates
    of 0 and 1 it can't be estimated: each cluster then counts as a single trial. The quantile is Student's with
    G - 1 degrees of freedom. One trial per cluster is Wilson's own interval; a single cluster has none.
    Source: J. N. K. Rao and A. J. Scott, "A simple method for the analysis of clustered binary data", Biometrics 48
    (1992), 577-585, for the design effect; N. Dean and M. Pagano, "Evaluating confidence interval methods for
    binomial proportions in clustered surveys", J. Survey Statistics and Methodology 3 (2015), 484-503, for Wilson's
    interval at the effective size with Student's quantile.
    """
    trials = np.broadcast_to(trials, successes.shape)
    num_clusters = (trials > 0).sum(axis=-1)
    part, whole = successes.sum(axis=-1), trials.sum(axis=-1)
    rate = divide(part, whole)
    if not trials.size or trials.max() <= 1:
        return independent_rates(part, whole)
    effect = _design_effect(successes - rate[..., None] * trials, rate, whole, num_clusters)
    is_single = trials.max(axis=-1) <= 1
    critical = np.where(is_single, Z_95, student_quantile(num_clusters - 1))
    effect = np.where(is_single & (whole > 0), 1.0, effect)
    bounds = wilson(divide(part, effect), divide(whole, effect), critical=critical)
    has_interval = is_single | (num_clusters > 1)
    low, high = (np.where(has_interval, bound, np.nan) for bound in bounds)
    # Dividing both by the effect may part them by a rounding.
    low, high = np.where(part == 0, low * 0, low), np.where(part == whole, high * 0 + 1, high)
    return Rates(rate, low, high, effect, num_clusters)


def _design_effect(residuals: Numbers, rate: Numbers, whole: Numbers, num_clusters: NDArray[np.int64]) -> Numbers:
    squares = np.einsum("...g,...g->...", residuals, residuals)
    variance = squares * divide(num_clusters, num_clusters - 1)
    binomial = rate * (1 - rate) * whole
    estimated = np.fmax(divide(variance, binomial), 1.0)
    is_constant = (rate == 0) | (rate == 1)
    effect = np.where(is_constant, divide(whole, num_clusters), estimated)
    return np.where(num_clusters > 0, effect, np.nan)


def student_quantile(degrees: ArrayLike) -> Numbers:
    """Return Student's quantile at 0.975; NaN below one degree of freedom."""
    degrees = np.asarray(degrees, dtype=np.float64)
    return np.where(degrees >= 1, stdtrit(np.fmax(degrees, 1.0), _UPPER), np.nan)
