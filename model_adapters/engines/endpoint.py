"""What every endpoint engine shares: its settings, its turns, one deadline per call, its cost."""

import asyncio
import ipaddress
import math
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar, cast
from urllib.parse import urlsplit

from model_adapters.engines.adaptive import LimitConfig
from model_adapters.engines.endpoint_errors import hide_key
from model_adapters.engines.gate import Gate
from schemas.errors import CallError, CallTimeout, ConfigError
from schemas.protocols import ChatReply, ChatRequest, Json, Needs

if TYPE_CHECKING:
    import httpx2

CONNECT_TIMEOUT_S: Final = 10.0


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
class EndpointConfig:
    """Configure what every endpoint has."""

    kind: ClassVar[str]
    """The engine's name in the registry."""
    owned_fields: ClassVar[frozenset[str]]
    """Request fields that other settings decide, and `extra_body` may not."""
    packages: ClassVar[tuple[str, ...]] = ()
    """Import names of the SDK, where it is an extra's."""
    extra: ClassVar[str | None] = None
    """The extra that brings them."""

    model: str
    """The model's name as the endpoint knows it."""
    base_url: str
    """Address of the endpoint."""
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
    omit_fields: tuple[str, ...] = ()
    """Sampling fields never to send, for models that refuse them (`temperature`, for one)."""
    extra_body: Mapping[str, object] = field(default_factory=dict)
    """Further request fields, passed through."""
    prices: Prices | None = None
    """What calls cost; None: free on a local or keyless endpoint, unknown on a public one with a key."""

    def __post_init__(self) -> None:
        _check_base_url(self.base_url, self.model)
        if self.api_key_env is not None and not re.fullmatch(r"[A-Za-z_]\w*", self.api_key_env, re.ASCII):
            # kept out of the message too: it may be the key itself
            raise ConfigError(f"api_key_env of {self.model} must be the name of an environment variable")
        if owned := self.owned_fields & set(self.extra_body):
            raise ConfigError(f"extra_body for {self.model} may not set {', '.join(sorted(owned))}")
        if not 0 < self.timeout_s < math.inf or self.max_in_flight < 1:
            raise ConfigError(f"timeout_s and max_in_flight for {self.model} must be positive and finite")

    def identity(self) -> Mapping[str, Json]:
        """Return kind, endpoint, model and every shared setting that can change a reply."""
        return {
            "kind": self.kind,
            "version": 1,
            "base_url": self.base_url.rstrip("/"),
            "model": self.model,
            "revision": self.revision,
            "omit_fields": cast(Json, sorted(self.omit_fields)),
            "extra_body": cast(Json, self.extra_body),
        }

    def needs(self) -> Needs:
        """Return the key's variable, the SDK, and the address to try where that costs nothing."""
        is_tried = self.is_local or self.api_key_env is None
        return Needs(
            env_vars=(self.api_key_env,) if self.api_key_env else (),
            packages=self.packages,
            extra=self.extra,
            url=self.base_url if is_tried else None,
            is_priced=self.is_priced,
            is_cost_known=self.prices is not None or not self.is_priced,
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

    def kept(self, sampling: Mapping[str, object]) -> dict[str, object]:
        """Return the sampling fields to send; what is None is left to the server."""
        return {
            name: value for name, value in sampling.items() if value is not None and name not in self.omit_fields
        }  # fmt: skip


def _check_base_url(url: str, model: str) -> None:
    """Raise ConfigError where no call can go to an address; it stays out of the message, as it may hold a secret."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an open bracket, a port that is none
        raise ConfigError(f"base_url of {model} is no address: look at its host and its port, 1..65535") from None
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(f"base_url of {model}: no user, password, query or fragment; name a key in api_key_env")
    if not is_web:
        raise ConfigError(f"base_url of {model} must be an http or https address, such as http://127.0.0.1:8000/v1")


ConfigT = TypeVar("ConfigT", bound=EndpointConfig)


class EndpointEngine(ABC, Generic[ConfigT]):
    """Ask an endpoint, once per call: retries are the dispatcher's. A subclass brings the client and the format."""

    def __init__(self, config: ConfigT) -> None:
        self._config = config
        self._where = f"{config.model} at {config.base_url}"
        self._slots = asyncio.Semaphore(config.max_in_flight)
        limit = LimitConfig(max_limit=config.max_in_flight)
        # the other half, and the reply's own time, are what the executor waits before it calls a call hung
        self._gate = Gate(limit, self._where, max_wait_s=config.timeout_s / 2)
        self._version = ""
        self._key = ""

    @abstractmethod
    async def start(self) -> None:
        """Open the pooled client; ConfigError where the key's variable is unset. Starting twice does nothing."""

    @abstractmethod
    async def close(self) -> None:
        """Close all connections."""

    @abstractmethod
    async def _ask(self, request: ChatRequest) -> bytes:
        """Return the body of a successful reply; raise a CallError where none came."""

    @abstractmethod
    def _decode(self, body: bytes) -> ChatReply:
        """Read a reply's body; BadReply where it breaks the protocol."""

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Ask once; raise a CallError where no reply came. Its message never shows the key."""
        try:
            reply = self._decode(await self._ask_in_time(request))
        except CallError as error:
            error.args = (hide_key(str(error), self._key),)
            raise
        return replace(
            reply,
            cost_usd=self._cost_usd(reply),
            engine=self._config.kind,
            engine_version=self._version,
            model_revision=self._config.revision or reply.model_revision,
        )

    async def _ask_in_time(self, request: ChatRequest) -> bytes:
        async with self._slot():
            try:
                async with asyncio.timeout(self._config.timeout_s):
                    return await self._ask(request)
            except TimeoutError:
                said = f"{self._where}: no reply within {self._config.timeout_s:g} s (timeout_s)"
                raise CallTimeout(said) from None

    def _read_key(self) -> str:
        """Return the key, and remember it as what no message may show; ConfigError where it is unset."""
        key = read_key(self._config.api_key_env)
        self._key = key if self._config.api_key_env else ""
        return key

    def _slot(self) -> AbstractAsyncContextManager[None]:
        return self._gate.slot() if self._config.adaptive else self._slots

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

    def _cost_usd(self, reply: ChatReply) -> float | None:
        if not self._config.is_priced:
            return 0.0
        prices = self._config.prices
        if prices is None or reply.prompt_tokens is None or reply.completion_tokens is None:
            return None
        spent = reply.prompt_tokens * prices.input_usd_per_mtok + reply.completion_tokens * prices.output_usd_per_mtok
        return spent / 1e6


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


def refuse_version(config: EndpointConfig, *versions: str) -> None:
    """Raise ConfigError where a base URL ends in the API's version, which the SDK adds itself."""
    if config.base_url.rstrip("/").endswith(versions):
        raise ConfigError(f"base_url of {config.model}: leave {' or '.join(versions)} out, the client adds it")
