"""Holds a row's calls back until its canary has passed; a failed canary ends the row, not the sweep.

Stands between the ledger and whoever runs jobs. A row is released when the steps of `canary.py` and then its own
call on the largest pair have ended well. A passed canary is kept in the store under the row's identity, so that a
resumed run repeats none; a failed one is tried again by the next command.
"""

import re
import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from orchestrator.canary import read_canary
from orchestrator.config import CanaryConfig
from orchestrator.dispatch import Failure, Job
from orchestrator.executor import Ended
from orchestrator.keys import Keys
from orchestrator.ledger import Ledger, canary_kind
from orchestrator.rows import ModelRow
from orchestrator.tasks import CanaryTask, PredictTask, Task
from records.datasets import Dataset
from records.store import Entry, Store
from schemas.errors import AuthFailed, RequestRejected, WorkerDied
from schemas.protocols import Json
from schemas.records import Answer, Judgement

CANARY: Final = "canary"
"""The store's kind, and the `error_type` of a row's cells after its canary has failed."""

_SAYS_SIZE: Final = re.compile(
    r"\b(context|tokens?|length|too (long|large|big|many)|size|pixels?|dimensions?|maximum|exceeds?)\b", re.IGNORECASE
)
"""A rejection in such words is about size. Any other may be about the one pair, and is held against the next."""


@dataclass(slots=True)
class _Held:
    """What is known of a row whose calls are held back."""

    row: ModelRow
    jobs: dict[str, Job[Task]]
    """By key, the largest pair's first."""
    largest: list[str]
    """Keys of the calls on the largest pairs, the next to ask first."""
    asked: set[str] = field(default_factory=set)
    """Steps that haven't ended."""
    seen: dict[str, Answer | Failure] = field(default_factory=dict)


