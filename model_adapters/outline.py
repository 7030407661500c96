"""Changes confined to a box's outline: its corners, or its border."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model_adapters.findings import Finding
from model_adapters.patches import Levels, Mask, Patch

MAX_RADIUS_PX: Final = 80
MAX_BORDER_PX: Final = 10
OUTERMOST_PX: Final = 2
"""Outermost rows of a changed frame that must have changed along every side, px."""
MAX_LINE_PX: Final = 6
"""Thickest changed strip that counts as a line rather than as text, px."""
PLAIN_LEVELS: Final = 14.0
"""Distance up to which a pixel counts as of the neighbouring fill's colour, levels."""


class _Edges(NamedTuple):
    """Distances of the changed pixels to the nearest vertical and horizontal side of their box, px."""

    across: NDArray[np.int64]
    down: NDArray[np.int64]


def find_corners(patch: Patch) -> Finding | None:
    """Find a change in all four corners of a box, outside the arc that rounds them, and nowhere else."""
    mask, old, new = patch.changed[patch.inner], patch.before[patch.inner], patch.after[patch.inner]
    edges = _edges(mask)
    radius = max(float(np.percentile(np.maximum(edges.across, edges.down), 99)), 2.0)
    if radius > min(MAX_RADIUS_PX, 0.55 * min(mask.shape)) or not _in_all_corners(mask, radius):
        return None
    arc = np.hypot(radius - np.minimum(edges.across, radius), radius - np.minimum(edges.down, radius))
    if float((arc >= 0.72 * radius).mean()) < 0.93:
        return None
    return Finding(effect="corners", box=patch.box, direction=_rounding(patch, mask, edges, old, new))


def find_border(patch: Patch) -> Finding | None:
    """Find a change in a frame along the sides of a box, or in one straight line, and nothing inside."""
    mask, old, new = patch.changed[patch.inner], patch.before[patch.inner], patch.after[patch.inner]
    height, width = mask.shape
    if min(height, width) <= MAX_LINE_PX:
        if max(height, width) < 8 * min(height, width) or mask.mean() < 0.4:
            return None
        return _border_finding(patch, mask, old, new, patch.ground)
    edges = _edges(mask)
    depth = int(np.percentile(np.minimum(edges.across, edges.down), 99.5)) + 1
    if depth > min(MAX_BORDER_PX, 0.3 * min(height, width)) or min(_coverage(mask, min(depth, OUTERMOST_PX))) < 0.35:
        return None
    return _border_finding(patch, mask, old, new, _fill(new, depth))


def _border_finding(patch: Patch, mask: Mask, old: Levels, new: Levels, fill: Levels) -> Finding:
    was_plain, is_plain = (_plain_share(image[mask], fill, patch.ground) for image in (old, new))
    if was_plain > 0.6 and is_plain < 0.5:
        direction = "increase"
    elif is_plain > 0.6 and was_plain < 0.5:
        direction = "decrease" if min(_coverage(mask, MAX_BORDER_PX)) > 0.85 else "restyle"
    else:
        direction = "recolor" if max(was_plain, is_plain) < 0.3 else "restyle"
    return Finding(effect="border", box=patch.box, direction=direction)


def _edges(mask: Mask) -> _Edges:
    y, x = np.nonzero(mask)
    height, width = mask.shape
    return _Edges(across=np.minimum(x, width - 1 - x), down=np.minimum(y, height - 1 - y))


def _in_all_corners(mask: Mask, radius: float) -> bool:
    size = int(radius) + 1
    counts = [
        int(part.sum()) for part in (mask[:size, :size], mask[:size, -size:], mask[-size:, :size], mask[-size:, -size:])
    ]
    return min(counts) >= 2 and max(counts) <= 4 * min(counts) + 8 and sum(counts) >= 0.97 * mask.sum()


def _rounding(patch: Patch, mask: Mask, edges: _Edges, old: Levels, new: Levels) -> str:
    """Compare the outermost changed pixels with the ground: rounder corners show more of it."""
    reach = edges.across + edges.down
    outer = reach <= np.percentile(reach, 35)
    was, now = (np.abs(image[mask][outer] - patch.ground).sum() for image in (old, new))
    return "increase" if now < was else "decrease"


def _coverage(mask: Mask, depth: int) -> tuple[float, float, float, float]:
    """Return the share of each side's length along which its band changed."""
    return (
        float(mask[:depth].any(axis=0).mean()),
        float(mask[-depth:].any(axis=0).mean()),
        float(mask[:, :depth].any(axis=1).mean()),
        float(mask[:, -depth:].any(axis=1).mean()),
    )


def _fill(image: Levels, depth: int) -> Levels:
    inner = image[depth + 1 : depth + 4, depth + 4 : -depth - 4].reshape(-1, 3)
    colour: Levels = np.median(inner if inner.size else image.reshape(-1, 3), axis=0)
    return colour


def _plain_share(colours: Levels, fill: Levels, ground: Levels) -> float:
    distance = np.minimum(np.abs(colours - fill).max(axis=1), np.abs(colours - ground).max(axis=1))
    return float((distance < PLAIN_LEVELS).mean())
