"""Every two models on the same pairs: which differences stand, and how small a one this dataset could show."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.cells import Cells, Places
from analysis.clusters import Clusters
from analysis.intervals import Numbers, student_quantile
from analysis.paired import (
    ALPHA,
    cluster_sign_test,
    detectable_difference,
    difference_effect,
    exact_mcnemar,
    holm,
    paired_difference,
)
from analysis.scopes import Scope, scopes
from analysis.tables import Columns, as_table, stack
from schemas.analysis_tables import COMPARISONS, DETECTABLE

NO_PAIRS = "no pair that both were scored on"
ALL_LEVEL = "the two never differ"
ONE_CLUSTER = "one cluster: no variance to be had"
_ONE_MODEL = "one model: nothing to compare"
_NEVER_APART = "no two models ever differ"
_TOO_FEW = "too few pairs: no difference would be found"


def comparisons(cells: Cells, roles: Mapping[str, str], clusters: Clusters) -> pl.DataFrame:
    """Return COMPARISONS: every two models and baselines under each judge, over all pairs, each tier, each operator.

    `model_a` is the one with more right answers in all. Pairs that either of the two has unscored are left out.
    `p_value` is the exact McNemar test's, turned to whole clusters where `clusters` bind pairs; `p_mcnemar` the
    plain one. `p_holm` is corrected over all comparisons of one judge and one kind of scope: every two models, and
    for operators (and tiers) times those. Intervals of single differences are 95% each.
    """
    parts, parted = [], scopes(cells.pairs)
    for judge in cells.judges:
        rows = _contestants(cells, judge, roles)
        if len(rows) > 1:
            compared = [_compare(_Rows.of(cells, rows, scope, clusters), judge) for scope in parted]
            parts.append(_corrected(stack(compared, COMPARISONS, "comparisons")))
    return pl.concat([COMPARISONS.to_frame(), *parts])


def _contestants(cells: Cells, judge: str, roles: Mapping[str, str]) -> Places:
    """Return a judge's rows that are no probes, those with the most right answers first."""
    rows = [row for row in cells.of_judge(judge) if roles.get(cells.rows["model"][int(row)]) != "probe"]
    num_right = cells.is_right.sum(axis=1)
    return np.array(sorted(rows, key=lambda row: -num_right[row]), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Hold one judge's models on the pairs of one scope."""

    models: list[str]
    scope: Scope
    is_right: NDArray[np.float32]
    """(models, pairs)."""
    is_scored: NDArray[np.float32]
    clusters: Clusters

    @classmethod
    def of(cls, cells: Cells, rows: Places, scope: Scope, clusters: Clusters) -> "_Rows":
        """Return the rows of a scope; float32 counts are exact up to 16.7 million pairs, their product runs in BLAS."""
        place = np.ix_(rows, scope.pairs)
        return cls(
            [cells.rows["model"][int(row)] for row in rows], scope, cells.is_right[place].astype(np.float32),
            cells.is_scored[place].astype(np.float32), clusters.within(scope.pairs),
        )  # fmt: skip

    def differences(self, first: int, second: int) -> tuple[Numbers, Numbers]:
        """Return for each cluster by how many right answers `first` leads, and how many pairs both were scored on."""
        if self.is_whole:
            num_right, sizes = self.in_clusters
            return num_right[first] - num_right[second], sizes
        ahead = self.is_right[first] * self.is_scored[second] - self.is_right[second] * self.is_scored[first]
        return self.clusters.sums(ahead), self.clusters.sums(self.is_scored[first] * self.is_scored[second])

    @cached_property
    def is_whole(self) -> bool:
        """Tell whether every cell is scored."""
        return bool(self.is_scored.all())

    @cached_property
    def in_clusters(self) -> tuple[Numbers, Numbers]:
        """Return each model's right answers in each cluster, and each cluster's pairs."""
        return self.clusters.sums(self.is_right), self.clusters.sums(np.ones(self.is_right.shape[1]))


def _compare(rows: _Rows, judge: str) -> Columns:
    first, second = np.triu_indices(len(rows.models), k=1)
    only = rows.is_right @ (rows.is_scored - rows.is_right).T
    only_a, only_b = only[first, second].astype(np.int64), only[second, first].astype(np.int64)
    num_pairs = (rows.is_scored @ rows.is_scored.T)[first, second].astype(np.int64)
    p_mcnemar = np.where(num_pairs > 0, exact_mcnemar(only_a, only_b), np.nan)
    columns: dict[str, Any] = {
        "judge": judge, "scope_kind": rows.scope.kind, "scope": rows.scope.name, "unit": rows.clusters.unit,
        "model_a": [rows.models[row] for row in first], "model_b": [rows.models[row] for row in second],
        "num_pairs": num_pairs, "num_only_a": only_a, "num_only_b": only_b, "p_mcnemar": p_mcnemar,
    }  # fmt: skip
    if rows.clusters.is_single:
        difference = paired_difference(only_a, only_b, num_pairs)
        columns |= {"num_clusters": num_pairs, "p_value": p_mcnemar, "design_effect": np.ones(len(first))}
    else:
        clustered = _clustered(rows, only_a + only_b, num_pairs)
        columns |= clustered
        critical = student_quantile(clustered["num_clusters"] - 1)
        difference = paired_difference(only_a, only_b, num_pairs, effect=clustered["design_effect"], critical=critical)
    columns |= {
        "difference": difference.difference,
        "difference_low": difference.low,
        "difference_high": difference.high,
    }
    columns["reason"] = _reasons(num_pairs, only_a + only_b, columns["num_clusters"])
    return columns


def _clustered(rows: _Rows, discord: Places, num_pairs: Places) -> dict[str, NDArray[np.generic]]:
    """Return what whole clusters say of every two models: how many there are, the test, the design effect."""
    found = []
    for place, (first, second) in enumerate(zip(*np.triu_indices(len(rows.models), k=1), strict=True)):
        ahead, sizes = rows.differences(first, second)
        p_value = cluster_sign_test(ahead.astype(np.int64)) if num_pairs[place] else np.nan
        found.append(((sizes > 0).sum(), p_value, difference_effect(ahead, sizes, int(discord[place]))))
    num_clusters, p_values, effects = np.array(found, dtype=np.float64).reshape(-1, 3).T
    return {"num_clusters": num_clusters.astype(np.int64), "p_value": p_values, "design_effect": effects}


def _reasons(num_pairs: Places, discord: Places, num_clusters: Places) -> list[str | None]:
    cases = [num_pairs == 0, discord == 0, num_clusters < 2]
    found = np.select(cases, [1, 2, 3], 0)
    return [(None, NO_PAIRS, ALL_LEVEL, ONE_CLUSTER)[case] for case in found]


def _corrected(compared: pl.DataFrame) -> pl.DataFrame:
    """Fill in `p_holm` over each kind of scope, and what is significant."""
    parts = [
        group.with_columns(pl.Series("p_holm", holm(group["p_value"].to_numpy()), dtype=pl.Float64).fill_nan(None))
        for group in compared.partition_by("scope_kind", maintain_order=True)
    ]
    return pl.concat(parts).with_columns(is_significant=pl.col("p_holm") <= ALPHA)


def detectable(cells: Cells, compared: pl.DataFrame) -> pl.DataFrame:
    """Return DETECTABLE: by judge and scope, the smallest difference that McNemar's test finds with a power of 80%.

    compared: COMPARISONS. `discordance` and `design_effect` are means over every two models that differ at all;
    `detectable` is for one comparison at 5%, `detectable_corrected` at 5% over `num_comparisons`, the number that
    Holm corrects for, by Bonferroni, which bounds it.
    """
    key = ["judge", "scope_kind", "scope"]
    differing = (pl.col("num_only_a") + pl.col("num_only_b")) > 0
    apart = ((pl.col("num_only_a") + pl.col("num_only_b")) / pl.col("num_pairs")).filter(differing)
    found = compared.group_by(key).agg(
        discordance=apart.mean(), design_effect=pl.col("design_effect").filter(differing).mean()
    )
    counts = compared.group_by("judge", "scope_kind").agg(num_comparisons=pl.len().cast(pl.Int64))
    names = [
        {"judge": judge, "scope_kind": scope.kind, "scope": scope.name, "num_pairs": len(scope.pairs)}
        for scope in scopes(cells.pairs)
        for judge in cells.judges
    ]
    asked = pl.DataFrame(names, schema={name: DETECTABLE[name] for name in (*key, "num_pairs")})
    asked = asked.sort("judge", maintain_order=True)
    asked = asked.join(found, on=key, how="left", maintain_order="left")
    asked = asked.join(counts, on=key[:2], how="left", maintain_order="left")
    return as_table(_detectables(asked), DETECTABLE, "detectable")


def _detectables(asked: pl.DataFrame) -> dict[str, Any]:
    rows: dict[str, list[Any]] = {"detectable": [], "detectable_corrected": [], "reason": []}
    for row in asked.iter_rows(named=True):
        size = (row["num_pairs"] or 0) / (row["design_effect"] or 1.0)
        discordance = row["discordance"] or 0.0
        plain = detectable_difference(size, discordance)
        strict = detectable_difference(size, discordance, alpha=ALPHA / max(row["num_comparisons"] or 1, 1))
        why = None if not np.isnan(strict) else _TOO_FEW if row["discordance"] else _NEVER_APART
        rows["detectable"].append(plain)
        rows["detectable_corrected"].append(strict)
        rows["reason"].append(_ONE_MODEL if row["num_comparisons"] is None else why)
    return {**asked.to_dict(), **{name: pl.Series(values, dtype=DETECTABLE[name]) for name, values in rows.items()}}
