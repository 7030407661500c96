"""vLLM inside the worker. This version holds its settings alone: what a row needs is known, starting it is not built.

The settings are those that decide an engine's replies and its size, so that rows, preflights and content
keys don't change when the engine itself arrives. Until then serve the model with `vllm serve` and use kind `openai`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, cast

from schemas.errors import ConfigError
from schemas.protocols import Json, Needs

NOT_BUILT: Final = "this version cannot start vLLM itself: serve the model with `vllm serve` and use engine kind openai"


@dataclass(kw_only=True, slots=True, frozen=True)
class VllmConfig:
    """Configure one replica of a model in vLLM."""

    model: str
    """Hub id or local path of the weights."""
    revision: str | None = None
    """Hub commit, 40 hex digits; None takes the newest."""
    num_gpus: int = 1
    """GPUs of one replica, which is its tensor parallelism."""
    gpu_memory_gb: float = 0.0
    """Memory that weights and caches need in all, over `num_gpus`, gigabytes."""
    max_model_len: int | None = None
    """Longest prompt and reply together, tokens; None takes the model's own."""
    quantization: str | None = None
    """`fp8`, `awq`, ...; None takes what the weights say."""
    kv_cache_dtype: str = "auto"
    """Type of the key-value cache."""
    max_images: int = 2
    """Images per prompt; vLLM reserves memory for as many."""
    max_pixels: int | None = None
    """Cap on an image's pixels, where the processor has one; None is its own."""
    trust_remote_code: bool = False
    """Run code from the hub's repository; asks for a pinned `revision`."""
    lora_path: str | None = None
    """Folder of a LoRA adapter over the weights."""
    template_args: Mapping[str, object] = field(default_factory=dict)
    """Arguments of the chat template, such as `enable_thinking`."""
    max_in_flight: int = 256
    """Requests handed to one replica at once; it batches them itself."""
    timeout_s: float = 3_600.0
    """Longest wait for one reply, queueing in the replica included, seconds."""

    def __post_init__(self) -> None:
        if self.trust_remote_code and self.revision is None:
            raise ConfigError(
                f"trust_remote_code for {self.model} asks for a pinned revision: name the commit you have read"
            )
        if self.num_gpus < 1:
            raise ConfigError(f"num_gpus for {self.model} must be at least 1")

    def identity(self) -> Mapping[str, Json]:
        """Return model, revision and every setting that can change a reply."""
        return {
            "kind": "vllm",
            "version": 0,
            "model": self.model,
            "revision": self.revision,
            "max_model_len": self.max_model_len,
            "quantization": self.quantization,
            "kv_cache_dtype": self.kv_cache_dtype,
            "max_pixels": self.max_pixels,
            "lora_path": self.lora_path,
            "template_args": cast(Json, self.template_args),
        }

    def needs(self) -> Needs:
        """Return GPUs, memory and the package."""
        return Needs(
            num_gpus=self.num_gpus, gpu_memory_gb=self.gpu_memory_gb, packages=("vllm",), extra="vllm",
            unavailable=NOT_BUILT,
        )  # fmt: skip


class VllmEngine:
    """Stand where the engine will be: refuse to be built, and say what to do instead."""

    config_class: ClassVar[type[VllmConfig]] = VllmConfig

    def __init__(self, config: VllmConfig) -> None:
        raise ConfigError(f"{config.model}: {NOT_BUILT}")
