"""Analysis tables of 171,600 verdicts (13 models x 3 judges x 4,400 pairs), and of a hundred times as many.

`python -m benchmarks.bench_analysis` prints the times of all tables without and with the bootstrap, of the same
counts made by a plain loop over dicts in the same run, and time and peak memory for 17,160,000 verdicts read from a
Parquet file in a process of its own (`--small` leaves those out); exit status 1 over a limit.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.tally import Analysis, RunTables, build
from schemas.tables import PREDICTIONS, RUN_PAIRS, VERDICTS, conform
from schemas.vocabulary import CHANGED_TIERS, DOMAINS, OPERATORS

LIMIT_S: Final = 1.0
BOOTSTRAP_LIMIT_S: Final = 10.0
LARGE_LIMIT_S: Final = 60.0
LARGE_LIMIT_GB: Final = 4.0
NUM_MODELS, NUM_JUDGES = 13, 3
_PER_CELL, _NUM_NO_DIFF = 100, 500
_TIMES_LARGE: Final = 100

Counts = dict[tuple[str, ...], int]


def make_tables(seed: int = 0) -> RunTables:
    """Return a synthetic sweep of the benchmark's size, with hex ids and a text column as long as real ones."""
    pairs = make_pairs()
    generator = np.random.default_rng(seed)
    verdicts = pl.concat(
        _make_verdicts(pairs["id"], f"model_{model}", f"judge_{judge}", generator)
        for judge in range(NUM_JUDGES)
        for model in range(NUM_MODELS)
    )
    first = verdicts.filter(pl.col("judge") == "judge_0")
    return RunTables(pairs=pairs, predictions=_make_predictions(first), verdicts=verdicts)


