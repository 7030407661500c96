"""False alarms as they are shown: a judge's models by kind of benign change."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from analysis.cells import ALL
from analysis.figures import MIN_PAIRS_SHOWN
from analysis.ranking import ranked
from analysis.tally import Analysis


class GridRow(NamedTuple):
    """Hold one model's alarms: in all, and by each kind that is shown."""

    model: str
    whole: Mapping[str, Any]
    kinds: Sequence[Mapping[str, Any] | None]


class Grid(NamedTuple):
    """Hold a judge's false alarms as a table to be shown: models in the leaderboard's order, by kind."""

    kinds: Sequence[str]
    """Kinds of at least `MIN_PAIRS_SHOWN` controls."""
    rows: Sequence[GridRow]

    @classmethod
    def of(cls, analysis: Analysis, judge: str) -> "Grid | None":
        """Return a judge's table, probes below; None where the run holds no benign control that it has seen."""
        held = analysis.statistics["false_alarms"].filter(pl.col("judge") == judge)
        by_cell = {(one["model"], one["kind"]): one for one in held.iter_rows(named=True)}
        is_shown = (pl.col("kind") != ALL) & (pl.col("num_pairs") >= MIN_PAIRS_SHOWN)
        kinds = held.filter(is_shown)["kind"].unique().sort().to_list()
        order = ranked(analysis.leaderboard).filter(pl.col("judge") == judge)["model"].to_list()
        names = [name for name in dict.fromkeys([*order, *held["model"]]) if (name, ALL) in by_cell]
        rows = [GridRow(name, by_cell[name, ALL], [by_cell.get((name, kind)) for kind in kinds]) for name in names]
        return cls(kinds, rows) if rows else None
