"""Do the intervals hold what they say? Simulated leaderboards with known rates; pages that bind pairs included.

`python -m benchmarks.coverage_of_intervals` simulates 2,000 leaderboards for each kind of dataset and prints how many
95% intervals hold the truth, and how often the model comparison finds a difference where there is none; exit status 1
where a figure leaves its stated limits. `--leaderboards N` for fewer.

A model is right on a pair where a normal variate stays below the quantile of the true rate of its operator and tier;
pairs of one page share a part of that variate, so that the truth stays exact while answers rise and fall together.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from analysis.cells import Cells, official_pairs
from analysis.clusters import Clusters, own_clusters
from analysis.comparisons import comparisons
from analysis.rank_intervals import ranks
from analysis.rate_intervals import intervals
from analysis.rates import PRECISION, counted_rates
from analysis.scopes import operator_masks, tier_mask
from analysis.tables import leaderboard_of
from schemas.tables import RUN_PAIRS, conform
from schemas.vocabulary import CHANGED_TIERS, OPERATORS

NUM_LEADERBOARDS: Final = 2_000
WIDE: Final = (0.93, 0.97)
"""Limits of tiers and overall."""
CELL: Final = (0.91, 0.99)
"""Limits of operator cells."""
MAX_FALSE: Final = 0.05
ANY: Final = (0.0, 1.0)
"""No limit is stated: percentiles of a rate near 1 are known to be too narrow, which the figure is to show."""
_TIER_SHIFT: Final = {"easy": 0.4, "medium": 0.0, "hard": -0.4, "no_diff": 1.2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Describe one kind of simulated dataset."""

    name: str
    num_per_cell: int
    """Changed pairs of each operator and tier."""
    num_no_diff: int
    num_models: int
    num_pages: int | None = None
    """Pages that the pairs are dealt to, unevenly; None: pairs stand alone."""
    shared: float = 0.0
    """Share of an answer's variate that a page's pairs have in common, 0..1."""


KINDS: Final = (
    Kind(name="pairs alone, 4,400", num_per_cell=100, num_no_diff=500, num_models=13),
    Kind(name="440 pages, 4,400 pairs", num_per_cell=100, num_no_diff=500, num_models=6, num_pages=440, shared=0.3),
    Kind(name="40 pages, 850 pairs", num_per_cell=20, num_no_diff=70, num_models=6, num_pages=40, shared=0.2),
)


class World(NamedTuple):
    """Hold a kind's pairs and the true rate of every cell: (models, pairs)."""

    pairs: pl.DataFrame
    clusters: Clusters
    truth: NDArray[np.float64]
    shared: float

    def draw(self, generator: np.random.Generator) -> Cells:
        """Return one leaderboard's cells."""
        num_models, num_pairs = self.truth.shape
        own = generator.standard_normal((num_models, num_pairs))
        page = generator.standard_normal((num_models, self.clusters.num_clusters))[:, self.clusters.codes]
        right = np.sqrt(self.shared) * page + np.sqrt(1 - self.shared) * own < ndtri(self.truth)
        models = [f"m{number:02}" for number in range(num_models)]
        nothing = np.zeros(right.shape, dtype=np.bool_)
        return Cells(
            rows=pl.DataFrame({"judge": ["j"] * num_models, "model": models}), pairs=self.pairs, is_right=right,
            is_scored=~nothing, verdict=np.where(right, 1, 3).astype(np.int8),
            num_invented=nothing.astype(np.int32), is_boxed=nothing, is_unanswered=nothing,
        )  # fmt: skip


