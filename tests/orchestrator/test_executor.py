"""The executor over workers of this process: results, deaths, hangs, stops, and no loose end."""

import asyncio
import gc
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestrator.dispatch import Dispatcher, DispatchPolicy, Failure, Job
from orchestrator.executor import Ended, Executor
from orchestrator.roster import FixedRoster, Place, PlaceState
from orchestrator.tasks import Reply
from schemas.errors import DatasetError, StoreError, WorkerDied

SWIFT = DispatchPolicy(backoff_s=0.01)
End = Ended[str, str]
_GUARD_S = 60.0
"""Against a run that never ends; what hangs in these tests hangs for ten times as long."""


class Fake:
    """Answer a payload with its capitals after a moment; note what is asked of it."""

    seconds = 0.001

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.num_in_flight = self.most_in_flight = 0
        self.is_started = self.is_closed = False

    async def start(self) -> None:
        self.is_started = True

    async def call(self, payload: str, /) -> Reply[str]:
        self.calls.append(payload)
        self.num_in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.num_in_flight)
        try:
            return await self.answer(payload)
        finally:
            self.num_in_flight -= 1

    async def answer(self, payload: str) -> Reply[str]:
        await asyncio.sleep(self.seconds)
        return Reply(payload.upper(), self.seconds)

    async def close(self) -> None:
        self.is_closed = True


@dataclass
class Run:
    """A run over fakes, with everything that came of it."""

    on_end: Callable[[End], Iterable[Job[str]]] = lambda ended: ()
    on_tick: Callable[[], None] = lambda: None
    policy: DispatchPolicy = SWIFT
    ends: list[End] = field(default_factory=list)
    workers: list[Fake] = field(default_factory=list)
    loop_errors: list[dict[str, Any]] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.dispatcher: Dispatcher[str] = Dispatcher(self.policy)

    def place(self, make: Callable[[], Fake] = Fake, name: str = "place", **other: Any) -> Place[str, str]:
        def spawn() -> Fake:
            worker = make()
            self.workers.append(worker)
            return worker

        settings: dict[str, Any] = {"kinds": ("ask",), "slots": 2, "deadline_s": 5.0} | other
        return Place(name=name, spawn=spawn, **settings)

    def submit(self, *keys: str, kind: str = "ask") -> None:
        for key in keys:
            assert self.dispatcher.submit(Job(kind, key, key))

    def go(self, *places: Place[str, str], beside: Callable[[], Awaitable[None]] | None = None) -> "Run":
        """Run to the end; nothing may be left behind."""
        asyncio.run(self._go(places, beside))
        gc.collect()
        assert self.loop_errors == []
        return self

    async def _go(self, places: Sequence[Place[str, str]], beside: Callable[[], Awaitable[None]] | None) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.loop_errors.append(context))
        executor = Executor(self.dispatcher, self._note, self.on_tick)
        other = asyncio.ensure_future(beside()) if beside else None
        try:
            await asyncio.wait_for(executor.run(FixedRoster(places), self.stop), _GUARD_S)
        finally:
            if other:
                await other
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            assert all(worker.is_closed for worker in self.workers)

    def _note(self, ended: End) -> Iterable[Job[str]]:
        self.ends.append(ended)
        return self.on_end(ended)

    @property
    def results(self) -> dict[str, str]:
        """Return results and error types by key; a key that ended twice is an error."""
        assert max(Counter((end.job.kind, end.job.key) for end in self.ends).values(), default=0) <= 1
        return {
            end.job.key: end.result.error_type if isinstance(end.result, Failure) else end.result for end in self.ends
        }

    def message(self, key: str) -> str:
        (failure,) = [end.result for end in self.ends if end.job.key == key]
        assert isinstance(failure, Failure)
        return failure.message


def test_results_flow_and_slots_are_kept() -> None:
    run = Run()
    run.submit("a", "b", "c", "d", "e")
    run.go(run.place(), run.place(name="other", slots=1))
    assert run.results == {key: key.upper() for key in "abcde"}
    assert [worker.most_in_flight for worker in run.workers] == [2, 1]
    assert all(end.attempts == 1 and end.latency_s == Fake.seconds for end in run.ends)


