"""How many calls an endpoint bears at once, learned from its refusals. Pure: no I/O, no clock of its own.

A limit rises while the endpoint takes all that is sent, first by doubling, and falls once per episode of
refusals (HTTP 429, or an overload that names a Retry-After):

- rising: as long as the limit is used in full and nothing is refused, each step is twice the last. A refusal
  comes back long before an answer would, so a step stands after `rise_s`, not after a whole answer.
- a refusal just after a step undoes the step: the level before it is known to hold.
- a refusal at any other level means that the endpoint bears less now: the limit is multiplied by `cut_factor`,
  and nothing is sent until Retry-After is over, with jitter. Two strays are forgiven where the level has held
  for a round of answers, one where it hasn't.
- refusals of calls that were sent before a cut belong to its episode and don't cut again. What the cut left is
  not filled at one blow, though, but by doubling from the calls that the endpoint still has.
- after a cut the limit creeps up, by a quarter at most per round of answers, to just under the level that was
  refused. After `quiet_rounds` there it tries one call more; if that holds, it rises in doubling steps again.

Additive increase and multiplicative decrease after Chiu and Jain (1989); slow start after Jacobson (1988). The
rounds are counted in answers, not in seconds, so that attempts to rise are a bounded share of all calls
however slow the endpoint is.
"""

import random
from collections import deque
from dataclasses import dataclass
from enum import Enum

_WINDOW = 10
"""Last outcomes at a level, among which refusals are counted."""


class Outcome(Enum):
    """Say how a call ended, as far as the endpoint's capacity goes."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Cut, timed out, cancelled: says nothing about capacity."""


class _Standing(Enum):
    """Say what is known of the present level."""

    TRIED = "tried"
    """Just raised; the level below it stood."""
    DOUBTFUL = "doubtful"
    """Just cut to, or never tried."""
    HELD = "held"
    """Used in full for a round of answers."""


@dataclass(kw_only=True, slots=True, frozen=True)
class LimitConfig:
    """Configure how a limit moves."""

    max_limit: int
    """Most calls in flight at once, ever."""
    start: int = 16
    """Limit to begin with."""
    rise_s: float = 0.1
    """Shortest time that a step must stand before the next, seconds; twice the slowest refusal seen, if longer."""
    cut_factor: float = 0.5
    """What a cut leaves of a level that held."""
    strays: int = 2
    """Refusals among the last ten outcomes that a level that held forgives, a doubtful one half as many: an episode
    shows at every further call, and servers refuse a call now and then for reasons of their own."""
    quiet_rounds: int = 6
    """Rounds of answers without a refusal, just under the level that was refused, before one call more is tried."""
    jitter: float = 0.25
    """Share by which a Retry-After is lengthened at most."""
    max_rise_s: float = 5.0
    """Bound of what slow refusals may make of `rise_s`, seconds."""

    def __post_init__(self) -> None:
        assert self.max_limit >= 1
        assert self.start >= 1
        assert 0 < self.cut_factor < 1


@dataclass(frozen=True, slots=True)
class Ticket:
    """Allow one call. `level` numbers the limit under which it was sent."""

    level: int
    sent_s: float


