"""How figures are written, on the console and in the report alike."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from schemas.tables import RATES

ABSENT: Final = "-"
ALSO_JUDGES: Final = "also judged here"
"""Marks a model whose weights are a judge of the same run, too."""
MIN_PAIRS_SHOWN: Final = 10
"""Cells of fewer pairs stay in Parquet and off the screen."""
_MANY: Final = 1_000
_LEAST_P: Final = 0.001
_PAIR: Final = "pair"


def decimals(count: int) -> int:
    """Return how many decimals a percentage of `count` carries: one from 1,000 on, where one more is 0.1 points."""
    return int(count >= _MANY)


def percent(rate: float | None, count: int) -> str:
    """Write a rate of `count` pairs, or claims, as percent, with no more decimals than they carry."""
    return ABSENT if rate is None else f"{100 * rate:.{decimals(count)}f}"


def points(difference: float, count: int, *, sign: str = "") -> str:
    """Write a difference of two rates over `count` pairs in points; `sign` as in a format."""
    return f"{100 * difference + 0.0:{sign}.{decimals(count)}f}"


def with_counts(board: pl.DataFrame, intervals: pl.DataFrame) -> pl.DataFrame:
    """Return LEADERBOARD rows with `<rate>_count`: what each rate divides by, so that it is written no finer.

    intervals: INTERVALS.
    """
    of_pairs = intervals.filter(pl.col("unit") == _PAIR).select("judge", "model", "rate", "num_trials")
    names = {rate: f"{rate}_count" for rate in RATES}
    wide = of_pairs.pivot("rate", index=["judge", "model"], values="num_trials").rename(names, strict=False)
    return board.join(wide, on=["judge", "model"], how="left", maintain_order="left")


def count_of(row: Mapping[str, Any], name: str) -> int:
    """Return what a row's rate divides by: its `_count`, or else all pairs."""
    found = row.get(f"{name}_count")
    return int(row["num_pairs"] if found is None else found)


def rate_and_interval(row: Mapping[str, Any], name: str) -> str:
    """Write a LEADERBOARD rate with its 95% interval: `50 [39-61]`."""
    count = count_of(row, name)
    rate, low, high = (percent(row[name + suffix], count) for suffix in ("", "_low", "_high"))
    width = len(percent(1.0, count))
    return ABSENT if rate == ABSENT else f"{rate:>{width}} [{low}-{high}]"


def p_figure(value: float) -> str:
    """Write a p-value with two digits; below what any resampling or table backs, as smaller than that."""
    return f"{value:.2g}" if value >= _LEAST_P else f"< {_LEAST_P:g}"


def alarms(row: Mapping[str, Any]) -> str:
    """Write a FALSE_ALARMS row's alarms per 1,000 pairs; no decimals, fewer than 1,000 pairs carry none."""
    rate = row["alarms_per_1000"]
    return ABSENT if rate is None else f"{rate:.0f}"


def alarms_and_interval(row: Mapping[str, Any]) -> str:
    """Write a FALSE_ALARMS row's alarms per 1,000 pairs with their 95% interval: ` 250 [89-532]`."""
    low, high = row["alarms_per_1000_low"], row["alarms_per_1000_high"]
    return alarms(row) if low is None else f"{alarms(row):>4} [{low:.0f}-{high:.0f}]"


def agreement_figures(row: Mapping[str, Any]) -> str:
    """Write a JUDGE_AGREEMENT row's figures, those that there are."""
    figures = []
    if row["raw_agreement"] is not None:
        figures.append(f"agree {100 * row['raw_agreement']:.0f}%")
    if row["cohen_kappa"] is not None:
        figures.append(f"kappa {row['cohen_kappa']:.2f}")
    if row["kendall_tau"] is not None:
        figures.append(f"tau {row['kendall_tau']:.2f}{_tau_interval(row)}")
    if row["p_value"] is not None:
        figures.append(f"p {p_figure(row['p_value'])}")
    return ", ".join(figures) or "no cell that both scored"


def _tau_interval(row: Mapping[str, Any]) -> str:
    """Write tau's interval; one without width says that no resample moved a rank, not that tau is certain."""
    if row["kendall_tau_low"] is None:
        return ""
    low, high = (f"{row[name]:.2f}" for name in ("kendall_tau_low", "kendall_tau_high"))
    return "" if low == high else f" [{low}, {high}]"


def outcome_rows(tables: Mapping[str, pl.DataFrame]) -> list[list[str]]:
    """Lay outcomes of several kinds side by side: a row of heads, one for each outcome, and the sums.

    tables: kind to `status, error_type, num_cells`.
    """
    counts = {kind: _named_counts(table) for kind, table in tables.items()}
    names = dict.fromkeys(name for column in counts.values() for name in column)
    body = [
        [name, *(f"{column[name]:,}" if name in column else ABSENT for column in counts.values())] for name in names
    ]
    return [["outcome", *tables], *body, ["in all", *(f"{sum(column.values()):,}" for column in counts.values())]]


def _named_counts(outcomes: pl.DataFrame) -> dict[str, int]:
    return {
        f"{row['status']}: {row['error_type']}" if row["error_type"] else row["status"]: row["num_cells"]
        for row in outcomes.iter_rows(named=True)
    }
