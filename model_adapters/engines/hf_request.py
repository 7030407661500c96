"""A chat request in transformers' terms: the rendered prompt with its images, and a batch of such prompts."""

import importlib
import io
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from schemas.errors import RequestRejected
from schemas.protocols import ImagePart, Sampling, TextPart

if TYPE_CHECKING:
    import torch

    from model_adapters.engines.hf_start import Loaded

UNREADABLE: Final[tuple[type[Exception], ...]] = (
    ValueError, TypeError, KeyError, IndexError, OSError, RuntimeError,
    importlib.import_module("jinja2").TemplateError,  # has no types, and is there wherever transformers renders
)  # fmt: skip
"""What a prompt breaks on the way in: its images, the chat template, the processor."""


@dataclass(slots=True, eq=False)
class Prepared:
    """One prompt as tensors on the CPU, a batch of one, and how its reply is drawn."""

    tensors: "Mapping[str, torch.Tensor]"
    length: int
    num_image_tokens: int | None
    sampling: Sampling
    budget: int
    """Most tokens of the reply: what is asked for, or what the context leaves."""
    is_wanted: bool = True

    @property
    def shape(self) -> Hashable:
        """Return the names of all tensors, and the sizes of those that aren't padded."""
        return tuple(
            (name, () if is_sequence(tensor, self.length) else tuple(tensor.shape[1:]))
            for name, tensor in sorted(self.tensors.items())
        )


def decode(part: TextPart | ImagePart) -> dict[str, Any]:
    """Return a piece of the user turn as chat templates take it; images as RGB, transparency over white."""
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    from PIL import Image

    image: Image.Image = Image.open(io.BytesIO(part.data))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return {"type": "image", "image": image.convert("RGB")}


def prepare(
    loaded: "Loaded", content: Sequence[dict[str, Any]], sampling: Sampling, template_args: Mapping[str, object]
) -> Prepared:
    """Render one user turn, text and images in their order; RequestRejected where it leaves no room for a reply."""
    tensors = render(loaded, content, sampling.reasoning_effort, template_args)
    length = int(tensors["input_ids"].shape[1])
    room = sampling.max_output_tokens if loaded.max_model_len is None else loaded.max_model_len - length
    if room < 1:
        raise RequestRejected(
            f"the prompt takes {length} tokens, and the maximum context length is {loaded.max_model_len}"
        )
    token = loaded.image_token_id
    return Prepared(
        tensors=tensors,
        length=length,
        num_image_tokens=None if token is None else int((tensors["input_ids"] == token).sum()),
        sampling=sampling,
        budget=min(sampling.max_output_tokens, room),
    )


def render(
    loaded: "Loaded", content: Sequence[dict[str, Any]], effort: str | None, template_args: Mapping[str, object]
) -> "dict[str, torch.Tensor]":
    """Put a user turn through chat template, tokenizer and image processor."""
    args: dict[str, Any] = {"add_generation_prompt": True, **template_args}
    if effort is not None:
        args["reasoning_effort"] = effort
    if not loaded.takes_images:
        if any(part["type"] == "image" for part in content):
            raise ValueError("this model takes no images")
        turns: list[Any] = [{"role": "user", "content": "\n".join(part["text"] for part in content)}]
    else:
        turns = [{"role": "user", "content": list(content)}]
    encoded = loaded.processor.apply_chat_template(turns, tokenize=True, return_dict=True, return_tensors="pt", **args)
    return dict(encoded)


def is_sequence(tensor: "torch.Tensor", length: int) -> bool:
    """Tell whether a tensor runs along the prompt, and is padded in a batch."""
    return tensor.ndim == 2 and tuple(tensor.shape) == (1, length)


def collate(batch: Sequence[Prepared], pad_token_id: int) -> "dict[str, torch.Tensor]":
    """Join prompts of one shape: what runs along the prompt is padded on the left, the rest is strung together."""
    import torch

    longest = max(one.length for one in batch)
    joined = {}
    for name, first in batch[0].tensors.items():
        rows = [one.tensors[name] for one in batch]
        if is_sequence(first, batch[0].length):
            fill = pad_token_id if name == "input_ids" else 0
            rows = [torch.nn.functional.pad(row, (longest - row.shape[1], 0), value=fill) for row in rows]
        joined[name] = torch.cat(rows)
    return joined
