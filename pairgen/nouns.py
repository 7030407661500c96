"""The noun for an element, and the words by which a container is known."""

import re
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from pairgen.operators.styles import effective_radius_px, is_painted
from pairgen.records import Element
from pairgen.roles import has_surface
from pairgen.tree import Tree

_SAID: Final = {
    "navigation": "navigation bar", "main area": "main area", "table cell": "cell", "small text": "text",
    "table row": "table row", "code": "text", "detail": "text", "term": "text", "date": "date", "summary": "summary",
}  # fmt: skip
_PHRASES: Final = ("text", "paragraph", "detail", "term", "small text")
"""Roles whose short texts are known by what they say: a price, a number."""
_TABULAR: Final = frozenset(
    ("table", "table header", "table body", "table footer", "table row", "table cell", "column heading")
)
_CURRENCIES: Final = "$€£¥₩₽₪₹฿"
_NUMBER: Final = re.compile(rf"[{_CURRENCIES}]?\s?[\d.,:%/+-]+\s?[%{_CURRENCIES}kKmM]?")
_ENDS: Final = (".", "!", "?", "。", "！", "？", "।", "؟")
_MAX_PHRASE_WORDS: Final = 7
_MAX_PHRASE_CHARS: Final = 42
_BAR_MIN_WIDTH: Final = 0.6
_BAR_MAX_HEIGHT_PX: Final = 130
_STRIP_MAX_Y_PX: Final = 60
_COLUMN_MAX_WIDTH: Final = 0.3
"""Share of the viewport's width up to which a tall navigation or sidebar is a column at the side."""
_TALL: Final = 2.0
"""Height over width from which a column of navigation is a menu at the side, whatever stands in its rows."""
_HEAD_MAX_Y_PX: Final = 130
_DISC_MAX_PX: Final = 96
_INITIALS: Final = re.compile("[A-Z]{1,3}|[\u0370-\u1cff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,3}")
_HOMES: Final = ("#", "/", "", "./", "index.html")

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
        "article",
        "side menu",
        "left sidebar",
        "right sidebar",
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
        "side menu",
        "left sidebar",
        "right sidebar",
        "notice",
    ]
)
"""Nouns that name a thing by themselves where the page shows one of it."""
FURNITURE: Final = frozenset(
    ("navigation bar", "top bar", "footer", "sidebar", "breadcrumb", "search field", "tab bar", "side menu")
)
"""Nouns of which a page has one so commonly that a label adds nothing."""


class Label(NamedTuple):
    """Hold what a container is known by."""

    text: str
    is_heading: bool


def noun_of(element: Element, tree: Tree) -> str:
    """Return what a person calls the element itself."""
    if element.role in _TABULAR and _is_in_layout_table(element, tree):
        return "text" if element.own_text else "group"
    if element.role == "header" or (element.tag == "header" and _is_strip(element, tree)):
        return "top bar" if _is_strip(element, tree) else "header"
    if element.role == "box" and element.ref and is_painted(element) and _is_strip(element, tree):
        return "top bar"
    if not element.text and element.role in ("card", "banner", "box", "tile") and is_painted(element):
        return "colored block"
    if element.role == "card" and element.tag == "article" and not has_surface(element.styles):
        return "article"
    if element.role in ("badge", "tile", "card") and _is_disc(element):
        return "avatar" if _INITIALS.fullmatch(element.text) else "step number"
    if element.role in ("navigation", "sidebar") and _is_column(element, tree):
        return _column_noun(element, tree)
    if element.role in ("link", "text") and _is_site_name(element, tree):
        return "site name"
    if element.role == "box" and not is_painted(element):
        is_row = element.styles.get("display", "").endswith("flex") and element.styles.get("flex-direction") == "row"
        return "row" if is_row else "group"
    if element.role in _PHRASES and _is_phrase(element):
        return _phrase_noun(element.text)
    if element.role == "text field" and "search" in element.text.casefold():
        return "search field"
    return _SAID.get(element.role, element.role)


def _is_in_layout_table(element: Element, tree: Tree) -> bool:
    """Tell whether the table that an element is or lies in shows no line and no ground: a grid that nobody sees."""
    table = next((e for e in (element, *tree.ancestors(element)) if e.role == "table"), None)
    return table is not None and table.ref in tree.layout_tables


def _is_disc(element: Element) -> bool:
    """Tell whether an element is a round patch with initials or a number on it, or nearly round."""
    box, side = element.box, min(element.box.w, element.box.h)
    is_square = abs(box.w - box.h) <= 1 and side <= _DISC_MAX_PX
    is_mark = _INITIALS.fullmatch(element.text) or re.fullmatch(r"\d{1,2}", element.text)
    return bool(is_square and is_mark and effective_radius_px(element) >= side / 3)


