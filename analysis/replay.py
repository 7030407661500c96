"""The noise floor: how often a verdict flips when the same question is asked again."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from analysis.figures import percent
from analysis.intervals import independent_rates
from analysis.tables import as_table, bounded
from schemas.tables import REPLAY

_CELL = ("judge", "model", "pair_id")


def replay(predictions: pl.DataFrame | pl.LazyFrame, verdicts: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return one REPLAY row for each (model, judge) with verdicts scored both times; none where nothing was replayed.

    A repeat is held against the first answer to its pair. `num_flipped`: `is_correct` differs, which is what
    leaderboards count; `num_texts_changed`: the answer's text differs. The rate divides by `num_replayed`, the
    repeats that were scored both times, and has Wilson's interval.
    """
    both = _both_times(verdicts, [*_CELL, "is_correct"], _CELL).drop_nulls(["is_correct", "is_correct_first"])
    texts = _both_times(predictions, ["model", "pair_id", "text"], ("model", "pair_id"))
    cells = both.join(texts, on=["model", "pair_id", "repeat"], how="left")
    counts = cells.group_by("model", "judge").agg(
        pl.len().cast(pl.Int64).alias("num_replayed"),
        pl.col("text").ne_missing(pl.col("text_first")).sum().cast(pl.Int64).alias("num_texts_changed"),
        (pl.col("is_correct") != pl.col("is_correct_first")).sum().cast(pl.Int64).alias("num_flipped"),
    )
    counts = counts.sort("judge", "model")
    rates = independent_rates(counts["num_flipped"].to_numpy(), counts["num_replayed"].to_numpy())
    return as_table({**counts.to_dict(), **bounded("flip_rate", rates)}, REPLAY, "replay")


def _both_times(table: pl.DataFrame | pl.LazyFrame, columns: list[str], key: tuple[str, ...]) -> pl.DataFrame:
    """Return the repeats' rows, each beside its first time."""
    rows = table.lazy().select("repeat", *columns)
    again = rows.filter(pl.col("repeat") > 0).collect()
    if again.is_empty():
        # No join with millions of first times for nothing.
        return again.with_columns(again[name].alias(f"{name}_first") for name in columns if name not in key)
    first = rows.filter(pl.col("repeat") == 0).drop("repeat").join(again.lazy(), on=list(key), how="semi").collect()
    return again.join(first, on=key, how="inner", suffix="_first")


def flips(row: Mapping[str, Any]) -> str:
    """Write a REPLAY row: `3 of 90 verdicts flip when asked again (3% [1-9])`."""
    rate, low, high = (percent(row["flip_rate" + suffix], row["num_replayed"]) for suffix in ("", "_low", "_high"))
    counts = f"{row['num_flipped']:,} of {row['num_replayed']:,} verdicts flip when asked again"
    return f"{counts} ({rate}% [{low}-{high}])"
