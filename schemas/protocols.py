"""The protocols that cross rooms, and what an engine is asked and replies.

Every component is configured by a dataclass declared beside its class. A config is light: importing
its module must not import a heavy package; that happens in `start()`.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from schemas.records import Answer, Case, Judgement, Question, Truth

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of a user turn: text."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A piece of a user turn: an encoded image, passed on byte for byte."""

    data: memoryview
    media_type: str = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Say how an engine draws its reply; every field enters the content key."""

    temperature: float = 0.0
    """Softmax temperature; 0 is greedy."""
    top_p: float | None = None
    """Nucleus mass, 0..1; None leaves the server's default."""
    max_output_tokens: int = 16_384
    """Budget for reasoning and answer together, tokens."""
    reasoning_effort: str | None = None
    """`low`, `medium`, `high`, or None where the model has no such switch."""
    seed: int | None = None
    """Sampling seed, where the server takes one."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise ValueError(f"temperature must be a number from 0 on, not {self.temperature}")
        if self.top_p is not None and not 0 <= self.top_p <= 1:
            raise ValueError(f"top_p must be in 0..1, not {self.top_p}")
        if self.max_output_tokens < 1:
            raise ValueError(f"max_output_tokens must be at least 1, not {self.max_output_tokens}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One user turn, parts in the order in which the model must see them.

    `json_schema`, if set, asks for decoding constrained to it where the engine can.
    """

    parts: tuple[TextPart | ImagePart, ...]
    sampling: Sampling = Sampling()
    json_schema: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReply:
    """What came back. Unknown counts are None, never 0."""

    text: str
    reasoning: str | None = None
    finish_reason: str | None = None
    """`stop`, `length`, `content_filter`, ... in OpenAI's words."""
    is_refusal: bool = False
    prompt_tokens: int | None = None
    image_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    engine: str = ""
    engine_version: str | None = None
    served_model: str | None = None
    model_revision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a component must have on this machine, for the preflight."""

    num_gpus: int = 0
    gpu_memory_gb: float = 0.0
    """Memory in all, over `num_gpus`, gigabytes."""
    env_vars: tuple[str, ...] = ()
    """Names of environment variables that hold secrets; values are never read here."""
    packages: tuple[str, ...] = ()
    """Import names."""
    extra: str | None = None
    """The extra of this distribution that brings `packages`."""
    url: str | None = None
    """An address that must accept connections."""
    is_priced: bool = False
    """Whether calls cost money."""
    is_cost_known: bool = True
    """Whether what a priced call costs can be told from its reply."""
    unavailable: str | None = None
    """Why this version can't run it on any machine; None where it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt's text, its version, and the SHA-256 of its body (UTF-8, stripped)."""

    text: str
    version: str
    sha256: str


class Engine(Protocol):
    """Turn a chat request into a reply.

    `chat` raises a `CallError` when no reply came; a refusal or an empty text is a reply.
    """

    async def start(self) -> None:
        """Load what is heavy. Called once, in the worker."""

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Ask once, without retrying: retries are the dispatcher's."""
        ...

    async def close(self) -> None:
        """Release everything `start` took."""


class ModelAdapter(Protocol):
    """Turn a pair into a prediction, with an engine or without one."""

    async def start(self) -> None:
        """Load what is heavy. Called once, in the worker."""

    async def predict(self, question: Question) -> Answer:
        """Answer one question; raise a `CallError` when no answer came."""
        ...

    async def close(self) -> None:
        """Release everything `start` took."""


class Judge(Protocol):
    """Turn an answer and the truth into a judgement."""

    async def start(self) -> None:
        """Load what is heavy. Called once, in the worker."""

    async def score(self, case: Case) -> Judgement:
        """Judge one answer; raise a `CallError` when no verdict came."""
        ...

    async def close(self) -> None:
        """Release everything `start` took."""


class ComponentConfig(Protocol):
    """What every adapter's, engine's and judge's config can say of itself, before anything is loaded."""

    def identity(self) -> Mapping[str, Json]:
        """Return kind, version and every setting that can change the output: goes into content keys."""
        ...

    def needs(self) -> Needs:
        """Return what must be there to run."""
        ...


class EngineConfig(ComponentConfig, Protocol):
    """What an engine's config can say besides."""

    @property
    def max_in_flight(self) -> int:
        """Return the most calls one replica takes at once."""
        ...

    @property
    def timeout_s(self) -> float:
        """Return the longest a call may take, seconds."""
        ...


class AdapterConfig(ComponentConfig, Protocol):
    """What an adapter's config can say besides."""

    @property
    def uses_prompt(self) -> bool:
        """Tell whether the adapter sends a prompt (and so wants an engine)."""
        ...

    @property
    def reads_pair_id(self) -> bool:
        """Tell whether the answer depends on the pair's id, as an imported or scripted one does."""
        ...

    def check(self, known_ids: Collection[str]) -> None:
        """Raise a UserError where the adapter can't serve a dataset of these pairs."""

    def told(self, pair_id: str, truths: Mapping[str, Truth]) -> tuple[Truth, ...]:
        """Return the truths a probe is told for a pair, out of the whole dataset's; () for all others."""
        ...


class JudgeConfig(ComponentConfig, Protocol):
    """What a judge's config can say besides."""

    @property
    def uses_prompt(self) -> bool:
        """Tell whether the judge sends a prompt (and so wants an engine)."""
        ...
