"""A stratified sample: the same few pairs everywhere, spread over tiers and operators."""

from collections import Counter

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from records.sampling import stratified

TIERS = ("easy", "medium", "hard", "no_diff", "unknown")


def frame(pairs: list[tuple[str, str]]) -> pl.DataFrame:
    """Build RUN_PAIRS' columns that a sample reads, of (tier, operator)."""
    unchanged = [tier in ("no_diff", "unknown") for tier, _ in pairs]
    return pl.DataFrame(
        {
            "id": [f"pair-{number}" for number in range(len(pairs))],
            "task_type": ["no_diff" if is_unchanged else "visual_diff" for is_unchanged in unchanged],
            "difficulty": [tier for tier, _ in pairs],
            "mutation_types": [
                [] if none else [f"mutate_{operator}"] for none, (_, operator) in zip(unchanged, pairs, strict=True)
            ],
        },
        schema={"id": pl.String, "task_type": pl.String, "difficulty": pl.String, "mutation_types": pl.List(pl.String)},
    ).with_columns(mechanism=pl.lit(None, pl.String))


PAIRS = st.lists(st.tuples(st.sampled_from(TIERS), st.sampled_from("abcd")), max_size=60)


def strata(pairs: list[tuple[str, str]], ids: list[str]) -> Counter[str]:
    chosen = [pairs[int(pair_id.split("-")[1])] for pair_id in ids]
    return Counter("no_diff" if tier == "unknown" else tier for tier, _ in chosen)


@given(pairs=PAIRS, limit=st.integers(1, 70), seed=st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_size_order_determinism_and_shares(pairs: list[tuple[str, str]], limit: int, seed: int) -> None:
    whole = frame(pairs)
    ids = stratified(whole, limit, seed)
    assert len(ids) == len(set(ids)) == min(limit, len(pairs))
    assert ids == [pair_id for pair_id in whole["id"] if pair_id in set(ids)]
    assert ids == stratified(whole, limit, seed)
    found = strata(pairs, ids)
    for tier, size in strata(pairs, list(whole["id"])).items():
        assert abs(found[tier] - len(ids) * size / len(pairs)) < 1


@given(pairs=PAIRS, limit=st.integers(1, 70), seed=st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_operators_take_turns_within_a_tier(pairs: list[tuple[str, str]], limit: int, seed: int) -> None:
    ids = stratified(frame(pairs), limit, seed)
    sizes = Counter(pair for pair in pairs if pair[0] in TIERS[:3])
    taken = Counter(pairs[int(pair_id.split("-")[1])] for pair_id in ids)
    for tier in TIERS[:3]:
        most = max((taken[cell] for cell in sizes if cell[0] == tier), default=0)
        for cell in sizes:
            assert cell[0] != tier or taken[cell] >= min(most - 1, sizes[cell])


def test_the_benchmark_in_39_pairs_and_5() -> None:
    """3,900 changed and 500 unchanged pairs: 44 of them are one of each cell, and 5 unchanged."""
    cells = [(tier, f"operator-{number}") for tier in TIERS[:3] for number in range(13)]
    pairs = [cell for cell in cells for _ in range(100)] + [("no_diff", "")] * 472 + [("unknown", "")] * 28
    ids = stratified(frame(pairs), 44, 0)
    taken = Counter(pairs[int(pair_id.split("-")[1])] for pair_id in ids)
    assert all(taken[cell] == 1 for cell in cells)
    assert taken["no_diff", ""] + taken["unknown", ""] == 5


def test_another_seed_is_another_sample() -> None:
    pairs = [("easy", "a")] * 50
    samples = {tuple(stratified(frame(pairs), 5, seed)) for seed in range(5)}
    assert len(samples) == 5


def test_an_empty_dataset_has_an_empty_sample() -> None:
    assert stratified(frame([]), 5, 0) == []


def test_kinds_of_benign_controls_take_turns_and_leave_the_other_shares_alone() -> None:
    official = frame([("easy", "a")] * 20 + [("no_diff", "")] * 20)
    kinds = ["jpeg"] * 8 + ["caret"] * 8 + ["clock"] * 4
    benign = pl.DataFrame({"id": [f"benign-{number}" for number in range(20)], "mechanism": kinds}).with_columns(
        task_type=pl.lit("benign"), difficulty=pl.lit("benign"), mutation_types=pl.lit([], pl.List(pl.String))
    )
    chosen = stratified(pl.concat([official, benign.select(official.columns)]), 27, 0)
    taken = Counter(kinds[int(name.split("-")[1])] for name in chosen if name.startswith("benign"))
    assert taken == {"jpeg": 3, "caret": 3, "clock": 3}
    assert strata([("easy", "a")] * 20 + [("no_diff", "")] * 20, [name for name in chosen if name[0] == "p"]) == {
        "easy": 9,
        "no_diff": 9,
    }
