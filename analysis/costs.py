"""What answers and verdicts took: time, tokens, money; and what a right answer costs."""

from typing import Any

import numpy as np
import polars as pl

from analysis.cells import Cells
from analysis.tables import as_table
from schemas.analysis_tables import COST_PER_CORRECT, COSTS

_TOKENS = ("prompt_tokens", "image_tokens", "completion_tokens")
_QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_STEPS = {"latency_s": 1e9, "cost_usd": 1e12}
"""How many whole steps a second and a dollar have where they are added."""
_NO_PRICE = "no prices known: no cost"
_NO_CALL = "no call was made"
_NONE_RIGHT = "no right answer"


def costs(predictions: pl.DataFrame | pl.LazyFrame, verdicts: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return COSTS: a row for each model's answers (kind `model`) and each judge's verdicts (kind `judge`).

    A call is a distinct key: cells that share one were asked once. Latencies, tokens and `cost_usd` are over calls;
    `cost_usd` is what they cost from nothing, `cost_without_reuse_usd` what they would have if every row had been a
    call of its own. Latency quantiles take the nearest value at or above. `latency_cold_s`: seconds a row were each a
    call of its own; `latency_cached_s`: with what its call shares, rows that found their answer (`num_reused`) taking
    no time. Repeats count. What an earlier run had paid for already isn't told by the tables. Seconds and
    dollars are added as integers, in nanoseconds and in 1e-12 dollars: the same to the last bit in any order of rows.
    """
    answers = _costs(predictions, "prediction_key", "model")
    judged = _costs(verdicts, "verdict_key", "judge")
    return pl.concat([answers, judged])


def _costs(table: pl.DataFrame | pl.LazyFrame, key: str, kind: str) -> pl.DataFrame:
    figures = ["attempts", "latency_s", "cost_usd", *_TOKENS]
    held = [name for name in figures if name in table.lazy().collect_schema()]
    rows = table.lazy().select(kind, key, *held)
    in_all = rows.group_by(kind).agg(
        pl.len().alias("num_rows"), pl.col(key).count().alias("num_keyed"),
        _sum_or_null("cost_usd").alias("cost_without_reuse_usd"),
        _sum_or_null("latency_s").alias("sum_cold_s"), *(pl.col(name).count().alias(f"has_{name}") for name in held),
    ).collect(engine="streaming").sort(kind)  # fmt: skip
    told = [name for name in held if in_all[f"has_{name}"].sum()]
    calls = _calls(rows.select(kind, key, *told), key, kind, in_all[kind])
    absent = [pl.lit(None, dtype=pl.Float64).alias(name) for name in figures if name not in told]
    found = calls.lazy().with_columns(absent).group_by(kind).agg(_figures()).collect()
    found = found.with_columns(in_all[kind].gather(found[kind]).alias(kind))
    counts = (
        in_all.join(found, on=kind, how="left", maintain_order="left")
        .with_columns(pl.col("num_calls", "num_attempts", "num_timed").fill_null(0))
        .with_columns(
            (pl.col("num_keyed") - pl.col("num_calls")).alias("num_reused"),
            *(
                (pl.col(f"sum_{name}_s") / pl.col("has_latency_s")).alias(f"latency_{name}_s")
                for name in ("cold", "cached")
            ),
        )
    )
    return as_table(
        {name: counts[name] for name in COSTS if name in counts.columns} | _means(counts, kind), COSTS, "costs"
    )


def _calls(rows: pl.LazyFrame, key: str, kind: str, names: pl.Series) -> pl.DataFrame:
    """Return one row for each distinct (name, key), names as their places.

    64 bits of a digest tell calls apart: two of 17 million meet once in a hundred thousand tables. Sorting numbers
    takes a quarter of the memory that a hash table of 17 million digests does.
    """
    numbered = pl.col(kind).cast(pl.Enum(names)).to_physical().cast(pl.UInt32)
    known = rows.filter(pl.col(key).is_not_null())
    calls = known.with_columns(numbered, pl.struct(numbered, key).hash().alias(key)).collect(engine="streaming")
    digests = calls[key].to_numpy()
    ordered = np.sort(digests)
    if not (ordered[1:] == ordered[:-1]).any():
        return calls.drop(key)
    return calls[np.unique(digests, return_index=True)[1]].drop(key)


def _means(counts: pl.DataFrame, kind: str) -> dict[str, pl.Series]:
    has_calls = pl.col("num_calls") > 0
    tokens = pl.sum_horizontal("prompt_tokens", "completion_tokens")
    has_tokens = pl.any_horizontal(pl.col("prompt_tokens", "completion_tokens").is_not_null())
    means = counts.select(
        pl.lit(kind).alias("kind"), pl.col(kind).alias("name"),
        pl.when(has_tokens & has_calls).then(tokens / pl.col("num_calls")).alias("tokens_per_call"),
        pl.when(has_calls).then(pl.col("cost_usd") / pl.col("num_calls")).alias("cost_per_call_usd"),
        pl.when(~has_calls).then(pl.lit(_NO_CALL))
        .when(pl.col("cost_usd").is_null()).then(pl.lit(_NO_PRICE)).alias("reason"),
    )  # fmt: skip
    return means.with_columns(pl.lit(kind).alias("kind")).to_dict()


def _figures() -> list[pl.Expr]:
    latency = pl.col("latency_s")
    quantiles = [latency.quantile(q, "higher").alias(f"latency_{name}_s") for name, q in _QUANTILES.items()]
    return [
        pl.len().alias("num_calls"), pl.col("attempts").sum().alias("num_attempts"),
        latency.count().alias("num_timed"), _sum_or_null("latency_s").alias("sum_cached_s"),
        (_sum_or_null("latency_s") / latency.count()).alias("latency_mean_s"),
        latency.max().alias("latency_max_s"), *quantiles, _sum_or_null("cost_usd"),
        *(_sum_or_null(name) for name in _TOKENS),
    ]  # fmt: skip


def _sum_or_null(name: str) -> pl.Expr:
    """Sum in whole steps of `_STEPS`: floats add up to another last digit in another order, integers don't."""
    steps = _STEPS.get(name)
    if steps is None:
        total = pl.col(name).sum()
    else:
        total = (pl.col(name) * steps).round().cast(pl.Int128, strict=False).sum().cast(pl.Float64) / steps
    return pl.when(pl.col(name).is_not_null().any()).then(total).alias(name)


def cost_per_correct(cells: Cells, spent: pl.DataFrame) -> pl.DataFrame:
    """Return COST_PER_CORRECT: what a model's answers cost, by the right ones under each judge.

    spent: COSTS. The judge's own cost is not in it.
    """
    money = ("cost_usd", "cost_without_reuse_usd")
    answers = spent.filter(pl.col("kind") == "model").select(pl.col("name").alias("model"), *money)
    counted = cells.rows.with_columns(num_correct=pl.Series(cells.is_right.sum(axis=1), dtype=pl.Int64))
    found = counted.join(answers, on="model", how="left", maintain_order="left")
    has_right = pl.col("num_correct") > 0
    num_pairs = len(cells.pairs)
    full = found.with_columns(
        *(pl.when(has_right).then(pl.col(name) / pl.col("num_correct"))
          .alias(name.replace("cost", "cost_per_correct", 1)) for name in money),
        pl.when(pl.lit(num_pairs > 0)).then(pl.col("num_correct") / max(num_pairs, 1)).alias("overall_accuracy"),
        pl.when(pl.col("cost_usd").is_null()).then(pl.lit(_NO_PRICE))
        .when(~has_right).then(pl.lit(_NONE_RIGHT)).alias("reason"),
    )  # fmt: skip
    columns: dict[str, Any] = full.to_dict()
    return as_table(columns, COST_PER_CORRECT, "cost_per_correct")
