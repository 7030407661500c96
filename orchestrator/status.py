"""What a run's `status.json` says: how far it is and what it is at, written every few seconds by its driver."""

import contextlib
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from records.processes import Process
from schemas.errors import StoreError

State = Literal["running", "stopping", "analysing", "done", "stopped", "failed"]
AT_WORK: Final = ("running", "stopping", "analysing")

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RowStatus:
    """How far one row is; counts are of this command's calls, rates of the last minute."""

    group: str
    """`model` or `judge`."""
    row: str
    """Its key within the group."""
    name: str
    num_gpus: int = 0
    """Of one replica."""
    ready: int = 0
    """Replicas that take calls; of rows that only compute, processes that several rows share."""
    starting: int = 0
    """Replicas that load."""
    in_flight: int = 0
    calls_ended: int = 0
    calls_left: int = 0
    """Of a judge, as if every answer to come asked for a verdict."""
    calls_per_s: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    input_tokens_per_s: float | None = None
    output_tokens_per_s: float | None = None
    cost_usd: float = 0.0
    outcomes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How far a run is. Moments are UTC, ISO 8601; rates are of the last minute, null before there is one."""

    run: str
    state: State
    reason: str | None = None
    """Why it is stopped or has failed."""
    driver: Process
    command: str
    """What goes on with it."""
    folder: str
    """Where that command is to be given."""
    started_at: str
    updated_at: str
    elapsed_s: float
    answers: int = 0
    num_answers: int = 0
    verdicts: int = 0
    num_verdicts: int = 0
    unscored: int = 0
    answers_per_s: float | None = None
    verdicts_per_s: float | None = None
    time_left_s: float | None = None
    """By the slowest row; null where a row with calls left has no rate yet."""
    outcomes: dict[str, int] = field(default_factory=dict)
    """Answers by status or error type, those that the store held included."""
    rows: tuple[RowStatus, ...] = ()
    gpu_seconds: dict[str, float] = field(default_factory=dict)
    """`useful`, `idle`, `warming`, `lost` and their sum, `held`; see gpu_time.py."""
    cost_usd: float = 0.0
    max_cost_usd: float | None = None
    leaderboard: str | None = None
    """The leaderboard's table, once the run is done."""


def write_status(status: Status, path: Path) -> None:
    """Write it, atomically but not forced onto the disk: it is made anew in seconds. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    text = json.dumps({"format": _FORMAT} | asdict(status), indent=2, ensure_ascii=False, default=str)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


class StatusFile:
    """Write the latest status in a thread of its own: no call waits for a slow disk, a full one costs no sweep.

    The store says itself that a disk is full, and ends the run; a status that can't be written is left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._status: Status | None = None
        self._wake = threading.Event()
        self._is_over = False
        self._thread = threading.Thread(target=self._write_on, name="status", daemon=True)
        self._thread.start()

    def put(self, status: Status) -> None:
        """Have this one written next, in place of any that still waits."""
        self._status = status
        self._wake.set()

    def close(self) -> None:
        """Write what waits, and end."""
        self._is_over = True
        self._wake.set()
        self._thread.join()

    def _write_on(self) -> None:
        is_over = False
        while not is_over:
            self._wake.wait()
            self._wake.clear()
            is_over = self._is_over
            status, self._status = self._status, None
            if status is not None:
                with contextlib.suppress(OSError):
                    write_status(status, self._path)


def now_utc() -> str:
    """Return the time as a status says it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_status(path: Path) -> Status:
    """Read it; StoreError where it is damaged. What a newer version adds is passed over."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        known = _known(Status, values)
        known["driver"] = Process(**_known(Process, known["driver"]))
        known["rows"] = tuple(RowStatus(**_known(RowStatus, row)) for row in known["rows"])
        return Status(**known)
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"{path} is damaged ({error}); its driver makes it anew") from error


def _known(of: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(of)}
    return {name: value for name, value in values.items() if name in names}
