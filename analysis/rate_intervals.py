"""Leaderboard rates with all their intervals: by each unit that may bind pairs, resampled, unscored cells bounded."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from analysis.cells import Cells
from analysis.clusters import PAIR, Clusters, given_clusters, percentile_interval, resampled_sums
from analysis.comparisons import ONE_CLUSTER
from analysis.intervals import Bounds, Numbers, divide
from analysis.rates import PRECISION, CountedRate, counted_rates
from analysis.tables import Columns, stack
from schemas.analysis_tables import INTERVALS

_NO_TRIALS = "nothing to count"


def intervals(cells: Cells, units: Sequence[Clusters] | None = None, *, num_resamples: int, seed: int) -> pl.DataFrame:
    """Return INTERVALS: each row's rates by `pair` and by each of `page_id`, `template_id`, `domain` that binds pairs.

    `low`, `high`: Wilson's at the effective number of trials (`clustered_rates`). `bootstrap_low`, `bootstrap_high`:
    the expanded percentile interval over resampled clusters, null without
    resamples. `worst`, `best`: the rate with every
    unscored cell wrong (which is the rate itself), and right; of precision they are null, claims aren't cells.
    Source of the bounds: C. F. Manski, "Nonparametric bounds on treatment effects", American Economic Review 80
    (1990), 319-323.
    """
    rates = list(counted_rates(cells))
    parts = []
    for clusters in given_clusters(cells.pairs) if units is None else units:
        drawn = _bootstrap(cells, rates, clusters, num_resamples=num_resamples, seed=seed)
        parts += [_of_rate(cells, rate, clusters, bounds) for rate, bounds in zip(rates, drawn, strict=True)]
    order = {"rate": [rate.name for rate in rates], "place": range(len(rates))}
    ordered = stack(parts, INTERVALS, "intervals").join(pl.DataFrame(order), on="rate", how="left")
    return ordered.sort("judge", "model", "place", pl.col("unit") != PAIR, "unit").drop("place")


def _of_rate(cells: Cells, rate: CountedRate, clusters: Clusters, drawn: Bounds) -> Columns:
    found = rate.interval(clusters)
    size = np.full(len(cells.rows), len(rate.pairs))
    num_right = rate.num_right.sum(axis=1)
    num_trials = size if rate.num_trials is None else rate.num_trials.sum(axis=1)
    unbounded = np.full(len(size), np.nan)
    is_bounded = rate.name != PRECISION
    why = np.where(num_trials == 0, 1, np.where(np.isnan(found.low), 2, 0))
    return {
        **{name: cells.rows[name].to_list() for name in ("judge", "model")},
        "rate": rate.name, "unit": clusters.unit, "num_clusters": found.num_clusters, "num_trials": num_trials,
        "num_right": num_right, "num_unscored": rate.num_unscored, "estimate": found.rate, "low": found.low,
        "high": found.high, "design_effect": found.design_effect, "bootstrap_low": drawn.low,
        "bootstrap_high": drawn.high, "worst": divide(num_right, size) if is_bounded else unbounded,
        "best": divide(num_right + rate.num_unscored, size) if is_bounded else unbounded,
        "reason": [(None, _NO_TRIALS, ONE_CLUSTER)[case] for case in why],
    }  # fmt: skip


def _bootstrap(
    cells: Cells, rates: list[CountedRate], clusters: Clusters, *, num_resamples: int, seed: int
) -> list[Bounds]:
    """Return each rate's percentile bounds; one set of resamples serves all."""
    num_rows = len(cells.rows)
    if not num_rows or not num_resamples or not len(cells.pairs):
        nothing = np.full(num_rows, np.nan)
        return [Bounds(nothing, nothing) for _ in rates]
    features = [sums for rate in rates for sums in _features(rate, clusters, num_rows)]
    ends = np.cumsum([len(part) for part in features])[:-1]
    blocks = []
    for block in resampled_sums(np.concatenate(features), num_resamples=num_resamples, seed=seed):
        parts = np.split(block, ends, axis=1)
        blocks.append([divide(right, trials) for right, trials in zip(parts[::2], parts[1::2], strict=True)])
    num_clusters = clusters.num_clusters
    drawn = (np.concatenate(column) for column in zip(*blocks, strict=True))
    return [percentile_interval(column, num_clusters=num_clusters) for column in drawn]


def _features(rate: CountedRate, clusters: Clusters, num_rows: int) -> tuple[Numbers, Numbers]:
    """Return the sums in each cluster of what is right, (rows, clusters), and of trials, (1 or rows, clusters)."""
    num_pairs = len(clusters.codes)
    right = np.zeros((num_rows, num_pairs), dtype=np.int32)
    right[:, rate.pairs] = rate.num_right
    trials = np.zeros((1 if rate.num_trials is None else num_rows, num_pairs), dtype=np.int32)
    trials[:, rate.pairs] = 1 if rate.num_trials is None else rate.num_trials
    return clusters.sums(right), clusters.sums(trials)
