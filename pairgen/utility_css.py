"""Facts and rules of the utility classes that composed pages are styled with.

Names and values are those of Tailwind CSS 3 (its default theme; 1 rem = 16 px), so that a class swap
here is the swap a Tailwind site would make. Scales are plain data in the order of the scale; the rules
don't depend on their order in the stylesheet: where two families meet in one property (`text-lg` and
`leading-6`, `p-4` and `pt-2`), the narrower one repeats its selector and so outweighs the wider.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

FONT_WEIGHTS: Final = {
    "font-thin": 100, "font-extralight": 200, "font-light": 300, "font-normal": 400, "font-medium": 500,
    "font-semibold": 600, "font-bold": 700, "font-extrabold": 800, "font-black": 900,
}  # fmt: skip
"""Class -> CSS weight, lightest first."""

FONT_SIZES: Final = {
    "text-xs": (12, 16), "text-sm": (14, 20), "text-base": (16, 24), "text-lg": (18, 28), "text-xl": (20, 28),
    "text-2xl": (24, 32), "text-3xl": (30, 36), "text-4xl": (36, 40), "text-5xl": (48, 48), "text-6xl": (60, 60),
    "text-7xl": (72, 72), "text-8xl": (96, 96), "text-9xl": (128, 128),
}  # fmt: skip
"""Class -> (font px, line height px), smallest first."""

TRACKINGS: Final = {
    "tracking-tighter": -0.05, "tracking-tight": -0.025, "tracking-normal": 0.0, "tracking-wide": 0.025,
    "tracking-wider": 0.05, "tracking-widest": 0.1,
}  # fmt: skip
"""Class -> letter spacing, em."""

LEADINGS: Final = {
    "leading-none": 1.0, "leading-tight": 1.25, "leading-snug": 1.375, "leading-normal": 1.5,
    "leading-relaxed": 1.625, "leading-loose": 2.0,
}  # fmt: skip
"""Class -> line height as a multiple of the font size (em)."""

LEADINGS_PX: Final = {f"leading-{step}": step * 4 for step in range(3, 11)}
"""Class -> line height, px."""

SHADES: Final = (50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950)

_PALETTE_ROWS: Final = """
slate f8fafc f1f5f9 e2e8f0 cbd5e1 94a3b8 64748b 475569 334155 1e293b 0f172a 020617
gray f9fafb f3f4f6 e5e7eb d1d5db 9ca3af 6b7280 4b5563 374151 1f2937 111827 030712
zinc fafafa f4f4f5 e4e4e7 d4d4d8 a1a1aa 71717a 52525b 3f3f46 27272a 18181b 09090b
neutral fafafa f5f5f5 e5e5e5 d4d4d4 a3a3a3 737373 525252 404040 262626 171717 0a0a0a
stone fafaf9 f5f5f4 e7e5e4 d6d3d1 a8a29e 78716c 57534e 44403c 292524 1c1917 0c0a09
red fef2f2 fee2e2 fecaca fca5a5 f87171 ef4444 dc2626 b91c1c 991b1b 7f1d1d 450a0a
orange fff7ed ffedd5 fed7aa fdba74 fb923c f97316 ea580c c2410c 9a3412 7c2d12 431407
amber fffbeb fef3c7 fde68a fcd34d fbbf24 f59e0b d97706 b45309 92400e 78350f 451a03
yellow fefce8 fef9c3 fef08a fde047 facc15 eab308 ca8a04 a16207 854d0e 713f12 422006
lime f7fee7 ecfccb d9f99d bef264 a3e635 84cc16 65a30d 4d7c0f 3f6212 365314 1a2e05
green f0fdf4 dcfce7 bbf7d0 86efac 4ade80 22c55e 16a34a 15803d 166534 14532d 052e16
emerald ecfdf5 d1fae5 a7f3d0 6ee7b7 34d399 10b981 059669 047857 065f46 064e3b 022c22
teal f0fdfa ccfbf1 99f6e4 5eead4 2dd4bf 14b8a6 0d9488 0f766e 115e59 134e4a 042f2e
cyan ecfeff cffafe a5f3fc 67e8f9 22d3ee 06b6d4 0891b2 0e7490 155e75 164e63 083344
sky f0f9ff e0f2fe bae6fd 7dd3fc 38bdf8 0ea5e9 0284c7 0369a1 075985 0c4a6e 082f49
blue eff6ff dbeafe bfdbfe 93c5fd 60a5fa 3b82f6 2563eb 1d4ed8 1e40af 1e3a8a 172554
indigo eef2ff e0e7ff c7d2fe a5b4fc 818cf8 6366f1 4f46e5 4338ca 3730a3 312e81 1e1b4b
violet f5f3ff ede9fe ddd6fe c4b5fd a78bfa 8b5cf6 7c3aed 6d28d9 5b21b6 4c1d95 2e1065
purple faf5ff f3e8ff e9d5ff d8b4fe c084fc a855f7 9333ea 7e22ce 6b21a8 581c87 3b0764
fuchsia fdf4ff fae8ff f5d0fe f0abfc e879f9 d946ef c026d3 a21caf 86198f 701a75 4a044e
pink fdf2f8 fce7f3 fbcfe8 f9a8d4 f472b6 ec4899 db2777 be185d 9d174d 831843 500724
rose fff1f2 ffe4e6 fecdd3 fda4af fb7185 f43f5e e11d48 be123c 9f1239 881337 4c0519
"""

PALETTE: Final[Mapping[str, Mapping[int, str]]] = {
    hue: dict(zip(SHADES, (f"#{code}" for code in codes), strict=True))
    for hue, *codes in (row.split() for row in _PALETTE_ROWS.split("\n") if row)
}
"""Hue -> shade -> `#rrggbb`, in sRGB; 22 hues, 11 shades, lightest first."""

SPACING: Final = {
    "0": 0.0, "px": 1.0,
    **{step: float(step) * 4 for step in (
        "0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4", "5", "6", "7", "8", "9", "10", "11", "12", "14", "16", "20",
        "24", "28", "32", "36", "40", "44", "48", "52", "56", "60", "64", "72", "80", "96",
    )},
}  # fmt: skip
"""Step -> px, smallest first."""

RADII: Final = {
    "rounded-none": 0, "rounded-sm": 2, "rounded": 4, "rounded-md": 6, "rounded-lg": 8, "rounded-xl": 12,
    "rounded-2xl": 16, "rounded-3xl": 24, "rounded-full": 9999,
}  # fmt: skip
"""Class -> corner radius, px, smallest first."""

BORDER_WIDTHS: Final = {"border-0": 0, "border": 1, "border-2": 2, "border-4": 4, "border-8": 8}
"""Class -> width of all four borders, px."""

BORDER_STYLES: Final = ("border-solid", "border-dashed", "border-dotted", "border-double")

OPACITIES: Final = {f"opacity-{percent}": percent / 100 for percent in range(0, 101, 5)}
"""Class -> opacity, 0..1."""

JUSTIFY: Final = {
    "justify-start": "flex-start", "justify-center": "center", "justify-end": "flex-end",
    "justify-between": "space-between", "justify-around": "space-around", "justify-evenly": "space-evenly",
}  # fmt: skip
"""Class -> value of `justify-content`."""

GRADIENT_DIRECTIONS: Final = {
    "bg-gradient-to-t": "to top", "bg-gradient-to-tr": "to top right", "bg-gradient-to-r": "to right",
    "bg-gradient-to-br": "to bottom right", "bg-gradient-to-b": "to bottom", "bg-gradient-to-bl": "to bottom left",
    "bg-gradient-to-l": "to left", "bg-gradient-to-tl": "to top left",
}  # fmt: skip
"""Class -> direction of the gradient line, clockwise from the top, 45 degrees apart."""

MAX_WIDTHS: Final = {
    "xs": 320, "sm": 384, "md": 448, "lg": 512, "xl": 576, "2xl": 672, "3xl": 768, "4xl": 896, "5xl": 1024,
    "6xl": 1152, "7xl": 1280,
}  # fmt: skip
"""Step of `max-w-*` -> px."""

FONT_FAMILIES: Final = {
    "font-sans": "Inter,'Noto Sans',sans-serif",
    "font-display": "'Inter Display',Inter,'Noto Sans',sans-serif",
    "font-humanist": "'Noto Sans',Inter,sans-serif",
    "font-serif": "'Noto Serif',serif",
    "font-mono": "'Noto Sans Mono',monospace",
}
"""Class -> family stack; families that Debian's font packages bring."""

