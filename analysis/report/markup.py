"""A tiny HTML builder: text is escaped unless it is markup that the builder made."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from string import Template
from typing import Any, Final

_VOID: Final = frozenset({"img", "input", "meta", "rect", "line", "circle", "image", "path", "polyline"})
_ESCAPED: Final = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
"""What could end a script block, or a line in one, as JSON writes it."""

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
$data
$script
</body>
</html>
""")


class Html(str):
    """Mark a string as markup that needs no escaping."""

    __slots__ = ()


def element(name: str, *children: str, **attributes: str | float | None) -> Html:
    """Return an element; text and attribute values are escaped, attributes of None left out.

    An attribute that Python reserves takes a trailing underscore (`class_`), other underscores are hyphens
    (`aria_label`); `viewBox` and the like stand as they are.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{written}/>")
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def join(*parts: str) -> Html:
    """Return parts one after another, plain text escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, class_: str | None = None, caption: str | None = None
) -> Html:
    """Return a table in a frame that scrolls by itself where the window is narrow; heads and cells may be markup.

    A row that is markup stands as it is (`row`); others are sequences of cells.
    """
    head = element("thead", element("tr", *map(_head, heads)))
    body = [row if isinstance(row, Html) else element("tr", *map(_cell, row)) for row in rows]
    title = [element("caption", caption)] if caption else []
    whole = element("table", *title, head, element("tbody", *body), class_=class_)
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=caption or "table")


def row(cells: Sequence[str], **attributes: str | float | None) -> Html:
    """Return a table's row with attributes of its own."""
    return element("tr", *map(_cell, cells), **attributes)


def _head(content: str) -> Html:
    is_head = isinstance(content, Html) and content.startswith("<th")
    return Html(content) if is_head else element("th", content, scope="col")


def _cell(content: str) -> Html:
    is_cell = isinstance(content, Html) and content.startswith(("<td", "<th"))
    return Html(content) if is_cell else element("td", content)


def data_block(name: str, value: object) -> Html:
    """Return a value as JSON that scripts of the page read by `name`; no text in it can end the block."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    return Html(f'<script type="application/json" id="{escape(name)}">{written}</script>')


def page(title: str, style: str, body: Html, *, script: str = "", data: Mapping[str, Any] | None = None) -> str:
    """Return a page that loads nothing, runs only this script, and takes only this style and images written into it.

    data: what the script reads, by name; see `data_block`.
    """
    runs = f"; script-src {_source(script)}" if script else ""
    policy = f"default-src 'none'; img-src data:; style-src {_source(style)}{runs}; base-uri 'none'; form-action 'none'"
    return _PAGE.substitute(
        policy=policy,
        title=escape(title),
        style=style,
        body=body,
        data=join(*(data_block(name, value) for name, value in (data or {}).items())),
        script=f"<script>{script}</script>" if script else "",
    )


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
