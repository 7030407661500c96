"""All that the dispatcher knows of one kind of jobs: which are open, in what order they go, how long they take."""

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from orchestrator.grouped_queue import GroupedQueue
from orchestrator.jobs import Job, Lease
from orchestrator.key_set import KeySet

P = TypeVar("P")
_MIN_LATENCIES = 20


@dataclass(slots=True)
class Progress(Generic[P]):
    """What is known of a job that hasn't ended, or has a copy out."""

    job: Job[P]
    line: "Line[P]"
    is_fed: bool
    is_ended: bool = False
    attempts: int = 0
    kills: int = 0
    failures: dict[str, int] | None = None
    """Retryable failures by `error_type`, if any; types without a budget of their own stand together under ""."""
    leases: tuple[Lease[P], ...] = ()


class Line(Generic[P]):
    """The jobs of one kind. `ended` is shared by all lines of a dispatcher."""

    def __init__(self, kind: str, ended: KeySet) -> None:
        self.num_slots = 0
        """Of the workers that take this kind."""
        self.num_submitted = 0
        """Open jobs that came from no source."""
        self.suspects: deque[Progress[P]] = deque()
        self._kind = kind
        self._ended = ended
        self._open: dict[str, Progress[P]] = {}
        self._ready: GroupedQueue[Progress[P]] = GroupedQueue()
        self._sources: deque[Iterator[Job[P]]] = deque()  # while one is left, at least one job is open
        self._alone: OrderedDict[int, Lease[P]] = OrderedDict()
        self._latency_s = 0.0
        self._num_completed = 0

    @property
    def num_open(self) -> int:
        """Return how many jobs were taken and have not ended; 0 says that the sources are at their end, too."""
        return len(self._open)

    def find(self, key: str) -> Progress[P] | None:
        """Return an open job."""
        return self._open.get(key)

    def progress(self) -> Iterable[Progress[P]]:
        """Return the open jobs."""
        return self._open.values()

    def submit(self, job: Job[P]) -> bool:
        """Take a job; False where its key was there before."""
        progress = self._take(job, is_fed=False)
        if progress is None:
            return False
        self.num_submitted += 1
        self._ready.push(progress, job.group)
        return True

    def feed(self, jobs: Iterable[Job[P]]) -> None:
        """Take a source; one job is read at once where none is open, so that an open one says what is to come."""
        self._sources.append(iter(jobs))
        self._look_ahead()

    def next_ready(self, last_group: str) -> Progress[P] | None:
        """Take the next job that waits for nothing, of the same group if there is one."""
        while (progress := self._ready.pop(last_group)) is not None and progress.is_ended:
            pass
        return progress

    def next_suspect(self) -> Progress[P] | None:
        """Take the next job that may have killed its worker."""
        while self.suspects:
            if not (progress := self.suspects.popleft()).is_ended:
                return progress
        return None

    def next_fed(self) -> Progress[P] | None:
        """Read the next new job of the sources; ValueError where it is of another kind."""
        while self._sources:
            for job in self._sources[0]:
                if job.kind != self._kind:
                    raise ValueError(f"a source of {self._kind} holds a job of {job.kind}: {job.key}")
                if (progress := self._take(job, is_fed=True)) is not None:
                    return progress
            self._sources.popleft()
        return None

    def put_first(self, progress: Progress[P]) -> None:
        """Put a job back, before those that were never leased; one that has ended will be passed over."""
        if progress.kills:
            self.suspects.appendleft(progress)
        else:
            self._ready.push_first(progress)

    def end(self, progress: Progress[P]) -> None:
        """Let an open job be over, and forget it but for its fingerprint."""
        progress.is_ended = True
        for lease in progress.leases:
            self.note_gone(lease.number)
        del self._open[progress.job.key]
        self._ended.add((self._kind, progress.job.key))
        self.num_submitted -= not progress.is_fed
        self._look_ahead()

    def end_all(self) -> Iterator[Job[P]]:
        """End every job, those of the sources and those submitted meanwhile, too; yield each as it ends."""
        while self._open:
            self._ready = GroupedQueue()
            self.suspects.clear()
            for progress in list(self._open.values()):
                if not progress.is_ended:
                    self.end(progress)
                    yield progress.job

    def note_latency(self, seconds: float) -> None:
        """Learn from a completed lease what is slow."""
        self._latency_s += seconds
        self._num_completed += 1

    def note_alone(self, lease: Lease[P], *, is_again: bool = False) -> None:
        """Note a lease that is its job's only one: once it is slow, it may be asked twice."""
        self._alone[lease.number] = lease
        if is_again and not lease.is_hedge:
            self._alone.move_to_end(lease.number, last=False)

    def note_gone(self, number: int) -> None:
        """Note that a lease is over, or no longer alone."""
        self._alone.pop(number, None)

    def slow_leases(self, now: float, factor: float) -> Iterator[Lease[P]]:
        """Yield leases out for more than `factor` mean latencies, oldest first; none before 20 have ended."""
        if self._num_completed < _MIN_LATENCIES:
            return
        slow_s = factor * self._latency_s / self._num_completed
        for lease in self._alone.values():
            if now - lease.started_s < slow_s:
                return
            yield lease

    def _take(self, job: Job[P], *, is_fed: bool) -> Progress[P] | None:
        if job.key in self._open or (self._kind, job.key) in self._ended:
            return None
        progress = self._open[job.key] = Progress(job, self, is_fed)
        return progress

    def _look_ahead(self) -> None:
        if not self._open and (progress := self.next_fed()) is not None:
            self._ready.push(progress, progress.job.group)
