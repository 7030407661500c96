"""Build a Qwen2.5-VL with random weights, 1.3 M parameters: real engines load it in seconds, on a CPU.

    python -m model_adapters.engines.tiny_model runs/tiny_model

The architecture, file names and tensor names are the real model's, so everything that serves a Qwen2.5-VL takes
it; its answers mean nothing. Needs `tokenizers` and `safetensors`, which come with vLLM. The same seed gives the
same bytes. The smallest sizes that vLLM's kernels for CPU take: a head dimension of 64, since they refuse 16.
"""

import argparse
import hashlib
import json
import string
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from tokenizers import Tokenizer

HIDDEN: Final = 128
MLP: Final = 256
LAYERS: Final = 2
HEADS: Final = 2
KV_HEADS: Final = 1
HEAD_DIM: Final = HIDDEN // HEADS
VISION_DEPTH: Final = 2
PATCH: Final = 14
MERGED: Final = 4
"""Patches that become one image token: two by two."""
CONTEXT: Final = 16_384
MAX_PIXELS: Final = 256 * (2 * PATCH) ** 2
"""Pixel cap of the image processor: a screenshot of 1280x800 becomes 240 tokens."""
MIN_PIXELS: Final = 4 * (2 * PATCH) ** 2
MAX_VOCABULARY: Final = 640
GAINS: Final = {
    "embed_tokens": 0.3, "self_attn.q_proj": 3.0, "self_attn.k_proj": 3.0, "self_attn.o_proj": 4.0,
    "layers.0.mlp.down_proj": 2.0, "layers.1.mlp.down_proj": 2.0, "merger.mlp.2": 3.0,
    "lm_head": 6.0,
}  # fmt: skip
"""Sharpens attention: with all gains 1 every answer repeats one word, whatever the images show. And the head: at
temperature 1 the tokens that `_mute` silences, control characters among them, stay silent."""

SPECIAL_TOKENS: Final = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip

SENTENCES: Final = (
    "The heading of the second card is bolder than before, and nothing else on the page has changed.",
    "The button in the header turned from blue to green; its corners are rounder and its border is thicker.",
    "The two screenshots of this web page are identical: no difference can be seen between them.",
    "The paragraph under the picture moved down by twelve pixels, and its letters stand further apart.",
    "Compare the image before with the image after and name every element whose text, size or color differs.",
    "Judge the answer: is each mutation correct, partial or missed, and which claims are hallucinations?",
    '{"mutations": [{"gt": "", "type": "", "verdict": "missed", "vlm_match": ""}], "hallucinations": []}',
)
"""What the byte-level BPE is trained on."""

CHAT_TEMPLATE: Final = (
    "{%- for message in messages -%}"
    "{{- '<|im_start|>' + message['role'] + '\\n' -}}"
    "{%- if message['content'] is string -%}{{ message['content'] }}"
    "{%- else -%}{%- for part in message['content'] -%}"
    "{%- if part['type'] == 'text' -%}{{ part['text'] }}"
    "{%- elif 'image' in part['type'] -%}<|vision_start|><|image_pad|><|vision_end|>"
    "{%- elif 'video' in part['type'] -%}<|vision_start|><|video_pad|><|vision_end|>"
    "{%- endif -%}{%- endfor -%}{%- endif -%}"
    "{{- '<|im_end|>\\n' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
)


def build(folder: Path, *, seed: int = 0) -> None:
    """Write config, tokenizer, processor and weights into `folder`, which is made where it is absent."""
    from safetensors.numpy import save

    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer()
    ids = {token: _token_id(tokenizer, token) for token in SPECIAL_TOKENS}
    num_tokens = tokenizer.get_vocab_size()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
    for name, content in _config_files(ids, num_tokens).items():
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    weights = dict(_weights(num_tokens, seed))
    _mute(weights["lm_head.weight"], tokenizer)
    (folder / "model.safetensors").write_bytes(save(weights, metadata={"format": "pt"}))


def _token_id(tokenizer: "Tokenizer", token: str) -> int:
    found: int | None = tokenizer.token_to_id(token)
    assert found is not None, token
    return found


