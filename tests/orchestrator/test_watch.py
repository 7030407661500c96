"""What a watch makes of an executor's run over fakes: deaths, hangs, copies, stops; the books must balance."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import row_cases as rows
import watch_cases

from orchestrator.dispatch import Dispatcher, DispatchPolicy, Failure, Job
from orchestrator.executor import Executor
from orchestrator.ledger import Progress
from orchestrator.roster import FixedRoster, Place
from orchestrator.status import Status, read_status
from orchestrator.tasks import PredictTask, Reply
from orchestrator.watch import Watch, Watched
from records.run_paths import RunPaths
from schemas.errors import StoreError, WorkerDied
from schemas.records import Answer

KIND = "prediction:vlm"
_GUARD_S = 60.0
Answering = Callable[[str], Any]


class Fake:
    """A replica whose replies are told call by call: an answer, a Failure, or an exception to raise."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    async def start(self) -> None:
        await asyncio.sleep(0.01)

    async def call(self, task: PredictTask, /) -> Reply[Answer]:
        await asyncio.sleep(0.01)
        said = self._answering(task.pair_id)
        if isinstance(said, Exception):
            raise said
        if said == "hang":
            await asyncio.sleep(2 * _GUARD_S)
        return Reply(said, 0.01)

    async def close(self) -> None:
        pass


def good(_: str = "") -> Answer:
    return Answer(text="yes", prompt_tokens=100, completion_tokens=10, cost_usd=0.25)


def script(*first: Any) -> Answering:
    """Say these things one after another, then answer well."""
    said: Iterator[Any] = iter(first)
    return lambda _: next(said, good())


class Sweep:
    """A run of some calls over replicas on one GPU each, watched."""

    def __init__(self, folder: Path) -> None:
        self.paths = RunPaths(folder / "run")
        self.progress = Progress(20, 0)
        self.num_left = 20
        watched = Watched(
            paths=self.paths,
            rows=[rows.vlm()],
            progress=self.progress,
            left=lambda: {KIND: self.num_left},
            command="python -m orchestrator +sweep=mine",
            max_cost_usd=9.0,
        )
        self.watch = Watch(watched)
        self.stop = asyncio.Event()

    def go(self, *answerings: Answering, deadline_s: float = 5.0, num_jobs: int = 20) -> Status:
        dispatcher: Dispatcher[Any] = Dispatcher(DispatchPolicy(backoff_s=0.01))
        for number in range(num_jobs):
            dispatcher.submit(Job(KIND, f"{number:064d}", PredictTask("vlm", f"pair-{number}")))
        places = [
            Place(
                name=f"vlm-r{number}",
                kinds=(KIND,),
                slots=2,
                deadline_s=deadline_s,
                spawn=lambda answering=answering: Fake(answering),
                num_gpus=1,
            )
            for number, answering in enumerate(answerings)
        ]
        executor: Executor[Any, Any] = Executor(dispatcher, self.on_end, self.watch.tick, self.watch)
        with self.watch:
            asyncio.run(asyncio.wait_for(executor.run(FixedRoster(places), self.stop), _GUARD_S))
            self.watch.enter("done")
        return read_status(self.paths.status)

    def on_end(self, ended: Any) -> tuple[()]:
        self.watch.note_end(ended)
        self.num_left -= 1
        self.progress.answers += 1
        return ()

    @property
    def events(self) -> list[str]:
        return watch_cases.events(self.paths.root)


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    return Sweep(tmp_path)


def test_a_quiet_run_is_counted_to_the_last_call(sweep: Sweep) -> None:
    status = sweep.go(good, good)
    (row,) = status.rows
    assert (status.state, status.answers, status.num_answers) == ("done", 20, 20)
    assert (row.calls_ended, row.calls_left, row.in_flight, row.ready, row.starting) == (20, 0, 0, 0, 0)
    assert (row.input_tokens, row.output_tokens, row.outcomes) == (2000, 200, {"ok": 20})
    assert (status.cost_usd, status.max_cost_usd) == (5.0, 9.0)
    assert status.gpu_seconds["lost"] == 0.0
    assert min(status.gpu_seconds["useful"], status.gpu_seconds["warming"]) > 0.0
    assert sweep.events.count("worker closed") == 2
    assert not any(event.startswith("call") for event in sweep.events)


def test_a_death_is_logged_with_its_calls_and_its_work_is_lost(sweep: Sweep) -> None:
    status = sweep.go(script(good(), WorkerDied("killed by the kernel")))
    assert status.rows[0].calls_ended == 20
    assert status.rows[0].in_flight == 0
    assert status.gpu_seconds["lost"] > 0.0
    used = sum(status.gpu_seconds[use] for use in ("useful", "idle", "warming", "lost"))
    assert used == pytest.approx(status.gpu_seconds["held"])
    lines = watch_cases.log_lines(sweep.paths.root)
    lost = next(line for line in lines if line["event"] == "call lost")
    assert lost["message"] == "killed by the kernel"
    assert (lost["level"], lost["worker"], lost["place"], lost["attempt"]) == ("warning", "vlm-r0#1", "vlm-r0", 1)
    assert (lost["kind"], lost["row"], len(lost["key"])) == (KIND, "vlm", 12)
    assert lost["pair"].startswith("pair-")
    assert sweep.events.count("worker died") == 1


