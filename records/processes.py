"""Which process wrote something, so that others can tell whether it still lives."""

import functools
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process, known for good: neither another host's pid nor one that came back is taken for it."""

    host: str
    pid: int
    machine: str | None = None
    """Boot and process namespace: within one, a pid can be looked up."""
    started: str | None = None
    """When the process began, in the kernel's ticks: a pid may come back as another process."""

    @classmethod
    def this(cls, **more: str) -> Self:
        """Return the process that asks; `more` are fields that a subclass adds."""
        pid = os.getpid()
        return cls(host=platform.node(), pid=pid, machine=_machine(), started=_started(pid), **more)

    def is_alive(self) -> bool | None:
        """Tell whether the process is there; None where it can't be looked up from here."""
        if self.machine is None or self.machine != _machine():
            return None
        return self.started is not None and _started(self.pid) == self.started


@functools.cache
def _machine() -> str | None:
    """Return what a pid is unique in; None where the system doesn't say."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 (it is no path)
    except OSError:
        return None


def _started(pid: int) -> str | None:
    """Return when a process began, in ticks since boot; None where there is none, or only its exit status is left."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return None if fields[0] in (b"Z", b"X") else fields[19].decode()
    except (OSError, LookupError):
        return None
