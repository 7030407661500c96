"""What a change looks like to a person: the direct effect first, then what it can't be told from."""

from collections.abc import Callable
from typing import Final

from pairgen.operators import chroma
from pairgen.operators.styles import parse_color, style_color
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
}
_FAINT_CONTRAST: Final = 2.0


def visual_effects(candidate: Candidate, before: Tree, after: Tree) -> tuple[str, ...]:
    """Return the words of vocabulary.VISUAL_EFFECTS that fit, most direct first."""
    old, new = before[candidate.change.ref], after[candidate.change.ref]
    found = [DIRECT_EFFECT[candidate.operator], *_ALSO.get(candidate.operator, ())]
    special = _SPECIAL.get(candidate.operator)
    found += special(candidate, new, after) if special else ()
    if (old.box.w, old.box.h) != (new.box.w, new.box.h) and candidate.operator in ("spacing", "border", "font_weight"):
        found.append("size")
    if _rewraps(old, new, before, after):
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
    vanishes = contrast < _FAINT_CONTRAST if is_text else chroma.delta_e(color, ground) < 5
    return (*fades, "visibility") if vanishes else fades


def _of_spacing(candidate: Candidate, _: Element, __: Tree) -> tuple[str, ...]:
    return ("size", "position") if candidate.property.startswith("padding") else ("position",)


def _of_border(candidate: Candidate, _: Element, __: Tree) -> tuple[str, ...]:
    if candidate.direction == "recolor":
        return ("color",)
    comes_or_goes = candidate.old_value in ("none", "0px") or candidate.new_value == "0px"
    return ("visibility",) if comes_or_goes else ()


def _rewraps(old: Element, new: Element, before: Tree, after: Tree) -> bool:
    below = [(e, after[e.ref]) for e in before.descendants(old) if e.ref in after]
    return any(a.num_lines != b.num_lines for a, b in [(old, new), *below])


_SPECIAL: Final[dict[str, Callable[[Candidate, Element, Tree], tuple[str, ...]]]] = {
    "color": _of_color,
    "spacing": _of_spacing,
    "border": _of_border,
}