def test_nothing_to_do_is_done_at_once() -> None:
    assert Run().go().ends == []
    run = Run()
    assert run.go(run.place()).ends == []


def test_an_end_may_bring_new_jobs_of_another_kind() -> None:
    run = Run(on_end=lambda end: [Job("judge", f"{end.job.key}{n}", "x") for n in range(2)] * (end.job.kind == "ask"))
    run.submit("a", "b")
    run.go(run.place(), run.place(name="judges", kinds=("judge",)))
    assert run.results == {"a": "A", "b": "B", "a0": "X", "a1": "X", "b0": "X", "b1": "X"}


class Flaky(Fake):
    async def answer(self, payload: str) -> Reply[str]:
        if self.calls.count(payload) < 3:
            return Reply(Failure("rate_limited", "429", is_retryable=True), 0.0)
        return await super().answer(payload)


def test_a_failure_is_tried_again() -> None:
    run = Run()
    run.submit("a", "b")
    run.go(run.place(Flaky))
    assert run.results == {"a": "A", "b": "B"}
    assert [end.attempts for end in run.ends] == [3, 3]


class Broken(Fake):
    async def answer(self, payload: str) -> Reply[str]:
        return Reply(Failure("server_error", f"500 for {payload}", is_retryable=True), 0.25)


def test_the_last_failure_is_the_end() -> None:
    run = Run()
    run.submit("a")
    run.go(run.place(Broken))
    assert run.results == {"a": "server_error"}
    assert (run.ends[0].attempts, run.ends[0].latency_s, run.message("a")) == (5, 0.25, "500 for a")


class DiesOnce(Fake):
    """The first worker dies in the middle of its third call, and every call with it."""

    num_made = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).num_made += 1
        self.is_mortal = self.num_made == 1
        self.died = asyncio.Event()

    async def answer(self, payload: str) -> Reply[str]:
        if self.is_mortal and len(self.calls) == 3:
            self.died.set()
        if self.died.is_set():
            raise WorkerDied("gone")
        if self.is_mortal and len(self.calls) == 2:
            await self.died.wait()
            raise WorkerDied("gone")
        return await super().answer(payload)


def test_a_dead_worker_is_replaced_and_its_jobs_are_done_again() -> None:
    class Mortal(DiesOnce):
        pass

    run = Run()
    run.submit(*"abcdef")
    run.go(run.place(Mortal))
    assert run.results == {key: key.upper() for key in "abcdef"}
    assert len(run.workers) == 2
    assert {end.attempts for end in run.ends} == {1, 2}


class Poisoned(Fake):
    async def answer(self, payload: str) -> Reply[str]:
        if payload == "poison":
            raise WorkerDied("gone")
        return await super().answer(payload)


def test_a_poison_job_ends_and_the_rest_goes_on() -> None:
    run = Run()
    run.submit("a", "poison", "b", "c")
    run.go(run.place(Poisoned))
    assert run.results == {"a": "A", "b": "B", "c": "C", "poison": "poison"}
    assert run.message("poison") == "its worker died 2 times while at it"


class Stillborn(Fake):
    async def start(self) -> None:
        raise WorkerDied("no such model")


def test_where_no_worker_starts_every_job_ends_with_the_reason() -> None:
    run = Run()
    run.submit("a", "b")
    run.submit("c", kind="judge")
    run.go(run.place(Stillborn), run.place(name="judges", kinds=("judge",)))
    assert run.results == {"a": "worker_died", "b": "worker_died", "c": "C"}
    assert run.message("a") == "no worker is left for it: its worker died while starting: no such model"
    assert len(run.workers) == 4


def test_a_place_that_is_left_serves_on() -> None:
    run = Run()
    run.submit("a", "b")
    run.go(run.place(Stillborn), run.place(name="good"))
    assert run.results == {"a": "A", "b": "B"}


def test_jobs_that_come_when_no_worker_is_left_end_too() -> None:
    run = Run(on_end=lambda end: [Job("ask", "late", "late")] * (end.job.key == "a"))
    run.submit("a")
    run.go(run.place(Stillborn))
    assert run.results == {"a": "worker_died", "late": "worker_died"}


