"""The parts of the dataset that figures are given for: all pairs, a tier, an operator, and combinations."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from analysis.cells import ALL, Flags, Places
from schemas.vocabulary import CHANGED_TIERS, NO_DIFF, OPERATORS

OVERALL: Final = "overall"
TIER: Final = "tier"
OPERATOR: Final = "operator"


class Scope(NamedTuple):
    """Name a part of the dataset, and say which pairs it holds."""

    kind: str
    """`overall`, `tier` or `operator`."""
    name: str
    """`all`, the tier or the operator."""
    pairs: Places
    """Places of its pairs, ascending."""


def scopes(pairs: pl.DataFrame) -> list[Scope]:
    """Return all pairs, each tier (`no_diff` too) and each operator that the dataset holds.

    pairs: as `official_pairs` returns them. A pair with mutations of several operators is in each of them.
    """
    tiers = [Scope(TIER, tier, _places((pairs["tier"] == tier).fill_null(False))) for tier in (*CHANGED_TIERS, NO_DIFF)]
    operators = [Scope(OPERATOR, name, np.flatnonzero(held)) for name, held in operator_masks(pairs)]
    everything = Scope(OVERALL, ALL, np.arange(len(pairs)))
    return [everything, *(scope for scope in (*tiers, *operators) if len(scope.pairs))]


def operator_masks(pairs: pl.DataFrame) -> Iterator[tuple[str, Flags]]:
    """Yield each operator that changed pairs hold, the known ones in the vocabulary's order, with its pairs' mask."""
    named = pairs.with_row_index("place").filter(~pl.col("is_no_diff")).select("place", "operators")
    single = named.explode("operators", empty_as_null=True).drop_nulls()
    parts = single.partition_by("operators", as_dict=True)
    by_name = {str(name): rows["place"].to_numpy() for (name,), rows in parts.items()}
    for name in [*(known for known in OPERATORS if known in by_name), *sorted(set(by_name) - set(OPERATORS))]:
        mask = np.zeros(len(pairs), dtype=np.bool_)
        mask[by_name[name]] = True
        yield name, mask


def changed_mask(pairs: pl.DataFrame) -> Flags:
    """Return which pairs are changed."""
    return (~pairs["is_no_diff"]).to_numpy()


def tier_mask(pairs: pl.DataFrame, tier: str) -> Flags:
    """Return which pairs are of a tier."""
    return (pairs["tier"] == tier).fill_null(False).to_numpy()


def _places(held: pl.Series) -> Places:
    return np.flatnonzero(held.to_numpy())
