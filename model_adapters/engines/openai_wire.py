"""The chat completions wire format: a request's bytes, a reply's fields. Pure; knows no client.

Source: the OpenAI API reference, and what vLLM, OpenRouter, DeepSeek, Gemini and Anthropic's compatible
endpoints add to it (`reasoning`, `reasoning_content`, content as a list of parts).
"""

import json
from collections.abc import Mapping, Sequence

from model_adapters.engines.wire import (
    complain,
    count,
    mapping,
    parse_body,
    refuse_broken_off,
    splice_image,
    text_or_none,
)  # fmt: skip
from schemas.errors import BadReply
from schemas.protocols import ChatReply, ChatRequest, ImagePart, Sampling, TextPart


def encode_request(parts: Sequence[TextPart | ImagePart], fields: Mapping[str, object]) -> bytes:
    """Return the request body: `fields`, and one user turn of `parts` in their order, images as data URLs."""
    head = json.dumps(fields)[:-1].encode()
    content = b",".join(_encode_part(part) for part in parts)
    return b"".join((head, b',"messages":[{"role":"user","content":[', content, b"]}]}"))


def _encode_part(part: TextPart | ImagePart) -> bytes:
    if isinstance(part, TextPart):
        return json.dumps({"type": "text", "text": part.text}).encode()
    opening = b'{"type":"image_url","image_url":{"url":"data:' + part.media_type.encode() + b";base64,"
    return splice_image(opening, part, b'"}}')


def sampling_fields(sampling: Sampling, budget_field: str) -> dict[str, object]:
    """Return the request fields of a sampling."""
    return {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        budget_field: sampling.max_output_tokens,
        "reasoning_effort": sampling.reasoning_effort,
        "seed": sampling.seed,
    }


def schema_fields(request: ChatRequest) -> dict[str, object]:
    """Return the request field that constrains decoding to a JSON schema, or nothing."""
    if request.json_schema is None:
        return {}
    schema = {"name": "reply", "strict": True, "schema": request.json_schema}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def decode_reply(body: bytes, where: str) -> ChatReply:
    """Read a reply's body; BadReply where it is cut, not JSON, or holds no message; ServerFailed where it broke off.

    A content of null or "" is a reply with text "": whether that is an answer is the adapter's to say.
    `where` names the model and the endpoint in messages.
    """
    data = parse_body(body, where)
    choice = _first_choice(data, where)
    finish_reason = text_or_none(choice.get("finish_reason"))
    refuse_broken_off(finish_reason, where, choice.get("error"))
    message = choice.get("message")
    if not isinstance(message, dict):
        raise BadReply(f"{where}: the reply's choice holds no message")
    refusal = text_or_none(message.get("refusal"))
    usage = mapping(data.get("usage"))
    return ChatReply(
        text=_content(message.get("content"), where) or refusal or "",
        reasoning=text_or_none(message.get("reasoning_content")) or text_or_none(message.get("reasoning")),
        finish_reason=finish_reason,
        is_refusal=bool(refusal) or finish_reason == "content_filter",
        prompt_tokens=count(usage, "prompt_tokens"),
        image_tokens=count(mapping(usage.get("prompt_tokens_details")), "image_tokens"),
        completion_tokens=count(usage, "completion_tokens"),
        served_model=text_or_none(data.get("model")),
        model_revision=text_or_none(data.get("system_fingerprint")),
    )


def _first_choice(data: Mapping[str, object], where: str) -> dict[str, object]:
    choices = data.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    raise complain(data, "choices", where)


def _content(content: object, where: str) -> str:
    """Return the text of a message; some servers send it as a list of typed parts."""
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
        return "".join(text for text in parts if isinstance(text, str))
    raise BadReply(f"{where}: the reply's content is neither text nor a list of parts")
