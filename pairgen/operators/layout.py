"""Layout: position, spacing (padding or margin), justification of a flex container's children."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from pairgen.operators import chroma
from pairgen.operators.ask import Ask, Step, px_text
from pairgen.operators.flex import free_space_px, is_from_right, is_horizontal, offsets
from pairgen.operators.styles import border_px, has_image, has_shadow, is_painted, style_color, style_px
from pairgen.operators.tiers import JUSTIFY_PX, PADDING_PX, POSITION_PX
from pairgen.operators.typography import is_text_leaf
from pairgen.records import Candidate, Element
from pairgen.tree import Tree
from pairgen.utility_css import JUSTIFY, SPACING
from schemas.records import Box

_MOVES: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_MAX_SHARE: Final = 0.5
_MIN_OFF_GROUND: Final = 2.0
"""CIEDE2000 from which a background's edge can be seen."""
_SIDES: Final = {
    "": ("top", "right", "bottom", "left"), "x": ("left", "right"), "y": ("top", "bottom"),
    "t": ("top",), "r": ("right",), "b": ("bottom",), "l": ("left",),
}  # fmt: skip
"""Suffix of a padding or margin class -> sides that it sets."""
_MAX_SPACE_PX: Final = 96


def position(ask: Ask) -> Iterator[Candidate | None]:
    """Move an element without touching its neighbours."""
    element, tree = ask.element, ask.tree
    is_thing = is_painted(element) or is_text_leaf(element, 2)
    is_small = element.box.area <= _MAX_SHARE * tree.snapshot.width * tree.snapshot.height
    is_still = all(element.styles.get(name, "none") == "none" for name in ("transform", "translate"))
    if not (is_thing and is_small and is_still) or element.styles.get("display") in ("inline", "table-row"):
        return
    offset = POSITION_PX[ask.tier].low
    for way in ask.shuffled(*_MOVES):
        dx, dy = (offset * unit for unit in _MOVES[way])
        if not has_room(element, tree, round(dx), round(dy)):
            continue
        step = Step(
            property="translate", direction=way, old="0px 0px", new=f"{px_text(dx)} {px_text(dy)}", magnitude=offset
        )
        if ask.is_swap:
            axis, sign = ("x" if dx else "y"), ("-" if dx + dy < 0 else "")
            yield ask.swap(None, f"{sign}translate-{axis}-{_scale_step(offset)}", step)
        else:
            yield ask.override({"translate": step.new}, step)


def has_room(element: Element, tree: Tree, dx: int, dy: int) -> bool:
    """Tell whether a moved box stays in its parent, its painted ancestors and the viewport, and meets nothing new."""
    old, new = element.box, Box(element.box.x + dx, element.box.y + dy, element.box.w, element.box.h)
    parent = tree.parent(element)
    if not _holds(Box(0, 0, tree.snapshot.width, tree.snapshot.height), new):
        return False
    # No box changes by a translation, so whatever leaves the parent's box is a change outside the affected area.
    if parent is not None and not _holds(parent.box, new):
        return False
    for other in tree.visible:
        if other.ref == element.ref or not (other.own_text or is_painted(other)):
            continue
        if other.box.area and _holds(other.box, old):
            if not _holds(other.box, new):
                return False
        elif new.intersection(other.box) > old.intersection(other.box) and not tree.is_related(element, other):
            return False
    return True


def _holds(outer: Box, inner: Box) -> bool:
    return outer.intersection(inner) == inner.area


def _scale_step(px: float) -> str:
    names = {value: name for name, value in SPACING.items()}
    return names.get(px, f"[{px_text(px)}]")


class _Space(NamedTuple):
    """A padding or margin that can change: its class, the sides it sets, and their common width."""

    letter: str
    name: str | None
    sides: tuple[str, ...]
    px: float


def spacing(ask: Ask) -> Iterator[Candidate | None]:
    """Give an element more or less padding or margin."""
    spaces = [*_paddings(ask), *_margins(ask)]
    for space in ask.rng.sample(spaces, len(spaces)):
        for way in ask.shuffled("increase", "decrease"):
            candidate = _spaced(ask, space, way)
            if candidate is not None:
                yield candidate


def _spaced(ask: Ask, space: _Space, way: str) -> Candidate | None:
    offset = PADDING_PX[ask.tier].low
    new = space.px + (offset if way == "increase" else -offset)
    if not 0 <= new <= _MAX_SPACE_PX:
        return None
    prefix = "padding" if space.letter == "p" else "margin"
    whole = len(space.sides) == 4
    label = prefix if whole else "/".join(f"{prefix}-{side}" for side in space.sides)
    step = Step(property=label, direction=way, old=px_text(space.px), new=px_text(new), magnitude=offset)
    if not ask.is_swap:
        return ask.override({f"{prefix}-{side}": px_text(new) for side in space.sides}, step)
    suffix = next(key for key, sides in _SIDES.items() if sides == space.sides)
    return ask.swap(space.name, f"{space.letter}{suffix}-{_scale_step(new)}", step)


