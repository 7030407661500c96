"""Changes that must not become pairs, each invalid by how it is made; `attack_the_gate` sends them through the gate.

A cascade begins with a change that passes on its page. One thing is then added to that page, or to the change, so that
the same claim is no longer the whole truth; `probe` is asked in the page before and after the change, apart from the
gate, and `holds` says by its answers that the trap did what it is meant to.

- `reflow`: every ancestor of the target, the body too, is as high as its content, and a padding below the target grows:
  all of them grow, so no ancestor stays put in which the change could be whole.
- `side_effect`: a rule that matches only once the target is changed alters another element, elsewhere or beside it, or
  what stands before that element.
- `shadowed`: a more specific rule keeps the property that the claim names at its old value, while the class that was
  swapped in also draws an outline: something shows, and it isn't what is said.
- `off_screen`: the page is moved so that at least 30% of the target lie outside the picture, before or after.
- `overlay`: at least 30% of the target lie under a veil that reacts to the pointer, or doesn't, or is an ancestor's
  pseudo-element.
- `transition`: a transition that can't be outvoted takes seconds (or starts late, or goes in steps): what is seen isn't
  what was set.
- `lazy_image`: a picture that loads lazily, from a server that takes its time, appears elsewhere with the change.

A no-effect leaves no pixel different, or none by more than eight levels of 255, which no one sees: the styles that are
set already, a rule that another outweighs, an element that is hidden or below the fold, a colour where nothing is
written, a weight that the same face draws, `justify-content` where nothing is flexible or nothing is left to share, a
colour of no border, the corners of no box, letters of no width, shades one or two levels away.
"""

import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from pairgen.assets import ORIGIN, Asset
from pairgen.operators.styles import style_px
from pairgen.records import Candidate, Change, Element, Page, Snapshot
from schemas.records import Box

SINGLE_FACED: Final = "DejaVu Sans Mono"
"""A family of two faces, regular and bold, which draw every weight between them."""


@dataclass(frozen=True, kw_only=True)
class Prey:
    """A change that passes on its page; the target carries the attribute `data-prey`."""

    page: Page
    candidate: Candidate
    snapshot: Snapshot

    @property
    def target(self) -> Element:
        """Return the target before the change."""
        return self.snapshot.elements[self.candidate.change.ref]


class Attack(NamedTuple):
    """A page with a trap, and the claim that it makes false."""

    page: Page
    candidate: Candidate
    probe: str
    holds: Callable[[Any, Any], bool]


@dataclass(frozen=True)
class SlowPicture:
    """Assets: one picture, which comes late."""

    picture: bytes
    delay_s: float

    def fetch(self, url: str, max_bytes: int) -> Asset | None:  # noqa: ARG002 (Assets)
        """Return the picture after a while."""
        if not url.startswith(ORIGIN) or not url.endswith("late.svg"):
            return None
        time.sleep(self.delay_s)
        return Asset(self.picture, "image/svg+xml")


def reflow(prey: Prey, rng: random.Random) -> Attack | None:
    """Let all ancestors grow with the target."""
    grown = rng.choice([6, 12, 24])
    old = style_px(prey.target, "padding-bottom")
    css = (
        "html, body, body :has([data-prey]), [data-prey] { display: block !important; height: auto !important; "
        "min-height: 0 !important; max-height: none !important; overflow: visible !important; float: none !important; "
        "position: static !important; aspect-ratio: auto !important; inset: auto !important }"
    )
    candidate = _claim(prey.candidate, "spacing", "padding-bottom", f"{old:g}px", f"{old + grown:g}px", grown)
    probe = """() => { const heights = [];
      for (let e = document.querySelector('[data-prey]').parentElement; e && e !== document.documentElement;
        e = e.parentElement) heights.push(e.getBoundingClientRect().height);
      return heights; }"""
    return Attack(_trapped(prey, css), candidate, probe, lambda a, b: all(x != y for x, y in zip(a, b, strict=True)))


