"""Which replicas hold GPUs now, and which should start: the plan, made anew whenever something has changed.

Pure: no Ray, no clock of its own, no I/O. Calls that are left, nodes and moments come from the caller; a row's
measured rates replace the assumed ones as soon as there are some.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from orchestrator.gpu_plan import GpuPlan, plan_gpus
from orchestrator.gpu_rows import GpuNode, GpuRow, seats
from orchestrator.gpu_schedule import Running

_MIN_CALLS: Final = 20
"""Finished calls from which on a row's rate counts as measured."""
_MAX_FAILED_NODES: Final = 2
"""Nodes on which a row's engine may fail to start, none having started, before the row is given up."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast one replica of a row is, as measured."""

    seconds_per_call: float | None = None
    """Wall seconds per finished call of one busy replica; None: too few calls to tell."""
    start_s: float | None = None
    """From an empty GPU to the first call, seconds."""


@dataclass(slots=True)
class Seat:
    """GPUs that one replica holds: `gpus_per_node` on each of `nodes`."""

    name: str
    row_key: str
    nodes: tuple[str, ...]
    gpus_per_node: int
    opened_s: float
    ready_s: float | None = None
    """When it first could take a call; None: it loads."""


@dataclass(slots=True)
class _Record:
    """What is known of a row."""

    row: GpuRow
    num_calls: int
    """Calls left when measuring began, so that what was done since can be told."""
    busy_s: float = 0.0
    """Ready replicas times seconds since then, of seats that are closed."""
    is_measured: bool = True
    """Whether its replicas can be busy: a judge's wait while predictions are still to come."""
    start_s: float | None = None
    num_seats: int = 0
    failed_nodes: set[str] = field(default_factory=set)
    is_lost: bool = False


