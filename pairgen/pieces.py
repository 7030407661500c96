"""Which words of a text went and which came, as a sentence quotes them."""

import re
from typing import Final

from pairgen.records import Candidate, Element
from pairgen.scripts import graphemes, is_unspaced

_STOPS: Final = (".", "!", "?", "…", "।", "؟")
_CONTEXT: Final = 2
"""Characters said on either side of a change where no blanks part the words."""


def pieces(candidate: Candidate, old: Element, new: Element) -> dict[str, str]:
    """Return the words that went and the words that came, as they were drawn."""
    if candidate.change.text is None:
        return {}
    if is_unspaced(old.text):
        return _unspaced_pieces(candidate, graphemes(old.text), graphemes(new.text))
    before, after = old.text.split(), new.text.split()
    head = _shared(before, after)
    tail = min(_shared(before[::-1], after[::-1]), min(len(before), len(after)) - head)
    gone, come = before[head : len(before) - tail], after[head : len(after) - tail]
    if candidate.direction == "delete" and come and candidate.tier != "hard":
        # A letter or a full stop is left of the last word: say what the word was and what it is.
        return {"gone": _bare(_cut(gone, come)), "come": " ".join(come)}
    old_words, new_words = " ".join(gone), " ".join(come)
    if old_words[-1:] == new_words[-1:] and old_words[-1:] in _STOPS:
        # What both end in was not replaced.
        old_words, new_words = old_words[:-1], new_words[:-1]
    return {"gone": _bare(old_words), "come": _bare(new_words)}


def _unspaced_pieces(candidate: Candidate, before: list[str], after: list[str]) -> dict[str, str]:
    """Return what went and what came with the characters around them, for no blank tells where a word ends."""
    head = _shared(before, after)
    tail = min(_shared(before[::-1], after[::-1]), min(len(before), len(after)) - head)
    if candidate.direction == "delete" and candidate.tier != "hard":
        return {"gone": _bare("".join(before[head : len(before) - tail])), "come": ""}
    while head and before[head - 1].isdigit() and before[head : head + 1] and before[head].isdigit():
        head -= 1
    while tail and before[-tail].isdigit() and before[-tail - 1].isdigit():
        tail -= 1
    for _ in range(_CONTEXT):
        head -= bool(head and _is_of_a_word(before[head - 1]))
        tail -= bool(tail and _is_of_a_word(before[-tail]))
    return {
        "gone": _bare("".join(before[head : len(before) - tail])),
        "come": _bare("".join(after[head : len(after) - tail])),
    }


def _is_of_a_word(char: str) -> bool:
    return char[0].isalnum()


def _cut(gone: list[str], come: list[str]) -> str:
    """Return what left a run of words of which some characters stay."""
    old, new = " ".join(gone), " ".join(come)
    head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(new))
    return old[head : len(old) - (len(new) - head)] or old


def _shared(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _bare(words: str) -> str:
    return re.sub(r"[,;:]$", "", words.strip()).replace('"', "'")
