"""The sweep of the leaderboard as GPU rows, and what must hold of every GPU plan."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import yaml

from orchestrator.gpu_plan import GpuPlan
from orchestrator.gpu_rows import AssumedRates, GpuNode, GpuRow, most_replicas
from orchestrator.gpu_schedule import Replica

CONF = Path(__file__).resolve().parents[2] / "conf"
NUM_PAIRS = 4400
THINKING_TOKENS = 32_768
TOLERANCE_S = 0.01


def equal_nodes(count: int, num_gpus: int = 8, gpu_memory_gb: float = 80.0) -> tuple[GpuNode, ...]:
    return tuple(
        GpuNode(name=f"n{number}", num_gpus=num_gpus, gpu_memory_gb=gpu_memory_gb) for number in range(1, count + 1)
    )


def leaderboard_names(group: str) -> list[str]:
    sweep = yaml.safe_load((CONF / "sweep" / "leaderboard.yaml").read_text(encoding="utf-8"))
    return [name for entry in sweep["defaults"] for path, name in entry.items() if path.startswith(f"/{group}@")]


def published_models() -> int:
    names = leaderboard_names("model")
    return sum(yaml.safe_load((CONF / "model" / f"{name}.yaml").read_text())["role"] == "model" for name in names)


def leaderboard_rows() -> tuple[GpuRow, ...]:
    """The rows of the leaderboard that want GPUs, nothing done yet, at assumed rates."""
    rates = AssumedRates()
    rows = []
    for group in ("model", "judge"):
        for name in leaderboard_names(group):
            config = yaml.safe_load((CONF / group / f"{name}.yaml").read_text(encoding="utf-8"))
            engine = config.get("engine") or {}
            if not engine.get("num_gpus"):
                continue
            is_judge = group == "judge"
            sampling = (config["judge"] if is_judge else config["adapter"])["sampling"]
            is_thinking = sampling["max_output_tokens"] >= THINKING_TOKENS
            rows.append(
                GpuRow(
                    key=f"{group}:{name}",
                    name=config["name"],
                    num_gpus=engine["num_gpus"],
                    gpu_memory_gb=engine["gpu_memory_gb"],
                    num_calls=NUM_PAIRS * (published_models() if is_judge else 1),
                    seconds_per_call=rates.seconds_per_call(
                        engine["num_gpus"], is_judge=is_judge, is_thinking=is_thinking
                    ),
                    start_s=rates.start_s(engine["gpu_memory_gb"]),
                    is_judge=is_judge,
                )
            )
    return tuple(rows)


def can_fit(row: GpuRow, nodes: tuple[GpuNode, ...]) -> bool:
    """By brute force over node sizes and counts."""
    holding = [node for node in nodes if node.gpu_memory_gb * row.num_gpus >= row.gpu_memory_gb - 1e-9]
    if any(node.num_gpus >= row.num_gpus for node in holding):
        return True
    kinds: dict[tuple[int, float], int] = defaultdict(int)
    for node in holding:
        kinds[node.num_gpus, node.gpu_memory_gb] += 1
    return row.may_span and any(
        size * used >= row.num_gpus and row.num_gpus % used == 0
        for (size, _), count in kinds.items()
        for used in range(1, count + 1)
    )


def simple_bound_s(plan: GpuPlan) -> float:
    """The longest row alone, or all GPU-seconds with one start-up a row over all GPUs."""
    refused = {refusal.row.key for refusal in plan.refusals}
    rows = [row for row in plan.rows if row.key not in refused and row.num_calls]
    longest_s = max(row.start_s + row.work_s / most_replicas(row, plan.nodes) for row in rows)
    return max(longest_s, sum(row.num_gpus * (row.start_s + row.work_s) for row in rows) / plan.num_gpus)


def check_plan(plan: GpuPlan) -> None:
    """Assert everything that must hold of any plan."""
    rows = {row.key: row for row in plan.rows}
    by_row: dict[str, list[Replica]] = defaultdict(list)
    for replica in plan.replicas:
        by_row[replica.row_key].append(replica)
    refused = {refusal.row.key for refusal in plan.refusals}
    assert refused == {row.key for row in plan.rows if not can_fit(row, plan.nodes)}
    assert set(by_row) == {row.key for row in plan.rows if row.num_calls} - refused
    check_no_gpu_twice(plan)
    for replica in plan.replicas:
        check_seat(plan, rows[replica.row_key], replica)
    for key, replicas in by_row.items():
        check_work(rows[key], replicas)
    check_judges_wait(plan, rows)
    assert plan.makespan_s >= plan.bound_s * (1 - 1e-6)
    placed = [rows[key] for key in by_row]
    assert plan.makespan_s <= sum(row.start_s + row.work_s for row in placed) + TOLERANCE_S, "GPUs stood still"


def check_no_gpu_twice(plan: GpuPlan) -> None:
    size = {node.name: node.num_gpus for node in plan.nodes}
    held = defaultdict(list)
    for replica in plan.replicas:
        for slot in replica.slots:
            assert len(set(slot.gpus)) == len(slot.gpus)
            for gpu in slot.gpus:
                assert 0 <= gpu < size[slot.node]
                held[slot.node, gpu].append((replica.start_s, replica.end_s))
    for gpu, times in held.items():
        times.sort()
        for (_, end_s), (start_s, _) in pairwise(times):
            assert start_s >= end_s - 1e-6, f"{gpu} is held twice"


def check_seat(plan: GpuPlan, row: GpuRow, replica: Replica) -> None:
    nodes = {node.name: node for node in plan.nodes}
    taken = [nodes[slot.node] for slot in replica.slots]
    assert len({node.name for node in taken}) == len(taken) == replica.pipeline_parallel
    assert replica.tensor_parallel * replica.pipeline_parallel == row.num_gpus
    assert all(node.gpu_memory_gb >= row.card_gb for node in taken)
    if len(taken) == 1:
        assert replica.num_gpus == row.num_gpus
    else:
        roomy = [node for node in plan.nodes if node.gpu_memory_gb >= row.card_gb]
        assert all(node.num_gpus < row.num_gpus for node in roomy), "straddles nodes without need"
        assert len({(node.num_gpus, node.gpu_memory_gb) for node in taken}) == 1
        assert all(len(slot.gpus) == nodes[slot.node].num_gpus for slot in replica.slots), "takes no whole node"


def check_work(row: GpuRow, replicas: list[Replica]) -> None:
    assert [replica.number for replica in sorted(replicas, key=lambda replica: replica.number)] == list(
        range(len(replicas))
    )
    assert len(replicas) <= row.useful_replicas <= min(row.num_calls, row.max_replicas or row.num_calls)
    assert len({replica.end_s for replica in replicas}) == 1
    for replica in replicas:
        assert replica.ready_s == replica.start_s + row.start_s
        worked_s = replica.end_s - replica.ready_s
        if replica.number:
            assert worked_s >= row.start_s - TOLERANCE_S, "a replica that starts longer than it works"
    busy_s = sum(replica.end_s - replica.ready_s for replica in replicas)
    if row.is_judge:
        assert busy_s >= row.work_s - TOLERANCE_S
    else:
        assert abs(busy_s - row.work_s) <= TOLERANCE_S


def check_judges_wait(plan: GpuPlan, rows: dict[str, GpuRow]) -> None:
    first_s = defaultdict(lambda: float("inf"))
    for replica in plan.replicas:
        first_s[replica.row_key] = min(first_s[replica.row_key], replica.start_s)
    last_start_s = max((start_s for key, start_s in first_s.items() if not rows[key].is_judge), default=0.0)
    last_end_s = max((replica.end_s for replica in plan.replicas if not rows[replica.row_key].is_judge), default=0.0)
    for replica in plan.replicas:
        if rows[replica.row_key].is_judge:
            assert replica.start_s >= last_start_s
            assert replica.end_s >= last_end_s - TOLERANCE_S


def judge_end_by_steps(plan: GpuPlan, judge: GpuRow, num_steps: int = 20_000) -> float:
    """When the judge's queue is empty, by walking through time in small steps."""
    rows = {row.key: row for row in plan.rows}
    models = [replica for replica in plan.replicas if not rows[replica.row_key].is_judge]
    own = [replica for replica in plan.replicas if replica.row_key == judge.key]
    predicted = sum(rows[key].num_calls for key in {replica.row_key for replica in models})
    share = min(1.0, judge.num_calls / predicted) if predicted else 0.0
    step_s = plan.makespan_s * 1.02 / num_steps
    queue, left = judge.num_calls - share * predicted, float(judge.num_calls)
    for number in range(num_steps):
        now_s = number * step_s
        for replica in models:
            if replica.ready_s <= now_s < replica.end_s:
                queue += share * step_s / rows[replica.row_key].seconds_per_call
        served = min(queue, sum(replica.ready_s <= now_s for replica in own) * step_s / judge.seconds_per_call)
        queue, left = queue - served, left - served
        if left <= 1e-3 * judge.num_calls:
            return now_s
    raise AssertionError("the judge never ends")


def with_gpu_twice(plan: GpuPlan) -> GpuPlan:
    """The plan with its last replica moved onto the first one's GPUs and times."""
    first, last = plan.replicas[0], plan.replicas[-1]
    return replace(plan, replicas=(*plan.replicas[:-1], replace(last, slots=first.slots, start_s=first.start_s)))
