"""Who does what next: leases jobs to workers. Pure: no Ray, no clock of its own, no I/O.

Generic over (kind, key, payload). A worker says which kinds it takes and how many at once, may join
and leave at any time, and pulls; nothing is split up beforehand. Every (kind, key) ends exactly once:
completed, or exhausted with the failure that ended it.

Jobs are submitted one by one, or fed: a source of a kind is read only as workers ask, and not while too
much is open, so that a million jobs take no more memory than thousands; of ended ones a fingerprint is kept.

The caller passes `now`, seconds on any clock that doesn't run backwards.
"""

import heapq
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from orchestrator.jobs import DispatchPolicy, Failure, Job, Lease
from orchestrator.key_set import KeySet
from orchestrator.line import Line, Progress

__all__ = ["DispatchPolicy", "Dispatcher", "Failure", "Job", "Lease"]

P = TypeVar("P")
_OPEN_PER_SLOT: Final = 4
_DEFAULT: Final = DispatchPolicy()


@dataclass(slots=True)
class _Worker(Generic[P]):
    lines: tuple[Line[P], ...]
    slots: int
    host: str
    leases: dict[int, Lease[P]] = field(default_factory=dict)
    last_group: str = ""


class Dispatcher(Generic[P]):
    """Lease jobs to workers; see the module's docstring.

    A call costs O(log n) at most in the number of jobs; a death, a leave and a hedge also O(slots) of the worker.
    """

    def __init__(self, policy: DispatchPolicy = _DEFAULT) -> None:
        self._policy = policy
        self._random = random.Random(policy.seed)
        self._lines: dict[str, Line[P]] = {}
        self._ended = KeySet()
        self._waiting: list[tuple[float, int, Progress[P]]] = []
        self._out: dict[int, Progress[P]] = {}
        self._workers: dict[str, _Worker[P]] = {}
        self._host_deaths: dict[str, int] = {}
        self._next_number = 0

    def submit(self, job: Job[P]) -> bool:
        """Take a job, to be done before what is fed; False where the same kind and key was there before."""
        return self._line(job.kind).submit(job)

    def feed(self, kind: str, jobs: Iterable[Job[P]]) -> None:
        """Take the jobs of one kind as workers ask for them, one at once; those that were there before are skipped.

        Several sources of a kind are read one after another. What a source raises comes out of the call that read
        it, as does ValueError for a job of another kind.
        """
        self._line(kind).feed(jobs)

    def join(self, worker: str, kinds: Iterable[str], slots: int, host: str = "") -> bool:
        """Let a worker pull; False where its host is excluded. ValueError where the name is taken."""
        if worker in self._workers:
            raise ValueError(f"worker {worker!r} is already there")
        if self.is_excluded(host):
            return False
        state = self._workers[worker] = _Worker(tuple(map(self._line, kinds)), slots, host)
        for line in state.lines:
            line.num_slots += slots
        return True

    def is_excluded(self, host: str) -> bool:
        """Tell whether a host's workers keep dying."""
        return self._host_deaths.get(host, 0) >= self._policy.max_host_deaths

    def leave(self, worker: str) -> None:
        """Let a worker go in peace: its leases go back to the front of the queue."""
        for _, progress in self._drop_worker(worker):
            self._put_back(progress)

    def died(self, worker: str) -> list[tuple[Lease[P], Failure]]:
        """Note a worker's death; return the leases whose jobs end with it, as poison.

        Which of its leases killed it is unknown: all become suspects, of which a worker takes one at a
        time and which are never hedged, so that the guilty one dies alone.
        """
        host = self._workers[worker].host
        self._host_deaths[host] = self._host_deaths.get(host, 0) + 1
        dropped = self._drop_worker(worker)
        for progress in _blamed([progress for _, progress in dropped]):
            progress.kills += 1
        poison = []
        for lease, progress in dropped:
            if progress.kills >= self._policy.max_kills and not progress.is_ended:
                failure = Failure("poison", f"its worker died {progress.kills} times while at it", is_retryable=False)
                progress.line.end(progress)
                poison.append((lease, failure))
            else:
                self._put_back(progress)
        return poison

    def lease(self, worker: str, now: float) -> Lease[P] | None:
        """Hand the worker its next job, or None where it is full or nothing is ready for it."""
        state = self._workers[worker]
        if len(state.leases) >= state.slots:
            return None
        self._wake(now)
        progress = self._next_suspect(state) or self._next_ready(state) or self._next_fed(state)
        if progress is not None:
            return self._start(progress, worker, now)
        return self._hedge(worker, state, now)

    def complete(self, lease: Lease[P], now: float) -> bool:
        """End a job; False where another lease of it ended it first, and the result must be dropped."""
        self._release(lease)
        line = self._lines[lease.job.kind]
        progress = line.find(lease.job.key)
        if progress is None:
            return False
        line.note_latency(now - lease.started_s)
        if self._host_deaths and (worker := self._workers.get(lease.worker)) is not None:
            self._host_deaths.pop(worker.host, None)
        line.end(progress)
        return True

    def fail(self, lease: Lease[P], failure: Failure, now: float) -> bool:
        """Note a failure; True where it is the job's end and must become its row."""
        progress = self._release(lease)
        if progress is None or progress.is_ended:
            return False
        if progress.leases:
            self._put_back(progress)
            return False
        budget = failure.error_type if failure.error_type in self._policy.budgets else ""
        counts = progress.failures = progress.failures or {}
        failures = counts[budget] = counts.get(budget, 0) + 1
        if not failure.is_retryable or failures >= self._policy.budgets.get(budget, self._policy.max_attempts):
            progress.line.end(progress)
            return True
        heapq.heappush(self._waiting, (now + self._wait_s(failures, failure), self._number(), progress))
        return False

    def next_wake_s(self) -> float | None:
        """Return when the next waiting job becomes ready, or None where none waits."""
        return self._waiting[0][0] if self._waiting else None

    @property
    def num_open(self) -> int:
        """Return the number of jobs taken that have not ended; 0 says that all sources are at their end, too."""
        return sum(line.num_open for line in self._lines.values())

    @property
    def num_leased(self) -> int:
        """Return the number of leases out."""
        return len(self._out)

    def open_kinds(self) -> list[str]:
        """Return the kinds that have open jobs."""
        return [kind for kind, line in self._lines.items() if line.num_open]

    def open_jobs(self) -> Iterator[Job[P]]:
        """Yield the jobs that have not ended, without those that are still to be read from a source."""
        yield from (progress.job for line in self._lines.values() for progress in line.progress())

    def abandon(self, job: Job[P]) -> None:
        """End an open job that can't be done; what its leases still bring is dropped. KeyError where it isn't open."""
        progress = self._lines[job.kind].find(job.key)
        if progress is None:
            raise KeyError(job.key)
        progress.line.end(progress)

    def abandon_kind(self, kind: str) -> Iterator[Job[P]]:
        """End every job of a kind, those of its sources and those submitted meanwhile, too; yield each as it ends."""
        return self._line(kind).end_all()

    def _line(self, kind: str) -> Line[P]:
        line = self._lines.get(kind)
        if line is None:
            line = self._lines[kind] = Line(kind, self._ended)
        return line

    def _next_suspect(self, state: _Worker[P]) -> Progress[P] | None:
        lines = [line for line in state.lines if line.suspects]
        if not lines or any(self._out[number].kills for number in state.leases):
            return None
        return next(filter(None, (line.next_suspect() for line in lines)), None)

    def _next_ready(self, state: _Worker[P]) -> Progress[P] | None:
        for line in state.lines:
            if (progress := line.next_ready(state.last_group)) is not None:
                return progress
        return None

    def _next_fed(self, state: _Worker[P]) -> Progress[P] | None:
        if any(line.num_slots and line.num_submitted >= self._max_open(line) for line in self._lines.values()):
            return None
        for line in state.lines:
            if line.num_open < self._max_open(line) and (progress := line.next_fed()) is not None:
                return progress
        return None

    def _max_open(self, line: Line[P]) -> int:
        return max(self._policy.max_open, _OPEN_PER_SLOT * line.num_slots)

    def _hedge(self, worker: str, state: _Worker[P], now: float) -> Lease[P] | None:
        for line in state.lines:
            for lease in line.slow_leases(now, self._policy.hedge_factor):
                if lease.worker != worker:
                    return self._start(self._out[lease.number], worker, now, is_hedge=True)
        return None

    def _start(self, progress: Progress[P], worker: str, now: float, *, is_hedge: bool = False) -> Lease[P]:
        progress.attempts += 1
        lease = Lease(self._number(), progress.job, worker, progress.attempts, now, is_hedge)
        self._out[lease.number] = progress
        state = self._workers[worker]
        state.leases[lease.number] = lease
        state.last_group = lease.job.group
        for other in progress.leases:
            progress.line.note_gone(other.number)
        progress.leases += (lease,)
        self._note_alone(progress)
        return lease

    def _note_alone(self, progress: Progress[P], *, is_again: bool = False) -> None:
        if len(progress.leases) == 1 and not progress.kills and progress.job.kind in self._policy.hedge_kinds:
            progress.line.note_alone(progress.leases[0], is_again=is_again)

    def _release(self, lease: Lease[P]) -> Progress[P] | None:
        """Take a lease back; None where it was taken back before."""
        progress = self._out.pop(lease.number, None)
        if progress is not None:
            del self._workers[lease.worker].leases[lease.number]
            progress.line.note_gone(lease.number)
            progress.leases = tuple(other for other in progress.leases if other.number != lease.number)
        return progress

    def _drop_worker(self, worker: str) -> list[tuple[Lease[P], Progress[P]]]:
        state = self._workers[worker]
        dropped = [(lease, self._out[lease.number]) for lease in state.leases.values()]
        for lease, _ in dropped:
            self._release(lease)
        del self._workers[worker]
        for line in state.lines:
            line.num_slots -= state.slots
        return dropped

    def _put_back(self, progress: Progress[P]) -> None:
        """Go on with a job that lost a lease."""
        if progress.is_ended:
            return
        if progress.leases:
            self._note_alone(progress, is_again=True)
        else:
            progress.line.put_first(progress)

    def _wake(self, now: float) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            _, _, progress = heapq.heappop(self._waiting)
            progress.line.put_first(progress)

    def _wait_s(self, failures: int, failure: Failure) -> float:
        ceiling = min(self._policy.max_backoff_s, self._policy.backoff_s * 2 ** (failures - 1))
        return max(failure.retry_after_s or 0.0, self._random.uniform(ceiling / 2, ceiling))

    def _number(self) -> int:
        self._next_number += 1
        return self._next_number


def _blamed(dropped: list[Progress[P]]) -> list[Progress[P]]:
    """Return the jobs that a death is put down to: the one suspect, or all where there was none.

    Two suspects meet in one worker only where the other copy of a hedged job became one elsewhere;
    then nobody is blamed, and each goes on alone.
    """
    suspects = [progress for progress in dropped if progress.kills and not progress.is_ended]
    if not suspects:
        return dropped
    return suspects if len(suspects) == 1 else []
