"""Words, their static weights, roles and places.

A verdict must not depend on the dataset it is judged in (its key is the pair and the text), so inverse
document frequency can't be counted from a corpus at hand. It is this table instead: a word that most
pages and most answers hold weighs nothing or little; every word that the table lacks is distinctive.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from judge.quotes import fold

STOP_WEIGHT, GENERIC_WEIGHT, DISTINCTIVE_WEIGHT = 0.0, 1.0, 3.0

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

_STOP_WORDS = (
    "a an the this that these those it its of in on at to for from by with without and or as is are was were be been "
    "being has have had which who whose what where when there here near next under below beneath underneath above over "
    "beside between inside within after before behind around along out off up down into onto than then so too very "
    "i we you they he she my our your their me us them one each every all both any some no not reading reads saying "
    "about can will just only also how why most such while "
    "begin start contain say read ends ending "
    "says labelled labeled titled named called starting beginning starts begins contains containing whose"
)
STOP: Final = frozenset(_STOP_WORDS.split())

ROLES: Final = {
    "button": "button btn cta",
    "link": "link hyperlink",
    "tab": "tab",
    "heading": "heading headline title h1 h2 h3 h4",
    "prose": "paragraph description caption subtitle subheading subheadline tagline blurb copy sentence subtext "
    "intro introduction summary note excerpt byline wording message",
    "card": "card tile panel",
    "image": "image picture photo photograph illustration thumbnail avatar graphic",
    "icon": "icon symbol arrow chevron emoji",
    "logo": "logo brand wordmark logotype",
    "navigation": "navigation navbar nav menu",
    "header": "header masthead topbar",
    "footer": "footer",
    "banner": "banner hero jumbotron",
    "input": "input field textbox textfield placeholder textarea",
    "form": "form",
    "table": "table",
    "row": "row",
    "column": "column",
    "cell": "cell",
    "list": "list bullet",
    "badge": "badge chip pill",
    "section": "section block container region strip",
    "sidebar": "sidebar aside",
    "price": "price",
    "quotation": "blockquote quotation testimonial quote",
    "choice": "checkbox toggle switch radio dropdown select",
    "divider": "divider separator hr",
    "figure": "stat statistic metric chart graph",
}
"""Families of words for one kind of element; two words of a family name the same role."""

ROLE_OF: Final = {word: family for family, line in ROLES.items() for word in line.split()}
CONTAINERS: Final = frozenset(
    {"card", "navigation", "header", "footer", "banner", "form", "table", "list", "section", "sidebar"}
)
PLACE_ROLES: Final = frozenset({"header", "footer", "navigation", "banner", "sidebar"})

_ATTRIBUTE_WORDS = (
    "text label background font letter character word line border outline corner edge radius color colour hue shade "
    "size spacing space padding margin gap height width weight opacity gradient style shadow position alignment page "
    "element item area content box part side screenshot site website web bar"
)
ATTRIBUTES: Final = frozenset(_ATTRIBUTE_WORDS.split())
"""Words for a part or a property of an element: they don't name an element by themselves."""

PLACES: Final = {
    "top": "top upper", "bottom": "bottom lower", "middle": "middle",
    "left": "left", "right": "right", "center": "center centre central",
    "header": "header masthead topbar", "footer": "footer", "sidebar": "sidebar aside",
    "navigation": "navigation navbar nav menu", "banner": "hero banner",
    "first": "first 1st", "second": "second 2nd", "third": "third 3rd", "fourth": "fourth 4th", "last": "last",
}  # fmt: skip
PLACE_OF: Final = {word: place for place, line in PLACES.items() for word in line.split()}
_AXES: Final = (
    frozenset({"top", "middle", "bottom"}),
    frozenset({"left", "center", "right"}),
    frozenset({"header", "footer"}),
    frozenset({"first", "second", "third", "fourth", "last"}),
)
_NOT_PLACES = re.compile(r"\b(?:first|second|1st|2nd|left|right) (?:image|screenshot|version|picture|one|page)\b")

