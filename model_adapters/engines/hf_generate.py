"""One batch through a transformers model: each row with its own budget, temperature and random numbers.

A row's draws depend on its own seed alone, never on its place in the batch or on who shares it.
"""

import gc
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from transformers import LogitsProcessor, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from model_adapters.engines.batcher import is_out_of_memory
from model_adapters.engines.hf_request import Prepared, collate
from schemas.errors import CallError, RequestRejected, WorkerDied

if TYPE_CHECKING:
    from model_adapters.engines.hf_start import Loaded, SamplingDefaults

_LOST = ("CUDA error", "device-side assert", "HIP error")
_drawn_without_seed = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """One row's reply."""

    text: str
    finish_reason: str
    prompt_tokens: int
    image_tokens: int | None
    completion_tokens: int


def generate(loaded: "Loaded", batch: Sequence[Prepared]) -> list[Generated]:
    """Run a batch to its end; raises what transformers and torch raise."""
    inputs = {
        name: tensor.to(loaded.device, loaded.dtype if tensor.is_floating_point() else None)
        for name, tensor in collate(batch, loaded.pad_token_id).items()
    }
    with torch.inference_mode():
        output = loaded.model.generate(
            **inputs,
            max_new_tokens=max(one.budget for one in batch),
            logits_processor=LogitsProcessorList([_Draw(loaded, batch)]),
            stopping_criteria=StoppingCriteriaList([_OwnBudget(batch)]),
        )
    start = inputs["input_ids"].shape[1]
    rows: list[list[int]] = output[:, start:].tolist()
    return [_read(loaded, one, row) for one, row in zip(batch, rows, strict=True)]


def _read(loaded: "Loaded", asked: Prepared, row: list[int]) -> Generated:
    """Cut a row where it ended: at its first end token, which counts as vLLM counts it, or at its budget."""
    ends = [place for place, token in enumerate(row[: asked.budget]) if token in loaded.end_token_ids]
    tokens = row[: ends[0] + 1] if ends else row[: asked.budget]
    return Generated(
        text=loaded.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False),
        finish_reason="stop" if ends else "length",
        prompt_tokens=asked.length,
        image_tokens=asked.num_image_tokens,
        completion_tokens=len(tokens),
    )


class _OwnBudget(StoppingCriteria):  # type: ignore[misc]
    """End each row at its own budget, and at once where nobody waits for it any more."""

    def __init__(self, batch: Sequence[Prepared]) -> None:
        self._batch = batch
        self._num_done = 0

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:  # noqa: ARG002
        self._num_done += 1
        ended = [self._num_done >= one.budget or not one.is_wanted for one in self._batch]
        return torch.tensor(ended, device=input_ids.device)


class _Draw(LogitsProcessor):  # type: ignore[misc]
    """Leave greedy rows as they are; give a drawn row one token with the largest score, chosen with its own seed."""

    def __init__(self, loaded: "Loaded", batch: Sequence[Prepared]) -> None:
        self._batch = batch
        self._defaults = loaded.defaults
        self._generators = [_generator(one, loaded.seed) for one in batch]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        for row, (asked, generator) in enumerate(zip(self._batch, self._generators, strict=True)):
            if generator is not None:
                scores[row] = _keyed(scores[row], asked, self._defaults, generator)
        return scores


def _generator(asked: Prepared, engine_seed: int) -> torch.Generator | None:
    if asked.sampling.temperature == 0:
        return None
    seed = asked.sampling.seed
    if seed is None:
        seed = engine_seed + next(_drawn_without_seed)
    return torch.Generator().manual_seed(seed)


def _keyed(
    scores: torch.Tensor, asked: Prepared, defaults: "SamplingDefaults", generator: torch.Generator
) -> torch.Tensor:
    """Return log-probabilities plus Gumbel noise: the largest is a draw (Gumbel 1954, the exponential race)."""
    probabilities = torch.softmax(scores.float() / asked.sampling.temperature, dim=-1)
    top_p = defaults.top_p if asked.sampling.top_p is None else asked.sampling.top_p
    kept = _keep(probabilities, top_p, defaults.top_k, defaults.min_p)
    noise = torch.empty(len(scores)).exponential_(generator=generator).to(scores.device)
    return torch.where(kept, probabilities.log() - noise.log(), -torch.inf).to(scores.dtype)


def _keep(probabilities: torch.Tensor, top_p: float | None, top_k: int | None, min_p: float | None) -> torch.Tensor:
    """Return which tokens may be drawn: the most likely ones that make up `top_p`, at most `top_k`, none below."""
    ordered, places = probabilities.sort(descending=True)
    kept = torch.ones_like(ordered, dtype=torch.bool)
    if top_p is not None:
        kept &= ordered.cumsum(-1) - ordered < top_p
    if top_k:
        kept[top_k:] = False
    if min_p is not None:
        kept &= ordered >= min_p * ordered[0]
    kept[0] = True
    return torch.zeros_like(kept).scatter(0, places, kept)


def relieve() -> None:
    """Give back what a pass, or the model, has left in memory."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def to_call_error(model: str, error: BaseException) -> CallError:
    """Say what a failed pass means for a request that ran in it alone."""
    said = f"{type(error).__name__}: {' '.join(str(error).split())[:400]}"
    if is_out_of_memory(error):
        return RequestRejected(
            f"{model}: the memory holds no batch of one such request: lower max_pixels or max_output_tokens ({said})"
        )
    if any(sign in said for sign in _LOST):
        return WorkerDied(f"{model}: the GPU is lost to this process: {said}")
    return RequestRejected(f"{model}: {said}")
