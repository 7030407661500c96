"""Quoted text: find it, and blank it out so that page text is never read as the answer's own words."""

import re
import unicodedata
from typing import NamedTuple

BLANK = "\u00a4"
"""Stands for one character of quoted text in a masked string; no word of any language holds it."""

_QUOTED = re.compile(
    r'"(?P<a>[^"\n]{1,400})"'
    r"|“(?P<b>[^”\n]{1,400})”|„(?P<c>[^“”\n]{1,400})[“”]"
    r"|«(?P<d>[^»\n]{1,400})»|「(?P<e>[^」\n]{1,400})」|『(?P<f>[^』\n]{1,400})』|《(?P<g>[^》\n]{1,400})》"
    r"|‘(?P<h>[^‘\n]{1,400}?)’(?!\w)|`(?P<i>[^`\n]{1,400})`"
    r"|(?<![\w'])'(?P<j>[^'\n](?:[^'\n]|'(?=\w)){0,400}?)'(?![\w'])"
)
_EDGES = " \t.,;:!?…·|-–—*_"


class Quote(NamedTuple):
    """Hold one quoted text and where it stands, marks included."""

    text: str
    start: int
    end: int


def find_quotes(text: str) -> tuple[Quote, ...]:
    """Return every quoted text in order: straight, curly, angled, corner brackets, back ticks."""
    return tuple(Quote(match[match.lastgroup or 0], *match.span()) for match in _QUOTED.finditer(text))


def mask(text: str) -> str:
    """Return the text, same length, with every quoted text replaced by `BLANK`s."""
    return _QUOTED.sub(lambda match: BLANK * len(match[0]), text)


def fold(text: str) -> str:
    """Return visible text in the form in which it is compared: NFKC, case folded, white space and edges trimmed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(_EDGES)
