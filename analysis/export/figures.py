"""The report's figures as SVG files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from analysis.export.formats import Exported, file_name, write_files
from analysis.ranking import ranked
from analysis.report.changes import correlations, nameability_figures, size_curves, tier_curves
from analysis.report.charts import PANEL_HEIGHT, PANEL_WIDTH, estimate_of, forest
from analysis.report.costs import cost_figure
from analysis.report.drawing import as_file, beside
from analysis.report.judges import agreement_by_part, rank_slopes
from analysis.report.lamp import leniency_figure, probe_figure
from analysis.report.markup import Html
from analysis.tally import Analysis

_COLUMNS: Final = 4


def write_figures(exported: Exported, folder: Path) -> Sequence[Path]:
    """Write every figure as `<name>-<judge>.svg`; those that the run has no figures for are left out."""
    drawn: dict[str, Html | None] = {}
    for judge in exported.judges:
        drawn |= {f"{name}-{file_name(judge)}": one for name, one in _of_judge(exported.analysis, judge).items()}
    if len(exported.judges) > 1 and not exported.analysis.judge_agreement.is_empty():
        drawn |= {"agreement": agreement_by_part(exported.analysis), "ranks": rank_slopes(exported.analysis)}
    return write_files({f"{name}.svg": as_file(one) for name, one in drawn.items() if one is not None}, folder)


def _of_judge(analysis: Analysis, judge: str) -> Mapping[str, Html | None]:
    by_row, by_operator = nameability_figures(analysis, judge)
    return {
        "leaderboard": leaderboard_figure(analysis, judge),
        "tiers": _beside(tier_curves(analysis, judge), f"Recall by tier, judge {judge}"),
        "size": correlations(analysis, judge),
        "size_curves": _beside(size_curves(analysis, judge), f"Recall by size, judge {judge}"),
        "nameability_by_row": by_row,
        "nameability_by_operator": by_operator,
        "cost": cost_figure(analysis, judge),
        "probes": probe_figure(analysis, judge),
        "leniency": leniency_figure(analysis, judge),
    }


def leaderboard_figure(analysis: Analysis, judge: str) -> Html | None:
    """Return each row's overall accuracy with its interval, best first; None where nothing stands."""
    order = ranked(analysis.leaderboard).filter(pl.col("judge") == judge)
    rows = [
        estimate_of(one["model"], one, "overall_accuracy", num_trials=one["num_pairs"])
        for one in order.iter_rows(named=True)
    ]
    return forest(rows, f"Overall accuracy, judge {judge}", low=0, high=1) if rows else None


def _beside(drawings: Sequence[Html], label: str) -> Html | None:
    return beside(drawings, _COLUMNS, PANEL_WIDTH + 8, PANEL_HEIGHT + 8, label) if drawings else None
