"""The words that a rewording may use beside those of its template, by the template's key.

A rewording is refused for the first word that is neither here nor in its template, so what is missing here costs a
rewording, and what is here must be able to say nothing but the template's own claim.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Vocabulary(NamedTuple):
    """Hold what rewordings of one key may say."""

    says: str
    """Pattern of the claim itself, in other words; one of it must be there, and it lends its words."""
    may: str = ""
    """Further words, blanks between."""
    never: str = ""
    """Pattern of what these words could say against the truth."""


_NEUTRAL: Final = (
    "a an the of in on at to from by with and is are was were has have been be it its they them their that this which "
    "where as for now became become becomes changed went instead rather than before previously formerly used set "
    "compared made had got"
)
NEUTRAL: Final = frozenset(_NEUTRAL.split())
"""Words that claim nothing by themselves."""

_SIZE_WORDS: Final = (
    "slightly somewhat much far very considerably significantly noticeably visibly markedly substantially greatly "
    "barely hardly subtly dramatically clearly strongly quite bit little lot tad touch hair notably marginally vastly "
    "hugely almost nearly roughly about approximately exactly just completely entirely fully slight subtle small big "
    "huge tiny significant noticeable considerable dramatic"
)
SIZE_WORDS: Final = frozenset(_SIZE_WORDS.split())
"""Words for how large a change is, and for how sure it is of its numbers."""

SIDES: Final[Mapping[str, str]] = {
    "left": "left", "leftward": "left", "leftwards": "left", "right": "right", "rightward": "right",
    "rightwards": "right", "above": "up", "top": "up", "below": "down", "bottom": "down", "beneath": "down",
    "middle": "middle", "center": "middle", "centre": "middle",
}  # fmt: skip
"""Words for sides; a rewording names the template's and no other."""
WAYS: Final[Mapping[str, str]] = {
    "up": "up", "upward": "up", "upwards": "up", "higher": "up",
    "down": "down", "downward": "down", "downwards": "down", "lower": "down",
}  # fmt: skip
"""Further words for sides, where something moved."""

PARTS: Final = (
    frozenset({"background"}),
    frozenset({"text", "font", "type", "lettering", "typeface"}),
    frozenset({"border"}),
    frozenset({"gradient"}),
    frozenset({"padding"}),
    frozenset({"letters", "letter", "characters", "character", "tracking"}),
    frozenset({"lines", "line"}),
    frozenset({"corners", "corner"}),
    frozenset({"items"}),
    frozenset({"parts"}),
)
"""Words for what changed; of each group that the template names, a rewording names one, too."""

_TYPE: Final = "font weight text type lettering typeface strokes letterforms"
_SIZE: Final = "font size text type lettering sized"
_LETTERS: Final = "letters letter characters spacing spaced tracking sit stand between space"
_LINES: Final = "lines line spacing spaced height sit stand between space"
_SAYS: Final = "says said reads read say word words wording text phrase"
_COLOR: Final = "color colour shade tone turned"
_GRADIENT: Final = "background gradient runs run behind color colour colors colours stop ends end side its"
_ROW: Final = "within its width end ends edge side middle center towards toward both two between space in of"
_AT: Final = "within its end edge side"
_GAP: Final = "gap space room there"
_RADIUS: Final = "corners corner radius rounding rounded"
_UP: Final = r"larger|bigger|grew|grown|increased|greater|went up|gone up|up from|rose|risen"
_DOWN: Final = r"smaller|shrank|shrunk|decreased|reduced|went down|gone down|down from|dropped|fell|fallen"
_NO_SPACING: Final = r"^(?!.*(?:spac|apart|together|between|height|to one another|to each other)).*"
"""Letters and lines of which it isn't said that it is about the room between them."""
_NOT_BESIDE: Final = r"^(?!.*(?:above|below|beneath|left of|right of) (?:the )?ELEMENT).*"
_NOT_THE_BORDER_S: Final = (
    r"^(?!.*(?:AMOUNT (?:thick |wide |NEW )*border|border (?:of |that is |around |the |ELEMENT |PLACE |now )*AMOUNT)).*"
)
"""A border whose thickness isn't said to be its own."""
_TO_ENDS: Final = r"towards? (?:its |the |both |two )*ends?"
_CLOSER: Final = r"closer (?:together|to (?:one another|each other))"
_BECAME: Final = (
    r"changed|turned|became|has become|is now|are now|now|instead of|rather than|switched|went from|gone from"
)
_REPLACED: Final = (
    r"replaced (?:by|with)|now (?:says|reads)|became|has become|gave way to|given way to|changed (?:from|to)"
    r"|turned into|instead of|rather than|swapped for|where it (?:once |previously )?(?:said|read)"
)

