"""Which cells a sweep has, what is known of each, and what is still to ask.

A call's result is a row of the store under its content key; several cells may share one. The ledger
turns ends into rows of the store and into new jobs, and at the end gives every cell exactly one row.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from orchestrator.dispatch import Failure, Job
from orchestrator.executor import Ended
from orchestrator.keys import Keys
from orchestrator.rows import JudgeRow, ModelRow
from orchestrator.tasks import JudgeTask, PredictTask, Task
from records.store import Entry, Store
from schemas.protocols import Json
from schemas.records import Answer, Judgement

PREDICTION, VERDICT = "prediction", "verdict"
ContentT = TypeVar("ContentT", Answer, Judgement)


@dataclass(frozen=True, slots=True)
class Cell:
    """One (model, pair, repeat) of a sweep; each judge makes a verdict cell of it."""

    model: ModelRow
    pair_id: str
    repeat: int
    key: str


@dataclass(slots=True)
class Progress:
    """How far a sweep is, in cells."""

    num_answers: int
    num_verdicts: int
    answers: int = 0
    verdicts: int = 0
    unscored: int = 0
    calls: int = 0
    """Calls that ended in this process, answers and verdicts together."""
    cost_usd: float = 0.0
    """What these calls cost, as far as prices are known."""
    outcomes: dict[str, int] = field(default_factory=dict)


def kind_of(row: ModelRow | JudgeRow) -> str:
    """Return the dispatcher's kind for a row's calls."""
    return f"{PREDICTION if isinstance(row, ModelRow) else VERDICT}:{row.key}"


def canary_kind(row: ModelRow) -> str:
    """Return the dispatcher's kind for the calls that try a row before it is asked."""
    return f"canary:{row.key}"


def asked_kind(kind: str) -> str:
    """Return the kind of the calls that a kind stands before: a canary's, those of its row."""
    return f"{PREDICTION}:{kind.removeprefix('canary:')}" if kind.startswith("canary:") else kind


