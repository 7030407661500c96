"""The engines that speak Anthropic's and Google's own formats, through their SDKs, against real HTTP on loopback."""

import asyncio
import base64
import hashlib
from dataclasses import asdict
from typing import Any

import pytest
from native_cases import (
    BOTH,
    CONFIGS,
    ENGINE,
    PAIR,
    PICTURES,
    PRICES,
    ask_at,
    build,
    run,
)

from model_adapters.engines import ENGINES
from model_adapters.engines.scripted_replies import Asked, RawReply, Script
from model_adapters.engines.scripted_server import ScriptedServer
from model_adapters.engines.scripted_wires import REFUSAL, json_reply
from schemas.errors import (
    BadReply,
    ConfigError,
    RateLimited,
    ServerFailed,
)
from schemas.protocols import ChatRequest, Sampling, TextPart


def seen(kind: str, **config: Any) -> Asked:
    kept: list[Asked] = []

    def keep(asked: Asked) -> str:
        kept.append(asked)
        return "fine"

    run(kind, keep, **config)
    return kept[0]


def sampled(**sampling: Any) -> ChatRequest:
    return ChatRequest(parts=(TextPart("hello"),), sampling=Sampling(**sampling))


@pytest.mark.parametrize("kind", BOTH)
def test_text_comes_first_and_images_follow_as_stored(kind: str) -> None:
    asked = seen(kind)
    assert asked.text == 'a "quoted" é'
    assert asked.images == tuple(hashlib.sha256(picture).hexdigest() for picture in PICTURES)


def test_anthropics_body() -> None:
    schema = {"type": "object"}
    request = ChatRequest(
        parts=PAIR.parts, json_schema=schema,
        sampling=Sampling(temperature=0.5, top_p=0.9, max_output_tokens=77, reasoning_effort="high", seed=4),
    )  # fmt: skip
    body = dict(seen("anthropic", request=request, thinking={"type": "adaptive"}, extra_body={"top_k": 5}).body)
    content = body.pop("messages")[0]["content"]  # type: ignore[index]
    assert [part["type"] for part in content] == ["text", "image", "image"]
    assert content[1]["source"]["media_type"] == "image/png"
    assert base64.b64decode(content[1]["source"]["data"]) == PICTURES[0]
    assert body == {
        "model": "m", "max_tokens": 77, "temperature": 0.5, "top_p": 0.9, "top_k": 5,
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "high", "format": {"type": "json_schema", "schema": schema}},
    }  # fmt: skip


def test_googles_body() -> None:
    schema = {"type": "object"}
    request = ChatRequest(
        parts=PAIR.parts, json_schema=schema,
        sampling=Sampling(temperature=0.5, top_p=0.9, max_output_tokens=77, reasoning_effort="high", seed=4),
    )  # fmt: skip
    more = {"safetySettings": [{"category": "c", "threshold": "BLOCK_NONE"}]}
    body = seen("google", request=request, thinking={"include_thoughts": True}, extra_body=more).body
    parts = body["contents"][0]["parts"]  # type: ignore[index]
    assert [set(part) for part in parts] == [{"text"}, {"inlineData"}, {"inlineData"}]
    assert base64.b64decode(parts[1]["inlineData"]["data"], validate=True) == PICTURES[0]
    assert body["generationConfig"] == {
        "temperature": 0.5, "topP": 0.9, "maxOutputTokens": 77, "seed": 4,
        "responseMimeType": "application/json", "responseJsonSchema": schema,
        # the endpoint takes either spelling
        "thinkingConfig": {"include_thoughts": True, "thinking_level": "HIGH"},
    }  # fmt: skip
    assert body["safetySettings"] == more["safetySettings"]


def test_what_is_not_set_is_not_sent() -> None:
    request = sampled(max_output_tokens=9)
    body = seen("anthropic", request=request, omit_fields=("temperature",)).body
    assert set(body) == {"model", "max_tokens", "messages"}
    body = seen("google", request=request, omit_fields=("temperature",)).body
    assert body["generationConfig"] == {"maxOutputTokens": 9}


