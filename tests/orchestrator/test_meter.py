"""What a meter reads, at given moments."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.dispatch import Job, Lease
from orchestrator.meter import Ending, Meter, Replicas
from orchestrator.roster import Place, PlaceState
from orchestrator.window import Window

ASK, JUDGE = "prediction:a", "verdict:j"


def place(name: str = "a-r0", num_gpus: int = 1, kinds: tuple[str, ...] = (ASK,)) -> Place[Any, Any]:
    return Place(name=name, kinds=kinds, slots=4, deadline_s=9, spawn=lambda: None, num_gpus=num_gpus)


def lease(number: int, kind: str = ASK) -> Lease[str]:
    return Lease(number, Job(kind, f"key{number}", ""), "worker", 1, 0.0)


events = st.lists(
    st.tuples(
        st.fractions(0, 50, max_denominator=4),
        st.integers(0, 2),
        st.sampled_from([*PlaceState, "began", "replied", "silent"]),
        st.integers(0, 9),
    ),
    max_size=60,
)


@settings(max_examples=100, deadline=None)
@given(events)
def test_gpu_seconds_add_up_to_what_the_places_held(story: Any) -> None:
    places = [place(f"p{number}", num_gpus=number) for number in range(3)]
    meter, now = Meter(), Fraction(0)
    opened, held = {}, Fraction(0)
    for passed, number, what, call in story:
        now += passed
        if isinstance(what, PlaceState):
            meter.noted(places[number], what, now)
            if what is PlaceState.STARTING:
                opened.setdefault(number, now)
            elif what is PlaceState.CLOSED and number in opened:
                held += number * (now - opened.pop(number))
        elif what == "began":
            meter.began(places[number], lease(10 * number + call), now)
        else:
            meter.ended(places[number], lease(10 * number + call), now, has_reply=what == "replied")
        still_open = sum(number * (now - since) for number, since in opened.items())
        assert meter.gpu_seconds(now).held == held + still_open


def test_replicas_and_calls_in_flight_by_row() -> None:
    meter = Meter()
    first, second = place("a-r0"), place("a-r1")
    for each in (first, second):
        meter.noted(each, PlaceState.STARTING, 0)
    meter.noted(first, PlaceState.READY, 5)
    meter.began(first, lease(1), 6)
    meter.began(first, lease(2, "canary:a"), 6)
    assert meter.replicas() == {ASK: Replicas(ready=1, starting=1)}
    assert meter.tally(ASK).in_flight == 2, "a canary's call is one of the row it tries"
    meter.ended(first, lease(1), 7, has_reply=True)
    meter.noted(first, PlaceState.CLOSED, 8)
    assert meter.replicas() == {ASK: Replicas(starting=1)}
    assert meter.tally(ASK).in_flight == 1


def test_tokens_that_no_reply_tells_stay_unknown_and_a_canary_is_paid_but_no_call_of_the_row() -> None:
    meter = Meter()
    meter.finished(Ending(kind=ASK, outcome="ok"))
    assert meter.tally(ASK).input_tokens is None
    meter.finished(Ending(kind=ASK, outcome="timeout", input_tokens=7, output_tokens=2, cost_usd=0.5))
    meter.finished(Ending(kind="canary:a", outcome="ok", input_tokens=3, output_tokens=1, cost_usd=0.25))
    tally = meter.tally(ASK)
    assert (tally.input_tokens, tally.output_tokens, tally.cost_usd) == (10, 3, 0.75)
    assert (tally.num_ended, dict(tally.outcomes)) == (2, {"ok": 1, "timeout": 1})


def test_rates_are_of_the_last_minute() -> None:
    window = Window()
    for second in range(0, 200, 2):
        window.add(second, {"calls": 5 * second if second <= 100 else 500 + second - 100})
    assert window.rate("calls") == pytest.approx(1.0), "five a second until 100 s, one a second since"
    assert window.rate("another") == 0.0


def test_a_rate_lasts_through_a_minute_without_an_end() -> None:
    window = Window()
    window.add(0, {"calls": 0})
    assert (window.rate("calls"), window.lasting_rate("calls")) == (None, None)
    for second in range(10, 200, 10):
        window.add(second, {"calls": 8 if second >= 20 else 0})
    assert window.rate("calls") == 0.0
    assert window.lasting_rate("calls") == pytest.approx(8 / 180), "since it began, at 10 s"


def test_time_left_is_the_slowest_rows_and_unknown_before_it_has_a_rate() -> None:
    meter = Meter()
    meter.sample(0, {})
    for _ in range(10):
        meter.finished(Ending(kind=ASK, outcome="ok", input_tokens=100))
    meter.sample(10, {})
    assert meter.rate(f"input {ASK}") == 100.0
    assert meter.time_left_s({ASK: 30, JUDGE: 0}) == 30.0
    assert meter.time_left_s({ASK: 30, JUDGE: 1}) is None
    meter.finished(Ending(kind=JUDGE, outcome="ok"))
    meter.sample(20, {})
    assert meter.time_left_s({ASK: 30, JUDGE: 40}) == pytest.approx(400.0), "one verdict in the ten seconds it took"
    assert meter.time_left_s({ASK: 0, JUDGE: 0}) == 0.0
