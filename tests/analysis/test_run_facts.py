"""What a config says of a run's figures."""

import pytest

from analysis.facts import RunFacts, read_facts

LLM = {"judges": {"a": {"name": "mine", "judge": {"kind": "llm"}}}}


@pytest.mark.parametrize(
    ("prompts", "notes"),
    [
        ({"judge": {"version": "v2.0"}}, {}),
        ({"judge": {"version": "own-12345678"}}, {"mine": "unofficial prompt"}),
        ({"judge": {"version": "v1.0"}}, {"mine": "unofficial prompt"}),
        ("damaged", {"mine": "unofficial prompt"}),
    ],
)
def test_an_llm_judge_is_official_by_its_prompt(prompts: object, notes: dict[str, str]) -> None:
    assert read_facts({**LLM, "prompts_read": prompts}).notes == notes


@pytest.mark.parametrize("kind", ["rules", "similarity"])
def test_deterministic_judges_are_never_official(kind: str) -> None:
    config = {"judges": {"a": {"name": "j", "judge": {"kind": kind}}}, "prompts_read": {"judge": {"version": "v2.0"}}}
    facts = read_facts(config)
    assert facts.notes == {"j": "unofficial: deterministic, no LLM"}
    assert facts.judge_kinds == {"j": kind}


@pytest.mark.parametrize(
    ("config", "dataset"),
    [
        ({"dataset": {"kind": "embedded", "name": "embedded"}}, "embedded; generated pairs, not DiffSpot's 4,400"),
        ({"dataset": {"kind": "hub", "name": "diffspot"}}, "diffspot"),
        ({"dataset": {"kind": "hub", "name": "diffspot"}, "limit": 12}, "diffspot; a part of it by limit=12"),
        ({}, None),
    ],
)
def test_the_dataset_is_named_with_what_it_is_not(config: dict[str, object], dataset: str | None) -> None:
    assert read_facts(config).dataset == dataset


def test_configs_that_name_nothing_say_nothing() -> None:
    assert read_facts({"judges": [1], "dataset": None}) == RunFacts()
