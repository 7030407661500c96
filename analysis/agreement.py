"""How far two judges agree: on each cell, and on the order of the models."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from analysis.cells import Cells, Flags, Places, lay_out
from analysis.clusters import Clusters, own_clusters
from analysis.statistics import bootstrap_tau, cohen_kappa, kendall_p_value, kendall_tau_b
from schemas.tables import JUDGE_AGREEMENT

MIN_MODELS: Final = 3
"""A ranking of fewer models has no tau worth the name."""
MIN_SHARED_PAIRS: Final = 0.95
"""Share of the dataset's pairs that both judges must have scored for every model."""
MAX_P_VALUE: Final = 0.05
"""Above it, a tau could be chance."""


def judge_agreement(
    verdicts: pl.DataFrame | pl.LazyFrame,
    pairs: pl.DataFrame,
    roles: Mapping[str, str],
    *,
    num_resamples: int = 2_000,
    seed: int = 0,
) -> pl.DataFrame:
    """Return one JUDGE_AGREEMENT row for each two judges, as `judge_agreement_of` does."""
    return judge_agreement_of(lay_out(verdicts, pairs), roles, num_resamples=num_resamples, seed=seed)


def judge_agreement_of(
    cells: Cells, roles: Mapping[str, str], clusters: Clusters | None = None, *, num_resamples: int, seed: int
) -> pl.DataFrame:
    """Return one JUDGE_AGREEMENT row for each two judges, over models and baselines; probes stay out of it.

    `num_models`: those that both judges hold. `num_pairs`: the pairs that both scored for every one of them, on
    which tau-b between the rankings by number right, its bootstrap interval and its permutation p-value rest; null
    below `MIN_MODELS` or `MIN_SHARED_PAIRS`. Raw agreement and kappa are over all cells that both scored. The
    bootstrap resamples whole clusters where they (`own_clusters` unless given) bind pairs.
    """
    clusters = clusters or own_clusters(cells.pairs)
    rows = []
    for judge_a, judge_b in itertools.combinations(contested_judges(cells, roles), 2):
        both = shared_rows(cells, judge_a, judge_b, roles)
        rank = _rank_agreement(cells, both, clusters, num_resamples=num_resamples, seed=seed)
        rows.append({"judge_a": judge_a, "judge_b": judge_b, **rank, **cell_agreement(cells, both)})
    return pl.DataFrame(rows, schema=JUDGE_AGREEMENT)


class SharedRows(NamedTuple):
    """Hold the places of two judges' rows of the same models, in one order."""

    first: Places
    second: Places


def contested_judges(cells: Cells, roles: Mapping[str, str]) -> list[str]:
    """Return the judges with a row that is no probe."""
    return [judge for judge in cells.judges if set(cells.models_of(judge)) - _probes(roles)]


def shared_rows(cells: Cells, judge_a: str, judge_b: str, roles: Mapping[str, str]) -> SharedRows:
    """Return two judges' rows of the models that both hold; probes stay out."""
    models = sorted(set(cells.models_of(judge_a)) & set(cells.models_of(judge_b)) - _probes(roles))
    return SharedRows(places_of(cells, judge_a, models), places_of(cells, judge_b, models))


def places_of(cells: Cells, judge: str, models: Sequence[str]) -> Places:
    """Return the places of a judge's rows of these models, in their order."""
    by_model = dict(zip(cells.models_of(judge), cells.of_judge(judge).tolist(), strict=True))
    return np.array([by_model[model] for model in models], dtype=np.int64)


def _probes(roles: Mapping[str, str]) -> set[str]:
    return {name for name, role in roles.items() if role == "probe"}


def _rank_agreement(
    cells: Cells, both: SharedRows, clusters: Clusters, *, num_resamples: int, seed: int
) -> dict[str, float | int | None]:
    shared = np.flatnonzero((cells.is_scored[both.first] & cells.is_scored[both.second]).all(axis=0))
    num_models, num_shared = len(both.first), len(shared) if len(both.first) else 0
    row: dict[str, float | int | None] = {"num_models": num_models, "num_pairs": num_shared}
    if num_models < MIN_MODELS or num_shared == 0 or num_shared < MIN_SHARED_PAIRS * len(cells.pairs):
        return row
    one, other = cells.is_right[both.first][:, shared], cells.is_right[both.second][:, shared]
    num_right = one.sum(axis=1), other.sum(axis=1)
    row["kendall_tau"] = kendall_tau_b(*num_right)
    if row["kendall_tau"] is not None:
        row["p_value"] = kendall_p_value(*num_right, seed=seed)
        bound = clusters.within(shared)
        interval = bootstrap_tau(bound.sums(one), bound.sums(other), num_resamples=num_resamples, seed=seed)
        row["kendall_tau_low"], row["kendall_tau_high"] = interval
    return row


def cell_agreement(cells: Cells, both: SharedRows, pairs: Places | slice = slice(None)) -> dict[str, float | None]:
    """Return `raw_agreement` and `cohen_kappa` over the cells of some pairs that both judges scored."""
    places = np.arange(len(cells.pairs))[pairs]
    first, second = (np.ix_(rows, places) for rows in both)
    scored = cells.is_scored[first] & cells.is_scored[second]
    return counted_agreement(count_twos(cells.is_right[first], cells.is_right[second], scored))


class Twos(NamedTuple):
    """Hold how often two judges found the same cell right, over the cells that both scored."""

    both_right: int
    only_first: int
    only_second: int
    both_wrong: int


def count_twos(one: Flags, other: Flags, scored: Flags) -> Twos:
    """Count the cells that `scored` marks."""
    num_both, num_one, num_other = (int(np.count_nonzero(part & scored)) for part in (one & other, one, other))
    num_none = int(np.count_nonzero(scored)) - num_one - num_other + num_both
    return Twos(num_both, num_one - num_both, num_other - num_both, num_none)


def counted_agreement(twos: Twos) -> dict[str, float | None]:
    """Return `raw_agreement` and `cohen_kappa`; None without cells."""
    num_cells = sum(twos)
    raw = (twos.both_right + twos.both_wrong) / num_cells if num_cells else None
    return {"raw_agreement": raw, "cohen_kappa": cohen_kappa(*twos)}


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
