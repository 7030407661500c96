"""On a benign control nothing was changed: every judge takes any claim as an invention, and a denial as right."""

import asyncio
import json

import pytest
from judge_cases import NO_DIFF, FakeEngine, case

from judge.llm import LlmConfig, LlmJudge
from judge.rules import judge as by_rules
from judge.scripted import Scripted, ScriptedConfig
from judge.similarity import SimilarityConfig
from judge.similarity import judge as by_similarity
from schemas.protocols import Prompt
from schemas.records import Judgement, Truth

BENIGN = Truth(task_type="benign", answer="")
DENIAL = "There are no differences: the two screenshots are identical."
CLAIM = 'The "Sign Up" button in the header is larger.'
PROMPT = Prompt(text="{gt_json} {gt_answer} {vlm_response}", version="test", sha256="0" * 64)


@pytest.mark.parametrize("text", [DENIAL, CLAIM, "I cannot see the images you mention."])
def test_the_deterministic_judges_judge_as_on_an_unchanged_pair(text: str) -> None:
    assert by_rules(case(BENIGN, text)) == by_rules(case(NO_DIFF, text))
    similarity = [by_similarity(case(truth, text), SimilarityConfig()) for truth in (BENIGN, NO_DIFF)]
    assert similarity[0] == similarity[1]


def test_a_claim_is_an_alarm_and_a_denial_is_not() -> None:
    for found in (by_rules(case(BENIGN, CLAIM)), by_similarity(case(BENIGN, CLAIM), SimilarityConfig())):
        assert (found.verdict, len(found.hallucinations)) == (None, 1)
    for found in (by_rules(case(BENIGN, DENIAL)), by_similarity(case(BENIGN, DENIAL), SimilarityConfig())):
        assert (found.verdict, found.hallucinations) == (None, ())


def test_a_language_model_is_told_that_nothing_was_altered() -> None:
    engine = FakeEngine(json.dumps({"mutations": [], "hallucinations": [CLAIM]}))
    judge = LlmJudge(LlmConfig(), engine=engine, prompt=PROMPT)
    found: Judgement = asyncio.run(judge.score(case(BENIGN, CLAIM)))
    assert (found.status, found.verdict, found.hallucinations) == ("ok", None, (CLAIM,))
    asked = engine.requests[0].parts[0]
    assert "nothing was altered" in getattr(asked, "text", "")


def test_the_scripted_judge_plays_its_outcomes_of_unchanged_pairs() -> None:
    judge = Scripted(ScriptedConfig(outcomes={"p1": "hallucination"}))
    found = asyncio.run(judge.score(case(BENIGN, CLAIM)))
    assert (found.verdict, len(found.hallucinations)) == (None, 1)
