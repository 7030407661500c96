"""What runs on each node of a job, as a step of its own: `python -m slurm.node head|worker`.

The head starts Ray, waits for the others, runs the sweep and decides whether the job starts again. A worker joins and
stays. Whatever happens, nothing that either has started is left when it ends.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from orchestrator.door import EXIT_DONE, EXIT_FAILED, EXIT_STOPPED
from schemas.errors import DiffspotError
from slurm.guardian import start_guardian
from slurm.job_folder import EXIT_REQUEUE, JobFolder, JobState, NodeReport, decide, write_line
from slurm.process_tree import adopt_orphans, descendants, end_tree
from slurm.ray_node import NodeCannotStart, Ports, RayNode, Share, own_address
from slurm.roll import Roll
from slurm.sweep_process import Signals, run_sweep

_POLL_S: Final = 0.5
_END_PATIENCE_S: Final = 3.0
"""Between SIGTERM and SIGKILL for Ray's processes, which have nothing to lose; SLURM's own KillWait is 30 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTask:
    """What this step is to do."""

    job: JobFolder
    store: Path
    index: int
    name: str
    names: tuple[str, ...]
    """All nodes of the job, by index."""
    node: RayNode
    interface: str | None
    min_nodes: int
    start_deadline_s: float
    drain_s: float
    max_idle_requeues: int
    arguments: tuple[str, ...]


def main() -> int:
    """Do this step's part; return its exit status."""
    role, task = _read(sys.argv[1:])
    signals = Signals()
    signals.listen()
    adopt_orphans()
    start_guardian(task.node.temp_dir)
    try:
        return _head(task, signals) if role == "head" else _worker(task, signals)
    except NodeCannotStart as error:
        _say(f"node {task.name}: {error}")
        NodeReport(name=task.name, is_ready=False, reason=str(error)).write(task.job.node(task.index))
        return EXIT_FAILED
    finally:
        end_tree(_END_PATIENCE_S)
        shutil.rmtree(task.node.temp_dir, ignore_errors=True)


def _head(task: NodeTask, signals: Signals) -> int:
    address = task.node.start_head(own_address(task.interface, _ways_out(task)))
    state = _begin(task, address)
    if state is None:
        return EXIT_STOPPED
    NodeReport(name=task.name, is_ready=True).write(task.job.node(task.index))
    write_line(address, task.job.address)
    roll = _gather(task, signals)
    state = replace(state, bad_nodes=roll.bad)
    state.write(task.job.state)
    if roll.num_ready < task.min_nodes:
        _say(f"{roll.num_ready} nodes are up, {task.min_nodes} are needed")
        return _conclude(task, state, EXIT_REQUEUE)
    command = [sys.executable, "-m", "orchestrator", *task.arguments, f"cluster.address={address}"]
    status = run_sweep(command, signals, task.drain_s)
    was_stopped = status == EXIT_STOPPED or status < 0  # below 0: by a signal
    if was_stopped and signals.is_draining and not signals.is_cancelled:
        status = EXIT_REQUEUE
    return _conclude(task, replace(state, bad_nodes=_bad_at_the_end(task, roll)), status)


def _ways_out(task: NodeTask) -> list[str]:
    """Return addresses that lead to the other nodes: where the job's script runs, then another node's name."""
    launcher = os.environ.get("SLURM_LAUNCH_NODE_IPADDR", "127.0.0.1")
    return [launcher, *(name for name in task.names if name != task.name)][:2]


def _begin(task: NodeTask, address: str) -> JobState | None:
    """Take up the state of the start before; None where the job has started often enough for nothing.

    A start that left no outcome was cut off: by the loss of its head, or of its node.
    """
    state = JobState.read(task.job.state)
    if state is None:
        state = JobState(num_finished=_num_finished(task.store))
    elif not state.outcome:
        verdict = decide(state, _num_finished(task.store), task.max_idle_requeues)
        state = verdict.state
        if not verdict.is_requeued:
            _conclude(task, state, EXIT_STOPPED, state.outcome)
            return None
    state = replace(state, num_starts=state.num_starts + 1, address=address, outcome="", bad_nodes={})
    state.write(task.job.state)
    return state


