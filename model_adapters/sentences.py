"""Findings in plain, hedged English: one bullet each, with a place and a box."""

from collections.abc import Mapping, Sequence
from typing import Final

from model_adapters.findings import Finding
from model_adapters.places import name_place, write_box

NO_DIFFERENCE: Final = "No differences found: the two screenshots are the same."

_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "weight": {
        "increase": "the text appears bolder, in a heavier font weight",
        "decrease": "the text appears less bold, in a lighter font weight",
    },
    "size": {
        "increase": "the text appears larger, in a bigger font size",
        "decrease": "the text appears smaller, in a reduced font size",
    },
    "letter_spacing": {
        "increase": "the letter spacing appears wider",
        "decrease": "the letter spacing appears tighter",
    },
    "line_spacing": {
        "increase": "the line height appears larger, with lines of text further apart",
        "decrease": "the line height appears smaller, with lines of text closer together",
    },
    "text": {
        "": "the text content appears to have changed, with other letters or words",
        "delete": "some text or a small item appears to be there in only one of the two screenshots",
    },
    "color": {
        "lighter": "the colour appears lighter",
        "darker": "the colour appears darker",
        "recolor": "the colour appears to be a different hue",
        "": "the colour appears to have changed",
    },
    "opacity": {
        "increase": "the element appears more opaque, less faded into its background",
        "decrease": "the element appears more transparent, faded into its background",
    },
    "gradient": {
        "reverse": "the background gradient appears to run in reverse",
        "rotate": "the background gradient appears to run at another angle",
        "recolor": "the background gradient appears to have different colours",
    },
    "position": {
        "left": "the element appears to have moved left",
        "right": "the element appears to have moved right",
        "up": "the element appears to have moved up",
        "down": "the element appears to have moved down",
    },
    "space": {
        "increase": "the padding or margin appears larger, which pushes content away",
        "decrease": "the padding or margin appears smaller, which pulls content closer",
        "": "the padding or margin appears to have changed",
    },
    "alignment": {
        "start": "the items appear to be aligned differently, now toward the start of their row",
        "end": "the items appear to be aligned differently, now toward the end of their row",
        "center": "the items appear to be aligned differently, now centred in their row",
        "spread": "the items appear to be aligned differently, now spread over their row",
        "": "the items appear to be aligned differently in their row",
    },
    "border": {
        "increase": "the border appears thicker",
        "decrease": "the border appears thinner",
        "restyle": "the border appears to have another line style",
        "recolor": "the border appears to have another colour",
    },
    "corners": {
        "increase": "the corners appear more rounded",
        "decrease": "the corners appear less rounded",
    },
    "": {"": "something looks different, of a kind that the pixels alone don't show"},
}


def say_findings(findings: Sequence[Finding], width: int, height: int) -> str:
    """Write one bullet per finding, or a denial where there is none; sizes in px of the page."""
    if not findings:
        return NO_DIFFERENCE
    return "\n".join(_bullet(finding, width, height) for finding in findings)


def _bullet(finding: Finding, width: int, height: int) -> str:
    place = name_place(finding.box, width, height)
    return f"- In the {place} area of the page, {write_box(finding.box)}: {_say(finding)}."


def _say(finding: Finding) -> str:
    phrases = _SAID[finding.effect]
    phrase = phrases.get(finding.direction or "") or phrases.get("") or next(iter(phrases.values()))
    if finding.effect == "color" and finding.old_colour != finding.new_colour:
        return f"{phrase} (from {finding.old_colour} to {finding.new_colour})"
    if finding.distance_px and finding.effect in ("position", "space"):
        return f"{phrase} (by about {finding.distance_px} px)"
    return phrase
