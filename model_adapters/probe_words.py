"""How the probes say a truth: sentences of their own, that no judge has seen.

A judge that knew these tables would be measured against itself, so nothing outside the probes may
import this module.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.digest import digest_text
from schemas.records import Mutation
from schemas.vocabulary import DIRECTIONS

_PHRASES: Final[Mapping[tuple[str, str], Sequence[str]]] = {
    ("font_weight", "increase"): ("is now set in a bolder typeface", "has heavier, thicker lettering than before"),
    ("font_weight", "decrease"): ("is now set in a less bold typeface", "has thinner letter strokes than before"),
    ("font_size", "increase"): ("is written in a bigger font size", "shows its text at a larger size"),
    ("font_size", "decrease"): ("is written in a smaller font size", "shows its text at a reduced size"),
    ("letter_spacing", "increase"): (
        "has more space between its letters",
        "is tracked out: its characters sit further apart",
    ),
    ("letter_spacing", "decrease"): (
        "has less space between its letters",
        "is tracked tighter: its characters sit closer together",
    ),
    ("line_height", "increase"): (
        "has its lines of text further apart",
        "is set with more generous line spacing",
    ),
    ("line_height", "decrease"): (
        "has its lines of text closer together",
        "is set with tighter line spacing",
    ),
    ("text", "replace"): ("has different wording", "now reads differently: its text was rewritten"),
    ("text", "delete"): ("has lost part of its text", "is missing some words or characters of its text"),
    ("color", "lighter"): ("has a paler colour", "is drawn in a lighter shade"),
    ("color", "darker"): ("has a deeper, darker colour", "is drawn in a darker shade"),
    ("color", "recolor"): ("has another colour", "is drawn in a different hue"),
    ("opacity", "increase"): ("is more opaque than it was", "is less see-through than before"),
    ("opacity", "decrease"): ("is more transparent: it looks faded", "has become see-through, with a lower opacity"),
    ("gradient", "reverse"): ("has its gradient running the other way round", "shows its gradient reversed"),
    ("gradient", "rotate"): ("has its gradient turned to another angle", "shows a gradient that runs at a new angle"),
    ("gradient", "recolor"): ("has other colours in its gradient", "blends between different gradient colours"),
    ("position", "left"): ("has moved to the left", "sits further left than it did"),
    ("position", "right"): ("has moved to the right", "sits further right than it did"),
    ("position", "up"): ("has moved up", "sits higher than it did"),
    ("position", "down"): ("has moved down", "sits lower than it did"),
    ("spacing", "increase"): ("has more room around or inside it", "got extra padding or margin"),
    ("spacing", "decrease"): ("has less room around or inside it", "lost some of its padding or margin"),
    ("justify", "start"): ("has its contents aligned to the start", "packs its items at the left-hand end"),
    ("justify", "center"): ("has its contents centred", "now has its items aligned in the middle"),
    ("justify", "end"): ("has its contents aligned to the end", "packs its items at the right-hand end"),
    ("justify", "spread"): ("has its items spread out over the row", "distributes its items across the full width"),
    ("border", "increase"): ("has a thicker border", "got a wider outline around it"),
    ("border", "decrease"): ("has a thinner border", "got a narrower outline around it"),
    ("border", "restyle"): ("has its border drawn in another line style", "has a differently styled border line"),
    ("border", "recolor"): ("has a border of another colour", "changed the colour of its outline"),
    ("rounded", "increase"): ("has rounder corners", "shows a larger corner radius"),
    ("rounded", "decrease"): ("has squarer corners", "shows a smaller corner radius"),
}

_UNDIRECTED: Final[Mapping[str, str]] = {
    "font_weight": "has a different font weight",
    "font_size": "has a different font size",
    "letter_spacing": "has different spacing between its letters",
    "line_height": "has different line spacing",
    "text": "has different wording",
    "color": "has another colour",
    "opacity": "has a different opacity",
    "gradient": "has a different gradient",
    "position": "has moved to another place",
    "spacing": "has different padding or margin",
    "justify": "has its contents aligned differently",
    "border": "has a different border",
    "rounded": "has differently rounded corners",
}

_VALUE_CHARS = 80
"""Longer values (whole gradients, paragraphs) hide the sentence, characters."""


def say_truth(mutation: Mutation) -> str:
    """Say one mutation in words of the probe's own, with its values where they are short.

    Which of several wordings is used depends on the element alone. A direction that the vocabulary
    doesn't hold is left unsaid; an operator that it doesn't hold is named by its CSS property.
    """
    options = _PHRASES.get((mutation.type, mutation.direction))
    if options:
        phrase = options[int(digest_text(mutation.element)[:8], 16) % len(options)]
    else:
        phrase = _UNDIRECTED.get(mutation.type, f"has another {mutation.property or mutation.type}")
    return f"- {subject(mutation.element)} {phrase}{_values(mutation)}."


def say_everything(element: str) -> list[str]:
    """Claim every kind of change, in every direction, of one element."""
    return [f"- {subject(element)} {options[0]}." for options in _PHRASES.values()]


def subject(element: str) -> str:
    """Begin a sentence with an element, an article before it."""
    has_article = element.lower().startswith(("the ", "a ", "an "))
    return element[:1].upper() + element[1:] if has_article else f"The {element}"


def _values(mutation: Mutation) -> str:
    old, new = mutation.old_value.strip(), mutation.new_value.strip()
    if mutation.type not in DIRECTIONS or max(len(old), len(new)) > _VALUE_CHARS:
        return ""
    if mutation.type == "text":
        return _words(old, new)
    return f" (was {old}, is {new})" if old and new else ""


def _words(old: str, new: str) -> str:
    if old and new:
        return f': "{new}" instead of "{old}"'
    return f': "{old}" is gone' if old else ""
