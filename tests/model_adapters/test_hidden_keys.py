"""What a server says of the key it was sent, and what of that is shown."""

import asyncio
import json
from typing import Any

import pytest
from native_cases import ask_at

from model_adapters.engines import ENGINES
from model_adapters.engines.endpoint_errors import hide_key
from model_adapters.engines.scripted_replies import RawReply
from model_adapters.engines.scripted_server import ScriptedServer
from model_adapters.engines.scripted_wires import json_reply
from schemas.errors import CallError, ConfigError

SECRET = "sk-live-0123456789abcdef"
OTHER = "tok.OTHER-98765"


def failure_of(kind: str, reply: RawReply) -> CallError:
    async def once() -> CallError:
        async with ScriptedServer(None, lambda asked: reply) as server:
            url = server.base_url if kind == "openai" else server.root_url
            config: Any = ENGINES.configure({"kind": kind, "model": "m", "base_url": url, "api_key_env": "MY_KEY"})
            with pytest.raises(CallError) as caught:
                await ask_at(ENGINES.load(kind)(config))
            return caught.value

    return asyncio.run(once())


@pytest.mark.parametrize("kind", ["openai", "anthropic", "google"])
@pytest.mark.parametrize(
    "reply",
    [
        json_reply({"error": {"message": f"no such header: {SECRET}"}}, 400),
        json_reply({"error": {"message": f"Bearer {OTHER} is not for {SECRET}"}}, 500, {"Retry-After": "3"}),
        json_reply({"error": f"Authorization: Bearer {SECRET}"}),
        json_reply([SECRET]),
        RawReply(body=f'{{"echo": "{SECRET}", "cho'.encode()),
        RawReply(body=f'{{"{"x" * 40}": "{SECRET}"'.encode()),
        RawReply(status=400, body=b"y" * 284 + SECRET.encode()),
    ],
)
def test_a_key_that_the_server_repeats_is_not_shown(
    kind: str, reply: RawReply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", SECRET)
    error = failure_of(kind, reply)
    assert SECRET[:8] not in str(error)
    assert OTHER not in str(error)
    assert "***" in str(error)
    if reply.status == 500:
        assert error.retry_after_s == 3


def test_words_without_a_key_stay() -> None:
    assert hide_key("the model sk-l is unknown", SECRET) == "the model sk-l is unknown"
    assert hide_key("the key abc is wrong", "abc") == "the key *** is wrong"
    assert hide_key(json.dumps({"a": f"bearer {OTHER}", "b": 1}), "") == '{"a": "bearer ***", "b": 1}'


@pytest.mark.parametrize("name", [SECRET, "", "MY KEY", "1KEY", "KÉY"])
@pytest.mark.parametrize("kind", ["openai", "anthropic", "google"])
def test_a_key_in_its_variables_place_is_refused_and_not_shown(kind: str, name: str) -> None:
    with pytest.raises(ConfigError, match="api_key_env") as caught:
        ENGINES.configure({"kind": kind, "model": "m", "base_url": "http://host", "api_key_env": name})
    assert not name or name not in str(caught.value)
