"""The two values a claim states ("from 12px to 14px", "teal instead of #0f766e"), held against the true ones."""

import re
from typing import Final, NamedTuple

from judge import shades
from judge.quotes import mask
from schemas.records import Mutation

_VALUE = r"(?:(?!\b(?:and|but|in the|on the|of the)\b)[^;:.,\n]|[.,](?=\d)|,(?= ?[#\d])){1,120}?"
_END = r"(?=$|[;:)\n]|[.,](?!\d)|, (?!#)| \((?!#|rgb)| (?:and|but|in|on|at|of|as|for|with|which|while|making)\b)"
_LEAD = r"(?:about |around |roughly |approximately |a |an |the )?"
_FORMS: Final = tuple(
    re.compile(source)
    for source in (
        rf"\bfrom {_LEAD}(?P<gone>{_VALUE})(?: at [\w ]{{1,20}})? (?:to|into) {_LEAD}(?P<came>{_VALUE}){_END}",
        rf"(?:\b(?:is|are|now|became|becomes|uses?|has|have|shows?|at|to|it)\b|[:(]) ?(?:now )?{_LEAD}"
        rf"(?P<came>{_VALUE})(?: at [\w ]{{1,20}})? (?:instead of|rather than) {_LEAD}(?P<gone>{_VALUE}){_END}",
        rf"\b(?:was|were) {_LEAD}(?P<gone>.{{1,160}}?), (?:(?:and|but) )?(?:it )?(?:is|are|now)"
        rf"(?: now)? {_LEAD}(?P<came>.{{1,160}}?)(?=\)?\.?\)?$|; |, )",
        rf"\b(?:is|are) now {_LEAD}(?P<came>{_VALUE}(?: and {_VALUE})?); (?:it|they|before,? (?:it|they)) (?:was|were)"
        rf" {_LEAD}(?P<gone>{_VALUE}(?: and {_VALUE})?){_END}",
        r"(?:^|[ (])(?P<gone>[#\w.%-]+) (?:became|→|->|=>) (?P<came>[#\w.%-]+)(?=[ ).,;]|$)",
        r"\b(?P<gone>solid|dashed|dotted|double)\b[^;.]*\bbecame (?P<came>solid|dashed|dotted|double)\b",
    )
)
_NOW = re.compile(rf"\b(?:now|became|becomes|turned|changed to) {_LEAD}(?P<came>{_VALUE}){_END}")
_STYLED = re.compile(r"\bborder (?:is |was |has )?(?:now|become|became) (solid|dashed|dotted|double)\b")
_NUMBER = re.compile(r"(?<![\w#.])-?\d+(?:\.\d+)?(?= ?(?:px|em|rem|pt|%|$|[ ,;.)]))")
_STYLES: Final = frozenset({"solid", "dashed", "dotted", "double"})
_MEASURED: Final = frozenset(
    {"font_weight", "font_size", "letter_spacing", "line_height", "opacity", "spacing", "border", "rounded"}
)
_COLOURED: Final = frozenset({"color", "gradient", "border"})


class Stated(NamedTuple):
    """Hold the value that a claim says is gone and the one that it says came."""

    gone: str
    came: str


def find_stated(masked: str) -> tuple[Stated, ...]:
    """Return the pairs of values that masked, lower-case text states."""
    return tuple(Stated(match["gone"], match["came"]) for form in _FORMS for match in form.finditer(masked))


def contradicts(claim: str, mutation: Mutation) -> bool:
    """Tell whether a claim states the true values the wrong way round, or another colour than the one that came."""
    masked = mask(claim).lower()
    stated = find_stated(masked)
    if _is_swapped_whole(masked, mutation.old_value.lower(), mutation.new_value.lower()):
        return True
    if any(_is_backwards(pair, mutation) for pair in stated):
        return True
    if mutation.direction == "restyle" and (style := _STYLED.search(masked)):
        return style[1] == mutation.old_value.lower() != mutation.new_value.lower()
    if mutation.type not in _COLOURED or (mutation.type == "border" and mutation.direction != "recolor"):
        return False
    came = [pair.came for pair in stated] or [match["came"] for match in _NOW.finditer(masked)]
    return any(shades.is_another(text, mutation.old_value, mutation.new_value) for text in came)


def _is_swapped_whole(masked: str, old: str, new: str) -> bool:
    """Tell whether a claim writes both true values out, the new one as gone and the old one as come."""
    if not old or not new or old == new:
        return False
    gone, came = re.escape(new), re.escape(old)
    return bool(
        re.search(rf"\b(?:was|were|from|instead of|rather than) {gone}(?![\w.])", masked)
        and re.search(rf"\b(?:is|are|to|now|became) {came}(?![\w.])", masked)
    )


def _is_backwards(pair: Stated, mutation: Mutation) -> bool:
    old, new = mutation.old_value.lower(), mutation.new_value.lower()
    if old and new and old != new and _is_value(pair.gone, new) and _is_value(pair.came, old):
        return True
    if mutation.type in _COLOURED and shades.are_swapped(pair.gone, pair.came, old, new):
        return True
    return mutation.type in _MEASURED and _goes_the_other_way(pair, old, new)


def _is_value(said: str, value: str) -> bool:
    words = said.strip(" ()").split()
    return said.strip() == value or (value in _STYLES and value in words)


def _goes_the_other_way(pair: Stated, old: str, new: str) -> bool:
    """Compare the way two stated numbers go with the way the true ones go; percent of opacity count alike."""
    said = [_NUMBER.findall(text) for text in pair]
    true = [_NUMBER.findall(text) for text in (old, new)]
    if any(len(numbers) != 1 for numbers in (*said, *true)):
        return False
    came, went = float(said[1][0]), float(said[0][0])
    return (came - went) * (float(true[1][0]) - float(true[0][0])) < 0


SOURCES = (*(form.pattern for form in _FORMS), _NOW.pattern, _NUMBER.pattern, *shades.SOURCES)
"""The patterns of this module and the colours it reads, for the judge's identity."""
