"""The dispatcher alone, on a virtual clock: `python -m benchmarks.bench_dispatch`; exit status 1 over a limit.

- A million cells, half of them answers that are fed and half verdicts born of their ends, over 512 workers of 4 slots.
  Latencies are lognormal, 3% ten times slower; calls fail and are tried again, hang until their deadline, kill their
  worker (it rejoins); workers leave; some cells kill every worker; slow calls are hedged. Every cell ends once, and
  the makespan is at most 1.01 x (work, lost work included) / slots + the longest call, under 60 s and 1 GB.
- The same with 4,400 cells in a fresh process: how many bytes of peak memory each cell more takes, at most 64.
- CPU per cell of the calls alone (feed or submit, lease, complete), from 10^3 to 10^6 cells: at most 1.5 x the
  cheapest when fed, 2 x when all are submitted beforehand.
- Verdicts submitted model by model, grouped by pair: at least 0.85 of the leases go on with their worker's last pair
  (12 of 13 can), within the same makespan.
"""

import heapq
import itertools
import multiprocessing
import random
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from orchestrator.dispatch import Dispatcher, DispatchPolicy, Failure, Job, Lease

MAKESPAN_LIMIT: Final = 1.01
WALL_LIMIT_S: Final = 60.0
MEMORY_LIMIT_MB: Final = 1000.0
CELL_LIMIT_BYTES: Final = 64.0
FED_COST_LIMIT, SUBMITTED_COST_LIMIT = 1.5, 2.0
GROUPED_LIMIT: Final = 0.85
NUM_MODELS: Final = 13
TICK_S: Final = 0.05
HUNG: Final = Failure("timeout", "no reply", is_retryable=True)
BUSY: Final = Failure("rate_limited", "429", is_retryable=True, retry_after_s=2.0)
POLICY: Final = DispatchPolicy(hedge_kinds=frozenset({"answer", "verdict"}))

Cell = Job[int]


def nothing_more(job: Cell) -> Iterable[Cell]:  # noqa: ARG001 (of any job)
    """Let a job's end be all."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Say who works and what goes wrong; rates are chances per call."""

    num_workers: int = 512
    slots: int = 4
    """Calls a worker has in flight at most."""
    slow_rate: float = 0.03
    """Calls that take ten times as long."""
    failure_rate: float = 0.01
    """Calls that are refused, and may be tried again."""
    hang_rate: float = 0.001
    """Calls that end at their deadline only."""
    deadline_s: float = 60.0
    """Longest a call may take, seconds."""
    death_rate: float = 0.0001
    """Calls that take their worker, and all it has in hand, down."""
    leave_rate: float = 0.0001
    """Calls after which their worker leaves."""
    rejoin_s: float = 5.0
    """Until a worker is there again, seconds."""
    poison_every: int = 50_000
    """Every so many cells, one kills each worker that takes it."""
    seed: int = 0
    """Seeds latencies and faults."""


class Outcome(NamedTuple):
    """What a run came to, on the virtual clock."""

    makespan_s: float
    work_s: float
    longest_s: float
    num_slots: int
    num_once: int
    num_leases: int
    num_hedges: int
    num_deaths: int
    num_hung: int
    num_set_aside: int
    grouped_share: float

    @property
    def bound_s(self) -> float:
        """Return what the makespan may be at most, seconds."""
        return MAKESPAN_LIMIT * self.work_s / self.num_slots + self.longest_s


