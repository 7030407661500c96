"""Where a sweep's workers live: pools of processes for what only computes, an actor of its own for every engine."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from orchestrator.config import ClusterConfig
from orchestrator.ledger import canary_kind, kind_of
from orchestrator.roster import Place, Worker
from orchestrator.rows import JudgeRow, ModelRow
from orchestrator.tasks import Task
from orchestrator.workers import DatasetPlace, RowWorker
from schemas.records import Answer, Judgement

SweepPlace = Place[Task, Answer | Judgement]
SweepWorker = Worker[Task, Answer | Judgement]

_COMPUTE_SLOTS = 2
"""One call at work and one waiting in the process, so that it never idles between two."""
_COMPUTE_DEADLINE_S = 300.0
_MAX_COMPUTE_PROCESSES = 16


def plan_places(
    models: Sequence[ModelRow], judges: Sequence[JudgeRow], dataset: DatasetPlace, cluster: ClusterConfig, num_cpus: int
) -> list[SweepPlace]:
    """Return adapters' places and judges' places: two pools, so that judging goes on beside generation."""
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
                spawn=_spawner(cluster, make, slots=_COMPUTE_SLOTS, num_cpus=0),
            )
            for number in range(num_processes)
        ]
    for row in rows:
        if row.engine is not None:
            places += _engine_places(name, row, dataset, cluster, _num_replicas(row, rows, cluster))
    return places


def _num_replicas(row: ModelRow | JudgeRow, rows: Sequence[ModelRow | JudgeRow], cluster: ClusterConfig) -> int:
    """Return the engines of a row: as configured, or as many as the GPUs allow beside the pool's other rows."""
    configured: int | None = getattr(row.engine, "replicas", 1)
    wanted = sum(_num_gpus(other) for other in rows)
    if configured is not None or not _num_gpus(row) or cluster.kind == "inline":
        return configured or 1
    from orchestrator.actors import num_cluster_gpus

    return max(1, num_cluster_gpus() // wanted)


def _num_gpus(row: ModelRow | JudgeRow) -> int:
    return sum(needs.num_gpus for needs in row.needs())


def _engine_places(
    name: str, row: ModelRow | JudgeRow, dataset: DatasetPlace, cluster: ClusterConfig, num_replicas: int
) -> list[SweepPlace]:
    places = [_engine_place(name, row, dataset, cluster) for _ in range(num_replicas)]
    if num_replicas == 1:
        return places
    return [replace(place, name=f"{place.name}-r{number}") for number, place in enumerate(places)]


def _engine_place(name: str, row: ModelRow | JudgeRow, dataset: DatasetPlace, cluster: ClusterConfig) -> SweepPlace:
    assert row.engine is not None
    num_gpus = _num_gpus(row)
    slots = row.engine.max_in_flight
    make = partial(RowWorker[Any, Any, Any], dataset, [row])
    return Place(
        name=f"{name}-{row.key}",
        kinds=(canary_kind(row), kind_of(row)) if isinstance(row, ModelRow) else (kind_of(row),),
        slots=slots,
        deadline_s=row.engine.timeout_s * 1.5 + 10,
        spawn=_spawner(cluster, make, slots=slots, num_cpus=0, num_gpus=num_gpus),
    )


def _spawner(
    cluster: ClusterConfig, make: Callable[[], Any], *, slots: int, num_cpus: float, num_gpus: float = 0
) -> Callable[[], SweepWorker]:
    if cluster.kind == "inline":
        return make
    from orchestrator.actors import RayWorker

    return partial(RayWorker, make, slots=slots, num_cpus=num_cpus, num_gpus=num_gpus)
