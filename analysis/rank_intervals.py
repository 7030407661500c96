"""Ranks with what is known of them: intervals by resampling, the ranks that the tests leave open, and rank flips."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.agreement import places_of
from analysis.cells import Cells, Places
from analysis.clusters import Clusters, percentile_interval, resampled_sums
from analysis.intervals import Numbers
from analysis.ranking import ranked
from analysis.scopes import OVERALL, changed_mask
from analysis.tables import as_table
from schemas.analysis_tables import RANK_FLIPS, RANKS


def ranks(
    cells: Cells, board: pl.DataFrame, compared: pl.DataFrame, clusters: Clusters, *, num_resamples: int, seed: int
) -> pl.DataFrame:
    """Return RANKS: one row for each (judge, model) that is no probe, best first.

    board: LEADERBOARD; compared: COMPARISONS. `rank` as `ranked` gives it. `rank_low` to `rank_high`: the 95%
    percentile interval of the rank over resamples of pairs, or of whole clusters; `share_first`: the share of
    resamples in which no other row stands before it. Models that stand level make such an interval too narrow
    (P. Hall and H. Miller, "Using the bootstrap to quantify the authority of an empirical ranking", Annals of
    Statistics 37 (2009), 3929-3959), so `rank_best` to `rank_worst` hold the ranks that the corrected tests leave
    open: 1 + the rows that are significantly better, to all rows less those significantly worse, which holds for
    all rows at once (M. Mogstad et al., "Inference for ranks", Review of Economic Studies 91 (2024), 476-518).
    """
    parts = []
    for (judge,), rows in ranked(board).partition_by("judge", as_dict=True, maintain_order=True).items():
        standing = rows.filter(pl.col("rank").is_not_null())
        places = places_of(cells, str(judge), standing["model"].to_list())
        drawn = _drawn_ranks(cells, places, clusters, num_resamples=num_resamples, seed=seed)
        parts.append(_rank_rows(rows, standing, drawn, _open_ranks(compared, str(judge), standing["model"].to_list())))
    return pl.concat([RANKS.to_frame(), *parts])


def _drawn_ranks(cells: Cells, places: Places, clusters: Clusters, *, num_resamples: int, seed: int) -> Numbers:
    """Return the rank of each row in each resample: by right answers, then by right ones on changed pairs."""
    if not len(places) or not num_resamples:
        return np.empty((0, len(places)))
    right = cells.is_right[places]
    # One sum orders by both: a right answer outweighs all ties broken by changed pairs.
    on_changed = clusters.sums(right & changed_mask(cells.pairs))
    both = np.concatenate([clusters.sums(right), on_changed])
    found = []
    for block in resampled_sums(both, num_resamples=num_resamples, seed=seed):
        scores = block[:, : len(places)] * (2.0**26) + block[:, len(places) :]
        found.append(1.0 + (scores[:, None, :] > scores[:, :, None]).sum(axis=2))
    return np.concatenate(found)


def _open_ranks(compared: pl.DataFrame, judge: str, models: list[str]) -> pl.DataFrame:
    """Return `model, rank_best, rank_worst` among the ranked models; `model_a` leads where it is significant."""
    held = pl.col("model_a").is_in(models) & pl.col("model_b").is_in(models) & (pl.col("judge") == judge)
    stands = compared.filter(held & (pl.col("scope_kind") == OVERALL) & pl.col("is_significant"))
    # Over the pairs that both were scored on, the order may be the other way round.
    winner = pl.when(pl.col("difference") > 0).then("model_a").otherwise("model_b")
    loser = pl.when(pl.col("difference") > 0).then("model_b").otherwise("model_a")
    pairs = stands.select(winner.alias("winner"), loser.alias("loser"))
    return pl.DataFrame(
        {
            "model": models,
            "rank_best": [1 + int((pairs["loser"] == model).sum()) for model in models],
            "rank_worst": [len(models) - int((pairs["winner"] == model).sum()) for model in models],
        },
        schema={"model": pl.String, "rank_best": pl.Int64, "rank_worst": pl.Int64},
    )


def _rank_rows(rows: pl.DataFrame, standing: pl.DataFrame, drawn: Numbers, left_open: pl.DataFrame) -> pl.DataFrame:
    interval = percentile_interval(drawn)
    first = (drawn == 1).mean(axis=0) if len(drawn) else interval.low
    found = left_open.with_columns(
        rank_low=pl.Series(np.floor(interval.low)).fill_nan(None).cast(pl.Int64),
        rank_high=pl.Series(np.ceil(interval.high)).fill_nan(None).cast(pl.Int64),
        share_first=pl.Series(first, dtype=pl.Float64).fill_nan(None),
    )
    joined = rows.join(found, on="model", how="left", maintain_order="left")
    only = pl.lit("one ranked row: its rank is certain") if len(standing) == 1 else pl.lit(None, dtype=pl.String)
    columns = joined.with_columns(reason=pl.coalesce(pl.col("unranked_reason"), only)).to_dict()
    return as_table({name: columns[name] for name in RANKS}, RANKS, "ranks")


def rank_flips(cells: Cells, compared: pl.DataFrame) -> pl.DataFrame:
    """Return RANK_FLIPS: every two models that two judges put in opposite orders, over the pairs both judges scored.

    compared: COMPARISONS. `model_a` leads under `judge_a`, `model_b` under `judge_b`; the differences are
    `model_a`'s rate less `model_b`'s. p-values are those of each judge's own comparison of the two over all its
    pairs; `is_backed`: both judges' differences stand after Holm's correction, so that the judges contradict each
    other beyond chance.
    """
    parts = [
        _flips(cells, compared.filter(pl.col("scope_kind") == OVERALL), judge_a, judge_b)
        for judge_a, judge_b in itertools.combinations(cells.judges, 2)
    ]
    return pl.concat([RANK_FLIPS.to_frame(), *parts])


def _flips(cells: Cells, compared: pl.DataFrame, judge_a: str, judge_b: str) -> pl.DataFrame:
    known = set(compared["model_a"]) | set(compared["model_b"])
    models = sorted(set(cells.models_of(judge_a)) & set(cells.models_of(judge_b)) & known)
    first, second = places_of(cells, judge_a, models), places_of(cells, judge_b, models)
    shared = (cells.is_scored[first] & cells.is_scored[second]).all(axis=0)
    num_right = [cells.is_right[places][:, shared].sum(axis=1) for places in (first, second)]
    tests = {
        (row["judge"], frozenset((row["model_a"], row["model_b"]))): row
        for row in compared.filter(pl.col("judge").is_in([judge_a, judge_b])).iter_rows(named=True)
    }
    rows = []
    for one, other in itertools.permutations(range(len(models)), 2):
        difference_a, difference_b = ((right[one] - right[other]) / max(shared.sum(), 1) for right in num_right)
        if difference_a > 0 > difference_b:
            both = [tests[judge, frozenset((models[one], models[other]))] for judge in (judge_a, judge_b)]
            names = {"judge_a": judge_a, "judge_b": judge_b, "model_a": models[one], "model_b": models[other]}
            rows.append(
                {**names, "num_pairs": int(shared.sum()), **_flip(float(difference_a), float(difference_b), both)}
            )
    return pl.DataFrame(rows, schema=RANK_FLIPS)


def _flip(difference_a: float, difference_b: float, both: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    of_a, of_b = both
    return {
        "difference_a": difference_a, "difference_b": difference_b,
        "p_value_a": of_a["p_value"], "p_value_b": of_b["p_value"],
        "p_holm_a": of_a["p_holm"], "p_holm_b": of_b["p_holm"],
        "is_backed": bool(of_a["is_significant"] and of_b["is_significant"]),
    }  # fmt: skip
