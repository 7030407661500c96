"""Check that a change took hold: computed values and boxes say what the candidate claims."""

import re
from collections.abc import Callable
from typing import Final

from pairgen.operators.layout import seen
from pairgen.operators.styles import (
    effective_radius_px,
    font_size_px,
    length_px,
    line_height_px,
    opacity,
    parse_color,
    style_color,
    style_px,
)
from pairgen.records import Candidate, Element, Rejected
from pairgen.tree import Tree

_OFF_PX: Final = 0.6
_OFF_CHANNEL: Final = 2.0


def why_not_applied(candidate: Candidate, before: Tree, after: Tree) -> Rejected | None:
    """Return why the second snapshot doesn't show the candidate's change; None where it does."""
    old, new = before[candidate.change.ref], after[candidate.change.ref]
    check = _CHECKS.get(candidate.operator)
    if check is not None and not check(candidate, old, new):
        return Rejected("not_applied", f"{candidate.property} should be {candidate.new_value!r}")
    if candidate.property.startswith("margin") and not _neighbours_moved(candidate, before, after):
        return Rejected("not_applied", f"{candidate.property} moved nothing by {candidate.magnitude:g} px")
    return None


def _weight(candidate: Candidate, _: Element, new: Element) -> bool:
    return float(new.styles["font-weight"]) == float(candidate.new_value)


def _size(candidate: Candidate, _: Element, new: Element) -> bool:
    return _is_px(font_size_px(new), candidate.new_value)


def _tracking(candidate: Candidate, _: Element, new: Element) -> bool:
    em = style_px(new, "letter-spacing") / font_size_px(new)
    return abs(em - float(candidate.new_value.removesuffix("em"))) < 0.01


def _leading(candidate: Candidate, _: Element, new: Element) -> bool:
    line = line_height_px(new)
    wanted = float(candidate.new_value.removesuffix("em")) * font_size_px(new)
    return line is not None and abs(line - wanted) < _OFF_PX


def _text(candidate: Candidate, _: Element, new: Element) -> bool:
    return new.own_text == candidate.new_value


def _color(candidate: Candidate, _: Element, new: Element) -> bool:
    return _is_color(new, candidate.property, candidate.new_value)


def _is_color(element: Element, name: str, wanted: str) -> bool:
    got, expected = style_color(element, name), parse_color(wanted)
    if got is None or expected is None:
        return False
    return all(abs(a - b) <= _OFF_CHANNEL for a, b in zip(got[:3], expected[:3], strict=True))


def _opacity(candidate: Candidate, _: Element, new: Element) -> bool:
    return abs(opacity(new) - float(candidate.new_value)) < 0.01


def _gradient(_: Candidate, old: Element, new: Element) -> bool:
    image = new.styles["background-image"]
    return image.startswith("linear-gradient(") and image != old.styles["background-image"]


def _position(candidate: Candidate, old: Element, new: Element) -> bool:
    wanted = [length_px(part) or 0.0 for part in candidate.new_value.split()]
    got = (new.box.x - old.box.x, new.box.y - old.box.y)
    return all(abs(a - b) <= 1 for a, b in zip(wanted, got, strict=True))


def _spacing(candidate: Candidate, _: Element, new: Element) -> bool:
    sides = re.findall(r"top|right|bottom|left", candidate.property) or ["top", "right", "bottom", "left"]
    prefix = candidate.property.partition("-")[0]
    return all(_is_px(style_px(new, f"{prefix}-{side}"), candidate.new_value) for side in sides)


def _justify(candidate: Candidate, _: Element, new: Element) -> bool:
    return seen(new.styles["justify-content"], new) == candidate.new_value


def _border(candidate: Candidate, _: Element, new: Element) -> bool:
    if candidate.direction == "restyle":
        return new.styles["border-top-style"] == candidate.new_value
    if candidate.direction == "recolor":
        return _is_color(new, "border-top-color", candidate.new_value)
    return _is_px(style_px(new, "border-top-width"), candidate.new_value.split()[0])


def _rounded(candidate: Candidate, _: Element, new: Element) -> bool:
    return _is_px(effective_radius_px(new), candidate.new_value)


def _is_px(got: float, wanted: str) -> bool:
    return abs(got - (length_px(wanted) or 0.0)) < _OFF_PX


def _neighbours_moved(candidate: Candidate, before: Tree, after: Tree) -> bool:
    """Tell whether a changed margin shows: the gap to a sibling grew or shrank by as much."""
    old, new = before[candidate.change.ref], after[candidate.change.ref]
    side = candidate.property.removeprefix("margin-")
    wanted = candidate.magnitude * (1 if candidate.direction == "increase" else -1)
    gaps = [
        _gap(new, after[other.ref], side) - _gap(old, other, side)
        for other in before.siblings(old)
        if other.ref in after and _gap(old, other, side) >= -1
    ]
    return any(abs(gap - wanted) <= 1 for gap in gaps)


def _gap(element: Element, other: Element, side: str) -> int:
    """Return the distance from a side of the element to another that lies on that side; negative elsewhere."""
    box, far = element.box, other.box
    return {
        "top": box.y - far.y - far.h,
        "bottom": far.y - box.y - box.h,
        "left": box.x - far.x - far.w,
        "right": far.x - box.x - box.w,
    }[side]


_CHECKS: Final[dict[str, Callable[[Candidate, Element, Element], bool]]] = {
    "font_weight": _weight, "font_size": _size, "letter_spacing": _tracking, "line_height": _leading, "text": _text,
    "color": _color, "opacity": _opacity, "gradient": _gradient, "position": _position, "spacing": _spacing,
    "justify": _justify, "border": _border, "rounded": _rounded,
}  # fmt: skip
