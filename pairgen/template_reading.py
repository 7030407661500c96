"""Read a generated sentence back: which template made it, what it calls the element, which values were and are.

Everything is read with quoted texts replaced by tokens, so that what a page says is never taken for the sentence's
own words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pairgen.wording import TEMPLATES

OLD_SLOTS: Final = ("old", "old_color", "old_code", "old_stop", "old_stops", "gone")
NEW_SLOTS: Final = ("new", "new_color", "new_code", "new_stop", "new_stops", "come", "percent")
_NAME_SLOTS: Final = ("name", "text", "thing", "ink", "ink_color")
_PART_OF: Final = re.compile(r"^(?:text color|background color|color|background|text) of the ")
_QUOTED: Final = re.compile(r'"([^"\n]*)"')
_SLOT: Final = re.compile(r'"\{(\w+)\}"|\{(\w+)\}')
_PLACE: Final = " in the "
_SLOTS: Final = {
    "where": r"above|below|to the (?:left|right) of|(?:at the \w+(?: and \w+)? )?inside",
    "items": r"(?:items|parts) (?:in|of) the",
    "way": r"to the left|to the right|up|down",
    "px": r"[\d.]+px",
}
"""Patterns of slots that stand beside a name, which may hold their words."""
_MARKS: Final = "⟦⟧"


@dataclass(frozen=True, slots=True)
class Told:
    """Hold what a template sentence says; every text but `sentence` has quotes replaced by tokens."""

    sentence: str
    quotes: tuple[str, ...]
    """The texts between its quotation marks, each once, in order; token n stands for the n-th."""
    masked: str
    key: str
    """Key of TEMPLATES, such as `font_size.increase`."""
    name: str
    """What the element is called, without article and place."""
    place: str
    """` in the ...`, or "" where the name has no place."""
    old: tuple[str, ...]
    new: tuple[str, ...]
    amount: str
    """How far or how thick, where it is neither an old nor a new value; "" where there is none."""
    shade: str
    """Such as `lighter teal`; "" where there is none."""


def quotes_in(text: str) -> list[str]:
    """Return what stands between straight double quotation marks, in order."""
    return _QUOTED.findall(text)


def mask(text: str, quotes: Sequence[str]) -> str:
    """Return the text with each quoted text that is among `quotes` replaced by its token, marks included."""
    return _QUOTED.sub(lambda found: f"⟦{quotes.index(found[1])}⟧" if found[1] in quotes else found[0], text)


def read_template(sentence: str, template_id: str) -> Told | None:
    """Return what a sentence says; None where that template didn't write it."""
    key, _, number = template_id.rpartition(".")
    if key not in TEMPLATES or not number.isdecimal() or int(number) >= len(TEMPLATES[key]):
        return None
    if sentence.count('"') % 2 or any(mark in sentence for mark in _MARKS):
        return None
    quotes = tuple(dict.fromkeys(quotes_in(sentence)))
    masked = mask(sentence, quotes)
    # an article before a colour is written as the colour wants it
    plain = re.sub("^An (?=[aeiou])", "A ", masked)
    found = _pattern(TEMPLATES[key][int(number)]).fullmatch(plain)
    return None if found is None else _told(sentence, quotes, masked, key, found.groupdict())


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches the masked sentences that a template makes, a group for each slot."""
    parts, end = [], 0
    for slot in _SLOT.finditer(template):
        name = slot[1] or slot[2]
        inner = r"⟦\d+⟧" if slot[1] else _SLOTS.get(name, ".+?")
        parts += [re.escape(template[end : slot.start()]), f"(?P<{name}>{inner})"]
        end = slot.end()
    return re.compile("".join([*parts, re.escape(template[end:])]), re.DOTALL)


def _told(sentence: str, quotes: tuple[str, ...], masked: str, key: str, slots: dict[str, str]) -> Told:
    said = next(slots[slot] for slot in _NAME_SLOTS if slot in slots)
    name, joint, place = _PART_OF.sub("", said).partition(_PLACE)
    old = [slots[slot] for slot in OLD_SLOTS if slot in slots]
    if key.startswith("opacity") and "from 100%" in masked:
        old.append("100%")
    return Told(
        sentence=sentence,
        quotes=quotes,
        masked=masked,
        key=key,
        name=name,
        place=joint + place,
        old=tuple(old),
        new=tuple(slots[slot] for slot in NEW_SLOTS if slot in slots),
        amount=slots.get("px", ""),
        shade=slots.get("shade", "").removeprefix("a "),
    )
