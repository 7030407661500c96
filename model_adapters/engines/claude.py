"""Anthropic's Messages endpoint, through Anthropic's own SDK (extra `anthropic`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, cast

from model_adapters.engines.claude_wire import decode_reply, encode_request, output_fields, sampling_fields
from model_adapters.engines.endpoint import EndpointConfig, EndpointEngine, refuse_version
from model_adapters.engines.endpoint_errors import MAX_SAID, translate_status, translate_transport
from schemas.errors import BadReply, ConfigError
from schemas.protocols import ChatReply, ChatRequest, Json

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

WITHOUT_SAMPLING: Final = "2026-10-21"
"""The version of the API from which on it refuses temperature and top_p, whatever the model."""


@dataclass(kw_only=True, slots=True, frozen=True)
class AnthropicConfig(EndpointConfig):
    """Configure an endpoint that speaks Anthropic's Messages format."""

    kind: ClassVar[str] = "anthropic"
    owned_fields: ClassVar[frozenset[str]] = frozenset({"model", "messages", "stream", "thinking", "output_config"})
    packages: ClassVar[tuple[str, ...]] = ("anthropic",)
    extra: ClassVar[str | None] = "anthropic"

    base_url: str = "https://api.anthropic.com"
    """Address without the API's version, `/v1`, which the client adds."""
    api_key_env: str | None = "ANTHROPIC_API_KEY"
    """Name of the environment variable that holds the key; None where none is needed."""
    api_version: str = "2023-06-01"
    """The `anthropic-version` header. This one takes a temperature where the model does; the SDK's own choice,
    2026-10-21, takes none and wants `omit_fields: [temperature]`."""
    thinking: Mapping[str, object] | None = None
    """The request's `thinking`: `{type: adaptive, display: summarized}`, or `{type: enabled, budget_tokens: 8192}`
    for models before Opus 4.7. With thinking on, temperature must be left out."""

    def __post_init__(self) -> None:
        EndpointConfig.__post_init__(self)
        refuse_version(self, "/v1")
        if self.api_version >= WITHOUT_SAMPLING and "temperature" not in self.omit_fields:
            raise ConfigError(
                f"api_version {self.api_version} of {self.model} takes no temperature: "
                "set omit_fields=[temperature], or api_version=2023-06-01"
            )

    def identity(self) -> Mapping[str, Json]:
        """Return kind, endpoint, model and every setting that can change a reply."""
        return {
            **EndpointConfig.identity(self),
            "api_version": self.api_version,
            "thinking": cast(Json, self.thinking),
        }


class AnthropicEngine(EndpointEngine[AnthropicConfig]):
    """Ask an endpoint that speaks Anthropic's Messages format."""

    config_class: ClassVar[type[AnthropicConfig]] = AnthropicConfig
    _client: "AsyncAnthropic | None" = None

    async def start(self) -> None:
        """Open the pooled client; ConfigError where the key's variable is unset. Starting twice does nothing."""
        if self._client is not None:
            return
        import anthropic

        self._version = f"anthropic-python {anthropic.__version__}"
        self._client = anthropic.AsyncAnthropic(
            api_key=self._read_key(),
            base_url=self._config.base_url,
            default_headers={"anthropic-version": self._config.api_version},
            max_retries=0,
            http_client=self._http_client(),
            # a trace would carry the requests, images included, to wherever the environment says
            open_telemetry=False,
        )

    def _fields(self, request: ChatRequest) -> dict[str, object]:
        sampling = self._config.kept(sampling_fields(request.sampling))
        thinking = {"thinking": self._config.thinking} if self._config.thinking is not None else {}
        return {
            "model": self._config.model, **sampling, **output_fields(request), **thinking, **self._config.extra_body,
        }  # fmt: skip

    async def _ask(self, request: ChatRequest) -> bytes:
        import anthropic
        import httpx2

        assert self._client is not None, "start() comes before chat()"
        content = encode_request(request.parts, self._fields(request))
        try:
            response = await self._client.post("/v1/messages", cast_to=httpx2.Response, content=content)
        # not chained: the client's own message quotes whatever the server said, keys included
        except anthropic.APIStatusError as error:
            raise translate_status(error.response, self._where) from None
        except anthropic.APIConnectionError as error:
            raise translate_transport(error.__cause__ or error, self._where) from None
        except anthropic.APIError as error:
            raise BadReply(f"{self._where}: {error.message[:MAX_SAID]}") from None
        return response.content

    def _decode(self, body: bytes) -> ChatReply:
        return decode_reply(body, self._where)

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()