class CanaryGate:
    """Let the ledger's jobs through, those of a row behind an engine after its canary."""

    def __init__(
        self,
        ledger: Ledger,
        store: Store,
        keys: Keys,
        dataset: Dataset,
        config: CanaryConfig,
        tell: Callable[[str], None],
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._keys = keys
        self._dataset = dataset
        self._config = config
        self._tell = tell
        self._held: dict[str, _Held] = {}
        self._failed: dict[str, str] = {}

    def first_jobs(self, models: Sequence[ModelRow]) -> Iterator[Job[Task]]:
        """Yield the ledger's first jobs; of rows to be tried first, their canaries instead."""
        may_wait = {row.key for row in models if row.engine is not None} if self._config.is_on else set()
        waiting: dict[str, list[Job[Task]]] = defaultdict(list)
        for job in self._ledger.first_jobs():
            if isinstance(job.payload, PredictTask) and job.payload.row in may_wait:
                waiting[job.payload.row].append(job)
            else:
                yield job
        for row in models:
            jobs = waiting.get(row.key, [])
            yield from self._hold(row, jobs) if len(jobs) >= max(1, self._config.min_calls) else jobs

    def on_end(self, ended: Ended[Task, Answer | Judgement]) -> Iterable[Job[Task]]:
        """Keep a finished call, then return the jobs it makes possible. Raises StoreError."""
        task = ended.job.payload
        held = self._held.get(task.row) if isinstance(task, CanaryTask | PredictTask) else None
        if isinstance(task, CanaryTask):
            return self._step_ended(held, task.step, ended.result) if held else []
        if held and held.largest[0] == ended.job.key:
            return self._largest_ended(held, ended)
        return self._ledger.on_end(ended)

    def notes(self) -> Mapping[tuple[str, str], dict[str, Json]]:
        """Return what the manifest says of rows that failed."""
        return {("model", name): {"status": "failed", "reason": reason} for name, reason in self._failed.items()}

    def _hold(self, row: ModelRow, jobs: list[Job[Task]]) -> Iterable[Job[Task]]:
        by_size = sorted(jobs, key=self._num_pixels, reverse=True)
        held = _Held(row, {job.key: job for job in by_size}, [job.key for job in by_size[:2]])
        self._held[row.key] = held
        if self._store.has(CANARY, self._keys.canary(row)):
            return self._ask_largest(held)
        return self._ask(held, read_canary({}).steps)

    def _ask(self, held: _Held, steps: Sequence[str]) -> list[Job[Task]]:
        held.asked |= set(steps)
        key, largest = self._keys.canary(held.row), held.jobs[held.largest[0]].payload
        assert isinstance(largest, PredictTask)
        return [
            Job(canary_kind(held.row), f"{key}:{step}", CanaryTask(held.row.key, step, largest.pair_id))
            for step in steps
        ]

    def _ask_largest(self, held: _Held) -> list[Job[Task]]:
        return [held.jobs[held.largest[0]]]

    def _step_ended(self, held: _Held, step: str, result: Answer | Judgement | Failure) -> list[Job[Task]]:
        assert not isinstance(result, Judgement)
        if isinstance(result, Failure) and _is_end_of_row(result):
            return self._end(held, result)
        held.asked.discard(step)
        held.seen[step] = result
        if held.asked:
            return []
        finding = read_canary(held.seen)
        if finding.failure is not None:
            return self._end(held, Failure(CANARY, finding.failure, is_retryable=False))
        if finding.steps:
            return self._ask(held, finding.steps)
        for warning in finding.warnings:
            self._tell(f"canary     {held.row.name}: {warning}")
        self._keep_passed(held, finding.warnings)
        return self._ask_largest(held)

    def _keep_passed(self, held: _Held, warnings: Sequence[str]) -> None:
        """Keep a canary whose calls all came to an end; one that met timeouts or the like is tried again."""
        answers = [end for end in held.seen.values() if isinstance(end, Answer)]
        if len(answers) == len(held.seen):
            said: dict[str, Json] = {step: end.text for step, end in held.seen.items() if isinstance(end, Answer)}
            cost_usd = sum(answer.cost_usd or 0.0 for answer in answers)
            payload: dict[str, Json] = {"warnings": [*warnings], "said": said, "cost_usd": cost_usd}
            self._store.append(Entry(CANARY, self._keys.canary(held.row), True, payload))

    def _largest_ended(self, held: _Held, ended: Ended[Task, Answer | Judgement]) -> list[Job[Task]]:
        """Release the row, or end it where the largest pair is rejected for its size, or the next largest, too."""
        result = ended.result
        is_rejected = isinstance(result, Failure) and result.error_type == RequestRejected.error_type
        if isinstance(result, Failure) and is_rejected:
            is_last = len(held.largest) == 1
            if is_last or _SAYS_SIZE.search(result.message):
                reason = f"context too small: the largest pair is rejected: {result.message}"
                return self._end(held, Failure(CANARY, reason, is_retryable=False))
        held.largest.pop(0)
        del held.jobs[ended.job.key]
        released = self._ledger.on_end(ended)
        if is_rejected:
            return released + self._ask_largest(held)
        del self._held[held.row.key]
        return [*released, *held.jobs.values()]

    def _end(self, held: _Held, failure: Failure) -> list[Job[Task]]:
        """End a row: every call that was held back becomes a row with the failure."""
        del self._held[held.row.key]
        self._failed[held.row.name] = failure.message
        self._tell(f"canary     {held.row.name} failed: {failure.message}; {len(held.jobs):,} calls are not made")
        return [
            job
            for kept in held.jobs.values()
            for job in self._ledger.on_end(Ended(job=kept, result=failure, attempts=0, latency_s=0.0))
        ]

    def _num_pixels(self, job: Job[Task]) -> int:
        assert isinstance(job.payload, PredictTask)
        images = self._dataset.images(job.payload.pair_id)
        return sum(width * height for width, height in map(_png_size, (images.before, images.after)))


def _is_end_of_row(failure: Failure) -> bool:
    """Tell whether every call would fail likewise: no worker, no engine, a refused key."""
    is_lost = failure.error_type in (WorkerDied.error_type, AuthFailed.error_type)
    return is_lost or failure.error_type.startswith("start_")


def _png_size(data: memoryview) -> tuple[int, int]:
    """Return a PNG's width and height, pixels, from its header."""
    width, height = struct.unpack(">II", data[16:24])
    return width, height
