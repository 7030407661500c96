"""What `similarity` compares answers with: phrases for every change, talk of no change, and strangers' elements.

Ours, and read by this judge alone: the oracle's wording and the vocabulary of `rules` are elsewhere.
"""

from typing import Final

CHANGES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("font_weight", "increase"): (
        "is bolder",
        "heavier font weight",
        "thicker letters",
        "text made bold",
        "strokes thicker",
    ),
    ("font_weight", "decrease"): (
        "is less bold",
        "lighter font weight",
        "thinner letters",
        "no longer bold",
        "strokes thinner",
    ),
    ("font_size", "increase"): ("is larger", "bigger", "font size increased", "has grown", "text enlarged"),
    ("font_size", "decrease"): ("is smaller", "font size decreased", "has shrunk", "text reduced in size"),
    ("letter_spacing", "increase"): (
        "letter spacing increased",
        "letters further apart",
        "wider tracking",
        "characters spread out",
        "letters spaced wider",
    ),
    ("letter_spacing", "decrease"): (
        "letter spacing decreased",
        "letters closer together",
        "tighter tracking",
        "characters squeezed",
        "letters tighter",
    ),
    ("line_height", "increase"): (
        "line height increased",
        "lines further apart",
        "more space between lines",
        "line spacing looser",
    ),
    ("line_height", "decrease"): (
        "line height decreased",
        "lines closer together",
        "less space between lines",
        "line spacing tighter",
    ),
    ("text", "replace"): (
        "text changed from",
        "now reads",
        "word replaced",
        "says instead of",
        "wording is different",
        "reads rather than",
        "label changed to",
        "changed to",
        "spelled",
    ),
    ("text", "delete"): (
        "word removed",
        "word is missing",
        "text deleted",
        "text shortened",
        "letters dropped",
        "text missing",
    ),
    ("color", "lighter"): ("color is lighter", "paler shade", "brighter", "lightened"),
    ("color", "darker"): ("color is darker", "deeper shade", "darkened", "darker"),
    ("color", "recolor"): (
        "color changed",
        "turned another color",
        "different hue",
        "is now blue",
        "is now red",
        "is now green",
        "is now orange",
        "is now yellow",
        "is now purple",
        "is now pink",
        "is now white",
        "is now black",
        "is now grey",
        "is now gray",
        "is now teal",
        "is now brown",
        "blue rather than",
        "turned green",
        "color from blue to",
    ),
    ("opacity", "decrease"): (
        "more transparent",
        "faded",
        "opacity reduced",
        "see through",
        "fainter",
        "less opaque",
        "washed out",
        "lower opacity",
    ),
    ("opacity", "increase"): ("less transparent", "more opaque", "opacity increased", "more solid", "less faded"),
    ("gradient", "reverse"): ("gradient reversed", "gradient flipped", "gradient runs the other way"),
    ("gradient", "rotate"): ("gradient rotated", "gradient angle changed", "gradient direction changed"),
    ("gradient", "recolor"): ("gradient colors changed", "gradient stops differ", "gradient fades to another color"),
    ("position", "left"): ("moved left", "shifted to the left", "further left", "nudged left"),
    ("position", "right"): ("moved right", "shifted to the right", "further right", "nudged right"),
    ("position", "up"): ("moved up", "shifted upward", "sits higher", "raised"),
    ("position", "down"): ("moved down", "shifted downward", "sits lower", "dropped"),
    ("spacing", "increase"): (
        "more padding",
        "larger margin",
        "more space around",
        "gap increased",
        "spacing increased",
        "extra room",
    ),
    ("spacing", "decrease"): (
        "less padding",
        "smaller margin",
        "less space around",
        "gap decreased",
        "spacing reduced",
        "tighter",
    ),
    ("justify", "start"): ("aligned left", "aligned to the start", "packed at the left", "left aligned"),
    ("justify", "center"): ("centered", "aligned to the center", "moved to the middle", "grouped in the center"),
    ("justify", "end"): ("aligned right", "aligned to the end", "packed at the right", "right aligned"),
    ("justify", "spread"): ("spread out", "distributed evenly", "pushed to opposite edges", "space between items"),
    ("border", "increase"): (
        "border is thicker",
        "border added",
        "wider outline",
        "border appeared",
        "now has a border",
    ),
    ("border", "decrease"): ("border is thinner", "border removed", "narrower outline", "no longer has a border"),
    ("border", "restyle"): ("border is dashed", "dotted outline", "border style changed", "border solid to dashed"),
    ("border", "recolor"): (
        "border color changed",
        "outline is another color",
        "border is darker",
        "border is lighter",
    ),
    ("rounded", "increase"): (
        "more rounded corners",
        "rounder",
        "larger corner radius",
        "softer corners",
        "pill shaped",
    ),
    ("rounded", "decrease"): (
        "less rounded corners",
        "sharper corners",
        "smaller corner radius",
        "squared corners",
        "square corners",
    ),
}
"""Phrases by operator and direction."""

