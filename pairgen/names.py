"""Names of elements as a person says them, and what each name resolves to on a page."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz

from pairgen.nouns import FURNITURE, LABELLED, PLACES, SOLITARY, label_of, noun_of
from pairgen.operators.styles import is_painted
from pairgen.records import Element, Snapshot
from pairgen.scripts import cut_before
from pairgen.tree import Tree, fold

_NEAR: Final = 88.0
"""Similarity (rapidfuzz ratio, 0..100) from which two texts are too alike to tell elements apart."""
_MAX_QUOTE_CHARS: Final = 42
_MIN_QUOTE_CHARS: Final = 2
ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth")
_SAME_BOX_IOU: Final = 0.85
_QUOTED: Final = re.compile(r"[“”„«»]([^“”„«»]*)[“”„«»]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words that an element shows: all of them, the first ones or the last ones."""

    words: str
    part: str = "all"
    """`all`, `begins` or `ends`."""

    def fits(self, shown: str) -> bool:
        """Tell whether folded text would be taken for this quote."""
        words = fold(self.words)
        if self.part == "begins":
            return shown.startswith(words) or fuzz.ratio(shown[: len(words)], words) >= _NEAR
        if self.part == "ends":
            return shown.endswith(words) or fuzz.ratio(shown[-len(words) :], words) >= _NEAR
        return shown == words or fuzz.ratio(shown, words, score_cutoff=_NEAR) > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name: noun, and how it is told from others of its kind.

    how: `quote` (its own text), `label` (its heading or first words), `only` (the one of its kind), `nth`.
    """

    noun: str
    how: str
    quote: Quote | None = None
    is_heading: bool = False
    nth: int = 0
    place: "Name | None" = None
    owner_text: bool = False
    """Whether the text of the thing is meant, not the thing."""

    def said(self) -> str:
        """Return the name without its article."""
        text = f"text of the {self._bare()}" if self.owner_text else self._bare()
        return f"{text} {self.place.said_as_place()}" if self.place else text

    def _bare(self) -> str:
        if self.how == "nth":
            return f"{ORDINALS[self.nth]} {self.noun}"
        if self.quote is None:
            return self.noun
        if self.how == "label":
            joint = "with the heading" if self.is_heading else "that begins with" if self.noun == "quote" else "with"
            return f"{self.noun} {joint} {quoted(self.quote)}"
        if self.quote.part != "all":
            return f"{self.noun} that {self.quote.part} {'with ' if self.quote.part == 'begins' else 'in '}" + quoted(
                self.quote
            )
        comes_first = self.noun in ("text", "heading", "paragraph", "quote", "number", "price", "site name")
        return f"{self.noun} {quoted(self.quote)}" if comes_first else f"{quoted(self.quote)} {self.noun}"

    def said_as_place(self) -> str:
        """Return the name as a place: `in the "Pro" card`."""
        return f"in the {f'{quoted(self.quote)} {self.noun}' if self.quote else self._bare()}" + (
            f" {self.place.said_as_place()}" if self.place else ""
        )


def quoted(quote: Quote) -> str:
    """Return the quote in quotation marks, an ellipsis where text is left out."""
    words = quote.words.replace('"', "'")
    if quote.part != "begins":
        # A sentence that ends in a quotation has its own full stop.
        words = words.removesuffix(".")
    return {"all": f'"{words}"', "begins": f'"{words} …"', "ends": f'"… {words}"'}[quote.part]


class Directory:
    """Name a page's elements, and resolve names, against everything that shows on it."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._shown = {e.ref: fold(e.text) for e in tree.visible if e.role not in ("image", "icon")}
        self._nouns = {e.ref: noun_of(e, tree) for e in tree.visible}
        self._labels = {e.ref: label_of(e, tree) for e in tree.visible if self._nouns[e.ref] in LABELLED}
        self._names: dict[int, Name | None] = {}
        self._found: dict[Name, tuple[int, ...]] = {}

    def noun(self, element: Element) -> str:
        """Return what the element itself is called; `box` or `text` where nothing better fits."""
        return self._nouns.get(element.ref, "box")

    def can_name(self, element: Element) -> bool:
        """Tell whether some name means this element and no other."""
        if element.ref not in self._names:
            found = (name for name in self.names(element) if self.means(name, element))
            self._names[element.ref] = next(found, None)
        return self._names[element.ref] is not None

    def means(self, name: Name, element: Element) -> bool:
        """Tell whether a name resolves to this element alone (or to boxes that can't be told from it)."""
        found = self.resolve(name)
        return element.ref in found and len(self._apart(found)) == 1 and not self._is_lost(name, element)

    def _is_lost(self, name: Name, element: Element) -> bool:
        """Tell whether words amid running text stand elsewhere, too, so that nobody knows which are meant."""
        around = self.tree.parent(element)
        if name.quote is None or name.noun != "text" or around is None or not around.own_text:
            return False
        words = re.escape(fold(name.quote.words))
        found = (re.findall(rf"(?<!\w){words}(?!\w)", fold(e.own_text)) for e in self.tree.visible)
        return sum(map(len, found)) > 1

    def resolve(self, name: Name) -> tuple[int, ...]:
        """Return the refs that a name fits, in document order; nothing where its place isn't unique."""
        if name not in self._found:
            self._found[name] = tuple(self._search(name))
        return self._found[name]

    def _search(self, name: Name) -> Iterator[int]:
        pool = self._pool(name.place)
        if name.how == "quote" and name.quote is not None:
            yield from (e.ref for e in pool if e.ref in self._shown and name.quote.fits(self._shown[e.ref]))
            return
        alike = [e for e in pool if self.noun(e) == name.noun]
        if name.how == "label" and name.quote is not None:
            for element in alike:
                if self._bears(element, name):
                    yield element.ref
        elif name.how == "nth":
            if name.nth < len(alike) and _is_in_line(alike) and not self._has_lookalike(name.noun, pool):
                yield alike[name.nth].ref
        else:
            yield from (e.ref for e in alike)

    def _has_lookalike(self, noun: str, pool: tuple[Element, ...]) -> bool:
        """Tell whether someone would count links among the buttons, since they look like some."""
        return noun == "button" and any(self.noun(e) == "link" and is_painted(e) for e in pool)

    def _bears(self, element: Element, name: Name) -> bool:
        """Tell whether a label fits: a heading where it is one, else words found anywhere in the element."""
        label, quote = self._labels.get(element.ref), name.quote
        if label is None or quote is None:
            return False
        holds_words = not name.is_heading and fold(quote.words) in self._shown.get(element.ref, "")
        return holds_words or quote.fits(fold(label.text))

    def _pool(self, place: Name | None) -> tuple[Element, ...]:
        if place is None:
            return self.tree.visible
        found = self._apart(self.resolve(place))
        if len(found) != 1:
            return ()
        # of several that enclose each other the innermost: what is around it holds other things, too
        outer = self.tree[found[0]]
        return tuple(e for e in self.tree.descendants(outer) if self.tree.shows(e))

    def _apart(self, refs: tuple[int, ...]) -> list[int]:
        """Return the refs without those that enclose another: a chain with one text counts once."""
        outer = {above.ref for ref in refs for above in self.tree.ancestors(self.tree[ref])}
        return [ref for ref in refs if ref not in outer]

    def names(self, element: Element, *, quotes: tuple[Quote, ...] | None = None) -> Iterator[Name]:
        """Yield names that might fit, the most natural first.

        quotes: words that may be quoted of the element's own text; by default its text, shortened.
        """
        quotes = self._quotes(element) if quotes is None else quotes
        places = list(self._places(element))
        anchors = [place for place in places if place.how == "only"]
        for quote in quotes:
            name = self._by_quote(element, quote)
            yield from (_in_place(name, place) for place in anchors)
            yield name
            yield from (_in_place(name, place) for place in places)
        if self.noun(element) in FURNITURE:
            yield Name(noun=self.noun(element), how="only")
        yield from self._by_label(element, places)
        yield from self._by_kind(element, places)

    def _quotes(self, element: Element) -> tuple[Quote, ...]:
        noun = self.noun(element)
        if noun in LABELLED and element.children:
            return ()
        return shortened(element.text) if element.role not in ("image", "icon") else ()

    def _by_quote(self, element: Element, quote: Quote) -> Name:
        lender = self.lender(element)
        if lender is None:
            return Name(noun=self.noun(element), how="quote", quote=quote)
        shows_more = is_painted(lender) or self._has_picture_beside(lender, element)
        is_text_on_it = lender.ref != element.ref and shows_more and not is_painted(element)
        is_above = any(above.ref == lender.ref for above in self.tree.ancestors(element))
        return Name(noun=self.noun(lender), how="quote", quote=quote, owner_text=is_text_on_it and is_above)

    def _has_picture_beside(self, lender: Element, element: Element) -> bool:
        """Tell whether a thing shows an icon or image that isn't part of the element that bears its text."""
        pictures = (e for e in self.tree.descendants(lender) if e.role in ("icon", "image") and self.tree.shows(e))
        return any(not self.tree.is_related(picture, element) for picture in pictures)

    def lender(self, element: Element) -> Element | None:
        """Return the element of the same text whose noun says more than this one's, else None."""
        if self.noun(element) not in ("text", "box", "list item", "tile"):
            return None
        same = [e for e in self.tree.ancestors(element) if self._shown.get(e.ref) == self._shown.get(element.ref)]
        below = [e for e in self.tree.descendants(element) if self._shown.get(e.ref) == self._shown.get(element.ref)]
        telling = ("button", "link", "tab", "badge", "heading", "label", "cell", "column heading", "paragraph")
        return next((e for e in (*same, *below) if self.noun(e) in telling), None)

    def _by_label(self, element: Element, places: list[Name]) -> Iterator[Name]:
        label = self._labels.get(element.ref)
        if label is None:
            return
        for quote in shortened(label.text):
            name = Name(noun=self.noun(element), how="label", quote=quote, is_heading=label.is_heading)
            yield name
            yield from (_in_place(name, place) for place in places)

    def _by_kind(self, element: Element, places: list[Name]) -> Iterator[Name]:
        noun = self.noun(element)
        if noun in ("text", "box", "row", "group", "colored block"):
            # No one can say which of a page's patches of colour is the first, or the only one.
            return
        if noun in SOLITARY:
            yield Name(noun=noun, how="only")
        for place in places:
            if place.noun != noun:
                yield Name(noun=noun, how="only", place=place)
        grounds: list[Name | None] = [*places, None] if noun in SOLITARY else [*places]
        for ground in grounds:
            if ground is not None and ground.noun == noun:
                continue
            alike = [e for e in self._pool(ground) if self.noun(e) == noun]
            at = next((i for i, e in enumerate(alike) if e.ref == element.ref), len(ORDINALS))
            if at < len(ORDINALS) and len(alike) > 1:
                yield Name(noun=noun, how="nth", nth=at, place=ground)

    def _places(self, element: Element) -> Iterator[Name]:
        """Yield the unique places that hold the element, the nearest first."""
        own = fold(element.text)
        for above in self.tree.ancestors(element):
            noun = self._nouns.get(above.ref, "")
            if noun not in PLACES:
                continue
            label = self._labels.get(above.ref)
            options = [Name(noun=noun, how="only")] if noun in SOLITARY else []
            if label is not None and fold(label.text) != own:
                options += [
                    Name(noun=noun, how="label", quote=quote, is_heading=label.is_heading)
                    for quote in shortened(label.text)
                ]
            yield from (name for name in options if self.means(name, above))

    def rivals(self, element: Element) -> list[Element]:
        """Return painted relatives that fill nearly the same box, so that their looks can't be told apart."""
        chain = [*self.tree.ancestors(element), *self.tree.descendants(element)]
        return [e for e in chain if e.ref and is_painted(e) and e.box.iou(element.box) >= _SAME_BOX_IOU]


