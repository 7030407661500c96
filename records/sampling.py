"""A stratified sample: the same few pairs on every machine."""

import hashlib
from collections import defaultdict

import polars as pl

from schemas.vocabulary import BENIGN, NO_DIFF


def stratified(frame: pl.DataFrame, limit: int, seed: int) -> list[str]:
    """Return the ids of `limit` RUN_PAIRS rows, in the frame's order, spread over tiers, then operators.

    Tiers get their share by largest remainder; within a tier operators take turns, and kinds of benign controls
    within those. A larger limit does not promise to hold a smaller one's pairs.
    """
    tiers: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    columns = ("id", "task_type", "difficulty", "mutation_types", "mechanism")
    for pair_id, task, tier, types, kind in frame.select(columns).iter_rows():
        cell = (kind or "") if task == BENIGN else types[0] if types else ""
        tiers[task if task in (NO_DIFF, BENIGN) else tier][cell].append(pair_id)
    sizes = {tier: sum(map(len, cells.values())) for tier, cells in tiers.items()}
    shares = _apportion(sizes, min(limit, frame.height), seed)
    chosen = {pair_id for tier, cells in tiers.items() for pair_id in _take_turns(cells, seed)[: shares[tier]]}
    return [pair_id for pair_id in frame["id"] if pair_id in chosen]


def _apportion(sizes: dict[str, int], total: int, seed: int) -> dict[str, int]:
    """Share out `total` by largest remainder; ties go by seeded order."""
    exact = {tier: total * size / sum(sizes.values()) for tier, size in sizes.items()}
    shares = {tier: int(share) for tier, share in exact.items()}
    by_remainder = sorted(exact, key=lambda tier: (shares[tier] - exact[tier], _rank(tier, seed)))
    for tier in by_remainder[: total - sum(shares.values())]:
        shares[tier] += 1
    return shares


def _take_turns(cells: dict[str, list[str]], seed: int) -> list[str]:
    turns = [
        (turn, _rank(cell, seed), pair_id)
        for cell, ids in cells.items()
        for turn, pair_id in enumerate(sorted(ids, key=lambda pair_id: _rank(pair_id, seed)))
    ]
    return [pair_id for _, _, pair_id in sorted(turns)]


def _rank(text: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{text}".encode()).hexdigest()
