"""Match a claim to the true element: quoted text, words, a unique role and place, or a pixel box."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from judge import edits
from judge.quotes import BLANK, find_quotes, fold, mask
from judge.words import (
    CONTAINERS,
    PLACE_OF,
    PLACE_ROLES,
    ROLE_OF,
    are_at_odds,
    canonical,
    is_distinctive,
    join_phrases,
    places,
    roles,
    simplify,
    tokens,
    weight,
    words,
)
from schemas.records import Box, Mutation, Truth

QUOTE_RATIO = 90.0
"""Lowest rapidfuzz ratio, 0..100, at which two quoted texts are one."""
WORD_SHARE = 0.6
"""Lowest share of the element's words, by weight."""
BOX_IOU = 0.3
_RELATION_REACH = 400
"""How many characters before a relation may name what it places: time grows with the claim's length alone."""
MAX_QUOTES = 4
"""A claim that quotes more texts than this lists the page and names no element by quote or words."""

_BOX = re.compile(r"\[(\d{1,5}), (\d{1,5}), (\d{1,5}), (\d{1,5})\]", re.I)
"""The one declared format of a pixel box: `[x, y, w, h]`, as in `box [12, 34, 56, 78] px`."""

_RELATION = re.compile(
    r"\b(?:(?P<beside>under|below|beneath|underneath|above|over|beside|next to|near|adjacent to|to the (?:left"
    r"|right) of|(?:left|right) of"
    r"|after|before|following|between|alongside)|(?P<inside>(?<!ends )(?<!ending )in|inside|within|on|at|of"
    r"|from|along|across|for))\b"
)
_OWN_AGAIN = re.compile(
    r"\b(?:read\w*|say\w*|label\w*|titled|named|with|start\w*|begin\w*|end(?:s|ing)|contain\w*|whose|text)\b"
)
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)\s*$")
_LOOK_WORDS = (
    "red orange yellow green teal blue indigo purple violet pink grey gray black white brown navy dark light "
    "bright big large small "
    "bold new old main primary secondary entire whole same only one two three other single round rounded slightly"
)
LOOKS = frozenset(_LOOK_WORDS.split())


@dataclass(frozen=True, slots=True)
class Target:
    """Hold a true element's description, read once: its own text and words, what it is anchored to, role, places."""

    own_quotes: tuple[str, ...]
    anchor_quotes: tuple[str, ...]
    own_words: frozenset[str]
    all_words: frozenset[str]
    role: str | None
    anchor_roles: frozenset[str]
    places: frozenset[str]
    beside: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """Hold what a claim speaks of: the whole of it, and the part left when its relations ("under ...") are cut out."""

    text: str
    masked: str
    own: str
    quotes: tuple[str, ...]
    own_quotes: tuple[str, ...]
    all_words: frozenset[str]
    own_words: frozenset[str]
    roles: frozenset[str]
    head: str | None
    places: frozenset[str]


@lru_cache(maxsize=4096)
def read_target(mutation: Mutation) -> Target:
    """Read a mutation's element description; a text edit's old and new text count as its own text."""
    element = simplify(mutation.element or mutation.template)
    masked = mask(element)
    lowered = masked.lower()
    relation = _RELATION.search(lowered)
    cut = relation.start() if relation else len(element)
    own: list[str] = []
    anchored: list[str] = []
    for quote in find_quotes(element):
        between = lowered[cut : quote.start]
        is_own = quote.start < cut or (
            bool(_OWN_AGAIN.search(between)) and not re.search(r"\bwith the\b|\bwith a\b", between)
        )
        (own if is_own else anchored).append(fold(quote.text))
    edited = [mutation.old_value, mutation.new_value] if mutation.type == "text" else []
    own_words = words(join_phrases(element[:cut])) | frozenset(word for quote in own for word in words(quote))
    head = _first_role(lowered[:cut]) or _first_role(lowered)
    return Target(
        own_quotes=tuple(text for text in [*own, *map(fold, edited)] if text),
        anchor_quotes=tuple(anchored),
        own_words=own_words,
        all_words=words(join_phrases(element)),
        role=head,
        anchor_roles=roles(words(join_phrases(lowered[cut:]))),
        places=places(lowered),
        beside=bool(relation and relation["beside"]),
    )


