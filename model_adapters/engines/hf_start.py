"""Load a model with transformers; say in one line why one can't be loaded."""

import asyncio
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from model_adapters.engines.own_weights import check_beforehand, loaded_revision
from model_adapters.engines.vllm_start import REASONS
from schemas.errors import EngineStartFailed

if TYPE_CHECKING:
    import torch

    from model_adapters.engines.hf import HfConfig

_SCREENSHOT: Final = (1280, 800)
"""Size of the benchmark's images, pixels."""
_LONGEST_SIDE: Final = 16_384
"""A `size` above this counts pixels of the whole image, not along its side."""
_UNSUPPORTED: Final = r"does not recognize this architecture|Unrecognized|requires the following|ImportError|peft"
"""What transformers says, besides `REASONS`, of what it or this environment can't run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingDefaults:
    """Hold what the model's own generation_config.json says of drawn replies."""

    top_p: float | None
    top_k: int | None
    min_p: float | None


@dataclass(slots=True, kw_only=True)
class Loaded:
    """Hold a model in memory and what each request needs of it."""

    model: Any
    processor: Any
    tokenizer: Any
    takes_images: bool
    device: "torch.device"
    dtype: "torch.dtype"
    defaults: SamplingDefaults
    seed: int
    max_model_len: int | None
    image_token_id: int | None
    end_token_ids: Collection[int]
    pad_token_id: int
    version: str
    revision: str | None


async def start(config: "HfConfig") -> Loaded:
    """Load the model in a thread; EngineStartFailed carries a reason as the vLLM engine's does."""
    return await asyncio.to_thread(_load, config)


def _load(config: "HfConfig") -> Loaded:
    check_beforehand(config, config.num_gpus)
    try:
        return _describe(config, *_read(config))
    except EngineStartFailed:
        raise
    except Exception as error:
        # whatever it raises, the row ends with a reason; nothing is hidden: the cause stands in the message
        error.__traceback__ = None  # its frames would keep the half-loaded weights in memory
        raise failure_of(config.model, error) from error


def _read(config: "HfConfig") -> tuple[Any, Any]:
    """Return model and processor."""
    import torch
    import transformers

    if config.num_threads is not None:
        torch.set_num_threads(config.num_threads)
    if torch.cuda.device_count() < config.num_gpus:
        raise ValueError(f"num_gpus is {config.num_gpus}, which is unsupported: torch sees {torch.cuda.device_count()}")
    transformers.utils.logging.disable_progress_bar()
    source: dict[str, Any] = {"revision": config.revision, "trust_remote_code": config.trust_remote_code}
    if config.trust_remote_code:
        source["code_revision"] = config.revision
    model_config = transformers.AutoConfig.from_pretrained(config.model, **source)
    _check_length(config, model_config)
    processor = transformers.AutoProcessor.from_pretrained(config.model, **source, **config.processor_args)
    if config.max_pixels is not None:
        _cap_pixels(processor, config.max_pixels)
    mapping = transformers.AutoModelForImageTextToText._model_mapping
    takes_images = type(model_config) in mapping or "AutoModelForImageTextToText" in _remote_classes(model_config)
    kind = transformers.AutoModelForImageTextToText if takes_images else transformers.AutoModelForCausalLM
    model, report = kind.from_pretrained(config.model, **source, **_model_args(config), output_loading_info=True)
    _check_complete(config.model, report)
    if config.lora_path is not None:
        _check_complete(config.lora_path, vars(model.load_adapter(config.lora_path)))
    return model.eval(), processor


def _cap_pixels(processor: Any, max_pixels: int) -> None:  # noqa: ANN401 (transformers' processor)
    """Set the cap of Qwen's and GLM's image processors, whose `size` counts pixels; other families have none."""
    images: Any = getattr(processor, "image_processor", None)
    size: Any = getattr(images, "size", None)
    longest = getattr(size, "longest_edge", None)
    if longest is None or longest < _LONGEST_SIDE:
        raise ValueError("max_pixels is not supported by this model's image processor: see processor_args")
    images.size = replace(size, longest_edge=max_pixels, shortest_edge=min(size.shortest_edge, max_pixels))


def _remote_classes(model_config: Any) -> Mapping[str, str]:  # noqa: ANN401 (transformers' config)
    return getattr(model_config, "auto_map", None) or {}


