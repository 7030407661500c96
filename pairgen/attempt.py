"""Try one slot's candidates on a loaded page, until one passes every check."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from pairgen.browser import PlatformFont, Renderer
from pairgen.cells import Slot
from pairgen.fonts import font_digests, lacks_weight, missing_glyphs, other_weight
from pairgen.funnel import Funnel
from pairgen.grounding import LAYOUT_PREDICATES, PIXEL_PREDICATES, first_failure, measure
from pairgen.images import decode
from pairgen.naming import describe
from pairgen.operators import propose
from pairgen.records import Candidate, Described, Element, Kept, Page, Pair, Rejected, Snapshot
from pairgen.rendering import Rendering


class Stage:
    """A page on the renderer, seen once; candidates are tried on it one after another."""

    def __init__(self, renderer: Renderer, page: Page, funnel: Funnel) -> None:
        self._renderer, self._page, self._funnel = renderer, page, funnel
        self._png = renderer.load(page)
        self._pixels = decode(self._png)
        self._before: Snapshot = renderer.snapshot()

    @property
    def snapshot(self) -> Snapshot:
        """Return the page's elements as it was loaded."""
        return self._before

    def attempt(self, slot: Slot, mechanism: str, seed: str, max_candidates: int) -> Pair | None:
        """Return the first candidate's pair that passes; None where none of the first `max_candidates` does."""
        rng = random.Random(seed)
        proposed = propose(self._before, slot.operator, slot.tier, mechanism, rng)
        for candidate in islice(proposed, max_candidates):
            self._funnel.candidates[slot.operator, slot.tier] += 1
            self._renderer.undo()  # not before another is due: it costs a screenshot
            outcome = self.judge(candidate, slot.pair_id)
            if isinstance(outcome, Pair):
                self._funnel.kept[slot.operator, slot.tier] += 1
                return outcome
            self._funnel.rejected[slot.operator, slot.tier, outcome.predicate] += 1
        return None

    def repeat(self, pair_id: str) -> Pair | None:
        """Return the page rendered twice, in two loads; None where the two differ."""
        again = self._renderer.load(self._page)
        if again != self._png:
            return None
        renderer = renderer_json(self._renderer.version, self._fonts())
        return Pair(pair_id=pair_id, page=self._page, before=self._png, after=again, renderer=renderer)

    def disturbed(self, pair_id: str, kind: str, disturb: Callable[[bytes], bytes | None]) -> Pair | None:
        """Return the page beside a picture of it that `disturb` made; None where there is none or it is the same."""
        after = disturb(self._png)
        if after is None or after == self._png:
            return None
        renderer = renderer_json(self._renderer.version, self._fonts())
        return Pair(
            pair_id=pair_id, page=self._page, before=self._png, after=after, renderer=renderer, benign_kind=kind
        )

    def judge(self, candidate: Candidate, pair_id: str) -> Pair | Rejected:
        """Change the page as it was loaded, and return the pair or why there is none; the caller undoes it."""
        checked = self._check(candidate)
        if isinstance(checked, Rejected):
            return checked
        rendering, described, png = checked
        fonts = self._repeat_change(candidate, png, rendering)
        if isinstance(fonts, Rejected):
            return fonts
        measured = measure(rendering)
        truth = replace(described.truth, target_box=measured.target_box, affected_box=measured.affected_box)
        kept = Kept(candidate=candidate, described=replace(described, truth=truth), measured=measured)
        version = renderer_json(self._renderer.version, fonts)
        return Pair(pair_id=pair_id, page=self._page, before=self._png, after=png, renderer=version, kept=kept)

    def _check(self, candidate: Candidate) -> tuple[Rendering, Described, bytes] | Rejected:
        fault = self._weight_fault(candidate)
        if fault is not None:
            return fault
        if not self._renderer.apply(candidate.change):
            return Rejected("no_text_node", candidate.old_value)
        png = self._renderer.screenshot()
        if png == self._png:
            return Rejected("unseen", "not a pixel changed")
        rendering = Rendering(candidate, self._pixels, decode(png), self._before)
        failure = first_failure(rendering, PIXEL_PREDICATES)
        if failure is not None:
            return failure
        if self._renderer.is_moving():
            return Rejected("unstable", "the change takes its time")
        after = self._renderer.snapshot()
        if len(after.elements) != len(self._before.elements):
            return Rejected("restructured", f"{len(after.elements)} elements")
        rendering = replace(rendering, after=after)
        failure = first_failure(rendering, LAYOUT_PREDICATES)
        if failure is not None:
            return failure
        described = describe(candidate, self._before, after)
        return described if isinstance(described, Rejected) else (rendering, described, png)

    def _weight_fault(self, candidate: Candidate) -> Rejected | None:
        """Ask for faces before anything is rendered: most families have two weights of nine."""
        if candidate.operator != "font_weight":
            return None
        texts = [e.ref for e in _subtree(self._before, candidate.change.ref) if e.own_text]
        old, new = int(candidate.old_value), int(candidate.new_value)
        for fonts in self._renderer.fonts(texts).values():
            fault = other_weight(old, fonts) or lacks_weight(new, fonts)
            if fault:
                return Rejected("weight_face", fault)
        return None

    def _repeat_change(self, candidate: Candidate, png: bytes, rendering: Rendering) -> list[PlatformFont] | Rejected:
        """Render both sides once more from a fresh load, and return the fonts that drew them."""
        assert rendering.after is not None
        if self._renderer.screenshot() != png:
            return Rejected("unstable", "after, same load")
        if self._renderer.load(self._page) != self._png:
            return Rejected("unstable", "before, second load")
        shown = _shown_texts(self._before)
        old = [e for e in _subtree(self._before, candidate.change.ref) if e.own_text]
        fonts = self._renderer.fonts([*{*shown, *(e.ref for e in old)}])
        fault = _font_fault(old, candidate, candidate.old_value, fonts)
        if fault is not None:
            return fault
        self._renderer.apply(candidate.change)
        if self._renderer.screenshot() != png:
            return Rejected("unstable", "after, second load")
        # the other texts are as they were, and so are their fonts
        new = [e for e in _subtree(rendering.after, candidate.change.ref) if e.own_text]
        new_fonts = self._renderer.fonts([e.ref for e in new])
        drew = [*(fonts[ref] for ref in shown), *(new_fonts[e.ref] for e in new if e.visible_box)]
        fault = _font_fault(new, candidate, candidate.new_value, new_fonts)
        return fault or sorted({font for found in drew for font in found})

    def _fonts(self) -> list[PlatformFont]:
        found = self._renderer.fonts(_shown_texts(self._before))
        return sorted({font for fonts in found.values() for font in fonts})


