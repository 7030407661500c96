"""Where lines of text break, before and after a change."""

from pairgen.records import Element
from pairgen.scripts import places


def is_rewrapped(old: Element, new: Element) -> bool:
    """Tell whether lines break elsewhere; an edit that leaves each line's other words in it moves no break.

    A break before the edit keeps the words before it, one after the edit the words after it.
    """
    if old.num_lines != new.num_lines or len(old.line_starts) != len(new.line_starts):
        return True
    one, other = places(old.own_text), places(new.own_text)
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    pairs = zip(old.line_starts, new.line_starts, strict=True)
    return not all((was == now and was <= same) or len(one) - was == len(other) - now for was, now in pairs)
