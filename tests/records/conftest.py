"""Disks: one that fills up, one that is quick."""

import contextlib
import ctypes
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_IN_A_NAMESPACE = 'mkdir -p "$1" && mount -t tmpfs -o size="$0"k tmpfs "$1" && echo mounted && exec cat'


@contextlib.contextmanager
def mounted(target: Path, size_kib: int) -> Iterator[Path]:
    """Mount a small disk: as root, or else in a namespace of its own, looked into through /proc."""
    target.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", bytes(target), b"tmpfs", 0, b"size=%dk" % size_kib) == 0:
        try:
            yield target
        finally:
            libc.umount2(bytes(target), 2)
        return
    command = ["unshare", "-rm", "sh", "-c", _IN_A_NAMESPACE, str(size_kib), str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        try:
            if keeper.stdout.readline() != "mounted\n":
                needed = "a small disk takes root, or user namespaces (sysctl kernel.unprivileged_userns_clone=1)"
                pytest.fail(needed) if os.environ.get("CI") else pytest.skip(needed)
            yield Path(f"/proc/{keeper.pid}/root{target}")
        finally:
            keeper.stdin.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 KiB."""
    with mounted(tmp_path / "disk", 64) as disk:
        yield disk


@pytest.fixture
def middle_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 512 KiB."""
    with mounted(tmp_path / "disk", 512) as disk:
        yield disk


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """Return a folder in memory where the system has one: for tests that sync a thousand times."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
