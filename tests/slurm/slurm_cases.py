"""A real SLURM on this host: munged, slurmctld and three slurmd, on ports and in a folder of their own."""

import getpass
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NODES = ("n1", "n2", "n3")
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
_PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue", "scancel")
_PATIENCE_S = 180

_CONF = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
# ports of jobs follow from their numbers: another test's SLURM on this host has others
FirstJobId={first_job}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
# the second is also how long a requeued job waits
AuthInfo=socket={root}/munge.socket,cred_expire=5
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/%n
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/%n/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
GresTypes=gpu
KillWait=120
SchedulerParameters=bf_interval=1,sched_interval=2,sched_min_interval=0
{nodes}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
_NODE = "NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=2 RealMemory=2000 Gres=gpu:1"
_GPUS = dict(zip(NODES, ("/dev/null", "/dev/zero", "/dev/full"), strict=True))
"""Harmless devices that stand in, so that a GPU is granted."""


def missing_programs() -> list[str]:
    return [name for name in _PROGRAMS if shutil.which(name, path=_PATH) is None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    what: str, is_there: Callable[[], object], patience_s: float = _PATIENCE_S, log: Path | None = None
) -> None:
    until = time.monotonic() + patience_s
    while not is_there():
        said = f"; its log:\n{log.read_text()}" if log is not None and log.is_file() else ""
        assert time.monotonic() < until, f"{what}: not within {patience_s:.0f} s{said}"
        time.sleep(0.25)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A SLURM that is up."""

    environ: dict[str, str]

    def call(self, *command: str) -> str:
        done = subprocess.run(
            command, capture_output=True, text=True, env=self.environ, check=False, timeout=120, cwd=ROOT
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def submit(self, runs: Path, *overrides: str) -> "Job":
        fixed = ("cluster=slurm_example", "cluster.cpus_per_node=1", "cluster.object_store_gb=0.1", f"runs={runs}")
        said = self.call(sys.executable, "-m", "slurm", *fixed, *overrides)
        found = re.search(r"submitted job (\d+)", said)
        assert found, said
        return Job(self, runs, int(found[1]))


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was submitted by the real command."""

    cluster: Cluster
    runs: Path
    job_id: int

    @property
    def folder(self) -> Path:
        return self.runs / "slurm" / str(self.job_id)

    @property
    def log(self) -> str:
        path = self.folder.with_name(f"{self.job_id}.log")
        return path.read_text() if path.is_file() else ""

    @property
    def state(self) -> dict[str, object]:
        path = self.folder / "state.json"
        found: dict[str, object] = json.loads(path.read_text()) if path.is_file() else {}
        return found

    def shown(self, key: str) -> str:
        """Return one value of `scontrol show job`."""
        found = re.search(rf"\b{key}=(\S*)", self.cluster.call("scontrol", "show", "job", str(self.job_id)))
        assert found, key
        return found[1]

    def wait_for(self, what: str, is_there: Callable[[], object], patience_s: float = _PATIENCE_S) -> None:
        wait_for(what, is_there, patience_s, self.folder.with_name(f"{self.job_id}.log"))

    def wait_for_end(self, patience_s: float = 120) -> str:
        """Wait until it is over and its nodes are free; return its state."""
        self.wait_for("the job's end", self._is_over, patience_s)
        return self.shown("JobState")

    def processes(self) -> list[tuple[int, str]]:
        """Return every process that has this job's folder in its environment: all that it has started."""
        mark = f"DIFFSPOT_JOB={self.folder}\0".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (path / "environ").read_bytes():
                    found.append((int(path.name), (path / "cmdline").read_text().replace("\0", " ")))
            except OSError:
                continue
        return found

    def _is_over(self) -> bool:
        return not self.cluster.call(
            "squeue", "--noheader", "--states=all", "--format=%T", f"--jobs={self.job_id}"
        ).startswith(("PENDING", "RUNNING", "COMPLETING", "CONFIGURING"))


@contextmanager
def slurm(root: Path) -> Iterator[Cluster]:
    """Start the daemons, wait until every node is idle, and stop exactly those again."""
    environ = {**os.environ, "PATH": _PATH, "SLURM_CONF": str(root / "slurm.conf"), "PYTHONWARNINGS": "ignore"}
    _write_conf(root)
    cluster = Cluster(environ)
    with ExitStack() as stack:
        stack.enter_context(_daemon(root, environ, "munged", *_munge_options(root)))
        wait_for("munged", (root / "munge.socket").exists)
        stack.enter_context(_daemon(root, environ, "slurmctld", "-D", "-c"))
        for name in NODES:
            stack.enter_context(_daemon(root, environ, "slurmd", "-D", "-N", name))
        wait_for("idle nodes", lambda: _num_idle(environ) == len(NODES))
        try:
            yield cluster
        finally:
            cluster.call("scancel", f"--user={getpass.getuser()}")
            wait_for("an empty queue", lambda: not cluster.call("squeue", "--noheader"))


def _munge_options(root: Path) -> tuple[str, ...]:
    key = root / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    files = {"key-file": key.name, "socket": "munge.socket", "pid-file": "munged.pid", "log-file": "munged.log"}
    files["seed-file"] = "munged.seed"
    return ("--foreground", "--force", *(f"--{option}={root / name}" for option, name in files.items()))


def _write_conf(root: Path) -> None:
    host, first_job = socket.gethostname().partition(".")[0], secrets.randbelow(1_000_000) + 1
    nodes = "\n".join(_NODE.format(name=name, host=host, port=free_port()) for name in NODES)
    conf = _CONF.format(
        host=host, port=free_port(), first_job=first_job, user=getpass.getuser(), root=root, nodes=nodes
    )
    (root / "slurm.conf").write_text(conf)
    (root / "gres.conf").write_text("".join(f"NodeName={name} Name=gpu File={_GPUS[name]}\n" for name in NODES))
    for name in ("state", *NODES):
        (root / name).mkdir()


@contextmanager
def _daemon(root: Path, environ: dict[str, str], program: str, *options: str) -> Iterator[None]:
    path = shutil.which(program, path=_PATH)
    assert path is not None
    with (root / f"{program}{options[-1] if program == 'slurmd' else ''}.log").open("w") as log:
        running = subprocess.Popen([path, *options], stdout=log, stderr=log, env=environ)
    try:
        yield
    finally:
        running.terminate()
        try:
            running.wait(timeout=30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _num_idle(environ: dict[str, str]) -> int:
    said = subprocess.run(["sinfo", "-hN", "-o", "%T"], env=environ, capture_output=True, text=True, check=False).stdout
    return said.split().count("idle")
