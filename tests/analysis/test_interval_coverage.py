"""Small, seeded simulations: intervals hold the truth, and no difference is found where there is none.

`benchmarks/coverage_of_intervals.py` does the same on 2,000 leaderboards. Bounds here are four standard errors wide
of the stated limits, by the number of leaderboards (their rows share pairs, so a leaderboard counts once at worst).
"""

import numpy as np
import pytest

from analysis.clusters import Clusters, pair_clusters
from analysis.rates import counted_rates
from benchmarks.coverage_of_intervals import (
    CELL,
    MAX_FALSE,
    WIDE,
    Held,
    Kind,
    World,
    compared,
    covered_rates,
    make_world,
)  # fmt: skip

NUM_LEADERBOARDS = 60
ALONE = Kind(name="alone", num_per_cell=12, num_no_diff=60, num_models=5)
PAGED = Kind(name="pages", num_per_cell=12, num_no_diff=60, num_models=5, num_pages=60, shared=0.3)


def _margin(rate: float, num_independent: int) -> float:
    return 4 * float(np.sqrt(rate * (1 - rate) / num_independent))


@pytest.mark.parametrize("kind", [ALONE, PAGED], ids=lambda kind: str(kind.name))
def test_intervals_hold_the_true_rates(kind: Kind) -> None:
    found = {held.what: held for held in covered_rates(make_world(kind, 0), NUM_LEADERBOARDS, 1)}
    # Models are drawn apart: each leaderboard holds five independent intervals of each rate.
    margin = _margin(0.95, NUM_LEADERBOARDS * kind.num_models)
    for name in ("easy_recall", "medium_recall", "hard_recall", "overall_accuracy"):
        assert WIDE[0] - margin <= found[name].mean <= WIDE[1] + margin, found[name]
    cells = found["operator x tier cells"]
    margin = _margin(0.95, NUM_LEADERBOARDS * kind.num_models * 39)
    assert CELL[0] - margin <= cells.mean <= CELL[1] + margin, cells


def test_pairs_taken_as_independent_hold_far_fewer_truths() -> None:
    """The simulation can fail: it does where the pages that bind pairs are not told."""
    world = make_world(Kind(name="few", num_per_cell=12, num_no_diff=60, num_models=5, num_pages=20, shared=0.3), 0)
    blind = [_overall(world, clusters) for clusters in (world.clusters, pair_clusters(world.pairs))]
    assert blind[1] < 0.85 < blind[0]


def _overall(world: World, clusters: Clusters) -> float:
    generator, held = np.random.default_rng(1), []
    for _ in range(NUM_LEADERBOARDS):
        rate = next(rate for rate in counted_rates(world.draw(generator)) if rate.name == "overall_accuracy")
        found, truth = rate.interval(clusters), world.truth.mean(axis=1)
        held.append(((found.low <= truth) & (truth <= found.high)).mean())
    return float(np.mean(held))


@pytest.mark.parametrize("kind", [ALONE, PAGED], ids=lambda kind: str(kind.name))
def test_no_difference_is_found_where_there_is_none(kind: Kind) -> None:
    world, level = make_world(kind, 0), make_world(kind, 0, is_level=True)
    found: dict[str, Held] = {held.what: held for held in compared(world, level, NUM_LEADERBOARDS, 2)}
    for name in ("overall", "tier", "operator"):
        assert found[f"false finding, {name}"].mean <= MAX_FALSE + _margin(MAX_FALSE, NUM_LEADERBOARDS)
    margin = _margin(0.95, NUM_LEADERBOARDS)
    assert WIDE[0] - margin <= found["difference of two models"].mean <= WIDE[1] + margin
    assert found["all ranks in rank_best..rank_worst"].mean >= 0.95 - margin
