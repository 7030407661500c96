"""Whether the GPUs this process was given are free: another engine's leftovers would end ours halfway."""

import os
import shutil
import subprocess
import time
from typing import Final, NamedTuple

_BUSY_SHARE: Final = 0.05
"""Share of a GPU's memory above which it counts as in use; drivers and displays alone take less."""
_WAIT_S: Final = 30.0
"""How long a GPU may take to be given back by a process that has just died, seconds."""


class BusyGpu(Exception):
    """A GPU is in use, or there are fewer than asked for."""


class GpuState(NamedTuple):
    """What the driver says of one GPU."""

    number: str
    uuid: str
    used_mb: int
    total_mb: int


def check_free(num_gpus: int, wait_s: float = _WAIT_S) -> None:
    """Raise BusyGpu unless as many GPUs as asked for are visible to this process and, in a while, free."""
    deadline = time.monotonic() + wait_s
    while busy := _busy(num_gpus):
        if time.monotonic() > deadline:
            state = busy[0]
            raise BusyGpu(
                f"GPU {state.number} is already in use: {state.used_mb} of {state.total_mb} MB; "
                "end the process that holds it (nvidia-smi lists it), or leave the GPU out of CUDA_VISIBLE_DEVICES"
            )
        time.sleep(1)


def _busy(num_gpus: int) -> list[GpuState]:
    visible = visible_gpus(list_gpus(), os.environ.get("CUDA_VISIBLE_DEVICES"))
    if visible is None:
        return []  # no driver to ask: vLLM will say what is wrong
    if len(visible) < num_gpus:
        raise BusyGpu(f"{num_gpus} GPUs are asked for and {len(visible)} are visible")
    return [state for state in visible[:num_gpus] if _is_busy(state)]


def _is_busy(state: GpuState) -> bool:
    return state.used_mb > _BUSY_SHARE * state.total_mb


def visible_gpus(states: list[GpuState] | None, visible: str | None) -> list[GpuState] | None:
    """Return the GPUs that a value of CUDA_VISIBLE_DEVICES shows, in its order; None where nothing is known."""
    if states is None or visible is None:
        return states
    names = [name.strip() for name in visible.split(",") if name.strip()]
    return [state for name in names for state in states if name == state.number or state.uuid.startswith(name)]


def free_gpus() -> list[GpuState]:
    """Return the GPUs that this process sees and that nobody uses; [] where no driver tells."""
    visible = visible_gpus(list_gpus(), os.environ.get("CUDA_VISIBLE_DEVICES")) or []
    return [state for state in visible if not _is_busy(state)]


def hide_busy_gpus() -> None:
    """Leave out of CUDA_VISIBLE_DEVICES, for this process and those it starts, the GPUs that somebody uses."""
    states, named = list_gpus(), os.environ.get("CUDA_VISIBLE_DEVICES")
    visible = visible_gpus(states, named) or []
    free = [state.number if named is None else _named(state, named) for state in visible if not _is_busy(state)]
    if len(free) < len(visible):
        os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(free)


def _named(state: GpuState, visible: str) -> str:
    """Return the word that stands for a GPU in a value of CUDA_VISIBLE_DEVICES."""
    names = (name.strip() for name in visible.split(","))
    return next(name for name in names if name == state.number or (name and state.uuid.startswith(name)))


def list_gpus() -> list[GpuState] | None:
    """Ask NVIDIA's driver; None where there is none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    query = [program, "--query-gpu=index,uuid,memory.used,memory.total", "--format=csv,noheader,nounits"]
    listed = subprocess.run(query, capture_output=True, text=True, timeout=30, check=False)
    return parse_gpus(listed.stdout) if listed.returncode == 0 else None


def parse_gpus(text: str) -> list[GpuState]:
    """Read the driver's table; a line whose memory it doesn't tell is left out."""
    cells = [[cell.strip() for cell in line.split(",")] for line in text.splitlines()]
    return [GpuState(row[0], row[1], int(row[2]), int(row[3])) for row in cells if len(row) == 4 and row[2].isdigit()]
