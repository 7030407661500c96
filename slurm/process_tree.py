"""All that a process has started, and its end: Ray's daemons leave their parent, but not this tree."""

import ctypes
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PR_SET_CHILD_SUBREAPER: Final = 36
_POLL_S: Final = 0.1


def adopt_orphans() -> None:
    """Become the parent of every process below this one whose own parent ends (Linux: prctl(2))."""
    failed = ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if failed:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


@dataclass(frozen=True, slots=True)
class Process:
    """One process, as the kernel lists it."""

    pid: int
    parent: int
    name: str
    """At most 15 characters of its program's name."""
    is_zombie: bool


def descendants(root: int | None = None) -> list[Process]:
    """Return what runs below a process (this one), parents first; the dead that nobody has waited for are left out."""
    below: dict[int, list[Process]] = {}
    for process in _processes():
        below.setdefault(process.parent, []).append(process)
    found: list[Process] = []
    level = [os.getpid() if root is None else root]
    while level:
        children = [child for parent in level for child in below.get(parent, [])]
        found += children
        level = [child.pid for child in children]
    return [process for process in found if not process.is_zombie]


def end_tree(patience_s: float) -> None:
    """Ask everything below this process to end, and after `patience_s` make it."""
    for number, wait_s in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 5.0)):
        until = time.monotonic() + wait_s
        for process in descendants():
            _send(process.pid, number)
        while descendants() and time.monotonic() < until:
            _reap()
            time.sleep(_POLL_S)
    _reap()


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _processes() -> list[Process]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:  # it has ended meanwhile
            continue
        head, _, rest = text.rpartition(")")
        state, parent = rest.split()[:2]
        found.append(Process(int(path.parent.name), int(parent), head.partition("(")[2], state == "Z"))
    return found
