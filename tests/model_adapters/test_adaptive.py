"""The limit on a virtual clock, and the gate that calls wait at."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.bench_adaptive import (
    REFERENCE,
    REFUSED_LIMIT,
    STEPPED,
    Endpoint,
    adaptive,
    compare,
    compare_loopback,
    play,
)
from model_adapters.engines.adaptive import ConcurrencyLimit, LimitConfig, Outcome, Ticket
from model_adapters.engines.gate import Gate, judge_call
from model_adapters.engines.openai import OpenAIConfig, OpenAIEngine
from model_adapters.engines.scripted_replies import Script
from model_adapters.engines.scripted_server import ScriptedServer
from schemas.errors import BadReply, CallTimeout, ConnectionFailed, RateLimited, ServerFailed
from schemas.protocols import ChatRequest, TextPart


def make(max_limit: int = 64, **config: Any) -> ConcurrencyLimit:
    return ConcurrencyLimit(LimitConfig(max_limit=max_limit, **config), random.Random(1))


def fill(limit: ConcurrencyLimit, now: float) -> list[Ticket]:
    """Send all that may be sent."""
    tickets = []
    while (ticket := limit.enter(now)) is not None:
        tickets.append(ticket)
    return tickets


def answer(limit: ConcurrencyLimit, tickets: list[Ticket], num: int, now: float) -> None:
    """Answer `num` calls, each followed by the next one at once."""
    for _ in range(num):
        limit.leave(tickets.pop(0), Outcome.ANSWERED, now)
        tickets += fill(limit, now)


def cut_to_half() -> tuple[ConcurrencyLimit, list[Ticket]]:
    """Return a limit of 8 that was cut from 16, and the 14 calls sent before that are still out."""
    limit = make(16)
    tickets = fill(limit, 0.0)
    for _ in range(2):
        limit.leave(tickets.pop(), Outcome.REFUSED, 0.05, retry_after_s=1.0)
    return limit, tickets


@pytest.mark.parametrize("endpoint", [STEPPED[0], STEPPED[1], STEPPED[3]], ids=lambda endpoint: endpoint.name)
def test_within_a_fifth_of_the_best_fixed_limit_after_every_step(endpoint: Endpoint) -> None:
    result = compare(endpoint, fixed=(8, 64))
    assert min(result.ratios) >= 0.8, result
    assert result.refused <= REFUSED_LIMIT, result
    assert max(result.ratios) < 1.1, "the fixed limits were no rivals"


def test_the_simulation_can_tell_a_bad_limit() -> None:
    def stubborn(endpoint: Endpoint) -> ConcurrencyLimit:
        return ConcurrencyLimit(LimitConfig(max_limit=64, quiet_rounds=10**6), random.Random(1))

    result = compare(replace(REFERENCE, phase_s=40.0), fixed=(8, 64), make=stubborn)
    assert result.ratios[2] < 0.8, "a limit that never tries more can't find the recovered capacity"


@pytest.mark.parametrize("seed", range(5))
def test_recovered_capacity_is_found_within_ten_seconds(seed: int) -> None:
    endpoint = replace(REFERENCE, seed=seed, capacities=(8, 64), phase_s=40.0)
    limit = adaptive(replace(endpoint, max_in_flight=64))
    play(replace(endpoint, capacities=(8,)), limit)
    assert limit.limit <= 10
    # the endpoint has recovered: nothing is refused any more
    play(replace(endpoint, capacities=(64,), phase_s=10.0), Later(limit, 40.0))
    assert limit.limit >= 0.8 * 64


class Later:
    """Go on with a limit on a clock that starts later; calls still out have been answered meanwhile."""

    def __init__(self, limit: ConcurrencyLimit, offset_s: float) -> None:
        self._limit, self._offset_s = limit, offset_s
        while limit.in_flight:
            limit.leave(Ticket(-1, offset_s), Outcome.UNKNOWN, offset_s)

    def enter(self, now: float) -> Ticket | None:
        return self._limit.enter(now + self._offset_s)

    def wake_s(self, now: float) -> float | None:
        wake_s = self._limit.wake_s(now + self._offset_s)
        return None if wake_s is None else wake_s - self._offset_s

    def leave(self, ticket: Ticket, outcome: Outcome, now: float, retry_after_s: float | None = None) -> None:
        self._limit.leave(ticket, outcome, now + self._offset_s, retry_after_s)


@pytest.mark.alone
@pytest.mark.timeout(120)
def test_for_real_on_loopback_it_meets_the_capacity_and_keeps_below_it() -> None:
    """How near it comes to the best fixed limit depends on the machine's load: bench_adaptive.py measures that."""
    result = asyncio.run(compare_loopback())
    assert 0 < result.refused < 0.5, result
    assert min(result.ratios) > 0, result


