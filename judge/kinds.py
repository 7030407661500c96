"""Which kinds of change a claim names, and in which direction. Reads masked, lower-case text only."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from judge.quotes import BLANK

_WITHIN: Final = r"(?:(?!(?:and|but|while|which)\b)[^\s,;.]+ +){0,14}?"
"""Words between a thing and what is said of it; not past the clause."""
_ITEMS: Final = (
    r"(?:items?|contents|elements|parts|children|links|buttons|tabs|entries|columns|cards|icons|options|controls"
    r"|things)"
)
_WORDS: Final = r"(?:the |its |an? |words? |word\(s\) |text |phrases? |letters? |characters? |[:\"] ?){0,4}"

NOUNS: Final = {
    "letter_spacing": r"letter[- ]?spac\w*|character[- ]spac\w*|tracking|kerning|inter-?letter\w*"
    r"|(?:space|spaces|spacing|gaps?|distance|room) between (?:the |its |each |individual |all )*(?:letters?"
    r"|characters?|glyphs?)"
    rf"|(?:letters?|characters?|glyphs?|lettering) {_WITHIN}(?:apart|closer|spread|tighter|tightly|tightened"
    rf"|nearer|wider"
    r"|spaced|looser|loosely|loosened|together|cramped|squeezed|crammed|stretched|packed|condensed|denser"
    r"|(?:space|spacing|room|distance) between)",
    "line_spacing": r"line[- ]?(?:height|spac\w*)|leading|interline\w*"
    r"|(?:space|spacing|gaps?|distance|room|separation) between (?:[\w']+ ){0,3}?(?:lines|rows of text)"
    rf"|(?:lines|rows) (?:of (?:text|type) )?{_WITHIN}(?:apart|closer|nearer|tighter|tightly|tightened|spaced"
    rf"|looser|loosely"
    r"|loosened|together|spread|packed|squeezed|cramped|denser|(?:space|spacing|room|distance) between)",
    "wrapping": r"(?:re-?)?wrap\w*|line[- ]breaks?|truncat\w+|breaks? (?:differently|onto|over|into)"
    r"|(?:on|onto|into|over|across|up|occup\w+|fits?|takes?|spans?) (?:one|two|three|four|five|a single|several"
    r"|more|fewer"
    r"|\d+|an extra|another|a (?:second|third|fourth|new)) lines?",
    "corners": r"corner(?:s|-radius)?|round(?:ed|er|ness|ing)|(?:border[- ])?radi(?:us|i)|pill[- ]shape\w*|pill"
               r"|squar(?:e|ed|er|ish)"
    r"|boxier|angular|circular|oval|curv(?:ed|ier|ature)|shape",
    "gradient": r"gradients?|colou?r (?:blend|transition|fade)|blend\w*|fad(?:es|ed|ing) (?:in)?to\b"
    r"|(?:the|its|colou?r) fade(?= (?:is|has|was|now|runs|goes))",
    "opacity": r"opaci\w+|opaque|(?:semi-?)?transparen\w+|translucen\w+|see-through|fad(?:ed|es|ing)|faint\w*"
               r"|washed[- ]out"
    r"|dim(?:mer|med)|ghosted|ghostly|alpha",
    "weight": r"font[- ]?weight\w*|weight|(?:un|semi-?|extra-?)?bold\w*|heavier|boldness"
    r"|(?:thick(?:er)?|thin(?:ner)?|light(?:er)?) (?:text|font|letters|lettering|type|strokes|typeface|weight)"
    r"|(?:strokes|letters|lettering|letterforms|typeface|glyphs) (?:[^\s,;.]+ ){0,5}?(?:thinner|thicker|finer"
    r"|heavier|slimmer)"
    r"|set (?:\w+ ){0,2}?(?:lighter|heavier)",
    "border": r"border\w*|outlin\w+|stroke|frame|dashe[ds]|dash|dotted|dots"
    r"|(?:line|frame|ring|edge) (?:around|that (?:frames|surrounds))|underline\w*",
    "size": r"(?:font|text|type)?[- ]?siz(?:e|es|ed|ing)|point size",
    "color": r"(?:re-?|dis)?colou?r\w*|hues?|shades?|tint\w*|saturat\w+|(?:turn(?:ed|s)?|became|becomes|now|is"
             r"|are|looks?|rather than|instead of|to"
             r"|from|of|into|more|slightly)"
    r" (?:a |an |the )?(?:(?:much|very|dark|light|bright|pale|deep|near|off|lighter|darker)[- ]){0,3}(?:red"
    r"|orange|yellow|green|teal"
    r"|blue|indigo|purple"
    r"|violet|pink|gr[ea]y|black|white|brown|navy|beige|cyan|magenta|amber|gold|turquoise|lime"
    r"|fuchsia|rose|maroon|crimson|slate|charcoal|lavender|silver|cream|tan|olive|mint|emerald|coral|sky)(?:ish|er)?",
    "space": r"padding\w*|margins?|(?:white ?)?spacing|white ?space|gaps?|breathing room|elbow room|(?:blank"
             r"|empty) (?:strip|area|band)"
    r"|(?:space|room|distance) (?:\w+ ){0,2}?(?:between|around|above|below|beneath|under|inside|within|on|at"
    r"|before|after|to|in)"
    r"|(?:more|less|extra|additional|added|empty|blank|reduced) (?:\w+ )?(?:space|room)|inset",
    "alignment": r"(?:left|right|cent(?:er|re))-(?:align|justif)\w+|(?:re-?|mis)?align\w*|justif\w+|cent(?:er"
                 r"|r)ed|distribut\w+|spread (?:out|apart|across|evenly|over)"
    r"|evenly spaced|bunched|flush|pushed to (?:the )?(?:opposite|either|both)",
    "text": r"(?:now |previously )?reads?\b|re-?word\w*|wording|(?:mis-?)?spell\w*|misspelt|typos?|renamed"
            r"|relabel\w*|rewritten"
    r"|text (?:content|string|itself)|text (?:has |was |is |been )*(?:chang\w+|differ\w*|edit\w+|swap\w+"
    r"|replac\w+|updat\w+|alter\w+|shorten\w+)"
    r"|says|said|(?:words?|letters?|characters?|phrases?) (?:is |was |are |were |has |have |been )*(?:missing"
    r"|removed|dropped|changed|deleted|"
    r"replaced|swapped|added|gone|different|omitted)|(?:missing|different|another|dropped|extra|new) (?:words?"
    r"|letters?|characters?)"
    r"|replaced (?:by|with)|substitut\w+"
    rf"|{BLANK}+,? (?:→|->|=>|became|becomes|instead of|rather than|to|into|replaces|replaced|changed to|is now"
    rf"|was) {BLANK}+"
    rf"|(?:from|was|instead of|rather than) {BLANK}+|(?:changed|changes) to {BLANK}+",
    "visibility": r"disappear\w*|vanish\w*|gone|missing|removed|hidden|invisible|no longer (?:visible|there"
                  r"|present|shown|displayed)"
    r"|(?:has|have|newly) appeared|appeared|absent|not (?:visible|present)|(?:is|was|been) added",
    "position": r"mov(?:e|ed|es|ing)|shift\w*|(?:re)?position\w*|relocat\w+|displac\w+|nudg\w+|offset|sli(?:d"
                r"|des|ding)|translat\w+"
    r"|pushed|raised|location|placement|(?:left|right|up|down)wards?"
    r"|(?:further|farther|more|px|pixels|bit|slightly|little) (?:to the )?(?:left|right|up|down|higher|lower)"
    r"|(?:sits?|sitting|placed|is now|are now|now) (?:\w+ )?(?:lower|higher)|dropped (?:down|by)|to the (?:left"
    r"|right) by",
}  # fmt: skip
"""Words that name a kind of change outright, the most specific kind first: what one kind takes, no later kind reads."""

COMPARATIVES: Final = {
    "size": r"larger|bigger|smaller|zoomed|enlarge\w*|shr[aiu]nk\w*|gr(?:ew|own|ows)|taller|shorter|wider|narrower"
            r"|scaled|magnif\w+"
    r"|expanded|stretched|compact",
    "weight": r"thicker|thinner|slimmer",
    "color": r"darker|lighter|warmer|cooler|brighter|paler|duller|deeper|(?:more|less) (?:vivid|muted|intense)"
             r"|darken\w*"
             r"|lighten\w*|brighten\w*",
    "space": r"tighter|roomier|looser|closer (?:together|to)|(?:further|farther) apart|more spaced|cramped|crowded",
    "position": r"higher|lower",
}  # fmt: skip
"""Adjectives that name a kind only where no noun in the same part of the claim takes them as its measure."""

_ALSO: Final = {
    "text": re.compile(
        rf"\b(?:no longer (?:contains?|says?|reads?|has|have|includes?|shows?|displays?|mentions?)|los(?:t|es|ing)"
        rf"|lacks?|lacking|missing|misses|without|omit(?:s|ted|ting)?|dropp?(?:s|ed|ing)|removed|deleted|in place of"
        rf"|now (?:also )?(?:contains?|includes?|shows?|displays?)|(?:from|to) (?:saying|reading|showing)"
        rf"|(?:swapped|exchanged|traded) for) {_WORDS}{BLANK}"
        rf"|(?:(?:^|[,;:(]|\b(?:that|like|where|since|now)) *{_WORDS}|\b(?:words?|phrases?|letters?|characters?):? )"
        rf"{BLANK}+ (?:(?:in|from|of|on|at) {_WITHIN})?"
        rf"(?:(?:is|are|was|were|has|have|had|been|got|now|simply|also|both) )*"
        rf"(?:removed|dropped|deleted|missing|gone|omitted|absent|cut|left out|taken out|erased|replaced|swapped|added"
        rf"|inserted|appears?|no longer (?:there|present|included|shown|appears?)|(?:is now|now reads|became|(?:has "
        rf"|have )?become|changed to) {_WORDS}{BLANK})"
    ),
    "alignment": re.compile(
        rf"\b{_ITEMS} {_WITHIN}(?:closer|together|apart|inwards?|outwards?|packed|gathered|clustered|grouped|bunched"
        rf"|squeezed|spread|spaced|pushed|aligned"
        rf"|(?:moved|shifted|pulled) (?:to|towards?) the (?:far )?(?:left|right))\b"
        rf"|\b(?:towards?|away from|in from|to|at|near|nearer|closer to|against|reach(?:es)?)"
        rf" (?:(?:the|its|their|two|both|either|each|row's|bar's|outer|left|right) ?){{1,3}}"
        rf"(?:ends?|edges|sides|cent(?:er|re)|middle)\b"
        rf"|\bbetween (?:the |its |each |all )*{_ITEMS}\b"
    ),
}
"""Ways to name a kind that take nothing from the others: the same words may tell another change as well."""

_VAGUE = re.compile(
    r"\b(?:chang\w*|differ\w*|updat\w+|modif\w+|alter\w*|adjust\w*|not the same|edit\w*|styl\w+|looks? off"
    r"|tweak\w*|affected|var(?:ies|ied))\b"
    r"|\b(?:is|are|does|do|was|were) not\W*$"
)
_MARKS = re.compile(
    r"\b(?:chang\w*|differ\w*|updat\w+|modif\w+|alter\w*|adjust\w*|now|became|becomes?|turn\w*|has been"
    r"|have been|was|were|instead|in place of|(?:extra|additional) (?:space|room|spacing) between"
    r"|rather than|no longer|moved|shift\w*|increas\w*|decreas\w*|reduc\w*|more|less|fewer|new|missing|gone"
    r"|gr(?:ew|own)|shr[au]nk\w*"
    r"|lost|gained|removed|added|replaced|delet\w+|dropped|omitted|lacks|revers\w+|flipp\w+|mirror\w*|inverted"
    r"|rotated|swapped|(?:opposite|other) (?:way|direction)|omits|packed (?:closer|tight\w*|towards?|more)"
    r"|squeezed|tightened|loosened|gathered"
    r"|got|gets|appear(?:s|ed)|disappear\w*|vanish\w*|compared|than|not the same"
    r"|went|from|used to|to sit|faded|seems?|looks?|not as|zoomed|(?:bold|heavi|thick|thinn?|slimm|fine|bigg"
    r"|small|larg"
    r"|tall|short|wid|narrow"
    r"|long|tight|loos|clos|furth|farth|high|low|dark|light|bright|pal|deep|dull|faint|dimm|round|sharp|soft"
    r"|squar|boxi|curvi|strong"
    r"|weak|warm|cool|dens|near|rooms?i|airi|great)er)\b|→|->|=>|\b(?:is|are|does|do|was|were) not\W*$"
)
_PLACE_PHRASES = re.compile(
    r"\b(?:top|upper|bottom|lower|far|right|left)[- ](?:left|right)(?:[- ]hand)?(?: corner| side)?\b"
    r"|\bcorner of the (?:page|screen)\b"
    r"|\b(?:in|on|at|along) the (?:far )?(?:left|right|top|bottom)(?:[- ]hand)?(?: side| column| edge| part"
    r"| half)?\b|\b(?:left|right)[- ]hand\b"
    r"|\b(?:left|right|lower|upper|higher)(?:most)? (?:column|sidebar|panel|card|nav|image|picture|screenshot"
    r"|half|part|section)\b"
    r"|\b(?:to )?the (?:left|right) of\b|\bat the (?:top|bottom)\b"
)
_PARTS = re.compile(r"[,;:.()]|\band\b|\bwith\b|\bwhich\b|\bbut\b|\bmaking\b|\bso\b|\bwhile\b")
_NOUN_PATTERNS = {kind: re.compile(rf"(?<![\w-])(?:{source})(?!\w)") for kind, source in NOUNS.items()}
_COMPARATIVE_PATTERNS = {kind: re.compile(rf"\b(?:{source})\b") for kind, source in COMPARATIVES.items()}
_LONG_QUOTES = re.compile(rf"({BLANK}[{BLANK} ]{{400}})[{BLANK} ]+")
"""Quotes without a word between them: the patterns' time on them grows with the square of their length."""
_TAKEN = "\u00b7"


