"""Who does what next: leases jobs to workers. Pure: no Ray, no clock of its own, no I/O.

Generic over (kind, key, payload). A worker says which kinds it takes and how many at once, may join
and leave at any time, and pulls; nothing is split up beforehand. Every (kind, key) ends exactly once:
completed, or exhausted with the failure that ended it.

The caller passes `now`, seconds on any clock that doesn't run backwards.
"""

import heapq
import random
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Job(Generic[P]):
    """One piece of work; two jobs of one kind and key are the same job."""

    kind: str
    key: str
    payload: P


@dataclass(frozen=True, slots=True)
class Lease(Generic[P]):
    """A job in a worker's hands. `attempt` counts from 1; a hedge is a second copy of a lease still out."""

    number: int
    job: Job[P]
    worker: str
    attempt: int
    started_s: float
    is_hedge: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a lease failed; the last one becomes the job's row."""

    error_type: str
    message: str
    is_retryable: bool
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchPolicy:
    """Say when to try again, when to ask twice, and whom to leave alone."""

    max_attempts: int = 5
    """Attempts that may end in a retryable failure of any type without a budget of its own."""
    budgets: Mapping[str, int] = field(default_factory=dict)
    """Attempts that may end in a retryable failure of one `error_type`, beside `max_attempts`."""
    backoff_s: float = 0.5
    """First wait after a retryable failure; doubles, with full jitter."""
    max_backoff_s: float = 30.0
    """Longest wait; a server's own Retry-After may be longer."""
    max_kills: int = 2
    """Deaths of its worker after which a job is set aside as poison."""
    max_host_deaths: int = 6
    """Deaths in a row, without a completed job between, after which a host is excluded: no new worker of it joins."""
    hedge_kinds: frozenset[str] = frozenset()
    """Kinds whose calls are free, so that a slow one may be asked twice."""
    hedge_factor: float = 4.0
    """A lease is slow after this many mean latencies of its kind."""
    seed: int = 0
    """Seeds the jitter."""


@dataclass(slots=True)
class _Worker:
    kinds: tuple[str, ...]
    slots: int
    host: str
    leases: dict[int, None] = field(default_factory=dict)


@dataclass(slots=True)
class _Progress(Generic[P]):
    """What is known of a job that is not yet done."""

    job: Job[P]
    attempts: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    """Retryable failures so far by `error_type`; types without a budget of their own stand together under ""."""
    kills: int = 0
    leases: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Latency:
    total_s: float = 0.0
    count: int = 0

    @property
    def mean_s(self) -> float:
        return self.total_s / self.count


