"""What SLURM is told about a job: the keys of `conf/cluster/NAME.yaml` with `kind: slurm`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from schemas.errors import ConfigError
from schemas.registry import parse_config

_WORD: Final = re.compile(r"[\w.,:;@%+=~^&|!*()\[\]/-]+")
"""What an #SBATCH value may hold: no blank, quote, `$` or line break, which sbatch or a shell could read otherwise."""
_VARIABLE: Final = re.compile(r"[A-Za-z_]\w*")
_NODES: Final = re.compile(r"[\w.,\[\]-]+")
_MAX_TEMP_DIR: Final = 16
"""Characters; Ray's sockets lie 88 below, and a socket's path ends at 107."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesConfig:
    """Ask for nodes that are all alike: a job, or one component of a heterogeneous job."""

    nodes: int = 1
    """Nodes."""
    cpus_per_node: int = 8
    """CPUs of each node."""
    mem_gb_per_node: int | None = None
    """Memory of each node, gigabytes; None: the partition's default, 0: all of it."""
    gpus_per_node: int = 0
    """GPUs of each node."""
    gpu_type: str | None = None
    """The GPUs' name in SLURM, such as `h100`; None: any."""
    partition: str | None = None
    """Partition; None: the default one."""
    account: str | None = None
    """Account that pays."""
    qos: str | None = None
    """Quality of service."""
    constraint: str | None = None
    """Features that the nodes must have."""
    reservation: str | None = None
    """Reservation to run in."""
    exclude: str | None = None
    """Nodes never to use, as SLURM lists them: `n3,n[7-9]`."""

    def __post_init__(self) -> None:
        """Refuse what no node can be."""
        _at_least("nodes", self.nodes, 1)
        _at_least("cpus_per_node", self.cpus_per_node, 1)
        _at_least("gpus_per_node", self.gpus_per_node, 0)
        if self.mem_gb_per_node is not None:
            _at_least("mem_gb_per_node", self.mem_gb_per_node, 0)
        for name in ("gpu_type", "partition", "account", "qos", "constraint", "reservation"):
            _check(_WORD, name, getattr(self, name), "is no single word without quotes")
        _check(_NODES, "exclude", self.exclude, "is no list of nodes such as n3,n[7-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlurmConfig(NodesConfig):
    """Say how a sweep becomes a job of SLURM. Never part of what a run is."""

    kind: Literal["slurm"]
    """What tells this cluster from the others."""
    also: tuple[NodesConfig, ...] = ()
    """Further components of a heterogeneous job, such as CPU nodes beside GPU nodes."""
    time_min: int = 60
    """Time limit, minutes; the job starts itself again until the sweep is done."""
    drain_s: int = 300
    """How long before the limit the sweep is told to finish what is in flight, seconds."""
    min_nodes: int = 1
    """Fewest nodes with which the sweep goes on."""
    start_deadline_s: int = 300
    """How long nodes may take to join, seconds."""
    max_idle_requeues: int = 2
    """How often in a row the job starts itself again though the store has not grown."""
    modules: tuple[str, ...] = ()
    """Names for `module load`."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables to set, by name. They stand in the script: no secrets."""
    pass_environment: tuple[str, ...] = ()
    """Names of variables to take from the shell that submits; those of the rows' keys come by themselves."""
    setup: tuple[str, ...] = ()
    """Lines of shell to run before anything else, as they stand."""
    container: tuple[str, ...] = ()
    """Words that go before Python on every node: `apptainer exec --nv image.sif`."""
    srun_options: tuple[str, ...] = ()
    """Options of every srun: `--container-image=...` for pyxis."""
    sbatch_options: tuple[str, ...] = ()
    """More #SBATCH lines: `--mail-type=END`."""
    python: str | None = None
    """Python on the nodes; None: the one that submits."""
    temp_dir: str = "/tmp"
    """Folder on each node below which a job makes its own, for Ray's sockets and logs."""
    object_store_gb: float = 1.0
    """Shared memory of Ray on each node, gigabytes."""
    gpu_memory_gb: float | None = None
    """Memory of each GPU, gigabytes; None: what its node's driver says."""
    interface: str | None = None
    """Network interface over which nodes reach the first one, such as `ib0`; None: the one that leads there."""

    def __post_init__(self) -> None:
        """Refuse what the script could not say or the job could not do."""
        # a slotted dataclass is another class than the one that `super()` finds here
        NodesConfig.__post_init__(self)
        self._check_times()
        total = sum(group.nodes for group in (self, *self.also))
        if not 1 <= self.min_nodes <= total:
            raise ConfigError(f"cluster.min_nodes={self.min_nodes}: the job has {total} nodes")
        for name in (*self.environment, *self.pass_environment):
            _check(_VARIABLE, "environment", name, "is no variable's name")
        for option in (*self.sbatch_options, *self.srun_options):
            if not option.startswith("-") or "\n" in option:
                raise ConfigError(f"cluster: option {option!r} must begin with a dash and stand on one line")
        _check(_WORD, "interface", self.interface, "is no interface's name")
        if not self.temp_dir.startswith("/") or len(self.temp_dir) > _MAX_TEMP_DIR:
            raise ConfigError(
                f"cluster.temp_dir={self.temp_dir}: take an absolute path of {_MAX_TEMP_DIR} characters at most, "
                "Ray's sockets need the rest"
            )
        if self.gpu_memory_gb is not None and not self.gpu_memory_gb > 0:
            raise ConfigError(f"cluster.gpu_memory_gb={self.gpu_memory_gb:g}: must be more than 0")
        if self.object_store_gb < 0.1:
            raise ConfigError(f"cluster.object_store_gb={self.object_store_gb:g}: Ray needs 0.1 or more")

    def _check_times(self) -> None:
        _at_least("time_min", self.time_min, 1)
        _at_least("start_deadline_s", self.start_deadline_s, 10)
        _at_least("max_idle_requeues", self.max_idle_requeues, 0)
        if not 10 <= self.drain_s < self.time_min * 60:
            raise ConfigError(
                f"cluster.drain_s={self.drain_s}: take 10 or more, and less than the limit of {self.time_min} minutes"
            )


def read_config(values: Mapping[str, Any]) -> SlurmConfig:
    """Build the config from plain values; ConfigError names an unknown key, in a further component, too."""
    also = values.get("also") or ()
    groups = [parse_config(NodesConfig, group, where=f"cluster.also.{number}") for number, group in enumerate(also)]
    return parse_config(SlurmConfig, {**values, "also": groups}, where="cluster")


def _at_least(name: str, value: int, least: int) -> None:
    if value < least:
        raise ConfigError(f"cluster.{name}={value}: take {least} or more")


def _check(pattern: re.Pattern[str], name: str, value: str | None, what: str) -> None:
    if value is not None and not pattern.fullmatch(value):
        raise ConfigError(f"cluster.{name}={value!r} {what}")
