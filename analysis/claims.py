"""What answers are made of: found but misnamed, partly right, invented, silent, absent."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.cells import ALL, Cells, Flags
from analysis.clusters import Clusters, percentile_interval, resampled_sums
from analysis.intervals import Bounds, Numbers, Rates, divide
from analysis.scopes import changed_mask, operator_masks
from analysis.tables import Columns, as_table, bounded, stack
from schemas.analysis_tables import CLAIMS, NAMEABILITY

_CORRECT, _PARTIAL = 1, 2
_NOT_FOUND = "nothing was found: nothing could be misnamed"
_UNSCORED = "no cell was scored"
_NO_CLAIMS = "nothing was claimed"


def nameability(cells: Cells, clusters: Clusters) -> pl.DataFrame:
    """Return NAMEABILITY: by operator and for all changed pairs, found but misnamed against not found.

    `num_named`: verdict `correct`; `num_misnamed`: `partial`, the element was found and its change misnamed;
    `num_missed`: scored, and neither. `found`: named or misnamed, of all pairs; `named_when_found`: named, of those
    found, null where nothing was.
    """
    changed = changed_mask(cells.pairs)
    held = {ALL: changed, **dict(operator_masks(cells.pairs))}
    parts = [_named(cells, clusters, name, np.flatnonzero(mask)) for name, mask in held.items() if mask.any()]
    return stack(parts, NAMEABILITY, "nameability").sort("judge", "model", maintain_order=True)


def _named(cells: Cells, clusters: Clusters, operator: str, places: NDArray[np.int64]) -> Columns:
    verdict, scored = cells.verdict[:, places], cells.is_scored[:, places]
    named, misnamed = scored & (verdict == _CORRECT), scored & (verdict == _PARTIAL)
    found, bound = named | misnamed, clusters.within(places)
    why = np.where(~scored.any(axis=1), 2, np.where(found.any(axis=1), 0, 1))
    return {
        **{name: cells.rows[name].to_list() for name in ("judge", "model")},
        "operator": operator, "num_pairs": len(places), "num_named": named.sum(axis=1),
        "num_misnamed": misnamed.sum(axis=1), "num_missed": (scored & ~found).sum(axis=1),
        "num_unscored": len(places) - scored.sum(axis=1),
        **bounded("found", bound.rates(found)), **bounded("named_when_found", bound.rates(named, found)),
        "reason": [(None, _NOT_FOUND, _UNSCORED)[case] for case in why],
    }  # fmt: skip


def claims(cells: Cells, clusters: Clusters, *, num_resamples: int, seed: int) -> pl.DataFrame:
    """Return CLAIMS: one row for each (judge, model), over the cells that were scored unless said otherwise.

    A claim is what a judge took up: the changed element, found, or an invention (hallucination); it lists nothing
    else. `invention_rate`: answers with an invention. `partial_rate`: verdict `partial`, of changed pairs.
    `abstention_rate`: answers to changed pairs that claim nothing; `no_answer_rate`: of all pairs, an answer was due
    and none came (empty, refused). `precision` as in the leaderboard. `f1`: the harmonic mean of precision and
    `diff_recall`, which is 2 TP / (TP + inventions + changed pairs) (C. J. van Rijsbergen, "Information Retrieval",
    2nd ed. (1979), chapter 7), with the percentile interval of resampled clusters.
    """
    changed = changed_mask(cells.pairs)
    found = np.isin(cells.verdict, (_CORRECT, _PARTIAL)) & cells.is_scored & changed
    num_claims = found + cells.num_invented
    answered = cells.is_scored & ~cells.is_unanswered
    num_scored = cells.is_scored.sum(axis=1)
    columns: dict[str, Any] = {name: cells.rows[name] for name in ("judge", "model")}
    columns |= {"num_scored": num_scored, "num_claims": num_claims.sum(axis=1)}
    columns |= {"num_invented": cells.num_invented.sum(axis=1)}
    columns["claims_per_answer"] = divide(columns["num_claims"], answered.sum(axis=1))
    columns["inventions_per_answer"] = divide(columns["num_invented"], answered.sum(axis=1))
    named = cells.is_right & changed
    for name, rates in {
        "invention_rate": _of(clusters, cells.num_invented > 0, answered),
        "partial_rate": _of(clusters, found & (cells.verdict == _PARTIAL), cells.is_scored & changed),
        "abstention_rate": _of(clusters, answered & changed & (num_claims == 0), answered & changed),
        "no_answer_rate": clusters.rates(cells.is_unanswered),
        "precision": clusters.rates(named, named + cells.num_invented),
    }.items():
        columns |= bounded(name, rates)
    columns["f1"] = _f1(named.sum(axis=1), cells.num_invented.sum(axis=1), np.full(len(cells.rows), changed.sum()))
    interval = _f1_interval(cells, clusters, num_resamples=num_resamples, seed=seed)
    columns |= {"f1_low": interval.low, "f1_high": interval.high}
    why = np.where(num_scored == 0, 1, np.where(columns["num_claims"] == 0, 2, 0))
    columns["reason"] = pl.Series([(None, _UNSCORED, _NO_CLAIMS)[case] for case in why], dtype=pl.String)
    return as_table(columns, CLAIMS, "claims")


def _of(clusters: Clusters, part: Flags, whole: Flags) -> Rates:
    """Return the rate of `part` among `whole`; Wilson's own where all pairs count and stand alone."""
    return clusters.rates(part & whole, whole)


def _f1(named: NDArray[Any], invented: NDArray[Any], changed: NDArray[Any]) -> Numbers:
    return np.where(changed > 0, divide(2 * named, named + invented + changed), np.nan)


def _f1_interval(cells: Cells, clusters: Clusters, *, num_resamples: int, seed: int) -> Bounds:
    num_rows = len(cells.rows)
    if not num_rows or not num_resamples or not len(cells.pairs):
        return Bounds(*(np.full(num_rows, np.nan) for _ in range(2)))
    changed = changed_mask(cells.pairs)
    sums = [clusters.sums(values) for values in (cells.is_right & changed, cells.num_invented, changed[None])]
    drawn = [
        _f1(block[:, :num_rows], block[:, num_rows:-1], block[:, -1:])
        for block in resampled_sums(np.concatenate(sums), num_resamples=num_resamples, seed=seed)
    ]
    return percentile_interval(np.concatenate(drawn))
