"""Gradient: reversed, turned, or with other stops; measured as mean colour difference over the element."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from pairgen.operators import chroma
from pairgen.operators.ask import Ask, Step
from pairgen.operators.styles import SIDES, Rgb, has_border, parse_color, style_color, style_px
from pairgen.operators.tiers import GRADIENT_DELTA_E
from pairgen.records import Candidate, Element
from pairgen.utility_css import GRADIENT_DIRECTIONS, PALETTE, SHADES

_SAMPLES: Final = 12
_TURN_DEG: Final = {"easy": 180.0, "medium": 90.0, "hard": 45.0}
_STOP_STEPS: Final = {"easy": (4, 6), "medium": (3, 3), "hard": (1, 2)}
"""Shades that a stop moves; in `easy` both stops, else one."""
_DEGREES: Final = {
    line: 45.0 * i
    for i, line in enumerate(
        ("to top", "to top right", "to right", "to bottom right", "to bottom", "to bottom left", "to left",
         "to top left")
    )
}  # fmt: skip
_TURN_CLASSES: Final = list(GRADIENT_DIRECTIONS)


@dataclass(frozen=True, slots=True)
class Linear:
    """Hold a linear gradient: angle in CSS degrees (0 up, clockwise), evenly placed opaque stops."""

    degrees: float
    stops: tuple[Rgb, ...]

    @property
    def css(self) -> str:
        """Return the gradient as a CSS image."""
        return f"linear-gradient({self.degrees:g}deg, {', '.join(stop.hex for stop in self.stops)})"


@dataclass(frozen=True, slots=True)
class _Edit:
    direction: str
    image: Linear
    classes: dict[str, str]


def read_linear(element: Element) -> Linear | None:
    """Return an element's background where it is one plain linear gradient, else None.

    A corner keyword (`to bottom right`) is turned into the angle that CSS draws for this box.
    """
    match = re.fullmatch(r"linear-gradient\((.*)\)", element.styles.get("background-image", ""))
    if match is None or "gradient(" in match[1] or element.styles.get("background-clip") == "text" or _tiles(element):
        return None
    line, *rest = [part.strip() for part in re.split(r",(?![^()]*\))", match[1])]
    written = [re.sub(r"\s+(0|50|100)%$", "", part) for part in (rest if _is_line(line) else [line, *rest])]
    stops = [parse_color(part) for part in written]
    if len(stops) < 2 or any(stop is None or stop.alpha < 0.99 for stop in stops):
        return None
    degrees = _degrees(line, element) if _is_line(line) else 180.0
    return Linear(degrees, tuple(stop for stop in stops if stop is not None))


def _tiles(element: Element) -> bool:
    """Tell whether the gradient begins anew under a see-through border, a line of the opposite end's colour."""
    widths = [style_px(element, f"border-{side}-width") for side in SIDES]
    starts_inside = element.styles.get("background-origin", "padding-box") != "border-box"
    return starts_inside and any(widths) and not has_border(element)


def _is_line(part: str) -> bool:
    return part.startswith("to ") or part.endswith("deg")


def _degrees(line: str, element: Element) -> float:
    if line.endswith("deg"):
        return float(line.removesuffix("deg")) % 360
    words = line.split()[1:]
    ordered = "to " + " ".join(sorted(words, key=("top", "bottom", "left", "right").index))
    if len(words) < 2:
        return _DEGREES[ordered]
    # CSS draws a corner keyword so that the 50% line joins the two other corners.
    lean = math.degrees(math.atan2(element.box.h, element.box.w))
    quadrant = {"to top right": lean, "to bottom right": 180 - lean, "to bottom left": 180 + lean}
    return quadrant.get(ordered, 360 - lean)


def gradient(ask: Ask) -> Iterator[Candidate | None]:
    """Reverse or turn an element's gradient, or move its stops along the palette."""
    old = read_linear(ask.element)
    if old is None:
        return
    edits = [*_turned(ask, old), *_restopped(ask, old)]
    for edit in ask.rng.sample(edits, len(edits)):
        moved = mean_delta_e(old, edit.image, ask.element)
        if not GRADIENT_DELTA_E[ask.tier].holds(moved) or not _texts_show(ask, edit.image):
            continue
        step = Step(
            property="background-image", direction=edit.direction, old=old.css, new=edit.image.css, magnitude=moved
        )
        yield (
            ask.swap_all(edit.classes, step)
            if ask.is_swap
            else ask.override({"background-image": edit.image.css}, step)
        )


