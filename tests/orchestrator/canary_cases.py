"""Endpoints that are sick in one way each, and sweeps over them in this process."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import sweep_cases as cases
from PIL import Image

from model_adapters.canary_images import WORDS, draw_word
from model_adapters.engines.scripted_replies import Asked, RawReply
from orchestrator.canary import QUESTION
from orchestrator.config import read_sweep
from orchestrator.door import compose
from orchestrator.sweep import run_sweep
from schemas.tables import PAIRS

WORD_OF = {hashlib.sha256(draw_word(word)).hexdigest(): word for words in WORDS for word in words}
LARGE_PX = (1200, 900)
NUM_PAIRS = 24


def large_png(color: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", LARGE_PX, color).save(buffer, "PNG")
    return buffer.getvalue()


LARGE = {hashlib.sha256(large_png(color)).hexdigest(): color for color in ("navy", "red")}


def write_dataset(path: Path) -> Path:
    """Write small pairs, among them a large one: the eighth."""
    rows = [cases.pair_row(number) for number in range(NUM_PAIRS)]
    rows[7] |= {
        f"image_{side}": {"bytes": large_png(color), "path": None}
        for side, color in (("before", "navy"), ("after", "red"))
    }
    pl.DataFrame({name: [row.get(name) for row in rows] for name in PAIRS}, schema=PAIRS).write_parquet(path)
    return path


@dataclass
class Endpoint:
    """Answer rightly, but for what is told otherwise; remember what was asked, canary or not."""

    read: Callable[[list[str]], str | RawReply] = lambda words: f"first={words[0]} second={words[1]}"
    say: Callable[[Asked], str | RawReply] = lambda asked: "- The box is red."
    tokens_per_image: int | None = 1_000
    """None: no usage is reported."""
    max_images: int = 2
    """Further ones are dropped."""
    min_images: int = 0
    canary: list[Asked] = field(default_factory=list)
    pairs: list[Asked] = field(default_factory=list)

    def __call__(self, asked: Asked) -> str | RawReply:
        if len(asked.images) < self.min_images:
            return RawReply(status=400, body=b'{"error": {"message": "two images are needed"}}')
        is_question = asked.text == QUESTION
        is_canary = is_question or any(image in WORD_OF for image in asked.images)
        (self.canary if is_canary else self.pairs).append(asked)
        words = [WORD_OF[image] for image in asked.images if image in WORD_OF]
        said = (self.read(words) if len(words) == 2 else "") if is_question else self.say(asked)
        if isinstance(said, RawReply):
            return said
        if self.tokens_per_image is None:
            return completion(asked, said, None)
        return completion(asked, said, self.tokens_per_image * min(len(asked.images), self.max_images))


def completion(asked: Asked, text: str, image_tokens: int | None) -> RawReply:
    usage = None
    if image_tokens is not None:
        prompt_tokens = len(asked.text.split()) + image_tokens
        usage = {"prompt_tokens": prompt_tokens, "completion_tokens": len(text.split())}
    body: dict[str, Any] = {
        "model": "scripted",
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": usage,
    }
    return RawReply(body=json.dumps(body).encode())


def sweep(base_url: str, dataset: Path, runs: Path, *more: str) -> int:
    """Run two rows, one of them at the endpoint, in this process; return the exit status."""
    engine = f"{{kind:openai,base_url:'{base_url}',model:scripted,timeout_s:10,max_in_flight:4}}"
    words = (
        "dataset=parquet",
        f"dataset.path={dataset}",
        f"runs={runs}",
        "cluster=inline",
        f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine}}}",
        "+model@models.none=always_no_diff",
        "+judge@judges.rules=rules",
        *more,
    )
    composed = compose(words)
    return run_sweep(read_sweep(composed, words), composed, words)