def test_it_starts_by_doubling_while_nothing_is_refused() -> None:
    limit = make(100)
    sent, now = [], 0.0
    for expected in (16, 32, 64, 100, 100):
        sent += fill(limit, now)
        assert (len(sent), limit.limit) == (expected, expected)
        assert limit.enter(now + 0.09) is None
        now += 0.1
    assert limit.wake_s(now) is None, "at its most, only a call's end helps"


def test_a_limit_that_is_not_used_in_full_stays() -> None:
    limit = make(64)
    for turn in range(200):
        ticket = limit.enter(turn * 1.0)
        assert ticket is not None
        limit.leave(ticket, Outcome.ANSWERED, turn + 0.5)
    assert limit.limit == 16


def test_a_refusal_just_after_a_step_undoes_the_step_and_stops_nobody() -> None:
    limit = make(64)
    tickets = fill(limit, 0.0) + fill(limit, 0.1)
    assert limit.limit == 32
    limit.leave(tickets.pop(), Outcome.REFUSED, 0.15, retry_after_s=30.0)
    assert (limit.limit, limit.num_cuts) == (16, 1)
    for ticket in tickets:
        limit.leave(ticket, Outcome.ANSWERED, 0.5)
    assert limit.enter(0.5) is not None


def test_one_episode_cuts_once() -> None:
    limit, tickets = cut_to_half()
    assert (limit.limit, limit.num_cuts) == (8, 1)
    for ticket in tickets[:6]:
        limit.leave(ticket, Outcome.REFUSED, 0.06, retry_after_s=1.0)
    assert (limit.limit, limit.num_cuts) == (8, 1)


def test_what_a_cut_left_is_filled_by_doubling() -> None:
    limit, tickets = cut_to_half()
    for ticket in tickets:
        limit.leave(ticket, Outcome.REFUSED, 0.06, retry_after_s=1.0)
    sent, now = 0, 2.0
    for expected in (1, 2, 4, 8, 8):
        sent += len(fill(limit, now))
        assert sent == expected
        now += 0.13
    assert limit.num_cuts == 1


def test_a_new_refusal_after_a_cut_is_a_new_episode() -> None:
    limit, old = cut_to_half()
    for ticket in old:
        limit.leave(ticket, Outcome.ANSWERED, 0.5)
    tickets = fill(limit, 2.0)
    assert len(tickets) == 8
    for ticket in tickets[:4]:
        limit.leave(ticket, Outcome.REFUSED, 2.1)
    assert (limit.limit, limit.num_cuts) == (4, 2)


def test_retry_after_stops_everybody_and_a_little_longer_at_random() -> None:
    waits = set()
    for seed in range(20):
        limit = ConcurrencyLimit(LimitConfig(max_limit=8), random.Random(seed))
        tickets = fill(limit, 0.0)
        for ticket in tickets:
            limit.leave(ticket, Outcome.REFUSED, 0.0, retry_after_s=2.0)
        wake_s = limit.wake_s(0.0)
        assert wake_s is not None
        assert limit.enter(1.999) is None
        assert limit.enter(wake_s) is not None
        waits.add(wake_s)
    assert min(waits) >= 2.0
    assert max(waits) <= 2.5
    assert len(waits) == 20


