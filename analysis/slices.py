"""Recall cut by operator, tier and domain; averages over families of models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.cells import ALL, Cells, Places
from analysis.clusters import Clusters
from analysis.intervals import Rates, clustered_rates, independent_rates
from analysis.rates import PRECISION, counted_rates
from analysis.scopes import changed_mask, operator_masks
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
    grid = _Grid.of(cells.pairs)
    num_pairs = grid.counts(np.ones((1, len(cells.pairs)), dtype=np.int64))[0]
    held = np.flatnonzero(num_pairs)
    if not len(held) or not len(cells.rows):
        return RECALL_BY_DOMAIN.to_frame()
    num_judged, num_correct = (grid.counts(values)[:, held] for values in (cells.is_scored, cells.is_right))
    sizes = np.broadcast_to(num_pairs[held], num_correct.shape)
    rates = independent_rates(num_correct, sizes)
    if not clusters.is_single:
        parts = [clusters.within(places).rates(cells.is_right[:, places]) for places in map(grid.places, held)]
        rates = Rates(*(np.stack(column, axis=1) for column in zip(*parts, strict=True)))
    columns = {"num_pairs": sizes, "num_judged": num_judged, "num_correct": num_correct, **bounded("recall", rates)}
    names = zip(*(grid.name(place) for place in held), strict=True)
    named = dict(zip(("operator", "tier", "domain"), names, strict=True))
    repeated = {name: list(values) * len(cells.rows) for name, values in named.items()}
    rows = {name: cells.rows[name].repeat_by(len(held)).explode(empty_as_null=True) for name in ("judge", "model")}
    flat = {name: values.ravel() for name, values in columns.items()}
    return as_table({**rows, **repeated, **flat}, RECALL_BY_DOMAIN, "recall_by_domain")


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Hold the operators, tiers and domains of changed pairs, `all` first of each, as one axis of parts."""

    operators: list[tuple[str, Places]]
    """Name and places of its pairs."""
    tiers: list[str]
    domains: list[str]
    tier: Places
    """Of each pair, from 1; the number of tiers where unknown."""
    domain: Places

    @classmethod
    def of(cls, pairs: pl.DataFrame) -> "_Grid":
        """Return the grid of the official pairs."""
        domains = sorted(pairs["domain"].drop_nulls().unique().to_list())
        operators = [(name, np.flatnonzero(mask)) for name, mask in operator_masks(pairs)]
        return cls(
            [(ALL, np.flatnonzero(changed_mask(pairs))), *operators], [ALL, *CHANGED_TIERS], [ALL, *domains],
            _numbers(pairs["tier"], CHANGED_TIERS), _numbers(pairs["domain"], domains),
        )  # fmt: skip

    def counts(self, values: NDArray[np.generic]) -> Places:
        """Return sums of (rows, pairs) over each part: (rows, parts)."""
        shape = len(self.tiers) + 1, len(self.domains) + 1
        parts = []
        for _, places in self.operators:
            flat = np.zeros((len(values), shape[0] * shape[1]), dtype=np.int64)
            if len(places):
                code = self.tier[places] * shape[1] + self.domain[places]
                order = np.argsort(code, kind="stable")
                codes, starts = np.unique(code[order], return_index=True)
                flat[:, codes] = np.add.reduceat(values[:, places[order]], starts, axis=1, dtype=np.int64)
            cube = flat.reshape(-1, *shape)
            cube[:, 0] = cube.sum(axis=1)
            cube[:, :, 0] = cube.sum(axis=2)
            parts.append(cube[:, :-1, :-1].reshape(len(values), -1))
        return np.concatenate(parts, axis=1)

    def name(self, part: int) -> tuple[str, str, str]:
        """Return a part's operator, tier and domain."""
        operator, tier, domain = self._at(part)
        return self.operators[operator][0], self.tiers[tier], self.domains[domain]

    def places(self, part: int) -> Places:
        """Return the places of a part's pairs."""
        operator, tier, domain = self._at(part)
        places = self.operators[operator][1]
        held = (tier == 0) | (self.tier[places] == tier)
        found: Places = places[held & ((domain == 0) | (self.domain[places] == domain))]
        return found

    def _at(self, part: int) -> tuple[int, int, int]:
        shape = len(self.operators), len(self.tiers), len(self.domains)
        operator, tier, domain = np.unravel_index(part, shape)
        return int(operator), int(tier), int(domain)


def _numbers(names: pl.Series, known: Sequence[str]) -> Places:
    """Return each name's number from 1, the one after the last where it isn't known."""
    numbers, unknown = {name: place for place, name in enumerate(known, 1)}, len(known) + 1
    found = names.replace_strict(numbers, default=unknown, return_dtype=pl.Int64).fill_null(unknown)
    numbered: Places = found.to_numpy().astype(np.int64)
    return numbered


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
            named = {"judge": judge, "family": family, "rate": rate.name, "num_models": len(places), "reason": why}
            parts.append({**named, **bounded("average", found)})
    return stack(parts, FAMILIES, "families").sort("judge", "family", maintain_order=True)
