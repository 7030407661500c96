"""The engine against real HTTP on loopback."""

import asyncio
import base64
import json
import logging
import pickle
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from model_adapters.engines.endpoint import Prices
from model_adapters.engines.endpoint_errors import retry_after_s
from model_adapters.engines.openai import OpenAIConfig, OpenAIEngine
from model_adapters.engines.scripted_replies import Asked, RawReply, Script
from model_adapters.engines.scripted_server import ScriptedServer
from model_adapters.engines.scripted_wires import REFUSAL, json_reply
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
from schemas.protocols import ChatReply, ChatRequest, ImagePart, Sampling, TextPart

SECRET = "sk-live-0123456789abcdef"
PRICES = Prices(input_usd_per_mtok=1, output_usd_per_mtok=2, as_of="2026-01-01")
PICTURE = memoryview(random.Random(1).randbytes(1_000))


def say(text: str) -> ChatRequest:
    return ChatRequest(parts=(TextPart(text),))


async def ask(
    answerer: Callable[[Asked], str | RawReply] = lambda asked: "fine",
    script: Script | None = None,
    request: ChatRequest | None = None,
    **config: Any,
) -> ChatReply:
    async with ScriptedServer(script, answerer) as server:
        engine = OpenAIEngine(OpenAIConfig(model="m", base_url=server.base_url, **config))
        await engine.start()
        try:
            return await engine.chat(request or say("hello"))
        finally:
            await engine.close()


