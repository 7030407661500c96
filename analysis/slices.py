"""Recall cut by operator, tier and domain; averages over families of models."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analysis.cells import ALL, Cells, Flags
from analysis.clusters import Clusters
from analysis.intervals import clustered_rates
from analysis.rates import PRECISION, counted_rates
from analysis.scopes import changed_mask, operator_masks, tier_mask
from analysis.tables import as_table, bounded, stack
from schemas.analysis_tables import FAMILIES, RECALL_BY_DOMAIN
from schemas.vocabulary import CHANGED_TIERS

_NO_PAIRS = "no pair of this kind"
_ONE_CLUSTER = "one cluster: no variance to be had"


def recall_by_domain(cells: Cells, clusters: Clusters) -> pl.DataFrame:
    """Return RECALL_BY_DOMAIN: each (judge, model) by operator, tier and domain, `all` of each included.

    Empty cells of the grid have no row. A pair with mutations of several operators counts in each of them, and
    once in `all`.
    """
    changed = changed_mask(cells.pairs)
    operators = [(ALL, changed), *operator_masks(cells.pairs)]
    tiers = [(ALL, changed), *((tier, tier_mask(cells.pairs, tier)) for tier in CHANGED_TIERS)]
    domains = [(ALL, changed), *_domain_masks(cells.pairs)]
    named, counted = [], []
    for operator, is_operator in operators:
        for tier, is_tier in tiers:
            for domain, is_domain in domains:
                places = np.flatnonzero(is_operator & is_tier & is_domain)
                if len(places):
                    named.append((operator, tier, domain))
                    counted.append(_count(cells, clusters, places))
    if not counted:
        return RECALL_BY_DOMAIN.to_frame()
    return _long(cells.rows, named, counted)


def _domain_masks(pairs: pl.DataFrame) -> list[tuple[str, Flags]]:
    names = sorted(pairs["domain"].drop_nulls().unique().to_list())
    return [(name, (pairs["domain"] == name).fill_null(False).to_numpy()) for name in names]


def _count(cells: Cells, clusters: Clusters, places: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, Any]:
    right = cells.is_right[:, places]
    rates = bounded("recall", clusters.within(places).rates(right))
    counts = {"num_judged": cells.is_scored[:, places].sum(axis=1), "num_correct": right.sum(axis=1)}
    return {"num_pairs": np.full(len(cells.rows), len(places)), **counts, **rates}


def _long(rows: pl.DataFrame, named: list[tuple[str, str, str]], counted: list[dict[str, Any]]) -> pl.DataFrame:
    """Lay the counts of every part below each other, sorted by row and then as the parts came."""
    num_rows, num_parts = len(rows), len(named)
    columns: dict[str, Any] = {name: np.stack([part[name] for part in counted], axis=1).ravel() for name in counted[0]}
    columns |= {name: rows[name].gather(np.repeat(np.arange(num_rows), num_parts)) for name in ("judge", "model")}
    parts = pl.DataFrame(named, schema=["operator", "tier", "domain"], orient="row")
    for name in parts.columns:
        columns[name] = parts[name].gather(np.tile(np.arange(num_parts), num_rows))
    return as_table(columns, RECALL_BY_DOMAIN, "recall_by_domain")


def families(
    cells: Cells, roles: Mapping[str, str], model_families: Mapping[str, str], clusters: Clusters
) -> pl.DataFrame:
    """Return FAMILIES: by judge and family, the mean of its members' rates; probes and rows without a family stay out.

    model_families: model name to the `family` of its config row. All members answer the same pairs, so a pair's
    answers are one cluster (or a page's), and the interval is `clustered_rates`': it speaks of other pairs, not of
    other models. Precision is left out: claims differ in number, and have no mean.
    """
    held = [
        (place, judge, model_families[model])
        for place, (judge, model) in enumerate(cells.rows.iter_rows())
        if model in model_families and roles.get(model) != "probe"
    ]
    groups: dict[tuple[str, str], list[int]] = {}
    for place, judge, family in held:
        groups.setdefault((judge, family), []).append(place)
    parts = []
    for rate in counted_rates(cells):
        if rate.name == PRECISION:
            continue
        bound = clusters.within(rate.pairs)
        for (judge, family), places in sorted(groups.items()):
            right = bound.sums(rate.num_right[places].sum(axis=0)[None])
            found = clustered_rates(right, bound.sums(np.full((1, len(rate.pairs)), len(places))))
            why = _NO_PAIRS if not len(rate.pairs) else _ONE_CLUSTER if np.isnan(found.low[0]) else None
            columns = {"judge": [judge], "family": [family], "rate": [rate.name], "num_models": [len(places)]}
            columns |= {**bounded("average", found), "reason": pl.Series([why], dtype=pl.String)}
            parts.append(as_table(columns, FAMILIES, "families"))
    return stack(parts, FAMILIES).sort("judge", "family", maintain_order=True)
