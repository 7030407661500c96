"""The dispatcher under anything that can happen, in any order: every job ends exactly once."""

from collections import Counter
from collections.abc import Iterator

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from orchestrator.dispatch import Dispatcher, DispatchPolicy, Failure, Job, Lease

KINDS = ("free", "priced")
HOSTS = ("north", "south", "east")
MAX_ATTEMPTS, MAX_KILLS, MAX_HOST_DEATHS = 3, 2, 3
DEADLINE_S = 60.0
POLICY = DispatchPolicy(
    max_attempts=MAX_ATTEMPTS,
    max_kills=MAX_KILLS,
    max_host_deaths=MAX_HOST_DEATHS,
    hedge_kinds=frozenset({"free"}),
    hedge_factor=2.0,
    max_open=6,
)
Name = tuple[str, str]


def make_job(kind: str, key: int) -> Job[int]:
    return Job(kind, str(key), key, group=f"pair {key % 3}")


class Machine(RuleBasedStateMachine):
    """Beside the dispatcher, a plain model of what may be handed out."""

    leases = Bundle("leases")
    told = Bundle("told")

    def __init__(self) -> None:
        super().__init__()
        self.made: Dispatcher[int] = Dispatcher(POLICY)
        self.now = 0.0
        self.submitted: set[Name] = set()
        self.num_unread: Counter[str] = Counter()
        self.ends: Counter[Name] = Counter()
        self.workers: dict[str, tuple[tuple[str, ...], int, str]] = {}
        self.out: dict[int, Lease[int]] = {}
        self.kills: Counter[Name] = Counter()
        self.failures: Counter[Name] = Counter()
        self.deaths: Counter[str] = Counter()
        self.not_before: dict[Name, float] = {}
        self.num_workers = 0

    @initialize()
    def know_latencies(self) -> None:
        """Without twenty latencies nothing is hedged."""
        self.made.join("warm", KINDS, 1, "elsewhere")
        for number in range(20):
            self.made.submit(Job("free", f"warm-{number}", 0))
            found = self.made.lease("warm", self.now)
            assert found is not None
            self.now += 1.0
            assert self.made.complete(found, self.now)
        self.made.leave("warm")
        for host in HOSTS[:2]:
            self.join(KINDS, 3, host)
        for key in range(4):
            self.submit("free", key)
        self.feed("free", [10, 11, 12])

    @rule(kind=st.sampled_from(KINDS), key=st.integers(0, 9))
    def submit(self, kind: str, key: int) -> None:
        name = (kind, str(key))
        assert self.made.submit(make_job(kind, key)) == (name not in self.submitted)
        self.submitted.add(name)

    @rule(kind=st.sampled_from(KINDS), keys=st.lists(st.integers(5, 20), max_size=6))
    def feed(self, kind: str, keys: list[int]) -> None:
        """The same keys as others submit or feed; what is read counts as submitted."""
        self.num_unread[kind] += len(keys)
        self.made.feed(kind, self.source(kind, keys))

    def source(self, kind: str, keys: list[int]) -> Iterator[Job[int]]:
        for key in keys:
            self.num_unread[kind] -= 1
            self.submitted.add((kind, str(key)))
            yield make_job(kind, key)

    @rule(kinds=st.sampled_from([KINDS, KINDS[:1], KINDS[1:]]), slots=st.integers(2, 3), host=st.sampled_from(HOSTS))
    def join(self, kinds: tuple[str, ...], slots: int, host: str) -> None:
        self.num_workers += 1
        worker = f"w{self.num_workers}"
        may_join = self.deaths[host] < MAX_HOST_DEATHS
        assert self.made.join(worker, kinds, slots, host) == may_join == (not self.made.is_excluded(host))
        if may_join:
            self.workers[worker] = (kinds, slots, host)

    @precondition(lambda self: self.workers)
    @rule(target=leases, data=st.data(), times=st.integers(2, 4))
    def lease(self, data: st.DataObject, times: int) -> "object":
        worker = data.draw(st.sampled_from(sorted(self.workers)))
        found = [lease for _ in range(times) if (lease := self.take(worker)) is not None]
        return multiple(*found)

    def take(self, worker: str) -> Lease[int] | None:
        lease = self.made.lease(worker, self.now)
        if lease is not None:
            self.check_lease(lease, worker)
            self.out[lease.number] = lease
        return lease

    def check_lease(self, lease: Lease[int], worker: str) -> None:
        kinds, slots, _ = self.workers[worker]
        name = (lease.job.kind, lease.job.key)
        held = [other for other in self.out.values() if other.worker == worker]
        twins = [other for other in self.out.values() if (other.job.kind, other.job.key) == name]
        assert (lease.worker, lease.job.kind in kinds, len(held) < slots) == (worker, True, True)
        assert name in self.submitted
        assert not self.ends[name]
        assert len(twins) == lease.is_hedge, "a copy is a hedge, and the only one"
        if lease.is_hedge:
            assert (lease.job.kind, twins[0].worker != worker, self.kills[name]) == ("free", True, 0)
        else:
            assert self.now >= self.not_before.get(name, 0.0)
        if self.kills[name]:
            assert not any(self.kills[other.job.kind, other.job.key] for other in held), "suspects go one at a time"

    @rule(target=told, lease=consumes(leases))
    def complete(self, lease: Lease[int]) -> Lease[int]:
        name = (lease.job.kind, lease.job.key)
        self.out.pop(lease.number, None)
        is_first = self.made.complete(lease, self.now)
        assert is_first == (not self.ends[name])
        self.ends[name] += is_first
        if is_first and lease.worker in self.workers:
            self.deaths[self.workers[lease.worker][2]] = 0
        return lease

    @rule(lease=told)
    def tell_again(self, lease: Lease[int]) -> None:
        """A reply comes twice, or after its call was given up: it counts where nothing has ended the job yet."""
        self.complete(lease)

    @rule(target=told, lease=consumes(leases))
    def give_up(self, lease: Lease[int]) -> Lease[int]:
        """A call hangs until its deadline."""
        self.now = max(self.now, lease.started_s + DEADLINE_S)
        return self.fail(lease, True, None)

    @rule(target=told, lease=consumes(leases), is_retryable=st.booleans(), wait_s=st.sampled_from([None, 0.0, 50.0]))
    def fail(self, lease: Lease[int], is_retryable: bool, wait_s: float | None) -> Lease[int]:
        name = (lease.job.kind, lease.job.key)
        counts = self.out.pop(lease.number, None) is not None and not self.ends[name]
        counts = counts and not any((other.job.kind, other.job.key) == name for other in self.out.values())
        self.failures[name] += counts
        is_end = counts and (not is_retryable or self.failures[name] == MAX_ATTEMPTS)
        failure = Failure("server_error", "500", is_retryable, wait_s)
        assert self.made.fail(lease, failure, self.now) == is_end
        self.ends[name] += is_end
        if counts and not is_end:
            least = POLICY.backoff_s * 2 ** (self.failures[name] - 1) / 2
            self.not_before[name] = self.now + max(least, wait_s or 0.0)
        return lease

    @rule(lease=told)
    def fail_again(self, lease: Lease[int]) -> None:
        """What is told of a call that is over counts for nothing."""
        self.fail(lease, False, None)

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(sorted(self.workers)))
        self.made.leave(worker)
        self.drop(worker)

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(sorted(self.workers)))
        _, _, host = self.workers[worker]
        self.deaths[host] += 1
        names = {(lease.job.kind, lease.job.key) for lease in self.drop(worker)}
        open_names = {name for name in names if not self.ends[name]}
        suspects = {name for name in open_names if self.kills[name]}
        blamed = open_names if not suspects else suspects if len(suspects) == 1 else set()
        self.kills.update(blamed)
        poison = [(lease.job.kind, lease.job.key) for lease, _ in self.made.died(worker)]
        assert sorted(poison) == sorted(name for name in blamed if self.kills[name] == MAX_KILLS)
        self.ends.update(poison)
        self.join(KINDS, 3, host)

    def drop(self, worker: str) -> list[Lease[int]]:
        del self.workers[worker]
        dropped = [lease for lease in self.out.values() if lease.worker == worker]
        for lease in dropped:
            del self.out[lease.number]
        return dropped

    @precondition(lambda self: self.made.num_open > 6)
    @rule(data=st.data())
    def abandon(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(sorted(self.made.open_jobs(), key=lambda job: (job.kind, job.key))))
        self.made.abandon(job)
        self.ends[job.kind, job.key] += 1

    @rule(kind=st.sampled_from(KINDS), dice=st.integers(0, 9))
    def abandon_kind(self, kind: str, dice: int) -> None:
        """Seldom, for little is left after it."""
        if dice == 0:
            self.ends.update((job.kind, job.key) for job in self.made.abandon_kind(kind))
            assert kind not in self.made.open_kinds()

    @rule(seconds=st.sampled_from([0.1, 10.0, 100.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def every_job_ends_at_most_once(self) -> None:
        assert max(self.ends.values(), default=0) <= 1

    @invariant()
    def books_agree(self) -> None:
        still_open = {(job.kind, job.key) for job in self.made.open_jobs()}
        assert still_open == {name for name in self.submitted if not self.ends[name]}
        assert (self.made.num_open, self.made.num_leased) == (len(still_open), len(self.out))
        unread = {kind for kind in KINDS if self.num_unread[kind]}
        assert unread <= set(self.made.open_kinds()) == {kind for kind, _ in still_open}

    def teardown(self) -> None:
        """Whatever happened, two honest workers bring every job to its end."""
        for worker in list(self.workers):
            self.made.leave(worker)
            self.drop(worker)
        for number in range(2):
            self.made.join(f"last-{number}", KINDS, 1, "elsewhere")
            self.workers[f"last-{number}"] = (KINDS, 1, "elsewhere")
        for _ in range(len(self.submitted) + self.num_unread.total() + 1):
            self.now += 1000.0
            while sum(self.finish(worker) for worker in list(self.workers)):
                pass
        assert {name: self.ends[name] for name in self.submitted} == dict.fromkeys(self.submitted, 1)
        assert self.made.num_open == 0

    def finish(self, worker: str) -> bool:
        lease = self.take(worker)
        if lease is not None:
            self.complete(lease)
        return lease is not None


Machine.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestAnyOrder = Machine.TestCase
