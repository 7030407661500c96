"""What the browser is asked about a page, and how its reply becomes a `Snapshot`.

One script call returns all elements as JSON text: a string crosses Playwright's wire ten times faster
than the same tree of values. Computed values are interned, so that 400 elements stay near 100 kB.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypedDict

from pairgen.records import Element, Snapshot
from pairgen.roles import Looks, role_of
from schemas.records import Box

ELEMENTS = (
    "body, body *:not(svg *, script, style, template, noscript, option, optgroup, source, track, br, wbr, datalist)"
)
"""The selector that numbers elements: `ref` is the index in its result, and 0 is the body."""

STYLES = (
    "display", "visibility", "position", "float", "z-index", "box-sizing", "width", "height", "max-width",
    "overflow-x", "overflow-y", "clip-path", "direction", "writing-mode",
    "color", "background-color", "background-image", "background-clip", "background-origin",
    "opacity", "box-shadow", "filter",
    "font-family", "font-size", "font-weight", "font-style", "letter-spacing", "word-spacing", "line-height",
    "text-align", "text-transform", "text-decoration-line", "text-overflow", "text-shadow", "white-space",
    "transform", "translate", "rotate", "scale",
    "margin-top", "margin-right", "margin-bottom", "margin-left",
    "padding-top", "padding-right", "padding-bottom", "padding-left",
    "border-top-width", "border-right-width", "border-bottom-width", "border-left-width",
    "border-top-style", "border-right-style", "border-bottom-style", "border-left-style",
    "border-top-color", "border-right-color", "border-bottom-color", "border-left-color",
    "border-top-left-radius", "border-top-right-radius", "border-bottom-right-radius", "border-bottom-left-radius",
    "outline-style", "outline-width", "border-collapse",
    "justify-content", "align-items", "flex-direction", "flex-wrap", "flex-grow", "column-gap", "row-gap",
    "grid-template-columns", "object-fit", "list-style-type", "cursor", "pointer-events",
)  # fmt: skip
"""Computed properties that `Element.styles` holds."""

SCRIPT = """
([selector, names]) => {
  const all = [...document.querySelectorAll(selector)];
  const index = new Map(all.map((element, ref) => [element, ref]));
  const strings = [], known = new Map();
  const intern = (value) => {
    if (!known.has(value)) { known.set(value, strings.length); strings.push(value); }
    return known.get(value);
  };
  const fold = (text) => text.replace(/\\s+/g, ' ').trim();
  const view = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
  const meet = (a, b) => ({left: Math.max(a.left, b.left), top: Math.max(a.top, b.top),
                           right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom)});
  const isEmpty = (r) => r.right - r.left < 0.5 || r.bottom - r.top < 0.5;
  const clips = [], opacities = [];
  const parentOf = (element) => {
    for (let p = element.parentElement; p; p = p.parentElement) if (index.has(p)) return index.get(p);
    return null;
  };
  const linesOf = (nodes) => {
    const rects = [], middles = [];
    for (const node of nodes) {
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const r of range.getClientRects()) if (r.width > 0 && r.height > 0) rects.push(r);
    }
    rects.sort((a, b) => a.top - b.top);
    let bottom = -Infinity;
    for (const r of rects) {
      const middle = (r.top + r.bottom) / 2;
      if (middle > bottom) { middles.push(middle); bottom = r.bottom; }
    }
    return {lines: middles.length, span: middles.length ? middles.at(-1) - middles[0] : 0};
  };
  const lineStarts = (nodes) => {
    const starts = [];
    // the units of pairgen.scripts.places
    const isUnspaced = nodes.some((node) => /[\\u0e00-\\u0eff\\u3040-\\u30ff\\u3400-\\u9fff]/.test(node.data));
    const unit = isUnspaced ? /\\S/g : /\\S+/g;
    let word = 0, bottom = -Infinity;
    for (const node of nodes) for (const match of node.data.matchAll(unit)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const rect = range.getClientRects()[0];
      if (rect && (rect.top + rect.bottom) / 2 > bottom) { starts.push(word); bottom = rect.bottom; }
      word += 1;
    }
    return starts;
  };
  const textOf = (element) => {
    const tag = element.tagName;
    if (tag === 'INPUT' && ['checkbox', 'radio', 'hidden', 'range', 'color'].includes(element.type)) return '';
    if (tag === 'INPUT' || tag === 'TEXTAREA') return element.value || element.placeholder || '';
    if (tag === 'SELECT') return element.selectedOptions.length ? element.selectedOptions[0].label : '';
    if (tag === 'IMG') return element.alt || '';
    return element.innerText || '';
  };
  const hits = (element, box) => {
    const columns = 5, rows = 4;
    let reached = 0, foreign = 0;
    for (let i = 0; i < columns; i++) for (let j = 0; j < rows; j++) {
      const x = box.left + (i + 0.5) / columns * (box.right - box.left);
      const y = box.top + (j + 0.5) / rows * (box.bottom - box.top);
      const hit = document.elementFromPoint(x, y);
      if (!hit) continue;
      if (element.contains(hit)) reached += 1;
      // an ancestor is hit beside the element, as at a round corner, or by what it draws over it (::after)
      else if (!hit.contains(element)) foreign += 1;
      else if (document.elementsFromPoint(x, y).some((below) => element.contains(below))) foreign += 1;
    }
    return reached ? reached / (reached + foreign) : 0;
  };
  const rows = all.map((element, ref) => {
    const style = getComputedStyle(element);
    const rect = element.getBoundingClientRect();
    const parent = parentOf(element);
    opacities.push((parent === null ? 1 : opacities[parent]) * parseFloat(style.opacity));
    const outer = parent === null || style.position === 'fixed' ? view : clips[parent];
    const visible = meet(outer, rect);
    const cuts = ref > 0 && (style.overflowX !== 'visible' || style.overflowY !== 'visible');
    clips.push(cuts ? visible : outer);
    const shows = style.visibility === 'visible' && opacities[ref] > 0 && !isEmpty(rect) && !isEmpty(visible);
    const texts = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    const {lines, span} = linesOf(texts);
    return {
      parent, tag: element.localName,
      text: fold(textOf(element)),
      own: fold(texts.map((node) => node.data).join(' ')),
      classes: [...element.classList],
      attributes: Object.fromEntries([...element.attributes].filter((a) => !['class', 'style', 'd'].includes(a.name))
                                     .map((a) => [a.name, a.value.slice(0, 200)])),
      box: [rect.left, rect.top, rect.right, rect.bottom],
      visible: shows ? [visible.left, visible.top, visible.right, visible.bottom] : null,
      styles: names.map((name) => intern(style.getPropertyValue(name))),
      lines, span, starts: lines > 1 ? lineStarts(texts) : [],
      hit: shows ? hits(element, visible) : 0,
      overflows: element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
              || element.scrollHeight > element.clientHeight + 1 && element.clientHeight > 0,
    };
  });
  const language = document.documentElement.lang.toLowerCase().split('-')[0];
  return JSON.stringify({width: innerWidth, height: innerHeight, language, strings, rows});
}
"""


class Row(TypedDict):
    """One element as the script returns it; rectangles are [left, top, right, bottom] in fractional px."""

    parent: int | None
    tag: str
    text: str
    own: str
    classes: list[str]
    attributes: dict[str, str]
    box: list[float]
    visible: list[float] | None
    styles: list[int]
    lines: int
    span: float
    starts: list[int]
    hit: float
    overflows: bool


class Reply(TypedDict):
    """The script's whole reply."""

    width: int
    height: int
    language: str
    strings: list[str]
    rows: list[Row]


