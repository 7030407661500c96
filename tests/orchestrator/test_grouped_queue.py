"""What belongs together goes together, nothing is lost, and nobody waits for a group that goes on."""

import tracemalloc
from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.grouped_queue import GroupedQueue

GROUPS = ("", "a", "b", "c")


def filled(*items: str) -> GroupedQueue[str]:
    """Return a queue of items, each of the group of its first letter."""
    made: GroupedQueue[str] = GroupedQueue()
    for item in items:
        made.push(item, item[0])
    return made


def test_a_taker_goes_on_with_its_group_then_takes_the_next() -> None:
    made = filled("a1", "b1", "a2", "c1", "b2")
    taken, group = [], ""
    while (item := made.pop(group)) is not None:
        taken.append(item)
        group = item[0]
    assert taken == ["a1", "a2", "b1", "b2", "c1"]


def test_two_takers_spread_over_groups() -> None:
    made = filled("a1", "a2", "b1", "b2")
    assert (made.pop(""), made.pop(""), made.pop("a"), made.pop("b")) == ("a1", "b1", "a2", "b2")


def test_what_is_put_first_goes_first_whatever_its_group() -> None:
    made = filled("a1", "a2")
    made.push_first("b1")
    made.push_first("c1")
    assert [made.pop("a") for _ in range(5)] == ["c1", "b1", "a1", "a2", None]


def test_a_group_left_by_its_taker_is_taken_up_again() -> None:
    made = filled("a1", "a2", "b1")
    assert [made.pop("") for _ in range(4)] == ["a1", "b1", "a2", None]


@given(
    steps=st.lists(
        st.tuples(st.just("push"), st.sampled_from(GROUPS))
        | st.tuples(st.just("first"), st.sampled_from(GROUPS))
        | st.tuples(st.just("pop"), st.sampled_from(GROUPS))
    )
)
def test_it_is_fair_and_loses_nothing(steps: list[tuple[str, str]]) -> None:
    made: GroupedQueue[tuple[str, int]] = GroupedQueue()
    first: deque[tuple[str, int]] = deque()
    groups: dict[str, deque[tuple[str, int]]] = {group: deque() for group in GROUPS}
    for number, (what, group) in enumerate([*steps, *[("pop", "a")] * len(steps)]):
        if what == "push":
            made.push((group, number), group)
            groups[group].append((group, number))
        elif what == "first":
            made.push_first((group, number))
            first.appendleft((group, number))
        else:
            item = made.pop(group)
            if first:
                assert item == first.popleft()
            elif groups[group]:
                assert item == groups[group].popleft()
            elif item is None:
                assert not any(groups.values())
            else:
                assert item == groups[item[0]].popleft()
    assert made.pop("") is None


def test_a_group_that_runs_empty_again_and_again_leaves_nothing_behind() -> None:
    made: GroupedQueue[int] = GroupedQueue()
    tracemalloc.start()
    for number in range(10_000):
        made.push(number, "a")
        assert made.pop("a") == number
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000
