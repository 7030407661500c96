"""Screenshots as arrays: decoding, comparing, colour difference, lossless recompression."""

import io
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from schemas.records import Box

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
_Level = TypeVar("_Level", np.uint8, np.bool_)


def decode(png: bytes) -> Pixels:
    """Return the image as uint8 RGB, shape (height, width, 3)."""
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def is_animated(data: bytes) -> bool:
    """Tell whether bytes are an image of several frames: GIF, APNG or WebP."""
    if not data.startswith((b"GIF8", b"\x89PNG", b"RIFF")):
        return False
    try:
        with Image.open(io.BytesIO(data)) as image:
            return bool(getattr(image, "is_animated", False))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # Pillow's words for a damaged file
        return False


def level_difference(before: Pixels, after: Pixels) -> Pixels:
    """Return the largest channel difference per pixel, 0..255, shape (height, width)."""
    levels = np.maximum(before, after) - np.minimum(before, after)
    # Three planes at once: a reduction over an axis of three takes eight times as long.
    highest: Pixels = np.maximum(np.maximum(levels[..., 0], levels[..., 1]), levels[..., 2])
    return highest


def color_difference(before: Pixels, after: Pixels) -> npt.NDArray[np.float64]:
    """Return CIEDE2000 for two lists of RGB colours, shape (n, 3) each; every distinct pair is computed once."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    pairs, inverse = np.unique(np.hstack([before, after]), axis=0, return_inverse=True)
    if not len(pairs):
        return np.zeros(0)
    colors = rgb2lab(pairs.reshape(-1, 2, 3).astype(np.float64) / 255)
    distances: npt.NDArray[np.float64] = deltaE_ciede2000(  # type: ignore[no-untyped-call]
        colors[:, 0], colors[:, 1]
    )
    return distances[inverse.reshape(-1)]


def bounds(mask: Mask) -> Box:
    """Return the smallest box around the true pixels; ValueError where there is none."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        raise ValueError("the mask is empty")
    left, top = int(columns[0]), int(rows[0])
    return Box(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


def inside(array: npt.NDArray[_Level], box: Box) -> npt.NDArray[_Level]:
    """Return the view of an image, difference or mask that lies in the box."""
    return array[max(box.y, 0) : max(box.y + box.h, 0), max(box.x, 0) : max(box.x + box.w, 0)]


def union(one: Box, other: Box) -> Box:
    """Return the smallest box around two."""
    x, y = min(one.x, other.x), min(one.y, other.y)
    right, bottom = max(one.x + one.w, other.x + other.w), max(one.y + one.h, other.y + other.h)
    return Box(x, y, right - x, bottom - y)


FAST: Final = -1
"""Below oxipng's levels: rows unfiltered, libdeflate at 8. Screenshots repeat whole runs of bytes, which filters break.
Composed pages take 1.12 x the bytes of level 4 and 33 ms of CPU; at level 0 1.59 x and 55 ms, at level 2 1.02 x and
270 ms, at level 4 1.6 s."""


def recompress(png: bytes, level: int) -> bytes:
    """Return the same pixels in a smaller PNG, always RGB 8 bit; the same bytes for the same pixels and level.

    level: `FAST`, or oxipng's 0..6.
    """
    import oxipng

    pixels = decode(png)
    height, width = pixels.shape[:2]
    image = oxipng.RawImage(pixels.tobytes(), width, height, color_type=oxipng.ColorType.rgb())
    reductions = ("bit_depth_reduction", "color_type_reduction", "palette_reduction", "grayscale_reduction")
    how: dict[str, Any] = dict.fromkeys(reductions, False)
    if level == FAST:
        how |= {"filter": [oxipng.RowFilter.NoOp], "deflate": oxipng.Deflaters.libdeflater(8)}
    return bytes(image.create_optimized_png(level=max(level, 0), strip=oxipng.StripChunks.all(), **how))
