"""A process beside a step's own: if that one is killed, it ends what was left behind, and its folder.

`kill -9` gives a step no time to end Ray's daemons. SLURM finds them by their cgroup where it uses cgroups
(`proctrack/cgroup`), and not elsewhere.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from slurm.ray_node import ignore_drain_signal

_MARK: Final = "DIFFSPOT_STEP"
"""Variable that every process of one step inherits."""
_POLL_S: Final = 0.2


def start_guardian(folder: Path) -> None:
    """Start one for this process and all that it will start; it ends when this process has ended its own."""
    os.environ[_MARK] = f"{os.getpid()}.{time.time_ns()}"
    told, _ = os.pipe()  # held by this process alone: the kernel closes it, whatever the end
    command = [sys.executable, "-m", "slurm.guardian", str(folder)]
    subprocess.Popen(command, stdin=told, start_new_session=True, preexec_fn=ignore_drain_signal)  # noqa: PLW1509
    os.close(told)


def main() -> None:
    """Wait for the end of the other process, then end everything that carries the mark."""
    sys.stdin.buffer.read()
    while left := _marked(os.environ[_MARK]):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_POLL_S)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


def _marked(mark: str) -> list[int]:
    wanted = f"{_MARK}={mark}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            is_marked = wanted in path.read_bytes().split(b"\0")
        except OSError:  # another user's, or it has ended
            continue
        if is_marked and int(path.parent.name) != os.getpid():
            found.append(int(path.parent.name))
    return found


if __name__ == "__main__":
    main()
