"""The dispatcher's rules, one by one; test_dispatch_machine.py tries them in any order."""

import tracemalloc
from collections.abc import Iterator

import pytest

from orchestrator.dispatch import Dispatcher, DispatchPolicy, Failure, Job, Lease

Leases = list[Lease[str]]
DEFAULT = DispatchPolicy()
RATE_LIMITED = Failure("rate_limited", "429", is_retryable=True)
REJECTED = Failure("rejected", "400", is_retryable=False)


def job(key: str, kind: str = "ask") -> Job[str]:
    return Job(kind, key, f"payload of {key}")


def dispatcher(*keys: str, policy: DispatchPolicy = DEFAULT, slots: int = 1) -> Dispatcher[str]:
    """Return a dispatcher with jobs and one worker `w` for them."""
    made: Dispatcher[str] = Dispatcher(policy)
    for key in keys:
        assert made.submit(job(key))
    assert made.join("w", ["ask"], slots)
    return made


def lease(made: Dispatcher[str], worker: str = "w", now: float = 0.0) -> Lease[str]:
    found = made.lease(worker, now)
    assert found is not None
    return found


def key_of(found: Lease[str] | None) -> str | None:
    return found.job.key if found else None


def test_jobs_are_leased_in_order_and_never_beyond_the_slots() -> None:
    made = dispatcher("a", "b", "c", slots=2)
    first, second = lease(made), lease(made)
    assert (first.job, second.job.key, made.lease("w", 0.0)) == (job("a"), "b", None)
    assert made.complete(first, 1.0)
    assert lease(made).job.key == "c"
    assert (made.num_open, made.num_leased) == (2, 2)


def test_the_same_kind_and_key_is_the_same_job() -> None:
    made = dispatcher("a")
    assert not made.submit(job("a"))
    assert made.submit(job("a", "judge"))
    assert made.complete(lease(made), 1.0)
    assert not made.submit(job("a")), "ended jobs are not done again"


def test_a_worker_gets_only_the_kinds_it_takes_its_first_kind_first() -> None:
    made: Dispatcher[str] = Dispatcher()
    for kind in ("c", "b", "a"):
        made.submit(job(kind, kind))
    made.join("w", ["a", "b"], 9)
    assert [key_of(made.lease("w", 0.0)) for _ in range(3)] == ["a", "b", None]


def test_a_name_is_taken_once() -> None:
    made = dispatcher()
    with pytest.raises(ValueError, match="'w' is already there"):
        made.join("w", ["ask"], 1)


def test_a_failure_that_cannot_be_retried_is_the_end() -> None:
    made = dispatcher("a")
    assert made.fail(lease(made), REJECTED, 0.0)
    assert made.num_open == 0


def test_retries_wait_longer_each_time_and_end() -> None:
    policy = DispatchPolicy(max_attempts=4, backoff_s=1.0, max_backoff_s=3.0)
    made = dispatcher("a", policy=policy)
    now = 0.0
    for attempt, (least, most) in enumerate([(0.5, 1.0), (1.0, 2.0), (1.5, 3.0)], 1):
        found = lease(made, now=now)
        assert found.attempt == attempt
        assert not made.fail(found, RATE_LIMITED, now)
        wake = made.next_wake_s()
        assert wake is not None
        assert least <= wake - now <= most
        assert made.lease("w", wake - 1e-6) is None
        now = wake
    assert made.fail(lease(made, now=now), RATE_LIMITED, now)
    assert (made.num_open, made.next_wake_s()) == (0, None)


def test_the_servers_own_wish_is_the_shortest_wait() -> None:
    made = dispatcher("a", policy=DispatchPolicy(backoff_s=1.0))
    made.fail(lease(made), Failure("rate_limited", "429", is_retryable=True, retry_after_s=60.0), 5.0)
    assert made.lease("w", 64.9) is None
    assert lease(made, now=65.1).attempt == 2


def test_a_waiting_job_goes_before_new_ones() -> None:
    made = dispatcher("a", "b", "c", policy=DispatchPolicy(backoff_s=1.0))
    made.fail(lease(made), RATE_LIMITED, 0.0)
    assert made.complete(lease(made), 0.1)
    assert lease(made, now=2.0).job.key == "a"


