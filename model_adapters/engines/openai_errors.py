"""Turn what the OpenAI client raises into this project's call errors."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from schemas.errors import (
    AuthFailed,
    BadReply,
    CallError,
    CallTimeout,
    ConnectionFailed,
    RateLimited,
    RequestRejected,
    ServerFailed,
)

if TYPE_CHECKING:
    import openai

MAX_SAID: Final = 300
"""How much of a server's own words a message quotes, characters."""


def translate(error: "openai.APIError", where: str) -> CallError:
    """Return the call error for what the client raised; `where` names the model and the endpoint.

    Never quotes an answer to bad credentials: servers repeat parts of the key in it.
    """
    import openai

    if isinstance(error, openai.APITimeoutError):
        return CallTimeout(f"{where}: no connection or no reply in time")
    if isinstance(error, openai.APIConnectionError):
        return _translate_connection(error, where)
    if isinstance(error, openai.APIStatusError):
        return _translate_status(error, where)
    return BadReply(f"{where}: {error.message[:MAX_SAID]}")


def _translate_connection(error: "openai.APIConnectionError", where: str) -> CallError:
    import httpx2

    cause = error.__cause__
    reason = f"{type(cause).__name__}: {cause}" if cause else error.message
    if isinstance(cause, httpx2.DecodingError):
        return BadReply(f"{where}: the reply's compression is broken ({reason[:MAX_SAID]})")
    return ConnectionFailed(f"{where}: {reason[:MAX_SAID]}; is the server up, and the base_url right?")


def _translate_status(error: "openai.APIStatusError", where: str) -> CallError:
    status = error.status_code
    said = f"{where}: HTTP {status}: {_server_words(error)}"
    wait_s = retry_after_s(error.response.headers)
    if status in {401, 403}:
        return AuthFailed(f"{where}: HTTP {status}: the key was refused; check the variable that api_key_env names")
    if status == 429:
        return RateLimited(said, retry_after_s=wait_s)
    if status in {408, 409} or status >= 500:
        return ServerFailed(said, retry_after_s=wait_s)
    if 300 <= status < 400:
        return RequestRejected(f"{where}: HTTP {status}: redirects are not followed; put the final address in base_url")
    return RequestRejected(said)


def _server_words(error: "openai.APIStatusError") -> str:
    """Return the server's own message, or the start of what it sent, on one line."""
    body = error.body
    words = body.get("message") if isinstance(body, Mapping) else None
    text = words if isinstance(words, str) else str(body if body is not None else error.response.reason_phrase)
    return " ".join(text.split())[:MAX_SAID] or error.response.reason_phrase


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the wait that a Retry-After header asks for, seconds, of either form; None where it makes no sense."""
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        wait_s = float(value)
    except ValueError:
        return _seconds_until(value)
    return wait_s if math.isfinite(wait_s) and wait_s >= 0 else None


def _seconds_until(http_date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
