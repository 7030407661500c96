"""A Ray cluster of several raylets on this host, in a process of its own.

In the test's own process Ray would reap the children of `subprocess`, which then all seem to have ended with 0.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class RayCluster:
    """What runs in the other process: a head and workers."""

    process: "subprocess.Popen[str]"
    address: str = ""
    raylets: list[int] = field(default_factory=list)
    """Their process ids."""

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                told = json.loads(line)
                self.address, self.raylets = told["address"], told["raylets"]
                return
        raise AssertionError("the cluster has not started")

    def lose_a_worker(self) -> None:
        """Kill a worker's raylet, and let another node join."""
        assert self.process.stdin is not None
        self.process.stdin.write("lose\n")
        self.process.stdin.flush()
        self.read()


@contextmanager
def ray_cluster(*, num_workers: int, num_cpus: int, num_gpus: int) -> Iterator[RayCluster]:
    command = [sys.executable, __file__, str(num_workers), str(num_cpus), str(num_gpus)]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        cluster = RayCluster(process)
        try:
            cluster.read()
            yield cluster
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=60)


def main() -> None:
    """Start the cluster, tell of it, and do what the lines ask until their end."""
    from ray.cluster_utils import Cluster

    num_workers, num_cpus, num_gpus = map(int, sys.argv[1:])
    node: dict[str, Any] = {"num_cpus": num_cpus, "num_gpus": num_gpus}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    for _ in range(num_workers):
        cluster.add_node(**node)
    tell(cluster)
    for _ in sys.stdin:
        cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
        cluster.add_node(**node)
        tell(cluster)
    cluster.shutdown()


def tell(cluster: Any) -> None:
    raylets = [node.all_processes["raylet"][0].process.pid for node in cluster.list_all_nodes()]
    print(json.dumps({"address": cluster.address, "raylets": raylets}), flush=True)


if __name__ == "__main__":
    main()
