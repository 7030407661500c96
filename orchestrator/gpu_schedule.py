"""A schedule of replicas on GPUs, built by stepping from one row's end to the next. Pure: no Ray, no clock, no I/O.

Rows run largest first. A row's GPUs are freed when its calls are done. A row that doesn't fit yet reserves the
nodes that free up first; what comes after it takes them only if it is done by then. Replicas share one queue, so all
replicas of a row end together, and one that joins late helps from then on.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from orchestrator.gpu_rows import GpuNode, GpuRow, Seat, seats

_EPSILON_S = 1e-6
_BEFORE_S = -1.0
"""Start of what runs already."""


@dataclass(frozen=True, slots=True)
class GpuSlot:
    """GPUs of one node, by their number on it."""

    node: str
    gpus: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """One engine: where it sits, from when to when. Times are seconds after the plan's start."""

    row_key: str
    number: int
    slots: tuple[GpuSlot, ...]
    tensor_parallel: int
    pipeline_parallel: int
    start_s: float
    ready_s: float
    end_s: float

    @property
    def num_gpus(self) -> int:
        """Return the GPUs it takes, whole nodes in full."""
        return sum(len(slot.gpus) for slot in self.slots)

    @property
    def gpu_seconds(self) -> float:
        """Return GPUs times seconds, start-up included."""
        return self.num_gpus * (self.end_s - self.start_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A replica that holds GPUs already; a plan made around it leaves it where it is, to its row's end."""

    row_key: str
    nodes: tuple[str, ...]
    ready_in_s: float
    """Until its first call, seconds; 0: it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Say how greedily rows are given replicas; the plan tries several and keeps the best."""

    target_s: float
    """A row starts with the fewest replicas that would end it in this time, seconds."""
    judges_first: bool
    """Whether free GPUs go to judges before they go to more replicas of running models."""
    settle_s: float = 0.0
    """Rows that end within this time of each other are followed together, so that their GPUs join, seconds."""


def drain_s(ready: Mapping[float, int], work_s: float, since_s: float = 0.0) -> float:
    """Return when replicas that become ready at these times (time: how many) have done `work_s`, begun at `since_s`."""
    num_ready, sum_ready, end_s = 0, 0.0, math.inf
    for ready_s, count in sorted(ready.items()):
        at_s = max(ready_s, since_s)
        if end_s <= at_s:
            break
        num_ready += count
        sum_ready += count * at_s
        end_s = (work_s + sum_ready) / num_ready
    return end_s


@dataclass(slots=True)
class _Seated:
    start_s: float
    seat: Seat
    gpus: dict[int, list[int]]


@dataclass(slots=True)
class _Run:
    """A row on its way: its replicas so far."""

    row: GpuRow
    seats: tuple[Seat, ...]
    wanted: int
    seated: list[_Seated] = field(default_factory=list)
    ready: Counter[float] = field(default_factory=Counter)
    end_s: float | None = None

    def drain_with_one_more(self, now_s: float) -> float:
        ready = self.ready + Counter({now_s + self.row.start_s: 1})
        return drain_s(ready, self.row.work_s)

    def gains(self, now_s: float) -> bool:
        """Tell whether one more replica would work at least as long as it starts."""
        if not self.seated:
            return True
        if len(self.seated) >= self.row.useful_replicas:
            return False
        return self.drain_with_one_more(now_s) - now_s >= 2 * self.row.start_s + _EPSILON_S

    def gpu_seconds(self) -> float:
        """Return the GPU-seconds that a finished row held."""
        assert self.end_s is not None
        return sum(seated.seat.gpus_taken * (self.end_s - seated.start_s) for seated in self.seated)

    def produced_after(self, at_s: float, end_s: float) -> float:
        """Return the calls it finishes after `at_s`."""
        busy_s = sum(count * max(0.0, end_s - max(ready, at_s)) for ready, count in self.ready.items())
        return busy_s / self.row.seconds_per_call


@dataclass(frozen=True, slots=True)
class _Reservation:
    nodes: frozenset[int]
    from_s: float


class Schedule:
    """Seats every row of a list on nodes, each of which some node or set of nodes must be able to hold."""

    def __init__(
        self, nodes: Sequence[GpuNode], rows: Sequence[GpuRow], policy: Policy, running: Iterable[Running] = ()
    ) -> None:
        self._nodes = nodes
        self._policy = policy
        self._free = [list(range(node.num_gpus)) for node in nodes]
        self._open = set(range(len(nodes)))
        ordered = sorted(rows, key=lambda row: (-row.num_gpus, -row.num_gpus * row.work_s, row.key))
        runs = [_Run(row, seats(row, nodes), replicas_for(row, policy.target_s)) for row in ordered if row.num_calls]
        self._models = [run for run in runs if not run.row.is_judge]
        self._judges = [run for run in runs if run.row.is_judge]
        self._runs = self._models + self._judges
        self._reservation: _Reservation | None = None
        for replica in running:
            self._hold(replica)

    def run(self, give_up_s: float) -> bool:
        """Step from end to end until every row is done; return False once that is clearly later than `give_up_s`."""
        now_s = 0.0
        while any(run.end_s is None for run in self._runs):
            if now_s > give_up_s + _EPSILON_S:
                return False
            self._assign(now_s)
            ends_s = {run.row.key: self._projected_end(run) for run in self._running()}
            horizon_s = min(ends_s.values()) + self._policy.settle_s + _EPSILON_S
            now_s = max(end_s for end_s in ends_s.values() if end_s <= horizon_s)
            for run in self._running():
                if ends_s[run.row.key] <= horizon_s:
                    self._finish(run, ends_s[run.row.key])
        return True

    def cost(self) -> tuple[float, float]:
        """Return a finished schedule's makespan and the GPU-seconds that its replicas hold, to the millisecond."""
        ends_s = [run.end_s for run in self._runs if run.end_s is not None]
        return round(max(ends_s, default=0.0), 3), round(sum(run.gpu_seconds() for run in self._runs), 3)

    def replicas(self) -> tuple[Replica, ...]:
        """Return every replica of a finished schedule, in order of start, row and number."""
        rank = {run.row.key: number for number, run in enumerate(self._runs)}
        replicas = [replica for run in self._runs for replica in _replicas(run, self._nodes)]
        return tuple(sorted(replicas, key=lambda replica: (replica.start_s, rank[replica.row_key], replica.number)))

    def _hold(self, replica: Running) -> None:
        """Seat what runs already, started before the schedule begins."""
        run = next(run for run in self._runs if run.row.key == replica.row_key)
        nodes = [number for number, node in enumerate(self._nodes) if node.name in replica.nodes]
        seat = next(seat for seat in run.seats if seat.num_nodes == len(nodes))
        take = seat.gpus_per_node if seat.num_nodes == 1 else None
        gpus = {node: self._free[node][:take] for node in nodes}
        self._take(run, _Seated(_BEFORE_S, seat, gpus), replica.ready_in_s)

    def _running(self) -> list[_Run]:
        return [run for run in self._runs if run.seated and run.end_s is None]

    def _finish(self, run: _Run, end_s: float) -> None:
        run.end_s = end_s
        for seated in run.seated:
            for node, gpus in seated.gpus.items():
                self._free[node] = sorted(self._free[node] + gpus)
                self._open.add(node)

    def _assign(self, now_s: float) -> None:
        """Give free GPUs to waiting models, then to judges and to more replicas."""
        self._reservation = None
        self._start(self._models, now_s)
        may_judge = all(run.seated for run in self._models)
        if may_judge and self._policy.judges_first:
            self._start(self._judges, now_s)
        self._grow(self._models, now_s)
        if may_judge:
            self._start(self._judges, now_s)
            self._grow(self._judges, now_s)
        self._tidy(now_s)

    def _start(self, runs: Sequence[_Run], now_s: float) -> None:
        for run in runs:
            if run.end_s is not None:
                continue
            while len(run.seated) < run.wanted and self._seat_one(run, now_s):
                pass
            if not run.seated and self._reservation is None:
                self._reservation = self._reserve(run, now_s)

    def _grow(self, runs: Sequence[_Run], now_s: float) -> None:
        """Give what is left to running rows, the one that would end last first."""
        drains = {run.row.key: drain_s(run.ready, run.row.work_s) for run in runs if run.seated and run.end_s is None}
        by_key = {run.row.key: run for run in runs}
        while drains:
            key = max(drains, key=lambda key: (drains[key], key))
            run = by_key[key]
            if self._seat_one(run, now_s):
                drains[key] = drain_s(run.ready, run.row.work_s)
            else:
                del drains[key]

    def _seat_one(self, run: _Run, now_s: float) -> bool:
        """Seat one more replica now, where it gains time and delays no reservation."""
        if not run.gains(now_s):
            return False
        for seat in run.seats:
            gpus = self._find(seat, frozenset())
            if gpus is None:
                continue
            if self._delays_reservation(run, gpus, now_s):
                assert self._reservation is not None
                gpus = self._find(seat, self._reservation.nodes)
            if gpus is not None:
                self._take(run, _Seated(now_s, seat, gpus), now_s + run.row.start_s)
                return True
        return False

    def _delays_reservation(self, run: _Run, gpus: Mapping[int, object], now_s: float) -> bool:
        """Tell whether a replica there may outstay a reservation; a judge may, since it waits for predictions."""
        held = self._reservation
        if held is None or held.nodes.isdisjoint(gpus):
            return False
        return run.row.is_judge or run.drain_with_one_more(now_s) > held.from_s + _EPSILON_S

    def _take(self, run: _Run, seated: _Seated, ready_s: float) -> None:
        for node, numbers in seated.gpus.items():
            self._free[node] = [number for number in self._free[node] if number not in numbers]
            if not self._free[node]:
                self._open.discard(node)
        run.seated.append(seated)
        run.ready[ready_s] += 1

    def _tidy(self, now_s: float) -> None:
        """Deal out anew, per node, the GPUs just given to its single-node replicas: large ones first, rows together."""
        fresh: dict[int, list[_Seated]] = defaultdict(list)
        for run in self._running():
            for seated in run.seated:
                if seated.start_s == now_s and seated.seat.num_nodes == 1:
                    fresh[next(iter(seated.gpus))].append(seated)
        for node, replicas in fresh.items():
            pool = sorted(gpu for seated in replicas for gpu in seated.gpus[node])
            for seated in sorted(replicas, key=lambda seated: -seated.seat.gpus_per_node):
                seated.gpus[node], pool = pool[: seated.seat.gpus_per_node], pool[seated.seat.gpus_per_node :]

    def _find(self, seat: Seat, without: Set[int]) -> dict[int, list[int]] | None:
        """Return free GPUs by node: the fullest node that has room, or the first whole nodes; None without any."""
        nodes, free = self._nodes, self._free
        open_nodes = [node for node in seat.nodes if node in self._open and node not in without]
        if seat.num_nodes > 1:
            whole = [node for node in open_nodes if len(free[node]) == nodes[node].num_gpus][: seat.num_nodes]
            return {node: free[node] for node in whole} if len(whole) == seat.num_nodes else None
        fitting = [
            (nodes[node].gpu_memory_gb, len(free[node]), node)
            for node in open_nodes
            if len(free[node]) >= seat.gpus_per_node
        ]
        if not fitting:
            return None
        _, _, best = min(fitting)
        return {best: free[best][: seat.gpus_per_node]}

    def _reserve(self, run: _Run, now_s: float) -> _Reservation:
        """Return on which nodes a waiting row can sit first, and from when; those free already are left to others."""
        best = _Reservation(frozenset(), math.inf)
        releases = self._releases()
        for seat in run.seats:
            gpus = seat.gpus_per_node if seat.num_nodes == 1 else None
            times = sorted((self._free_from(node, gpus, releases, now_s), node) for node in seat.nodes)
            from_s = times[seat.num_nodes - 1][0]
            if from_s < best.from_s:
                in_time = [node for time_s, node in times if time_s <= from_s]
                best = _Reservation(frozenset(in_time[-seat.num_nodes :]), from_s)
        return best

    def _releases(self) -> dict[int, list[tuple[float, int]]]:
        """Return by node when how many GPUs are freed."""
        releases: dict[int, list[tuple[float, int]]] = {node: [] for node in range(len(self._nodes))}
        for run in self._running():
            end_s = self._projected_end(run)
            for seated in run.seated:
                for node, gpus in seated.gpus.items():
                    releases[node].append((end_s, len(gpus)))
        return releases

    def _free_from(
        self, node: int, gpus: int | None, releases: Mapping[int, Sequence[tuple[float, int]]], now_s: float
    ) -> float:
        """Return from when a node has so many GPUs free; None: all of them."""
        wanted = self._nodes[node].num_gpus if gpus is None else gpus
        free = len(self._free[node])
        at_s = now_s
        for end_s, count in sorted(releases[node]):
            if free >= wanted:
                break
            free += count
            at_s = end_s
        return at_s

    def _projected_end(self, run: _Run) -> float:
        """Return when a row will be done as things stand; a judge can't be ahead of the predictions.

        A queue served without rest is empty at the latest, over all moments, of that moment plus the time for
        what arrives after it; arrivals are linear between the moments that are tried here.
        """
        work_s = run.row.work_s
        end_s = drain_s(run.ready, work_s)
        predicted = sum(model.row.num_calls for model in self._models)
        if not run.row.is_judge or not predicted:
            return end_s
        ends_s = {model.row.key: self._model_end(model) for model in self._models}
        share = min(1.0, run.row.num_calls / predicted)
        moments = {moment for model in self._models for moment in (*model.ready, ends_s[model.row.key])}
        for moment in (moment for moment in moments if moment > min(run.ready)):
            due = share * sum(model.produced_after(moment, ends_s[model.row.key]) for model in self._models)
            end_s = max(end_s, drain_s(run.ready, due * run.row.seconds_per_call, moment))
        return end_s

    def _model_end(self, model: _Run) -> float:
        return model.end_s if model.end_s is not None else drain_s(model.ready, model.row.work_s)


def replicas_for(row: GpuRow, target_s: float) -> int:
    """Return the fewest replicas that end a row in the target time, or as many as are useful."""
    left_s = target_s - row.start_s
    wanted = math.ceil(row.work_s / left_s - 1e-9) if left_s > 0 else row.useful_replicas
    return max(1, min(wanted, row.useful_replicas))


def _replicas(run: _Run, nodes: Sequence[GpuNode]) -> list[Replica]:
    assert run.end_s is not None
    return [
        Replica(
            row_key=run.row.key,
            number=number,
            slots=tuple(GpuSlot(nodes[node].name, tuple(gpus)) for node, gpus in sorted(seated.gpus.items())),
            tensor_parallel=seated.seat.gpus_per_node,
            pipeline_parallel=seated.seat.num_nodes,
            start_s=seated.start_s,
            ready_s=seated.start_s + run.row.start_s,
            end_s=run.end_s,
        )
        for number, seated in enumerate(run.seated)
    ]
