"""Run what waits in batches of similar length, one batch at a time, in a thread of its own. Knows no engine.

A batch that fails is run again in halves, so that a request fails for reasons of its own alone: one that breaks the
forward pass takes nobody with it, and one that doesn't fit beside others runs without them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, Protocol, TypeVar

from schemas.errors import CallError, WorkerDied

_GATHER_S: Final = 0.02
"""How long the first request waits for company: calls that were sent together arrive some milliseconds apart."""
_LENGTH_SHARE: Final = 1.25
"""How much longer than its shortest prompt a batch's longest may be: padding costs at most a quarter."""


class BatchJob(Protocol):
    """What the batcher asks of a request."""

    is_wanted: bool
    """Whether someone still waits for it; work on others may be broken off."""

    @property
    def length(self) -> int:
        """Return the prompt's length, tokens."""
        ...

    @property
    def shape(self) -> Hashable:
        """Return what must be equal for two requests to share a batch."""
        ...


JobT = TypeVar("JobT", bound=BatchJob)
ResultT = TypeVar("ResultT")


class _Waiting(Generic[JobT, ResultT]):
    """A request and who waits for it."""

    def __init__(self, job: JobT, future: "asyncio.Future[ResultT]") -> None:
        self.job, self.future = job, future


def choose(jobs: Sequence[BatchJob], max_batch: int, max_cells: int | None = None) -> list[int]:
    """Return the indexes of the next batch: the oldest job and those nearest to it in length, oldest first.

    `max_cells` bounds the batch's size times its longest prompt, tokens; a job alone is always taken.
    """
    oldest = jobs[0]
    alike = [number for number, job in enumerate(jobs) if job.shape == oldest.shape]
    chosen: list[int] = []
    for number in sorted(alike, key=lambda number: (abs(jobs[number].length - oldest.length), number)):
        lengths = [jobs[index].length for index in (*chosen, number)]
        fits = max_cells is None or len(lengths) * max(lengths) <= max_cells
        if chosen and (len(chosen) == max_batch or not fits or max(lengths) > _LENGTH_SHARE * min(lengths)):
            break
        chosen.append(number)
    return sorted(chosen)


class Batcher(Generic[JobT, ResultT]):
    """Collect requests, run them in batches, hand each its result or its own error."""

    def __init__(
        self,
        run: Callable[[Sequence[JobT]], Sequence[ResultT]],
        *,
        max_batch: int,
        relieve: Callable[[], None],
        translate: Callable[[BaseException], CallError],
    ) -> None:
        """Run batches with `run`; after a failure `relieve` gives memory back, and `translate` says what it was."""
        self._run, self._relieve, self._translate = run, relieve, translate
        self._max_batch = max_batch
        self._max_cells: int | None = None
        self._coming = 0
        self._waiting: list[_Waiting[JobT, ResultT]] = []
        self._running: list[_Waiting[JobT, ResultT]] = []
        self._arrived = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="forward")
        self._death: WorkerDied | None = None

    async def ask(self, preparation: Awaitable[JobT]) -> ResultT:
        """Prepare a request, run it in some batch, return its result; whoever stops waiting stops the work."""
        job = await self._await_coming(preparation)
        if self._death is not None:
            raise self._death
        waiting: _Waiting[JobT, ResultT] = _Waiting(job, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._pump_batches())
        try:
            return await waiting.future
        finally:
            job.is_wanted = False

    async def _await_coming(self, preparation: Awaitable[JobT]) -> JobT:
        self._coming += 1
        try:
            return await preparation
        finally:
            self._coming -= 1
            self._arrived.set()

    async def _pump_batches(self) -> None:
        await asyncio.sleep(_GATHER_S)
        while self._waiting:
            while self._coming and len(self._waiting) < self._max_batch:
                self._arrived.clear()
                await self._arrived.wait()
            self._waiting = [waiting for waiting in self._waiting if waiting.job.is_wanted]
            if self._waiting:
                await self._run_next()

    async def _run_next(self) -> None:
        numbers = choose([waiting.job for waiting in self._waiting], self._max_batch, self._max_cells)
        batch = [self._waiting[number] for number in numbers]
        self._waiting = [waiting for waiting in self._waiting if waiting not in batch]
        self._running = batch
        await self._serve(batch)
        self._running = []

    async def _serve(self, batch: list[_Waiting[JobT, ResultT]]) -> None:
        if self._death is not None:
            return _fail(batch, self._death)
        work = asyncio.get_running_loop().run_in_executor(self._thread, self._run, [one.job for one in batch])
        await asyncio.wait([work])
        error = work.exception()
        if error is None:
            for one, result in zip(batch, work.result(), strict=True):
                if not one.future.done():
                    one.future.set_result(result)
            return None
        return await self._recover(batch, error)

    async def _recover(self, batch: list[_Waiting[JobT, ResultT]], error: BaseException) -> None:
        """Run the halves of a failed batch; a request that fails alone gets the error."""
        failure = self._translate(error)
        error.__traceback__ = None  # its frames hold the tensors of the pass that failed
        await asyncio.get_running_loop().run_in_executor(self._thread, self._relieve)
        if isinstance(failure, WorkerDied):
            self._death = failure
            return _fail(batch + self._waiting, failure)
        if len(batch) == 1:
            return _fail(batch, failure)
        if is_out_of_memory(error):
            self._max_cells = len(batch) * max(one.job.length for one in batch) // 2
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            if wanted := [one for one in half if one.job.is_wanted]:
                await self._serve(wanted)
        return None

    async def close(self) -> None:
        """Break off what runs and forget what waits."""
        for waiting in self._running + self._waiting:
            waiting.job.is_wanted = False
            waiting.future.cancel()
        if self._pump is not None:
            self._waiting.clear()
            await asyncio.wait([self._pump])
        await asyncio.to_thread(self._thread.shutdown, wait=True)


def _fail(batch: Sequence[_Waiting[JobT, ResultT]], failure: CallError) -> None:
    for one in batch:
        if not one.future.done():
            one.future.set_exception(failure)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether memory ran out, on whatever device."""
    return isinstance(error, MemoryError) or any(
        sign in f"{type(error).__name__}: {error}" for sign in ("OutOfMemory", "out of memory", "can't allocate memory")
    )