class Seating:
    """Seat the replicas of rows on nodes; see the module's docstring."""

    def __init__(self, rows: Iterable[GpuRow]) -> None:
        self._records = {row.key: _Record(row, row.num_calls, is_measured=not row.is_judge) for row in rows}
        self._seats: dict[str, Seat] = {}
        self._barred: set[str] = set()

    @property
    def seats(self) -> Sequence[Seat]:
        """Return the seats that are taken, in the order of taking."""
        return tuple(self._seats.values())

    def renew(self, nodes: Sequence[GpuNode], left: Mapping[str, int], now_s: float) -> list[Seat]:
        """Plan the calls that are left around what runs; take and return the seats that should start now.

        `left` gives calls by row. Rows without any keep no seat: the caller closes those, see `idle`.
        """
        self._measure_judges(left, now_s)
        started = []
        for replica in self.plan(nodes, left, now_s).replicas:
            if replica.start_s != 0:
                continue
            nodes_taken = tuple(slot.node for slot in replica.slots)
            started.append(self._take(replica.row_key, nodes_taken, replica.tensor_parallel, now_s))
        return started

    def plan(self, nodes: Sequence[GpuNode], left: Mapping[str, int], now_s: float) -> GpuPlan:
        """Return the plan from here on; 0 seconds is now."""
        usable = self._usable(nodes)
        rows = [
            self._as_known(record, left.get(key, 0), now_s)
            for key, record in self._records.items()
            if not record.is_lost
        ]
        names = {node.name for node in usable}
        running = [
            Running(row_key=seat.row_key, nodes=seat.nodes, ready_in_s=self._ready_in_s(seat, now_s))
            for seat in self._seats.values()
            if names.issuperset(seat.nodes)
        ]
        return plan_gpus(usable, rows, running)

    def idle(self, left: Mapping[str, int]) -> list[Seat]:
        """Return the seats of rows that have no calls left, or that are given up."""
        return [
            seat
            for seat in self._seats.values()
            if not left.get(seat.row_key, 0) or self._records[seat.row_key].is_lost
        ]

    def may_sit(self, row_key: str, nodes: Sequence[GpuNode]) -> bool:
        """Tell whether a row has a seat, or may yet get one on these nodes."""
        record = self._records.get(row_key)
        if record is None or record.is_lost:
            return False
        is_seated = any(seat.row_key == row_key for seat in self._seats.values())
        return is_seated or bool(seats(self._as_allowed(record), self._usable(nodes)))

    def ready(self, name: str, now_s: float) -> None:
        """Note that a seat's replica has started, or started again."""
        seat = self._seats[name]
        record = self._records[seat.row_key]
        if seat.ready_s is None:
            seat.ready_s = now_s
            record.start_s = now_s - seat.opened_s
        record.failed_nodes.clear()

    def lost(self, name: str, *, is_node: bool) -> None:
        """Note that a seat's replica starts no more: for its node's sake, or for a reason of its row."""
        seat = self._seats[name]
        record = self._records[seat.row_key]
        if is_node:
            self._barred.update(seat.nodes)
            return
        record.failed_nodes.update(seat.nodes)
        has_served = record.start_s is not None
        record.is_lost = not has_served and len(record.failed_nodes) >= _MAX_FAILED_NODES

    def closed(self, name: str, now_s: float) -> None:
        """Note that a seat's process has ended: its GPUs are free."""
        seat = self._seats.pop(name)
        if seat.ready_s is not None:
            self._records[seat.row_key].busy_s += now_s - seat.ready_s

    def rates(self, left: Mapping[str, int], now_s: float) -> dict[str, Rate]:
        """Return what was measured of every row so far."""
        return {key: self._rate(record, left.get(key, 0), now_s) for key, record in self._records.items()}

    def _take(self, row_key: str, nodes: tuple[str, ...], gpus_per_node: int, now_s: float) -> Seat:
        record = self._records[row_key]
        seat = Seat(f"{row_key}-r{record.num_seats}", row_key, nodes, gpus_per_node, now_s)
        record.num_seats += 1
        self._seats[seat.name] = seat
        return seat

    def _usable(self, nodes: Sequence[GpuNode]) -> list[GpuNode]:
        return [node for node in nodes if node.name not in self._barred]

    def _measure_judges(self, left: Mapping[str, int], now_s: float) -> None:
        """Begin to measure judges once every prediction is there."""
        models = [key for key, record in self._records.items() if not record.row.is_judge]
        if any(left.get(key, 0) for key in models):
            return
        for key, record in self._records.items():
            if not record.is_measured:
                record.is_measured, record.num_calls = True, left.get(key, 0)
                record.busy_s = -self._running_s(key, now_s)

    def _running_s(self, row_key: str, now_s: float) -> float:
        running = (seat for seat in self._seats.values() if seat.row_key == row_key)
        return sum(now_s - seat.ready_s for seat in running if seat.ready_s is not None)

    def _as_allowed(self, record: _Record) -> GpuRow:
        return replace(record.row, not_on=frozenset(record.failed_nodes))

    def _as_known(self, record: _Record, num_left: int, now_s: float) -> GpuRow:
        rate = self._rate(record, num_left, now_s)
        row = replace(self._as_allowed(record), num_calls=num_left)
        if rate.start_s is not None:
            row = replace(row, start_s=rate.start_s)
        if rate.seconds_per_call is not None:
            row = replace(row, seconds_per_call=rate.seconds_per_call, is_measured=True)
        return row

    def _rate(self, record: _Record, num_left: int, now_s: float) -> Rate:
        num_done = record.num_calls - num_left
        busy_s = record.busy_s + self._running_s(record.row.key, now_s)
        enough = record.is_measured and num_done >= _MIN_CALLS and busy_s > 0
        return Rate(busy_s / num_done if enough else None, record.start_s)

    def _ready_in_s(self, seat: Seat, now_s: float) -> float:
        if seat.ready_s is not None:
            return 0.0
        record = self._records[seat.row_key]
        expected_s = record.start_s if record.start_s is not None else record.row.start_s
        return max(0.0, seat.opened_s + expected_s - now_s)