def test_retries_failures_and_poison_are_logged_with_their_reasons(sweep: Sweep) -> None:
    refused = Failure("rejected", "too large", is_retryable=False)
    busy = Failure("rate_limited", "slow down", is_retryable=True, retry_after_s=0.01)
    fixed = {"pair-3": refused, "pair-5": WorkerDied("gone")}
    others = script(busy)
    status = sweep.go(lambda pair: fixed.get(pair) or others(pair), num_jobs=8)
    assert status.rows[0].outcomes == {"ok": 6, "rejected": 1, "poison": 1}
    lines = watch_cases.log_lines(sweep.paths.root)
    failed = {line["pair"]: line["error_type"] for line in lines if line["event"] == "call failed"}
    assert failed == {"pair-3": "rejected", "pair-5": "poison"}
    (retried,) = [line for line in lines if line["event"] == "call retried"]
    assert (retried["error_type"], retried["retry_after_s"]) == ("rate_limited", 0.01)


def test_a_worker_that_hangs_is_logged_and_its_time_is_lost(sweep: Sweep) -> None:
    status = sweep.go(script("hang", "hang"), deadline_s=0.3, num_jobs=4)
    assert status.rows[0].outcomes == {"ok": 4}
    assert status.gpu_seconds["lost"] >= 0.25, "two calls shared the GPU for three tenths of a second"
    assert "worker hung" in sweep.events
    assert sweep.events.count("call lost") == 2


def test_a_place_that_never_starts_is_logged_as_lost(sweep: Sweep) -> None:
    class Broken(Fake):
        async def start(self) -> None:
            raise WorkerDied("no device")

    place: Place[Any, Any] = Place(
        name="vlm-r0", kinds=(KIND,), slots=1, deadline_s=5, spawn=lambda: Broken(good), num_gpus=2
    )
    dispatcher: Dispatcher[Any] = Dispatcher()
    dispatcher.submit(Job(KIND, "k" * 64, PredictTask("vlm", "pair-0")))
    executor: Executor[Any, Any] = Executor(dispatcher, sweep.on_end, sweep.watch.tick, sweep.watch)
    with sweep.watch:
        asyncio.run(asyncio.wait_for(executor.run(FixedRoster([place]), sweep.stop), _GUARD_S))
        sweep.watch.enter("done")
    status = read_status(sweep.paths.status)
    assert status.gpu_seconds["lost"] == status.gpu_seconds["held"] > 0
    assert status.rows[0].outcomes == {"worker_died": 1}
    (lost,) = [line for line in watch_cases.log_lines(sweep.paths.root) if line["event"] == "worker lost"]
    assert (lost["level"], lost["worker"]) == ("error", "vlm-r0")
    assert "no device" in lost["message"]


def test_an_exception_ends_as_failed_with_its_words_and_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE_KEY", "sk-test-0123456789abcdef")
    watched = Watched(
        paths=RunPaths(tmp_path),
        rows=[rows.vlm(api_key_env="MINE_KEY")],
        progress=Progress(1, 1),
        left=dict,
        command="python -m orchestrator note=sk-test-0123456789abcdef",
    )
    with pytest.raises(RuntimeError), Watch(watched):
        raise RuntimeError("the key sk-test-0123456789abcdef broke")
    status = read_status(tmp_path / "status.json")
    assert (status.state, status.reason) == ("failed", "RuntimeError: the key *** broke")
    for path in (tmp_path / "status.json", tmp_path / "logs" / "driver.jsonl"):
        assert "0123456789" not in path.read_text()


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (StoreError("no space left"), "failed", "no space left"),
        (ValueError("odd"), "failed", "ValueError: odd"),
        (KeyboardInterrupt(), "stopped", None),
    ],
)
def test_what_ends_a_sweep_is_its_state(sweep: Sweep, error: BaseException, state: str, reason: str | None) -> None:
    with pytest.raises(type(error)), sweep.watch:
        raise error
    status = read_status(sweep.paths.status)
    assert (status.state, status.reason) == (state, reason)


def test_the_status_is_written_every_two_seconds_and_not_more_often(tmp_path: Path) -> None:
    shown: list[Status] = []

    class Shown:
        def show(self, status: Status) -> None:
            shown.append(status)

    now = [0.0]
    paths = RunPaths(tmp_path)
    watched = Watched(paths=paths, rows=[], progress=Progress(1, 1), left=dict, command="")
    watch = Watch(watched, clock=lambda: now[0])
    watch.exporter = Shown()
    with watch:
        for moment in range(40):
            now[0] = moment / 8
            watch.tick(is_stopping=now[0] > 4.5)
    assert [status.elapsed_s for status in shown] == [0.0, 2.0, 4.0, 4.625]
    assert [status.state for status in shown] == ["running", "running", "running", "stopping"]
