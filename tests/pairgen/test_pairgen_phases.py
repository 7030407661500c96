"""Which page is asked for what: outcomes decide, never time; nothing is lost when a phase ends early."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pairgen.cells import Plan
from pairgen.funnel import Funnel
from pairgen.phases import ChangePhase, PageSupply, RepeatPhase, no_diff_task
from pairgen.records import Page
from pairgen.tasks import ChangeTask, Outcome


def pages() -> Iterator[Page]:
    for number in range(10_000):
        yield Page(page_id=f"p{number}", domain="other", html="")


def phase(
    per_cell: int, lookahead: int, limit: int = 10_000
) -> tuple[ChangePhase, PageSupply, Plan, Funnel, list[Any]]:
    plan, supply, funnel, rows = Plan(["text", "color"], per_cell), PageSupply(pages(), limit), Funnel(), []
    made = ChangePhase(plan, supply, funnel, rows.append, lookahead=lookahead, slots_per_page=3)
    return made, supply, plan, funnel, rows


def outcome(task: ChangeTask, place: int) -> Outcome:
    """Return what a page yields at the `place`-th of its slots; past the last, nothing."""
    ids = [slot.pair_id for slot, _ in task.tries]
    row = {"id": ids[place]} if place < len(ids) else None
    return Outcome(missed=ids[:place], row=row)


@settings(deadline=None, max_examples=50)
@given(places=st.lists(st.integers(0, 4), min_size=1, max_size=40), lookahead=st.integers(1, 9))
def test_every_slot_is_filled_once_whatever_pages_yield(places: list[int], lookahead: int) -> None:
    made, _, plan, funnel, rows = phase(3, lookahead)
    out: list[ChangeTask] = []
    done = 0
    while not made.is_over:
        while (task := made.next()) is not None:
            assert isinstance(task, ChangeTask)
            out.append(task)
        assert 0 < len(out) <= lookahead
        # after what was drawn, every page yields: it must come to an end
        made.commit(out[0], outcome(out.pop(0), places[done] if done < len(places) else 0))
        done += 1
    assert plan.is_full
    assert len({row["id"] for row in rows}) == len(rows) == 18
    assert funnel.num_pages == done


def test_one_page_is_at_a_slot_first_and_more_where_pages_yield_nothing() -> None:
    made, _, plan, _, _ = phase(1, 9)
    out = [task for task in iter(made.next, None) if isinstance(task, ChangeTask)]
    firsts = [task.tries[0][0].pair_id for task in out]
    assert len(firsts) == len(set(firsts)) == 6
    for task in out[1:]:
        made.commit(out[0], Outcome()) if task is out[1] else None
    for slot in plan.open_slots:
        for _ in range(3):
            plan.miss(slot)
    assert isinstance(made.next(), ChangeTask)


def test_no_page_is_asked_twice_for_the_same() -> None:
    made, _, plan, _, _ = phase(40, 20)
    tasks = [made.next() for _ in range(10)]
    for slot in [slot for slot in plan.open_slots if (slot.operator, slot.tier) != ("text", "hard")]:
        plan.fill(slot)
    tasks += [made.next() for _ in range(10)]
    for task in tasks:
        assert isinstance(task, ChangeTask)
        asked = [(slot.operator, slot.tier, mechanisms) for slot, mechanisms in task.tries]
        assert len(set(asked)) == len(asked)
    assert [len(task.tries) for task in tasks[10:] if isinstance(task, ChangeTask)] == [2] * 10


def test_pages_that_are_out_when_all_is_made_come_back_first() -> None:
    made, supply, plan, _, _ = phase(1, 4)
    out = [task for task in iter(made.next, None) if isinstance(task, ChangeTask)]
    for slot in plan.open_slots:
        plan.fill(slot)
    assert made.is_over
    made.end()
    assert [page.page_id for page in (supply.take(), supply.take()) if page] == [
        out[0].page.page_id,
        out[1].page.page_id,
    ]


def test_unchanged_pairs_are_numbered_without_gaps_and_end_with_the_pages() -> None:
    rows: list[Outcome] = []
    supply = PageSupply(pages(), 5)
    made = RepeatPhase(supply, 4, no_diff_task, rows.append, lookahead=2)
    out = []
    fates = iter([False, True, True, False, True])
    while not made.is_over:
        out += list(iter(made.next, None))
        task = out.pop(0)
        fate = Outcome(row={"id": "?"}) if next(fates) else Outcome(reason="unstable")
        made.commit(task, fate)
    assert [one.row["id"] for one in rows if one.row] == ["no_diff-0001", "no_diff-0002", "no_diff-0003"]
    assert supply.is_at_limit
