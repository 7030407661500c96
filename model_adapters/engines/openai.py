"""Any OpenAI-compatible chat completions endpoint: OpenAI, vLLM, Gemini, Anthropic, OpenRouter, ..."""

import asyncio
import ipaddress
import os
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast
from urllib.parse import urlsplit

from model_adapters.engines.adaptive import LimitConfig
from model_adapters.engines.gate import Gate
from model_adapters.engines.openai_errors import translate
from model_adapters.engines.openai_wire import decode_reply, encode_request, sampling_fields, schema_fields
from schemas.errors import CallTimeout, ConfigError
from schemas.protocols import ChatReply, ChatRequest, Json, Needs

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

PUBLIC_OPENAI: Final = "https://api.openai.com/v1"
CONNECT_TIMEOUT_S: Final = 10.0
OWNED_FIELDS: Final = frozenset({"model", "messages", "stream", "n", "response_format"})


@dataclass(kw_only=True, slots=True, frozen=True)
class Prices:
    """Say what an endpoint charges."""

    input_usd_per_mtok: float
    """US dollars per million prompt tokens, images included."""
    output_usd_per_mtok: float
    """US dollars per million completion tokens, reasoning included."""
    as_of: str
    """The date on which the price list was read, ISO 8601."""


@dataclass(kw_only=True, slots=True, frozen=True)
class OpenAIConfig:
    """Configure an OpenAI-compatible endpoint."""

    model: str
    """The model's name as the endpoint knows it."""
    base_url: str = PUBLIC_OPENAI
    """Address up to and with the API's version, without `/chat/completions`."""
    api_key_env: str | None = None
    """Name of the environment variable that holds the key; None where none is needed."""
    revision: str | None = None
    """What version of the weights the endpoint serves, if known; part of the content keys."""
    timeout_s: float = 600.0
    """Longest wait for one reply, connecting included, seconds."""
    max_in_flight: int = 64
    """Most calls in flight at once, and connections kept open."""
    adaptive: bool = True
    """Find out how many calls at once the endpoint bears, up to `max_in_flight`; false always sends as many."""
    output_budget_field: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    """The request field that carries the output budget; older servers know `max_tokens` alone."""
    omit_fields: tuple[str, ...] = ()
    """Sampling fields never to send, for models that refuse them (`temperature`, for one)."""
    reasoning: Mapping[str, object] | None = None
    """Passed through as the request's `reasoning` field, as OpenRouter takes it."""
    extra_body: Mapping[str, object] = field(default_factory=dict)
    """Further request fields, passed through."""
    prices: Prices | None = None
    """What calls cost; None: free on a local or keyless endpoint, unknown on a public one with a key."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.username or parts.password or parts.query:
            # the address stays out of the message: it may hold a secret
            raise ConfigError(f"base_url of {self.model}: no user, password or query; name a key in api_key_env")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigError(f"base_url of {self.model} must be an http or https address, not {self.base_url!r}")
        if owned := OWNED_FIELDS & set(self.extra_body):
            raise ConfigError(f"extra_body for {self.model} may not set {', '.join(sorted(owned))}")
        if self.timeout_s <= 0 or self.max_in_flight < 1:
            raise ConfigError(f"timeout_s and max_in_flight for {self.model} must be positive")

    def identity(self) -> Mapping[str, Json]:
        """Return kind, endpoint, model and every setting that can change a reply."""
        return {
            "kind": "openai",
            "version": 1,
            "base_url": self.base_url.rstrip("/"),
            "model": self.model,
            "revision": self.revision,
            "output_budget_field": self.output_budget_field,
            "omit_fields": cast(Json, sorted(self.omit_fields)),
            "reasoning": cast(Json, self.reasoning),
            "extra_body": cast(Json, self.extra_body),
        }

    def needs(self) -> Needs:
        """Return the key's variable, and the address to try where that costs nothing."""
        is_tried = self.is_local or self.api_key_env is None
        return Needs(
            env_vars=(self.api_key_env,) if self.api_key_env else (),
            url=self.base_url if is_tried else None,
            is_priced=self.is_priced,
        )

    @property
    def is_local(self) -> bool:
        """Tell whether the endpoint's host is this machine or a private network."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_private
        except ValueError:
            # a name without a dot is a host of this network
            return "." not in host or host.endswith((".local", ".internal", ".localhost"))

    @property
    def is_priced(self) -> bool:
        """Tell whether calls cost money, as far as is known."""
        if self.prices is not None:
            return self.prices.input_usd_per_mtok > 0 or self.prices.output_usd_per_mtok > 0
        return self.api_key_env is not None and not self.is_local


class OpenAIEngine:
    """Ask an OpenAI-compatible endpoint, once per call: retries are the dispatcher's."""

    config_class: ClassVar[type[OpenAIConfig]] = OpenAIConfig

    def __init__(self, config: OpenAIConfig) -> None:
        self._config = config
        self._where = f"{config.model} at {config.base_url}"
        self._slots = asyncio.Semaphore(config.max_in_flight)
        limit = LimitConfig(max_limit=config.max_in_flight)
        # the other half, and the reply's own time, are what the executor waits before it calls a call hung
        self._gate = Gate(limit, self._where, max_wait_s=config.timeout_s / 2)
        self._client: AsyncOpenAI | None = None
        self._version = ""

    async def start(self) -> None:
        """Open the pooled client; ConfigError where the key's variable is unset. Starting twice does nothing."""
        if self._client is not None:
            return
        import openai

        self._version = f"openai-python {openai.__version__}"
        self._client = openai.AsyncOpenAI(
            api_key=read_key(self._config.api_key_env),
            base_url=self._config.base_url,
            max_retries=0,
            http_client=self._http_client(),
        )
        if urlsplit(self._config.base_url).hostname != urlsplit(PUBLIC_OPENAI).hostname:
            # the SDK sends OPENAI_ORG_ID and OPENAI_PROJECT_ID to every endpoint
            self._client.organization = self._client.project = None

    def _http_client(self) -> "httpx2.AsyncClient":
        import httpx2

        connections = self._config.max_in_flight
        is_loopback = urlsplit(self._config.base_url).hostname in {"127.0.0.1", "::1", "localhost"}
        return httpx2.AsyncClient(
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
            timeout=httpx2.Timeout(self._config.timeout_s, connect=min(CONNECT_TIMEOUT_S, self._config.timeout_s)),
            follow_redirects=False,
            # a proxy named in the environment is never meant for this machine
            trust_env=not is_loopback,
        )

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Ask once; raise a CallError where no reply came."""
        async with self._slot():
            body = encode_request(request.parts, self._fields(request))
            raw = await self._post(body)
        reply = decode_reply(raw, self._where)
        return replace(
            reply,
            cost_usd=self._cost_usd(reply),
            engine="openai",
            engine_version=self._version,
            model_revision=self._config.revision or reply.model_revision,
        )

    def _slot(self) -> AbstractAsyncContextManager[None]:
        return self._gate.slot() if self._config.adaptive else self._slots

    def _fields(self, request: ChatRequest) -> dict[str, object]:
        sampling = sampling_fields(request.sampling, self._config.output_budget_field)
        kept = {name: value for name, value in sampling.items() if name not in self._config.omit_fields}
        reasoning = {"reasoning": self._config.reasoning} if self._config.reasoning is not None else {}
        return {"model": self._config.model, **kept, **schema_fields(request), **reasoning, **self._config.extra_body}

    async def _post(self, body: bytes) -> bytes:
        import httpx2
        import openai

        assert self._client is not None, "start() comes before chat()"
        try:
            async with asyncio.timeout(self._config.timeout_s):
                response = await self._client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    content=body,
                    options={"security": {"bearer_auth": True}},
                )
        except TimeoutError:
            raise CallTimeout(f"{self._where}: no reply within {self._config.timeout_s:g} s (timeout_s)") from None
        except openai.APIError as error:
            # not chained: the client's own message quotes whatever the server said, keys included
            raise translate(error, self._where) from None
        return response.content

    def _cost_usd(self, reply: ChatReply) -> float | None:
        if not self._config.is_priced:
            return 0.0
        prices = self._config.prices
        if prices is None or reply.prompt_tokens is None or reply.completion_tokens is None:
            return None
        spent = reply.prompt_tokens * prices.input_usd_per_mtok + reply.completion_tokens * prices.output_usd_per_mtok
        return spent / 1e6

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()


def read_key(variable: str | None) -> str:
    """Return the key that an environment variable holds; a harmless word where none is needed."""
    if variable is None:
        return "no-key-needed"
    key = os.environ.get(variable, "").strip()
    if not key:
        raise ConfigError(f"the environment variable {variable} is not set; it must hold the endpoint's API key")
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise ConfigError(f"the value of {variable} is no API key: it holds a blank or a character outside ASCII")
    return key
