"""How far two judges agree: on each cell, and on the order of the models."""

import itertools
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.cells import official_pairs, scored_cells
from analysis.statistics import bootstrap_tau, cohen_kappa, kendall_p_value, kendall_tau_b
from schemas.tables import JUDGE_AGREEMENT

MIN_MODELS: Final = 3
"""A ranking of fewer models has no tau worth the name."""
MIN_SHARED_PAIRS: Final = 0.95
"""Share of the dataset's pairs that both judges must have scored for every model."""
MAX_P_VALUE: Final = 0.05
"""Above it, a tau could be chance."""


class _Scores(NamedTuple):
    """Hold what one judge scored: (models, pairs) each."""

    is_right: NDArray[np.bool_]
    is_scored: NDArray[np.bool_]


def judge_agreement(
    verdicts: pl.DataFrame | pl.LazyFrame,
    pairs: pl.DataFrame,
    roles: Mapping[str, str],
    *,
    num_resamples: int = 2_000,
    seed: int = 0,
) -> pl.DataFrame:
    """Return one JUDGE_AGREEMENT row for each two judges, over models and baselines; probes stay out of it.

    `num_models`: those that both judges hold. `num_pairs`: the pairs that both scored for every one of them, on
    which tau-b between the rankings by number right, its bootstrap interval and its permutation p-value rest; null
    below `MIN_MODELS` or `MIN_SHARED_PAIRS`. Raw agreement and kappa are over all cells that both scored.
    """
    cells = scored_cells(verdicts, pairs).select("judge", "model", "pair_id", "is_correct")
    cells = cells.filter(~pl.col("model").is_in([name for name, role in roles.items() if role == "probe"]))
    num_pairs = len(official_pairs(pairs))
    by_judge = {str(judge): rows for (judge,), rows in sorted(cells.partition_by("judge", as_dict=True).items())}
    rows = []
    for judge_a, judge_b in itertools.combinations(by_judge, 2):
        first, second = _shared_scores(by_judge[judge_a], by_judge[judge_b])
        rank = _rank_agreement(first, second, num_pairs, num_resamples=num_resamples, seed=seed)
        rows.append({"judge_a": judge_a, "judge_b": judge_b, **rank, **_cell_agreement(first, second)})
    return pl.DataFrame(rows, schema=JUDGE_AGREEMENT)


def _shared_scores(first: pl.DataFrame, second: pl.DataFrame) -> tuple[_Scores, _Scores]:
    """Lay two judges' cells out over the models and the pairs that both hold, in one order."""
    models = sorted(set(first["model"].unique()) & set(second["model"].unique()))
    ids = sorted(set(first["pair_id"].unique()) & set(second["pair_id"].unique()))
    return _lay_out(first, models, ids), _lay_out(second, models, ids)


def _lay_out(cells: pl.DataFrame, models: list[str], ids: list[str]) -> _Scores:
    rows, columns = _numbered("model", models), _numbered("pair_id", ids)
    placed = cells.join(rows, on="model").join(columns, on="pair_id").filter(pl.col("is_correct").is_not_null())
    place = (placed["at_model"].to_numpy(), placed["at_pair_id"].to_numpy())
    scores = _Scores(*(np.zeros((len(models), len(ids)), dtype=np.bool_) for _ in range(2)))
    scores.is_right[place] = placed["is_correct"].to_numpy()
    scores.is_scored[place] = True
    return scores


def _numbered(column: str, values: list[str]) -> pl.DataFrame:
    at = f"at_{column}"
    return pl.DataFrame({column: values, at: range(len(values))}, schema={column: pl.String, at: pl.Int64})


def _rank_agreement(
    first: _Scores, second: _Scores, num_pairs: int, *, num_resamples: int, seed: int
) -> dict[str, float | int | None]:
    shared = (first.is_scored & second.is_scored).all(axis=0)
    num_models, num_shared = first.is_right.shape[0], int(shared.sum()) if len(first.is_right) else 0
    row: dict[str, float | int | None] = {"num_models": num_models, "num_pairs": num_shared}
    if num_models < MIN_MODELS or num_shared == 0 or num_shared < MIN_SHARED_PAIRS * num_pairs:
        return row
    one, other = first.is_right[:, shared], second.is_right[:, shared]
    num_right = one.sum(axis=1), other.sum(axis=1)
    row["kendall_tau"] = kendall_tau_b(*num_right)
    if row["kendall_tau"] is not None:
        row["p_value"] = kendall_p_value(*num_right, seed=seed)
        interval = bootstrap_tau(one, other, num_resamples=num_resamples, seed=seed)
        row["kendall_tau_low"], row["kendall_tau_high"] = interval
    return row


def _cell_agreement(first: _Scores, second: _Scores) -> dict[str, float | None]:
    scored = first.is_scored & second.is_scored
    one, other = first.is_right[scored], second.is_right[scored]
    if not len(one):
        return {"raw_agreement": None, "cohen_kappa": None}
    counts = [int(part.sum()) for part in (one & other, one & ~other, ~one & other, ~one & ~other)]
    return {"raw_agreement": float((one == other).mean()), "cohen_kappa": cohen_kappa(*counts)}


def explain(row: Mapping[str, float | int | str | None], num_dataset_pairs: int) -> str:
    """Say in a few words what a JUDGE_AGREEMENT row's tau is worth, or why there is none."""
    num_models, num_pairs = int(row["num_models"] or 0), int(row["num_pairs"] or 0)
    if num_models < MIN_MODELS:
        return f"no tau: {num_models} models, {MIN_MODELS} are needed"
    if num_pairs == 0 or num_pairs < MIN_SHARED_PAIRS * num_dataset_pairs:
        return f"no tau: both scored every model on {num_pairs:,} of {num_dataset_pairs:,} pairs, 95% are needed"
    if row["kendall_tau"] is None:
        return "no tau: a judge puts all models level"
    low, high, p_value = (row[name] for name in ("kendall_tau_low", "kendall_tau_high", "p_value"))
    is_apart_from_zero = low is not None and high is not None and float(low) * float(high) > 0
    if not is_apart_from_zero or p_value is None or float(p_value) > MAX_P_VALUE:
        return f"inconclusive at {num_models} models"
    return f"the rankings {'agree' if float(row['kendall_tau']) > 0 else 'disagree'} over {num_models} models"
