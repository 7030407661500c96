"""Anthropic's Messages wire format: a request's bytes, a reply's fields. Pure; knows no client.

Source: Anthropic's API reference (Messages, stop reasons, structured outputs, effort).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from model_adapters.engines.wire import (
    add_known,
    complain,
    count,
    mapping,
    objects,
    parse_body,
    splice_image,
    text_or_none,
)  # fmt: skip
from schemas.protocols import ChatReply, ChatRequest, ImagePart, Sampling, TextPart

FINISH_REASONS: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
    "tool_use": "tool_calls",
}
"""Anthropic's stop reasons in OpenAI's words; others are passed on as they are."""


def encode_request(parts: Sequence[TextPart | ImagePart], fields: Mapping[str, object]) -> bytes:
    """Return the request body: `fields`, and one user turn of `parts` in their order."""
    head = json.dumps(fields)[:-1].encode()
    content = b",".join(_encode_part(part) for part in parts)
    return b"".join((head, b',"messages":[{"role":"user","content":[', content, b"]}]}"))


def _encode_part(part: TextPart | ImagePart) -> bytes:
    if isinstance(part, TextPart):
        return json.dumps({"type": "text", "text": part.text}).encode()
    media_type = part.media_type.encode()
    opening = b'{"type":"image","source":{"type":"base64","media_type":"' + media_type + b'","data":"'
    return splice_image(opening, part, b'"}}')


def sampling_fields(sampling: Sampling) -> dict[str, object]:
    """Return the request fields of a sampling, but for its effort; there is no seed in this format."""
    return {
        "max_tokens": sampling.max_output_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
    }


def output_fields(request: ChatRequest) -> dict[str, object]:
    """Return the request field that carries the effort and the JSON schema, or nothing."""
    config: dict[str, object] = {}
    if request.sampling.reasoning_effort is not None:
        config["effort"] = request.sampling.reasoning_effort
    if request.json_schema is not None:
        config["format"] = {"type": "json_schema", "schema": request.json_schema}
    return {"output_config": config} if config else {}


def decode_reply(body: bytes, where: str) -> ChatReply:
    """Read a reply's body; BadReply where it is cut, not JSON, or holds no content.

    An empty content is a reply with text "". Anthropic doesn't say how many of the tokens were images'.
    """
    data = parse_body(body, where)
    if not isinstance(data.get("content"), list):
        raise complain(data, "content", where)
    blocks = objects(data["content"])
    stop_reason = text_or_none(data.get("stop_reason"))
    usage = mapping(data.get("usage"))
    return ChatReply(
        text=_joined(blocks, "text") or _explanation(data),
        reasoning=_joined(blocks, "thinking") or None,
        finish_reason=FINISH_REASONS.get(stop_reason or "", stop_reason),
        is_refusal=stop_reason == "refusal",
        prompt_tokens=_prompt_tokens(usage),
        completion_tokens=count(usage, "output_tokens"),
        served_model=text_or_none(data.get("model")),
    )


def _joined(blocks: Sequence[Mapping[str, object]], kind: str) -> str:
    """Return the text of all blocks of a kind; a kind's text stands under the kind's own name."""
    return "".join(text_or_none(block.get(kind)) or "" for block in blocks if block.get("type") == kind)


def _explanation(data: Mapping[str, object]) -> str:
    """Return why the request was refused, where the endpoint says so."""
    return text_or_none(mapping(data.get("stop_details")).get("explanation")) or ""


def _prompt_tokens(usage: Mapping[str, object]) -> int | None:
    """Return all prompt tokens: `input_tokens` leaves out those that a cache took or gave."""
    fresh = count(usage, "input_tokens")
    if fresh is None:
        return None
    return add_known(fresh, count(usage, "cache_creation_input_tokens"), count(usage, "cache_read_input_tokens"))
