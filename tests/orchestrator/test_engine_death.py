"""A dead engine ends its worker; one that doesn't start leaves the row to its replicas, or ends it with the reason."""

import asyncio
import pickle
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from orchestrator.config import ClusterConfig
from orchestrator.dispatch import Dispatcher, Failure, Job
from orchestrator.executor import Ended, Executor
from orchestrator.places import plan_places
from orchestrator.roster import FixedRoster, Place
from orchestrator.rows import read_model_row
from orchestrator.tasks import Reply
from orchestrator.workers import DatasetPlace, boundary
from schemas.errors import EngineStartFailed, RateLimited, WorkerDied
from schemas.protocols import Prompt


async def fail(error: Exception) -> str:
    raise error


def test_only_a_dead_worker_and_a_failed_start_pass_the_boundary() -> None:
    failure = asyncio.run(boundary(fail(RateLimited("slow down"))))
    assert isinstance(failure, Failure)
    for error in (WorkerDied("gone"), EngineStartFailed("no room", reason="out_of_memory")):
        with pytest.raises(type(error)):
            asyncio.run(boundary(fail(error)))


def test_a_failed_start_keeps_its_reason_from_process_to_process() -> None:
    error = pickle.loads(pickle.dumps(EngineStartFailed("no room", reason="out_of_memory")))
    assert (error.error_type, str(error), error.is_retryable) == ("start_out_of_memory", "no room", False)


@dataclass
class Replica:
    """Answer with capitals, or don't start, or die of the first call."""

    trouble: str = ""
    starts: list[str] = field(default_factory=list)

    async def start(self) -> None:
        self.starts.append(self.trouble)
        if self.trouble == "start":
            raise EngineStartFailed("no room", reason="out_of_memory")

    async def call(self, payload: str, /) -> Reply[str]:
        await asyncio.sleep(0.01)
        if self.trouble == "dies" and len(self.starts) == 1:
            raise WorkerDied("its engine is dead")
        return Reply(payload.upper(), 0.0)

    async def close(self) -> None:
        return


def run(*troubles: str) -> tuple[dict[str, str], list[str]]:
    dispatcher: Dispatcher[str] = Dispatcher()
    results: dict[str, str] = {}
    starts: list[str] = []

    def on_end(ended: Ended[str, str]) -> list[Job[str]]:
        result = ended.result
        results[ended.job.key] = result.error_type if isinstance(result, Failure) else result
        return []

    for key in "abcd":
        dispatcher.submit(Job("ask", key, key))
    places = [
        Place(name=f"r{n}", kinds=("ask",), slots=1, deadline_s=5, spawn=partial(Replica, trouble, starts))
        for n, trouble in enumerate(troubles)
    ]
    asyncio.run(asyncio.wait_for(Executor(dispatcher, on_end).run(FixedRoster(places), asyncio.Event()), 20))
    return results, starts


ANSWERED = {"a": "A", "b": "B", "c": "C", "d": "D"}


def test_a_replica_that_does_not_start_leaves_the_row_to_the_other() -> None:
    assert run("start", "")[0] == ANSWERED


def test_a_row_without_replicas_ends_with_the_reason_and_is_not_started_again() -> None:
    results, starts = run("start", "start")
    assert results == dict.fromkeys("abcd", "start_out_of_memory")
    assert starts == ["start", "start"]


def test_a_dead_engine_is_replaced_and_its_work_goes_back() -> None:
    results, starts = run("dies")
    assert (results, len(starts)) == (ANSWERED, 2)


@pytest.mark.parametrize(("replicas", "names"), [(None, ["tiny"]), (2, ["tiny-r0", "tiny-r1"])])
def test_a_row_has_as_many_places_as_replicas(replicas: int | None, names: list[str]) -> None:
    engine = {"kind": "vllm", "model": "org/tiny", "num_gpus": 0, "replicas": replicas}
    row = read_model_row(
        "tiny", {"adapter": {"kind": "vlm_chat"}, "engine": engine}, Prompt(text="?", version="1", sha256=""),
        is_by_hand=False,
    )  # fmt: skip
    places = plan_places([row], [], DatasetPlace(Path("pack"), ""), ClusterConfig(kind="local"), 2)
    assert [place.name.removeprefix("adapters-") for place in places] == names
