"""Screenshots as arrays: decoding, comparing, colour difference, lossless recompression."""

import io
import struct
import zlib
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
"""Below oxipng's levels: rows unfiltered, libdeflate at 7. Screenshots repeat whole runs of bytes, which filters break.
Composed pages take 1.13 x the bytes of level 4 and 13 ms of CPU; at level 0 1.59 x and 55 ms, at level 2 1.02 x and
270 ms, at level 4 1.6 s."""
_FAST_LEVEL: Final = 7
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_RGB: Final = (8, 2, 0, 0, 0)
"""Of a PNG's header: bits, colour type, and the only compression, filtering and interlacing used here."""


def recompress(png: bytes, level: int) -> bytes:
    """Return the same pixels in a smaller PNG, always RGB 8 bit; the same bytes for the same pixels and level.

    level: `FAST`, or oxipng's 0..6.
    """
    pixels = decode(png)
    return _fast_png(pixels) if level == FAST else _oxipng(pixels, level)


def _fast_png(pixels: Pixels) -> bytes:
    import deflate

    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each begins with its filter: 0, none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">2I5B", width, height, *_RGB)
    data = bytes(deflate.zlib_compress(rows.tobytes(), _FAST_LEVEL))
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _oxipng(pixels: Pixels, level: int) -> bytes:
    import oxipng

    height, width = pixels.shape[:2]
    image = oxipng.RawImage(pixels.tobytes(), width, height, color_type=oxipng.ColorType.rgb())
    reductions = ("bit_depth_reduction", "color_type_reduction", "palette_reduction", "grayscale_reduction")
    how: dict[str, Any] = dict.fromkeys(reductions, False)
    return bytes(image.create_optimized_png(level=level, strip=oxipng.StripChunks.all(), **how))
