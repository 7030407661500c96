"""Items of a row: pieces of a patch that stand apart, and whether they kept their look and changed their place."""

from itertools import pairwise
from typing import Final

import numpy as np
from scipy import ndimage

from model_adapters.findings import Finding
from model_adapters.motion import Motion, detail_mask
from model_adapters.patches import Levels, Patch
from schemas.records import Box

WORD_GAP_PX: Final = 5
"""Space up to which pieces belong to one item, px."""
SAME_PX: Final = 2
"""Difference in an item's height or row up to which it is the same item, px."""
JUMP_PX: Final = 28
"""Sideways move from which an item is said to be aligned anew rather than nudged, px."""


def find_alignment(patch: Patch, motion: Motion) -> Finding | None:  # noqa: ARG001
    """Find items of a row that stand elsewhere along the row, far off or by different distances, and look the same."""
    old, new = (_items(image, patch) for image in (patch.before, patch.after))
    if not old or len(old) != len(new) or not all(_is_same(one, two) for one, two in zip(old, new, strict=True)):
        return None
    moves = [(two.x + two.w / 2) - (one.x + one.w / 2) for one, two in zip(old, new, strict=True)]
    farthest = max(abs(move) for move in moves)
    is_uneven = len(moves) > 1 and max(moves) - min(moves) > 6
    if farthest < (12 if is_uneven else JUMP_PX):
        return None
    return Finding(effect="alignment", box=patch.box, direction=_direction(old, new, moves))


def find_odd_item(patch: Patch) -> Box | None:
    """Find the one item of a row whose width changed while its neighbours only made room; box in whole-image px."""
    old, new = (_items(image, patch) for image in (patch.before, patch.after))
    if len(old) < 2 or len(old) != len(new):
        return None
    odd = [(one, two) for one, two in zip(old, new, strict=True) if not _is_same(one, two)]
    stay = sum(_is_same(one, two) and abs(one.x - two.x) < 1 for one, two in zip(old, new, strict=True))
    if len(odd) != 1 or stay:
        return None
    ((one, two),) = odd
    left, top = min(one.x, two.x), min(one.y, two.y)
    right, bottom = max(one.x + one.w, two.x + two.w), max(one.y + one.h, two.y + two.h)
    return Box(left + patch.left, top + patch.top, right - left, bottom - top)


def _items(image: Levels, patch: Patch) -> list[Box]:
    """Return the boxes of the changed detail's items, from left to right."""
    near = ndimage.binary_dilation(patch.changed, iterations=1)
    ink = detail_mask(image.mean(axis=2)) & near
    labels, _ = ndimage.label(ndimage.maximum_filter(ink, (2 * WORD_GAP_PX - 1, 2 * WORD_GAP_PX - 1)))
    found = ndimage.find_objects(np.where(ink, labels, 0))
    boxes = [Box(s[1].start, s[0].start, s[1].stop - s[1].start, s[0].stop - s[0].start) for s in found if s]
    return sorted((box for box in boxes if min(box.w, box.h) > 4), key=lambda box: box.x)


def _is_same(one: Box, two: Box) -> bool:
    is_as_wide = abs(one.w - two.w) <= max(SAME_PX, 0.03 * one.w)
    return is_as_wide and abs(one.h - two.h) <= SAME_PX and abs(one.y - two.y) <= SAME_PX


def _direction(old: list[Box], new: list[Box], moves: list[float]) -> str | None:
    """Say where the items went; None where the pixels leave it open."""
    if _spread(new) > _spread(old) + 6:
        return "spread"
    return "start" if all(move < 0 for move in moves) and new[0].x <= 12 else None


def _spread(items: list[Box]) -> float:
    """Return the mean space between neighbours, px."""
    return float(np.mean([two.x - one.x - one.w for one, two in pairwise(items)])) if len(items) > 1 else 0.0
