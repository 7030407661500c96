"""Colours as people say them, and how far apart two of them look."""

from typing import Final, NamedTuple

import numpy as np

from model_adapters.patches import Levels

_HUES: Final = (
    (20, "red"), (48, "orange"), (70, "yellow"), (160, "green"), (195, "teal"),
    (255, "blue"), (290, "purple"), (335, "pink"), (361, "red"),
)  # fmt: skip
"""Upper bound of each named range of the HSL hue, degrees."""


class Lch(NamedTuple):
    """Hold a colour as lightness (0..100), chroma and hue (degrees) of CIELAB."""

    lightness: float
    chroma: float
    hue: float


def to_lch(colour: Levels) -> Lch:
    """Convert one sRGB colour, levels 0..255."""
    from skimage.color import rgb2lab

    lightness, a, b = (float(part) for part in rgb2lab(np.asarray(colour, dtype=float).reshape(1, 1, 3) / 255)[0, 0])
    return Lch(lightness, float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)) % 360))


def difference(one: Levels, two: Levels) -> float:
    """Return the CIEDE2000 difference of two sRGB colours; 1 is just noticeable."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    labs = rgb2lab(np.stack([one, two]).astype(float).reshape(2, 1, 3) / 255)
    return float(deltaE_ciede2000(labs[0], labs[1])[0])  # type: ignore[no-untyped-call]


def name_colour(colour: Levels) -> str:
    """Name a colour in one to two plain words, such as `dark blue` or `light grey`."""
    red, green, blue = (float(part) for part in colour)
    lightness, chroma, _ = to_lch(colour)
    if chroma < 9:
        return _name_grey(lightness)
    high, low = max(red, green, blue), min(red, green, blue)
    if high == red:
        hue = 60 * (green - blue) / (high - low) % 360
    elif high == green:
        hue = 60 * (blue - red) / (high - low) + 120
    else:
        hue = 60 * (red - green) / (high - low) + 240
    name = next(name for bound, name in _HUES if hue < bound)
    if name == "orange" and lightness < 45:
        name = "brown"
    return f"{_shade(lightness)}{name}"


def _name_grey(lightness: float) -> str:
    if lightness > 97:
        return "white"
    if lightness < 8:
        return "black"
    return f"{_shade(lightness)}grey"


def _shade(lightness: float) -> str:
    if lightness < 35:
        return "dark "
    return "light " if lightness > 78 else ""
