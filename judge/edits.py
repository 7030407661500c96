"""Text edits: which words went and which came, in truth and in a claim, and whether the two agree."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from judge.quotes import find_quotes, fold, mask
from schemas.records import Mutation

_RATIO: Final = 85.0
"""Lowest rapidfuzz ratio, 0..100, at which a quote tells a piece of an edit."""
_SAME: Final = 90.0
"""Lowest ratio, 0..100, at which a quote is the whole of a text that went."""
_WORD: Final = (
    r"(?:(?:the|its|an?|one|single|final|last|first|following|saying|reading|showing) )*"
    r"(?:(?:words?|word\(s\)|texts?|phrases?|letters?|characters?|wording|label|title|heading|part|sentence"
    r"|name|number"
    r"|string)[ :]+)?(?:of )?"
)
_IS: Final = (
    r"(?:(?:is|are|was|were|has|have|had|been|being|got|gets|now|newly|simply|also|no longer|entirely|completely) )*"
)
_PLACED: Final = r"(?:(?:in|from|to|on|of|at) [^.;]{0,120}? )?"
_NOUN_AFTER: Final = r"(?:(?:word|text|phrase|letter|character)s? )?"
_EARLIER_ONE: Final = r"(?:it|they|(?:the|image) [\w ]{1,30}?)"
_HOLDS: Final = r"(?:contains?|says?|reads?|has|have|includes?|shows?|displays?|mentions?)"
_GONE_BEFORE = re.compile(
    rf"(?:\b(?:from|instead of|rather than|in place of|was|were|said|used to (?:say|read|be|contain|include)"
    rf"|before|(?:previously|originally|formerly|initially)(?: (?:said|read|had|contained|included|showed))?"
    rf"|no longer {_HOLDS}|los(?:t|es|ing)|lacks?|lacking|miss(?:es|ing)|without|omits?"
    rf"|omitting|drops?|dropped|dropping|removed|deleted|replac(?:es|ed|ing)|removes|removal of|absence of|not"
    rf"|where {_EARLIER_ONE} (?:has|had|says|said|shows|showed|reads?))|old text)[:,]? {_WORD}$"
)
_CAME_BEFORE = re.compile(
    rf"(?:\b(?:to|into|becomes?|became|by|now|with|gained|gains|got|added|adds|inserted|includes?|contains?|after"
    rf"|(?:reads?|says?|shows?|displays?)(?: now| just| only| simply)?|is now|are now|now (?:it )?(?:is|has)|new text)"
    rf"|→|->|=>)[:,]? {_WORD}$"
)
_GONE_AFTER = re.compile(
    rf"^,? {_PLACED}{_NOUN_AFTER}{_IS}"
    r"(?:removed|dropped|deleted|missing|gone|omitted|absent|cut|left out|taken out|erased|stripped|lost|replaced"
    r"|became|becomes?|(?<=no longer )(?:appears?|included|shown|visible)|turned into|changed|swapped"
    r"|substituted|disappeared|vanished|disappears|there|present|→|->|=>"
    r"|(?:is |was |has )?now (?:reads?|says?)|reads|(?:is|are) now)\b"
)
_PLACED_AFTER = re.compile(r",? (?:in|from|on|of|at) ")
_CAME_AFTER = re.compile(
    rf"^,? {_PLACED}{_NOUN_AFTER}{_IS.replace('|no longer', '')}"
    rf"(?:added|inserted|appended|appears|appeared|instead of|rather than|in place of"
    rf"|where {_EARLIER_ONE} (?:said|reads?|was|has|had|says|shows|showed)"
    rf"|replaces|replaced (?!by|with)|took the place|appears instead)\b"
)
_NAMING = re.compile(
    r"\b(?:begin\w*|start\w*|end(?:s|ing)|open(?:s|ing)|label\w*|titled|named|called"
    r"|(?<!from )(?<!to )(?:reading|saying)) ?(?:with|in|by|as)? ?$"
    r"|\bwith the (?:heading|title|text|label)(?: of)? ?$|\b(?:heading|title|under|below|above|near|beside) ?$"
)
_UNSAID_BEFORE = re.compile(r"\bno longer (?:says?|reads?|shows?|states?|mentions?) that (?:the (?:\w+ )?)?$")
"""What follows is said to be so no more: who says that words are no longer gone says that they came back."""
_GONE_MARK = re.compile(
    r"\b(?:removed|dropped|deleted|missing|gone|omitted|absent|cut|left out|taken out|erased|lost|los(?:es|ing)|lacks?"
    r"|no longer|disappear\w*|vanish\w*|without|omits?|drops?|originally|previously|formerly|used to)\b"
)
_FRAMED = re.compile(
    r"(?:^\W*before\b|\b(?:in|on) the (?:first|earlier|original|old|before)\b|\bimage (?:a|1"
    r"|one)\b)(?P<early>.{1,600}?)"
    r"(?:\bafter\b|\b(?:in|on) the (?:second|later|new|updated|after)\b|\bimage (?:b|2|two)\b)",
    re.S,
)
"""One state of the page told after the other."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that set words without spaces, or join particles to them: a part of a text has no word's edges there."""


