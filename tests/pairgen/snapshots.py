"""Builds snapshots by hand, so that operators and names are tested without a browser."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pairgen.records import Candidate, Element, Snapshot
from pairgen.snapshot import STYLES
from schemas.records import Box

_DEFAULTS = {
    "display": "block", "visibility": "visible", "color": "rgb(30, 41, 59)", "background-color": "rgba(0, 0, 0, 0)",
    "background-image": "none", "background-clip": "border-box", "opacity": "1", "box-shadow": "none",
    "font-size": "16px", "font-weight": "400", "letter-spacing": "normal", "line-height": "24px",
    "transform": "none", "translate": "none", "justify-content": "normal", "flex-direction": "row",
    "flex-wrap": "nowrap", "column-gap": "normal", "row-gap": "normal", "overflow-x": "visible",
    "overflow-y": "visible",
    **{f"{prefix}-{side}": "0px" for prefix in ("margin", "padding") for side in ("top", "right", "bottom", "left")},
    **{f"border-{side}-width": "0px" for side in ("top", "right", "bottom", "left")},
    **{f"border-{side}-style": "none" for side in ("top", "right", "bottom", "left")},
    **{f"border-{side}-color": "rgb(203, 213, 225)" for side in ("top", "right", "bottom", "left")},
    **{f"border-{at}-radius": "0px" for at in ("top-left", "top-right", "bottom-right", "bottom-left")},
}  # fmt: skip


@dataclass
class Node:
    """One element to build; boxes are absolute."""

    role: str
    box: tuple[int, int, int, int]
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    tag: str = "div"
    classes: str = ""
    styles: Mapping[str, str] = field(default_factory=dict)
    lines: int | None = None
    hit: float = 1.0


def page(*nodes: Node, width: int = 1280, height: int = 800) -> Snapshot:
    """Return a snapshot of a white page that holds the nodes."""
    body = Node("page", (0, 0, width, height), children=list(nodes), tag="body")
    body.styles = {"background-color": "rgb(255, 255, 255)"}
    elements: list[Element] = []
    _add(body, None, elements)
    return Snapshot(elements=tuple(elements), width=width, height=height)


def _add(node: Node, parent: int | None, into: list[Element]) -> int:
    ref = len(into)
    into.append(_element(ref, node, parent))
    refs = tuple(_add(child, ref, into) for child in node.children)
    texts = [node.text, *(into[child].text for child in refs)]
    into[ref] = replace(into[ref], children=refs, text=" ".join(text for text in texts if text))
    return ref


def _element(ref: int, node: Node, parent: int | None) -> Element:
    styles = {**dict.fromkeys(STYLES, ""), **_DEFAULTS, **node.styles}
    lines = (1 if node.text else 0) if node.lines is None else node.lines
    box = Box(*node.box)
    return Element(
        ref=ref, parent=parent, children=(), tag=node.tag, role=node.role, text=node.text, own_text=node.text,
        classes=tuple(node.classes.split()), attributes={}, box=box, visible_box=box, styles=styles, num_lines=lines,
        hit_fraction=node.hit,
    )  # fmt: skip


def border(px: int, color: str = "rgb(100, 116, 139)") -> dict[str, str]:
    """Return the computed values of an even solid border."""
    sides = ("top", "right", "bottom", "left")
    return {
        **{f"border-{side}-width": f"{px}px" for side in sides},
        **{f"border-{side}-style": "solid" for side in sides},
        **{f"border-{side}-color": color for side in sides},
    }


def every(prefix: str, px: int) -> dict[str, str]:
    """Return one padding or margin on all four sides."""
    return {f"{prefix}-{side}": f"{px}px" for side in ("top", "right", "bottom", "left")}


def radius(px: int) -> dict[str, str]:
    """Return one radius at all four corners."""
    return {f"border-{at}-radius": f"{px}px" for at in ("top-left", "top-right", "bottom-right", "bottom-left")}


def find(snapshot: Snapshot, text: str, role: str | None = None) -> Element:
    """Return the innermost element that shows a text."""
    found = [e for e in snapshot.elements if e.text == text and role in (None, e.role)]
    return found[-1]


def changed(snapshot: Snapshot, ref: int, **fields: object) -> Snapshot:
    """Return the snapshot with one element's fields replaced; `styles` are merged, `text` also sets own_text."""
    old = snapshot.elements[ref]
    styles = {**old.styles, **dict(fields.pop("styles", {}))}  # type: ignore[call-overload]
    if "text" in fields:
        fields["own_text"] = fields["text"]
    new = replace(old, styles=styles, **fields)  # type: ignore[arg-type]
    elements = tuple(new if e.ref == ref else e for e in snapshot.elements)
    return replace(snapshot, elements=elements)


def applied(snapshot: Snapshot, candidate: Candidate) -> Snapshot:
    """Return the snapshot that a browser would give for an inline style or a text edit, layout left alone."""
    change = candidate.change
    if change.text:
        return changed(snapshot, change.ref, text=change.text[1])
    return changed(snapshot, change.ref, styles=dict(change.styles))