def side_effect(prey: Prey, rng: random.Random) -> Attack | None:
    """Alter another element as soon as the target is changed."""
    hook, victim = _hook(prey.candidate), _victim(prey, rng)
    if hook is None or victim is None:
        return None
    harm = rng.choice(
        ["background: #b91c1c", "visibility: hidden", "translate: 14px 0", "outline: 4px solid #7c3aed",
         "color: #db2777; border-color: #db2777; background: #fbcfe8", "filter: invert(1)", "opacity: .3",
         "box-shadow: 0 0 0 6px #16a34a", "background-image: linear-gradient(#111827, #f59e0b)"]
    )  # fmt: skip
    if rng.random() < 0.25:
        part, harm = "::before", "content: ''; position: absolute; width: 30px; height: 30px; background: #ea580c"
    else:
        part = ""
    harm = "; ".join(f"{one} !important" for one in harm.split("; "))
    css = f"body:has([data-prey]{hook}) [data-victim]{part} {{ {harm} }}"
    probe = f"""() => {{ const s = getComputedStyle(document.querySelector('[data-victim]'), '{part}' || null);
      return [s.content, s.background, s.visibility, s.translate, s.outline, s.filter, s.opacity, s.boxShadow]; }}"""
    return Attack(_trapped(prey, css, victim=victim), prey.candidate, probe, lambda a, b: a != b)


def shadowed(prey: Prey, rng: random.Random) -> Attack | None:
    """Keep the property that is named, and let the class draw something else."""
    styles = prey.candidate.change.styles
    if len(styles) != 1 or prey.candidate.operator == "justify":
        return None
    (name, value), old = *styles.items(), prey.target.styles.get(next(iter(styles)))
    if not old:
        return None
    extra = rng.choice(["outline: 3px solid #dc2626", "box-shadow: 0 0 0 4px #2563eb", "text-decoration: underline 3px",
                        "background-color: #fde047"])  # fmt: skip
    css = f"html body [data-prey].trap {{ {name}: {old} !important }}"
    change = Change(
        ref=prey.candidate.change.ref, add_classes=("trap",), rules=(f".trap {{ {name}: {value}; {extra} }}",)
    )
    candidate = replace(prey.candidate, mechanism="class_swap", change=change)
    probe = (
        "() => { const s = getComputedStyle(document.querySelector('[data-prey]')); "
        f"return [s.getPropertyValue({json.dumps(name)}), "
        "s.outline + s.boxShadow + s.textDecoration + s.backgroundColor]; }"
    )
    return Attack(_trapped(prey, css), candidate, probe, lambda a, b: a[0] == b[0] and a[1] != b[1])


def off_screen(prey: Prey, rng: random.Random) -> Attack | None:
    """Move the page, or the target alone, until at least 30% of the target are outside."""
    box, share = prey.target.box, rng.uniform(0.35, 0.9)
    dx, dy = rng.choice([(-(box.x + share * box.w), 0), (0, -(box.y + share * box.h)),
                         (prey.snapshot.width - box.x - box.w + share * box.w, 0),
                         (0, prey.snapshot.height - box.y - box.h + share * box.h)])  # fmt: skip
    probe = """() => { const r = document.querySelector('[data-prey]').getBoundingClientRect();
      const w = Math.min(r.right, innerWidth) - Math.max(r.left, 0);
      const h = Math.min(r.bottom, innerHeight) - Math.max(r.top, 0);
      return Math.max(w, 0) * Math.max(h, 0) / (r.width * r.height); }"""
    if rng.random() < 0.5:
        css = f"body {{ transform: translate({dx:.0f}px, {dy:.0f}px) }}"
        return Attack(_trapped(prey, css), prey.candidate, probe, lambda _, b: b <= 0.7)
    moved = _claim(prey.candidate, "position", "translate", "0px 0px", f"{dx:.0f}px {dy:.0f}px", 24)
    return Attack(prey.page, moved, probe, lambda _, b: b <= 0.7)


