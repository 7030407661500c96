"""Which split each group of rows goes to: a pure function of rows, shares and seed; the order of rows is no matter."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple


class Row(NamedTuple):
    """What is asked of a row when it is assigned."""

    pair_id: str
    cell: tuple[str, str]
    """Operator and tier; for a control its kind and `benign`, for others twice its `task_type`."""
    domain: str


class Tally:
    """Count the rows of each stratum in every split, beside those that it is due."""

    def __init__(self, strata: Iterable[object], shares: Sequence[Fraction]) -> None:
        self.due = Counter(strata)
        self.whole = lcm(*(share.denominator for share in shares))
        self.weights = [int(share * self.whole) for share in shares]
        self.has: defaultdict[object, list[int]] = defaultdict(lambda: [0] * len(shares))

    def add(self, split: int, rows: Mapping[object, int]) -> None:
        """Count a group's rows, by stratum, in a split."""
        for stratum, num in rows.items():
            self.has[stratum][split] += num

    def shortage(self, split: int, rows: Mapping[object, int]) -> int:
        """Return how many rows the split lacks in a group's strata, times `whole`; summed over the group's rows."""
        return sum(
            num * (self.due[stratum] * self.weights[split] - self.has[stratum][split] * self.whole)
            for stratum, num in rows.items()
        )

    def misses(self, split: int, rows: Mapping[object, int]) -> int:
        """Return how many rows would end up away from their stratum's share, were the group to go to the split.

        A share is met where it is off by less than one row: no split has more than its share rounded up, and enough
        rows are left for each to get its share rounded down.
        """
        return sum(self._misses(split, stratum, num) for stratum, num in rows.items())

    def _misses(self, split: int, stratum: object, num: int) -> int:
        has, total = list(self.has[stratum]), self.due[stratum]
        most = -(-total * self.weights[split] // self.whole)
        too_many = max(0, has[split] + num - most) - max(0, has[split] - most)
        has[split] += num
        least = (total * weight // self.whole for weight in self.weights)
        unmet = sum(max(0, low - count) for low, count in zip(least, has, strict=True))
        return too_many + max(0, unmet - (total - sum(has)))


def assign(rows: Sequence[Row], groups: Sequence[int], shares: Mapping[str, Fraction], seed: int) -> list[str]:
    """Return each row's split; rows of one group share it.

    Groups take their turn by size, the largest first, equals in an order drawn by the seed. Each goes where its cells,
    then where all rows stay within a row of their shares; of several such splits, to the one that lacks most in the
    group's domains, then over all. shares: by split, each above 0, 1 in all.
    """
    names = list(shares)
    members: defaultdict[int, list[Row]] = defaultdict(list)
    for row, group in zip(rows, groups, strict=True):
        members[group].append(row)
    cells, domains, everything = (
        Tally(strata, list(shares.values()))
        for strata in ((row.cell for row in rows), (row.domain for row in rows), (None for _ in rows))
    )
    chosen: dict[int, str] = {}
    for group in _in_turn(members, seed):
        own_cells = Counter[object](row.cell for row in members[group])
        own_domains = Counter[object](row.domain for row in members[group])
        own = Counter[object]({None: len(members[group])})
        keys = [
            (
                cells.misses(place, own_cells),
                everything.misses(place, own),
                -domains.shortage(place, own_domains),
                -everything.shortage(place, own),
            )
            for place in range(len(names))
        ]
        split = keys.index(min(keys))
        for tally, counts in ((cells, own_cells), (domains, own_domains), (everything, own)):
            tally.add(split, counts)
        chosen[group] = names[split]
    return [chosen[group] for group in groups]


def _in_turn(members: Mapping[int, Sequence[Row]], seed: int) -> list[int]:
    order = sorted(members, key=lambda group: min(row.pair_id for row in members[group]))
    random.Random(seed).shuffle(order)
    return sorted(order, key=lambda group: -len(members[group]))
