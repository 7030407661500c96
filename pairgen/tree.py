"""Walk a snapshot: ancestors, descendants, what shows."""

import unicodedata
from collections.abc import Iterator
from functools import cached_property

from pairgen.records import Element, Snapshot

_MIN_SIDE_PX = 2
_TABLE_PARTS = ("table", "table header", "table body", "table footer", "table row", "table cell", "column heading")
_QUOTATION_MARKS = dict.fromkeys(map(ord, '"“”„«»'))


def fold(text: str) -> str:
    """Return text as compared: compatibility forms, case and white space folded, quotation marks left out."""
    bare = unicodedata.normalize("NFKC", text).casefold().translate(_QUOTATION_MARKS)
    return " ".join(bare.split())


class Tree:
    """Index one snapshot by `ref`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._by_ref = {element.ref: element for element in snapshot.elements}

    def __getitem__(self, ref: int) -> Element:
        return self._by_ref[ref]

    def __contains__(self, ref: int) -> bool:
        return ref in self._by_ref

    def parent(self, element: Element) -> Element | None:
        """Return the parent, None at the root."""
        return None if element.parent is None else self._by_ref.get(element.parent)

    def ancestors(self, element: Element) -> Iterator[Element]:
        """Yield parent, grandparent and so on up to the root."""
        above = self.parent(element)
        while above is not None:
            yield above
            above = self.parent(above)

    def children(self, element: Element) -> list[Element]:
        """Return the children in document order."""
        return [self._by_ref[ref] for ref in element.children if ref in self._by_ref]

    def descendants(self, element: Element) -> Iterator[Element]:
        """Yield all elements below, in document order."""
        for child in self.children(element):
            yield child
            yield from self.descendants(child)

    def siblings(self, element: Element) -> list[Element]:
        """Return the parent's visible children, the element itself left out."""
        above = self.parent(element)
        return [] if above is None else [e for e in self.children(above) if e.ref != element.ref and self.shows(e)]

    @cached_property
    def visible(self) -> tuple[Element, ...]:
        """The elements of which something shows in the viewport, in document order."""
        return tuple(element for element in self.snapshot.elements if self.shows(element))

    @cached_property
    def layout_tables(self) -> frozenset[int]:
        """The refs of tables in which nothing is painted, cells included: only the markup knows that they are any."""
        from pairgen.operators.styles import is_painted  # which is above this module

        tables = {element.ref for element in self.visible if element.role == "table"}
        for element in self.visible:
            if element.role in _TABLE_PARTS and is_painted(element):
                tables.difference_update(above.ref for above in (element, *self.ancestors(element)))
        return frozenset(tables)

    def shows(self, element: Element) -> bool:
        """Tell whether any of the element lies in the viewport and isn't hidden."""
        box = element.visible_box
        is_drawn = element.styles.get("visibility", "visible") == "visible"
        return is_drawn and box is not None and min(box.w, box.h) >= _MIN_SIDE_PX

    def is_related(self, one: Element, other: Element) -> bool:
        """Tell whether one is the other or its ancestor."""
        if one.ref == other.ref:
            return True
        return any(e.ref == other.ref for e in self.ancestors(one)) or any(
            e.ref == one.ref for e in self.ancestors(other)
        )
