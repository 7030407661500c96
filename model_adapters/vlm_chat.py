"""Ask a vision-language model what changed: one user turn of text, before, after."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import ClassVar, NamedTuple

from model_adapters.base import AdapterDefaults
from schemas.errors import ConfigError, RequestRejected
from schemas.protocols import ChatReply, ChatRequest, Engine, ImagePart, Json, Prompt, Sampling, TextPart
from schemas.records import Answer, Question

THINK_OPEN, THINK_CLOSE = "<think>", "</think>"


@dataclass(kw_only=True, slots=True, frozen=True)
class VlmChatConfig(AdapterDefaults):
    """Configure how a model is asked."""

    sampling: Sampling = field(default_factory=Sampling)
    """How the engine draws its reply."""

    def identity(self) -> Mapping[str, Json]:
        """Return kind, version and sampling."""
        return {"kind": "vlm_chat", "version": 1, "sampling": asdict(self.sampling)}

    @property
    def uses_prompt(self) -> bool:
        """Tell that a prompt is sent."""
        return True


class VlmChat:
    """Send a pair to an engine, which is handed over started and closed by whoever started it."""

    config_class: ClassVar[type[VlmChatConfig]] = VlmChatConfig

    def __init__(self, config: VlmChatConfig, *, engine: Engine | None = None, prompt: Prompt | None = None) -> None:
        if engine is None:
            raise ConfigError("adapter vlm_chat needs an engine: add `engine: {kind: ...}` to the model's config")
        self._config = config
        self._engine = engine
        self._prompt = prompt

    async def start(self) -> None:
        """Load nothing: the engine is started already."""

    async def predict(self, question: Question) -> Answer:
        """Ask once; raise a CallError where no reply came, RequestRejected where there is nothing to ask."""
        text = question.user_query if self._prompt is None else self._prompt.text
        if not text.strip():
            raise RequestRejected(f"pair {question.pair_id}: its user_query is empty; name a prompt instead")
        parts = (TextPart(text), ImagePart(question.before), ImagePart(question.after))
        return to_answer(await self._engine.chat(ChatRequest(parts=parts, sampling=self._config.sampling)))

    async def close(self) -> None:
        """Release nothing."""


def to_answer(reply: ChatReply) -> Answer:
    """Turn a reply into an answer; reasoning that stands in the text goes where reasoning belongs."""
    thought = split_thought(reply.text)
    return Answer(
        text=thought.text,
        status=_status(reply, thought.text),
        raw_text=None if thought.text == reply.text else reply.text,
        reasoning=reply.reasoning or thought.reasoning,
        finish_reason=reply.finish_reason,
        prompt_tokens=reply.prompt_tokens,
        image_tokens=reply.image_tokens,
        completion_tokens=reply.completion_tokens,
        cost_usd=reply.cost_usd,
        engine=reply.engine or None,
        engine_version=reply.engine_version,
        served_model=reply.served_model,
        model_revision=reply.model_revision,
    )


class Thought(NamedTuple):
    """Hold a reply's text and the reasoning that preceded it."""

    text: str
    reasoning: str | None


def split_thought(text: str) -> Thought:
    """Split a leading `<think>...</think>` block off.

    The opening tag may be absent, since some chat templates end the prompt with it; a block that never
    closes is reasoning that ran out of budget, and leaves no text.
    """
    opened = text.lstrip().startswith(THINK_OPEN)
    before, closing, after = text.partition(THINK_CLOSE)
    if not opened and (not closing or THINK_OPEN in before):
        return Thought(text, None)
    reasoning = before.strip().removeprefix(THINK_OPEN).strip()
    return Thought(after.strip(), reasoning or None)


def _status(reply: ChatReply, text: str) -> str:
    if reply.is_refusal:
        return "refused"
    if not text.strip():
        return "empty"
    return "truncated" if reply.finish_reason == "length" else "ok"
