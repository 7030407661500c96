"""The benchmark's published rows beside a run's own: with its own 4,400 pairs, and with no others."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl
from scipy.stats import fisher_exact

from analysis.intervals import wilson
from analysis.official import NUM_CHANGED, NUM_UNCHANGED
from analysis.paired import ALPHA, holm
from analysis.tally import Analysis

PUBLISHED: Final = Path(__file__).resolve().parents[1] / "data" / "published_leaderboard.json"
RATES: Final = (
    "easy_recall", "medium_recall", "hard_recall", "diff_recall", "no_diff_specificity", "overall_accuracy"
)  # fmt: skip


class Comparison(NamedTuple):
    """Hold a run's row against the published one of the same name; rates and differences are 0..1."""

    model: str
    rate: float
    published: float
    difference: float
    low: float
    high: float
    p_value: float
    p_holm: float

    @property
    def is_significant(self) -> bool:
        """Tell whether the difference stands after Holm's correction over the compared rows."""
        return self.p_holm <= ALPHA


@lru_cache(maxsize=1)
def published_entries() -> tuple[dict[str, Any], ...]:
    """Return the 13 published rows: `model, title, family, params` and rates in percent."""
    return tuple(json.loads(PUBLISHED.read_text(encoding="utf-8"))["entries"])


def is_comparable(analysis: Analysis) -> bool:
    """Tell whether the published rows were taken on this run's pairs: DiffSpot, and all of it."""
    dataset = analysis.facts.config.get("dataset")
    is_benchmark = isinstance(dataset, dict) and dataset.get("kind") == "hub"
    return is_benchmark and (analysis.num_changed, analysis.num_unchanged) == (NUM_CHANGED, NUM_UNCHANGED)


def published_rows(analysis: Analysis) -> Sequence[dict[str, Any]]:
    """Return published rows as LEADERBOARD rows of role `published`; none with another dataset.

    Their counts are the rates', rounded to whole pairs, so that Wilson's intervals can be told.
    """
    if not is_comparable(analysis):
        return []
    return [_as_row(entry) for entry in published_entries()]


def _as_row(entry: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"model": entry["model"], "role": "published", "num_pairs": NUM_CHANGED + NUM_UNCHANGED}
    for name in RATES:
        bounds = wilson(np.round(entry[name] / 100 * _trials(name)), _trials(name))
        row |= {name: entry[name] / 100, f"{name}_low": float(bounds.low), f"{name}_high": float(bounds.high)}
        row[f"{name}_count"] = _trials(name)
    return row


def _trials(rate: str) -> int:
    whole = {"diff_recall": NUM_CHANGED, "no_diff_specificity": NUM_UNCHANGED}
    return whole.get(rate, NUM_CHANGED // 3 if rate != "overall_accuracy" else NUM_CHANGED + NUM_UNCHANGED)


def against_published(analysis: Analysis, judge: str) -> list[Comparison]:
    """Return a judge's rows that are published, too, with the difference in overall accuracy; none elsewhere.

    Which pairs the published answers got right isn't known, so the two counts are compared as independent: Fisher's
    exact test, Newcombe's interval ("Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17 (1998), 873-890, method 10), Holm's correction. Both asked about the same pairs, which
    makes the true error smaller: what is significant here is so all the more.
    """
    if not is_comparable(analysis):
        return []
    known = {entry["model"]: entry["overall_accuracy"] / 100 for entry in published_entries()}
    board = analysis.leaderboard.filter(
        (pl.col("judge") == judge) & (pl.col("role") == "model") & pl.col("model").is_in(list(known))
    )
    board = board.sort("overall_accuracy", "model", descending=[True, False])
    whole = analysis.num_pairs
    found = [_compare(one["model"], one["overall_accuracy"], known[one["model"]], whole) for one in board.to_dicts()]
    corrected = holm([one.p_value for one in found])
    return [one._replace(p_holm=float(p)) for one, p in zip(found, corrected, strict=True)]


def _compare(model: str, rate: float, published: float, whole: int) -> Comparison:
    counts = [round(rate * whole), round(published * whole)]
    p_value = float(fisher_exact(np.array([[count, whole - count] for count in counts]))[1])
    low, high = newcombe(counts, [whole, whole])
    return Comparison(model, rate, published, rate - published, low, high, p_value, p_value)


def newcombe(counts: Sequence[int], wholes: Sequence[int]) -> tuple[float, float]:
    """Return the 95% interval of the first rate less the second, of independent samples.

    Source: Newcombe (1998), method 10: the two Wilson intervals, squared and added.
    """
    first, second = (count / whole for count, whole in zip(counts, wholes, strict=True))
    bounds = wilson(counts, wholes)
    below = np.hypot(first - bounds.low[0], bounds.high[1] - second)
    above = np.hypot(bounds.high[0] - first, second - bounds.low[1])
    return float(first - second - below), float(first - second + above)