class Kinds(NamedTuple):
    """Hold the kinds a claim names, each with the parts of the claim that name it."""

    parts: dict[str, str]
    is_vague: bool


@lru_cache(maxsize=4096)
def find_kinds(masked: str) -> Kinds:
    """Return the kinds that masked, lower-case text names; `is_vague` where it only says that something changed."""
    text = strip_places(_LONG_QUOTES.sub(r"\1", masked))
    nouns, rest = _find_nouns(text)
    found: dict[str, str] = {}
    for start, end in _part_spans(text):
        kinds = [kind for kind, places in nouns.items() if any(start <= place < end for place in places)]
        kinds = kinds or [kind for kind, pattern in _COMPARATIVE_PATTERNS.items() if pattern.search(rest, start, end)]
        for kind in kinds:
            found[kind] = f"{found.get(kind, '')} {text[start:end]}".strip()
    for kind, pattern in _ALSO.items():
        if kind not in found and pattern.search(masked):
            found[kind] = ""
    return Kinds(_with_border_owning_its_looks(found, text), bool(_VAGUE.search(text)))


def has_change_mark(masked: str) -> bool:
    """Tell whether masked, lower-case text compares two states at all (a description of a page doesn't)."""
    return bool(_MARKS.search(masked))


def strip_places(masked: str) -> str:
    """Return the text, same length, without the phrases in which left, right, lower and corner say where, not what."""
    return _PLACE_PHRASES.sub(lambda match: " " * len(match[0]), masked)


def _find_nouns(text: str) -> tuple[dict[str, list[int]], str]:
    nouns: dict[str, list[int]] = {}
    for kind, pattern in _NOUN_PATTERNS.items():
        spans = [match.span() for match in pattern.finditer(text)]
        for start, end in spans:
            text = text[:start] + _TAKEN * (end - start) + text[end:]
        if spans:
            nouns[kind] = [start for start, _ in spans]
    return nouns, text


def _part_spans(text: str) -> list[tuple[int, int]]:
    cuts = [match.start() for match in _PARTS.finditer(text)]
    return list(zip([0, *cuts], [*cuts, len(text)], strict=True))


def _with_border_owning_its_looks(found: dict[str, str], text: str) -> dict[str, str]:
    if "border" in found and not re.search(r"\b(?:background|text|fill|button itself)\b", text):
        return {kind: part for kind, part in found.items() if kind not in ("color", "size", "weight")}
    return found


SOURCES = (*(pattern.pattern for pattern in _ALSO.values()), _MARKS.pattern, _VAGUE.pattern)
"""The patterns of this module beside its tables, for the judge's identity."""
