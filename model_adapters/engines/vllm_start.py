"""Bring a vLLM engine up, with ports of its own; say in one line why one doesn't come up."""

import asyncio
import io
import json
import os
import random
import re
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from model_adapters.engines.engine_log import EngineLog
from model_adapters.engines.own_weights import check_beforehand, loaded_revision
from schemas.errors import EngineStartFailed
from schemas.protocols import ChatRequest, ImagePart, TextPart

if TYPE_CHECKING:
    from model_adapters.engines.vllm import VllmConfig

_FIRST_PORT, _LAST_PORT, _PORTS_EACH = 21_000, 32_000, 50
_MAX_JITTER_S = 0.5
_SCREENSHOT: Final = (1280, 800)
"""Size of the benchmark's images, pixels."""
_DECODERS: Final = 4
"""Threads that decode images, of one replica."""

REASONS: Final[Mapping[str, str]] = {
    "out_of_memory": r"out of memory|OutOfMemory|No available memory for the cache|less than desired GPU memory"
    r"|Cannot allocate memory|larger than the (maximum )?available KV cache|larger than available KV cache|MemoryError",
    "no_access": r"GatedRepo|gated repo|401 Client Error|403 Client Error|Access to model|Invalid user token",
    "port": r"Address already in use|EADDRINUSE|Could not find open port",
    "context_too_large": r"greater than the derived max_model_len",
    "context_too_small": r"maximum context length|longer than the maximum model length",
    "missing_weights": r"does not appear to have a file named|Cannot find any model weights|LocalEntryNotFound"
    r"|RepositoryNotFound|is not a valid model identifier|not a local folder|SafetensorError|MetadataIncomplete"
    r"|No such file or directory|couldn't connect to|Can't load|not initialized from checkpoint|OfflineModeIsEnabled",
    "unsupported": r"not supported|[Uu]nsupported|are not supported for now|ValidationError|unrecognized|Unknown"
    r"|NotImplementedError|No module named",
}
"""What vLLM, torch and the hub's client say, by reason; the first that matches the cause, or else the log, counts."""


@dataclass(slots=True)
class Started:
    """Hold a running engine and what each request needs of it."""

    engine: Any
    lora: Any
    version: str
    revision: str | None
    max_model_len: int
    sampling_defaults: Mapping[str, Any]
    tokenize_params: Any
    image_token_id: int | None
    writes_harmony: bool
    """Whether the model writes channels, as gpt-oss does."""
    decoders: ThreadPoolExecutor
    log: EngineLog
    port: socket.socket

    def count_image_tokens(self, output: Any) -> int | None:  # noqa: ANN401 (vLLM's RequestOutput)
        """Return how many tokens of the prompt stand for images; None where the model has no such token."""
        return None if self.image_token_id is None else output.prompt_token_ids.count(self.image_token_id)

    def close(self) -> None:
        """End engine, threads and the hold on the ports. Blocks until its processes are gone."""
        self.engine.shutdown(timeout=1)
        self.engine = None  # its finalizer fails, loudly, where the interpreter runs it
        self.decoders.shutdown(wait=False, cancel_futures=True)
        self.port.close()


async def start(config: "VllmConfig") -> Started:
    """Load the model in a thread; EngineStartFailed carries one of `REASONS`, `gpu_busy` or `failed`."""
    # over several nodes, Ray's own workers see the GPUs
    check_beforehand(config, config.num_gpus if config.num_nodes == 1 else 0)
    await asyncio.sleep(random.uniform(0, _MAX_JITTER_S))
    started = await asyncio.to_thread(_load, config)
    try:
        await _check_context(config, started)
    except EngineStartFailed:
        started.close()
        raise
    return started


async def _check_context(config: "VllmConfig", started: Started) -> None:
    """Render a question with as many blank screenshots as a prompt may hold: a context too small shows here."""
    import vllm.exceptions

    from model_adapters.engines.vllm_request import render

    if started.engine.renderer.mm_processor is None:
        return
    question = ChatRequest(parts=(TextPart("?"), *_blanks(config.max_images)))
    try:
        prompt = await render(started, question, config.template_args)
    except (vllm.exceptions.VLLMError, ValueError, TypeError) as error:
        raise failure_of(config.model, error, started.log) from error
    if (num_tokens := len(prompt["prompt_token_ids"])) >= started.max_model_len:
        raise EngineStartFailed(
            f"{config.model}: {config.max_images} screenshots take {num_tokens} tokens, and max_model_len is "
            f"{started.max_model_len}: raise it, or lower max_pixels",
            reason="context_too_small",
        )


def _blanks(number: int) -> list[ImagePart]:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", _SCREENSHOT).save(buffer, "PNG")
    return [ImagePart(memoryview(buffer.getvalue()))] * number


def _load(config: "VllmConfig") -> Started:
    port = reserve_ports()
    log = EngineLog()
    os.environ.update(_environment(config, port.getsockname()[1] + 1))
    try:
        with log.capture():
            from vllm.engine.arg_utils import AsyncEngineArgs
            from vllm.platforms import current_platform
            from vllm.v1.engine.async_llm import AsyncLLM

            if current_platform.is_cpu() != (config.num_gpus == 0):
                raise ValueError(f"num_gpus is {config.num_gpus}, which this build of vLLM is unsupported for")
            engine = AsyncLLM.from_engine_args(AsyncEngineArgs(**engine_args(config)))
    except Exception as error:
        # whatever it raises, the row ends with a reason; nothing is hidden: the cause stands in the message
        port.close()
        error.__traceback__ = None  # its frames would keep the half-built engine alive
        raise failure_of(config.model, error, log) from error
    return _describe(config, engine, log, port)


