"""Channels of gpt-oss, as its chat template and its tokens spell them."""

import pytest

from model_adapters.engines.harmony import Channels, split_channels

THOUGHT = "<|channel|>analysis<|message|>Two headings differ.<|end|>"


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        (f"{THOUGHT}<|start|>assistant<|channel|>final<|message|>{{}}<|return|>", ("{}", "Two headings differ.")),
        (f"{THOUGHT}<|start|>assistant<|channel|>final<|message|>cut here", ("cut here", "Two headings differ.")),
        ("<|channel|>analysis<|message|>still thinking", ("", "still thinking")),
        ("<|channel|>final<|message|>at once<|return|>", ("at once", None)),
        ("<|channel|>final <|constrain|>json<|message|>{}<|return|>", ("{}", None)),
        (
            f"{THOUGHT}<|start|>assistant<|channel|>commentary<|message|>aside<|end|>"
            "<|start|>assistant<|channel|>final<|message|>a < b |> c<|return|>",
            ("a < b |> c", "Two headings differ.\naside"),
        ),
        ("no channel at all", ("", None)),
        ("", ("", None)),
    ],
)
def test_channels(text: str, channels: tuple[str, str | None]) -> None:
    assert split_channels(text) == Channels(*channels)
