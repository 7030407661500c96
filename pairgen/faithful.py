"""Whether a rewording says what its template sentence says: no less, no more, nothing else.

Every check is computed. What a rewording may say is a list of words by the template's key (`polish_words`): a word
that is in neither the list nor the template refuses it, so a good one is refused rather than a wrong one kept.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from judge import directions
from judge.quotes import mask as blank
from judge.rules import judge
from pairgen.polish_words import NEUTRAL, PARTS, SIDES, SIZE_WORDS, VOCABULARY, WAYS
from pairgen.template_reading import Told, mask, quotes_in
from schemas.records import Case, Mutation, Truth
from schemas.vocabulary import DIRECT_EFFECT

VERSION: Final = "1"
_MAX_GROWTH, _MAX_SHRINKAGE, _SPARE_WORDS = 1.5, 0.5, 3
_NUMBER: Final = re.compile(r"#[0-9a-f]{3,8}\b|-?\d+(?:[.,]\d+)*(?: ?(?:px|em|rem|pt|percent)\b| ?%)?", re.I)
_TOKEN: Final = re.compile(r"⟦\d+⟧")
_WORD: Final = re.compile(r"[\w#%]+(?:[-'.][\w#%]+)*")
_MARKUP: Final = re.compile(r"[\n*_`<>|{}\[\]~?!]")
_WAS: Final = (
    r"instead of|rather than|in place of|than|used to|replaced(?! by| with)|replaces|replacing|compared (?:to|with)"
    r"|from|was|had|were|said|previously|formerly|before|no longer"
)
_IS: Final = r"replaced by|replaced with|swapped for|to|into|became|become|becomes|now|reads|says|by|with"
_STATE: Final = re.compile(rf"\b(?:(?P<was>{_WAS})|(?P<is>{_IS}))\b")
_JUST_BEFORE: Final = re.compile(rf"\b(?:(?P<was>{_WAS})|(?P<is>{_IS}))(?: (?:at|a|an|the|of|its|be|say|read))* $")
_THAN: Final = re.compile(
    r"\bthan (?:(?:it|they) (?:was|were|used to be)(?: before| previously)?|before|previously|formerly)\b"
)
_PASSIVE: Final = re.compile(
    r"\b(?:was|were) (?=(?:replaced|removed|added|changed|moved|shifted|nudged|turned|reversed|deleted|dropped|reduced"
    r"|increased|enlarged|lowered|widened|narrowed|tightened|lightened|darkened|rotated|flipped|swapped)\b)"
)
_NEAR_OLD: Final = re.compile(
    r"\b(?:was|were|had|used to|previously|formerly|once|before)(?: (?!NEW)[\w']+){0,4} OLD\b"
    r"|\bOLD (?:before|previously)\b"
)
_PAST: Final = re.compile(r"\b(?:was|were|had|used to|previously|formerly|once|before)\b|\bthan (?:\w+ ){0,3}now\b")
_BY: Final = re.compile(r"(?<!replaced )\bby (?:a |an )?(?:NEW|OLD)\b")
_DENIED: Final = (
    r"\b(?:instead of|rather than|than|from|used to be)(?: (?:a|an|the|its|it|being|be|set|in|at|of))* (?:{})\b"
)
"""What a claim stands behind that isn't so any more."""
_ITSELF: Final = re.compile(
    r"^(?:in the PLACE )?the ELEMENT (?:PLACE )?(?:has |is |now )*"
    r"(?:(?:grew|grown|shrank|shrunk|increased|decreased|rose|dropped|fell|went|gone|turned|became|got|changed)"
    r"|(?:is|now) (?:larger|smaller|bigger|thicker|thinner|NEW))\b"
)
"""The element itself is said to change, where only a part of it does."""
_GREW: Final = re.compile(
    r"\b(?:grew|grown|rose|risen|increased|up|shrank|shrunk|fell|fallen|dropped|decreased|reduced|lowered|down|went"
    r"|gone) (?:NEW|OLD)\b"
    r"|\b(?:NEW|OLD) (?:more|less|thicker|thinner|larger|smaller|bigger|wider|narrower|bolder|heavier|rounder|lighter"
    r"|darker|higher|lower)\b"
)
"""What grew 20px, or is 20px larger, has no size of 20px."""
_WITH_OPPOSITE: Final = ("increase", "decrease", "lighter", "darker", "left", "right", "up", "down")
_MORE_BY: Final = re.compile(
    r"\bby AMOUNT\b|\bAMOUNT (?:more|less|wider|larger|bigger|smaller|narrower|of (?:extra|more))\b"
)
_STANDS_AT: Final = re.compile(
    r"\b(?:to|from|at|of|now|is|was)(?: a| an)? AMOUNT\b(?! (?:further|farther|higher|lower))"
)


