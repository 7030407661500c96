import ast
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge_cases import BREAD, CAPTION, CARD, ENDLESS, LEARN, NO_DIFF, PILL, SEEN, SIGN_UP, STORY, UNSEEN, case

from judge import similarity
from judge.similarity import MAX_ANSWER_LENGTH, SimilarityConfig, distract, judge
from schemas.records import Truth

CONFIG = SimilarityConfig()


@pytest.mark.parametrize(
    ("truth", "text", "verdict"),
    [
        (SIGN_UP, 'The "Sign Up" button is larger.', "correct"),
        (SIGN_UP, 'The "Sign Up" button is smaller.', "partial"),
        (SIGN_UP, 'The "Sign Up" button changed.', "partial"),
        (SIGN_UP, 'The "Log in" link is larger.', "missed"),
        (SIGN_UP, "There are no differences.", "missed"),
        (CAPTION, 'The caption under the "PDF Viewer" heading is bigger.', "correct"),
        (CARD, "The Steamboat Springs facts card is more transparent", "correct"),
        (PILL, "The SOHBETE BAŞLA button has sharper corners", "partial"),
        (LEARN, 'The "Learn more" link moved left.', "correct"),
        (STORY, "The letters of Our story heading are further apart.", "correct"),
    ],
)
def test_verdict_on_changed_pair(truth: Truth, text: str, verdict: str) -> None:
    assert judge(case(truth, text), CONFIG).verdict == verdict


@pytest.mark.parametrize(
    ("text", "num_invented"),
    [
        ("The two screenshots are identical.", 0),
        ("I could not find any changes.", 0),
        ('The "Buy" button is larger.', 1),
        ("They look the same, but the header is darker.", 1),
        ("Here are the differences:\n- The logo moved left.\n- The footer is darker.", 2),
    ],
)
def test_inventions_on_unchanged_pair(text: str, num_invented: int) -> None:
    assert len(judge(case(NO_DIFF, text), CONFIG).hallucinations) == num_invented


def test_inventions_beside_the_truth_are_counted() -> None:
    found = judge(case(SIGN_UP, 'The "Sign Up" button is larger.\nThe footer is darker.'), CONFIG)
    assert found.hallucinations == ("The footer is darker.",)


def test_nine_distractors_from_the_truth_alone() -> None:
    candidates = distract(SIGN_UP.mutations[0], SIGN_UP, 0)
    assert len(candidates) == len(set(candidates)) == 10
    assert candidates == distract(SIGN_UP.mutations[0], SIGN_UP, 0) != distract(SIGN_UP.mutations[0], SIGN_UP, 1)
    assert sum(candidate.is_true_element for candidate in candidates) == 6


def test_shares_no_module_with_rules() -> None:
    tree = ast.parse(Path(similarity.__file__).read_text(encoding="utf-8"))
    ours = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("judge")
    }
    assert ours == {"judge.phrases"}


def test_answers_without_english_are_unscored() -> None:
    text = "El botón de la cabecera es más grande en la segunda captura de pantalla que antes."
    assert judge(case(SIGN_UP, text), CONFIG).error_type == "not_english"
    assert judge(case(SIGN_UP, "ボタンが大きい"), CONFIG).status == "unparsed"


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=300), truth=st.sampled_from([SIGN_UP, BREAD, NO_DIFF]))
def test_never_fails_and_repeats_itself(text: str, truth: Truth) -> None:
    assert judge(case(truth, text), CONFIG) == judge(case(truth, text), CONFIG)


def test_identity_holds_every_setting() -> None:
    assert SimilarityConfig(seed=1).identity() != CONFIG.identity()
    assert SimilarityConfig(phrase_floor=0.6).identity() != CONFIG.identity()


@pytest.mark.parametrize("text", UNSEEN)
def test_images_that_could_not_be_seen_are_neither_claim_nor_denial(text: str) -> None:
    assert judge(case(NO_DIFF, text), CONFIG).hallucinations == (text,)
    assert judge(case(SIGN_UP, text), CONFIG).verdict == "missed"


@pytest.mark.parametrize("text", SEEN)
def test_denials_that_name_the_images_stay_denials(text: str) -> None:
    assert judge(case(NO_DIFF, text), CONFIG).hallucinations == ()


@pytest.mark.parametrize("truth", [SIGN_UP, NO_DIFF])
@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_endless_answers_are_judged_in_little_time(text: str, truth: Truth) -> None:
    started = time.process_time()
    assert judge(case(truth, text), CONFIG).status in ("ok", "unparsed")
    assert time.process_time() - started < 1.5


def test_what_stands_behind_the_limit_is_not_read() -> None:
    claim, filler = 'The "Sign Up" button is larger.', "There are no differences.\n".ljust(MAX_ANSWER_LENGTH)
    assert judge(case(SIGN_UP, filler + claim), CONFIG).verdict == "missed"
    assert judge(case(SIGN_UP, f"{claim}\n{filler}"), CONFIG).verdict == "correct"


@pytest.mark.parametrize("text", ["There are differences.", "Everything changed."])
def test_nothing_is_denied_without_a_word_of_denial(text: str) -> None:
    assert judge(case(NO_DIFF, text), CONFIG).hallucinations == (text,)
