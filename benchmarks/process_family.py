"""What a process and all below it cost, read from /proc; `python -m benchmarks.process_family COMMAND ...` tells it."""

import os
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")


def family_cpu_s(root: int) -> dict[int, float]:
    """Return the CPU time of a process and of its descendants, s."""
    children: dict[int, list[int]] = defaultdict(list)
    spent: dict[int, float] = {}
    for entry in _PROC.glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            children[int(fields[1])].append(int(entry.name))
            spent[int(entry.name)] = (int(fields[11]) + int(fields[12])) * _TICK_S
    family, ahead = {}, [root]
    while ahead:
        member = ahead.pop()
        ahead += children[member]
        family[member] = spent.get(member, 0.0)
    return family


def family_pss_mb(root: int) -> float:
    """Return the proportional set size of a process and its descendants, MB: shared pages are counted once."""
    total_kb = 0
    for member in family_cpu_s(root):
        with suppress(OSError, ValueError):
            for line in (_PROC / str(member) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total_kb += int(line.split()[1])
    return total_kb / 1e3


def main(command: list[str]) -> int:
    """Run a command and print what it cost; return its exit status."""
    started, peak_mb, seen = time.perf_counter(), 0.0, dict[int, float]()
    process = subprocess.Popen(command)
    while process.poll() is None:
        seen |= family_cpu_s(process.pid)
        peak_mb = max(peak_mb, family_pss_mb(process.pid))
        time.sleep(2.0)
    wall_s = time.perf_counter() - started
    print(
        f"wall {wall_s:.0f} s   CPU {sum(seen.values()):.0f} s   peak memory {peak_mb:.0f} MB (proportional set size)"
    )
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
