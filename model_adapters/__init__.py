"""Pair in, prediction out. Each adapter is a sibling file; this table is all that knows their names.

A class is built as `Class(config, engine=Engine | None, prompt=Prompt | None)`.
"""

from schemas.protocols import AdapterConfig, ModelAdapter
from schemas.registry import Registry

ADAPTERS: Registry[AdapterConfig, ModelAdapter] = Registry(
    "adapter",
    {
        "constant": "model_adapters.constant:Constant",
        "pixel_diff": "model_adapters.pixel_diff:PixelDiff",
        "structural": "model_adapters.structural:Structural",
        "oracle": "model_adapters.probes:Oracle",
        "shuffled_oracle": "model_adapters.probes:ShuffledOracle",
        "shotgun": "model_adapters.probes:Shotgun",
        "flawed_oracle": "model_adapters.flawed_probes:FlawedOracle",
        "vlm_chat": "model_adapters.vlm_chat:VlmChat",
        "imported": "model_adapters.imported:Imported",
        "scripted": "model_adapters.scripted:Scripted",
    },
)