class Simulation:
    """Play a scenario with a dispatcher that holds its jobs; payloads number the cells, ends make `follow_up` jobs."""

    def __init__(
        self,
        scenario: Scenario,
        dispatcher: Dispatcher[int],
        num_cells: int,
        follow_up: Callable[[Cell], Iterable[Cell]] = nothing_more,
    ) -> None:
        self._scenario = scenario
        self._dispatcher = dispatcher
        self._follow_up = follow_up
        self._random = random.Random(scenario.seed)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._held: dict[str, dict[int, Lease[int]]] = {}
        self._idle: dict[str, None] = {}
        self._last_group: dict[str, str] = {}
        self._ends = bytearray(num_cells)
        self._now = self._work_s = self._longest_s = 0.0
        self._num_leases = self._num_hedges = self._num_deaths = self._num_hung = self._num_set_aside = 0
        self._num_grouped = 0

    def run(self) -> Outcome:
        """Play until every job has ended."""
        for number in range(self._scenario.num_workers):
            self._join(number, 0)
        self._after(TICK_S, self._tick)
        while self._dispatcher.num_open:
            self._now, _, happens = heapq.heappop(self._events)
            happens()
        return Outcome(
            makespan_s=self._now,
            work_s=self._work_s,
            longest_s=self._longest_s,
            num_slots=self._scenario.num_workers * self._scenario.slots,
            num_once=self._ends.count(1),
            num_leases=self._num_leases,
            num_hedges=self._num_hedges,
            num_deaths=self._num_deaths,
            num_hung=self._num_hung,
            num_set_aside=self._num_set_aside,
            grouped_share=self._num_grouped / self._num_leases,
        )

    def _after(self, seconds: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self._now + seconds, next(self._order), happens))

    def _tick(self) -> None:
        """Let those who found nothing look again: for jobs that have waited out, or calls that have become slow."""
        self._pull_idle()
        self._after(TICK_S, self._tick)

    def _join(self, number: int, life: int) -> None:
        worker = f"{number}.{life}"
        assert self._dispatcher.join(worker, ("verdict", "answer"), self._scenario.slots, host=f"host {number // 8}")
        self._held[worker] = {}
        self._pull(worker)

    def _rejoin(self, worker: str) -> None:
        number, life = map(int, worker.split("."))
        self._after(self._scenario.rejoin_s, lambda: self._join(number, life + 1))

    def _pull_idle(self) -> None:
        for worker in list(self._idle):
            self._pull(worker)

    def _pull(self, worker: str) -> None:
        self._idle.pop(worker, None)
        held = self._held[worker]
        while len(held) < self._scenario.slots:
            lease = self._dispatcher.lease(worker, self._now)
            if lease is None:
                self._idle[worker] = None
                return
            held[lease.number] = lease
            self._count(lease)
            self._call(lease)

    def _count(self, lease: Lease[int]) -> None:
        self._num_leases += 1
        self._num_hedges += lease.is_hedge
        self._num_grouped += self._last_group.get(lease.worker) == lease.job.group != ""
        self._last_group[lease.worker] = lease.job.group

    def _call(self, lease: Lease[int]) -> None:
        """Throw the dice for a call: how long it takes and how it ends."""
        scenario, dice = self._scenario, self._random.random()
        seconds = self._random.lognormvariate(-0.7, 0.5) * (10 if self._random.random() < scenario.slow_rate else 1)
        is_poison = lease.job.payload % scenario.poison_every == scenario.poison_every // 2
        if is_poison or (dice := dice - scenario.death_rate) < 0:
            self._after(seconds, lambda: self._die(lease))
        elif (dice := dice - scenario.leave_rate) < 0:
            self._after(seconds, lambda: self._leave(lease))
        elif (dice := dice - scenario.hang_rate) < 0:
            self._num_hung += 1
            self._after(scenario.deadline_s, lambda: self._fail(lease, HUNG))
        elif dice < scenario.failure_rate:
            self._after(seconds, lambda: self._fail(lease, BUSY))
        else:
            self._after(seconds, lambda: self._complete(lease))

    def _release(self, lease: Lease[int]) -> bool:
        """Count a lease's time as work; False where its worker has gone meanwhile."""
        if self._held.get(lease.worker, {}).pop(lease.number, None) is None:
            return False
        seconds = self._now - lease.started_s
        self._work_s += seconds
        self._longest_s = max(self._longest_s, seconds)
        return True

    def _complete(self, lease: Lease[int]) -> None:
        if self._release(lease):
            if self._dispatcher.complete(lease, self._now):
                self._end(lease.job)
            self._pull(lease.worker)

    def _fail(self, lease: Lease[int], failure: Failure) -> None:
        if self._release(lease):
            if self._dispatcher.fail(lease, failure, self._now):
                self._set_aside(lease.job)
            self._pull(lease.worker)

    def _die(self, lease: Lease[int]) -> None:
        if self._drop(lease):
            self._num_deaths += 1
            for poison, _ in self._dispatcher.died(lease.worker):
                self._set_aside(poison.job)
            self._pull_idle()

    def _leave(self, lease: Lease[int]) -> None:
        if self._drop(lease):
            self._dispatcher.leave(lease.worker)
            self._pull_idle()

    def _drop(self, lease: Lease[int]) -> bool:
        """Let a worker go with all it has in hand."""
        is_there = lease.number in self._held.get(lease.worker, {})
        if is_there:
            for held in list(self._held[lease.worker].values()):
                self._release(held)
            del self._held[lease.worker]
            self._idle.pop(lease.worker, None)
            self._last_group.pop(lease.worker, None)
            self._rejoin(lease.worker)
        return is_there

    def _set_aside(self, job: Cell) -> None:
        self._num_set_aside += 1
        self._end(job)

    def _end(self, job: Cell) -> None:
        self._ends[job.payload] += 1
        for born in self._follow_up(job):
            assert self._dispatcher.submit(born)


