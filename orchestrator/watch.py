"""Watches a sweep from within its driver: keeps the meter, `status.json`, the log and the exported metrics going."""

import logging
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

from orchestrator.dispatch import Failure, Lease
from orchestrator.events import EventLog
from orchestrator.executor import Ended
from orchestrator.gpu_roster import num_gpus
from orchestrator.ledger import Progress, kind_of
from orchestrator.logs import Redaction, RunLog
from orchestrator.meter import Ending, Meter, Replicas
from orchestrator.roster import Place, PlaceState
from orchestrator.rows import JudgeRow, ModelRow
from orchestrator.status import RowStatus, State, Status, StatusFile, now_utc
from orchestrator.tasks import Task
from records.processes import Process
from records.run_paths import RunPaths
from schemas.errors import DiffspotError
from schemas.protocols import Json
from schemas.records import Answer, Judgement

EVERY_S: Final = 2.0
"""Time between two writings of `status.json`, seconds."""


class Exporter(Protocol):
    """Show a status to the outside."""

    def show(self, status: Status) -> None:
        """Set every figure to what the status says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A sweep, as far as it is watched."""

    paths: RunPaths
    rows: Sequence[ModelRow | JudgeRow]
    progress: Progress
    """How far it is, in cells; grows."""
    left: Callable[[], Mapping[str, int]]
    """Gives the calls left by kind."""
    command: str
    """What goes on with it."""
    max_cost_usd: float | None = None