RESET: Final = (
    "*,::before,::after{box-sizing:border-box;margin:0;padding:0;border:0 solid #e5e7eb;"
    "--tw-translate-x:0px;--tw-translate-y:0px}"
    "html{font-size:16px;line-height:1.5}body{min-height:100vh}"
    "h1,h2,h3,h4,h5,h6{font-size:inherit;font-weight:inherit}a{color:inherit;text-decoration:none}"
    "ol,ul{list-style:none}table{border-collapse:collapse;width:100%}th{font-weight:inherit;text-align:left}"
    "svg{display:block}button,input,select,textarea{font:inherit;color:inherit;background:transparent}"
    "address,cite,em,i{font-style:normal}"
)
"""What every composed page's stylesheet begins with."""

_STATIC: Final[Mapping[str, str]] = {
    **{name: f"font-weight:{weight}" for name, weight in FONT_WEIGHTS.items()},
    **{name: f"font-size:{size}px;line-height:{line}px" for name, (size, line) in FONT_SIZES.items()},
    **{name: f"letter-spacing:{em:g}em" for name, em in TRACKINGS.items()},
    **{name: f"line-height:{em:g}" for name, em in LEADINGS.items()},
    **{name: f"line-height:{px}px" for name, px in LEADINGS_PX.items()},
    **{name: f"border-radius:{px}px" for name, px in RADII.items()},
    **{name: f"border-width:{px}px" for name, px in BORDER_WIDTHS.items()},
    **{name: f"border-style:{name.removeprefix('border-')}" for name in BORDER_STYLES},
    **{name: f"opacity:{value:g}" for name, value in OPACITIES.items()},
    **{name: f"justify-content:{value}" for name, value in JUSTIFY.items()},
    **{
        name: f"background-image:linear-gradient({line},var(--tw-gradient-from),var(--tw-gradient-to))"
        for name, line in GRADIENT_DIRECTIONS.items()
    },
    **{name: f"font-family:{stack}" for name, stack in FONT_FAMILIES.items()},
    **{f"items-{word}": f"align-items:{word}" for word in ("center", "baseline", "stretch")},
    **{f"items-{word}": f"align-items:flex-{word}" for word in ("start", "end")},
    **{f"self-{word}": f"align-self:{word}" for word in ("center", "baseline", "stretch", "auto")},
    **{f"self-{word}": f"align-self:flex-{word}" for word in ("start", "end")},
    **{f"content-{word}": f"align-content:{word}" for word in ("start", "center", "end")},
    **{f"text-{word}": f"text-align:{word}" for word in ("left", "center", "right", "justify")},
    **{f"align-{word}": f"vertical-align:{word}" for word in ("top", "middle", "bottom", "baseline")},
    **{word: f"position:{word}" for word in ("static", "relative", "absolute", "fixed", "sticky")},
    **{word: f"display:{word}" for word in ("block", "inline", "inline-block", "flex", "inline-flex", "grid", "table")},
    **{f"overflow-{word}": f"overflow:{word}" for word in ("hidden", "visible", "auto")},
    **{word: f"text-transform:{word}" for word in ("uppercase", "lowercase", "capitalize")},
    **{f"shrink-{factor}": f"flex-shrink:{factor}" for factor in (0, 1)},
    **{f"grow-{factor}": f"flex-grow:{factor}" for factor in (0, 1, 2, 3)},
    **{f"z-{level}": f"z-index:{level}" for level in (0, 10, 20, 30, 40, 50)},
    **{f"grid-cols-{num}": f"grid-template-columns:repeat({num},minmax(0,1fr))" for num in range(1, 13)},
    **{f"col-span-{num}": f"grid-column:span {num}/span {num}" for num in range(1, 13)},
    **{f"row-span-{num}": f"grid-row:span {num}/span {num}" for num in range(1, 7)},
    **{f"columns-{num}": f"columns:{num}" for num in range(1, 5)},
    **{f"max-w-{step}": f"max-width:{px}px" for step, px in MAX_WIDTHS.items()},
    "bg-origin-border": "background-origin:border-box",
    "hidden": "display:none",
    "table-fixed": "table-layout:fixed",
    "flex-row": "flex-direction:row",
    "flex-col": "flex-direction:column",
    "flex-row-reverse": "flex-direction:row-reverse",
    "flex-wrap": "flex-wrap:wrap",
    "flex-nowrap": "flex-wrap:nowrap",
    "flex-1": "flex:1 1 0%",
    "flex-auto": "flex:1 1 auto",
    "flex-none": "flex:none",
    "max-w-prose": "max-width:65ch",
    "whitespace-nowrap": "white-space:nowrap",
    "truncate": "overflow:hidden;text-overflow:ellipsis;white-space:nowrap",
    "italic": "font-style:italic",
    "underline": "text-decoration-line:underline;text-underline-offset:3px",
    "line-through": "text-decoration-line:line-through",
    "list-disc": "list-style:disc inside",
    "list-decimal": "list-style:decimal inside",
    "tabular-nums": "font-variant-numeric:tabular-nums",
    "shadow-sm": "box-shadow:0 1px 2px rgb(0 0 0/0.06)",
    "shadow": "box-shadow:0 1px 3px rgb(0 0 0/0.12)",
    "shadow-md": "box-shadow:0 3px 6px rgb(0 0 0/0.1)",
}