def _shown_texts(snapshot: Snapshot) -> list[int]:
    """Return elements whose fonts are all that draw the page: in one family and weight, the same signs have one answer.

    ASCII counts as one sign.
    """
    shown: dict[object, int] = {}
    for e in snapshot.elements:
        if e.own_text and e.visible_box:
            face = tuple(e.styles[name] for name in ("font-family", "font-weight", "font-style"))
            shown.setdefault((face, frozenset("a" if sign.isascii() else sign for sign in e.own_text)), e.ref)
    return [*shown.values()]


def _font_fault(
    texts: list[Element], candidate: Candidate, value: str, fonts: Mapping[int, tuple[PlatformFont, ...]]
) -> Rejected | None:
    """Return why these fonts don't draw the target's texts as their styles and `value` say."""
    for e in texts:
        lacking = missing_glyphs(e.own_text, e.styles["font-family"], fonts[e.ref])
        if lacking:
            return Rejected("glyphs", lacking)
        other = other_weight(int(value), fonts[e.ref]) if candidate.operator == "font_weight" else None
        if other:
            return Rejected("weight_face", other)
    return None


def _subtree(snapshot: Snapshot, ref: int) -> Iterator[Element]:
    element = snapshot.elements[ref]
    yield element
    for child in element.children:
        yield from _subtree(snapshot, child)


def renderer_json(version: str, fonts: list[PlatformFont]) -> str:
    """Return the `renderer` column: JSON of the browser's version and the font files' digests."""
    return json.dumps({"browser": version, "fonts": font_digests(fonts)}, sort_keys=True)