class Dispatcher(Generic[P]):
    """Lease jobs to workers; see the module's docstring. Every call costs O(log n) at most."""

    _MIN_LATENCIES = 20

    def __init__(self, policy: DispatchPolicy = DispatchPolicy()) -> None:
        self._policy = policy
        self._random = random.Random(policy.seed)
        self._open: dict[tuple[str, str], _Progress[P]] = {}
        self._ended: set[tuple[str, str]] = set()
        self._ready: dict[str, deque[tuple[str, str]]] = {}
        self._suspects: dict[str, deque[tuple[str, str]]] = {}
        self._waiting: list[tuple[float, int, tuple[str, str]]] = []
        self._leases: dict[int, Lease[P]] = {}
        self._oldest: dict[str, dict[int, None]] = {}
        self._workers: dict[str, _Worker] = {}
        self._host_deaths: dict[str, int] = {}
        self._has_killed: set[tuple[str, str]] = set()  # ended jobs too: a copy of theirs may still be out
        self._latency: dict[str, _Latency] = {}
        self._next_number = 0

    def submit(self, job: Job[P]) -> bool:
        """Take a job; False where the same kind and key was submitted before."""
        name = (job.kind, job.key)
        if name in self._open or name in self._ended:
            return False
        self._open[name] = _Progress(job)
        self._ready.setdefault(job.kind, deque()).append(name)
        return True

    def join(self, worker: str, kinds: Iterable[str], slots: int, host: str = "") -> bool:
        """Let a worker pull; False where its host is excluded. ValueError where the name is taken."""
        if worker in self._workers:
            raise ValueError(f"worker {worker!r} is already there")
        if self.is_excluded(host):
            return False
        self._workers[worker] = _Worker(tuple(kinds), slots, host)
        return True

    def is_excluded(self, host: str) -> bool:
        """Tell whether a host's workers keep dying."""
        return self._host_deaths.get(host, 0) >= self._policy.max_host_deaths

    def leave(self, worker: str) -> None:
        """Let a worker go in peace: its leases go back to the front of the queue."""
        for lease in self._drop_worker(worker):
            self._put_back(lease)

    def died(self, worker: str) -> list[tuple[Lease[P], Failure]]:
        """Note a worker's death; return the leases whose jobs end with it, as poison.

        Which of its leases killed it is unknown: all become suspects, of which a worker takes one at a
        time and which are never hedged, so that the guilty one dies alone.
        """
        host = self._workers[worker].host
        self._host_deaths[host] = self._host_deaths.get(host, 0) + 1
        leases = self._drop_worker(worker)
        blamed = self._blame(leases)
        poison = []
        for lease in leases:
            name = (lease.job.kind, lease.job.key)
            if lease.number in blamed:
                self._has_killed.add(name)
            progress = self._open.get(name)
            if progress is None:
                continue
            progress.kills += lease.number in blamed
            if progress.kills >= self._policy.max_kills:
                failure = Failure("poison", f"its worker died {progress.kills} times while at it", is_retryable=False)
                self._end(progress)
                poison.append((lease, failure))
            else:
                self._put_back(lease)
        return poison

    def lease(self, worker: str, now: float) -> Lease[P] | None:
        """Hand the worker its next job, or None where it is full or nothing is ready for it."""
        state = self._workers[worker]
        if len(state.leases) >= state.slots:
            return None
        self._wake(now)
        name = self._next_ready(state)
        if name is not None:
            return self._start(self._open[name], worker, now)
        return self._hedge(worker, state, now)

    def complete(self, lease: Lease[P], now: float) -> bool:
        """End a job; False where another lease of it ended it first, and the result must be dropped."""
        self._release(lease)
        progress = self._open.get((lease.job.kind, lease.job.key))
        if progress is None:
            return False
        latency = self._latency.setdefault(lease.job.kind, _Latency())
        latency.total_s += now - lease.started_s
        latency.count += 1
        if (worker := self._workers.get(lease.worker)) is not None:
            self._host_deaths.pop(worker.host, None)
        self._end(progress)
        return True

    def fail(self, lease: Lease[P], failure: Failure, now: float) -> bool:
        """Note a failure; True where it is the job's end and must become its row."""
        is_out = lease.number in self._leases
        self._release(lease)
        name = (lease.job.kind, lease.job.key)
        progress = self._open.get(name)
        if not is_out or progress is None or progress.leases:
            return False
        budget = failure.error_type if failure.error_type in self._policy.budgets else ""
        failures = progress.failures[budget] = progress.failures.get(budget, 0) + 1
        if not failure.is_retryable or failures >= self._policy.budgets.get(budget, self._policy.max_attempts):
            self._end(progress)
            return True
        heapq.heappush(self._waiting, (now + self._wait_s(failures, failure), self._number(), name))
        return False

    def next_wake_s(self) -> float | None:
        """Return when the next waiting job becomes ready, or None where none waits."""
        return self._waiting[0][0] if self._waiting else None

    @property
    def num_open(self) -> int:
        """Return the number of jobs that have not ended."""
        return len(self._open)

    @property
    def num_leased(self) -> int:
        """Return the number of leases out."""
        return len(self._leases)

    def open_jobs(self) -> Iterator[Job[P]]:
        """Yield the jobs that have not ended."""
        yield from (progress.job for progress in self._open.values())

    def abandon(self, job: Job[P]) -> None:
        """End an open job that can't be done; what its leases still bring is dropped."""
        self._end(self._open[job.kind, job.key])

    def _next_ready(self, state: _Worker) -> tuple[str, str] | None:
        may_suspect = not any(self._is_suspect(self._leases[number]) for number in state.leases)
        for queues in (self._suspects, self._ready) if may_suspect else (self._ready,):
            for kind in state.kinds:
                queue = queues.get(kind)
                while queue:
                    name = queue.popleft()
                    if name in self._open:
                        return name
        return None

    def _hedge(self, worker: str, state: _Worker, now: float) -> Lease[P] | None:
        for kind in state.kinds:
            latency = self._latency.get(kind)
            if kind not in self._policy.hedge_kinds or latency is None or latency.count < self._MIN_LATENCIES:
                continue
            for number in self._oldest.get(kind, ()):
                lease = self._leases[number]
                if now - lease.started_s < self._policy.hedge_factor * latency.mean_s:
                    break
                progress = self._open.get((lease.job.kind, lease.job.key))
                if progress is not None and self._may_hedge(progress, lease, worker):
                    return self._start(progress, worker, now, is_hedge=True)
        return None

    def _may_hedge(self, progress: _Progress[P], lease: Lease[P], worker: str) -> bool:
        return len(progress.leases) == 1 and not progress.kills and lease.worker != worker

    def _start(self, progress: _Progress[P], worker: str, now: float, *, is_hedge: bool = False) -> Lease[P]:
        progress.attempts += 1
        lease = Lease(self._number(), progress.job, worker, progress.attempts, now, is_hedge)
        self._leases[lease.number] = lease
        self._oldest.setdefault(lease.job.kind, {})[lease.number] = None
        self._workers[worker].leases[lease.number] = None
        progress.leases.add(lease.number)
        return lease

    def _release(self, lease: Lease[P]) -> None:
        self._leases.pop(lease.number, None)
        self._oldest[lease.job.kind].pop(lease.number, None)
        if (worker := self._workers.get(lease.worker)) is not None:
            worker.leases.pop(lease.number, None)
        if (progress := self._open.get((lease.job.kind, lease.job.key))) is not None:
            progress.leases.discard(lease.number)

    def _drop_worker(self, worker: str) -> list[Lease[P]]:
        leases = [self._leases[number] for number in self._workers[worker].leases]
        for lease in leases:
            self._release(lease)
        del self._workers[worker]
        return leases

    def _put_back(self, lease: Lease[P]) -> None:
        progress = self._open.get((lease.job.kind, lease.job.key))
        if progress is not None and not progress.leases:
            self._queue_first(progress)

    def _queue_first(self, progress: _Progress[P]) -> None:
        queues = self._suspects if progress.kills else self._ready
        queues.setdefault(progress.job.kind, deque()).appendleft((progress.job.kind, progress.job.key))

    def _blame(self, leases: list[Lease[P]]) -> set[int]:
        """Return the leases that a death is put down to: the one suspect, or all where there was none.

        Two suspects meet in one worker only where the other copy of a hedged job became one elsewhere;
        then nobody is blamed, and each goes on alone.
        """
        suspects = {lease.number for lease in leases if self._is_suspect(lease) and self._is_open(lease)}
        if not suspects:
            return {lease.number for lease in leases}
        return suspects if len(suspects) == 1 else set()

    def _is_open(self, lease: Lease[P]) -> bool:
        return (lease.job.kind, lease.job.key) in self._open

    def _is_suspect(self, lease: Lease[P]) -> bool:
        return (lease.job.kind, lease.job.key) in self._has_killed

    def _wake(self, now: float) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            _, _, name = heapq.heappop(self._waiting)
            if (progress := self._open.get(name)) is not None:
                self._queue_first(progress)

    def _wait_s(self, failures: int, failure: Failure) -> float:
        ceiling = min(self._policy.max_backoff_s, self._policy.backoff_s * 2 ** (failures - 1))
        return max(failure.retry_after_s or 0.0, self._random.uniform(ceiling / 2, ceiling))

    def _end(self, progress: _Progress[P]) -> None:
        name = (progress.job.kind, progress.job.key)
        del self._open[name]
        self._ended.add(name)

    def _number(self) -> int:
        self._next_number += 1
        return self._next_number
