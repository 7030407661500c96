"""The sentence that says what changed: several templates per operator and direction, one chosen by content."""

import re
import zlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from pairgen.hues import color_name
from pairgen.names import Name
from pairgen.operators.chroma import gradient_colors
from pairgen.operators.styles import parse_color
from pairgen.records import Candidate, Element

TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "font_weight.increase": (
        "The {text} is now bolder.",
        "The {text} is set in a heavier weight ({old} became {new}).",
        "The {text} has a bolder font weight than before.",
    ),
    "font_weight.decrease": (
        "The {text} is now less bold.",
        "The {text} is set in a lighter weight ({old} became {new}).",
        "The {text} has a thinner font weight than before.",
    ),
    "font_size.increase": (
        "The {text} is larger: {new} instead of {old}.",
        "The font size of the {name} grew from {old} to {new}.",
        "The {text} is now set in larger type.",
    ),
    "font_size.decrease": (
        "The {text} is smaller: {new} instead of {old}.",
        "The font size of the {name} went down from {old} to {new}.",
        "The {text} is now set in smaller type.",
    ),
    "letter_spacing.increase": (
        "The letters of the {text} are spaced further apart.",
        "The letter spacing of the {name} is wider.",
    ),
    "letter_spacing.decrease": (
        "The letters of the {text} are closer together.",
        "The letter spacing of the {name} is tighter.",
    ),
    "line_height.increase": (
        "The lines of the {text} are further apart.",
        "The line spacing of the {name} is larger.",
    ),
    "line_height.decrease": (
        "The lines of the {text} are closer together.",
        "The line spacing of the {name} is smaller.",
    ),
    "text.replace": (
        'In the {name}, "{gone}" was replaced by "{come}".',
        'The {name} now says "{come}" where it said "{gone}".',
    ),
    "text.retype": (
        'In the {name}, "{gone}" now reads "{come}".',
        'In the {name}, "{gone}" became "{come}".',
    ),
    "text.drop": (
        'In the {name}, "{gone}" lost a character and now reads "{come}".',
        'In the {name}, a character is missing: "{gone}" became "{come}".',
    ),
    "text.delete": (
        'In the {name}, "{gone}" was removed.',
        'The {name} no longer contains "{gone}".',
    ),
    "color.lighter": (
        "The {ink} is now a lighter color: {new_color} instead of {old_color}.",
        "The {ink_color} changed from {old_color} to {new_color}, a lighter color.",
    ),
    "color.darker": (
        "The {ink} is now a darker color: {new_color} instead of {old_color}.",
        "The {ink_color} changed from {old_color} to {new_color}, a darker color.",
    ),
    "color.recolor": (
        "The {ink} is now {new_color} instead of {old_color}.",
        "The {ink_color} changed from {old_color} to {new_color}.",
    ),
    "opacity.decrease": (
        "The {name} is now partly transparent, at {percent} opacity.",
        "The {name} is faded: its opacity dropped from 100% to {percent}.",
        "The {name} now shows at {percent} opacity.",
    ),
    "gradient.reverse": (
        "The background gradient of the {name} now runs the opposite way.",
        "The gradient behind the {name} is reversed.",
    ),
    "gradient.rotate": (
        "The background gradient of the {name} now runs at another angle.",
        "The direction of the gradient in the {name} is turned.",
    ),
    "gradient.recolor": (
        "The background gradient of the {name} has other colors: {new_stops} instead of {old_stops}.",
        "The gradient in the {name} now goes from {new_stops}; before, it went from {old_stops}.",
    ),
    "position": (
        "The {name} moved {px} {way}.",
        "The {name} is shifted {px} {way}.",
    ),
    "padding.increase": (
        "There is more padding {where} the {name}: {new} instead of {old}.",
        "The padding {where} the {name} grew from {old} to {new}.",
    ),
    "padding.decrease": (
        "There is less padding {where} the {name}: {new} instead of {old}.",
        "The padding {where} the {name} shrank from {old} to {new}.",
    ),
    "margin.increase": (
        "There is more space {where} the {name}.",
        "The gap {where} the {name} grew by {px}.",
    ),
    "margin.decrease": (
        "There is less space {where} the {name}.",
        "The gap {where} the {name} shrank by {px}.",
    ),
    "justify.start": (
        "The items in the {name} now stand together at its left.",
        "The items in the {name} are now aligned to the left.",
    ),
    "justify.center": (
        "The items in the {name} now sit around its middle.",
        "The items in the {name} are now centered.",
    ),
    "justify.end": (
        "The items in the {name} now stand together at its right.",
        "The items in the {name} are now aligned to the right.",
    ),
    "justify.spread": (
        "The items in the {name} are now spread over its width.",
        "The items in the {name} are now distributed with space between them.",
    ),
    "justify.inset": (
        "The items in the {name} moved in from its two ends.",
        "In the {name}, there is now more space at both ends and less between the items.",
    ),
    "justify.outset": (
        "The items in the {name} moved out towards its two ends.",
        "In the {name}, there is now less space at both ends and more between the items.",
    ),
    "border.appear": (
        "The {name} now has a {px} {new_color} border.",
        "A {new_color} border of {px} was added around the {name}.",
    ),
    "border.vanish": (
        "The {name} no longer has a border.",
        "The border around the {name} is gone.",
    ),
    "border.increase": (
        "The border of the {name} is thicker: {new} instead of {old}.",
        "The border around the {name} grew from {old} to {new}.",
    ),
    "border.decrease": (
        "The border of the {name} is thinner: {new} instead of {old}.",
        "The border around the {name} went down from {old} to {new}.",
    ),
    "border.restyle": (
        "The border of the {name} is now {new} instead of {old}.",
        "The {old} border around the {name} became {new}.",
    ),
    "border.recolor": (
        "The border color of the {name} changed from {old_color} to {new_color}.",
        "The border around the {name} is now {new_color} instead of {old_color}.",
    ),
    "rounded.increase": (
        "The corners of the {name} are rounder.",
        "The {name} has rounder corners: a radius of {new} instead of {old}.",
    ),
    "rounded.decrease": (
        "The corners of the {name} are less round.",
        "The {name} has squarer corners: a radius of {new} instead of {old}.",
    ),
    "rounded.square": (
        "The corners of the {name} are now square.",
        "The {name} lost its rounded corners.",
    ),
}
"""Templates by key; a template's id is `key.index`."""

