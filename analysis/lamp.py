"""Judges under the lamp: every table on what the judges themselves are worth."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis.cells import Cells
from analysis.clusters import Clusters
from analysis.corrected import corrected, corrected_flips, corrected_rankings
from analysis.judge_accuracy import judge_accuracy
from analysis.probes import judge_probes, read_expected
from analysis.self_favouring import self_favouring


def lamp_tables(
    cells: Cells, board: pl.DataFrame, config: Mapping[str, Any], contestants: Mapping[str, Sequence[str]],
    clusters: Clusters,
) -> dict[str, pl.DataFrame]:  # fmt: skip
    """Return the tables on judges by name. board: LEADERBOARD; config: the run's own, which says what each row is."""
    expected, judges = read_expected(config), read_judges(config)
    table = corrected(cells, board, expected, judges, clusters)
    roles = dict(board.select("model", "role").iter_rows())
    return {
        "judge_probes": judge_probes(cells, expected, clusters),
        "judge_accuracy": judge_accuracy(cells, expected, judges, clusters),
        "corrected": table,
        "corrected_rankings": corrected_rankings(table),
        "corrected_flips": corrected_flips(table),
        "self_favouring": self_favouring(cells, roles, contestants, clusters),
    }


def read_judges(config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return judge name to its own config (`kind` and settings), from a run's config."""
    held = config.get("judges") or {}
    rows = held.values() if isinstance(held, Mapping) else held
    return {
        str(row.get("name")): row["judge"]
        for row in rows
        if isinstance(row, Mapping) and isinstance(row.get("judge"), Mapping)
    }
