"""The cells that count: verdicts of a run's official pairs, one row per (judge, model, pair)."""

import polars as pl

from schemas.errors import StoreError
from schemas.vocabulary import CHANGED_TIERS, NO_DIFF, VISUAL_DIFF

_KEY = ("judge", "model", "pair_id")
_CELL_COLUMNS = (*_KEY, "is_correct", "verdict", "num_hallucinations", "matched_by")


def official_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return `pair_id, tier, operators` of the pairs that official rates divide by.

    `task_type` alone says whether a pair is unchanged, so an `unknown` difficulty there is `no_diff`; other
    task types (benign controls) are left out. `tier` is null for a changed pair of no known tier: it counts
    in `diff_recall` and not in a tier's. `operators` are bare names without doubles.
    """
    tier = (
        pl.when(pl.col("task_type") == NO_DIFF)
        .then(pl.lit(NO_DIFF))
        .when(pl.col("difficulty").is_in(CHANGED_TIERS))
        .then("difficulty")
    )
    operators = pl.col("mutation_types").list.eval(pl.element().str.strip_prefix("mutate_")).list.unique()
    return pairs.filter(pl.col("task_type").is_in([NO_DIFF, VISUAL_DIFF])).select(
        pl.col("id").alias("pair_id"), tier.alias("tier"), (pl.col("task_type") == NO_DIFF).alias("is_no_diff"),
        operators.alias("operators"),
    )  # fmt: skip


def scored_cells(verdicts: pl.DataFrame | pl.LazyFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the verdicts' cells of repeat 0 over the official pairs, with `tier` and `is_no_diff`.

    Raises StoreError where a cell has two rows: a rate could rise above 1.
    """
    rows = verdicts.lazy().filter(pl.col("repeat") == 0).select(_CELL_COLUMNS)
    known = official_pairs(pairs).lazy().drop("operators")
    cells = rows.join(known, on="pair_id", how="inner").collect()
    _refuse_doubles(cells)
    return cells


def _refuse_doubles(cells: pl.DataFrame) -> None:
    per_row = cells.group_by("judge", "model").agg(
        num_doubles=pl.len() - pl.col("pair_id").n_unique(),
        double=pl.col("pair_id").filter(pl.col("pair_id").is_duplicated()).first(),
    )
    doubled = per_row.filter(pl.col("num_doubles") > 0).sort("judge", "model")
    if len(doubled):
        judge, model, num_doubles, pair_id = doubled.row(0)
        raise StoreError(
            f"verdicts: judge {judge}, model {model} hold {num_doubles} pairs twice, the first {pair_id}; "
            "run the sweep again to rebuild the table from the store"
        )
