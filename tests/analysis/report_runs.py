"""Runs made up for the report's tests: the published leaderboard by three judges, and hostile words."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from analysis_frames import published_pairs

from records.files import write_table, write_text
from records.run_paths import RunPaths
from schemas.tables import PREDICTIONS, RUN_PAIRS, VERDICTS, conform
from schemas.vocabulary import CHANGED_TIERS, DOMAINS

PUBLISHED = Path(__file__).parents[2] / "data" / "published_leaderboard.json"
JUDGES = {"gpt-oss-120b": 0.0, "kimi-k2.5": 0.35, "qwen3.5-vl-397b": -0.3}
"""Judge to how lenient it is: added to the chance of a right verdict, in logits."""
WORDS = "- The button has larger corners."
HOSTILE = "</script><img src=https://example.org/x onerror=alert(1)><!--\u2028 & \"quotes\" 'too' <script>alert(2)"


def published_entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(PUBLISHED.read_text(encoding="utf-8"))["entries"]
    return entries


def sized_pairs(num_per_cell: int = 100, num_no_diff: int = 500) -> pl.DataFrame:
    """Pairs as the benchmark spreads them, with sizes that fall from easy to hard."""
    draw = np.random.default_rng(0)
    pairs = published_pairs(num_per_cell, num_no_diff, min(28, num_no_diff))
    hardness = pairs["difficulty"].replace_strict({"easy": 0, "medium": 1, "hard": 2}, default=0).to_numpy()
    size = np.exp(draw.normal(-4.2 - 0.9 * hardness, 0.8))
    side = np.maximum(8, np.exp(draw.normal(4.4, 0.5, len(pairs)))).astype(int)
    return pairs.with_columns(
        pixel_diff=pl.Series(np.minimum(size, 1)), target_diff=pl.Series(np.minimum(20 * size, 1)),
        domain=pl.Series(draw.choice(DOMAINS, len(pairs))),
        ground_truth_diff=pl.lit("The button in the header has larger corners than before."),
        target_bbox_x=pl.lit(40), target_bbox_y=pl.lit(60),
        target_bbox_w=pl.Series(4 * side), target_bbox_h=pl.Series(side),
    ).cast(dict(RUN_PAIRS))  # fmt: skip


def published_run(
    paths: RunPaths, *, num_per_cell: int = 100, num_no_diff: int = 500, words: str = WORDS,
    config: Mapping[str, Any] | None = None, judges: Sequence[str] = tuple(JUDGES),
) -> None:  # fmt: skip
    """Write a run's folder: the 13 published models at their published rates, by three judges who differ a little."""
    pairs = sized_pairs(num_per_cell, num_no_diff)
    entries = published_entries()
    verdicts = pl.concat(
        _verdicts(pairs, entry, judge, number, words) for number, entry in enumerate(entries) for judge in judges
    )
    answers = [_answers(pairs, entry["model"], number, words) for number, entry in enumerate(entries)]
    write_table(pairs, paths.pairs, RUN_PAIRS)
    write_table(pl.concat(answers), paths.predictions, PREDICTIONS)
    write_table(verdicts, paths.verdicts, VERDICTS)
    models = [{"name": entry["model"], "role": "model", "family": entry["family"]} for entry in entries]
    told = {"models": models, "contestants": {"kimi-k2.5": ["kimi-k2.5"]}, "seed": 0, **(config or {})}
    write_text(json.dumps(told), paths.config)
    write_text("{}", paths.manifest)


def _answers(pairs: pl.DataFrame, model: str, number: int, words: str) -> pl.DataFrame:
    draw = np.random.default_rng(number)
    count = len(pairs)
    frame = pairs.select(
        pl.col("id").alias("pair_id"), pl.lit(model).alias("model"), pl.lit(0, pl.Int64).alias("repeat"),
        pl.concat_str(pl.lit(model), pl.lit("-"), pl.col("id")).alias("prediction_key"),
        pl.lit(words).alias("text"), pl.lit("ok").alias("status"), pl.lit(1, pl.Int64).alias("attempts"),
        pl.Series("latency_s", draw.lognormal(0.6 + 0.1 * number, 0.7, count)),
        pl.Series("cost_usd", draw.lognormal(-5.5 - 0.25 * number, 0.3, count)),
        pl.lit(2_600, pl.Int64).alias("prompt_tokens"),
        pl.Series("completion_tokens", draw.integers(80, 2_000, count)),
    )  # fmt: skip
    return conform(frame, PREDICTIONS, "predictions")


def _verdicts(pairs: pl.DataFrame, entry: Mapping[str, Any], judge: str, number: int, words: str) -> pl.DataFrame:
    """Draw verdicts: hard pairs are hard for every model, so that differences are paired as in earnest."""
    rates = dict(zip(CHANGED_TIERS, ("easy_recall", "medium_recall", "hard_recall"), strict=True))
    is_same = (pairs["task_type"] == "no_diff").to_numpy()
    share = np.array([
        entry["no_diff_specificity"] if same else entry[rates[tier]]
        for same, tier in zip(is_same, pairs["difficulty"], strict=True)
    ]) / 100  # fmt: skip
    shared, own = (np.random.default_rng(seed).random(len(pairs)) for seed in (99, 1_000 + number))
    noise = np.random.default_rng([number, *judge.encode()]).normal(0, 0.35, len(pairs))
    mixed = np.where(own < 0.5, shared, np.random.default_rng(2_000 + number).random(len(pairs)))
    moved = np.log(np.clip(share, 1e-3, 1 - 1e-3) / (1 - np.clip(share, 1e-3, 1 - 1e-3))) + JUDGES.get(judge, 0) + noise
    is_right = mixed < 1 / (1 + np.exp(-moved))
    half = np.random.default_rng(3_000 + number).random(len(pairs)) < 0.25
    verdict = np.where(is_right, "correct", np.where(half, "partial", "missed"))
    invented = np.where(is_same, ~is_right, half & ~is_right).astype(np.int64)
    frame = pairs.select(
        pl.col("id").alias("pair_id"), pl.lit(entry["model"]).alias("model"), pl.lit(judge).alias("judge"),
        pl.lit(0, pl.Int64).alias("repeat"), pl.lit("ok").alias("status"), pl.Series("is_correct", is_right),
        pl.when(pl.Series(is_same)).then(None).otherwise(pl.Series(verdict)).alias("verdict"),
        pl.Series("num_hallucinations", invented), pl.lit(words).alias("matched_text"), pl.lit(words).alias("raw_text"),
        pl.concat_str(pl.lit(f"{judge}-{entry['model']}-"), pl.col("id")).alias("verdict_key"),
        pl.when(pl.Series(invented) > 0).then(pl.concat_list(pl.lit(words))).otherwise(pl.lit([], pl.List(pl.String)))
        .alias("hallucinations"),
    )  # fmt: skip
    return conform(frame, VERDICTS, "verdicts")
