"""The seating follows the plan while calls end: pure, on a virtual clock."""

import heapq
import random
from collections import defaultdict

import pytest

from orchestrator.gpu_rows import GpuNode, GpuRow
from orchestrator.seating import Seating


def a_node(name: str, num_gpus: int = 8) -> GpuNode:
    return GpuNode(name=name, num_gpus=num_gpus, gpu_memory_gb=80)


def a_row(key: str, num_gpus: int, num_calls: int = 100, *, is_judge: bool = False, start_s: float = 60) -> GpuRow:
    return GpuRow(
        key=key, name=key, num_gpus=num_gpus, gpu_memory_gb=40 * num_gpus, num_calls=num_calls,
        seconds_per_call=10, start_s=start_s, is_judge=is_judge,
    )  # fmt: skip


class Cluster:
    """Plays the executor: opens what is seated, works calls off at true rates, closes what is idle."""

    def __init__(
        self, rows: list[GpuRow], nodes: list[GpuNode], seed: int, failing: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        self.random = random.Random(seed)
        self.rows = {row.key: row for row in rows}
        self.true_s = {row.key: row.seconds_per_call * self.random.uniform(0.2, 5) for row in rows}
        self.left = {row.key: row.num_calls for row in rows}
        self.nodes = nodes
        self.failing = failing
        self.seating = Seating(rows)
        self.now_s = 0.0
        self.events: list[tuple[float, int, str, str]] = []
        self.number = 0
        self.order: list[str] = []
        self.row_of: dict[str, str] = {}

    def run(self) -> float:
        self.renew()
        while self.events:
            self.now_s, _, what, name = heapq.heappop(self.events)
            seat = next((seat for seat in self.seating.seats if seat.name == name), None)
            if seat is None:
                continue
            if what == "start":
                self.start(name, seat.row_key, seat.nodes)
            elif self.left[seat.row_key]:
                self.left[seat.row_key] -= 1
                self.at(self.true_s[seat.row_key], "call", name)
            for idle in self.seating.idle(self.left):
                self.seating.closed(idle.name, self.now_s)
                self.renew()
        return self.now_s

    def start(self, name: str, row_key: str, nodes: tuple[str, ...]) -> None:
        if any((row_key, node) in self.failing for node in nodes):
            self.seating.lost(name, is_node=False)
            self.seating.closed(name, self.now_s)
            self.renew()
        else:
            self.seating.ready(name, self.now_s)
            self.at(self.true_s[row_key], "call", name)

    def at(self, delay_s: float, what: str, name: str) -> None:
        self.number += 1
        heapq.heappush(self.events, (self.now_s + delay_s, self.number, what, name))

    def renew(self) -> None:
        for seat in self.seating.renew(self.nodes, self.left, self.now_s):
            self.order.append(seat.row_key)
            self.row_of[seat.name] = seat.row_key
            self.at(self.rows[seat.row_key].start_s * self.random.uniform(0.5, 2), "start", seat.name)
        self.check_gpus()

    def check_gpus(self) -> None:
        held: dict[str, int] = defaultdict(int)
        idle = {seat.name for seat in self.seating.idle(self.left)}  # about to close: Ray waits for their GPUs
        for seat in self.seating.seats:
            for node in seat.nodes if seat.name not in idle else ():
                held[node] += seat.gpus_per_node
        assert all(held[node.name] <= node.num_gpus for node in self.nodes)


def leaderboard(rng: random.Random) -> list[GpuRow]:
    models = [a_row(f"m{number}", rng.choice((1, 2, 4, 8, 16)), rng.randint(1, 400)) for number in range(9)]
    return [*models, a_row("j", 2, 900, is_judge=True)]


@pytest.mark.parametrize("seed", range(20))
def test_every_call_is_made_and_no_gpu_is_held_twice(seed: int) -> None:
    rng = random.Random(seed)
    nodes = [a_node(f"n{number}") for number in range(rng.randint(2, 5))]
    cluster = Cluster(leaderboard(rng), nodes, seed)
    cluster.run()
    assert not any(cluster.left.values())
    assert not cluster.seating.seats


def test_judges_wait_for_the_first_replica_of_every_model_and_then_get_the_freed_gpus() -> None:
    rows = [a_row("a", 4), a_row("b", 4), a_row("c", 4), a_row("j", 4, 300, is_judge=True)]
    cluster = Cluster(rows, [a_node("n1")], 0)
    cluster.run()
    assert set(cluster.order[:3]) == {"a", "b", "c"}
    assert cluster.order[3:].count("j") >= 2, "freed GPUs go to more of the judge's replicas"


def test_a_row_that_does_not_start_on_one_node_starts_on_another() -> None:
    nodes = [a_node("n1", 2), a_node("n2", 2)]
    cluster = Cluster([a_row("a", 2)], nodes, 0, frozenset({("a", "n1")}))
    cluster.run()
    assert cluster.left == {"a": 0}


def test_a_row_that_starts_nowhere_is_given_up_and_the_others_go_on() -> None:
    nodes = [a_node(f"n{number}") for number in range(6)]
    failing = frozenset(("a", node.name) for node in nodes)
    cluster = Cluster([a_row("a", 8), a_row("b", 8)], nodes, 0, failing)
    cluster.run()
    assert cluster.left == {"a": 100, "b": 0}
    assert not cluster.seating.may_sit("a", nodes)
    assert cluster.order.count("a") <= len(nodes), "it is not tried for ever"


def test_a_node_whose_workers_die_while_starting_is_left_alone() -> None:
    seating = Seating([a_row("a", 8), a_row("b", 8)])
    nodes = [a_node("n1"), a_node("n2")]
    left = {"a": 100, "b": 100}
    first, second = seating.renew(nodes, left, 0.0)
    seating.lost(first.name, is_node=True)
    seating.closed(first.name, 5.0)
    assert seating.renew(nodes, left, 5.0) == [], "only n2 is left, and it is taken"
    assert seating.may_sit(first.row_key, nodes), "its turn comes once n2 is free"
    seating.closed(second.name, 9.0)
    [again] = seating.renew(nodes, {first.row_key: 100}, 9.0)
    assert (again.row_key, again.nodes) == (first.row_key, second.nodes)


def test_a_measured_rate_replaces_the_assumed_one() -> None:
    seating = Seating([a_row("a", 1)])
    left = {"a": 100}
    nodes = [a_node("n1", 1)]
    [seat] = seating.renew(nodes, left, 0.0)
    seating.ready(seat.name, 30.0)
    rate = seating.rates({"a": 50}, 130.0)["a"]
    assert (rate.start_s, rate.seconds_per_call) == (30.0, 2.0)
    assert seating.plan(nodes, {"a": 50}, 130.0).makespan_s == pytest.approx(100.0)


def test_a_judge_is_not_measured_while_it_waits_for_predictions() -> None:
    seating = Seating([a_row("a", 1), a_row("j", 1, 100, is_judge=True)])
    nodes, left = [a_node("n1", 2)], {"a": 100, "j": 100}
    for seat in seating.renew(nodes, left, 0.0):
        seating.ready(seat.name, 60.0)
    assert seating.rates({"a": 20, "j": 20}, 1000.0)["j"].seconds_per_call is None
    seating.renew(nodes, {"a": 0, "j": 60}, 1100.0)
    assert seating.rates({"a": 0, "j": 10}, 1200.0)["j"].seconds_per_call == pytest.approx(2.0)