def _is_column(element: Element, tree: Tree) -> bool:
    return element.box.w < _COLUMN_MAX_WIDTH * tree.snapshot.width and element.box.h > element.box.w / 2


def _column_noun(element: Element, tree: Tree) -> str:
    """Return `side menu` for links, and `sidebar` for other columns, by their side where the page shows two."""
    if element.role == "navigation":
        if _is_card_of_sidebar(element, tree):
            return "card"
        is_tall = element.box.h > _TALL * element.box.w
        return "side menu" if is_tall or _is_stacked(element, tree) else "navigation bar"
    columns = [e for e in tree.visible if e.role in ("navigation", "sidebar") and _is_column(e, tree)]
    others = [e for e in columns if not tree.is_related(e, element) and e.box.x != element.box.x]
    others = [e for e in others if e.role == "sidebar" or _is_stacked(e, tree)]
    if not others:
        return "sidebar"
    return "left sidebar" if element.box.x < min(e.box.x for e in others) else "right sidebar"


def _is_card_of_sidebar(element: Element, tree: Tree) -> bool:
    """Tell whether links lie on a card of their own, beside other things in a sidebar."""
    is_card = has_surface(element.styles) and effective_radius_px(element) > 0
    return is_card and any(above.role == "sidebar" for above in tree.ancestors(element))


def _is_stacked(element: Element, tree: Tree) -> bool:
    """Tell whether what an element holds stands one below the other."""
    boxes = [e.box for e in tree.descendants(element) if tree.shows(e) and e.role in ("link", "button", "tab")]
    return len(boxes) > 1 and all(b.y >= a.y + a.h - 1 for a, b in pairwise(boxes))


def _is_site_name(element: Element, tree: Tree) -> bool:
    """Tell whether an element is, or lies in, the first link of the page's header, outside its navigation."""
    line = [element, *tree.ancestors(element)]
    header = next((e for e in line if "header" in (e.role, e.tag) and e.box.y <= _HEAD_MAX_Y_PX), None)
    link = next((e for e in line if e.role == "link"), None)
    if header is None or link is None or not element.text or link.attributes.get("href") not in _HOMES:
        return False
    first = next((e for e in tree.descendants(header) if e.role == "link" and tree.shows(e)), None)
    in_menu = any(e.role == "navigation" for e in tree.ancestors(link))
    return first is not None and first.ref == link.ref and not in_menu and element.text == link.text


def _is_phrase(element: Element) -> bool:
    is_short = len(element.text.split()) <= _MAX_PHRASE_WORDS and len(element.text) <= _MAX_PHRASE_CHARS
    return element.role != "paragraph" or (is_short and element.num_lines <= 1 and not element.text.endswith(_ENDS))


def _phrase_noun(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        return "text"
    return "price" if re.search(f"[{_CURRENCIES}]", text) else "number"


def _is_strip(element: Element, tree: Tree) -> bool:
    box = element.box
    is_wide = box.w >= _BAR_MIN_WIDTH * tree.snapshot.width
    return is_wide and box.y <= _STRIP_MAX_Y_PX and box.h <= _BAR_MAX_HEIGHT_PX


def _is_legible(element: Element) -> bool:
    """Tell whether at least half of a text's height is in view."""
    seen = element.visible_box
    return not element.own_text or (seen is not None and 2 * seen.h >= element.box.h)


def _is_of_a_part(heading: Element, element: Element, first: Element, tree: Tree) -> bool:
    """Tell whether a heading names but a part: one further down a list, or in a box that holds not what comes first."""
    if element.role == "list":
        return first.ref < heading.ref
    inner = [e for e in takewhile(lambda e: e.ref != element.ref, tree.ancestors(heading)) if is_painted(e)]
    return any(first.ref != e.ref and not tree.is_related(e, first) for e in inner)


def label_of(element: Element, tree: Tree) -> Label | None:
    """Return a container's first heading, else the first words in it; None where it shows none."""
    shown = [e for e in tree.descendants(element) if tree.shows(e) and e.text and _is_legible(e)]
    first = next((e for e in shown if e.own_text), None)
    headings = (e for e in shown if e.role == "heading")
    heading = next((e for e in headings if first is None or not _is_of_a_part(e, element, first, tree)), None)
    if heading is not None:
        return Label(heading.text, is_heading=True)
    if first is not None:
        return Label(first.text, is_heading=False)
    return Label(element.text, is_heading=False) if element.own_text else None