def test_a_kind_that_no_place_takes_ends_with_the_reason() -> None:
    run = Run(on_end=lambda end: [Job("judge", "j", "j")] * (end.job.key == "a"))
    run.submit("a")
    run.submit("lost", kind="other")
    run.go(run.place())
    assert run.results == {"a": "A", "lost": "worker_died", "j": "worker_died"}
    assert run.message("j") == "no worker is left for it: no place takes judge"


class Hung(Fake):
    async def answer(self, payload: str) -> Reply[str]:
        await asyncio.sleep(600 if payload == "hung" else 0)
        return Reply(payload.upper(), 0.0)


def test_a_hung_call_ends_at_its_deadline() -> None:
    run = Run(policy=DispatchPolicy(max_attempts=2, backoff_s=0.01))
    run.submit("hung", "a")
    run.go(run.place(Hung, deadline_s=0.1))
    assert run.results == {"a": "A", "hung": "timeout"}
    assert run.message("hung") == "no reply in 0.1 s"


def test_a_stop_finishes_what_is_in_flight() -> None:
    class Slow(Fake):
        seconds = 0.2

    async def stop_soon() -> None:
        await asyncio.sleep(0.1)
        run.stop.set()

    run = Run()
    run.submit(*"abcdef")
    run.go(run.place(Slow), beside=stop_soon)
    assert run.results == {"a": "A", "b": "B"}
    assert (run.dispatcher.num_open, run.dispatcher.num_leased) == (4, 0)


def test_a_stop_waits_for_no_retry_and_no_start() -> None:
    class Slow(Fake):
        async def start(self) -> None:
            await asyncio.sleep(600)

    async def stop_soon() -> None:
        await asyncio.sleep(0.1)
        run.stop.set()

    run = Run(policy=DispatchPolicy(backoff_s=600))
    run.submit("a")
    run.go(run.place(Broken), run.place(Slow, name="slow"), beside=stop_soon)
    assert (run.ends, run.dispatcher.num_open) == ([], 1)


def full_disk(end: End) -> Iterable[Job[str]]:
    raise StoreError("no space left")


def test_a_row_that_cannot_be_kept_stops_the_run() -> None:
    run = Run(on_end=full_disk)
    run.submit(*"abcdef")
    with pytest.raises(StoreError, match="no space left"):
        run.go(run.place(), run.place(Hung, name="other"))
    assert len(run.ends) == 1
    assert run.loop_errors == []


def test_a_tick_that_fails_stops_the_run() -> None:
    def tick() -> None:
        raise StoreError("no space left")

    run = Run(on_tick=tick)
    run.submit("hung")
    with pytest.raises(StoreError, match="no space left"):
        run.go(run.place(Hung))


def test_a_failed_end_of_an_abandoned_job_stops_the_run() -> None:
    run = Run(on_end=full_disk)
    run.submit(*"abc")
    with pytest.raises(StoreError, match="no space left"):
        run.go(run.place(Stillborn))
    assert len(run.ends) == 1


class Unstartable(Fake):
    async def start(self) -> None:
        raise DatasetError("no dataset here")


def test_a_start_that_fails_for_another_reason_stops_the_run() -> None:
    run = Run()
    run.submit("a")
    with pytest.raises(DatasetError, match="no dataset here"):
        run.go(run.place(Unstartable), run.place(kinds=("judge",), name="idle"))
    assert run.loop_errors == []


class Faulty(Fake):
    async def answer(self, payload: str) -> Reply[str]:
        if payload == "fault":
            raise ZeroDivisionError("a fault of ours")
        return await super().answer(payload)


def test_a_fault_of_ours_stops_the_run_and_never_hangs_it() -> None:
    run = Run()
    run.submit("a", "fault", "b")
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        run.go(run.place(Faulty))
    assert run.loop_errors == []


def test_a_worker_that_cannot_be_made_stops_the_run() -> None:
    def make() -> Fake:
        raise OSError("no more processes")

    run = Run()
    run.submit("a")
    with pytest.raises(OSError, match="no more processes"):
        run.go(run.place(make))


