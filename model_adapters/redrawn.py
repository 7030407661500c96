"""What neither stayed nor moved: it was drawn anew. As text it is measured as lettering; as lines it is a frame."""

from math import log
from typing import Final, NamedTuple

import numpy as np
from scipy import ndimage

from model_adapters.findings import Finding
from model_adapters.lettering import Lettering, measure_lettering
from model_adapters.motion import Motion
from model_adapters.patches import Mask, Patch, bounding_box
from schemas.records import Box

CLUSTER_PX: Final = (13, 25)
"""Reach, rows and columns, within which altered pixels belong together: over a line's and over a word's gap."""
DENSE: Final = 0.35
"""Share of a cluster's changed detail that must be unexplained before it counts as drawn anew, 0..1."""
LINE_PX: Final = 28
"""Length from which a thin piece is an edge rather than a stroke of a letter, px."""
MIN_PX: Final = 24
"""Unexplained detail from which something was drawn anew, px of both images."""


class _Ratios(NamedTuple):
    """New over old measures of one piece of text; `gap` is a difference, px."""

    line: float
    stroke: float
    ink: float
    width: float
    glyphs: float
    gap: float
    same_lines: bool


def find_redrawn_text(patch: Patch, motion: Motion) -> Finding | None:
    """Find text that was drawn anew: bolder, larger, spaced out, or with other letters."""
    redrawn = _without_lines(motion.altered_before) | _without_lines(motion.altered_after)
    level = np.zeros_like(redrawn)
    for move in motion.moves:
        if abs(move.dy) <= 1:
            level |= move.mask
    box = _largest_cluster(redrawn, level)
    if box is None or not _is_dense(redrawn, motion, box):
        return None
    place = Box(box.x + patch.left, box.y + patch.top, box.w, box.h)
    ratios = _compare(patch, box)
    effect, direction = ("text", None) if ratios is None else read_ratios(ratios)
    # New wording seldom moves whole blocks up or down; room around something does.
    if effect == "text" and sum(move.num_px for move in motion.moves if abs(move.dy) > 1) > 2 * redrawn.sum():
        return None
    return Finding(effect=effect, box=place, direction=direction)


def find_frame(patch: Patch, motion: Motion) -> Finding | None:
    """Find straight lines around something that were drawn anew while its content moved: a border's width."""
    altered = motion.altered_before | motion.altered_after
    lines = _lines(motion.altered_before) | _lines(motion.altered_after)
    box = bounding_box(lines)
    if box is None or min(box.w, box.h) < 12 or lines.sum() < max(box.w + box.h, 0.6 * altered.sum()):
        return None
    place = Box(box.x + patch.left, box.y + patch.top, box.w, box.h)
    old, new = (np.abs(image - patch.ground).sum(axis=2)[lines].mean() for image in (patch.before, patch.after))
    return Finding(effect="border", box=place, direction="increase" if new > old else "decrease")


def read_ratios(ratios: _Ratios) -> tuple[str, str | None]:
    """Name the kind of redrawing. Thresholds: measured on composed pages, Inter and Noto, 12-48 px."""
    grew = "increase" if ratios.ink > 1 else "decrease"
    # Ink grows with more than the height of a line; a word that lost its one long letter keeps its ink.
    if ratios.same_lines and abs(ratios.line - 1) > 0.065 and log(ratios.ink) / log(ratios.line) > 1.2:
        return "size", grew
    if abs(ratios.gap) > 0.45 and abs(ratios.ink - 1) < 0.1:
        return "letter_spacing", "increase" if ratios.gap > 0 else "decrease"
    if ratios.glyphs < 0.7 and ratios.width < 1.01 and ratios.ink < 1.1:
        return "letter_spacing", "decrease"
    if (ratios.ink > 1.1 and ratios.stroke > 1.045) or (ratios.ink < 0.92 and ratios.stroke < 0.975):
        return "weight", grew
    return "text", None


def _compare(patch: Patch, box: Box) -> _Ratios | None:
    window = (slice(max(box.y - 3, 0), box.y + box.h + 3), slice(max(box.x - 3, 0), box.x + box.w + 3))
    old, new = measure_lettering(patch.before[window]), measure_lettering(patch.after[window])
    return None if old is None or new is None else _ratios(old, new)


def _ratios(old: Lettering, new: Lettering) -> _Ratios:
    return _Ratios(
        line=new.line_px / old.line_px,
        stroke=new.stroke_px / old.stroke_px,
        ink=new.ink_px / old.ink_px,
        width=new.width_px / old.width_px,
        glyphs=new.num_glyphs / max(old.num_glyphs, 1),
        gap=new.gap_px - old.gap_px,
        same_lines=new.num_lines == old.num_lines,
    )


def _largest_cluster(redrawn: Mask, level: Mask) -> Box | None:
    """Return the box of the largest cluster of redrawn pixels, with what moved along its lines."""
    both = redrawn | level
    labels, count = ndimage.label(ndimage.maximum_filter(both, CLUSTER_PX))
    if not count:
        return None
    sizes = ndimage.sum_labels(redrawn, labels, range(1, count + 1))
    return bounding_box((labels == int(np.argmax(sizes)) + 1) & both)


def _is_dense(redrawn: Mask, motion: Motion, box: Box) -> bool:
    window = (slice(box.y, box.y + box.h), slice(box.x, box.x + box.w))
    count = int(redrawn[window].sum())
    moved = sum(int(move.mask[window].sum()) for move in motion.moves if abs(move.dy) > 1)
    return count >= MIN_PX and count > DENSE * (count + moved)


def _lines(mask: Mask) -> Mask:
    """Keep the pieces that are long and thin: edges of boxes, not glyphs."""
    labels, _ = ndimage.label(mask, np.ones((3, 3), dtype=bool))
    kept = np.zeros_like(mask)
    for label, place in enumerate(ndimage.find_objects(labels), start=1):
        if max(part.stop - part.start for part in place) <= LINE_PX:
            continue
        piece = labels[place] == label
        if _is_hollow(piece):
            kept[place] |= piece
    return kept


def _is_hollow(piece: Mask) -> bool:
    """Tell whether a piece keeps to its box's outline: a straight line, an angle or a frame."""
    if min(piece.shape) <= 12:
        return bool(min(piece.shape) <= 6)
    return bool(piece[6:-6, 6:-6].sum() < 0.08 * piece.sum())


def _without_lines(mask: Mask) -> Mask:
    return mask & ~_lines(mask)
