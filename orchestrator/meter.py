"""Measures a sweep while it runs: calls and tokens by row, rates, time left, what GPUs do. Pure: no clock of its own.

Told by the executor of places and calls, by the sweep of jobs that ended; asked for readings every few seconds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.dispatch import Lease
from orchestrator.gpu_time import PlaceTime, Seconds
from orchestrator.ledger import asked_kind
from orchestrator.roster import Place, PlaceState
from orchestrator.window import Window


@dataclass(slots=True)
class Tally:
    """What was counted of one row's calls, those of its canary only where they cost something."""

    in_flight: int = 0
    num_ended: int = 0
    input_tokens: int | None = None
    """None: no reply has told."""
    output_tokens: int | None = None
    cost_usd: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    """How its calls ended: `ok`, another status, or an error type."""


@dataclass(frozen=True, slots=True)
class Replicas:
    """How many places serve a row."""

    ready: int = 0
    starting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one job ended, as far as it is counted."""

    kind: str
    outcome: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None


class Meter:
    """Count and time; see the module's docstring. Kinds are the dispatcher's."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}
        self._open: dict[str, tuple[Place[Any, Any], PlaceTime]] = {}
        self._closed = Seconds()
        self._window = Window()

    def noted(self, place: Place[Any, Any], state: PlaceState, now: float) -> None:
        """Follow what becomes of a place's worker."""
        if place.name not in self._open:
            if state is not PlaceState.STARTING:
                return
            self._open[place.name] = (place, PlaceTime(now))
        _, time = self._open[place.name]
        time.note(state, now)
        if state is PlaceState.CLOSED:
            self._closed += time.spent(now).times(place.num_gpus)
            del self._open[place.name]

    def began(self, place: Place[Any, Any], lease: Lease[Any], now: float) -> None:
        """Count a call that begins."""
        self.tally(lease.job.kind).in_flight += 1
        if place.num_gpus and place.name in self._open:
            self._open[place.name][1].began(lease.number, now)

    def ended(self, place: Place[Any, Any], lease: Lease[Any], now: float, *, has_reply: bool) -> None:
        """Count a call that is over."""
        self.tally(lease.job.kind).in_flight -= 1
        if place.num_gpus and place.name in self._open:
            self._open[place.name][1].ended(lease.number, now, has_reply=has_reply)

    def finished(self, ending: Ending) -> None:
        """Count a job's end."""
        tally = self.tally(ending.kind)
        tally.input_tokens = _sum(tally.input_tokens, ending.input_tokens)
        tally.output_tokens = _sum(tally.output_tokens, ending.output_tokens)
        tally.cost_usd += ending.cost_usd or 0.0
        if asked_kind(ending.kind) == ending.kind:
            tally.num_ended += 1
            tally.outcomes[ending.outcome] += 1

    def tally(self, kind: str) -> Tally:
        """Return what was counted of a row; of a canary's kind, of the row it tries."""
        tally = self._tallies.get(kind)
        if tally is None:
            asked = asked_kind(kind)
            tally = self._tallies[kind] = Tally() if asked == kind else self.tally(asked)
        return tally

    def sample(self, now: float, counts: Mapping[str, float]) -> None:
        """Take a sample for the rates: of every row, and of what else the caller counts."""
        sampled = dict(counts)
        for kind, tally in self._tallies.items():
            sampled[f"calls {kind}"] = tally.num_ended
            sampled[f"input {kind}"] = tally.input_tokens or 0
            sampled[f"output {kind}"] = tally.output_tokens or 0
        self._window.add(now, sampled)

    def rate(self, name: str) -> float | None:
        """Return the growth per second of a count over the last minute: `calls KIND`, `input KIND`, `output KIND`."""
        return self._window.rate(name)

    def time_left_s(self, left: Mapping[str, int]) -> float | None:
        """Return how long the slowest row needs for its calls left; None where a row that has some has no rate yet."""
        longest_s = 0.0
        for kind, number in left.items():
            if number > 0:
                rate = self._window.lasting_rate(f"calls {kind}")
                if not rate:
                    return None
                longest_s = max(longest_s, number / rate)
        return longest_s

    def replicas(self) -> dict[str, Replicas]:
        """Return how many places serve each kind now."""
        states = [(kind, time.state) for place, time in self._open.values() for kind in place.kinds]
        counted = Counter(states)
        kinds: Iterable[str] = {kind for kind, _ in states}
        return {kind: Replicas(counted[kind, PlaceState.READY], counted[kind, PlaceState.STARTING]) for kind in kinds}

    def gpu_seconds(self, now: float) -> Seconds:
        """Return what all GPUs held so far were held for."""
        open_now = (time.spent(now).times(place.num_gpus) for place, time in self._open.values() if place.num_gpus)
        return sum(open_now, self._closed)


def _sum(before: int | None, more: int | None) -> int | None:
    return before if more is None else (before or 0) + more
