"""A generation that vLLM broke off, inside the worker."""

from types import SimpleNamespace
from typing import Any

import pytest

from model_adapters.engines.vllm import VllmConfig, VllmEngine
from schemas.errors import ServerFailed


@pytest.mark.parametrize("reason", ["abort", "error"])
def test_what_vllm_broke_off_is_no_answer(reason: str) -> None:
    started: Any = SimpleNamespace(count_image_tokens=lambda output: 0, version="vllm 0", revision=None)
    answer = SimpleNamespace(text="The butt", finish_reason=reason, token_ids=[1])
    output = SimpleNamespace(outputs=[answer], prompt_token_ids=[1])
    with pytest.raises(ServerFailed, match=reason):
        VllmEngine(VllmConfig(model="org/m"))._reply(started, output)