VOCABULARY: Final[Mapping[str, Vocabulary]] = {
    "font_weight.increase": Vocabulary(r"bolder|heavier|thicker|more bold", _TYPE),
    "font_weight.decrease": Vocabulary(
        r"less bold|less heavy|thinner|slimmer|lighter (?:font )?weight"
        r"|weight (?:is |has become |is now |became )*lighter",
        _TYPE,
    ),
    "font_size.increase": Vocabulary(rf"{_UP}|enlarged", _SIZE),
    "font_size.decrease": Vocabulary(_DOWN, _SIZE),
    "letter_spacing.increase": Vocabulary(
        r"further apart|farther apart|wider|looser|more widely|more space|increased|grew|grown|spread out|spaced out",
        _LETTERS,
        _NO_SPACING,
    ),
    "letter_spacing.decrease": Vocabulary(
        rf"{_CLOSER}|tighter|tightened|narrower|less space|reduced|decreased|more (?:tightly|closely)",
        _LETTERS,
        _NO_SPACING,
    ),
    "line_height.increase": Vocabulary(
        r"further apart|farther apart|larger|looser|wider|greater|more space|increased|grew|grown|more widely",
        _LINES,
        _NO_SPACING,
    ),
    "line_height.decrease": Vocabulary(
        rf"{_CLOSER}|tighter|tightened|smaller|less space|reduced|decreased|shrank|shrunk"
        r"|more (?:tightly|closely)",
        _LINES,
        _NO_SPACING,
    ),
    "text.replace": Vocabulary(_REPLACED, _SAYS),
    "text.retype": Vocabulary(_REPLACED, _SAYS),
    "text.drop": Vocabulary(
        r"(?:lost|lacks|missing|dropped) (?:a|one) character|(?:a|one) character (?:is|has gone|was|has been|went)"
        r" ?(?:missing|lost|dropped|removed)?|(?:a|one) character short",
        f"{_SAYS} missing lost dropped so",
    ),
    "text.delete": Vocabulary(
        r"OLD (?:was|were|is|are|has been|have been|has|have) (?:removed|deleted|dropped|taken out|gone|missing"
        r"|disappeared)"
        r"|(?:no longer (?:contains?|includes?|has|have|says?|reads?|shows?|mentions?)|lost|dropped)"
        r"(?: the (?:words?|phrase))? OLD",
        _SAYS,
    ),
    "color.lighter": Vocabulary(r"lighter|lightened|paler", _COLOR),
    "color.darker": Vocabulary(r"darker|darkened|deeper", _COLOR),
    "color.recolor": Vocabulary(_BECAME, _COLOR),
    "opacity.decrease": Vocabulary(
        r"more transparent|semi-transparent|transparent|translucent|faded|opacity|see-through",
        "partly partially dropped fell reduced decreased lowered down shows shown opacity",
        r"NEW (?:more |less |partly |partially )*(?:transparent|translucent|see-through|faded|lower|less)",
    ),
    "gradient.reverse": Vocabulary(
        r"opposite (?:way|direction)|reversed|flipped|other way (?:round|around)",
        _GRADIENT,
    ),
    "gradient.rotate": Vocabulary(
        r"(?:another|different|new) (?:angle|direction)|turned|rotated"
        r"|(?:angle|direction) (?:has |was |has been )?changed|changed (?:its )?(?:angle|direction)",
        f"{_GRADIENT} angle direction",
    ),
    "gradient.recolor": Vocabulary(_BECAME, _GRADIENT),
    "gradient.restop": Vocabulary(_BECAME, _GRADIENT),
    "gradient.reshade": Vocabulary(_BECAME, _GRADIENT),
    "position": Vocabulary(
        r"moved|shifted|nudged|slid|pushed|sits|displaced|AMOUNT (?:further|farther|lower|higher)",
        "further farther over",
    ),
    "padding.increase": Vocabulary(rf"more|extra|wider|{_UP}", "padding inside space there"),
    "padding.decrease": Vocabulary(rf"less|narrower|{_DOWN}", "padding inside space there"),
    "margin.increase": Vocabulary(rf"more (?:space|room)|AMOUNT more|extra|wider|{_UP}|widened", _GAP, _NOT_BESIDE),
    "margin.decrease": Vocabulary(rf"less (?:space|room)|AMOUNT less|narrower|{_DOWN}|narrowed", _GAP, _NOT_BESIDE),
    "justify.start": Vocabulary(r"aligned|lined up|line up|sit", _AT),
    "justify.center": Vocabulary(r"centered|centred|in the (?:center|middle)|in its (?:center|middle)", _AT),
    "justify.end": Vocabulary(r"aligned|lined up|line up|sit", _AT),
    "justify.spread": Vocabulary(
        r"spread(?: out)?|spaced out|distributed|further apart|farther apart", f"{_ROW} over across more"
    ),
    "justify.gather": Vocabulary(_CLOSER, f"{_ROW} moved in", _TO_ENDS),
    "justify.inset": Vocabulary(
        rf"{_CLOSER}|more space at (?:both|its two|the two|its) ends and less (?:space )?between"
        r"|less space between (?:them|the items|the parts) and more at",
        f"{_ROW} moved away more less there",
        rf"less space at|more (?:space )?between|{_TO_ENDS}",
    ),
    "justify.outset": Vocabulary(
        r"out towards? its|outwards|further apart|farther apart"
        r"|less space at (?:both|its two|the two|its) ends and more (?:space )?between"
        r"|more space between (?:them|the items|the parts) and less at",
        f"{_ROW} moved out more less there",
        r"more space at|less (?:space )?between|away from",
    ),
    "border.appear": Vocabulary(
        r"now has|has now|added|appeared|gained|(?:has been|was|is now) given|acquired",
        "border around thick wide given",
        rf"ELEMENT (?:PLACE )?(?:has |was |has been |now )*(?:added|appeared)|{_NOT_THE_BORDER_S}",
    ),
    "border.vanish": Vocabulary(
        r"no longer (?:has|have) (?:a|its|any|the) border|(?:lost|has lost) (?:its|the) border"
        r"|border (?:(?:around|of|the|ELEMENT|PLACE) )*(?:is|was|has|has been) (?:gone|removed|disappeared|vanished)",
        "border around",
        r"ELEMENT (?:PLACE )?with",
    ),
    "border.increase": Vocabulary(rf"thicker|thickened|heavier|wider|{_UP}", "border around"),
    "border.decrease": Vocabulary(rf"thinner|thinned|slimmer|narrower|{_DOWN}", "border around"),
    "border.restyle": Vocabulary(_BECAME, "border around style turned switched one"),
    "border.recolor": Vocabulary(_BECAME, "border around color colour turned switched one"),
    "rounded.increase": Vocabulary(
        r"rounder|more rounded|more round|radius (?:\w+ )?(?:grew|increased)|larger (?:corner )?radius",
        f"{_RADIUS} grew increased went up",
    ),
    "rounded.decrease": Vocabulary(
        r"less rounded|less round|squarer|sharper|radius (?:\w+ )?(?:shrank|dropped|decreased|reduced|went down)"
        r"|smaller (?:corner )?radius",
        f"{_RADIUS} shrank dropped decreased reduced went down",
    ),
    "rounded.uncircle": Vocabulary(
        r"no longer (?:a circle|fully round|circular)|instead of a circle",
        f"{_RADIUS} square circle circular",
        r"(?:is|became|become|into|now) (?:now )?(?:a circle|fully round|circular)|instead of a square",
    ),
    "rounded.circle": Vocabulary(
        r"now (?:a circle|fully round|circular)|became a circle|instead of a square",
        f"{_RADIUS} square circle circular",
        r"instead of a circle|now a square",
    ),
    "rounded.unpill": Vocabulary(
        r"no longer (?:half circles|fully round)|less round|squarer",
        f"{_RADIUS} ends",
        r"(?:now|are) (?:half circles|fully round)",
    ),
    "rounded.pill": Vocabulary(r"now (?:half circles|fully round)", f"{_RADIUS} ends"),
    "rounded.square": Vocabulary(
        r"(?:now|are|became|become|now has|now have|has|have) square|square now|squared off"
        r"|(?:lost|has lost) (?:its|their|the) rounded|no longer round(?:ed)?",
        f"{_RADIUS} square",
    ),
}  # fmt: skip
"""One entry for each key of TEMPLATES."""
