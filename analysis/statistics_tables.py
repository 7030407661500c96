"""Every table beyond the leaderboard, from one lay-out of the cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from analysis.agreement_scopes import agreement_by_pair, agreement_by_scope
from analysis.cells import Cells
from analysis.claims import claims, nameability
from analysis.clusters import Clusters
from analysis.comparisons import comparisons, detectable
from analysis.costs import cost_per_correct, costs
from analysis.magnitude import magnitude, magnitude_curve, measures
from analysis.rank_intervals import rank_flips, ranks
from analysis.rate_intervals import intervals
from analysis.slices import families, recall_by_domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Hold what the statistics rest on beside the cells."""

    roles: Mapping[str, str]
    """Model name to role."""
    families: Mapping[str, str] = field(default_factory=dict)
    """Model name to family."""
    clusters: Clusters
    """Which pairs belong together."""
    num_resamples: int
    seed: int


def rate_tables(cells: Cells, board: pl.DataFrame, settings: Settings) -> dict[str, pl.DataFrame]:
    """Return the tables on rates and ranks by name. board: LEADERBOARD."""
    roles, clusters = settings.roles, settings.clusters
    num_resamples, seed = settings.num_resamples, settings.seed
    compared = comparisons(cells, roles, clusters)
    return {
        "intervals": intervals(cells, num_resamples=num_resamples, seed=seed),
        "ranks": ranks(cells, board, compared, clusters, num_resamples=num_resamples, seed=seed),
        "comparisons": compared,
        "detectable": detectable(cells, compared),
        "rank_flips": rank_flips(cells, compared),
        "agreement_by_scope": agreement_by_scope(cells, roles, clusters),
        "agreement_by_pair": agreement_by_pair(cells, roles),
        "recall_by_domain": recall_by_domain(cells, clusters),
        "families": families(cells, roles, settings.families, clusters),
        "nameability": nameability(cells, clusters),
        "claims": claims(cells, clusters, num_resamples=num_resamples, seed=seed),
    }


def size_tables(
    cells: Cells, pairs: pl.DataFrame, more: pl.DataFrame | None, settings: Settings
) -> dict[str, pl.DataFrame]:
    """Return the tables on how large a change is. pairs: RUN_PAIRS; more: PAIR_MEASURES."""
    sizes = measures(pairs, more, cells.pairs["pair_id"])
    return {
        "magnitude": magnitude(cells, settings.roles, sizes, settings.clusters),
        "magnitude_curve": magnitude_curve(cells, settings.roles, sizes, settings.clusters),
    }


def cost_tables(
    cells: Cells, predictions: pl.DataFrame | pl.LazyFrame, verdicts: pl.DataFrame | pl.LazyFrame
) -> dict[str, pl.DataFrame]:
    """Return the tables on time, tokens and money."""
    spent = costs(predictions, verdicts)
    return {"costs": spent, "cost_per_correct": cost_per_correct(cells, spent)}
