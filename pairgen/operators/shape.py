"""Shape: borders and rounded corners."""

from collections.abc import Iterator
from typing import Final

from pairgen.operators import chroma
from pairgen.operators.ask import Ask, Step, px_text
from pairgen.operators.styles import (
    SIDES,
    Rgb,
    border_px,
    effective_radius_px,
    has_background,
    has_border,
    is_native,
    is_painted,
    parse_color,
    style_color,
)
from pairgen.operators.tiers import BORDER_DELTA_E, BORDER_PX, ROUNDED_PX, Band
from pairgen.records import Candidate, Element
from pairgen.utility_css import BORDER_STYLES, BORDER_WIDTHS, PALETTE, RADII

_ACCENTS: Final = ("#475569", "#0f172a", "#2563eb", "#dc2626", "#059669", "#7c3aed", "#d97706", "#e2e8f0")
_WIDTH_CLASS: Final = "|".join((*BORDER_WIDTHS, r"border-\[.*px\]"))
_MIN_OFF_GROUND: Final = 6.0
"""CIEDE2000 that a border keeps from what lies inside and outside it."""
_MIN_NEW_OFF_GROUND: Final = 12.0
"""The same for the colour of a border that is drawn or recoloured."""
_MIN_CORNER_PX: Final = 4.0
"""Distance from a corner within which a thing inside hides how round it is."""
_MAX_RADIUS_PX: Final = 40.0
"""Radius as drawn beyond which corners eat into content."""
_STRONG_LEVELS: Final = 36
"""Channel difference from which few pixels are enough; a margin over the grounding gate's 32."""
_STRONG_AREA_PX: Final = 40
_FAINT_DELTA_E: Final = 3.5
_FAINT_AREA_PX: Final = 480
_RADIUS_CHOICES: Final = (0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32)


def border(ask: Ask) -> Iterator[Candidate | None]:
    """Make a border wider, narrower, dashed or of another colour, or draw one where there was none."""
    is_large = min(ask.element.box.w, ask.element.box.h) >= 16
    if not (is_painted(ask.element) and is_large) or is_native(ask.element) or _are_corners_cut(ask):
        return
    makers = {"easy": [_width, _from_none], "medium": [_width, _restyled], "hard": [_width, _recolored]}[ask.tier]
    for make in ask.rng.sample(makers, len(makers)):
        yield from make(ask)


def _even_px(element: Element) -> float | None:
    """Return the width shared by all four drawn borders; None where they differ or a side has none."""
    widths = {border_px(element, side) for side in SIDES}
    return widths.pop() if len(widths) == 1 and has_border(element) else None


def _width(ask: Ask) -> Iterator[Candidate | None]:
    old, offset = _even_px(ask.element), BORDER_PX[ask.tier].low
    if old is None or not _stands_out(ask, style_color(ask.element, "border-top-color")):
        return
    for way in ask.shuffled("increase", "decrease"):
        new = old + (offset if way == "increase" else -offset)
        if not 0 <= new <= 12:
            continue
        step = Step(property="border-width", direction=way, old=px_text(old), new=px_text(new), magnitude=offset)
        yield _set_width(ask, new, step)


def _set_width(ask: Ask, new: float, step: Step) -> Candidate | None:
    if not ask.is_swap:
        return ask.override({"border-width": px_text(new)}, step)
    known = ask.class_in(_WIDTH_CLASS)
    names = {px: name for name, px in BORDER_WIDTHS.items()}
    return ask.swap(known[0], names.get(int(new), f"border-[{px_text(new)}]"), step) if known else None


def _from_none(ask: Ask) -> Iterator[Candidate | None]:
    if has_border(ask.element) or ask.element.tag in ("svg", "img"):
        return
    width = BORDER_PX["easy"].low
    for code in ask.shuffled(*_ACCENTS):
        color = parse_color(code)
        if not _stands_out(ask, color, _MIN_NEW_OFF_GROUND):
            continue
        step = Step(
            property="border", direction="increase", old="none", new=f"{px_text(width)} solid {code}", magnitude=width
        )
        if ask.is_swap:
            hue, shade = next((h, s) for h, shades in PALETTE.items() for s, c in shades.items() if c == code)
            known = ask.class_in(_WIDTH_CLASS)
            classes = {known[0] if known else "": "border-4"}
            yield ask.swap_all(classes, step, also=("border-solid", f"border-{hue}-{shade}"))
        else:
            yield ask.override({"border": step.new}, step)
        return


def _restyled(ask: Ask) -> Iterator[Candidate | None]:
    """Turn a solid border dashed; a line of 1 px shows that too, at 2 px it reads at once."""
    old = _even_px(ask.element)
    if old is None or ask.element.styles.get("border-top-style") != "solid":
        return
    if not _stands_out(ask, style_color(ask.element, "border-top-color")):
        return
    step = Step(property="border-style", direction="restyle", old="solid", new="dashed", magnitude=1)
    if ask.is_swap:
        known = ask.class_in("|".join(BORDER_STYLES))
        yield ask.swap(known and known[0], "border-dashed", step)
    else:
        yield ask.override({"border-style": "dashed"}, step)


