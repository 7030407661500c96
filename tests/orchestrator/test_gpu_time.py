"""GPU time by what it was for: exact sums, whatever happens in whatever order."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.gpu_time import PlaceTime, Seconds
from orchestrator.roster import PlaceState

CALLS = 4
moves = st.one_of(
    st.sampled_from([state for state in PlaceState if state is not PlaceState.CLOSED]).map(lambda state: (state, 0)),
    st.tuples(st.sampled_from(["began", "replied", "silent"]), st.integers(0, CALLS - 1)),
)
stories = st.lists(st.tuples(st.fractions(0, 100, max_denominator=8), moves), max_size=30)


class Slow:
    """The same by keeping every interval and giving it to whoever had it, once fates are known."""

    def __init__(self) -> None:
        self.state, self.calls, self.sums = PlaceState.STARTING, set(), defaultdict(Fraction)
        self.start: list[Fraction] = []
        self.shares: dict[int, list[Fraction]] = defaultdict(list)

    def wait(self, passed: Fraction) -> None:
        if self.state is PlaceState.STARTING:
            self.start.append(passed)
        elif self.state is PlaceState.READY and self.calls:
            for call in self.calls:
                self.shares[call].append(passed / len(self.calls))
        else:
            self.sums["idle" if self.state is PlaceState.READY else "lost"] += passed

    def move(self, what: PlaceState | str, call: int) -> None:
        if isinstance(what, PlaceState):
            self.sums["warming" if what in (PlaceState.READY, PlaceState.CLOSED) else "lost"] += sum(self.start)
            self.start = []
            if what is not PlaceState.READY:
                for gone in list(self.calls):
                    self.end(gone, "lost")
            self.state = what
        elif what == "began" and self.state is PlaceState.READY:
            self.calls.add(call)
        elif what != "began" and call in self.calls:
            self.end(call, "useful" if what == "replied" else "lost")

    def end(self, call: int, fate: str) -> None:
        self.calls.discard(call)
        self.sums[fate] += sum(self.shares.pop(call, []))


@settings(max_examples=120, deadline=None)
@given(stories)
def test_every_second_is_held_for_one_thing_and_fates_are_those_of_a_slow_reckoning(story: Any) -> None:
    now, time, slow, numbers, count = Fraction(0), PlaceTime(Fraction(0)), Slow(), {}, 0
    for passed, (what, call) in [*story, (Fraction(1), (PlaceState.CLOSED, 0))]:
        now += passed
        slow.wait(passed)
        if isinstance(what, PlaceState):
            time.note(what, now)
        elif what == "began" and call not in slow.calls:
            count += 1
            numbers[call] = count
            time.began(count, now)
        elif what != "began" and call in numbers:
            time.ended(numbers[call], now, has_reply=what == "replied")
        slow.move(what, call)
        spent = time.spent(now)
        assert spent.held == now, "a second was counted twice or not at all"
        assert min(spent.useful, spent.idle, spent.warming, spent.lost) >= 0
    assert time.spent(now) == Seconds(*(slow.sums[use] for use in ("useful", "idle", "warming", "lost")))
    assert time.spent(now + 100).held == now, "a closed place holds nothing"


def test_a_death_costs_the_work_it_undid_and_not_what_had_ended_beside_it() -> None:
    time = PlaceTime(0)
    time.note(PlaceState.READY, 10)
    time.began(1, 10)
    time.began(2, 10)
    time.ended(1, 14, has_reply=True)
    time.note(PlaceState.DIED, 20)
    time.note(PlaceState.STARTING, 23)
    time.note(PlaceState.READY, 30)
    time.note(PlaceState.CLOSED, 35)
    # call 1 had half of 10..14; call 2 the other half and 14..20; then 3 s until the next start
    assert time.spent(35) == Seconds(useful=2, idle=5, warming=17, lost=2 + 6 + 3)


def test_a_start_that_fails_is_lost_and_one_that_nobody_waits_for_any_more_is_not() -> None:
    failed = PlaceTime(0)
    failed.note(PlaceState.STARTING, 5)
    failed.note(PlaceState.LOST, 7)
    failed.note(PlaceState.CLOSED, 8)
    assert failed.spent(8) == Seconds(lost=8)
    stopped = PlaceTime(0)
    stopped.note(PlaceState.CLOSED, 5)
    assert stopped.spent(5) == Seconds(warming=5)
