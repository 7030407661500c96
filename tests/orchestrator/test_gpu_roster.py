"""GPU rows on a real Ray cluster of two nodes, whose GPUs are only counted."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from ray_cluster import ray_cluster

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ray_cluster(num_workers=1, num_cpus=2, num_gpus=4) as cluster:
        yield cluster.address


def run(address: str, runs: Path, *overrides: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "orchestrator", "+sweep=baselines", "limit=20", "canary=false", f"runs={runs}"]
    words += ["cluster=ray", f"cluster.address={address}", "cluster.gpu_memory_gb=80", *overrides]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, env={**os.environ})


def test_models_and_a_judge_take_turns_on_the_gpus_of_two_nodes(address: str, tmp_path: Path) -> None:
    done = run(
        address,
        tmp_path,
        *("+model@models.wide=scripted_engine", "models.wide.name=wide", "models.wide.engine.num_gpus=8"),
        *("+model@models.one=scripted_engine", "models.one.name=one", "models.one.engine.num_gpus=4"),
        *("+model@models.two=scripted_engine", "models.two.name=two", "models.two.engine.num_gpus=3"),
        *("+judge@judges.llm=scripted_engine", "judges.llm.engine.num_gpus=4"),
        *("models.one.engine.script.seed=1", "models.two.engine.script.seed=2"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 x 4 x 80 GB" in done.stdout
    assert "1 of 4x2" in done.stdout, "eight GPUs are found over both nodes"
    [verdicts] = tmp_path.glob("*/verdicts.parquet")
    scored = pl.read_parquet(verdicts).filter(pl.col("model").is_in(["wide", "one", "two"]))
    assert set(scored["status"]) == {"ok"}
    assert scored.height == 3 * 20 * 3
    assert (tmp_path / "rates.json").exists()


def test_a_row_whose_engine_does_not_start_ends_with_its_reason_and_the_others_go_on(
    address: str, tmp_path: Path
) -> None:
    done = run(
        address,
        tmp_path,
        *("+model@models.bad=scripted_engine", "models.bad.name=bad", "models.bad.engine.num_gpus=4"),
        "models.bad.engine.fails_start=out_of_memory",
        *("+model@models.good=scripted_engine", "models.good.name=good", "models.good.engine.num_gpus=4"),
        "models.good.engine.script.seed=1",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [predictions] = tmp_path.glob("*/predictions.parquet")
    by_model = pl.read_parquet(predictions).group_by("model", "status", "error_type").len()
    ends = {row["model"]: (row["status"], row["error_type"], row["len"]) for row in by_model.iter_rows(named=True)}
    assert ends["bad"] == ("error", "start_out_of_memory", 20)
    assert ends["good"] == ("ok", None, 20)


def test_a_row_that_never_fits_is_skipped_with_the_arithmetic(address: str, tmp_path: Path) -> None:
    done = run(address, tmp_path, "details=preflight", "+model@models.x=scripted_engine", "models.x.engine.num_gpus=16")
    assert done.returncode == 2
    assert "needs 16 x 0 GB, the largest set of whole nodes gives 8 x 80 GB" in done.stderr


def test_an_engine_that_dies_now_and_then_loses_nothing(address: str, tmp_path: Path) -> None:
    done = run(
        address,
        tmp_path,
        *("+model@models.frail=scripted_engine", "models.frail.name=frail", "models.frail.engine.num_gpus=4"),
        *("models.frail.engine.dies_after=8", "models.frail.engine.max_in_flight=2"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [predictions] = tmp_path.glob("*/predictions.parquet")
    frail = pl.read_parquet(predictions).filter(pl.col("model") == "frail")
    assert set(frail["status"]) == {"ok"}
    assert frail.height == 20
