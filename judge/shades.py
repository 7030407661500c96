"""Colours in words and in codes, compared: which of two true colours a phrase means, and whether its hue is far off."""

import math
import re
from functools import lru_cache
from typing import Final, NamedTuple

_BASES: Final = {
    "black": "#0a0a0a", "near-black": "#16161a", "white": "#ffffff", "off-white": "#f8f6f0", "gray": "#808080",
    "charcoal": "#36383d", "slate": "#64748b", "blue-gray": "#64748b", "silver": "#c0c0c0", "cream": "#fdf6e0",
    "beige": "#ecdfc4", "tan": "#d2b48c", "brown": "#8a5a2b", "maroon": "#7a1020", "crimson": "#c8143c",
    "red": "#dc2626", "coral": "#ff7f6a", "orange": "#f0761a", "amber": "#f59e0b", "gold": "#e0b010",
    "yellow": "#f2cf1d", "olive": "#808020", "lime": "#84cc16", "green": "#1f9d4b", "mint": "#a4e8c8",
    "emerald": "#10b981", "teal": "#0f8f86", "turquoise": "#30d0c4", "cyan": "#0bb5d0", "sky blue": "#38aeea",
    "blue": "#2f66e0", "navy": "#12245c", "indigo": "#4f46e5", "violet": "#8350ea", "purple": "#8e35d8",
    "lavender": "#c8b8f0", "magenta": "#c81fc8", "fuchsia": "#d82fd8", "pink": "#ec5aa0", "rose": "#e8405e",
}  # fmt: skip
"""Words for colours, each as interfaces commonly show it."""
_BASES_SAID = "|".join(sorted((*_BASES, "grey", "blue-grey"), key=len, reverse=True)).replace("-", "[- ]")
_NAMED: Final = re.compile(
    rf"(?<![\w-])((?:(?:very|much|slightly|a bit|light(?:er)?|pale(?:r)?|bright(?:er)?|dark(?:er)?|deep(?:er)?"
    rf"|muted|soft|dull)[ -]){{0,3}})({_BASES_SAID})(?:ish)?(?![\w-])"
)
_CODE: Final = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b|rgba?\(([^)]*)\)", re.I)
_LIGHT, _DARK = re.compile(r"light|pale|bright"), re.compile(r"dark|deep")
_MARGIN: Final = 12.0
"""How much nearer (CIE 1976 distance) the swapped values must be to count as swapped."""
_CHROMA, _HUE_DEGREES = 30.0, 100.0
"""From which chroma a colour has a hue, and from which angle two hues can't be named alike."""


class Lab(NamedTuple):
    """Hold a colour in CIE L*a*b*, D65."""

    light: float
    a: float
    b: float


def find_shades(text: str) -> tuple[Lab, ...]:
    """Return the colours that lower-case text states: by code where it holds one, else by name."""
    if codes := tuple(filter(None, map(_read_code, _CODE.finditer(text)))):
        return codes
    return tuple(_named(match[1], re.sub(r"[- ]", "-", match[2])) for match in _NAMED.finditer(text))


def has_code(text: str) -> bool:
    """Tell whether the text states a colour by code."""
    return bool(_CODE.search(text))


def are_swapped(gone: str, came: str, old: str, new: str) -> bool:
    """Tell whether a claim's two colours fit the true ones better the other way round."""
    said_old, said_new = find_shades(gone), find_shades(came)
    true_old, true_new = _changed(old, new)
    if not (said_old and said_new and true_old and true_new):
        return False
    straight = _apart(said_old, true_old) + _apart(said_new, true_new)
    return _apart(said_old, true_new) + _apart(said_new, true_old) + _MARGIN < straight


def is_another(came: str, old: str, new: str) -> bool:
    """Tell whether the colour that a claim says is there now is the old one by code, or of a hue far off."""
    said, (true_old, true_new) = find_shades(came), _changed(old, new)
    if not said or not true_new:
        return False
    if has_code(came):
        return _apart(said, true_new) > 1 and bool(true_old) and _apart(said, true_old) < 1
    return all(_is_other_hue(shade, true) for shade in said for true in true_new)


def _changed(old: str, new: str) -> tuple[tuple[Lab, ...], tuple[Lab, ...]]:
    """Return the colours that went and those that came; stops of a gradient that stay are left out."""
    before, after = _codes(old), _codes(new)
    return tuple(c for c in before if c not in after), tuple(c for c in after if c not in before)


@lru_cache(maxsize=4096)
def _codes(value: str) -> tuple[Lab, ...]:
    return tuple(filter(None, map(_read_code, _CODE.finditer(value))))


def _apart(said: tuple[Lab, ...], true: tuple[Lab, ...]) -> float:
    """Return the mean distance from each colour said to the nearest true one."""
    return sum(min(math.dist(shade, other) for other in true) for shade in said) / len(said)


def _is_other_hue(one: Lab, other: Lab) -> bool:
    if min(math.hypot(one.a, one.b), math.hypot(other.a, other.b)) < _CHROMA:
        return False
    turn = abs(math.degrees(math.atan2(one.b, one.a) - math.atan2(other.b, other.a))) % 360
    return min(turn, 360 - turn) > _HUE_DEGREES


@lru_cache(maxsize=4096)
def _named(modifiers: str, base: str) -> Lab:
    light, a, b = _lab(*_bytes(_BASES.get(base.replace("grey", "gray"), _BASES.get(base.replace("-", " "), "#808080"))))
    share = 0.45 + 0.25 * ("very" in modifiers or "pale" in modifiers)
    if _LIGHT.search(modifiers):
        return Lab(light + share * (98 - light), a * (1 - share * 0.8), b * (1 - share * 0.8))
    if _DARK.search(modifiers):
        return Lab(light * (1 - share), a * (1 - share * 0.8), b * (1 - share * 0.8))
    return Lab(light, a, b)


def _read_code(match: re.Match[str]) -> Lab | None:
    if match[1] is None:
        return _lab(*_bytes(match[0]))
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", match[1])[:3]]
    return _lab(*numbers) if len(numbers) == 3 else None


def _bytes(code: str) -> tuple[float, float, float]:
    digits = code[1:] if len(code) > 5 else "".join(2 * digit for digit in code[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


@lru_cache(maxsize=4096)
def _lab(red: float, green: float, blue: float) -> Lab:
    """Return sRGB, 0..255, as CIE L*a*b* (IEC 61966-2-1, CIE 15)."""
    r, g, b = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red / 255, green / 255, blue / 255)
    )
    x = _curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505)
    y = _curve(0.2126 * r + 0.7152 * g + 0.0722 * b)
    z = _curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
    return Lab(116 * y - 16, 500 * (x - y), 200 * (y - z))


def _curve(share: float) -> float:
    return share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116


SOURCES = (_NAMED.pattern, *(f"{name} {code}" for name, code in _BASES.items()))
"""The words of this module, for the judge's identity."""
