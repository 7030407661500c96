"""Pictures whose content is known for certain: one huge word each, drawn here, so that no file is needed."""

from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

SIZE_PX: Final = (640, 320)
_FONT_PX: Final = 150

WORDS: Final = (("LEMON", "RIVER"), ("TIGER", "CLOUD"))
"""Pairs of words that share no letter in the same place and are hard to take for each other."""


@cache
def draw_word(word: str) -> bytes:
    """Return a PNG of `SIZE_PX`: the word in black, in the middle of a white picture."""
    image = Image.new("RGB", SIZE_PX, "white")
    centre = (SIZE_PX[0] / 2, SIZE_PX[1] / 2)
    ImageDraw.Draw(image).text(centre, word, fill="black", anchor="mm", font=ImageFont.load_default(size=_FONT_PX))
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
