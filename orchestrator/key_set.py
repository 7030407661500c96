"""A set of keys in 12 to 24 bytes each, where a set of strings takes 200."""

from array import array
from collections.abc import Hashable

_FIRST_SIZE = 64
_FOR_ZERO = 0x9E37_79B9_7F4A_7C15
"""Stands for a hash of 0, which is an empty cell; no small number, whose hash it is."""


class KeySet:
    """Remember which keys were added, by fingerprint: no key comes back out, and none is removed.

    Open addressing, at most two thirds full. Two keys of one 64-bit hash are taken for the same: among a
    million keys with a chance of 3e-8, and not for the same two in the next process, which hashes otherwise.
    """

    def __init__(self) -> None:
        self._cells = array("Q", bytes(8 * _FIRST_SIZE))
        self._len = 0

    def __len__(self) -> int:
        return self._len

    def __contains__(self, key: Hashable) -> bool:
        return self._cells[self._find(_fingerprint(key))] != 0

    def add(self, key: Hashable) -> None:
        """Remember a key."""
        fingerprint = _fingerprint(key)
        place = self._find(fingerprint)
        if self._cells[place] == 0:
            self._cells[place] = fingerprint
            self._len += 1
            if 3 * self._len > 2 * len(self._cells):
                self._grow()

    def _find(self, fingerprint: int) -> int:
        """Return the cell of a fingerprint, or the empty one where it belongs."""
        cells = self._cells
        mask = len(cells) - 1
        place = fingerprint & mask
        while cells[place] not in (0, fingerprint):
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        old = self._cells
        self._cells = array("Q", bytes(16 * len(old)))
        for fingerprint in old:
            if fingerprint:
                self._cells[self._find(fingerprint)] = fingerprint


def _fingerprint(key: Hashable) -> int:
    return hash(key) & 0xFFFF_FFFF_FFFF_FFFF or _FOR_ZERO
