"""Google's generateContent wire format: what a reply's fields mean. Pure; knows no client.

Source: the Gemini API reference (generateContent, thinking, finish and block reasons).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from model_adapters.engines.wire import add_known, complain, count, mapping, objects, parse_body, text_or_none
from schemas.protocols import ChatReply

FILTERED: Final = frozenset(
    {
        "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "MODEL_ARMOR", "ESCALATION",
    }
)  # fmt: skip
"""Finish reasons of a reply that was withheld."""
FINISH_REASONS: Final = {"STOP": "stop", "MAX_TOKENS": "length", "CONTINUATION": "length"}


def decode_reply(body: bytes, where: str) -> ChatReply:
    """Read a reply's body; BadReply where it is cut, not JSON, or holds neither a candidate nor a block reason.

    A candidate without parts is a reply with text "". A prompt that was blocked is a refusal.
    """
    data = parse_body(body, where)
    candidates = objects(data.get("candidates"))
    blocked = text_or_none(mapping(data.get("promptFeedback")).get("blockReason"))
    if not candidates and blocked is None:
        raise complain(data, "candidates", where)
    candidate = candidates[0] if candidates else {}
    parts = objects(mapping(candidate.get("content")).get("parts"))
    reason = text_or_none(candidate.get("finishReason"))
    is_refusal = not candidates or reason in FILTERED
    usage = mapping(data.get("usageMetadata"))
    return ChatReply(
        text=_joined(parts, is_thought=False),
        reasoning=_joined(parts, is_thought=True) or None,
        finish_reason="content_filter" if is_refusal else _finish_reason(reason),
        is_refusal=is_refusal,
        prompt_tokens=count(usage, "promptTokenCount"),
        image_tokens=_image_tokens(usage),
        completion_tokens=add_known(count(usage, "candidatesTokenCount"), count(usage, "thoughtsTokenCount")),
        served_model=text_or_none(data.get("modelVersion")),
    )


def _finish_reason(reason: str | None) -> str | None:
    return None if reason is None else FINISH_REASONS.get(reason, reason.lower())


def _joined(parts: Sequence[Mapping[str, object]], *, is_thought: bool) -> str:
    """Return the text of all parts that are thoughts, or of all that aren't."""
    return "".join(text_or_none(part.get("text")) or "" for part in parts if bool(part.get("thought")) == is_thought)


def _image_tokens(usage: Mapping[str, object]) -> int | None:
    """Return the prompt's image tokens, None where they aren't told apart."""
    details = objects(usage.get("promptTokensDetails"))
    return add_known(*(count(entry, "tokenCount") for entry in details if entry.get("modality") == "IMAGE"))


def is_key_refused(error: Mapping[str, object]) -> bool:
    """Tell whether an error means a bad key: Google says so with HTTP 400, not 401."""
    return any(entry.get("reason") == "API_KEY_INVALID" for entry in objects(error.get("details")))


def retry_delay_s(error: Mapping[str, object]) -> float | None:
    """Return the wait that an error's details ask for, seconds: Google sends no Retry-After header."""
    for entry in objects(error.get("details")):
        delay = text_or_none(entry.get("retryDelay"))
        if delay is not None and re.fullmatch(r"\d+(\.\d+)?s", delay):
            return float(delay[:-1])
    return None
