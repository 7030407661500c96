"""Which rows run on which GPUs, in which order, with how many replicas, until when. Pure: no Ray, no clock, no I/O.

`plan_gpus` builds a schedule per policy and keeps the one that ends first; `plan_lines` prints it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.gpu_rows import GpuNode, GpuRow, most_replicas, seats, why_never
from orchestrator.gpu_schedule import Policy, Replica, Running, Schedule, replicas_for
from schemas.errors import ConfigError

_TARGETS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Ends that rows aim at when they start, in units of the bound; 0: as many replicas as are useful."""
_SETTLE = 0.003
"""Ends that count as one moment, in units of the bound."""
_BOUND_PRECISION = 1e-4
_MAX_PLACES = 4


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that can never fit on these nodes, and the arithmetic."""

    row: GpuRow
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuPlan:
    """Every replica of every row that fits, from 0 seconds on."""

    nodes: tuple[GpuNode, ...]
    rows: tuple[GpuRow, ...]
    replicas: tuple[Replica, ...]
    refusals: tuple[Refusal, ...]
    bound_s: float
    """No plan can end earlier, seconds."""

    @property
    def makespan_s(self) -> float:
        """Return when the last row ends, seconds."""
        return max((replica.end_s for replica in self.replicas), default=0.0)

    @property
    def num_gpus(self) -> int:
        """Return the GPUs of all nodes."""
        return sum(node.num_gpus for node in self.nodes)

    @property
    def gpu_seconds(self) -> float:
        """Return the GPU-seconds that replicas hold, start-up included."""
        return sum(replica.gpu_seconds for replica in self.replicas)

    @property
    def idle_share(self) -> float:
        """Return the share of GPU-seconds up to the makespan that no replica holds, 0..1."""
        offered = self.num_gpus * self.makespan_s
        return max(0.0, 1 - self.gpu_seconds / offered) if offered else 0.0


def plan_gpus(nodes: Iterable[GpuNode], rows: Iterable[GpuRow], running: Iterable[Running] = ()) -> GpuPlan:
    """Place every row that fits, largest first; ConfigError where two nodes or two rows share a name.

    With `running`, the plan goes on from there: those replicas stay, and start before 0 seconds.
    """
    nodes, rows = tuple(nodes), tuple(rows)
    for what, names in (("node", [node.name for node in nodes]), ("row", [row.key for row in rows])):
        if len(set(names)) < len(names):
            twice = sorted(name for name in set(names) if names.count(name) > 1)
            raise ConfigError(f"a plan needs every {what} once, but {', '.join(twice)} comes twice")
    refusals = tuple(Refusal(row, reason) for row in rows if (reason := why_never(row, nodes)) is not None)
    refused = {refusal.row.key for refusal in refusals}
    fitting = [row for row in rows if row.key not in refused and row.num_calls]
    bound_s = lower_bound_s(nodes, fitting)
    known = {row.key for row in fitting}
    staying = tuple(replica for replica in running if replica.row_key in known)
    return GpuPlan(
        nodes=nodes,
        rows=rows,
        replicas=_best_schedule(nodes, fitting, bound_s, staying),
        refusals=refusals,
        bound_s=bound_s,
    )


def lower_bound_s(nodes: Sequence[GpuNode], rows: Sequence[GpuRow]) -> float:
    """Return what no plan can undercut, seconds.

    That is the longest row on all that it can use, or the first time by which all GPUs can have given all GPU-seconds:
    a replica works no longer than what its start-up leaves, so an early end takes more replicas, and more start-ups.
    """
    longest_s = max((row.start_s + row.work_s / most_replicas(row, nodes) for row in rows), default=0.0)
    num_gpus = sum(node.num_gpus for node in nodes)
    sizes = [seats(row, nodes)[0].gpus_taken for row in rows]
    low_s, high_s = longest_s, longest_s + sum(row.start_s + row.work_s for row in rows)
    while high_s - low_s > _BOUND_PRECISION * high_s:
        middle_s = (low_s + high_s) / 2
        held = sum(
            size * (row.work_s + replicas_for(row, middle_s) * row.start_s)
            for row, size in zip(rows, sizes, strict=True)
        )
        if held > num_gpus * middle_s:
            low_s = middle_s
        else:
            high_s = middle_s
    return low_s


def _best_schedule(
    nodes: Sequence[GpuNode], rows: Sequence[GpuRow], bound_s: float, running: Sequence[Running]
) -> tuple[Replica, ...]:
    """Return the schedule that ends first; of equals, the one that holds the fewest GPU-seconds.

    A list schedule can end later on more nodes (R. L. Graham, 1969). So where all nodes are alike, plans that leave the
    last ones alone are tried too, unless their own bound says that they can't win: one more node never does harm.
    """
    if not rows:
        return ()
    best = _best_of(nodes, rows, bound_s, None, running)
    if running:
        return best.replicas()
    alike = len({(node.num_gpus, node.gpu_memory_gb) for node in nodes}) == 1
    for num_nodes in range(len(nodes) - 1, 0, -1) if alike else ():
        fewer = nodes[:num_nodes]
        if not all(seats(row, fewer) for row in rows):
            break
        fewer_bound_s = lower_bound_s(fewer, rows)
        if fewer_bound_s > best.cost()[0]:
            break
        best = _best_of(fewer, rows, fewer_bound_s, best)
    return best.replicas()


def _best_of(
    nodes: Sequence[GpuNode],
    rows: Sequence[GpuRow],
    bound_s: float,
    best: Schedule | None,
    running: Sequence[Running] = (),
) -> Schedule:
    for factor in _TARGETS:
        for judges_first in (False, True):
            policy = Policy(target_s=factor * bound_s, judges_first=judges_first, settle_s=_SETTLE * bound_s)
            schedule = Schedule(nodes, rows, policy, running)
            is_done = schedule.run(give_up_s=best.cost()[0] if best else math.inf)
            if is_done and (best is None or schedule.cost() < best.cost()):
                best = schedule
    assert best is not None, "the first schedule never gives up"
    return best


def plan_lines(plan: GpuPlan) -> list[str]:
    """Return the plan as text: a line for every row that starts, or grows, then totals, then what is refused."""
    rows = {row.key: row for row in plan.rows}
    groups: dict[tuple[str, float], list[Replica]] = defaultdict(list)
    for replica in plan.replicas:
        groups[replica.row_key, replica.start_s].append(replica)
    joined: set[str] = set()
    cells: list[tuple[str, ...]] = [("start", "end", "row", "replicas", "where", "calls", "rates")]
    for (key, _), group in groups.items():
        cells.append(_cells(rows[key], group, is_more=key in joined, nodes=plan.nodes))
        joined.add(key)
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    table = [_aligned(line, widths) for line in cells] if plan.replicas else []
    return [_nodes_line(plan), *table, *_total_lines(plan), *_left_out_lines(plan)]


def _cells(row: GpuRow, group: Sequence[Replica], *, is_more: bool, nodes: Sequence[GpuNode]) -> tuple[str, ...]:
    first = group[0]
    size = f"{first.tensor_parallel}" + (f"x{first.pipeline_parallel}" if first.pipeline_parallel > 1 else "")
    return (
        _clock(first.start_s),
        _clock(first.end_s),
        _label(row),
        f"{'+' if is_more else ''}{len(group)} of {size}",
        _where(group, nodes),
        "" if is_more else f"{row.num_calls:,}",
        "" if is_more else "measured" if row.is_measured else "assumed",
    )


def _label(row: GpuRow) -> str:
    return f"{row.name} (judge)" if row.is_judge else row.name


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    right = {0, 1, 5}
    padded = [
        cell.rjust(width) if number in right else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return ("  " + "  ".join(padded)).rstrip()


def _where(group: Sequence[Replica], nodes: Sequence[GpuNode]) -> str:
    """Name the GPUs: `n1+n2` one replica over both, `n1` all of it, `n1:0-3` some of it."""
    if len(group[0].slots) > 1:
        places = ["+".join(slot.node for slot in replica.slots) for replica in group]
    else:
        used: dict[str, list[int]] = defaultdict(list)
        for replica in group:
            used[replica.slots[0].node] += replica.slots[0].gpus
        size = {node.name: node.num_gpus for node in nodes}
        places = [node if len(gpus) == size[node] else f"{node}:{_ranges(gpus)}" for node, gpus in used.items()]
    if len(places) > _MAX_PLACES:
        return " ".join(places[: _MAX_PLACES - 1]) + f" and {len(places) - _MAX_PLACES + 1} more"
    return " ".join(places)


def _ranges(numbers: Iterable[int]) -> str:
    """Write 0, 1, 2, 5 as `0-2,5`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _clock(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _nodes_line(plan: GpuPlan) -> str:
    kinds: dict[tuple[int, float], int] = defaultdict(int)
    for node in plan.nodes:
        kinds[node.num_gpus, node.gpu_memory_gb] += 1
    parts = [f"{count} x {size} x {memory_gb:.0f} GB" for (size, memory_gb), count in kinds.items()]
    return f"GPU plan   {', '.join(parts) or 'no nodes'} (nodes x GPUs x memory); times in hours:minutes"


def _total_lines(plan: GpuPlan) -> list[str]:
    if not plan.replicas:
        return []
    placed = {replica.row_key for replica in plan.replicas}
    num_assumed = sum(row.key in placed and not row.is_measured for row in plan.rows)
    over = plan.makespan_s / plan.bound_s
    return [
        f"ends after {_clock(plan.makespan_s)}, {over:.2f} x the least possible; "
        f"{plan.gpu_seconds / 3600:,.0f} GPU-hours held, {plan.idle_share:.0%} of the GPUs' time idle",
        f"rates: {len(placed) - num_assumed} measured, {num_assumed} assumed"
        + (": take the times as an order of magnitude" if num_assumed else ""),
    ]


def _left_out_lines(plan: GpuPlan) -> list[str]:
    refused = {refusal.row.key for refusal in plan.refusals}
    done = [_label(row) for row in plan.rows if not row.num_calls and row.key not in refused]
    lines = [f"never fits   {_label(refusal.row)}: {refusal.reason}" for refusal in plan.refusals]
    return [*lines, f"nothing to do   {', '.join(done)}"] if done else lines
