"""What is decided while a job runs, without SLURM: requeues, the roll of nodes, ports, the share of a node."""

from itertools import product
from pathlib import Path

import pytest

from slurm.job_folder import JobFolder, JobState, NodeReport, decide, job_folders, write_line
from slurm.ray_node import NodeCannotStart, Ports, RayNode, Share, own_address
from slurm.roll import Roll

NAMES = ("n1", "n2", "n3")


def starts(finished: list[int]) -> list[bool]:
    """Return, for the finished rows at the end of each start, whether the job starts again."""
    state, decisions = JobState(), []
    for num_finished in finished:
        verdict = decide(state, num_finished, max_idle_requeues=2)
        state = verdict.state
        decisions.append(verdict.is_requeued)
    return decisions


def test_a_job_stops_after_two_requeues_without_progress() -> None:
    assert starts([0, 0, 0]) == [True, True, False]
    assert starts([5, 5, 5, 5]) == [True, True, True, False]


def test_progress_forgives_the_requeues_before() -> None:
    assert starts([0, 0, 1, 1, 1, 1]) == [True, True, True, True, True, False]


def test_a_store_that_shrank_is_no_progress() -> None:
    assert starts([9, 3, 3, 3]) == [True, True, True, False]


def test_the_outcome_says_why_it_stops() -> None:
    stopped = decide(JobState(num_finished=7, num_idle_requeues=2), 7, max_idle_requeues=2).state
    assert stopped.outcome == "stopped: 2 requeues in a row brought no finished call"


def test_state_survives_from_start_to_start(tmp_path: Path) -> None:
    job = JobFolder(tmp_path / "12")
    assert JobState.read(job.state) is None
    state = JobState(num_starts=2, num_finished=40, bad_nodes={"n3": "port 20112 in use"}, address="10.0.0.1:20100")
    state.write(job.state)
    assert JobState.read(job.state) == state


@pytest.fixture
def job(tmp_path: Path) -> JobFolder:
    (tmp_path / "12" / "nodes").mkdir(parents=True)
    return JobFolder(tmp_path / "12")


def test_the_roll_tells_ready_bad_and_pending_nodes(job: JobFolder) -> None:
    NodeReport(name="n1", is_ready=True).write(job.node(0))
    NodeReport(name="n2", is_ready=False, reason="port 20112 in use").write(job.node(1))
    write_line("1", job.node_exit(1))
    roll = Roll.call(job, NAMES)
    assert (roll.num_ready, roll.bad, roll.pending) == (1, {"n2": "port 20112 in use"}, ("n3",))
    assert roll.close("has not joined").bad == {"n2": "port 20112 in use", "n3": "has not joined"}


def test_a_step_that_ended_without_a_word_is_bad(job: JobFolder) -> None:
    write_line("127", job.node_exit(1))
    NodeReport(name="n3", is_ready=True).write(job.node(2))
    write_line("137", job.node_exit(2))
    assert Roll.call(job, NAMES).bad == {
        "n2": "its step ended before it could say why, status 127",
        "n3": "its step ended while the job ran, status 137",
    }


def test_jobs_are_listed_newest_first(tmp_path: Path) -> None:
    for name in ("9", "10", "not-a-job"):
        (tmp_path / name).mkdir()
    (tmp_path / "11.log").touch()
    assert [job.job_id for job in job_folders(tmp_path)] == [10, 9]


def test_no_two_nodes_of_neighbouring_jobs_share_a_port() -> None:
    taken = [
        port
        for job_id, index in product(range(5000, 5096), range(16))
        for port in {Ports(job_id, index).head, Ports(job_id, index).client, *fixed_ports(Ports(job_id, index))}
    ]
    assert len(taken) == len(set(taken)) == 96 * 16 * 8
    assert min(taken) >= 20_000
    assert max(taken) < 32_768, "Linux hands out ports from here"


def fixed_ports(ports: Ports) -> set[int]:
    return {int(option.partition("=")[2]) for option in ports.options if "worker" not in option}


@pytest.mark.parametrize(
    ("environ", "share"),
    [
        ({"SLURM_CPUS_PER_TASK": "8", "SLURM_GPUS_ON_NODE": "4"}, (8, 4)),
        ({"SLURM_CPUS_ON_NODE": "6", "CUDA_VISIBLE_DEVICES": "0,3"}, (6, 2)),
        ({"SLURM_CPUS_PER_TASK": "2", "SLURM_CPUS_ON_NODE": "64"}, (2, 0)),
        ({"CUDA_VISIBLE_DEVICES": ""}, (1, 0)),
    ],
)
def test_the_share_of_a_node_is_what_slurm_granted(environ: dict[str, str], share: tuple[int, int]) -> None:
    granted = Share.granted(environ)
    assert (granted.num_cpus, granted.num_gpus) == share


def test_gpus_that_the_driver_does_not_show_make_a_bad_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smi = tmp_path / "nvidia-smi"
    smi.write_text("#!/bin/sh\necho 'GPU 0: H100'\n")
    smi.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    share = Share(num_cpus=1, num_gpus=2)
    node = RayNode(ports=Ports(5, 1), share=share, temp_dir=tmp_path / "ray", object_store_gb=1)
    with pytest.raises(NodeCannotStart, match="SLURM granted 2 GPUs, the driver shows 1"):
        node.join("127.0.0.1:1")


def test_own_address_is_the_one_that_leads_there() -> None:
    assert own_address(None, ["127.0.0.1", "no such host"]) == "127.0.0.1"
    assert own_address("lo", ["192.0.2.1"]) == "127.0.0.1"
    with pytest.raises(NodeCannotStart, match="interface nothere"):
        own_address("nothere", ["127.0.0.1"])
    with pytest.raises(NodeCannotStart, match="no way to no such host"):
        own_address(None, ["no such host"])
