"""Estimate where a single-line flex row puts its children, to aim `justify` at a tier before layout."""

from typing import Final

from pairgen.operators.styles import border_px, style_px
from pairgen.records import Element

_MIRRORED: Final = {"flex-start": "flex-end", "flex-end": "flex-start"}


def is_from_right(element: Element) -> bool:
    """Tell whether the row begins at the right."""
    return element.styles.get("direction") == "rtl"


def is_horizontal(element: Element) -> bool:
    """Tell whether children stand side by side."""
    return element.styles.get("flex-direction", "row") == "row"


def content_span(element: Element) -> tuple[float, float]:
    """Return start and width of the content box along the row, px."""
    left = border_px(element, "left") + style_px(element, "padding-left")
    right = border_px(element, "right") + style_px(element, "padding-right")
    return element.box.x + left, element.box.w - left - right


def _outer(child: Element) -> float:
    return child.box.w + style_px(child, "margin-left") + style_px(child, "margin-right")


def free_space_px(element: Element, children: list[Element]) -> float:
    """Return the room along the row that children and gaps leave, px."""
    gaps = style_px(element, "column-gap") * (len(children) - 1)
    return content_span(element)[1] - gaps - sum(_outer(child) for child in children)


def offsets(element: Element, children: list[Element], justify: str) -> list[float]:
    """Return each child's left end under a value of `justify-content`, px, from the left to the right."""
    if is_from_right(element):
        justify = _MIRRORED.get(justify, justify)
    free, count = free_space_px(element, children), len(children)
    lead, between = {
        "center": (free / 2, 0.0),
        "flex-end": (free, 0.0),
        "space-between": (0.0, free / (count - 1)),
        "space-around": (free / count / 2, free / count),
        "space-evenly": (free / (count + 1), free / (count + 1)),
    }.get(justify, (0.0, 0.0))
    at, found = content_span(element)[0] + lead, []
    for child in sorted(children, key=lambda c: c.box.x):
        found.append(at + style_px(child, "margin-left"))
        at += _outer(child) + style_px(element, "column-gap") + between
    return found
