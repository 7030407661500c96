"""What the scripted server does with a request: how long it takes, which fault it shows, what it answers.

Everything follows from a seed and the request's content, never from the order of arrival, so that a run
with 64 calls in flight meets the same faults as one with a single call.
"""

import json
import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

FAULTS: Final = ("rate_limited", "server_error", "hang", "cut_json", "html", "empty", "length", "refusal")
VLM_ANSWERS: Final = (
    "- The heading at the top of the page is bolder.",
    "- The button in the header has a darker background.",
    "- The first card has more room inside.",
    "- The text of the footer is smaller.",
)
SEES_NOTHING: Final = "I see no difference between the two screenshots."


@dataclass(kw_only=True, slots=True, frozen=True)
class Script:
    """Configure latency and faults. Shares are of all requests, 0..1."""

    seed: int = 0
    """Seed of every draw."""
    median_s: float = 0.0
    """Median latency of the lognormal distribution, seconds."""
    sigma: float = 0.5
    """Standard deviation of the latency's logarithm."""
    slow_share: float = 0.0
    """Share of requests that take `slow_factor` times as long."""
    slow_factor: float = 10.0
    """See `slow_share`."""
    rate_limited_share: float = 0.0
    """HTTP 429 with a Retry-After header."""
    server_error_share: float = 0.0
    """HTTP 500."""
    hang_share: float = 0.0
    """No reply for as long as the client waits."""
    cut_json_share: float = 0.0
    """HTTP 200 with a body that stops in the middle."""
    html_share: float = 0.0
    """HTTP 200 with an HTML page."""
    empty_share: float = 0.0
    """A well-formed reply whose content is empty."""
    length_share: float = 0.0
    """A reply cut at half its text, with finish reason `length`."""
    refusal_share: float = 0.0
    """A reply that refuses: no text, and a word that says so."""
    max_faults: int = 1_000_000
    """Attempts per content that may show a fault; later ones never do."""
    retry_after_s: float = 0.05
    """What the Retry-After header of a 429 says, seconds."""
    capacity: int = 0
    """Requests served at once; more get a 429. 0 sets no limit."""

    def __post_init__(self) -> None:
        if sum(self._shares()) > 1:
            raise ValueError(f"the shares of faults add up to {sum(self._shares()):g}, more than 1")

    def _shares(self) -> tuple[float, ...]:
        return tuple(getattr(self, f"{fault}_share") for fault in FAULTS)

    def plan(self, content: str, attempt: int) -> "Plan":
        """Return latency and fault of the `attempt`-th request (from 0) with this content digest."""
        draw = random.Random(f"{self.seed}:{content}:{attempt}")
        latency_s = self.median_s * math.exp(self.sigma * draw.gauss(0.0, 1.0))
        if draw.random() < self.slow_share:
            latency_s *= self.slow_factor
        return Plan(latency_s, self._fault(draw.random()) if attempt < self.max_faults else "ok")

    def _fault(self, point: float) -> str:
        for fault, share in zip(FAULTS, self._shares(), strict=True):
            if point < share:
                return fault
            point -= share
        return "ok"


class Plan(NamedTuple):
    """Hold what happens to one request."""

    latency_s: float
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Hold a request as an answerer sees it."""

    text: str
    """All text parts, joined by line breaks."""
    images: tuple[str, ...]
    """SHA-256 of each image's bytes, hex, in order."""
    content: str
    """SHA-256 of the whole body, hex."""
    body: Mapping[str, object]
    """The request as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReply:
    """Hold an HTTP reply that stands for itself, for tests of a client."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] | None = None


Answerer: TypeAlias = Callable[[Asked], str | RawReply]


def answer(asked: Asked) -> str:
    """Answer as a vision-language model where there are images, else as a judge."""
    return answer_as_vlm(asked) if asked.images else answer_as_judge(asked)


def answer_as_vlm(asked: Asked) -> str:
    """Return a canned answer that the images alone decide; identical images differ in nothing."""
    if len(set(asked.images)) < 2:
        return SEES_NOTHING
    return random.Random("".join(asked.images)).choice(VLM_ANSWERS)


def answer_as_judge(asked: Asked) -> str:
    """Return a valid verdict in the benchmark's form, one entry per mutation that the prompt holds.

    The verdicts are drawn from the prompt's digest: they fit the form, and judge nothing.
    """
    draw = random.Random(asked.content)
    verdicts = [
        {"gt": f"{found.get('element', '')}", "type": found["type"], "verdict": draw.choice(_VERDICTS), "vlm_match": ""}
        for found in find_mutations(asked.text)
    ]
    inventions = ["a change that the page does not show"] if draw.random() < 0.2 else []
    counts = {verdict: sum(entry["verdict"] == verdict for entry in verdicts) for verdict in _VERDICTS}
    summary = {**counts, "hallucinated": len(inventions)}
    return json.dumps({"mutations": verdicts, "hallucinations": inventions, "summary": summary})


_VERDICTS: Final = ("correct", "partial", "missed")


def find_mutations(text: str) -> list[dict[str, str]]:
    """Return the first JSON list of mutation records in a judge's prompt; [] where it is empty or absent."""
    decoder = json.JSONDecoder()
    for opening in re.finditer(r"\[\s*[{\]]", text):
        try:
            found, _ = decoder.raw_decode(text, opening.start())
        except ValueError:
            continue
        if all(isinstance(record, dict) and "type" in record for record in found):
            return list(found)
    return []


def canned(answers: Mapping[str, str], otherwise: Answerer = answer) -> Answerer:
    """Answer from a table keyed `<SHA-256 of before>:<SHA-256 of after>`; what is not in it, `otherwise` answers."""

    def look_up(asked: Asked) -> str | RawReply:
        found = answers.get(":".join(asked.images))
        return otherwise(asked) if found is None else found

    return look_up
