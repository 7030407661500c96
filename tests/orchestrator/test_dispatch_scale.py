"""Large runs on a virtual clock: little idle time, nothing lost; benchmarks/bench_dispatch.py plays a million cells."""

import itertools
from collections.abc import Iterator

import pytest

from benchmarks.bench_dispatch import Outcome, Scenario, Simulation, simulate_judging, simulate_sweep
from orchestrator.dispatch import Dispatcher, DispatchPolicy, Job

QUIET = {"failure_rate": 0.0, "hang_rate": 0.0, "death_rate": 0.0, "leave_rate": 0.0, "poison_every": 10**9}


def check(outcome: Outcome, num_cells: int) -> None:
    assert outcome.num_once == num_cells, "every cell ends exactly once"
    assert outcome.makespan_s <= outcome.bound_s


def test_a_faulty_sweep_is_done_as_soon_as_its_work_allows() -> None:
    scenario = Scenario(num_workers=32, death_rate=0.0005, leave_rate=0.0005, rejoin_s=0.5, poison_every=5_000)
    outcome = simulate_sweep(20_000, scenario)
    check(outcome, 20_000)
    assert min(outcome.num_deaths - 8, outcome.num_hung, outcome.num_hedges, outcome.num_set_aside - 3) > 0


@pytest.mark.parametrize(("num_workers", "slots"), [(64, 1), (2, 64)])
def test_a_quiet_sweep_keeps_every_slot_busy(num_workers: int, slots: int) -> None:
    outcome = simulate_sweep(20_000, Scenario(num_workers=num_workers, slots=slots, **QUIET))
    check(outcome, 20_000)
    assert outcome.makespan_s <= 1.01 * outcome.work_s / outcome.num_slots + outcome.longest_s / 2


def test_verdicts_of_one_pair_go_to_one_judge_at_no_cost() -> None:
    scenario = Scenario(num_workers=4, slots=16)
    grouped, plain = simulate_judging(1_000, scenario), simulate_judging(1_000, scenario, is_grouped=False)
    check(grouped, 13_000)
    check(plain, 13_000)
    assert (grouped.grouped_share > 0.8, plain.grouped_share) == (True, 0.0)


def test_hedges_cut_the_slow_tail() -> None:
    def play(policy: DispatchPolicy) -> Outcome:
        dispatcher: Dispatcher[int] = Dispatcher(policy)
        dispatcher.feed("answer", (Job("answer", str(number), number) for number in range(2_000)))
        return Simulation(Scenario(num_workers=50, slots=1, seed=3, **QUIET), dispatcher, 2_000).run()

    plain, hedged = play(DispatchPolicy()), play(DispatchPolicy(hedge_kinds=frozenset({"answer"})))
    assert (plain.num_once, hedged.num_once) == (2_000, 2_000)
    assert hedged.makespan_s < plain.makespan_s


def most_open(num_cells: int) -> int:
    """Return how many jobs a sweep had open at most, of 16 slots whose every fourth call is refused."""
    most = 0
    dispatcher: Dispatcher[int] = Dispatcher(DispatchPolicy(max_open=100))

    def watch(job: Job[int]) -> Iterator[Job[int]]:
        nonlocal most
        most = max(most, dispatcher.num_open)
        if job.kind == "answer":
            yield from (
                Job("verdict", f"{judge} {job.key}", num_cells * (judge + 1) + job.payload) for judge in range(3)
            )

    dispatcher.feed(
        "answer", (Job("answer", str(number), number) for number in itertools.islice(itertools.count(), num_cells))
    )
    scenario = Scenario(num_workers=4, **{**QUIET, "failure_rate": 0.25})
    outcome = Simulation(scenario, dispatcher, 4 * num_cells, watch).run()
    assert outcome.num_once == 4 * num_cells
    return most


def test_no_more_is_open_however_many_cells_there_are() -> None:
    assert most_open(5_000) <= 2 * 100 + 3 * 16
