"""Which way a change goes: read from a claim's words, or from a truth's direction, and compared."""

import re
from typing import Final

from judge.kinds import strip_places

_MORE: Final = (
    r"larger|bigger|increas\w*|more|greater|wider|taller|higher|gr(?:ew|own|ows)|enlarg\w*|expand\w*|extra"
    r"|additional|loose(?:r|ly|ned)|roomier"
    r"|apart|spread|thicker|heavier|bolder|up|longer|deeper|gain\w*|add(?:ed|s)|generous|spacious|airier"
    r"|strong(?:er)?|stretch\w*"
)
_LESS: Final = (
    r"smaller|decreas\w*|less|reduc\w*|narrower|shorter|lower\w*|tight(?:er|ly|ened)?|packed(?! loose)|denser"
    r"|densely|nearer"
    r"|closer|closely|fewer|shr[aiu]nk\w*"
    r"|thinner|slimmer|lost|loses"
    r"|lighter|compact|condensed|cramped|crowded|crammed|squeezed|together|down|dropped|halved|cut|tiny|removed"
    r"|gone|disappear\w*|missing"
)
_TIGHT = r"(?:tight\w*|close(?:ly)?|dens\w+|compact\w*|condensed|cramped|crowded|packed|squeezed)"
_MORE_TIGHT, _LESS_TIGHT = re.compile(rf"\bmore {_TIGHT}"), re.compile(rf"\bless {_TIGHT}")
_NEGATED = re.compile(r"\b(?:less|not as|not so|no longer|without|lost (?:its|their|the)) (?:\w+ )?$")
_TAKEN_AWAY = re.compile(r"\b(?:less|reduc\w*|decreas\w*|smaller|lower\w*|removed|lost|gone|dropped|tighter)\b")
_OUTCOME = re.compile(r"\b(?:to|now|is|are|became|becomes|looks?|appears?) (?:a |an |more |much |\w+ly )?$")
_UNDIRECTED: Final = frozenset({"text", "visibility", "wrapping"})
_QUALITY: Final = {
    "weight": (r"bold\w*|heav\w+|thick\w*|strong\w*", r"thin\w*|light\w*|regular|normal|slim\w*|unbold\w*"),
    "opacity": (
        r"opaque|solid|strong\w*",
        r"transparen\w+|semi-?transparent|translucen\w+|see-through|fad\w+|faint\w*|washed|dim\w*|ghost\w*"
        r"|pale\w*|light\w*",
    ),
    "corners": (
        r"round\w*|pill\w*|circular|oval|curv\w+|soft\w*",
        r"squar\w+|sharp\w*|angular|boxier|pointed"
        r"|hard\w*",
    ),
}
_GAP: Final = r"(?:gaps?|spac(?:e|es|ing)|distances?|room) between"
_NAMED: Final = {
    "color": {
        "lighter": r"lighter|brighter|paler|lighten\w*|brighten\w*|whiter|pale(?=\W*$|[.,;]| (?:now|in|and)\b)",
        "darker": r"darker|deeper|darken\w*|blacker",
    },
    "position": {
        "left": r"left(?:wards?)?", "right": r"right(?:wards?)?",
        "up": r"up(?:wards?)?|higher|raised", "down": r"down(?:wards?)?|lower|dropped",
    },
    "alignment": {
        "start": r"left|start|flush left", "end": r"right|(?<!left )(?<!left-hand )end",
        "center": r"(?<!away from its )(?<!away from the )(?:cent(?:er|re)\w*|middle)",
        "spread": r"spread|distribut\w+|justified|evenly|around|opposite|across|full width",
        "in": r"closer together|together|inwards?|less (?:space|room|distance) between|more (?:space|room) at"
              r"|(?:towards?|to|closer to|around|in|into) (?:the|its|their) (?:cent(?:er|re)|middle)"
              r"|away from (?:the|its|their|both|either)(?: two| both| outer)? (?:ends?|edges?|sides?)"
              r"|in from (?:the|its|their|both)(?: two| both| outer)? (?:ends?|edges?|sides?)"
              r"|packed(?! (?:to|at|against|on|towards?) the (?:far )?(?:left|right|start|end))|gathered|bunched"
              rf"|{_GAP} [^.;,]{{0,120}}?(?:shr[au]nk|decreas\w*|narrow\w*|smaller|less|reduced|tight\w*)|clustered"
              r"|grouped|squeezed|tighter|closer to (?:each other|one another)|and less between",
        "out": r"apart|outwards?|(?:more|extra) (?:space|room|distance) between|less (?:space|room) at|wider"
               r"|(?:(?<!in )towards?|(?<!packed )(?:out )?to|closer to|nearer to?|against) (?:the|its|their"
               r"|both|opposite)(?: two| both| outer| opposite)? (?:ends|edges|sides)"
               r"|away from (?:each other|one another|(?:the|its) (?:cent(?:er|re)|middle))|more spread"
               r"|and more between|roomier|looser|reach(?:es)? (?:the|its|both|their) (?:\w+ )?(?:ends|edges|sides)"
               rf"|{_GAP} [^.;,]{{0,120}}?(?:gr(?:ew|own)|increas\w*|widen\w*|wider|larger|bigger)",
    },
    "gradient": {
        "reverse": r"revers\w+|flip\w*|mirror\w*|invert\w*|swap\w*|opposite|other way|backwards|exchang\w+",
        "rotate": r"rotat\w+|angle|diagonal\w*|vertical\w*|horizontal\w*|degrees?|tilt\w*",
        "recolor": r"colou?rs?|darker|lighter|hues?|stops?|shades?|tint\w*",
    },
    "border": {
        "increase": r"thicker|wider|heavier|bolder|larger|increas\w*|added|appear\w*|gained|new|now has"
                    r"|stronger|got|gr(?:ew|own)|went up",
        "decrease": r"thinner|narrower|smaller|reduc\w*|decreas\w*|removed|disappear\w*|lost|no longer|gone"
                    r"|missing|slimmer|shr[au]nk\w*|went down|dropped",
        "restyle": r"dash\w*|dott?\w*|solid|double|style",
        "recolor": r"colou?r\w*|darker|lighter|brighter|paler|shade|tint\w*|red|blue|green|gr[ea]y|black|white"
                   r"|orange|yellow|purple|pink",
    },
}  # fmt: skip
"""Word patterns by kind and direction; the directions are those of schemas.vocabulary.DIRECTIONS."""

