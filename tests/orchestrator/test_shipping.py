"""A node that shares no folder with the driver gets the dataset, once."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sweep_cases as cases
from ray_cluster import ray_cluster

from orchestrator.workers import DatasetPlace
from records.datasets import fingerprint_files, pack


@contextmanager
def node_without(folder: Path, own_temporary: Path, address: str) -> Iterator[None]:
    """Join a node to whose processes a folder is empty: they run in a mount namespace of their own."""
    ray = f"{sys.executable} -m ray.scripts.scripts start --address={address} --num-cpus=1 --num-gpus=2 --block"
    script = f"mount -t tmpfs none {folder} && exec {ray}"
    environment = os.environ | {"TMPDIR": str(own_temporary)}
    with subprocess.Popen(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script], cwd=cases.ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            deadline = time.monotonic() + 90
            while "/2.0 GPU" not in status(address):
                assert process.poll() is None, "the node did not start"
                assert time.monotonic() < deadline, "the node has not joined"
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def status(address: str) -> str:
    words = [sys.executable, "-m", "ray.scripts.scripts", "status", f"--address={address}"]
    return subprocess.run(words, cwd=cases.ROOT, capture_output=True, text=True, timeout=60, check=False).stdout


def test_a_node_that_does_not_see_the_dataset_gets_it(tmp_path: Path) -> None:
    dataset, runs = cases.write_dataset(tmp_path / "pairs.parquet", 10), tmp_path / "runs"
    (runs / "datasets").mkdir(parents=True)
    own = Path(tempfile.mkdtemp(prefix="node"))
    with (
        ray_cluster(num_workers=0, num_cpus=1, num_gpus=0) as cluster,
        node_without(runs / "datasets", own, cluster.address),
    ):
        done = cases.run(
            "+model@models.far=scripted_engine", "models.far.engine.num_gpus=2", "+judge@judges.rules=rules",
            "canary=false", "cluster=ray", f"cluster.address={cluster.address}", "cluster.gpu_memory_gb=80",
            dataset=dataset, runs=runs,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10/10 answers   10/10 verdicts   0 unscored" in done.stdout
    assert len(list(own.glob("diffspot-datasets-*/*.arrow"))) == 1


def test_a_copy_is_made_once_and_found_again(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 3)
    packed, fingerprint = tmp_path / "pack.arrow", fingerprint_files([dataset])
    pack([dataset], packed)
    reads: list[int] = []

    def read() -> bytes:
        reads.append(1)
        return packed.read_bytes()

    place = DatasetPlace(tmp_path / "elsewhere" / f"{fingerprint[:16]}.arrow", fingerprint, read)
    tempfile.tempdir, before = str(tmp_path), tempfile.tempdir
    try:
        assert place.open().frame.height == place.open().frame.height == 3
    finally:
        tempfile.tempdir = before
    assert len(reads) == 1


LOST_NODE = """
import sys
from pathlib import Path
import ray
from orchestrator.shipping import shipped
from orchestrator.workers import DatasetPlace
ray.init(num_cpus=1, include_dashboard=False, configure_logging=False, log_to_driver=False)
nodes = [*ray.nodes(), {"NodeID": "ab" * 28, "Alive": True}]
ray.nodes = lambda: nodes
seen, unseen = (DatasetPlace(Path(path), "f") for path in (sys.argv[1], sys.argv[1] + ".absent"))
print(shipped(seen) is seen)
try:
    shipped(unseen)
except FileNotFoundError:
    print("would ship")
"""


def test_a_node_that_has_died_meanwhile_is_not_asked(tmp_path: Path) -> None:
    """The cluster still lists it, for as long as its heartbeats may be late."""
    (tmp_path / "pack.arrow").touch()
    words = [sys.executable, "-c", LOST_NODE, str(tmp_path / "pack.arrow")]
    said = subprocess.run(words, cwd=cases.ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert said.stdout.split("\n")[:2] == ["True", "would ship"], said.stdout + said.stderr
