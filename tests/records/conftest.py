"""A disk that fills up."""

import ctypes
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 KiB."""
    libc = ctypes.CDLL(None, use_errno=True)
    target = tmp_path / "disk"
    target.mkdir()
    if libc.mount(b"tmpfs", bytes(target), b"tmpfs", 0, b"size=64k") != 0:
        pytest.skip("mounting a small disk takes root")
    yield target
    libc.umount2(bytes(target), 2)
