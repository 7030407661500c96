"""Benign controls: the second image differs, and nothing in the page has changed.

A kind is a way in which screenshots of one page differ in practice: another offset, another rasteriser, another
encoder, a blinking caret, a clock, a scroll bar, the keyboard's focus.
"""

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from pairgen.browser import Renderer
from pairgen.images import Pixels, decode
from schemas.errors import ConfigError
from schemas.registry import nearest

_JPEG_QUALITY: Final = 90
_RESCALE: Final = 1.01
_EDGE_BLEND: Final = 0.35
_OVERLAY: Final = """
() => {
  const add = (style) => {
    const mark = document.createElement('div');
    mark.setAttribute('style', 'all: initial; position: fixed; z-index: 2147483647; pointer-events: none; ' + style);
    document.documentElement.append(mark);
    return true;
  };
  const seen = (e) => {
    const b = e.getBoundingClientRect();
    return b.width > 8 && b.height > 8 && b.top >= 0 && b.left >= 0 && b.bottom <= innerHeight && b.right <= innerWidth;
  };
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
"""
_CARET: Final = (
    _OVERLAY
    + """
  const [field] = all('input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea');
  if (!field) return false;
  const box = field.getBoundingClientRect(), style = getComputedStyle(field), size = parseFloat(style.fontSize);
  const x = box.left + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth);
  return add(`left:${x}px;top:${(box.top + box.bottom - size * 1.2) / 2}px;width:1px;height:${size * 1.2}px;`
             + `background:${style.color}`);
}
"""
)
_FOCUS: Final = (
    _OVERLAY
    + """
  const [thing] = all('a[href], button, input, select, textarea, summary');
  if (!thing) return false;
  const box = thing.getBoundingClientRect(), radius = getComputedStyle(thing).borderRadius;
  return add(`left:${box.left - 1}px;top:${box.top - 1}px;width:${box.width + 2}px;height:${box.height + 2}px;`
             + `border-radius:${radius};outline:2px solid #101010;box-shadow:0 0 0 3px #ffffff`);
}
"""
)
_SCROLL_BAR: Final = (
    _OVERLAY
    + """
  return add('right:2px;top:2px;width:8px;height:240px;border-radius:4px;background:rgba(96,96,96,.55)');
}
"""
)
_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CLOCK: Final = r"""
() => {
  const stamp = new RegExp(String.raw`\b((?:[01]?\d|2[0-3]):[0-5]\d|20\d\d-\d\d-\d\d)\b`
    + String.raw`|\b(\d{1,2})(?= (?:MONTHS))|(?<=(?:MONTHS)[a-z]* )(\d{1,2})\b`);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const found = stamp.exec(node.data), box = node.parentElement.getBoundingClientRect();
    // a stamp, not a date in a sentence: there it would be the content that changes
    if (!found || node.data.trim().length > 40 || !box.width || box.bottom > innerHeight || box.top < 0) continue;
    const old = found[0], day = Number(found[2] || found[3]);
    const later = day ? String(day < 28 ? day + 1 : day - 1) : old.slice(0, -1) + (Number(old.at(-1)) + 1) % 10;
    node.data = node.data.slice(0, found.index) + later + node.data.slice(found.index + old.length);
    return true;
  }
  return false;
}
""".replace("MONTHS", _MONTHS)


@dataclass(kw_only=True, slots=True, frozen=True)
class BenignConfig:
    """How many benign controls, and of which kinds."""

    num: int = 0
    """Benign controls in all."""
    shares: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 1.0))
    """Kind -> weight; kinds take turns so that each gets its share."""

    def __post_init__(self) -> None:
        for kind, share in self.shares.items():
            if kind not in KINDS:
                raise ConfigError(f"benign.shares: unknown kind {kind!r}: {nearest(kind, KINDS)}")
            if share < 0:
                raise ConfigError(f"benign.shares: {kind} must be 0 or more")
        if self.num < 0 or (self.num and not any(self.shares.values())):
            raise ConfigError("benign: num is 0 or more, and some share is above 0")

    def kinds(self) -> list[str]:
        """Return the kind of each control: at every place, the one that is furthest behind its share."""
        total = sum(self.shares.values())
        given = dict.fromkeys((kind for kind, share in self.shares.items() if share), 0)
        order: list[str] = []
        for number in range(1, self.num + 1):
            lag = {kind: self.shares[kind] / total * number - given[kind] for kind in given}
            kind = max(lag, key=lag.__getitem__)
            given[kind] += 1
            order.append(kind)
        return order


