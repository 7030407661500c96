"""The LLM judge: fills a prompt's three slots, asks an engine, reads the JSON reply strictly.

A reply that breaks its form is repaired at most `repair_attempts` times, then `unparsed`: never a
verdict by default, and never a true negative for want of a key.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import ClassVar, TypeVar

from judge.reply import BrokenReply, MutationEntry, Reply, parse, schema_for
from schemas.errors import ConfigError, PromptError
from schemas.protocols import ChatReply, ChatRequest, Engine, Json, Needs, Prompt, Sampling, TextPart
from schemas.records import Case, Judgement, Truth

VERSION = "3"
"""Raise it whenever rendering or parsing changes: stored verdicts of another version are never read."""

NO_DIFF_ANSWER = "(This pair is a control: both images show the same page and nothing was altered.)"
"""Stands in `{gt_answer}` for no-diff pairs; our own wording, so part of the judge's identity."""

SLOTS = ("gt_json", "gt_answer", "vlm_response")
_SLOT = re.compile(r"\{(" + "|".join(SLOTS) + r")\}")
_UNTOLD = MutationEntry("missed", None)
_RANKS = {"missed": 0, "partial": 1, "correct": 2}


_OFFICIAL = Sampling(temperature=0.0, max_output_tokens=16_384, reasoning_effort="high")


@dataclass(kw_only=True, slots=True, frozen=True)
class LlmConfig:
    """Say how the judging model is asked; the model itself is the engine's."""

    sampling: Sampling = _OFFICIAL
    """How the engine draws its reply; the default is the benchmark's."""
    constrained: bool = False
    """Whether decoding is constrained to the reply's JSON schema; never with the official judge, whose verdicts "
      "it changes."""
    repair_attempts: int = 1
    """How often a reply that doesn't parse is sent back with its error, 0 or more."""

    def __post_init__(self) -> None:
        """Raise ConfigError for a negative number of repairs."""
        if self.repair_attempts < 0:
            raise ConfigError(f"judge llm: repair_attempts is {self.repair_attempts}, must be 0 or more")

    @property
    def uses_prompt(self) -> bool:
        """Return True: it sends a prompt and so wants an engine."""
        return True

    def identity(self) -> Mapping[str, Json]:
        """Return kind, version and every setting; engine and prompt say their own."""
        return {
            "kind": "llm", "version": VERSION, "sampling": asdict(self.sampling), "constrained": self.constrained,
            "repair_attempts": self.repair_attempts, "no_diff_answer": NO_DIFF_ANSWER,
        }  # fmt: skip

    def needs(self) -> Needs:
        """Return nothing: what it takes is the engine's to say."""
        return Needs()


class LlmJudge:
    """Judge by asking a language model; the engine is handed over started."""

    config_class: ClassVar[type] = LlmConfig

    def __init__(self, config: LlmConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:
        if engine is None:
            raise ConfigError("judge llm: needs an engine; add `engine: {kind: ...}` to the judge's config")
        if prompt is None:
            raise PromptError("judge llm: needs a prompt with the slots " + ", ".join(f"{{{slot}}}" for slot in SLOTS))
        check_slots(prompt.text)
        self.config, self.engine, self.prompt = config, engine, prompt

    async def start(self) -> None:
        """Load nothing: the engine is started already."""

    async def score(self, case: Case) -> Judgement:
        """Judge one answer; a `CallError` of the engine passes through."""
        rendered = render(self.prompt.text, case)
        asked, replies = rendered, []
        num_mutations = 0 if case.truth.is_no_diff else len(case.truth.mutations)
        for _ in range(1 + self.config.repair_attempts):
            reply = await self.engine.chat(self._request(asked, num_mutations))
            replies.append(reply)
            try:
                return _judged(_parse_whole(reply, num_mutations), replies, case)
            except BrokenReply as error:
                broken = error
                asked = f"{rendered}\n\n{_repair_note(reply.text, broken)}"
        return _unparsed(broken, replies, case)

    async def close(self) -> None:
        """Release nothing: the engine is closed by whoever started it."""

    def _request(self, text: str, num_mutations: int) -> ChatRequest:
        schema = schema_for(num_mutations) if self.config.constrained else None
        return ChatRequest(parts=(TextPart(text),), sampling=self.config.sampling, json_schema=schema)


def check_slots(template: str) -> None:
    """Raise PromptError unless each of the three slots stands in the template."""
    for slot in SLOTS:
        if f"{{{slot}}}" not in template:
            raise PromptError(f"the judge prompt lacks the slot {{{slot}}}; it must hold {', '.join(SLOTS)} in braces")


def render(template: str, case: Case) -> str:
    """Fill the three slots in one pass: an answer that itself holds `{gt_json}` stays as it is."""
    values = {"gt_json": mutations_json(case.truth), "gt_answer": truth_answer(case.truth), "vlm_response": case.text}
    return _SLOT.sub(lambda match: values[match[1]], template)


def mutations_json(truth: Truth) -> str:
    """Return the mutation records as the benchmark's judge sees them: JSON, two spaces of indent, no escapes."""
    return json.dumps([asdict(mutation) for mutation in truth.mutations], ensure_ascii=False, indent=2)


def truth_answer(truth: Truth) -> str:
    """Return the truth in words; for no-diff pairs a fixed note."""
    return NO_DIFF_ANSWER if truth.is_no_diff else truth.answer


def _parse_whole(reply: ChatReply, num_mutations: int) -> Reply:
    """Parse a reply that its engine calls finished; BrokenReply for a refusal and for one that was cut off."""
    if reply.is_refusal or reply.finish_reason == "content_filter":
        raise BrokenReply("the reply is a refusal", "refusal")
    if reply.finish_reason == "length":
        raise BrokenReply("the reply was cut off at the limit of output tokens", "cut_off")
    return parse(reply.text, num_mutations)


def _repair_note(text: str, error: BrokenReply) -> str:
    return (
        "Your previous reply could not be used.\n"
        f"Problem: {error}\nPrevious reply:\n{text[:4000]}\n"
        "Send the whole verdict once more, as one JSON object of the form asked for above and nothing else."
    )


def _judged(reply: Reply, replies: list[ChatReply], case: Case) -> Judgement:
    if case.truth.is_no_diff:
        judgement = Judgement(hallucinations=reply.hallucinations)
    else:
        best = max(reply.mutations, key=lambda entry: _RANKS[entry.verdict], default=_UNTOLD)
        judgement = Judgement(verdict=best.verdict, hallucinations=reply.hallucinations, matched_text=best.quoted)
    return _with_costs(judgement, replies)


def _unparsed(error: BrokenReply, replies: list[ChatReply], case: Case) -> Judgement:
    message = f"{case.pair_id}: {error}; after {len(replies)} replies"
    return _with_costs(Judgement(status="unparsed", error_type=error.error_type, error_message=message), replies)


def _with_costs(judgement: Judgement, replies: list[ChatReply]) -> Judgement:
    """Add the last reply's text, and tokens and cost summed over the calls; None where any call's is unknown."""
    return replace(
        judgement,
        raw_text=replies[-1].text,
        prompt_tokens=_total([reply.prompt_tokens for reply in replies]),
        completion_tokens=_total([reply.completion_tokens for reply in replies]),
        cost_usd=_total([reply.cost_usd for reply in replies]),
    )


_Number = TypeVar("_Number", int, float)


def _total(counts: list[_Number | None]) -> _Number | None:
    known = [count for count in counts if count is not None]
    return sum(known[1:], start=known[0]) if len(known) == len(counts) else None