def simulate_sweep(num_cells: int, scenario: Scenario) -> Outcome:
    """Play a sweep: half the cells are fed as answers, each of which ends in a verdict on it."""
    num_answers = num_cells // 2
    dispatcher: Dispatcher[int] = Dispatcher(POLICY)
    dispatcher.feed("answer", (Job("answer", f"answer {number}", number) for number in range(num_answers)))

    def judge(job: Cell) -> Iterator[Cell]:
        if job.kind == "answer":
            pair = f"pair {job.payload // NUM_MODELS}"
            yield Job("verdict", f"verdict {job.payload}", num_answers + job.payload, pair)

    return Simulation(scenario, dispatcher, 2 * num_answers, judge).run()


def simulate_judging(num_pairs: int, scenario: Scenario, *, is_grouped: bool = True) -> Outcome:
    """Play the judging of stored answers, submitted model by model."""
    dispatcher: Dispatcher[int] = Dispatcher(POLICY)
    num_cells = num_pairs * NUM_MODELS
    for number in range(num_cells):
        group = f"pair {number % num_pairs}" if is_grouped else ""
        dispatcher.submit(Job("verdict", f"verdict {number}", number, group))
    return Simulation(scenario, dispatcher, num_cells).run()


def cost_us(num_cells: int, *, is_fed: bool, num_workers: int = 64, slots: int = 4) -> float:
    """Return microseconds of CPU per cell when all goes well and calls end in the order in which they began."""
    dispatcher: Dispatcher[int] = Dispatcher()
    jobs = (Job("answer", f"answer {number}", number) for number in range(num_cells))
    started = time.process_time()
    if is_fed:
        dispatcher.feed("answer", jobs)
    else:
        deque(map(dispatcher.submit, jobs), maxlen=0)
    out: deque[Lease[int]] = deque()
    for worker in map(str, range(num_workers)):
        dispatcher.join(worker, ["answer"], slots)
        out += iter(lambda worker=worker: dispatcher.lease(worker, 0.0), None)  # type: ignore[misc]
    for now in itertools.count():
        if not out:
            return (time.process_time() - started) / num_cells * 1e6
        done = out.popleft()
        dispatcher.complete(done, float(now))
        if (lease := dispatcher.lease(done.worker, float(now))) is not None:
            out.append(lease)
    raise AssertionError("time never ends")