VAGUE: Final = (
    "has changed",
    "looks different",
    "was modified",
    "has been altered",
    "style updated",
    "is different",
    "moved",
    "disappeared",
    "is missing",
    "has appeared",
    "was added",
    "was removed",
    "is wider",
    "is narrower",
    "is taller",
    "adjusted",
)
"""Talk of a change that fits no operator, or several."""

TALK: Final = (
    "here are the differences I noticed between the two screenshots",
    "differences found",
    "differences",
    "the following changes",
    "two regions differ",
    "comparing the two screenshots",
    "these are all the changes I could identify",
    "both images show the home page of",
    "the page shows a",
    "the page is a",
    "I went through the screenshots",
    "if something did change",
    "note to the reader",
    "the difference is in",
)
"""Talk about the comparison or the page itself, which claims nothing."""

DENIALS: Final = (
    "nothing else moved",
    "nothing was added or removed",
    "everything else lines up",
    "everything matches",
    "all match",
    "none",
    "nothing",
    "I don't see any changes",
    "cannot detect any change",
    "no difference",
    "no differences",
    "no visible differences",
    "no changes",
    "no change",
    "are identical",
    "identical",
    "look the same",
    "the same",
    "unchanged",
    "nothing changed",
    "nothing has changed",
    "cannot see any difference",
    "could not find any changes",
    "do not see any change",
    "remains unchanged",
    "stays the same",
    "indistinguishable",
    "did not change",
    "nothing differs",
    "not find any difference",
    "not notice any change",
    "does not appear to have changed",
    "no discrepancies",
    "match exactly",
)
"""Ways to say that nothing changed."""

UNSEEN: Final = (
    r"(?:\bnot|n['’]t|\bcannot|\bunable to|\bfailed to) (?:\w+ ){0,2}?(?:see|view|find|open|load|access"
    r"|identify|process)"
    r" (?:(?!differ|chang)\w+ ){0,3}?(?:images?|screenshots?|pictures?|attachments?"
    r"|shown)\b(?! (?:\w+ ){0,2}?(?:differ|chang|mov))"
    r"|\b(?:images|screenshots|pictures|attachments) (?:\w+ ){0,2}?(?:failed|not|cannot|didn['’]t|couldn['’]t"
    r"|aren['’]t)"
    r" (?:\w+ )?(?:load|open|attach|found|seen|visible|available|provided)"
    r"|\bno (?:images|screenshots|pictures|attachments) (?:\w+ ){0,2}?(?:attached|found|provided|uploaded|available)"
)
"""Pattern of talk that the images can't be seen, which denies nothing."""

ELEMENTS: Final = (
    '"Contact us" link in the footer',
    '"Subscribe" button in the newsletter form',
    'heading "Frequently asked questions"',
    'card with the heading "Starter plan"',
    "logo in the header",
    "hero image",
    "search field in the navigation",
    'paragraph beginning "Our team has been"',
    '"Privacy policy" link at the bottom',
    "first row of the price table",
    '"Read more" link below the second article',
    "banner at the top of the page",
    'badge "New" on the product card',
    "caption under the photo of the harbour",
    "copyright line in the footer",
    '"Log in" button at the top right',
)
"""Elements of no page in particular, for distractors."""
