"""Drives workers from the dispatcher: starts them, hands out leases, replaces the dead, stops cleanly.

Knows neither Ray nor what a job means. Whoever uses it gets each job's end exactly once, and may answer
with more jobs: judging starts while generation still runs.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from orchestrator.dispatch import Dispatcher, Failure, Job, Lease
from orchestrator.roster import FixedRoster, Place, PlaceState, Roster, Worker
from orchestrator.tasks import Reply
from orchestrator.watcher import NobodyWatches, Watcher
from schemas.errors import EngineStartFailed, WorkerDied

P = TypeVar("P")
R = TypeVar("R")
_TICK_S = 0.05
_MAX_FAILED_STARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Generic[P, R]):
    """How a job ended: with a result, or with the failure that is its row."""

    job: Job[P]
    result: R | Failure
    attempts: int
    latency_s: float


@dataclass(slots=True)
class _Kept(Generic[P, R]):
    place: Place[P, R]
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    keeper: asyncio.Task[None] | None = None


@dataclass(slots=True)
class _Present(Generic[P, R]):
    place: Place[P, R]
    worker: Worker[P, R]
    died: asyncio.Event
    num_hung: int = 0
    """Calls in a row that met their deadline."""


class Executor(Generic[P, R]):
    """Run jobs to their ends over the places of a roster."""

    def __init__(
        self,
        dispatcher: Dispatcher[P],
        on_end: Callable[[Ended[P, R]], Iterable[Job[P]]],
        on_tick: Callable[[], None] = lambda: None,
        watcher: Watcher | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._on_end = on_end
        self._on_tick = on_tick
        self._watcher = watcher or NobodyWatches()
        self._roster: Roster[P, R] = FixedRoster([])
        self._kept: dict[str, _Kept[P, R]] = {}
        self._lost_names: set[str] = set()
        self._present: dict[str, _Present[P, R]] = {}
        self._served: set[str] = set()
        self._lost: list[tuple[tuple[str, ...], Failure]] = []
        self._calls: set[asyncio.Task[None]] = set()
        self._finished = asyncio.Event()
        self._stop = asyncio.Event()
        self._error: BaseException | None = None

    async def run(self, roster: Roster[P, R], stop: asyncio.Event) -> None:
        """Return when every job has ended, or, once `stop` is set, when nothing is in flight.

        An exception of `on_end` or `on_tick` (a full disk), or of a worker beside WorkerDied (a fault
        of ours), stops the run and is raised at the end.
        """
        self._stop = stop
        self._roster = roster
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
            for kept in self._kept.values():
                kept.is_over.set()
            keepers = [kept.keeper for kept in self._kept.values() if kept.keeper is not None]
            await asyncio.gather(*keepers, *self._calls, return_exceptions=True)
        if self._error is not None:
            raise self._error

    def _tick(self) -> None:
        try:
            self._on_tick()
            self._open_and_close()
            self._abandon_unserved()
        except Exception as error:  # noqa: BLE001 (kept, and raised by run)
            self._fail(error)
        is_drained = self._stop.is_set() and self._dispatcher.num_leased == 0
        if self._dispatcher.num_open == 0 or is_drained:
            self._finished.set()
        else:
            self._pump()

    def _open_and_close(self) -> None:
        """Keep a worker in every place of the roster, in no other; none is opened for a run that stops."""
        wanted = {place.name: place for place in self._roster.places()}
        for name, kept in self._kept.items():
            if name not in wanted:
                kept.is_over.set()
        if self._stop.is_set():
            return
        for name, place in wanted.items():
            if name in self._kept or name in self._lost_names:
                continue
            kept = self._kept[name] = _Kept(place)
            self._served.update(kept.place.kinds)
            kept.keeper = asyncio.create_task(self._guard(self._keep(kept)))

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
            reply = await self._ask(present, lease)
        except WorkerDied:
            self._on_death(name, present)
            return
        now = time.monotonic()
        if isinstance(reply.result, Failure):
            is_end = self._dispatcher.fail(lease, reply.result, now)
        else:
            is_end = self._dispatcher.complete(lease, now)
        if not is_end and isinstance(reply.result, Failure):
            self._watcher.retried(present.place, lease, reply.result)
        if is_end:
            self._end(Ended(job=lease.job, result=reply.result, attempts=lease.attempt, latency_s=reply.latency_s))
        if present.num_hung >= present.place.slots:
            self._replace(name, present)
        self._pump()

    async def _ask(self, present: _Present[P, R], lease: Lease[P]) -> Reply[R]:
        """Await the worker's reply, or the failure that its silence is; WorkerDied where it is gone."""
        place, has_reply = present.place, False
        reply: Reply[R] = Reply(Failure("given_up", "its place or the run ended first", is_retryable=True), 0.0)
        self._watcher.began(place, lease)
        try:
            reply = await asyncio.wait_for(present.worker.call(lease.job.payload), place.deadline_s)
            has_reply, present.num_hung = True, 0
        except TimeoutError:
            hung = Failure("timeout", f"no reply in {place.deadline_s:g} s", is_retryable=True)
            reply = Reply(hung, place.deadline_s)
            present.num_hung += 1
        except WorkerDied as error:
            reply = Reply(Failure(error.error_type, str(error), is_retryable=True), 0.0)
            raise
        finally:
            self._watcher.ended(place, lease, reply.result, has_reply=has_reply)
        return reply

    def _end(self, ended: Ended[P, R]) -> None:
        if self._error is not None:
            return
        try:
            for job in self._on_end(ended):
                self._dispatcher.submit(job)
        except Exception as error:  # noqa: BLE001 (kept, and raised by run)
            self._fail(error)
        if self._dispatcher.num_open == 0:
            self._finished.set()

    def _on_death(self, name: str, present: _Present[P, R]) -> None:
        if self._present.pop(name, None) is None:
            return
        self._note(present.place, PlaceState.DIED)
        for lease, failure in self._dispatcher.died(name):
            self._end(Ended(job=lease.job, result=failure, attempts=lease.attempt, latency_s=0.0))
        present.died.set()
        self._pump()

    def _replace(self, name: str, present: _Present[P, R]) -> None:
        """Let a worker go that answers nothing any more, one call of each slot having hung; its place gets another."""
        if self._present.pop(name, None) is not None:
            self._note(present.place, PlaceState.HUNG)
            self._dispatcher.leave(name)
            present.died.set()

    async def _keep(self, kept: _Kept[P, R]) -> None:
        """Keep a worker alive in one place until that is over, or it won't start any more."""
        place, number, failed_starts = kept.place, 0, 0
        loss = Failure("worker_died", "", is_retryable=False)
        while not self._is_over(kept) and failed_starts < _MAX_FAILED_STARTS:
            number += 1
            name, worker = f"{place.name}#{number}", place.spawn()
            self._note(place, PlaceState.STARTING)
            try:
                await self._until_over(kept, worker.start())
                if self._is_over(kept):
                    break
                if not self._dispatcher.join(name, place.kinds, place.slots, place.host):
                    loss = replace(loss, message=f"host {place.host} is excluded: its workers keep dying")
                    break
                failed_starts = 0
                self._note(place, PlaceState.READY)
                await self._serve(kept, name, worker)
            except WorkerDied as error:
                failed_starts += 1
                loss = replace(loss, message=f"its worker died while starting: {error}")
            except EngineStartFailed as error:
                loss = Failure(error.error_type, str(error), is_retryable=False)
                break
            finally:
                await worker.close()
        if not self._is_over(kept):
            self._lose(place, loss)
        self._leave(place)

    def _is_over(self, kept: _Kept[P, R]) -> bool:
        return self._finished.is_set() or kept.is_over.is_set()

    def _lose(self, place: Place[P, R], loss: Failure) -> None:
        self._lost_names.add(place.name)
        self._lost.append((place.kinds, loss))
        self._note(place, PlaceState.LOST, loss)

    def _leave(self, place: Place[P, R]) -> None:
        del self._kept[place.name]
        self._served = {kind for kept in self._kept.values() for kind in kept.place.kinds}
        self._note(place, PlaceState.CLOSED)

    def _note(self, place: Place[P, R], state: PlaceState, loss: Failure | None = None) -> None:
        self._roster.note(place, state, loss)
        self._watcher.noted(place, state, loss)

    async def _serve(self, kept: _Kept[P, R], name: str, worker: Worker[P, R]) -> None:
        present = _Present(kept.place, worker, asyncio.Event())
        self._present[name] = present
        self._pump()
        await self._until_over(kept, present.died.wait())
        if self._present.pop(name, None) is not None and not self._finished.is_set():
            self._dispatcher.leave(name)

    async def _until_over(self, kept: _Kept[P, R], work: Coroutine[Any, Any, object]) -> None:
        """Await `work`, or the end of its place or the run, whichever comes first."""
        task = asyncio.create_task(work)
        over = asyncio.create_task(kept.is_over.wait())
        finished = asyncio.create_task(self._finished.wait())
        await asyncio.wait((task, over, finished), return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        finished.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        elif (error := task.exception()) is not None:
            raise error

    def _abandon_unserved(self) -> None:
        """End the jobs that no place will ever take again."""
        if self._finished.is_set():
            return
        for kind in self._dispatcher.open_kinds():
            if kind not in self._served and not self._roster.may_serve(kind):
                self._abandon(kind)

    def _abandon(self, kind: str) -> None:
        for job in self._dispatcher.abandon_kind(kind):
            losses = [loss for kinds, loss in self._lost if job.kind in kinds]
            why = "; ".join(sorted({loss.message for loss in losses})) or f"no place takes {job.kind}"
            error_types = {loss.error_type for loss in losses}
            error_type = error_types.pop() if len(error_types) == 1 else "worker_died"
            failure = Failure(error_type, f"no worker is left for it: {why}", is_retryable=False)
            self._end(Ended(job=job, result=failure, attempts=0, latency_s=0.0))
