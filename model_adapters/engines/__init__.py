"""Chat request in, reply out. The only home of openai, vllm and transformers."""

from schemas.protocols import ComponentConfig, Engine
from schemas.registry import Registry

ENGINES: Registry[ComponentConfig, Engine] = Registry(
    "engine",
    {
        "openai": "model_adapters.engines.openai:OpenAIEngine",
    },
)
"""A class is built as `Class(config)`."""
