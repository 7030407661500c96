"""The GPU nodes of a Ray cluster, and where on them an actor goes."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import ray
from ray.util.placement_group import PlacementGroup, placement_group, remove_placement_group
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy, PlacementGroupSchedulingStrategy

from model_adapters.engines.gpus import list_gpus
from orchestrator.gpu_rows import GpuNode
from schemas.errors import ConfigError

_MEMORY_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class _RayNode:
    ray_id: str
    node: GpuNode


class RayNodes:
    """List the cluster's living GPU nodes; each node's driver is asked once for the memory of its GPUs."""

    def __init__(self, gpu_memory_gb: float | None = None) -> None:
        self._given_gb = gpu_memory_gb
        self._memory_gb: dict[str, float] = {}
        self._listed: dict[str, _RayNode] = {}

    def list(self) -> tuple[GpuNode, ...]:
        """Return them by name. ConfigError where a driver doesn't tell its memory, and no config does."""
        nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
        alive = [node for node in nodes if node["Alive"] and node["Resources"].get("GPU", 0) >= 1]
        num_named = Counter(node["NodeManagerHostname"] for node in alive)
        listed = []
        for node in sorted(alive, key=lambda node: (node["NodeManagerHostname"], node["NodeID"])):
            host, ray_id = node["NodeManagerHostname"], node["NodeID"]
            name = host if num_named[host] == 1 else f"{host}~{ray_id[:6]}"
            if ray_id not in self._memory_gb:
                self._memory_gb[ray_id] = self._given_gb or _ask_memory_gb(ray_id, name)
            gpu_node = GpuNode(name=name, num_gpus=int(node["Resources"]["GPU"]), gpu_memory_gb=self._memory_gb[ray_id])
            listed.append(_RayNode(ray_id, gpu_node))
        self._listed = {entry.node.name: entry for entry in listed}
        return tuple(entry.node for entry in listed)

    def ray_id(self, name: str) -> str:
        """Return Ray's id of a node that was listed last."""
        return self._listed[name].ray_id


@dataclass(frozen=True, slots=True)
class OnNodes:
    """Where an actor and what it starts must run: on one node, or on several in a group of their own."""

    ray_ids: tuple[str, ...]
    gpus_per_node: int

    def reserve(self) -> "Reservation":
        """Return the actor's options. On several nodes their GPUs are reserved together, or not at all."""
        if len(self.ray_ids) == 1:
            strategy = NodeAffinitySchedulingStrategy(node_id=self.ray_ids[0], soft=False)
            return Reservation({"scheduling_strategy": strategy, "num_gpus": self.gpus_per_node}, None)
        bundles = [{"GPU": float(self.gpus_per_node)} for _ in self.ray_ids]
        on_node = [{"ray.io/node-id": ray_id} for ray_id in self.ray_ids]
        group = placement_group(bundles, strategy="STRICT_SPREAD", bundle_label_selector=on_node)
        in_group = PlacementGroupSchedulingStrategy(
            placement_group=group, placement_group_bundle_index=0, placement_group_capture_child_tasks=True
        )
        # the actor itself takes no GPU: the engine's own workers take them all
        return Reservation({"scheduling_strategy": in_group, "num_gpus": 0}, group)


@dataclass(frozen=True, slots=True)
class Reservation:
    """Options for `ray.remote`, and the group that holds the GPUs, if any."""

    options: dict[str, Any]
    group: PlacementGroup | None

    def release(self) -> None:
        """Give the group's GPUs back."""
        if self.group is not None:
            remove_placement_group(self.group)


def _ask_memory_gb(ray_id: str, name: str) -> float:
    """Ask a node's driver for the memory of its smallest GPU, gigabytes."""
    on_node = NodeAffinitySchedulingStrategy(node_id=ray_id, soft=False)
    asked = ray.remote(_gpu_memory_gb).options(num_cpus=0, scheduling_strategy=on_node).remote()
    memory_gb: list[float] = ray.get(asked, timeout=_MEMORY_TIMEOUT_S)
    if not memory_gb:
        raise ConfigError(f"node {name} has GPUs, but no NVIDIA driver tells their memory: set cluster.gpu_memory_gb=N")
    return min(memory_gb)


def _gpu_memory_gb() -> list[float]:
    return [state.total_mb * 2**20 / 1e9 for state in list_gpus() or []]