def overlay(prey: Prey, rng: random.Random) -> Attack | None:
    """Lay a veil over a third of the target or more."""
    box, share = prey.target.box, rng.uniform(0.35, 1.0)
    w, h = (box.w * share, box.h) if rng.random() < 0.5 else (box.w, box.h * share)
    place = f"position: fixed; left: {box.x:.0f}px; top: {box.y:.0f}px; width: {w:.0f}px; height: {h:.0f}px"
    color = ", ".join(str(rng.randrange(256)) for _ in range(3))
    look = f"background: rgba({color}, {rng.uniform(0.2, 0.7):.2f})"
    pointer = rng.choice(["auto", "none", "none !important"])
    veil = f"{place}; {look}; z-index: 2147483647; pointer-events: {pointer}"
    if rng.random() < 0.4:
        page = _trapped(prey, f"body::after {{ content: ''; {veil} }}")
    else:
        page = _trapped(prey, "", f'<div style="{veil}"></div>')
    probe = "() => { const r = document.querySelector('[data-prey]').getBoundingClientRect(); return [r.x, r.y]; }"
    return Attack(page, prey.candidate, probe, lambda a, _: abs(a[0] - box.x) <= 1 and abs(a[1] - box.y) <= 1)


def transition(prey: Prey, rng: random.Random) -> Attack | None:
    """Let the change take its time."""
    if not prey.candidate.change.styles and not prey.candidate.change.add_classes:
        return None
    pace = rng.choice(
        ["linear", "ease-in-out", "steps(2, jump-start)", "steps(3, jump-both)", "cubic-bezier(.9,0,1,.1)"]
    )
    length_s = rng.choice([2, 5, 12, 60])
    delay_s = rng.choice([0, 0.05, -length_s / 2, -length_s / 2])
    timing = f"all {length_s}s {pace} {delay_s}s"
    html = _TARGET.sub(lambda tag: _restyled(tag[0], f"transition: {timing} !important"), prey.page.html, count=1)
    probe = "() => document.getAnimations().map((a) => a.playState)"
    page = replace(prey.page, html=html)
    return Attack(page, prey.candidate, probe, lambda a, b: not a and "running" in b)


def lazy_image(prey: Prey, rng: random.Random) -> Attack | None:
    """Let a picture appear with the change, late."""
    hook = _hook(prey.candidate)
    if hook is None:
        return None
    w, h = rng.randrange(60, 300), rng.randrange(60, 200)
    x, y = rng.randrange(0, prey.snapshot.width - w), rng.randrange(0, prey.snapshot.height - h)
    box = prey.target.box
    if Box(x, y, w, h).intersection(Box(box.x - 40, box.y - 40, box.w + 80, box.h + 80)):
        return None
    css = (
        f".late {{ display: none; position: fixed; left: {x}px; top: {y}px; z-index: 9 }} "
        f"body:has([data-prey]{hook}) .late {{ display: block }}"
    )
    picture = f'<img class="late" loading="lazy" src="late.svg" width="{w}" height="{h}" alt="">'
    page = _trapped(prey, css, picture)
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg"><rect width="{w}" height="{h}" fill="#0f766e"/></svg>'
    assets = SlowPicture(drawn.encode(), rng.choice([0.0, 0.02, 0.1, 0.3]))
    probe = "() => document.querySelector('.late').getBoundingClientRect().width"
    return Attack(replace(page, assets=assets), prey.candidate, probe, lambda a, b: a == 0 and b == w)


CASCADES: Final[Mapping[str, Callable[[Prey, random.Random], Attack | None]]] = {
    "reflow": reflow, "side_effect": side_effect, "shadowed": shadowed, "off_screen": off_screen, "overlay": overlay,
    "transition": transition, "lazy_image": lazy_image,
}  # fmt: skip


def _claim(model: Candidate, operator: str, name: str, old: str, new: str, magnitude: float) -> Candidate:
    """Return a claim that sets one property of the model's target."""
    return replace(
        model, operator=operator, tier="easy", mechanism="style_override", property=name, old_value=old, new_value=new,
        direction="increase" if operator == "spacing" else "right", magnitude=magnitude,
        change=Change(ref=model.change.ref, styles={name: new}),
    )  # fmt: skip


