import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge_cases import (
    BREAD,
    CAPTION,
    CARD,
    CONTACT,
    ENDLESS,
    HERO,
    LEARN,
    NO_DIFF,
    PILL,
    PLANS,
    SEARCH,
    SEEN,
    SIGN_UP,
    STORY,
    UNSEEN,
    case,
    changed,
)

from judge.claims import MAX_ANSWER_LENGTH, read
from judge.rules import RulesConfig, judge
from schemas.records import Box, Truth

CHANGED = [
    (SIGN_UP, 'The "Sign Up" button is larger.', "correct", 0),
    (SIGN_UP, 'The "Sign Up" button is smaller.', "partial", 0),
    (SIGN_UP, "The Sign Up button in the top right has grown a bit.", "correct", 0),
    (SIGN_UP, 'The "Log in" button is larger.', "missed", 1),
    (SIGN_UP, "The button at the top right seems bigger", "correct", 0),
    (SIGN_UP, '- The "Sign Up" button changed colour from blue to green.', "missed", 0),
    (SIGN_UP, "Something about the Sign up button is different.", "partial", 0),
    (
        SIGN_UP,
        'The text size of the "Sign up" button went from 14px to 18px, and the footer links are darker.',
        "correct",
        1,
    ),
    (SIGN_UP, "No differences.", "missed", 0),
    (
        SIGN_UP,
        "1. **Sign Up button**:\n   - What changed: size\n   - Direction: larger\n2. **Hero image**: moved down",
        "correct",
        1,
    ),
    (SIGN_UP, 'In the first screenshot the "Sign Up" button is larger.', "partial", 0),
    (SIGN_UP, "A region at box [1095, 18, 130, 44] px is larger", "correct", 0),
    (SIGN_UP, "A region at box [1095, 18, 130, 44] px changed", "partial", 0),
    (SIGN_UP, "A region at box [1000, 18, 60, 44] px is larger", "missed", 0),
    (SIGN_UP, "A region at box [10, 500, 130, 44] px is larger", "missed", 1),
    (SIGN_UP, 'The "Sign Up" button might be larger. Overall, the button is what changed.', "correct", 0),
    (CAPTION, 'The text below the "PDF Viewer" title got bigger.', "correct", 0),
    (CAPTION, "The caption under PDF Viewer is larger", "correct", 0),
    (CAPTION, 'The "PDF Viewer" heading is larger.', "missed", 0),
    (CARD, 'The card titled "Interesting Facts About Steamboat..." is more transparent', "correct", 0),
    (CARD, "The Steamboat Springs facts card is less opaque now", "correct", 0),
    (CARD, "The Steamboat Springs facts card is lighter", "partial", 0),
    (CARD, "The Interesting Facts card disappeared", "missed", 0),
    (PILL, 'The "SOHBETE BASLA" button has more rounded corners.', "correct", 0),
    (PILL, "The SOHBETE BAŞLA button has sharper corners", "partial", 0),
    (PILL, "The SOHBETE BAŞLA button has a larger corner radius", "correct", 0),
    (
        BREAD,
        'The heading now reads "Fresh pastry, every morning" instead of "Fresh bread, every morning".',
        "correct",
        0,
    ),
    (BREAD, 'In the headline, the word "bread" was replaced with "pastry".', "correct", 0),
    (BREAD, 'The heading changed from "Fresh bread, every morning" to "Fresh coffee, every morning".', "partial", 0),
    (HERO, "The hero title is darker", "correct", 0),
    (HERO, "The hero title is lighter", "partial", 0),
    (LEARN, 'The "Learn more" link moved slightly to the left.', "correct", 0),
    (LEARN, 'The "Learn more" link in the Alpine Tour card shifted right.', "partial", 0),
    (LEARN, 'The heading in the "Alpine Tour" card shifted left.', "missed", 0),
    (CONTACT, "There is more padding above the Contact section.", "correct", 0),
    (CONTACT, "The contact section is taller", "partial", 0),
    (SEARCH, "The border of the search box is dashed rather than solid.", "correct", 0),
    (PLANS, 'The buttons below "Plans" are now centered.', "correct", 0),
    (STORY, 'The letters of "Our story" are further apart.', "correct", 0),
    (STORY, '"Our story" has tighter tracking', "partial", 0),
]