def test_jitter_is_seeded_and_spreads() -> None:
    def waits(seed: int) -> list[float]:
        made = dispatcher("a", "b", "c", policy=DispatchPolicy(seed=seed), slots=3)
        for found in [lease(made) for _ in range(3)]:
            made.fail(found, RATE_LIMITED, 0.0)
        return sorted(wait for wait, _, _ in made._waiting)

    assert waits(1) == waits(1) != waits(2)
    assert len(set(waits(1))) == 3


def test_leases_of_one_who_leaves_go_to_the_next_without_blame() -> None:
    made = dispatcher("a", "b", slots=1)
    lease(made)
    made.leave("w")
    assert (made.num_leased, made.num_open) == (0, 2)
    made.join("v", ["ask"], 1)
    found = lease(made, "v")
    assert (found.job.key, found.attempt) == ("a", 2)
    made.died("v")
    made.join("u", ["ask"], 1)
    assert lease(made, "u").job.key == "a", "one death is not yet poison"


def test_a_late_result_of_one_who_left_counts_if_it_is_the_first() -> None:
    made = dispatcher("a")
    late = lease(made)
    made.leave("w")
    made.join("v", ["ask"], 1)
    again = lease(made, "v")
    assert made.complete(late, 5.0)
    assert not made.complete(again, 6.0)
    assert (made.num_open, made.num_leased) == (0, 0)


def test_a_late_failure_of_one_who_left_counts_for_nothing() -> None:
    made = dispatcher("a")
    late = lease(made)
    made.leave("w")
    assert not made.fail(late, REJECTED, 5.0)
    assert made.num_open == 1


def test_an_end_is_told_once() -> None:
    made = dispatcher("a")
    found = lease(made)
    assert [made.complete(found, 1.0), made.complete(found, 1.0), made.fail(found, REJECTED, 1.0)] == [
        True,
        False,
        False,
    ]


def poisoned(ended: list[tuple[Lease[str], Failure]]) -> list[str]:
    assert all(failure.error_type == "poison" and not failure.is_retryable for _, failure in ended)
    return [found.job.key for found, _ in ended]


def test_a_poison_job_is_set_aside_and_its_neighbours_are_not() -> None:
    made = dispatcher("a", "poison", "b", "c", slots=3)
    for _ in range(3):
        lease(made)
    assert poisoned(made.died("w")) == []
    ended: list[str] = []
    for number in range(20):
        name = f"w{number}"
        made.join(name, ["ask"], 3)
        leases: Leases = []
        while (found := made.lease(name, 0.0)) is not None:
            leases.append(found)
        if any(found.job.key == "poison" for found in leases):
            ended += poisoned(made.died(name))
        else:
            assert all(made.complete(found, 1.0) for found in leases)
    assert ended == ["poison"]
    assert made.num_open == 0


def test_a_worker_holds_one_suspect_at_a_time() -> None:
    made = dispatcher("a", "b", "c", slots=2)
    lease(made)
    lease(made)
    made.died("w")
    made.join("v", ["ask"], 3)
    found = [key_of(made.lease("v", 0.0)) for _ in range(3)]
    assert sorted(key for key in found if key) in (["a", "c"], ["b", "c"])


def test_a_suspect_that_waited_out_a_failure_is_still_a_suspect() -> None:
    """Else two suspects share a worker, and the innocent one is set aside with the guilty."""
    made = dispatcher("a", "b", slots=2)
    lease(made)
    lease(made)
    made.died("w")
    made.join("v", ["ask"], 2)
    made.fail(lease(made, "v"), RATE_LIMITED, 0.0)
    lease(made, "v", now=0.0)
    assert made.lease("v", 100.0) is None


