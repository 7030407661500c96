"""What judges make of the probes: answers of which it is known what a sound judge says."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from analysis.cells import ALL, Cells, Flags, Places
from analysis.clusters import Clusters
from analysis.scopes import OPERATOR, OVERALL, changed_mask, operator_masks
from analysis.tables import Columns, bounded, stack
from schemas.analysis_tables import JUDGE_PROBES
from schemas.probes import CLEAN, Expected, expected_of
from schemas.vocabulary import VERDICTS_OF_A_JUDGE

CHANGED: Final = "changed"
UNCHANGED: Final = "unchanged"
NOT_JUDGED: Final = "not judged: no answer counts as wrong by itself"
NOT_HELD: Final = "no verdict is held against it on changed pairs"
NO_SCORE: Final = "no answer was scored"


class Part(NamedTuple):
    """Name a part of the dataset on which probes are read."""

    pair_kind: str
    scope_kind: str
    scope: str
    pairs: Places


class ProbeRows(NamedTuple):
    """Hold the rows of cells that are probes with an expectation, in order."""

    places: Places
    """Places of the rows in the cells."""
    expected: list[Expected]


def read_expected(config: Mapping[str, Any]) -> dict[str, Expected]:
    """Return model name to what is expected of it, from a run's config; rows that are no probes are left out."""
    models = config.get("models") or {}
    rows = models.values() if isinstance(models, Mapping) else models
    found = {
        str(row.get("name")): expected_of(row["adapter"])
        for row in rows
        if isinstance(row, Mapping) and row.get("role") == "probe" and isinstance(row.get("adapter"), Mapping)
    }
    return {name: expected for name, expected in found.items() if expected is not None}


def probe_rows(cells: Cells, expected: Mapping[str, Expected], judge: str | None = None) -> ProbeRows:
    """Return the probes' rows, of one judge or of all."""
    named = cells.rows.with_row_index("place").filter(pl.col("model").is_in(list(expected)))
    named = named if judge is None else named.filter(pl.col("judge") == judge)
    return ProbeRows(named["place"].to_numpy().astype(np.int64), [expected[model] for model in named["model"]])


def probe_parts(pairs: pl.DataFrame) -> Iterator[Part]:
    """Yield changed and unchanged pairs, and each operator's, those that there are."""
    changed = changed_mask(pairs)
    for name, held in ((CHANGED, changed), (UNCHANGED, ~changed)):
        if held.any():
            yield Part(name, OVERALL, ALL, np.flatnonzero(held))
    for operator, held in operator_masks(pairs):
        yield Part(CHANGED, OPERATOR, operator, np.flatnonzero(held))


def as_expected(cells: Cells, rows: ProbeRows) -> Flags:
    """Return where a judge says of a probe what a sound one says, not where it was never asked: (rows, pairs)."""
    unchanged = ~changed_mask(cells.pairs)
    found = np.zeros((len(rows.places), len(unchanged)), dtype=np.bool_)
    for number, (place, expected) in enumerate(zip(rows.places, rows.expected, strict=True)):
        wanted = VERDICTS_OF_A_JUDGE.index(expected.changed) + 1 if expected.changed else -1
        clean = cells.is_right[place] if expected.unchanged == CLEAN else ~cells.is_right[place]
        found[number] = np.where(unchanged, clean, cells.verdict[place] == wanted)
        found[number] &= cells.is_scored[place] & ~cells.is_unanswered[place]
    return found


def judge_probes(cells: Cells, expected: Mapping[str, Expected], clusters: Clusters) -> pl.DataFrame:
    """Return JUDGE_PROBES: each judge and probe on changed and unchanged pairs, and by operator.

    `as_expected`: the very verdict of a sound judge. `accepted`: the judge called the answer right. `noticed`: it
    listed an invention where the answer holds one. Rates divide by all answers, so an unscored one is none of the
    three. `expected` is null, and so is `as_expected`, where no verdict is held against the judge.
    """
    rows = probe_rows(cells, expected)
    if not len(rows.places):
        return JUDGE_PROBES.to_frame()
    whole = as_expected(cells, rows)
    parts = [_read(cells, rows, whole, part, clusters) for part in probe_parts(cells.pairs)]
    return stack(parts, JUDGE_PROBES, "judge_probes").sort("judge", "probe", "pair_kind", maintain_order=True)


def _read(cells: Cells, rows: ProbeRows, whole: Flags, part: Part, clusters: Clusters) -> Columns:
    places, bound = np.ix_(rows.places, part.pairs), clusters.within(part.pairs)
    is_changed = part.pair_kind == CHANGED
    accepted, noticed = cells.is_right[places], cells.num_invented[places] > 0
    told = [one.changed if is_changed else one.unchanged for one in rows.expected]
    is_held = np.array([one is not None for one in told])
    invents = np.array([one.invents if is_changed else one.unchanged != CLEAN for one in rows.expected])
    is_judged: Flags = np.any(cells.is_scored[places] & ~cells.is_unanswered[places], axis=1)
    unscored = (~cells.is_scored[places]).sum(axis=1)
    size = len(part.pairs)
    reasons = [
        NO_SCORE if lost == size else NOT_JUDGED if not judged else None if held else NOT_HELD
        for judged, lost, held in zip(is_judged, unscored, is_held, strict=True)
    ]
    agreed = whole[:, part.pairs]
    named = cells.rows[rows.places.tolist()]
    return {
        "judge": named["judge"].to_list(), "probe": named["model"].to_list(),
        "pair_kind": part.pair_kind, "scope_kind": part.scope_kind, "scope": part.scope, "expected": told,
        "num_answers": np.full(len(told), size), "num_unscored": unscored, "num_as_expected": agreed.sum(axis=1),
        "num_accepted": accepted.sum(axis=1), "num_noticed": noticed.sum(axis=1),
        **_where(is_held & is_judged, bounded("as_expected", bound.rates(agreed))),
        **_where(is_judged, bounded("accepted", bound.rates(accepted))),
        **_where(invents & is_judged, bounded("noticed", bound.rates(noticed))),
        "reason": reasons,
    }  # fmt: skip


def _where(is_told: Flags, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.where(is_told, values, np.nan) for name, values in columns.items()}