_SIDES: Final = {"t": ("top",), "r": ("right",), "b": ("bottom",), "l": ("left",)}
_AXES: Final = {"x": ("left", "right"), "y": ("top", "bottom")}
_CORNERS: Final = {
    "t": ("top-left", "top-right"), "r": ("top-right", "bottom-right"), "b": ("bottom-left", "bottom-right"),
    "l": ("top-left", "bottom-left"),
}  # fmt: skip


class _Lengths(NamedTuple):
    """The properties that one prefix sets from the spacing scale, and how often its selector repeats."""

    properties: tuple[str, ...]
    repeat: int = 1


def _box_families(letter: str, name: str) -> dict[str, _Lengths]:
    sides = {f"{letter}{key}": _Lengths(tuple(f"{name}-{side}" for side in at), 3) for key, at in _SIDES.items()}
    axes = {f"{letter}{key}": _Lengths(tuple(f"{name}-{side}" for side in at), 2) for key, at in _AXES.items()}
    return {letter: _Lengths((name,)), **axes, **sides}


_LENGTHS: Final[Mapping[str, _Lengths]] = {
    **_box_families("p", "padding"),
    **_box_families("m", "margin"),
    **{name: _Lengths((name,)) for name in ("gap", "top", "right", "bottom", "left", "inset")},
    "gap-x": _Lengths(("column-gap",), 2),
    "gap-y": _Lengths(("row-gap",), 2),
    "w": _Lengths(("width",)),
    "h": _Lengths(("height",)),
    "min-w": _Lengths(("min-width",)),
    "min-h": _Lengths(("min-height",)),
    "max-w": _Lengths(("max-width",)),
    "max-h": _Lengths(("max-height",)),
    "basis": _Lengths(("flex-basis",)),
}

