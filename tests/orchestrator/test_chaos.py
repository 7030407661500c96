"""Chaos: three raylets on one host, twenty SIGKILLs, a faulty endpoint; the tables come out as if nothing had been."""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import psutil
import pytest
import sweep_cases as cases
from ray_cluster import RayCluster, ray_cluster

from model_adapters.engines.scripted_replies import Script
from model_adapters.engines.scripted_server import ScriptedServer, serving

NUM_PAIRS = 100
SCHEDULE = (*("worker",) * 4, "driver", *("worker",) * 4, "raylet", *("worker",) * 4, "driver", *("worker",) * 5)
"""Twenty SIGKILLs: workers are actors of adapters, engines and judges, drawn by seed."""
MAX_IN_FLIGHT = 16
FAULTS = Script(
    seed=7,
    median_s=1.0,
    rate_limited_share=0.05,
    server_error_share=0.05,
    hang_share=0.05,
    cut_json_share=0.05,
    max_faults=2,
)


def rows_at(base_url: str) -> tuple[str, ...]:
    http = f"{{kind:openai,base_url:'{base_url}',model:scripted,timeout_s:4,max_in_flight:{MAX_IN_FLIGHT}}}"
    on_gpu = "{kind:scripted,num_gpus:1,replicas:2,max_in_flight:4,script:{seed:1,median_s:0.5}}"
    judge = "{kind:llm,sampling:{temperature:0,max_output_tokens:16384}}"
    return (
        f"+models.http={{name:http,adapter:{{kind:vlm_chat}},engine:{http}}}",
        f"+models.gpu={{name:gpu,adapter:{{kind:vlm_chat}},engine:{on_gpu}}}",
        "+models.slow={name:slow,adapter:{kind:scripted,median_latency_s:0.3}}",
        "+model@models.none=always_no_diff",
        "+model@models.oracle=oracle",
        f"+judges.http={{name:http-judge,judge:{judge},engine:{http}}}",
        f"+judges.gpu={{name:gpu-judge,judge:{judge},engine:{on_gpu}}}",
        "+judge@judges.rules=rules",
        "+judge@judges.similarity=similarity",
    )


@dataclass
class Chaos:
    """Starts the driver, and kills it and what belongs to it."""

    runs: Path
    words: list[str]
    cluster: RayCluster
    server: ScriptedServer
    draw: random.Random = field(default_factory=lambda: random.Random(20261122))
    driver: "subprocess.Popen[bytes] | None" = None
    seen: dict[tuple[int, float], psutil.Process] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    num_in_flight: int = 0

    @property
    def log(self) -> Path:
        return self.runs.parent / "driver.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.driver = subprocess.Popen(self.words, cwd=cases.ROOT, stdout=log, stderr=log)

    def said(self) -> str:
        return self.log.read_text()[-3000:]

    def workers(self) -> list[psutil.Process]:
        """Our actors on the cluster, idle pool processes left out."""
        found = []
        for raylet in self.cluster.raylets:
            with contextlib.suppress(psutil.NoSuchProcess):
                children = psutil.Process(raylet).children(recursive=True)
                found += [child for child in children if child.name().startswith("ray::_Actor")]
        return sorted(found, key=lambda process: process.pid)

    def wait_for_work(self) -> None:
        """Until the store grows, and calls to the endpoint are in flight that a kill can lose."""
        assert self.driver is not None
        before, deadline = num_rows(self.runs), time.monotonic() + 120
        while num_rows(self.runs) == before or not self.server.num_in_flight:
            assert self.driver.poll() is None, f"the sweep ended before its kills: {self.said()}"
            assert time.monotonic() < deadline, f"nothing is done: {self.said()}"
            time.sleep(0.05)
        for process in [psutil.Process(self.driver.pid), *self.workers()]:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.seen[process.pid, process.create_time()] = process

    def kill(self, what: str) -> None:
        self.wait_for_work()
        time.sleep(self.draw.uniform(0.5, 2.0))
        assert self.driver is not None
        self.num_in_flight += self.server.num_in_flight
        if what == "driver":
            os.kill(self.driver.pid, signal.SIGKILL)
            self.driver.wait()
            self.start()
        elif what == "raylet":
            self.cluster.lose_a_worker()
        else:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.draw.choice(self.workers()).kill()
        self.kills[what] += 1


def num_rows(runs: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (runs / "store").glob("segment-*.log"))


@pytest.fixture
def cluster() -> Iterator[RayCluster]:
    with ray_cluster(num_workers=2, num_cpus=1, num_gpus=1) as cluster:
        yield cluster


@pytest.mark.timeout(600)
def test_twenty_kills_and_a_faulty_endpoint_change_nothing(tmp_path: Path, cluster: RayCluster) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", NUM_PAIRS)
    quiet, stormy = tmp_path / "quiet", tmp_path / "stormy"
    on_ray = ("cluster=ray", f"cluster.address={cluster.address}", "cluster.gpu_memory_gb=80", "canary=false")
    with serving(FAULTS) as server:
        rows = rows_at(server.base_url)
        chaos = Chaos(stormy, cases.command(*rows, *on_ray, dataset=dataset, runs=stormy), cluster, server)
        chaos.start()
        assert chaos.driver is not None
        for what in SCHEDULE:
            chaos.kill(what)
        assert chaos.driver.wait(timeout=300) == 0, chaos.said()
        finished = server.finished
        again = cases.run(*rows, *on_ray, dataset=dataset, runs=stormy, timeout_s=300)
        assert again.returncode == 0, again.stderr
        mended = server.finished - finished
        calm = cases.run(*rows, "canary=false", "cluster.num_gpus=3", "cluster.gpu_memory_gb=80",
                         dataset=dataset, runs=quiet, timeout_s=300)  # fmt: skip
        assert calm.returncode == 0, calm.stderr

    in_calm = server.finished - finished - mended
    repeats = (finished - in_calm).total()  # two pairs may ask the same of a judge, in the calm run too
    print(
        f"{dict(chaos.kills)}: {repeats} of {finished.total()} finished calls repeated, {chaos.num_in_flight} were in "
        f"flight at the kills; {mended.total()} errors mended by the same command again"
    )
    assert sum(chaos.kills.values()) == len(SCHEDULE) == 20
    assert repeats <= chaos.num_in_flight
    verdicts = pl.read_parquet(cases.only_run(stormy) / "verdicts.parquet")
    assert verdicts.height == 2000
    assert set(verdicts["status"]) == {"ok"}
    cases.assert_same_tables(cases.only_run(quiet), cases.only_run(stormy))
    assert set(cases.finished_rows(stormy).values()) == {1}, "a finished row was written twice"
    _, left = psutil.wait_procs(list(chaos.seen.values()), timeout=60)
    assert not left, f"processes left over: {left}"
