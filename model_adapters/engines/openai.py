"""Any OpenAI-compatible chat completions endpoint: OpenAI, vLLM, Gemini, Anthropic, OpenRouter, ..."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast
from urllib.parse import urlsplit

from model_adapters.engines.endpoint import EndpointConfig, EndpointEngine
from model_adapters.engines.endpoint_errors import MAX_SAID, translate_status, translate_transport
from model_adapters.engines.openai_wire import decode_reply, encode_request, sampling_fields, schema_fields
from schemas.errors import BadReply
from schemas.protocols import ChatReply, ChatRequest, Json

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PUBLIC_OPENAI: Final = "https://api.openai.com/v1"


@dataclass(kw_only=True, slots=True, frozen=True)
class OpenAIConfig(EndpointConfig):
    """Configure an OpenAI-compatible endpoint."""

    kind: ClassVar[str] = "openai"
    owned_fields: ClassVar[frozenset[str]] = frozenset({"model", "messages", "stream", "n", "response_format"})

    base_url: str = PUBLIC_OPENAI
    """Address up to and with the API's version, without `/chat/completions`."""
    output_budget_field: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    """The request field that carries the output budget; older servers know `max_tokens` alone."""
    reasoning: Mapping[str, object] | None = None
    """Passed through as the request's `reasoning` field, as OpenRouter takes it."""

    def identity(self) -> Mapping[str, Json]:
        """Return kind, endpoint, model and every setting that can change a reply."""
        return {
            **EndpointConfig.identity(self),
            "output_budget_field": self.output_budget_field,
            "reasoning": cast(Json, self.reasoning),
        }


class OpenAIEngine(EndpointEngine[OpenAIConfig]):
    """Ask an OpenAI-compatible endpoint."""

    config_class: ClassVar[type[OpenAIConfig]] = OpenAIConfig
    _client: "AsyncOpenAI | None" = None

    async def start(self) -> None:
        """Open the pooled client; ConfigError where the key's variable is unset. Starting twice does nothing."""
        if self._client is not None:
            return
        import openai

        self._version = f"openai-python {openai.__version__}"
        self._client = openai.AsyncOpenAI(
            api_key=self._read_key(),
            base_url=self._config.base_url,
            max_retries=0,
            http_client=self._http_client(),
        )
        if urlsplit(self._config.base_url).hostname != urlsplit(PUBLIC_OPENAI).hostname:
            # the SDK sends OPENAI_ORG_ID and OPENAI_PROJECT_ID to every endpoint
            self._client.organization = self._client.project = None

    def _fields(self, request: ChatRequest) -> dict[str, object]:
        sampling = self._config.kept(sampling_fields(request.sampling, self._config.output_budget_field))
        reasoning = {"reasoning": self._config.reasoning} if self._config.reasoning is not None else {}
        return {
            "model": self._config.model, **sampling, **schema_fields(request), **reasoning, **self._config.extra_body,
        }  # fmt: skip

    async def _ask(self, request: ChatRequest) -> bytes:
        import httpx2
        import openai

        assert self._client is not None, "start() comes before chat()"
        try:
            response = await self._client.post(
                "/chat/completions",
                cast_to=httpx2.Response,
                content=encode_request(request.parts, self._fields(request)),
                options={"security": {"bearer_auth": True}},
            )
        # not chained: the client's own message quotes whatever the server said, keys included
        except openai.APIStatusError as error:
            raise translate_status(error.response, self._where) from None
        except openai.APIConnectionError as error:
            raise translate_transport(error.__cause__ or error, self._where) from None
        except openai.APIError as error:
            raise BadReply(f"{self._where}: {error.message[:MAX_SAID]}") from None
        return response.content

    def _decode(self, body: bytes) -> ChatReply:
        return decode_reply(body, self._where)

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()
