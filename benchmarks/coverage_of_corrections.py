"""Do corrected rates hold the truth? Simulated judges that err in known ways, some of them lenient.

`python -m benchmarks.coverage_of_corrections` simulates 2,000 leaderboards for each kind of judge and dataset: models
answer with known true rates, probes answer rightly or wrongly, the judge errs on both alike. It prints how many 95%
intervals of the corrected rates hold the true ones, how near the raw and the corrected order come to the true one
(tau-b), and how often a judge that favours nobody is said to favour itself; exit status 1 where a figure leaves its
stated limits. `--leaderboards N` for fewer, `--part N` for one dataset (3: the others).
"""

import argparse
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import kendalltau

from analysis.cells import Cells
from analysis.clusters import Clusters
from analysis.corrected import RATES, corrected
from analysis.correction import Calibration, corrected_rates
from analysis.scopes import changed_mask
from analysis.self_favouring import self_favouring
from analysis.tables import leaderboard_of
from benchmarks.coverage_of_intervals import MAX_FALSE, WIDE, Kind, make_world
from schemas.probes import CLEAN, HALLUCINATION, Expected
from schemas.vocabulary import OPERATORS

NUM_LEADERBOARDS: Final = 2_000
AT_LEAST: Final = (0.93, 1.0)
"""Limits where few answers of known worth, or a line laid through level rows, make intervals wider than need be."""
_NUM_RIGHT, _NUM_WRONG = 2, 6
"""Probes whose answers are right, and wrong."""
PROBES: Final[Mapping[str, Expected]] = {
    **{f"right{number}": Expected("correct", CLEAN) for number in range(_NUM_RIGHT)},
    **{f"wrong{number}": Expected("missed", HALLUCINATION) for number in range(_NUM_WRONG)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErringJudge:
    """Say how often a simulated judge takes right and wrong answers."""

    name: str
    sensitivity: float
    specificity: float
    lenient_to: Mapping[str, float]
    """Operator to the specificity on it, where it is another one."""


STRICT: Final = ErringJudge(name="strict", sensitivity=0.75, specificity=0.98, lenient_to={})
LENIENT: Final = ErringJudge(name="lenient to all", sensitivity=0.97, specificity=0.6, lenient_to={})
PARTIAL: Final = ErringJudge(
    name="lenient to typography", sensitivity=0.95, specificity=0.97, lenient_to=dict.fromkeys(OPERATORS[:5], 0.45)
)
JUDGES: Final = (STRICT, LENIENT, PARTIAL)
KINDS: Final = (
    Kind(name="4,400 pairs", num_per_cell=100, num_no_diff=500, num_models=13),
    Kind(name="440 pages, 4,400 pairs", num_per_cell=100, num_no_diff=500, num_models=6, num_pages=440, shared=0.3),
    Kind(name="90 pairs", num_per_cell=2, num_no_diff=12, num_models=5),
)


class Scene(NamedTuple):
    """Hold a dataset, the true rate of every model on every pair, and what the judge makes of answers there."""

    pairs: pl.DataFrame
    clusters: Clusters
    truth: NDArray[np.float64]
    """(models, pairs)."""
    shared: float
    takes_right: NDArray[np.float64]
    """(pairs): the chance that the judge takes a right answer."""
    takes_wrong: NDArray[np.float64]

    def true_rates(self, rate: str) -> NDArray[np.float64]:
        """Return each model's true rate."""
        changed = changed_mask(self.pairs)
        held = {"diff_recall": changed, "no_diff_specificity": ~changed}.get(rate, np.ones_like(changed))
        return np.asarray(self.truth[:, held].mean(axis=1))

    def draw(self, generator: np.random.Generator) -> Cells:
        """Return one leaderboard's cells: models, then probes; the judge errs on both alike."""
        num_models, num_pairs = self.truth.shape
        own = generator.standard_normal((num_models, num_pairs))
        page = generator.standard_normal((num_models, self.clusters.num_clusters))[:, self.clusters.codes]
        right = np.sqrt(self.shared) * page + np.sqrt(1 - self.shared) * own < ndtri(self.truth)
        probes = np.stack([self._is_right(one) for one in PROBES.values()])
        answers = np.concatenate([right, probes])
        taken = generator.random(answers.shape) < np.where(answers, self.takes_right, self.takes_wrong)
        return as_cells(self.pairs, {"j": dict(zip([*model_names(num_models), *PROBES], taken, strict=True))})

    def _is_right(self, expected: Expected) -> NDArray[np.bool_]:
        return np.where(changed_mask(self.pairs), expected.is_right, expected.unchanged == CLEAN)


def model_names(num_models: int) -> list[str]:
    """Return names in order."""
    return [f"m{number:02}" for number in range(num_models)]


def as_cells(pairs: pl.DataFrame, taken: Mapping[str, Mapping[str, NDArray[np.bool_]]]) -> Cells:
    """Return cells of judge to row to which answers it took, (pairs,); all are scored."""
    rows = sorted((judge, model) for judge, models in taken.items() for model in models)
    right = np.stack([taken[judge][model] for judge, model in rows])
    nothing = np.zeros(right.shape, dtype=np.bool_)
    return Cells(
        rows=pl.DataFrame(rows, schema=["judge", "model"], orient="row"), pairs=pairs, is_right=right,
        is_scored=~nothing, verdict=np.where(right, 1, 3).astype(np.int8),
        num_invented=nothing.astype(np.int32), is_boxed=nothing, is_unanswered=nothing,
    )  # fmt: skip


def make_scene(kind: Kind, judge: ErringJudge, seed: int) -> Scene:
    """Return a dataset whose models differ by operator, too, and a judge's errors on it.

    Half of the models are good at typography and poor at the rest, the others the reverse: a judge that is lenient to
    typography puts them in the wrong order.
    """
    world = make_world(kind, seed)
    operators = world.pairs["operators"].list.first().to_list()
    is_letters = np.array([name in OPERATORS[:5] for name in operators])
    lean = np.where(np.arange(kind.num_models) % 2 == 0, 1, -1)[:, None] * np.where(is_letters, 0.12, -0.075)
    truth = np.clip(0.25 + 0.5 * world.truth + np.where(changed_mask(world.pairs), lean, 0), 0.02, 0.98)
    specificity = np.array([judge.lenient_to.get(name or "", judge.specificity) for name in operators])
    takes_right = np.full(len(operators), judge.sensitivity)
    return Scene(world.pairs, world.clusters, truth, world.shared, takes_right, 1 - specificity)


class Figure(NamedTuple):
    """Hold one simulated figure and its limits; None: it is shown, and nothing is promised."""

    what: str
    value: float
    limits: tuple[float, float] | None

    @property
    def is_kept(self) -> bool:
        """Tell whether the figure is within its limits."""
        return self.limits is None or self.limits[0] <= self.value <= self.limits[1]


def corrections(scene: Scene, num_leaderboards: int, seed: int, limits: tuple[float, float] = WIDE) -> list[Figure]:
    """Return how often corrected intervals hold the truth, and how near orders come to the true one.

    Beside it what raw intervals hold, and the share of rows that get a corrected rate.
    """
    generator = np.random.default_rng(seed)
    held: dict[str, list[float]] = {}
    roles = dict.fromkeys(PROBES, "probe")
    for _ in range(num_leaderboards):
        cells = scene.draw(generator)
        table = corrected(cells, leaderboard_of(cells, roles, scene.clusters), PROBES, {}, scene.clusters)
        models = table.filter(pl.col("role") != "probe")
        for rate in RATES:
            rows = models.filter(pl.col("rate") == rate).sort("model")
            for name, value in _measure(rows, scene.true_rates(rate)).items():
                held.setdefault(f"{rate}, {name}", []).append(value)
    promised = {"corrected holds the truth": limits}
    return [Figure(name, float(np.nanmean(values)), promised.get(name.split(", ")[1])) for name, values in held.items()]


def _measure(rows: pl.DataFrame, truth: NDArray[np.float64]) -> dict[str, float]:
    raw, found = (rows[name].fill_null(np.nan).to_numpy() for name in ("raw", "corrected"))
    is_told = ~np.isnan(found)
    covered = {
        what: ((rows[f"{name}_low"].fill_null(np.nan).to_numpy() <= truth)
               & (truth <= rows[f"{name}_high"].fill_null(np.nan).to_numpy()))
        for what, name in (("corrected", "corrected"), ("raw", "raw"))
    }  # fmt: skip
    whole = is_told.all()
    return {
        "corrected holds the truth": float(covered["corrected"][is_told].mean()) if is_told.any() else np.nan,
        "raw holds the truth": float(covered["raw"].mean()),
        "rows corrected": float(is_told.mean()),
        "tau of the raw order with the true one": float(kendalltau(raw, truth)[0]),
        "tau of the corrected order": float(kendalltau(found, truth)[0]) if whole else np.nan,
    }


def by_few_answers(num_leaderboards: int, seed: int) -> list[Figure]:
    """Return the same for a calibration by as many answers as the hand-written ones: 22 right, 24 wrong, 78 pairs."""
    generator = np.random.default_rng(seed)
    truth, sensitivity, specificity = np.array([0.05, 0.2, 0.5, 0.8]), 0.8, 0.85
    held, told = [], []
    for _ in range(num_leaderboards):
        known = Calibration(*(np.array([float(one)]) for one in (
            generator.binomial(22, sensitivity), 22, generator.binomial(24, specificity), 24,
        )))  # fmt: skip
        taken = generator.binomial(78, truth * sensitivity + (1 - truth) * (1 - specificity))
        found = corrected_rates(taken[:, None].astype(np.float64), np.array([78.0]), known)
        is_told = ~np.isnan(found.rate)
        told.append(is_told.mean())
        held += ((found.low <= truth) & (truth <= found.high))[is_told].tolist()
    shares = {"corrected holds the truth": float(np.mean(held)), "rows corrected": float(np.mean(told))}
    limits = {"corrected holds the truth": AT_LEAST}
    return [Figure(name, value, limits.get(name)) for name, value in shares.items()]


def favours(
    num_leaderboards: int, seed: int, *, kindness: float = 0.0, is_level: bool = False, own: int = -1
) -> list[Figure]:
    """Return how often a judge is said to favour itself, and how often the interval of `favour` holds 0.

    The judge is kinder to all rows than the other one, and to its own, the best of six unless `own` says which, by
    `kindness` (share of its wrong answers that it takes) besides; 0 makes every finding a false one. 600 pairs on 60
    pages. is_level: all rows have one true rate.
    """
    kind = Kind(name="own", num_per_cell=14, num_no_diff=54, num_models=6, num_pages=60, shared=0.2)
    world = make_world(kind, seed, is_level=is_level)
    generator = np.random.default_rng(seed)
    names, shape = model_names(kind.num_models), world.truth.shape
    found, held = [], []
    kind_to = np.full((kind.num_models, 1), 0.25)
    kind_to[own] += kindness
    for _ in range(num_leaderboards):
        right, chance = generator.random(shape) < world.truth, generator.random((2, *shape))
        taken = [np.where(right, chance[place] < 0.95, chance[place] < lenient) for place, lenient in
                 enumerate((kind_to, 0.05))]  # fmt: skip
        cells = as_cells(world.pairs, {judge: dict(zip(names, one, strict=True)) for judge, one in
                                       zip("ab", taken, strict=True)})  # fmt: skip
        row = self_favouring(cells, {}, {"a": [names[own]]}, world.clusters).row(0, named=True)
        found.append(float(row["is_significant"]))
        held.append(float(row["favour_low"] <= 0 <= row["favour_high"]))
    word = "favouring is found where there is none" if not kindness else "favouring is found where there is some"
    finding = Figure(word, float(np.mean(found)), None if kindness else (0.0, MAX_FALSE))
    return [finding] if kindness else [finding, Figure("favour's interval holds 0", float(np.mean(held)), AT_LEAST)]


def simulate(num_leaderboards: int, parts: Collection[int]) -> Iterator[tuple[str, list[Figure]]]:
    """Yield the figures of each dataset and judge."""
    for place, kind in enumerate(KINDS):
        for number, judge in enumerate(JUDGES if place in parts else ()):
            limits = WIDE if kind.num_per_cell > 2 else AT_LEAST
            scene = make_scene(kind, judge, 10 * place)
            yield f"{kind.name}, judge {judge.name}", corrections(scene, num_leaderboards, number, limits)
    if len(KINDS) not in parts:
        return
    yield "22 right and 24 wrong answers by hand, 78 pairs", by_few_answers(num_leaderboards, 7)
    yield "a judge that is kind to all, level rows", favours(num_leaderboards, 8, is_level=True)
    yield "a judge that is kind to all, rows apart", favours(num_leaderboards, 8)
    yield "a judge that takes 15% more of its own wrong answers", favours(num_leaderboards, 9, kindness=0.15, own=2)


def main() -> int:
    """Simulate, print and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage_of_corrections")
    parser.add_argument("--leaderboards", type=int, default=NUM_LEADERBOARDS)
    parser.add_argument("--part", type=int, choices=range(len(KINDS) + 1), help="one dataset alone")
    options = parser.parse_args()
    parts = range(len(KINDS) + 1) if options.part is None else [options.part]
    is_kept = True
    for name, figures in simulate(options.leaderboards, parts):
        print(f"{name}, {options.leaderboards:,} leaderboards")
        for one in figures:
            is_kept &= one.is_kept
            print(_line(one), flush=True)
    return int(not is_kept)


def _line(one: Figure) -> str:
    is_tau = "tau" in one.what
    value = f"{one.value:7.3f} " if is_tau else f"{100 * one.value:7.1f}%"
    if one.limits is None:
        return f"  {one.what:64} {value}"
    limits = f"limits {100 * one.limits[0]:.0f}-{100 * one.limits[1]:.0f}"
    return f"  {one.what:64} {value}  {limits}  {'ok' if one.is_kept else 'OUT OF LIMITS'}"


if __name__ == "__main__":
    sys.exit(main())
