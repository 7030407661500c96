"""A dataset for nodes that share no folder with the driver: put into Ray's object store once, copied once per node."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from orchestrator.workers import DatasetPlace

_LOOK_TIMEOUT_S = 60.0


def shipped(place: DatasetPlace) -> DatasetPlace:
    """Return the place as workers on any node can open it; nothing is shipped where every node sees the file."""
    if all(_seen_by_nodes(place)):
        return place
    pack = ray.put(np.fromfile(place.pack, dtype=np.uint8))
    return replace(place, read=partial(_read, [pack]))


def _seen_by_nodes(place: DatasetPlace) -> Iterator[bool]:
    nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
    looks = [
        ray.remote(_sees)
        .options(num_cpus=0, scheduling_strategy=NodeAffinitySchedulingStrategy(node_id=node["NodeID"], soft=False))
        .remote(str(place.pack))
        for node in nodes
        if node["Alive"]
    ]
    ended, silent = ray.wait(looks, num_returns=len(looks), timeout=_LOOK_TIMEOUT_S)
    for look in ended:
        # a node that has died since is no node to ship to
        with contextlib.suppress(RayError):
            yield bool(ray.get(look))
    yield from (False for _ in silent)


def _sees(path: str) -> bool:
    from pathlib import Path

    return Path(path).exists()


def _read(pack: "list[ray.ObjectRef[Any]]") -> memoryview:
    """Return the bytes; in a list, so that the reference itself travels, not what it stands for."""
    bytes_: np.ndarray[Any, Any] = ray.get(pack[0])
    return bytes_.data