def _gather(task: NodeTask, signals: Signals) -> Roll:
    """Wait until every node has joined or failed, or the deadline is over; name those that are not there."""
    until = time.monotonic() + task.start_deadline_s
    roll = Roll.call(task.job, task.names)
    while roll.pending and time.monotonic() < until and not signals.has_any:
        time.sleep(_POLL_S)
        roll = Roll.call(task.job, task.names)
    if not signals.has_any:
        roll = roll.close(f"has not joined within {task.start_deadline_s:.0f} s")
    for name, reason in roll.bad.items():
        _say(f"node {name} is left out: {reason}")
    address = task.job.address.read_text(encoding="utf-8").strip()
    _say(f"Ray is up at {address}: {roll.num_ready} of {len(task.names)} nodes")
    return roll


def _bad_at_the_end(task: NodeTask, before: Roll) -> dict[str, str]:
    """Return the nodes that were never there, and name those that were lost meanwhile."""
    now = Roll.call(task.job, task.names)
    for name in sorted(now.bad.keys() - before.bad.keys()):
        _say(f"node {name} was lost: {now.bad[name]}")
    return now.bad | {name: reason for name, reason in before.bad.items() if name in now.pending}


def _conclude(task: NodeTask, state: JobState, status: int, outcome: str = "") -> int:
    """Write how this start ended; EXIT_REQUEUE stands only while requeues bring something."""
    if status == EXIT_REQUEUE:
        verdict = decide(state, _num_finished(task.store), task.max_idle_requeues)
        state, outcome = verdict.state, verdict.state.outcome
        status = EXIT_REQUEUE if verdict.is_requeued else EXIT_STOPPED
    outcome = outcome or {EXIT_DONE: "done", EXIT_STOPPED: "stopped"}.get(status, f"failed: exit status {status}")
    if state.bad_nodes:
        write_line(",".join(sorted(state.bad_nodes)), task.job.exclude)
    _say(f"{outcome}; the store holds {state.num_finished} finished rows" if status == EXIT_REQUEUE else outcome)
    replace(state, outcome=outcome).write(task.job.state)
    write_line(outcome, task.job.ended)
    return status


def _worker(task: NodeTask, signals: Signals) -> int:
    until = time.monotonic() + task.start_deadline_s
    while not task.job.address.is_file():
        if signals.has_any or time.monotonic() > until:
            raise NodeCannotStart("sees no address of the head in the job's folder")
        time.sleep(_POLL_S)
    task.node.join(task.job.address.read_text(encoding="utf-8").strip())
    NodeReport(name=task.name, is_ready=True).write(task.job.node(task.index))
    while not signals.has_any and any(process.name == "raylet" for process in descendants()):
        time.sleep(_POLL_S)
    if not signals.has_any:
        raise NodeCannotStart("Ray has ended here while the job ran")
    return EXIT_DONE


def _num_finished(store: Path) -> int:
    from records.inspection import count_finished

    return count_finished(store)


def _read(arguments: Sequence[str]) -> tuple[str, NodeTask]:
    parser = argparse.ArgumentParser(
        prog="python -m slurm.node", description=__doc__, usage="%(prog)s head|worker OPTIONS -- SWEEP"
    )
    parser.add_argument("role", choices=("head", "worker"))
    parser.add_argument("--index", type=int, required=True, help="of the node in the job")
    parser.add_argument("--name", required=True, help="of the node")
    parser.add_argument("--min-nodes", type=int, default=1)
    parser.add_argument("--start-deadline-s", type=float, default=300)
    parser.add_argument("--drain-s", type=float, default=300)
    parser.add_argument("--max-idle-requeues", type=int, default=2)
    parser.add_argument("--object-store-gb", type=float, default=1)
    parser.add_argument("--temp-dir", default="/tmp")
    parser.add_argument("--interface")
    end = list(arguments).index("--")
    read = parser.parse_args(arguments[:end])
    job = JobFolder(Path(os.environ["DIFFSPOT_JOB"]))
    node = RayNode(
        ports=Ports(job.job_id, read.index),
        share=Share.granted(os.environ),
        temp_dir=Path(read.temp_dir) / f"diffspot-{job.job_id}-{read.index}",
        object_store_gb=read.object_store_gb,
    )
    task = NodeTask(
        job=job,
        store=Path(os.environ["DIFFSPOT_STORE"]),
        index=read.index,
        name=read.name,
        names=tuple(os.environ["DIFFSPOT_NODES"].split()),
        node=node,
        interface=read.interface,
        min_nodes=read.min_nodes,
        start_deadline_s=read.start_deadline_s,
        drain_s=read.drain_s,
        max_idle_requeues=read.max_idle_requeues,
        arguments=tuple(arguments[end + 1 :]),
    )
    return read.role, task


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (this is a door: SLURM keeps what it prints)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DiffspotError as error:
        _say(f"failed: {error}")
        sys.exit(EXIT_FAILED)