_SURFACES: Final = ("button", "badge", "tile", "card", "banner", "text field", "search field", "dropdown", "notice")
"""Nouns of things whose text needs saying apart."""
_BARE_TEXTS: Final = ("text", "price", "number", "date", "heading", "paragraph", "quote", "link")
"""Nouns of things that are nothing but text."""
_WAYS: Final = {"left": "to the left", "right": "to the right", "up": "up", "down": "down"}
_BESIDE: Final = {"top": "above", "bottom": "below", "left": "to the left of", "right": "to the right of"}
_SPREADS: Final = ("space-between", "space-around", "space-evenly")
"""Ways to spread items, by the space that they leave at the two ends."""
_INSIDE: Final = {
    "padding": "inside", "padding-left/padding-right": "at the left and right inside",
    "padding-top/padding-bottom": "at the top and bottom inside", "padding-top": "at the top inside",
    "padding-bottom": "at the bottom inside", "padding-left": "at the left inside",
    "padding-right": "at the right inside",
}  # fmt: skip


class Sentence(NamedTuple):
    """A finished sentence and where it came from."""

    text: str
    template_id: str


def write(candidate: Candidate, name: Name, old: Element, new: Element) -> Sentence:
    """Return the sentence; which variant is a function of the name and the change, not of chance."""
    key = template_key(candidate)
    options = TEMPLATES[key]
    at = zlib.crc32(f"{name.said()}|{candidate.new_value}".encode()) % len(options)
    return Sentence(options[at].format(**_slots(candidate, name, old, new)), f"{key}.{at}")


