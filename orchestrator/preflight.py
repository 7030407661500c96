"""What can run here, decided before any work: every row is ready, skipped with its reason, or an error.

Skipped are only rows whose hardware, package, key or permission is absent. A row that is broken
(nothing listens at its address), or that the user added by hand, is an error.
"""

import importlib.util
import os
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from model_adapters.engines.gpus import free_gpus
from orchestrator.gpu_roster import gpu_rows
from orchestrator.gpu_rows import GpuNode, why_never
from orchestrator.rows import JudgeRow, ModelRow
from schemas.errors import ConfigError
from schemas.protocols import Needs

_CONNECT_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine, or the cluster, has to offer."""

    nodes: tuple[GpuNode, ...]
    """With GPUs that may be used."""
    allows_paid: bool
    has_cluster: bool = True
    """Whether there is a Ray to share GPUs out."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What a row misses: `kind` is gpu, package, key or permission; `remedy` says what to do."""

    kind: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RowState:
    """One row and what it lacks; an empty `lacks` means that it runs here."""

    group: str
    key: str
    name: str
    role: str
    lacks: tuple[Lack, ...]
    is_priced: bool

    @property
    def is_ready(self) -> bool:
        """Tell whether the row runs here."""
        return not self.lacks

    @property
    def reason(self) -> str:
        """Return what the row lacks, in one line."""
        return "; ".join(lack.remedy for lack in self.lacks)


@dataclass(frozen=True, slots=True)
class Preflight:
    """The state of every row of a sweep."""

    models: tuple[RowState, ...]
    judges: tuple[RowState, ...]

    @property
    def states(self) -> tuple[RowState, ...]:
        """Return all rows, models first."""
        return self.models + self.judges


def inspect_gpus(num_gpus: int | None, gpu_memory_gb: float | None) -> tuple[GpuNode, ...]:
    """Return this machine with its GPUs, as configured or as many as the driver says nobody uses; () without any."""
    free = free_gpus()
    known_gb = min((state.total_mb * 2**20 / 1e9 for state in free), default=None)
    num_gpus = len(free) if num_gpus is None else num_gpus
    memory_gb = gpu_memory_gb or known_gb
    if not num_gpus:
        return ()
    if memory_gb is None:
        raise ConfigError(f"cluster.num_gpus={num_gpus}: no driver tells their memory: set cluster.gpu_memory_gb=N too")
    return (GpuNode(name=socket.gethostname(), num_gpus=num_gpus, gpu_memory_gb=memory_gb),)


def inspect_rows(
    models: Sequence[ModelRow], judges: Sequence[JudgeRow], machine: Machine, *, fail_on_skip: bool
) -> Preflight:
    """Look at every row; ConfigError for a broken row, for a skip that must not be, or when nothing is left."""
    preflight = Preflight(
        tuple(_state("model", row, row.role, machine) for row in models),
        tuple(_state("judge", row, "judge", machine) for row in judges),
    )
    by_hand = {
        (group, row.key) for group, rows in (("model", models), ("judge", judges)) for row in rows if row.is_by_hand
    }
    for state in preflight.states:
        if not state.is_ready and (fail_on_skip or (state.group, state.key) in by_hand):
            raise ConfigError(f"{state.group} {state.name!r} can't run here: {state.reason}")
    for group, states in (("model", preflight.models), ("judge", preflight.judges)):
        if not any(state.is_ready for state in states):
            reasons = "\n".join(f"  {state.name}: {state.reason}" for state in states)
            raise ConfigError(f"no {group} of this sweep can run here:\n{reasons}")
    return preflight


def count_lacks(states: Sequence[RowState]) -> Counter[str]:
    """Count skipped rows by the first thing each lacks."""
    return Counter(state.lacks[0].kind for state in states if state.lacks)


def _state(group: str, row: ModelRow | JudgeRow, role: str, machine: Machine) -> RowState:
    needs = row.needs()
    gpu_lack = _gpu_lack(row, machine)
    lacks = tuple(lack for need in needs for lack in _lacks(need, machine))
    if gpu_lack is not None:
        lacks = (gpu_lack, *lacks)
    if not lacks:
        for need in needs:
            _check_address(f"{group} {row.name!r}", need)
    return RowState(group, row.key, row.name, role, lacks, any(need.is_priced for need in needs))


def _gpu_lack(row: ModelRow | JudgeRow, machine: Machine) -> Lack | None:
    """Return the arithmetic by which a row fits on none of the nodes, or None where it does or wants no GPU."""
    wanted = gpu_rows([row], {}, {})
    if not wanted:
        return None
    if not machine.has_cluster:
        return Lack("gpu", "GPUs are shared out by Ray: cluster=local or cluster=ray")
    reason = why_never(wanted[0], machine.nodes)
    return None if reason is None else Lack("gpu", reason)


def _lacks(needs: Needs, machine: Machine) -> list[Lack]:
    lacks = []
    if needs.unavailable:
        lacks.append(Lack("package", needs.unavailable))
    for package in needs.packages:
        if not _is_installed(package):
            extra = f"pip install -e '.[{needs.extra}]'" if needs.extra else f"install {package}"
            lacks.append(Lack("package", f"needs the package {package}: {extra}"))
    lacks += [Lack("key", f"set {name}") for name in needs.env_vars if not os.environ.get(name)]
    if needs.is_priced and not machine.allows_paid:
        lacks.append(Lack("permission", "its calls cost money: add allow_paid=true"))
    return lacks


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # the package above a dotted one
        return False


def _check_address(who: str, needs: Needs) -> None:
    """Raise ConfigError where nothing accepts connections at the address a row names."""
    if needs.url is None:
        return
    host, port = _host_and_port(who, needs.url)
    try:
        socket.create_connection((host, port), timeout=_CONNECT_TIMEOUT_S).close()
    except (OSError, UnicodeError) as error:  # the latter where a part of the name is empty or too long
        raise ConfigError(
            f"{who}: nothing answers at {needs.url} ({error}): start the server or mend base_url"
        ) from error


def _host_and_port(who: str, url: str) -> tuple[str, int]:
    """Return where to connect; ConfigError, without the address, which may hold a password, where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:  # an open bracket, a port that is none
        raise ConfigError(f"{who}: base_url is no address: look at its host and its port, 1..65535") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{who}: base_url is not an http address")
    return parts.hostname, port