def _in_place(name: Name, place: Name) -> Name:
    return replace(name, place=place)


def shortened(text: str) -> tuple[Quote, ...]:
    """Return a text as a quote: whole where it is short, else its first words."""
    text = " ".join(text.split()).strip('" ')
    quoted = _QUOTED.fullmatch(text)
    text = quoted[1].strip() if quoted else text
    if len(text) < _MIN_QUOTE_CHARS:
        return ()
    if len(text) <= _MAX_QUOTE_CHARS:
        return (Quote(words=text),)
    return tuple(Quote(words=words, part="begins") for words in leading(text))


def leading(text: str) -> list[str]:
    """Return the first words of a text, cut at two lengths."""
    found = []
    for limit in (_MAX_QUOTE_CHARS - 8, 2 * _MAX_QUOTE_CHARS):
        cut = cut_before(text, limit) if len(text) > limit else text
        found.append(cut.rstrip(",;:.–—-· 、，。；،।"))
    return list(dict.fromkeys(found))


def _is_in_line(elements: list[Element]) -> bool:
    """Tell whether elements stand in one row or one column, in document order."""
    pairs = list(pairwise(elements))
    in_row = all(b.box.x >= a.box.x + a.box.w - 1 and abs(b.box.y - a.box.y) <= a.box.h / 2 for a, b in pairs)
    in_column = all(b.box.y >= a.box.y + a.box.h - 1 for a, b in pairs)
    return in_row or in_column


_RECENT: deque[Directory] = deque(maxlen=4)


def directory_of(snapshot: Snapshot) -> Directory:
    """Return the directory of a snapshot; the last few used are kept, since one page is asked hundreds of times."""
    for known in _RECENT:
        if known.tree.snapshot is snapshot:
            _RECENT.remove(known)
            break
    else:
        known = Directory(Tree(snapshot))
    _RECENT.append(known)
    return known
