"""Which pairs belong together: sums within clusters, and resamples of whole clusters."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from analysis.cells import CLUSTER_UNITS, Places
from analysis.intervals import Bounds, Numbers, Rates, clustered_rates, independent_rates, student_quantile

PAIR: Final = "pair"
"""The unit where pairs stand alone."""
_PAGE: Final = "page_id"
_BLOCK_NUMBERS: Final = 4_000_000
"""Draws held at once: 250 resamples of 4,400 pairs are 9 MB of counts."""
_MIN_BLOCK, _MAX_BLOCK = 16, 250


@dataclass(frozen=True, eq=False)
class Clusters:
    """Hold the cluster of each pair, numbered from 0."""

    unit: str
    """`pair`, or the pairs table's column."""
    codes: Places

    @cached_property
    def num_clusters(self) -> int:
        """Return how many there are."""
        return int(self.codes.max()) + 1 if len(self.codes) else 0

    @cached_property
    def _order(self) -> tuple[Places, Places]:
        """Return the pairs sorted by cluster, and where each cluster starts among them."""
        order = np.argsort(self.codes, kind="stable")
        return order, np.searchsorted(self.codes[order], np.arange(self.num_clusters))

    @property
    def is_single(self) -> bool:
        """Tell whether every pair is its own cluster."""
        return self.num_clusters == len(self.codes)

    def within(self, places: Places) -> "Clusters":
        """Return the clusters of some of the pairs."""
        if self.is_single:
            return Clusters(self.unit, np.arange(len(places)))
        return Clusters(self.unit, np.unique(self.codes[places], return_inverse=True)[1])

    def sums(self, values: NDArray[np.generic]) -> Numbers:
        """Return the sum within each cluster: (..., pairs) to (..., clusters)."""
        if self.is_single:
            return values.astype(np.float64)
        order, starts = self._order
        return np.add.reduceat(values[..., order], starts, axis=-1, dtype=np.float64)

    def rates(self, successes: NDArray[np.generic], trials: NDArray[np.generic] | None = None) -> Rates:
        """Return a rate for each row of `successes` (rows, pairs), with its interval.

        trials: how many each pair holds; one each unless given.
        """
        if trials is None and self.is_single:
            return independent_rates(successes.sum(axis=-1), np.full(successes.shape[:-1], successes.shape[-1]))
        if not len(self.codes):
            return independent_rates(np.zeros(successes.shape[:-1]), np.zeros(successes.shape[:-1]))
        counted = np.ones(len(self.codes)) if trials is None else trials
        return clustered_rates(self.sums(successes), self.sums(counted))


def pair_clusters(pairs: pl.DataFrame) -> Clusters:
    """Return every pair as its own cluster."""
    return Clusters(PAIR, np.arange(len(pairs)))


def clusters_of(pairs: pl.DataFrame, unit: str) -> Clusters:
    """Return the clusters by a column of the pairs table; a pair without a value is its own."""
    named = pl.when(pl.col(unit).is_null()).then(pl.concat_str(pl.lit("\0"), "pair_id")).otherwise(unit)
    return Clusters(unit, pairs.select(named.rank("dense") - 1).to_series().to_numpy().astype(np.int64))


def given_clusters(pairs: pl.DataFrame) -> list[Clusters]:
    """Return the pairs as their own clusters, and one for each unit that binds at least two of them."""
    named = [clusters_of(pairs, unit) for unit in CLUSTER_UNITS if pairs[unit].is_not_null().any()]
    return [pair_clusters(pairs), *(clusters for clusters in named if not clusters.is_single)]


def own_clusters(pairs: pl.DataFrame) -> Clusters:
    """Return the clusters that leaderboards reckon with: pages where one holds several pairs, else the pairs.

    Pairs of one page share its look, so one model's answers to them rise and fall together. Templates and domains
    are what a dataset was spread over on purpose; the `intervals` table shows those, too.
    """
    return next((found for found in given_clusters(pairs) if found.unit == _PAGE), pair_clusters(pairs))


def resampled_sums(values: Numbers, *, num_resamples: int, seed: int) -> Iterator[Numbers]:
    """Yield blocks of bootstrap sums of (features, clusters): (resamples, features), `num_resamples` in all.

    Each resample draws as many clusters as there are, with replacement. Sums are exact where they stay below
    2**24, since they run in single precision.
    Source: B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979), 1-26; whole
    clusters: A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their Application" (1997), section 3.8.
    """
    num_clusters = values.shape[-1]
    if not num_clusters:
        return
    columns = np.ascontiguousarray(values.T, dtype=np.float32)
    generator = np.random.default_rng(seed)
    block = int(np.clip(_BLOCK_NUMBERS // num_clusters, _MIN_BLOCK, _MAX_BLOCK))
    for start in range(0, num_resamples, block):
        counts = resample_counts(generator, min(block, num_resamples - start), num_clusters)
        yield (counts @ columns).astype(np.float64)


def resample_counts(generator: np.random.Generator, num_resamples: int, num_items: int) -> NDArray[np.float32]:
    """Return how often each resample of `num_items` with replacement holds each: (resamples, items)."""
    drawn = generator.integers(0, num_items, size=(num_resamples, num_items))
    drawn += np.arange(num_resamples)[:, None] * num_items
    counts = np.bincount(drawn.ravel(), minlength=num_resamples * num_items)
    return counts.reshape(num_resamples, num_items).astype(np.float32)


def percentile_interval(draws: Numbers, *, num_clusters: int | None = None) -> Bounds:
    """Return the 2.5% and 97.5% quantiles over resamples (the first axis); NaN where over half of them are NaN.

    num_clusters: how many were resampled; the quantiles move outwards as Student's do, since few clusters resampled
    vary too little. None: they stay.
    Source: Efron (1979), percentile method; T. C. Hesterberg, "What teachers should know about the bootstrap", The
    American Statistician 69 (2015), 371-386, expanded percentiles.
    """
    if not len(draws):
        return Bounds(*(np.full(draws.shape[1:], np.nan) for _ in range(2)))
    tail = 0.025 if num_clusters is None else _expanded_tail(num_clusters)
    if not np.isnan(draws).any():
        return Bounds(*np.quantile(draws, [tail, 1 - tail], axis=0))
    num_found = (~np.isnan(draws)).sum(axis=0)
    filled = np.where(num_found > 0, draws, 0.0)
    low, high = np.nanquantile(filled, [tail, 1 - tail], axis=0)
    is_told = 2 * num_found >= len(draws)
    return Bounds(np.where(is_told, low, np.nan), np.where(is_told, high, np.nan))


def _expanded_tail(num_clusters: int) -> float:
    if num_clusters < 2:
        return 0.025
    wider = np.sqrt(num_clusters / (num_clusters - 1)) * student_quantile(num_clusters - 1)
    return float(ndtr(-wider))
