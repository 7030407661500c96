"""Whether a judge that also answers is kinder to itself than other judges are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import stdtr

from analysis.agreement import places_of
from analysis.cells import Cells
from analysis.clusters import Clusters
from analysis.intervals import Numbers, student_quantile
from analysis.paired import ALPHA, cluster_sign_test, difference_effect, holm, paired_difference
from schemas.analysis_tables import SELF_FAVOURING

NO_OTHER_JUDGE: Final = "no other judge to compare with"
_NO_PAIRS: Final = "no pair that both judges scored"
_NO_OTHER_ROW: Final = "no other row: whether the judge is kinder to all can't be told"
_MIN_LINE: Final = 3
"""Other rows below which no line is laid."""
_NO_WIDTH: Final = 1e-12
_NO_SPREAD: Final = "the two judges never part in one way more than in another"


def self_favouring(
    cells: Cells, roles: Mapping[str, str], contestants: Mapping[str, Sequence[str]], clusters: Clusters
) -> pl.DataFrame:
    """Return SELF_FAVOURING: each judge that has a model's weights, with each other judge, on that model's answers.

    contestants: judge to the models with its weights. `difference`: the judge's rate for its own row less the other
    judge's for it, on the same pairs; exact McNemar, by whole clusters. A judge that is kind to everyone shows that,
    too. Two judges that err each in its own way, alike on all rows, give rates that lie on one line, whatever the true
    rates are; so `favour` is how far the own row lies above the line through the other ranked rows (below three of
    them: above their mean difference). Its interval and p-value are Student's with the jackknife's standard error over
    clusters, Holm corrects over the table. `num_as_favoured`: other rows that lie as far above the line of the rest, or
    farther; `is_significant`: the test stands, and there is no such row.
    Sources: A. Panickssery, S. R. Bowman and S. Feng, "LLM evaluators recognize and favor their own generations",
    NeurIPS 37 (2024), for the question; R. G. Miller, "The jackknife: a review", Biometrika 61 (1974), 1-15.
    """
    rows = list(_rows(cells, roles, contestants, clusters))
    corrected = holm([np.nan if row.get("p_favour") is None else row["p_favour"] for row in rows])
    for row, p_value in zip(rows, corrected, strict=True):
        row["p_holm"] = None if np.isnan(p_value) else float(p_value)
        row["is_significant"] = None if np.isnan(p_value) else bool(p_value <= ALPHA and not row["num_as_favoured"])
    return pl.DataFrame(rows, schema=SELF_FAVOURING)


def _rows(
    cells: Cells, roles: Mapping[str, str], contestants: Mapping[str, Sequence[str]], clusters: Clusters
) -> Iterator[dict[str, Any]]:
    for judge in (name for name in cells.judges if contestants.get(name)):
        for model in sorted(set(contestants[judge]) & set(cells.models_of(judge))):
            names = {"judge": judge, "model": model, "unit": clusters.unit}
            others = [name for name in cells.judges if name != judge and model in cells.models_of(name)]
            if not others:
                yield {**names, "reason": NO_OTHER_JUDGE}
            for other in others:
                # A row that the other judge has the weights of would be favoured from that side.
                left_out = {*contestants[judge], *contestants.get(other, ())}
                yield {**names, "other_judge": other, **_compared(cells, names, other, roles, left_out, clusters)}


def _compared(
    cells: Cells, names: Mapping[str, str], other: str, roles: Mapping[str, str], left_out: Collection[str],
    clusters: Clusters,
) -> dict[str, Any]:  # fmt: skip
    judge, model = names["judge"], names["model"]
    shared = set(cells.models_of(judge)) & set(cells.models_of(other))
    rest = sorted(name for name in shared if name not in left_out and roles.get(name) != "probe")
    own, theirs = (places_of(cells, name, [model, *rest]) for name in (judge, other))
    scored = np.flatnonzero((cells.is_scored[own] & cells.is_scored[theirs]).all(axis=0))
    if not len(scored):
        return {"num_pairs": 0, "num_other_models": len(rest), "reason": _NO_PAIRS}
    first, second = (cells.is_right[np.ix_(places, scored)] for places in (own, theirs))
    bound = clusters.within(scored)
    whole: dict[str, Any] = {"num_pairs": len(scored), "num_other_models": len(rest)}
    whole |= _difference(first[0].astype(np.float64) - second[0], bound)
    if not rest:
        return {**whole, "reason": _NO_OTHER_ROW}
    found = _favour(bound.sums(first), bound.sums(second), bound.sums(np.ones(len(scored))))
    others = _levels_of_others(first.mean(axis=1), second.mean(axis=1))
    return {**whole, **found, "num_as_favoured": sum(level >= found["favour"] for level in others)}


def _levels_of_others(first: Numbers, second: Numbers) -> list[float]:
    """Return how far each row but the first lies above the line through the rest, the first left out."""
    num_others = len(first) - 1
    orders = [np.roll(np.arange(1, num_others + 1), -place) for place in range(num_others)] if num_others > 1 else []
    return [float(above_line(first[order], second[order])) for order in orders]


def above_line(first: Numbers, second: Numbers) -> Numbers:
    """Return how far the first row lies above the line through the others: (..., rows) to (...).

    first, second: each row's rate by the judge, and by the other one. Least squares; below three other rows, or where
    the other judge puts them level, a line of slope 1.
    """
    own, rest = first[..., 0], first[..., 1:]
    apart = second[..., 1:] - second[..., 1:].mean(axis=-1, keepdims=True)
    spread = (apart**2).sum(axis=-1)
    slope = np.divide((apart * rest).sum(axis=-1), spread, out=np.ones_like(spread), where=spread > _NO_WIDTH)
    slope = np.ones_like(slope) if rest.shape[-1] < _MIN_LINE else slope
    above: Numbers = own - rest.mean(axis=-1) - slope * (second[..., 0] - second[..., 1:].mean(axis=-1))
    return above


def _difference(parted: Numbers, bound: Clusters) -> dict[str, Any]:
    only_own, only_other = int((parted > 0).sum()), int((parted < 0).sum())
    sums, sizes = bound.sums(parted), bound.sums(np.ones(len(parted)))
    effect = 1.0 if bound.is_single else difference_effect(sums, sizes, only_own + only_other)
    found = paired_difference(np.array([only_own]), np.array([only_other]), np.array([len(parted)]), effect=effect)
    low, high = float(found.low[0]), float(found.high[0])
    return {
        "num_clusters": bound.num_clusters, "num_only_own": only_own, "num_only_other": only_other,
        "difference": float(found.difference[0]), "difference_low": low, "difference_high": high,
        "p_value": cluster_sign_test(sums.astype(np.int64)), "reason": None,
    }  # fmt: skip


def _favour(first: Numbers, second: Numbers, sizes: Numbers) -> dict[str, Any]:
    """Return how far the first row lies above the line, with its t interval and p-value.

    first, second: (rows, clusters), answers that each judge took; sizes: (clusters), pairs.
    """
    level = float(above_line(first.sum(axis=1) / sizes.sum(), second.sum(axis=1) / sizes.sum()))
    num_clusters = len(sizes)
    left = [(judged.sum(axis=1)[:, None] - judged) / np.maximum(sizes.sum() - sizes, 1) for judged in (first, second)]
    levels = above_line(left[0].T, left[1].T)
    spread = float(np.sqrt((num_clusters - 1) / num_clusters * ((levels - levels.mean()) ** 2).sum()))
    if num_clusters < 2 or spread < _NO_WIDTH:
        return {"favour": level, "reason": _NO_SPREAD}
    half = float(student_quantile(num_clusters - 1)) * spread
    p_value = 2 * float(stdtr(num_clusters - 1, -abs(level) / spread))
    low, high = max(level - half, -1.0), min(level + half, 1.0)
    return {"favour": level, "favour_low": low, "favour_high": high, "p_favour": p_value}
