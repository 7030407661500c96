"""The plain class that does the work; Ray wraps it in `actors.py`, the inline cluster runs it in this process."""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from orchestrator.dispatch import Failure
from orchestrator.rows import ModelRow, Row
from orchestrator.tasks import CanaryTask, JudgeTask, PredictTask, Reply
from records.datasets import Dataset, attach
from records.files import atomic_path
from schemas.errors import CallError, EngineStartFailed, WorkerDied
from schemas.protocols import Engine, Judge, ModelAdapter
from schemas.records import Answer

T = TypeVar("T")
ComponentT = TypeVar("ComponentT", bound=ModelAdapter | Judge)
TaskT = TypeVar("TaskT", bound=PredictTask | JudgeTask)


@dataclass(frozen=True, slots=True)
class DatasetPlace:
    """Where a worker maps the dataset from."""

    pack: Path
    fingerprint: str
    read: Callable[[], bytes | memoryview] | None = None
    """Return the pack's bytes on a node that doesn't see the file; None: every node does."""

    def open(self) -> Dataset:
        """Map the pack, or the node's own copy of it, which is made once and found again by its fingerprint."""
        if self.read is None or self.pack.exists():
            return attach(self.pack, self.fingerprint)
        own = Path(tempfile.gettempdir()) / f"diffspot-datasets-{os.getuid()}" / self.pack.name
        if not own.exists():
            own.parent.mkdir(mode=0o700, exist_ok=True)
            with atomic_path(own) as temporary, temporary.open("wb") as copy:
                copy.write(self.read())
        return attach(own, self.fingerprint)


async def boundary(call: Awaitable[T]) -> T | Failure:
    """Await a component and return its result, or the failure that becomes a row: the one broad except.

    WorkerDied and EngineStartFailed pass, to whoever holds the worker: every call of a dead engine would fail, and
    where one replica doesn't start, another may.
    """
    try:
        return await call
    except (WorkerDied, EngineStartFailed):
        raise
    except CallError as error:
        return Failure(error.error_type, str(error), error.is_retryable, error.retry_after_s)
    except Exception as error:  # noqa: BLE001 (a row must come of anything a component does)
        return Failure("internal", f"{type(error).__name__}: {error}", is_retryable=False)


class RowWorker(Generic[ComponentT, TaskT, T]):
    """Answer tasks with the components of one or more rows."""

    def __init__(self, place: DatasetPlace, rows: Sequence[Row[ComponentT, TaskT, T]]) -> None:
        self._place = place
        self._rows = {row.key: row for row in rows}
        self._components: dict[str, ComponentT | Failure] = {}
        self._engines: dict[str, Engine] = {}
        self._dataset: Dataset | None = None

    async def start(self) -> None:
        """Map the dataset, start every row; a row that can't start fails its own calls only."""
        self._dataset = await asyncio.to_thread(self._place.open)
        for key, row in self._rows.items():
            self._components[key] = await boundary(self._start_row(row))

    async def call(self, task: TaskT | CanaryTask) -> Reply[T | Answer]:
        """Answer one task; whatever goes wrong is in the reply."""
        assert self._dataset is not None
        component = self._components[task.row]
        if isinstance(component, Failure):
            return Reply(component, 0.0)
        started = time.perf_counter()
        row = self._rows[task.row]
        asked: Awaitable[T | Answer]
        if isinstance(task, CanaryTask):
            assert isinstance(row, ModelRow)
            asked = row.ask_step(component, self._engines[task.row], self._dataset, task)
        else:
            asked = row.ask(component, self._dataset, task)
        return Reply(await boundary(asked), time.perf_counter() - started)

    async def close(self) -> None:
        """Close every component, then every engine; what one of them raises is no loss any more."""
        for component in (*self._components.values(), *self._engines.values()):
            if not isinstance(component, Failure):
                await boundary(component.close())

    async def _start_row(self, row: Row[ComponentT, TaskT, T]) -> ComponentT:
        engine = row.build_engine()
        if engine is not None:
            await engine.start()
            self._engines[row.key] = engine
        component = row.build(engine)
        await component.start()
        return component
