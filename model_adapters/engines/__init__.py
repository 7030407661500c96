"""Chat request in, reply out. The only home of openai, anthropic, google-genai, vllm and transformers."""

from schemas.protocols import Engine, EngineConfig
from schemas.registry import Registry

ENGINES: Registry[EngineConfig, Engine] = Registry(
    "engine",
    {
        "anthropic": "model_adapters.engines.claude:AnthropicEngine",
        "google": "model_adapters.engines.gemini:GoogleEngine",
        "hf": "model_adapters.engines.hf:HfEngine",
        "openai": "model_adapters.engines.openai:OpenAIEngine",
        "scripted": "model_adapters.engines.scripted:ScriptedEngine",
        "vllm": "model_adapters.engines.vllm:VllmEngine",
    },
)
"""A class is built as `Class(config)`."""
