"""The vLLM engine, for real: a tiny model with random weights on the CPU, started once for all tests but the last."""

import asyncio
import gc
import json
import os
import signal
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest
import vllm_cases as cases

from judge.reply import parse, schema_for
from model_adapters.engines import tiny_model
from model_adapters.engines.vllm import VllmEngine
from schemas.errors import EngineStartFailed, RequestRejected, WorkerDied

pytestmark = [cases.needs_vllm, pytest.mark.timeout(600), pytest.mark.filterwarnings("default")]
T = TypeVar("T")
BEFORE, AFTER = cases.screenshot(1), cases.screenshot(2)


@pytest.fixture(scope="module")
def engine(tiny: Path, loop: asyncio.AbstractEventLoop) -> Iterator["Asked"]:
    engine = VllmEngine(cases.config(tiny))
    loop.run_until_complete(engine.start())
    yield Asked(engine, loop)
    loop.run_until_complete(engine.close())
    gc.collect()
    assert not cases.engine_cores(psutil.Process()), "closing left the engine's process behind"


class Asked:
    """An engine and the loop it lives in."""

    def __init__(self, engine: VllmEngine, loop: asyncio.AbstractEventLoop) -> None:
        self.engine, self._loop = engine, loop

    def __call__(self, *images: bytes, **other: Any) -> Any:
        return self.run(self.engine.chat(cases.request(*images, **other)))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)


def test_both_images_arrive_each_with_its_tokens(engine: Asked) -> None:
    none, one, two = engine(), engine(BEFORE), engine(BEFORE, AFTER)
    assert (none.image_tokens, one.image_tokens, two.image_tokens) == (0, 240, 480)
    assert two.prompt_tokens - one.prompt_tokens == one.prompt_tokens - none.prompt_tokens == 242
    assert (two.finish_reason, two.completion_tokens, two.engine) == ("length", 16, "vllm")
    assert two.text.strip()


def test_a_reply_says_what_made_it(engine: Asked, tiny: Path) -> None:
    reply = engine(BEFORE, AFTER)
    assert reply.engine_version.startswith("vllm 0.")
    assert (reply.served_model, reply.cost_usd) == (tiny.name, 0.0)
    assert reply.model_revision == f"sha256:{engine.engine._config.identity()['weights']['sha256']}"  # type: ignore[index,call-overload]


def test_the_order_of_the_images_changes_the_answer(engine: Asked) -> None:
    assert engine(BEFORE, AFTER).text == engine(BEFORE, AFTER).text
    assert engine(BEFORE, AFTER).text != engine(AFTER, BEFORE).text


def test_a_schema_binds_the_answer(engine: Asked) -> None:
    reply = engine(text="Judge this.", max_tokens=3000, schema={**schema_for(2), "properties": {
        **schema_for(2)["properties"],  # type: ignore[dict-item]
        "hallucinations": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 20}},
    }})  # fmt: skip
    assert reply.finish_reason == "stop"
    assert len(json.loads(reply.text)["mutations"]) == 2
    assert parse(reply.text, 2).mutations[0].verdict in {"correct", "partial", "missed"}


def test_a_short_answer_never_waits_for_a_long_one(engine: Asked) -> None:
    ended: dict[str, float] = {}

    async def ask(name: str, max_tokens: int) -> None:
        await engine.engine.chat(cases.request(BEFORE, AFTER, text=name, max_tokens=max_tokens))
        ended[name] = time.perf_counter()

    async def go() -> None:
        long = asyncio.create_task(ask("long", 1500))
        await asyncio.sleep(0.05)
        for number in range(4):
            await asyncio.gather(*(ask(f"short {number} {other}", 2) for other in range(8)))
        assert not long.done(), "32 short answers in four rounds waited for one of 1,500 tokens"
        await long

    engine.run(go())
    assert len(ended) == 33


def test_what_cannot_be_served_is_rejected_and_the_engine_goes_on(engine: Asked) -> None:
    for broken, match in (
        ({"images": (BEFORE, AFTER, BEFORE)}, "At most 2 image"),
        ({"images": (b"no image",)}, "Failed to load image"),
        ({"images": (), "text": "word " * 9000}, "maximum context length"),
        ({"images": (), "schema": {"type": "no such type"}}, "tiny"),
    ):
        with pytest.raises(RequestRejected, match=match):
            engine(*broken.pop("images"), **broken)  # type: ignore[misc]
    assert engine(BEFORE, AFTER).text


def test_an_answer_ends_where_the_context_does(engine: Asked) -> None:
    reply = engine(BEFORE, AFTER, text="word " * 1100, max_tokens=16_384)
    assert reply.finish_reason == "length"
    assert reply.prompt_tokens + reply.completion_tokens == 4096


def failed_start(loop: asyncio.AbstractEventLoop, folder: Path, **other: object) -> EngineStartFailed:
    engine = VllmEngine(cases.config(folder, **other))
    with pytest.raises(EngineStartFailed) as caught:
        loop.run_until_complete(engine.start())
    assert not caught.value.is_retryable
    gc.collect()  # what vLLM leaves half built warns here, not at some other test
    return caught.value


def test_missing_and_cut_weights_are_refused_at_once(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    started = time.perf_counter()
    assert failed_start(loop, tmp_path / "absent").error_type == "start_missing_weights"
    tiny_model.build(tmp_path)
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    error = failed_start(loop, tmp_path)
    assert (error.error_type, "cut short" in str(error)) == ("start_missing_weights", True)
    assert time.perf_counter() - started < 5


def test_what_vllm_refuses_is_refused_with_its_reason(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    tiny_model.build(tmp_path)
    assert failed_start(loop, tmp_path, quantization="no_such_kind").error_type == "start_unsupported"
    assert failed_start(loop, tmp_path, max_model_len=10**9).error_type == "start_context_too_large"
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"architectures": ["NoSuchModel"], "model_type": "no"}))
    assert failed_start(loop, tmp_path).error_type == "start_unsupported"


def test_a_context_too_small_for_two_screenshots_is_refused(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    tiny_model.build(tmp_path)
    error = failed_start(loop, tmp_path, max_model_len=300)
    assert (error.error_type, "300" in str(error)) == ("start_context_too_small", True)


def test_weights_that_are_not_the_configs_are_refused_by_the_engines_own_words(
    loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    tiny_model.build(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))
    error = failed_start(loop, tmp_path)
    assert (error.error_type, "layers.2" in str(error)) == ("start_missing_weights", True), str(error)


def test_a_dead_engine_is_the_workers_death(engine: Asked) -> None:
    """The last: it kills the engine of all the others."""

    async def go() -> list[object]:
        calls = [
            asyncio.create_task(engine.engine.chat(cases.request(BEFORE, text=str(n), max_tokens=3000)))
            for n in range(3)
        ]
        await asyncio.sleep(0.5)
        (core,) = cases.engine_cores(psutil.Process())
        os.kill(core.pid, signal.SIGKILL)
        return await asyncio.gather(*calls, return_exceptions=True)

    for error in engine.run(go()):
        assert isinstance(error, WorkerDied), error
    with pytest.raises(WorkerDied):
        engine(BEFORE)
