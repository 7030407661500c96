"""How the tests of the Anthropic and Google engines ask a server on loopback."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from model_adapters.engines.claude import AnthropicConfig, AnthropicEngine
from model_adapters.engines.endpoint import Prices
from model_adapters.engines.gemini import GoogleConfig, GoogleEngine
from model_adapters.engines.scripted_replies import Asked, RawReply, Script
from model_adapters.engines.scripted_server import ScriptedServer
from schemas.protocols import ChatReply, ChatRequest, ImagePart, TextPart

SECRET = "sk-live-0123456789abcdef"
PRICES = Prices(input_usd_per_mtok=1, output_usd_per_mtok=2, as_of="2026-01-01")
PICTURES = [memoryview(random.Random(number).randbytes(1_000)) for number in range(2)]
PAIR = ChatRequest(parts=(TextPart('a "quoted" é'), ImagePart(PICTURES[0]), ImagePart(PICTURES[1])))
BOTH = ["anthropic", "google"]
CONFIGS = {"anthropic": AnthropicConfig, "google": GoogleConfig}
ENGINE = {"anthropic": AnthropicEngine, "google": GoogleEngine}
OPTIONAL: dict[str, Any] = {"api_key_env": None, "model": "m"}

Answer = Callable[[Asked], str | RawReply]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def build(kind: str, url: str, **config: Any) -> Any:
    return ENGINE[kind](CONFIGS[kind](base_url=url, **{**OPTIONAL, **config}))  # type: ignore[arg-type]


async def ask_at(engine: Any, request: ChatRequest = PAIR) -> ChatReply:
    await engine.start()
    try:
        return await engine.chat(request)  # type: ignore[no-any-return]
    finally:
        await engine.close()


def fine(asked: Asked) -> str:
    return "fine words"


def run(
    kind: str, answerer: Answer = fine, script: Script | None = None, request: ChatRequest = PAIR, **config: Any
) -> ChatReply:
    async def once() -> ChatReply:
        async with ScriptedServer(script, answerer) as server:
            return await ask_at(build(kind, server.root_url, **config), request)

    return asyncio.run(once())


def run_bare(kind: str, handler: Handler, **config: Any) -> ChatReply:
    """Ask a bare socket server, for what no HTTP server would say."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        finally:
            writer.close()

    async def once() -> ChatReply:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        try:
            return await ask_at(build(kind, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", **config))
        finally:
            server.close()
            await asyncio.sleep(0.05)  # lets handlers see that the client has gone
            await server.wait_closed()

    return asyncio.run(once())
