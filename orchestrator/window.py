"""How fast counts grow. Pure: moments come from the caller."""

from collections import deque
from collections.abc import Mapping
from typing import Final

SPAN_S: Final = 60.0


class Window:
    """Keep samples of counts that only grow, over the last minute."""

    def __init__(self, span_s: float = SPAN_S) -> None:
        self._span_s = span_s
        self._samples: deque[tuple[float, dict[str, float]]] = deque()
        self._began: dict[str, tuple[float, float]] = {}

    def add(self, now: float, counts: Mapping[str, float]) -> None:
        """Take a sample of every count."""
        if self._samples:
            before_s, before = self._samples[-1]
            for name, count in counts.items():
                if name not in self._began and count > before.get(name, 0):
                    self._began[name] = (before_s, before.get(name, 0))
        self._samples.append((now, dict(counts)))
        while len(self._samples) > 1 and self._samples[1][0] <= now - self._span_s:
            self._samples.popleft()

    def rate(self, name: str) -> float | None:
        """Return the growth per second over the last minute, or since it began within it; None before any passed."""
        if not self._samples:
            return None
        (first_s, counts), (last_s, last) = self._samples[0], self._samples[-1]
        began_s, began = self._began.get(name, (first_s, 0))
        first = began if began_s > first_s else counts.get(name, 0)
        passed_s = last_s - max(first_s, began_s)
        return (last.get(name, 0) - first) / passed_s if passed_s > 0 else None

    def lasting_rate(self, name: str) -> float | None:
        """Return the rate, or where the last minute saw no growth, that since it began; None before it did.

        One call of a model that thinks may take longer than a minute.
        """
        if (rate := self.rate(name)) is not None and rate > 0:
            return rate
        if name not in self._began:
            return None
        began_s, began = self._began[name]
        last_s, last = self._samples[-1]
        return (last[name] - began) / (last_s - began_s)
