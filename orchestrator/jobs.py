"""What the dispatcher deals in: jobs, leases, failures, and the policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Job(Generic[P]):
    """One piece of work; two jobs of one kind and key are the same job.

    Ready jobs of one `group` go to the same worker, one after another, where that keeps nobody waiting.
    """

    kind: str
    key: str
    payload: P
    group: str = ""


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
    """Say when to try again, when to ask twice, whom to leave alone, and how much to hold."""

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
    max_open: int = 4096
    """Open jobs of one kind, or four per slot where that is more, beyond which its source isn't read; nor is any
    while a kind that has workers has so many submitted jobs: judging catches up before more is generated."""
    seed: int = 0
    """Seeds the jitter."""
