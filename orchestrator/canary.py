"""The canary: a handful of calls that show whether a row is worth thousands.

Its steps are single calls, made in the row's own worker by `ask_step`. What they brought is read by `read_canary`,
which is pure. What a weak model can't show either way is a warning, never a failure. Whether the largest pair fits
the context shows its ordinary call, which `canary_gate.py` makes first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from model_adapters.canary_images import WORDS, draw_word
from model_adapters.vlm_chat import to_answer
from orchestrator.dispatch import Failure
from schemas.errors import RequestRejected
from schemas.protocols import ChatRequest, Engine, ImagePart, ModelAdapter, Sampling, TextPart
from schemas.records import Answer, Question

VERSION: Final = 1
"""Raise it whenever what is asked or how it is read changes: canaries passed before are then asked again."""

QUESTION: Final = (
    "You see two images. Each shows one large word. Which word does each show? "
    "Answer with one line of this form and nothing else: first=WORD second=WORD"
)
_COUNTING_TOKENS: Final = 16
"""Budget of the calls that are made for their prompt's size alone."""

_FIRST, _SECOND = WORDS[0]
_SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "order": (_FIRST, _SECOND),
    "swapped": (_SECOND, _FIRST),
    "bare": (),
    "single": (_FIRST,),
}
"""Words in the images of the steps that ask `QUESTION`."""
_KNOWN_PAIRS: Final = {"answer": WORDS[0], "answer_again": WORDS[1]}
"""Words in the images of the steps that ask the row's own question."""

Seen = Mapping[str, Answer | Failure]
"""How each step ended that was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a canary shows so far; it has passed where there is no failure and no further step."""

    steps: tuple[str, ...] = ()
    """Steps to ask next."""
    failure: str | None = None
    """Why the row isn't worth asking."""
    warnings: tuple[str, ...] = ()
    """What can't be told."""


async def ask_step(step: str, adapter: ModelAdapter, engine: Engine, sampling: Sampling, user_query: str) -> Answer:
    """Make one step's call; a CallError passes through. `user_query` is for rows that ask each pair's own question."""
    if step in _KNOWN_PAIRS:
        before, after = (memoryview(draw_word(word)) for word in _KNOWN_PAIRS[step])
        return await adapter.predict(Question(pair_id="canary", before=before, after=after, user_query=user_query))
    words = _SHOWN[step]
    if len(words) < 2:
        sampling = replace(sampling, max_output_tokens=min(_COUNTING_TOKENS, sampling.max_output_tokens))
    images = (ImagePart(memoryview(draw_word(word))) for word in words)
    return to_answer(await engine.chat(ChatRequest(parts=(TextPart(QUESTION), *images), sampling=sampling)))


def read_canary(seen: Seen) -> Finding:
    """Say what the steps show that have ended, and which to ask next; nothing has been asked at first."""
    if not seen:
        return Finding(steps=("order", "swapped", "answer"))
    parts = (_read_images(seen), _read_answer(seen))
    return Finding(
        steps=tuple(step for part in parts for step in part.steps),
        failure=next((part.failure for part in parts if part.failure), None),
        warnings=tuple(warning for part in parts for warning in part.warnings),
    )


def _read_images(seen: Seen) -> Finding:
    """Read the order of words: right once and never swapped has passed, the reverse failed; else tokens must tell."""
    ends = [seen["order"], seen["swapped"]]
    rejected = [end.message for end in ends if isinstance(end, Failure) and _is_rejected(end)]
    if len(rejected) == len(ends):
        return Finding(failure=f"two images are rejected: {rejected[0]}")
    orders = {
        read_order(end.text, _SHOWN[step]) for step in ("order", "swapped") if isinstance(end := seen[step], Answer)
    }
    if "right" in orders and "swapped" not in orders:
        return Finding()
    if "swapped" in orders and "right" not in orders:
        said = next(end.text for end in ends if isinstance(end, Answer))
        return Finding(
            failure=f"images arrive swapped: of {_FIRST} and {_SECOND} it saw the second first ({said!r:.99})"
        )
    return _read_tokens(seen) if "bare" in seen else Finding(steps=("bare", "single"))


def read_order(text: str, words: tuple[str, ...]) -> str:
    """Say whether a reply names two words in their order: `right`, `swapped` or `unclear`.

    A word belongs to the `first` or `second` that stands before it, or after it where the reply begins with a word;
    without any of the two, the order in which the words come counts.
    """
    found = [token.casefold() for token in re.findall(rf"(?i)\b(?:first|second|{'|'.join(words)})\b", text)]
    labels = [token for token in found if token in ("first", "second")]
    named = [token for token in found if token not in labels]
    if len(named) != 2 or len(labels) not in (0, 2):
        return "unclear"
    steps = found if found[0] in labels else found[::-1]
    places = {label: word for label, word in pairwise(steps) if label in labels}
    said = (places.get("first"), places.get("second")) if labels else tuple(named)
    expected = tuple(word.casefold() for word in words)
    return "right" if said == expected else "swapped" if said == expected[::-1] else "unclear"


def _read_tokens(seen: Seen) -> Finding:
    """Hold the size of a prompt with two images against the same with one and with none."""
    two = max((_prompt_tokens(seen[step]) or 0 for step in ("order", "swapped")), default=0)
    bare, single = _prompt_tokens(seen["bare"]), _prompt_tokens(seen["single"])
    if not two or bare is None or single is None:
        return Finding(warnings=("whether images arrive is unclear: it read no words, and prompts can't be compared",))
    told = f"{bare} prompt tokens without an image, {single} with one, {two} with two"
    if two <= bare:
        return Finding(failure=f"the template takes no images: {told}")
    if two <= single:
        return Finding(failure=f"the template takes one image of two: {told}")
    return Finding(warnings=(f"the order of images is unclear: no two words were read alike in both orders ({told})",))


def _read_answer(seen: Seen) -> Finding:
    """Read how the row's own question is answered; a fault must show on a second known pair, too, to count."""
    faults = [_fault(seen[step]) for step in _KNOWN_PAIRS if step in seen]
    if not faults[-1]:
        end = seen["answer_again" if "answer_again" in seen else "answer"]
        return Finding(warnings=(f"its answer is not known: {end.message}",) if isinstance(end, Failure) else ())
    return Finding(failure=faults[-1]) if len(faults) == len(_KNOWN_PAIRS) else Finding(steps=("answer_again",))


def _fault(end: Answer | Failure) -> str | None:
    """Say what is wrong with an answer; None where nothing is, or no answer came for reasons of the moment."""
    if isinstance(end, Failure):
        return f"its own prompt is rejected: {end.message}" if _is_rejected(end) else None
    if end.status == "ok":
        return None
    if end.status == "refused":
        return f"it refuses to answer: {end.text!r:.200}"
    tokens = "an unknown number of" if end.completion_tokens is None else f"{end.completion_tokens:,}"
    what = "is cut" if end.status == "truncated" else "is empty"
    remedy = "raise adapter.sampling.max_output_tokens" if end.finish_reason == "length" else "try it by hand"
    return f"the answer {what} after {tokens} tokens (finish reason {end.finish_reason}): {remedy}"


def _is_rejected(failure: Failure) -> bool:
    return failure.error_type == RequestRejected.error_type


def _prompt_tokens(end: Answer | Failure) -> int | None:
    return None if isinstance(end, Failure) else end.prompt_tokens