def _recolored(ask: Ask) -> Iterator[Candidate | None]:
    old = style_color(ask.element, "border-top-color")
    width = _even_px(ask.element)
    if width is None or old is None or old.alpha < 0.99 or not _stands_out(ask, old):
        return
    known = ask.class_in(r"border-(\w+)-(\d+)")
    codes = {f"border-{hue}-{shade}": code for hue, shades in PALETTE.items() for shade, code in shades.items()}
    within = Band(BORDER_DELTA_E, 45)
    if ask.is_swap and (known is None or known[0] not in codes):
        return
    for name in ask.shuffled(*codes)[:40]:
        new = parse_color(codes[name])
        if new is None or not within.holds(chroma.delta_e(old, new)):
            continue
        is_faint = width < 2 and max(abs(a - b) for a, b in zip(old[:3], new[:3], strict=True)) <= _STRONG_LEVELS
        if is_faint or not _stands_out(ask, new, _MIN_NEW_OFF_GROUND):
            continue
        step = Step(
            property="border-color", direction="recolor", old=old.hex, new=new.hex, magnitude=chroma.delta_e(old, new)
        )
        yield ask.swap(known and known[0], name, step) if ask.is_swap else ask.override({"border-color": new.hex}, step)


def _stands_out(ask: Ask, color: Rgb | None, least: float = _MIN_OFF_GROUND) -> bool:
    """Tell whether a border of this colour can be told from what is inside and outside it."""
    if color is None or color.alpha < 0.5:
        return False
    inside = chroma.background_of(ask.element, ask.tree)
    outside = chroma.background_of(ask.element, ask.tree, skip_own=True)
    grounds = [ground for ground in (inside, outside) if ground is not None]
    return bool(grounds) and all(chroma.delta_e(color, ground) >= least for ground in grounds)


def rounded(ask: Ask) -> Iterator[Candidate | None]:
    """Make all four corners rounder or squarer."""
    element = ask.element
    if not _shows_corners(ask):
        return
    old = effective_radius_px(element)
    for new, name in _radii(ask):
        drawn = effective_radius_px(element, px_text(new))
        if drawn > _MAX_RADIUS_PX or not ROUNDED_PX[ask.tier].holds(drawn - old) or not _corners_show(ask, old, drawn):
            continue
        way = "increase" if drawn > old else "decrease"
        step = Step(
            property="border-radius", direction=way, old=px_text(old), new=px_text(drawn), magnitude=abs(drawn - old)
        )
        if ask.is_swap:
            known = ask.class_in("|".join(RADII) + r"|rounded-\[.*\]")
            yield ask.swap(known and known[0], name, step)
        else:
            yield ask.override({"border-radius": px_text(new)}, step)


def _radii(ask: Ask) -> list[tuple[float, str]]:
    choices = [(float(px), name) for name, px in RADII.items()]
    if not ask.is_swap:
        choices = [(float(px), "") for px in _RADIUS_CHOICES]
    return ask.rng.sample(choices, len(choices))


def _shows_corners(ask: Ask) -> bool:
    """Tell whether the corners are drawn, alike, and against something that shows them."""
    element = ask.element
    corners = ("top-left", "top-right", "bottom-right", "bottom-left")
    radii = {element.styles.get(f"border-{corner}-radius", "0px") for corner in corners}
    is_full_bleed = element.box.w >= ask.tree.snapshot.width
    if is_full_bleed or len(radii) != 1 or min(element.box.w, element.box.h) < 8:
        return False
    is_table = element.tag in ("svg", "table", "tr", "td", "th")
    return (
        not is_table
        and not is_native(element)
        and not _are_corners_cut(ask)
        and (has_background(element) or has_border(element))
    )


def _are_corners_cut(ask: Ask) -> bool:
    """Tell whether an ancestor's rounding cuts a corner, or a thing inside covers one, so that it isn't its own."""
    element = ask.element
    for above in ask.tree.ancestors(element):
        reach = effective_radius_px(above)
        if reach > 0 and _cuts(above) and _share_corner(element, above, reach):
            return True
    if _cuts(element):
        return False
    below = (e for e in ask.tree.descendants(element) if ask.tree.shows(e) and is_painted(e))
    return any(_share_corner(e, element, _MIN_CORNER_PX) for e in below)


def _cuts(element: Element) -> bool:
    return element.styles.get("overflow-x", "visible") != "visible"


def _share_corner(inner: Element, outer: Element, reach: float) -> bool:
    """Tell whether a corner of one box lies within `reach` px of the same corner of another, both ways."""
    one, other = inner.box, outer.box
    is_left, is_top = abs(one.x - other.x) < reach, abs(one.y - other.y) < reach
    is_right = abs(one.x + one.w - other.x - other.w) < reach
    is_bottom = abs(one.y + one.h - other.y - other.h) < reach
    return (is_left or is_right) and (is_top or is_bottom)


def _corners_show(ask: Ask, old: float, new: float) -> bool:
    """Tell whether the four pieces cut off or filled in are large enough, given how they stand out.

    A quarter circle leaves 1 - pi/4 of its square: four corners change 0.858 |new^2 - old^2| px.
    """
    outside = chroma.background_of(ask.element, ask.tree, skip_own=True)
    line = style_color(ask.element, "border-top-color") if _even_px(ask.element) else None
    edge = line or chroma.background_of(ask.element, ask.tree)
    if edge is None or outside is None:
        return False
    edge = chroma.blend(edge, outside)
    area = 0.858 * abs(new**2 - old**2)
    levels = max(abs(a - b) for a, b in zip(edge[:3], outside[:3], strict=True))
    if levels > _STRONG_LEVELS:
        return area >= _STRONG_AREA_PX
    return chroma.delta_e(edge, outside) >= _FAINT_DELTA_E and area >= _FAINT_AREA_PX
