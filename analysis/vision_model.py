"""A vision model's embedding of a screenshot: CLIP's or any other's whose folder the user names."""

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.pair_measures import Embed
from schemas.errors import ConfigError


def load_embedding(folder: Path) -> Embed:
    """Return a function from a stored image to its embedding, float32 of shape (dimensions,); runs on the CPU.

    A model that embeds images beside text (CLIP, SigLIP) gives its image features; another its pooled output, or the
    first token's last state. ConfigError where the folder holds no vision model, or transformers isn't installed.
    """
    if not (folder / "config.json").is_file():
        raise ConfigError(f"{folder} holds no model: no config.json; give the folder of a vision model, such as CLIP's")
    try:
        import torch
        from transformers import AutoImageProcessor, AutoModel
    except ImportError as error:
        raise ConfigError(f"{error.name} isn't installed: pip install 'diffspot-orchestrator[hf]'") from error
    try:
        processor = AutoImageProcessor.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True).eval()
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{folder} holds no vision model that transformers loads: {error}") from error
    features = getattr(model, "get_image_features", model)

    def embed(data: memoryview) -> NDArray[np.floating]:
        from PIL import Image

        with Image.open(BytesIO(data)) as image, torch.inference_mode():
            output = features(**processor(images=image.convert("RGB"), return_tensors="pt"))
        pooled = output if isinstance(output, torch.Tensor) else getattr(output, "pooler_output", None)
        found = output.last_hidden_state[:, 0] if pooled is None else pooled
        return np.asarray(found[0].float().numpy(), dtype=np.float32)

    return embed