def _hook(candidate: Candidate) -> str | None:
    """Return a selector's end that holds only once the change is there; None where none can."""
    if candidate.change.styles:
        return '[style*="!important"]'
    added = candidate.change.add_classes
    return f"[class~={json.dumps(added[0])}]" if added else None


_TARGET: Final = re.compile(r'<[^<>]*data-prey=""[^<>]*>')


def _restyled(tag: str, style: str) -> str:
    return re.sub(r"^<[\w-]+", lambda name: f'{name[0]} style="{style}"', re.sub(r' style="[^"]*"', "", tag))


def _victim(prey: Prey, rng: random.Random) -> int | None:
    """Return an element that shows and is neither the target's kin nor tiny, half the time beside the target."""
    kin = {prey.target.ref, *_descendants(prey.snapshot, prey.target)}
    parent: int | None = prey.target.parent
    while parent is not None:
        kin.add(parent)
        parent = prey.snapshot.elements[parent].parent
    fit = [
        e.ref
        for e in prey.snapshot.elements
        if e.ref not in kin and e.visible_box == e.box and e.own_text and e.hit_fraction >= 0.9 and e.box.area >= 600
    ]
    beside = [ref for ref in fit if prey.snapshot.elements[ref].parent == prey.target.parent]
    return rng.choice(beside if beside and rng.random() < 0.5 else fit) if fit else None


def _descendants(snapshot: Snapshot, element: Element) -> Iterator[int]:
    for child in element.children:
        yield child
        yield from _descendants(snapshot, snapshot.elements[child])


def _trapped(prey: Prey, css: str, markup: str = "", *, victim: int | None = None) -> Page:
    """Return the page with a style sheet and elements at its end, and a mark on the victim."""
    html = prey.page.html.replace("</head>", f"<style>{css}</style></head>", 1)
    html = html.replace("</body>", f"{markup}</body>", 1)
    if victim is not None:
        html = html.replace(f'data-ref="{victim}"', f'data-ref="{victim}" data-victim=""', 1)
    return replace(prey.page, html=html)


def no_effects(snapshot: Snapshot, proposed: list[Candidate], rng: random.Random) -> Iterator[tuple[str, Candidate]]:
    """Yield (kind, claim) of changes that no one can see, over a page's elements in seeded order."""
    for kind, ask in NO_EFFECTS.items():
        for candidate in proposed * 2:
            found = ask(snapshot, candidate, rng)
            if found is not None:
                yield kind, found


NoEffect = Callable[[Snapshot, Candidate, random.Random], Candidate | None]


def _same_value(snapshot: Snapshot, model: Candidate, _: random.Random) -> Candidate | None:
    element = snapshot.elements[model.change.ref]
    styles = {name: element.styles[name] for name in model.change.styles if element.styles.get(name)}
    return replace(model, change=replace(model.change, styles=styles)) if styles else None


def _outweighed(snapshot: Snapshot, model: Candidate, _: random.Random) -> Candidate | None:
    element = snapshot.elements[model.change.ref]
    styles = {name: value for name, value in model.change.styles.items() if element.styles.get(name)}
    if not styles:
        return None
    wins = "; ".join(f"{name}: {element.styles[name]} !important" for name in styles)
    loses = "; ".join(f"{name}: {value}" for name, value in styles.items())
    rules = (f".trap {{ {loses} }}", f"html body .trap.trap {{ {wins} }}")
    change = Change(ref=model.change.ref, add_classes=("trap",), rules=rules)
    return replace(model, mechanism="class_swap", change=change)


def _unseen_element(snapshot: Snapshot, model: Candidate, rng: random.Random) -> Candidate | None:
    hidden = [e.ref for e in snapshot.elements if e.visible_box is None and e.own_text]
    if not hidden or not model.change.styles:
        return None
    return _paint(model, rng.choice(hidden), "color", "color", rng.choice(["#dc2626", "#16a34a", "#7c3aed"]))