def disturb(renderer: Renderer, png: bytes, kind: str, seed: str) -> bytes | None:
    """Return another picture of the page that the renderer holds; None where the page has nothing for this kind."""
    how = KINDS[kind]
    if isinstance(how, str):
        return renderer.screenshot() if renderer.evaluate(how) else None
    return _encode(how(decode(png), random.Random(seed)))


def _encode(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _shift(pixels: Pixels, rng: random.Random) -> Pixels:
    """Move the whole picture by one pixel; the edge repeats."""
    right, down = rng.choice([(1, 0), (-1, 0), (0, 1), (0, -1)])
    padded = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    height, width = pixels.shape[:2]
    moved: Pixels = padded[1 - down : 1 - down + height, 1 - right : 1 - right + width]
    return np.ascontiguousarray(moved)


def _shift_subpixel(pixels: Pixels, rng: random.Random) -> Pixels:
    """Move the whole picture by a quarter to three quarters of a pixel, interpolated."""
    part = rng.uniform(0.25, 0.75)
    moved = _shift(pixels, rng).astype(np.float32) * part + pixels.astype(np.float32) * (1 - part)
    return np.rint(moved).astype(np.uint8)


def _antialias(pixels: Pixels, _: random.Random) -> Pixels:
    """Soften edges alone, as another antialiasing does."""
    soft = np.asarray(Image.fromarray(pixels).filter(ImageFilter.SMOOTH)).astype(np.float32)
    return np.rint(pixels * (1 - _EDGE_BLEND) + soft * _EDGE_BLEND).astype(np.uint8)


def _font_smoothing(pixels: Pixels, _: random.Random) -> Pixels:
    """Give edges the coloured fringes of subpixel font smoothing: red and blue a third of a pixel apart."""
    wide = np.pad(pixels, ((0, 0), (1, 1), (0, 0)), mode="edge").astype(np.float32)
    fringed = pixels.astype(np.float32)
    fringed[..., 0] = (2 * wide[:, 1:-1, 0] + wide[:, :-2, 0]) / 3
    fringed[..., 2] = (2 * wide[:, 1:-1, 2] + wide[:, 2:, 2]) / 3
    return np.rint(fringed).astype(np.uint8)


def _rescale(pixels: Pixels, _: random.Random) -> Pixels:
    """Render 1% larger and cut to the viewport, as another zoom does."""
    height, width = pixels.shape[:2]
    larger = Image.fromarray(pixels).resize(
        (round(width * _RESCALE), round(height * _RESCALE)), Image.Resampling.BICUBIC
    )
    return np.asarray(larger.crop((0, 0, width, height)))


def _jpeg(pixels: Pixels, _: random.Random) -> Pixels:
    """Go through JPEG at quality 90."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_JPEG_QUALITY)
    return decode(file.getvalue())


KINDS: Final[Mapping[str, str | Callable[[Pixels, random.Random], Pixels]]] = {
    "shift_1px": _shift,
    "shift_subpixel": _shift_subpixel,
    "antialiasing": _antialias,
    "font_smoothing": _font_smoothing,
    "rescale_1pct": _rescale,
    "jpeg": _jpeg,
    "caret": _CARET,
    "clock": _CLOCK,
    "scroll_bar": _SCROLL_BAR,
    "focus_ring": _FOCUS,
}
"""How each kind is made: of the picture, or by a script in the page that says whether it found its place."""
