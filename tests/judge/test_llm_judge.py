import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge_cases import NO_DIFF, SIGN_UP, FakeEngine, case

from judge.llm import NO_DIFF_ANSWER, LlmConfig, LlmJudge, mutations_json, render
from judge.reply import BrokenReply, parse
from schemas.errors import ConfigError, PromptError
from schemas.protocols import Prompt
from schemas.records import Judgement, Truth

TEMPLATE = 'records {gt_json} words {gt_answer} report {vlm_response} form {"mutations": []}'
PROMPT = Prompt(text=TEMPLATE, version="test", sha256="0" * 64)
GOOD = json.dumps({"mutations": [{"verdict": "correct", "vlm_match": "larger"}], "hallucinations": ["the footer"]})
CLEAN = '{"mutations": [], "hallucinations": []}'


def score(
    engine: FakeEngine, truth: Truth = SIGN_UP, text: str = "The button is larger.", **settings_: Any
) -> Judgement:
    return asyncio.run(LlmJudge(LlmConfig(**settings_), engine=engine, prompt=PROMPT).score(case(truth, text)))


def test_slots_are_filled_in_one_pass() -> None:
    text = "I saw {gt_json} and {gt_answer} and \\1 {vlm_response}"
    rendered = render(TEMPLATE, case(SIGN_UP, text))
    assert rendered == (
        f'records {mutations_json(SIGN_UP)} words {SIGN_UP.answer} report {text} form {{"mutations": []}}'
    )


def test_records_are_the_benchmarks_json() -> None:
    (record,) = json.loads(mutations_json(SIGN_UP))
    assert list(record) == ["type", "element", "property", "direction", "old_value", "new_value", "template"]
    assert mutations_json(NO_DIFF) == "[]"
    assert NO_DIFF_ANSWER in render(TEMPLATE, case(NO_DIFF, "same"))


def test_good_reply_gives_a_verdict_and_keeps_its_text() -> None:
    found = score(FakeEngine(GOOD, prompt_tokens=10, completion_tokens=5, cost_usd=0.5))
    assert (found.status, found.verdict, found.hallucinations) == ("ok", "correct", ("the footer",))
    assert (found.raw_text, found.matched_text) == (GOOD, "larger")
    assert (found.prompt_tokens, found.completion_tokens, found.cost_usd) == (10, 5, 0.5)


def test_asks_as_the_benchmark_does() -> None:
    engine = FakeEngine(GOOD)
    score(engine)
    (request,) = engine.requests
    assert request.json_schema is None
    assert (request.sampling.temperature, request.sampling.max_output_tokens) == (0.0, 16_384)
    assert request.sampling.reasoning_effort == "high"


def test_constrained_asks_for_the_schema() -> None:
    engine = FakeEngine(GOOD)
    score(engine, constrained=True)
    assert engine.requests[0].json_schema["required"] == ["mutations", "hallucinations"]


@pytest.mark.parametrize(
    ("text", "error_type"),
    [
        ("I would call it correct.", "bad_json"),
        ("", "bad_json"),
        ('{"mutations": [{"verdict": "correct"}]', "bad_json"),
        ('{"mutations": [{"verdict": "correct"}]}', "missing_key"),
        ('{"hallucinations": []}', "missing_key"),
        ('{"mutations": [{"verdict": "mostly"}], "hallucinations": []}', "bad_value"),
        ('{"mutations": [{"gt": "x"}], "hallucinations": []}', "missing_key"),
        ('{"mutations": [{"verdict": "correct"}], "hallucinations": null}', "bad_value"),
        ('{"mutations": [], "hallucinations": []}', "bad_count"),
        ('{"mutations": [{"verdict": "missed"}, {"verdict": "correct"}], "hallucinations": []}', "bad_count"),
        (f'{GOOD} or rather {{"mutations": [{{"verdict": "missed"}}], "hallucinations": []}}', "bad_json"),
    ],
)
def test_broken_reply_is_unparsed_and_keeps_its_text(text: str, error_type: str) -> None:
    found = score(FakeEngine(text, text))
    assert (found.status, found.verdict, found.error_type, found.raw_text) == ("unparsed", None, error_type, text)
    assert "p1" in str(found.error_message)