def _empty_text(snapshot: Snapshot, model: Candidate, rng: random.Random) -> Candidate | None:
    bare = [e for e in snapshot.elements if e.visible_box and not e.text and not e.children]
    flat = [e.ref for e in bare if _borderless(e) and e.tag in ("div", "span")]
    return _paint(model, rng.choice(flat), "color", "color", "#dc2626") if flat else None


def _same_face(snapshot: Snapshot, model: Candidate, rng: random.Random) -> Candidate | None:
    plain = [e for e in snapshot.elements if e.visible_box and e.own_text and SINGLE_FACED in e.styles["font-family"]]
    if not plain:
        return None
    element = rng.choice(plain)
    old = element.styles["font-weight"]
    new = rng.choice(["600", "800", "900"] if old == "700" else ["300", "500", "200"])
    return replace(_paint(model, element.ref, "font_weight", "font-weight", new), old_value=old, magnitude=1.0)


def _no_flex(snapshot: Snapshot, model: Candidate, rng: random.Random) -> Candidate | None:
    blocks = [
        e.ref
        for e in snapshot.elements
        if e.visible_box and e.children and (e.styles["display"] == "block" or "full" in e.classes)
    ]
    value = rng.choice(["center", "flex-end", "space-between", "space-around"])
    return _paint(model, rng.choice(blocks), "justify", "justify-content", value) if blocks else None


def _borderless(element: Element) -> bool:
    return all(element.styles[f"border-{side}-width"] == "0px" for side in ("top", "right", "bottom", "left"))


def _no_border(snapshot: Snapshot, model: Candidate, rng: random.Random) -> Candidate | None:
    plain = [e.ref for e in snapshot.elements if e.visible_box and _borderless(e)]
    return _paint(model, rng.choice(plain), "border", "border-color", "#dc2626") if plain else None


def _no_box(snapshot: Snapshot, model: Candidate, rng: random.Random) -> Candidate | None:
    bare = [
        e.ref
        for e in snapshot.elements
        if e.visible_box and _borderless(e) and e.tag in ("p", "h1", "h2", "h3", "span", "li")
        and e.styles["background-color"] == "rgba(0, 0, 0, 0)" and e.styles["background-image"] == "none"
        and e.styles["overflow-x"] == "visible" and e.styles["box-shadow"] == "none"
    ]  # fmt: skip
    return _paint(model, rng.choice(bare), "rounded", "border-radius", "16px") if bare else None


def _no_width(snapshot: Snapshot, model: Candidate, rng: random.Random) -> Candidate | None:
    single = [e for e in snapshot.elements if e.visible_box and e.own_text == e.text and " " in e.own_text.strip()]
    if not single:
        return None
    element = rng.choice(single)
    text = element.own_text
    new = rng.choice([text, text.replace(" ", "  ", 1), text + " ", text + "\u2060", "\u2060" + text])
    change = Change(ref=element.ref, text=(text, new))
    return replace(model, operator="text", mechanism="substitute", change=change, property="text", old_value=text,
                   new_value=" ".join(new.split()), direction="substitute", magnitude=1.0)  # fmt: skip


def _faint(snapshot: Snapshot, model: Candidate, rng: random.Random) -> Candidate | None:
    wide = [e.ref for e in snapshot.elements if e.visible_box and e.box.area > 5000 and e.ref > 0]
    name, value = rng.choice([("opacity", "0.985"), ("filter", "brightness(0.992)"), ("translate", "0.01px 0")])
    return _paint(model, rng.choice(wide), "opacity", name, value) if wide else None


def _paint(model: Candidate, ref: int, operator: str, name: str, value: str) -> Candidate:
    return replace(
        model, operator=operator, mechanism="style_override", change=Change(ref=ref, styles={name: value}),
        property=name, old_value="", new_value=value,
    )  # fmt: skip


NO_EFFECTS: Final[Mapping[str, NoEffect]] = {
    "same_value": _same_value, "outweighed": _outweighed, "unseen_element": _unseen_element, "empty_text": _empty_text,
    "same_face": _same_face, "no_flex": _no_flex, "no_border": _no_border, "no_box": _no_box, "no_width": _no_width,
    "faint": _faint,
}  # fmt: skip
