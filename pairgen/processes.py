"""The browser's processes: how large they are, and how to end them. Reads /proc; elsewhere nothing is watched."""

import contextlib
import os
import signal
from pathlib import Path

_PROC = Path("/proc")


def largest_mb(process_id: int) -> float:
    """Return the resident size of the largest process among one and its descendants, MB; 0 where it can't be read."""
    family = {process_id, *_descendants(process_id)}
    return max((_resident_mb(member) for member in family), default=0.0)


def end_family(process_id: int) -> None:
    """Kill a process and its descendants at once."""
    for member in [process_id, *_descendants(process_id)]:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(member, signal.SIGKILL)


def _resident_mb(process_id: int) -> float:
    try:
        pages = int((_PROC / str(process_id) / "statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _descendants(process_id: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in _PROC.glob("[0-9]*") if _PROC.is_dir() else ():
        with contextlib.suppress(OSError, IndexError, ValueError):
            # the name, in parentheses, may hold anything
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found, ahead = [], [process_id]
    while ahead:
        below = children.get(ahead.pop(), [])
        found += below
        ahead += below
    return found
