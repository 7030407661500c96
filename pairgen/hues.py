"""Colours in plain words: the word of the nearest shade of the palette by CIEDE2000."""

from functools import cache, lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from pairgen.operators.chroma import lab
from pairgen.operators.styles import Rgb, parse_color
from pairgen.utility_css import PALETTE, SHADES

_WORDS: Final = {
    "slate": "blue-gray", "gray": "gray", "zinc": "gray", "neutral": "gray", "stone": "gray",
    "red": "red", "orange": "orange", "amber": "amber", "yellow": "yellow", "lime": "lime green",
    "green": "green", "emerald": "green", "teal": "teal", "cyan": "cyan", "sky": "sky blue", "blue": "blue",
    "indigo": "indigo", "violet": "violet", "purple": "purple", "fuchsia": "magenta", "pink": "pink", "rose": "red",
}  # fmt: skip
_BROWNS: Final = {"orange": 800, "amber": 800, "yellow": 700}
"""Hues whose dark shades, from this one on, are called brown."""
_NEUTRAL: Final = ("slate", "gray", "zinc", "neutral", "stone")
_PINKISH: Final = {"rose": 500, "red": 400}
"""Reds whose light shades, below this one, are called pink."""
_OLIVE: Final = ("lime", 700)
"""The hue whose dark shades, from this one on, are called olive green."""
_BRIGHT: Final = {"orange": 100, "amber": 100, "yellow": 200, "lime": 100, "cyan": 100, "pink": 100}
"""Hues that are called by their plain word in shades lighter than other hues' by so much."""
_DARK_WORDS: Final = {"sky": "blue", "amber": "orange"}
"""What the dark shades of a hue, from _DARK on, are called where its word says something light."""
_DARK: Final = 700
_MUTED: Final = {
    "red": "red", "rose": "red", "orange": "brown", "amber": "brown", "yellow": "brown", "lime": "green",
    "green": "green", "emerald": "green", "teal": "teal", "cyan": "teal", "sky": "blue", "blue": "blue",
    "indigo": "blue", "violet": "purple", "purple": "purple", "fuchsia": "pink", "pink": "pink",
}  # fmt: skip
"""What is said of a hue between its palette and gray."""
_MUTED_CHROMA: Final = 0.45
"""Chroma of a muted colour, by that of its hue's shade."""
_MUTED_SHADES: Final = (300, 400, 500, 600, 700, 800, 900)
_OTHERS: Final = {
    "black": "#000000", "near-black": "#14171d", "white": "#ffffff", "off-white": "#f8f8f8", "beige": "#e9dcc5",
    "navy": "#0b1a4a", "olive": "#6b6b12", "maroon": "#5c1a33",
}  # fmt: skip


class _Anchors(NamedTuple):
    words: tuple[str, ...]
    labs: npt.NDArray[np.float64]
    """CIELAB, shape (number of words, 3)."""


def color_name(color: Rgb) -> str:
    """Return the everyday name of an opaque colour."""
    return _nearest(color.hex)


def told(code: str) -> str:
    """Return the everyday name of a colour code; the code itself where it isn't one."""
    color = parse_color(code)
    return code if color is None else color_name(color)


@lru_cache(maxsize=1024)
def _nearest(code: str) -> str:
    from skimage.color import deltaE_ciede2000

    words, labs = _anchors()
    distances = deltaE_ciede2000(np.broadcast_to(np.array(_lab(code)), labs.shape), labs)  # type: ignore[no-untyped-call]
    return words[int(np.argmin(distances))]


@cache
def _anchors() -> _Anchors:
    named = [(_word(hue, shade), _lab(PALETTE[hue][shade])) for hue in _WORDS for shade in SHADES]
    named += [(word, _lab(code)) for word, code in _OTHERS.items()]
    for hue in _MUTED:
        for shade in _MUTED_SHADES:
            lightness, a, b = _lab(PALETTE[hue][shade])
            named.append((_muted(hue, shade), (lightness, _MUTED_CHROMA * a, _MUTED_CHROMA * b)))
    return _Anchors(tuple(word for word, _ in named), np.array([found for _, found in named]))


def _lab(code: str) -> tuple[float, float, float]:
    color = parse_color(code)
    assert color is not None, code
    return lab(color)


def _word(hue: str, shade: int) -> str:
    if hue in _NEUTRAL:
        return _shaded_gray(_WORDS[hue], shade)
    if shade < _PINKISH.get(hue, 0):
        return _shaded("pink", shade)
    if hue == _OLIVE[0] and shade >= _OLIVE[1]:
        return "dark olive green" if shade >= 900 else "olive green"
    if shade >= _BROWNS.get(hue, 1000):
        return "dark brown" if shade >= 900 else "brown"
    word = _DARK_WORDS.get(hue, _WORDS[hue]) if shade >= _DARK else _WORDS[hue]
    return _shaded(word, shade, _BRIGHT.get(hue, 0))


def _muted(hue: str, shade: int) -> str:
    word = _MUTED[hue]
    if shade <= 400:
        return {"brown": "tan", "red": "light muted pink"}.get(word, f"light muted {word}")
    return f"dark muted {word}" if shade >= 800 else f"muted {word}"


def _shaded(word: str, shade: int, lighter_by: int = 0) -> str:
    if shade <= 100:
        return f"pale {word}"
    if shade <= 400 - lighter_by:
        return f"light {word}"
    if shade <= 700 - lighter_by:
        return word
    return f"dark {word}" if shade <= 900 else f"very dark {word}"


def _shaded_gray(word: str, shade: int) -> str:
    if shade >= 900:
        return "near-black"
    if shade == 50:
        return "off-white"
    if shade <= 300:
        return f"very light {word}" if shade <= 100 else f"light {word}"
    return word if shade <= 500 else f"dark {word}"
