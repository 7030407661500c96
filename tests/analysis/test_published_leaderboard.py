"""The published leaderboard comes out of verdicts synthesised from its own rates."""

import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from analysis_frames import published_pairs

from analysis.tables import leaderboard
from schemas.tables import VERDICTS, conform
from schemas.vocabulary import CHANGED_TIERS

_PUBLISHED = Path(__file__).parents[3] / "shared" / "diffspot" / "leaderboard.json"
_OURS = Path(__file__).parents[2] / "data" / "published_leaderboard.json"
_TIER_RATES = dict(zip(CHANGED_TIERS, ("easy_recall", "med_recall", "hard_recall"), strict=True))
_COLUMNS = {
    "easy_recall": "easy_recall",
    "medium_recall": "med_recall",
    "hard_recall": "hard_recall",
    "diff_recall": "diff_overall_recall",
    "no_diff_specificity": "no_diff_specificity",
    "overall_accuracy": "overall_accuracy",
}


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    if not _PUBLISHED.exists():
        message = f"{_PUBLISHED} is absent: it holds the published rates"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return json.loads(_PUBLISHED.read_text(encoding="utf-8"))


def _verdicts(model: str, rates: dict[str, float]) -> pl.DataFrame:
    """Make as many of each tier's pairs right as the published rate says, rounded to whole pairs."""
    pairs = published_pairs()
    no_diff = pl.col("task_type") == "no_diff"
    tier = pl.when(no_diff).then(pl.lit("no_diff")).otherwise("difficulty")
    percent = tier.replace_strict(rates, return_dtype=pl.Float64)
    num_right = (percent / 100 * pl.len().over(tier)).round()
    frame = pairs.select(
        pl.col("id").alias("pair_id"),
        pl.lit(model).alias("model"),
        pl.lit("official").alias("judge"),
        pl.lit(0, dtype=pl.Int64).alias("repeat"),
        pl.lit("ok").alias("status"),
        (pl.int_range(pl.len()).over(tier) < num_right).alias("is_correct"),
    )
    return conform(frame, VERDICTS, "verdicts")


def test_all_thirteen_rows_come_out_to_a_tenth(published: dict[str, Any]) -> None:
    entries = published["entries"]
    assert len(entries) == 13
    verdicts = pl.concat(
        _verdicts(entry["model"], {tier: entry[rate] for tier, rate in _TIER_RATES.items()}
                  | {"no_diff": entry["no_diff_specificity"]})
        for entry in entries
    )  # fmt: skip
    rows = {row["model"]: row for row in leaderboard(verdicts, published_pairs(), {}).iter_rows(named=True)}
    off = {
        (entry["model"], ours): (100 * rows[entry["model"]][ours], entry[theirs])
        for entry in entries
        for ours, theirs in _COLUMNS.items()
        if abs(100 * rows[entry["model"]][ours] - entry[theirs]) > 0.1
    }
    assert off == {}


def test_always_no_diff_scores_the_published_figure(published: dict[str, Any]) -> None:
    nothing_found = dict.fromkeys(CHANGED_TIERS, 0.0) | {"no_diff": 100.0}
    row = leaderboard(_verdicts("always_no_diff", nothing_found), published_pairs(), {}).row(0, named=True)
    expected = published["trivial_baselines"]["always_no_diff"]["overall_accuracy"]
    assert round(100 * row["overall_accuracy"], 1) == expected
    assert (row["diff_recall"], row["no_diff_specificity"], row["overall_accuracy"]) == (0.0, 1.0, 500 / 4400)


def test_the_projects_own_copy_holds_the_published_figures_row_by_row(published: dict[str, Any]) -> None:
    ours = json.loads(_OURS.read_text(encoding="utf-8"))
    renamed = {"title": "display_name", **_COLUMNS}
    theirs = [
        {name: entry[renamed.get(name, name)] for name in ("model", "title", "family", "params", *_COLUMNS)}
        for entry in published["entries"]
    ]
    assert ours["entries"] == theirs and len(theirs) == 13
    sizes = published["benchmark"]
    assert (ours["benchmark"]["num_changed"], ours["benchmark"]["num_unchanged"]) == (
        sizes["has_diff_pairs"], sizes["no_diff_pairs"],
    )  # fmt: skip
    assert ours["benchmark"]["num_pairs_per_tier"] * len(CHANGED_TIERS) == sizes["has_diff_pairs"]
    judge = published["judge"]
    assert ours["judge"] == {"name": judge["model"]} | {
        name: judge[name] for name in ("prompt_version", "reasoning_effort")
    }
