"""Benign controls: what is claimed of pairs whose images differ though nothing in the page does, beside recall."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.cells import ALL, Cells, benign_pairs, lay_out_over
from analysis.clusters import Clusters, own_clusters
from analysis.intervals import Rates
from analysis.scopes import changed_mask
from analysis.tables import Columns, as_table, bounded, stack
from schemas.analysis_tables import FALSE_ALARMS

_PER: Final = 1_000
_UNJUDGED: Final = "no answer was judged"
_RECALL: Final = ("recall", "recall_low", "recall_high")


def false_alarms(cells: Cells, verdicts: pl.DataFrame | pl.LazyFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return FALSE_ALARMS: for each (judge, model) and kind of benign change, `all` first, claims and recall.

    cells: of the official pairs; pairs: RUN_PAIRS. Any claim is an alarm. The rate is over the answers that were judged
    (`num_judged`): an answer that failed, never came or whose verdict is unscored raises no alarm and vouches for
    none. Intervals are Wilson's, pages as units where they bind controls. `recall` is `diff_recall`: what the alarms
    buy. `all` weighs kinds as the dataset does.
    """
    known = benign_pairs(pairs)
    if known.is_empty():
        return FALSE_ALARMS.to_frame()
    benign = lay_out_over(verdicts, known)
    clusters = own_clusters(known)
    names = [ALL, *known["kind"].unique().sort()]
    parts = [_of_kind(benign, clusters, name, np.flatnonzero(_mask(known, name))) for name in names]
    counted = stack(parts, FALSE_ALARMS, "false_alarms").drop(_RECALL)
    beside = counted.join(_recall(cells), on=["judge", "model"], how="left", maintain_order="left")
    found: Mapping[str, Any] = beside.to_dict()
    return as_table(found, FALSE_ALARMS, "false_alarms").sort("judge", "model", maintain_order=True)


def _mask(known: pl.DataFrame, kind: str) -> NDArray[np.bool_]:
    return np.ones(len(known), np.bool_) if kind == ALL else (known["kind"] == kind).to_numpy()


def _of_kind(benign: Cells, clusters: Clusters, kind: str, places: NDArray[np.int64]) -> Columns:
    judged = benign.is_scored[:, places] & ~benign.is_unanswered[:, places]
    alarmed = judged & ~benign.is_right[:, places]
    rates = clusters.within(places).rates(alarmed, judged)
    num_judged = judged.sum(axis=1)
    return {
        **{name: benign.rows[name].to_list() for name in ("judge", "model")},
        "kind": kind, "num_pairs": len(places), "num_judged": num_judged, "num_alarms": alarmed.sum(axis=1),
        **bounded("alarms_per_1000", _per_1000(rates)), **dict.fromkeys(_RECALL, np.full(len(num_judged), np.nan)),
        "reason": [None if count else _UNJUDGED for count in num_judged],
    }  # fmt: skip


def _per_1000(rates: Rates) -> Rates:
    return rates._replace(rate=_PER * rates.rate, low=_PER * rates.low, high=_PER * rates.high)


def _recall(cells: Cells) -> pl.DataFrame:
    places = np.flatnonzero(changed_mask(cells.pairs))
    rates = own_clusters(cells.pairs).within(places).rates(cells.is_right[:, places])
    named = [pl.Series(name, values) for name, values in bounded("recall", rates).items()]
    return cells.rows.with_columns(named)