@dataclass(frozen=True, slots=True)
class _Text:
    """Hold a sentence as checks read it."""

    masked: str
    """With tokens for quotes, as it was written."""
    body: str
    """Lower case, without punctuation; ELEMENT, PLACE, OLD, NEW, AMOUNT and SHADE stand for what they mean."""
    missing: str
    """Check that the first thing missing from it fails; "" where nothing is."""


def tidy(reply: str, told: Told) -> str:
    """Return a reply in the dataset's typography: straight marks, a full stop outside a quotation."""
    text = reply.strip()
    for curly, straight in (("“", '"'), ("”", '"'), ("’", "'")):
        if curly not in told.sentence:
            text = text.replace(curly, straight)
    for stop in (".", ","):
        for quote in told.quotes:
            text = text.replace(f'"{quote}{stop}"', f'"{quote}"{stop}')
    return text


def find_fault(told: Told, rewording: str, truth: Truth) -> str | None:
    """Return the name of the first check that a tidy rewording fails; None where it passes all."""
    if rewording == told.sentence:
        return "same"
    if rewording.count('"') % 2 or Counter(quotes_in(rewording)) != Counter(quotes_in(told.sentence)):
        return "quotes"
    text = _read(rewording, told)
    template = _read(told.sentence, told)
    if text.missing:
        return text.missing
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("form", lambda: _is_one_sentence(text.masked, told.masked)),
        ("order", lambda: _tells_when(text.body, told)),
        ("direction", lambda: _goes_the_same_way(text, template, told, truth)),
        ("part", lambda: _names_the_parts(text.body, template.body)),
        ("size_word", lambda: not SIZE_WORDS.intersection(_strange_words(text.body, template.body, told))),
        ("added", lambda: not any(_strange_words(text.body, template.body, told))),
        ("judge", lambda: _is_correct(rewording, truth)),
    )
    return next((name for name, holds in checks if not holds()), None)


def _read(sentence: str, told: Told) -> _Text:
    """Replace all that both sentences must hold by words for it."""
    masked = mask(sentence, told.quotes)
    if _numbers(masked) != _numbers(told.masked):
        return _Text(masked, "", "numbers")
    body = re.sub(r"(\d) (?=(?:px|em|%)(?!\w))", r"\1", masked.lower())
    values = [
        ("element", "ELEMENT", told.name), ("element", "PLACE", told.place.strip()), ("values", "SHADE", told.shade),
        *(("values", "NEW", value) for value in told.new), *(("values", "OLD", value) for value in told.old),
        ("values", "AMOUNT", told.amount),
    ]  # fmt: skip
    missing = ""
    for check, word, value in sorted(values, key=lambda item: (item[0] != "element", -len(item[2]))):
        body, num = _swap(body, value.lower(), word) if value else (body, 1)
        missing = missing or ("" if num else check)
    return _Text(masked, " ".join(_WORD.findall(body.replace("'s ", " "))), missing)


def _swap(body: str, value: str, word: str) -> tuple[str, int]:
    return re.subn(rf"(?<![\w#-]){re.escape(value)}(?![\w%-])", f" {word} ", body, count=1)


def _numbers(masked: str) -> Counter[str]:
    found = _NUMBER.findall(_TOKEN.sub("", masked).lower())
    return Counter(number.replace(" ", "").replace("percent", "%") for number in found)


