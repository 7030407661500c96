"""Chance that falls the same on every machine and Python version."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draw from a seed by `Random.random` alone: its sequence is documented as stable, `choice` and `sample` aren't."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, limit: int) -> int:
        """Return an integer in 0..limit-1."""
        return int(self._random.random() * limit)

    def between(self, low: int, high: int, step: int = 1) -> int:
        """Return one of low, low + step, ... up to `high` (included where it lies on the grid)."""
        return low + step * self.below((high - low) // step + 1)

    def chance(self, share: float) -> bool:
        """Return true in `share` (0..1) of the calls."""
        return self._random.random() < share

    def choose(self, items: Sequence[T]) -> T:
        """Return one item."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[T], num: int) -> list[T]:
        """Return `num` items at most, each position once, in random order."""
        pool = list(items)
        return [pool.pop(self.below(len(pool))) for _ in range(min(num, len(pool)))]
