"""How far the text goes on which a change was found: its whole line, and lines of the same make above and below."""

from typing import Final

import numpy as np

from model_adapters.patches import Levels, Pixels
from schemas.records import Box

INK_LEVELS: Final = 24
"""Range of grey levels in a column or row from which it holds ink."""
WORD_GAP: Final = 0.7
"""Widest gap within a line, as a share of its ink's height."""


def extend_line(before: Pixels, after: Pixels, box: Box) -> Box:
    """Widen a box to the text line that it lies on, in both images of one size."""
    rows = slice(box.y, box.y + box.h)
    ink = np.maximum(_spread(before[rows]), _spread(after[rows])) > INK_LEVELS
    gap = max(round(WORD_GAP * min(box.h, 24)), 4)
    left, right = _reach(ink[: box.x][::-1], gap), _reach(ink[box.x + box.w :], gap)
    return Box(box.x - left, box.y, box.w + left + right, box.h)


def _spread(band: Pixels) -> Levels:
    grey = band.astype(np.float32).mean(axis=2)
    return np.asarray(grey.max(axis=0) - grey.min(axis=0), dtype=np.float32)


def _reach(ink: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], gap: int) -> int:
    """Return how far inked columns go from the start without a blank run longer than the gap, px."""
    columns = np.flatnonzero(ink)
    if not columns.size or columns[0] > gap:
        return 0
    breaks = np.flatnonzero(np.diff(columns) > gap + 1)
    return int(columns[breaks[0]] if breaks.size else columns[-1]) + 1
