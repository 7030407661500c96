"""Hugging Face transformers inside the worker: for models that vLLM doesn't serve, on the CPU and on GPUs."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from model_adapters.engines.batcher import Batcher
from model_adapters.engines.own_weights import identity_of_weights, settle
from model_adapters.engines.weights import is_local
from schemas.errors import CallTimeout, ConfigError, RequestRejected
from schemas.protocols import ChatReply, ChatRequest, Json, Needs

if TYPE_CHECKING:
    from model_adapters.engines.hf_generate import Generated
    from model_adapters.engines.hf_request import Prepared
    from model_adapters.engines.hf_start import Loaded

_DECODERS = 4
"""Threads that decode images, of one replica."""


@dataclass(kw_only=True, slots=True, frozen=True)
class HfConfig:
    """Configure one replica of a model in transformers."""

    model: str
    """Hub id or local path of the weights."""
    revision: str | None = None
    """Hub commit, 40 hex digits; None takes the newest."""
    num_gpus: int = 1
    """GPUs over which one replica's layers are spread; 0 runs on the CPU."""
    gpu_memory_gb: float = 0.0
    """Memory that weights and caches need in all, over `num_gpus`, gigabytes."""
    replicas: int | None = None
    """Engines of this row, each with GPUs of its own; None: as many as the free GPUs allow, one on the CPU."""
    max_model_len: int | None = None
    """Longest prompt and reply together, tokens; None takes the model's own."""
    dtype: str = "auto"
    """Type of weights and activations: `auto` (what the weights say), `bfloat16`, `float16`, `float32`."""
    attention: str | None = None
    """Kind of attention, such as `flash_attention_2`; None takes transformers' choice."""
    num_threads: int | None = None
    """Threads of one replica on the CPU; None takes all cores."""
    max_pixels: int | None = None
    """Cap on an image's pixels, where the processor has one; None is its own."""
    processor_args: Mapping[str, object] = field(default_factory=dict)
    """Further arguments of the processor, by the names of the model's family."""
    trust_remote_code: bool = False
    """Run code from the hub's repository; asks for a pinned `revision`."""
    lora_path: str | None = None
    """Folder of a LoRA adapter over the weights; loading one needs `peft`."""
    template_args: Mapping[str, object] = field(default_factory=dict)
    """Arguments of the chat template, such as `enable_thinking`."""
    seed: int = 0
    """Seeds whatever is drawn without a seed of its own."""
    max_batch: int = 16
    """Most requests that run together; halved wherever memory runs out."""
    max_in_flight: int = 48
    """Requests handed to one replica at once: what doesn't run is prepared, and sorted by length."""
    timeout_s: float = 3_600.0
    """Longest wait for one reply, queueing in the replica included, seconds."""

    def __post_init__(self) -> None:
        settle(self)
        if self.timeout_s <= 0 or self.max_in_flight < 1 or self.max_batch < 1:
            raise ConfigError(f"{self.model}: timeout_s, max_in_flight and max_batch must be positive")

    def identity(self) -> Mapping[str, Json]:
        """Return weights and every setting that can change a reply; ConfigError where a local path holds no model.

        A model in a folder is known by its content, as in the vLLM engine.
        """
        return {
            "kind": "hf",
            "version": 1,
            **identity_of_weights(self),
            "max_model_len": self.max_model_len,
            "dtype": self.dtype,
            "attention": self.attention,
            "max_pixels": self.max_pixels,
            "processor_args": cast(Json, dict(self.processor_args)),
            "template_args": cast(Json, dict(self.template_args)),
            "seed": self.seed,
        }

    def needs(self) -> Needs:
        """Return GPUs, memory and the packages."""
        optional = (("accelerate", self.num_gpus > 0), ("peft", self.lora_path is not None))
        return Needs(
            num_gpus=self.num_gpus,
            gpu_memory_gb=self.gpu_memory_gb if self.num_gpus else 0.0,
            packages=("torch", "transformers", *(name for name, is_needed in optional if is_needed)),
            extra="hf",
        )


class HfEngine:
    """Run one model in this process: images are decoded, prompts prepared and batches run in threads of their own."""

    config_class: ClassVar[type[HfConfig]] = HfConfig

    def __init__(self, config: HfConfig) -> None:
        self._config = config
        self._loaded: Loaded | None = None
        self._decoders = ThreadPoolExecutor(_DECODERS, thread_name_prefix="decode")
        self._preparer = ThreadPoolExecutor(1, thread_name_prefix="prepare")  # tokenizers bear one thread at a time
        self._batcher: Batcher[Prepared, Generated] | None = None

    async def start(self) -> None:
        """Load the model; EngineStartFailed says why it can't be. Starting twice does nothing."""
        from model_adapters.engines.hf_generate import generate, relieve, to_call_error
        from model_adapters.engines.hf_start import check_context, start

        if self._loaded is not None:
            return
        loaded = await start(self._config)
        await asyncio.to_thread(check_context, self._config, loaded)
        self._loaded = loaded
        self._batcher = Batcher(
            partial(generate, loaded),
            max_batch=self._config.max_batch,
            relieve=relieve,
            translate=partial(to_call_error, self._config.model),
        )

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Ask once: RequestRejected where it can't be served, WorkerDied where the GPU is lost."""
        assert self._loaded is not None and self._batcher is not None, "start() comes before chat()"
        if request.json_schema is not None:
            raise RequestRejected(
                f"{self._config.model}: this engine can't bind a reply to a JSON schema; take kind: vllm, "
                "or a judge that decodes unconstrained"
            )
        try:
            async with asyncio.timeout(self._config.timeout_s):
                generated = await self._batcher.ask(self._prepare(self._loaded, request))
        except TimeoutError:
            raise CallTimeout(f"{self._config.model}: no reply within {self._config.timeout_s:g} s") from None
        return self._reply(self._loaded, generated)

    async def _prepare(self, loaded: "Loaded", request: ChatRequest) -> "Prepared":
        from model_adapters.engines.hf_request import UNREADABLE, decode, prepare

        loop = asyncio.get_running_loop()
        try:
            content = await asyncio.gather(
                *(loop.run_in_executor(self._decoders, decode, part) for part in request.parts)
            )
            return await loop.run_in_executor(
                self._preparer, prepare, loaded, content, request.sampling, self._config.template_args
            )
        except UNREADABLE as error:
            raise RequestRejected(f"{self._config.model}: {type(error).__name__}: {error}") from error

    def _reply(self, loaded: "Loaded", generated: "Generated") -> ChatReply:
        return ChatReply(
            text=generated.text,
            finish_reason=generated.finish_reason,
            prompt_tokens=generated.prompt_tokens,
            image_tokens=generated.image_tokens,
            completion_tokens=generated.completion_tokens,
            cost_usd=0.0,
            engine="hf",
            engine_version=loaded.version,
            served_model=Path(self._config.model).name if is_local(self._config.model) else self._config.model,
            model_revision=loaded.revision,
        )

    async def close(self) -> None:
        """Stop what runs at its next token, and give the memory back."""
        from model_adapters.engines.hf_generate import relieve

        if self._batcher is not None:
            await self._batcher.close()
        self._batcher = self._loaded = None
        for pool in (self._decoders, self._preparer):
            pool.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(relieve)
