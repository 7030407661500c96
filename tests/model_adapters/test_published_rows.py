"""The rows of conf/model that stand for published models."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from model_adapters import ADAPTERS
from model_adapters.engines import ENGINES
from records.prompts import is_official, read_prompt

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