class Ledger:
    """Keep the books of one sweep over one store."""

    def __init__(
        self,
        store: Store,
        keys: Keys,
        models: Sequence[ModelRow],
        judges: Sequence[JudgeRow],
        pair_ids: Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._keys = keys
        self._judges = judges
        self._clock = clock
        self._unjudged = frozenset(pair_id for pair_id in pair_ids if not keys.is_stated(pair_id))
        self._models = models
        self.cells: list[Cell] = []
        self._sharing: dict[str, list[Cell]] = {}
        self._awaiting: dict[str, int] = {}
        self._failed: set[str] = set()
        self._left: Counter[str] = Counter()
        self.progress = Progress(0, 0)
        self._add(models, pair_ids, repeat=0)

    def ask_again(self, pair_ids: Sequence[str]) -> None:
        """Add cells that ask about some pairs once more, for models that may answer otherwise; before `first_jobs`."""
        self._add([model for model in self._models if model.is_replayed], pair_ids, repeat=1)

    def _add(self, models: Sequence[ModelRow], pair_ids: Sequence[str], repeat: int) -> None:
        for pair_id in pair_ids:
            for model in models:
                cell = Cell(model, pair_id, repeat, self._keys.prediction(model, pair_id, repeat))
                self.cells.append(cell)
                sharing = self._sharing.setdefault(cell.key, [])
                if not sharing and not self._store.has(PREDICTION, cell.key):
                    self._left[kind_of(model)] += 1
                sharing.append(cell)
        self.progress.num_answers = len(self.cells)
        num_judged = sum(cell.pair_id not in self._unjudged for cell in self.cells)
        self.progress.num_verdicts = num_judged * len(self._judges)

    def num_stored_answers(self) -> int:
        """Return how many cells' answers the store holds already."""
        return sum(len(cells) for key, cells in self._sharing.items() if self._store.has(PREDICTION, key))

    def num_replays(self) -> int:
        """Return how many cells ask again."""
        return sum(cell.repeat > 0 for cell in self.cells)

    def num_left(self) -> dict[str, int]:
        """Return how many calls of each kind have not ended; of judges, as if every answer to come asked for one."""
        is_any_judged = any(cell.pair_id not in self._unjudged for cell in self.cells)
        num_predictions = sum(self._left[kind_of(model)] for model in self._models) if is_any_judged else 0
        return {kind_of(model): self._left[kind_of(model)] for model in self._models} | {
            kind_of(judge): self._left[kind_of(judge)] + num_predictions for judge in self._judges
        }

    def first_jobs(self) -> Iterator[Job[Task]]:
        """Yield what the store lacks: predictions, and verdicts on predictions that it holds."""
        for key, cells in self._sharing.items():
            if self._store.has(PREDICTION, key):
                yield from self._predicted(key, self.prediction(key))
            else:
                cell = cells[0]
                yield Job(kind_of(cell.model), key, PredictTask(cell.model.key, cell.pair_id))

    def on_end(self, ended: Ended[Task, Answer | Judgement]) -> list[Job[Task]]:
        """Keep a finished call's row, then return the jobs it makes possible. Raises StoreError."""
        self.progress.calls += 1
        self._left[ended.job.kind] -= 1
        if not isinstance(ended.result, Failure):
            self.progress.cost_usd += ended.result.cost_usd or 0.0
        if isinstance(ended.job.payload, PredictTask):
            answer = _as_answer(ended.result)
            self._keep(PREDICTION, ended, asdict(answer), is_finished=answer.status != "error")
            return list(self._predicted(ended.job.key, answer))
        judgement = _as_judgement(ended.result)
        self._keep(VERDICT, ended, asdict(judgement), is_finished=judgement.status != "error")
        self._judged(ended.job.key, judgement.status)
        return []

    def prediction(self, key: str) -> Answer:
        """Return the answer that the store holds under a key; KeyError where there is none."""
        entry = self._store.get(PREDICTION, key)
        if entry is None:
            raise KeyError(key)
        return Answer(**{name: entry.payload.get(name) for name in Answer.__dataclass_fields__})  # type: ignore[arg-type]

    def verdict_key(self, judge: JudgeRow, cell: Cell, text: str) -> str:
        """Return the key of a judge's verdict on a cell's answer."""
        return self._keys.verdict(judge, cell.pair_id, text, cell.repeat)

    def _predicted(self, key: str, answer: Answer) -> Iterable[Job[Task]]:
        cells = self._sharing[key]
        self.progress.answers += len(cells)
        outcome = answer.error_type or answer.status
        self.progress.outcomes[outcome] = self.progress.outcomes.get(outcome, 0) + len(cells)
        judged = [cell for cell in cells if cell.pair_id not in self._unjudged]
        if not is_judged(answer.status, answer.text):
            self.progress.verdicts += len(judged) * len(self._judges)
            self.progress.unscored += len(judged) * len(self._judges) * (answer.status == "error")
            return
        for cell in judged:
            for judge in self._judges:
                yield from self._to_judge(judge, cell, answer.text)

    def _to_judge(self, judge: JudgeRow, cell: Cell, text: str) -> Iterable[Job[Task]]:
        key = self.verdict_key(judge, cell, text)
        entry = self._store.get(VERDICT, key) if self._store.has(VERDICT, key) else None
        if entry is not None:
            self.progress.verdicts += 1
            self.progress.unscored += entry.payload["status"] != "ok"
            return
        if key in self._failed:
            self.progress.verdicts += 1
            self.progress.unscored += 1
            return
        is_first = key not in self._awaiting
        self._awaiting[key] = self._awaiting.get(key, 0) + 1
        if is_first:
            self._left[kind_of(judge)] += 1
            yield Job(kind_of(judge), key, JudgeTask(judge.key, cell.pair_id, text), group=cell.pair_id)

    def _judged(self, key: str, status: str) -> None:
        num_cells = self._awaiting.pop(key)
        if status == "error":
            self._failed.add(key)
        self.progress.verdicts += num_cells
        self.progress.unscored += num_cells * (status != "ok")

    def _keep(
        self, kind: str, ended: Ended[Task, Answer | Judgement], content: dict[str, Json], *, is_finished: bool
    ) -> None:
        made_at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="microseconds")
        call: dict[str, Json] = {
            "attempts": ended.attempts,
            "latency_s": round(ended.latency_s, 6),
            "created_at": made_at,
        }
        self._store.append(Entry(kind, ended.job.key, is_finished, content | call))


def is_judged(status: str, text: str) -> bool:
    """Tell whether judges see an answer: `ok`, or `truncated` with text."""
    return status == "ok" or (status == "truncated" and bool(text.strip()))


def _as_answer(result: Answer | Judgement | Failure) -> Answer:
    if isinstance(result, Failure):
        result = Answer(text="", status="error", error_type=result.error_type, error_message=result.message)
    assert isinstance(result, Answer)
    return _as_utf8(result)


def _as_judgement(result: Answer | Judgement | Failure) -> Judgement:
    if isinstance(result, Failure):
        result = Judgement(status="error", error_type=result.error_type, error_message=result.message)
    assert isinstance(result, Judgement)
    return _as_utf8(result)


def _as_utf8(content: ContentT) -> ContentT:
    r"""Put "?" for half a surrogate pair: a reply's JSON may hold a lone \ud83d, no key and no table can."""
    return replace(content, **{name: _clean(value) for name, value in asdict(content).items()})


def _clean(value: Any) -> Any:  # noqa: ANN401 (any field of a record)
    if isinstance(value, tuple):
        return tuple(map(_clean, value))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
