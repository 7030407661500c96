"""Read computed CSS values: lengths, colours, effective radius."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from pairgen.records import Element

SIDES: Final = ("top", "right", "bottom", "left")
_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
_REM_PX: Final = 16.0
_NATIVE_GRAY: Final = "rgb(118, 118, 118)"
"""Border of Chromium's own fields."""


class Rgb(NamedTuple):
    """Hold an sRGB colour, 0..255 a channel, and its alpha, 0..1."""

    r: float
    g: float
    b: float
    alpha: float = 1.0

    @property
    def hex(self) -> str:
        """Return the colour as `#rrggbb`, alpha left out."""
        return "#" + "".join(f"{round(channel):02x}" for channel in self[:3])


@lru_cache(maxsize=4096)
def length_px(value: str, font_size_px: float = _REM_PX) -> float | None:
    """Return a CSS length in px (px, rem, em, unitless 0); None for keywords and percentages."""
    match = re.fullmatch(r"(-?\d*\.?\d+)(px|rem|em)?", value.strip())
    if match is None or (match[2] is None and float(match[1]) != 0):
        return None
    unit = {"px": 1.0, None: 1.0, "rem": _REM_PX, "em": font_size_px}[match[2]]
    return float(match[1]) * unit


def style_px(element: Element, name: str) -> float:
    """Return an element's computed length in px; 0 for `normal`, keywords and absent values."""
    return length_px(element.styles.get(name, ""), font_size_px(element) if name != "font-size" else _REM_PX) or 0.0


def font_size_px(element: Element) -> float:
    """Return the computed font size in px."""
    return length_px(element.styles.get("font-size", "")) or _REM_PX


def line_height_px(element: Element) -> float | None:
    """Return the computed line height in px; None for `normal`."""
    return length_px(element.styles.get("line-height", ""), font_size_px(element))


def opacity(element: Element) -> float:
    """Return the element's own opacity, 0..1."""
    found = _NUMBER.fullmatch(element.styles.get("opacity", "1"))
    return float(found[0]) if found else 1.0


@lru_cache(maxsize=4096)
def parse_color(value: str) -> Rgb | None:
    """Return a colour written as #hex, rgb() or rgba(); None for anything else."""
    value = value.strip().lower()
    if value == "transparent":
        return Rgb(0, 0, 0, 0)
    if re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", value):
        digits = value[1:] if len(value) == 7 else "".join(2 * digit for digit in value[1:])
        return Rgb(*(int(digits[i : i + 2], 16) for i in (0, 2, 4)))
    match = re.fullmatch(r"rgba?\(([^)]*)\)", value)
    if match is None:
        return None
    return _channels(re.findall(r"[\d.]+%?", match[1]))


def _channels(parts: list[str]) -> Rgb | None:
    if len(parts) not in (3, 4) or any(part.endswith("%") for part in parts[:3]):
        return None
    alpha = 1.0 if len(parts) == 3 else float(parts[3].rstrip("%")) / (100 if parts[3].endswith("%") else 1)
    return Rgb(float(parts[0]), float(parts[1]), float(parts[2]), alpha)


def style_color(element: Element, name: str) -> Rgb | None:
    """Return an element's computed colour; None where it isn't plain sRGB."""
    return parse_color(element.styles.get(name, ""))


def has_image(element: Element) -> bool:
    """Tell whether a gradient or picture is painted behind the element's content."""
    return element.styles.get("background-image", "none") not in ("none", "")


def has_background(element: Element) -> bool:
    """Tell whether the element paints a background of its own."""
    color = style_color(element, "background-color")
    return has_image(element) or (color is not None and color.alpha > 0.02)


def border_px(element: Element, side: str) -> float:
    """Return the drawn border width of one side, px; 0 where its style is none or it is transparent."""
    if element.styles.get(f"border-{side}-style", "none") in ("none", "hidden"):
        return 0.0
    color = style_color(element, f"border-{side}-color")
    return 0.0 if color is not None and color.alpha < 0.02 else style_px(element, f"border-{side}-width")


def has_border(element: Element) -> bool:
    """Tell whether any side draws a border."""
    return any(border_px(element, side) > 0 for side in SIDES)


def has_shadow(element: Element) -> bool:
    """Tell whether the element casts a box shadow."""
    shadow = element.styles.get("box-shadow", "none")
    return shadow not in ("none", "") and not re.fullmatch(r"(rgba\(0, 0, 0, 0\) 0px 0px 0px 0px(, )?)+", shadow)


def is_painted(element: Element) -> bool:
    """Tell whether the element's own box shows: background, border, shadow or replaced content."""
    replaced = element.tag in ("img", "svg", "canvas", "video", "input", "select", "textarea")
    return replaced or has_background(element) or has_border(element) or has_shadow(element)


def is_native(element: Element) -> bool:
    """Tell whether a field or button looks as the browser draws it: a border or ground of its own ends all of that."""
    if element.tag in ("button", "input"):
        return element.styles.get("border-top-style") in ("outset", "inset")
    if element.tag in ("select", "textarea"):
        return element.styles.get("border-top-color") == _NATIVE_GRAY
    return False


def effective_radius_px(element: Element, value: str | None = None) -> float:
    """Return the corner radius as drawn: at most half the smaller side.

    value: a radius to suppose instead of the computed top left one; px, rem or %.
    """
    written = (element.styles.get("border-top-left-radius", "0px") if value is None else value).split()[0]
    half = min(element.box.w, element.box.h) / 2
    if written.endswith("%"):
        return min(half, float(written[:-1]) / 100 * min(element.box.w, element.box.h))
    return min(half, length_px(written) or 0.0)
