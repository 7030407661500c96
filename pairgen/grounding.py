"""The grounding gate: a rendered change must be visible, local, whole, and of the size its tier says.

Each predicate is a small function that returns None or why the candidate falls; `PIXEL_PREDICATES`
run before the second snapshot is taken, `LAYOUT_PREDICATES` after. Thresholds are the constants below.
"""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from pairgen.images import Mask, bounds, color_difference, inside, union
from pairgen.lines import is_rewrapped
from pairgen.magnitude import justify_shift, magnitude
from pairgen.records import Element, Measured, Rejected, Snapshot
from pairgen.rendering import Predicate, Rendering
from pairgen.roles import has_surface
from schemas.records import Box

MIN_STRONG_PX: Final = 30
"""Pixels that change by more than STRONG_LEVELS, at which a change counts as visible."""
STRONG_LEVELS: Final = 32
MIN_COLORED_PX: Final = 400
"""Pixels at a colour difference of MIN_DELTA_E or more, in areas and not in hairlines, at which a change counts as
visible."""
MIN_DELTA_E: Final = 3.0
MIN_HIT_FRACTION: Final = 0.9
_CLIP_TOLERANCE: Final = 0.02
_OVERLAP_TOLERANCE_PX: Final = 4
_SPILL_PX: Final = 12
"""How far letters, outlines and antialiasing may draw beyond their element's box."""
LOOKS: Final = (
    "display", "visibility", "position", "float", "z-index", "clip-path", "color", "background-color",
    "background-image", "opacity", "box-shadow", "filter", "font-family", "font-size", "font-weight", "font-style",
    "letter-spacing", "text-align", "text-transform", "text-decoration-line", "text-shadow", "white-space",
    "translate", "rotate", "scale", "border-top-style", "border-right-style", "border-bottom-style",
    "border-left-style", "border-top-color", "border-right-color", "border-bottom-color", "border-left-color",
    "outline-style", "justify-content", "align-items", "flex-direction", "list-style-type",
)  # fmt: skip
"""Computed values that no layout changes: where they change on another element, a rule changed them."""
_OWN_LOOKS: Final = ("display", "position", "background-image", "opacity", "filter", "translate", "rotate", "scale",
                     "border-top-style", "outline-style")  # fmt: skip
"""The same below the target, which hands the others down."""
_SPREADING: Final = ("font_size", "gradient")
"""Operators whose values may reach below the target by `em` and variables."""
_REPLACED = ("img", "svg", "input", "select", "textarea", "button", "video", "canvas", "hr")


def unseen(rendering: Rendering) -> str | None:
    """Reject what no one can see: fewer than 30 strong and fewer than 400 coloured pixels.

    Coloured pixels count where they form areas at least 2 px thick: a hairline needs strong ones.
    """
    levels, changed = rendering.levels, rendering.changed
    strong = int((levels > STRONG_LEVELS).sum())
    if strong >= MIN_STRONG_PX:
        return None
    if int(changed.sum()) >= MIN_COLORED_PX:
        colored = np.zeros_like(changed)
        colored[changed] = (
            color_difference(rendering.before_pixels[changed], rendering.after_pixels[changed]) >= MIN_DELTA_E
        )
        if int(_areas(colored).sum()) >= MIN_COLORED_PX:
            return None
    return f"{strong} strong of {int(changed.sum())} changed px"


def _areas(mask: Mask) -> Mask:
    """Return the pixels of a mask that lie in a whole square of 2 x 2 set ones."""
    squares = mask[:-1, :-1] & mask[1:, :-1] & mask[:-1, 1:] & mask[1:, 1:]
    found = np.zeros_like(mask)
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            found[rows, columns] |= squares
    return found


def elsewhere(rendering: Rendering) -> str | None:
    """Reject where no pixel of the target's own box changed."""
    box = rendering.old.visible_box
    if box is None:
        return "the target does not show"
    return None if inside(rendering.changed, box).any() else "no change inside the target"


def not_applied(rendering: Rendering) -> str | None:
    """Reject where another rule of the page outweighs the change of style."""
    if rendering.candidate.change.text is not None:
        return None
    return None if rendering.old.styles != rendering.new.styles else "computed styles are as before"


def leak(rendering: Rendering) -> str | None:
    """Reject where a pixel changed outside the smallest ancestor whose own box stays put."""
    assert rendering.after is not None
    for ancestor in rendering.line_of(rendering.old):
        if ancestor.box == rendering.after.elements[ancestor.ref].box:
            outside = rendering.changed.copy()
            inside(outside, ancestor.box)[...] = False
            count = int(outside.sum())
            return f"{count} px outside <{ancestor.tag}>" if count else None
    return "no ancestor stays put"


def cascade(rendering: Rendering) -> str | None:
    """Reject where another element looks otherwise too, or where pixels changed and nothing moved: half a truth."""
    kin = {rendering.old.ref, *_below(rendering, rendering.old)}
    unexplained = rendering.changed.copy()
    for old, new in rendering.both():
        names = _OWN_LOOKS if old.ref in kin else LOOKS
        if old.ref != rendering.old.ref and old.styles != new.styles and (old.visible_box or new.visible_box):
            differing = [name for name in names if old.styles.get(name) != new.styles.get(name)]
            if differing and not (old.ref in kin and rendering.candidate.operator in _SPREADING):
                return f"<{old.tag}>: {differing[0]} changes as well"
        if old.ref in kin or old.box != new.box:
            for side, snapshot in ((old, rendering.before), (new, rendering.after)):
                _explain(unexplained, side, snapshot)
    count = int(unexplained.sum())
    return f"{count} px where nothing moved" if count else None


