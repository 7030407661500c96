"""Two drivers over one store, killed and started anew at any time: each key has exactly one result that counts."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from orchestrator.dispatch import Dispatcher, DispatchPolicy, Failure, Job, Lease
from records.store import Entry, Store

KIND, NUM_KEYS, SLOTS = "answer", 12, 3
KEYS = [str(number) for number in range(NUM_KEYS)]
POLICY = DispatchPolicy(max_attempts=2, max_kills=2, hedge_kinds=frozenset({KIND}), max_host_deaths=99)
Results = dict[str, set[str]]
BROKEN = Failure("server_error", "500", is_retryable=True)


class Driver:
    """A dispatcher that asks what the store lacks and keeps what ends, as a sweep does."""

    def __init__(self, name: str, root: Path, accepted: Results, given_up: Results) -> None:
        self.name = name
        self.accepted, self.given_up = accepted, given_up
        self.store = Store.open(root)
        self.known = {key for key in KEYS if self.store.has(KIND, key)}
        self.dispatcher: Dispatcher[str] = Dispatcher(POLICY)
        self.ends: Counter[str] = Counter()
        self.out: list[Lease[str]] = []
        self.num_workers = 0
        self.workers: list[str] = []
        self.dispatcher.feed(KIND, self.source())
        self.join()
        self.join()

    def source(self) -> Iterator[Job[str]]:
        yield from (Job(KIND, key, key) for key in KEYS if not self.store.has(KIND, key))

    def join(self) -> None:
        self.num_workers += 1
        self.workers.append(f"{self.name} {self.num_workers}")
        self.dispatcher.join(self.workers[-1], [KIND], SLOTS)

    def lose(self, worker: str, *, in_peace: bool) -> None:
        self.workers.remove(worker)
        if in_peace:
            self.dispatcher.leave(worker)
        else:
            for lease, failure in self.dispatcher.died(worker):
                self.keep(lease, failure)
        self.join()

    def tell(self, lease: Lease[str], failure: Failure | None, now: float) -> None:
        """A reply of a call, which may be late, or the second of one job, or the second of one call."""
        if failure is None:
            if self.dispatcher.complete(lease, now):
                self.keep(lease, None)
        elif self.dispatcher.fail(lease, failure, now):
            self.keep(lease, failure)

    def keep(self, lease: Lease[str], failure: Failure | None) -> None:
        key = lease.job.key
        self.ends[key] += 1
        by = f"{self.name}, lease {lease.number}"
        (self.accepted if failure is None else self.given_up)[key].add(by)
        self.store.append(Entry(KIND, key, failure is None, {"by": by, "says": lease.job.payload}))


class TwoDrivers(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.now = 0.0
        self.num_drivers = 0
        self.accepted: Results = {key: set() for key in KEYS}
        self.given_up: Results = {key: set() for key in KEYS}
        self.drivers = [self.start(), self.start()]

    def start(self) -> Driver:
        self.num_drivers += 1
        return Driver(f"driver {self.num_drivers}", self.root, self.accepted, self.given_up)

    drivers_ = st.integers(0, 1)

    @rule(which=drivers_, data=st.data(), times=st.integers(1, 6))
    def lease(self, which: int, data: st.DataObject, times: int) -> None:
        driver = self.drivers[which]
        worker = data.draw(st.sampled_from(driver.workers))
        for _ in range(times):
            lease = driver.dispatcher.lease(worker, self.now)
            if lease is not None:
                assert lease.job.key not in driver.known, "what was in the store is not asked again"
                driver.out.append(lease)

    @precondition(lambda self: any(driver.out for driver in self.drivers))
    @rule(data=st.data(), failure=st.sampled_from([None, None, BROKEN]), comes_again=st.booleans())
    def reply(self, data: st.DataObject, failure: Failure | None, comes_again: bool) -> None:
        driver = data.draw(st.sampled_from([driver for driver in self.drivers if driver.out]))
        number = data.draw(st.integers(0, len(driver.out) - 1))
        lease = driver.out[number] if comes_again else driver.out.pop(number)
        driver.tell(lease, failure, self.now)

    @rule(which=drivers_, data=st.data(), in_peace=st.booleans())
    def lose_a_worker(self, which: int, data: st.DataObject, in_peace: bool) -> None:
        """Its leases stay in `out`: their replies may come late."""
        driver = self.drivers[which]
        driver.lose(data.draw(st.sampled_from(driver.workers)), in_peace=in_peace)

    @rule(which=drivers_)
    def kill_and_start_anew(self, which: int) -> None:
        """What was in flight is lost, and the segment stays as it is."""
        self.drivers[which].store.close()
        self.drivers[which] = self.start()

    @rule(seconds=st.sampled_from([0.1, 1.0, 50.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def a_driver_ends_a_job_once(self) -> None:
        for driver in self.drivers:
            assert max(driver.ends.values(), default=0) <= 1

    @invariant()
    def one_accepted_result_counts_for_each_key(self) -> None:
        """Of those accepted, whoever opens the store counts the same one, and loses none of them."""
        seen, seen_again = Store.open(self.root), Store.open(self.root)
        assert not seen.damage
        for key in KEYS:
            entry = seen.get(KIND, key)
            assert entry == seen_again.get(KIND, key)
            assert seen.has(KIND, key) == bool(self.accepted[key])
            if entry is not None:
                assert str(entry.payload["by"]) in (self.accepted if entry.is_finished else self.given_up)[key]
            else:
                assert not self.given_up[key]

    def teardown(self) -> None:
        """Both end all they have; a third then finds nothing to ask but what was given up."""
        for driver in self.drivers:
            self.finish(driver)
            assert {*driver.ends} == {*KEYS} - driver.known
        third = self.start()
        assert third.known == {key for key in KEYS if self.accepted[key]}
        self.finish(third)
        assert {*third.ends} == {*KEYS} - third.known
        self.one_accepted_result_counts_for_each_key()
        assert all(self.accepted.values())
        for driver in (*self.drivers, third):
            driver.store.close()
        self.folder.cleanup()

    def finish(self, driver: Driver) -> None:
        """Let honest replies come until nothing is open."""
        for worker in list(driver.workers):
            driver.lose(worker, in_peace=True)
        while driver.dispatcher.num_open:
            self.now += 1000.0
            for worker in driver.workers:
                while (lease := driver.dispatcher.lease(worker, self.now)) is not None:
                    driver.tell(lease, None, self.now)


TwoDrivers.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTwoDrivers = TwoDrivers.TestCase
