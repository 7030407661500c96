"""The tables' columns, as Polars schemas, and the two ways to hold a frame against one.

Images never enter PREDICTIONS, VERDICTS or the analysis tables; ids do.
"""

import polars as pl

from schemas.errors import DatasetError, StoreError

_TEXT, _COUNT, _NUMBER, _FLAG = pl.String(), pl.Int64(), pl.Float64(), pl.Boolean()
_TEXTS = pl.List(_TEXT)
_IMAGE = pl.Struct({"bytes": pl.Binary(), "path": _TEXT})
_TIME = pl.Datetime("us", "UTC")

PUBLISHED_PAIRS = pl.Schema(
    {
        "id": _TEXT,
        "image_before": _IMAGE,
        "image_after": _IMAGE,
        "user_query": _TEXT,
        "ground_truth_diff": _TEXT,
        "mutations_text": _TEXTS,
        "mutation_types": _TEXTS,
        "mutation_dicts_json": _TEXTS,
        "task_type": _TEXT,
        "difficulty": _TEXT,
        "domain": _TEXT,
        "pixel_diff": _NUMBER,
        "target_diff": _NUMBER,
        "outside_diff": _NUMBER,
        "target_bbox_x": _COUNT,
        "target_bbox_y": _COUNT,
        "target_bbox_w": _COUNT,
        "target_bbox_h": _COUNT,
    }
)
"""The benchmark's 18 columns, in its order."""

GENERATED_PAIRS = pl.Schema(
    {
        "page_id": _TEXT,
        "mechanism": _TEXT,
        "magnitude": _NUMBER,
        "template_id": _TEXT,
        "visual_effects": _TEXTS,
        "affected_bbox_x": _COUNT,
        "affected_bbox_y": _COUNT,
        "affected_bbox_w": _COUNT,
        "affected_bbox_h": _COUNT,
        "renderer": _TEXT,
    }
)
"""What our own generator adds. `magnitude` is in the operator's own unit (steps, em, px, words, ratio)."""

PAIRS = pl.Schema({**PUBLISHED_PAIRS, **GENERATED_PAIRS})

RUN_PAIRS = pl.Schema(
    {
        **{name: dtype for name, dtype in PAIRS.items() if not name.startswith("image_")},
        "before_sha256": _TEXT,
        "after_sha256": _TEXT,
    }
)
"""A run's `pairs.parquet`: no images, but a digest of each."""

PREDICTIONS = pl.Schema(
    {
        "prediction_key": _TEXT,
        "model": _TEXT,
        "pair_id": _TEXT,
        "repeat": _COUNT,
        "prompt_version": _TEXT,
        "prompt_sha256": _TEXT,
        "text": _TEXT,
        "raw_text": _TEXT,
        "reasoning": _TEXT,
        "finish_reason": _TEXT,
        "status": _TEXT,
        "error_type": _TEXT,
        "error_message": _TEXT,
        "attempts": _COUNT,
        "prompt_tokens": _COUNT,
        "image_tokens": _COUNT,
        "completion_tokens": _COUNT,
        "cost_usd": _NUMBER,
        "latency_s": _NUMBER,
        "engine": _TEXT,
        "engine_version": _TEXT,
        "served_model": _TEXT,
        "model_revision": _TEXT,
        "created_at": _TIME,
    }
)

VERDICTS = pl.Schema(
    {
        "verdict_key": _TEXT,
        "prediction_key": _TEXT,
        "judge": _TEXT,
        "judge_version": _TEXT,
        "judge_prompt_sha256": _TEXT,
        "model": _TEXT,
        "pair_id": _TEXT,
        "repeat": _COUNT,
        "status": _TEXT,
        "verdict": _TEXT,
        "hallucinations": _TEXTS,
        "num_hallucinations": _COUNT,
        "is_correct": _FLAG,
        "matched_by": _TEXT,
        "matched_text": _TEXT,
        "raw_text": _TEXT,
        "error_type": _TEXT,
        "error_message": _TEXT,
        "attempts": _COUNT,
        "prompt_tokens": _COUNT,
        "completion_tokens": _COUNT,
        "cost_usd": _NUMBER,
        "latency_s": _NUMBER,
        "created_at": _TIME,
    }
)

RATES = (
    "easy_recall", "medium_recall", "hard_recall", "diff_recall",
    "no_diff_specificity", "precision", "overall_accuracy",
)  # fmt: skip


def _with_bounds(*names: str) -> dict[str, pl.DataType]:
    return {name + suffix: _NUMBER for name in names for suffix in ("", "_low", "_high")}


LEADERBOARD = pl.Schema(
    {
        "model": _TEXT,
        "judge": _TEXT,
        "role": _TEXT,
        "num_pairs": _COUNT,
        "num_judged": _COUNT,
        "num_unscored": _COUNT,
        **_with_bounds(*RATES),
        "overall_best": _NUMBER,
        "overall_judged": _NUMBER,
    }
)

RECALL_BY_OPERATOR = pl.Schema(
    {
        "model": _TEXT,
        "judge": _TEXT,
        "operator": _TEXT,
        "tier": _TEXT,
        "num_pairs": _COUNT,
        "num_judged": _COUNT,
        "num_correct": _COUNT,
        **_with_bounds("recall"),
    }
)

JUDGE_AGREEMENT = pl.Schema(
    {
        "judge_a": _TEXT,
        "judge_b": _TEXT,
        "num_models": _COUNT,
        "num_pairs": _COUNT,
        **_with_bounds("kendall_tau"),
        "p_value": _NUMBER,
        "raw_agreement": _NUMBER,
        "cohen_kappa": _NUMBER,
    }
)

REPLAY = pl.Schema(
    {
        "model": _TEXT,
        "judge": _TEXT,
        "num_replayed": _COUNT,
        "num_texts_changed": _COUNT,
        "num_flipped": _COUNT,
        **_with_bounds("flip_rate"),
    }
)
"""How often the same question, asked again (`repeat` >= 1), gets another answer and another verdict."""


def check(frame: pl.DataFrame, schema: pl.Schema, table: str) -> pl.DataFrame:
    """Return the frame with the schema's columns in order; StoreError where one is absent or of another type."""
    for name, dtype in schema.items():
        if name not in frame.columns:
            raise StoreError(f"table {table} lacks column {name!r}")
        if frame.schema[name] != dtype:
            raise StoreError(f"table {table}, column {name!r}: is {frame.schema[name]}, must be {dtype}")
    return frame.select(schema.names())


def conform(frame: pl.DataFrame, schema: pl.Schema, table: str) -> pl.DataFrame:
    """Return the frame with columns that an older file lacks filled with null, then `check` it."""
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return check(frame.with_columns(absent), schema, table)


def check_published(schema: pl.Schema, source: str) -> None:
    """Raise DatasetError unless the 18 published columns are there with their types."""
    for name, dtype in PUBLISHED_PAIRS.items():
        if name not in schema:
            raise DatasetError(f"{source}: column {name!r} is missing; the 18 published DiffSpot columns must be there")
        if schema[name] != dtype:
            raise DatasetError(
                f"{source}: column {name!r} is {schema[name]}, must be {dtype}; rewrite it with that type"
            )
