"""Two engines that share no code read the same weights alike: transformers and vLLM, greedy, in one precision."""

import asyncio
import gc
from pathlib import Path

import polars as pl
import pytest
import vllm_cases as cases

from model_adapters.engines import tiny_model
from model_adapters.engines.hf import HfConfig, HfEngine
from model_adapters.engines.vllm import VllmEngine
from schemas.protocols import ChatReply, ChatRequest, ImagePart, Sampling, TextPart

pytestmark = [cases.needs_vllm, pytest.mark.timeout(600), pytest.mark.filterwarnings("default")]
PAIRS = Path(__file__).parents[2] / "data" / "embedded" / "pairs.parquet"


def requests(num_pairs: int) -> list[ChatRequest]:
    rows = pl.scan_parquet(PAIRS).select("user_query", "image_before", "image_after").head(num_pairs).collect()
    return [
        ChatRequest(
            parts=(TextPart(text), ImagePart(memoryview(before["bytes"])), ImagePart(memoryview(after["bytes"]))),
            sampling=Sampling(max_output_tokens=32),
        )
        for text, before, after in rows.iter_rows()
    ]


def ask(engine: HfEngine | VllmEngine, asked: list[ChatRequest]) -> list[ChatReply]:
    async def go() -> list[ChatReply]:
        await engine.start()
        try:
            return await asyncio.gather(*(engine.chat(one) for one in asked))
        finally:
            await engine.close()

    replies = asyncio.run(go())
    gc.collect()  # what vLLM leaves behind is finalized here, not at the interpreter's end
    return replies


def test_both_engines_answer_alike(tmp_path: Path) -> None:
    tiny_model.build(tmp_path)
    asked = requests(12)
    ours = ask(HfEngine(HfConfig(model=str(tmp_path), num_gpus=0, num_threads=1)), asked)
    theirs = ask(VllmEngine(cases.config(tmp_path, dtype="float32")), asked)
    for one, other in zip(ours, theirs, strict=True):
        assert (one.prompt_tokens, one.image_tokens) == (other.prompt_tokens, other.image_tokens)
        assert (one.finish_reason, one.completion_tokens) == (other.finish_reason, other.completion_tokens)
    num_alike = sum(one.text == other.text for one, other in zip(ours, theirs, strict=True))
    assert len({one.text for one in ours}) > 6, "the answers don't depend on the pair: nothing is compared"
    assert num_alike >= 11, f"{num_alike} of 12 greedy answers agree"
