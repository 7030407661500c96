"""Draws flat inline pictures: scenes in place of photographs, icons, portraits, charts."""

from collections.abc import Callable
from typing import Final

from pairgen.composer.draft import Draft
from pairgen.composer.markup import el, text
from pairgen.utility_css import PALETTE

_ICON_PATHS: Final = (
    "M4 12l5 5L20 6",
    "M12 3l2.6 6 6.4.6-4.8 4.3 1.4 6.3L12 17l-5.6 3.2 1.4-6.3L3 9.6 9.4 9z", "M13 2L5 14h6l-1 8 9-13h-6z",
    "M12 20s-8-5-8-11a4.5 4.5 0 018-2.8A4.5 4.5 0 0120 9c0 6-8 11-8 11z", "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
    "M4 20V10M10 20V4M16 20v-8M21 20H3", "M12 7v5l3 3M12 3a9 9 0 100 18 9 9 0 000-18z",
    "M12 21s-7-6.5-7-12a7 7 0 0114 0c0 5.500-7 12-7 12zM12 11.500a2.500 2.500 0 100-5 2.500 2.500 0 000 5z",
    "M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6z", "M4 5h7v15H4zM13 5h7v15h-7z",
    "M3 5h3l2 11h10l2-8H7M9 20h.01M17 20h.01",
    "M5 19c0-9 5-14 15-14 0 10-5 15-14 14l8-8", "M12 12a4 4 0 100-8 4 4 0 000 8zM4 21c1-5 4-7 8-7s7 2 8 7",
    "M4 6h16v12H4zM4 7l8 6 8-6", "M6 3h9l4 4v14H6zM9 11h7M9 15h7",
    "M3 12h18M12 3v18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
)  # fmt: skip


def icon(draft: Draft, classes: str = "w-6 h-6") -> str:
    """Return a line icon in the current text colour."""
    path = el("path", "", d=draft.dice.choose(_ICON_PATHS))
    return el(
        "svg",
        classes,
        path,
        viewBox="0 0 24 24",
        fill="none",
        stroke="currentColor",
        stroke_width="1.8",
        stroke_linecap="round",
        stroke_linejoin="round",
        aria_hidden="true",
    )


def icon_tile(draft: Draft) -> str:
    """Return an icon on a small square ground."""
    theme = draft.theme
    look = f"{theme.tint} {theme.accent_text}" if draft.dice.chance(0.6) else f"{theme.accent_bg} text-white"
    return el("div", f"flex items-center justify-center w-11 h-11 shrink-0 {look} {theme.card_corner}", icon(draft))


def portrait(draft: Draft, name: str, size: str = "w-10 h-10") -> str:
    """Return a disc with a person's initials."""
    theme = draft.theme
    hue = draft.dice.choose((theme.accent, theme.second, theme.neutral))
    initials = draft.voice.initials(name)
    look = f"{size} shrink-0 rounded-full bg-{hue}-200 text-{hue}-900 text-sm font-semibold"
    return el("div", f"flex items-center justify-center {look}", text(initials))


def picture(draft: Draft, label: str, classes: str) -> str:
    """Return a scene, or an icon on a gradient, that fills a box of the given classes."""
    if draft.dice.chance(0.25):
        ground = f"{draft.theme.gradient(draft.dice.choose('rlbt'))} text-white"
        return el(
            "div",
            f"flex items-center justify-center {ground} {classes}",
            icon(draft, "w-16 h-16 opacity-80"),
            role="img",
            aria_label=label,
        )
    scene = draft.dice.choose(_SCENES)
    drawing = el(
        "svg",
        "w-full h-full",
        scene(draft),
        viewBox="0 0 400 240",
        preserveAspectRatio="xMidYMid slice",
        role="img",
        aria_label=label,
    )
    return el("div", f"overflow-hidden {classes}", drawing)


def _tones(draft: Draft) -> Callable[[int], str]:
    hue = draft.dice.choose((draft.theme.accent, draft.theme.second, draft.theme.neutral))
    shift = 100 if draft.theme.is_dark else 0
    return lambda shade: PALETTE[hue][min(shade + shift, 900) if shade > 50 else shade]


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'


