"""Typography: font weight, font size, letter spacing, line height, of leaf elements with text of their own."""

import re
from collections.abc import Iterator
from typing import Final

from pairgen.operators.ask import Ask, Step, px_text
from pairgen.operators.styles import font_size_px, line_height_px, style_px
from pairgen.operators.tiers import SIZE_RATIO, SIZE_STEPS, SPACING_EM, WEIGHT_STEPS
from pairgen.records import Candidate, Element
from pairgen.scripts import is_cursive
from pairgen.utility_css import FONT_SIZES, FONT_WEIGHTS, LEADINGS, LEADINGS_PX, TRACKINGS

_SIZE_PX: Final = (9.0, 80.0)
_MIN_LEADING_EM: Final = 0.95
_MIN_GLYPHS: Final = 4
_MIN_LINES: Final = 3
_MIN_LEADING_MOVE_PX: Final = 2.0
_MIN_TRACKING_EM: Final = -0.15
"""Letters set closer lie on each other, and the name made of them can't be read."""
_WAYS: Final = ("increase", "decrease")


def is_text_leaf(element: Element, min_glyphs: int = 1) -> bool:
    """Tell whether an element holds text and nothing else, so that what it hands down reaches no one."""
    return not element.children and num_glyphs(element.own_text) >= min_glyphs


def num_glyphs(text: str) -> int:
    """Count characters that leave ink."""
    return len(re.sub(r"\s", "", text))


def font_weight(ask: Ask) -> Iterator[Candidate | None]:
    """Make text bolder or lighter by steps of 100."""
    if not is_text_leaf(ask.element, 2):
        return
    old = int(float(ask.element.styles.get("font-weight", "400")))
    low, high = WEIGHT_STEPS[ask.tier]
    for way in ask.shuffled(*_WAYS):
        for steps in ask.rng.sample(range(int(low), int(high) + 1), int(high - low) + 1):
            new = old + (100 if way == "increase" else -100) * steps
            if 100 <= new <= 900 and old % 100 == 0:
                yield _weight(ask, old, new, Step(
                    property="font-weight", direction=way, old=str(old), new=str(new), magnitude=steps,
                ))  # fmt: skip


def _weight(ask: Ask, old: int, new: int, step: Step) -> Candidate | None:
    if not ask.is_swap:
        return ask.override({"font-weight": str(new)}, step)
    names = {weight: name for name, weight in FONT_WEIGHTS.items()}
    has_old = names[old] in ask.element.classes
    # An element that inherits 400 has no class to swap; adding one is what a Tailwind author would do.
    return ask.swap(names[old], names[new], step) if has_old else None


def font_size(ask: Ask) -> Iterator[Candidate | None]:
    """Make text larger or smaller: classes move line height too, the inline style doesn't."""
    if not is_text_leaf(ask.element, 2):
        return
    for way in ask.shuffled(*_WAYS):
        yield _size_class(ask, way) if ask.is_swap else _size_style(ask, way)


def _size_class(ask: Ask, way: str) -> Candidate | None:
    scale = list(FONT_SIZES)
    old = next((name for name in ask.element.classes if name in FONT_SIZES), None)
    steps = int(SIZE_STEPS[ask.tier].low)
    at = scale.index(old) + (steps if way == "increase" else -steps) if old else -1
    if old is None or not 0 <= at < len(scale) or FONT_SIZES[scale[at]][0] > _SIZE_PX[1]:
        return None
    sizes = px_text(FONT_SIZES[old][0]), px_text(FONT_SIZES[scale[at]][0])
    step = Step(property="font-size", direction=way, old=sizes[0], new=sizes[1], magnitude=steps)
    return ask.swap(old, scale[at], step)


def _size_style(ask: Ask, way: str) -> Candidate | None:
    old, ratio = font_size_px(ask.element), SIZE_RATIO[ask.tier].low
    new = old * ratio if way == "increase" else old / ratio
    if not _SIZE_PX[0] <= new <= _SIZE_PX[1]:
        return None
    step = Step(property="font-size", direction=way, old=px_text(old), new=px_text(new), magnitude=ratio)
    return ask.override({"font-size": px_text(new)}, step)


def letter_spacing(ask: Ask) -> Iterator[Candidate | None]:
    """Set letters further apart or closer together."""
    if not is_text_leaf(ask.element, _MIN_GLYPHS) or is_cursive(ask.element.own_text):
        return
    size, offset = font_size_px(ask.element), SPACING_EM[ask.tier].low
    old = style_px(ask.element, "letter-spacing") / size
    for way in ask.shuffled(*_WAYS):
        new = old + (offset if way == "increase" else -offset)
        if new < _MIN_TRACKING_EM:
            continue
        step = Step(property="letter-spacing", direction=way, old=f"{old:.3g}em", new=f"{new:.3g}em", magnitude=offset)
        if ask.is_swap:
            known = ask.class_in("|".join(TRACKINGS) + r"|tracking-\[.*\]")
            yield ask.swap(known and known[0], f"tracking-[{new:.4g}em]", step)
        else:
            yield ask.override({"letter-spacing": f"{new:.4g}em"}, step)


def line_height(ask: Ask) -> Iterator[Candidate | None]:
    """Set lines further apart or closer together."""
    size, old_px = font_size_px(ask.element), line_height_px(ask.element)
    offset = SPACING_EM[ask.tier].low
    moved = offset * size * (ask.element.num_lines - 1)
    if not is_text_leaf(ask.element) or ask.element.num_lines < _MIN_LINES or moved < _MIN_LEADING_MOVE_PX:
        return
    old = (old_px or 1.2 * size) / size
    for way in ask.shuffled(*_WAYS):
        new = old + (offset if way == "increase" else -offset)
        if old_px is None or new < _MIN_LEADING_EM:
            continue
        step = Step(property="line-height", direction=way, old=f"{old:.3g}em", new=f"{new:.3g}em", magnitude=offset)
        if ask.is_swap:
            known = ask.class_in("|".join((*LEADINGS, *LEADINGS_PX)) + r"|leading-\[.*\]")
            yield ask.swap(known and known[0], f"leading-[{new:.4g}em]", step)
        else:
            yield ask.override({"line-height": f"{new:.4g}em"}, step)
