"""A status to change, and a log to read."""

import json
from pathlib import Path
from typing import Any

from orchestrator.status import RowStatus, Status
from records.processes import Process

NOW = "2026-05-01T12:00:00+00:00"


def status(**other: Any) -> Status:
    """Return the status of a run of this process that is in the middle."""
    row = RowStatus(
        group="model", row="mine", name="my-model", ready=1, in_flight=8, calls_ended=40, calls_left=60, calls_per_s=2.0
    )
    values: dict[str, Any] = {
        "run": "sweep-12345678",
        "state": "running",
        "driver": Process.this(),
        "command": "python -m orchestrator +sweep=mine",
        "folder": str(Path.cwd()),
        "started_at": "2026-05-01T11:59:00+00:00",
        "updated_at": NOW,
        "elapsed_s": 60.0,
        "answers": 40,
        "num_answers": 100,
        "num_verdicts": 200,
        "answers_per_s": 2.0,
        "time_left_s": 30.0,
        "rows": (row,),
    }
    return Status(**(values | other))


def log_lines(run_dir: Path) -> list[dict[str, Any]]:
    """Return what a run's log says, older files first."""
    files = sorted((run_dir / "logs").iterdir(), key=lambda path: path.name, reverse=True)
    return [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]


def events(run_dir: Path) -> list[str]:
    return [line["event"] for line in log_lines(run_dir)]
