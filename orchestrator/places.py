"""Where a sweep's workers live: pools of processes for what only computes, an actor of its own for every engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from orchestrator.config import ClusterConfig
from orchestrator.gpu_roster import GpuRoster, gpu_rows, num_gpus
from orchestrator.ledger import canary_kind, kind_of
from orchestrator.roster import FixedRoster, Place, Roster, Worker
from orchestrator.rows import JudgeRow, ModelRow
from orchestrator.seating import Rate, Seat, Seating
from orchestrator.tasks import Task
from orchestrator.workers import DatasetPlace, RowWorker
from schemas.records import Answer, Judgement

if TYPE_CHECKING:
    from orchestrator.ray_nodes import RayNodes

SweepPlace = Place[Task, Answer | Judgement]
SweepWorker = Worker[Task, Answer | Judgement]


@dataclass(frozen=True, slots=True)
class Demand:
    """What GPU rows have to do: calls left by kind, asked again and again, and rates of runs before."""

    left: Callable[[], Mapping[str, int]]
    rates: Mapping[str, Rate]


_COMPUTE_SLOTS = 2
"""One call at work and one waiting in the process, so that it never idles between two."""
_COMPUTE_DEADLINE_S = 300.0
_MAX_COMPUTE_PROCESSES = 16


def plan_roster(
    models: Sequence[ModelRow],
    judges: Sequence[JudgeRow],
    dataset: DatasetPlace,
    cluster: ClusterConfig,
    num_cpus: int,
    demand: Demand,
) -> Roster[Task, Answer | Judgement]:
    """Return adapters' places and judges' places: two pools, so that judging goes on beside generation.

    Rows that want GPUs get theirs by plan, as they become free.
    """
    fixed = plan_places(models, judges, dataset, cluster, num_cpus)
    rows: list[ModelRow | JudgeRow] = [*models, *judges]
    by_kind = {kind_of(row): row for row in rows if num_gpus(row)}
    if not by_kind:
        return FixedRoster(fixed)
    from orchestrator.ray_nodes import RayNodes

    nodes = RayNodes(cluster.gpu_memory_gb)
    return GpuRoster(
        fixed,
        Seating(gpu_rows(by_kind.values(), demand.left(), demand.rates)),
        lambda seat: _seat_place(seat, by_kind[seat.row_key], dataset, nodes),
        left=demand.left,
        nodes=nodes.list,
    )


def plan_places(
    models: Sequence[ModelRow], judges: Sequence[JudgeRow], dataset: DatasetPlace, cluster: ClusterConfig, num_cpus: int
) -> list[SweepPlace]:
    """Return the places of all rows that want no GPU: processes that compute, an actor for every other engine."""
    num_processes = max(1, min(num_cpus, _MAX_COMPUTE_PROCESSES))
    return [
        *_pool("adapters", models, dataset, cluster, num_processes),
        *_pool("judges", judges, dataset, cluster, num_processes),
    ]


def _pool(
    name: str,
    rows: Sequence[ModelRow] | Sequence[JudgeRow],
    dataset: DatasetPlace,
    cluster: ClusterConfig,
    num_processes: int,
) -> list[SweepPlace]:
    computing = [row for row in rows if row.engine is None]
    places = []
    if computing:
        kinds = tuple(kind_of(row) for row in computing)
        make = partial(RowWorker[Any, Any, Any], dataset, computing)
        places = [
            Place(
                name=f"{name}-{number}",
                kinds=kinds,
                slots=_COMPUTE_SLOTS,
                deadline_s=_COMPUTE_DEADLINE_S,
                spawn=_spawner(cluster, make, slots=_COMPUTE_SLOTS),
            )
            for number in range(num_processes)
        ]
    for row in rows:
        if row.engine is not None and not num_gpus(row):
            places += _engine_places(name, row, dataset, cluster)
    return places


def _engine_places(
    name: str, row: ModelRow | JudgeRow, dataset: DatasetPlace, cluster: ClusterConfig
) -> list[SweepPlace]:
    num_replicas = getattr(row.engine, "replicas", None) or 1
    names = [f"{name}-{row.key}" + (f"-r{number}" if num_replicas > 1 else "") for number in range(num_replicas)]
    make = partial(RowWorker[Any, Any, Any], dataset, [row])
    return [_engine_place(name, row, _spawner(cluster, make, slots=_slots(row))) for name in names]


def _seat_place(seat: Seat, row: ModelRow | JudgeRow, dataset: DatasetPlace, nodes: "RayNodes") -> SweepPlace:
    """Return the place of a replica on the nodes where the plan seats it."""
    from orchestrator.actors import RayWorker
    from orchestrator.ray_nodes import OnNodes

    spread = row.over_nodes(len(seat.nodes)) if len(seat.nodes) > 1 else row
    make = partial(RowWorker[Any, Any, Any], dataset, [spread])
    on_nodes = OnNodes(tuple(map(nodes.ray_id, seat.nodes)), seat.gpus_per_node)
    spawn = partial(RayWorker, make, slots=_slots(row), nodes=on_nodes)
    num_held = len(seat.nodes) * seat.gpus_per_node
    return replace(_engine_place(seat.name, row, spawn), host="+".join(seat.nodes), num_gpus=num_held)


def _engine_place(name: str, row: ModelRow | JudgeRow, spawn: Callable[[], SweepWorker]) -> SweepPlace:
    assert row.engine is not None
    deadline_s = row.engine.timeout_s * 1.5 + 10
    return Place(name=name, kinds=_kinds(row), slots=_slots(row), deadline_s=deadline_s, spawn=spawn)


def _kinds(row: ModelRow | JudgeRow) -> tuple[str, ...]:
    return (canary_kind(row), kind_of(row)) if isinstance(row, ModelRow) else (kind_of(row),)


def _slots(row: ModelRow | JudgeRow) -> int:
    assert row.engine is not None
    return row.engine.max_in_flight


def _spawner(cluster: ClusterConfig, make: Callable[[], Any], *, slots: int) -> Callable[[], SweepWorker]:
    if cluster.kind == "inline":
        return make
    from orchestrator.actors import RayWorker

    return partial(RayWorker, make, slots=slots)
