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
    old, new = _without_lines(motion.altered_before), _without_lines(motion.altered_after)
    level = [move for move in motion.moves if abs(move.dy) <= 1]
    old_text = old | _without_lines(_union([move.origin for move in level], old))
    new_text = new | _without_lines(_union([move.mask for move in level], new))
    cluster = _largest_cluster(old | new, old_text | new_text)
    if cluster is None or not _is_dense(old | new, motion, cluster):
        return None
    box = bounding_box(cluster)
    assert box is not None
    ratios = _compare(patch, box, old_text & cluster, new_text & cluster)
    effect, direction = ("text", None) if ratios is None else read_ratios(ratios)
    # New wording seldom moves whole blocks up or down; room around something does.
    if effect == "text" and sum(move.num_px for move in motion.moves if abs(move.dy) > 1) > 2 * (old | new).sum():
        return None
    return Finding(effect=effect, box=Box(box.x + patch.left, box.y + patch.top, box.w, box.h), direction=direction)


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
    # Glyphs may enter or leave the window; what one glyph holds doesn't change with the space between them.
    per_glyph = ratios.ink / max(ratios.glyphs, 0.1)
    is_same_ink = min(abs(ratios.ink - 1), abs(per_glyph - 1)) < 0.08
    if abs(ratios.gap) > 0.45 and is_same_ink:
        return "letter_spacing", "increase" if ratios.gap > 0 else "decrease"
    if ratios.glyphs < 0.7 and ratios.width < 1.01 and ratios.ink < 1.1:
        return "letter_spacing", "decrease"
    if (ratios.ink > 1.07 and ratios.stroke > 1.045) or (ratios.ink < 0.92 and ratios.stroke < 0.975):
        return "weight", grew
    return "text", None


def _compare(patch: Patch, box: Box, old_text: Mask, new_text: Mask) -> _Ratios | None:
    """Measure the same window of both images, but only near the text that was drawn anew."""
    window = (slice(max(box.y - 3, 0), box.y + box.h + 3), slice(max(box.x - 3, 0), box.x + box.w + 3))
    old = measure_lettering(patch.before[window], old_text[window])
    new = measure_lettering(patch.after[window], new_text[window])
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


def _union(masks: list[Mask], like: Mask) -> Mask:
    return np.logical_or.reduce(masks) if masks else np.zeros_like(like)


def _largest_cluster(redrawn: Mask, text: Mask) -> Mask | None:
    """Return the text pixels of the cluster that holds most redrawn pixels."""
    labels, count = ndimage.label(ndimage.maximum_filter(text, CLUSTER_PX))
    if not count:
        return None
    sizes = np.bincount(labels[redrawn], minlength=count + 1)
    cluster: Mask = (labels == int(np.argmax(sizes[1:])) + 1) & text
    return cluster


def _is_dense(redrawn: Mask, motion: Motion, cluster: Mask) -> bool:
    box = bounding_box(cluster)
    assert box is not None
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
