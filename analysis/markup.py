"""A tiny HTML builder: text is escaped unless it is markup that the builder made."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from string import Template
from typing import Final

_VOID: Final = frozenset({"img", "meta", "rect", "line", "circle", "image"})

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>$style</style>
</head>
<body>
$body
</body>
</html>
""")


class Html(str):
    """Mark a string as markup that needs no escaping."""

    __slots__ = ()


def element(name: str, *children: str, **attributes: str | float | None) -> Html:
    """Return an element; text and attribute values are escaped, attributes of None left out.

    An attribute that Python reserves takes a trailing underscore (`class_`); `viewBox` and the like stand as they are.
    """
    written = "".join(
        f' {key.rstrip("_")}="{escape(str(value))}"' for key, value in attributes.items() if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{written}/>")
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def join(*parts: str) -> Html:
    """Return parts one after another, plain text escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, class_: str | None = None) -> Html:
    """Return a table in a frame that scrolls by itself where the window is narrow."""
    head = element("thead", element("tr", *(element("th", text) for text in heads)))
    body = [element("tr", *map(_cell, row)) for row in rows]
    return element("div", element("table", head, element("tbody", *body), class_=class_), class_="scroll")


def _cell(content: str) -> Html:
    is_cell = isinstance(content, Html) and content.startswith("<td")
    return Html(content) if is_cell else element("td", content)


def page(title: str, style: str, body: Html) -> str:
    """Return a page that loads nothing, runs nothing, and takes only this style and images written into it."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return _PAGE.substitute(policy=policy, title=escape(title), style=style, body=body)
