"""Ray on one node: which ports it takes, how it is started, and why it could not be."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_FIRST_PORT: Final = 20_000
_PORTS_PER_NODE: Final = 8
_NODES_PER_JOB: Final = 16
"""Nodes of one job that can share a host name without sharing a port."""
_JOBS: Final = 96
"""Jobs that can share a node: 96 x 16 x 8 ports end at 32,288, below those that Linux hands out itself."""

_DRIVER_TIMEOUT_S: Final = 60.0

RAY_ENVIRONMENT: Final[Mapping[str, str]] = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    # an engine's own processes end with the worker that started them
    "RAY_kill_child_processes_on_worker_exit_with_raylet_subreaper": "1",
    # it looks at the whole node's memory, which other jobs use, too: SLURM guards this job's
    "RAY_memory_monitor_refresh_ms": "0",
    # nodes outlive a lost head so long
    "RAY_gcs_rpc_server_reconnect_timeout_s": "20",
}


class NodeCannotStart(Exception):
    """Ray can't start on this node; the message says why."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one node: eight of its own, by the job's number and the node's."""

    job_id: int
    index: int

    @property
    def head(self) -> int:
        """Return the port at which the cluster is joined."""
        return self._at(0)

    @property
    def options(self) -> list[str]:
        """Return what `ray start` is told; workers' own ports are the kernel's choice."""
        names = ("node-manager-port", "object-manager-port", "dashboard-agent-listen-port")
        more = ("dashboard-agent-grpc-port", "metrics-export-port", "runtime-env-agent-port")
        fixed = [f"--{name}={self._at(number)}" for number, name in enumerate(names + more, start=1)]
        return [*fixed, "--min-worker-port=0", "--max-worker-port=0"]

    @property
    def client(self) -> int:
        """Return the port of Ray's client server, which Ray starts where it is installed."""
        return self._at(7)

    def in_use(self) -> list[int]:
        """Return those that something listens on."""
        return [self._at(number) for number in range(_PORTS_PER_NODE) if not _is_free(self._at(number))]

    def _at(self, number: int) -> int:
        block = self.job_id % _JOBS * _NODES_PER_JOB + self.index % _NODES_PER_JOB
        return _FIRST_PORT + block * _PORTS_PER_NODE + number


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What of a node is the job's, as SLURM grants it."""

    num_cpus: int
    num_gpus: int

    @classmethod
    def granted(cls, environ: Mapping[str, str]) -> "Share":
        """Read SLURM's variables; a node without GPUs has none of theirs."""
        devices = [word for word in environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if word]
        num_gpus = environ.get("SLURM_GPUS_ON_NODE") or str(len(devices))
        num_cpus = environ.get("SLURM_CPUS_PER_TASK") or environ.get("SLURM_CPUS_ON_NODE") or "1"
        return cls(num_cpus=int(num_cpus), num_gpus=int(num_gpus))


@dataclass(frozen=True, slots=True, kw_only=True)
class RayNode:
    """One node of the cluster."""

    ports: Ports
    share: Share
    temp_dir: Path
    """Of this node in this job alone; closed to others, since Ray opens its own folder to all."""
    object_store_gb: float

    def start_head(self, ip_address: str) -> str:
        """Start the cluster here and return its address; NodeCannotStart says why not."""
        options = [
            "--head",
            f"--node-ip-address={ip_address}",
            f"--port={self.ports.head}",
            "--include-dashboard=false",
        ]
        if find_spec("grpc") is not None:
            options.append(f"--ray-client-server-port={self.ports.client}")
        self._start(options)
        return f"{ip_address}:{self.ports.head}"

    def join(self, address: str) -> None:
        """Join the cluster; NodeCannotStart says why not."""
        self._start([f"--address={address}"])

    def _start(self, options: list[str]) -> None:
        self._check()
        command = [
            *(sys.executable, "-m", "ray.scripts.scripts", "start", *options, *self.ports.options),
            *(f"--num-cpus={self.share.num_cpus}", f"--num-gpus={self.share.num_gpus}"),
            *(f"--temp-dir={self.temp_dir}/r", f"--object-store-memory={int(self.object_store_gb * 1e9)}"),
            "--include-log-monitor=false",
        ]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | RAY_ENVIRONMENT,
            preexec_fn=ignore_drain_signal,
        )
        if done.returncode:
            raise NodeCannotStart(f"ray start: {_last_line(done.stderr or done.stdout)}")

    def _check(self) -> None:
        try:
            self.temp_dir.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise NodeCannotStart(f"{self.temp_dir}: {error.strerror}") from error
        num_seen = _num_gpus_seen()
        if num_seen is not None and num_seen < self.share.num_gpus:
            raise NodeCannotStart(f"SLURM granted {self.share.num_gpus} GPUs, the driver shows {num_seen}")
        if busy := self.ports.in_use():
            raise NodeCannotStart(f"port {', '.join(map(str, busy))} in use")


def own_address(interface: str | None, towards: Sequence[str]) -> str:
    """Return the IPv4 address of an interface, or the first one from which one of `towards` is reached.

    One of the loopback leads nowhere else: it is taken where there is no other.
    """
    if interface is not None:
        return _address_of(interface)
    found = [address for host in towards if (address := _source_address(host))]
    if not found:
        raise NodeCannotStart(f"no way to {' or '.join(towards)}")
    return next((address for address in found if not address.startswith("127.")), found[0])


def _source_address(host: str) -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, 9))  # nothing is sent
        except OSError:  # no such name, or no route
            return None
        return str(probe.getsockname()[0])


def ignore_drain_signal() -> None:
    """Make a child deaf to SIGUSR1: SLURM sends it to every process of a step, and it would end Ray."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)


def _address_of(interface: str) -> str:
    import fcntl
    import struct

    request = struct.pack("256s", interface.encode()[:15])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            reply = fcntl.ioctl(probe.fileno(), 0x8915, request)  # SIOCGIFADDR
        except OSError as error:
            raise NodeCannotStart(f"interface {interface}: {error.strerror}") from error
    return socket.inet_ntoa(reply[20:24])


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def _num_gpus_seen() -> int | None:
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        listed = subprocess.run([program, "-L"], capture_output=True, text=True, check=False, timeout=_DRIVER_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise NodeCannotStart(f"nvidia-smi says nothing for {_DRIVER_TIMEOUT_S:.0f} s") from None
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