GENERIC: Final = (
    frozenset(ROLE_OF) | ATTRIBUTES | frozenset(PLACE_OF) | frozenset({"main", "primary", "large", "small", "big"})
)

_PHRASES: Final = (
    (
        re.compile(
            r"\b(?:first|second|before|after|original|new|other|both|two|left|right|earlier|later) (?:images?"
            r"|pictures?)\b"
            r"|\bimages? (?:a|b|1|2|one|two)\b|\b(?:between|in) the (?:images|pictures)\b"
        ),
        "screenshot",
    ),
    (re.compile(r"\bnav(?:igation)?[ -](?:bar|menu)\b"), "navbar"),
    (re.compile(r"\btop[ -]bar\b"), "topbar"),
    (re.compile(r"\b(?:search|text|input)[ -](?:bar|box|field)\b"), "search field"),
    (re.compile(r"\bcall[ -]to[ -]action\b"), "cta"),
    (re.compile(r"\b(?:menu|nav(?:igation)?) (?:item|entry)\b"), "navbar link"),
    (re.compile(r"\bsub-(?=heading|title|headline)"), "sub"),
    (re.compile(r"\bside[ -]bar\b"), "sidebar"),
    (re.compile(r"\bbody (?:text|copy)\b"), "paragraph"),
)


_GROUP = re.compile(r"\b(?:row|group|set|list|grid|pair|stack|cluster|series) of (?:the )?", re.I)


def simplify(text: str) -> str:
    """Return the text with "row of buttons" said as "buttons", and an image on the page as a photo."""
    return _ON_PAGE.sub("photo", _GROUP.sub("", text))


_ON_PAGE = re.compile(
    r"(?<=first )(?:image|picture)(?= (?:in|of|on|inside|within|under|below) (?:the|its|a) )"
    r"|(?<=second )(?:image|picture)(?= (?:in|of|on|inside|within|under|below) (?:the|its|a) )", re.I
)  # fmt: skip


class Token(NamedTuple):
    """Hold one word, stemmed, and where it stands."""

    word: str
    start: int
    end: int


def tokens(text: str) -> tuple[Token, ...]:
    """Return the stemmed words of the text in order."""
    return tuple(Token(stem(match[0].casefold()), *match.span()) for match in _TOKEN.finditer(text))


def words(text: str) -> frozenset[str]:
    """Return the stemmed words of the text."""
    return frozenset(token.word for token in tokens(fold(text)))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Return the word without a possessive or a plural ending."""
    word = word.removesuffix("'s").removesuffix("’s")
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def join_phrases(text: str) -> str:
    """Return lower-case text in which a role of two words has become one word."""
    text = text.lower()
    for pattern, word in _PHRASES:
        text = pattern.sub(word, text)
    return text


def weight(word: str) -> float:
    """Return a word's weight: 0 for stop words, 1 for words of any interface, 3 for all others."""
    if word in STOP:
        return STOP_WEIGHT
    return GENERIC_WEIGHT if word in GENERIC else DISTINCTIVE_WEIGHT


def is_distinctive(word: str) -> bool:
    """Tell whether a word tells one page's element from another's."""
    return weight(word) == DISTINCTIVE_WEIGHT


def canonical(word: str) -> str:
    """Return the word that stands for a word's role family, or the word itself."""
    return ROLE_OF.get(word, word)


def roles(found: Iterable[str]) -> frozenset[str]:
    """Return the role families that the words name."""
    return frozenset(ROLE_OF[word] for word in found if word in ROLE_OF)


def places(text: str) -> frozenset[str]:
    """Return the places that the text names: edges, regions of a page, ordinals."""
    text = _NOT_PLACES.sub(" ", join_phrases(text))
    return frozenset(PLACE_OF[token.word] for token in tokens(text) if token.word in PLACE_OF)


def are_at_odds(some: frozenset[str], others: frozenset[str]) -> bool:
    """Tell whether two sets of places name different values of one axis."""
    return any(some & axis and others & axis and not some & others & axis for axis in _AXES)
