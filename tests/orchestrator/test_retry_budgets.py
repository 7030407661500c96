"""Each class of failure has a budget of its own."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.dispatch import Dispatcher, DispatchPolicy, Failure, Job, Lease
from orchestrator.sweep import RETRY_BUDGETS
from schemas import errors

POLICY = DispatchPolicy(max_attempts=3, budgets={"rate_limited": 6, "bad_reply": 2})
TRANSPORT = ("connection", "timeout", "server_error")


def failing(*error_types: str, is_retryable: bool = True, policy: DispatchPolicy = POLICY) -> tuple[int, str | None]:
    """Fail one job by each type in turn; return the attempts made, and the type that ended it."""
    made: Dispatcher[None] = Dispatcher(policy)
    made.join("w", ["ask"], 1)
    made.submit(Job("ask", "a", None))
    now, attempt = 0.0, 0
    for error_type in error_types:
        now += 1_000.0
        lease = made.lease("w", now)
        assert lease is not None
        attempt = lease.attempt
        if made.fail(lease, Failure(error_type, "", is_retryable), now):
            return attempt, error_type
    return attempt, None


@pytest.mark.parametrize(
    ("error_type", "budget"), [("rate_limited", 6), ("bad_reply", 2), ("timeout", 3), ("server_error", 3)]
)
def test_each_type_ends_at_its_own_budget(error_type: str, budget: int) -> None:
    assert failing(*[error_type] * (budget - 1)) == (budget - 1, None)
    assert failing(*[error_type] * budget) == (budget, error_type)


def test_transport_failures_share_one_budget() -> None:
    assert failing(*TRANSPORT) == (3, "server_error")


def test_many_refusals_leave_the_other_budgets_whole_and_attempts_count_all() -> None:
    order = ["rate_limited"] * 5 + ["bad_reply", "timeout", "connection", "server_error"]
    assert failing(*order) == (9, "server_error")


def test_what_cannot_be_retried_has_no_budget() -> None:
    assert failing("rate_limited", is_retryable=False) == (1, "rate_limited")


def test_the_wait_grows_with_failures_of_the_same_budget_alone() -> None:
    made: Dispatcher[None] = Dispatcher(DispatchPolicy(backoff_s=1.0, budgets={"rate_limited": 9}))
    made.join("w", ["ask"], 1)
    made.submit(Job("ask", "a", None))
    now = 0.0
    for error_type, most_s in (("rate_limited", 1), ("rate_limited", 2), ("rate_limited", 4), ("timeout", 1)):
        lease = made.lease("w", now)
        assert lease is not None
        made.fail(lease, Failure(error_type, "", is_retryable=True), now)
        wake_s = made.next_wake_s()
        assert wake_s is not None
        assert most_s / 2 <= wake_s - now <= most_s
        now = wake_s


@given(order=st.lists(st.sampled_from(["rate_limited", "bad_reply", *TRANSPORT]), min_size=12, max_size=40))
def test_a_job_ends_exactly_when_one_budget_is_spent(order: list[str]) -> None:
    spent: Counter[str] = Counter()
    expected = None
    for number, error_type in enumerate(order, 1):
        name = error_type if error_type in POLICY.budgets else "transport"
        spent[name] += 1
        if spent[name] == {"rate_limited": 6, "bad_reply": 2, "transport": 3}[name]:
            expected = number, error_type
            break
    assert failing(*order) == (expected or (len(order), None))


def test_a_sweep_has_patience_with_refusals_and_little_with_broken_replies() -> None:
    default = DispatchPolicy().max_attempts
    assert RETRY_BUDGETS[errors.RateLimited.error_type] > default > RETRY_BUDGETS[errors.BadReply.error_type] > 1
    retryable = {error.error_type for error in vars(errors).values() if getattr(error, "is_retryable", False)}
    assert set(RETRY_BUDGETS) <= retryable


def test_a_lost_worker_costs_no_budget() -> None:
    made: Dispatcher[None] = Dispatcher(DispatchPolicy(max_attempts=1, budgets={"rate_limited": 2}))
    made.submit(Job("ask", "a", None))
    lease: Lease[None] | None = None
    for number in range(4):
        made.join(f"w{number}", ["ask"], 1)
        lease = made.lease(f"w{number}", float(number))
        made.leave(f"w{number}")
    made.join("last", ["ask"], 1)
    lease = made.lease("last", 9.0)
    assert lease is not None
    assert not made.fail(lease, Failure("rate_limited", "", is_retryable=True), 9.0)