def test_the_slow_copy_of_a_finished_job_keeps_nobody_waiting() -> None:
    """The first call of `slow` hangs; its hedge answers, and the run is over."""

    asked: Counter[str] = Counter()

    class Slow(Fake):
        async def answer(self, payload: str) -> Reply[str]:
            asked[payload] += 1
            await asyncio.sleep(600 if (payload, asked[payload]) == ("slow", 1) else 0.001)
            return Reply(payload.upper(), 0.0)

    run = Run(policy=DispatchPolicy(hedge_kinds=frozenset({"ask"})))
    run.submit("slow", *(f"quick-{number}" for number in range(30)))
    run.go(run.place(Slow, deadline_s=600), run.place(Slow, name="other", deadline_s=600))
    assert run.results["slow"] == "SLOW"
    assert len(run.ends) == 31


def test_a_start_that_dies_as_the_run_ends_leaves_no_noise() -> None:
    class Late(Fake):
        async def start(self) -> None:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                raise WorkerDied("killed while starting") from None

    run = Run()
    run.submit("a")
    assert run.go(run.place(), run.place(Late, name="late")).results == {"a": "A"}


def test_a_host_that_keeps_dying_is_given_up() -> None:
    class Cursed(Fake):
        async def answer(self, payload: str) -> Reply[str]:
            raise WorkerDied("gone")

    run = Run(policy=DispatchPolicy(max_host_deaths=3, max_kills=99))
    run.submit(*"abcdef")
    run.go(run.place(Cursed, host="n1"))
    assert set(run.results.values()) == {"worker_died"}
    assert run.message("a") == "no worker is left for it: host n1 is excluded: its workers keep dying"


def test_a_cancelled_run_closes_everything() -> None:
    async def cancel_soon() -> None:
        run = Run()
        run.submit("hung")
        running = asyncio.create_task(Executor(run.dispatcher, run._note).run(FixedRoster([run.place(Hung)]), run.stop))
        await asyncio.sleep(0.1)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()
        assert all(worker.is_closed for worker in run.workers)
        assert (run.ends, asyncio.all_tasks()) == ([], {asyncio.current_task()})

    asyncio.run(cancel_soon())


def test_a_worker_whose_slots_all_hang_is_replaced() -> None:
    class HangsAtFirst(Fake):
        async def answer(self, payload: str) -> Reply[str]:
            await asyncio.sleep(600 if run.workers[0] is self else 0)
            return Reply(payload.upper(), 0.0)

    run = Run(policy=DispatchPolicy(backoff_s=0.01))
    run.submit(*"abcd")
    run.go(run.place(HangsAtFirst, deadline_s=0.1))
    assert run.results == {key: key.upper() for key in "abcd"}
    assert len(run.workers) == 2


class Turns:
    """A roster that takes places in turn: one goes when its kind has nothing left, then the next comes."""

    def __init__(self, run: Run, places: list[Place[str, str]]) -> None:
        self.run, self.turns = run, places
        self.states: list[tuple[str, PlaceState]] = []

    def places(self) -> Iterable[Place[str, str]]:
        while self.turns and self.turns[0].kinds[0] not in self.run.dispatcher.open_kinds():
            self.turns.pop(0)
        return self.turns[:1]

    def may_serve(self, kind: str) -> bool:
        return any(kind in place.kinds for place in self.turns)

    def note(self, place: Place[str, str], state: PlaceState, loss: Failure | None = None) -> None:
        self.states.append((place.name, state))


def test_places_come_and_go_with_the_roster_and_what_waits_for_one_is_not_given_up() -> None:
    run = Run()
    for kind in ("first", "second"):
        for number in range(5):
            run.submit(f"{kind}-{number}", kind=kind)
    roster = Turns(run, [run.place(name=kind, kinds=(kind,)) for kind in ("first", "second")])
    executor = Executor(run.dispatcher, run._note)
    asyncio.run(asyncio.wait_for(executor.run(roster, run.stop), _GUARD_S))
    assert sorted(run.results) == [f"{kind}-{number}" for kind in ("first", "second") for number in range(5)]
    assert [worker.is_closed for worker in run.workers] == [True, True]
    began, ready, closed = PlaceState.STARTING, PlaceState.READY, PlaceState.CLOSED
    of_first = [state for name, state in roster.states if name == "first"]
    assert of_first == [began, ready, closed]
    assert roster.states.index(("first", closed)) < roster.states.index(("second", closed))