_KEYWORD_LENGTHS: Final = {
    "auto": "auto",
    "full": "100%",
    "min": "min-content",
    "max": "max-content",
    "fit": "fit-content",
}
_FIXED_COLOURS: Final = {
    "white": "#ffffff",
    "black": "#000000",
    "transparent": "transparent",
    "current": "currentColor",
}

_COLOUR_PROPERTIES: Final = {
    "text": "color", "bg": "background-color", "border": "border-color", "from": "--tw-gradient-from",
    "to": "--tw-gradient-to", "fill": "fill", "stroke": "stroke",
}  # fmt: skip

_ARBITRARY_PROPERTIES: Final = {
    "tracking": "letter-spacing", "opacity": "opacity", "font": "font-weight", "rounded": "border-radius",
    "grid-cols": "grid-template-columns",
}  # fmt: skip

_LENGTH: Final = re.compile(r"\d*\.?\d+(px|em|rem|%|vh|vw|ch)?")
_NUMBER_OR_LENGTH: Final = re.compile(r"-?\d*\.?\d+(px|em|rem|%)?")
_TRACK_LIST: Final = re.compile(r"[\d.]+(px|fr|%)(_[\d.]+(px|fr|%))*")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_ARBITRARY: Final = re.compile(r"\[([^\[\]]+)\]")
_SPECIAL: Final = re.compile(r"([^a-zA-Z0-9_-])")


