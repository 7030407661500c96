"""Analysis tables of 171,600 verdicts (13 models x 3 judges x 4,400 pairs): must take under 2 s, bootstrap apart.

`python -m benchmarks.bench_analysis` prints the time, that of a plain loop over dicts for the leaderboard's counts
in the same run, and their ratio; exit status 1 over the limit.
"""

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.tables import leaderboard
from analysis.tally import RunTables, build
from schemas.tables import PREDICTIONS, RUN_PAIRS, VERDICTS, conform
from schemas.vocabulary import CHANGED_TIERS, DOMAINS, OPERATORS

LIMIT_S: Final = 2.0
NUM_MODELS, NUM_JUDGES = 13, 3
_PER_CELL, _NUM_NO_DIFF = 100, 500


def make_tables(seed: int = 0) -> RunTables:
    """Return a synthetic sweep of the benchmark's size, with hex ids and a text column as long as real ones."""
    pairs = _make_pairs()
    generator = np.random.default_rng(seed)
    verdicts = pl.concat(
        _make_verdicts(pairs["id"], f"model_{model}", f"judge_{judge}", generator)
        for judge in range(NUM_JUDGES)
        for model in range(NUM_MODELS)
    )
    first = verdicts.filter(pl.col("judge") == "judge_0").select("model", "pair_id", "repeat", "status")
    return RunTables(pairs=pairs, predictions=conform(first, PREDICTIONS, "predictions"), verdicts=verdicts)


def _make_pairs() -> pl.DataFrame:
    cells = [(operator, tier) for operator in OPERATORS for tier in CHANGED_TIERS for _ in range(_PER_CELL)]
    num_pairs = len(cells) + _NUM_NO_DIFF
    frame = pl.DataFrame(
        {
            "id": [f"{number * 2_654_435_761 % 2**64:016x}" for number in range(num_pairs)],
            "task_type": ["visual_diff"] * len(cells) + ["no_diff"] * _NUM_NO_DIFF,
            "difficulty": [tier for _, tier in cells] + ["no_diff"] * _NUM_NO_DIFF,
            "mutation_types": [[f"mutate_{operator}"] for operator, _ in cells] + [[]] * _NUM_NO_DIFF,
            "domain": [DOMAINS[number % len(DOMAINS)] for number in range(num_pairs)],
            "pixel_diff": [number * 7_919 % num_pairs / num_pairs for number in range(num_pairs)],
            "target_diff": [number * 104_729 % num_pairs / num_pairs for number in range(num_pairs)],
            "target_bbox_w": [20 + number * 31 % 1_000 for number in range(num_pairs)],
            "target_bbox_h": [10 + number * 17 % 300 for number in range(num_pairs)],
        },
        schema_overrides={"mutation_types": pl.List(pl.String)},
    )
    return conform(frame, RUN_PAIRS, "pairs")


def _make_verdicts(ids: pl.Series, model: str, judge: str, generator: np.random.Generator) -> pl.DataFrame:
    size = len(ids)
    frame = pl.DataFrame(
        {
            "judge": [judge] * size,
            "model": [model] * size,
            "pair_id": ids,
            "repeat": pl.zeros(size, dtype=pl.Int64, eager=True),
            "status": ["ok"] * size,
            "verdict": generator.choice(["correct", "partial", "missed"], size),
            "is_correct": generator.random(size) < generator.uniform(0.1, 0.6),
            "num_hallucinations": generator.integers(0, 3, size),
            "raw_text": ["x" * 400] * size,
        }
    )
    return conform(frame, VERDICTS, "verdicts")


def count_in_a_loop(tables: RunTables) -> dict[tuple[str, str], dict[str, int]]:
    """Count what the leaderboard counts, row by row: the thing to beat, and a check on it."""
    tiers = {row["id"]: row["difficulty"] for row in tables.pairs.iter_rows(named=True)}
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in tables.verdicts.iter_rows(named=True):
        if row["repeat"] == 0 and row["is_correct"]:
            counts[row["judge"], row["model"]][tiers[row["pair_id"]]] += 1
            counts[row["judge"], row["model"]]["all"] += 1
    return counts


def _seconds(work: Callable[[], object], num_runs: int) -> float:
    times = []
    for _ in range(num_runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _is_same(tables: RunTables) -> bool:
    counts = count_in_a_loop(tables)
    num_pairs = len(tables.pairs)
    rows: list[dict[str, Any]] = leaderboard(tables.verdicts, tables.pairs, {}).to_dicts()
    return all(row["overall_accuracy"] == counts[row["judge"], row["model"]]["all"] / num_pairs for row in rows)


def main() -> int:
    """Measure, print and return the exit status."""
    tables = make_tables()
    first_s = _seconds(lambda: build(tables, num_resamples=0), 1)
    tables_s = _seconds(lambda: build(tables, num_resamples=0), 3)
    bootstrap_s = _seconds(lambda: build(tables), 1) - tables_s
    board_s = _seconds(lambda: leaderboard(tables.verdicts, tables.pairs, {}), 3)
    loop_s = _seconds(lambda: count_in_a_loop(tables), 3)
    same = _is_same(tables)
    print(f"{len(tables.verdicts):,} verdicts, bootstrap apart: all tables {tables_s:.2f} s")
    print(f"the first time in this process: {first_s:.2f} s (limit {LIMIT_S} s)")
    print(f"bootstrap of 3 taus, 2,000 resamples each: {bootstrap_s:.2f} s more")
    print(f"leaderboard {board_s:.3f} s, a plain loop over dicts {loop_s:.2f} s: {loop_s / board_s:.0f} x as fast")
    print(f"all tables against that loop: {tables_s / loop_s:.2f}   same accuracies: {'yes' if same else 'NO'}")
    return int(first_s > LIMIT_S or not same)


if __name__ == "__main__":
    sys.exit(main())
