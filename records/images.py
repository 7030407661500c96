"""Checks on a stored image: it is there, it is what it says, and it is not a bomb."""

import io
import warnings
from typing import Any

from PIL import Image, UnidentifiedImageError

from schemas.errors import DatasetError

MAX_IMAGE_PIXELS = 50_000_000
"""A screenshot of 1280x800 has 1,024,000; the largest full-page ones stay below 30 million."""


def check_image(pair_id: str, column: str, cell: dict[str, Any] | None) -> bytes:
    """Return the encoded bytes of an image cell; DatasetError names the pair where it can't be used."""
    data = cell["bytes"] if cell else None
    if not data:
        raise DatasetError(f"pair {pair_id!r}: {column} holds no bytes; store the encoded image in the file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as image:
                kind, (width, height) = image.format, image.size
                image.verify()
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise DatasetError(
                f"pair {pair_id!r}: {column} cannot be decoded: {error}; replace or drop the pair"
            ) from error
    if kind != "PNG":
        raise DatasetError(f"pair {pair_id!r}: {column} is {kind}, must be PNG; convert it")
    if width * height > MAX_IMAGE_PIXELS:
        raise DatasetError(
            f"pair {pair_id!r}: {column} is {width}x{height} px, more than {MAX_IMAGE_PIXELS:,} in all; scale it down"
        )
    return bytes(data)
