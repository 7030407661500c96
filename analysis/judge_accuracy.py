"""How far each judge can be believed: sensitivity, specificity and leniency, on probes and on hand-written answers."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from analysis.cells import ALL, Cells, Places
from analysis.clusters import Clusters
from analysis.correction import Calibration, youden_bounds
from analysis.figures import MIN_PAIRS_SHOWN
from analysis.intervals import Numbers, Rates, independent_rates
from analysis.measured import HandCounts, hand_counts, hand_counts_of
from analysis.probes import CHANGED, NO_SCORE, UNCHANGED, as_expected, probe_parts, probe_rows
from analysis.scopes import OPERATOR, OVERALL, changed_mask
from analysis.tables import bounded
from schemas.analysis_tables import JUDGE_ACCURACY
from schemas.probes import CLEAN, Expected

PROBES: Final = "probes"
HAND_WRITTEN: Final = "hand_written"
_NO_RIGHT: Final = "no right answer to be judged"
_NO_WRONG: Final = "no wrong answer to be judged"


class Tally(NamedTuple):
    """Hold what a judge made of the probes' answers to each pair: all (pairs,)."""

    num_right: Numbers
    accepted_right: Numbers
    num_wrong: Numbers
    rejected_wrong: Numbers
    num_unscored: Numbers
    num_as_expected: Numbers

    def rate(self, part: str, whole: str, places: Places, clusters: Clusters) -> Rates:
        """Return a share of some pairs' answers; the answers to one pair, or one page, are a cluster."""
        counts: list[Numbers] = [getattr(self, name)[places].reshape(1, -1) for name in (part, whole)]
        return clusters.within(places).rates(*counts)


def tally(cells: Cells, expected: Mapping[str, Expected], judge: str) -> Tally:
    """Count a judge's verdicts on the probes by pair.

    Right answers are those that a sound judge calls right, by `schemas.probes.EXPECTED`; an answer on which no verdict
    is held, or that was never judged, counts as neither. An unscored answer counts as not accepted, as it does in
    every rate, so that a correction by these counts fits the rates.
    """
    rows = probe_rows(cells, expected, judge)
    unchanged = ~changed_mask(cells.pairs)
    agreed = as_expected(cells, rows)
    counts = {name: np.zeros(len(unchanged)) for name in Tally._fields}
    for number, (place, one) in enumerate(zip(rows.places, rows.expected, strict=True)):
        is_known = ~cells.is_unanswered[place] & (unchanged | (one.changed is not None))
        is_right = np.where(unchanged, one.unchanged == CLEAN, one.is_right)
        accepted = cells.is_right[place]
        for name, held in {
            "num_right": is_right, "accepted_right": is_right & accepted, "num_wrong": ~is_right,
            "rejected_wrong": ~is_right & ~accepted, "num_unscored": ~cells.is_scored[place],
            "num_as_expected": agreed[number],
        }.items():  # fmt: skip
            counts[name] += held & is_known
    return Tally(**counts)


def judge_accuracy(
    cells: Cells, expected: Mapping[str, Expected], judges: Mapping[str, Mapping[str, Any]], clusters: Clusters
) -> pl.DataFrame:
    """Return JUDGE_ACCURACY for each judge: by the run's probes, in all and by operator, and by hand-written answers.

    judges: name to config. `accuracy`: the very verdict of a sound judge; `sensitivity`: right answers accepted;
    `specificity`: wrong ones not accepted, `leniency` its complement; `youden`: their sum less 1. Operators with
    fewer than ten right or ten wrong answers are left out.
    """
    rows: list[dict[str, Any]] = []
    for judge in cells.judges:
        rows += _by_probes(cells, expected, judge, clusters)
        rows += _by_hand(cells, judge, judges.get(judge, {}))
    return pl.DataFrame(rows, schema=JUDGE_ACCURACY)


