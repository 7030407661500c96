"""Ask a vision-language model what changed: one user turn of text, before, after."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import ClassVar, Final, NamedTuple

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
    prompt_opens_thought: bool = False
    """Whether the chat template itself opens the thought: text without its end is then all thought, and no answer."""
    answer_marks: tuple[str, ...] = ()
    """Marks that the model sets around its final answer, such as GLM's box; taken out of the text."""

    def identity(self) -> Mapping[str, Json]:
        """Return kind, version, sampling, and how the text is read where that isn't the usual way."""
        reading: dict[str, Json] = {}
        if self.prompt_opens_thought:
            reading["prompt_opens_thought"] = True
        if self.answer_marks:
            reading["answer_marks"] = list(self.answer_marks)
        return {"kind": "vlm_chat", "version": 1, "sampling": asdict(self.sampling), **reading}

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
        reply = await self._engine.chat(ChatRequest(parts=parts, sampling=self._config.sampling))
        return to_answer(reply, self._config)

    async def close(self) -> None:
        """Release nothing."""


_USUAL: Final = VlmChatConfig()


def to_answer(reply: ChatReply, config: VlmChatConfig = _USUAL) -> Answer:
    """Turn a reply into an answer; reasoning that stands in the text goes where reasoning belongs."""
    # a server that splits the reasoning off has left the answer alone in the text
    thought = split_thought(reply.text, is_opened=config.prompt_opens_thought and not reply.reasoning)
    text = _without_marks(thought.text, config.answer_marks)
    return Answer(
        text=text,
        status=_status(reply, text),
        raw_text=None if text == reply.text else reply.text,
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


def split_thought(text: str, *, is_opened: bool = False) -> Thought:
    """Split a leading `<think>...</think>` block off.

    The opening tag may be absent, since some chat templates end the prompt with it (`is_opened`); a block that never
    closes is reasoning that ran out of budget, and leaves no text.
    """
    opened = is_opened or text.lstrip().startswith(THINK_OPEN)
    before, closing, after = text.partition(THINK_CLOSE)
    if not opened and (not closing or THINK_OPEN in before):
        return Thought(text, None)
    reasoning = before.strip().removeprefix(THINK_OPEN).strip()
    return Thought(after.strip(), reasoning or None)


def _without_marks(text: str, marks: tuple[str, ...]) -> str:
    if not any(mark in text for mark in marks):
        return text
    for mark in marks:
        text = text.replace(mark, "")
    return text.strip()


def _status(reply: ChatReply, text: str) -> str:
    if reply.is_refusal:
        return "refused"
    if not text.strip():
        return "empty"
    return "truncated" if reply.finish_reason == "length" else "ok"