def make_pairs(times: int = 1) -> pl.DataFrame:
    """Return the benchmark's pairs, `times` as many: 13 operators x 3 tiers x 100, and 500 unchanged."""
    cells = [(operator, tier) for operator in OPERATORS for tier in CHANGED_TIERS for _ in range(_PER_CELL * times)]
    num_no_diff = _NUM_NO_DIFF * times
    num_pairs = len(cells) + num_no_diff
    frame = pl.DataFrame(
        {
            "id": [f"{number * 2_654_435_761 % 2**64:016x}" for number in range(num_pairs)],
            "task_type": ["visual_diff"] * len(cells) + ["no_diff"] * num_no_diff,
            "difficulty": [tier for _, tier in cells] + ["no_diff"] * num_no_diff,
            "mutation_types": [[f"mutate_{operator}"] for operator, _ in cells] + [[]] * num_no_diff,
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
    right = generator.random(size) < generator.uniform(0.1, 0.6)
    frame = pl.DataFrame(
        {
            "judge": [judge] * size,
            "model": [model] * size,
            "pair_id": ids,
            "repeat": pl.zeros(size, dtype=pl.Int64, eager=True),
            "status": ["ok"] * size,
            "verdict": np.where(right, "correct", generator.choice(["partial", "missed"], size)),
            "is_correct": right,
            "num_hallucinations": generator.integers(0, 3, size),
            "raw_text": ["x" * 400] * size,
            "latency_s": generator.random(size),
            "attempts": pl.ones(size, dtype=pl.Int64, eager=True),
        }
    )
    # As long and as hard to compress as the digests of real keys.
    digits = [pl.concat_str("pair_id", pl.lit(f"{judge} {model}")).hash(seed).cast(pl.String) for seed in range(3)]
    keyed = frame.with_columns(pl.concat_str(digits).alias("verdict_key"))
    return conform(keyed.with_columns(pl.col("verdict_key").alias("prediction_key")), VERDICTS, "verdicts")


def _make_predictions(first: pl.DataFrame) -> pl.DataFrame:
    told = first.select("model", "pair_id", "repeat", "status", "prediction_key", "latency_s", "attempts")
    return conform(told.with_columns(text=pl.lit("x" * 400)), PREDICTIONS, "predictions")


def count_in_a_loop(pairs: list[dict[str, Any]], verdicts: list[dict[str, Any]]) -> Counts:
    """Count what rates, comparisons and agreement rest on, row by row: the thing to beat, and a check on it."""
    counts: Counts = {}

    def add(*key: str, times: int = 1) -> None:
        counts[key] = counts.get(key, 0) + times

    scopes = {row["id"]: _scopes(row) for row in pairs}
    right: dict[tuple[str, str], dict[str, bool]] = {}
    for row in verdicts:
        if row["repeat"] == 0:
            judge, model = row["judge"], row["model"]
            right.setdefault((judge, row["pair_id"]), {})[model] = row["is_correct"]
            add("invented", judge, model, times=row["num_hallucinations"])
            for scope in scopes[row["pair_id"]]:
                add("right", judge, model, scope, times=row["is_correct"])
                add(row["verdict"], judge, model, scope)
    for (judge, pair_id), by_model in right.items():
        for scope in scopes[pair_id]:
            for one, other in combinations(by_model, 2):
                add("only", judge, one, other, scope, times=by_model[one] and not by_model[other])
                add("only", judge, other, one, scope, times=by_model[other] and not by_model[one])
    for judge_a, judge_b in combinations(sorted({judge for judge, _ in right}), 2):
        for pair_id, named in scopes.items():
            first, second = right[judge_a, pair_id], right[judge_b, pair_id]
            agreed = sum(first[model] == second[model] for model in first)
            for scope in named:
                add("agreed", judge_a, judge_b, scope, times=agreed)
    return counts


def _scopes(row: Mapping[str, Any]) -> list[str]:
    operators = [name.removeprefix("mutate_") for name in row["mutation_types"]]
    domain = [f"{row['domain']} {row['difficulty']}"] if operators else []
    return ["all", row["difficulty"], *operators, *domain, *(f"{name} {row['difficulty']}" for name in operators)]


def is_same(analysis: Analysis, counts: Counts) -> bool:
    """Tell whether the tables hold the loop's counts: overall, by operator, compared, agreed, named, by domain."""
    tables = analysis.statistics
    checks = [
        row["overall_accuracy"] * row["num_pairs"] - counts["right", row["judge"], row["model"], "all"]
        for row in analysis.leaderboard.iter_rows(named=True)
    ]
    for row in analysis.recall_by_operator.iter_rows(named=True):
        scope = row["operator"] if row["tier"] == "all" else f"{row['operator']} {row['tier']}"
        checks.append(row["num_correct"] - counts["right", row["judge"], row["model"], scope])
    for row in tables["comparisons"].iter_rows(named=True):
        checks.append(row["num_only_a"] - counts["only", row["judge"], row["model_a"], row["model_b"], row["scope"]])
    for row in tables["agreement_by_scope"].filter(pl.col("judge_a") != "all").iter_rows(named=True):
        agreed = counts["agreed", row["judge_a"], row["judge_b"], row["scope"]]
        checks.append(row["raw_agreement"] * row["num_cells"] - agreed)
    for row in tables["nameability"].filter(pl.col("operator") != "all").iter_rows(named=True):
        checks.append(row["num_misnamed"] - counts.get(("partial", row["judge"], row["model"], row["operator"]), 0))
    by_tier = (pl.col("operator") == "all") & (pl.col("domain") != "all") & (pl.col("tier") != "all")
    for row in tables["recall_by_domain"].filter(by_tier).iter_rows(named=True):
        scope = f"{row['domain']} {row['tier']}"
        checks.append(row["num_correct"] - counts["right", row["judge"], row["model"], scope])
    for row in tables["claims"].iter_rows(named=True):
        checks.append(row["num_invented"] - counts["invented", row["judge"], row["model"]])
    return all(abs(check) < 1e-6 for check in checks)


def _seconds(work: Callable[[], object], num_runs: int) -> float:
    times = []
    for _ in range(num_runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure_small() -> bool:
    """Print the times for 171,600 verdicts; return whether they are within the limits."""
    tables = make_tables()
    verdicts = tables.verdicts.lazy().collect()
    first_s = _seconds(lambda: build(tables, num_resamples=0), 1)
    tables_s = _seconds(lambda: build(tables, num_resamples=0), 5)
    bootstrap_s = _seconds(lambda: build(tables), 1)
    columns = ("judge", "model", "pair_id", "repeat", "is_correct", "verdict", "num_hallucinations")
    rows, pairs = verdicts.select(columns).to_dicts(), tables.pairs.to_dicts()
    loop_s = _seconds(lambda: count_in_a_loop(pairs, rows), 1)
    same = is_same(build(tables, num_resamples=0), count_in_a_loop(pairs, rows))
    num_tables = len(build(tables, num_resamples=0).statistics) + 4
    print(f"{len(verdicts):,} verdicts, {num_tables} tables, no bootstrap: {tables_s:.2f} s (limit {LIMIT_S} s)")
    print(f"the first time in this process: {first_s:.2f} s (limit {LIMIT_S} s)")
    print(f"with 2,000 resamples: {bootstrap_s:.2f} s (limit {BOOTSTRAP_LIMIT_S} s)")
    print(
        f"the counts alone in a plain loop over dicts: {loop_s:.2f} s, {loop_s / tables_s:.1f} x as long as all tables"
    )
    print(f"same counts: {'yes' if same else 'NO'}")
    return first_s <= LIMIT_S and tables_s <= LIMIT_S and bootstrap_s <= BOOTSTRAP_LIMIT_S and same


def make_large(folder: Path) -> None:
    """Write a sweep a hundred times as large, a (judge, model) at a time: 17,160,000 verdicts."""
    pairs, generator = make_pairs(_TIMES_LARGE), np.random.default_rng(0)
    pairs.write_parquet(folder / "pairs.parquet")
    for name in ("verdicts", "predictions"):
        (folder / name).mkdir()
    for judge in range(NUM_JUDGES):
        for model in range(NUM_MODELS):
            part = _make_verdicts(pairs["id"], f"model_{model}", f"judge_{judge}", generator)
            part.write_parquet(folder / "verdicts" / f"{judge}_{model:02}.parquet")
            if not judge:
                _make_predictions(part).write_parquet(folder / "predictions" / f"{model:02}.parquet")


def measure_large(folder: Path, num_resamples: int) -> None:
    """Print seconds, seconds of CPU, peak GB and verdicts of all tables of a large sweep; for a process of its own."""
    start = time.perf_counter()
    verdicts = pl.scan_parquet(folder / "verdicts" / "*.parquet")
    tables = RunTables(
        pairs=pl.read_parquet(folder / "pairs.parquet"),
        predictions=pl.scan_parquet(folder / "predictions" / "*.parquet"),
        verdicts=verdicts,
    )
    analysis = build(tables, num_resamples=num_resamples)
    elapsed_s = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(elapsed_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20, analysis.leaderboard["num_judged"].sum())


def report_large(num_resamples: int) -> bool:
    """Print what 17,160,000 verdicts take; return whether that is within the limits."""
    with tempfile.TemporaryDirectory() as folder:
        make_large(Path(folder))
        kept = True
        for drawn in dict.fromkeys((0, num_resamples)):
            command = [sys.executable, "-m", "benchmarks.bench_analysis"]
            command += ["--measure", folder, "--resamples", str(drawn)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            elapsed_s, cpu_s, peak_gb = (float(figure) for figure in told[:3])
            limits = f"limits {LARGE_LIMIT_S:.0f} s, {LARGE_LIMIT_GB:.0f} GB" if not drawn else "no limit is stated"
            took = f"{elapsed_s:.1f} s ({cpu_s:.1f} s of CPU), peak {peak_gb:.1f} GB"
            print(f"{int(told[3]):,} verdicts, {drawn:,} resamples: {took} ({limits})")
            kept &= bool(drawn) or (elapsed_s <= LARGE_LIMIT_S and peak_gb <= LARGE_LIMIT_GB)
    return kept


def main() -> int:
    """Measure, print and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_analysis")
    parser.add_argument("--small", action="store_true", help="leave out the 17,160,000 verdicts")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--resamples", type=int, default=0, help="measure 17,160,000 verdicts with these, too")
    options = parser.parse_args()
    if options.measure:
        measure_large(options.measure, options.resamples)
        return 0
    is_kept = measure_small()
    return int(not (is_kept and (options.small or report_large(options.resamples))))


if __name__ == "__main__":
    sys.exit(main())
