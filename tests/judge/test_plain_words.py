"""What changed, said in plain words of several kinds, is correct; the same sentence the wrong way round is not."""

import pytest
from judge_cases import NO_DIFF, case, changed

from judge.rules import judge
from schemas.records import Truth

PARAGRAPH = 'paragraph that begins with "Cabins by the lake …"'
BUTTON = '"View details" button in the banner'


def said(truth: Truth, text: str) -> str | None:
    return judge(case(truth, text.replace("{e}", truth.mutations[0].element))).verdict


LOOSER_LINES = changed("line_height", PARAGRAPH, "increase", old="1.5em", new="1.7em")
TIGHTER_LINES = changed("line_height", PARAGRAPH, "decrease", old="1.7em", new="1.5em")
LINES_APART = (
    "The lines in the {e} are further apart.",
    "The lines of the {e} are more spread out.",
    "The text lines in the {e} have more vertical space between them.",
    "The {e} has looser line spacing.",
    "The lines of text in the {e} are spaced further apart.",
)
LINES_TOGETHER = (
    "The lines in the {e} are closer together.",
    "The lines of the {e} are tighter.",
    "The lines of text in the {e} are packed closer together.",
    "The {e} has tighter line spacing.",
)
WIDER_LETTERS = changed("letter_spacing", BUTTON, "increase", old="0em", new="0.2em")
TIGHTER_LETTERS = changed("letter_spacing", BUTTON, "decrease", old="0em", new="-0.12em")
LETTERS_APART = (
    "The letters in the {e} are spaced further apart.",
    "The letters in the {e} are more spread out.",
    "The characters in the {e} are spaced wider apart.",
    "The {e} has its letters packed less tightly.",
    "There is extra space between the characters of the {e}.",
)
LETTERS_TOGETHER = (
    "The letters in the {e} are closer together.",
    "The {e} has its letters packed more tightly.",
    "The letters in the {e} are tighter.",
    "The letters in the {e} are squeezed together.",
)
INSET = changed("justify", "navigation bar", "spread", old="space-between", new="space-evenly")
OUTSET = changed("justify", "navigation bar", "spread", old="space-evenly", new="space-between")
GATHERED = changed("justify", "navigation bar", "center", old="space-between", new="center")
MOVED_IN = (
    "The items in the {e} moved closer together, away from its two ends.",
    "In the {e}, there is now more space at both ends and less between the items.",
    "The items in the {e} moved inward, away from the edges.",
    "The gaps between the items in the {e} shrank.",
)
MOVED_OUT = (
    "The items in the {e} moved out towards its two ends.",
    "In the {e}, there is now less space at both ends and more between the items.",
    "The items in the {e} are further apart, closer to the ends.",
    "The gaps between the items in the {e} grew.",
)
TO_THE_MIDDLE = (
    "The items in the {e} moved in from its two ends, closer together.",
    "The items in the {e} are packed towards the center.",
    "The items in the {e} are now grouped in the middle.",
)
TO_A_SIDE = ("The items in the {e} are now left-aligned.", "The items in the {e} are now packed to the left.")
FADED = changed("opacity", '"Donate" button', "decrease", old="1", new="0.25")
FAINTER = ("The {e} is more transparent.", "The {e} is more see-through than before.", "The {e} looks dimmer.")
STRONGER = ("The {e} is less transparent.", "The {e} is less see-through than before.", "The {e} is more opaque.")
SAME_KIND = [
    (LOOSER_LINES, LINES_APART, LINES_TOGETHER),
    (TIGHTER_LINES, LINES_TOGETHER, LINES_APART),
    (WIDER_LETTERS, LETTERS_APART, LETTERS_TOGETHER),
    (TIGHTER_LETTERS, LETTERS_TOGETHER, LETTERS_APART),
    (INSET, MOVED_IN, MOVED_OUT),
    (OUTSET, MOVED_OUT, MOVED_IN),
    (GATHERED, TO_THE_MIDDLE, (*MOVED_OUT, *TO_A_SIDE)),
    (FADED, FAINTER, STRONGER),
]
TWINS = [
    (truth, text, verdict)
    for truth, true, wrong in SAME_KIND
    for texts, verdict in ((true, "correct"), (wrong, "partial"))
    for text in texts
]


@pytest.mark.parametrize(("truth", "text", "verdict"), TWINS)
def test_plain_words_and_their_opposites(truth: Truth, text: str, verdict: str) -> None:
    assert said(truth, text) == verdict


