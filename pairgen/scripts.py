"""Scripts other than Latin: characters as a reader counts them, and texts in which no blank parts the words."""

import re
import unicodedata
from typing import Final

_FOREIGN: Final = re.compile("[\u0370-\u1cff\u1f00-\u1fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters from Greek to the Indic scripts, kana, Han and Hangul."""
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, kana and Han. Korean has blanks."""
_CURSIVE: Final = re.compile("[\u0600-\u08ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufeff]")
"""Arabic, Syriac and their like, and Mongolian: letters are written as one stroke."""
_JOINERS: Final = "\u094d\u200d"
"""Virama and zero width joiner: what follows is drawn with what comes before."""
_SARA_AM: Final = "\u0e33"
_THAI_LEADING: Final = "เแโใไ"
"""Thai vowels that stand before the consonant that they belong to."""


def is_foreign(text: str) -> bool:
    """Tell whether a text has letters of a script beside Latin."""
    return _FOREIGN.search(text) is not None


def is_unspaced(text: str) -> bool:
    """Tell whether a text has letters of a script that parts no words by blanks."""
    return _UNSPACED.search(text) is not None


def is_cursive(text: str) -> bool:
    """Tell whether a text has letters that are joined: browsers space their words, not them."""
    return _CURSIVE.search(text) is not None


def is_joined(before: str, after: str) -> bool:
    """Tell whether a character is drawn as one with the character before it."""
    return (
        unicodedata.category(after).startswith("M")
        or after in (*_JOINERS, _SARA_AM)
        or before in (*_JOINERS, *_THAI_LEADING)
    )


def graphemes(text: str) -> list[str]:
    """Return the characters as a reader counts them: each with its marks, conjuncts whole."""
    found: list[str] = []
    for char in text:
        if found and is_joined(found[-1][-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def units(text: str) -> list[str]:
    """Return what a text is compared by: words, or characters where no blanks part the words."""
    return graphemes(text) if is_unspaced(text) else text.split()


def places(text: str) -> list[str]:
    """Return what lines of a text may begin with: words, or characters where no blanks part the words."""
    return list("".join(text.split())) if is_unspaced(text) else text.split()


def glue(text: str) -> str:
    """Return what stands between the units of a text."""
    return "" if is_unspaced(text) else " "


def cut_before(text: str, limit: int) -> str:
    """Return the first whole words of a longer text, at most `limit` characters; characters in unspaced scripts."""
    if not is_unspaced(text):
        return text[:limit].rsplit(" ", 1)[0]
    while 0 < limit < len(text) and is_joined(text[limit - 1], text[limit]):
        limit -= 1
    return text[:limit]


def cut_after(text: str, limit: int) -> str:
    """Return the last whole words of a longer text, at most `limit` characters; characters in unspaced scripts."""
    if not is_unspaced(text):
        return text[-limit:].split(" ", 1)[-1]
    start = len(text) - limit
    while start < len(text) and is_joined(text[start - 1], text[start]):
        start += 1
    return text[start:]
