"""Which GPUs a process sees, and which of them are taken: the driver's table, without a driver."""

from pathlib import Path

import pytest

from model_adapters.engines.gpus import BusyGpu, check_free, parse_gpus, visible_gpus

TABLE = "0, GPU-aa11, 4, 81559\n1, GPU-bb22, 70213, 81559\n2, GPU-cc33, [N/A], [N/A]\n"


def with_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visible: str | None) -> None:
    """Put a driver that prints TABLE in the path."""
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\nprintf '%s' '{TABLE}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)


def test_the_drivers_table_is_read_and_narrowed() -> None:
    states = parse_gpus(TABLE)
    assert [(state.number, state.used_mb) for state in states] == [("0", 4), ("1", 70213)]
    for visible, numbers in ((None, "01"), ("1,0", "10"), ("GPU-bb", "1"), ("", "")):
        assert "".join(state.number for state in visible_gpus(states, visible) or []) == numbers
    assert visible_gpus(None, "0") is None


def test_a_free_gpu_is_taken_and_a_busy_one_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_driver(tmp_path, monkeypatch, "0")
    check_free(1, wait_s=0)
    with_driver(tmp_path, monkeypatch, "1")
    with pytest.raises(BusyGpu, match="GPU 1 is already in use: 70213 of 81559 MB"):
        check_free(1, wait_s=0)


def test_fewer_gpus_than_asked_for_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_driver(tmp_path, monkeypatch, "0")
    with pytest.raises(BusyGpu, match="2 GPUs are asked for and 1 are visible"):
        check_free(2, wait_s=0)


def test_without_a_driver_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    check_free(1, wait_s=0)