def hedging(slow: str = "slow", kinds: tuple[str, ...] = ("ask",)) -> tuple[Dispatcher[str], Lease[str]]:
    """Return a dispatcher that knows latencies of 1 s, with `slow` leased to `w` at 20 s."""
    made = dispatcher(policy=DispatchPolicy(hedge_kinds=frozenset(kinds), hedge_factor=4.0), slots=2)
    for number in range(20):
        made.submit(job(f"quick-{number}"))
        assert made.complete(lease(made, now=float(number)), number + 1.0)
    made.submit(job(slow))
    return made, lease(made, now=20.0)


def test_a_slow_call_is_asked_twice_elsewhere() -> None:
    made, slow = hedging()
    made.join("v", ["ask"], 2)
    assert made.lease("w", 30.0) is None, "never where it is slow already"
    assert made.lease("v", 23.9) is None, "not before it is slow"
    hedge = lease(made, "v", now=24.1)
    assert (hedge.is_hedge, hedge.job, hedge.attempt) == (True, slow.job, 2)
    assert made.lease("v", 99.0) is None, "never a third time"
    assert made.complete(hedge, 25.0)
    assert not made.complete(slow, 26.0)
    assert made.num_leased == 0


def test_a_priced_kind_is_never_asked_twice() -> None:
    made, _ = hedging(kinds=())
    made.join("v", ["ask"], 2)
    assert made.lease("v", 1e6) is None


def test_a_failed_copy_leaves_the_other_one_running() -> None:
    made, slow = hedging()
    made.join("v", ["ask"], 2)
    hedge = lease(made, "v", now=30.0)
    assert not made.fail(hedge, REJECTED, 31.0)
    assert made.complete(slow, 32.0)
    made, slow = hedging()
    made.join("v", ["ask"], 2)
    hedge = lease(made, "v", now=30.0)
    assert not made.fail(slow, RATE_LIMITED, 31.0)
    assert made.fail(hedge, REJECTED, 32.0)


def test_a_suspect_is_not_asked_twice() -> None:
    """A poison job would otherwise take two workers down at once."""
    made, slow = hedging()
    made.died("w")
    made.join("v", ["ask"], 1)
    made.join("u", ["ask"], 1)
    assert lease(made, "v", now=30.0).job == slow.job
    assert made.lease("u", 1e6) is None


def test_a_host_whose_workers_keep_dying_gets_no_new_one() -> None:
    made: Dispatcher[str] = Dispatcher(DispatchPolicy(max_host_deaths=3))
    for number in range(3):
        assert made.join(f"bad-{number}", ["ask"], 1, "bad")
        made.died(f"bad-{number}")
    assert made.is_excluded("bad")
    assert not made.join("bad-3", ["ask"], 1, "bad")
    assert made.join("good", ["ask"], 1, "good")


def test_a_completed_job_clears_its_host() -> None:
    made: Dispatcher[str] = Dispatcher(DispatchPolicy(max_host_deaths=2))
    made.submit(job("a"))
    made.join("one", ["ask"], 1, "host")
    made.join("two", ["ask"], 1, "host")
    made.died("one")
    assert made.complete(lease(made, "two"), 1.0)
    made.died("two")
    assert not made.is_excluded("host")


def test_an_abandoned_job_is_over() -> None:
    made = dispatcher("a", "b")
    late = lease(made)
    made.abandon(job("a"))
    made.abandon(job("b"))
    assert not made.complete(late, 1.0)
    assert (made.num_open, made.lease("w", 1.0), list(made.open_jobs())) == (0, None, [])


def fed(*keys: str, policy: DispatchPolicy = DEFAULT, slots: int = 1) -> tuple[Dispatcher[str], list[str]]:
    """Return a dispatcher with a worker `w` and a source, and the list of the keys read from it so far."""
    made, read = dispatcher(policy=policy, slots=slots), []

    def source() -> Iterator[Job[str]]:
        for key in keys:
            read.append(key)
            yield job(key)

    made.feed("ask", source())
    return made, read


