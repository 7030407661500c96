"""The report's figures: what each takes is plain rows, what it gives is one SVG."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from analysis.figures import percent
from analysis.report.drawing import Scale, band, curve, dot, label_width, line, svg, text
from analysis.report.markup import Html, element, join

_ROW_PX: Final = 24
_TOP_PX: Final = 24
PANEL_WIDTH: Final = 184
PANEL_HEIGHT: Final = 132


class Estimate(NamedTuple):
    """Hold a value with its 95% interval and what to call it; no bounds where there is no interval."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""
    """Said in the value's place where there is none, behind it where there is."""
    class_: str = ""
    num_trials: int = 0
    """What a rate divides by; it is written no finer than that carries."""


def interval_mark(value: float, low: float | None, high: float | None, title: str, *, top: float = 1.0) -> Html:
    """Return a rate 0..`top` as a point on its interval, small enough for a table's cell."""
    across = Scale(0, top, 5, 89)
    spans = [] if low is None or high is None else [line(across(low), 8, across(high), 8, "span")]
    return svg(94, 16, title, line(5, 8, 89, 8, "track"), *spans, dot(across(value), 8, title=title), class_="mark")


def forest(rows: Sequence[Estimate], label: str, *, low: float, high: float, is_percent: bool = True) -> Html:
    """Return estimates below each other: name, value, and a point on its interval."""
    left, plot = label_width([row.label for row in rows]) + 8, 420.0
    across = Scale(low, high, left, left + plot)
    height = _TOP_PX + _ROW_PX * len(rows) + 6
    ticks = [low + (high - low) * step / 4 for step in range(5)]
    marks = [
        join(line(across(tick), _TOP_PX, across(tick), height - 6, "zero" if tick == 0 and low < 0 else "grid"),
             text(_written(tick, is_percent, short=True), across(tick), 14, "soft small middle"))
        for tick in ticks
    ]  # fmt: skip
    for place, row in enumerate(rows):
        marks.append(_estimate(row, across, _TOP_PX + _ROW_PX * (place + 0.5), is_percent))
    return svg(left + plot + 190, height, label, *marks)


def _estimate(row: Estimate, across: Scale, y: float, is_percent: bool) -> Html:
    name = text(row.label, across.start - 10, y + 4, "end")
    if row.value is None:
        return join(name, text(row.note or "no figure", across.start + 6, y + 4, "soft small"))
    written, span = _written(row.value, is_percent, row.num_trials), []
    if row.low is not None and row.high is not None:
        written += (
            f" [{_written(row.low, is_percent, row.num_trials)}, {_written(row.high, is_percent, row.num_trials)}]"
        )
        span = [line(across(row.low), y, across(row.high), y, f"{row.class_} span".strip())]
    said = text(f"{written} {row.note}".rstrip(), across.end + 12, y + 4, "small")
    return join(name, *span, dot(across(row.value), y, f"{row.class_} point".strip(), title=written), said)


def _written(value: float, is_percent: bool, count: int = 0, *, short: bool = False) -> str:
    if is_percent:
        return f"{100 * value:.0f}%" if short else percent(value, count)
    return f"{value:g}" if short else f"{value:.2f}"


class Curve(NamedTuple):
    """Hold a line of rates 0..1 over named places, with bounds; None leaves a place out."""

    name: str
    rates: Sequence[float | None]
    lows: Sequence[float | None]
    highs: Sequence[float | None]