def _model_args(config: "HfConfig") -> dict[str, Any]:
    args = {
        "dtype": config.dtype,
        "attn_implementation": config.attention,
        "device_map": {0: None, 1: {"": 0}}.get(config.num_gpus, "auto"),
    }
    return {name: value for name, value in args.items() if value is not None}


def _check_length(config: "HfConfig", model_config: Any) -> None:  # noqa: ANN401
    longest = getattr(model_config.get_text_config(), "max_position_embeddings", None)
    if config.max_model_len is not None and longest is not None and config.max_model_len > longest:
        raise EngineStartFailed(
            f"{config.model}: max_model_len is {config.max_model_len}, greater than the model's {longest}",
            reason="context_too_large",
        )


def _check_complete(source: str, report: Mapping[str, Collection[object]]) -> None:
    """Refuse weights that lack a part of the model: transformers would fill it with random numbers."""
    absent = sorted(str(name) for name in (*report["missing_keys"], *report["mismatched_keys"]))
    if absent:
        raise EngineStartFailed(
            f"{source}: {len(absent)} of the config's tensors are not in the weights, the first {absent[0]}",
            reason="missing_weights",
        )


def _describe(config: "HfConfig", model: Any, processor: Any) -> Loaded:  # noqa: ANN401
    import torch
    import transformers

    tokenizer = getattr(processor, "tokenizer", processor)
    own = model.generation_config
    ends = own.eos_token_id if own.eos_token_id is not None else tokenizer.eos_token_id
    end_ids = frozenset(ends if isinstance(ends, list) else [ends])
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(end_ids)
    defaults = SamplingDefaults(top_p=own.top_p, top_k=own.top_k, min_p=own.min_p)
    # what is drawn is drawn by our own processor: transformers only ever takes the largest score
    model.generation_config = transformers.GenerationConfig(
        do_sample=False,
        repetition_penalty=own.repetition_penalty,
        bos_token_id=own.bos_token_id,
        eos_token_id=sorted(end_ids),
        pad_token_id=pad,
    )
    return Loaded(
        model=model,
        processor=processor,
        tokenizer=tokenizer,
        takes_images=hasattr(processor, "image_processor"),
        device=model.device,
        dtype=model.dtype,
        defaults=defaults,
        seed=config.seed,
        max_model_len=config.max_model_len or getattr(model.config.get_text_config(), "max_position_embeddings", None),
        image_token_id=_image_token_id(model.config, processor),
        end_token_ids=end_ids,
        pad_token_id=pad,
        version=f"transformers {transformers.__version__}, torch {torch.__version__}",
        revision=loaded_revision(config, model.config),
    )


def _image_token_id(model_config: Any, processor: Any) -> int | None:  # noqa: ANN401
    for holder, name in ((model_config, "image_token_id"), (model_config, "image_token_index"),
                         (processor, "image_token_id")):  # fmt: skip
        found = getattr(holder, name, None)
        if isinstance(found, int):
            return found
    return None


def check_context(config: "HfConfig", loaded: Loaded) -> None:
    """Render a question with two blank screenshots: a context too small, or a template without images, shows here."""
    from PIL import Image

    from model_adapters.engines.hf_request import UNREADABLE, render

    if not loaded.takes_images:
        return
    blank = {"type": "image", "image": Image.new("RGB", _SCREENSHOT)}
    try:
        tensors = render(loaded, [{"type": "text", "text": "?"}, blank, blank], None, config.template_args)
    except UNREADABLE as error:
        raise failure_of(config.model, error) from error
    num_tokens = int(tensors["input_ids"].shape[1])
    if loaded.max_model_len is not None and num_tokens >= loaded.max_model_len:
        raise EngineStartFailed(
            f"{config.model}: 2 screenshots take {num_tokens} tokens, and max_model_len is {loaded.max_model_len}: "
            "raise it, or lower max_pixels",
            reason="context_too_small",
        )


def failure_of(model: str, error: BaseException) -> EngineStartFailed:
    """Classify a failed start by what was raised, in the words of the vLLM engine's reasons."""
    said = " ".join(f"{type(error).__name__}: {error}".split())
    reason = next((reason for reason, pattern in REASONS.items() if re.search(pattern, said)), None)
    if reason is None:
        reason = "unsupported" if re.search(_UNSUPPORTED, said) else "failed"
    return EngineStartFailed(f"{model}: transformers did not load it: {said[:600]}", reason=reason)