def _paddings(ask: Ask) -> Iterator[_Space]:
    if ask.element.children or ask.element.own_text:
        found = _spaces(ask, "p", "padding", ("", "x", "y", "t", "l"))
        yield from (space for space in found if _shows_edges(ask, space.sides))


def _shows_edges(ask: Ask, sides: tuple[str, ...]) -> bool:
    """Tell whether a person sees where the element ends at these sides: without that, no room is inside it."""
    element, box = ask.element, ask.element.box
    at_rim = {"left": box.x <= 0, "right": box.x + box.w >= ask.tree.snapshot.width, "top": box.y <= 0}
    if any(at_rim.get(side, False) for side in sides):
        return False
    if has_image(element) or has_shadow(element) or all(border_px(element, side) > 0 for side in sides):
        return True
    own, behind = style_color(element, "background-color"), chroma.background_of(element, ask.tree, skip_own=True)
    if own is None or behind is None or own.alpha < 0.02:
        return False
    return chroma.delta_e(chroma.blend(own, behind), behind) >= _MIN_OFF_GROUND


def _margins(ask: Ask) -> Iterator[_Space]:
    """Yield the margin towards the neighbour before it: the others would not move the element itself."""
    box = ask.element.box
    if not (is_painted(ask.element) or is_text_leaf(ask.element, 2)):
        return
    before = [other for other in ask.tree.siblings(ask.element) if other.ref < ask.element.ref]
    if not before:
        return
    near = before[-1].box
    if near.y + near.h <= box.y:
        yield from _spaces(ask, "m", "margin", ("t",))
    elif not _is_packed_at_start(parent := ask.tree.parent(ask.element)):
        return
    elif near.x + near.w <= box.x:
        yield from _spaces(ask, "m", "margin", ("l",))
    elif parent is not None and is_from_right(parent) and box.x + box.w <= near.x:
        yield from _spaces(ask, "m", "margin", ("r",))


def _is_packed_at_start(parent: Element | None) -> bool:
    """Tell whether room before an element pushes that element, not the ones before it."""
    return parent is not None and parent.styles.get("justify-content", "normal") in ("normal", "flex-start", "start")


def _spaces(ask: Ask, letter: str, prefix: str, keys: tuple[str, ...]) -> Iterator[_Space]:
    for key in keys:
        sides = _SIDES[key]
        widths = {style_px(ask.element, f"{prefix}-{side}") for side in sides}
        known = ask.class_in(rf"{letter}{key}-(\d+(\.5)?|px|\[.*px\])")
        has_all = len(widths) == 1 and (letter == "m" or min(widths) > 0)
        if has_all and (known or not ask.is_swap or letter == "m"):
            yield _Space(letter, known[0] if known else None, sides, widths.pop())


def justify(ask: Ask) -> Iterator[Candidate | None]:
    """Distribute a flex container's children otherwise; how far they move is measured again after layout."""
    element, tree = ask.element, ask.tree
    children = [child for child in tree.children(element) if tree.shows(child)]
    is_row = "flex" in element.styles.get("display", "") and element.styles.get("flex-wrap", "nowrap") == "nowrap"
    if not is_row or len(children) < 2 or not is_horizontal(element) or free_space_px(element, children) < 16:
        return
    old = _written(element.styles.get("justify-content", "normal"))
    for new in ask.shuffled(*(value for value in JUSTIFY.values() if value != old)):
        moved = max(
            abs(a - b) for a, b in zip(offsets(element, children, old), offsets(element, children, new), strict=True)
        )
        if not JUSTIFY_PX[ask.tier].holds(moved):
            continue
        step = Step(
            property="justify-content", direction=_JUSTIFIED[seen(new, element)], old=seen(old, element),
            new=seen(new, element), magnitude=moved,
        )  # fmt: skip
        if ask.is_swap:
            known = ask.class_in("|".join(JUSTIFY))
            names = {value: name for name, value in JUSTIFY.items()}
            yield ask.swap(known and known[0], names[new], step)
        else:
            yield ask.override({"justify-content": new}, step)


_JUSTIFIED: Final = {
    "flex-start": "start", "center": "center", "flex-end": "end",
    "space-between": "spread", "space-around": "spread", "space-evenly": "spread", "left": "start", "right": "end",
}  # fmt: skip
"""Value of `justify-content` -> where the items go, from the left."""


def seen(value: str, element: Element) -> str:
    """Return a value of `justify-content` as it is seen: `left` and `right` where the row begins at the right."""
    return _FROM_RIGHT.get(value, value) if is_from_right(element) else value


_FROM_RIGHT: Final = {"flex-start": "right", "flex-end": "left"}


def _written(value: str) -> str:
    return {"normal": "flex-start", "start": "flex-start", "left": "flex-start", "end": "flex-end"}.get(value, value)
