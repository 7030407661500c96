"""What a sweep says while it runs: facts before, progress during, where things are after."""

import os
import sys
import time
from collections.abc import Sequence
from typing import Self

import polars as pl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from orchestrator.config import SweepConfig
from orchestrator.ledger import Ledger
from orchestrator.ledger import Progress as Counts
from orchestrator.preflight import Preflight, RowState, count_lacks
from records.datasets import Dataset
from schemas.vocabulary import BENIGN, NO_DIFF, UNLABELLED

_LINE_EVERY_S = 30.0
_REASON = ("error_type", "error_message")
_LACK_NOUNS = {"gpu": "GPUs for", "key": "API keys for", "package": "packages for", "permission": "allow_paid=true for"}


def dataset_line(sweep: SweepConfig, dataset: Dataset, num_pairs: int) -> str:
    """Say what is asked about, and what it is not."""
    counts = [dataset.frame.filter(task_type=task).height for task in (NO_DIFF, BENIGN, UNLABELLED)]
    num_unchanged, num_benign, num_unlabelled = counts
    num_all = dataset.frame.height
    kind = "generated pairs" if sweep.dataset.kind == "embedded" else "pairs"
    benign = f", {num_benign:,} benign controls" if num_benign else ""
    num_changed = num_all - sum(counts)
    if num_unlabelled:
        benign += f", {num_unlabelled:,} without truth: answers are kept and none is judged"
    line = f"{sweep.dataset.name}: {num_all:,} {kind} ({num_changed:,} changed, {num_unchanged:,} unchanged{benign})"
    if num_pairs < num_all:
        line += f", {num_pairs:,} of them by limit={sweep.limit}"
    if sweep.dataset.kind == "embedded":
        line += ". Not DiffSpot's 4,400: add dataset=diffspot for those."
    return line


def preflight_lines(preflight: Preflight) -> list[str]:
    """Say what runs here and what the rest needs, a line each."""
    ready = [state for state in preflight.states if state.is_ready]
    skipped = [state for state in preflight.states if not state.is_ready]
    roles = [(role, sum(state.role == role for state in ready)) for role in ("model", "baseline", "probe", "judge")]
    notes = {"baseline": " (no neural network)"}
    named = ", ".join(f"{_count(number, role)}{notes.get(role, '')}" for role, number in roles if number)
    lines = [f"runs here   {named}"]
    if skipped:
        groups = [
            f"{_count(len(rows), noun)}: {_lacking(rows)}"
            for noun, rows in (
                ("model", [state for state in skipped if state.group == "model"]),
                ("judge", [state for state in skipped if state.group == "judge"]),
            )
            if rows
        ]
        lines.append(f"needs more  {'; '.join(groups)}  (details=preflight)")
    return lines


def detail_lines(preflight: Preflight) -> list[str]:
    """Say for every row whether it runs here, and what it needs."""
    width = max(len(state.name) for state in preflight.states)
    return [
        f"{state.group:6} {state.name:{width}}  {'ready' if state.is_ready else state.reason}"
        for state in preflight.states
    ]


def _lacking(rows: Sequence[RowState]) -> str:
    return ", ".join(f"{_LACK_NOUNS[kind]} {number}" for kind, number in count_lacks(rows).items())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def calls_line(ledger: Ledger, preflight: Preflight) -> str:
    """Say how many calls are to do and how many the store already holds."""
    num_stored, num_cells = ledger.num_stored_answers(), len(ledger.cells)
    num_paid = sum(state.is_priced for state in preflight.states if state.is_ready)
    line = f"to do       {num_cells - num_stored:,} answers ({num_stored:,} are in the store), "
    line += f"at most {ledger.progress.num_verdicts:,} verdicts"
    if num_replays := ledger.num_replays():
        line += f"; {num_replays:,} of the answers are asked again (replay)"
    return line + (f"; {num_paid} rows cost money" if num_paid else "; 0 paid calls")


def failure_lines(predictions: pl.DataFrame, verdicts: pl.DataFrame) -> list[str]:
    """Say of every row whose calls failed how many, and the first one's words."""
    failed = [
        predictions.filter(pl.col("status") == "error").select(pl.col("model").alias("row"), *_REASON),
        verdicts.filter(pl.col("status").is_in(["error", "unparsed"])).select(pl.col("judge").alias("row"), *_REASON),
    ]
    counted = pl.concat(failed).group_by("row", "error_type", maintain_order=True)
    return [
        f"failed     {row}: {number} x {error_type}, first: {message}"
        for row, error_type, number, message in counted.agg(pl.len(), pl.col("error_message").first()).iter_rows()
    ]


def counts_line(counts: Counts, elapsed_s: float) -> str:
    """Say how far a sweep is, in one line."""
    minutes, seconds = divmod(round(elapsed_s), 60)
    return (
        f"{counts.answers:,}/{counts.num_answers:,} answers   {counts.verdicts:,}/{counts.num_verdicts:,} verdicts   "
        f"{counts.unscored:,} unscored   {minutes}:{seconds:02d}"
    )


class SweepConsole(Console):
    """A console that outlives its reader: a sweep goes on when `| head` has seen enough."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False)

    def on_broken_pipe(self) -> None:
        """Go on in silence."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class ProgressDisplay:
    """Show progress: two bars on a terminal, elsewhere an aligned line every 30 s."""

    def __init__(self, console: Console, counts: Counts) -> None:
        self._console = console
        self._counts = counts
        self._started_s = time.monotonic()
        self._last_line_s = self._started_s
        self._bars: Progress | None = None

    @property
    def console(self) -> Console:
        """Return the console it is shown on."""
        return self._console

    @property
    def elapsed_s(self) -> float:
        """Return the time since the display was made, seconds."""
        return time.monotonic() - self._started_s

    def __enter__(self) -> Self:
        """Begin to show."""
        if not self._console.is_terminal:
            return self
        self._bars = Progress(
            TextColumn("{task.description:9}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._answers = self._bars.add_task("answers", total=self._counts.num_answers, note="")
        self._verdicts = self._bars.add_task("verdicts", total=self._counts.num_verdicts, note="")
        self._bars.start()
        return self

    def update(self) -> None:
        """Show the counts as they are now."""
        if self._bars is not None:
            rate = self._counts.calls / max(self.elapsed_s, 1e-9)
            self._bars.update(self._answers, completed=self._counts.answers, note=f"{rate:.1f} calls/s")
            note = f"{self._counts.unscored} unscored"
            self._bars.update(self._verdicts, completed=self._counts.verdicts, note=note)
        elif time.monotonic() - self._last_line_s >= _LINE_EVERY_S:
            self._last_line_s = time.monotonic()
            self._console.print(counts_line(self._counts, self.elapsed_s), soft_wrap=True, highlight=False)

    def __exit__(self, *_: object) -> None:
        """Take the bars away."""
        if self._bars is not None:
            self._bars.stop()
