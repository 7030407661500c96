"""Each row's rates as they would be had the judge not erred, and whether the ranking survives."""

import itertools
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from analysis.cells import Cells, Places
from analysis.clusters import Clusters
from analysis.correction import Calibration, Corrected, corrected_rates
from analysis.intervals import Numbers
from analysis.judge_accuracy import HAND_WRITTEN, PROBES, Tally, by_hand, effective, tally, told_by_hand
from analysis.probes import CHANGED, UNCHANGED
from analysis.ranking import MAX_UNSCORED
from analysis.scopes import OPERATOR, changed_mask
from analysis.statistics import kendall_tau_b
from analysis.tables import Columns, stack
from schemas.analysis_tables import CORRECTED, CORRECTED_FLIPS, CORRECTED_RANKINGS
from schemas.probes import Expected

RATES: Final = ("diff_recall", "no_diff_specificity", "overall_accuracy")
MIN_CALIBRATED: Final = 20
"""Right answers, and wrong ones, that each operator must have for operators to be corrected one by one."""
NO_CALIBRATION: Final = "no probes in this run, and the judge was not measured on the hand-written answers"
NOT_IDENTIFIABLE: Final = "not identifiable: sensitivity + specificity - 1 is not clearly above 0"
DOES_NOT_FIT: Final = "the judge errs otherwise on this row than on the answers it was calibrated by"
_NO_PAIRS: Final = "no pairs of this kind"
_UNRANKED: Final = "too few ranked rows: two are needed"


class Stratum(NamedTuple):
    """Hold some pairs and what is known of the judge on them."""

    kind: str
    """`changed`, `unchanged` or `operator`."""
    pairs: Places
    held: Calibration


class Basis(NamedTuple):
    """Hold where a judge's calibration comes from, by the parts that each rate is made of."""

    source: str | None
    changed: list[Stratum]
    unchanged: list[Stratum]

    def of(self, rate: str) -> list[Stratum]:
        """Return the parts of a rate, together all its pairs."""
        of_changed = self.changed if rate != "no_diff_specificity" else []
        return [*of_changed, *(self.unchanged if rate != "diff_recall" else [])]


def basis(
    cells: Cells, judge: str, config: Mapping[str, Any], expected: Mapping[str, Expected], clusters: Clusters
) -> Basis:
    """Return a judge's calibration: by the run's own probes where it holds right and wrong ones, else by hand.

    Changed pairs are corrected operator by operator where each has `MIN_CALIBRATED` right and wrong answers and the
    judge tells them apart there; else all at once, which supposes that it errs alike on all.
    """
    changed = changed_mask(cells.pairs)
    held = tally(cells, expected, judge)
    if held.num_right[changed].any() and held.num_wrong[changed].any():
        whole, same = (_by_probes(held, np.flatnonzero(mask), clusters) for mask in (changed, ~changed))
        parts = _operators(cells.pairs, held, whole, clusters)
        return Basis(PROBES, parts or [whole], [same._replace(kind=UNCHANGED)] if not changed.all() else [])
    told = [told_by_hand(cells, judge, config, is_changed=is_changed) for is_changed in (True, False)]
    if None in told:
        return Basis(None, [], [])
    both = [Stratum(kind, np.flatnonzero(mask), by_hand(one)) for kind, mask, one in zip(
        (CHANGED, UNCHANGED), (changed, ~changed), told, strict=True) if one is not None and mask.any()]  # fmt: skip
    return Basis(
        HAND_WRITTEN, [one for one in both if one.kind == CHANGED], [one for one in both if one.kind == UNCHANGED]
    )


def _by_probes(held: Tally, places: Places, clusters: Clusters) -> Stratum:
    sensitive = held.rate("accepted_right", "num_right", places, clusters)
    specific = held.rate("rejected_wrong", "num_wrong", places, clusters)
    counts = (float(one[places].sum()) for one in (held.num_right, held.num_wrong))
    num_right, num_wrong = counts
    return Stratum(CHANGED, places, effective(sensitive, num_right, specific, num_wrong))


