"""Writes HTML as nested calls."""

import html
import re

_VOID = frozenset({"input", "hr", "br"})


def text(content: str) -> str:
    """Escape what is to be read."""
    return html.escape(content, quote=False)


def el(tag: str, classes: str, *children: str, **attributes: str) -> str:
    """Return one element. A trailing underscore of an attribute's name is dropped, others become hyphens."""
    pairs = {"class": classes, **attributes} if classes else attributes
    written = "".join(f' {name.rstrip("_").replace("_", "-")}="{html.escape(value)}"' for name, value in pairs.items())
    return f"<{tag}{written}>" if tag in _VOID else f"<{tag}{written}>{''.join(children)}</{tag}>"


def classes_of(page: str) -> list[str]:
    """Return the classes that a document uses, each once, in order of their first use."""
    found = (name for attribute in re.findall(r'class="([^"]*)"', page) for name in attribute.split())
    return list(dict.fromkeys(found))