def _describe(config: "VllmConfig", engine: Any, log: EngineLog, port: socket.socket) -> Started:  # noqa: ANN401
    import vllm
    from vllm.lora.request import LoRARequest

    model_config = engine.model_config
    image_token = getattr(model_config.hf_config, "image_token_id", None)
    return Started(
        engine=engine,
        lora=LoRARequest("adapter", 1, config.lora_path) if config.lora_path else None,
        version=f"vllm {vllm.__version__}",
        revision=loaded_revision(config, model_config.hf_config),
        max_model_len=model_config.max_model_len,
        sampling_defaults=model_config.get_diff_sampling_param(),
        tokenize_params=engine.renderer.default_chat_tok_params,
        image_token_id=image_token if isinstance(image_token, int) else None,
        writes_harmony=getattr(model_config.hf_config, "model_type", None) == "gpt_oss",
        decoders=ThreadPoolExecutor(_DECODERS, thread_name_prefix="decode"),
        log=log,
        port=port,
    )


def _executor(config: "VllmConfig") -> str:
    """Return how vLLM runs a replica's workers: one needs no process of its own beside the engine's core."""
    if config.num_nodes > 1:
        return "ray"
    return "mp" if config.num_gpus > 1 else "uni"


def engine_args(config: "VllmConfig") -> dict[str, Any]:
    """Return vLLM's engine arguments: one engine, its workers on one node, or Ray's over several."""
    args: dict[str, Any] = {
        "model": config.model,
        "revision": config.revision,
        "code_revision": config.revision if config.trust_remote_code else None,
        "tensor_parallel_size": max(1, config.num_gpus // config.num_nodes),
        "pipeline_parallel_size": config.num_nodes,
        "distributed_executor_backend": _executor(config),
        "gpu_memory_utilization": config.gpu_memory_utilization,
        "max_model_len": config.max_model_len,
        "dtype": config.dtype,
        "quantization": config.quantization,
        "kv_cache_dtype": config.kv_cache_dtype,
        "limit_mm_per_prompt": {"image": config.max_images, "video": 0},
        "mm_processor_kwargs": _processor_args(config) or None,
        "trust_remote_code": config.trust_remote_code,
        "enforce_eager": config.enforce_eager,
        "seed": config.seed,
        # without it, blanks between the parts of a JSON reply may go on for ever
        "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
        "disable_log_stats": True,
    }
    if not config.num_gpus:
        # a prompt prefilled in parts, drawn with a seed of its own, kills vLLM 0.32 on the CPU ("CPU Generator
        # does not use offset")
        args["enable_chunked_prefill"] = False
    if config.lora_path:
        rank = _lora_rank(Path(config.lora_path))
        args |= {"enable_lora": True, "max_loras": 1, "max_lora_rank": rank}
    return {name: value for name, value in args.items() if value is not None}


def _processor_args(config: "VllmConfig") -> dict[str, Any]:
    cap = {} if config.max_pixels is None else {"max_pixels": config.max_pixels}
    return {**cap, **config.mm_processor_args}


def _lora_rank(folder: Path) -> int:
    rank = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8")).get("r", 16)
    return next(known for known in (8, 16, 32, 64, 128, 256, 320, 512) if known >= rank)


def _environment(config: "VllmConfig", port: int) -> dict[str, str]:
    shared = {"VLLM_PORT": str(port), "VLLM_NO_USAGE_STATS": "1", "VLLM_WORKER_MULTIPROC_METHOD": "spawn"}
    if config.batch_invariant:
        shared["VLLM_BATCH_INVARIANT"] = "1"
    if config.num_gpus:
        return shared
    cpu = {"VLLM_CPU_KVCACHE_SPACE": str(max(1, round(config.kv_cache_gb + 0.49)))}
    if config.num_threads is not None:
        cpu |= {"VLLM_CPU_OMP_THREADS_BIND": "nobind", "OMP_NUM_THREADS": str(config.num_threads)}
        # Else the core gives the CPU's work to a process more, and both wait for each other in busy loops.
        cpu |= {"VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
    return shared | cpu


def reserve_ports() -> socket.socket:
    """Bind the first port of a block that no other replica of this host holds; it is held while the socket is open."""
    starts = list(range(_FIRST_PORT, _LAST_PORT, _PORTS_EACH))
    random.shuffle(starts)
    for first in starts:
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            held.bind(("127.0.0.1", first))
            held.listen(1)
        except OSError:
            held.close()
            continue
        return held
    raise EngineStartFailed(f"no free block of ports from {_FIRST_PORT} to {_LAST_PORT}", reason="port")


def failure_of(model: str, error: BaseException, log: EngineLog) -> EngineStartFailed:
    """Classify a failed start by the line that says why: the engine's own, from its log, before what reached us."""
    said = f"{type(error).__name__}: {error}"
    cause = log.cause() if "Engine core" in said or "EngineCore" in said or "WorkerProc" in said else said
    for text in (cause, log.tail()):
        for reason, pattern in REASONS.items():
            if re.search(pattern, text):
                return EngineStartFailed(f"{model}: vLLM did not start: {_one_line(cause)}", reason=reason)
    return EngineStartFailed(f"{model}: vLLM did not start: {_one_line(cause)}", reason="failed")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:600]
