"""Google's Gemini API, generateContent, through Google's own SDK (extra `google`)."""

import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from model_adapters.engines.endpoint import CONNECT_TIMEOUT_S, EndpointConfig, EndpointEngine, refuse_version
from model_adapters.engines.endpoint_errors import (
    MAX_SAID,
    error_object,
    refuse_key,
    translate_status,
    translate_transport,
)  # fmt: skip
from model_adapters.engines.gemini_wire import decode_reply, is_key_refused, retry_delay_s
from schemas.errors import BadReply, CallError, ConfigError
from schemas.protocols import ChatReply, ChatRequest, ImagePart, Json, TextPart

if TYPE_CHECKING:
    import httpx2
    from google.genai import Client, errors, types

PLACEHOLDER: Final = secrets.token_bytes(18)
"""What the SDK is handed for each image. No prompt can hold it by accident."""
_SENT_IMAGES: ContextVar[tuple[ImagePart, ...]] = ContextVar("_SENT_IMAGES")


@dataclass(kw_only=True, slots=True, frozen=True)
class GoogleConfig(EndpointConfig):
    """Configure an endpoint that speaks Google's generateContent format."""

    kind: ClassVar[str] = "google"
    owned_fields: ClassVar[frozenset[str]] = frozenset({"contents"})
    packages: ClassVar[tuple[str, ...]] = ("google.genai",)
    extra: ClassVar[str | None] = "google"

    base_url: str = "https://generativelanguage.googleapis.com"
    """Address without the API's version, `/v1beta`, which the client adds."""
    api_key_env: str | None = "GEMINI_API_KEY"
    """Name of the environment variable that holds the key; None where none is needed."""
    thinking: Mapping[str, object] | None = None
    """The request's `thinkingConfig`: `{include_thoughts: true}`, or `{thinking_budget: 8192}` for models before
    Gemini 3. A `reasoning_effort` becomes its `thinking_level`."""

    def __post_init__(self) -> None:
        EndpointConfig.__post_init__(self)
        refuse_version(self, "/v1beta", "/v1", "/openai")

    def identity(self) -> Mapping[str, Json]:
        """Return kind, endpoint, model and every setting that can change a reply."""
        return {**EndpointConfig.identity(self), "thinking": cast(Json, self.thinking)}


class GoogleEngine(EndpointEngine[GoogleConfig]):
    """Ask an endpoint that speaks Google's generateContent format."""

    config_class: ClassVar[type[GoogleConfig]] = GoogleConfig
    _client: "Client | None" = None
    _http: "httpx2.AsyncClient | None" = None

    async def start(self) -> None:
        """Open the pooled client; ConfigError where the key's variable is unset. Starting twice does nothing."""
        if self._client is not None:
            return
        from google import genai
        from google.genai import types

        key = self._read_key()
        self._thinking(None)
        self._http = self._http_client()
        self._http.event_hooks = {"request": [_finish_request]}
        self._version = f"google-genai {genai.__version__}"
        options = types.HttpOptions(
            base_url=self._config.base_url,
            api_version="v1beta",
            timeout=int(self._config.timeout_s * 1_000),
            httpx_async_client=self._http,
            extra_body=dict(self._config.extra_body) or None,
        )
        # the environment must not turn it into a client of Vertex; without retry_options it never retries
        self._client = genai.Client(api_key=key, vertexai=False, http_options=options)

    def _thinking(self, effort: str | None) -> "types.ThinkingConfig | None":
        from google.genai import types
        from pydantic import ValidationError

        level = {} if effort is None else {"thinking_level": effort.upper()}
        values = {**(self._config.thinking or {}), **level}
        try:
            return types.ThinkingConfig.model_validate(values) if values else None
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ConfigError(f"thinking of {self._config.model}: {place}: {first['msg']}") from None

    def _request_config(self, request: ChatRequest) -> "types.GenerateContentConfig":
        from google.genai import types

        sampling = request.sampling
        fields: dict[str, Any] = self._config.kept(
            {
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "max_output_tokens": sampling.max_output_tokens,
                "seed": sampling.seed,
                "response_json_schema": request.json_schema,
                "response_mime_type": None if request.json_schema is None else "application/json",
            }
        )
        return types.GenerateContentConfig(
            thinking_config=self._thinking(sampling.reasoning_effort),
            # our own reader takes what a typed one would refuse, and tells what is wrong with it
            should_return_http_response=True,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            **fields,
        )

    async def _ask(self, request: ChatRequest) -> bytes:
        import httpx2
        from google.genai import errors, types

        assert self._client is not None, "start() comes before chat()"
        content = types.Content(role="user", parts=[_to_part(part) for part in request.parts])
        _SENT_IMAGES.set(tuple(part for part in request.parts if isinstance(part, ImagePart)))
        try:
            response = await self._client.aio.models.generate_content(
                model=self._config.model, contents=content, config=self._request_config(request)
            )
        # not chained: the client's own message quotes whatever the server said, keys included
        except errors.APIError as error:
            raise _translate(error, self._where) from None
        except httpx2.HTTPError as error:
            raise translate_transport(error, self._where) from None
        except UnicodeDecodeError:
            raise BadReply(f"{self._where}: the server's error is no text") from None
        body = response.sdk_http_response.body if response.sdk_http_response else None
        return (body or "").encode()

    def _decode(self, body: bytes) -> ChatReply:
        return decode_reply(body, self._where)

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None and self._http is not None:
            client, self._client = self._client, None
            client.close()
            await self._http.aclose()


async def _finish_request(request: "httpx2.Request") -> None:
    """Put the images in, and bound the time to connect: the SDK sets one timeout for everything.

    Under the SDK's own hands, which copy and look at every character, an image of 160 kB costs 1.5 ms; so 0.3 ms.
    """
    import httpx2

    timeout = request.extensions["timeout"]
    timeout["connect"] = min(CONNECT_TIMEOUT_S, timeout["connect"])
    body = splice_images(request.content, _SENT_IMAGES.get())
    request.stream = httpx2.ByteStream(body)
    request.headers["Content-Length"] = str(len(body))


def splice_images(body: bytes, images: tuple[ImagePart, ...]) -> bytes:
    """Return a request's body with the images' stored bytes, as base64, in their placeholders' places."""
    pieces = body.split(urlsafe_b64encode(PLACEHOLDER))
    assert len(pieces) == len(images) + 1, "one place per image"
    encoded = (b64encode(image.data) for image in images)
    return b"".join(chain.from_iterable(zip_longest(pieces, encoded, fillvalue=b"")))


def _to_part(part: TextPart | ImagePart) -> "types.Part":
    from google.genai import types

    if isinstance(part, TextPart):
        return types.Part(text=part.text)
    return types.Part(inline_data=types.Blob(data=PLACEHOLDER, mime_type=part.media_type))


def _translate(error: "errors.APIError", where: str) -> CallError:
    import httpx2

    if not isinstance(error.response, httpx2.Response):
        return BadReply(f"{where}: {str(error.message)[:MAX_SAID]}")
    described = error_object(error.response)
    if is_key_refused(described):
        return refuse_key(error.response.status_code, where)
    return translate_status(error.response, where, wait_s=retry_delay_s(described))
