"""Figures as SVG: scales, text and marks, coloured by classes that page and file share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.report.markup import Html, element, join

FONT_PX: Final = 12
_WIDE: Final = 0.58
"""Width of a character, in font sizes: what a label needs at most, on average."""

_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

PALETTE: Final = """
:root { color-scheme: light dark; --ink: light-dark(#1a1d24, #e9ebf0); --soft: light-dark(#5f6675, #a2a9b8);
  --line: light-dark(#e3e5ea, #2b303b); --paper: light-dark(#ffffff, #15181f); --sheet: light-dark(#f7f7f5, #0d0f14);
  --hue: light-dark(#2456b3, #8db4ff); --on-hue: light-dark(#ffffff, #0c1220); --good: light-dark(#0f6e3d, #62d698);
  --half: light-dark(#8a5a00, #e8b95a); --bad: light-dark(#b3261e, #ff9188); --mark: light-dark(#d6187f, #ff6ab8);
  --other: light-dark(#b8621b, #f0a566); }
"""
"""The colours, light and dark; every text on its ground has a contrast of at least 4.5."""

CHART_STYLE: Final = """
svg text { font: 12px system-ui, "Segoe UI", Inter, "Noto Sans", sans-serif; fill: var(--ink);
  font-variant-numeric: tabular-nums; }
svg text.soft { fill: var(--soft); } svg text.strong { font-weight: 600; } svg text.small { font-size: 11px; }
svg text.end { text-anchor: end; } svg text.middle { text-anchor: middle; }
.grid { stroke: var(--line); stroke-width: 1; } .zero { stroke: var(--soft); stroke-width: 1; }
.track { stroke: var(--line); stroke-width: 6; stroke-linecap: round; }
.span { stroke: var(--hue); stroke-width: 6; stroke-linecap: round; opacity: .32; }
.point { fill: var(--hue); } .open { fill: var(--paper); stroke: var(--hue); stroke-width: 2; }
.other.span { stroke: var(--other); } .other.point { fill: var(--other); }
.curve { fill: none; stroke: var(--hue); stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
.ghost { fill: none; stroke: var(--soft); stroke-width: 1; opacity: .22; }
.band { fill: var(--hue); opacity: .17; stroke: none; } .flip { stroke: var(--mark); }
.part-named { fill: var(--hue); } .part-misnamed { fill: var(--hue); opacity: .42; } .part-missed { fill: var(--line); }
.part-unscored { fill: var(--half); }
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """Map values from `low`..`high` to pixels from `start` to `end`, clamped to them."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place in pixels, to a tenth."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + (self.end - self.start) * min(1.0, max(0.0, share)), 1)


def svg(width: float, height: float, label: str, *marks: str, class_: str = "chart") -> Html:
    """Return a figure; `label` says in words what it shows, for who can't see it."""
    return element(
        "svg", *marks, viewBox=f"0 0 {width:g} {height:g}", width=f"{width:g}", height=f"{height:g}", role="img",
        aria_label=label, class_=class_, xmlns="http://www.w3.org/2000/svg",
    )  # fmt: skip


def as_file(drawing: Html) -> str:
    """Return a figure as an SVG file of its own, light or dark as its viewer likes."""
    head, body = _NOT_IN_XML.sub("\ufffd", drawing).split(">", 1)
    ground = ":root { background: var(--paper); }"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}><style>{PALETTE}{CHART_STYLE}{ground}</style>{body}\n'


def text(content: str, x: float, y: float, class_: str | None = None) -> Html:
    """Return a word at its baseline."""
    return element("text", content, x=f"{x:g}", y=f"{y:g}", class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Html:
    """Return a straight line."""
    return element("line", x1=f"{x1:g}", y1=f"{y1:g}", x2=f"{x2:g}", y2=f"{y2:g}", class_=class_)


def dot(x: float, y: float, class_: str = "point", *, r: float = 4, title: str | None = None) -> Html:
    """Return a point; `title` shows under the pointer."""
    if title is None:
        return element("circle", cx=f"{x:g}", cy=f"{y:g}", r=f"{r:g}", class_=class_)
    return Html(f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" class="{class_}">{element("title", title)}</circle>')


def curve(points: Sequence[tuple[float, float]], class_: str = "curve") -> Html:
    """Return a line through points."""
    return element("polyline", points=" ".join(f"{x:g},{y:g}" for x, y in points), class_=class_)


def band(upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]) -> Html:
    """Return the area between two lines: an interval along a curve."""
    around = [*upper, *reversed(lower)]
    return element("path", d="M" + "L".join(f"{x:g} {y:g}" for x, y in around) + "Z", class_="band")


def label_width(labels: Sequence[str]) -> float:
    """Return how many pixels the longest label takes, at least 40."""
    return max([40.0, *(len(label) * FONT_PX * _WIDE for label in labels)])


def beside(drawings: Sequence[Html], columns: int, width: float, height: float, label: str) -> Html:
    """Return small figures of one size as one figure, row by row."""
    rows = -(-len(drawings) // columns)
    placed = [
        Html(drawing.replace("<svg", f'<svg x="{place % columns * width:g}" y="{place // columns * height:g}"', 1))
        for place, drawing in enumerate(drawings)
    ]
    return svg(min(columns, max(1, len(drawings))) * width, rows * height, label, join(*placed))