def cost_ratio(*, is_fed: bool) -> float:
    """Print the cost per cell at each size; return the dearest over the cheapest."""
    costs = {}
    for num_cells, num_runs in ((10**3, 40), (10**4, 10), (10**5, 3), (10**6, 1)):
        costs[num_cells] = min(cost_us(num_cells, is_fed=is_fed) for _ in range(num_runs))
    how = "fed      " if is_fed else "submitted"
    print(f"{how}  us of CPU per cell:", *(f"{num_cells:,}: {cost:.1f}" for num_cells, cost in costs.items()), sep="  ")
    return max(costs.values()) / min(costs.values())


class Measured(NamedTuple):
    """One sweep in a process of its own."""

    outcome: Outcome
    wall_s: float
    peak_mb: float


def measure_sweep(num_cells: int) -> Measured:
    """Play a sweep and say what it took of this process."""
    started = time.perf_counter()
    outcome = simulate_sweep(num_cells, Scenario())
    return Measured(outcome, time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure_apart(num_cells: int) -> Measured:
    """Measure in a fresh process, whose memory nothing else has touched."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure_sweep, (num_cells,))


def describe(name: str, num_cells: int, outcome: Outcome) -> None:
    """Print what a run came to."""
    print(
        f"{name}: {num_cells:,} cells, {outcome.num_slots:,} slots: {outcome.num_leases:,} leases, "
        f"{outcome.num_hedges:,} hedges, {outcome.num_deaths:,} deaths, {outcome.num_hung:,} hung, "
        f"{outcome.num_set_aside:,} set aside; grouped {outcome.grouped_share:.3f}"
    )
    print(
        f"    makespan {outcome.makespan_s:.1f} s, bound {outcome.bound_s:.1f} s: work / slots "
        f"{outcome.work_s / outcome.num_slots:.1f} s, longest call {outcome.longest_s:.1f} s"
    )


def show(figures: Sequence[tuple[str, float, float]], ended_once: bool) -> int:
    """Print each figure with its limit; return the exit status."""
    for name, figure, limit in figures:
        print(f"{name:32} {figure:9.3f}  limit {limit:g}  {'pass' if figure <= limit else 'FAIL'}")
    print(f"{'every cell ended once':32} {'yes  pass' if ended_once else 'NO  FAIL'}")
    return 0 if ended_once and all(figure <= limit for _, figure, limit in figures) else 1


def main() -> int:
    """Measure, print and return the exit status."""
    num_cells, num_pairs = 1_000_000, 8_000
    small, large = measure_apart(4_400), measure_apart(num_cells)
    judging = simulate_judging(num_pairs, Scenario(num_workers=32, slots=16))
    plain = simulate_judging(num_pairs, Scenario(num_workers=32, slots=16), is_grouped=False)
    describe("sweep", num_cells, large.outcome)
    describe("judging", num_pairs * NUM_MODELS, judging)
    describe("judging, no groups", num_pairs * NUM_MODELS, plain)
    print(f"peak memory {small.peak_mb:.1f} MB at 4,400 cells, {large.peak_mb:.1f} MB at {num_cells:,}")
    fed_ratio, submitted_ratio = cost_ratio(is_fed=True), cost_ratio(is_fed=False)
    figures = (
        ("sweep: makespan / bound", large.outcome.makespan_s / large.outcome.bound_s, 1.0),
        ("judging: makespan / bound", judging.makespan_s / judging.bound_s, 1.0),
        ("sweep: wall, s", large.wall_s, WALL_LIMIT_S),
        ("sweep: peak memory, MB", large.peak_mb, MEMORY_LIMIT_MB),
        ("bytes per cell", (large.peak_mb - small.peak_mb) * 2**20 / (num_cells - 4_400), CELL_LIMIT_BYTES),
        ("cost, 10^3 to 10^6, fed", fed_ratio, FED_COST_LIMIT),
        ("cost, 10^3 to 10^6, submitted", submitted_ratio, SUBMITTED_COST_LIMIT),
        ("leases of another pair", 1 - judging.grouped_share, 1 - GROUPED_LIMIT),
    )
    ended_once = large.outcome.num_once == num_cells and judging.num_once == num_pairs * NUM_MODELS
    return show(figures, ended_once)


if __name__ == "__main__":
    sys.exit(main())
