"""How large a change is: one band per operator, mechanism and tier, as data.

Source: the benchmark for font_weight, letter_spacing and line_height; the rest is ours. A band bounds
`Candidate.magnitude`, whose unit the operator's table names; both ends belong to it.
"""

from math import inf
from typing import Final, NamedTuple


class Band(NamedTuple):
    """Hold the least and the greatest magnitude of one tier."""

    low: float
    high: float

    def holds(self, magnitude: float) -> bool:
        """Tell whether a magnitude lies in the band, to within a thousandth."""
        return self.low - 1e-3 <= abs(magnitude) <= self.high + 1e-3


Tiers = dict[str, Band]


def _tiers(easy: tuple[float, float], medium: tuple[float, float], hard: tuple[float, float]) -> Tiers:
    return {"easy": Band(*easy), "medium": Band(*medium), "hard": Band(*hard)}


def _exactly(easy: float, medium: float, hard: float) -> Tiers:
    return _tiers((easy, easy), (medium, medium), (hard, hard))


WEIGHT_STEPS: Final = _tiers((3, 5), (2, 2), (1, 1))
"""Steps of 100 in font weight."""
SIZE_STEPS: Final = _exactly(3, 2, 1)
"""Steps on the scale of `text-*` classes."""
SIZE_RATIO: Final = _exactly(1.5, 1.25, 1.125)
"""Larger font size over smaller."""
SPACING_EM: Final = _exactly(0.20, 0.12, 0.06)
"""Change of letter spacing or line height, em."""
EDITED: Final = _tiers((2, 6), (1, 1), (1, 2))
"""Words (easy, medium) or characters (hard) replaced or deleted."""
COLOR_STEPS: Final = _tiers((4, 5), (2, 3), (1, 1))
"""Steps of shade on the palette; class swaps must also meet COLOR_DELTA_E."""
COLOR_DELTA_E: Final = _tiers((25, inf), (12, 25), (5, 12))
"""CIEDE2000 between old and new colour."""
OPACITY: Final = _exactly(0.25, 0.50, 0.75)
"""New opacity, from 1."""
GRADIENT_DELTA_E: Final = _tiers((4, inf), (4, inf), (4, inf))
"""Mean CIEDE2000 over the element; which kind of edit belongs to which tier stands in gradient.py."""
POSITION_PX: Final = _exactly(24, 12, 6)
PADDING_PX: Final = _exactly(24, 12, 6)
"""Change of each side of padding or margin, px."""
# Bands that meet end a hundredth short of the next, ten times what `Band.holds` forgives.
JUSTIFY_PX: Final = _tiers((200, inf), (60, 199.99), (16, 59.99))
"""Farthest that a child moves, px; measured after layout."""
BORDER_PX: Final = _exactly(4, 2, 1)
"""Change of border width, px; `restyle` (medium) counts 1, `recolor` (hard) its CIEDE2000 >= 10."""
BORDER_DELTA_E: Final = 10.0
ROUNDED_PX: Final = _tiers((12, inf), (6, 11.99), (4, 5.99))
"""Change of the effective radius, px: at most half the smaller side."""

_BOTH: Final[dict[str, Tiers]] = {
    "font_weight": WEIGHT_STEPS,
    "letter_spacing": SPACING_EM,
    "line_height": SPACING_EM,
    "color": COLOR_DELTA_E,
    "opacity": OPACITY,
    "gradient": GRADIENT_DELTA_E,
    "position": POSITION_PX,
    "spacing": PADDING_PX,
    "justify": JUSTIFY_PX,
    "border": BORDER_PX,
    "rounded": ROUNDED_PX,
}

BANDS: Final[dict[tuple[str, str], Tiers]] = {
    **{(name, way): tiers for name, tiers in _BOTH.items() for way in ("class_swap", "style_override")},
    ("font_size", "class_swap"): SIZE_STEPS,
    ("font_size", "style_override"): SIZE_RATIO,
    ("text", "substitute"): EDITED,
    ("text", "delete"): EDITED,
}
"""Bands of `Candidate.magnitude` by (operator, mechanism), then tier."""

MECHANISMS: Final = dict.fromkeys((*_BOTH, "font_size"), ("class_swap", "style_override")) | {
    "text": ("substitute", "delete")
}
"""The two ways in which each operator can make its change."""


def band(operator: str, mechanism: str, tier: str, direction: str = "") -> Band:
    """Return the band of a candidate's magnitude; KeyError for a cell that doesn't exist."""
    if operator == "border" and direction == "restyle":
        return Band(1, 1)
    if operator == "border" and direction == "recolor":
        return Band(BORDER_DELTA_E, inf)
    return BANDS[operator, mechanism][tier]