def colour_value(name: str) -> str | None:
    """Return the CSS colour of `slate-500`, `white`, `white/20` or `[#a1b2c3]`; None where there is none."""
    base, slash, percent = name.partition("/")
    hue, _, shade = base.rpartition("-")
    arbitrary = _ARBITRARY.fullmatch(base)
    if arbitrary:
        value = arbitrary[1] if _HEX.fullmatch(arbitrary[1]) else None
    elif shade.isdecimal():
        value = PALETTE.get(hue, {}).get(int(shade))
    else:
        value = _FIXED_COLOURS.get(base)
    if value is None or not slash:
        return value
    if not value.startswith("#") or not percent.isdecimal() or int(percent) > 100:
        return None
    red, green, blue = (int(value[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red} {green} {blue}/{int(percent) / 100:g})"


def _length(step: str, *, negative: bool) -> str | None:
    sign = "-" if negative else ""
    arbitrary = _ARBITRARY.fullmatch(step)
    if arbitrary:
        return f"{sign}{arbitrary[1]}" if _LENGTH.fullmatch(arbitrary[1].removeprefix("-")) else None
    if step in SPACING:
        return f"{sign}{SPACING[step]:g}px"
    if re.fullmatch(r"[1-9]\d?/[1-9]\d?", step):
        top, bottom = step.split("/")
        return f"{sign}{100 * int(top) / int(bottom):.6g}%"
    return None if negative else _KEYWORD_LENGTHS.get(step)


def _length_rule(name: str) -> str | None:
    negative = name.startswith("-")
    prefix, _, step = name.removeprefix("-").rpartition("-") if "[" not in name else _split_arbitrary(name)
    family = _LENGTHS.get(prefix)
    value = _length(step, negative=negative)
    if family is None or value is None:
        return None
    return _rule(name, ";".join(f"{prop}:{value}" for prop in family.properties), family.repeat)


def _split_arbitrary(name: str) -> tuple[str, str, str]:
    prefix, dash, rest = name.removeprefix("-").partition("-[")
    return prefix, dash, f"[{rest}"


def _translate_rule(name: str) -> str | None:
    found = re.fullmatch(r"(-?)translate-([xy])-(.+)", name)
    value = _length(found[3], negative=bool(found[1])) if found else None
    if found is None or value is None or found[3] in _KEYWORD_LENGTHS:
        return None
    move = "transform:translate(var(--tw-translate-x,0px),var(--tw-translate-y,0px))"
    return _rule(name, f"--tw-translate-{found[2]}:{value};{move}")


def _colour_rule(name: str) -> str | None:
    prefix, _, colour = name.partition("-")
    value = colour_value(colour)
    if prefix not in _COLOUR_PROPERTIES or value is None:
        return None
    return _rule(name, f"{_COLOUR_PROPERTIES[prefix]}:{value}")


def _side_rule(name: str) -> str | None:
    border = re.fullmatch(r"border-([trbl])(?:-(?:([0248])|\[(\d+)px\]))?", name)
    if border:
        return _rule(name, f"border-{_SIDES[border[1]][0]}-width:{border[2] or border[3] or 1}px", 2)
    corner = re.fullmatch(r"rounded-([trbl])(-.+)?", name)
    radius = RADII.get(f"rounded{corner[2] or ''}") if corner else None
    if corner is None or radius is None:
        return None
    return _rule(name, ";".join(f"border-{at}-radius:{radius}px" for at in _CORNERS[corner[1]]), 2)


def _arbitrary_rule(name: str) -> str | None:
    prefix, _, bracket = _split_arbitrary(name)
    found = _ARBITRARY.fullmatch(bracket)
    if found is None or name.startswith("-"):
        return None
    value = found[1]
    if prefix == "grid-cols":
        tracks = value.replace("_", " ")
        return _rule(name, f"grid-template-columns:{tracks}") if _TRACK_LIST.fullmatch(value) else None
    if not _NUMBER_OR_LENGTH.fullmatch(value):
        return None
    if prefix == "leading":
        return _rule(name, f"line-height:{value}", 2)
    if prefix in ("text", "border"):
        # Only the length is set: an arbitrary size brings no line height of its own.
        return _rule(name, f"{'font-size' if prefix == 'text' else 'border-width'}:{value}")
    return _rule(name, f"{_ARBITRARY_PROPERTIES[prefix]}:{value}") if prefix in _ARBITRARY_PROPERTIES else None


def _static_rule(name: str) -> str | None:
    declarations = _STATIC.get(name)
    if declarations is None:
        return None
    return _rule(name, declarations, 2 if name.startswith("leading-") else 1)


def _rule(name: str, declarations: str, repeat: int = 1) -> str:
    return f"{selector(name) * repeat}{{{declarations}}}"


def selector(class_name: str) -> str:
    r"""Return the class selector, escaped: `.p-1\.5`."""
    escaped = _SPECIAL.sub(r"\\\1", class_name)
    return f".{escaped}"


_FAMILIES: Final[tuple[Callable[[str], str | None], ...]] = (
    _static_rule, _colour_rule, _length_rule, _translate_rule, _side_rule, _arbitrary_rule,
)  # fmt: skip


def css_rule(class_name: str) -> str | None:
    """Return the one CSS rule of a utility class, selector included; None for a class that is no utility."""
    for family in _FAMILIES:
        rule = family(class_name)
        if rule is not None:
            return rule
    return None
