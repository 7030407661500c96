"""Adaptive concurrency against an endpoint whose capacity steps 64 -> 8 -> 64, on a virtual clock.

`python -m benchmarks.bench_adaptive` plays three phases of 120 s for several endpoints: how fast they answer, how
long a refusal takes and asks to wait, and how many calls the dispatcher would have in flight. For each phase it
compares the answers from 10 s after the step with those of the best fixed limit, at least 0.8 of them, and
counts refusals, at most 5% of all calls. It also plays, without a limit, an endpoint too slow to tell its state in ten
seconds, and ones that refuse calls whatever their load: nothing can be learned there; the figures say what it costs.
At last the engine itself meets a scripted endpoint on loopback, steps 16 -> 4 -> 16 in phases of 8 s, counted from 4 s
after each step, under the same limits. Exit status 1 over a limit.
"""

import asyncio
import heapq
import itertools
import math
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Protocol

from model_adapters.engines.adaptive import ConcurrencyLimit, LimitConfig, Outcome, Ticket
from model_adapters.engines.openai import OpenAIConfig, OpenAIEngine
from model_adapters.engines.scripted_replies import Script
from model_adapters.engines.scripted_server import ScriptedServer
from schemas.errors import RateLimited
from schemas.protocols import ChatRequest, TextPart

SETTLE_S: Final = 10.0
RATIO_LIMIT: Final = 0.8
REFUSED_LIMIT: Final = 0.05
FIXED: Final = (6, 8, 10, 32, 56, 64, 80)


class Limit(Protocol):
    """What the simulated client asks before it sends."""

    def enter(self, now: float) -> Ticket | None:
        """Return a ticket, or None where the call must wait."""
        ...

    def wake_s(self, now: float) -> float | None:
        """Return when to ask again."""
        ...

    def leave(self, ticket: Ticket, outcome: Outcome, now: float, retry_after_s: float | None = None) -> None:
        """Note a call's end."""


class FixedLimit:
    """Let a fixed number of calls through, whatever the endpoint says."""

    def __init__(self, limit: int) -> None:
        self._free = limit

    def enter(self, now: float) -> Ticket | None:
        """Return a ticket while one is free."""
        if not self._free:
            return None
        self._free -= 1
        return Ticket(0, now)

    def wake_s(self, now: float) -> float | None:  # noqa: ARG002 (the protocol's)
        """Return None: only a call's end helps."""
        return None

    def leave(self, ticket: Ticket, outcome: Outcome, now: float, retry_after_s: float | None = None) -> None:  # noqa: ARG002
        """Free the ticket."""
        self._free += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Configure the simulated endpoint, and the client's most calls in flight."""

    name: str = "reference"
    capacities: tuple[int, ...] = (64, 8, 64)
    """Calls served at once, phase by phase."""
    phase_s: float = 120.0
    """Length of a phase, seconds."""
    median_s: float = 0.5
    """Median latency of the lognormal distribution, seconds."""
    sigma: float = 0.5
    """Standard deviation of the latency's logarithm."""
    slow_share: float = 0.03
    """Share of calls that take ten times as long."""
    refusal_s: float = 0.05
    """How long a refusal takes to arrive, seconds."""
    retry_after_s: float = 0.5
    """What a refusal asks to wait, seconds."""
    max_in_flight: int = 128
    """Most calls that the client would send at once."""
    noise: float = 0.0
    """Share of calls that are refused whatever the load."""
    seed: int = 1
    """Seeds latencies and noise."""

    def capacity(self, now: float) -> int:
        """Return the calls served at once at a moment."""
        return self.capacities[min(int(now / self.phase_s), len(self.capacities) - 1)]

    def latency_s(self, draw: random.Random) -> float:
        """Draw one latency."""
        latency_s = self.median_s * math.exp(self.sigma * draw.gauss(0.0, 1.0))
        return latency_s * 10 if draw.random() < self.slow_share else latency_s


