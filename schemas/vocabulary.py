"""The closed word lists that tables, records and configs share.

Source: the published DiffSpot columns; `VISUAL_EFFECTS` and `DIRECTIONS` are ours.
"""

from typing import Final

OPERATORS: Final = (
    "font_weight", "font_size", "letter_spacing", "line_height", "text",
    "color", "opacity", "gradient",
    "position", "spacing", "justify",
    "border", "rounded",
)  # fmt: skip

OPERATOR_FAMILY: Final = {
    **dict.fromkeys(OPERATORS[:5], "typography"),
    **dict.fromkeys(OPERATORS[5:8], "colour"),
    **dict.fromkeys(OPERATORS[8:11], "layout"),
    **dict.fromkeys(OPERATORS[11:], "shape"),
}

CHANGED_TIERS: Final = ("easy", "medium", "hard")
NO_DIFF: Final = "no_diff"
VISUAL_DIFF: Final = "visual_diff"
BENIGN: Final = "benign"
"""`task_type` of a control of our own: the images differ and nothing in the page does; no official figure counts it."""
UNLABELLED: Final = "unlabelled"
"""`task_type` of a pair of which nobody says what differs: models are asked about it, and no judge."""

DOMAINS: Final = (
    "e-commerce", "SaaS/tool", "news/media", "education", "government", "healthcare", "finance",
    "travel", "food/restaurant", "real estate", "portfolio", "corporate", "social/community",
    "entertainment", "other",
)  # fmt: skip

VISUAL_EFFECTS: Final = (
    "weight", "size", "letter_spacing", "line_spacing", "text", "color", "opacity", "gradient",
    "position", "space", "alignment", "border", "corners", "visibility", "wrapping",
)  # fmt: skip
"""What a change can look like to a person, one word each; `space` is room inside or around an element."""

DIRECT_EFFECT: Final = {
    "font_weight": "weight", "font_size": "size", "letter_spacing": "letter_spacing",
    "line_height": "line_spacing", "text": "text", "color": "color", "opacity": "opacity",
    "gradient": "gradient", "position": "position", "spacing": "space", "justify": "alignment",
    "border": "border", "rounded": "corners",
}  # fmt: skip
"""The effect that names an operator's change exactly; a pair's other `visual_effects` are secondary."""

DIRECTIONS: Final = {
    "font_weight": ("increase", "decrease"),
    "font_size": ("increase", "decrease"),
    "letter_spacing": ("increase", "decrease"),
    "line_height": ("increase", "decrease"),
    "text": ("replace", "delete"),
    "color": ("lighter", "darker", "recolor"),
    "opacity": ("increase", "decrease"),
    "gradient": ("reverse", "rotate", "recolor"),
    "position": ("left", "right", "up", "down"),
    "spacing": ("increase", "decrease"),
    "justify": ("start", "center", "end", "spread"),
    "border": ("increase", "decrease", "restyle", "recolor"),
    "rounded": ("increase", "decrease"),
}
"""What our own pairs write in a mutation's `direction`; foreign datasets may hold any string there."""

ROLES: Final = ("model", "baseline", "probe")

PREDICTION_STATUSES: Final = ("ok", "truncated", "empty", "refused", "error")
VERDICT_STATUSES: Final = ("ok", "unparsed", "no_answer", "no_prediction", "no_truth", "error")
"""`no_answer`: an answer was due and none came (wrong, not judged); `no_prediction`: the call failed
(unscored); `no_truth`: the pair is unlabelled (not judged, unscored)."""
VERDICTS_OF_A_JUDGE: Final = ("correct", "partial", "missed")
