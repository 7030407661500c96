"""`kill -9` of the driver at random moments: nothing finished is lost, nothing finished is repeated."""

import itertools
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
import sweep_cases as cases

NUM_KILLS = 10
NUM_PAIRS = 60
SWEEP = (
    "+models.slow.name=slow",
    "+models.slow.adapter.kind=scripted",
    "+models.slow.adapter.median_latency_s=0.8",
    "+models.slower.name=slower",
    "+models.slower.adapter.kind=scripted",
    "+models.slower.adapter.template='The {pair_id} box is red.'",
    "+models.slower.adapter.median_latency_s=0.8",
    "+models.slower.adapter.seed=1",
    "+model@models.pixels=pixel_diff",
    "+model@models.oracle=oracle",
    "+judge@judges.rules=rules",
    "+judge@judges.similarity=similarity",
)


def num_rows(runs: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (runs / "store").glob("segment-*.log"))


def kill_at_a_random_moment(dataset: Path, runs: Path, draw: random.Random) -> list[psutil.Process]:
    """Start the driver, wait for its first row and then a random while, and kill it; return its descendants."""
    before = num_rows(runs)
    driver = subprocess.Popen(
        cases.command(*SWEEP, dataset=dataset, runs=runs),
        cwd=cases.ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while num_rows(runs) == before and driver.poll() is None:
        time.sleep(0.05)
    time.sleep(draw.uniform(0.0, 2.5))
    family = psutil.Process(driver.pid).children(recursive=True) if driver.poll() is None else []
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    return family


@pytest.mark.timeout(600)
def test_ten_kills_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", NUM_PAIRS)
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    done = cases.run(*SWEEP, dataset=dataset, runs=quiet)
    assert done.returncode == 0, done.stderr
    draw = random.Random(20261122)
    kept, orphans = [0], []
    for _ in range(NUM_KILLS):
        orphans += kill_at_a_random_moment(dataset, killed, draw)
        kept.append(num_rows(killed))
        assert not any((run / "manifest.json").exists() for run in killed.glob("sweep-*")), "the sweep ended too soon"
    assert all(later > earlier for earlier, later in itertools.pairwise(kept)), kept
    resumed = cases.run(*SWEEP, dataset=dataset, runs=killed)
    assert resumed.returncode == 0, resumed.stderr
    assert "240/240 answers   480/480 verdicts   0 unscored" in resumed.stdout
    counts = cases.finished_rows(killed)
    assert counts == cases.finished_rows(quiet)
    assert set(counts.values()) == {1}, "a finished call was repeated"
    cases.assert_same_tables(cases.only_run(quiet), cases.only_run(killed))
    _, left = psutil.wait_procs(orphans, timeout=60)
    assert not left, f"processes left over: {left}"