class ConcurrencyLimit:
    """Say whether one more call may be sent; told of each call's end. `now` is seconds of any steady clock."""

    def __init__(self, config: LimitConfig, draw: random.Random) -> None:
        self._config = config
        self._draw = draw
        self._limit = self._step = min(config.start, config.max_limit)
        self._standing = self._standing_below = _Standing.DOUBTFUL
        self._limit_below = 1
        self._refused_at = config.max_limit + 1
        self._goal = config.max_limit
        self._level = self._cut_level = 0
        self._full_since: float | None = None
        self._num_clean = 0
        self._recent: deque[Outcome] = deque(maxlen=_WINDOW)
        self._refusal_s = 0.0
        self._paused_until = float("-inf")
        self._in_flight = 0
        self._num_cuts = 0

    @property
    def limit(self) -> int:
        """Return the most calls in flight now."""
        return self._limit

    @property
    def in_flight(self) -> int:
        """Return the number of tickets out."""
        return self._in_flight

    @property
    def num_cuts(self) -> int:
        """Return how often the limit fell: once per episode."""
        return self._num_cuts

    def enter(self, now: float) -> Ticket | None:
        """Return a ticket for a call that is sent now, or None where it must wait until `wake_s` or a call's end."""
        if now < self._paused_until:
            return None
        if self._in_flight >= self._limit and not self._rise(now):
            return None
        self._in_flight += 1
        if self._in_flight >= self._limit and self._full_since is None:
            self._full_since = now
        return Ticket(self._level, now)

    def wake_s(self, now: float) -> float | None:
        """Return when `enter` may answer otherwise although no call ends; None where only an end can help."""
        if now < self._paused_until:
            return self._paused_until
        if not self._is_rising or self._full_since is None:
            return None
        return self._full_since + self._stand_s

    def leave(self, ticket: Ticket, outcome: Outcome, now: float, retry_after_s: float | None = None) -> None:
        """Note a call's end; `retry_after_s` is what the endpoint asked for along with a refusal."""
        is_used = self._in_flight * 5 >= self._limit * 4
        self._in_flight -= 1
        if outcome is Outcome.REFUSED:
            self._refusal_s = min(max(self._refusal_s, now - ticket.sent_s), self._config.max_rise_s / 2)
            self._refuse(ticket, now, retry_after_s or 0.0)
        elif outcome is Outcome.ANSWERED and ticket.level == self._level and is_used:
            self._recent.append(outcome)
            self._answer()

    @property
    def _is_rising(self) -> bool:
        return self._step > 0 and self._limit < self._goal

    @property
    def _stand_s(self) -> float:
        return max(self._config.rise_s, 2 * self._refusal_s)

    def _rise(self, now: float) -> bool:
        """Take the next step of a rise where it is due."""
        if not self._is_rising or self._full_since is None or now < self._full_since + self._stand_s:
            return False
        self._raise(min(self._step, self._goal - self._limit))
        self._step *= 2
        if self._limit == self._goal:
            self._step = 0
        return True

    def _raise(self, step: int) -> None:
        self._limit_below, self._standing_below = self._limit, self._standing
        self._move(min(self._config.max_limit, self._limit + step), _Standing.TRIED)

    def _move(self, limit: int, standing: _Standing) -> None:
        self._limit, self._standing = limit, standing
        self._level += 1
        self._num_clean = 0
        self._full_since = None
        self._recent.clear()

    def _answer(self) -> None:
        """Count an answer to a call of this level; after each round of them, creep up."""
        self._num_clean += 1
        if self._num_clean < self._limit:
            return
        self._standing = _Standing.HELD
        if self._step or self._limit >= self._config.max_limit:
            return
        room = self._refused_at - 1 - self._limit
        if room > 0:
            self._raise(max(1, min(room, self._limit) // 4))
        elif self._num_clean >= self._limit * self._config.quiet_rounds:
            self._raise(1)
            self._step, self._goal = 2, self._config.max_limit

    def _refuse(self, ticket: Ticket, now: float, retry_after_s: float) -> None:
        if ticket.level < self._cut_level:
            if now < self._paused_until:
                self._pause(now, retry_after_s)
            if self._in_flight < self._limit:
                self._limit = self._step = max(1, self._in_flight)
                self._full_since = None
        elif self._standing is _Standing.TRIED:
            held = self._standing_below is _Standing.HELD
            self._cut(min(self._limit_below, self._limit - 1), _Standing.HELD if held else _Standing.DOUBTFUL)
        else:
            self._recent.append(Outcome.REFUSED)
            self._num_clean = 0
            forgiven = self._config.strays if self._standing is _Standing.HELD else self._config.strays // 2
            if self._recent.count(Outcome.REFUSED) > forgiven:
                self._pause(now, retry_after_s)
                self._cut(int(self._limit * self._config.cut_factor), _Standing.DOUBTFUL)

    def _cut(self, limit: int, standing: _Standing) -> None:
        self._refused_at = self._limit
        self._step = 0
        self._move(max(1, limit), standing)
        self._goal = self._limit
        self._cut_level = self._level
        self._num_cuts += 1

    def _pause(self, now: float, retry_after_s: float) -> None:
        wait_s = retry_after_s * (1 + self._draw.uniform(0, self._config.jitter))
        self._paused_until = max(self._paused_until, now + wait_s)