def sample_page() -> Snapshot:
    """Return a page with top bar, banner, cards, a form row and a footer, on which every operator finds work."""
    return page(_top_bar(), _banner(), _cards(), _footer())


def _top_bar() -> Node:
    links = [
        Node("link", (500 + 120 * i, 20, 80, 24), word, tag="a", classes="text-slate-600 font-medium text-base",
             styles={"color": "rgb(71, 85, 105)", "font-weight": "500", "display": "inline-block"})
        for i, word in enumerate(("Features", "Pricing", "Contact"))
    ]  # fmt: skip
    nav = Node("navigation", (500, 16, 320, 32), children=links, tag="nav",
               styles={"display": "flex", "column-gap": "40px"})  # fmt: skip
    logo = Node("text", (24, 20, 120, 24), "Acme Cloud", tag="span", classes="text-xl font-bold tracking-tight",
                styles={"font-size": "20px", "font-weight": "700"})  # fmt: skip
    style = {"display": "flex", "justify-content": "space-between", **every("padding", 16),
             "background-color": "rgb(248, 250, 252)"}  # fmt: skip
    return Node("header", (0, 0, 1280, 64), children=[logo, nav, _button("Start free trial", (1080, 12, 160, 40))],
                tag="header", classes="flex justify-between p-4 bg-slate-50", styles=style)  # fmt: skip


def _button(text: str, box: tuple[int, int, int, int]) -> Node:
    styles = {
        "background-color": "rgb(79, 70, 229)", "color": "rgb(255, 255, 255)", "display": "inline-block",
        "font-weight": "600", **every("padding", 12), **radius(8),
    }  # fmt: skip
    return Node("button", box, text, tag="button", styles=styles,
                classes="bg-indigo-600 text-white font-semibold p-3 rounded-lg")  # fmt: skip


def _banner() -> Node:
    title = Node("heading", (80, 120, 600, 44), "Ship faster with less work", tag="h1", classes="text-4xl font-bold",
                 styles={"font-size": "36px", "font-weight": "700", "color": "rgb(255, 255, 255)",
                         "line-height": "40px"})  # fmt: skip
    lead = Node(
        "paragraph", (80, 180, 480, 84),
        "Our team builds simple tools for people who publish new articles every week and want more readers.",
        tag="p", classes="text-lg leading-7 mt-4", lines=3,
        styles={"font-size": "18px", "line-height": "28px", "color": "rgb(255, 255, 255)"},
    )  # fmt: skip
    style = {"background-image": "linear-gradient(to right, rgb(29, 78, 216), rgb(126, 34, 206))"}
    return Node("banner", (40, 90, 1200, 220), children=[title, lead], tag="section",
                classes="bg-gradient-to-r from-blue-700 to-purple-700", styles=style)  # fmt: skip


def _cards() -> Node:
    rows = (("Starter", "$12"), ("Team", "$49"), ("Business", "$199"))
    cards = [_card(name, price, 40 + 410 * i) for i, (name, price) in enumerate(rows)]
    title = Node("heading", (40, 330, 400, 32), "Plans for every team", tag="h2", classes="text-2xl font-semibold",
                 styles={"font-size": "24px", "font-weight": "600"})  # fmt: skip
    return Node("section", (0, 320, 1280, 320), children=[title, *cards], tag="section")


def _card(name: str, price: str, x: int) -> Node:
    children = [
        Node("heading", (x + 24, 404, 200, 28), name, tag="h3", classes="text-lg font-semibold",
             styles={"font-size": "18px", "font-weight": "600"}),
        Node("paragraph", (x + 24, 440, 200, 36), price, tag="p", classes="text-3xl font-bold text-slate-900",
             styles={"font-size": "30px", "font-weight": "700", "color": "rgb(15, 23, 42)"}),
        Node("paragraph", (x + 24, 490, 320, 20), f"The {name.lower()} plan comes with weekly reports", tag="p",
             classes="text-sm text-slate-500", styles={"font-size": "14px", "color": "rgb(100, 116, 139)"}),
        _button(f"Choose {name}", (x + 24, 540, 150, 44)),
    ]  # fmt: skip
    styles = {"background-color": "rgb(255, 255, 255)", **border(2), **radius(12), **every("padding", 24)}
    return Node("card", (x, 380, 390, 230), children=children, styles=styles,
                classes="bg-white border-2 border-slate-500 rounded-xl p-6")  # fmt: skip


def _footer() -> Node:
    text = Node("text", (40, 720, 300, 20), "Made in Lisbon since 2014", tag="span", classes="text-sm",
                styles={"font-size": "14px", "display": "inline-block"})  # fmt: skip
    links = Node("box", (900, 720, 340, 20), tag="div", classes="flex justify-end",
                 styles={"display": "flex", "justify-content": "flex-end", "column-gap": "20px"},
                 children=[Node("link", (1100 + 70 * i, 720, 50, 20), word, tag="a", styles={"display": "block"})
                           for i, word in enumerate(("Privacy", "Terms"))])  # fmt: skip
    return Node("footer", (0, 700, 1280, 100), children=[text, links], tag="footer")