LAKE = "Cabins by the lake know where the locals swim."
CUT = changed("text", PARAGRAPH, "delete", old=LAKE, new="Cabins by the lake locals swim.")
SWAPPED = changed("text", 'heading that ends in "… trust"', "replace", old="Customer trust", new="Reader trust")
TYPO = changed("text", 'heading that begins with "Show …"', "delete", old="Show only", new="Show onl")
BARE = changed("text", "button in the top bar", "replace", old="See all 12", new="Explore many 12")
TRIP = changed("text", 'heading "春の旅"', "replace", old="春の旅", new="夏の旅")
EDITS = [
    (TRIP, 'In the {e}, "春" was replaced by "夏".', "correct"),
    (TRIP, 'The {e} now reads "夏の旅".', "correct"),
    (TRIP, 'In the {e}, "夏" was replaced by "春".', "partial"),
    (TRIP, 'In the {e}, "春" was replaced by "冬".', "partial"),
    (CUT, 'In the {e}, "know where the" was removed.', "correct"),
    (CUT, 'The {e} no longer contains "know where the".', "correct"),
    (CUT, 'The words "know where the" have been dropped from the {e}.', "correct"),
    (CUT, '"know where the" is missing from the {e}.', "correct"),
    (CUT, 'The {e} lost the words "know where the".', "correct"),
    (CUT, f'The text of the {{e}} changed from "{LAKE}" to "Cabins by the lake locals swim."', "correct"),
    (CUT, 'It looks like "know where the" was cut from the {e}.', "correct"),
    (CUT, 'In the second image, the {e} is missing the word(s) "know where the".', "correct"),
    (CUT, 'The phrase "know where the" no longer appears in the {e}.', "correct"),
    (CUT, 'The phrase "know where the" now appears in the {e}.', "partial"),
    (CUT, 'In the {e}, "locals swim" was removed.', "partial"),
    (CUT, 'The {e} no longer says that "know where the" was removed.', "partial"),
    (CUT, 'The {e} no longer contains "a quiet bay".', "partial"),
    (CUT, 'The words "know where the" were added to the {e}.', "partial"),
    (CUT, 'In the {e}, "know where the" was replaced by "love that".', "partial"),
    (SWAPPED, 'The {e} now says "Reader" where it said "Customer".', "correct"),
    (SWAPPED, 'In the {e}, "Customer" was replaced by "Reader".', "correct"),
    (SWAPPED, '"Customer" became "Reader" in the {e}.', "correct"),
    (SWAPPED, 'The word "Customer" in the {e} changed to "Reader".', "correct"),
    (SWAPPED, 'The {e} says "Reader" rather than "Customer".', "correct"),
    (SWAPPED, 'The {e} went from saying "Customer" to saying "Reader".', "correct"),
    (SWAPPED, 'In the second screenshot the {e} shows "Reader" in place of "Customer".', "correct"),
    (SWAPPED, 'The wording of the {e} is different: "Reader" where the first image has "Customer".', "correct"),
    (SWAPPED, '"Customer" has been swapped for "Reader" in the {e}.', "correct"),
    (SWAPPED, 'In the first image, the {e} says "Customer", while in the second image it says "Reader".', "correct"),
    (SWAPPED, 'Before: the {e} reads "Customer trust". After: it reads "Reader trust".', "correct"),
    (SWAPPED, '- The {e}: "Customer" has become "Reader"', "correct"),
    (SWAPPED, 'In the first image, the {e} says "Reader", while in the second image it says "Customer".', "partial"),
    (SWAPPED, 'The {e} now says "Customer" where it said "Reader".', "partial"),
    (SWAPPED, 'The {e} went from saying "Reader" to saying "Customer".', "partial"),
    (SWAPPED, 'The {e} shows "Customer" in place of "Reader".', "partial"),
    (SWAPPED, 'In the {e}, "Reader" was replaced by "Customer".', "partial"),
    (SWAPPED, 'In the {e}, "Customer" was replaced by "Buyer".', "partial"),
    (SWAPPED, 'The word "Reader" in the {e} changed to "Customer".', "partial"),
    (TYPO, 'In the {e}, "only" lost a character and now reads "onl".', "correct"),
    (TYPO, 'In the {e}, a character is missing: "only" became "onl".', "correct"),
    (TYPO, 'In the {e}, a character was added: "onl" became "only".', "partial"),
    (BARE, 'The {e} now says "Explore many" where it said "See all".', "correct"),
    (BARE, 'The {e} now says "See all" where it said "Explore many".', "partial"),
    (BARE, 'The heading in the top bar now says "Explore many" where it said "See all".', "missed"),
    (CUT, "The border around the {e} is gone.", "partial"),
    (CUT, "The {e} is now less bold.", "missed"),
]


@pytest.mark.parametrize(("truth", "text", "verdict"), EDITS)
def test_words_that_went_and_came(truth: Truth, text: str, verdict: str) -> None:
    assert said(truth, text) == verdict