def _by_probes(
    cells: Cells, expected: Mapping[str, Expected], judge: str, clusters: Clusters
) -> Iterator[dict[str, Any]]:
    held = tally(cells, expected, judge)
    for part in probe_parts(cells.pairs):
        num_right, num_wrong = (float(one[part.pairs].sum()) for one in (held.num_right, held.num_wrong))
        least = MIN_PAIRS_SHOWN if part.scope_kind == OPERATOR else 0
        if min(num_right, num_wrong) < least or num_right + num_wrong == 0:
            continue
        known = held._replace(num_unscored=held.num_right + held.num_wrong)
        rates = {
            "accuracy": known.rate("num_as_expected", "num_unscored", part.pairs, clusters),
            "sensitivity": held.rate("accepted_right", "num_right", part.pairs, clusters),
            "specificity": held.rate("rejected_wrong", "num_wrong", part.pairs, clusters),
        }
        names = {"judge": judge, "source": PROBES, "pair_kind": part.pair_kind}
        names |= {"scope_kind": part.scope_kind, "scope": part.scope}
        yield names | _row(rates, num_right, num_wrong, float(held.num_unscored[part.pairs].sum()))


def _by_hand(cells: Cells, judge: str, config: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for pair_kind in (CHANGED, UNCHANGED):
        held = told_by_hand(cells, judge, config, is_changed=pair_kind == CHANGED)
        if held is None:
            continue
        rates = {
            "accuracy": independent_rates([held.num_as_expected], [held.num_right + held.num_wrong]),
            "sensitivity": independent_rates([held.accepted_right], [held.num_right]),
            "specificity": independent_rates([held.rejected_wrong], [held.num_wrong]),
        }
        names = {"judge": judge, "source": HAND_WRITTEN, "pair_kind": pair_kind, "scope_kind": OVERALL, "scope": ALL}
        yield names | _row(rates, held.num_right, held.num_wrong, held.num_unscored)


def _row(rates: Mapping[str, Rates], num_right: float, num_wrong: float, num_unscored: float) -> dict[str, Any]:
    columns = {key: value for name, one in rates.items() for key, value in bounded(name, one).items()}
    specific, sensitive = rates["specificity"], rates["sensitivity"]
    columns |= {"leniency": 1 - specific.rate, "leniency_low": 1 - specific.high, "leniency_high": 1 - specific.low}
    index = effective(sensitive, num_right, specific, num_wrong)
    low, high = youden_bounds(index)
    columns |= {"youden": index.youden, "youden_low": low, "youden_high": high}
    figures = {name: _number(values) for name, values in columns.items()}
    counts = {"num_right": int(num_right), "num_wrong": int(num_wrong), "num_unscored": int(num_unscored)}
    return {**figures, **counts, "reason": _reason(num_right, num_wrong, num_unscored)}


def _reason(num_right: float, num_wrong: float, num_unscored: float) -> str | None:
    if num_unscored == num_right + num_wrong:
        return NO_SCORE
    return _NO_RIGHT if not num_right else _NO_WRONG if not num_wrong else None


def _number(values: Numbers) -> float | None:
    value = float(np.asarray(values).reshape(-1)[0])
    return None if np.isnan(value) else value


def effective(sensitive: Rates, num_right: float, specific: Rates, num_wrong: float) -> Calibration:
    """Return one part's calibration at its effective counts: what independent answers would tell as much."""
    right, wrong = (
        np.nan_to_num(num / one.design_effect) for num, one in ((num_right, sensitive), (num_wrong, specific))
    )
    return Calibration(np.nan_to_num(sensitive.rate) * right, right, np.nan_to_num(specific.rate) * wrong, wrong)


def told_by_hand(cells: Cells, judge: str, config: Mapping[str, Any], *, is_changed: bool) -> HandCounts | None:
    """Return what a judge made of the hand-written answers, in this run or as it was measured; None if neither."""
    own = hand_counts_of(cells, judge, is_changed=is_changed)
    return hand_counts(config, is_changed=is_changed) if own is None else own


def by_hand(held: HandCounts) -> Calibration:
    """Return the calibration by hand-written answers."""
    return Calibration(*(np.array([float(one)]) for one in (
        held.accepted_right, held.num_right, held.rejected_wrong, held.num_wrong,
    )))  # fmt: skip