def make_world(kind: Kind, seed: int, *, is_level: bool = False) -> World:
    """Return a kind's dataset; models are spread over 2.4 probits, or all the same where `is_level`."""
    generator = np.random.default_rng(seed)
    cells = [(name, tier) for name in OPERATORS for tier in CHANGED_TIERS for _ in range(kind.num_per_cell)]
    tiers = [tier for _, tier in cells] + ["no_diff"] * kind.num_no_diff
    num_pairs = len(tiers)
    weights = generator.dirichlet(np.full(kind.num_pages, 4.0)) if kind.num_pages else None
    pages = [f"page{page}" for page in generator.choice(kind.num_pages or 1, num_pairs, p=weights)]
    frame = pl.DataFrame(
        {
            "id": [f"p{number}" for number in range(num_pairs)],
            "task_type": ["visual_diff"] * len(cells) + ["no_diff"] * kind.num_no_diff,
            "difficulty": tiers,
            "mutation_types": [[f"mutate_{name}"] for name, _ in cells] + [[]] * kind.num_no_diff,
            "page_id": pages if kind.num_pages else [None] * num_pairs,
        },
        schema_overrides={"mutation_types": pl.List(pl.String), "page_id": pl.String},
    )
    pairs = official_pairs(conform(frame, RUN_PAIRS, "pairs"))
    ability = np.zeros(kind.num_models) - 0.2 if is_level else np.linspace(-1.2, 1.2, kind.num_models)
    shift = dict(zip(OPERATORS, generator.normal(0, 0.25, len(OPERATORS)), strict=True))
    by_operator = [shift[name] for name, _ in cells] + [0.0] * kind.num_no_diff
    ease = np.array([_TIER_SHIFT[tier] for tier in tiers]) + np.array(by_operator)
    return World(pairs, own_clusters(pairs), np.asarray(ndtr(ability[:, None] + ease)), kind.shared)


class Held(NamedTuple):
    """Hold how often intervals held the truth."""

    what: str
    mean: float
    low: float
    """Of the cells that are told apart, the one held least often."""
    high: float
    limits: tuple[float, float]
    """Of `mean`; for operator cells of every one."""
    is_each: bool = False

    @property
    def is_kept(self) -> bool:
        """Tell whether the figure is within its limits."""
        figures = (self.low, self.high) if self.is_each else (self.mean, self.mean)
        return self.limits[0] <= figures[0] and figures[1] <= self.limits[1]


def covered_rates(world: World, num_leaderboards: int, seed: int) -> list[Held]:
    """Return how often the leaderboard's intervals, and those of operator cells, hold the true rates."""
    generator = np.random.default_rng(seed)
    wide: dict[str, NDArray[np.int64]] = {}
    cells: dict[str, NDArray[np.int64]] = {}
    for _ in range(num_leaderboards):
        drawn = world.draw(generator)
        for rate in counted_rates(drawn):
            if rate.name != PRECISION:
                found = rate.interval(world.clusters)
                truth = world.truth[:, rate.pairs].mean(axis=1)
                wide[rate.name] = wide.get(rate.name, 0) + ((found.low <= truth) & (truth <= found.high))
        for name, places in _operator_cells(world.pairs):
            found = world.clusters.within(places).rates(drawn.is_right[:, places])
            truth = world.truth[:, places].mean(axis=1)
            cells[name] = cells.get(name, 0) + ((found.low <= truth) & (truth <= found.high))
    tables = [Held(name, *_spread([counts], num_leaderboards), WIDE) for name, counts in wide.items()]
    each = Held("operator x tier cells", *_spread(list(cells.values()), num_leaderboards), CELL, is_each=True)
    return [*tables, each]


def _spread(counts: list[NDArray[np.int64]], num_leaderboards: int) -> tuple[float, float, float]:
    shares = np.stack(counts) / num_leaderboards
    return float(shares.mean()), float(shares.min()), float(shares.max())


def _operator_cells(pairs: pl.DataFrame) -> Iterator[tuple[str, NDArray[np.int64]]]:
    for operator, held in operator_masks(pairs):
        for tier in CHANGED_TIERS:
            yield f"{operator} {tier}", np.flatnonzero(held & tier_mask(pairs, tier))