_COMPARED: Final = {
    "increase": re.compile(r"\b(?:thicker|wider|heavier|bolder|larger|stronger)\b"),
    "decrease": re.compile(r"\b(?:thinner|narrower|smaller|slimmer)\b"),
}
"""What decides where "appears", "now has" or "got" stands beside a comparative: "appears thinner" is thinner."""
_COMPILED = {
    kind: {direction: re.compile(rf"\b(?:{source})\b") for direction, source in table.items()}
    for kind, table in _NAMED.items()
}
_QUALITIES = {
    kind: tuple(re.compile(rf"(?<![\w-])(?:{source})\b") for source in pair) for kind, pair in _QUALITY.items()
}
_MORE_PATTERN, _LESS_PATTERN = re.compile(rf"\b(?:{_MORE})\b"), re.compile(rf"\b(?:{_LESS})\b")
_ALIGNMENT_AXES: Final = (frozenset({"in", "out"}), frozenset({"start", "center", "end"}))
_SPREADS: Final = ("space-between", "space-around", "space-evenly")
"""Values of `justify-content` that spread items, by the space that they leave at the two ends."""
_PLACED: Final = {
    "start": re.compile(r"start|left|normal"), "end": re.compile(r"end|right"), "center": re.compile(r"center"),
}  # fmt: skip
_NUMBERS = re.compile(
    r"\b(?:from|was) (?:about |roughly |around )?(-?\d+(?:\.\d+)?) ?(?:px|em|rem|pt|%)?"
    r" (?:to|and is now|but is now|now|in the first[^.]*?to) (?:about |roughly |around )?(-?\d+(?:\.\d+)?)"
)
_EARLIER = re.compile(
    r"\b(?:in|on) (?:the )?(?:first|before|original|earlier|old|initial) (?:image|screenshot|version|picture|one"
    r"|page)\b"
    r"|\bimage (?:a|1|one)\b|\bscreenshot (?:a|1|one)\b|\bpreviously\b|\bused to be\b|\bbefore the change\b"
)
_LATER = re.compile(
    r"\b(?:second|after|image (?:b|2|two)|screenshot (?:b|2|two)|now|new|later|became|becomes"
    r"|than (?:in )?(?:the )?(?:first|before|it))\b"
)
_FORMER = re.compile(
    r"\b(?:used to|previously|originally|instead of|rather than|no longer|(?:in|on) (?:the )?(?:first|before|original"
    r"|earlier|old)(?: (?:image|screenshot|version|picture|one|page))?)\b[^.;,]*"
)
"""How items stood before, where a claim tells both."""
_OPPOSITE: Final = {
    "increase": "decrease", "decrease": "increase", "lighter": "darker", "darker": "lighter",
    "left": "right", "right": "left", "up": "down", "down": "up",
}  # fmt: skip


