"""Where a box lies on the page, in words and in the one box format that judges read."""

from typing import Final

from schemas.records import Box

_ROWS: Final = ("top", "middle", "bottom")
_COLUMNS: Final = ("left", "centre", "right")


def write_box(box: Box) -> str:
    """Write a box in screenshot px as judges read it: `box [x, y, w, h] px`."""
    return f"box [{box.x}, {box.y}, {box.w}, {box.h}] px"


def name_place(box: Box, width: int, height: int) -> str:
    """Name the ninth of the page that holds the box's centre, such as `top-left` or `centre`."""
    row = _ROWS[_third(box.y + box.h / 2, height)]
    column = _COLUMNS[_third(box.x + box.w / 2, width)]
    return "centre" if (row, column) == ("middle", "centre") else f"{row}-{column}"


def resize_box(box: Box, factor: float, width: int, height: int) -> Box:
    """Scale a box and cut it to the page; it keeps at least one pixel."""
    left, top = min(round(box.x * factor), width - 1), min(round(box.y * factor), height - 1)
    right, bottom = round((box.x + box.w) * factor), round((box.y + box.h) * factor)
    return Box(left, top, max(min(right, width) - left, 1), max(min(bottom, height) - top, 1))


def _third(position: float, length: int) -> int:
    return min(max(int(3 * position / length), 0), 2)
