"""The whole sweep against its bounds: `python benchmarks/bench_orchestration.py`; exit status 1 over a limit.

- Orchestration: the real command asks a scripted endpoint (lognormal latency, median 0.5 s, 3% ten times slower)
  about 400 pairs with 64 calls in flight, through Ray, dispatcher, store and a judge beside it. Wall time, from the
  first request to the last reply, at most 1.10 x the greedy list schedule of the same latencies in arrival order.
- `--help` under 1.5 s.
- `+sweep=leaderboard` on the embedded pairs under 60 s on two cores, from an empty store.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

from benchmarks.bench_engine import IN_FLIGHT, NUM_PAIRS, endpoint, list_schedule_s, make_dataset

WALL_LIMIT: Final = 1.10
HELP_LIMIT_S: Final = 1.5
SWEEP_LIMIT_S: Final = 60.0
COMMAND: Final = (sys.executable, "-m", "orchestrator")


def measure_sweep(folder: Path, base_url: str) -> float:
    """Return wall time over list schedule for one sweep of the real command."""
    make_dataset(folder)
    engine = f"{{kind:openai,base_url:'{base_url}',model:scripted,max_in_flight:{IN_FLIGHT}}}"
    row = f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine}}}"
    dataset = ("dataset=parquet", f"dataset.path={folder / 'pairs.parquet'}", f"runs={folder / 'runs'}")
    subprocess.run(
        [*COMMAND, *dataset, row, "+judge@judges.rules=rules", "canary=false"], check=True, stdout=subprocess.DEVNULL
    )
    with urllib.request.urlopen(base_url.removesuffix("/v1") + "/stats") as answer:
        exchanges = sorted(json.load(answer)["exchanges"], key=lambda exchange: float(exchange["arrived_s"]))
    assert len(exchanges) == NUM_PAIRS, f"{len(exchanges)} requests instead of {NUM_PAIRS}"
    ends_s = [exchange["arrived_s"] + exchange["latency_s"] for exchange in exchanges]
    wall_s = max(ends_s) - exchanges[0]["arrived_s"]
    schedule_s = list_schedule_s([exchange["latency_s"] for exchange in exchanges], IN_FLIGHT)
    print(f"{NUM_PAIRS} cells, {IN_FLIGHT} in flight: wall {wall_s:.2f} s, list schedule {schedule_s:.2f} s")
    return wall_s / schedule_s


def measure_command_s(*arguments: str) -> float:
    """Return how long the command takes, seconds."""
    started = time.perf_counter()
    subprocess.run([*COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> int:
    """Print each figure with its limit; return the exit status."""
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, endpoint() as base_url:
        ratio = measure_sweep(Path(folder), base_url)
        help_s = min(measure_command_s("--help") for _ in range(3))
        sweep_s = measure_command_s("+sweep=leaderboard", f"runs={folder}/leaderboard")
    figures = (
        ("wall / schedule", ratio, WALL_LIMIT),
        ("--help, s", help_s, HELP_LIMIT_S),
        ("+sweep=leaderboard, s", sweep_s, SWEEP_LIMIT_S),
    )
    for name, figure, limit in figures:
        print(f"{name:22} {figure:7.3f}  limit {limit:g}  {'pass' if figure <= limit else 'FAIL'}")
    return 0 if all(figure <= limit for _, figure, limit in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
