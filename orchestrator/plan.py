"""Everything decided before the first call: dataset, rows that run here, cells, what the store holds."""

import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl
from rich.console import Console

from orchestrator import console as say
from orchestrator.canary_gate import CanaryGate
from orchestrator.config import SweepConfig
from orchestrator.dispatch import Job
from orchestrator.gpu_plan import plan_gpus, plan_lines
from orchestrator.gpu_roster import gpu_rows
from orchestrator.gpu_rows import GpuRow
from orchestrator.keys import Keys
from orchestrator.ledger import Ledger
from orchestrator.places import Demand
from orchestrator.preflight import Machine, Preflight, inspect_gpus, inspect_rows
from orchestrator.rates import read_rates
from orchestrator.rows import JudgeRow, ModelRow
from orchestrator.run_record import run_name
from orchestrator.spending import Spending, refuse_unknown_costs
from orchestrator.tasks import Task
from orchestrator.workers import DatasetPlace
from records.datasets import Dataset, attach, fingerprint_files, pack, parquet_files
from records.lock import Lock
from records.run_paths import RunPaths, RunsPaths
from records.sampling import stratified
from records.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A sweep over an opened dataset, with the rows that run here."""

    sweep: SweepConfig
    dataset: Dataset
    place: DatasetPlace
    pair_ids: tuple[str, ...]
    preflight: Preflight
    models: tuple[ModelRow, ...]
    judges: tuple[JudgeRow, ...]
    paths: RunPaths
    lock: Lock | None
    """Of the run: another driver on it would pay for the same calls again."""
    store: Store
    keys: Keys
    ledger: Ledger
    spending: Spending
    gate: CanaryGate
    first_jobs: list[Job[Task]]
    demand: Demand
    rates_path: Path

    @property
    def rows(self) -> list[ModelRow | JudgeRow]:
        """Return the rows that run here, models first."""
        return [*self.models, *self.judges]


def prepare(sweep: SweepConfig, console: Console, held: contextlib.ExitStack) -> Plan:
    """Open dataset and store, look at every row, say what will happen. Nothing is asked yet.

    The run's lock goes onto `held`, unless nothing will be asked: LockError where another driver has it.
    """
    runs = RunsPaths(sweep.runs)
    dataset, place = _open_dataset(sweep, runs)
    pair_ids = tuple(stratified(dataset.frame, sweep.limit, sweep.seed) if sweep.limit else dataset.frame["id"])
    console.print(say.dataset_line(sweep, dataset, len(pair_ids)), soft_wrap=True)
    machine = _inspect_machine(sweep)
    preflight = inspect_rows(sweep.models, sweep.judges, machine, fail_on_skip=sweep.on_unavailable == "fail")
    for line in say.preflight_lines(preflight):
        console.print(line, soft_wrap=True)
    ready = {(state.group, state.key) for state in preflight.states if state.is_ready}
    models = tuple(row for row in sweep.models if ("model", row.key) in ready)
    judges = tuple(row for row in sweep.judges if ("judge", row.key) in ready)
    if sweep.max_cost_usd is not None:
        refuse_unknown_costs([*models, *judges])
    for row in models:
        row.adapter.check(dataset.truths)
    paths = runs.run(run_name(sweep, dataset.fingerprint))
    lock = None if sweep.details == "preflight" else held.enter_context(_lock(paths, console))
    store = Store.open(runs.store)
    for damage in store.damage:
        console.print(f"store: {damage}; that call is asked again", soft_wrap=True)
    keys = Keys(dataset)
    ledger = Ledger(store, keys, models, judges, pair_ids)
    ledger.ask_again(_replayed(sweep, dataset, pair_ids))
    console.print(say.calls_line(ledger, preflight), soft_wrap=True)
    gate = CanaryGate(ledger, store, keys, dataset, sweep.canary, partial(console.print, soft_wrap=True))
    first_jobs = list(gate.first_jobs(models))
    rates = read_rates(runs.rates, [*models, *judges])
    _print_gpu_plan(machine, gpu_rows([*models, *judges], ledger.num_left(), rates), console)
    return Plan(
        sweep=sweep,
        dataset=dataset,
        place=place,
        pair_ids=pair_ids,
        preflight=preflight,
        models=models,
        judges=judges,
        paths=paths,
        lock=lock,
        store=store,
        keys=keys,
        ledger=ledger,
        gate=gate,
        first_jobs=first_jobs,
        demand=Demand(ledger.num_left, rates),
        rates_path=runs.rates,
        spending=Spending(sweep.max_cost_usd, [*models, *judges]),
    )


def _lock(paths: RunPaths, console: Console) -> Lock:
    return Lock.acquire(paths.lock, f"run {paths.root.name}", say=partial(console.print, soft_wrap=True))


def _inspect_machine(sweep: SweepConfig) -> Machine:
    cluster = sweep.cluster
    if cluster.kind == "ray":
        from orchestrator.ray_nodes import RayNodes

        return Machine(RayNodes(cluster.gpu_memory_gb).list(), sweep.allow_paid)
    nodes = inspect_gpus(cluster.num_gpus, cluster.gpu_memory_gb)
    return Machine(nodes, sweep.allow_paid, has_cluster=cluster.kind == "local")


def _print_gpu_plan(machine: Machine, rows: Sequence[GpuRow], console: Console) -> None:
    """Say which rows will hold which GPUs, and when; nothing where no GPU is needed."""
    if any(row.num_calls for row in rows):
        for line in plan_lines(plan_gpus(machine.nodes, rows)):
            console.print(line, soft_wrap=True)


def _replayed(sweep: SweepConfig, dataset: Dataset, pair_ids: Sequence[str]) -> list[str]:
    """Return the pairs to ask about again, spread over tiers and operators."""
    if not sweep.replay:
        return []
    asked = dataset.frame.filter(pl.col("id").is_in(list(pair_ids)))
    return stratified(asked, math.ceil(len(pair_ids) * sweep.replay / 100), sweep.seed)


def _open_dataset(sweep: SweepConfig, runs: RunsPaths) -> tuple[Dataset, DatasetPlace]:
    files = parquet_files(sweep.dataset.local_path())
    fingerprint = fingerprint_files(files)
    packed = runs.image_pack(fingerprint).absolute()
    if not packed.exists():
        pack(files, packed)
    return attach(packed, fingerprint), DatasetPlace(packed, fingerprint)