@pytest.mark.parametrize("kind", BOTH)
def test_a_reply_is_read_with_its_counts_and_cost(kind: str) -> None:
    got = run(kind, prices=PRICES)
    assert (got.text, got.finish_reason, got.is_refusal, got.reasoning) == ("fine words", "stop", False, None)
    assert (got.prompt_tokens, got.completion_tokens) == (2_003, 2)
    assert got.cost_usd == pytest.approx(2_007e-6)
    assert got.engine == kind
    assert (got.engine_version or "").split()[0] in {"anthropic-python", "google-genai"}
    assert got.served_model is not None
    assert got.image_tokens == (None if kind == "anthropic" else 2_000)


@pytest.mark.parametrize("kind", BOTH)
def test_the_scripts_spoiled_replies(kind: str) -> None:
    empty = run(kind, script=Script(empty_share=1.0))
    assert (empty.text, empty.finish_reason, empty.is_refusal) == ("", "stop", False)
    cut = run(kind, script=Script(length_share=1.0))
    assert (cut.text, cut.finish_reason, cut.is_refusal) == ("fine ", "length", False)
    refused = run(kind, script=Script(refusal_share=1.0))
    assert (refused.finish_reason, refused.is_refusal) == ("content_filter", True)
    assert refused.text == (REFUSAL if kind == "anthropic" else "")
    with pytest.raises(BadReply, match="cut or malformed JSON"):
        run(kind, script=Script(cut_json_share=1.0))
    with pytest.raises(BadReply, match="an HTML page"):
        run(kind, script=Script(html_share=1.0))
    with pytest.raises(ServerFailed, match="the script says so"):
        run(kind, script=Script(server_error_share=1.0))


@pytest.mark.parametrize("kind", BOTH)
def test_a_rate_limit_says_how_long_to_wait(kind: str) -> None:
    with pytest.raises(RateLimited, match="too many requests") as caught:
        run(kind, script=Script(rate_limited_share=1.0, retry_after_s=2.5))
    assert caught.value.retry_after_s == 2.5


@pytest.mark.parametrize("kind", BOTH)
def test_nothing_is_retried_below_the_dispatcher(kind: str) -> None:
    async def count(script: Script) -> int:
        async with ScriptedServer(script) as server:
            with pytest.raises((RateLimited, ServerFailed)):
                await ask_at(build(kind, server.root_url))
            return len(server.exchanges)

    assert asyncio.run(count(Script(server_error_share=1.0))) == 1
    assert asyncio.run(count(Script(rate_limited_share=1.0))) == 1


def claude(content: object, stop_reason: str = "end_turn", **more: object) -> RawReply:
    return json_reply({"content": content, "stop_reason": stop_reason, "model": "c-1", **more})


@pytest.mark.parametrize(
    ("reply", "text", "reasoning", "finish_reason"),
    [
        (
            claude([{"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text", "text": "x"}]),
            "x", "hm", "stop",
        ),
        (claude([{"type": "redacted_thinking", "data": "z"}, {"type": "text", "text": "x"}]), "x", None, "stop"),
        (claude([{"type": "text", "text": "x"}, {"type": "text", "text": "y"}], "stop_sequence"), "xy", None, "stop"),
        (claude([{"type": "thinking", "thinking": "long"}], "max_tokens"), "", "long", "length"),
        (claude([{"type": "text", "text": "x"}], "model_context_window_exceeded"), "x", None, "length"),
        (claude([], "pause_turn"), "", None, "pause_turn"),
        (claude([{"type": "text", "text": None}, "odd", {"type": "new"}]), "", None, "stop"),
    ],
)  # fmt: skip
def test_anthropics_blocks(reply: RawReply, text: str, reasoning: str | None, finish_reason: str) -> None:
    got = run("anthropic", lambda asked: reply)
    assert (got.text, got.reasoning, got.finish_reason) == (text, reasoning, finish_reason)
    assert (got.is_refusal, got.prompt_tokens, got.completion_tokens) == (False, None, None)


def test_anthropics_cached_tokens_are_prompt_tokens_too() -> None:
    usage = {"input_tokens": 3, "cache_creation_input_tokens": 10, "cache_read_input_tokens": None, "output_tokens": 4}
    assert run("anthropic", lambda asked: claude([], usage=usage)).prompt_tokens == 13


