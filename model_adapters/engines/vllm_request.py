"""A chat request in vLLM's terms: the rendered prompt with its images, the sampling parameters."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from schemas.protocols import ChatRequest, ImagePart, TextPart

if TYPE_CHECKING:
    from vllm import SamplingParams

    from model_adapters.engines.vllm_start import Started


async def render(started: "Started", request: ChatRequest, template_args: Mapping[str, object]) -> Any:  # noqa: ANN401
    """Return the engine's input for one user turn: text and images in their order, through the chat template.

    Images are decoded in threads; vLLM runs template, tokenizer and image processor in threads of its own.
    """
    from vllm.renderers.params import ChatParams

    loop = asyncio.get_running_loop()
    content = await asyncio.gather(*(_part(loop, started, part) for part in request.parts))
    args: dict[str, Any] = {"add_generation_prompt": True, **template_args}
    if request.sampling.reasoning_effort is not None:
        args["reasoning_effort"] = request.sampling.reasoning_effort
    turns: list[Any] = [{"role": "user", "content": content}]
    params = ChatParams(chat_template_kwargs=args)
    _, prompts = await started.engine.renderer.render_chat_async([turns], params, started.tokenize_params)
    return prompts[0]


async def _part(loop: asyncio.AbstractEventLoop, started: "Started", part: TextPart | ImagePart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    return await loop.run_in_executor(started.decoders, _decode, part)


def _decode(part: ImagePart) -> dict[str, Any]:
    """Decode as vLLM's server does; the stored bytes' digest spares vLLM a hash over the pixels."""
    from vllm.multimodal.media import ImageMediaIO

    stored = bytes(part.data)
    return {
        "type": "image_pil",
        "image_pil": ImageMediaIO().load_bytes(stored).media,
        "uuid": hashlib.sha256(stored).hexdigest(),
    }


def sampling_params(started: "Started", request: ChatRequest, num_prompt_tokens: int) -> "SamplingParams":
    """Return vLLM's sampling parameters: what is asked for over the model's own defaults, as its server does."""
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

    sampling = request.sampling
    room = started.max_model_len - num_prompt_tokens
    asked: dict[str, Any] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
        "max_tokens": max(1, min(sampling.max_output_tokens, room)),
    }
    if request.json_schema is not None:
        asked["structured_outputs"] = StructuredOutputsParams(json=dict(request.json_schema))
    if started.writes_harmony:
        asked["skip_special_tokens"] = False  # they alone tell its channels apart
    chosen = {name: value for name, value in asked.items() if value is not None}
    return SamplingParams(**{**started.sampling_defaults, **chosen}, output_kind=RequestOutputKind.FINAL_ONLY)