def parse_snapshot(text: str) -> Snapshot:
    """Turn the script's reply into a snapshot."""
    reply: Reply = json.loads(text)
    rows, strings = reply["rows"], reply["strings"]
    children: list[list[int]] = [[] for _ in rows]
    for ref, row in enumerate(rows):
        if row["parent"] is not None:
            children[row["parent"]].append(ref)
    styles = [_styles(row, strings) for row in rows]
    elements = tuple(_element(ref, reply, styles, children) for ref in range(len(rows)))
    return Snapshot(elements=elements, width=reply["width"], height=reply["height"], language=reply["language"])


def _styles(row: Row, strings: Sequence[str]) -> Mapping[str, str]:
    return {name: strings[value] for name, value in zip(STYLES, row["styles"], strict=True)}


def _element(ref: int, reply: Reply, styles: Sequence[Mapping[str, str]], children: Sequence[Sequence[int]]) -> Element:
    row, below = reply["rows"][ref], children[ref]
    box = _box(row["box"])
    looks = Looks(
        tag=row["tag"],
        attributes=row["attributes"],
        classes=row["classes"],
        styles=styles[ref],
        child_tags=[reply["rows"][child]["tag"] for child in below],
        width=box.w / reply["width"],
    )
    return Element(
        ref=ref,
        parent=row["parent"],
        children=tuple(below),
        tag=row["tag"],
        role=role_of(looks),
        text=row["text"],
        own_text=row["own"],
        classes=tuple(row["classes"]),
        attributes=row["attributes"],
        box=box,
        visible_box=_box(row["visible"]) if row["visible"] else None,
        styles=styles[ref],
        num_lines=row["lines"],
        lines_span_px=row["span"],
        line_starts=tuple(row["starts"]),
        hit_fraction=row["hit"],
        overflows=row["overflows"],
    )


def _box(edges: Sequence[float]) -> Box:
    """Snap edges to whole pixels, as Chromium does when it paints."""
    left, top, right, bottom = (int(edge + 0.5) if edge >= 0 else -int(0.5 - edge) for edge in edges)
    return Box(left, top, right - left, bottom - top)
