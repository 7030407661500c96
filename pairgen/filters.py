"""Which pages of a foreign source are fit, why the others aren't, and how good the fit ones are.

Composed pages are fit by construction and aren't asked.
"""

import random
import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from pairgen.browser import Renderer
from pairgen.faults import PageFault
from pairgen.fonts import absent_glyphs
from pairgen.images import Pixels, decode
from pairgen.looks import difference_hash, distance
from pairgen.operators import propose
from pairgen.operators.tiers import MECHANISMS
from pairgen.personal import need_packages, personal_kinds
from pairgen.records import Page, Snapshot
from schemas.vocabulary import OPERATORS

_LOOK: Final = """
() => {
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width * box.height > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth
      && box.top < innerHeight;
  };
  const named = (selector) => [...document.querySelectorAll(selector)].filter(seen).map((e) => e.localName);
  return {
    height: document.documentElement.scrollHeight,
    embeds: named('iframe, frame, frameset, object, embed, video, audio, canvas, marquee, portal'),
    broken: [...document.images].filter((i) => seen(i) && i.complete && i.naturalWidth === 0).map((i) => i.src),
  };
}
"""
_MANY_TEXTS: Final = 40
_MUCH_INK: Final = 0.25
_MAX_ASKED_FONTS: Final = 150


@dataclass(kw_only=True, slots=True, frozen=True)
class FiltersConfig:
    """What a page of a foreign source must be like."""

    min_texts: int = 5
    """Elements with text of their own that show in the viewport."""
    max_height_px: int = 40_000
    """Height of the whole document, px."""
    max_one_color: float = 0.995
    """Share of the viewport, 0..1, that one colour may take."""
    settle_s: float = 0.3
    """Time between two screenshots that must be equal, s."""
    max_distance: int = 8
    """Pages whose difference hashes (256 bits) differ in no more are near-duplicates; -1 lets all pass."""
    min_score: float = 0.2
    """Quality from which on a page is chosen, 0..1."""
    personal_data: bool = False
    """Whether pages that show personal data (kinds: `pairgen/personal.py`) are unfit; needs the extra `pii`."""

    def __post_init__(self) -> None:
        if self.personal_data:
            need_packages()


def survey(renderer: Renderer, page: Page, config: FiltersConfig) -> tuple[float, str]:
    """Return a fit page's quality, 0..1, and its difference hash; PageFault says why it isn't fit."""
    png = renderer.load(page)
    snapshot, pixels = renderer.snapshot(), decode(png)
    _refuse_embeds(renderer, config)
    _refuse_missing(renderer)
    ink = _refuse_blank(pixels, config)
    num_texts = num_shown_texts(snapshot)
    if num_texts < config.min_texts:
        raise PageFault("too_short", f"{num_texts} texts show")
    if renderer.guard.animated:
        raise PageFault("unsettled", f"{renderer.guard.animated[0][:200]} moves")
    time.sleep(config.settle_s)
    if renderer.screenshot() != png:
        raise PageFault("unsettled", f"it looks otherwise after {config.settle_s:g} s")
    _refuse_boxes(renderer, snapshot)
    if config.personal_data and (kinds := personal_kinds(renderer)):
        raise PageFault("personal_data", ", ".join(kinds))
    return score(snapshot, num_texts, ink), difference_hash(pixels)


def score(snapshot: Snapshot, num_texts: int, ink: float) -> float:
    """Return a page's quality: half for operators that find a target, a quarter each for texts and for ink."""
    fitting = sum(_finds_target(snapshot, operator) for operator in OPERATORS) / len(OPERATORS)
    return 0.5 * fitting + 0.25 * min(1.0, num_texts / _MANY_TEXTS) + 0.25 * min(1.0, ink / _MUCH_INK)


def distinct(found: list[tuple[float, str, str]], config: FiltersConfig) -> tuple[list[str], dict[str, str]]:
    """Choose among surveyed pages, the best first; return the chosen ids, and why each other fell, by id.

    found: (score, hash, page id) of each.
    """
    chosen: list[str] = []
    looks: list[str] = []
    fallen: dict[str, str] = {}
    for value, look, page_id in sorted(found, key=lambda row: (-row[0], row[2])):
        if value < config.min_score:
            fallen[page_id] = "low_score"
        elif any(distance(look, other) <= config.max_distance for other in looks):
            fallen[page_id] = "duplicate"
        else:
            chosen.append(page_id)
            looks.append(look)
    return chosen, fallen


def _finds_target(snapshot: Snapshot, operator: str) -> bool:
    return any(
        next(iter(propose(snapshot, operator, "medium", mechanism, random.Random(0))), None) is not None
        for mechanism in MECHANISMS[operator]
    )


def _refuse_embeds(renderer: Renderer, config: FiltersConfig) -> None:
    look = renderer.evaluate(_LOOK)
    if look["embeds"]:
        raise PageFault("embeds", ", ".join(sorted(set(look["embeds"]))))
    if count := renderer.num_shadow_roots():
        raise PageFault("shadow_dom", f"{count} elements hold what can't be named")
    if look["broken"]:
        raise PageFault("missing_assets", str(look["broken"][0])[:200])
    if look["height"] > config.max_height_px:
        raise PageFault("too_long", f"{look['height']} px")


def _refuse_missing(renderer: Renderer) -> None:
    if renderer.guard.missing:
        raise PageFault("missing_assets", renderer.guard.missing[0][:200])


def share_of_one_color(pixels: Pixels) -> float:
    """Return the share of pixels, 0..1, that the commonest colour takes."""
    wide = pixels.astype(np.uint32)
    _, counts = np.unique((wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2], return_counts=True)
    return float(counts.max() / counts.sum())


def num_shown_texts(snapshot: Snapshot) -> int:
    """Return how many elements with text of their own show."""
    return sum(1 for e in snapshot.elements if e.own_text and e.visible_box)


def _refuse_blank(pixels: Pixels, config: FiltersConfig) -> float:
    """Return the share of pixels that aren't of the commonest colour."""
    share = share_of_one_color(pixels)
    if share > config.max_one_color:
        raise PageFault("blank", f"{share:.1%} of one colour")
    return 1.0 - share


def _refuse_boxes(renderer: Renderer, snapshot: Snapshot) -> None:
    """Refuse a page that shows boxes where its fonts have no glyph."""
    texts = [e for e in snapshot.elements if e.own_text and e.visible_box][:_MAX_ASKED_FONTS]
    fonts = renderer.fonts([e.ref for e in texts])
    for element in texts:
        lacking = absent_glyphs(element.own_text, fonts[element.ref])
        if lacking:
            raise PageFault("missing_glyphs", lacking)
