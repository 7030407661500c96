"""Who stands where: ranks of models and baselines under each judge, and what the probes say of the judge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

MAX_UNSCORED: Final = 0.005
"""Share of a row's cells that may be unscored for it to be ranked."""
_ORDER: Final = ("overall_accuracy", "diff_recall")


def ranked(leaderboard: pl.DataFrame) -> pl.DataFrame:
    """Return the models' and baselines' rows with `rank` and `unranked_reason`, best first under each judge.

    By overall accuracy, then recall on changed pairs; rows level in both share a rank, and the name only orders
    their lines. Rows with more than `MAX_UNSCORED` of their cells unscored come last, without a rank.
    """
    unscored = pl.col("num_unscored") / pl.col("num_pairs")
    contestants = leaderboard.filter(pl.col("role") != "probe").with_columns(
        (unscored > MAX_UNSCORED).fill_null(True).alias("is_unranked")
    )
    contestants = contestants.sort(
        "judge", "is_unranked", *_ORDER, "model", descending=[False, False, True, True, False], nulls_last=True
    )
    place = pl.int_range(1, pl.len() + 1).over("judge", "is_unranked")
    is_level = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(name).shift().over("judge", "is_unranked")) for name in _ORDER
    )
    rank = pl.when((place == 1) | ~is_level).then(place).forward_fill()
    reason = pl.concat_str(pl.lit("no rank: "), (100 * unscored).round(1), pl.lit("% unscored"))
    return contestants.with_columns(
        pl.when(~pl.col("is_unranked")).then(rank).alias("rank"),
        pl.when(pl.col("is_unranked")).then(reason).alias("unranked_reason"),
    ).drop("is_unranked")


@dataclass(frozen=True, slots=True)
class ProbeReading:
    """Say what one probe tells of a judge."""

    model: str
    rate: float | None
    """The probe's recall on changed pairs, 0..1."""
    says: str
    is_ok: bool


@dataclass(frozen=True, slots=True)
class _Expectation:
    column: str
    holds: Callable[[float], bool]
    met: str
    unmet: str


_EXPECTATIONS: Final[Mapping[str, _Expectation]] = {
    "oracle": _Expectation("diff_recall", lambda rate: rate >= 0.95, "ok", "too low: the judge misses true answers"),
    "shuffled_oracle": _Expectation(
        "diff_recall", lambda rate: rate <= 0.05, "ok", "too high: the judge takes wrong answers"
    ),
    "shotgun": _Expectation(
        "precision", lambda rate: rate < 0.5, "flagged: claims everything", "not flagged: its claims pass for true"
    ),
}
"""By the probe's name: the oracle's recall >= 95%, the shuffled one's <= 5%, the shotgun's precision < 50%."""


def read_probe(row: Mapping[str, Any]) -> ProbeReading:
    """Hold a probe's LEADERBOARD row against what a sound judge gives it; other names have no expectation."""
    model, expected = row["model"], _EXPECTATIONS.get(row["model"])
    if expected is None:
        return ProbeReading(model, row["diff_recall"], "", True)
    value = row[expected.column]
    if value is None:
        return ProbeReading(model, row["diff_recall"], "says nothing: no claim was scored", False)
    holds = expected.holds(value)
    return ProbeReading(model, row["diff_recall"], expected.met if holds else expected.unmet, holds)
