"""Say a gradient's colours as they are seen: in reading order, by where each stands."""

import math
import re
from collections.abc import Sequence
from typing import Final

from pairgen.hues import told
from pairgen.operators.chroma import gradient_colors, lab
from pairgen.operators.styles import parse_color
from pairgen.records import Candidate

_SLANT: Final = 0.38
"""Share of a direction, 0..1, from which it counts: 22.5 degrees off an axis is still that axis."""


def places(image: str) -> tuple[str, str]:
    """Return where a linear gradient's first and last stop stand, as CSS orders them: `the left`, `the lower right`."""
    found = re.search(r"(-?[\d.]+)deg", image)
    angle = math.radians(float(found[1]) if found else 180.0)
    return _place(-math.sin(angle), math.cos(angle)), _place(math.sin(angle), -math.cos(angle))


def _place(dx: float, dy: float) -> str:
    across = "" if abs(dx) < _SLANT else "right" if dx > 0 else "left"
    down = "" if abs(dy) < _SLANT else "bottom" if dy > 0 else "top"
    if across and down:
        return f"the {down} {across}"
    return f"the {across or down}"


def recolor_key(candidate: Candidate) -> str | None:
    """Return the template for one changed stop, by whether its word changes; None where both stops did."""
    at = _only_change(candidate)
    if at is None:
        return None
    old, new = (told(codes[at]) for codes in _codes(candidate))
    return "gradient.reshade" if old == new else "gradient.restop"


def slots(candidate: Candidate) -> dict[str, str]:
    """Return what the gradient templates ask for: both gradients in words, and the one stop that changed."""
    old, new = _codes(candidate)
    said = {
        "old_stops": _said(candidate.old_value, old),
        "new_stops": _said(candidate.new_value, new),
    }
    at = _only_change(candidate)
    if at is None:
        return said
    return {
        **said,
        "end": places(candidate.new_value)[at],
        "old_stop": told(old[at]),
        "new_stop": told(new[at]),
        "old_code": old[at],
        "new_code": new[at],
        "shade": f"{_comparative(old[at], new[at])} {told(new[at])}",
    }


def _codes(candidate: Candidate) -> list[list[str]]:
    return [[color.hex for color in gradient_colors(image)] for image in (candidate.old_value, candidate.new_value)]


def _only_change(candidate: Candidate) -> int | None:
    """Return which of two stops changed; None where both or none did."""
    old, new = _codes(candidate)
    changed = [i for i, (was, now) in enumerate(zip(old, new, strict=False)) if was != now]
    return changed[0] if len(changed) == 1 and len(old) == len(new) == 2 else None


def _comparative(old: str, new: str) -> str:
    one, other = parse_color(old), parse_color(new)
    assert one is not None and other is not None, (old, new)
    return "a lighter" if lab(other)[0] > lab(one)[0] else "a darker"


def _said(image: str, codes: Sequence[str]) -> str:
    """Return a gradient's stops in words, left to right or top to bottom, with codes where two words are one."""
    words = [told(code) for code in codes]
    if len(set(words)) < len(words):
        words = [f"{word} ({code})" for word, code in zip(words, codes, strict=True)]
    if len(codes) != 2:
        return " to ".join(words)
    ends = list(zip(words, places(image), strict=True))
    if _reads_backwards(image):
        ends.reverse()
    return " and ".join(f"{word} at {place}" for word, place in ends)


def _reads_backwards(image: str) -> bool:
    first, _ = places(image)
    return "bottom" in first or first == "the right"