def _disc(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'


def _path(shape: str, fill: str) -> str:
    return f'<path d="{shape}" fill="{fill}"/>'


def _hills(draft: Draft) -> str:
    tone, dice = _tones(draft), draft.dice
    sun = _disc(dice.between(70, 330), dice.between(50, 100), dice.between(22, 40), tone(100))
    ridges = []
    for base, shade in ((110, 300), (150, 400), (190, 600)):
        left, middle, right = (base + dice.between(-30, 30) for _ in range(3))
        ridges.append(_path(f"M0 {left}Q100 {middle - 40} 200 {middle}T400 {right}V240H0Z", tone(shade)))
    return _rect(0, 0, 400, 240, tone(200)) + sun + "".join(ridges)


def _town(draft: Draft) -> str:
    tone, dice = _tones(draft), draft.dice
    parts, x = [_rect(0, 0, 400, 240, tone(100))], dice.between(-10, 10)
    while x < 400:
        width, height = dice.between(34, 70), dice.between(60, 170)
        parts.append(_rect(x, 240 - height, width, height, tone(dice.choose((300, 400, 500, 600)))))
        parts += [
            _rect(x + 8, 250 - height + 24 * floor, width - 16, 8, tone(100)) for floor in range(dice.between(1, 3))
        ]
        x += width + dice.between(0, 12)
    return "".join(parts)


def _vessels(draft: Draft) -> str:
    tone, dice = _tones(draft), draft.dice
    parts = [_rect(0, 0, 400, 240, tone(100)), _rect(0, 180, 400, 60, tone(200))]
    for at in (90, 200, 310):
        half, height = dice.between(20, 44), dice.between(50, 120)
        left, right, top = at - half, at + half, 200 - height
        shape = f"M{left} {top}H{right}Q{right + 16} 190 {at} 204Q{left - 16} 190 {left} {top}Z"
        parts.append(_path(shape, tone(dice.choose((400, 500, 600, 700)))))
    return "".join(parts)


def _rings(draft: Draft) -> str:
    tone, dice = _tones(draft), draft.dice
    x, y = dice.between(100, 300), dice.between(80, 160)
    discs = [_disc(x, y, radius, tone(shade)) for radius, shade in ((170, 200), (120, 300), (74, 400), (34, 600))]
    return _rect(0, 0, 400, 240, tone(100)) + "".join(discs)


def _leaves(draft: Draft) -> str:
    tone, dice = _tones(draft), draft.dice
    parts = [_rect(0, 0, 400, 240, tone(50))]
    for step in range(7):
        x, height = 30 + 56 * step, dice.between(70, 190)
        shape = f"M{x} 240Q{x - 34} {240 - height / 2:g} {x} {240 - height}Q{x + 34} {240 - height / 2:g} {x} 240Z"
        parts.append(_path(shape, tone(dice.choose((300, 400, 500, 600)))))
    return "".join(parts)


def _sails(draft: Draft) -> str:
    tone, dice = _tones(draft), draft.dice
    parts = [_rect(0, 0, 400, 240, tone(100)), _rect(0, 160, 400, 80, tone(400))]
    for _ in range(3):
        x, height = dice.between(40, 350), dice.between(50, 110)
        parts.append(_path(f"M{x} {158 - height}L{x + height * 0.5:g} 152H{x}Z", tone(600)))
        parts.append(_path(f"M{x - 26} 158H{x + 50}L{x + 36} 174H{x - 16}Z", tone(800)))
    return "".join(parts)


def _blocks(draft: Draft) -> str:
    tone, dice = _tones(draft), draft.dice
    tiles = [
        _rect(80 * column, 80 * row, 80, 80, tone(dice.choose((100, 200, 300, 400, 600))))
        for row in range(3)
        for column in range(5)
    ]
    return "".join(tiles) + _disc(80 * dice.between(1, 4), 80 * dice.between(1, 2), 40, tone(700))


_SCENES: Final = (_hills, _town, _vessels, _rings, _leaves, _sails, _blocks)


def bar_chart(draft: Draft, labels: list[str]) -> str:
    """Return a bar chart, one bar a label, in a box of fixed height."""
    theme, dice = draft.theme, draft.dice
    bars = []
    for label in labels:
        look = theme.accent_bg if dice.chance(0.7) else f"bg-{theme.second}-400"
        bar = el("div", f"w-full {look} rounded-t-md", style=f"height:{dice.between(30, 150)}px")
        bars.append(el("div", "flex flex-col items-center gap-2 flex-1", bar, draft.write("span", "note", label)))
    return el("div", "flex items-end gap-4 h-48", *bars)


def sparkline(draft: Draft) -> str:
    """Return a small line chart in the accent colour."""
    points = " ".join(f"{12 * at},{draft.dice.between(4, 36)}" for at in range(11))
    line = f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"/>'
    return el("svg", f"w-14 h-8 shrink-0 {draft.theme.accent_text}", line, viewBox="0 0 120 40", aria_hidden="true")