def _operators(pairs: pl.DataFrame, held: Tally, whole: Stratum, clusters: Clusters) -> list[Stratum]:
    """Return a part for each operator (or set of them), none where one can't be told well enough."""
    named = (
        pairs.select(pl.col("operators").list.sort().list.join(" ").rank("dense")).to_series().to_numpy()[whole.pairs]
    )
    found = []
    for name in np.unique(named):
        places = whole.pairs[named == name]
        if min(held.num_right[places].sum(), held.num_wrong[places].sum()) < MIN_CALIBRATED:
            return []
        part = _by_probes(held, places, clusters)._replace(kind=OPERATOR)
        if not part.held.is_identifiable:
            return []
        found.append(part)
    return found if len(found) > 1 else []


def corrected(
    cells: Cells, board: pl.DataFrame, expected: Mapping[str, Expected], judges: Mapping[str, Mapping[str, Any]],
    clusters: Clusters,
) -> pl.DataFrame:  # fmt: skip
    """Return CORRECTED: recall, specificity and overall accuracy of each row beside what they are once corrected.

    board: LEADERBOARD; judges: name to config. `source` says what the correction rests on, `parts` whether operators
    were corrected one by one. It supposes that the judge errs on a row's answers as often as on those; where they
    differ in difficulty it is only as good as that.
    """
    parts = []
    for judge in cells.judges:
        known = basis(cells, judge, judges.get(judge, {}), expected, clusters)
        parts += [_of_rate(cells, board, judge, rate, known, clusters) for rate in RATES]
    order = pl.col("rate").cast(pl.Enum(RATES))
    return stack(parts, CORRECTED, "corrected").sort("judge", order, "rank_raw", "model", nulls_last=True)


def _of_rate(
    cells: Cells, board: pl.DataFrame, judge: str, rate: str, known: Basis, clusters: Clusters
) -> Columns:  # fmt: skip
    rows, strata = cells.of_judge(judge), known.of(rate)
    names = cells.models_of(judge)
    own = pl.DataFrame({"model": names}).join(
        board.filter(pl.col("judge") == judge), on="model", how="left", maintain_order="left"
    )
    raw = {f"raw{end}": own[f"{rate}{end}"].fill_null(np.nan).to_numpy() for end in ("", "_low", "_high")}
    found = _correct(cells, rows, strata, clusters)
    standing = (own["role"] != "probe").to_numpy() & (own["num_unscored"] <= MAX_UNSCORED * own["num_pairs"]).to_numpy()
    has_pairs = not np.isnan(raw["raw"]).all()
    reason = _NO_PAIRS if not has_pairs else NO_CALIBRATION if known.source is None else None
    is_told = bool(strata) and all(one.held.is_identifiable for one in strata)
    reason = reason or (None if is_told else NOT_IDENTIFIABLE)
    reasons = [reason or (DOES_NOT_FIT if unfit else None) for unfit in np.isnan(found.rate)]
    calibrated = [sum(float(one.held[place].sum()) for one in strata) for place in (1, 3)]
    return {
        "judge": judge, "model": names, "role": own["role"].to_list(), "rate": rate, "source": known.source,
        "parts": " and ".join(dict.fromkeys(one.kind for one in strata)) or None,
        "num_pairs": np.full(len(names), sum(len(one.pairs) for one in strata) or _num_pairs(cells, rate)),
        "num_right_answers": round(calibrated[0]), "num_wrong_answers": round(calibrated[1]),
        "rank_raw": _ranks(raw["raw"], standing), "rank_corrected": _ranks(found.rate, standing),
        "youden": min((float(one.held.youden[0]) for one in strata), default=float("nan")), **raw,
        "corrected": found.rate, "corrected_low": found.low, "corrected_high": found.high, "reason": reasons,
    }  # fmt: skip