@pytest.mark.parametrize(
    ("truth", "text", "verdict", "num_invented"), CHANGED, ids=[text[:60] for _, text, _, _ in CHANGED]
)
def test_verdict_on_changed_pair(truth: Truth, text: str, verdict: str, num_invented: int) -> None:
    found = judge(case(truth, text))
    assert (found.status, found.verdict, len(found.hallucinations)) == ("ok", verdict, num_invented)


@pytest.mark.parametrize(
    ("text", "num_invented"),
    [
        ("There are no visible differences between the two.", 0),
        ("I could not spot any changes; both screenshots appear the same.", 0),
        ("- Header: same\n- Footer: identical\n\nSo nothing changed.", 0),
        ("| Part | Before | After |\n|---|---|---|\n| Logo | blue | blue |", 0),
        ("The header is darker.", 1),
        ('I think the "Buy" button may be slightly larger.', 1),
        ('They look the same, except that the "Buy" button is larger.', 1),
        ("- The logo moved.\n- The footer is darker.", 2),
        ("| Part | Before | After |\n|---|---|---|\n| Logo | blue | green |", 1),
        ("Sorry, I am not able to help with that.", 1),
    ],
)
def test_inventions_on_unchanged_pair(text: str, num_invented: int) -> None:
    found = judge(case(NO_DIFF, text))
    assert found.status == "ok"
    assert found.verdict is None
    assert len(found.hallucinations) == num_invented


def test_says_what_it_matched_by() -> None:
    texts = {
        "quote": 'The "Sign Up" button is larger.',
        "words": "The sign up button is larger.",
        "place": "The button in the header is larger.",
        "box": "The element in box [1100, 20, 120, 40] px is larger.",
    }
    assert {how: judge(case(SIGN_UP, text)).matched_by for how, text in texts.items()} == {how: how for how in texts}


def test_box_needs_a_third_of_the_union() -> None:
    truth = changed("color", "x", "darker", box=Box(0, 0, 100, 100))
    assert judge(case(truth, "box [0, 0, 100, 33] px is darker")).matched_by == "box"
    assert judge(case(truth, "box [0, 0, 100, 29] px is darker")).matched_by is None


def test_secondary_effects_of_the_pair_come_before_the_defaults() -> None:
    told = changed("font_weight", '"Sign Up" button', "increase", effects=("weight", "position"))
    untold = changed("font_weight", '"Sign Up" button', "increase")
    text = 'The "Sign Up" button moved right.'
    assert judge(case(told, text)).verdict == "partial"
    assert judge(case(untold, text)).verdict == "missed"


def test_direction_in_a_foreign_datasets_words() -> None:
    truth = changed("font_weight", '"Sign Up" button', "from normal, now bolder")
    assert judge(case(truth, 'The "Sign Up" button is bolder.')).verdict == "correct"
    assert judge(case(truth, 'The "Sign Up" button is less bold.')).verdict == "partial"


@pytest.mark.parametrize(
    "text",
    [
        "El botón «Sign Up» es más grande en la segunda captura.",
        "「Sign Up」ボタンが大きくなりました。",
        "Der Button „Sign Up“ ist jetzt größer und nicht mehr blau.",
    ],
)
def test_other_languages_are_unscored(text: str) -> None:
    found = judge(case(SIGN_UP, text))
    assert (found.status, found.error_type, found.verdict) == ("unparsed", "not_english", None)


@pytest.mark.parametrize(
    "text",
    ['The "立即购买 今すぐ購入する 지금 구매하기" button is larger.', "The SOHBETE BAŞLA button has rounder corners"],
)
def test_foreign_page_text_in_an_english_answer_is_scored(text: str) -> None:
    assert judge(case(PILL, text)).status == "ok"


def test_empty_answer_is_unscored() -> None:
    assert judge(case(NO_DIFF, "  \n")).error_type == "empty_answer"


def test_claims_keep_nested_bullets_and_drop_denials() -> None:
    reading = read(
        "Here is what I found:\n- Header: unchanged\n- **Logo**\n  - Change: moved left\n\nNothing else changed."
    )
    assert reading.claims == ("Logo; Change: moved left",)
    assert reading.is_denial


