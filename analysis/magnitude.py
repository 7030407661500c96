"""Recall against how large the change is: rank correlations and binned curves."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.cells import ALL, Cells, Flags, Places
from analysis.clusters import Clusters
from analysis.figures import MIN_PAIRS_SHOWN
from analysis.intervals import Numbers, clustered_rates
from analysis.rank_correlation import Correlations, RankedMeasure, rank_measure, spearman
from analysis.scopes import changed_mask, operator_masks
from analysis.tables import Columns, bounded, stack
from schemas.analysis_tables import MAGNITUDE, MAGNITUDE_CURVE

NUM_BINS: Final = 10
_OWN_UNIT: Final = "magnitude"
"""Each operator's own unit: no common scale over operators."""
_FEW: Final = f"fewer than {MIN_PAIRS_SHOWN} pairs"
_LEVEL: Final = "the measure is the same for every pair"
_ALIKE: Final = "all right, or all wrong"


def measures(pairs: pl.DataFrame, more: pl.DataFrame | None, ids: pl.Series) -> dict[str, Numbers]:
    """Return measure name to its value for each pair of `ids`, NaN where unknown; those without a value are left out.

    pairs: RUN_PAIRS; more: PAIR_MEASURES, what was measured on the images. `box_area` and `affected_area` are in
    pixels; the shares `pixel_diff` and `target_diff` are the dataset's.
    """
    area = {
        f"{name}_area": pl.when(pl.col(f"{box}_bbox_w") > 0).then(
            (pl.col(f"{box}_bbox_w") * pl.col(f"{box}_bbox_h")).cast(pl.Float64)
        )
        for name, box in (("box", "target"), ("affected", "affected"))
    }
    known = pairs.select(pl.col("id").alias("pair_id"), "pixel_diff", "target_diff", _OWN_UNIT, **area)
    if more is not None and len(more):
        known = known.join(more.pivot("measure", index="pair_id", values="value"), on="pair_id", how="left")
    ordered = ids.to_frame("pair_id").join(known, on="pair_id", how="left", maintain_order="left").drop("pair_id")
    found = {name: ordered[name].cast(pl.Float64).to_numpy().astype(np.float64) for name in ordered.columns}
    return {name: values for name, values in found.items() if not np.isnan(values).all()}


def magnitude(cells: Cells, roles: Mapping[str, str], sizes: Mapping[str, Numbers], clusters: Clusters) -> pl.DataFrame:
    """Return MAGNITUDE: by judge, model and operator, the rank correlation of each measure with being right.

    sizes: as `measures` returns them. Over the changed pairs that were scored; `model` `all` takes the share of
    models that are right on a pair (probes stay out), over pairs that every one of them was scored on. The
    operator's own unit has no row over all operators. `spearman` says how.
    """
    changed, asked = changed_mask(cells.pairs), list(_outcomes(cells, roles))
    parts = []
    for operator, held in [(ALL, changed), *operator_masks(cells.pairs)]:
        for name, values in sizes.items():
            places = np.flatnonzero(held & ~np.isnan(values))
            if not len(places) or (name == _OWN_UNIT and operator == ALL):
                continue
            ranked, bound = rank_measure(values[places]), clusters.within(places)
            for judge, models, (right, scored) in asked:
                rows = right[:, places], scored[:, places]
                found = _correlate(values[places], ranked, rows, bound)
                parts.append({"judge": judge, "model": models, "operator": operator, "measure": name, **found})
    return stack(parts, MAGNITUDE, "magnitude").sort("judge", "measure", "operator", maintain_order=True)


def _outcomes(cells: Cells, roles: Mapping[str, str]) -> Iterator[tuple[str, list[str], tuple[Numbers, Flags]]]:
    """Yield each judge with its models and `all`: what each got right, and what of it was scored."""
    for judge in cells.judges:
        models, rows = cells.models_of(judge), cells.of_judge(judge)
        ranked = np.array([roles.get(model) != "probe" for model in models])
        right, scored = cells.is_right[rows].astype(np.float64), cells.is_scored[rows]
        yield judge, models, (right, scored)
        if ranked.sum() > 1:
            yield judge, [ALL], (right[ranked].mean(axis=0)[None], scored[ranked].all(axis=0)[None])


