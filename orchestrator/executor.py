"""Drives workers from the dispatcher: starts them, hands out leases, replaces the dead, stops cleanly.

Knows neither Ray nor what a job means. Whoever uses it gets each job's end exactly once, and may answer
with more jobs: judging starts while generation still runs.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from orchestrator.dispatch import Dispatcher, Failure, Job, Lease
from orchestrator.tasks import Reply
from schemas.errors import EngineStartFailed, WorkerDied

P = TypeVar("P")
R = TypeVar("R")
P_contra = TypeVar("P_contra", contravariant=True)
_TICK_S = 0.05
_MAX_FAILED_STARTS = 3


class Worker(Protocol[P_contra, R]):
    """Answer payloads, several at once. Each method raises WorkerDied when the process behind it is gone."""

    async def start(self) -> None:
        """Load what is heavy."""

    async def call(self, payload: P_contra, /) -> Reply[R]:
        """Answer one payload; failures of the call itself are in the reply."""
        ...

    async def close(self) -> None:
        """Release everything; never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Generic[P, R]):
    """Where one worker at a time lives; when it dies, `spawn` makes the next."""

    name: str
    kinds: tuple[str, ...]
    slots: int
    """Leases it holds at once."""
    deadline_s: float
    """Longest a call may take before it counts as hung, seconds."""
    spawn: Callable[[], Worker[P, R]]
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Generic[P, R]):
    """How a job ended: with a result, or with the failure that is its row."""

    job: Job[P]
    result: R | Failure
    attempts: int
    latency_s: float


@dataclass(slots=True)
class _Present(Generic[P, R]):
    place: Place[P, R]
    worker: Worker[P, R]
    died: asyncio.Event