def find_directions(kind: str, part: str, claim: str) -> frozenset[str]:
    """Return the directions a claim gives to a kind of change; empty where it gives none or both ways.

    part: the parts of the claim that name the kind; the whole claim is read where they say nothing.
    Both masked and lower case.
    """
    if kind == "alignment":
        return _read(kind, _FORMER.sub(" ", part)) or _read(kind, _FORMER.sub(" ", claim)) or _read(kind, claim)
    whole = strip_places(claim)
    found = _read(kind, "" if kind == "gradient" else strip_places(part)) or _read(kind, whole)
    if _EARLIER.search(claim) and not _LATER.search(claim):
        return frozenset(_OPPOSITE.get(direction, direction) for direction in found)
    return found


def agree(said: frozenset[str], true: frozenset[str]) -> bool:
    """Tell whether directions said and true have one in common; items that move in don't also move out."""
    return bool(said & true) and not any(
        said & axis and true & axis and not said & true & axis for axis in _ALIGNMENT_AXES
    )


def arranged(old: str, new: str) -> frozenset[str]:
    """Return the directions in which items go between two values of `justify-content`; empty where it isn't known."""
    if old in _SPREADS and new in _SPREADS:
        return frozenset({"spread", "in" if _SPREADS.index(new) > _SPREADS.index(old) else "out"})
    if new in _SPREADS:
        return frozenset({"spread", "out"})
    found = frozenset(place for place, pattern in _PLACED.items() if pattern.search(new))
    return found | {"in"} if found and old in _SPREADS else found


def _read(kind: str, text: str) -> frozenset[str]:
    if kind in _COMPILED:
        found = frozenset(direction for direction, pattern in _COMPILED[kind].items() if pattern.search(text))
        return _settle(found, text) if kind == "border" else found
    if kind in _UNDIRECTED:
        return frozenset()
    said = (_read_quality(kind, text) if kind in _QUALITIES else frozenset()) or _read_amount(text)
    return said or _read_numbers(text)


def _read_numbers(text: str) -> frozenset[str]:
    """Read numbers only where no word says a direction; `judge.values` holds them against the true ones."""
    numbers = _NUMBERS.search(text)
    if numbers is None or float(numbers[1]) == float(numbers[2]):
        return frozenset()
    return frozenset({"increase" if float(numbers[2]) > float(numbers[1]) else "decrease"})


def _settle(found: frozenset[str], text: str) -> frozenset[str]:
    """Keep the direction that a comparative states, where both were found."""
    stated = {direction for direction, pattern in _COMPARED.items() if pattern.search(text)}
    return found - set(_COMPARED) | stated if set(_COMPARED) <= found and len(stated) == 1 else found


def _read_amount(text: str) -> frozenset[str]:
    text = _LESS_TIGHT.sub("looser", _MORE_TIGHT.sub("tighter", text))
    is_more, is_less = bool(_MORE_PATTERN.search(text)), bool(_LESS_PATTERN.search(text))
    if is_more == is_less:
        return frozenset()
    return frozenset({"increase" if is_more else "decrease"})


def _read_quality(kind: str, text: str) -> frozenset[str]:
    """Read "less bold" and "no longer rounded" against the quality, "rounding is reduced" against its amount."""
    signs = [(match.start(), sign) for sign, pattern in zip((1, -1), _QUALITIES[kind], strict=True)
             for match in pattern.finditer(text)]  # fmt: skip
    signs = [(place, -sign if _NEGATED.search(text, 0, place) else sign) for place, sign in signs]
    is_negated = any(_NEGATED.search(text, 0, place) for place, _ in signs)
    if {sign for _, sign in signs} == {1} and not is_negated and _TAKEN_AWAY.search(text):
        return frozenset({"decrease"})
    if len({sign for _, sign in signs}) > 1:
        signs = [(place, sign) for place, sign in signs if _OUTCOME.search(text, 0, place)]
    found = {sign for _, sign in signs}
    return frozenset({"increase" if found == {1} else "decrease"}) if len(found) == 1 else frozenset()


SOURCES = (
    _MORE, _LESS, _NEGATED.pattern, _TAKEN_AWAY.pattern, _OUTCOME.pattern,
    *(source for pair in _QUALITY.values() for source in pair),
    *(source for table in _NAMED.values() for source in table.values()),
    *(pattern.pattern for pattern in _COMPARED.values()), _TIGHT, *_SPREADS, _FORMER.pattern,
)  # fmt: skip
"""The patterns of this module, for the judge's identity."""