class Edit(NamedTuple):
    """Hold what a text was and is, and the run of words that went and the one that came; all folded."""

    old: str
    new: str
    gone: str
    came: str


class Told(NamedTuple):
    """Hold the quotes that a claim says went and those that it says came; folded."""

    gone: tuple[str, ...]
    came: tuple[str, ...]


@lru_cache(maxsize=4096)
def read_edit(mutation: Mutation) -> Edit:
    """Return what a text mutation took away and put there."""
    before, after = mutation.old_value.split(), mutation.new_value.split()
    head = _shared(before, after)
    tail = min(_shared(before[::-1], after[::-1]), min(len(before), len(after)) - head)
    gone, came = before[head : len(before) - tail], after[head : len(after) - tail]
    return Edit(fold(mutation.old_value), fold(mutation.new_value), fold(" ".join(gone)), fold(" ".join(came)))


def read_told(claim: str, masked: str) -> Told:
    """Return the quotes of a claim by what it says of them; one that only names the element is neither."""
    gone: list[str] = []
    came: list[str] = []
    framed = _FRAMED.search(masked)
    early = framed.span("early") if framed else (0, 0)
    for quote in find_quotes(claim):
        before, after = masked[max(0, quote.start - 80) : quote.start], masked[quote.end : quote.end + 160]
        if _NAMING.search(before):
            continue
        text = fold(quote.text)
        side = _side(before, after)
        if side:
            (gone if side == "gone" or early[0] <= quote.start < early[1] else came).append(text)
    return Told(tuple(filter(None, gone)), tuple(filter(None, came)))


def _side(before: str, after: str) -> str | None:
    """Return whether the words around a quote say that it went or that it came; None where they say neither."""
    if _CAME_AFTER.search(after) or _UNSAID_BEFORE.search(before):
        return "came"
    is_led_in = bool(_CAME_BEFORE.search(before))
    if _GONE_BEFORE.search(before) or (_GONE_AFTER.search(after) and not (is_led_in and _PLACED_AFTER.match(after))):
        return "gone"
    return "came" if is_led_in else None


def tells_two_texts(claim: str) -> bool:
    """Tell whether a claim quotes one text of the earlier page and another of the later one."""
    masked = mask(claim).lower()
    framed = _FRAMED.search(masked)
    if not framed:
        return False
    told = read_told(claim, masked)
    return bool(told.gone and told.came) and not set(told.gone) & set(told.came)


def tells(claim: str, masked: str, mutation: Mutation) -> bool:
    """Tell whether a claim quotes words that truly went and says so, or that truly came in place of others."""
    told, edit = read_told(claim, masked), read_edit(mutation)
    is_gone = bool(_GONE_MARK.search(masked))
    if is_gone and not edit.new and not told.came:
        return any(fuzz.ratio(fold(quote.text), edit.old) >= _SAME for quote in find_quotes(claim))
    return (is_gone or bool(told.came)) and any(_went(text, edit) for text in told.gone)


def contradicts(claim: str, masked: str, mutation: Mutation) -> bool:
    """Tell whether every quote that a claim says went stayed, or every one that it says came didn't come."""
    told, edit = read_told(claim, masked), read_edit(mutation)
    if not edit.old and not edit.new:
        return False
    is_false_gone = bool(told.gone) and bool(edit.old) and not any(_went(text, edit) for text in told.gone)
    is_false_came = bool(told.came) and not any(_came(text, edit) for text in told.came)
    return is_false_gone or is_false_came


def _went(text: str, edit: Edit) -> bool:
    return _fits(text, edit.gone, edit.came, edit.old, edit.new)


def _came(text: str, edit: Edit) -> bool:
    return _fits(text, edit.came, edit.gone, edit.new, edit.old)


def _fits(text: str, piece: str, other_piece: str, whole: str, other_whole: str) -> bool:
    """Tell whether a quote is one side's words rather than the other's: its piece, its whole, or part of it."""
    if text == whole or (piece and text == piece):
        return True
    if not whole or text == other_whole or (other_piece and text == other_piece):
        return False
    if _holds(whole, text) != _holds(other_whole, text):
        return _holds(whole, text)
    here = max(fuzz.ratio(text, piece) if piece else 0.0, _likeness(text, whole))
    there = max(fuzz.ratio(text, other_piece) if other_piece else 0.0, _likeness(text, other_whole))
    return here >= _RATIO and here > there


def _holds(whole: str, text: str) -> bool:
    if _UNSPACED.search(text):
        return text in whole
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", whole) is not None


def _likeness(text: str, value: str) -> float:
    return fuzz.partial_ratio(text, value) if min(len(text), len(value)) >= 4 else fuzz.ratio(text, value)


def _shared(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


SOURCES = tuple(
    pattern.pattern
    for pattern in (_GONE_BEFORE, _CAME_BEFORE, _GONE_AFTER, _CAME_AFTER, _NAMING, _GONE_MARK, _UNSPACED)
)
"""The patterns of this module, for the judge's identity."""
