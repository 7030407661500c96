"""What a language asks of a page's looks: direction, fonts, letters that must stay joined."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pairgen.composer.tongue import Tongue
from pairgen.utility_css import FONT_FAMILIES, RESET, css_rule, selector

_JOINED: Final = ("ar", "hi")
"""Languages whose letters touch: spacing would tear their words."""
_WHOLE_WORDS: Final = ("ko",)
"""Languages written with blanks in a script that browsers would break anywhere."""
_TRACKING: Final = re.compile(r"tracking-\S+")
_SIDED: Final = re.compile(r"(-?(?:m|p|border-|rounded-|text-|))(left|right|[lr])((?:-.+)?)")
_OTHER_SIDE: Final = {"l": "r", "r": "l", "left": "right", "right": "left"}
_SIDES_BY_NAME: Final = ("", "text-")
"""Prefixes whose sides are written out: `left-3`, `text-left`; the others are `ml-2`, `border-l`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Hold how a page is set; the one without arguments is English."""

    language: str = "en"
    direction: str = "ltr"
    font: str = ""
    """Families that draw the language, as CSS lists them; "" where Inter and Noto Sans do."""
    serif: str = ""

    @property
    def attributes(self) -> Mapping[str, str]:
        """Return those of the document's root."""
        return {"lang": self.language, **({"dir": "rtl"} if self.direction == "rtl" else {})}

    @property
    def reset(self) -> str:
        """Return what the page's stylesheet begins with."""
        reset = RESET.replace("text-align:left", "text-align:right") if self.direction == "rtl" else RESET
        return reset + ("body{word-break:keep-all}" if self.language in _WHOLE_WORDS else "")

    def classes(self, classes: str) -> str:
        """Return utility classes with left and right exchanged where the language runs from the right.

        Letters that must touch lose their spacing.
        """
        names = classes.split()
        if self.language in _JOINED:
            names = [name for name in names if not _TRACKING.fullmatch(name)]
        if self.direction == "rtl":
            names = [_mirrored(name) for name in names]
        return " ".join(names) if self.language in _JOINED or self.direction == "rtl" else classes

    def rule(self, name: str) -> str | None:
        """Return the one CSS rule of a utility class; None for a class that is no utility."""
        own = self.serif if name == "font-serif" else self.font
        if name not in FONT_FAMILIES or not own:
            return css_rule(name)
        families, _, generic = FONT_FAMILIES[name].rpartition(",")
        # blanks are of the first family: a typewriter's would tear words of another apart
        stack = (own, families, generic) if name == "font-mono" else (families, own, generic)
        return f"{selector(name)}{{font-family:{','.join(stack)}}}"


ENGLISH: Final = Setting()


def setting_of(tongue: Tongue) -> Setting:
    """Return how pages of a language are set."""
    return Setting(
        language=tongue.code, direction=tongue.direction, font=tongue.font, serif=tongue.serif or tongue.font
    )


def _mirrored(name: str) -> str:
    found = _SIDED.fullmatch(name)
    if found is None or (len(found[2]) > 1) != (found[1].lstrip("-") in _SIDES_BY_NAME):
        return name
    return f"{found[1]}{_OTHER_SIDE[found[2]]}{found[3]}"