def test_lacking_hallucinations_is_never_a_true_negative() -> None:
    found = score(FakeEngine(*['{"mutations": []}'] * 2), truth=NO_DIFF, text="The logo moved.")
    assert (found.status, found.error_type) == ("unparsed", "missing_key")


def test_one_repair_sends_the_error_and_costs_add_up() -> None:
    engine = FakeEngine('{"mutations": []}', CLEAN, prompt_tokens=10, cost_usd=0.25)
    found = score(engine, truth=NO_DIFF, text="same")
    assert (found.status, found.verdict, found.hallucinations) == ("ok", None, ())
    assert (found.prompt_tokens, found.completion_tokens, found.cost_usd) == (20, None, 0.5)
    repair = engine.requests[1].parts[0].text
    assert repair.startswith(engine.requests[0].parts[0].text)
    assert "'hallucinations' is absent" in repair


def test_no_repair_where_none_is_wanted() -> None:
    engine = FakeEngine("nonsense")
    assert score(engine, repair_attempts=0).status == "unparsed"
    assert len(engine.requests) == 1


@pytest.mark.parametrize(
    "wrapping",
    [
        "```json\n{}\n```",
        "```{}```",
        "{}",
        " \n{}\n",
        '<think>Perhaps {"mutations": []}?</think>\n```json\n{}\n```',
        'A draft: {"mutations": 1}</think>\n{}',
    ],
)
def test_fence_and_leading_reasoning_are_let_pass(wrapping: str) -> None:
    reply = parse(wrapping.replace("{}", GOOD), 1)
    assert reply.mutations[0].verdict == "correct"


@pytest.mark.parametrize(
    "wrapping",
    [
        "Let me think. A first draft:\n{}\nbut I am not sure",
        "You asked for the form {}",
        "{}\nDone.",
        "```json\n{}\n```\nDone.",
        "```json\n{}\n```\n```json\n{}\n```",
        "[{}]",
        "{} {}",
        "<think>unclosed {}",
        "{}<think>later</think>",
    ],
)
def test_prose_around_the_object_is_broken_and_repaired_once(wrapping: str) -> None:
    draft = wrapping.replace("{}", GOOD)
    assert score(FakeEngine(draft, GOOD)).verdict == "correct"
    found = score(FakeEngine(draft, draft))
    assert (found.status, found.verdict, found.error_type) == ("unparsed", None, "bad_json")


@pytest.mark.parametrize(
    ("counts", "error_type"),
    [
        ({"finish_reason": "length"}, "cut_off"),
        ({"is_refusal": True}, "refusal"),
        ({"finish_reason": "content_filter"}, "refusal"),
    ],
)
def test_a_reply_cut_off_or_refused_is_no_verdict(counts: dict[str, Any], error_type: str) -> None:
    engine = FakeEngine(GOOD, GOOD, **counts)
    found = score(engine)
    assert (found.status, found.verdict, found.error_type, len(engine.requests)) == ("unparsed", None, error_type, 2)
    assert score(FakeEngine(GOOD, finish_reason="stop")).verdict == "correct"


def test_hallucinations_may_be_objects() -> None:
    reply = parse('{"mutations": [], "hallucinations": [{"description": "logo moved"}, "footer"]}', 0)
    assert reply.hallucinations == ("logo moved", "footer")


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.text(alphabet='{}[]":,mutaions hlcrv', max_size=200)))
def test_any_reply_parses_or_is_broken(text: str) -> None:
    try:
        parse(text, 1)
    except BrokenReply as error:
        assert error.error_type in ("bad_json", "missing_key", "bad_value", "bad_count")


def test_wants_engine_prompt_and_slots() -> None:
    with pytest.raises(ConfigError, match="needs an engine"):
        LlmJudge(LlmConfig(), prompt=PROMPT)
    with pytest.raises(PromptError, match="needs a prompt"):
        LlmJudge(LlmConfig(), engine=FakeEngine())
    with pytest.raises(PromptError, match="gt_answer"):
        LlmJudge(LlmConfig(), engine=FakeEngine(), prompt=Prompt(text="{gt_json}", version="x", sha256="x"))


def test_own_prompt_holds_every_slot_once() -> None:
    text = Path(__file__).parents[2].joinpath("conf/prompts/judge.txt").read_text(encoding="utf-8").split("LINE >>>")[1]
    assert [text.count(f"{{{slot}}}") for slot in ("gt_json", "gt_answer", "vlm_response")] == [1, 1, 1]
