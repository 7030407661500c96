"""Weights in a folder: what a digest depends on, what is damaged, and what counts as a path."""

import json
import os
from pathlib import Path

import pytest

from model_adapters.engines import weights
from model_adapters.engines.vllm import VllmConfig
from model_adapters.engines.weights import BrokenWeights, check_folder, digest_folder, is_local
from schemas.errors import ConfigError


def write_model(folder: Path, content: bytes = b"abcd") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    header = json.dumps({"w": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}}).encode()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + content)
    (folder / "config.json").write_text("{}")
    return folder


def test_a_digest_is_content_not_place(tmp_path: Path) -> None:
    first, second = write_model(tmp_path / "a"), write_model(tmp_path / "b")
    (second / "README.md").write_text("says nothing about answers")
    assert digest_folder(first) == digest_folder(second)
    assert digest_folder(write_model(tmp_path / "c", b"abce")) != digest_folder(first)
    (second / "tokenizer.json").write_text("{}")
    assert digest_folder(first) != digest_folder(second)


def test_large_files_are_read_once_and_again_after_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(weights, "_CHUNK_BYTES", 8)
    folder = write_model(tmp_path / "model")
    first = digest_folder(folder)
    (kept,) = (tmp_path / "cache" / "diffspot" / "digests").iterdir()
    kept.write_text("0" * 64)
    assert digest_folder(folder) != first, "the kept digest was not used"
    write_model(folder, b"abce")
    os.utime(folder / "model.safetensors", ns=(1, 1))
    assert digest_folder(folder) not in {first, "0" * 64}


def test_damage_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenWeights, match="no folder"):
        check_folder(tmp_path / "absent")
    folder = write_model(tmp_path / "model", b"abc")
    with pytest.raises(BrokenWeights, match="cut short"):
        check_folder(folder)
    write_model(folder)
    check_folder(folder)
    index = {"weight_map": {"w": "model.safetensors", "v": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(BrokenWeights, match="lacks 1 of 2 weight files, the first model-2"):
        check_folder(folder)


def test_hub_ids_and_paths(tmp_path: Path) -> None:
    assert not is_local("Qwen/Qwen3-VL-30B-A3B-Instruct")
    assert all(is_local(name) for name in (str(tmp_path), "./runs/tiny", "a/b/c", "/nowhere"))


def test_an_engine_is_known_by_its_weights_content(tmp_path: Path) -> None:
    first, second = write_model(tmp_path / "a"), write_model(tmp_path / "b")
    lora = write_model(tmp_path / "lora", b"lora")
    base = VllmConfig(model=str(first)).identity()
    assert VllmConfig(model=str(second)).identity() == base
    for same in ({"max_in_flight": 1}, {"replicas": 2}, {"timeout_s": 5.0}, {"gpu_memory_utilization": 0.5}):
        assert VllmConfig(model=str(first), **same).identity() == base  # type: ignore[arg-type]
    for other in (
        {"max_model_len": 9}, {"dtype": "float16"}, {"quantization": "fp8"}, {"kv_cache_dtype": "fp8"},
        {"max_pixels": 9}, {"template_args": {"a": 1}}, {"lora_path": str(lora)}, {"seed": 1},
        {"mm_processor_args": {"a": 1}},
    ):  # fmt: skip
        assert VllmConfig(model=str(first), **other).identity() != base  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="nothing is at"):
        VllmConfig(model=str(tmp_path / "absent")).identity()
    with pytest.raises(ConfigError, match="is built by: python -m"):
        VllmConfig(model=str(tmp_path / "tiny_model")).identity()