def test_two_strays_are_forgiven_where_the_limit_has_held() -> None:
    limit = make(16)
    tickets = fill(limit, 0.0)
    answer(limit, tickets, 20, 1.0)
    for expected_cuts in (0, 0, 1):
        limit.leave(tickets.pop(0), Outcome.REFUSED, 1.1)
        tickets += fill(limit, 1.1)
        assert limit.num_cuts == expected_cuts
    assert limit.limit == 8


def test_failures_that_say_nothing_of_capacity_change_nothing() -> None:
    limit = make(16)
    for ticket in fill(limit, 0.0):
        limit.leave(ticket, Outcome.UNKNOWN, 0.1)
    assert (limit.limit, limit.num_cuts, limit.in_flight) == (16, 0, 0)


def test_even_one_call_at_a_time_is_refused_and_comes_back() -> None:
    limit = make(64)
    now = 0.0
    for _ in range(50):
        for ticket in fill(limit, now):
            limit.leave(ticket, Outcome.REFUSED, now, retry_after_s=1.0)
        now += 2.0
    assert limit.limit == 1
    tickets = fill(limit, now)
    for _ in range(400):
        now += 0.2
        answer(limit, tickets, len(tickets), now)
    assert limit.limit == 64


@settings(deadline=None, max_examples=300)
@given(
    seed=st.integers(0, 10**6), max_limit=st.integers(1, 40), capacity=st.integers(0, 40), length=st.integers(1, 300)
)
def test_in_any_order_of_events(seed: int, max_limit: int, capacity: int, length: int) -> None:
    draw = random.Random(seed)
    limit = make(max_limit, start=draw.randint(1, 20))
    out: list[Ticket] = []
    cut_sent: list[float] = [float("-inf")]
    now = 0.0
    for _ in range(length):
        now += draw.choice((0.001, 0.05, 0.3))
        if draw.random() < 0.6:
            out += fill(limit, now)
        elif out:
            ticket = out.pop(draw.randrange(len(out)))
            is_over = len(out) >= capacity or draw.random() < 0.05
            before = (limit.limit, limit.num_cuts)
            limit.leave(ticket, Outcome.REFUSED if is_over else Outcome.ANSWERED, now, draw.choice((None, 0.2)))
            if limit.num_cuts > before[1]:
                assert is_over
                assert limit.num_cuts == before[1] + 1
                assert limit.limit < before[0] or before[0] == 1
                assert ticket.sent_s > cut_sent[-1], "a call sent before a cut has cut again"
                cut_sent.append(now)
        assert 1 <= limit.limit <= max_limit
        assert limit.in_flight == len(out)
        wake_s = limit.wake_s(now)
        assert wake_s is None or wake_s > now or limit.in_flight < limit.limit


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, Outcome.ANSWERED), (BadReply(""), Outcome.ANSWERED),
        (RateLimited(""), Outcome.REFUSED), (ServerFailed("", retry_after_s=1.0), Outcome.REFUSED),
        (ServerFailed(""), Outcome.UNKNOWN), (CallTimeout(""), Outcome.UNKNOWN),
        (ConnectionFailed(""), Outcome.UNKNOWN), (asyncio.CancelledError(), Outcome.UNKNOWN),
    ],
)  # fmt: skip
def test_what_a_calls_end_says_of_capacity(error: BaseException | None, outcome: Outcome) -> None:
    assert judge_call(error) is outcome


def gate(max_limit: int, max_wait_s: float = 5.0) -> Gate:
    return Gate(LimitConfig(max_limit=max_limit), "m", max_wait_s)


