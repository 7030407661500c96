"""What flows through pair generation: a page's snapshot, a candidate change, a truth or a rejection.

page -> Snapshot -> Candidate -> (browser applies it) -> Snapshot -> Described | Rejected -> pair
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from pairgen.assets import ORIGIN, Assets, NoAssets
from schemas.records import Box, Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One self-contained HTML document."""

    page_id: str
    domain: str
    html: str
    language: str = "en"
    assets: Assets = field(default_factory=NoAssets)
    """What the document may load."""
    address: str = ""
    """Where the document believes that it is; "" is a place named after the page."""
    source: str = ""
    """The named source that it comes from; "" where there is but one."""

    @property
    def group(self) -> str:
        """Return what the funnel tells pages apart by: their source, else their domain."""
        return self.source or self.domain

    @property
    def url(self) -> str:
        """Return where the document believes that it is."""
        return self.address or ORIGIN + quote(self.page_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One rendered element, as the browser reports it. Boxes are in CSS px = screenshot px.

    `ref` is the element's index in document order (0 is the body itself; what lies inside an svg has
    none) and stays the same after a change (no operator adds or removes elements). `styles` holds
    computed values by CSS name (the list is `snapshot.STYLES`).
    """

    ref: int
    parent: int | None
    children: tuple[int, ...]
    tag: str
    role: str
    """Said as a person would: button, link, heading, paragraph, card, navigation, banner, image, ..."""
    text: str
    """Rendered inner text, white space folded."""
    own_text: str
    """Text in direct text nodes only, white space folded."""
    classes: tuple[str, ...]
    attributes: Mapping[str, str]
    box: Box
    visible_box: Box | None
    """The box cut to viewport and clipping ancestors; None where nothing shows."""
    styles: Mapping[str, str]
    num_lines: int
    """Rendered lines of own text; 0 without text."""
    hit_fraction: float
    """Share, 0..1, of sampled points in the visible box at which the element (or a descendant) is hit."""
    fonts: tuple[str, ...] = ()
    """Families that really drew the own text (platform fonts), where asked for."""
    line_starts: tuple[int, ...] = ()
    """Index, among the words of the own text, of each rendered line's first word; among its characters where no
    blanks part the words."""
    overflows: bool = False
    """Whether the content is larger than the element's inside."""
    lines_span_px: float = 0.0
    """From the middle of the first line of own text to that of the last, px; 0 with one line or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A rendered page's elements by `ref`, in document order."""

    elements: tuple[Element, ...]
    width: int
    height: int
    language: str = ""
    """As the document declares it, without its region, in lower case; "" where it declares none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the browser must do to one element: exactly one of class swap, inline style, text edit.

    `rules` are CSS rules to add to the page's stylesheet where it lacks the class swapped in.
    """

    ref: int
    remove_classes: tuple[str, ...] = ()
    add_classes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    styles: Mapping[str, str] = field(default_factory=dict)
    """Inline declarations, set with `!important`."""
    text: tuple[str, str] | None = None
    """(old, new) content of the element's single text node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One change that an operator proposes, before anything is rendered."""

    operator: str
    tier: str
    mechanism: str
    """`class_swap` or `style_override`; for text: `substitute` or `delete`."""
    change: Change
    property: str
    direction: str
    """One of vocabulary.DIRECTIONS[operator]."""
    old_value: str
    new_value: str
    magnitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A truth that names exactly one element in both images."""

    truth: Truth
    template_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a candidate falls: the predicate's name, as the funnel counts it, and a detail for debugging."""

    predicate: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a kept pair's images say: its two boxes and the benchmark's three measures.

    `magnitude` is the measured shift for `justify`, whose candidates can't know it, else the
    candidate's. `pixel_diff` is the share of pixels that differ at all; `target_diff` and
    `outside_diff` are the mean, over the target's box and over all outside the affected box, of each
    pixel's largest channel difference (levels, 0..255): so computed they repeat the figures of the
    benchmark's own examples.
    """

    target_box: Box
    affected_box: Box
    magnitude: float
    pixel_diff: float
    target_diff: float
    outside_diff: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One changed element that passed every check."""

    candidate: Candidate
    described: Described
    measured: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two screenshots of one page, PNG; `kept` is None where nothing was changed."""

    pair_id: str
    page: Page
    before: bytes
    after: bytes
    renderer: str
    """JSON: the browser's version, and the SHA-256 of the font files that drew."""
    kept: Kept | None = None
    benign_kind: str = ""
    """What differs although nothing was changed, for a benign control."""