def test_a_text_that_was_broken_off_by_a_refusal_is_kept() -> None:
    got = run("anthropic", lambda asked: claude([{"type": "text", "text": "The he"}], "refusal"))
    assert (got.text, got.is_refusal) == ("The he", True)


def gemini(parts: object, finish_reason: str | None = "STOP", **more: object) -> RawReply:
    return json_reply({"candidates": [{"content": {"parts": parts}, "finishReason": finish_reason}], **more})


@pytest.mark.parametrize(
    ("reply", "text", "reasoning", "finish_reason", "is_refusal"),
    [
        (gemini([{"text": "hm", "thought": True}, {"text": "x", "thoughtSignature": "s"}]), "x", "hm", "stop", False),
        (gemini([{"text": "x"}, {"text": "y"}, {"functionCall": {}}]), "xy", None, "stop", False),
        (gemini(None, "MAX_TOKENS"), "", None, "length", False),
        (gemini([{"text": "x"}], "SAFETY"), "x", None, "content_filter", True),
        (gemini([], "RECITATION"), "", None, "content_filter", True),
        (gemini([], "OTHER"), "", None, "other", False),
        (gemini([{"text": "x"}], None), "x", None, None, False),
        (json_reply({"promptFeedback": {"blockReason": "OTHER"}}), "", None, "content_filter", True),
    ],
)
def test_googles_candidates(
    reply: RawReply, text: str, reasoning: str | None, finish_reason: str | None, is_refusal: bool
) -> None:
    got = run("google", lambda asked: reply)
    assert (got.text, got.reasoning, got.finish_reason, got.is_refusal) == (text, reasoning, finish_reason, is_refusal)
    assert (got.prompt_tokens, got.image_tokens, got.completion_tokens) == (None, None, None)


def test_googles_thoughts_are_paid_as_completion() -> None:
    usage = {"promptTokenCount": 5, "candidatesTokenCount": 2, "thoughtsTokenCount": 30}
    assert run("google", lambda asked: gemini([{"text": "x"}], usageMetadata=usage)).completion_tokens == 32
    usage = {"thoughtsTokenCount": 30}
    assert run("google", lambda asked: gemini([], "MAX_TOKENS", usageMetadata=usage)).completion_tokens == 30


@pytest.mark.parametrize("kind", BOTH)
def test_configs(kind: str) -> None:
    config = ENGINES.configure({"kind": kind, "model": "m", "prices": asdict(PRICES), "omit_fields": ["temperature"]})
    assert isinstance(config, CONFIGS[kind])
    assert config.prices == PRICES
    needs = config.needs()
    assert needs.is_priced
    assert needs.url is None
    assert (needs.env_vars, needs.extra) == ((config.api_key_env,), kind)
    assert needs.packages == ({"anthropic": "anthropic", "google": "google.genai"}[kind],)
    assert ENGINES.load(kind) is ENGINE[kind]


@pytest.mark.parametrize("kind", BOTH)
def test_identity_holds_what_changes_a_reply_and_nothing_else(kind: str) -> None:
    def identity(**values: Any) -> object:
        return CONFIGS[kind](**{"model": "m", "base_url": "http://host", **values}).identity()

    for same in ({"timeout_s": 5.0}, {"api_key_env": "K"}, {"base_url": "http://host/"}, {"adaptive": False}):
        assert identity(**same) == identity()
    for other in ({"model": "n"}, {"thinking": {"a": 1}}, {"extra_body": {"a": 1}}, {"omit_fields": ("top_p",)}):
        assert identity(**other) != identity()


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("anthropic", {"base_url": "https://api.anthropic.com/v1"}),
        ("anthropic", {"extra_body": {"output_config": {}}}),
        ("google", {"base_url": "https://generativelanguage.googleapis.com/v1beta/"}),
        ("google", {"base_url": "https://generativelanguage.googleapis.com/v1beta/openai"}),
        ("google", {"extra_body": {"contents": []}}),
    ],
)
def test_a_wrong_setting_is_refused(kind: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        ENGINES.configure({"kind": kind, "model": "m", **wrong})
