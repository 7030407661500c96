"""The noun for an element, and the words by which a container is known."""

import re
from typing import Final, NamedTuple

from pairgen.operators.styles import is_painted
from pairgen.records import Element
from pairgen.tree import Tree

_SAID: Final = {
    "navigation": "navigation bar", "main area": "main area", "table cell": "cell", "small text": "text",
    "table row": "table row", "code": "text", "detail": "text", "term": "term", "date": "date", "summary": "summary",
}  # fmt: skip
_NUMBER: Final = re.compile(r"[$€£¥]?\s?[\d.,:%/+-]+\s?[%€$£kKmM]?")
_MAX_PHRASE_WORDS: Final = 7
_MAX_PHRASE_CHARS: Final = 42
_BAR_MIN_WIDTH: Final = 0.6
_BAR_MAX_HEIGHT_PX: Final = 130
_STRIP_MAX_Y_PX: Final = 60

PLACES: Final = frozenset(
    [
        "card",
        "section",
        "banner",
        "navigation bar",
        "top bar",
        "footer",
        "sidebar",
        "form",
        "table",
        "table row",
        "table header",
        "list",
        "dialog",
        "notice",
        "header",
        "search form",
        "list item",
        "breadcrumb",
        "tab bar",
        "quote",
        "figure",
        "box",
        "form group",
    ]
)
"""Nouns of containers that a name may add: `in the "Pro" card`."""
LABELLED: Final = PLACES | {"row", "group", "tile", "details", "table body"}
"""Nouns of containers known by their heading or their first words."""
SOLITARY: Final = frozenset(
    [
        "navigation bar",
        "top bar",
        "footer",
        "sidebar",
        "form",
        "table",
        "table header",
        "banner",
        "dialog",
        "breadcrumb",
        "search form",
        "search field",
        "progress bar",
        "slider",
        "dropdown",
        "checkbox",
        "text area",
        "code block",
        "quote",
        "tab bar",
        "form group",
        "notice",
    ]
)
"""Nouns that name a thing by themselves where the page shows one of it."""
FURNITURE: Final = frozenset(
    ("navigation bar", "top bar", "footer", "sidebar", "breadcrumb", "search field", "tab bar")
)
"""Nouns of which a page has one so commonly that a label adds nothing."""


class Label(NamedTuple):
    """Hold what a container is known by."""

    text: str
    is_heading: bool


def noun_of(element: Element, tree: Tree) -> str:
    """Return what a person calls the element itself."""
    if element.role == "header":
        return "top bar" if _is_strip(element, tree) else "header"
    if element.role == "box" and element.ref and is_painted(element) and _is_strip(element, tree):
        return "top bar"
    if not element.text and element.role in ("card", "banner", "box", "tile") and is_painted(element):
        return "colored block"
    if element.role == "box" and not is_painted(element):
        is_row = element.styles.get("display", "").endswith("flex") and element.styles.get("flex-direction") == "row"
        return "row" if is_row else "group"
    if element.role in ("text", "paragraph") and _is_phrase(element):
        return _phrase_noun(element.text)
    if element.role == "text field" and "search" in element.text.casefold():
        return "search field"
    return _SAID.get(element.role, element.role)


def _is_phrase(element: Element) -> bool:
    is_short = len(element.text.split()) <= _MAX_PHRASE_WORDS and len(element.text) <= _MAX_PHRASE_CHARS
    return element.role == "text" or (
        is_short and element.num_lines <= 1 and not element.text.endswith((".", "!", "?"))
    )


def _phrase_noun(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        return "text"
    return "price" if re.search(r"[$€£¥]", text) else "number"


def _is_strip(element: Element, tree: Tree) -> bool:
    box = element.box
    is_wide = box.w >= _BAR_MIN_WIDTH * tree.snapshot.width
    return is_wide and box.y <= _STRIP_MAX_Y_PX and box.h <= _BAR_MAX_HEIGHT_PX


def label_of(element: Element, tree: Tree) -> Label | None:
    """Return a container's first heading, else the first words in it; None where it shows none."""
    shown = [e for e in tree.descendants(element) if tree.shows(e) and e.text]
    heading = next((e for e in shown if e.role == "heading"), None)
    if heading is not None:
        return Label(heading.text, is_heading=True)
    first = next((e for e in shown if e.own_text), None)
    if first is not None:
        return Label(first.text, is_heading=False)
    return Label(element.text, is_heading=False) if element.own_text else None
