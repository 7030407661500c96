"""The three wire formats that the scripted server speaks: how a request is read, a reply shaped, an error put."""

import binascii
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from model_adapters.engines.scripted_replies import Asked, RawReply

MODEL: Final = "scripted"
REFUSAL: Final = "I can't help with that."
TOKENS_PER_IMAGE: Final = 1_000


class Part(NamedTuple):
    """Hold a piece of a user turn: text, or an image as base64."""

    text: str | None = None
    image: str | None = None


class Shown(NamedTuple):
    """Hold what a reply says, spoiled as its outcome demands."""

    text: str
    outcome: str

    @property
    def num_tokens(self) -> int:
        """Return a count of tokens: words."""
        return len(self.text.split())


class Wire(NamedTuple):
    """Hold one wire format."""

    read: Callable[[Mapping[str, Any]], Iterator[Part]]
    """Yields a request's parts; a KeyError, TypeError or AttributeError where it is none."""
    shape: Callable[[Asked, Shown], Mapping[str, object]]
    """Returns a whole reply."""
    error: Callable[[int, str, float | None], RawReply]
    """Returns an error of a status, a message and the seconds to wait, where it names them."""


def wire_of(path: str) -> Wire | None:
    """Return the wire format of a POST path; None where nothing is served there."""
    if path.startswith("/v1beta/models/") and path.endswith(":generateContent"):
        return GOOGLE
    return {"/v1/chat/completions": OPENAI, "/v1/messages": ANTHROPIC}.get(path)


def read_request(wire: Wire, body: bytes) -> Asked | None:
    """Read a chat request's text and image digests; None where it is none."""
    try:
        data = json.loads(body)
        parts = list(wire.read(data))
        images = tuple(_digest(part.image) for part in parts if part.image is not None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    text = "\n".join(part.text for part in parts if part.text is not None)
    return Asked(text=text, images=images, content=hashlib.sha256(body).hexdigest(), body=data)


def shape_reply(wire: Wire, asked: Asked, text: str, outcome: str) -> RawReply:
    """Return a reply; `length`, `empty`, `refusal` and `cut_json` each spoil it in their way."""
    shown = {"empty": "", "length": text[: len(text) // 2], "refusal": REFUSAL}.get(outcome, text)
    whole = json_reply(wire.shape(asked, Shown(shown, outcome)))
    return RawReply(body=whole.body[: len(whole.body) // 2]) if outcome == "cut_json" else whole


def shape_completion(asked: Asked, text: str, outcome: str) -> RawReply:
    """Return a chat completion in OpenAI's form."""
    return shape_reply(OPENAI, asked, text, outcome)


def json_reply(body: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> RawReply:
    """Return a JSON reply."""
    return RawReply(status=status, body=json.dumps(body).encode(), headers=headers)


def _digest(base64: str) -> str:
    return hashlib.sha256(binascii.a2b_base64(base64)).hexdigest()


def _prompt_tokens(asked: Asked) -> int:
    return len(asked.text.split()) + TOKENS_PER_IMAGE * len(asked.images)


def _content_parts(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for message in data["messages"]:
        content = message["content"]
        yield from [{"type": "text", "text": content}] if isinstance(content, str) else content


def _retry_header(wait_s: float | None) -> Mapping[str, str] | None:
    return None if wait_s is None else {"Retry-After": f"{wait_s:g}"}


def _read_openai(data: Mapping[str, Any]) -> Iterator[Part]:
    for part in _content_parts(data):
        if part["type"] == "image_url":
            yield Part(image=part["image_url"]["url"].partition("base64,")[2])
        elif part["type"] == "text":
            yield Part(text=part["text"])


def _shape_openai(asked: Asked, shown: Shown) -> Mapping[str, object]:
    is_refusal = shown.outcome == "refusal"
    message = {"role": "assistant", "content": None if is_refusal else shown.text}
    if is_refusal:
        message["refusal"] = shown.text
    finish_reason = "length" if shown.outcome == "length" else "stop"
    return {
        "id": f"chatcmpl-{asked.content[:16]}",
        "object": "chat.completion",
        "created": 0,
        "model": asked.body.get("model", MODEL),
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": _prompt_tokens(asked), "completion_tokens": shown.num_tokens},
    }


def _error_openai(status: int, message: str, wait_s: float | None) -> RawReply:
    return json_reply({"error": {"message": message, "type": "scripted"}}, status, _retry_header(wait_s))


def _read_anthropic(data: Mapping[str, Any]) -> Iterator[Part]:
    for part in _content_parts(data):
        if part["type"] == "image":
            yield Part(image=part["source"]["data"])
        elif part["type"] == "text":
            yield Part(text=part["text"])


def _shape_anthropic(asked: Asked, shown: Shown) -> Mapping[str, object]:
    stop_reason = {"length": "max_tokens", "refusal": "refusal"}.get(shown.outcome, "end_turn")
    is_withheld = shown.outcome == "refusal" or not shown.text
    return {
        "id": f"msg_{asked.content[:16]}",
        "type": "message",
        "role": "assistant",
        "model": asked.body.get("model", MODEL),
        "content": [] if is_withheld else [{"type": "text", "text": shown.text}],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "explanation": REFUSAL} if stop_reason == "refusal" else None,
        "usage": {"input_tokens": _prompt_tokens(asked), "output_tokens": shown.num_tokens},
    }


def _error_anthropic(status: int, message: str, wait_s: float | None) -> RawReply:
    kind = "rate_limit_error" if status == 429 else "api_error"
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"}
    return json_reply(body, status, _retry_header(wait_s))


def _read_google(data: Mapping[str, Any]) -> Iterator[Part]:
    for content in data["contents"]:
        for part in content["parts"]:
            if "inlineData" in part:
                yield Part(image=part["inlineData"]["data"])
            else:
                yield Part(text=part["text"])


def _shape_google(asked: Asked, shown: Shown) -> Mapping[str, object]:
    usage = {
        "promptTokenCount": _prompt_tokens(asked),
        "promptTokensDetails": [{"modality": "IMAGE", "tokenCount": TOKENS_PER_IMAGE * len(asked.images)}],
    }
    if shown.outcome == "refusal":
        return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": usage, "modelVersion": MODEL}
    content = {"role": "model", "parts": [{"text": shown.text}]} if shown.text else {"role": "model"}
    finish_reason = "MAX_TOKENS" if shown.outcome == "length" else "STOP"
    return {
        "candidates": [{"content": content, "finishReason": finish_reason, "index": 0}],
        "usageMetadata": {**usage, "candidatesTokenCount": shown.num_tokens},
        "modelVersion": MODEL,
    }


def _error_google(status: int, message: str, wait_s: float | None) -> RawReply:
    details = (
        [] if wait_s is None else [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{wait_s:g}s"}]
    )
    kind = "RESOURCE_EXHAUSTED" if status == 429 else "INTERNAL"
    return json_reply({"error": {"code": status, "message": message, "status": kind, "details": details}}, status)


OPENAI: Final = Wire(_read_openai, _shape_openai, _error_openai)
ANTHROPIC: Final = Wire(_read_anthropic, _shape_anthropic, _error_anthropic)
GOOGLE: Final = Wire(_read_google, _shape_google, _error_google)
