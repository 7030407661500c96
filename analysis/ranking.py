"""Who stands where: ranks of models and baselines under each judge, and what the probes say of the judge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

MAX_UNSCORED: Final = 0.005
"""Share of a row's cells that may be unscored for it to be ranked."""
MIN_PROBED_PAIRS: Final = 20
"""Changed pairs below which a probe raises no alarm: of fewer, one pair is more than 5%."""
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
    is_telling: bool = True
    """Whether there were pairs enough to tell; an untelling reading raises no alarm."""


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
    **dict.fromkeys(
        ("vague", "wrong_direction", "wrong_element", "refusal", "injection"),
        _Expectation("diff_recall", lambda rate: rate <= 0.05, "ok", "too high: the judge takes wrong answers"),
    ),
    "truth_plus_invention": _Expectation(
        "diff_recall", lambda rate: rate >= 0.95, "ok", "too low: the judge misses true answers"
    ),
    "empty": _Expectation("overall_accuracy", lambda rate: rate == 0, "ok", "too high: no answer passes for one"),
    "shotgun": _Expectation(
        "precision", lambda rate: rate < 0.5, "flagged: claims everything", "not flagged: its claims pass for true"
    ),
}
"""By the probe's name: right answers' recall >= 95%, wrong ones' <= 5%, the shotgun's precision < 50%."""


def read_probe(row: Mapping[str, Any], *, num_changed: int, is_whole: bool = True) -> ProbeReading:
    """Hold a probe's LEADERBOARD row against what a sound judge gives it; other names have no expectation.

    Raises no alarm over a run with cells absent (not `is_whole`) or below `MIN_PROBED_PAIRS` changed pairs.
    """
    reading = _held_against(row)
    if reading.is_ok or (is_whole and num_changed >= MIN_PROBED_PAIRS):
        return reading
    return replace(reading, says="too few pairs" if is_whole else "too few pairs so far", is_ok=True, is_telling=False)


def _held_against(row: Mapping[str, Any]) -> ProbeReading:
    model, expected = row["model"], _EXPECTATIONS.get(row["model"])
    if expected is None:
        return ProbeReading(model, row["diff_recall"], "", True)
    value = row[expected.column]
    if value is None:
        return ProbeReading(model, row["diff_recall"], "says nothing: no claim was scored", False)
    holds = expected.holds(value)
    return ProbeReading(model, row["diff_recall"], expected.met if holds else expected.unmet, holds)


def why_none_named(leaderboard: pl.DataFrame, found: pl.DataFrame, judge: str, kind: str | None) -> str | None:
    """Say why no row but the oracle names a change by this judge; None where one does, or nothing explains it.

    leaderboard: LEADERBOARD; found: as `found_rates` returns it; kind: the judge's kind.
    """
    rows = leaderboard.filter(pl.col("judge") == judge)
    standing = ranked(rows).filter(pl.col("rank").is_not_null() & pl.col("diff_recall").is_not_null())
    oracle = rows.filter((pl.col("model") == "oracle") & (pl.col("role") == "probe") & (pl.col("diff_recall") > 0.5))
    if standing.is_empty() or oracle.is_empty() or standing["diff_recall"].sum() > 0:
        return None
    # The reason is one for answers in pixel boxes: baselines give those.
    if kind == "similarity" and "baseline" in standing["role"]:
        return "no ranked row names a change by this judge: it reads words, not pixel boxes"
    boxed = found.filter((pl.col("num_boxed") > 0) & pl.col("model").is_in(standing["model"].to_list()))
    if boxed.is_empty():
        return None
    return "no ranked row names a change by this judge: another one matched answers by their pixel boxes"
