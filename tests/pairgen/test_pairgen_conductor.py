"""What is asked of which page depends on seed and outcomes alone: not on which came early, nor on a kill between."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.dispatch import Job
from orchestrator.executor import Ended
from pairgen.cells import Plan
from pairgen.conductor import Conductor
from pairgen.funnel import Funnel
from pairgen.phases import ChangePhase, PageSupply, RepeatPhase, no_diff_task
from pairgen.records import Page
from pairgen.tasks import ChangeTask, Outcome, Task
from records.store import Store
from schemas.vocabulary import OPERATORS


def pages() -> Iterator[Page]:
    for number in range(10_000):
        yield Page(page_id=f"p{number}", domain="other", html="")


def outcome_of(task: Task) -> Outcome:
    """Return what a page yields, decided by the task alone: a pair for one of its slots, or for none."""
    if not isinstance(task, ChangeTask):
        return Outcome(row={"id": "?"})
    ids = [slot.pair_id for slot, _ in task.tries]
    place = random.Random(f"{task.page.page_id}{ids}").randrange(len(ids) + 3)
    return Outcome(missed=ids[:place], row={"id": ids[place]} if place < len(ids) else None)


def play(folder: Path, place_of: Any, stop_after: int | None = None) -> tuple[list[str], int]:
    """Run to the end, or until killed; return what was made of which page, and how many tasks were really done.

    place_of: number of open jobs -> which of them ends next.
    """
    plan, supply, rows = Plan(OPERATORS, 2), PageSupply(pages(), 10_000), []
    told: list[str] = []
    change = ChangePhase(plan, supply, Funnel(), rows.append, lookahead=8, slots_per_page=3)
    commit = change.commit
    change.commit = lambda task, outcome: (told.append(f"{task.page.page_id} {outcome.row}"), commit(task, outcome))[1]  # type: ignore[method-assign]
    repeat = RepeatPhase(supply, 5, no_diff_task, lambda outcome: told.append(str(outcome.row)), lookahead=8)
    store = Store.open(folder)
    conductor = Conductor([change, repeat], store, "context", lambda: None, lambda line: None)
    open_jobs: list[Job[Task]] = conductor._advance()
    num_done = 0
    while open_jobs and num_done != stop_after:
        job = open_jobs.pop(place_of(len(open_jobs)))
        num_done += 1
        open_jobs += conductor._on_end(Ended(job=job, result=outcome_of(job.payload), attempts=1, latency_s=0.0))
    store.close()
    return told, num_done


@pytest.mark.parametrize("seed", range(5))
def test_outcomes_that_come_early_change_nothing(tmp_path: Path, seed: int) -> None:
    in_order, _ = play(tmp_path / "one", lambda count: 0)
    rng = random.Random(seed)
    assert play(tmp_path / "two", rng.randrange)[0] == in_order
    assert play(tmp_path / "three", lambda count: count - 1)[0] == in_order


@pytest.mark.parametrize("stop_after", [1, 9, 20, 60])
def test_after_a_kill_nothing_is_done_twice_and_the_result_is_the_same(tmp_path: Path, stop_after: int) -> None:
    whole, num_done = play(tmp_path / "whole", lambda count: 0)
    rng = random.Random(stop_after)
    assert num_done > stop_after
    play(tmp_path / "killed", rng.randrange, stop_after)
    told, num_more = play(tmp_path / "killed", lambda count: 0)
    assert told == whole
    assert num_more <= num_done - stop_after + 16  # what was out when the first phase ended may not be asked again
