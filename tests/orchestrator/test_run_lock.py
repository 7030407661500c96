"""Several drivers on one runs folder: the same run has one at a time, different runs share the store."""

import subprocess
import time
from pathlib import Path

import sweep_cases as cases

SLOW = (
    "cluster=inline",
    "+models.slow={name:slow,adapter:{kind:scripted,median_latency_s:1.0}}",
    "+model@models.none=always_no_diff",
    "+judge@judges.rules=rules",
)


def start(dataset: Path, runs: Path, *overrides: str) -> "subprocess.Popen[str]":
    words = cases.command(*SLOW, *overrides, dataset=dataset, runs=runs)
    return subprocess.Popen(words, cwd=cases.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_rows(runs: Path) -> None:
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size for path in (runs / "store").glob("segment-*.log")):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_second_driver_of_the_same_run_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    dataset, runs = cases.write_dataset(tmp_path / "pairs.parquet", 20), tmp_path / "runs"
    first = start(dataset, runs)
    wait_for_rows(runs)
    second = cases.run(*SLOW, dataset=dataset, runs=runs)
    assert first.poll() is None, "the first ended too soon to be met"
    assert second.returncode == 2
    assert f"pid {first.pid}" in second.stderr
    assert "run the same command" in second.stderr
    looked = cases.run(*SLOW, "details=preflight", dataset=dataset, runs=runs)
    assert looked.returncode == 0, looked.stderr
    out, err = first.communicate(timeout=120)
    assert first.returncode == 0, err
    assert "40/40 answers" in out
    assert cases.run(*SLOW, dataset=dataset, runs=runs).returncode == 0
    assert set(cases.finished_rows(runs).values()) == {1}


def test_a_killed_drivers_lock_is_taken_over_at_once(tmp_path: Path) -> None:
    dataset, runs = cases.write_dataset(tmp_path / "pairs.parquet", 20), tmp_path / "runs"
    first = start(dataset, runs)
    wait_for_rows(runs)
    first.kill()
    first.communicate()
    resumed = cases.run(*SLOW, dataset=dataset, runs=runs)
    assert resumed.returncode == 0, resumed.stderr
    assert "looking for up to" not in resumed.stdout
    assert set(cases.finished_rows(runs).values()) == {1}


def test_different_runs_share_a_store_at_the_same_time(tmp_path: Path) -> None:
    dataset, runs = cases.write_dataset(tmp_path / "pairs.parquet", 10), tmp_path / "runs"
    drivers = [
        start(dataset, runs, f"+models.own={{name:own,adapter:{{kind:scripted,template:'answer {n}'}}}}")
        for n in range(2)
    ]
    for driver in drivers:
        out, err = driver.communicate(timeout=120)
        assert driver.returncode == 0, err
        assert "30/30 answers   30/30 verdicts   0 unscored" in out
