"""Chat request in, reply out. The only home of openai, vllm and transformers."""

from schemas.registry import Registry

ENGINES = Registry(
    "engine",
    {
        "openai": "model_adapters.engines.openai:OpenAIEngine",
    },
)
"""A class is built as `Class(config)`."""
