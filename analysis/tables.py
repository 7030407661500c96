"""The leaderboard, recall by operator, and the outcomes, as pure functions from frames to frames.

Every rate divides by the dataset's pairs: an unscored or absent cell counts as not right.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.cells import ALL, Cells, Flags, lay_out
from analysis.clusters import Clusters, own_clusters
from analysis.intervals import Rates, divide
from analysis.rates import counted_rates
from analysis.scopes import changed_mask, operator_masks, tier_mask
from schemas.tables import LEADERBOARD, RECALL_BY_OPERATOR, check
from schemas.vocabulary import CHANGED_TIERS

Columns = Mapping[str, Any]
"""Column name to an array, a list, or one value for all rows."""
_FOUND = (1, 2)
"""`Cells.verdict` of `correct` and `partial`."""


def as_table(columns: Columns, schema: pl.Schema, name: str) -> pl.DataFrame:
    """Return columns as a checked table: NaN becomes null, what is not given is null."""
    frame = pl.DataFrame(dict(columns))
    floats = [column for column, dtype in frame.schema.items() if dtype.is_float()]
    frame = frame.with_columns(pl.col(floats).fill_nan(None)) if floats else frame
    absent = [pl.lit(None, dtype=dtype).alias(column) for column, dtype in schema.items() if column not in columns]
    return check(frame.with_columns(absent).select(schema.names()).cast(schema), schema, name)


def stack(parts: Sequence[Columns], schema: pl.Schema, name: str) -> pl.DataFrame:
    """Return parts of a table below each other as one checked table; an empty one where there are none.

    Each part names the same columns. One value stands for all rows of its part, whose number the arrays tell. A table
    is made of columns at once: a frame for each of a thousand parts would take longer than all counting.
    """
    if not parts:
        return schema.to_frame()
    sizes = [next(len(column) for column in part.values() if isinstance(column, np.ndarray)) for part in parts]
    whole = {column: _joined([part[column] for part in parts], sizes) for column in parts[0]}
    return as_table(whole, schema, name)


def _joined(columns: Sequence[Any], sizes: Sequence[int]) -> NDArray[np.generic] | list[object]:
    if all(isinstance(column, np.ndarray) for column in columns):
        joined: NDArray[np.generic] = np.concatenate(columns)
        return joined
    return [
        value
        for column, size in zip(columns, sizes, strict=True)
        for value in (column if isinstance(column, list | np.ndarray | pl.Series) else [column] * size)
    ]


def bounded(name: str, rates: Rates) -> dict[str, Any]:
    """Return a rate's three columns."""
    return {name: rates.rate, f"{name}_low": rates.low, f"{name}_high": rates.high}


def leaderboard(verdicts: pl.DataFrame | pl.LazyFrame, pairs: pl.DataFrame, roles: Mapping[str, str]) -> pl.DataFrame:
    """Return one LEADERBOARD row for each (judge, model) that has a verdict.

    verdicts: VERDICTS; pairs: RUN_PAIRS; roles: model name to role, `model` where it isn't named.
    """
    return leaderboard_of(lay_out(verdicts, pairs), roles)


def leaderboard_of(cells: Cells, roles: Mapping[str, str], clusters: Clusters | None = None) -> pl.DataFrame:
    """Return the LEADERBOARD of cells that are laid out.

    `num_judged` counts cells with an `is_correct`, so with `num_unscored` it adds up to `num_pairs`. `precision`
    is over claims: right changed pairs against those and the hallucinations on all pairs; null without claims.
    Rates without pairs are null. Intervals are Wilson's, at the effective number of pairs where `clusters`
    (`own_clusters` unless given) bind them.
    """
    clusters = clusters or own_clusters(cells.pairs)
    num_judged, num_right = cells.is_scored.sum(axis=1), cells.is_right.sum(axis=1)
    num_pairs = len(cells.pairs)
    columns: dict[str, Any] = {name: cells.rows[name] for name in ("model", "judge")}
    columns["role"] = [roles.get(model, "model") for model in cells.rows["model"]]
    columns["num_pairs"] = np.full(len(cells.rows), num_pairs)
    columns |= {"num_judged": num_judged, "num_unscored": num_pairs - num_judged}
    for rate in counted_rates(cells):
        columns |= bounded(rate.name, rate.interval(clusters))
    columns["overall_best"] = divide(num_right + num_pairs - num_judged, columns["num_pairs"])
    columns["overall_judged"] = divide(num_right, num_judged)
    return as_table(columns, LEADERBOARD, "leaderboard")