def _below(rendering: Rendering, element: Element) -> Iterator[int]:
    for child in element.children:
        yield child
        yield from _below(rendering, rendering.before.elements[child])


def _explain(mask: Mask, element: Element, snapshot: Snapshot | None) -> None:
    """Clear the pixels where an element draws, shadows included, and the text around it that flows with it."""
    assert snapshot is not None
    reach = _SPILL_PX + sum(
        abs(float(px))
        for name in ("box-shadow", "text-shadow", "filter")
        for px in re.findall(r"(-?[\d.]+)px", element.styles[name])
    )
    parent = None if element.parent is None else snapshot.elements[element.parent]
    for box in (element.box, parent.box if parent is not None and parent.own_text else element.box):
        wide = Box(int(box.x - reach), int(box.y - reach), int(box.w + 2 * reach) + 1, int(box.h + 2 * reach) + 1)
        inside(mask, wide)[...] = False


def covered(rendering: Rendering) -> str | None:
    """Reject where something lies over the target, in either image."""
    worst = min(rendering.old.hit_fraction, rendering.new.hit_fraction)
    return None if worst >= MIN_HIT_FRACTION else f"hit at {worst:.2f} of the points"


def clipped(rendering: Rendering) -> str | None:
    """Reject where a part of the target is out of view, or less of an element that changed place or size shows."""
    if rendering.old.visible_box != rendering.old.box:
        return "a part of it is out of view"
    for old, new in rendering.both():
        if old.box != new.box and _share(new) < _share(old) - _CLIP_TOLERANCE:
            return f"<{old.tag}> shows {_share(new):.2f} of itself, was {_share(old):.2f}"
    return None


def _share(element: Element) -> float:
    return element.visible_box.area / element.box.area if element.visible_box and element.box.area else 0.0


def overflow(rendering: Rendering) -> str | None:
    """Reject where content sticks out of a surface or a cut that held it before."""
    assert rendering.after is not None
    for ancestor in (rendering.old, *rendering.line_of(rendering.old)):
        now = rendering.after.elements[ancestor.ref]
        if not (has_surface(ancestor.styles) or ancestor.styles["overflow-x"] != "visible"):
            continue
        if now.overflows and not ancestor.overflows:
            return f"<{ancestor.tag}> overflows"
        if _holds(ancestor.box, rendering.old.box) and not _holds(now.box, rendering.new.box):
            return f"sticks out of <{ancestor.tag}>"
    return None


def _holds(outer: Box, box: Box) -> bool:
    return outer.intersection(box) == box.area


def overlap(rendering: Rendering) -> str | None:
    """Reject where something that moved or grew now lies on other content than before."""
    contents = [pair for pair in rendering.both() if _is_content(pair[0])]
    for moved_old, moved_new in contents:
        if moved_old.box == moved_new.box:
            continue
        for old, new in contents:
            if old.ref == moved_old.ref:
                continue
            is_worse = _shared(moved_new, new) > _shared(moved_old, old) + _OVERLAP_TOLERANCE_PX
            if is_worse and not _is_kin(rendering, moved_old, old):
                return f"<{moved_old.tag}> lies on <{old.tag}>"
    return None


def _is_content(element: Element) -> bool:
    return bool(element.own_text) or element.tag in _REPLACED


def _is_kin(rendering: Rendering, one: Element, other: Element) -> bool:
    return any(a.ref == other.ref for a in rendering.line_of(one)) or any(
        a.ref == one.ref for a in rendering.line_of(other)
    )


def _shared(one: Element, other: Element) -> int:
    return one.visible_box.intersection(other.visible_box) if one.visible_box and other.visible_box else 0


def rewraps(rendering: Rendering) -> str | None:
    """Reject where lines break elsewhere: a larger change than medium and hard tiers say, or than a weight makes."""
    if rendering.candidate.tier == "easy" and rendering.candidate.operator != "font_weight":
        return None
    broken = (old for old, new in rendering.both() if old.visible_box and is_rewrapped(old, new))
    first = next(broken, None)
    return None if first is None else f"<{first.tag}> wraps otherwise"


PIXEL_PREDICATES: Final[tuple[Predicate, ...]] = (unseen, elsewhere)
LAYOUT_PREDICATES: Final[tuple[Predicate, ...]] = (
    not_applied, leak, cascade, covered, clipped, overflow, overlap, rewraps, magnitude,
)  # fmt: skip


def first_failure(rendering: Rendering, predicates: tuple[Predicate, ...]) -> Rejected | None:
    """Return the first predicate that rejects the rendering, by its name; None where all pass."""
    for predicate in predicates:
        detail = predicate(rendering)
        if detail is not None:
            return Rejected(predicate.__name__, detail)
    return None


def measure(rendering: Rendering) -> Measured:
    """Return a passed rendering's boxes and measures."""
    candidate = rendering.candidate
    affected = bounds(rendering.changed)
    target = _target_box(rendering)
    outside = rendering.levels.copy()
    inside(outside, affected)[...] = 0
    return Measured(
        target_box=target,
        affected_box=affected,
        magnitude=float(justify_shift(rendering)) if candidate.operator == "justify" else candidate.magnitude,
        pixel_diff=float(rendering.changed.mean()),
        target_diff=float(inside(rendering.levels, target).mean()),
        outside_diff=float(outside.mean()),
    )


def _target_box(rendering: Rendering) -> Box:
    """Return the target's visible box; for a change of position the union of its two places."""
    old, new = rendering.old.visible_box, rendering.new.visible_box
    assert old is not None and new is not None, "a passed rendering shows its target on both sides"
    return union(old, new) if rendering.candidate.operator == "position" else old
