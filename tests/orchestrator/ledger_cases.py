"""A sweep without workers: its ledger, its store, and two functions that answer."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from orchestrator.dispatch import Failure, Job
from orchestrator.executor import Ended
from orchestrator.keys import Keys
from orchestrator.ledger import Ledger
from orchestrator.results import build_tables
from orchestrator.rows import JudgeRow, ModelRow
from orchestrator.tasks import JudgeTask, PredictTask, Task
from records.datasets import Dataset
from records.store import Store
from schemas.records import Answer, Judgement
from schemas.tables import PREDICTIONS, VERDICTS

CHANGED, UNCHANGED = "pair-000", "pair-004"
Reply = Answer | Judgement | Failure
LIMITED = Failure("rate_limited", "429 and no more", is_retryable=True)


OK = Answer(text="words")
SPOTTED = Judgement(verdict="correct", hallucinations=("and more",))


class Sweep:
    """A sweep over a store, worked off by two functions."""

    def __init__(
        self,
        root: Path,
        pairs: Dataset,
        models: Sequence[ModelRow],
        judges: Sequence[JudgeRow],
        ids: Sequence[str] = (),
    ) -> None:
        self.store, self.keys, self.pairs, self.judges = Store.open(root), Keys(pairs), pairs, tuple(judges)
        self.ledger = Ledger(self.store, self.keys, models, judges, ids or [CHANGED, UNCHANGED], clock=lambda: 1.7e9)
        self.asked: list[Job[Task]] = []

    def work(
        self,
        answer: Callable[[PredictTask], Reply] = lambda task: Answer(text="words"),
        verdict: Callable[[JudgeTask], Reply] = lambda task: Judgement(verdict="correct"),
    ) -> "Sweep":
        queue = list(self.ledger.first_jobs())
        while queue:
            job = queue.pop(0)
            self.asked.append(job)
            result = answer(job.payload) if isinstance(job.payload, PredictTask) else verdict(job.payload)
            queue += self.ledger.on_end(Ended(job=job, result=result, attempts=1, latency_s=0.5))
        names = [(job.kind, job.key) for job in self.asked]
        assert len(set(names)) == len(names), "no call twice"
        return self

    @property
    def num_asked(self) -> tuple[int, int]:
        kinds = Counter(type(job.payload) for job in self.asked)
        return kinds[PredictTask], kinds[JudgeTask]

    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the tables; they agree with the progress that was shown."""
        predictions, verdicts = build_tables(self.ledger, self.store, self.keys, self.pairs, self.judges)
        assert (predictions.schema, verdicts.schema) == (PREDICTIONS, VERDICTS)
        progress = self.ledger.progress
        assert (progress.answers, progress.verdicts) == (predictions.height, verdicts.height)
        assert progress.unscored == verdicts["is_correct"].null_count()
        told = Counter(error or status for status, error in predictions.select("status", "error_type").iter_rows())
        assert progress.outcomes == told
        return predictions, verdicts

    def verdicts(self) -> list[dict[str, Any]]:
        return self.tables()[1].select("pair_id", "status", "verdict", "is_correct", "error_type").to_dicts()
