"""What a person would call an element: from its tag, its ARIA role, its looks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_BY_TAG = {
    "body": "page", "main": "main area", "nav": "navigation", "header": "header", "footer": "footer",
    "aside": "sidebar", "section": "section", "article": "card", "form": "form",
    "a": "link", "button": "button", "select": "dropdown", "textarea": "text area", "label": "label",
    "p": "paragraph", "blockquote": "quote", "q": "quote", "figcaption": "caption", "caption": "caption",
    "figure": "figure", "img": "image", "picture": "image", "svg": "icon", "video": "video", "canvas": "image",
    "ul": "list", "ol": "list", "dl": "list", "li": "list item", "dt": "term", "dd": "detail",
    "table": "table", "thead": "table header", "tbody": "table body", "tfoot": "table footer", "tr": "table row",
    "td": "table cell", "th": "column heading", "pre": "code block", "code": "code", "hr": "divider",
    "summary": "summary", "details": "details", "time": "date", "progress": "progress bar", "meter": "meter",
    "small": "small text", "strong": "text", "em": "text", "b": "text", "i": "text", "legend": "legend",
}  # fmt: skip

_BY_ARIA = {
    "button": "button", "link": "link", "heading": "heading", "navigation": "navigation", "banner": "header",
    "contentinfo": "footer", "img": "image", "alert": "notice", "status": "notice", "note": "notice",
    "search": "search form", "tab": "tab", "tablist": "tab bar", "list": "list", "listitem": "list item",
    "complementary": "sidebar", "main": "main area", "region": "section", "progressbar": "progress bar",
}  # fmt: skip

_BY_INPUT = {
    "checkbox": "checkbox", "radio": "radio button", "submit": "button", "button": "button", "reset": "button",
    "search": "search field", "range": "slider", "image": "button", "file": "file field",
}  # fmt: skip

_CLASS_WORDS = re.compile(r"(?:^|[-_])(?:(card)(?:$|--)|(banner|badge|hero|modal|breadcrumb)s?(?:$|[-_]))")
"""`product-card` and `card--wide` are cards; `card-body` is a part of one, and `row-cards` holds many."""
_SIDEBAR = re.compile(r"(?:\w+-)?sidebar")
_BY_CLASS = {
    "card": "card", "banner": "banner", "badge": "badge", "hero": "banner", "modal": "dialog",
    "breadcrumb": "breadcrumb",
}  # fmt: skip

_BANNER_WIDTH = 0.5
"""Share of the viewport's width from which a coloured block is a banner, below it a card."""
_TRANSPARENT = ("rgba(0, 0, 0, 0)", "transparent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What an element's role is read from; `width` is its share of the viewport's, 0..1."""

    tag: str
    attributes: Mapping[str, str]
    classes: Sequence[str]
    styles: Mapping[str, str]
    child_tags: Sequence[str]
    width: float


def role_of(looks: Looks) -> str:
    """Return the everyday word for an element; `box` and `text` are the vaguest."""
    tag, attributes = looks.tag, looks.attributes
    if re.fullmatch(r"h[1-6]", tag):
        return "heading"
    if tag == "input":
        return _BY_INPUT.get(attributes.get("type", "text"), "text field")
    aria = _BY_ARIA.get(attributes.get("role", ""))
    if aria:
        return aria
    if tag == "a" and not looks.child_tags and has_surface(looks.styles):
        return "button"
    if tag == "a" and "href" not in attributes:
        return "text"  # an anchor that leads nowhere looks like what it stands in
    if tag == "nav" and "breadcrumb" in attributes.get("aria-label", "").lower():
        return "breadcrumb"
    if tag in ("div", "ul") and any(_SIDEBAR.fullmatch(name) for name in looks.classes):
        return "sidebar"
    if tag in ("div", "span", "section", "header", "article", "aside", "fieldset", "figure"):
        return _role_of_block(looks)
    return _BY_TAG.get(tag, "box" if looks.child_tags else "text")


def has_surface(styles: Mapping[str, str]) -> bool:
    """Tell whether an element paints a shape of its own: background, whole border or shadow."""
    has_border = all(
        styles[f"border-{side}-style"] != "none" and styles[f"border-{side}-width"] != "0px"
        for side in ("top", "right", "bottom", "left")
    )
    return (
        styles["background-color"] not in _TRANSPARENT
        or styles["background-image"] != "none"
        or styles["box-shadow"] != "none"
        or has_border
    )


def _role_of_block(looks: Looks) -> str:
    tag, styles = looks.tag, looks.styles
    for name in looks.classes:
        found = _CLASS_WORDS.search(name)
        if found:
            return _BY_CLASS[found[1] or found[2]]
    if looks.child_tags and has_surface(styles):
        is_narrow = looks.width < _BANNER_WIDTH
        if "gradient(" in styles["background-image"] and not is_narrow:
            return "banner"
        is_framed = styles["border-top-left-radius"] != "0px" or "gradient(" in styles["background-image"]
        if is_framed and is_narrow:
            return "card"
    elif has_surface(styles):
        return "badge" if styles["display"].startswith("inline") or tag == "span" else "tile"
    return _BY_TAG.get(tag, "box" if looks.child_tags else "text")
