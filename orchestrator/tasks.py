"""What is asked of a worker, and what it replies. Ids travel, images don't."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from orchestrator.dispatch import Failure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PredictTask:
    """Ask one model row about one pair."""

    row: str
    pair_id: str


@dataclass(frozen=True, slots=True)
class JudgeTask:
    """Ask one judge row about one answer to one pair."""

    row: str
    pair_id: str
    text: str


@dataclass(frozen=True, slots=True)
class CanaryTask:
    """Try one model row with known images; `pair_id` lends its question where every pair brings its own."""

    row: str
    step: str
    pair_id: str


Task = PredictTask | JudgeTask | CanaryTask


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What came of a call, and how long it took in the worker, seconds."""

    result: T | Failure
    latency_s: float