LOOPBACK: Final = Endpoint(
    name="loopback, for real", capacities=(16, 4, 16), phase_s=8.0, median_s=0.2, sigma=0.1, slow_share=0.0,
    max_in_flight=24, retry_after_s=0.2,
)  # fmt: skip
"""Latencies are nearly even: at 20 answers a second, chance alone would move a ratio by a tenth."""
LOOPBACK_SETTLE_S: Final = 4.0


class End(NamedTuple):
    """Hold when a call ended, and how."""

    moment_s: float
    is_answered: bool


def play(endpoint: Endpoint, limit: Limit) -> list[End]:
    """Send calls without pause for all phases; return how each ended. A refused call makes room at once."""
    draw = random.Random(endpoint.seed)
    end_s = endpoint.phase_s * len(endpoint.capacities)
    coming: list[tuple[float, int, Ticket | None, bool]] = []
    ends: list[End] = []
    now, number, num_served = 0.0, 0, 0
    while now < end_s:
        while (ticket := limit.enter(now)) is not None:
            is_served = num_served < endpoint.capacity(now) and draw.random() >= endpoint.noise
            num_served += is_served
            number += 1
            took_s = endpoint.latency_s(draw) if is_served else endpoint.refusal_s
            heapq.heappush(coming, (now + took_s, number, ticket, is_served))
        if (wake_s := limit.wake_s(now)) is not None and (not coming or now < wake_s < coming[0][0]):
            now = wake_s
            continue
        now, _, ended, is_served = heapq.heappop(coming)
        assert ended is not None
        num_served -= is_served
        ends.append(End(now, is_served))
        outcome = Outcome.ANSWERED if is_served else Outcome.REFUSED
        limit.leave(ended, outcome, now, None if is_served else endpoint.retry_after_s)
    return ends


def answered(ends: Sequence[End], endpoint: Endpoint, settle_s: float = SETTLE_S) -> list[int]:
    """Return the answers of each phase from `settle_s` after its step."""
    counts = [0] * len(endpoint.capacities)
    for end in ends:
        phase, since_s = divmod(end.moment_s, endpoint.phase_s)
        if end.is_answered and since_s >= settle_s and phase < len(counts):
            counts[int(phase)] += 1
    return counts


def refused_share(ends: Sequence[End]) -> float:
    """Return the share of calls that were refused."""
    return sum(not end.is_answered for end in ends) / len(ends)


def adaptive(endpoint: Endpoint) -> ConcurrencyLimit:
    """Return the limit as the engine makes it."""
    return ConcurrencyLimit(LimitConfig(max_limit=endpoint.max_in_flight), random.Random(endpoint.seed))


class Result(NamedTuple):
    """Hold an endpoint's figures."""

    ratios: list[float]
    """Answers per phase, over those of the best fixed limit."""
    refused: float
    """Share of all calls."""


def compare(endpoint: Endpoint, fixed: Sequence[int] = FIXED, make: Callable[[Endpoint], Limit] = adaptive) -> Result:
    """Play a limit and every fixed one against the same endpoint."""
    ends = play(endpoint, make(endpoint))
    tried = [answered(play(endpoint, FixedLimit(min(limit, endpoint.max_in_flight))), endpoint) for limit in fixed]
    best = [max(counts) for counts in zip(*tried, strict=True)]
    return Result([mine / most for mine, most in zip(answered(ends, endpoint), best, strict=True)], refused_share(ends))


