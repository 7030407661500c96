"""Colour: a text or background colour, and opacity."""

from collections.abc import Iterator
from typing import Final

from pairgen.operators import chroma
from pairgen.operators.ask import Ask, Step
from pairgen.operators.styles import (
    Rgb,
    has_background,
    has_image,
    is_native,
    is_painted,
    opacity,
    parse_color,
    style_color,
)
from pairgen.operators.tiers import COLOR_DELTA_E, COLOR_STEPS, OPACITY
from pairgen.operators.typography import is_text_leaf
from pairgen.records import Candidate, Element
from pairgen.tree import Tree
from pairgen.utility_css import PALETTE, SHADES

_SHADE: Final = r"({prefix})-(\w+)-(\d+)"
_PREFIX: Final = {"color": "text", "background-color": "bg"}
_MIN_OFF_GROUND: Final = 3.0
"""CIEDE2000 that a background keeps from what lies behind it."""
_MAX_SHARE: Final = 0.5
"""Share of the viewport beyond which an element is the page, not a thing on it."""


def color(ask: Ask) -> Iterator[Candidate | None]:
    """Change the colour of text or of a background."""
    properties = [name for name in ("color", "background-color") if _has(ask.element, name)]
    for name in ask.shuffled(*properties):
        yield from _swapped(ask, name) if ask.is_swap else _overridden(ask, name)


def _has(element: Element, name: str) -> bool:
    if name == "color":
        return is_text_leaf(element, 2)
    found = style_color(element, name)
    return found is not None and found.alpha > 0.99 and not has_image(element) and not is_native(element)


def _swapped(ask: Ask, name: str) -> Iterator[Candidate | None]:
    match = ask.class_in(_SHADE.format(prefix=_PREFIX[name]))
    if match is None or match[2] not in PALETTE or int(match[3]) not in SHADES:
        return
    low, high = COLOR_STEPS[ask.tier]
    at = SHADES.index(int(match[3]))
    reachable = [i for i in range(len(SHADES)) if low <= abs(i - at) <= high]
    for i in ask.rng.sample(reachable, len(reachable)):
        new = parse_color(PALETTE[match[2]][SHADES[i]])
        step = _step(ask, name, new)
        if step is not None:
            yield ask.swap(match[0], f"{match[1]}-{match[2]}-{SHADES[i]}", step)


def _overridden(ask: Ask, name: str) -> Iterator[Candidate]:
    old = style_color(ask.element, name)
    if old is None or old.alpha < 0.99:
        return
    for new in chroma.colors_within(old, COLOR_DELTA_E[ask.tier], ask.rng):
        step = _step(ask, name, new)
        if step is not None:
            yield ask.override({name: new.hex}, step)


def _step(ask: Ask, name: str, new: Rgb | None) -> Step | None:
    old = style_color(ask.element, name)
    if old is None or new is None or old.alpha < 0.99:
        return None
    distance = chroma.delta_e(old, new)
    if not COLOR_DELTA_E[ask.tier].holds(distance) or not _is_readable(ask, name, new):
        return None
    way = chroma.direction_of(old, new)
    return Step(property=name, direction=way, old=old.hex, new=new.hex, magnitude=distance)


def _is_readable(ask: Ask, name: str, new: Rgb) -> bool:
    if name == "color":
        ground = chroma.background_of(ask.element, ask.tree)
        return ground is not None and chroma.contrast(new, ground) >= chroma.MIN_CONTRAST
    behind = chroma.background_of(ask.element, ask.tree, skip_own=True)
    return behind is not None and chroma.delta_e(behind, new) >= _MIN_OFF_GROUND and _texts_show(ask, new)


def _texts_show(ask: Ask, new: Rgb) -> bool:
    """Tell whether all text that stands on the new background can still be read."""
    for element in (ask.element, *ask.tree.descendants(ask.element)):
        ink = style_color(element, "color")
        is_on_it = bool(element.own_text) and _stands_on(element, ask.element, ask.tree)
        if is_on_it and ink is not None and chroma.contrast(ink, new) < chroma.MIN_CONTRAST:
            return False
    return True


def _stands_on(element: Element, ground: Element, tree: Tree) -> bool:
    for here in (element, *tree.ancestors(element)):
        if here.ref == ground.ref:
            return True
        if has_background(here):
            return False
    return False


def opacity_change(ask: Ask) -> Iterator[Candidate | None]:
    """Make an opaque element see-through."""
    element, new = ask.element, OPACITY[ask.tier].low
    viewport = ask.tree.snapshot.width * ask.tree.snapshot.height
    shows = is_painted(element) or is_text_leaf(element, 2)
    if opacity(element) < 1 or not shows or element.box.area > _MAX_SHARE * viewport:
        return
    step = Step(property="opacity", direction="decrease", old="1", new=f"{new:g}", magnitude=new)
    if ask.is_swap:
        known = ask.class_in(r"opacity-.*")
        yield ask.swap(known and known[0], f"opacity-{round(100 * new)}", step)
    else:
        yield ask.override({"opacity": f"{new:g}"}, step)
