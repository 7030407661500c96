"""Turn what an endpoint's client met into this project's call errors. All three SDKs call through httpx2."""

import json
import math
import re
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
    import httpx2

MAX_SAID: Final = 300
"""How much of a server's own words a message quotes, characters."""
_MASK: Final = "***"
_KEY_RUN: Final = 8
"""Length from which on a piece of the key is hidden, characters: a quote may end, or begin, within the key."""
_BEARER: Final = re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]+")


def hide_key(said: str, key: str) -> str:
    """Return a message without the key, pieces of it included, and without any other bearer token.

    Servers repeat what they were sent, and a message goes into stores, tables and reports.
    """
    run = min(_KEY_RUN, len(key))
    pieces = {key[at : at + run] for at in range(len(key) - run + 1)} if key else set()
    hidden = {at for piece in pieces for start in _places(said, piece) for at in range(start, start + run)}
    shown = "".join("\0" if at in hidden else character for at, character in enumerate(said))
    return _BEARER.sub(rf"\1{_MASK}", re.sub("\0+", _MASK, shown))


def _places(text: str, piece: str) -> list[int]:
    return [match.start() for match in re.finditer(f"(?={re.escape(piece)})", text)]


def translate_transport(cause: BaseException, where: str) -> CallError:
    """Return the call error where no HTTP reply came; `where` names the model and the endpoint."""
    import httpx2

    if isinstance(cause, httpx2.TimeoutException):
        return CallTimeout(f"{where}: no connection or no reply in time")
    reason = f"{type(cause).__name__}: {cause}"[:MAX_SAID]
    if isinstance(cause, httpx2.DecodingError):
        return BadReply(f"{where}: the reply's compression is broken ({reason})")
    return ConnectionFailed(f"{where}: {reason}; is the server up, and the base_url right?")


def translate_status(response: "httpx2.Response", where: str, wait_s: float | None = None) -> CallError:
    """Return the call error for a status that is no success; `wait_s` stands in for an absent Retry-After.

    Never quotes an answer to bad credentials: servers repeat parts of the key in it.
    """
    status = response.status_code
    said = f"{where}: HTTP {status}: {_server_words(response)}"
    asked_s = retry_after_s(response.headers)
    wait_s = wait_s if asked_s is None else asked_s
    if status in {401, 403}:
        return refuse_key(status, where)
    if status == 429:
        return RateLimited(said, retry_after_s=wait_s)
    if status in {408, 409} or status >= 500:
        return ServerFailed(said, retry_after_s=wait_s)
    if 300 <= status < 400:
        return RequestRejected(f"{where}: HTTP {status}: redirects are not followed; put the final address in base_url")
    return RequestRejected(said)


def refuse_key(status: int, where: str) -> AuthFailed:
    """Return the call error for a key that the endpoint does not take."""
    return AuthFailed(f"{where}: HTTP {status}: the key was refused; check the variable that api_key_env names")


def error_object(response: "httpx2.Response") -> Mapping[str, object]:
    """Return the error that a reply's body describes, as OpenAI, Anthropic and Google put it; {} where it is none."""
    try:
        data = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        return {}
    error = data.get("error", data)
    return error if isinstance(error, dict) else {"message": error}


def _server_words(response: "httpx2.Response") -> str:
    """Return the server's own message, or the start of what it sent, on one line."""
    words = error_object(response).get("message")
    text = words if isinstance(words, str) else response.text
    return " ".join(text.split())[:MAX_SAID] or response.reason_phrase


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