def _correlate(
    values: Numbers, ranked: RankedMeasure, rows: tuple[Numbers, Flags], clusters: Clusters
) -> dict[str, Any]:
    right, scored = rows
    if scored.all():
        return _reasoned(spearman(ranked, right, clusters), values, scored)
    parts = []
    for place, held in enumerate(map(np.flatnonzero, scored)):
        one = right[place : place + 1, held]
        parts.append(spearman(rank_measure(values[held]), one, clusters.within(held)))
    joined = Correlations(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return _reasoned(joined, values, scored)


def _reasoned(found: Correlations, values: Numbers, scored: Flags) -> dict[str, Any]:
    num_pairs = scored.sum(axis=1)
    is_few = num_pairs < MIN_PAIRS_SHOWN
    ends = [np.where(scored, values, fill) for fill in (np.inf, -np.inf)]
    spread = ends[1].max(axis=1) - ends[0].min(axis=1)
    why = np.select([is_few, spread == 0, np.isnan(found.correlation)], [1, 2, 3], 0)
    correlation, low, high = (np.where(is_few, np.nan, column) for column in found)
    return {
        "num_pairs": num_pairs, "correlation": correlation, "correlation_low": low, "correlation_high": high,
        "reason": [(None, _FEW, _LEVEL, _ALIKE)[case] for case in why],
    }  # fmt: skip


def magnitude_curve(
    cells: Cells, roles: Mapping[str, str], sizes: Mapping[str, Numbers], clusters: Clusters
) -> pl.DataFrame:
    """Return MAGNITUDE_CURVE: recall of the changed pairs in up to `NUM_BINS` bins of like size along each measure.

    Ties stay in one bin, so there may be fewer bins. Rates divide by all pairs of a bin; `model` `all` is the mean
    over models (probes stay out), whose interval takes a pair's answers together. The operator's own unit has none.
    """
    changed = changed_mask(cells.pairs)
    parts = []
    for name, values in sizes.items():
        places = np.flatnonzero(changed & ~np.isnan(values))
        if name == _OWN_UNIT or not len(places):
            continue
        for number, held in enumerate(_bins(values[places])):
            within = places[held]
            ends = {"bin": number, "measure_from": values[within].min(), "measure_to": values[within].max()}
            for judge in cells.judges:
                parts += _points(cells, roles, judge, within, clusters, {"measure": name, **ends})
    return stack(parts, MAGNITUDE_CURVE, "magnitude_curve").sort("judge", "measure", "model", "bin")


def _bins(values: Numbers) -> list[Places]:
    """Return the places in each bin of ascending values, none empty."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, NUM_BINS + 1)[1:-1]))
    numbers = np.searchsorted(edges, values, side="left")
    return [np.flatnonzero(numbers == number) for number in np.unique(numbers)]


def _points(
    cells: Cells, roles: Mapping[str, str], judge: str, places: Places, clusters: Clusters, named: Columns
) -> list[Columns]:
    """Return the points of one bin under one judge: each model's, and the mean of those that are no probes."""
    models, rows = cells.models_of(judge), cells.of_judge(judge)
    place = np.ix_(rows, places)
    right, scored, bound = cells.is_right[place], cells.is_scored[place], clusters.within(places)
    named = {"judge": judge, "num_pairs": len(places), **named}
    counts = {"num_judged": scored.sum(axis=1), "num_correct": right.sum(axis=1)}
    points: list[Columns] = [{**named, "model": models, **counts, **bounded("recall", bound.rates(right))}]
    ranked = np.array([roles.get(model) != "probe" for model in models])
    if ranked.sum() > 1:
        trials = np.full((1, len(places)), ranked.sum())
        rates = clustered_rates(bound.sums(right[ranked].sum(axis=0)[None]), bound.sums(trials))
        num_judged = scored[ranked].all(axis=0).sum(keepdims=True)
        means = {"num_judged": num_judged, "num_correct": right[ranked].sum(axis=1).mean(keepdims=True)}
        points.append({**named, "model": ALL, **means, **bounded("recall", rates)})
    return points
