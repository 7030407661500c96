"""What the grounding gate looks at: both sides of a candidate, as pixels and as elements."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pairgen.images import Mask, Pixels, level_difference
from pairgen.records import Candidate, Element, Snapshot


@dataclass(frozen=True)
class Rendering:
    """Both sides of a candidate: uint8 RGB pixels of equal shape (height, width, 3), and snapshots.

    Until the second snapshot is taken, `after` is None.
    """

    candidate: Candidate
    before_pixels: Pixels
    after_pixels: Pixels
    before: Snapshot
    after: Snapshot | None = None

    @cached_property
    def levels(self) -> Pixels:
        """Return the largest channel difference per pixel, 0..255."""
        return level_difference(self.before_pixels, self.after_pixels)

    @cached_property
    def changed(self) -> Mask:
        """Return which pixels differ at all."""
        return self.levels > 0

    @property
    def old(self) -> Element:
        """Return the target before the change."""
        return self.before.elements[self.candidate.change.ref]

    @property
    def new(self) -> Element:
        """Return the target after the change."""
        assert self.after is not None, "take the second snapshot first"
        return self.after.elements[self.candidate.change.ref]

    def both(self) -> Iterator[tuple[Element, Element]]:
        """Yield every element before and after."""
        assert self.after is not None, "take the second snapshot first"
        yield from zip(self.before.elements, self.after.elements, strict=True)

    def line_of(self, element: Element) -> Iterator[Element]:
        """Yield an element's ancestors before the change, nearest first."""
        parent = element.parent
        while parent is not None:
            yield self.before.elements[parent]
            parent = self.before.elements[parent].parent


Predicate = Callable[[Rendering], str | None]
"""Return None where the rendering passes, else a detail for debugging."""
