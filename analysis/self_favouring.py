"""Whether a judge that also answers is kinder to itself than other judges are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import stdtr

from analysis.agreement import places_of
from analysis.cells import Cells, Places
from analysis.clusters import Clusters
from analysis.intervals import Numbers, student_quantile
from analysis.paired import ALPHA, cluster_sign_test, difference_effect, holm, paired_difference
from schemas.analysis_tables import SELF_FAVOURING

NO_OTHER_JUDGE: Final = "no other judge to compare with"
_NO_PAIRS: Final = "no pair that both judges scored"
_NO_OTHER_ROW: Final = "no other row: whether the judge is kinder to all can't be told"
_NO_SPREAD: Final = "the two judges never part in one way more than in another"


def self_favouring(
    cells: Cells, roles: Mapping[str, str], contestants: Mapping[str, Sequence[str]], clusters: Clusters
) -> pl.DataFrame:
    """Return SELF_FAVOURING: each judge that has a model's weights, with each other judge, on that model's answers.

    contestants: judge to the models with its weights. `difference`: the judge's rate for its own row less the other
    judge's for it, on the same pairs; exact McNemar, by whole clusters. A judge that is kind to everyone would show
    that, too, so `favour` takes off what the two judges differ by on all other ranked rows (a difference in
    differences), with the t interval and test over clusters; Holm corrects `p_favour` over the table.
    Sources: A. Panickssery, S. R. Bowman and S. Feng, "LLM evaluators recognize and favor their own generations",
    NeurIPS 37 (2024), for the question; K.-Y. Liang and S. L. Zeger, "Longitudinal data analysis using generalized
    linear models", Biometrika 73 (1986), 13-22, for the standard error over clusters.
    """
    rows = list(_rows(cells, roles, contestants, clusters))
    corrected = holm([np.nan if row.get("p_favour") is None else row["p_favour"] for row in rows])
    for row, p_value in zip(rows, corrected, strict=True):
        row["p_holm"] = None if np.isnan(p_value) else float(p_value)
        row["is_significant"] = None if np.isnan(p_value) else bool(p_value <= ALPHA)
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
    parted = _parted(cells, own, theirs, scored)
    bound = clusters.within(scored)
    return {"num_pairs": len(scored), "num_other_models": len(rest), **_difference(parted[0], bound),
            **_favour(parted[0] - parted[1:].mean(axis=0) if rest else None, bound)}  # fmt: skip


def _parted(cells: Cells, own: Places, theirs: Places, pairs: Places) -> Numbers:
    """Return the first judge's verdict less the second's, for each row and pair: -1, 0 or 1."""
    first, second = (cells.is_right[np.ix_(places, pairs)].astype(np.float64) for places in (own, theirs))
    return first - second


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


def _favour(extra: Numbers | None, bound: Clusters) -> dict[str, Any]:
    """Return the mean of (pairs,) with its t interval and p-value over clusters."""
    if extra is None:
        return {"reason": _NO_OTHER_ROW}
    mean, num_clusters = float(extra.mean()), bound.num_clusters
    residuals = bound.sums(extra - mean)
    spread = float(np.sqrt((residuals**2).sum() * num_clusters / max(num_clusters - 1, 1))) / len(extra)
    if num_clusters < 2 or spread < 1e-12:
        return {"favour": mean, "reason": _NO_SPREAD}
    half = float(student_quantile(num_clusters - 1)) * spread
    p_value = 2 * float(stdtr(num_clusters - 1, -abs(mean) / spread))
    low, high = max(mean - half, -2.0), min(mean + half, 2.0)
    return {"favour": mean, "favour_low": low, "favour_high": high, "p_favour": p_value}