TOP = "linear-gradient(90deg, #b91c1c, #0f766e)"
FLIPPED = changed("gradient", BUTTON, "reverse", old=TOP, new=TOP.replace("90", "270"))
REDDER = changed("gradient", BUTTON, "recolor", old=TOP, new=TOP.replace("#b91c1c", "#fde047"))
DARKER = changed("color", "heading", "darker", old="#60a5fa", new="#1e3a8a")
INDIGO = changed("color", 'heading "Practical Microeconomics"', "recolor", old="#111827", new="#201b4d")
GREEN = changed("color", 'heading "Practical Microeconomics"', "recolor", old="#dc2626", new="#16a34a")
DASHED = changed("border", BUTTON, "restyle", old="solid", new="dashed")
THICK = changed("border", BUTTON, "increase", old="1px", new="3px")
PADDED = changed("spacing", BUTTON, "increase", old="8px", new="32px", prop="padding-top")
VALUES = [
    (FLIPPED, "The gradient behind the {e} is reversed.", "correct"),
    (FLIPPED, "The gradient direction of the {e} is flipped.", "correct"),
    (FLIPPED, "The gradient of the {e} runs in the opposite direction.", "correct"),
    (FLIPPED, "The colors of the gradient in the {e} are swapped.", "correct"),
    (FLIPPED, "The gradient of the {e} was rotated by 90 degrees.", "partial"),
    (REDDER, "The gradient of the {e} is now yellow at the left instead of red.", "correct"),
    (REDDER, "The gradient of the {e} is now red at the left instead of yellow.", "partial"),
    (REDDER, f"The gradient of the {{e}} changed (was {TOP}, is {TOP.replace('#b91c1c', '#fde047')}).", "correct"),
    (REDDER, f"The gradient of the {{e}} changed (was {TOP.replace('#b91c1c', '#fde047')}, is {TOP}).", "partial"),
    (DARKER, "The color of the {e} changed from light blue to dark blue.", "correct"),
    (DARKER, "The {e} is now a darker color: dark blue (#60a5fa instead of #1e3a8a).", "partial"),
    (INDIGO, "The {e} is now very dark indigo instead of near-black.", "correct"),
    (INDIGO, "The color of the {e} was #111827, is now #201b4d.", "correct"),
    (INDIGO, "The color of the {e} changed from #201b4d to #111827.", "partial"),
    (GREEN, "The {e} is now green.", "correct"),
    (GREEN, "The {e} is now red instead of green.", "partial"),
    (GREEN, "The color of the {e} is now purple.", "partial"),
    (GREEN, "The color of the {e} is now red.", "partial"),
    (DASHED, "The border of the {e} is now dashed instead of solid.", "correct"),
    (DASHED, "The border of the {e} is now solid instead of dashed.", "partial"),
    (DASHED, "The dashed border around the {e} became solid.", "partial"),
    (DASHED, "The {e} border is now dashed.", "correct"),
    (DASHED, "The {e} border is now solid.", "partial"),
    (THICK, "The border around the {e} grew from 1px to 3px.", "correct"),
    (THICK, "The border around the {e} grew from 3px to 1px.", "partial"),
    (THICK, "The border around the {e} shrank from 1px to 3px.", "partial"),
    (PADDED, "There is more padding at the top inside the {e}: 32px instead of 8px.", "correct"),
    (PADDED, "There is more padding at the top inside the {e}: 8px instead of 32px.", "partial"),
    (PADDED, "The padding at the top inside the {e} shrank from 8px to 32px.", "partial"),
]


@pytest.mark.parametrize(("truth", "text", "verdict"), VALUES)
def test_values_are_held_against_the_true_ones(truth: Truth, text: str, verdict: str) -> None:
    assert said(truth, text) == verdict


def test_the_first_image_in_a_section_is_no_screenshot() -> None:
    rounder = changed("rounded", 'first image in the "Ready for July?" section', "increase", old="0px", new="8px")
    assert said(rounder, "The corners of the {e} are rounder.") == "correct"
    assert said(rounder, "The corners of the {e} are squarer.") == "partial"
    assert said(rounder, 'The corners of the first button in the "Ready for July?" section are rounder.') == "missed"


@pytest.mark.parametrize("text", [text for text, *_ in ((LINES_APART[0],), (MOVED_IN[0],), (EDITS[1][1],))])
def test_plain_words_are_inventions_on_an_unchanged_pair(text: str) -> None:
    assert len(judge(case(NO_DIFF, text.replace("{e}", PARAGRAPH))).hallucinations) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Both images show a bar with items packed in a row and links pushed to the right. I see no differences.",
        'In the first image, the heading says "Trust", and in the second image it says "Trust". No differences.',
        "The page has extra space above its heading in both images; there is no change.",
    ],
)
def test_what_both_pages_look_like_is_no_claim(text: str) -> None:
    assert judge(case(NO_DIFF, text)).hallucinations == ()
