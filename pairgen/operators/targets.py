"""Which elements are asked, and in what order."""

import random
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

from pairgen.records import Element
from pairgen.tree import Tree

_MIN_HIT: float = 0.9
_MIN_SIDE_PX = 6


def targets(tree: Tree, rng: random.Random, is_named: Callable[[Element], bool]) -> Iterator[Element]:
    """Yield the elements that show whole, spread over roles in seeded order; the nameless come last."""
    nameless = []
    for element in spread([e for e in tree.visible if shows_whole(e) and not is_in_picture(e, tree)], rng):
        if is_named(element):
            yield element
        else:
            nameless.append(element)
    yield from nameless


def shows_whole(element: Element) -> bool:
    """Tell whether an element lies in the viewport uncut and uncovered, and isn't the page."""
    is_big_enough = min(element.box.w, element.box.h) >= _MIN_SIDE_PX
    is_part = element.ref > 0 and element.tag not in ("body", "html")
    return is_part and is_big_enough and element.visible_box == element.box and element.hit_fraction >= _MIN_HIT


def is_in_picture(element: Element, tree: Tree) -> bool:
    """Tell whether an element is a part of a picture, which has no name of its own."""
    return any(above.role == "image" for above in tree.ancestors(element))


def spread(elements: Iterable[Element], rng: random.Random) -> Iterator[Element]:
    """Yield elements so that roles take turns; within a role and among roles the order is seeded."""
    groups: dict[str, list[Element]] = {}
    for element in elements:
        groups.setdefault(element.role, []).append(element)
    rows = [rng.sample(group, len(group)) for group in groups.values()]
    rng.shuffle(rows)
    for turn in zip_longest(*rows):
        yield from (element for element in turn if element is not None)