def template_key(candidate: Candidate) -> str:
    """Return which templates fit a candidate."""
    operator, direction = candidate.operator, candidate.direction
    if operator == "position":
        return "position"
    if operator == "spacing":
        return f"{candidate.property.partition('-')[0]}.{direction}"
    if operator == "text" and candidate.tier == "hard":
        return "text.retype" if direction == "replace" else "text.drop"
    if operator == "border" and direction in ("increase", "decrease"):
        if candidate.old_value == "none":
            return "border.appear"
        return "border.vanish" if candidate.new_value == "0px" else f"border.{direction}"
    if operator == "rounded" and candidate.new_value == "0px":
        return "rounded.square"
    if operator == "justify" and candidate.old_value in _SPREADS and candidate.new_value in _SPREADS:
        is_inset = _SPREADS.index(candidate.new_value) > _SPREADS.index(candidate.old_value)
        return "justify.inset" if is_inset else "justify.outset"
    return f"{operator}.{direction}"


def _slots(candidate: Candidate, name: Name, old: Element, new: Element) -> dict[str, str]:
    said = name.said()
    speaks_of_thing = name.noun in _SURFACES and not name.owner_text
    slots = {
        "name": said,
        "text": f"text of the {said}" if speaks_of_thing else said,
        "old": candidate.old_value,
        "new": candidate.new_value,
        "px": f"{candidate.magnitude:g}px",
        "way": _WAYS.get(candidate.direction, ""),
        "where": _where(candidate.property),
        **_ink(candidate, name),
    }
    return {**slots, **_colors(candidate), **_pieces(candidate, old, new)}


def _ink(candidate: Candidate, name: Name) -> dict[str, str]:
    said = name.said()
    if candidate.property == "background-color":
        return {"ink": f"background of the {said}", "ink_color": f"background color of the {said}"}
    if name.owner_text or name.noun in _BARE_TEXTS:
        return {"ink": said, "ink_color": f"color of the {said}"}
    return {"ink": f"text of the {said}", "ink_color": f"text color of the {said}"}


def _where(property_name: str) -> str:
    side = property_name.removeprefix("margin-")
    return _BESIDE.get(side) or _INSIDE.get(property_name, "inside")


def _colors(candidate: Candidate) -> dict[str, str]:
    if candidate.operator == "opacity":
        return {"percent": f"{100 * float(candidate.new_value):g}%"}
    if candidate.operator == "gradient":
        return _stops(candidate.old_value, candidate.new_value)
    codes = {"old_color": candidate.old_value, "new_color": candidate.new_value.rpartition(" ")[2]}
    found = {key: _told(code) for key, code in codes.items() if code.startswith("#")}
    if len(found) == 2 and found["old_color"] == found["new_color"]:
        # Two shades of one name: only the code tells them apart.
        return {key: f"{word} ({codes[key]})" for key, word in found.items()}
    return found


def _stops(old: str, new: str) -> dict[str, str]:
    """Return both gradients' colours in words, with codes where two stops of one name differ."""
    codes = [[color.hex for color in gradient_colors(image)] for image in (old, new)]
    words = [[_told(code) for code in stops] for stops in codes]
    is_vague = any(was != now and _told(was) == _told(now) for was, now in zip(codes[0], codes[1], strict=False))
    if is_vague:
        words = [[f"{_told(code)} ({code})" for code in stops] for stops in codes]
    return {key: " to ".join(stops) for key, stops in zip(("old_stops", "new_stops"), words, strict=True)}


def _told(code: str) -> str:
    color = parse_color(code)
    return code if color is None else color_name(color)


def _pieces(candidate: Candidate, old: Element, new: Element) -> dict[str, str]:
    """Return the words that went and the words that came, as they were drawn."""
    if candidate.change.text is None:
        return {}
    before, after = old.text.split(), new.text.split()
    head = _shared(before, after)
    tail = min(_shared(before[::-1], after[::-1]), min(len(before), len(after)) - head)
    gone, come = before[head : len(before) - tail], after[head : len(after) - tail]
    if candidate.direction == "delete" and come and candidate.tier != "hard":
        # A letter or a full stop is left of the last word: say what the word was and what it is.
        return {"gone": _bare(_cut(gone, come)), "come": " ".join(come)}
    return {"gone": _bare(" ".join(gone)), "come": _bare(" ".join(come))}


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
