"""A large run on a virtual clock: little idle time, nothing lost, seconds of real time."""

import heapq
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from orchestrator.dispatch import Dispatcher, DispatchPolicy, Job, Lease


@dataclass
class Simulation:
    """Workers on a virtual clock; `death_rate` is the chance that a call takes its worker down."""

    num_jobs: int
    num_workers: int
    slots: int
    death_rate: float = 0.0
    policy: DispatchPolicy = field(default_factory=DispatchPolicy)
    seed: int = 0
    work_s: float = 0.0
    longest_s: float = 0.0
    now: float = 0.0
    num_deaths: int = 0
    ends: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.made: Dispatcher[int] = Dispatcher(self.policy)
        self.events: list[tuple[float, int, Lease[int], bool]] = []

    def run(self) -> "Simulation":
        for number in range(self.num_jobs):
            self.made.submit(Job("ask", str(number), number))
        for number in range(self.num_workers):
            self.start_worker(f"w{number}")
        while self.events:
            self.now, _, lease, is_death = heapq.heappop(self.events)
            if is_death and lease.number in self.made._leases:
                self.die(lease)
            elif lease.number in self.made._leases:
                self.work_s += self.now - lease.started_s
                self.ends[lease.job.key] += self.made.complete(lease, self.now)
                self.pull(lease.worker)
        return self

    def start_worker(self, name: str) -> None:
        assert self.made.join(name, ["ask"], self.slots, host=name)
        self.pull(name)

    def die(self, fatal: Lease[int]) -> None:
        """All the work in the worker's hands is lost; another takes its place at once."""
        self.num_deaths += 1
        lost = [lease for lease in self.made._leases.values() if lease.worker == fatal.worker]
        self.work_s += sum(self.now - lease.started_s for lease in lost)
        for lease, _ in self.made.died(fatal.worker):
            self.ends[lease.job.key] += 1
        self.start_worker(f"{fatal.worker}+")

    def pull(self, worker: str) -> None:
        while (lease := self.made.lease(worker, self.now)) is not None:
            seconds = self.random.lognormvariate(-0.7, 0.5) * (10 if self.random.random() < 0.03 else 1)
            self.longest_s = max(self.longest_s, seconds)
            is_death = self.random.random() < self.death_rate
            heapq.heappush(self.events, (self.now + seconds, lease.number, lease, is_death))


@pytest.mark.parametrize(("num_workers", "slots"), [(64, 1), (8, 64)])
def test_a_hundred_thousand_jobs_keep_every_slot_busy(num_workers: int, slots: int) -> None:
    done = Simulation(100_000, num_workers, slots).run()
    assert set(done.ends.values()) == {1}
    assert len(done.ends) == 100_000
    assert done.now <= 1.02 * done.work_s / (num_workers * slots) + done.longest_s


def test_deaths_cost_the_lost_work_and_no_job() -> None:
    done = Simulation(20_000, 64, 4, death_rate=0.003, policy=DispatchPolicy(max_kills=50)).run()
    assert done.num_deaths > 30
    assert set(done.ends.values()) == {1}
    assert len(done.ends) == 20_000
    assert done.now <= 1.02 * done.work_s / 256 + done.longest_s


def test_hedges_cut_the_slow_tail() -> None:
    plain = Simulation(2_000, 50, 1, seed=3).run()
    hedged = Simulation(2_000, 50, 1, seed=3, policy=DispatchPolicy(hedge_kinds=frozenset({"ask"}))).run()
    assert set(hedged.ends.values()) == {1}
    assert hedged.now <= plain.now
