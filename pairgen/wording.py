"""The sentence that says what changed: several templates per operator and direction, one chosen by content."""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from pairgen import stops
from pairgen.hues import told
from pairgen.names import Name
from pairgen.operators.styles import length_px
from pairgen.pieces import pieces
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
        "The font size of the {thing} grew from {old} to {new}.",
        "The {text} is now set in larger type.",
    ),
    "font_size.decrease": (
        "The {text} is smaller: {new} instead of {old}.",
        "The font size of the {thing} went down from {old} to {new}.",
        "The {text} is now set in smaller type.",
    ),
    "letter_spacing.increase": (
        "The letters in the {thing} are spaced further apart.",
        "The letter spacing of the {thing} is wider.",
    ),
    "letter_spacing.decrease": (
        "The letters in the {thing} are closer together.",
        "The letter spacing of the {thing} is tighter.",
    ),
    "line_height.increase": (
        "The lines in the {thing} are further apart.",
        "The line spacing of the {thing} is larger.",
    ),
    "line_height.decrease": (
        "The lines in the {thing} are closer together.",
        "The line spacing of the {thing} is smaller.",
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
        "The background gradient of the {name} is now {new_stops}; it was {old_stops}.",
        "The colors of the gradient in the {name} are now {new_stops}; before, they were {old_stops}.",
    ),
    "gradient.restop": (
        "The gradient of the {name} is now {new_stop} at {end} instead of {old_stop}.",
        "In the gradient of the {name}, the color at {end} changed from {old_stop} to {new_stop}.",
    ),
    "gradient.reshade": (
        "The gradient of the {name} is now {shade} at {end}: {new_code} instead of {old_code}.",
        "In the gradient of the {name}, the color at {end} is now {shade} ({new_code} instead of {old_code}).",
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
        "The {items} {name} are now aligned at its left end.",
        "The {items} {name} are now aligned to the left.",
    ),
    "justify.center": (
        "The {items} {name} are now centered within it.",
        "The {items} {name} are now centered.",
    ),
    "justify.end": (
        "The {items} {name} are now aligned at its right end.",
        "The {items} {name} are now aligned to the right.",
    ),
    "justify.spread": (
        "The {items} {name} are now spread over its width.",
        "The {items} {name} are now spread out, with more space between them.",
    ),
    "justify.gather": (
        "The {items} {name} moved in from its two ends, closer together.",
        "The {items} {name} moved closer together, towards its middle.",
    ),
    "justify.inset": (
        "The {items} {name} moved closer together, away from its two ends.",
        "In the {name}, there is now more space at both ends and less between the {parts}.",
    ),
    "justify.outset": (
        "The {items} {name} moved out towards its two ends.",
        "In the {name}, there is now less space at both ends and more between the {parts}.",
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
    "rounded.uncircle": (
        "The {name} is no longer a circle: its corners are less round.",
        "The {name} is no longer fully round: it is a square with rounded corners of {new} instead of a circle.",
    ),
    "rounded.circle": (
        "The {name} is now a circle: its corners are rounder.",
        "The {name} is now fully round, a circle instead of a square with rounded corners of {old}.",
    ),
    "rounded.unpill": (
        "The corners of the {name} are less round: its ends are no longer half circles.",
        "The {name} has squarer corners: its ends are no longer fully round.",
    ),
    "rounded.pill": (
        "The corners of the {name} are rounder: its ends are now half circles.",
        "The {name} has rounder corners: its ends are now fully round.",
    ),
    "rounded.square": (
        "The corners of the {name} are now square.",
        "The {name} lost its rounded corners.",
    ),
}
"""Templates by key; a template's id is `key.index`."""

_SURFACES: Final = (
    "button", "badge", "tile", "card", "banner", "text field", "search field", "dropdown", "notice", "avatar",
)  # fmt: skip
"""Nouns of things whose text needs saying apart."""
_BARE_TEXTS: Final = ("text", "price", "number", "date", "heading", "paragraph", "quote", "link", "site name")
"""Nouns of things that are nothing but text."""
_FULL_PX: Final = 0.6
"""How near to half the side a radius makes a full round."""
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
    key = template_key(candidate, old)
    options = TEMPLATES[key]
    at = zlib.crc32(f"{name.said()}|{candidate.new_value}".encode()) % len(options)
    said = options[at].format(**_slots(candidate, name, old, new))
    return Sentence(re.sub("^A (?=[aeiou])", "An ", said), f"{key}.{at}")


