"""What a screenshot resembles: a difference hash of 16 x 16 bits (D. Krawetz, "Kind of like that", 2013)."""

import numpy as np
from PIL import Image

from pairgen.images import Pixels

_SIDE = 16


def difference_hash(pixels: Pixels) -> str:
    """Return 256 bits, hexadecimal: whether each cell of a 17 x 16 grey thumbnail is brighter than its right one."""
    small = Image.fromarray(pixels).convert("L").resize((_SIDE + 1, _SIDE), Image.Resampling.BOX)
    grey = np.asarray(small).astype(np.int16)
    bits = (grey[:, :-1] > grey[:, 1:]).reshape(-1)
    return np.packbits(bits).tobytes().hex()


def distance(one: str, other: str) -> int:
    """Return in how many of 256 bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
