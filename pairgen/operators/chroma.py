"""Measure and choose colours: CIEDE2000, contrast, backgrounds, a seeded colour within a band."""

import math
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np

from pairgen.operators.styles import Rgb, has_image, parse_color, style_color
from pairgen.operators.tiers import Band
from pairgen.records import Element
from pairgen.tree import Tree
from pairgen.utility_css import PALETTE, SHADES

MIN_CONTRAST: Final = 1.4
"""WCAG contrast below which text can't be read at all."""
_TRIES: Final = 60
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])
"""XYZ of D65, 2 degree observer."""
_XYZ_TO_RGB: Final = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
"""Linear sRGB of XYZ (IEC 61966-2-1)."""


def lab(color: Rgb) -> tuple[float, float, float]:
    """Return CIELAB (D65) of an opaque colour."""
    return _lab(round(color.r), round(color.g), round(color.b))


@lru_cache(maxsize=4096)
def _lab(r: int, g: int, b: int) -> tuple[float, float, float]:
    from skimage.color import rgb2lab

    lightness, a, b_axis = rgb2lab(np.array([[[r, g, b]]], dtype=np.float64) / 255)[0, 0]
    return float(lightness), float(a), float(b_axis)


def delta_e(one: Rgb, other: Rgb) -> float:
    """Return CIEDE2000 between two opaque colours."""
    from skimage.color import deltaE_ciede2000

    return float(deltaE_ciede2000(np.array(lab(one)), np.array(lab(other))))  # type: ignore[no-untyped-call]


def luminance(color: Rgb) -> float:
    """Return WCAG 2 relative luminance, 0..1."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in color[:3])]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the WCAG 2 contrast ratio, 1..21."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def blend(top: Rgb, below: Rgb) -> Rgb:
    """Return the opaque colour of `top` laid over an opaque `below`."""
    return Rgb(*(top.alpha * t + (1 - top.alpha) * b for t, b in zip(top[:3], below[:3], strict=True)))


def gradient_colors(image: str) -> list[Rgb]:
    """Return the colours named in a CSS image, in order."""
    import re

    found = (parse_color(text) for text in re.findall(r"rgba?\([^)]*\)|#[0-9a-fA-F]{3,6}\b", image))
    return [color for color in found if color is not None]


def background_of(element: Element, tree: Tree, *, skip_own: bool = False) -> Rgb | None:
    """Return the colour behind an element's text, gradients by their mean; None over a picture."""
    layers: list[Rgb] = []
    for here in ([] if skip_own else [element]) + list(tree.ancestors(element)):
        layer = _layer(here)
        if layer is None:
            return None
        layers.append(layer)
        if layer.alpha > 0.99:
            break
    color = Rgb(255, 255, 255)
    for layer in reversed(layers):
        color = blend(layer, color)
    return color


def _layer(element: Element) -> Rgb | None:
    if has_image(element):
        stops = gradient_colors(element.styles["background-image"])
        return Rgb(*(sum(values) / len(stops) for values in zip(*stops, strict=True))) if stops else None
    return style_color(element, "background-color") or Rgb(0, 0, 0, 0)


@lru_cache(maxsize=512)
def palette_place(code: str) -> tuple[str, int] | None:
    """Return hue and index of shade of a palette colour; None for a colour that isn't in it."""
    for hue, shades in PALETTE.items():
        for i, shade in enumerate(SHADES):
            if shades[shade] == code:
                return hue, i
    return None


def direction_of(old: Rgb, new: Rgb) -> str:
    """Say whether a colour became `lighter`, `darker`, or another hue (`recolor`); shades of one hue never the last."""
    (l_old, a_old, b_old), (l_new, a_new, b_new) = lab(old), lab(new)
    places = palette_place(old.hex), palette_place(new.hex)
    if places[0] and places[1] and places[0][0] == places[1][0]:
        return "lighter" if l_new > l_old else "darker"
    moved = math.hypot(a_new - a_old, b_new - b_old)
    turned = abs(_turn(math.atan2(b_old, a_old), math.atan2(b_new, a_new)))
    is_colored = min(math.hypot(a_old, b_old), math.hypot(a_new, b_new)) > 12
    if (is_colored and turned > 0.6) or moved > 1.5 * abs(l_new - l_old):
        return "recolor"
    return "lighter" if l_new > l_old else "darker"


def _turn(one: float, other: float) -> float:
    return (other - one + math.pi) % (2 * math.pi) - math.pi


def colors_within(old: Rgb, within: Band, rng: random.Random) -> Iterator[Rgb]:
    """Yield seeded colours whose CIEDE2000 from `old` lies in the band: lighter, darker and of other hue."""
    lightness, a, b = lab(old)
    chroma, hue = math.hypot(a, b), math.atan2(b, a)
    for attempt in range(_TRIES):
        if attempt % 2:
            step = rng.choice((-1, 1)) * rng.uniform(within.low, min(within.high, 45) * 1.4)
            tried = (lightness + step, a, b)
        else:
            turn, strength = rng.uniform(-math.pi, math.pi), rng.uniform(0.6, 1.2) * max(chroma, 30)
            at = lightness + rng.uniform(-8, 8)
            tried = (at, strength * math.cos(hue + turn), strength * math.sin(hue + turn))
        color = _from_lab(tried)
        if color is not None and within.holds(delta_e(old, color)):
            yield color


def _from_lab(point: tuple[float, float, float]) -> Rgb | None:
    """Return the sRGB colour of a CIELAB (D65) point, None where it lies outside the gamut."""
    fy = (point[0] + 16) / 116
    cubes = [
        t**3 if t > 6 / 29 else (t - 4 / 29) * 3 * (6 / 29) ** 2 for t in (fy + point[1] / 500, fy, fy - point[2] / 200)
    ]
    linear = _XYZ_TO_RGB @ (np.array(cubes) * _WHITE)
    if not 0 <= point[0] <= 100 or linear.min() < -0.002 or linear.max() > 1.002:
        return None
    clear = np.clip(linear, 0, 1)
    channels = np.where(clear <= 0.0031308, 12.92 * clear, 1.055 * clear ** (1 / 2.4) - 0.055)
    red, green, blue = (float(round(255 * value)) for value in channels)
    return Rgb(red, green, blue)
