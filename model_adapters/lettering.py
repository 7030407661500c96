"""What a piece of text looks like: height of its lines, thickness of its strokes, number of its glyphs.

It measures letters without reading them.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from scipy import ndimage

from model_adapters.patches import Levels, Mask

INK: Final = 0.35
"""Coverage from which a pixel counts as ink when lines and glyphs are told apart, 0..1."""

STROKE_PX: Final = (25, 25)
"""Thickest stroke that counts as lettering rather than as a fill, px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """Hold measures of the text in one window of one image."""

    line_px: float
    """Height of a line's ink, px: the mean over lines, weighted by ink."""
    num_lines: int
    stroke_px: float
    """Mean thickness of the strokes, px: twice the ink over its outline's length."""
    ink_px: float
    """Covered area, square px."""
    width_px: float
    """Width of all ink, px."""
    gap_px: float
    """Mean gap between neighbouring glyphs of a word, px."""
    num_glyphs: int
    """Connected pieces of ink."""


def measure_lettering(window: Levels, zone: Mask) -> Lettering | None:
    """Measure those glyphs of a window (h, w, 3) that the zone (h, w) touches; None where there is no ink."""
    raised = _touched(_raised(window.mean(axis=2)), zone)
    strongest = float(np.percentile(raised[raised > 8], 92)) if (raised > 8).any() else 0.0
    if strongest < 16:
        return None
    ink = np.clip(raised / strongest, 0.0, 1.0)
    ink[ink < 0.06] = 0.0
    solid = ink > INK
    if not solid.any():
        return None
    lines = _runs(np.asarray(solid.any(axis=1)))
    heights = [end - start for start, end in lines]
    slope_y, slope_x = np.gradient(np.pad(ink, 1))
    outline = float(np.hypot(slope_y, slope_x).sum())
    columns = np.flatnonzero(solid.any(axis=0))
    return Lettering(
        line_px=float(np.average(heights, weights=[float(solid[start:end].sum()) for start, end in lines])),
        num_lines=len(lines),
        stroke_px=2 * float(ink.sum()) / max(outline, 1.0),
        ink_px=float(ink.sum()),
        width_px=float(columns[-1] - columns[0] + 1),
        gap_px=_mean_gap(solid, lines),
        num_glyphs=int(ndimage.label(ink > 0.5, np.ones((3, 3)))[1]),
    )


def _raised(grey: Levels) -> Levels:
    """Return how far thin things stand out of their ground, levels (a top-hat), so that a ground may be a gradient.

    Ink covers less than its ground: where the mean lies below the median, the ink is the darker.
    """
    if grey.mean() < np.median(grey):
        raised: Levels = ndimage.grey_closing(grey, STROKE_PX) - grey
    else:
        raised = grey - ndimage.grey_opening(grey, STROKE_PX)
    return raised


def _touched(raised: Levels, zone: Mask) -> Levels:
    """Keep the pieces that the zone touches."""
    labels, count = ndimage.label(raised > 8, np.ones((3, 3), dtype=bool))
    held = np.bincount(labels[zone], minlength=count + 1) > 0
    held[0] = False
    return np.asarray(raised * held[labels], dtype=np.float32)


def _runs(flags: Mask) -> list[tuple[int, int]]:
    """Return start and end of every run of set flags."""
    steps = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def _mean_gap(solid: Mask, lines: list[tuple[int, int]]) -> float:
    """Return the mean gap, px, over the gaps that are narrower than a third of their line's height."""
    gaps = []
    for top, bottom in lines:
        columns = _runs(np.asarray(solid[top:bottom].any(axis=0)))
        widths = [start - end for (_, end), (start, _) in pairwise(columns)]
        gaps += [width for width in widths if width <= max(0.45 * (bottom - top), 2)]
    return float(np.mean(gaps)) if gaps else 0.0
