"""Chat request in, reply out. The only home of openai, vllm and transformers."""

from schemas.protocols import Engine, EngineConfig
from schemas.registry import Registry

ENGINES: Registry[EngineConfig, Engine] = Registry(
    "engine",
    {
        "openai": "model_adapters.engines.openai:OpenAIEngine",
        "vllm": "model_adapters.engines.vllm:VllmEngine",
    },
)
"""A class is built as `Class(config)`."""