def panel(shown: Curve, others: Sequence[Curve], places: Sequence[str], *, top: float = 1.0, note: str = "") -> Html:
    """Return one small line chart: `shown` with its interval, the `others` as ghosts behind it."""
    up, across = Scale(0, top, PANEL_HEIGHT - 22, 26), Scale(0, max(1, len(places) - 1), 46, PANEL_WIDTH - 22)
    marks = [text(_clipped(shown.name, 27), 8, 14, "strong")]
    for tick in (0, top / 2, top):
        marks.append(line(32, up(tick), PANEL_WIDTH - 10, up(tick), "grid"))
        marks.append(text(f"{100 * tick:.0f}", 26, up(tick) + 4, "soft small end"))
    for place, name in enumerate(places):
        if name:
            marks.append(text(name, across(place), PANEL_HEIGHT - 6, "soft small middle"))
    marks += [curve(_points(one.rates, across, up), "ghost") for one in others]
    upper, lower = _points(shown.highs, across, up), _points(shown.lows, across, up)
    if len(upper) > 1 and len(lower) > 1:
        marks.append(band(upper, lower))
    points = _points(shown.rates, across, up)
    marks.append(curve(points))
    if len(shown.rates) <= 4:
        marks += [_labelled(rate, across(place), up) for place, rate in enumerate(shown.rates) if rate is not None]
    marks += [text(note, PANEL_WIDTH - 14, 14, "soft small end")] if note else []
    return svg(PANEL_WIDTH, PANEL_HEIGHT, _panel_words(shown, places), *marks, class_="chart panel")


def _labelled(rate: float, x: float, up: Scale) -> Html:
    above = up(rate) - 8
    return join(
        dot(x, up(rate), r=3), text(f"{100 * rate:.0f}", x, above if above > 24 else up(rate) + 16, "small middle")
    )


def _points(rates: Sequence[float | None], across: Scale, up: Scale) -> list[tuple[float, float]]:
    return [(across(place), up(rate)) for place, rate in enumerate(rates) if rate is not None]


def _panel_words(shown: Curve, places: Sequence[str]) -> str:
    said = [f"{name} {100 * rate:.0f}%" for name, rate in zip(places, shown.rates, strict=True) if rate is not None]
    return f"{shown.name}: {', '.join(said)}"


def _clipped(name: str, length: int) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"


class Stack(NamedTuple):
    """Hold one bar: counts that add up to a whole."""

    label: str
    counts: Mapping[str, int]
    note: str = ""


def stacked(bars: Sequence[Stack], label: str) -> Html:
    """Return bars of counts as shares of their wholes; the parts' classes are `part-<name>`."""
    left, plot = label_width([bar.label for bar in bars]) + 8, 340.0
    marks: list[Html] = []
    for place, bar in enumerate(bars):
        y, total = 6 + _ROW_PX * place, sum(bar.counts.values())
        across, start = Scale(0, max(1, total), left, left + plot), 0
        marks.append(text(bar.label, left - 10, y + 13, "end"))
        for name, count in bar.counts.items():
            if count:
                wide = across(start + count) - across(start)
                title = element("title", f"{bar.label}: {name} {count:,} of {total:,}")
                rect = f'<rect x="{across(start):g}" y="{y}" width="{wide:.1f}" height="17" class="part-{name}">'
                marks.append(Html(f"{rect}{title}</rect>"))
            start += count
        marks.append(text(bar.note, left + plot + 12, y + 13, "small"))
    return svg(left + plot + 190, 10 + _ROW_PX * len(bars), label, *marks)


def slopes(ranks: Mapping[str, Sequence[float | None]], columns: Sequence[str], flips: set[str], label: str) -> Html:
    """Return each row's rank in every column, joined by lines; those in `flips` stand out."""
    left = label_width(list(ranks)) + 30
    width, across = left + 220.0 * (len(columns) - 1) + label_width(list(ranks)) + 40, 220.0
    held = [rank for row in ranks.values() for rank in row if rank is not None]
    down = Scale(1, max([2.0, *held]), 44, 44 + _ROW_PX * (max([2.0, *held]) - 1))
    marks = [text(_clipped(name, 20), left + across * place, 16, "strong middle") for place, name in enumerate(columns)]
    for name, row in ranks.items():
        points = [(left + across * place, down(rank)) for place, rank in enumerate(row) if rank is not None]
        flip = " flip" if name in flips else ""
        marks += [curve(points, f"curve{flip}"), *(dot(x, y, r=4) for x, y in points)]
    marks += _rank_labels(ranks, down, left, across)
    return svg(width, down.end + 24, label, *marks)


