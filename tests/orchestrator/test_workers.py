"""The worker: one row's trouble is its own, and whatever a component raises becomes a failure."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from row_cases import dataset

from orchestrator.dispatch import Failure
from orchestrator.tasks import PredictTask
from orchestrator.workers import DatasetPlace, RowWorker
from records.datasets import Dataset
from schemas.errors import ConfigError, DatasetError, RateLimited
from schemas.protocols import ChatReply, ChatRequest
from schemas.records import Answer, Question


@dataclass
class FakeEngine:
    notes: list[str]

    async def start(self) -> None:
        self.notes.append("engine starts")

    async def chat(self, request: ChatRequest) -> ChatReply:
        return ChatReply(text="")

    async def close(self) -> None:
        self.notes.append("engine closes")


@dataclass
class FakeAdapter:
    notes: list[str]
    error: Exception | None = None
    start_error: Exception | None = None
    close_error: Exception | None = None

    async def start(self) -> None:
        if self.start_error:
            raise self.start_error
        self.notes.append("adapter starts")

    async def predict(self, question: Question) -> Answer:
        if self.error:
            raise self.error
        return Answer(text=f"{question.pair_id} {len(question.before) > 0}")

    async def close(self) -> None:
        if self.close_error:
            raise self.close_error
        self.notes.append("adapter closes")


@dataclass
class FakeRow:
    key: str
    adapter: FakeAdapter
    notes: list[str] = field(default_factory=list)

    def build_engine(self) -> FakeEngine:
        return FakeEngine(self.notes)

    def build(self, engine: object) -> FakeAdapter:
        return self.adapter

    async def ask(self, component: FakeAdapter, dataset: Dataset, task: PredictTask) -> Answer:
        images = dataset.images(task.pair_id)
        question = Question(pair_id=task.pair_id, before=images.before, after=images.after, user_query="")
        return await component.predict(question)


def row(key: str, notes: list[str], **errors: Exception) -> FakeRow:
    return FakeRow(key, FakeAdapter(notes, **errors), notes)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> DatasetPlace:
    folder = tmp_path_factory.mktemp("workers")
    opened = dataset(folder)
    (packed,) = folder.glob("*.arrow")
    return DatasetPlace(packed, opened.fingerprint)


def ask(place: DatasetPlace, *rows: FakeRow) -> dict[str, Answer | Failure]:
    """Start a worker, ask every row once, close it."""

    async def work() -> dict[str, Answer | Failure]:
        worker: RowWorker[FakeAdapter, PredictTask, Answer] = RowWorker(place, rows)
        await worker.start()
        replies = {each.key: await worker.call(PredictTask(each.key, "pair-000")) for each in rows}
        await worker.close()
        return {key: reply.result for key, reply in replies.items()}

    return asyncio.run(work())


def test_a_row_is_started_asked_and_closed(place: DatasetPlace) -> None:
    notes: list[str] = []
    assert ask(place, row("a", notes)) == {"a": Answer(text="pair-000 True")}
    assert notes == ["engine starts", "adapter starts", "adapter closes", "engine closes"]


def test_a_row_that_cannot_start_fails_its_own_calls_only(place: DatasetPlace) -> None:
    notes: list[str] = []
    found = ask(place, row("bad", notes, start_error=ConfigError("no key")), row("good", notes))
    assert found == {
        "bad": Failure("internal", "ConfigError: no key", is_retryable=False),
        "good": Answer(text="pair-000 True"),
    }
    assert notes.count("engine closes") == 2


def test_whatever_a_component_raises_becomes_a_failure(place: DatasetPlace) -> None:
    limited, fault = RateLimited("429", retry_after_s=7.0), ZeroDivisionError("oh")
    found = ask(place, row("limited", [], error=limited), row("fault", [], error=fault))
    assert found == {
        "limited": Failure("rate_limited", "429", is_retryable=True, retry_after_s=7.0),
        "fault": Failure("internal", "ZeroDivisionError: oh", is_retryable=False),
    }


def test_an_unknown_pair_is_a_failure(place: DatasetPlace) -> None:
    async def work() -> Answer | Failure:
        worker: RowWorker[FakeAdapter, PredictTask, Answer] = RowWorker(place, [row("a", [])])
        await worker.start()
        return (await worker.call(PredictTask("a", "stranger"))).result

    assert asyncio.run(work()) == Failure("internal", "KeyError: 'stranger'", is_retryable=False)


def test_a_close_that_fails_keeps_nobody_from_closing(place: DatasetPlace) -> None:
    notes: list[str] = []
    ask(place, row("bad", notes, close_error=OSError("stuck")), row("good", notes))
    assert notes[-3:] == ["adapter closes", "engine closes", "engine closes"]


def test_a_dataset_that_is_gone_stops_the_start(tmp_path: Path) -> None:
    worker: RowWorker[FakeAdapter, PredictTask, Answer] = RowWorker(DatasetPlace(tmp_path / "no.arrow", ""), [])
    with pytest.raises(DatasetError, match=r"cannot map .*no.arrow"):
        asyncio.run(worker.start())
