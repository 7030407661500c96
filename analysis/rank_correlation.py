"""Spearman's correlation of one measure with many outcomes, with an interval that knows ties and clusters."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.clusters import Clusters
from analysis.intervals import Numbers, student_quantile


class Correlations(NamedTuple):
    """Hold rank correlations, one for each outcome, with their 95% intervals; NaN where there is none."""

    correlation: Numbers
    low: Numbers
    high: Numbers


class _Ranked(NamedTuple):
    """Hold values as centred mid-ranks in (-1/2, 1/2), and what each observation moves."""

    centred: Numbers
    variance: Numbers
    variance_influence: Numbers


class RankedMeasure(NamedTuple):
    """Hold a measure's order, where each group of ties starts in it, and its ranks: made once for many outcomes."""

    order: NDArray[np.int64]
    groups: NDArray[np.int64]
    ranks: _Ranked


def rank_measure(measure: Numbers) -> RankedMeasure:
    """Return a measure (pairs) as `spearman` takes it."""
    if not len(measure):
        return RankedMeasure(*(np.empty(0, np.int64),) * 2, _Ranked(*(np.empty(0),) * 3))
    order, groups = _sorted_groups(measure)
    return RankedMeasure(order, groups, _ranked(measure, order, groups))


def spearman(measure: RankedMeasure, outcomes: Numbers, clusters: Clusters) -> Correlations:
    """Return Spearman's rho between a measure, ranked, and each row of outcomes (rows, pairs).

    Mid-ranks for ties: against right or wrong, rho can't reach 1. The standard error is the infinitesimal
    jackknife's: the root of the sum over clusters of their influence squared, where an observation's influence is
    its own product of ranks plus what it moves the ranks of the others; the interval is Fisher's z with Student's
    quantile. NaN where either side is constant; no interval at +-1 or over a single cluster.
    Source: C. Spearman, "The proof and measurement of association between two things", American J. Psychology 15
    (1904); L. A. Jaeckel, "The infinitesimal jackknife", Bell Laboratories memorandum (1972); the influence of
    ranks: C. Croux and C. Dehon, "Influence functions of the Spearman and Kendall correlation measures",
    Statistical Methods and Applications 19 (2010), 497-515.
    """
    order, groups, first = measure
    num_pairs = len(order)
    if not num_pairs:
        return Correlations(*(np.full(len(outcomes), np.nan) for _ in range(3)))
    second = _rows_ranked(outcomes)
    covariance = (second.centred * first.centred).mean(axis=-1)
    moved = _later_means(second.centred, order, groups)
    own = first.centred * second.centred - 2 * covariance[:, None]
    influence = own + moved + _moved_by_outcomes(first, outcomes, covariance)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.sqrt(first.variance * second.variance)
        rho = covariance / scale
        influence = influence / scale[:, None] - rho[:, None] / 2 * (
            first.variance_influence / first.variance + second.variance_influence / second.variance[:, None]
        )
    return _fisher(rho, clusters.sums(influence), num_pairs)


def _fisher(rho: Numbers, influence: Numbers, num_pairs: int) -> Correlations:
    num_clusters = influence.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = (influence**2).sum(axis=-1) * num_clusters / (num_clusters - 1) / num_pairs**2
        half = student_quantile(num_clusters - 1) * np.sqrt(variance) / (1 - rho**2)
        low, high = np.tanh(np.arctanh(rho) - half), np.tanh(np.arctanh(rho) + half)
    is_told = np.isfinite(half) & (np.abs(rho) < 1)
    return Correlations(rho, np.where(is_told, low, np.nan), np.where(is_told, high, np.nan))


def _sorted_groups(values: Numbers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ascending order, and where each group of ties starts in it."""
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    return order, np.flatnonzero(np.concatenate([[True], ascending[1:] != ascending[:-1]]))


def _ranked(values: Numbers, order: NDArray[np.int64], groups: NDArray[np.int64]) -> _Ranked:
    num_pairs = len(values)
    ends = np.append(groups[1:], num_pairs)
    centred = np.empty(num_pairs)
    centred[order] = np.repeat((groups + ends) / (2 * num_pairs) - 0.5, ends - groups)
    variance = (centred**2).mean()
    moved = _later_means(centred[None], order, groups)[0]
    return _Ranked(centred, variance, centred**2 + 2 * moved - 3 * variance)


def _later_means(values: Numbers, order: NDArray[np.int64], groups: NDArray[np.int64]) -> Numbers:
    """Return for each observation the sum of `values` over later ones and half its ties, by the number of all."""
    num_pairs = values.shape[-1]
    sums = np.add.reduceat(values[:, order], groups, axis=-1)
    later = np.cumsum(sums[:, ::-1], axis=-1)[:, ::-1] - sums / 2
    moved = np.empty(values.shape)
    moved[:, order] = np.repeat(later, np.diff(np.append(groups, num_pairs)), axis=-1) / num_pairs
    return moved


def _is_binary(outcomes: Numbers) -> bool:
    return bool(((outcomes == 0) | (outcomes == 1)).all())


def _rows_ranked(outcomes: Numbers) -> _Ranked:
    """Rank each row; of right or wrong in closed form, since a row has two ranks then."""
    if not _is_binary(outcomes):
        ranked = [_ranked(row, *_sorted_groups(row)) for row in outcomes]
        return _Ranked(*(np.array(part) for part in zip(*ranked, strict=True)))
    share = outcomes.mean(axis=-1, keepdims=True)
    centred = (outcomes - share) / 2
    variance = (centred**2).mean(axis=-1)
    return _Ranked(centred, variance, centred**2 - variance[:, None])


def _moved_by_outcomes(first: _Ranked, outcomes: Numbers, covariance: Numbers) -> Numbers:
    """Return how far each observation moves the others' ranks among the outcomes, less the mean of that."""
    if _is_binary(outcomes):
        return np.zeros((len(outcomes), 1))
    moved = [_later_means(first.centred[None], *_sorted_groups(row))[0] for row in outcomes]
    return np.array(moved) - covariance[:, None]