def _turned(ask: Ask, old: Linear) -> Iterator[_Edit]:
    turn = _TURN_DEG[ask.tier]
    way = "reverse" if turn == 180 else "rotate"
    for sign in (1,) if turn == 180 else (1, -1):
        classes: dict[str, str] = {}
        image = replace(old, degrees=(old.degrees + sign * turn) % 360)
        if ask.is_swap:
            name = next((n for n in ask.element.classes if n in GRADIENT_DIRECTIONS), None)
            if name is None:
                return
            new = _TURN_CLASSES[(_TURN_CLASSES.index(name) + sign * round(turn / 45)) % len(_TURN_CLASSES)]
            image = replace(old, degrees=_degrees(GRADIENT_DIRECTIONS[new], ask.element))
            classes = {name: new}
        yield _Edit(way, image, classes)


def _restopped(ask: Ask, old: Linear) -> Iterator[_Edit]:
    if len(old.stops) != 2:
        return
    first, last = (_shades(ask, old.stops[i], prefix) for i, prefix in enumerate(("from", "to")))
    if ask.tier == "easy":
        for (new_first, a), (new_last, b) in zip(first, last, strict=False):
            if new_first == new_last:
                continue  # one flat colour is no gradient any more
            yield _Edit("recolor", replace(old, stops=(new_first, new_last)), {**a, **b})
        return
    for new_first, classes in first:
        yield _Edit("recolor", replace(old, stops=(new_first, old.stops[1])), classes)
    for new_last, classes in last:
        yield _Edit("recolor", replace(old, stops=(old.stops[0], new_last)), classes)


def _shades(ask: Ask, stop: Rgb, prefix: str) -> list[tuple[Rgb, dict[str, str]]]:
    """Return the stop's palette neighbours within the tier's steps, each with its class swap."""
    place = chroma.palette_place(stop.hex)
    if place is None:
        return []
    hue, at = place
    name = f"{prefix}-{hue}-{SHADES[at]}"
    if ask.is_swap and name not in ask.element.classes:
        return []
    low, high = _STOP_STEPS[ask.tier]
    reachable = [i for i in range(len(SHADES)) if low <= abs(i - at) <= high]
    found: list[tuple[Rgb, dict[str, str]]] = []
    for i in ask.rng.sample(reachable, len(reachable)):
        new = parse_color(PALETTE[hue][SHADES[i]])
        if new is not None:
            found.append((new, {name: f"{prefix}-{hue}-{SHADES[i]}"}))
    return found


def sample(image: Linear, width: int, height: int) -> npt.NDArray[np.float64]:
    """Return sRGB colours 0..255 of a grid of points over a box, shape [_SAMPLES ** 2, 3]."""
    angle = math.radians(image.degrees)
    dx, dy = math.sin(angle), -math.cos(angle)
    length = abs(width * dx) + abs(height * dy)
    at = (np.arange(_SAMPLES) + 0.5) / _SAMPLES - 0.5
    x, y = np.meshgrid(at * width, at * height)
    share = np.clip((x * dx + y * dy) / length + 0.5, 0, 1).ravel()
    places = np.linspace(0, 1, len(image.stops))
    return np.stack([np.interp(share, places, [stop[i] for stop in image.stops]) for i in range(3)], axis=1)


def mean_delta_e(old: Linear, new: Linear, element: Element) -> float:
    """Return the mean CIEDE2000 over the element's box between two gradients."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    size = max(element.box.w, 1), max(element.box.h, 1)
    one, other = (rgb2lab(sample(image, *size)[None] / 255) for image in (old, new))
    return float(np.mean(deltaE_ciede2000(one, other)))  # type: ignore[no-untyped-call]


def _texts_show(ask: Ask, image: Linear) -> bool:
    grounds = [Rgb(*(float(c) for c in point)) for point in sample(image, 4, 4)[:: _SAMPLES + 1]]
    for element in (ask.element, *ask.tree.descendants(ask.element)):
        ink = style_color(element, "color")
        if not element.own_text or ink is None or chroma.background_of(element, ask.tree) is None:
            continue
        on_gradient = not any(_paints(e) for e in _between(ask, element))
        if on_gradient and min(chroma.contrast(ink, ground) for ground in grounds) < chroma.MIN_CONTRAST:
            return False
    return True


def _between(ask: Ask, element: Element) -> Iterator[Element]:
    for here in (element, *ask.tree.ancestors(element)):
        if here.ref == ask.element.ref:
            return
        yield here


def _paints(element: Element) -> bool:
    ground = style_color(element, "background-color")
    return ground is not None and ground.alpha > 0.9
