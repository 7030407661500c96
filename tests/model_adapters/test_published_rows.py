"""The rows of conf/model that stand for published models."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from model_adapters import ADAPTERS
from model_adapters.engines import ENGINES
from model_adapters.engines.vllm import VllmConfig
from model_adapters.vlm_chat import VlmChatConfig
from records.prompts import is_official, read_prompt
from schemas.errors import ConfigError

CONF = Path(__file__).parents[2] / "conf"
PUBLISHED = {
    "gemini-3.1-pro": 32_768, "kimi-k2.5": 32_768, "gemini-3-flash": 32_768, "claude-opus-4-7": 16_384,
    "gpt-5.4": 16_384, "qwen3.5-vl-397b": 32_768, "qwen3-vl-235b-thinking": 32_768, "glm-4.6v-flash": 32_768,
    "glm-4.6v": 32_768, "qwen3-vl-30b-instruct": 16_384, "qwen3-vl-30b-thinking": 32_768,
    "qwen3-vl-235b-instruct": 16_384, "internvl3.5-30b-a3b": 16_384,
}  # fmt: skip
"""The benchmark's 13 names, and the output budget that each is asked with."""


def read_row(name: str) -> dict[str, Any]:
    rows = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((CONF / "model").glob("*.yaml"))]
    (row,) = [row for row in rows if row["name"] == name]
    return dict(row)


OPEN_WEIGHTS = {
    "kimi-k2.5": ("moonshotai/", 1000e9 * 0.6), "qwen3.5-vl-397b": ("Qwen/", 397e9 * 2),
    "qwen3-vl-235b-thinking": ("Qwen/", 235e9 * 2), "qwen3-vl-235b-instruct": ("Qwen/", 235e9 * 2),
    "qwen3-vl-30b-instruct": ("Qwen/", 30e9 * 2), "qwen3-vl-30b-thinking": ("Qwen/", 30e9 * 2),
    "glm-4.6v": ("zai-org/", 106e9 * 2), "glm-4.6v-flash": ("zai-org/", 9e9 * 2),
    "internvl3.5-30b-a3b": ("OpenGVLab/", 30e9 * 2),
}  # fmt: skip
"""The rows with weights: who publishes them, and how many bytes they are."""
THINKING = {"kimi-k2.5", "qwen3.5-vl-397b", "qwen3-vl-235b-thinking", "qwen3-vl-30b-thinking"}
"""Those whose chat template ends with <think>."""
BOXING = {"glm-4.6v", "glm-4.6v-flash"}


@pytest.mark.parametrize("name", OPEN_WEIGHTS)
def test_a_row_with_weights_asks_for_what_holds_them(name: str) -> None:
    maker, weights_bytes = OPEN_WEIGHTS[name]
    config = ENGINES.configure(read_row(name)["engine"])
    assert isinstance(config, VllmConfig)
    needs = config.needs()
    assert config.model.startswith(maker) and config.model.count("/") == 1
    assert weights_bytes < needs.gpu_memory_gb * 1e9 < 1.3 * weights_bytes
    assert needs.num_gpus in {1, 2, 4, 8, 16}, "tensor parallelism divides heads"
    assert needs.gpu_memory_gb / needs.num_gpus <= 80 * config.gpu_memory_utilization, "more than vLLM takes of a card"
    fewer = needs.num_gpus // 2
    assert fewer == 0 or needs.gpu_memory_gb > fewer * 80, "half as many would do"
    assert config.max_model_len == PUBLISHED[name] + 8192
    assert config.max_images == 2


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_row_is_read_as_its_family_writes(name: str) -> None:
    adapter = ADAPTERS.configure(read_row(name)["adapter"])
    assert isinstance(adapter, VlmChatConfig)
    assert adapter.prompt_opens_thought == (name in THINKING)
    assert adapter.answer_marks == (("<|begin_of_box|>", "<|end_of_box|>") if name in BOXING else ())
    assert (adapter.sampling.temperature, adapter.sampling.reasoning_effort) == (0, None)
    if name in THINKING | BOXING:
        assert adapter.sampling.max_output_tokens == 32_768


def test_code_from_the_hub_runs_for_one_row_and_at_a_pinned_commit() -> None:
    configs = {name: ENGINES.configure(read_row(name)["engine"]) for name in OPEN_WEIGHTS}
    trusted = {name: config for name, config in configs.items() if getattr(config, "trust_remote_code", False)}
    assert set(trusted) == {"kimi-k2.5"}
    (config,) = trusted.values()
    assert isinstance(config, VllmConfig)
    assert config.revision is not None and re.fullmatch(r"[0-9a-f]{40}", config.revision)
    with pytest.raises(ConfigError, match="pinned revision"):
        replace(config, revision=None)


def test_the_leaderboard_holds_all_thirteen() -> None:
    sweep = yaml.safe_load((CONF / "sweep" / "leaderboard.yaml").read_text(encoding="utf-8"))
    composed = {next(iter(line.values())) for line in sweep["defaults"] if next(iter(line)).startswith("/model@")}
    names = {yaml.safe_load((CONF / "model" / f"{key}.yaml").read_text(encoding="utf-8"))["name"] for key in composed}
    assert set(PUBLISHED) <= names


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_row_builds(name: str) -> None:
    row = read_row(name)
    assert (row["name"], row["role"]) == (name, "model")
    adapter = ADAPTERS.configure(row["adapter"])
    assert adapter.identity()["sampling"]["max_output_tokens"] == PUBLISHED[name]  # type: ignore[index,call-overload]
    needs = ENGINES.configure(row["engine"]).needs()
    if row["family"] == "proprietary":
        assert needs.env_vars
        assert needs.is_priced
        assert needs.url is None
    else:
        assert 0 < needs.gpu_memory_gb <= 80 * needs.num_gpus
        assert row["engine"]["max_model_len"] > PUBLISHED[name]


def test_nine_want_gpus_and_four_want_keys() -> None:
    needs = [ENGINES.configure(read_row(name)["engine"]).needs() for name in PUBLISHED]
    assert sum(need.num_gpus > 0 for need in needs) == 9
    assert sum(bool(need.env_vars) for need in needs) == 4


def test_our_prompt_is_our_own() -> None:
    prompt = read_prompt(CONF / "prompts" / "vlm.txt")
    assert prompt.text.startswith("You get two screenshots")
    assert not is_official(prompt)