async def play_loopback(endpoint: Endpoint, fixed: int | None = None) -> list[End]:
    """Let the engine itself meet the endpoint on loopback, its limit adaptive or fixed; take the phases' time."""
    script = Script(seed=endpoint.seed, median_s=endpoint.median_s, sigma=endpoint.sigma)
    ends: list[End] = []
    async with ScriptedServer(replace(script, retry_after_s=endpoint.retry_after_s)) as server:
        in_flight = fixed or endpoint.max_in_flight
        config = OpenAIConfig(model="m", base_url=server.base_url, max_in_flight=in_flight, adaptive=fixed is None)
        engine = OpenAIEngine(config)
        await engine.start()
        started_s = time.perf_counter()
        askers = [asyncio.create_task(_ask_on(engine, number, started_s, ends)) for number in range(in_flight)]
        for capacity in endpoint.capacities:
            server.script = replace(server.script, capacity=capacity)
            await asyncio.sleep(endpoint.phase_s)
        for asker in askers:
            asker.cancel()
        await asyncio.gather(*askers, return_exceptions=True)
        await engine.close()
    return ends


async def _ask_on(engine: OpenAIEngine, number: int, started_s: float, ends: list[End]) -> None:
    """Ask one question after another until cancelled."""
    for turn in itertools.count():
        is_answered = True
        try:
            await engine.chat(ChatRequest(parts=(TextPart(f"{number} {turn}"),)))
        except RateLimited:
            is_answered = False
        ends.append(End(time.perf_counter() - started_s, is_answered))


async def compare_loopback(endpoint: Endpoint = LOOPBACK, settle_s: float = LOOPBACK_SETTLE_S) -> Result:
    """Return the engine's answers a second over those of a limit fixed at each phase's capacity."""
    counted_s = endpoint.phase_s - settle_s
    best = {}
    for capacity in set(endpoint.capacities):
        phase = replace(endpoint, capacities=(capacity,), phase_s=counted_s + 1)
        best[capacity] = answered(await play_loopback(phase, fixed=capacity), phase, settle_s=1)[0]
    ends = await play_loopback(endpoint)
    counts = zip(answered(ends, endpoint, settle_s), endpoint.capacities, strict=True)
    return Result([mine / best[capacity] for mine, capacity in counts], refused_share(ends))


REFERENCE: Final = Endpoint()
STEPPED: Final = (
    REFERENCE,
    replace(REFERENCE, name="64 in flight", max_in_flight=64),
    replace(REFERENCE, name="256 in flight", max_in_flight=256),
    replace(REFERENCE, name="Retry-After 2 s", retry_after_s=2.0),
    replace(REFERENCE, name="refusals take 0.4 s", refusal_s=0.4),
    replace(REFERENCE, name="fast, 0.1 s", median_s=0.1),
    replace(REFERENCE, name="even latency", sigma=0.0, slow_share=0.0),
)
UNBOUNDED: Final = (
    replace(REFERENCE, name="slow, 3 s", median_s=3.0),
    replace(REFERENCE, name="1% noise, 64 in flight", noise=0.01, max_in_flight=64),
    replace(REFERENCE, name="5% noise, 64 in flight", noise=0.05, max_in_flight=64),
)


def report(endpoint: Endpoint, result: Result, *, is_bound: bool) -> bool:
    """Print an endpoint's line; return whether it is within the limits, or has none."""
    passes = min(result.ratios) >= RATIO_LIMIT and result.refused <= REFUSED_LIMIT
    said = ("pass" if passes else "FAIL") if is_bound else "no limit"
    print(f"{endpoint.name:<24}{''.join(f'{ratio:8.2f}' for ratio in result.ratios)}{result.refused:10.1%}   {said}")
    return passes or not is_bound


def main() -> int:
    """Print each endpoint's figures with their limits; return the exit status."""
    print(f"answers over the best fixed limit's, at least {RATIO_LIMIT}; refused, at most {REFUSED_LIMIT:.0%}")
    print(f"{'endpoint':<24}{'high':>8}{'low':>8}{'high':>8}{'refused':>10}")
    within = [report(endpoint, compare(endpoint), is_bound=True) for endpoint in STEPPED]
    within += [report(endpoint, compare(endpoint), is_bound=False) for endpoint in UNBOUNDED]
    within.append(report(LOOPBACK, asyncio.run(compare_loopback()), is_bound=True))
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
