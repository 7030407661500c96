"""Read a patch in which things moved or were drawn anew: text, spacing, alignment, position.

First what merely moved is set apart; what is left was drawn anew and is measured as lettering.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from scipy import ndimage

from model_adapters.findings import Finding
from model_adapters.items import find_alignment
from model_adapters.motion import Motion, Move
from model_adapters.patches import Mask, Patch, bounding_box
from model_adapters.redrawn import find_frame, find_redrawn_text
from schemas.records import Box

STEADY: Final = 0.75
"""Share of changed detail that moves must explain before a change is read as mere motion, 0..1."""
FOLLOWERS: Final = 1.7
"""Ink of the first or last group of lines, over the mean of the others, from which it is no line of the text."""
WORD_GAP_PX: Final = 15
"""Reach within which pieces belong to one object, px."""
WHOLE: Final = 0.93
"""Share from which nothing but the move happened: a redrawn letter of a word leaves a tenth and more, 0..1."""


def find_shift(patch: Patch, motion: Motion) -> Finding:
    """Say what kind of shift or redrawing the patch shows; effect "" where nothing fits."""
    for test in (find_frame, _find_line_spacing, find_alignment, _find_lone_move, find_redrawn_text, _find_spacing):
        finding = test(patch, motion)
        if finding is not None:
            return finding
    return Finding(effect="", box=patch.box)


def _find_line_spacing(patch: Patch, motion: Motion) -> Finding | None:
    """Find lines that kept their shape and moved up or down by distances that grow (or fall) from line to line."""
    if motion.moved_share < STEADY or len(motion.moves) < 2 or any(move.dx for move in motion.moves):
        return None
    ordered = sorted(motion.moves, key=_middle)
    steps = [two.dy - one.dy for one, two in pairwise(ordered)]
    offsets = sorted((move.dy for move in motion.moves), key=abs)
    if not (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
        return None
    # Padding and border widths push by n at the start and by 2n at the end; so does a box that grows about its middle.
    if len(offsets) == 2 and (offsets[0] * offsets[1] < 0 or (offsets[1] == 2 * offsets[0] and abs(offsets[0]) > 3)):
        return None
    box = bounding_box(np.logical_or.reduce([move.mask for move in _without_followers(ordered)]))
    place = patch.box if box is None else Box(box.x + patch.left, box.y + patch.top, box.w, box.h)
    return Finding(effect="line_spacing", box=place, direction="increase" if steps[0] > 0 else "decrease")


def _middle(move: Move) -> float:
    """Return the row below which half of the moved pixels lie."""
    return float(np.median(np.flatnonzero(move.mask) // move.mask.shape[1]))


def _without_followers(lines: list[Move]) -> list[Move]:
    """Drop what stands above and below the text: it holds more than a line."""
    if len(lines) > 2 and lines[-1].num_px > FOLLOWERS * np.mean([line.num_px for line in lines[:-1]]):
        lines = lines[:-1]
    # Only where the text grew about its middle does something above it move, and the other way.
    is_mixed = lines[0].dy * lines[-1].dy < 0
    if is_mixed and len(lines) > 2 and lines[0].num_px > FOLLOWERS * np.mean([line.num_px for line in lines[1:]]):
        lines = lines[1:]
    return lines


def _find_lone_move(patch: Patch, motion: Motion) -> Finding | None:
    """Find one thing that moved as a whole, with nothing after it."""
    if len(motion.moves) != 1 or motion.moved_share < WHOLE:
        return None
    (move,) = motion.moves
    if _num_objects(patch, move.mask) > 1:
        return None
    if abs(move.dx) >= abs(move.dy):
        direction = "right" if move.dx > 0 else "left"
    else:
        direction = "down" if move.dy > 0 else "up"
    return Finding(effect="position", box=patch.box, direction=direction, distance_px=max(abs(move.dx), abs(move.dy)))


def _find_spacing(patch: Patch, motion: Motion) -> Finding | None:
    """Find several things that moved and kept their look: something pushed or pulled them."""
    if not motion.moves:
        return None
    main = max(motion.moves, key=lambda move: move.num_px)
    direction = "increase" if main.dx + main.dy > 0 else "decrease"
    distance = max(abs(main.dx), abs(main.dy))
    return Finding(effect="space", box=patch.box, direction=direction, distance_px=distance)


def _num_objects(patch: Patch, moved: Mask) -> int:
    """Count the objects on the ground, a word gap apart, that hold a fair share of the moved pixels."""
    figure = np.abs(patch.after - patch.ground).max(axis=2) > 10
    solid = ndimage.maximum_filter(ndimage.binary_fill_holes(figure), WORD_GAP_PX)
    labels, count = ndimage.label(solid)
    held = np.bincount(labels[moved], minlength=count + 1)[1:]
    return int((held > 0.03 * moved.sum()).sum())
