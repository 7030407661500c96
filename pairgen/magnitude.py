"""Whether what is rendered is of the size that the tier says: one measure for each operator that needs one."""

from typing import Final

import numpy as np

from pairgen.images import color_difference, inside
from pairgen.operators.styles import SIDES, font_size_px, line_height_px
from pairgen.operators.tiers import JUSTIFY_PX
from pairgen.rendering import Predicate, Rendering
from schemas.records import Box

MIN_GRADIENT_DELTA_E: Final = 4.0
"""Mean CIEDE2000 over the target's visible box."""
_GAP_TOLERANCE_PX: Final = 1


def magnitude(rendering: Rendering) -> str | None:
    """Reject where what is rendered isn't of the size that the tier says."""
    check = _MEASURES.get(rendering.candidate.operator)
    return check(rendering) if check else None


def _gradient(rendering: Rendering) -> str | None:
    box = rendering.old.visible_box
    assert box is not None
    before, after = (inside(side, box).reshape(-1, 3) for side in (rendering.before_pixels, rendering.after_pixels))
    mean = float(np.mean(color_difference(before, after)))
    return None if mean >= MIN_GRADIENT_DELTA_E else f"mean colour difference {mean:.1f}"


def _justify(rendering: Rendering) -> str | None:
    shift = justify_shift(rendering)
    return None if JUSTIFY_PX[rendering.candidate.tier].holds(shift) else f"a child moves {shift} px"


def justify_shift(rendering: Rendering) -> int:
    """Return how far the child that moves farthest moves, px."""
    return max((_shift(rendering, child) for child in rendering.old.children), default=0)


def _shift(rendering: Rendering, ref: int) -> int:
    assert rendering.after is not None
    old, new = rendering.before.elements[ref].box, rendering.after.elements[ref].box
    return max(abs(old.x - new.x), abs(old.y - new.y))


def _line_height(rendering: Rendering) -> str | None:
    """Ask the lines, not their box, which need not grow; lines of an inline element may stay where its block's are."""
    wanted = rendering.candidate.magnitude * font_size_px(rendering.old) * (rendering.old.num_lines - 1)
    move = abs(rendering.new.lines_span_px - rendering.old.lines_span_px)
    return None if abs(move - wanted) <= _GAP_TOLERANCE_PX else f"all lines move {move:.1f} px, not {wanted:.1f}"


def _spacing(rendering: Rendering) -> str | None:
    """Reject where a padding doesn't show at every side that it changes, as in a box of fixed height."""
    candidate = rendering.candidate
    sides = [side for side in SIDES if side in candidate.property] or list(SIDES)
    wanted = candidate.magnitude * (1 if candidate.direction == "increase" else -1)
    if not candidate.property.startswith("padding"):
        return None
    gaps = _text_gaps(rendering, sides, wanted) if rendering.old.own_text else _child_gaps(rendering, sides)
    off = [side for side, gap in gaps.items() if abs(gap - wanted) > _GAP_TOLERANCE_PX]
    return f"the room at {', '.join(off)} does not follow" if off else None


def _child_gaps(rendering: Rendering, sides: list[str]) -> dict[str, float]:
    """Return how much farther the children stand from each side than before, px."""
    assert rendering.after is not None
    shown = [ref for ref in rendering.old.children if rendering.before.elements[ref].visible_box]
    if not shown:
        return {}
    rooms = [
        _room(side.elements[rendering.old.ref].box, [side.elements[ref].box for ref in shown])
        for side in (rendering.before, rendering.after)
    ]
    return {side: rooms[1][side] - rooms[0][side] for side in sides}


def _room(outer: Box, boxes: list[Box]) -> dict[str, int]:
    return {
        "top": min(box.y for box in boxes) - outer.y,
        "right": outer.x + outer.w - max(box.x + box.w for box in boxes),
        "bottom": outer.y + outer.h - max(box.y + box.h for box in boxes),
        "left": min(box.x for box in boxes) - outer.x,
    }


def _text_gaps(rendering: Rendering, sides: list[str], wanted: float) -> dict[str, float]:
    """Return the same of a text, by how its box follows; where one side of two changed, it need not."""
    old, new = rendering.old.box, rendering.new.box
    grown = {"top": new.h - old.h, "bottom": new.h - old.h, "left": new.w - old.w, "right": new.w - old.w}
    both = [pair for pair in (("top", "bottom"), ("left", "right")) if set(pair) <= set(sides)]
    is_block = rendering.old.num_lines > 1
    return {
        side: grown[side] / 2 if not (is_block and side in ("left", "right")) else wanted
        for pair in both
        for side in pair
    }


def _font_size(rendering: Rendering) -> str | None:
    """Reject letters larger than their line, which lie on what stands above or below."""
    line, size = line_height_px(rendering.new), font_size_px(rendering.new)
    return f"{size:g} px on a line of {line:g} px" if line is not None and line < size else None


_MEASURES: Final[dict[str, Predicate]] = {
    "gradient": _gradient,
    "justify": _justify,
    "line_height": _line_height,
    "spacing": _spacing,
    "font_size": _font_size,
}
