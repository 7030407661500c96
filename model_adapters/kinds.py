"""The order in which the tests of kind are asked: the most exact explanation first."""

from dataclasses import replace

import numpy as np
from scipy import ndimage

from model_adapters.extent import extend_line
from model_adapters.findings import Finding
from model_adapters.items import find_alignment, find_odd_item
from model_adapters.motion import find_motion
from model_adapters.outline import find_border, find_corners
from model_adapters.patches import Mask, Patch, Pixels, bounding_box, changed_mask, cut_patch
from model_adapters.repaint import find_fade, find_gradient, find_repaint, is_erased
from model_adapters.shifts import find_shift

TEXTUAL = ("text", "weight", "size", "letter_spacing")
"""Effects on text: they concern the whole line, of which some letters may look the same."""
REACH_PX = 48
"""Unchanged space between two changes from which they may be two, px."""
TOGETHER = 0.7
"""Share of changed detail, explained by moves, from which all changes are read as one reflow, 0..1."""


def read_page(before: Pixels, after: Pixels) -> list[Finding]:
    """Say what changed between two images of one size (h, w, 3), the largest change first."""
    findings = _read_changes(before, after)
    return [
        replace(finding, box=extend_line(before, after, finding.box)) if finding.effect in TEXTUAL else finding
        for finding in findings
    ]


def _read_changes(before: Pixels, after: Pixels) -> list[Finding]:
    """Prefer one explanation of all changed pixels; only where none fits are distant changes read apart."""
    mask = changed_mask(before, after)
    box = bounding_box(mask)
    if box is None:
        return []
    whole = cut_patch(before, after, mask, box)
    finding = read_in_place(whole)
    if finding is not None:
        return [finding]
    groups = _groups(whole.changed)
    if len(groups) == 1:
        return [read_patch(whole)]
    motion = find_motion(whole)
    aligned = find_alignment(whole, motion)
    if aligned is not None:
        return [aligned]
    odd = find_odd_item(whole)
    if odd is not None:
        return [read_patch(cut_patch(before, after, mask, odd))]
    if motion.moved_share >= TOGETHER:
        return [find_shift(whole, motion)]
    return [_read_group(before, after, whole, group) for group in groups]


def read_patch(patch: Patch) -> Finding:
    """Say what kind of change a patch shows; its effect is "" where no test fits."""
    finding = read_in_place(patch)
    return find_shift(patch, find_motion(patch)) if finding is None else finding


def read_in_place(patch: Patch) -> Finding | None:
    """Find a change that leaves everything in its place, or None."""
    for test in (find_corners, find_border, find_fade, find_gradient, find_repaint):
        finding = test(patch)
        if finding is not None:
            return finding
    return Finding(effect="text", box=patch.box, direction="delete") if is_erased(patch) else None


def _groups(changed: Mask) -> list[Mask]:
    """Split changed pixels into groups that lie farther apart than the reach, the largest first."""
    labels, count = ndimage.label(ndimage.maximum_filter(changed, REACH_PX))
    groups = [changed & (labels == label) for label in range(1, count + 1)]
    return sorted(groups, key=lambda group: -int(np.count_nonzero(group)))


def _read_group(before: Pixels, after: Pixels, whole: Patch, group: Mask) -> Finding:
    mask = np.zeros(before.shape[:2], dtype=bool)
    mask[whole.top : whole.top + group.shape[0], whole.left : whole.left + group.shape[1]] = group
    box = bounding_box(mask)
    assert box is not None
    return read_patch(cut_patch(before, after, mask, box))