def test_a_source_is_read_as_workers_ask() -> None:
    made, read = fed("a", "b", "c", "d", slots=2)
    assert (read, made.num_open) == (["a"], 1)
    first, second = lease(made), lease(made)
    assert (first.job.key, second.job.key, read, made.num_open) == ("a", "b", ["a", "b"], 2)
    assert made.lease("w", 0.0) is None, "it is full"
    assert made.complete(first, 1.0)
    assert read == ["a", "b"]
    assert made.complete(second, 1.0)
    assert (read, made.num_open) == (["a", "b", "c"], 1), "what is open says that more is to come"
    for key in ("c", "d"):
        assert made.num_open == 1
        found = lease(made)
        assert (found.job.key, made.complete(found, 2.0)) == (key, True)
    assert (made.num_open, made.lease("w", 3.0)) == (0, None)


def test_sources_of_a_kind_are_read_in_order_and_empty_ones_are_over() -> None:
    made = dispatcher(slots=9)
    for keys in ("", "ab", "", "c", ""):
        made.feed("ask", map(job, keys))
    assert [key_of(made.lease("w", 0.0)) for _ in range(4)] == ["a", "b", "c", None]
    made = dispatcher()
    made.feed("ask", [])
    assert made.num_open == 0


def test_what_a_source_repeats_is_done_once() -> None:
    made, _ = fed("a", "b", "a", "b", "c", "a")
    assert not made.submit(job("a"))
    assert made.submit(job("b"))
    done = []
    while (found := made.lease("w", 0.0)) is not None:
        done.append(found.job.key)
        assert made.complete(found, 1.0)
    assert sorted(done) == ["a", "b", "c"]
    assert not any(made.submit(job(key)) for key in "abc")
    made.feed("ask", map(job, "abc"))
    assert made.num_open == 0


def test_a_job_of_another_kind_in_a_source_is_refused() -> None:
    made = dispatcher()
    with pytest.raises(ValueError, match="a source of judge holds a job of ask: a"):
        made.feed("judge", [job("a")])


def test_submitted_jobs_go_before_fed_ones_of_any_kind() -> None:
    made: Dispatcher[str] = Dispatcher()
    made.join("w", ["ask", "judge"], 9)
    made.feed("ask", map(job, "abc"))
    assert key_of(made.lease("w", 0.0)) == "a"
    made.submit(job("x", "judge"))
    made.submit(job("y", "ask"))
    assert [key_of(made.lease("w", 0.0)) for _ in range(5)] == ["y", "x", "b", "c", None]


def test_no_source_is_read_while_much_of_its_kind_waits() -> None:
    made, read = fed(*"abcdefgh", policy=DispatchPolicy(max_open=1), slots=1)
    for _ in range(4):
        assert not made.fail(lease(made), RATE_LIMITED, 0.0)
    assert made.lease("w", 0.0) is None, "four per slot"
    assert read == [*"abcd"]
    assert lease(made, now=100.0).job.key in "abcd"


def behind(num_verdicts: int) -> Dispatcher[str]:
    """Return a dispatcher with answers to feed and verdicts submitted, of which four may wait."""
    made, _ = fed("a", "b", policy=DispatchPolicy(max_open=4))
    lease(made)
    made.join("v", ["ask"], 1)
    for number in range(num_verdicts):
        made.submit(job(str(number), "judge"))
    return made


def test_no_source_is_read_while_judging_is_behind() -> None:
    made = behind(4)
    made.join("judge", ["judge"], 1)
    assert made.lease("v", 0.0) is None
    assert made.complete(lease(made, "judge"), 1.0)
    assert lease(made, "v", 1.0).job.key == "b"


def test_judges_that_are_not_there_yet_hold_nothing_up() -> None:
    """They may wait for the very GPUs that the answers take."""
    assert lease(behind(100), "v").job.key == "b"
    made = behind(100)
    made.join("judge", ["judge"], 1)
    assert made.lease("v", 0.0) is None
    made.leave("judge")
    assert lease(made, "v").job.key == "b"


def test_a_worker_goes_on_with_its_group() -> None:
    made = dispatcher(slots=9)
    for key in ("a1", "b1", "a2", "b2"):
        made.submit(Job("ask", key, "", group=key[0]))
    made.join("v", ["ask"], 9)
    found = [key_of(made.lease(worker, 0.0)) for worker in ("w", "v", "w", "v")]
    assert found == ["a1", "b1", "a2", "b2"]


