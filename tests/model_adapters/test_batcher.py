"""The batcher: who runs with whom, and what a failed batch does to those in it. No model."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_adapters.engines.batcher import Batcher, choose
from schemas.errors import CallError, RequestRejected, WorkerDied


@dataclass(eq=False)
class Job:
    length: int
    shape: Hashable = "one"
    is_wanted: bool = True
    name: str = ""


@dataclass
class Runner:
    """Answer each job with its name, as long as `check` lets the batch pass."""

    check: Callable[[Sequence[Job]], None] = lambda batch: None
    batches: list[list[str]] = field(default_factory=list)
    num_reliefs: int = 0

    def __call__(self, batch: Sequence[Job]) -> list[str]:
        self.batches.append([job.name for job in batch])
        self.check(batch)
        return [job.name for job in batch]

    def relieve(self) -> None:
        self.num_reliefs += 1


def translate(error: BaseException) -> CallError:
    return WorkerDied(str(error)) if "lost" in str(error) else RequestRejected(str(error))


def ask_all(runner: Runner, jobs: Sequence[Job], max_batch: int = 8) -> list[Any]:
    async def go() -> list[Any]:
        batcher: Batcher[Job, str] = Batcher(runner, max_batch=max_batch, relieve=runner.relieve, translate=translate)

        async def prepared(job: Job) -> Job:
            await asyncio.sleep(0)
            return job

        asked = [batcher.ask(prepared(job)) for job in jobs]
        found = await asyncio.gather(*asked, return_exceptions=True)
        await batcher.close()
        return found

    return asyncio.run(asyncio.wait_for(go(), 60))


def named(*lengths: int) -> list[Job]:
    return [Job(length, name=f"{number}:{length}") for number, length in enumerate(lengths)]


JOBS = st.lists(st.builds(Job, st.integers(1, 2000), st.sampled_from("ab")), min_size=1, max_size=30)


@given(JOBS, st.integers(1, 8), st.none() | st.integers(1, 10_000))
def test_a_batch_holds_the_oldest_and_its_likes(jobs: list[Job], max_batch: int, max_cells: int | None) -> None:
    chosen = choose(jobs, max_batch, max_cells)
    lengths = [jobs[number].length for number in chosen]
    assert 0 in chosen
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= max_batch
    assert {jobs[number].shape for number in chosen} == {jobs[0].shape}
    assert max(lengths) <= 1.25 * min(lengths)
    assert max_cells is None or len(chosen) == 1 or len(lengths) * max(lengths) <= max_cells


def test_similar_lengths_share_a_batch() -> None:
    assert choose(named(500, 2000, 510, 1990, 505), 8) == [0, 2, 4]
    assert choose(named(500, 2000, 510, 1990, 505), 2) == [0, 4]


def test_each_gets_its_own_result_whatever_the_batches() -> None:
    runner = Runner()
    jobs = named(*[100, 900, 101, 905] * 6)
    assert ask_all(runner, jobs, max_batch=4) == [job.name for job in jobs]
    assert [len(batch) for batch in runner.batches] == [4] * 6
    assert all(len({name.split(":")[1][0] for name in batch}) == 1 for batch in runner.batches)


def test_memory_that_runs_out_halves_the_batch_and_later_ones_are_smaller() -> None:
    def too_many(batch: Sequence[Job]) -> None:
        if len(batch) > 2:
            raise MemoryError("too many")

    runner = Runner(too_many)
    jobs = named(*[100] * 16)
    assert ask_all(runner, jobs) == [job.name for job in jobs]
    assert [len(batch) for batch in runner.batches] == [8, 4, 2, 2, 4, 2, 2, *[2] * 4]
    assert runner.num_reliefs == 3


def test_one_that_breaks_the_pass_fails_alone() -> None:
    def breaks(batch: Sequence[Job]) -> None:
        if any(job.name.startswith("5:") for job in batch):
            raise ValueError("five")

    runner = Runner(breaks)
    jobs = named(*[100] * 8)
    found = ask_all(runner, jobs)
    assert isinstance(found.pop(5), RequestRejected)
    assert found == [job.name for number, job in enumerate(jobs) if number != 5]


def test_a_lost_device_fails_all_without_trying_again() -> None:
    def lost(batch: Sequence[Job]) -> None:
        raise RuntimeError("lost")

    runner = Runner(lost)
    found = ask_all(runner, named(*[100] * 12))
    assert all(isinstance(error, WorkerDied) for error in found)
    assert len(runner.batches) == 1


def test_who_stops_waiting_does_not_run_and_harms_nobody() -> None:
    async def go() -> tuple[list[list[str]], str]:
        runner = Runner()
        batcher: Batcher[Job, str] = Batcher(runner, max_batch=8, relieve=runner.relieve, translate=translate)

        async def prepared(job: Job) -> Job:
            return job

        left, stays = (Job(100, name=name) for name in ("left", "stays"))
        tasks = [asyncio.create_task(batcher.ask(prepared(job))) for job in (left, stays)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        found = await tasks[1]
        with pytest.raises(asyncio.CancelledError):
            await tasks[0]
        await batcher.close()
        return runner.batches, found

    assert asyncio.run(asyncio.wait_for(go(), 60)) == ([["stays"]], "stays")


def test_a_batch_that_fails_is_not_run_again_for_those_who_left() -> None:
    async def go() -> list[list[str]]:
        def fail_and_leave(batch: Sequence[Job]) -> None:
            if len(batch) == 4:
                batch[0].is_wanted = batch[1].is_wanted = False
                raise MemoryError("too many")

        runner = Runner(fail_and_leave)
        batcher: Batcher[Job, str] = Batcher(runner, max_batch=8, relieve=runner.relieve, translate=translate)

        async def prepared(job: Job) -> Job:
            return job

        tasks = [asyncio.create_task(batcher.ask(prepared(job))) for job in named(*[100] * 4)]
        assert await asyncio.gather(*tasks[2:]) == ["2:100", "3:100"]
        await batcher.close()
        for task in tasks[:2]:
            task.cancel()
        return runner.batches

    assert asyncio.run(asyncio.wait_for(go(), 60)) == [["0:100", "1:100", "2:100", "3:100"], ["2:100", "3:100"]]


def test_a_preparation_that_fails_does_not_hold_up_the_others() -> None:
    async def go() -> list[Any]:
        runner = Runner()
        batcher: Batcher[Job, str] = Batcher(runner, max_batch=8, relieve=runner.relieve, translate=translate)

        async def broken() -> Job:
            await asyncio.sleep(0.1)
            raise RequestRejected("no image")

        async def whole() -> Job:
            return Job(100, name="whole")

        found = await asyncio.gather(batcher.ask(broken()), batcher.ask(whole()), return_exceptions=True)
        await batcher.close()
        return found

    broken, whole = asyncio.run(asyncio.wait_for(go(), 60))
    assert isinstance(broken, RequestRejected)
    assert whole == "whole"


def test_closing_breaks_off_what_waits() -> None:
    async def go() -> list[Any]:
        runner = Runner()
        batcher: Batcher[Job, str] = Batcher(runner, max_batch=8, relieve=runner.relieve, translate=translate)

        async def prepared() -> Job:
            return Job(100)

        task = asyncio.create_task(batcher.ask(prepared()))
        await asyncio.sleep(0)
        await batcher.close()
        return await asyncio.gather(task, return_exceptions=True)

    (error,) = asyncio.run(asyncio.wait_for(go(), 60))
    assert isinstance(error, asyncio.CancelledError)
