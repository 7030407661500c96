"""Font files behind a rendering: their digests, and whether they hold the glyphs of a text.

Asks fontconfig (`fc-list`, `fc-match`); where a system has none, digests are absent and no glyph is
called missing.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pairgen.browser import PlatformFont

_GENERIC = ("serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "ui-sans-serif", "ui-serif",
            "ui-monospace", "ui-rounded", "math", "emoji")  # fmt: skip
_LAST_RESORT = "serif"


class FontFile(NamedTuple):
    """An installed font: families it goes by, its file and the code points it has glyphs for."""

    families: frozenset[str]
    path: str
    ranges: tuple[range, ...]


@lru_cache(maxsize=512)
def find_font(postscript_name: str) -> FontFile | None:
    """Return the installed font of that name; None where fontconfig doesn't know it."""
    answer = _ask("fc-list", f":postscriptname={postscript_name}", "--format", "%{family}\t%{file}\t%{charset}\n")
    for line in sorted(answer.splitlines()):
        families, path, charset = line.split("\t")
        names = frozenset(name.strip().lower() for name in families.split(","))
        return FontFile(names, path, tuple(_range(part) for part in charset.split()))
    return None


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
    generic ones; any other is a fallback. Every character must have a glyph in a font that drew.
    """
    known = [(font, find_font(font.postscript_name)) for font in fonts]
    allowed = _families_of(stack)
    for font, found in known:
        if found is not None and not found.families & allowed:
            return f"{font.family} stands in for {stack}"
    if not known or any(found is None for _, found in known):
        return None
    absent = {
        character
        for character in text
        if character.isprintable()
        and not character.isspace()
        and not any(ord(character) in part for _, found in known if found for part in found.ranges)
    }
    return f"no glyph for {''.join(sorted(absent))!r}" if absent else None


def _families_of(stack: str) -> frozenset[str]:
    names = [name.strip().strip("\"'").lower() for name in stack.split(",")]
    own = frozenset(names)
    return own.union(*(_generic_families(name) for name in [*names, _LAST_RESORT] if name in _GENERIC))