def _is_one_sentence(masked: str, template: str) -> bool:
    num, num_template = len(masked.split()), len(template.split())
    is_right_size = num_template * _MAX_SHRINKAGE <= num <= num_template * _MAX_GROWTH + _SPARE_WORDS
    begins_well = masked[:1].isupper() or masked[:1].isdigit() or masked.startswith("⟦")
    is_whole = begins_well and masked.endswith(".") and not re.search(r"[.…](?=\s)", masked)
    strange = {char for char in masked if not (char.isascii() and char.isprintable())} - set(template) - set("–—")
    return is_right_size and is_whole and not strange and not _MARKUP.search(masked)


def _tells_when(body: str, told: Told) -> bool:
    """Tell whether the old value is said to be the old one, the new one the new, and the change to be over."""
    if not _keeps_the_order(body) or _BY.search(body) or _GREW.search(body):
        return False
    if told.amount and not _adds_the_amount(body, told.key):
        return False
    rest = _NEAR_OLD.sub("", _PASSIVE.sub("", _THAN.sub("", body)))
    return not _PAST.search(rest)


def _keeps_the_order(body: str) -> bool:
    places = [(body.find(word), word) for word in ("OLD", "NEW") if word in body]
    for place, word in places:
        before = _JUST_BEFORE.search(body[:place])
        if before and bool(before["was"]) != (word == "OLD"):
            return False
    if len(places) < 2:
        return True
    (start, _), (end, second) = sorted(places)
    states = list(_STATE.finditer(body, start, end))
    return bool(states) and bool(states[-1]["was"]) == (second == "OLD")


def _adds_the_amount(body: str, key: str) -> bool:
    """Tell whether a length is said to be how far something moved or grew, not where it ended."""
    if key.startswith("margin"):
        return bool(_MORE_BY.search(body))
    if key == "position":
        return not _STANDS_AT.search(body)
    return "by AMOUNT" not in body


def _goes_the_same_way(text: _Text, template: _Text, told: Told, truth: Truth) -> bool:
    vocabulary = VOCABULARY[told.key]
    if not re.search(rf"\b(?:{vocabulary.says})\b", text.body):
        return False
    if re.search(_DENIED.format(vocabulary.says), text.body):
        return False
    if vocabulary.never and re.search(rf"\b(?:{vocabulary.never})\b", text.body):
        return False
    if _sides(text.body, told.key) != _sides(template.body, told.key):
        return False
    return all(_agrees(text, template, mutation) for mutation in truth.mutations)


def _sides(body: str, key: str) -> set[str]:
    known = {**SIDES, **(WAYS if key == "position" else {})}
    return {known[word] for word in body.split() if word in known}


def _agrees(text: _Text, template: _Text, mutation: Mutation) -> bool:
    """Tell whether the rules judge's words for ways say nothing against a mutation's."""
    kind = DIRECT_EFFECT.get(mutation.type, mutation.type)
    said, true = _directions(text, kind), {mutation.direction}
    if mutation.direction in _WITH_OPPOSITE:
        return said <= _directions(template, kind) | true
    return not said or bool(said & (_directions(template, kind) | true))


def _directions(text: _Text, kind: str) -> frozenset[str]:
    """Return what the rules judge's words say of the way that a sentence goes."""
    words = blank(_TOKEN.sub('"x"', text.masked)).lower()
    return directions.find_directions(kind, words, words)


def _names_the_parts(body: str, template: str) -> bool:
    words, wanted = set(body.split()), set(template.split())
    if any(group & wanted for group in PARTS) and _ITSELF.search(body) and not _ITSELF.search(template):
        return False
    is_implied = "gradient" in words
    return all(group & words or not group & wanted or (is_implied and "background" in group) for group in PARTS)


def _strange_words(body: str, template: str, told: Told) -> Iterator[str]:
    """Yield the words that neither the template nor its vocabulary lends."""
    vocabulary = VOCABULARY[told.key]
    known = NEUTRAL | set(vocabulary.may.split()) | set(template.split()) | set(SIDES)
    known |= set(WAYS) if told.key == "position" else set()
    rest = re.sub(rf"\b(?:{vocabulary.says})\b", " ", body)
    yield from (word for word in rest.split() if word not in known and not word.isupper())


def _is_correct(rewording: str, truth: Truth) -> bool:
    found = judge(Case(pair_id="rewording", truth=truth, text=rewording))
    return found.status == "ok" and found.verdict == "correct" and not found.hallucinations