VOCABULARY = (
    'the "Sign Up" button is larger no difference - \n and but | box [1, 2, 3, 4] px header “ » 「 {gt_json} ** # 1.'
)
WORDS = st.sampled_from(VOCABULARY.split(" "))
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map(" ".join))


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, truth=st.sampled_from([SIGN_UP, CAPTION, BREAD, PLANS, NO_DIFF]))
def test_never_fails_and_repeats_itself(text: str, truth: Truth) -> None:
    first = judge(case(truth, text))
    assert first == judge(case(truth, text))
    assert first.status in ("ok", "unparsed")
    assert (first.verdict is None) == (truth.is_no_diff or first.status == "unparsed")


def test_long_answers_are_judged_whole() -> None:
    text = "\n".join(
        f'- The "Item {number}" button in the header is larger and bolder, moved left by 4 px.' for number in range(200)
    )
    assert len(judge(case(SIGN_UP, text)).hallucinations) >= 200


def test_identity_holds_the_tables() -> None:
    identity = RulesConfig().identity()
    assert identity["kind"] == "rules"
    assert len(str(identity["tables"])) == 64


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("The border of the search field in the header appears thinner.", "partial"),
        ("The search field in the header now has a thinner border.", "partial"),
        ("The border of the search field in the header got thicker.", "correct"),
        ("A border appeared around the search field in the header.", "correct"),
    ],
)
def test_a_comparative_decides_beside_appears_and_now_has(text: str, verdict: str) -> None:
    thicker = changed("border", "search field in the header", "increase", old="1px", new="5px")
    assert judge(case(thicker, text)).verdict == verdict


@pytest.mark.parametrize("text", UNSEEN)
def test_images_that_could_not_be_seen_are_neither_claim_nor_denial(text: str) -> None:
    assert judge(case(NO_DIFF, text)).hallucinations == (text,)
    found = judge(case(SIGN_UP, text))
    assert (found.verdict, found.hallucinations) == ("missed", ())


@pytest.mark.parametrize("text", SEEN)
def test_denials_that_name_the_images_stay_denials(text: str) -> None:
    assert judge(case(NO_DIFF, text)).hallucinations == ()


def test_a_claim_beside_what_could_not_be_seen_is_kept() -> None:
    text = 'I cannot see the screenshots well, but the "Sign Up" button is larger.'
    assert judge(case(SIGN_UP, text)).verdict == "correct"
    assert judge(case(SIGN_UP, 'I can\'t open the images. The "Sign Up" button is larger.')).verdict == "correct"


@pytest.mark.parametrize("truth", [SIGN_UP, NO_DIFF])
@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_endless_answers_are_judged_in_little_time(text: str, truth: Truth) -> None:
    started = time.process_time()
    assert judge(case(truth, text)).status in ("ok", "unparsed")
    assert time.process_time() - started < 1.5


def test_what_stands_behind_the_limit_is_not_read() -> None:
    claim, filler = 'The "Sign Up" button is larger.', "There are no differences.\n".ljust(MAX_ANSWER_LENGTH)
    assert judge(case(SIGN_UP, filler + claim)).verdict == "missed"
    assert judge(case(SIGN_UP, f"{claim}\n{filler}")).verdict == "correct"


@pytest.mark.parametrize(
    "text",
    [
        'The "Sign in" button grew; no other differences were found.',
        '- The "Sign in" button is now red; everything else is the same.',
        "The logo, which is otherwise identical, is now bigger.",
        'The "Sign in" button is larger and no other differences were found.',
    ],
)
def test_a_denial_of_all_else_erases_no_claim(text: str) -> None:
    assert len(judge(case(NO_DIFF, text)).hallucinations) == 1


@pytest.mark.parametrize("text", ["Header; stays the same", "- Logo colour; unchanged; no other differences"])
def test_denials_joined_by_semicolons_stay_denials(text: str) -> None:
    assert judge(case(NO_DIFF, text)).hallucinations == ()


def test_a_list_of_the_whole_page_names_no_element() -> None:
    quotes = ", ".join(f'"Text {number}"' for number in range(4))
    assert judge(case(SIGN_UP, f'- {quotes}, "Sign Up": larger')).verdict == "missed"
    assert judge(case(SIGN_UP, f'- {quotes[:-10]}, "Sign Up" are larger')).verdict == "correct"


def test_a_claim_of_every_kind_is_partial_at_most() -> None:
    some = 'The "Sign Up" button is larger, bolder, darker and has rounder corners'
    assert judge(case(SIGN_UP, f"{some}.")).verdict == "correct"
    assert judge(case(SIGN_UP, f"{some}, more padding, wider letter spacing, moved left.")).verdict == "partial"