class Watch:
    """Hear the executor and the sweep, count, and tell."""

    def __init__(self, watched: Watched, clock: Callable[[], float] = time.monotonic) -> None:
        self._watched = watched
        self._clock = clock
        self._meter = Meter()
        self._redaction = Redaction.of(watched.rows)
        self._log = RunLog(watched.paths.driver_log, self._redaction)
        self._events = EventLog(self._log)
        self._file = StatusFile(watched.paths.status)
        self._started_s, self._started_at = clock(), now_utc()
        self._told_s = -math.inf
        self._state: State = "running"
        self._reason: str | None = None
        self.exporter: Exporter | None = None

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._log.__enter__()
        self._events.driver("sweep begins", run=self._watched.paths.root.name, pid=os.getpid())
        self.tick()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say how it ended."""
        if isinstance(error, KeyboardInterrupt):
            self.enter("stopped")
        elif error is not None:
            known = isinstance(error, DiffspotError)
            self.enter("failed", str(error) if known else f"{type(error).__name__}: {error}")
        self._file.close()
        self._log.__exit__(kind, error, trace)

    def enter(self, state: State, reason: str | None = None) -> None:
        """Go on in another state, and tell at once."""
        if state != self._state:
            level = logging.ERROR if state == "failed" else logging.INFO
            self._events.driver(f"sweep {state}", level, reason=reason)
        self._state, self._reason = state, reason
        self._tell(self._clock())

    def tick(self, *, is_stopping: bool = False) -> None:
        """Tell how far the sweep is, where that was not done lately."""
        if is_stopping and self._state == "running":
            self.enter("stopping")
        now = self._clock()
        if now - self._told_s >= EVERY_S:
            self._tell(now)

    def warn(self, event: str, **fields: Json) -> None:
        """Log what the driver has met."""
        self._events.driver(event, logging.WARNING, **fields)

    def last_export(self) -> None:
        """Show the figures outside once more, before Ray goes down."""
        self._tell(self._clock())
        self.exporter = None

    def note_end(self, ended: Ended[Task, Answer | Judgement]) -> None:
        """Count a job's end; one that failed is logged."""
        self._meter.finished(_ending(ended))
        if isinstance(ended.result, Failure):
            self._events.failed(ended.job, ended.result, ended.attempts)

    def noted(self, place: Place[Any, Any], state: PlaceState, loss: Failure | None) -> None:
        """Hear what has become of a place's worker."""
        self._meter.noted(place, state, self._clock())
        self._events.noted(place, state, loss)

    def began(self, place: Place[Any, Any], lease: Lease[Any]) -> None:
        """Hear that a worker was asked."""
        self._meter.began(place, lease, self._clock())
        self._events.began(place, lease)

    def ended(self, place: Place[Any, Any], lease: Lease[Any], result: object, *, has_reply: bool) -> None:
        """Hear that a call is over."""
        self._meter.ended(place, lease, self._clock(), has_reply=has_reply)
        self._events.ended(place, lease, result, has_reply=has_reply)

    def retried(self, place: Place[Any, Any], lease: Lease[Any], failure: Failure) -> None:
        """Hear that a call is asked again."""
        self._events.retried(place, lease, failure)

    def _tell(self, now: float) -> None:
        self._told_s = now
        progress = self._watched.progress
        self._meter.sample(now, {"answers": progress.answers, "verdicts": progress.verdicts})
        status = self._status(now)
        self._file.put(status)
        if self.exporter is not None:
            self.exporter.show(status)

    def _status(self, now: float) -> Status:
        watched, progress, left = self._watched, self._watched.progress, self._watched.left()
        seconds = self._meter.gpu_seconds(now)
        is_asking = self._state in ("running", "stopping")
        return Status(
            run=watched.paths.root.name,
            state=self._state,
            reason=None if self._reason is None else self._redaction.text(self._reason),
            driver=Process.this(),
            command=self._redaction.text(watched.command),
            folder=str(Path.cwd()),
            started_at=self._started_at,
            updated_at=now_utc(),
            elapsed_s=round(now - self._started_s, 3),
            answers=progress.answers,
            num_answers=progress.num_answers,
            verdicts=progress.verdicts,
            num_verdicts=progress.num_verdicts,
            unscored=progress.unscored,
            answers_per_s=self._meter.rate("answers"),
            verdicts_per_s=self._meter.rate("verdicts"),
            time_left_s=self._meter.time_left_s(left) if is_asking else None,
            outcomes=dict(progress.outcomes),
            rows=tuple(self._row_statuses(left)),
            gpu_seconds=asdict(seconds) | {"held": seconds.held},
            cost_usd=sum(self._meter.tally(kind_of(row)).cost_usd for row in watched.rows),
            max_cost_usd=watched.max_cost_usd,
            leaderboard=str(watched.paths.analysis("leaderboard").absolute()) if self._state == "done" else None,
        )

    def _row_statuses(self, left: Mapping[str, int]) -> Iterable[RowStatus]:
        replicas = self._meter.replicas()
        for row in self._watched.rows:
            kind = kind_of(row)
            yield self._row_status(row, kind, left.get(kind, 0), replicas.get(kind, Replicas()))

    def _row_status(self, row: ModelRow | JudgeRow, kind: str, num_left: int, replicas: Replicas) -> RowStatus:
        tally, meter = self._meter.tally(kind), self._meter
        return RowStatus(
            group="model" if isinstance(row, ModelRow) else "judge",
            row=row.key,
            name=row.name,
            num_gpus=num_gpus(row),
            ready=replicas.ready,
            starting=replicas.starting,
            in_flight=tally.in_flight,
            calls_ended=tally.num_ended,
            calls_left=num_left,
            calls_per_s=meter.rate(f"calls {kind}"),
            input_tokens=tally.input_tokens,
            output_tokens=tally.output_tokens,
            input_tokens_per_s=None if tally.input_tokens is None else meter.rate(f"input {kind}"),
            output_tokens_per_s=None if tally.output_tokens is None else meter.rate(f"output {kind}"),
            cost_usd=tally.cost_usd,
            outcomes=dict(tally.outcomes),
        )


def _ending(ended: Ended[Task, Answer | Judgement]) -> Ending:
    result = ended.result
    if isinstance(result, Failure):
        return Ending(kind=ended.job.kind, outcome=result.error_type)
    return Ending(
        kind=ended.job.kind,
        outcome=result.error_type or result.status,
        input_tokens=result.prompt_tokens,
        output_tokens=result.completion_tokens,
        cost_usd=result.cost_usd,
    )
