"""The tiny model: the same bytes each time, the real architecture's files, a tokenizer that gives text back."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from model_adapters.engines import tiny_model
from model_adapters.engines.weights import BrokenWeights, check_folder, digest_folder

NEEDED = ("tokenizers", "safetensors")
IS_ABSENT = any(importlib.util.find_spec(name) is None for name in NEEDED)
pytestmark = pytest.mark.skipif(
    IS_ABSENT and not (os.environ.get("DIFFSPOT_REQUIRE_VLLM") or os.environ.get("CI")),
    reason="tokenizers and safetensors come with vLLM",
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    tiny_model.build(folder)
    return folder


def test_the_command_builds_the_same_bytes_again(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    command = [sys.executable, "-m", "model_adapters.engines.tiny_model", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert str(folder) in done.stdout
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in tiny.iterdir()
    }
    assert digest_folder(folder) == digest_folder(tiny)


def test_another_seed_gives_another_model_of_the_same_shape(tiny: Path, tmp_path: Path) -> None:
    tiny_model.build(tmp_path, seed=1)
    assert digest_folder(tmp_path) != digest_folder(tiny)
    assert (tmp_path / "config.json").read_bytes() == (tiny / "config.json").read_bytes()


def test_sizes_are_those_the_kernels_for_cpu_take(tiny: Path) -> None:
    config = json.loads((tiny / "config.json").read_text(encoding="utf-8"))
    assert config["hidden_size"] // config["num_attention_heads"] == 64
    assert sum(config["rope_scaling"]["mrope_section"]) == 32
    assert (tiny / "model.safetensors").stat().st_size < 6_000_000


def test_the_tokenizer_gives_any_text_back_and_knows_the_special_tokens(tiny: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tiny / "tokenizer.json"))
    for text in ("The heading is bolder.", "Größe 12 → 16 px\n\t漢字 🙂"):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text
    config = json.loads((tiny / "config.json").read_text(encoding="utf-8"))
    assert tokenizer.encode("<|image_pad|>").ids == [config["image_token_id"]]
    assert tokenizer.get_vocab_size() == config["vocab_size"]


def test_whole_weights_pass_and_cut_or_absent_ones_do_not(tmp_path: Path) -> None:
    tiny_model.build(tmp_path)
    check_folder(tmp_path)
    weights = tmp_path / "model.safetensors"
    whole = weights.read_bytes()
    for length in (len(whole) - 1, 100, 4):
        weights.write_bytes(whole[:length])
        with pytest.raises(BrokenWeights, match="cut short"):
            check_folder(tmp_path)
    weights.unlink()
    with pytest.raises(BrokenWeights, match="no weights"):
        check_folder(tmp_path)