def _num_pairs(cells: Cells, rate: str) -> int:
    changed = changed_mask(cells.pairs)
    return int({"diff_recall": changed.sum(), "no_diff_specificity": (~changed).sum()}.get(rate, len(changed)))


def _correct(cells: Cells, rows: Places, strata: list[Stratum], clusters: Clusters) -> Corrected:
    if not strata:
        nothing = np.full(len(rows), np.nan)
        return Corrected(nothing, nothing, nothing)
    accepted = np.stack([cells.is_right[np.ix_(rows, one.pairs)].sum(axis=1) for one in strata], axis=1)
    sizes = np.array([float(len(one.pairs)) for one in strata])
    held = Calibration(*(np.concatenate(counts) for counts in zip(*(one.held for one in strata), strict=True)))
    places = np.sort(np.concatenate([one.pairs for one in strata]))
    effect = clusters.within(places).rates(cells.is_right[np.ix_(rows, places)]).design_effect
    return corrected_rates(accepted.astype(np.float64), sizes, held, effect=effect)


def _ranks(rates: Numbers, standing: Numbers) -> list[int | None]:
    """Return 1 + the standing rows with a higher rate; None for those that don't stand, or have no rate."""
    rounded = rates.round(12)
    is_told = standing.astype(np.bool_) & ~np.isnan(rates)
    return [
        1 + int((rounded[is_told] > rate).sum()) if told else None for rate, told in zip(rounded, is_told, strict=True)
    ]


def corrected_rankings(table: pl.DataFrame) -> pl.DataFrame:
    """Return CORRECTED_RANKINGS: by judge and rate, tau-b between the raw and the corrected order, and their flips.

    table: CORRECTED. With one calibration for all pairs the correction is the same rising line for every row, so only
    ties at 0 or 1 can move; orders change where operators, or changed and unchanged pairs, are corrected apart.
    """
    flips = corrected_flips(table)
    rows = []
    for (judge, rate), part in table.partition_by("judge", "rate", as_dict=True, maintain_order=True).items():
        both = part.drop_nulls(["rank_raw", "rank_corrected"])
        flipped = flips.filter((pl.col("judge") == judge) & (pl.col("rate") == rate))
        is_told = len(both) > 1
        tau = kendall_tau_b(both["rank_raw"].to_numpy(), both["rank_corrected"].to_numpy()) if is_told else None
        reason = None if is_told else part["reason"][0] or _UNRANKED
        rows.append({
            "judge": judge, "rate": rate, "source": part["source"][0], "num_models": len(both),
            "num_flips": len(flipped) if is_told else None,
            "num_clear_flips": int(flipped["is_clear"].sum()) if is_told else None, "kendall_tau": tau,
            "reason": reason or ("one order is all ties" if tau is None else None),
        })  # fmt: skip
    return pl.DataFrame(rows, schema=CORRECTED_RANKINGS)


def corrected_flips(table: pl.DataFrame) -> pl.DataFrame:
    """Return CORRECTED_FLIPS: every two rows that the correction puts in the other order; `model_a` led before it.

    table: CORRECTED. `is_clear`: their corrected intervals don't meet.
    """
    rows = []
    told = table.drop_nulls(["rank_raw", "rank_corrected"])
    for (judge, rate), part in told.partition_by("judge", "rate", as_dict=True, maintain_order=True).items():
        for one, other in itertools.permutations(part.iter_rows(named=True), 2):
            if one["rank_raw"] < other["rank_raw"] and one["rank_corrected"] > other["rank_corrected"]:
                rows.append({
                    "judge": judge, "rate": rate, "model_a": one["model"], "model_b": other["model"],
                    "raw_difference": one["raw"] - other["raw"],
                    "corrected_difference": one["corrected"] - other["corrected"],
                    "is_clear": one["corrected_high"] < other["corrected_low"],
                })  # fmt: skip
    return pl.DataFrame(rows, schema=CORRECTED_FLIPS)
