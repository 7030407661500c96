"""Two screenshots cut down to what changed between them.

Arrays are indexed [y, x] or [y, x, channel]; colours are float32 levels, 0..255, sRGB.
"""

import io
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from schemas.errors import RequestRejected
from schemas.records import Box, Question

Pixels: TypeAlias = NDArray[np.uint8]
Levels: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.bool_]

CHANGED_LEVELS: Final = 2
"""Channel difference above which a pixel counts as changed, levels of 255: rendering is exact, so little noise."""
RING_PX: Final = 6
"""Unchanged surroundings kept around the changed box, px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Hold what surrounds a change, in both images.

    `box` bounds the changed pixels in whole-image px; the arrays cover it and a ring around it,
    whose own top left corner is (`left`, `top`).
    """

    box: Box
    left: int
    top: int
    before: Levels
    after: Levels
    changed: Mask
    ground: Levels
    """Most frequent colour of the ring, shape (3,): what the change lies on."""

    @property
    def inner(self) -> tuple[slice, slice]:
        """Return the window of the arrays that the box covers."""
        top, left = self.box.y - self.top, self.box.x - self.left
        return slice(top, top + self.box.h), slice(left, left + self.box.w)

    @property
    def delta(self) -> Levels:
        """Return after minus before."""
        return self.after - self.before


def decode_pair(question: Question, scale: float = 1.0) -> tuple[Pixels, Pixels]:
    """Decode both images to RGB of one common size; smaller ones are padded with black.

    Raises RequestRejected where an image can't be decoded.
    """
    before = _decode(question.before, question.pair_id, "before", scale)
    after = _decode(question.after, question.pair_id, "after", scale)
    height, width = (max(before.shape[axis], after.shape[axis]) for axis in (0, 1))
    return _pad(before, height, width), _pad(after, height, width)


def changed_mask(before: Pixels, after: Pixels) -> Mask:
    """Tell, pixel by pixel, whether any channel differs visibly."""
    rows = np.flatnonzero((before != after).any(axis=(1, 2)))
    mask = np.zeros(before.shape[:2], dtype=bool)
    if rows.size:
        band = slice(rows[0], rows[-1] + 1)
        difference = np.abs(before[band].astype(np.int16) - after[band])
        mask[band] = (difference > CHANGED_LEVELS).any(axis=2)
    return mask


def bounding_box(mask: Mask) -> Box | None:
    """Return the smallest box around all set pixels; None where none is set."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    left, top = int(columns[0]), int(rows[0])
    return Box(left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)


def cut_patch(before: Pixels, after: Pixels, mask: Mask, box: Box) -> Patch:
    """Cut the box and a ring around it out of both images."""
    top, left = max(box.y - RING_PX, 0), max(box.x - RING_PX, 0)
    window = (slice(top, box.y + box.h + RING_PX), slice(left, box.x + box.w + RING_PX))
    changed = mask[window]
    return Patch(
        box=box,
        left=left,
        top=top,
        before=before[window].astype(np.float32),
        after=after[window].astype(np.float32),
        changed=changed,
        ground=_ground(after[window], box, left, top),
    )


def main_colour(colours: NDArray[np.generic]) -> Levels:
    """Return the most frequent colour of an (n, 3) list, shape (3,)."""
    coarse = colours.astype(np.uint32) >> 3
    keys = (coarse[:, 0] << 10) | (coarse[:, 1] << 5) | coarse[:, 2]
    counts = np.bincount(keys)
    chosen: Levels = np.median(colours[keys == counts.argmax()], axis=0).astype(np.float32)
    return chosen


def _decode(data: memoryview, pair_id: str, side: str, scale: float) -> Pixels:
    try:
        with Image.open(io.BytesIO(data)) as image:
            picture = _opaque(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise RequestRejected(f"pair {pair_id}: the {side} image can't be decoded: {error}") from error
    if scale != 1.0:
        size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
        picture = picture.resize(size, Image.Resampling.BOX)
    return np.asarray(picture)


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _pad(pixels: Pixels, height: int, width: int) -> Pixels:
    if pixels.shape[:2] == (height, width):
        return pixels
    padded = np.zeros((height, width, 3), dtype=np.uint8)
    padded[: pixels.shape[0], : pixels.shape[1]] = pixels
    return padded


def _ground(window: Pixels, box: Box, left: int, top: int) -> Levels:
    ring = np.ones(window.shape[:2], dtype=bool)
    y, x = box.y - top, box.x - left
    ring[y : y + box.h, x : x + box.w] = False
    # A change that fills the whole page leaves no ring: its edge stands in.
    return main_colour(window[ring] if ring.any() else window[0])
