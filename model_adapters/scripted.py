"""A deterministic stand-in for a model: answers from a table, with delays and failures on schedule.

It lets an orchestration be tried out, timed and tested without any model.
"""

import asyncio
import math
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from model_adapters.base import AdapterDefaults
from schemas.digest import digest
from schemas.errors import CallError, ConfigError
from schemas.protocols import Engine, Json, Prompt
from schemas.records import Answer, Question
from schemas.registry import nearest
from schemas.vocabulary import PREDICTION_STATUSES

_ERRORS: Final = {
    error.error_type: error for error in CallError.__subclasses__() if error.__module__ == CallError.__module__
}
_ANSWER_STATUSES: Final = tuple(status for status in PREDICTION_STATUSES if status != "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Make the first calls of some pairs fail."""

    error_type: str
    """A `CallError.error_type`, such as `rate_limited`."""
    pair_ids: tuple[str, ...] = ()
    """The pairs it strikes; empty strikes every pair."""
    attempts: int = 1
    """How many calls of a pair fail, per adapter instance, before one succeeds."""
    retry_after_s: float | None = None
    """The server's wish that the error carries, seconds."""

    def __post_init__(self) -> None:
        """Refuse an unknown error type."""
        if self.error_type not in _ERRORS:
            raise ConfigError(f"scripted: unknown error_type {self.error_type!r}: {nearest(self.error_type, _ERRORS)}")

    def strikes(self, pair_id: str, attempt: int) -> bool:
        """Tell whether call number `attempt` (from 1) of a pair fails."""
        return attempt <= self.attempts and (not self.pair_ids or pair_id in self.pair_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedConfig(AdapterDefaults):
    """Say what is answered, after how long, and what fails first."""

    answers: dict[str, str] = field(default_factory=dict)
    """Text by pair id."""
    template: str = "No differences found in {pair_id}."
    """Text for every other pair; `{pair_id}` is replaced."""
    statuses: dict[str, str] = field(default_factory=dict)
    """Status by pair id: ok (the default), truncated, empty or refused; empty answers have no text."""
    median_latency_s: float = 0.0
    """Median of the lognormal delay, seconds; 0 answers at once."""
    latency_sigma: float = 0.5
    """Standard deviation of the delay's natural logarithm."""
    seed: int = 0
    """Seeds the delay, which depends on the pair alone."""
    failures: tuple[Failure, ...] = ()
    """Failures on schedule; the first that strikes is raised."""

    def __post_init__(self) -> None:
        """Refuse an unknown status."""
        for pair_id, status in self.statuses.items():
            if status not in _ANSWER_STATUSES:
                clause = nearest(status, _ANSWER_STATUSES)
                raise ConfigError(f"scripted: pair {pair_id!r} has unknown status {status!r}: {clause}")

    @property
    def reads_pair_id(self) -> bool:
        """Tell that the answer depends on the pair's id."""
        return True

    def identity(self) -> Mapping[str, Json]:
        """Return what goes into content keys; delays and failures change no answer."""
        table = digest({"answers": dict(self.answers), "statuses": dict(self.statuses)})
        return {"kind": "scripted", "version": "1", "template": self.template, "table_sha256": table}

    def latency_s(self, pair_id: str) -> float:
        """Return the delay of every call for a pair, seconds."""
        if not self.median_latency_s:
            return 0.0
        draw = random.Random(f"{self.seed}:{pair_id}").gauss(0.0, self.latency_sigma)
        return self.median_latency_s * math.exp(draw)


class Scripted:
    """Answer as the script says."""

    config_class = ScriptedConfig

    def __init__(self, config: ScriptedConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:  # noqa: ARG002
        self._config = config
        self._calls: Counter[str] = Counter()

    async def start(self) -> None:
        """Load nothing."""

    async def predict(self, question: Question) -> Answer:
        """Wait, then answer from the table, or raise the error that is due."""
        config, pair_id = self._config, question.pair_id
        self._calls[pair_id] += 1
        attempt = self._calls[pair_id]
        await asyncio.sleep(config.latency_s(pair_id))
        self._fail(pair_id, attempt)
        status = config.statuses.get(pair_id, "ok")
        text = config.answers.get(pair_id, config.template.replace("{pair_id}", pair_id))
        return Answer(text="" if status == "empty" else text, status=status)

    async def close(self) -> None:
        """Release nothing."""

    def _fail(self, pair_id: str, attempt: int) -> None:
        for failure in self._config.failures:
            if failure.strikes(pair_id, attempt):
                message = f"scripted failure {attempt} of {failure.attempts} for pair {pair_id}"
                raise _ERRORS[failure.error_type](message, retry_after_s=failure.retry_after_s)
