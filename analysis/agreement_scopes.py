"""How far judges agree, part by part: by tier, by operator, on each pair, two by two and all together."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analysis.agreement import SharedRows, contested_judges, count_twos, counted_agreement, places_of, shared_rows
from analysis.cells import ALL, Cells, Places
from analysis.clusters import Clusters
from analysis.intervals import clustered_rates, divide
from analysis.scopes import scopes
from analysis.statistics import krippendorff_alpha, krippendorff_alphas
from analysis.tables import as_table
from schemas.analysis_tables import AGREEMENT_BY_PAIR, AGREEMENT_BY_SCOPE

_NONE_SHARED = "no cell that both scored"
_NO_CHANCE = "all verdicts are alike: nothing beyond chance can be told"


def agreement_by_scope(cells: Cells, roles: Mapping[str, str], clusters: Clusters) -> pl.DataFrame:
    """Return AGREEMENT_BY_SCOPE: over all pairs, each tier, each operator; probes stay out.

    One row for each two judges, with raw agreement (its interval takes a pair's, or a cluster's, cells together),
    Cohen's kappa and Krippendorff's alpha; where there are three judges or more, one over all of them, both named
    `all`, with raw agreement over every two verdicts on an answer and alpha.
    """
    judges = contested_judges(cells, roles)
    rows: list[dict[str, Any]] = []
    for judge_a, judge_b in itertools.combinations(judges, 2):
        both = shared_rows(cells, judge_a, judge_b, roles)
        for scope in scopes(cells.pairs):
            row = {"judge_a": judge_a, "judge_b": judge_b, "scope_kind": scope.kind, "scope": scope.name}
            rows.append(row | _two(cells, both, scope.pairs, clusters))
    if len(judges) > 2:
        named = {"judge_a": ALL, "judge_b": ALL}
        num_right, num_ratings = _ratings(cells, roles)
        for scope in scopes(cells.pairs):
            row = {**named, "scope_kind": scope.kind, "scope": scope.name}
            rows.append(row | _all(num_right[:, scope.pairs], num_ratings[:, scope.pairs]))
    return pl.DataFrame(rows, schema=AGREEMENT_BY_SCOPE)


def _two(cells: Cells, both: SharedRows, pairs: Places, clusters: Clusters) -> dict[str, Any]:
    first, second = (np.ix_(rows, pairs) for rows in both)
    scored, right = cells.is_scored[first] & cells.is_scored[second], (cells.is_right[first], cells.is_right[second])
    twos, agreed = count_twos(*right, scored), scored & (right[0] == right[1])
    bound = clusters.within(pairs)
    rates = clustered_rates(bound.sums(agreed.sum(axis=0)[None]), bound.sums(scored.sum(axis=0)[None]))
    low, high = (None if np.isnan(bound[0]) else float(bound[0]) for bound in (rates.low, rates.high))
    times = np.array([twos.both_wrong, twos.only_first + twos.only_second, twos.both_right])
    alpha = krippendorff_alpha(np.arange(3), np.full(3, 2), times)
    num_cells = sum(twos)
    reason = _NONE_SHARED if not num_cells else _NO_CHANCE if alpha is None else None
    return {
        "num_cells": num_cells, **counted_agreement(twos), "raw_agreement_low": low, "raw_agreement_high": high,
        "krippendorff_alpha": alpha, "reason": reason,
    }  # fmt: skip


def _ratings(cells: Cells, roles: Mapping[str, str]) -> tuple[Places, Places]:
    """Return how many judges found each answer right, and how many scored it: (models, pairs) each."""
    judges = contested_judges(cells, roles)
    models = sorted({model for judge in judges for model in cells.models_of(judge) if roles.get(model) != "probe"})
    num_right, num_ratings = (np.zeros((len(models), len(cells.pairs)), dtype=np.int64) for _ in range(2))
    for judge in judges:
        held = [model for model in cells.models_of(judge) if model in set(models)]
        target = [models.index(model) for model in held]
        rows = places_of(cells, judge, held)
        num_right[target] += cells.is_right[rows]
        num_ratings[target] += cells.is_scored[rows]
    return num_right, num_ratings


def _all(num_right: Places, num_ratings: Places) -> dict[str, Any]:
    alpha = krippendorff_alpha(num_right.ravel(), num_ratings.ravel())
    twos, agreed = _agreeing_twos(num_right, num_ratings)
    total = int(twos.sum())
    return {
        "num_cells": int((num_ratings >= 2).sum()), "raw_agreement": agreed.sum() / total if total else None,
        "krippendorff_alpha": alpha, "reason": _NONE_SHARED if not total else _NO_CHANCE if alpha is None else None,
    }  # fmt: skip


def _agreeing_twos(num_right: Places, num_ratings: Places) -> tuple[Places, Places]:
    """Return how many twos of judges scored each answer, and how many of those agree."""
    wrong = num_ratings - num_right
    return num_ratings * (num_ratings - 1) // 2, (num_right * (num_right - 1) + wrong * (wrong - 1)) // 2


def agreement_by_pair(cells: Cells, roles: Mapping[str, str]) -> pl.DataFrame:
    """Return AGREEMENT_BY_PAIR: one row for each pair, over all judges and every model but probes.

    `raw_agreement`: of every two verdicts on one answer, the share that agrees; null where no answer has two.
    """
    if len(contested_judges(cells, roles)) < 2:
        return AGREEMENT_BY_PAIR.to_frame()
    num_right, num_ratings = _ratings(cells, roles)
    twos, agreed = _agreeing_twos(num_right, num_ratings)
    columns = {
        "pair_id": cells.pairs["pair_id"], "tier": cells.pairs["tier"], "num_models": (num_ratings > 0).sum(axis=0),
        "num_verdicts": num_ratings.sum(axis=0), "num_right": num_right.sum(axis=0),
        "raw_agreement": divide(agreed.sum(axis=0), twos.sum(axis=0)),
        "krippendorff_alpha": krippendorff_alphas(num_right.T, num_ratings.T),
    }  # fmt: skip
    return as_table(columns, AGREEMENT_BY_PAIR, "agreement_by_pair")
