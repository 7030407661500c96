"""The roster of a sweep on GPUs: fixed places, and seats that follow the plan as calls end."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Generic, TypeVar

from orchestrator.dispatch import Failure
from orchestrator.gpu_rows import AssumedRates, GpuNode, GpuRow
from orchestrator.ledger import asked_kind, kind_of
from orchestrator.roster import Place, PlaceState
from orchestrator.rows import JudgeRow, ModelRow
from orchestrator.seating import Rate, Seat, Seating
from schemas.errors import WorkerDied

P = TypeVar("P")
R = TypeVar("R")

RENEW_EVERY_S: Final = 60.0
"""A plan is made anew at least as often, seconds: rates are measured by then, nodes have joined or gone."""
_THINKING_TOKENS: Final = 32_768
"""Output budget from which on a model is taken to reason first."""


class GpuRoster(Generic[P, R]):
    """Hold fixed places, and a place for every seat that the plan fills.

    `left` gives the calls left by kind, `nodes` the living GPU nodes.
    """

    def __init__(
        self,
        fixed: Iterable[Place[P, R]],
        seating: Seating,
        open_seat: Callable[[Seat], Place[P, R]],
        *,
        left: Callable[[], Mapping[str, int]],
        nodes: Callable[[], Sequence[GpuNode]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fixed = list(fixed)
        self._seating = seating
        self._open_seat = open_seat
        self._left = left
        self._list_nodes = nodes
        self._nodes: Sequence[GpuNode] = ()
        self._clock = clock
        self._seated: dict[str, Place[P, R]] = {}
        self._closing: set[str] = set()
        self._renewed_s: float | None = None

    def places(self) -> Iterable[Place[P, R]]:
        """Return the fixed places and those of seats whose rows have calls left."""
        left = self._left()
        over = {seat.name for seat in self._seating.idle(left)} - self._closing
        self._closing |= over
        if self._renewed_s is None or self._clock() - self._renewed_s >= RENEW_EVERY_S:
            self._renew(left)
        return [*self._fixed, *(place for name, place in self._seated.items() if name not in self._closing)]

    def may_serve(self, kind: str) -> bool:
        """Tell whether the row of this kind has a seat or may yet get one."""
        return self._seating.may_sit(asked_kind(kind), self._nodes)

    def note(self, place: Place[P, R], state: PlaceState, loss: Failure | None = None) -> None:
        """Follow what becomes of the seats."""
        if place.name not in self._seated:
            return
        if state is PlaceState.READY:
            self._seating.ready(place.name, self._clock())
        elif state is PlaceState.LOST:
            assert loss is not None
            self._seating.lost(place.name, is_node=loss.error_type == WorkerDied.error_type)
        elif state is PlaceState.CLOSED:
            del self._seated[place.name]
            self._closing.discard(place.name)
            self._seating.closed(place.name, self._clock())
            self._renewed_s = None

    def rates(self) -> dict[str, Rate]:
        """Return what was measured of every row."""
        return self._seating.rates(self._left(), self._clock())

    def _renew(self, left: Mapping[str, int]) -> None:
        self._renewed_s = self._clock()
        self._nodes = self._list_nodes()
        for seat in self._seating.renew(self._nodes, left, self._renewed_s):
            self._seated[seat.name] = self._open_seat(seat)


def gpu_rows(rows: Iterable[ModelRow | JudgeRow], left: Mapping[str, int], rates: Mapping[str, Rate]) -> list[GpuRow]:
    """Return what planning must know of the rows that want GPUs; `rates` are measured ones, by kind."""
    return [_gpu_row(row, left.get(kind_of(row), 0), rates.get(kind_of(row), Rate())) for row in rows if num_gpus(row)]


def num_gpus(row: ModelRow | JudgeRow) -> int:
    """Return the GPUs of one replica of a row."""
    return sum(needs.num_gpus for needs in row.needs())


def _gpu_row(row: ModelRow | JudgeRow, num_calls: int, rate: Rate) -> GpuRow:
    assumed = AssumedRates()
    memory_gb = sum(needs.gpu_memory_gb for needs in row.needs())
    is_judge = isinstance(row, JudgeRow)
    sampling = getattr(row.component, "sampling", None)
    is_thinking = sampling is not None and sampling.max_output_tokens >= _THINKING_TOKENS
    seconds_per_call = assumed.seconds_per_call(num_gpus(row), is_judge=is_judge, is_thinking=is_thinking)
    return GpuRow(
        key=kind_of(row),
        name=row.name,
        num_gpus=num_gpus(row),
        gpu_memory_gb=memory_gb,
        num_calls=num_calls,
        seconds_per_call=rate.seconds_per_call or seconds_per_call,
        start_s=assumed.start_s(memory_gb) if rate.start_s is None else rate.start_s,
        is_judge=is_judge,
        is_measured=rate.seconds_per_call is not None,
        max_replicas=getattr(row.engine, "replicas", None),
        may_span=hasattr(row.engine, "over_nodes"),
    )
