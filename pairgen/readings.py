"""What a change looks like to a person: the direct effect first, then what it can't be told from."""

from collections.abc import Callable
from typing import Final

from pairgen.lines import is_rewrapped
from pairgen.operators import chroma
from pairgen.operators.styles import is_painted, parse_color, style_color
from pairgen.records import Candidate, Element
from pairgen.tree import Tree
from schemas.vocabulary import DIRECT_EFFECT

_ALSO: Final = {
    "letter_spacing": ("size",),
    "line_height": ("space", "size", "position"),
    "opacity": ("color", "visibility"),
    "gradient": ("color",),
    "position": ("space",),
    "justify": ("position", "space"),
    "spacing": ("position",),
}
_FAINT_CONTRAST: Final = 2.0
_MIN_RESIZE_PX: Final = 2
_MIN_SHIFT_PX: Final = 6
"""Shift from which a thing reads as moved: the least that `position` makes on purpose."""


def visual_effects(candidate: Candidate, before: Tree, after: Tree) -> tuple[str, ...]:
    """Return the words of vocabulary.VISUAL_EFFECTS that fit, most direct first."""
    old, new = before[candidate.change.ref], after[candidate.change.ref]
    found = [DIRECT_EFFECT[candidate.operator], *_ALSO.get(candidate.operator, ())]
    special = _SPECIAL.get(candidate.operator)
    found += special(candidate, new, after) if special else ()
    if max(abs(old.box.w - new.box.w), abs(old.box.h - new.box.h)) >= _MIN_RESIZE_PX:
        found.append("size")
    if _pushes(old, before, after):
        found.append("position")
    if any(is_rewrapped(e, after[e.ref]) for e in before.visible if e.ref in after):
        found.append("wrapping")
    return tuple(dict.fromkeys(found))


def _of_color(candidate: Candidate, new: Element, after: Tree) -> tuple[str, ...]:
    """Return `opacity` where the colour nears its ground, `visibility` where little of it still shows."""
    is_text = candidate.property == "color"
    ground = chroma.background_of(new, after, skip_own=not is_text)
    color, old = style_color(new, candidate.property), parse_color(candidate.old_value)
    if ground is None or color is None or old is None:
        return ()
    contrast = chroma.contrast(color, ground)
    fades = ("opacity",) if candidate.direction != "recolor" and contrast < chroma.contrast(old, ground) else ()
    apart, was_apart = chroma.delta_e(color, ground), chroma.delta_e(old, ground)
    vanishes = apart < was_apart and (contrast < _FAINT_CONTRAST if is_text else apart < 5)
    return (*fades, "visibility") if vanishes else fades


def _of_border(candidate: Candidate, _: Element, __: Tree) -> tuple[str, ...]:
    if candidate.direction == "recolor":
        return ("color",)
    comes_or_goes = candidate.old_value in ("none", "0px") or candidate.new_value == "0px"
    return ("visibility",) if comes_or_goes else ()


def _pushes(target: Element, before: Tree, after: Tree) -> bool:
    """Tell whether the target, something in it or beside it stands elsewhere than before."""
    around = {above.ref for above in before.ancestors(target)}
    shown = [e for e in before.visible if e.ref not in around and e.ref in after and (e.own_text or is_painted(e))]
    return any(
        max(abs(e.box.x - after[e.ref].box.x), abs(e.box.y - after[e.ref].box.y)) >= _MIN_SHIFT_PX for e in shown
    )


_SPECIAL: Final[dict[str, Callable[[Candidate, Element, Tree], tuple[str, ...]]]] = {
    "color": _of_color,
    "border": _of_border,
}