def run(*args: Any, **kwargs: Any) -> ChatReply:
    return asyncio.run(ask(*args, **kwargs))


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking_to(handler: Handler, **config: Any) -> AsyncIterator[OpenAIEngine]:
    """Start an engine against a bare socket server, for what no HTTP server would say."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    engine = OpenAIEngine(OpenAIConfig(model="m", base_url=url, **config))
    await engine.start()
    try:
        yield engine
    finally:
        await engine.close()
        server.close()
        await asyncio.sleep(0.05)  # lets handlers see that the client has gone
        await server.wait_closed()


def completion(message: object, /, **more: object) -> RawReply:
    return json_reply({"model": "m-0612", "choices": [{"message": message, "finish_reason": "stop"} | more]})


def seen_body(**config: Any) -> dict[str, Any]:
    bodies: list[Any] = []

    def keep(asked: Asked) -> str:
        bodies.append(asked.body)
        return "fine"

    run(keep, **config)
    return dict(bodies[0])


def test_parts_keep_their_order_and_images_their_bytes() -> None:
    request = ChatRequest(parts=(TextPart('a "quoted" é'), ImagePart(PICTURE), ImagePart(PICTURE[:10]), TextPart("z")))
    content = seen_body(request=request)["messages"][0]["content"]
    assert [part["type"] for part in content] == ["text", "image_url", "image_url", "text"]
    assert content[0]["text"] == 'a "quoted" é'
    head, _, data = content[1]["image_url"]["url"].partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == PICTURE


def test_sampling_becomes_fields_and_none_is_left_out() -> None:
    body = seen_body()
    assert body["temperature"] == 0
    assert body["max_completion_tokens"] == 16_384
    assert not {"top_p", "seed", "reasoning_effort", "response_format", "reasoning", "max_tokens"} & set(body)


def test_every_setting_of_the_request_arrives() -> None:
    sampling = Sampling(temperature=0.5, top_p=0.9, max_output_tokens=7, reasoning_effort="high", seed=3)
    request = ChatRequest(parts=(TextPart("x"),), sampling=sampling, json_schema={"type": "object"})
    body = seen_body(
        request=request, output_budget_field="max_tokens", omit_fields=("temperature",),
        reasoning={"enabled": True}, extra_body={"top_k": 5},
    )  # fmt: skip
    assert "temperature" not in body
    assert (body["top_p"], body["max_tokens"], body["reasoning_effort"], body["seed"]) == (0.9, 7, "high", 3)
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert (body["reasoning"], body["top_k"]) == ({"enabled": True}, 5)


def test_a_reply_is_read_with_its_counts_and_names() -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"image_tokens": 9}}
    reply = {
        "model": "m-0612", "system_fingerprint": "fp1", "usage": usage,
        "choices": [{"message": {"content": "seen", "reasoning_content": "hm"}, "finish_reason": "stop"}],
    }  # fmt: skip
    got = run(
        lambda asked: json_reply(reply), prices=Prices(input_usd_per_mtok=1, output_usd_per_mtok=2, as_of="2026-01-01")
    )
    assert (got.text, got.reasoning, got.finish_reason) == ("seen", "hm", "stop")
    assert (got.prompt_tokens, got.image_tokens, got.completion_tokens) == (12, 9, 3)
    assert got.cost_usd == pytest.approx(18e-6)
    assert (got.served_model, got.model_revision, got.engine) == ("m-0612", "fp1", "openai")


@pytest.mark.parametrize(
    ("message", "text", "reasoning", "is_refusal"),
    [
        ({"content": None}, "", None, False),
        ({"content": ""}, "", None, False),
        ({"content": None, "refusal": "I can't"}, "I can't", None, True),
        ({"content": "x", "reasoning": "why"}, "x", "why", False),
        ({"content": [{"type": "thinking", "thinking": "."}, {"type": "text", "text": "x"}]}, "x", None, False),
    ],
)
def test_odd_messages_are_replies(message: object, text: str, reasoning: str | None, is_refusal: bool) -> None:
    got = run(lambda asked: completion(message))
    assert (got.text, got.reasoning, got.is_refusal) == (text, reasoning, is_refusal)
    assert got.prompt_tokens is None
    assert got.completion_tokens is None


def test_a_content_filter_is_a_refusal() -> None:
    assert run(lambda asked: completion({"content": ""}, finish_reason="content_filter")).is_refusal


def test_a_scripted_refusal_is_one() -> None:
    got = run(script=Script(refusal_share=1.0))
    assert (got.text, got.is_refusal, got.finish_reason) == (REFUSAL, True, "stop")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (RawReply(body=b'{"choices": [{"mess'), "cut or malformed JSON"),
        (RawReply(body=b"<html><body>hi"), "an HTML page"),
        (RawReply(body=b""), "0 bytes"),
        (json_reply({"choices": []}), "no choices"),
        (json_reply({"error": {"message": "overloaded"}}), "overloaded"),
        (completion(None), "no message"),
        (completion({"content": 5}), "neither text"),
        (RawReply(body=b"\xff\xfe"), "malformed"),
        (RawReply(body=b"plain", headers={"Content-Encoding": "gzip"}), "compression"),
    ],
)
def test_a_reply_that_breaks_the_protocol(reply: RawReply, words: str) -> None:
    with pytest.raises(BadReply, match=words):
        run(lambda asked: reply)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, RequestRejected), (404, RequestRejected), (413, RequestRejected), (422, RequestRejected),
        (401, AuthFailed), (403, AuthFailed), (429, RateLimited),
        (408, ServerFailed), (409, ServerFailed), (500, ServerFailed), (503, ServerFailed), (529, ServerFailed),
        (307, RequestRejected),
    ],
)  # fmt: skip
def test_statuses_become_call_errors(status: int, expected: type[Exception]) -> None:
    with pytest.raises(expected, match=f"HTTP {status}") as caught:
        run(lambda asked: json_reply({"error": {"message": "because"}}, status))
    assert type(caught.value) is expected


def test_an_error_names_model_endpoint_and_the_servers_words() -> None:
    with pytest.raises(RequestRejected, match=r"m at http://127\.0\.0\.1:\d+/v1: HTTP 400: image too large"):
        run(lambda asked: json_reply({"error": {"message": "image too large"}}, 400))


def test_retry_after_is_carried_and_survives_pickling() -> None:
    with pytest.raises(RateLimited) as caught:
        run(lambda asked: json_reply({}, 429, {"Retry-After": "2.5"}))
    assert pickle.loads(pickle.dumps(caught.value)).retry_after_s == 2.5


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("3", 3.0), ("0", 0.0), ("-1", None), ("nan", None), ("inf", None), ("soon", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_retry_after_of_every_form(header: str, expected: float | None) -> None:
    assert retry_after_s({"retry-after": header}) == expected
    assert retry_after_s({}) is None


def test_a_retry_after_date_is_counted_from_now() -> None:
    from email.utils import formatdate

    wait_s = retry_after_s({"retry-after": formatdate(time.time() + 60, usegmt=True)})
    assert wait_s is not None
    assert 50 < wait_s <= 60


def test_nobody_listens() -> None:
    async def closed_port() -> None:
        async with ScriptedServer() as server:
            url = server.base_url
        engine = OpenAIEngine(OpenAIConfig(model="m", base_url=url))
        await engine.start()
        try:
            await engine.chat(say("hello"))
        finally:
            await engine.close()

    with pytest.raises(ConnectionFailed, match="is the server up"):
        asyncio.run(closed_port())


def test_a_connection_that_is_cut() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    async def once() -> None:
        async with talking_to(cut) as engine:
            await engine.chat(say("hello"))

    with pytest.raises(ConnectionFailed):
        asyncio.run(once())


def test_a_hanging_server_costs_no_more_than_the_timeout() -> None:
    with pytest.raises(CallTimeout, match=r"0\.3 s"):
        run(script=Script(hang_share=1.0), timeout_s=0.3)


def test_a_server_that_trickles_meets_the_deadline_too() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not (writer.is_closing() or reader.at_eof()):
            writer.write(b" ")
            await asyncio.sleep(0.02)

    async def once() -> None:
        async with talking_to(trickle, timeout_s=0.3) as engine:
            await engine.chat(say("hello"))

    with pytest.raises(CallTimeout):
        asyncio.run(once())


def test_nothing_is_retried_below_the_dispatcher() -> None:
    async def count() -> int:
        async with ScriptedServer(Script(server_error_share=1.0)) as server:
            engine = OpenAIEngine(OpenAIConfig(model="m", base_url=server.base_url))
            await engine.start()
            with pytest.raises(ServerFailed):
                await engine.chat(say("hello"))
            await engine.close()
            return len(server.exchanges)

    assert asyncio.run(count()) == 1


def test_no_more_calls_are_in_flight_than_allowed() -> None:
    async def flood() -> None:
        async with ScriptedServer(Script(capacity=4, median_s=0.02, sigma=0.0)) as server:
            engine = OpenAIEngine(OpenAIConfig(model="m", base_url=server.base_url, max_in_flight=4))
            await engine.start()
            await asyncio.gather(*(engine.chat(say(f"{number}")) for number in range(20)))
            await engine.close()
            assert server.outcomes == {"ok": 20}

    asyncio.run(flood())


def test_the_key_is_sent_and_shown_nowhere(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("MY_KEY", SECRET)
    caplog.set_level(logging.DEBUG)

    heads: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        body = json.dumps({"error": {"message": f"Incorrect key {SECRET[:12]}***"}})
        writer.write(f"HTTP/1.1 401 no\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())

    async def once() -> str:
        async with talking_to(refuse, api_key_env="MY_KEY") as engine:
            with pytest.raises(AuthFailed) as caught:
                await engine.chat(say("hello"))
            return f"{caught.value} {caught.value.__cause__} {engine!r} {engine._config!r} {engine._config.identity()}"

    shown = asyncio.run(once())
    assert f"Bearer {SECRET}" in heads[0]
    assert SECRET[:12] not in shown + caplog.text
    assert "MY_KEY" not in str(OpenAIConfig(model="m", api_key_env="MY_KEY").identity())


def test_other_peoples_keys_stay_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, SECRET)

    heads: list[str] = []

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n")

    async def once() -> None:
        async with talking_to(keep) as engine:
            with pytest.raises(ServerFailed):
                await engine.chat(say("hello"))

    asyncio.run(once())
    assert "Authorization" in heads[0].title()
    assert SECRET not in heads[0]


@pytest.mark.parametrize("value", [None, "", "  ", "two words", "clé"])
def test_an_unusable_key_is_refused_before_any_call(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is None:
        monkeypatch.delenv("MY_KEY", raising=False)
    else:
        monkeypatch.setenv("MY_KEY", value)
    with pytest.raises(ConfigError, match="MY_KEY"):
        asyncio.run(OpenAIEngine(OpenAIConfig(model="m", api_key_env="MY_KEY")).start())


def test_free_costs_nothing_and_unknown_stays_unknown() -> None:
    assert run().cost_usd == 0.0
    assert run(lambda asked: completion({"content": "x"}), prices=PRICES).cost_usd is None


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"error": {"code": 502, "message": "upstream is gone"}}, "upstream is gone"),
        ({"error": {"code": 502}, "finish_reason": "error"}, "502"),
        ({"message": None, "error": {"code": 502}}, "502"),
        ({"finish_reason": "error"}, "error"),
        ({"finish_reason": "abort"}, "abort"),
        ({"finish_reason": "insufficient_system_resource"}, "insufficient_system_resource"),
    ],
)
def test_a_generation_that_failed_is_no_answer(choice: dict[str, Any], words: str) -> None:
    with pytest.raises(ServerFailed, match=words):
        run(lambda asked: completion({"content": "The butt"}, **choice))


@pytest.mark.parametrize("reason", ["eos", "stop_sequence", "tool_calls", None])
def test_an_unknown_finish_reason_is_passed_on(reason: str | None) -> None:
    reply = run(lambda asked: completion({"content": "fine"}, finish_reason=reason, error=None))
    assert (reply.text, reply.finish_reason) == ("fine", reason)