class Executor(Generic[P, R]):
    """Run jobs to their ends over a fixed set of places."""

    def __init__(
        self,
        dispatcher: Dispatcher[P],
        on_end: Callable[[Ended[P, R]], Iterable[Job[P]]],
        on_tick: Callable[[], None] = lambda: None,
    ) -> None:
        self._dispatcher = dispatcher
        self._on_end = on_end
        self._on_tick = on_tick
        self._present: dict[str, _Present[P, R]] = {}
        self._alive: dict[str, tuple[str, ...]] = {}
        self._served: set[str] = set()
        self._lost: list[tuple[tuple[str, ...], Failure]] = []
        self._may_be_unserved = True
        self._calls: set[asyncio.Task[None]] = set()
        self._finished = asyncio.Event()
        self._stop = asyncio.Event()
        self._error: BaseException | None = None

    async def run(self, places: Sequence[Place[P, R]], stop: asyncio.Event) -> None:
        """Return when every job has ended, or, once `stop` is set, when nothing is in flight.

        An exception of `on_end` or `on_tick` (a full disk), or of a worker beside WorkerDied (a fault
        of ours), stops the run and is raised at the end.
        """
        self._stop = stop
        self._alive = {place.name: place.kinds for place in places}
        self._served = {kind for place in places for kind in place.kinds}
        keepers = [asyncio.create_task(self._guard(self._keep(place))) for place in places]
        try:
            while not self._finished.is_set():
                self._tick()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._finished.wait(), _TICK_S)
        finally:
            self._finished.set()
            # what is still asked is a copy of a job that has ended, or given up
            for call in self._calls:
                call.cancel()
            await asyncio.gather(*keepers, *self._calls, return_exceptions=True)
        if self._error is not None:
            raise self._error

    def _tick(self) -> None:
        try:
            self._on_tick()
            self._abandon_unserved()
        except Exception as error:  # noqa: BLE001 (kept, and raised by run)
            self._fail(error)
        is_drained = self._stop.is_set() and self._dispatcher.num_leased == 0
        if self._dispatcher.num_open == 0 or is_drained:
            self._finished.set()
        else:
            self._pump()

    def _fail(self, error: Exception) -> None:
        """Stop the run over an exception; the first is raised by `run`."""
        self._error = self._error or error
        self._finished.set()

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        """Await `work`, so that what it raises ends the run instead of a silent task."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 (kept, and raised by run)
            self._fail(error)

    def _pump(self) -> None:
        """Hand out leases until every present worker is full or nothing is ready."""
        if self._stop.is_set() or self._finished.is_set():
            return
        for name, present in list(self._present.items()):
            while (lease := self._dispatcher.lease(name, time.monotonic())) is not None:
                call = asyncio.create_task(self._guard(self._call(name, present, lease)))
                self._calls.add(call)
                call.add_done_callback(self._calls.discard)

    async def _call(self, name: str, present: _Present[P, R], lease: Lease[P]) -> None:
        try:
            reply = await asyncio.wait_for(present.worker.call(lease.job.payload), present.place.deadline_s)
        except WorkerDied:
            self._on_death(name, present)
            return
        except TimeoutError:
            hung = Failure("timeout", f"no reply in {present.place.deadline_s:g} s", is_retryable=True)
            reply = Reply(hung, present.place.deadline_s)
        now = time.monotonic()
        if isinstance(reply.result, Failure):
            is_end = self._dispatcher.fail(lease, reply.result, now)
        else:
            is_end = self._dispatcher.complete(lease, now)
        if is_end:
            self._end(Ended(job=lease.job, result=reply.result, attempts=lease.attempt, latency_s=reply.latency_s))
        self._pump()

    def _end(self, ended: Ended[P, R]) -> None:
        if self._error is not None:
            return
        try:
            for job in self._on_end(ended):
                self._dispatcher.submit(job)
                self._may_be_unserved |= job.kind not in self._served
        except Exception as error:  # noqa: BLE001 (kept, and raised by run)
            self._fail(error)
        if self._dispatcher.num_open == 0:
            self._finished.set()

    def _on_death(self, name: str, present: _Present[P, R]) -> None:
        if self._present.pop(name, None) is None:
            return
        for lease, failure in self._dispatcher.died(name):
            self._end(Ended(job=lease.job, result=failure, attempts=lease.attempt, latency_s=0.0))
        present.died.set()
        self._pump()

    async def _keep(self, place: Place[P, R]) -> None:
        """Keep a worker alive in one place until the run is over, or it won't start any more."""
        number = failed_starts = 0
        loss = Failure("worker_died", "", is_retryable=False)
        while not self._finished.is_set() and failed_starts < _MAX_FAILED_STARTS:
            number += 1
            name, worker = f"{place.name}#{number}", place.spawn()
            try:
                await self._until_finished(worker.start())
                if self._finished.is_set():
                    break
                if not self._dispatcher.join(name, place.kinds, place.slots, place.host):
                    loss = replace(loss, message=f"host {place.host} is excluded: its workers keep dying")
                    break
                failed_starts = 0
                await self._serve(name, place, worker)
            except WorkerDied as error:
                failed_starts += 1
                loss = replace(loss, message=f"its worker died while starting: {error}")
            except EngineStartFailed as error:
                loss = Failure(error.error_type, str(error), is_retryable=False)
                break
            finally:
                await worker.close()
        self._lose(place, loss)

    def _lose(self, place: Place[P, R], loss: Failure) -> None:
        self._alive.pop(place.name, None)
        self._served = {kind for kinds in self._alive.values() for kind in kinds}
        self._lost.append((place.kinds, loss))
        self._may_be_unserved = True

    async def _serve(self, name: str, place: Place[P, R], worker: Worker[P, R]) -> None:
        present = _Present(place, worker, asyncio.Event())
        self._present[name] = present
        self._pump()
        await self._until_finished(present.died.wait())

    async def _until_finished(self, work: Coroutine[Any, Any, object]) -> None:
        """Await `work`, or the end of the run, whichever comes first."""
        task = asyncio.create_task(work)
        finished = asyncio.create_task(self._finished.wait())
        await asyncio.wait((task, finished), return_when=asyncio.FIRST_COMPLETED)
        finished.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        elif (error := task.exception()) is not None:
            raise error

    def _abandon_unserved(self) -> None:
        """End the jobs that no place will ever take again."""
        if not self._may_be_unserved or self._finished.is_set():
            return
        self._may_be_unserved = False
        for job in [job for job in self._dispatcher.open_jobs() if job.kind not in self._served]:
            self._dispatcher.abandon(job)
            losses = [loss for kinds, loss in self._lost if job.kind in kinds]
            why = "; ".join(sorted({loss.message for loss in losses})) or f"no place takes {job.kind}"
            error_types = {loss.error_type for loss in losses}
            error_type = error_types.pop() if len(error_types) == 1 else "worker_died"
            failure = Failure(error_type, f"no worker is left for it: {why}", is_retryable=False)
            self._end(Ended(job=job, result=failure, attempts=0, latency_s=0.0))
