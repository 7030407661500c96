"""The order of things: plan, run, write, analyse."""

import asyncio
import contextlib
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import polars as pl
from rich.console import Console

from analysis.console import show
from analysis.run import analyse
from orchestrator import console as say
from orchestrator.config import ClusterConfig, SweepConfig
from orchestrator.contestants import contestant_notes, find_contestants
from orchestrator.dispatch import Dispatcher, DispatchPolicy, Job
from orchestrator.door import EXIT_DONE, EXIT_FAILED, EXIT_STOPPED, Composed
from orchestrator.executor import Ended, Executor
from orchestrator.gpu_roster import GpuRoster
from orchestrator.head_node import watch_head
from orchestrator.ledger import kind_of
from orchestrator.metrics import RayMetrics, refuse_without_exporter
from orchestrator.places import plan_roster
from orchestrator.plan import Plan, prepare
from orchestrator.rates import keep_rates
from orchestrator.results import build_tables, cost_from_nothing_usd
from orchestrator.run_record import write_config, write_environment, write_manifest
from orchestrator.stopping import stop_on_signals
from orchestrator.tasks import Task
from orchestrator.watch import Watch, Watched
from orchestrator.workers import DatasetPlace
from records.files import write_table
from records.prompts import is_official
from schemas.errors import BadReply, RateLimited
from schemas.protocols import Prompt
from schemas.records import Answer, Judgement
from schemas.tables import PREDICTIONS, RUN_PAIRS, VERDICTS

RETRY_BUDGETS: Final[Mapping[str, int]] = {RateLimited.error_type: 20, BadReply.error_type: 3}
"""Beside the attempts for transport and server: an engine that seeks an endpoint's limit meets refusals on the way, a
broken reply rarely mends."""
_STOPPING: Final = "stopping: what is in flight is finished and kept; once more gives it up"


def run_sweep(sweep: SweepConfig, composed: Composed, arguments: Sequence[str]) -> int:
    """Run a sweep to its end, or to a clean stop; return the exit status."""
    with _joined(sweep.cluster):
        return _run_joined(sweep, composed, arguments)


def _run_joined(sweep: SweepConfig, composed: Composed, arguments: Sequence[str]) -> int:
    console = say.SweepConsole()
    with contextlib.ExitStack() as held:
        return _run_planned(prepare(sweep, console, held), console, composed, arguments)


def _run_planned(plan: Plan, console: Console, composed: Composed, arguments: Sequence[str]) -> int:
    if plan.sweep.details == "preflight":
        for line in say.detail_lines(plan.preflight):
            console.print(line, soft_wrap=True)
        return EXIT_DONE
    command = shlex.join([os.path.relpath(sys.executable), "-m", "orchestrator", *arguments])
    with Watch(_watched(plan, command)) as watch:
        for damage in plan.store.damage:
            watch.warn("store damaged", where=str(damage))
        _write_beginning(plan, composed)
        try:
            was_stopped = _run_jobs(plan, console, watch)
        finally:
            plan.store.close()
        for (_, name), note in plan.gate.notes().items():
            watch.warn("canary failed", name=name, **note)
        watch.enter("analysing")
        tables = _write_tables(plan)
        if was_stopped:
            if plan.spending.reason:
                console.print(plan.spending.line(), soft_wrap=True)
            console.print(f"stopped; every finished call is kept. Go on with:\n  {command}", soft_wrap=True)
            watch.enter("stopped", plan.spending.reason)
            return EXIT_STOPPED
        _conclude(plan, console, *tables)
        watch.enter("done")
    return EXIT_DONE


def _watched(plan: Plan, command: str) -> Watched:
    return Watched(
        paths=plan.paths,
        rows=plan.rows,
        progress=plan.ledger.progress,
        left=plan.ledger.num_left,
        command=command,
        max_cost_usd=plan.sweep.max_cost_usd,
    )


def _write_beginning(plan: Plan, composed: Composed) -> None:
    plan.paths.manifest.unlink(missing_ok=True)
    write_config(composed.values, plan.sweep, plan.paths)
    write_environment(plan.paths)
    chosen = plan.dataset.frame.filter(pl.col("id").is_in(list(plan.pair_ids)))
    write_table(chosen, plan.paths.pairs, RUN_PAIRS)


def _run_jobs(plan: Plan, console: Console, watch: Watch) -> bool:
    """Ask everything the store lacks; return whether it was stopped before the end."""
    free = (row for row in plan.rows if not any(needs.is_priced for needs in row.needs()))
    policy = DispatchPolicy(
        seed=plan.sweep.seed,
        budgets=RETRY_BUDGETS,
        # what only computes is never slow by chance, and no second copy would be faster
        hedge_kinds=frozenset(kind_of(row) for row in free if row.engine is not None),
    )
    dispatcher: Dispatcher[Task] = Dispatcher(policy)
    for job in plan.first_jobs:
        dispatcher.submit(job)
    display = say.ProgressDisplay(console, plan.ledger.progress)
    if dispatcher.num_open:
        asyncio.run(_execute(plan, dispatcher, display, watch))
    console.print(say.counts_line(plan.ledger.progress, display.elapsed_s), soft_wrap=True)
    return dispatcher.num_open > 0