def template_key(candidate: Candidate, old: Element) -> str:
    """Return which templates fit a candidate for an element as it was."""
    special = _KEYS.get(candidate.operator)
    return (special(candidate, old) if special else None) or f"{candidate.operator}.{candidate.direction}"


def _spacing_key(candidate: Candidate, _: Element) -> str:
    return f"{candidate.property.partition('-')[0]}.{candidate.direction}"


def _text_key(candidate: Candidate, _: Element) -> str | None:
    if candidate.tier != "hard":
        return None
    return "text.retype" if candidate.direction == "replace" else "text.drop"


def _border_key(candidate: Candidate, _: Element) -> str | None:
    if candidate.direction not in ("increase", "decrease"):
        return None
    if candidate.old_value == "none":
        return "border.appear"
    return "border.vanish" if candidate.new_value == "0px" else None


def _justify_key(candidate: Candidate, _: Element) -> str | None:
    if candidate.old_value not in _SPREADS:
        return None
    if candidate.new_value not in _SPREADS:
        return "justify.gather" if candidate.new_value == "center" else None
    is_inset = _SPREADS.index(candidate.new_value) > _SPREADS.index(candidate.old_value)
    return "justify.inset" if is_inset else "justify.outset"


def _rounded_key(candidate: Candidate, old: Element) -> str | None:
    """Tell apart corners that were, or became, as round as the box allows."""
    half, is_square = min(old.box.w, old.box.h) / 2, abs(old.box.w - old.box.h) <= 1
    if candidate.new_value == "0px":
        return "rounded.square"
    if (length_px(candidate.old_value) or 0.0) >= half - _FULL_PX:
        return "rounded.uncircle" if is_square else "rounded.unpill"
    if (length_px(candidate.new_value) or 0.0) >= half - _FULL_PX:
        return "rounded.circle" if is_square else "rounded.pill"
    return None


def _gradient_key(candidate: Candidate, _: Element) -> str | None:
    return stops.recolor_key(candidate) if candidate.direction == "recolor" else None


_KEYS: Final[Mapping[str, Callable[[Candidate, Element], str | None]]] = {
    "position": lambda _, __: "position",
    "spacing": _spacing_key,
    "text": _text_key,
    "border": _border_key,
    "justify": _justify_key,
    "rounded": _rounded_key,
    "gradient": _gradient_key,
}


def _slots(candidate: Candidate, name: Name, old: Element, new: Element) -> dict[str, str]:
    said = name.said()
    speaks_of_thing = name.noun in _SURFACES and not name.owner_text
    slots = {
        "name": said,
        "thing": replace(name, owner_text=False).said(),
        "parts": _parts(name),
        "items": f"{_parts(name)} in the" if _parts(name) == "items" else f"{_parts(name)} of the",
        "text": f"text of the {said}" if speaks_of_thing else said,
        "old": candidate.old_value,
        "new": candidate.new_value,
        "px": f"{candidate.magnitude:g}px",
        "way": _WAYS.get(candidate.direction, ""),
        "where": _where(candidate.property),
        **_ink(candidate, name),
    }
    return {**slots, **_colors(candidate), **pieces(candidate, old, new)}


def _parts(name: Name) -> str:
    """Return what the children of a row are called: a list item is an item itself, it has parts."""
    return "parts" if name.noun in ("list item", "table row", "label", "link", "button") else "items"


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
        return stops.slots(candidate)
    codes = {"old_color": candidate.old_value, "new_color": candidate.new_value.rpartition(" ")[2]}
    found = {key: told(code) for key, code in codes.items() if code.startswith("#")}
    if len(found) == 2 and found["old_color"] == found["new_color"]:
        # Two shades of one name: only the code tells them apart.
        return {key: f"{word} ({codes[key]})" for key, word in found.items()}
    return found