def test_calls_pass_in_order_of_arrival_and_never_more_at_once() -> None:
    async def pass_all() -> list[int]:
        door, order, inside = gate(3), [], 0

        async def go(number: int) -> None:
            nonlocal inside
            async with door.slot():
                inside += 1
                assert inside <= 3
                order.append(number)
                await asyncio.sleep(0.002)
                inside -= 1

        await asyncio.gather(*(go(number) for number in range(20)))
        assert door.limit.in_flight == 0
        return order

    assert asyncio.run(pass_all()) == list(range(20))


def test_who_gives_up_waiting_takes_no_place_along() -> None:
    async def give_up() -> None:
        door = gate(1)
        async with door.slot():
            waiting = asyncio.create_task(hold(door))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        async with asyncio.timeout(1), door.slot():
            assert door.limit.in_flight == 1
        assert door.limit.in_flight == 0

    asyncio.run(give_up())


async def hold(door: Gate) -> None:
    async with door.slot():
        pass


def test_who_is_cancelled_as_the_turn_comes_passes_it_on() -> None:
    async def pass_on() -> None:
        door = gate(1)
        async with door.slot():
            first, second = asyncio.create_task(hold(door)), asyncio.create_task(hold(door))
            await asyncio.sleep(0)
        first.cancel()  # its turn has come, it has not run yet
        async with asyncio.timeout(1):
            await second
        assert first.cancelled() or first.done()
        await asyncio.gather(first, return_exceptions=True)
        assert door.limit.in_flight == 0

    asyncio.run(pass_on())


def test_who_waits_too_long_is_told_so_as_a_refusal() -> None:
    async def wait() -> None:
        door = gate(1, max_wait_s=0.05)
        async with door.slot():
            with pytest.raises(RateLimited, match="bears 1 calls at once: no turn within"):
                await hold(door)
        await hold(door)

    asyncio.run(wait())


def serve(
    script: Script, ask: Callable[[ScriptedServer, OpenAIEngine], Coroutine[Any, Any, None]], **config: Any
) -> None:
    async def once() -> None:
        async with ScriptedServer(script) as server:
            engine = OpenAIEngine(OpenAIConfig(model="m", base_url=server.base_url, **config))
            await engine.start()
            try:
                await ask(server, engine)
            finally:
                await engine.close()

    asyncio.run(once())


def say(number: int) -> ChatRequest:
    return ChatRequest(parts=(TextPart(f"{number}"),))


def test_the_timeout_starts_when_a_call_is_sent() -> None:
    async def ask(server: ScriptedServer, engine: OpenAIEngine) -> None:
        first = asyncio.create_task(engine.chat(say(1)))
        await asyncio.sleep(0.9)
        started = time.perf_counter()
        await engine.chat(say(2))  # 0.6 s for its turn, 1.5 s for its reply
        assert time.perf_counter() - started > 2.0
        await first
        assert server.outcomes == {"ok": 2}

    serve(Script(median_s=1.5, sigma=0.0), ask, max_in_flight=1, timeout_s=2.0)


@pytest.mark.parametrize(("is_adaptive", "at_most"), [(True, 60), (False, 10_000)])
def test_refusals_slow_the_engine_down_unless_told_otherwise(is_adaptive: bool, at_most: int) -> None:
    async def ask(server: ScriptedServer, engine: OpenAIEngine) -> None:
        async def insist(number: int) -> None:
            while True:
                try:
                    await engine.chat(say(number))
                    return
                except RateLimited:
                    continue

        await asyncio.gather(*(insist(number) for number in range(60)))
        refused = server.outcomes["over_capacity"]
        assert server.outcomes["ok"] == 60
        assert (0 < refused <= at_most) if is_adaptive else refused > 60

    script = Script(median_s=0.1, sigma=0.0, capacity=4)
    serve(script, ask, max_in_flight=32, adaptive=is_adaptive)


def test_adaptive_is_no_part_of_what_an_answer_is_kept_by() -> None:
    on, off = (OpenAIConfig(model="m", adaptive=is_adaptive) for is_adaptive in (True, False))
    assert on.identity() == off.identity()
