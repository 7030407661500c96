"""Colours in plain words: the nearest of about forty names by CIEDE2000."""

from functools import lru_cache
from typing import Final

from pairgen.operators.chroma import delta_e
from pairgen.operators.styles import Rgb, parse_color

_NAMES: Final = {
    "black": "#000000", "near-black": "#14171d", "dark gray": "#3f4650", "gray": "#7b828c", "light gray": "#c4c9d0",
    "very light gray": "#eceef1", "white": "#ffffff",
    "dark blue-gray": "#1e293b", "blue-gray": "#64748b",
    "red": "#dc2626", "dark red": "#8f1d1d", "light red": "#f99b9b", "pale red": "#fde3e3",
    "orange": "#f2761b", "dark orange": "#b8480f", "light orange": "#fdc287", "pale orange": "#feeedb",
    "brown": "#7a4423", "dark brown": "#46230f", "beige": "#e9dcc5",
    "amber": "#f0a30f", "yellow": "#f5d020", "pale yellow": "#fdf6c9", "olive": "#7c7216",
    "lime green": "#86cc1a", "pale lime": "#e9facb",
    "green": "#16a34a", "dark green": "#14532d", "light green": "#86e3a8", "pale green": "#dcfae6",
    "teal": "#0f8a80", "dark teal": "#134e4a", "light teal": "#7fe3d6", "pale teal": "#d3faf3",
    "cyan": "#0fb5d3", "pale cyan": "#d3f7fe", "sky blue": "#41b5ee", "light blue": "#99c8fc", "pale blue": "#dfecfe",
    "blue": "#2563eb", "dark blue": "#1e3a8a", "navy": "#14204d",
    "indigo": "#4f46e5", "dark indigo": "#312e81", "pale indigo": "#e2e7ff",
    "purple": "#8e3de6", "dark purple": "#551c87", "light purple": "#c9aefb", "pale purple": "#efe8fe",
    "magenta": "#c42ad3", "light magenta": "#efaffb",
    "pink": "#ec4899", "dark pink": "#9d174d", "light pink": "#f8a9d3", "pale pink": "#fce8f3",
}  # fmt: skip


def color_name(color: Rgb) -> str:
    """Return the everyday name nearest to an opaque colour."""
    return _nearest(color.hex)


@lru_cache(maxsize=1024)
def _nearest(code: str) -> str:
    color = parse_color(code)
    assert color is not None, code
    known = ((name, parse_color(at)) for name, at in _NAMES.items())
    return min((delta_e(color, at), name) for name, at in known if at is not None)[1]