def test_retries_go_before_the_group() -> None:
    made = dispatcher(policy=DispatchPolicy(backoff_s=1.0))
    for key in ("b1", "a1", "a2", "a3"):
        made.submit(Job("ask", key, "", group=key[0]))
    made.fail(lease(made), RATE_LIMITED, 0.0)
    assert made.complete(lease(made), 0.0)
    assert key_of(made.lease("w", 5.0)) == "b1"


def test_a_kind_that_nobody_will_take_is_abandoned_to_its_last_job() -> None:
    made, read = fed(*"abcd")
    late = lease(made)
    made.submit(job("x", "judge"))
    made.submit(job("e"))
    assert sorted(made.open_kinds()) == ["ask", "judge"]
    ended = []
    for over in made.abandon_kind("ask"):
        ended.append(over.key)
        if over.key == "c":
            made.submit(job("late"))
    assert sorted(ended) == ["a", "b", "c", "d", "e", "late"]
    assert (read, made.open_kinds(), made.num_open) == ([*"abcd"], ["judge"], 1)
    assert not made.complete(late, 1.0)
    assert made.lease("w", 1.0) is None


def test_a_copy_left_alone_may_be_asked_twice_again() -> None:
    for may_original_fail in (True, False):
        made, slow = hedging()
        for worker in ("v", "u"):
            made.join(worker, ["ask"], 2)
        hedge = lease(made, "v", now=30.0)
        assert made.lease("u", 1e6) is None
        assert not made.fail(slow if may_original_fail else hedge, RATE_LIMITED, 31.0)
        again = lease(made, "u", now=60.0)
        assert (again.is_hedge, again.attempt, again.job) == (True, 3, slow.job)
        assert made.complete(again, 61.0)


def test_a_copy_left_alone_is_the_oldest_again() -> None:
    made, slow = hedging()
    for worker in ("v", "u"):
        made.join(worker, ["ask"], 2)
    hedge = lease(made, "v", now=30.0)
    made.submit(job("young"))
    assert lease(made, "v", now=59.0).job.key == "young"
    assert not made.fail(hedge, RATE_LIMITED, 59.0)
    assert lease(made, "u", now=60.0).job == slow.job


def test_nothing_that_has_ended_is_asked_twice() -> None:
    made, late = hedging()
    made.leave("w")
    for worker in ("v", "u", "t"):
        made.join(worker, ["ask"], 1)
    lease(made, "v", now=30.0)
    assert lease(made, "u", now=60.0).is_hedge
    assert made.complete(late, 61.0)
    assert made.lease("t", 1e6) is None
    made.leave("u")
    assert made.lease("t", 1e6) is None


def test_where_two_suspects_meet_neither_is_blamed() -> None:
    made, slow = hedging("x")
    made.submit(job("y"))
    made.join("u", ["ask"], 1)
    assert lease(made, "u", now=21.0).job.key == "y"
    assert made.died("u") == []
    made.join("v", ["ask"], 2)
    assert lease(made, "v", now=30.0).job.key == "y"
    assert lease(made, "v", now=30.0).job == slow.job
    assert made.died("w") == [], "x is a suspect now, whose copy is where y is"
    assert made.died("v") == []
    for worker in ("s", "t"):
        made.join(worker, ["ask"], 2)
        assert lease(made, worker, now=31.0).job.key in "xy"
        assert made.lease(worker, 31.0) is None, "each goes on alone"


def peak_bytes(num_jobs: int) -> int:
    """Return the memory that a source's jobs take at most, half of them done and half abandoned."""
    tracemalloc.start()
    made = dispatcher(slots=16)
    made.feed("ask", (job(str(number)) for number in range(num_jobs)))
    for _ in range(num_jobs // 2):
        assert made.complete(lease(made), 1.0)
    assert sum(1 for _ in made.abandon_kind("ask")) == num_jobs - num_jobs // 2
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_each_job_of_a_source_takes_a_few_bytes() -> None:
    assert peak_bytes(20_000) - peak_bytes(500) < 40 * 19_500
