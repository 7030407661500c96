"""Sweeps as jobs of a real SLURM with three nodes on this host."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import slurm_cases as cases

from model_adapters.engines.scripted_replies import Script
from model_adapters.engines.scripted_server import ScriptedServer, serving
from slurm.ray_node import Ports

pytestmark = pytest.mark.timeout(400)

SMALL = ("+model@models.pixels=pixel_diff", "+model@models.none=always_no_diff", "+judge@judges.rules=rules")
SLOW, FAST = Script(median_s=2.4, sigma=0.1), Script(median_s=0.05, sigma=0.1)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """An endpoint that takes its time, until a test sets `script` to FAST."""
    with serving(SLOW) as started:
        yield started


def sweep_at(server: ScriptedServer, limit: int) -> tuple[str, ...]:
    engine = f"{{kind:openai,base_url:'{server.base_url}',model:scripted,max_in_flight:4}}"
    row = f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine}}}"
    return (row, "+judge@judges.rules=rules", "canary=false", f"limit={limit}")


def run_folder(runs: Path) -> Path:
    return next(path.parent for path in runs.glob("sweep-*/config.yaml"))


def test_two_sweeps_share_two_nodes_and_a_store(cluster: cases.Cluster, tmp_path: Path) -> None:
    where = "cluster.sbatch_options=['--nodelist=n1,n2']"
    gpus = ("cluster.gpus_per_node=1", "cluster.gpu_memory_gb=80")
    job = cluster.submit(tmp_path / "runs", *SMALL, "limit=6", where, *gpus)
    beside = cluster.submit(tmp_path / "runs", *SMALL, "limit=7", where)
    job.wait_for("Ray", (job.folder / "nodes" / "1.json").is_file)
    assert stat.S_IMODE((job.folder / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(f"/tmp/diffspot-{job.job_id}-0").stat().st_mode) == 0o700
    raylets = [command for _, command in job.processes() if "/raylet/raylet " in command]
    assert len(raylets) == 2
    assert all("GPU,1" in command and "CPU,1" in command for command in raylets)
    for each, num_calls in ((job, 12), (beside, 14)):
        assert each.wait_for_end() == "COMPLETED", each.log
        assert "2 of 2 nodes" in each.log
        assert f"{num_calls}/{num_calls} answers   {num_calls}/{num_calls} verdicts   0 unscored" in each.log
        assert not (each.folder / "token").exists(), "the token outlives the job"
        assert each.processes() == []
    assert beside.shown("StartTime") < job.shown("EndTime"), "they ran one after the other"
    runs = [path.parent for path in job.runs.glob("sweep-*/manifest.json")]
    assert len(runs) == 2
    said = [cluster.call(sys.executable, "-m", "slurm", "status", run.name, f"runs={job.runs}") for run in runs]
    assert {re.search(r"job (\d+) .*done", line)[1] for line in said} == {str(job.job_id), str(beside.job_id)}


def test_a_job_that_meets_its_limit_starts_again_and_repeats_no_finished_call(
    cluster: cases.Cluster, tmp_path: Path, server: ScriptedServer
) -> None:
    limit = ("cluster.time_min=1", "cluster.drain_s=10")
    job = cluster.submit(tmp_path / "runs", *sweep_at(server, 90), *limit)
    # SLURM looks at limits every 30 s, so the first signal may come before the first call
    job.wait_for("a requeue", lambda: re.search("requeued; the store holds [1-9]", job.log), patience_s=200)
    num_before = sum(server.finished.values())
    server.script = FAST
    assert job.wait_for_end(patience_s=180) == "COMPLETED", job.log
    assert num_before < 90, "the limit struck after the last call"
    assert "90/90 answers   90/90 verdicts   0 unscored" in job.log
    assert sum(server.finished.values()) == 90
    assert set(server.finished.values()) == {1}, "a finished call was repeated"
    assert job.state["num_starts"] == 1 + int(job.shown("Restarts"))
    assert job.state["outcome"] == "done"
    assert job.processes() == []


def test_a_cancelled_job_leaves_no_process_and_a_run_that_goes_on(
    cluster: cases.Cluster, tmp_path: Path, server: ScriptedServer
) -> None:
    sweep = sweep_at(server, 16)
    job = cluster.submit(tmp_path / "runs", *sweep)
    job.wait_for("finished calls", lambda: sum(server.finished.values()) >= 4)
    assert len(job.processes()) > 4
    said = cluster.call(sys.executable, "-m", "slurm", "cancel", str(job.job_id), f"runs={job.runs}")
    assert "every finished call is kept" in said
    assert job.wait_for_end() == "CANCELLED", job.log
    assert job.processes() == []
    assert not list(Path("/tmp").glob(f"diffspot-{job.job_id}-*")), "Ray's folders are left over"
    assert not (job.folder / "token").exists()
    server.script = FAST
    command = [sys.executable, "-m", "orchestrator", *sweep, "cluster=inline", f"runs={job.runs}"]
    resumed = subprocess.run(command, cwd=cases.ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    # SLURM ends every process of a job at once, so an answer may be cut off on its way to the store
    kept = re.search(r"\((\d+) are in the store\)", resumed.stdout)
    assert kept is not None
    assert int(kept[1]) >= 4, "what had finished before the cancel was lost"
    assert "16/16 answers   16/16 verdicts   0 unscored" in resumed.stdout
    assert len(server.finished) == 16
    assert sum(server.finished.values()) <= 16 + 4, "more was repeated than was in flight"


def test_a_job_whose_head_is_killed_starts_again(
    cluster: cases.Cluster, tmp_path: Path, server: ScriptedServer
) -> None:
    job = cluster.submit(tmp_path / "runs", *sweep_at(server, 16))
    job.wait_for("finished calls", lambda: sum(server.finished.values()) >= 4)
    (head,) = (pid for pid, command in job.processes() if re.match(r"\S*python\S* -m slurm.node head", command))
    os.kill(head, signal.SIGKILL)
    job.wait_for("a requeue", lambda: job.shown("Restarts") != "0")
    server.script = FAST
    assert job.wait_for_end() == "COMPLETED", job.log
    assert "the head on node n1 was cut off" in job.log
    assert "16/16 answers   16/16 verdicts   0 unscored" in job.log
    assert len(server.finished) == 16
    assert sum(server.finished.values()) <= 16 + 4, "more was repeated than was in flight"
    assert job.processes() == []


def test_a_worker_node_that_cannot_start_is_named_and_the_sweep_goes_on(cluster: cases.Cluster, tmp_path: Path) -> None:
    prefix = tmp_path / "on_node.sh"
    prefix.write_text('#!/bin/sh\n[ "$SLURMD_NODENAME" != n2 ] || exit 127\nexec "$@"\n')
    prefix.chmod(0o755)
    job = cluster.submit(tmp_path / "runs", *SMALL, "limit=4", f"cluster.container=[{prefix}]")
    assert job.wait_for_end() == "COMPLETED", job.log
    assert "node n2 is left out: its step ended before it could say why, status 127" in job.log
    assert "1 of 2 nodes" in job.log
    assert list(job.state["bad_nodes"]) == ["n2"]
    assert pl.read_parquet(run_folder(job.runs) / "verdicts.parquet").height == 8
    assert "node n2 is left out" in cluster.call(sys.executable, "-m", "slurm", "status", f"runs={job.runs}")


def test_a_job_with_too_few_nodes_gets_others_instead(cluster: cases.Cluster, tmp_path: Path) -> None:
    """The first node finds a port of its own in use; both are needed, so the job starts again without that node."""
    job = cluster.submit(tmp_path / "runs", *SMALL, "limit=4", "cluster.min_nodes=2", "cluster.sbatch_options=[--hold]")
    port = Ports(job.job_id, 0).head
    with socket.create_server(("127.0.0.1", port)):
        cluster.call("scontrol", "release", str(job.job_id))
        job.wait_for("its exclusion", lambda: job.shown("ExcNodeList") == "n1")
    assert job.wait_for_end() == "COMPLETED", job.log
    assert f"node n1: port {port} in use" in job.log
    assert "node n1 is left out" in job.log
    assert "1 nodes are up, 2 are needed" in job.log
    assert "2 of 2 nodes" in job.log
    assert job.shown("NodeList") == "n[2-3]"
    assert json.loads((job.folder / "state.json").read_text())["num_starts"] == 2
