"""Chat request in, reply out. The only home of openai, anthropic, google-genai, vllm and transformers."""

from schemas.protocols import Engine, EngineConfig
from schemas.registry import Registry

ENGINES: Registry[EngineConfig, Engine] = Registry(
    "engine",
    {
        "anthropic": "model_adapters.engines.claude:AnthropicEngine",
        "google": "model_adapters.engines.gemini:GoogleEngine",
        "openai": "model_adapters.engines.openai:OpenAIEngine",
        "vllm": "model_adapters.engines.vllm:VllmEngine",
    },
)
"""A class is built as `Class(config)`."""