def read_subject(claim: str) -> Subject:
    """Read what a claim speaks of."""
    text, claim = claim, simplify(claim)
    masked = mask(claim)
    spans = _relation_spans(masked)
    edges = [0, *(edge for span in spans for edge in span), len(claim)]
    own = "".join(claim[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    own_masked = mask(own)
    lowered = join_phrases(own_masked)
    return Subject(
        text=text,
        masked=mask(text).lower(),
        own=own,
        quotes=tuple(quote.text for quote in find_quotes(claim)),
        own_quotes=tuple(quote.text for quote in find_quotes(own)),
        all_words=words(join_phrases(claim)),
        own_words=words(join_phrases(own)),
        roles=roles(words(lowered)),
        head=_first_role(lowered),
        places=places(masked),
    )


def match_element(subject: Subject, mutation: Mutation, truth: Truth) -> str | None:
    """Return what shows first that a claim is about the element: quote, words, place or box; else None."""
    found = _match(subject, read_target(mutation), mutation, truth)
    if found is None and mutation.type == "text" and len(subject.quotes) <= MAX_QUOTES:
        plain = _without_edit(subject, mutation)
        found = _match(plain, read_target(replace(mutation, type="")), mutation, truth) if plain != subject else None
    return found


def _match(subject: Subject, target: Target, mutation: Mutation, truth: Truth) -> str | None:
    names_one = len(subject.quotes) <= MAX_QUOTES
    if names_one and _matches_quote(subject, target, mutation):
        return "quote"
    if names_one and _matches_words(subject, target):
        return "words"
    if _matches_place(subject, target, truth):
        return "place"
    box = stated_box(subject.text)
    return "box" if box and truth.target_box and box.iou(truth.target_box) >= BOX_IOU else None


def _without_edit(subject: Subject, mutation: Mutation) -> Subject:
    """Return a subject without the quotes that are exactly the words that went or came: the rest names the element."""
    edit = edits.read_edit(mutation)
    pieces = frozenset(filter(None, (edit.gone, edit.came)))
    left = tuple(quote for quote in subject.quotes if fold(quote) not in pieces)
    return replace(subject, quotes=left, own_quotes=tuple(quote for quote in subject.own_quotes if quote in left))


def is_near(subject: Subject, mutation: Mutation, truth: Truth) -> bool:
    """Tell whether a claim that misses the element still speaks of the area that changed."""
    target, box, area = read_target(mutation), stated_box(subject.text), truth.affected_box or truth.target_box
    if box and area:
        return box.iou(area) >= BOX_IOU or 2 * box.intersection(area) >= max(box.area, 1)
    known = (*target.own_quotes, *target.anchor_quotes)
    if any(_is_same(quote, text) or _holds(quote, text) for quote in subject.quotes for text in known):
        return True
    if subject.quotes:
        return False
    named = frozenset(word for word in subject.all_words if is_distinctive(word))
    if frozenset(word for word in target.all_words if is_distinctive(word)) & named:
        return True
    return _is_whole_place(subject, target)


def stated_box(claim: str) -> Box | None:
    """Return the box that a claim states in the declared format `[x, y, w, h]`, pixels; else None."""
    found = _BOX.search(claim)
    return Box(*(int(number) for number in found.groups())) if found else None


def _matches_quote(subject: Subject, target: Target, mutation: Mutation) -> bool:
    if not target.own_quotes:
        return (
            bool(target.anchor_quotes)
            and _has_role(subject, target)
            and _any_same(subject.quotes, target.anchor_quotes)
        )
    is_text_edit = mutation.type == "text"
    is_part = is_text_edit and (_is_part_of_text(subject) or edits.tells(subject.text, subject.masked, mutation))
    quotes = subject.quotes if is_part else subject.own_quotes
    if _any_same(quotes, target.own_quotes):
        return True
    return any(
        _holds(quote, text) and (" " in text or is_text_edit) and len(text) >= 4
        for quote in quotes
        for text in target.own_quotes
    )


def _is_part_of_text(subject: Subject) -> bool:
    """Tell whether a claim begins with quoted words in or from an element: what holds them is its subject, too."""
    return re.match(rf"\W*(?:the )?(?:words?|text|phrase|letters?|characters?)?\W*{BLANK}", subject.masked) is not None


def _any_same(quotes: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    return any(_is_same(quote, text) for quote in quotes for text in texts)


def _is_same(quote: str, text: str) -> bool:
    """Compare folded text; an ellipsis at the end of a quote stands for the rest of the text."""
    folded = fold(quote)
    if not folded or not text:
        return False
    if _ELLIPSIS.search(quote) and len(folded) >= 6:
        text = text[: len(folded)]
    return fuzz.ratio(folded, text) >= QUOTE_RATIO


def _holds(quote: str, text: str) -> bool:
    return bool(text) and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", fold(quote)) is not None


def _matches_words(subject: Subject, target: Target) -> bool:
    own = frozenset(word for word in target.own_words if is_distinctive(word))
    if not own and target.own_quotes:
        return _names_plain_quote(subject, target)
    if own and not subject.quotes and any(_is_within(text, subject.own) for text in target.own_quotes):
        return True
    if not own & subject.own_words if own else not _has_role(subject, target):
        return False
    if (
        subject.own_quotes
        and own
        and not own & frozenset(word for quote in subject.own_quotes for word in words(quote))
    ):
        return False
    if are_at_odds(target.places, subject.places) or not any(
        is_distinctive(word) for word in target.all_words & subject.all_words
    ):
        return False
    known = frozenset(canonical(word) for word in subject.all_words)
    total = sum(weight(word) for word in target.all_words)
    found = sum(weight(word) for word in target.all_words if canonical(word) in known)
    return found >= WORD_SHARE * total > 0


def _is_within(text: str, plain: str) -> bool:
    """Tell whether unquoted prose holds a text of eight letters or more, misspellings allowed."""
    return len(text) >= 8 and fuzz.partial_ratio(text, fold(plain)) >= QUOTE_RATIO


def _names_plain_quote(subject: Subject, target: Target) -> bool:
    """Find element text made of everyday words ("About", "Home"), unquoted: its capitals must stand in the claim."""
    plain = " ".join(subject.own.split())
    for text in target.own_quotes:
        found = re.search(rf"(?<!\w){re.escape(text)}(?!\w)", plain, re.I)
        if found and found[0][:1].isupper() and (target.role is None or target.role in subject.roles):
            return True
    return False


def _has_role(subject: Subject, target: Target) -> bool:
    """Tell whether the claim names the target's role, and not only that of what the target is anchored to."""
    if target.role is None:
        return bool(_RELATION.search(subject.masked))
    if subject.head == target.role:
        return True
    is_text = target.role in ("prose", "heading") and subject.head is None and "text" in subject.own_words
    return is_text or (target.role in subject.roles and target.role not in target.anchor_roles)


def _matches_place(subject: Subject, target: Target, truth: Truth) -> bool:
    if subject.quotes or target.role is None or subject.head != target.role:
        return False
    if (target.own_quotes and target.role in PLACE_ROLES) or _names_another(subject, target):
        return False
    if are_at_odds(target.places, subject.places):
        return False
    role_places = frozenset(PLACE_OF[word] for word in (target.role,) if word in PLACE_OF)
    if (target.places & subject.places) - role_places:
        return True
    if not target.own_quotes and not target.anchor_quotes and not any(map(is_distinctive, target.all_words)):
        return target.role in PLACE_ROLES or not target.places
    region = _region(truth.target_box)
    return len(region & subject.places) == 2 and not are_at_odds(region, subject.places)


def _names_another(subject: Subject, target: Target) -> bool:
    """Tell whether the words before the role name some other element ("the Log in button")."""
    lowered = join_phrases(subject.own)
    found = list(tokens(lowered))
    place = next((at for at, token in enumerate(found) if ROLE_OF.get(token.word) == target.role), 0)
    before = [token.word for token in found[max(0, place - 3) : place]]
    if "of" in before:
        before = before[len(before) - before[::-1].index("of") :]
    return any(is_distinctive(word) and word not in target.all_words and word not in LOOKS for word in before)


def _is_whole_place(subject: Subject, target: Target) -> bool:
    """Tell whether a claim speaks of a region as a whole ("the header") and the element stands there."""
    if (subject.head is not None and subject.head not in CONTAINERS) or are_at_odds(target.places, subject.places):
        return False
    return bool(target.places & subject.places)


def _region(box: Box | None) -> frozenset[str]:
    """Return the ninth of a 1280 x 800 screenshot in which a box's centre lies."""
    if box is None:
        return frozenset()
    x, y = (box.x + box.w / 2) / 1280, (box.y + box.h / 2) / 800
    across = "left" if x < 0.36 else "right" if x > 0.64 else "center"
    return frozenset({across, "top" if y < 0.3 else "bottom" if y > 0.7 else "middle"})


def _first_role(lowered: str) -> str | None:
    return next((ROLE_OF[token.word] for token in tokens(join_phrases(lowered)) if token.word in ROLE_OF), None)


def _relation_spans(masked: str) -> list[tuple[int, int]]:
    """Return the spans that place a named element by another: "under the ... heading", "in the ... card"."""
    lowered, spans, resume = masked.lower(), [], 0
    for relation in _RELATION.finditer(lowered):
        reached = max(resume, relation.start() - _RELATION_REACH)
        before = re.split(r"[,;:.]", lowered[reached : relation.start()])[-1]
        is_named = BLANK in before or any(token.word in ROLE_OF for token in tokens(before))
        is_named = is_named or (relation["beside"] is not None and "text" in before.split())
        if relation.start() < resume or not is_named:
            continue
        resume = _phrase_end(lowered, relation.end())
        spans.append((relation.start(), resume))
    return spans


def _phrase_end(lowered: str, start: int) -> int:
    """Return where the noun phrase after a relation ends: behind its role, and a quote right after a role."""
    phrase = re.match(rf"(?:[^\w,;:.{BLANK}]*(?:[\w'-]+|{BLANK}+)){{1,7}}", lowered[start:])
    limit = start + (phrase.end() if phrase else 0)
    quote = re.compile(rf"{BLANK}+").search(lowered, start, limit)
    role = next((token for token in tokens(lowered[start:limit]) if token.word in ROLE_OF), None)
    if role is None:
        return quote.end() if quote else limit
    end = start + role.end
    if (
        quote
        and quote.start() >= end
        and ROLE_OF[role.word] not in PLACE_ROLES
        and not lowered[end : quote.start()].strip()
    ):
        return quote.end()
    return end
