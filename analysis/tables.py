"""The leaderboard, recall by operator, and the outcomes, as pure functions from frames to frames.

Every rate divides by the dataset's pairs: an unscored or absent cell counts as not right.
"""

from collections.abc import Mapping

import polars as pl

from analysis.cells import official_pairs, scored_cells
from analysis.statistics import share, wilson
from schemas.tables import LEADERBOARD, RATES, RECALL_BY_OPERATOR, check
from schemas.vocabulary import CHANGED_TIERS, VERDICTS_OF_A_JUDGE

_ROW = ("judge", "model")
_FOUND = VERDICTS_OF_A_JUDGE[:2]
_BY_BOX = "box"


def leaderboard(verdicts: pl.DataFrame | pl.LazyFrame, pairs: pl.DataFrame, roles: Mapping[str, str]) -> pl.DataFrame:
    """Return one LEADERBOARD row for each (judge, model) that has a verdict.

    verdicts: VERDICTS; pairs: RUN_PAIRS; roles: model name to role, `model` where it isn't named.
    `num_judged` counts cells with an `is_correct`, so with `num_unscored` it adds up to `num_pairs`. `precision`
    is over claims: right changed pairs against those and the hallucinations on all pairs; null without claims.
    Rates without pairs are null. Intervals are Wilson's.
    """
    known = official_pairs(pairs)
    tallies = scored_cells(verdicts, pairs).group_by(_ROW).agg(*_tallies())
    totals = known.select(*_totals())
    rates = tallies.join(totals, how="cross").with_columns(*_rates())
    role = pl.col("model").replace_strict(dict(roles), default="model", return_dtype=pl.String)
    return check(rates.with_columns(role.alias("role")).sort(_ROW), LEADERBOARD, "leaderboard")


def _tallies() -> list[pl.Expr]:
    right, changed = pl.col("is_correct").fill_null(False), ~pl.col("is_no_diff")
    in_tiers = [(right & (pl.col("tier") == tier)).sum().alias(f"{tier}_right") for tier in CHANGED_TIERS]
    return [
        *in_tiers,
        (right & changed).sum().alias("diff_right"),
        (right & ~changed).sum().alias("no_diff_right"),
        pl.col("is_correct").is_not_null().sum().cast(pl.Int64).alias("num_judged"),
        pl.col("num_hallucinations").filter(pl.col("is_correct").is_not_null()).sum().alias("num_invented"),
    ]


def _totals() -> list[pl.Expr]:
    changed = ~pl.col("is_no_diff")
    in_tiers = [(pl.col("tier") == tier).sum().alias(f"{tier}_pairs") for tier in CHANGED_TIERS]
    return [
        *in_tiers,
        changed.sum().alias("diff_pairs"),
        (~changed).sum().alias("no_diff_pairs"),
        pl.len().cast(pl.Int64).alias("num_pairs"),
    ]


def _rates() -> list[pl.Expr]:
    diff, no_diff, pairs = pl.col("diff_right"), pl.col("no_diff_right"), pl.col("num_pairs")
    tiers = [(pl.col(f"{tier}_right"), pl.col(f"{tier}_pairs")) for tier in CHANGED_TIERS]
    fractions = [
        *tiers,
        (diff, pl.col("diff_pairs")),
        (no_diff, pl.col("no_diff_pairs")),
        (diff, diff + pl.col("num_invented")),
        (diff + no_diff, pairs),
    ]
    num_unscored = pairs - pl.col("num_judged")
    return [
        *(expr for name, (part, whole) in zip(RATES, fractions, strict=True) for expr in _rate(name, part, whole)),
        num_unscored.alias("num_unscored"),
        share(diff + no_diff + num_unscored, pairs).alias("overall_best"),
        share(diff + no_diff, pl.col("num_judged")).alias("overall_judged"),
    ]


def _rate(name: str, part: pl.Expr, whole: pl.Expr) -> list[pl.Expr]:
    # Tallies are unsigned: as numbers they can be subtracted and squared without wrapping round.
    part, whole = part.cast(pl.Float64), whole.cast(pl.Float64)
    bounds = wilson(part, whole)
    named = {name: share(part, whole), f"{name}_low": bounds.low, f"{name}_high": bounds.high}
    return [expr.alias(alias) for alias, expr in named.items()]


def found_rates(verdicts: pl.DataFrame | pl.LazyFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return `judge, model, found, unboxed_recall, num_boxed`, rates over the changed pairs.

    `found`: the element was found (`correct` or `partial`). `unboxed_recall`: `diff_recall` without the answers
    that a judge matched by a pixel box, which favour classical baselines; `num_boxed` counts those.
    """
    changed = scored_cells(verdicts, pairs).filter(~pl.col("is_no_diff"))
    num_changed = official_pairs(pairs).select((~pl.col("is_no_diff")).sum().cast(pl.Float64)).item()
    boxed = pl.col("matched_by").eq_missing(pl.lit(_BY_BOX))
    right = pl.col("is_correct").fill_null(False)
    whole = pl.lit(num_changed, dtype=pl.Float64)
    return (
        changed.group_by(_ROW)
        .agg(
            share(pl.col("verdict").is_in(_FOUND).sum(), whole).alias("found"),
            share((right & ~boxed).sum(), whole).alias("unboxed_recall"),
            (right & boxed).sum().cast(pl.Int64).alias("num_boxed"),
        )
        .sort(_ROW)
    )


def recall_by_operator(verdicts: pl.DataFrame | pl.LazyFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return RECALL_BY_OPERATOR: each (judge, model) by operator and tier, the tier `all` included.

    A pair with mutations of several operators counts in each of them.
    """
    changed = official_pairs(pairs).filter(~pl.col("is_no_diff"))
    placed = _with_all_tiers(changed.explode("operators").rename({"operators": "operator"}))
    sizes = placed.group_by("operator", "tier").agg(pl.len().cast(pl.Int64).alias("num_pairs"))
    cells = scored_cells(verdicts, pairs).select(*_ROW, "pair_id", "is_correct")
    counts = (
        cells.join(placed, on="pair_id", how="inner")
        .group_by(*_ROW, "operator", "tier")
        .agg(
            pl.col("is_correct").is_not_null().sum().cast(pl.Int64).alias("num_judged"),
            pl.col("is_correct").sum().cast(pl.Int64).alias("num_correct"),
        )
    )
    grid = cells.select(_ROW).unique().join(sizes, how="cross")
    table = grid.join(counts, on=[*_ROW, "operator", "tier"], how="left").with_columns(
        pl.col("num_judged", "num_correct").fill_null(0)
    )
    table = table.with_columns(*_rate("recall", pl.col("num_correct"), pl.col("num_pairs")))
    tier_order = pl.col("tier").cast(pl.Enum([*CHANGED_TIERS, "all"]))
    return check(table.sort(*_ROW, "operator", tier_order), RECALL_BY_OPERATOR, "recall_by_operator")


def _with_all_tiers(placed: pl.DataFrame) -> pl.DataFrame:
    columns = ["pair_id", "operator", "tier"]
    placed = placed.filter(pl.col("operator").is_not_null()).select(columns)
    everywhere = placed.with_columns(pl.lit("all").alias("tier"))
    return pl.concat([placed.filter(pl.col("tier").is_not_null()), everywhere])


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