def train_tokenizer() -> "Tokenizer":
    """Train the byte-level BPE; its ids are the same each time."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    words = pre_tokenizers.Split(Regex(r" ?\p{L}+| ?\p{N}| ?[^\s\p{L}\p{N}]+|\s+"), "isolated")
    letters = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, letters])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=MAX_VOCABULARY,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return tokenizer


def _mute(head: np.ndarray[Any, Any], tokenizer: "Tokenizer") -> None:
    """Give a logit of 0 to tokens that begin no English word: greedy answers look like text and fill their budget.

    Single letters keep half of theirs: where a schema leaves room for one character, it is no control character,
    which would spoil the JSON.
    """
    letters = [_token_id(tokenizer, letter) for letter in string.ascii_lowercase]
    head[letters] /= 2
    speaks = set(letters)
    for token, number in tokenizer.get_vocab().items():
        word = token.removeprefix("Ġ")  # the byte-level alphabet's sign for a space
        if word != token and word.isascii() and word.isalpha() and len(word) > 2:
            speaks.add(number)
    head[[number for number in range(len(head)) if number not in speaks]] = 0


def _shapes(num_tokens: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "visual.patch_embed.proj.weight", (HIDDEN, 3, 2, PATCH, PATCH)
    for block in range(VISION_DEPTH):
        yield from _vision_block(f"visual.blocks.{block}")
    yield "visual.merger.ln_q.weight", (HIDDEN,)
    for layer, width in (("mlp.0", MERGED * HIDDEN), ("mlp.2", HIDDEN)):
        yield f"visual.merger.{layer}.weight", (width, MERGED * HIDDEN)
        yield f"visual.merger.{layer}.bias", (width,)
    yield "model.embed_tokens.weight", (num_tokens, HIDDEN)
    for number in range(LAYERS):
        yield from _text_layer(f"model.layers.{number}")
    yield "model.norm.weight", (HIDDEN,)
    yield "lm_head.weight", (num_tokens, HIDDEN)


def _vision_block(name: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.norm1.weight", (HIDDEN,)
    yield f"{name}.norm2.weight", (HIDDEN,)
    for layer, outputs, inputs in (
        ("attn.qkv", 3 * HIDDEN, HIDDEN), ("attn.proj", HIDDEN, HIDDEN),
        ("mlp.gate_proj", MLP, HIDDEN), ("mlp.up_proj", MLP, HIDDEN), ("mlp.down_proj", HIDDEN, MLP),
    ):  # fmt: skip
        yield f"{name}.{layer}.weight", (outputs, inputs)
        yield f"{name}.{layer}.bias", (outputs,)


def _text_layer(name: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.input_layernorm.weight", (HIDDEN,)
    yield f"{name}.post_attention_layernorm.weight", (HIDDEN,)
    for layer, heads in (("q_proj", HEADS), ("k_proj", KV_HEADS), ("v_proj", KV_HEADS)):
        yield f"{name}.self_attn.{layer}.weight", (heads * HEAD_DIM, HIDDEN)
        yield f"{name}.self_attn.{layer}.bias", (heads * HEAD_DIM,)
    yield f"{name}.self_attn.o_proj.weight", (HIDDEN, HEADS * HEAD_DIM)
    for layer, outputs, inputs in (("gate_proj", MLP, HIDDEN), ("up_proj", MLP, HIDDEN), ("down_proj", HIDDEN, MLP)):
        yield f"{name}.mlp.{layer}.weight", (outputs, inputs)


def _weights(num_tokens: int, seed: int) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Draw each tensor by its name: norms 1, biases 0, the rest normal and scaled to keep variances near `GAINS`."""
    for name, shape in _shapes(num_tokens):
        if len(shape) == 1:
            yield name, np.full(shape, 0.0 if name.endswith("bias") else 1.0, dtype=np.float32)
            continue
        draw = np.random.default_rng(int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8]))
        gain = next((gain for part, gain in GAINS.items() if part in name), 1.0)
        fan_in = 1 if "embed_tokens" in name else int(np.prod(shape[1:]))
        yield name, (draw.standard_normal(shape) * gain * fan_in**-0.5).astype(np.float32)


def _config_files(ids: Mapping[str, int], num_tokens: int) -> dict[str, dict[str, Any]]:
    images = {
        "patch_size": PATCH, "temporal_patch_size": 2, "merge_size": 2,
        "size": {"shortest_edge": MIN_PIXELS, "longest_edge": MAX_PIXELS},
        "image_mean": [0.5] * 3, "image_std": [0.5] * 3, "processor_class": "Qwen2_5_VLProcessor",
    }  # fmt: skip
    return {
        "config.json": _model_config(ids, num_tokens),
        "generation_config.json": {"eos_token_id": [ids["<|im_end|>"], ids["<|endoftext|>"]], "do_sample": False},
        "preprocessor_config.json": {"image_processor_type": "Qwen2VLImageProcessor", **images},
        "video_preprocessor_config.json": {"video_processor_type": "Qwen2VLVideoProcessor", **images},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "processor_class": "Qwen2_5_VLProcessor",
            "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "model_max_length": CONTEXT,
            "extra_special_tokens": {"image_token": "<|image_pad|>", "video_token": "<|video_pad|>"},
        },
    }  # fmt: skip


def _model_config(ids: Mapping[str, int], num_tokens: int) -> dict[str, Any]:
    return {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "model_type": "qwen2_5_vl",
        "dtype": "float32",
        "hidden_size": HIDDEN, "intermediate_size": MLP, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS, "vocab_size": num_tokens, "max_position_embeddings": CONTEXT,
        "hidden_act": "silu", "rms_norm_eps": 1e-6, "tie_word_embeddings": False, "use_sliding_window": False,
        "rope_theta": 1_000_000.0, "rope_scaling": {"type": "mrope", "mrope_section": [8, 12, 12]},
        "bos_token_id": ids["<|endoftext|>"], "eos_token_id": ids["<|im_end|>"], "pad_token_id": ids["<|endoftext|>"],
        "image_token_id": ids["<|image_pad|>"], "video_token_id": ids["<|video_pad|>"],
        "vision_start_token_id": ids["<|vision_start|>"], "vision_end_token_id": ids["<|vision_end|>"],
        "vision_config": {
            "model_type": "qwen2_5_vl", "depth": VISION_DEPTH, "hidden_size": HIDDEN, "intermediate_size": MLP,
            "num_heads": HEADS, "out_hidden_size": HIDDEN, "patch_size": PATCH, "spatial_patch_size": PATCH,
            "spatial_merge_size": 2, "temporal_patch_size": 2, "window_size": 8 * PATCH, "in_channels": 3,
            "fullatt_block_indexes": [1], "hidden_act": "silu", "tokens_per_second": 2,
        },
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the model into the folder named."""
    parser = argparse.ArgumentParser(prog="python -m model_adapters.engines.tiny_model", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    build(options.folder, seed=options.seed)
    size_mb = sum(path.stat().st_size for path in options.folder.iterdir()) / 1e6
    sys.stdout.write(f"{options.folder}: a Qwen2.5-VL with random weights, {size_mb:.1f} MB\n")


if __name__ == "__main__":
    main()