def _rank_labels(ranks: Mapping[str, Sequence[float | None]], down: Scale, left: float, across: float) -> list[Html]:
    """Write the names at both ends; rows that share a rank share a line, else they would hide each other."""
    marks = []
    for place, class_ in ((0, "end"), (-1, "")):
        by_rank: dict[float, list[str]] = {}
        for name, row in ranks.items():
            rank = row[place]
            if rank is not None:
                by_rank.setdefault(rank, []).append(name)
        x = left - 12 if place == 0 else left + across * (max(len(row) for row in ranks.values()) - 1) + 12
        for rank, names in by_rank.items():
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            shown = f"{rank:.0f}  {_clipped(names[0], 30)}{more}"
            marks.append(text(shown, x, down(rank) + 4, class_ or None))
    return marks


def scatter(points: Sequence[tuple[str, float, Estimate]], label: str, unit: str) -> Html:
    """Return points of (name, what it takes, rate with interval): cost along a logarithmic axis, rate upwards."""
    width, height, left, right = 860.0, 420.0, 52.0, 850.0
    takes = [math.log10(taken) for _, taken, _ in points]
    pad = max(0.15, 0.08 * (max(takes) - min(takes)))
    across = Scale(min(takes) - pad, max(takes) + 2 * pad, left, right)
    top = min(1.0, math.ceil(10 * max(rate.high or rate.value or 0 for _, _, rate in points)) / 10) or 1.0
    up = Scale(0, top, height - 44, 20)
    marks = []
    for step in range(5):
        y = up(top * step / 4)
        marks += [line(left, y, right, y, "grid"), text(f"{25 * top * step:.3g}%", left - 8, y + 4, "soft small end")]
    for tick in _log_ticks(across.low, across.high):
        x = across(math.log10(tick))
        marks += [line(x, 20, x, height - 44, "grid"), text(f"{tick:g}", x, height - 26, "soft small middle")]
    marks.append(text(unit, (left + right) / 2, height - 6, "soft small middle"))
    return svg(width, height, label, *marks, *_scattered(points, across, up))


def _log_ticks(low: float, high: float) -> list[float]:
    powers = range(math.floor(low), math.ceil(high) + 1)
    return [base * 10.0**power for power in powers for base in (1, 2, 5) if low <= math.log10(base) + power <= high]


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def _scattered(points: Sequence[tuple[str, float, Estimate]], across: Scale, up: Scale) -> list[Html]:
    """Draw the points, and each name where it hides no point and no other name; else only under the pointer."""
    places = [(across(math.log10(taken)), up(rate.value or 0)) for _, taken, rate in points]
    held = [_Box(x - 6, y - 6, x + 6, y + 6) for x, y in places]
    marks: list[Html] = []
    for (name, taken, rate), (x, y) in zip(points, places, strict=True):
        if rate.low is not None and rate.high is not None:
            marks.append(line(x, up(rate.low), x, up(rate.high), "span"))
        marks.append(dot(x, y, title=f"{name}: {percent(rate.value or 0, rate.num_trials)}%, {taken:.3g}"))
        wide = label_width([name])
        for class_, start, base in _label_places(x, y, wide):
            box = _Box(start, base - 10, start + wide, base + 3)
            if box.left >= across.start and box.right <= across.end and not any(box.meets(other) for other in held):
                held.append(box)
                marks.append(text(name, x + 10 if class_ == "small" else x - 10, base, class_))
                break
    return marks


def _label_places(x: float, y: float, wide: float) -> list[tuple[str, float, float]]:
    """Return where a name may stand: class, left edge, baseline; the best first."""
    return [
        (class_, start, y + 4 + step)
        for step in (0, -11, 11, -20, 20)
        for class_, start in (("small", x + 10), ("small end", x - 10 - wide))
    ]


def estimate_of(label: str, row: Mapping[str, Any], name: str, *, num_trials: int = 0, **said: str) -> Estimate:
    """Return a table row's `name` with `_low` and `_high`; num_trials: what it divides by."""
    return Estimate(label, row[name], row[f"{name}_low"], row[f"{name}_high"], num_trials=num_trials, **said)
