"""Font files behind a rendering: their digests, weights, and whether they hold the glyphs of a text.

Asks fontconfig (`fc-list`, `fc-match`); where a system has none, digests are absent and no glyph is
called missing.
"""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pairgen.browser import PlatformFont

_GENERIC = ("serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "ui-sans-serif", "ui-serif",
            "ui-monospace", "ui-rounded", "math", "emoji")  # fmt: skip
_LAST_RESORTS = ("serif", "sans-serif")
"""What a browser falls to where none of the fonts that a page names is installed; often a sans serif, although
the default is called Times."""
_FC_WEIGHTS = (0, 40, 50, 80, 100, 180, 200, 205, 210)
_CSS_WEIGHTS = (100, 200, 300, 400, 500, 600, 700, 800, 900)
"""The same weights on fontconfig's scale and in CSS; between them both are linear."""


class FontFile(NamedTuple):
    """An installed font: families it goes by, its file and the code points it has glyphs for."""

    families: frozenset[str]
    path: str
    ranges: tuple[range, ...]
    weights: tuple[float, float]
    """Lightest and boldest that it draws, in CSS; the same but for a variable font."""


@lru_cache(maxsize=512)
def find_font(postscript_name: str) -> FontFile | None:
    """Return the installed font of that name; None where fontconfig doesn't know it."""
    form = "%{family}\t%{file}\t%{charset}\t%{weight}\n"
    answer = _ask("fc-list", f":postscriptname={postscript_name}", "--format", form)
    rows = [line.split("\t") for line in sorted(answer.splitlines())]
    if not rows:
        return None
    families, path, charset, _ = rows[0]
    weights = [_css_weight(part) for row in rows for part in re.findall(r"[\d.]+", row[3])]
    names = frozenset(name.strip().lower() for name in families.split(","))
    ranges = tuple(_range(part) for part in charset.split())
    return FontFile(names, path, ranges, (min(weights, default=1.0), max(weights, default=1000.0)))


@lru_cache(maxsize=512)
def _weights_of(family: str) -> tuple[tuple[float, float], ...]:
    """Return the lightest and boldest weight, in CSS, of each installed face of a family; none where it isn't known."""
    name = re.sub(r"([\\:,-])", r"\\\1", family)
    answer = _ask("fc-list", f":family={name}", "--format", "%{weight}\n")
    rows = ([_css_weight(part) for part in re.findall(r"[\d.]+", line)] for line in answer.splitlines())
    return tuple((min(row), max(row)) for row in rows if row)


def lacks_weight(weight: int, fonts: Iterable[PlatformFont]) -> str | None:
    """Say which family that draws a text has no face of this weight (CSS, 1..1000); one that isn't known passes."""
    for font in fonts:
        found = find_font(font.postscript_name)
        faces = [face for family in (found.families if found else ()) for face in _weights_of(family)]
        if faces and not any(low <= weight <= high for low, high in faces):
            return f"{font.family} has no face of {weight}"
    return None


def _css_weight(written: str) -> float:
    return float(np.interp(float(written), _FC_WEIGHTS, _CSS_WEIGHTS))


def _range(part: str) -> range:
    first, _, last = part.partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)


@lru_cache(maxsize=64)
def _generic_families(generic: str) -> frozenset[str]:
    answer = _ask("fc-match", generic, "--format", "%{family}")
    return frozenset(name.strip().lower() for name in answer.split(","))


def _ask(program: str, *arguments: str) -> str:
    if shutil.which(program) is None:
        return ""
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


@lru_cache(maxsize=512)
def _sha256(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def font_digests(fonts: Iterable[PlatformFont]) -> dict[str, str]:
    """Return file name -> SHA-256 of the font files that drew; "" where the file isn't known."""
    digests: dict[str, str] = {}
    for font in fonts:
        found = find_font(font.postscript_name)
        digests[Path(found.path).name if found else font.postscript_name] = _sha256(found.path) if found else ""
    return dict(sorted(digests.items()))


def missing_glyphs(text: str, stack: str, fonts: Iterable[PlatformFont]) -> str | None:
    """Say why a text isn't drawn as its styles ask, None where it is.

    stack: the computed `font-family`. Its own families may draw, and those that fontconfig has for its
    generic ones; where it names no generic one, the system's plain serif or sans serif alone; any other is a
    fallback. Every character must have a glyph in a font that drew.
    """
    known = [(font, find_font(font.postscript_name)) for font in fonts]
    allowed = _families_of(stack, is_one=len({font.family for font, _ in known}) == 1)
    for font, found in known:
        if found is not None and not found.families & allowed:
            return f"{font.family} stands in for {stack}"
    return absent_glyphs(text, [font for font, _ in known])


def absent_glyphs(text: str, fonts: Iterable[PlatformFont]) -> str | None:
    """Say which characters no font that drew has a glyph for; None where all have one, or a font isn't known."""
    known = [find_font(font.postscript_name) for font in fonts]
    if not known or any(found is None for found in known):
        return None
    absent = {
        character
        for character in text
        if character.isprintable()
        and not character.isspace()
        and not any(ord(character) in part for found in known if found for part in found.ranges)
    }
    return f"no glyph for {''.join(sorted(absent))!r}" if absent else None


def other_weight(weight: int, fonts: Iterable[PlatformFont]) -> str | None:
    """Say which font drew a text at another weight than its styles ask, None where all drew at theirs.

    weight: CSS, 1..1000. A family that lacks it draws its nearest face; a font that fontconfig doesn't know passes.
    """
    for font in fonts:
        found = find_font(font.postscript_name)
        if found is not None and not found.weights[0] <= weight <= found.weights[1]:
            return f"{font.postscript_name} draws {found.weights[0]:g}, not {weight}"
    return None


def _families_of(stack: str, *, is_one: bool) -> frozenset[str]:
    """Return the families that may draw a text; is_one: a single family drew all of it."""
    names = [name.strip().strip("\"'").lower() for name in stack.split(",")]
    generic = [name for name in names if name in _GENERIC]
    resorts = _LAST_RESORTS if is_one and not generic else _LAST_RESORTS[:1]
    return frozenset(names).union(*(_generic_families(name) for name in [*generic, *resorts]))
