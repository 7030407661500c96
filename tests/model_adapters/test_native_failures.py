"""What the Anthropic and Google engines make of errors, and what they keep to themselves."""

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from native_cases import (
    BOTH,
    CONFIGS,
    ENGINE,
    SECRET,
    ask_at,
    build,
    run,
    run_bare,
)

from model_adapters.engines.claude import AnthropicConfig
from model_adapters.engines.scripted_replies import RawReply, Script
from model_adapters.engines.scripted_server import ScriptedServer
from model_adapters.engines.scripted_wires import json_reply
from schemas.errors import (
    AuthFailed,
    BadReply,
    CallTimeout,
    ConfigError,
    ConnectionFailed,
    RateLimited,
    RequestRejected,
    ServerFailed,
)
from schemas.protocols import ChatRequest, TextPart


@pytest.fixture(autouse=True)
def no_inherited_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_BASE_URL", "ANTHROPIC_CUSTOM_HEADERS", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (RawReply(body=b""), "0 bytes"),
        (RawReply(body=b"[1]"), "no object"),
        (json_reply({"error": {"message": "overloaded"}}), "overloaded"),
        (json_reply({"content": None, "candidates": []}), "holds no"),
        (RawReply(body=b"plain", headers={"Content-Encoding": "gzip"}), "compression"),
    ],
)
def test_a_reply_that_breaks_the_protocol(kind: str, reply: RawReply, words: str) -> None:
    with pytest.raises(BadReply, match=words):
        run(kind, lambda asked: reply)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, RequestRejected), (402, RequestRejected), (404, RequestRejected), (413, RequestRejected),
        (401, AuthFailed), (403, AuthFailed), (429, RateLimited), (307, RequestRejected),
        (408, ServerFailed), (409, ServerFailed), (500, ServerFailed), (503, ServerFailed), (529, ServerFailed),
    ],
)  # fmt: skip
def test_statuses_become_call_errors(kind: str, status: int, expected: type[Exception]) -> None:
    with pytest.raises(expected, match=rf"m at http://127\.0\.0\.1:\d+: HTTP {status}") as caught:
        run(kind, lambda asked: json_reply({"error": {"message": "because"}}, status, {"Retry-After": "3"}))
    assert type(caught.value) is expected
    if expected in {RateLimited, ServerFailed}:
        assert caught.value.retry_after_s == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "body", [b"", b"<html>bad gateway", b'"words"', b"[]", b"[1, 2]", b'{"error": "words"}', b"null", b"\xff\xfe"]
)
def test_an_odd_error_body_still_is_the_servers_failure(kind: str, body: bytes) -> None:
    expected = (ServerFailed, BadReply) if kind == "google" and body == b"\xff\xfe" else ServerFailed
    with pytest.raises(expected):
        run(kind, lambda asked: RawReply(status=502, body=body))


def test_google_refuses_a_bad_key_with_400() -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
    body = {"error": {"code": 400, "message": f"API key {SECRET} not valid", "details": details}}
    with pytest.raises(AuthFailed, match="the key was refused") as caught:
        run("google", lambda asked: json_reply(body, 400))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("kind", BOTH)
def test_nobody_listens(kind: str) -> None:
    async def closed_port() -> None:
        async with ScriptedServer() as server:
            url = server.root_url
        await ask_at(build(kind, url))

    with pytest.raises(ConnectionFailed, match="is the server up"):
        asyncio.run(closed_port())


@pytest.mark.parametrize("kind", BOTH)
def test_a_connection_that_is_cut(kind: str) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    with pytest.raises(ConnectionFailed):
        run_bare(kind, cut)


@pytest.mark.parametrize("kind", BOTH)
def test_a_hanging_or_trickling_server_costs_no_more_than_the_timeout(kind: str) -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not (writer.is_closing() or reader.at_eof()):
            writer.write(b" ")
            await asyncio.sleep(0.02)

    with pytest.raises(CallTimeout):
        run(kind, script=Script(hang_share=1.0), timeout_s=0.3)
    with pytest.raises(CallTimeout):
        run_bare(kind, trickle, timeout_s=0.3)


@pytest.mark.parametrize("kind", BOTH)
def test_no_more_calls_are_in_flight_than_allowed(kind: str) -> None:
    async def flood() -> None:
        async with ScriptedServer(Script(capacity=4, median_s=0.02, sigma=0.0)) as server:
            engine = build(kind, server.root_url, max_in_flight=4)
            await engine.start()
            await asyncio.gather(*(engine.chat(ChatRequest(parts=(TextPart(f"{number}"),))) for number in range(12)))
            await engine.close()
            assert server.outcomes == {"ok": 12}

    asyncio.run(flood())


def heads_of(kind: str, **config: Any) -> Iterator[str]:
    """Yield the head of a request that is refused, then what the error shows."""
    heads: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        body = json.dumps({"error": {"message": f"Incorrect key {SECRET[:12]}***"}})
        writer.write(f"HTTP/1.1 401 no\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())

    with pytest.raises(AuthFailed) as caught:
        run_bare(kind, refuse, **config)
    yield heads[0]
    yield f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize("kind", BOTH)
def test_the_key_is_sent_and_shown_nowhere(
    kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MY_KEY", SECRET)
    caplog.set_level(logging.DEBUG)
    head, shown = heads_of(kind, api_key_env="MY_KEY")
    header = {"anthropic": "Authorization: Bearer", "google": "x-goog-api-key:"}[kind]
    assert f"{header} {SECRET}" in head
    assert head.startswith({"anthropic": "POST /v1/messages ", "google": "POST /v1beta/models/m:"}[kind])
    assert SECRET[:12] not in shown + caplog.text
    assert "MY_KEY" not in str(CONFIGS[kind](model="m", api_key_env="MY_KEY").identity())


def test_anthropics_version_is_the_one_that_takes_a_temperature() -> None:
    head, _ = heads_of("anthropic")
    assert "anthropic-version: 2023-06-01\r\n" in head
    head, _ = heads_of("anthropic", api_version="2026-10-21", omit_fields=("temperature",))
    assert "anthropic-version: 2026-10-21\r\n" in head
    with pytest.raises(ConfigError, match="omit_fields"):
        AnthropicConfig(model="m", api_version="2026-10-21")
    assert AnthropicConfig(model="m").identity() != AnthropicConfig(model="m", api_version="2023-01-01").identity()


@pytest.mark.parametrize("kind", BOTH)
def test_other_peoples_keys_stay_at_home(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", SECRET)
    head, _ = heads_of(kind)
    assert "no-key-needed" in head
    assert SECRET not in head


@pytest.mark.parametrize("kind", BOTH)
def test_a_missing_key_is_refused_before_any_call(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = CONFIGS[kind](model="m")
    assert config.api_key_env is not None
    monkeypatch.delenv(config.api_key_env, raising=False)
    with pytest.raises(ConfigError, match=config.api_key_env):
        asyncio.run(ENGINE[kind](config).start())  # type: ignore[arg-type]


def test_a_thinking_that_google_does_not_know_is_refused_before_any_call() -> None:
    with pytest.raises(ConfigError, match=r"thinking of m: thinking_buget"):
        asyncio.run(build("google", "http://127.0.0.1:9", thinking={"thinking_buget": 5}).start())