def covered_bootstrap(world: World, num_leaderboards: int, seed: int) -> list[Held]:
    """Return how often the percentile intervals of tiers and overall hold the true rates; 500 resamples each."""
    generator = np.random.default_rng(seed)
    held: dict[str, list[bool]] = {}
    for number in range(num_leaderboards):
        drawn = world.draw(generator)
        truth = {rate.name: world.truth[:, rate.pairs].mean(axis=1) for rate in counted_rates(drawn)}
        table = intervals(drawn, num_resamples=500, seed=number, units=[world.clusters])
        for (name,), rows in table.partition_by("rate", as_dict=True, maintain_order=True).items():
            if name != PRECISION:
                low, high = (rows[f"bootstrap_{end}"].to_numpy() for end in ("low", "high"))
                held.setdefault(str(name), []).extend(((low <= truth[str(name)]) & (truth[str(name)] <= high)).tolist())
    limits = {name: ANY if name == "no_diff_specificity" else WIDE for name in held}
    return [_overall(f"bootstrap {name}", found, limits[name]) for name, found in held.items()]


def compared(world: World, level: World, num_leaderboards: int, seed: int) -> list[Held]:
    """Return how often a difference is found where there is none, and how often differences and ranks are held."""
    generator = np.random.default_rng(seed)
    false: dict[str, list[bool]] = {}
    held, open_ranks = [], []
    for _ in range(num_leaderboards):
        table = comparisons(level.draw(generator), {}, level.clusters)
        for (kind,), rows in table.partition_by("scope_kind", as_dict=True).items():
            false.setdefault(str(kind), []).append(bool(rows["is_significant"].any()))
        drawn = world.draw(generator)
        found = comparisons(drawn, {}, world.clusters).filter(pl.col("scope_kind") == "overall")
        truth = dict(zip(drawn.rows["model"], world.truth.mean(axis=1), strict=True))
        apart = np.array([truth[row["model_a"]] - truth[row["model_b"]] for row in found.iter_rows(named=True)])
        low, high = (found[f"difference_{end}"].to_numpy() for end in ("low", "high"))
        held.append(((low <= apart) & (apart <= high)).mean())
        order = ranks(drawn, leaderboard_of(drawn, {}), found, world.clusters, num_resamples=0, seed=0)
        true_rank = {name: 1 + sum(other > rate for other in truth.values()) for name, rate in truth.items()}
        open_ranks.append(
            all(row["rank_best"] <= true_rank[row["model"]] <= row["rank_worst"] for row in order.iter_rows(named=True))
        )
    findings = [_overall(f"false finding, {name}", found, (0.0, MAX_FALSE)) for name, found in false.items()]
    in_all = _overall("all ranks in rank_best..rank_worst", open_ranks, (0.95, 1.0))
    return [*findings, _overall("difference of two models", held, WIDE), in_all]


def _overall(what: str, held: Sequence[float], limits: tuple[float, float]) -> Held:
    share = float(np.mean(held))
    return Held(what, share, share, share, limits)


def simulate(kind: Kind, num_leaderboards: int, seed: int) -> Iterator[Held]:
    """Yield the figures of one kind of dataset."""
    world, level = make_world(kind, seed), make_world(kind, seed, is_level=True)
    yield from covered_rates(world, num_leaderboards, seed + 1)
    if kind.num_pages:
        yield from covered_bootstrap(world, num_leaderboards, seed + 2)
    yield from compared(world, level, num_leaderboards, seed + 3)


def main() -> int:
    """Simulate, print and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage_of_intervals")
    parser.add_argument("--leaderboards", type=int, default=NUM_LEADERBOARDS)
    parser.add_argument("--kind", type=int, choices=range(len(KINDS)), help="one kind of dataset alone")
    options = parser.parse_args()
    is_kept = True
    for place, kind in enumerate(KINDS):
        if options.kind in (None, place):
            print(f"{kind.name}, {kind.num_models} models, {options.leaderboards:,} leaderboards")
            for found in simulate(kind, options.leaderboards, 10 * place):
                is_kept &= found.is_kept
                print(_line(found), flush=True)
    return int(not is_kept)


def _line(found: Held) -> str:
    spread = f"  each {100 * found.low:5.1f}-{100 * found.high:5.1f}" if found.low < found.high else " " * 18
    limits = f"limits {100 * found.limits[0]:.0f}-{100 * found.limits[1]:.0f}"
    return f"  {found.what:40} {100 * found.mean:5.1f}%{spread}  {limits}  {'ok' if found.is_kept else 'OUT OF LIMITS'}"


if __name__ == "__main__":
    sys.exit(main())
