"""Which of many pages belong together: rows of one page, and pages that look alike; exact, but not all against all.

Two hashes of 256 bits that differ in at most d agree wholly on at least one of d + 1 bands of bits (d differing bits
can't touch d + 1 bands), so only hashes that share a band are compared.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

_Places = npt.NDArray[np.intp]
_Bits = npt.NDArray[np.uint8]
_Words = npt.NDArray[np.uint64]

_HASH_BYTES: Final = 32
_COMPARED_AT_ONCE: Final = 1 << 20
"""Pairs of hashes compared at once; 8 MB of memory."""


class Forest:
    """Union-find over places 0..num-1; a group is known by its lowest place."""

    def __init__(self, num: int) -> None:
        self._above: _Places = np.arange(num)

    def tops(self, places: _Places) -> _Places:
        """Return the lowest place of each one's group."""
        above = self._above[places]
        while not np.array_equal(above, higher := self._above[above]):
            above = higher
        self._above[places] = above
        return above

    def join(self, one: int, other: int) -> None:
        """Make one group of two places' groups."""
        low, high = sorted((self._top(one), self._top(other)))
        self._above[high] = low

    def _top(self, place: int) -> int:
        while (above := int(self._above[place])) != place:
            self._above[place] = self._above[above]
            place = above
        return place


def group(pages: Sequence[str], looks: Sequence[str], max_distance: int) -> list[int]:
    """Return for each row the place of its group's first row.

    pages: of each row, equal for rows of one page. looks: of each row, 256 bits, hexadecimal (`looks.difference_hash`).
    max_distance: hashes that differ in no more bits are near-duplicates, also by way of others; -1 compares none.
    """
    forest = Forest(len(pages))
    first: dict[str, int] = {}
    for place, page in enumerate(pages):
        forest.join(place, first.setdefault(page, place))
    if max_distance >= 0 and looks:
        _join_alike(looks, max_distance, forest)
    return [int(top) for top in forest.tops(np.arange(len(pages)))]


def _join_alike(looks: Sequence[str], max_distance: int, forest: Forest) -> None:
    raw = np.frombuffer(bytes.fromhex("".join(looks)), np.uint8).reshape(-1, _HASH_BYTES)
    distinct, first, which = np.unique(raw, axis=0, return_index=True, return_inverse=True)
    for place, original in enumerate(first[which.reshape(-1)]):
        forest.join(place, int(original))
    words: _Words = np.ascontiguousarray(distinct).view(np.uint64)
    for shared in _sharing_a_band(np.unpackbits(distinct, axis=1), max_distance + 1):
        _join_close(words[shared], first[shared], max_distance, forest)


def _sharing_a_band(bits: _Bits, num_bands: int) -> Iterator[_Places]:
    """Yield the places of two and more hashes that agree on all bits of a band.

    Bits are dealt to the bands in turn, those that tell most first: screenshots end in blank rows, and a band of
    neighbouring bits would be the same for most of them.
    """
    order = np.argsort(np.abs(bits.mean(axis=0) - 0.5), kind="stable")
    for band in range(num_bands):
        keys = np.packbits(bits[:, order[band::num_bands]], axis=1)
        _, which, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
        sorted_places = np.argsort(which.reshape(-1), kind="stable")
        ends = np.cumsum(counts)
        for bucket in np.flatnonzero(counts > 1):
            yield sorted_places[ends[bucket] - counts[bucket] : ends[bucket]]


def _join_close(words: _Words, places: _Places, max_distance: int, forest: Forest) -> None:
    """Join those hashes that differ in few enough bits; words: shape (n, 4)."""
    step = max(1, _COMPARED_AT_ONCE // len(words))
    for start in range(0, len(words), step):
        rest = words[start:]
        differing = np.zeros((len(rest[:step]), len(rest)), np.uint16)
        for word in range(words.shape[1]):
            differing += np.bitwise_count(rest[:step, None, word] ^ rest[None, :, word])
        ones, others = np.nonzero(differing <= max_distance)
        tops = forest.tops(places[start:])
        apart = tops[ones] != tops[others]
        for one, other in zip(places[start:][ones[apart]], places[start:][others[apart]], strict=True):
            forest.join(int(one), int(other))
