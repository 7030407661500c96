"""What merely moved: displacements under which pieces of the first image reappear in the second.

Candidates are the peaks of a cross-correlation (J. P. Lewis, "Fast Normalized Cross-Correlation", 1995; here
plain, over high-passed grey levels); each is then checked pixel by pixel.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import fft, ndimage

from model_adapters.patches import Levels, Mask, Patch

DETAIL_LEVELS: Final = 20
"""Range of grey levels within 3x3 px from which a pixel counts as detail (edge of a glyph, a line, a fill)."""
MATCH_LEVELS: Final = 24
"""Grey difference up to which a moved pixel counts as the same, levels."""
MAX_MOVES: Final = 6
MAX_TRIES: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Say that what changed at `mask` in the second image stood at `origin` in the first, (`dx`, `dy`) px before."""

    dx: int
    dy: int
    mask: Mask
    origin: Mask
    num_px: int
    """Detail pixels that it explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Hold the moves found in a patch and what they leave unexplained."""

    moves: tuple[Move, ...]
    altered_before: Mask
    """Changed detail of the first image that reappears nowhere."""
    altered_after: Mask
    """Changed detail of the second image that stood nowhere."""
    moved_share: float
    """Share, 0..1, of the changed detail of both images that moves explain."""


def find_motion(patch: Patch) -> Motion:
    """Explain as much of the changed detail as displacements can, the most telling first."""
    before, after = patch.before.mean(axis=2), patch.after.mean(axis=2)
    near = ndimage.binary_dilation(patch.changed, iterations=1)
    rest_before, rest_after = detail_mask(before) & near, detail_mask(after) & near
    total = int(rest_before.sum() + rest_after.sum())
    moves: list[Move] = []
    for dx, dy in _candidates(before, after, rest_before, rest_after):
        here = _reappears(before, after, dx, dy)
        mask = here & rest_after
        if (num_px := int(mask.sum())) >= max(16, 0.03 * total / 2):
            there = _shift(here.astype(np.float32), -dx, -dy) > 0.5
            moves.append(Move(dx=dx, dy=dy, mask=mask, origin=there & rest_before, num_px=num_px))
            rest_before, rest_after = rest_before & ~there, rest_after & ~here
        if len(moves) == MAX_MOVES:
            break
    left = int(rest_before.sum() + rest_after.sum())
    share = 1 - left / total if total else 0.0
    return Motion(moves=tuple(moves), altered_before=rest_before, altered_after=rest_after, moved_share=share)


def _candidates(before: Levels, after: Levels, on_before: Mask, on_after: Mask) -> list[tuple[int, int]]:
    shape = [fft.next_fast_len(int(size * 1.5), real=True) for size in before.shape]
    one = fft.rfft2(_high_pass(before, on_before), shape)
    two = fft.rfft2(_high_pass(after, on_after), shape)
    score = fft.irfft2(two * np.conj(one), shape)
    score[0, 0] = 0
    return _peaks(score)


def _peaks(score: Levels) -> list[tuple[int, int]]:
    found = []
    for _ in range(MAX_TRIES):
        y, x = np.unravel_index(int(score.argmax()), score.shape)
        if score[y, x] <= 0:
            break
        found.append((_signed(int(x), score.shape[1]), _signed(int(y), score.shape[0])))
        score[y, x] = 0
    return found


def _signed(offset: int, length: int) -> int:
    return offset - length if offset > length // 2 else offset


def _high_pass(grey: Levels, where: Mask) -> Levels:
    return (grey - ndimage.uniform_filter(grey, 7)) * where


def detail_mask(grey: Levels) -> Mask:
    """Tell, pixel by pixel, whether grey levels (h, w) vary: an edge of a glyph, a line or a fill."""
    return (ndimage.maximum_filter(grey, 3) - ndimage.minimum_filter(grey, 3)) > DETAIL_LEVELS


def _reappears(before: Levels, after: Levels, dx: int, dy: int) -> Mask:
    """Tell which pixels of the second image stood (dx, dy) px away in the first, changed or not."""
    same = np.abs(after - _shift(before, dx, dy, fill=-999.0)) <= MATCH_LEVELS
    # A lone pixel matches by chance; a 5x5 neighbourhood with detail in it hardly does.
    solid = ndimage.uniform_filter(same.astype(np.float32), 5) > 0.9
    return np.asarray(ndimage.binary_dilation(solid) & same, dtype=bool)


def _shift(array: Levels, dx: int, dy: int, fill: float = 0.0) -> Levels:
    moved = np.full_like(array, fill)
    height, width = array.shape
    if abs(dx) < width and abs(dy) < height:
        source = array[max(-dy, 0) : height - max(dy, 0), max(-dx, 0) : width - max(dx, 0)]
        moved[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = source
    return moved