def found_rates(verdicts: pl.DataFrame | pl.LazyFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return `judge, model, found, unboxed_recall, num_boxed`, rates over the changed pairs."""
    return found_rates_of(lay_out(verdicts, pairs))


def found_rates_of(cells: Cells) -> pl.DataFrame:
    """Return `judge, model, found, unboxed_recall, num_boxed`, rates over the changed pairs.

    `found`: the element was found (`correct` or `partial`). `unboxed_recall`: `diff_recall` without the answers
    that a judge matched by a pixel box, which favour classical baselines; `num_boxed` counts those.
    """
    changed = changed_mask(cells.pairs)
    right, boxed = cells.is_right[:, changed], cells.is_boxed[:, changed]
    num_changed = np.full(len(cells.rows), changed.sum())
    rates = {
        "found": divide(np.isin(cells.verdict[:, changed], _FOUND).sum(axis=1), num_changed),
        "unboxed_recall": divide((right & ~boxed).sum(axis=1), num_changed),
    }
    counted = cells.rows.with_columns(
        **{name: pl.Series(values, dtype=pl.Float64).fill_nan(None) for name, values in rates.items()},
        num_boxed=pl.Series((right & boxed).sum(axis=1), dtype=pl.Int64),
    )
    return counted.filter(pl.lit(bool(changed.any())))


def recall_by_operator(verdicts: pl.DataFrame | pl.LazyFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return RECALL_BY_OPERATOR: each (judge, model) by operator and tier, the tier `all` included."""
    return recall_by_operator_of(lay_out(verdicts, pairs))


def recall_by_operator_of(cells: Cells, clusters: Clusters | None = None) -> pl.DataFrame:
    """Return RECALL_BY_OPERATOR of cells that are laid out; intervals as in `leaderboard_of`.

    A pair with mutations of several operators counts in each of them.
    """
    clusters = clusters or own_clusters(cells.pairs)
    tiers = {**{tier: tier_mask(cells.pairs, tier) for tier in CHANGED_TIERS}, ALL: changed_mask(cells.pairs)}
    parts = []
    for operator, is_held in operator_masks(cells.pairs):
        for tier, is_tier in tiers.items():
            if (is_held & is_tier).any():
                parts.append(_recall(cells, clusters, is_held & is_tier, {"operator": operator, "tier": tier}))
    tier_order = pl.col("tier").cast(pl.Enum(list(tiers)))
    return stack(parts, RECALL_BY_OPERATOR, "recall_by_operator").sort("judge", "model", "operator", tier_order)


def _recall(cells: Cells, clusters: Clusters, is_held: Flags, named: Columns) -> Columns:
    places = np.flatnonzero(is_held)
    right = cells.is_right[:, places]
    return {
        **{name: cells.rows[name].to_list() for name in ("model", "judge")},
        **named,
        "num_pairs": len(places),
        "num_judged": cells.is_scored[:, places].sum(axis=1),
        "num_correct": right.sum(axis=1),
        **bounded("recall", clusters.within(places).rates(right)),
    }


def outcomes(verdicts: pl.DataFrame | pl.LazyFrame, num_cells: int) -> pl.DataFrame:
    """Return `status, error_type, num_cells` over the cells of repeat 0, adding up to `num_cells`.

    `num_cells`: how many the run was to hold; those without a row are `absent`.
    """
    rows = verdicts.lazy().filter(pl.col("repeat") == 0).group_by("status", "error_type")
    counts = rows.agg(pl.len().cast(pl.Int64).alias("num_cells")).collect()
    num_absent = num_cells - int(counts["num_cells"].sum())
    if num_absent > 0:
        absent = {"status": ["absent"], "error_type": [None], "num_cells": [num_absent]}
        counts = pl.concat([counts, pl.DataFrame(absent, schema=counts.schema)])
    return counts.sort("num_cells", "status", "error_type", descending=[True, False, False])