async def _execute(plan: Plan, dispatcher: Dispatcher[Task], display: say.ProgressDisplay, watch: Watch) -> None:
    stop, console = asyncio.Event(), display.console

    def tick() -> None:
        plan.store.sync_if_due()
        assert plan.lock is not None
        plan.lock.check()
        display.update()
        watch.tick(is_stopping=stop.is_set())

    def on_end(ended: Ended[Task, Answer | Judgement]) -> Iterable[Job[Task]]:
        plan.spending.note(ended)
        watch.note_end(ended)
        if plan.spending.reason and not stop.is_set():
            stop.set()
            console.print("stopping: enough is spent; what is in flight is finished and kept; Ctrl-C gives it up")
        return plan.gate.on_end(ended)

    executor: Executor[Task, Answer | Judgement] = Executor(dispatcher, on_end, tick, watch)
    with stop_on_signals(stop, lambda: console.print(_STOPPING)), _cluster(plan.sweep.cluster) as num_cpus, display:
        cluster = plan.sweep.cluster
        watch.exporter = RayMetrics() if cluster.has_metrics else None
        roster = plan_roster(plan.models, plan.judges, _place(plan), cluster, num_cpus, plan.demand)
        try:
            await executor.run(roster, stop)
        finally:
            watch.last_export()
            if isinstance(roster, GpuRoster):
                keep_rates(plan.rates_path, roster.rates(), plan.rows)


def _leave_lost_cluster(reason: str) -> None:
    """End this process at once: a row is in the file the moment it is appended, and a dead holder's locks pass on."""
    print(f"failed: {reason}", file=sys.stderr, flush=True)  # noqa: T201 (as the door would)
    os._exit(EXIT_FAILED)


def _place(plan: Plan) -> DatasetPlace:
    if plan.sweep.cluster.kind != "ray":
        return plan.place
    from orchestrator.shipping import shipped

    return shipped(plan.place)


@contextlib.contextmanager
def _joined(config: ClusterConfig) -> Iterator[None]:
    """Join a cluster that is up, for as long as the block lasts; its nodes are part of what is planned."""
    if config.metrics_port is not None:
        refuse_without_exporter()
    if config.kind != "ray":
        yield
        return
    from orchestrator.actors import head_address, start_ray, stop_ray

    start_ray(address=config.address)
    try:
        with watch_head(head_address(), _leave_lost_cluster):
            yield
    finally:
        stop_ray()


@contextlib.contextmanager
def _cluster(config: ClusterConfig) -> Iterator[int]:
    """Bring a cluster of this machine up, yield the CPUs there are for computing rows, take it down."""
    if config.kind == "inline":
        yield 1
        return
    from orchestrator.actors import num_cluster_cpus, start_ray, stop_ray

    if config.kind == "local":
        start_ray(num_cpus=config.num_cpus, num_gpus=config.num_gpus, metrics_port=config.metrics_port)
    try:
        yield num_cluster_cpus()
    finally:
        if config.kind == "local":
            stop_ray()


def _write_tables(plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Write and return predictions and verdicts."""
    predictions, verdicts = build_tables(plan.ledger, plan.store, plan.keys, plan.dataset, plan.judges)
    write_table(predictions, plan.paths.predictions, PREDICTIONS)
    write_table(verdicts, plan.paths.verdicts, VERDICTS)
    return predictions, verdicts


def _conclude(plan: Plan, console: Console, predictions: pl.DataFrame, verdicts: pl.DataFrame) -> None:
    """Analyse, write the completion marker, show the leaderboard and where everything is."""
    analysis = analyse(plan.paths.root, images=plan.dataset.images, seed=plan.sweep.seed)
    contestants = contestant_notes(find_contestants(plan.models, plan.judges))
    failed = plan.gate.notes()
    row_notes = {row: contestants.get(row, {}) | failed.get(row, {}) for row in {*contestants, *failed}}
    write_manifest(plan.paths, plan.preflight, plan.ledger.progress, plan.dataset.fingerprint, row_notes)
    notes = {row.name: _judge_note(row.prompt) for row in plan.judges}
    prompts = [row.prompt for row in plan.rows if row.prompt is not None]
    if prompts and all(is_official(prompt) for prompt in prompts):
        console.print("prompts     official, by their SHA-256")
    show(analysis, console, notes=notes)
    for line in say.failure_lines(predictions, verdicts):
        console.print(line, soft_wrap=True)
    if cost_usd := cost_from_nothing_usd(predictions, verdicts):
        spent_usd = plan.spending.spent_usd
        console.print(f"cost       ${spent_usd:,.2f} for this command, ${cost_usd:,.2f} over an empty store")
    console.print(f"pictures   {os.path.relpath(plan.paths.report)}", soft_wrap=True)
    console.print("your own   +model@models.mine=endpoint ...   see docs/models.md", soft_wrap=True)


def _judge_note(prompt: Prompt | None) -> str:
    if prompt is None:
        return "unofficial: deterministic, no LLM"
    return "official prompt" if is_official(prompt) else "unofficial prompt"
