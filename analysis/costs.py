"""What answers and verdicts took: time, tokens, money; and what a right answer costs."""

from typing import Any

import polars as pl

from analysis.cells import Cells
from analysis.tables import as_table
from schemas.analysis_tables import COST_PER_CORRECT, COSTS

_TOKENS = ("prompt_tokens", "image_tokens", "completion_tokens")
_QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_NO_PRICE = "no prices known: no cost"
_NO_CALL = "no call was made"
_NONE_RIGHT = "no right answer"


def costs(predictions: pl.DataFrame | pl.LazyFrame, verdicts: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return COSTS: a row for each model's answers (kind `model`) and each judge's verdicts (kind `judge`).

    A call is a distinct key: cells that share one were asked once. Latencies, tokens and `cost_usd` are over calls;
    `cost_usd` is what they cost from nothing, `cost_without_reuse_usd` what they would have if every row had been a
    call of its own. Latency quantiles take the nearest value at or above. Repeats count. What an earlier run had
    paid for already isn't told by the tables.
    """
    answers = _costs(predictions, "prediction_key", "model")
    judged = _costs(verdicts, "verdict_key", "judge")
    return pl.concat([answers, judged])


def _costs(table: pl.DataFrame | pl.LazyFrame, key: str, kind: str) -> pl.DataFrame:
    told = ["attempts", "latency_s", "cost_usd", *(name for name in _TOKENS if name in table.lazy().collect_schema())]
    rows = table.lazy().select(kind, key, *told)
    in_all = rows.group_by(kind).agg(
        num_rows=pl.len(), cost_without_reuse_usd=_sum_or_null("cost_usd"),
    ).collect(engine="streaming")  # fmt: skip
    # 64 bits of a digest tell calls apart: two of 17 million meet once in a hundred thousand tables.
    hashed = rows.filter(pl.col(key).is_not_null()).with_columns(pl.col(key).hash())
    calls = hashed.unique([kind, key], keep="any").group_by(kind).agg(*_figures(told))
    found = in_all.join(calls.collect(engine="streaming"), on=kind, how="left").sort(kind)
    counts = found.with_columns(pl.col("num_calls", "num_attempts", "num_timed").fill_null(0))
    tokens = pl.sum_horizontal(*(name for name in ("prompt_tokens", "completion_tokens") if name in found.columns))
    has_tokens = pl.col("prompt_tokens").is_not_null() | pl.col("completion_tokens").is_not_null()
    full = counts.with_columns(
        pl.lit(kind).alias("kind"), pl.col(kind).alias("name"),
        pl.when(has_tokens & (pl.col("num_calls") > 0)).then(tokens / pl.col("num_calls")).alias("tokens_per_call"),
        pl.when(pl.col("num_calls") > 0).then(pl.col("cost_usd") / pl.col("num_calls")).alias("cost_per_call_usd"),
        pl.when(pl.col("num_calls") == 0).then(pl.lit(_NO_CALL))
        .when(pl.col("cost_usd").is_null()).then(pl.lit(_NO_PRICE)).alias("reason"),
    )  # fmt: skip
    return as_table({name: full[name] for name in COSTS if name in full.columns}, COSTS, "costs")


def _figures(told: list[str]) -> list[pl.Expr]:
    latency = pl.col("latency_s")
    quantiles = [latency.quantile(q, "higher").alias(f"latency_{name}_s") for name, q in _QUANTILES.items()]
    return [
        pl.len().alias("num_calls"), pl.col("attempts").sum().alias("num_attempts"),
        latency.count().alias("num_timed"), latency.mean().alias("latency_mean_s"),
        latency.max().alias("latency_max_s"), *quantiles, _sum_or_null("cost_usd"),
        *(_sum_or_null(name) for name in _TOKENS if name in told),
    ]  # fmt: skip


def _sum_or_null(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)


def cost_per_correct(cells: Cells, spent: pl.DataFrame) -> pl.DataFrame:
    """Return COST_PER_CORRECT: what a model's answers cost, by the right ones under each judge.

    spent: COSTS. The judge's own cost is not in it.
    """
    answers = spent.filter(pl.col("kind") == "model").select(pl.col("name").alias("model"), "cost_usd")
    counted = cells.rows.with_columns(num_correct=pl.Series(cells.is_right.sum(axis=1), dtype=pl.Int64))
    found = counted.join(answers, on="model", how="left", maintain_order="left")
    has_right = pl.col("num_correct") > 0
    num_pairs = len(cells.pairs)
    full = found.with_columns(
        pl.when(has_right).then(pl.col("cost_usd") / pl.col("num_correct")).alias("cost_per_correct_usd"),
        pl.when(pl.lit(num_pairs > 0)).then(pl.col("num_correct") / max(num_pairs, 1)).alias("overall_accuracy"),
        pl.when(pl.col("cost_usd").is_null()).then(pl.lit(_NO_PRICE))
        .when(~has_right).then(pl.lit(_NONE_RIGHT)).alias("reason"),
    )  # fmt: skip
    columns: dict[str, Any] = full.to_dict()
    return as_table(columns, COST_PER_CORRECT, "cost_per_correct")
